"""The gradients are texts, in several ways to write them."""

GRADIENTS = {
    "w1": "((a_o1 - t1)*a_o1*(1 - a_o1)*w5 + (a_o2 - t2)*a_o2*(1 - a_o2)*w7) * a_h1*(1 - a_h1) * i1",
    "w2": "i2 * a_h1 * (1 - a_h1) * (w5*(a_o1 - t1)*(a_o1 - a_o1**2) + w7*(a_o2 - t2)*(a_o2 - a_o2**2))",
    "w3": "(-(t1 - a_o1)*a_o1*(1-a_o1)*w6 - (t2 - a_o2)*a_o2*(1-a_o2)*w8) * sigma(h2)*(1 - sigma(h2))*i1",
    "w4": "((a_o1-t1)*a_o1*(1-a_o1)*w6 + (a_o2-t2)*a_o2*(1-a_o2)*w8) * exp(-h2)/(1 + exp(-h2))**2 * i2",
    "w5": "(a_o1 - t1)·σ(o1)·(1 − σ(o1))·a_h1",
    "w6": "-(t1 - a_o1) * a_o1 * (1 - a_o1) * a_h2",
    "w7": "(1/(1 + exp(-o2)) - t2) * exp(o2)/(1 + exp(o2))**2 * a_h1",
    "w8": "0.5 * 2 * (a_o2 - t2) * a_o2 * (1 - a_o2) * sigmoid(w3*i1 + w4*i2)",
}
