from attacks.attack import Attack

TABLE: tuple[Attack, ...] = ()
