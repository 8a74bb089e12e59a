"""Matrices all the way: column vectors, outer products, arrays as results."""


def forward(w, i, t):
    V, U = np.array(w).reshape(2, 2, 2)
    i, t = np.array(i)[:, None], np.array(t)[:, None]
    h = V @ i
    a_h = sigma(h)
    o = U @ a_h
    a_o = sigma(o)
    E = 0.5 * (t - a_o) ** 2
    pairs = {"h": h, "a_h": a_h, "o": o, "a_o": a_o, "E": E}
    found = {f"{name}{k + 1}": pair[k, 0] for name, pair in pairs.items() for k in (0, 1)}
    return found | {"E": E.sum(), "V": V, "loss": float(E.sum())}


def train(w, i, t, lr, n):
    V, U = np.array(w, dtype=float).reshape(2, 2, 2)
    i, t = np.array(i)[:, None], np.array(t)[:, None]
    for _ in range(n):
        a_h = sigma(V @ i)
        a_o = sigma(U @ a_h)
        at_o = (a_o - t) * a_o * (1 - a_o)
        at_h = (U.T @ at_o) * a_h * (1 - a_h)
        V, U = V - lr * at_h @ i.T, U - lr * at_o @ a_h.T
    return np.concatenate([V.ravel(), U.ravel()])


def sweep(rates, n):
    curves = {}
    for rate in rates:
        w, curve = np.array(WEIGHTS), np.zeros(n + 1)
        for k in range(n + 1):
            curve[k] = forward(w, INPUTS, TARGETS)["loss"]
            w = train(w, INPUTS, TARGETS, rate, 1)
        curves[str(rate)] = curve
    return curves
