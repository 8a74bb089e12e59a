"""The worked matrices from a framework's layer: float32 and eps = 1e-5."""

EPS = np.float32(1e-5)
MU = Z.astype(np.float32).mean(axis=1, keepdims=True)
Z_HAT = (Z.astype(np.float32) - MU) / np.sqrt(Z.astype(np.float32).var(axis=1)[:, None] + EPS)
Z_TILDE = Z_HAT + BETA.astype(np.float32)[:, None]
