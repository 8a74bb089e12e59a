"""The chain rule factor by factor, as the lecture writes it on the board."""

dE_do1 = -(t1 - a_o1) * (a_o1 * (1 - a_o1))
dE_do2 = -(t2 - a_o2) * (a_o2 * (1 - a_o2))
dE_dah1 = dE_do1 * w5 + dE_do2 * w7
dE_dah2 = dE_do1 * w6 + dE_do2 * w8
dah1_dh1 = a_h1 - a_h1**2
dah2_dh2 = a_h2 - a_h2**2

GRADIENTS = dict(
    w5=dE_do1 * a_h1,
    w6=dE_do1 * a_h2,
    w7=dE_do2 * a_h1,
    w8=dE_do2 * a_h2,
    w1=dE_dah1 * dah1_dh1 * i1,
    w2=dE_dah1 * dah1_dh1 * i2,
    w3=dE_dah2 * dah2_dh2 * i1,
    w4=dE_dah2 * dah2_dh2 * i2,
)
