"""Hidden checks of `s05_norms`: the order on paper, gamma, beta and eps, what differs, L1."""

import numpy as np

from autograder.checks import CheckFailed, expect, question
from autograder.checks.architecture import same_function
from autograder.checks.behaviour import deterministic
from autograder.checks.graph import graph
from autograder.checks.steps import RATE, tensor

BODY = {
    *("conv", "linear", "max_pool", "avg_pool", "dropout", "relu", "leaky_relu", "elu", "gelu"),
    *("silu", "tanh", "sigmoid"),
}
FIXED = "use the number of groups that is given: it is not always 2"
THIRDS, QUARTERS = (1 / 3, 2 / 3), (0.25, 0.5, 0.75)  # of several kinds, looked at in turn


def same(public, out, right, name, mistakes=None, atol=2e-6):
    """Fail unless out is right but for one factor; whether that is 1 shows in a public check."""
    out = out / (np.sqrt(np.square(out).mean()) + 1e-150)
    public.same(out, right, name, mistakes, 0, atol)


@question("q1", weight=2, parts=QUARTERS)
def test_sets_of_the_tables(student, reference, public):
    """for each norm, every mean and every variance belongs to its set, in the right order"""

    def look(kind):
        means, spread = (np.array(t[kind]) for t in (reference.MEANS, reference.VARIANCES))
        swapped = "rows are examples, columns are groups or channels: yours are swapped"
        mistakes = {public.NEIGHBOURS: np.array([[2, 5], [4, 5]]), swapped: means.T}
        got, name = public.table(student, "MEANS", kind), f'MEANS["{kind}"]'
        expect(got, name).close(means, **public.ROUNDED, mistakes=mistakes if kind == "gn" else {})
        # Whether they are divided by m shows in a public check: here only their ratios count.
        got = public.table(student, "VARIANCES", kind)
        expect(got).that(np.all(got > 0), "a variance is above 0 here", "square the distances")
        name = f'VARIANCES["{kind}"], divided by their sum,'
        expect(got / got.sum(), name).close(spread / spread.sum(), **public.ROUNDED)

    public.each(public.KINDS, look)


@question("q2", weight=2, parts=QUARTERS)
def test_order_within_the_sets(student, reference, public):
    """for each norm, the numbers of a set of OUTPUTS lie as they do in X"""

    def look(kind):
        # How far apart they lie shows in a public check.
        out, right = public.norm(reference, kind, public.output(student, kind)), reference.OUTPUTS
        sign = {"take the number minus the mean, not the mean minus the number": -right[kind]}
        public.same(out, right[kind], f'OUTPUTS["{kind}"]', sign, rtol=0, atol=5e-3)

    public.each(public.KINDS, look)


@question("q3", parts=QUARTERS)
def test_batches_of_any_size(student, reference, rng, public):
    """the sets are right for any number of examples, and for maps of any shape"""
    x = np.round(rng.normal(0, 3, (3, 4, 2, 5)) + rng.normal(0, 5, (3, 4, 1, 1)), 1)
    two = public.norm(reference, "in", x.reshape(2, 2, 6, 5)).reshape(x.shape)
    mistakes = {"there can be any number of examples: read it from x.shape": two}

    def look(kind):
        out, right = (public.norm(module, kind, x) for module in (student, reference))
        same(public, out, right, f'out of the norm "{kind}"', mistakes)

    public.each(public.KINDS, look)


@question("q3", parts=QUARTERS)
def test_gamma_and_beta_of_channels(student, rng, public):
    """each channel is scaled by its own gamma, and then shifted by its own beta"""
    x = rng.normal(0, 3, (4, 4, 4, 4))
    gamma, beta = rng.uniform(1.5, 3, 4), rng.uniform(2, 5, 4)
    g, b = (numbers.reshape(1, 4, 1, 1) for numbers in (gamma, beta))

    def look(kind):
        plain, turned = (public.norm(student, kind, y) for y in (x, -x))
        moves = np.ptp(plain) > 0.5
        expect(plain).that(moves, "out does not depend on x", "normalise x first")
        along = "gamma and beta belong to channels: reshape them to (1, C, 1, 1)"
        mistakes = {
            along: plain * gamma + beta,
            along + ", not to examples": plain * g.swapaxes(0, 1) + b.swapaxes(0, 1),
            "scale first, then shift: beta is not multiplied": (plain + b) * g,
            "gamma multiplies": plain / g + b,
            "gamma and beta are not used": plain,
            "gamma is not used": plain + b,
            "beta is not used": plain * g,
        }
        public.same(public.norm(student, kind, x, gamma, beta), plain * g + b, "out", mistakes)
        odd = np.allclose(plain, -turned)
        says, hint = "-x does not give -out", "normalise x first, and add nothing but beta"
        expect(plain).that(odd, says, hint)

    public.each(public.KINDS, look)


@question("q3", parts=QUARTERS)
def test_eps_inside_the_root(student, rng, public):
    """eps is added to the variance, inside the root"""
    size, eps = float(rng.uniform(1.5, 3)), 0.7
    # Every line of this board has mean 0 and variance size^2, and so has every set.
    board = size * (-1.0) ** np.indices((4, 4, 2, 2)).sum(axis=0)

    def look(kind):
        plain = public.norm(student, kind, board)
        shown = np.abs(plain).min() > 1e-3 and np.all(np.sign(plain) == np.sign(board))
        expect(plain).that(shown, "out does not follow x", "normalise x first")
        root = board / plain
        mistakes = {
            "eps belongs inside the root: divide by sqrt(var + eps)": board / (root + eps),
            "eps is not used: divide by sqrt(var + eps)": plain,
            "add eps as it is, not its square": board / np.sqrt(root**2 + eps**2),
        }
        got = public.norm(student, kind, board, eps=eps)
        public.same(got, board / np.sqrt(root**2 + eps), "out", mistakes)

    public.each(public.KINDS, look)


@question("q3")
def test_any_number_of_groups(student, reference, rng, public):
    """group_norm works with any number of groups: one is layer norm, C are instance norm"""
    x = rng.normal(0, 3, (2, 12, 2, 3)) + rng.normal(0, 5, (2, 12, 1, 1))
    two = public.norm(reference, "gn", x, groups=2)
    for n in (3, 4, 1, 12):
        out, right = (public.norm(f, "gn", x, groups=n) for f in (student, reference))
        same(public, out, right, f"out with {n} groups", {FIXED: two})


@question("q4", weight=0.5, parts=THIRDS)
def test_modules_of_any_shape(student, reference, rng, public):
    """each kind of make_norm has the right sets for maps of any shape"""
    x = rng.normal(0, 2, (4, 6, 4, 3)) + rng.normal(0, 3, (4, 6, 1, 1))

    def look(kind):
        made = public.recorded(lambda: student.make_norm(kind, 6, 3), 6, 4, 3, training=True)
        out, right = made.run(x.astype(np.float32)), public.norm(reference, kind, x, groups=3)
        name, two = f'make_norm("{kind}", 6, 3) of a batch', public.norm(reference, kind, x)
        same(public, out.astype(float), right, name, {FIXED: two}, atol=1e-3)

    public.each(public.NORMS, look)


@question("q4", parts=THIRDS)
def test_gamma_and_beta_are_learned(student, public):
    """each kind of make_norm learns one gamma and one beta for each channel"""

    def look(kind):
        made = public.recorded(lambda: student.make_norm(kind, 6, 3), 6, 4, 4)
        mistakes = {
            "gamma and beta are missing: leave `affine` as it is": 0,
            "one gamma and one beta for each channel, not for each place": 2 * 6 * 4 * 4,
            "one gamma and one beta for each channel, not for each group": 2 * 3,
            "one gamma for each channel, and one beta": 6,
        }
        name = f'the parameters of make_norm("{kind}", 6, 3)'
        expect(made.parameters.trainable, name).equals(12, mistakes)

    public.each(public.NORMS, look)


@question("q4")
def test_evaluation_of_batch_norm(student, public):
    """in evaluation mode, "bn" uses running statistics"""
    deterministic(public.recorded(lambda: student.make_norm("bn", 6, 3), 6, 4, 4), "make_norm")


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
        rest = [layer for layer in net.layers if layer.kind in BODY]
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
    model, ask = student.Net("bn"), student.l1_penalty._exchange.ours
    net = graph(model, public.IMAGE)
    arrays, parts = net.weights(), {"conv": [], "linear": []}
    read = {
        leaf.index: x.kind
        for x in net.layers
        for leaf in net.nodes[x.node].sources
        if type(leaf).__name__ == "Weight"
    }
    rest = {}
    for index, told in enumerate(net.tensors):
        kind = read.get(index) if len(told.shape) > 1 else None
        if told.role == "parameter" and kind in parts:
            # What the student makes of a matrix alone, without a bias, shows in a public check.
            matrix = arrays[index].reshape(told.shape[0], -1)
            sent = tensor(matrix), tensor(np.zeros(len(matrix), np.float32))
            got = student.l1_penalty(ask(public.PROBE, "linear", *sent, count=False))
            parts[kind].append(expect(got, "the penalty").number())
        elif told.role == "parameter":
            rest[told.name] = float(np.abs(arrays[index].astype(np.float64)).sum())
    right = expect(sum(parts["conv"]) + sum(parts["linear"]), "the penalty").number()
    expect(right, "the penalty").that(right > 0, "the penalty of a matrix is 0", "add up |w|")
    mistakes = {
        "leave biases, gammas and betas out: p.dim() > 1 tells the weights": (
            right + sum(rest.values())
        ),
        "gammas are called weight too: p.dim() > 1 tells them apart": right
        + sum(size for name, size in rest.items() if "weight" in name),
        "the weights of the linear layers count too": sum(parts["conv"]),
        "the weights of the convolutions count too": sum(parts["linear"]),
    }
    got = expect(student.l1_penalty(model), "the penalty").number()
    expect(got, "the penalty of Net").close(right, 1e-4, 1e-4, mistakes)


def pull_of(penalty, state):
    """Return the slope of a penalty by each entry of [weights | bias], by central differences."""
    ask, slopes, h = penalty._exchange.ours, np.zeros_like(state), 0.05
    for place in np.ndindex(*state.shape):
        ends = []
        for side in (h, -h):
            moved = state.copy()
            moved[place] += side
            sent = (tensor(part.astype(np.float32)) for part in (moved[:, :-1], moved[:, -1]))
            model = ask("autograder.models.probe", "linear", *sent, count=False)
            ends.append(expect(penalty(model), "the penalty").number())
        slopes[place] = (ends[0] - ends[1]) / (2 * h)
    return slopes


@question("q6")
def test_step_with_penalty(student, rng, public):
    """with l1, train_step also descends on your penalty: l1 times its gradient is added"""
    images, labels = rng.normal(size=(5, 1, 1, 2)).astype(np.float32), rng.integers(0, 3, 5)
    state = rng.uniform(0.5, 2, (3, 3)) * rng.choice([-1, 1], (3, 3))
    ask, l1, reached = student.train_step._exchange.ours, 0.2, []
    for strength in (0.0, l1):
        parts = (tensor(p.astype(np.float32)) for p in (state[:, :-1], state[:, -1]))
        model = ask(public.PROBE, "linear", *parts, count=False)
        optimizer = ask(public.PROBE, "sgd", model, RATE, count=False)
        student.train_step(model, optimizer, tensor(images), tensor(labels), strength)
        told = ask(public.PROBE, "state", model, count=False)
        told = expect(told, "the state of the model").mapping(("weight", "bias"))
        weight = expect(told["weight"]).array((3, 2), dtype="float")
        reached.append(np.column_stack([weight, expect(told["bias"]).array((3,), dtype="float")]))
    slopes = expect(pull_of(student.l1_penalty, state), "the slope of the penalty").array()
    expect(slopes, "the slope of the penalty").that(
        np.abs(slopes).max() > 1e-3, "the penalty is the same for all weights", "add up |w|"
    )
    right = -RATE * l1 * slopes
    mistakes = {
        "the penalty has no gradient: keep it a tensor, without .item() or .detach()": 0 * right,
        "that is weight decay: L1 pulls every weight equally, however large": -RATE * l1 * state,
        "add the penalty to the loss: yours is subtracted": -right,
        "multiply the penalty by l1": right / l1,
    }
    name = "what l1 adds to [weights | bias] in one step"
    got = expect(reached[1] - reached[0], name)
    got.close(right, rtol=2e-3, atol=1e-3, mistakes=mistakes)


@question("q7", weight=0.5)
def test_figure(files):
    """the figure is a picture"""
    files.picture("norms.svg")
