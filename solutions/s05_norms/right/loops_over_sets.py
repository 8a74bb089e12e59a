"""Plain loops over the sets, a variance by E[x^2] - E[x]^2 after centring."""

def walk(x, sets, gamma, beta, eps):
    out = np.empty(x.shape)
    for part in sets:
        values = x[part].astype(float)
        gaps = values - values.sum() / values.size
        out[part] = gaps / ((gaps * gaps).sum() / values.size + eps) ** 0.5
    for channel in range(x.shape[1]):
        out[:, channel] = gamma[channel] * out[:, channel] + beta[channel]
    return out


def batch_norm(x, gamma, beta, eps):
    return walk(x, [np.s_[:, c] for c in range(x.shape[1])], gamma, beta, eps)


def layer_norm(x, gamma, beta, eps):
    return walk(x, [np.s_[n] for n in range(len(x))], gamma, beta, eps)


def group_norm(x, groups, gamma, beta, eps):
    wide = x.shape[1] // groups
    starts = range(0, x.shape[1], wide)
    return walk(x, [np.s_[n, s : s + wide] for n in range(len(x)) for s in starts], gamma, beta, eps)


def instance_norm(x, gamma, beta, eps):
    return group_norm(x, x.shape[1], gamma, beta, eps)
