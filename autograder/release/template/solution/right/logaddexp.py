"""numpy's logaddexp does the careful part."""


def softmax(z):
    return np.exp(z - np.logaddexp.reduce(np.asarray(z, dtype=float)))


def cross_entropy(logits, labels):
    shares = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return -np.take_along_axis(shares, labels[:, None], axis=1).mean()
