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
    # BEGIN SOLUTION
    w1, w2, w3, w4, w5, w6, w7, w8 = w
    i1, i2 = i
    t1, t2 = t
    h1, h2 = w1 * i1 + w2 * i2, w3 * i1 + w4 * i2
    a_h1, a_h2 = sigma(h1), sigma(h2)
    # The second layer does to a_h what the first did to i.
    o1, o2 = w5 * a_h1 + w6 * a_h2, w7 * a_h1 + w8 * a_h2
    a_o1, a_o2 = sigma(o1), sigma(o2)
    # The half is there only to cancel the 2 that a square leaves behind when differentiated.
    E1, E2 = (t1 - a_o1) ** 2 / 2, (t2 - a_o2) ** 2 / 2
    return {
        "h1": h1,
        "h2": h2,
        "a_h1": a_h1,
        "a_h2": a_h2,
        "o1": o1,
        "o2": o2,
        "a_o1": a_o1,
        "a_o2": a_o2,
        "E1": E1,
        "E2": E2,
        "E": E1 + E2,
    }
    # END SOLUTION


# 2. Backward, in letters: how much does E change when one weight does?
# GRADIENTS["w5"] is dE/dw5 as a formula, and so on for w1 to w8. The letters below may all be used.
w1, w2, w3, w4, w5, w6, w7, w8 = symbols("w1:9")
i1, i2, t1, t2 = symbols("i1 i2 t1 t2")
h1, h2, a_h1, a_h2 = symbols("h1 h2 a_h1 a_h2")
o1, o2, a_o1, a_o2 = symbols("o1 o2 a_o1 a_o2")


# BEGIN SOLUTION
def error_at_output(a_o, t):
    """Return dE/do of one output: dE/da_o is a_o - t, and sigma has the slope a_o (1 - a_o).

    Only the output's own share of E depends on it, so there is no sum here.
    """
    return (a_o - t) * a_o * (1 - a_o)


def error_at_hidden(a_h, to_o1, to_o2):
    """Return dE/dh of one hidden unit, whose weights `to_o1` and `to_o2` lead to the outputs.

    h moves a_h by the slope a_h (1 - a_h), and a_h moves both outputs: two paths, added up.
    """
    first = error_at_output(a_o1, t1) * to_o1
    second = error_at_output(a_o2, t2) * to_o2
    return (first + second) * a_h * (1 - a_h)


# A weight w from x to y enters y as w x. So dE/dw is the error at y times the value of x.
GRADIENTS = {
    "w1": error_at_hidden(a_h1, w5, w7) * i1,
    "w2": error_at_hidden(a_h1, w5, w7) * i2,
    "w3": error_at_hidden(a_h2, w6, w8) * i1,
    "w4": error_at_hidden(a_h2, w6, w8) * i2,
    "w5": error_at_output(a_o1, t1) * a_h1,
    "w6": error_at_output(a_o1, t1) * a_h2,
    "w7": error_at_output(a_o2, t2) * a_h1,
    "w8": error_at_output(a_o2, t2) * a_h2,
}
# END SOLUTION


# 3. Gradient descent, step by step: table.csv, or table.xlsx from a spreadsheet.
# Make it with a program or in a spreadsheet; the handout says what it holds. Questions 3, 4 and
# 5 all repeat one step, so a function for that step will serve you three times.
# BEGIN SOLUTION
def error_and_gradient(w, i, t):
    """Return E, a number, and dE/dw1 to dE/dw8, an array (8,).

    Section 2 in numbers. As matrices, V (2, 2) leads from i to h and U (2, 2) from a_h to o;
    row k holds the weights into unit k. An outer product pairs every error with every input.
    """
    V, U = np.reshape(w, (2, 2, 2))
    a_h = sigma(V @ i)
    a_o = sigma(U @ a_h)
    at_o = (a_o - t) * a_o * (1 - a_o)
    # Forward, U takes a_h to o; backward, its transpose takes the errors from o to a_h.
    at_h = (U.T @ at_o) * a_h * (1 - a_h)
    error = np.sum((a_o - t) ** 2) / 2
    return error, np.concatenate([np.outer(at_h, i).ravel(), np.outer(at_o, a_h).ravel()])


def descend(w, i, t, rate, n):
    """Yield (w, E, gradient) before the first step and after each of n steps.

    A step subtracts rate times the gradient. All eight gradients are taken at the old
    weights and only then all eight weights change: the step goes straight downhill from where
    we stand. Changing w5 to w8 first would look at the slope of w1 to w4 from somewhere else.
    """
    w = np.array(w, dtype=float)
    for _ in range(n + 1):
        error, gradient = error_and_gradient(w, i, t)
        yield w, error, gradient
        w = w - rate * gradient


def write_table(path):
    """Write steps 0 to 100 at rate 0.5: each row holds weights, and E and gradients at them."""
    names = [f"w{k}" for k in range(1, 9)]
    rows = [["step", *names, "E", *(f"dE/d{name}" for name in names)]]
    for step, (w, error, gradient) in enumerate(descend(WEIGHTS, INPUTS, TARGETS, 0.5, 100)):
        rows.append([str(step), *(f"{x:.10f}" for x in (*w, error, *gradient))])
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(",".join(row) + "\n" for row in rows)


# END SOLUTION


# 4. The same descent at other rates.
def sweep(rates, n):
    """Return how the error falls from the given start, for each learning rate on its own.

    rates: a list of floats. n: the number of steps.
    Returns a dict from each rate as text, str(rate), to the list [E0, E1, ..., En] of n + 1
    values: E0 before the first step, En after the last.
    """
    # BEGIN SOLUTION
    # Every rate begins again at WEIGHTS: the curves are compared, so they must start as one.
    curves = {}
    for rate in rates:
        steps = descend(WEIGHTS, INPUTS, TARGETS, rate, n)
        curves[str(rate)] = [float(error) for _, error, _ in steps]
    return curves
    # END SOLUTION


# The plot: draw the curves of all RATES in one picture, sweep.svg (or .png, .pdf, .jpg).
# BEGIN SOLUTION
def write_plot(path, n=100):
    """Write the curves of all RATES as a picture of 640 x 400: steps across, E upwards."""

    def place(step, error):
        return f"{60 + 480 * step / n:.1f},{340 - 1200 * error:.1f}"

    def label(x, y, text, anchor="middle", colour="black"):
        return f'<text x="{x}" y="{y}" fill="{colour}" text-anchor="{anchor}">{text}</text>'

    parts = [f'<path d="M{place(0, 0.25)} L{place(0, 0)} L{place(n, 0)}" stroke="black"/>']
    parts += [label(52, 345 - 60 * k, f"{0.05 * k:.2f}", "end") for k in range(6)]
    parts += [label(60 + 96 * k, 360, n * k // 5) for k in range(6)]
    parts += [label(300, 385, "steps"), label(60, 25, "error E")]
    colours = ["#1b6ca8", "#2a9d8f", "#8a6d00", "#c8553d", "#7b3f98", "#333333"]
    for k, (rate, curve) in enumerate(sweep(RATES, n).items()):
        points = " ".join(place(step, error) for step, error in enumerate(curve))
        parts.append(f'<polyline points="{points}" stroke="{colours[k]}"/>')
        parts.append(label(560, 60 + 20 * k, f"rate {rate}", "start", colours[k]))
    style = "text { font: 13px sans-serif } path, polyline { fill: none; stroke-width: 1.5 }"
    size = 'width="640" height="400" viewBox="0 0 640 400"'
    picture = [f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', f"<style>{style}</style>"]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([*picture, *parts, "</svg>"]) + "\n")


# END SOLUTION


# 5. The trainer: any weights, inputs, targets, rate and number of steps.
def train(w, i, t, lr, n):
    """Return the eight weights after n steps of gradient descent, as a list.

    w: 8 weights. i: 2 inputs. t: 2 targets. lr: the learning rate. n: an int, 0 or more.
    """
    # BEGIN SOLUTION
    steps = list(descend(w, i, t, lr, n))
    last, _, _ = steps[-1]
    return last.tolist()
    # END SOLUTION


# If your program also writes the table and the plot, let it do so here, when the file is run.
# BEGIN SOLUTION
if __name__ == "__main__":
    write_table("table.csv")
    write_plot("sweep.svg")
# END SOLUTION
