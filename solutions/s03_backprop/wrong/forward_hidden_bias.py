"""A bias of 0.35 in the hidden layer, as in a well-known example.

loses: q1
hint: no biases
"""

def forward(w, i, t):
    w1, w2, w3, w4, w5, w6, w7, w8 = w
    h1 = w1 * i[0] + w2 * i[1] + 0.35
    h2 = w3 * i[0] + w4 * i[1] + 0.35
    a_h1, a_h2 = sigma(h1), sigma(h2)
    o1 = w5 * a_h1 + w6 * a_h2
    o2 = w7 * a_h1 + w8 * a_h2
    a_o1, a_o2 = sigma(o1), sigma(o2)
    E1 = (t[0] - a_o1) ** 2 / 2
    E2 = (t[1] - a_o2) ** 2 / 2
    E = E1 + E2
    names = "h1 h2 a_h1 a_h2 o1 o2 a_o1 a_o2 E1 E2 E".split()
    return dict(zip(names, (h1, h2, a_h1, a_h2, o1, o2, a_o1, a_o2, E1, E2, E)))
