"""Answers to plant: matrices, formulas and letters as a handout of a real course may say them."""

from __future__ import annotations

from planted import BACKPROP, BN, ROOT
from planted_packed import CONV

from autograder.assignment import Assignment, load

NORMS = load("s05_norms", ROOT)
LENET = load("lenet", ROOT)

ROW = "| -1 | 1 | 1 | -1 |\n"
OUTPUT_ERROR = r"(a_{o1} - t_1) a_{o1} (1 - a_{o1})"
OTHER_ERROR = OUTPUT_ERROR.replace("1}", "2}").replace("t_1", "t_2")

# A text of a handout and what is said of it: (assignment, text, what is said).
ANSWERS: dict[str, tuple[Assignment, str, str]] = {
    "a table of Markdown": (
        BN,
        f"So:\n\n{ROW}|---|---|---|---|\n{ROW}{ROW}",
        r"line 3 holds the numbers -1 1 1 -1 .*Z_HAT comes: .*bn\.py:\d+",
    ),
    "a table with heads": (
        BN,
        "| | ada | bob | cyd | dan |\n|:-|--:|--:|--:|--:|\n"
        + "".join(f"| feature {n} | -1 | 1 | 1 | -1.0 |\n" for n in (1, 2, 3)),
        "Z_HAT comes",
    ),
    "a matrix of LaTeX": (
        BN,
        r"\hat Z = \begin{bmatrix} - 1 & 1 & 1 & {-}1 \\[2pt] -1 & 1 & 1 & -1 \\ "
        r"\frac{-1}{1} & 1 & 1 & -1 \end{bmatrix}",
        "Z_HAT comes",
    ),
    "rows in a sentence": (
        BN,
        "First comes -1, 1, 1, -1, then\nalso -1, 1, 1, −1, and the third is -1, 1, 1 and -1.",
        "line 1 holds the numbers.*Z_HAT comes",
    ),
    "rows in a list": (BN, "".join(f"- row {n}: −1 1 1 −1\n" for n in "abc"), "Z_HAT comes"),
    "columns for rows": (BN, "[(-1,-1,-1), (1,1,1), (1,1,1), (-1,-1,-1)]", "Z_HAT comes"),
    "a matrix that is computed from another": (
        BN,
        "    -1   1   1  -1\n   -11  -9  -9 -11\n     9  11  11   9\n",
        "line 1 holds .*Z_TILDE comes",
    ),
    "a list of small numbers": (
        NORMS,
        "The variances are 2.25, 12.25, 30.25 and 12.25.",
        r"bn comes: .*norms\.py:\d+",
    ),
    "fractions": (NORMS, "The means: 5/2, 13/2, 7/2, 7/2", "2.50000e.00 6.50000e.00.*bn comes"),
    "fractions of LaTeX": (
        NORMS,
        r"$\frac{5}{2}$, $\tfrac{13}{2}$, $\frac72$, $3.50$",
        "bn comes",
    ),
    "a number a line": (NORMS, "- 3.5\n- 5.5\n- .5\n- 4.5\n", "in comes"),
    "rounded": (NORMS, "| -0.43 | .43 |\n|--|--|\n| -0.71 | -0.43 |\n", "numbers.*bn comes"),
    "a matrix of letters": (
        CONV,
        r"A = \begin{pmatrix} w^{11}_1 & w^{11}_2 & w^{11}_3 & 0 & w^{21}_1 & w^{21}_2 & "
        r"w^{21}_3 & 0 \\ \dots \end{pmatrix}",
        r"line 1 gives A, an answer of the solution \(conv\.py:\d+\)",
    ),
    "kernels in a table": (
        CONV,
        "|j|i = 1|i = 2|\n|-|-|-|\n|1|w11_3, w11_2, w11_1|w21_3, w21_2, w21_1|\n",
        "gives KERNELS_DX",
    ),
    "a formula of LaTeX": (
        BACKPROP,
        rf"So\n\n$$\frac{{\partial E}}{{\partial w_5}} = {OUTPUT_ERROR} a_{{h1}}$$",
        r"gives the formula of w5, an answer of the solution \(backprop\.py:\d+\)",
    ),
    "a formula over two lines": (
        BACKPROP,
        "\\begin{align}\n\\frac{\\partial E}{\\partial w_5} &= (a_{o_1} - t_1) \\\\\n"
        "&\\cdot a_{o_1} \\left(1 - a_{o_1}\\right) a_{h_1}.\n\\end{align}\n",
        "formula of w5",
    ),
    "a formula over many lines": (
        BACKPROP,
        "So:\n$$\n(a_{o1} - t_1)\na_{o1} (1 - a_{o1})\na_{h1}\n$$\n",
        "line 3 gives the formula of w5",
    ),
    "a sum over two paths": (
        BACKPROP,
        rf"Look: \( E_1' = \bigl({OUTPUT_ERROR} w_5 + {OTHER_ERROR} w_7\bigr)"
        r"\, a_{h1} (1 - a_{h1}) i_1 \)",
        "formula of w1",
    ),
    "a formula multiplied out": (
        BACKPROP,
        "dE/dw6 is a_h2*(a_o1**2 - t1*a_o1 - a_o1**3 + t1*a_o1**2), as you see",
        "formula of w6",
    ),
    "a formula as people type it": (
        BACKPROP,
        "(dE/dw8 = (ao2 − t2) · ao2 · (1 − ao2) · ah2)",
        "formula of w8",
    ),
    "a formula in a table": (
        BACKPROP,
        "| weight | slope |\n|--|--|\n| w7 | (a_o2 - t2) a_o2 (1 - a_o2) a_h1 |\n",
        "line 3 gives the formula of w7",
    ),
    "a letter in a sentence": (
        CONV,
        "Well,\nthe answer to RELATION is d, because it adds up over rows.",
        r"line 2 says that RELATION is d, an answer of the solution \(conv\.py:\d+\)",
    ),
    "a letter on the next line": (
        CONV,
        "The right answer to `RELATION` is\n**d**.",
        "RELATION is d",
    ),
    "a letter first": (
        CONV,
        "In fact D is the right answer to question RELATION.",
        "RELATION is d",
    ),
    "a letter to choose": (CONV, 'choose "d" for RELATION', "RELATION is d"),
    "a letter and why": (BN, "train_test: b because of d", "train_test is b"),
    "the letter a": (BN, "The answer to test_batch_why is a.", "test_batch_why is a"),
    "a plain word as a key": (LENET, "The answer to 'layer' is c.", "layer is c"),
    "a truth": (CONV, "Note that IS_CONVOLUTION is `True`.", "IS_CONVOLUTION is True"),
}

# What a handout may well say: (assignment, text).
SAID: dict[str, tuple[Assignment, str]] = {
    "another matrix": (BN, ROW + "|--|--|--|--|\n" + ROW + "| 1 | -1 | 1 | -1 |\n"),
    "one row": (BN, "A row such as (-1, 1, 1, -1) has mean 0."),
    "rows far apart": (BN, f"{ROW}{'And so on. ' * 40}\n{ROW}{'And so on. ' * 40}\n{ROW}"),
    "two small numbers": (NORMS, "the mean is 3.5, or 4.5 in the other example"),
    "other numbers": (NORMS, "2.25, 12.25, 30.25, 12.5 and 3.5, 5.5, 0.5, 45"),
    "other letters": (CONV, "w11_1, w11_2, w11_3, 0, w12_1, w12_2, w12_3, 0; w11_3, w11_2, w11_1"),
    "a formula of the way forward": (BACKPROP, r"$E_1 = \frac{1}{2} (t_1 - a_{o1})^2$, w5 a_h1"),
    "a part of a formula": (BACKPROP, f"at the output it is ${OUTPUT_ERROR}$"),
    "another formula": (BACKPROP, f"not ${OUTPUT_ERROR} a_{{h2}} w_5$, nor (a_o1 - t1) a_h1"),
    "a formula that breaks off": (
        BACKPROP,
        f"$({OUTPUT_ERROR} a_{{h1}} + w_5$, or ^ ({OUTPUT_ERROR} / a_h1",
    ),
    "a letter that is an article": (
        BN,
        "`test_batch_why` is a letter. test_batch_why is a\nletter",
    ),
    "the choices": (CONV, "`RELATION` is a, b, c, d or e. RELATION is d or e. RELATION: d, e"),
    "some of the choices": (CONV, "The answer to RELATION is d, e or c."),
    "a list of choices": (BN, "the right answer to `test_batch_why` is:\n- a) one\n- b) two\n"),
    "a placeholder": (BN, 'CHOICES = {"train_test": "b", "train_test_why": "a"} is how'),
    "an example": (CONV, "For example, RELATION is d. RELATION is d, say, and so on."),
    "a supposition": (CONV, "If RELATION is d, then B is what? What if IS_CONVOLUTION is True?"),
    "a question": (CONV, "Is RELATION d? The question is whether RELATION is d."),
    "what it is not": (CONV, "RELATION is not d. The answer to RELATION is not d."),
    "both truths": (CONV, "`IS_CONVOLUTION` is `True` or `False`."),
    "a plain word": (LENET, "The dropout is a. The layer is c, the gap is d."),
    "a letter of another": (CONV, "The answer to RELATIONS is d. RELATION_TYPE is d."),
}

# A hidden check's short lines, and what may stand around them.
SHORT = (
    "def worst(found):\n    gap = abs(found - WANTED)\n    return gap.max() / 7\n"
    "\n\nLIMIT = worst(7) + 3\n"
)
TWO = "gap = abs(found - WANTED)\n{}return gap.max() / 7\n{}LIMIT = worst(7) + 3\n"
TOGETHER = {
    "as they are": "So:\n\n    " + TWO.format("    ", "\n"),
    "quoted": "> " + TWO.format("> ", "> "),
    "as comments": "# " + TWO.format("#\n# ", "# "),
}
APART = {
    "one line": "a gap is taken:\n\n    gap = abs(found - WANTED)\n\nand so on\n",
    "two lines that any two courses might share": TWO.format("", "x = 1\n"),
    "with others between": TWO.format("x = 1\n", "y = 2\n"),
}
