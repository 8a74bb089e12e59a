"""Backpropagation by hand.

Two inputs, two hidden units, two outputs, eight weights and no bias:

    h1 = w1 i1 + w2 i2    a_h1 = sigma(h1)    o1 = w5 a_h1 + w6 a_h2    a_o1 = sigma(o1)
    h2 = w3 i1 + w4 i2    a_h2 = sigma(h2)    o2 = w7 a_h1 + w8 a_h2    a_o2 = sigma(o2)

    E1 = 1/2 (t1 - a_o1)^2    E2 = 1/2 (t2 - a_o2)^2    E = E1 + E2

In all functions w is a list of the eight weights in order, i = [i1, i2], t = [t1, t2].
Source of the method: Rumelhart, Hinton and Williams, "Learning representations by
back-propagating errors", 1986.
"""

import numpy as np
from sympy import symbols

# The start that is given: questions 3 and 4 begin here.
WEIGHTS = [0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55]
INPUTS = [0.05, 0.10]
TARGETS = [0.01, 0.99]
RATES = [0.1, 0.2, 0.5, 0.8, 1.0, 2.0]


def sigma(x):
    """Return 1 / (1 + e^-x), for a number or an array. Its slope is sigma (1 - sigma)."""
    return 1 / (1 + np.exp(-x))


# 1. Forward: from the inputs to the error.
def forward(w, i, t):
    """Return every value on the way, by name.

    w: 8 weights. i: 2 inputs. t: 2 targets. All are plain lists of floats.
    Returns a dict with the keys h1, h2, a_h1, a_h2, o1, o2, a_o1, a_o2, E1, E2, E.
    """
    raise NotImplementedError("write forward")


# 2. Backward, in letters: how much does E change when one weight does?
# GRADIENTS["w5"] is dE/dw5 as a formula, and so on for w1 to w8. The letters below may all be used.
w1, w2, w3, w4, w5, w6, w7, w8 = symbols("w1:9")
i1, i2, t1, t2 = symbols("i1 i2 t1 t2")
h1, h2, a_h1, a_h2 = symbols("h1 h2 a_h1 a_h2")
o1, o2, a_o1, a_o2 = symbols("o1 o2 a_o1 a_o2")


GRADIENTS = None  # your answer


# 3. Gradient descent, step by step: table.csv, or table.xlsx from a spreadsheet.
# Make it with a program or in a spreadsheet; the handout says what it holds. Questions 3, 4 and
# 5 all repeat one step, so a function for that step will serve you three times.


# 4. The same descent at other rates.
def sweep(rates, n):
    """Return how the error falls from the given start, for each learning rate on its own.

    rates: a list of floats. n: the number of steps.
    Returns a dict from each rate as text, str(rate), to the list [E0, E1, ..., En] of n + 1
    values: E0 before the first step, En after the last.
    """
    raise NotImplementedError("write sweep")


# The plot: draw the curves of all RATES in one picture, sweep.svg (or .png, .pdf, .jpg).


# 5. The trainer: any weights, inputs, targets, rate and number of steps.
def train(w, i, t, lr, n):
    """Return the eight weights after n steps of gradient descent, as a list.

    w: 8 weights. i: 2 inputs. t: 2 targets. lr: the learning rate. n: an int, 0 or more.
    """
    raise NotImplementedError("write train")


# If your program also writes the table and the plot, let it do so here, when the file is run.
