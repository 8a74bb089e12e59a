"""Hidden checks of `s05_norms`: the order on paper, gamma, beta and eps, what differs, L1."""

import numpy as np

from autograder.checks import CheckFailed, expect, question
from autograder.checks.architecture import same_function
from autograder.checks.behaviour import deterministic
from autograder.checks.graph import graph
from autograder.checks.steps import RATE, tensor

INVISIBLE = ("batch_norm", "group_norm", "layer_norm", "instance_norm", "mul", "sub", "div", "add")


@question("q1", weight=2)
def test_sets_of_the_tables(student, public):
    """for each norm, every mean and every variance belongs to its set, in the right order"""

    def look(kind):
        sets = public.members(kind, public.X.shape)
        others = {
            hint: public.members(other, public.X.shape)
            for hint, other in public.OTHERS[kind].items()
        }
        means = public.averages(public.X, sets)
        spread = public.variances(public.X, sets)
        got = public.table(student, "MEANS", kind)
        wanted = public.TABLES[kind]
        fitting = {h: s for h, s in others.items() if s.max() + 1 == means.size}
        mistakes = {h: public.averages(public.X, s).reshape(wanted) for h, s in fitting.items()}
        if len(wanted) == 2:
            swapped = "rows are examples, columns are groups or channels: yours are swapped"
            if wanted[0] == wanted[1]:
                mistakes[swapped] = means.reshape(wanted).T
        name = f'MEANS["{kind}"]'
        expect(got, name).close(means.reshape(wanted), **public.ROUNDED, mistakes=mistakes)
        # Whether they are divided by m shows in a public check: here only their ratios count.
        got = public.table(student, "VARIANCES", kind)
        expect(got).that(np.all(got > 0), "a variance is above 0 here", "square the distances")
        right = (spread / spread.sum()).reshape(wanted)
        name = f'VARIANCES["{kind}"], divided by their sum,'
        expect(got / got.sum(), name).close(right, **public.ROUNDED)

    public.each(public.KINDS, look)


@question("q2", weight=2)
def test_order_within_the_sets(student, public):
    """for each norm, the numbers of a set of OUTPUTS lie as they do in X"""

    def look(kind):
        out, sets = public.output(student, kind)
        spread = public.variances(out, sets)
        says = f'a set of OUTPUTS["{kind}"] holds the same number again and again'
        expect(out).that(np.all(spread > 1e-6), says, "normalise the numbers of X")
        right = public.normalised(public.X, sets)
        mistakes = {"take the number minus the mean, not the mean minus the number": -right}
        mistakes |= public.wrong_sets(kind, public.X)
        name = f'OUTPUTS["{kind}"]'
        got = expect(public.normalised(out, sets), name)
        got.close(right, rtol=0, atol=5e-3, mistakes=mistakes)

    public.each(public.KINDS, look)


@question("q3")
def test_gamma_and_beta_of_channels(student, rng, public):
    """each channel is scaled by its own gamma, and then shifted by its own beta"""
    x = rng.normal(0, 3, (4, 4, 4, 4))
    gamma, beta = rng.uniform(1.5, 3, 4), rng.uniform(2, 5, 4)
    column = (1, 4, 1, 1)

    def look(kind):
        plain = public.norm(student, kind, x)
        expect(plain).that(np.ptp(plain) > 0.5, "out does not depend on x", "normalise x first")
        g, b = gamma.reshape(column), beta.reshape(column)
        along = "gamma and beta belong to channels: reshape them to (1, C, 1, 1)"
        mistakes = {
            along: plain * gamma + beta,
            along + ", not to examples": plain * gamma.reshape(-1, 1, 1, 1)
            + beta.reshape(-1, 1, 1, 1),
            "scale first, then shift: beta is not multiplied": (plain + b) * g,
            "gamma multiplies": plain / g + b,
            "gamma and beta are not used": plain,
            "gamma is not used": plain + b,
            "beta is not used": plain * g,
        }
        got = expect(public.norm(student, kind, x, gamma, beta), "out")
        got.close(plain * g + b, rtol=1e-6, atol=1e-6, mistakes=mistakes)

    public.each(public.KINDS, look)


@question("q3")
def test_eps_inside_the_root(student, rng, public):
    """eps is added to the variance, inside the root"""
    x, eps = rng.normal(0, 1, (3, 4, 2, 3)), 0.4

    def look(kind):
        var = public.variances(x, public.members(kind, x.shape))[public.members(kind, x.shape)]
        gaps = public.norm(student, kind, x) * np.sqrt(var)  # what the student divides
        mistakes = {
            "eps belongs inside the root: divide by sqrt(var + eps)": gaps / (np.sqrt(var) + eps),
            "eps is not used: divide by sqrt(var + eps)": gaps / np.sqrt(var),
            "add eps as it is, not its square": gaps / np.sqrt(var + eps**2),
        }
        got = expect(public.norm(student, kind, x, eps=eps), "out")
        got.close(gaps / np.sqrt(var + eps), rtol=1e-6, atol=1e-6, mistakes=mistakes)

    public.each(public.KINDS, look)


@question("q3")
def test_any_number_of_groups(student, rng, public):
    """group_norm works with any number of groups: one is layer norm, C are instance norm"""
    x = rng.normal(0, 3, (2, 6, 2, 3)) + rng.normal(0, 5, (2, 6, 1, 1))
    own = {n: public.norm(student, "gn", x, groups=n) for n in (2, 3, 1, 6)}
    for n, got in own.items():
        size = "`groups` says how many groups there are, not how many channels are in one"
        fixed = "use the number of groups that is given: it is not always 2"
        mistakes = {size: own[6 // n], fixed: own[2]}
        right = public.normalised(x, public.members("gn", x.shape, n))
        expect(got, f"out with {n} groups").close(right, rtol=1e-6, atol=1e-6, mistakes=mistakes)


@question("q4")
def test_gamma_and_beta_are_learned(student, public):
    """each kind of make_norm learns one gamma and one beta for each channel"""

    def look(kind):
        made = public.recorded(lambda: student.make_norm(kind, 6, 3), 6, 4, 3)
        mistakes = {
            "gamma and beta are missing: leave `affine` as it is": 0,
            "one gamma and one beta for each channel, not for each place": 2 * 6 * 4 * 3,
            "one gamma and one beta for each channel, not for each group": 2 * 3,
            "one gamma for each channel, and one beta": 6,
        }
        name = f'the parameters of make_norm("{kind}", 6, 3)'
        expect(made.parameters.trainable, name).equals(12, mistakes)

    public.each(public.NORMS, look)


@question("q4")
def test_evaluation_of_batch_norm(student, public):
    """in evaluation mode, "bn" uses running statistics"""
    deterministic(public.recorded(lambda: student.make_norm("bn", 6, 3), 6, 4, 3), "make_norm")


@question("q4", weight=0.5)
def test_other_kinds_are_refused(student):
    """make_norm raises ValueError for a kind that it does not know"""
    try:
        got = student.make_norm("nn", 6, 3)
    except Exception as failure:
        found = getattr(failure, "finding", None)
        if found is None or "ValueError" not in found.message:
            raise
        return
    hint = 'name each kind, and end with raise ValueError(...): a typing slip is no "gn"'
    expect(got, "make_norm").that(False, "a kind that does not exist gives a module", hint)


def kinds_of(net):
    return {layer.kind for layer in net.layers}


@question("q5")
def test_switch_of_the_norms(student, public):
    """Net("bn") normalises with batch norm only, the others never, and "ln" is not "gn" """
    nets = {kind: public.network(student, kind) for kind in public.NORMS}
    hint = "give `norm` to every make_norm of the network, and use no other norm"
    own = kinds_of(nets["bn"])
    expect(own, "Net").that("batch_norm" in own, 'Net("bn") has no batch norm', hint)
    mixed = own & {"group_norm", "layer_norm"}
    expect(own, "Net").that(not mixed, 'Net("bn") has other norms than batch norms', hint)
    for kind in ("ln", "gn"):
        says = f'Net("{kind}") has a batch norm'
        expect(kind, "Net").that("batch_norm" not in kinds_of(nets[kind]), says, hint)
    try:
        same_function(nets["ln"], nets["gn"])
    except CheckFailed:
        return
    expect("Net", "Net").that(False, 'Net("ln") and Net("gn") are the same network', hint)


@question("q5")
def test_the_rest_is_the_same(student, public):
    """apart from the norms, the three networks have the same layers"""

    def body(net):
        rest = [layer for layer in net.layers if layer.kind not in INVISIBLE]
        return [(layer.kind, layer.size_in, layer.size_out, dict(layer.numbers)) for layer in rest]

    nets = {kind: public.network(student, kind) for kind in public.NORMS}
    hint = "only the norms may depend on `norm`: same layers, same channels, same biases"
    for kind in ("ln", "gn"):
        says = f'Net("{kind}") and Net("bn") differ in more than their norms'
        expect(kind, "Net").that(body(nets[kind]) == body(nets["bn"]), says, hint)
        counts = [nets[k].parameters.trainable for k in (kind, "bn")]
        says = f'Net("{kind}") has {counts[0]:,} parameters and Net("bn") {counts[1]:,}'
        expect(kind, "Net").that(counts[0] == counts[1], says, hint)


@question("q6")
def test_penalty_of_a_network(student, public):
    """l1_penalty of a network takes all its weights, and no bias, gamma or beta"""
    model = student.Net("bn")
    net = graph(model, public.IMAGE)
    learned = [
        (t, np.abs(w.astype(np.float64)).sum())
        for t, w in zip(net.tensors, net.weights(), strict=True)
        if t.role == "parameter"
    ]

    def total(keep):
        return sum(size for t, size in learned if keep(len(t.shape), t.name))

    mistakes = {
        "leave biases, gammas and betas out: p.dim() > 1 tells the weights": total(
            lambda axes, name: True
        ),
        "gammas are called weight too: p.dim() > 1 tells them apart": total(
            lambda axes, name: "bias" not in name
        ),
        "the weights of the linear layers count too": total(lambda axes, name: axes > 2),
        "the weights of the convolutions count too": total(lambda axes, name: axes == 2),
        "only the last layer is counted: add up": learned[-2][1] if len(learned) > 1 else -1.0,
    }
    right = total(lambda axes, name: axes > 1)
    got = expect(student.l1_penalty(model), "the penalty").number()
    expect(got, "the penalty of Net").close(right, 1e-4, 1e-4, mistakes)


@question("q6")
def test_step_with_penalty(student, rng, public):
    """with l1, train_step moves every weight by l1 towards 0 as well, and no bias"""
    images, labels = rng.normal(size=(6, 1, 3, 3)).astype(np.float32), rng.integers(0, 4, 6)
    size = rng.uniform(0.5, 2, (4, 9)) * rng.choice([-1, 1], (4, 9))
    parts = [tensor(p.astype(np.float32)) for p in (size, rng.uniform(0.5, 2, 4))]
    ask, l1 = student.train_step._exchange.ours, 0.2
    moved = []
    for strength in (0.0, l1):
        model = ask(public.PROBE, "linear", *parts, count=False)
        optimizer = ask(public.PROBE, "sgd", model, RATE, count=False)
        student.train_step(model, optimizer, tensor(images), tensor(labels), strength)
        told = ask(public.PROBE, "state", model, count=False)
        moved.append([expect(told[key]).array().astype(np.float64) for key in ("weight", "bias")])
    weight, bias = (after - before for before, after in zip(*moved, strict=True))
    got = np.column_stack([weight, bias])
    pull = -RATE * l1 * np.column_stack([np.sign(size), np.zeros(4)])
    decay = -RATE * l1 * np.column_stack([size, np.zeros(4)])
    everything = pull - RATE * l1 * np.column_stack([0 * size, np.ones(4)])
    mistakes = {
        "the penalty has no gradient: keep it a tensor, without .item() or .detach()": 0 * pull,
        "that is weight decay: L1 pulls every weight equally, however large": decay,
        "that is L2: L1 pulls every weight equally, however large": 2 * decay,
        "leave the biases out of the penalty": everything,
        "add the penalty to the loss: yours pushes the weights away from 0": -pull,
        "add l1 times the sum, not the mean": pull / size.size,
        "multiply the penalty by l1": pull / l1,
    }
    name = "what l1 adds to [weights | bias] in one step"
    expect(got, name).close(pull, rtol=1e-3, atol=1e-4, mistakes=mistakes)


@question("q7", weight=0.5)
def test_figure(files):
    """the figure is a picture"""
    files.picture("norms.svg")
