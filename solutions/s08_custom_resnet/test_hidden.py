"""Hidden checks of `s08_custom_resnet`: the function, the end of the cycle, the fine print."""

from dataclasses import replace

import numpy as np

from autograder.checks import CheckFailed, expect, question
from autograder.checks.architecture import same_function
from autograder.checks.graph import graph, own_graph

LATE_POOL = "conv, max pooling, batch norm, ReLU: yours pools last"
LATE_SHARE = 0.85  # pooling last costs 2.7 of the 18 points: it differs where a scale is negative


def swapped(unit):
    """Return conv - batch norm - ReLU - pooling of a unit that pools first."""
    return type(unit)(unit[0], unit[2], unit[3], unit[1])


def strided(unit):
    """Return conv of stride 2 - batch norm - ReLU of a unit that pools."""
    unit[0].stride = (2, 2)
    return type(unit)(unit[0], unit[2], unit[3])


def wrong_networks(reference):
    """Yield known wrong networks, each under its hint."""
    nn = reference.nn

    class Joined(nn.Module):
        """A unit and a block, joined by `how`."""

        def __init__(self, parts, how):
            super().__init__()
            self.unit, self.block, self.how = parts[0], parts[1], how

        def forward(self, x):
            return self.how(self.unit(x), self.block)

    def with_blocks(how):
        model = reference.CustomResNet()
        for name in ("layer1", "layer3"):
            setattr(model, name, Joined(getattr(model, name), how))
        return model

    def with_late_relu(x, block):
        body = nn.Sequential(block.layers[0], *block.layers[1][:2])
        return (x + body(x)).relu()

    def with_units(change):
        model = reference.CustomResNet()
        model.layer1[0], model.layer3[0] = change(model.layer1[0]), change(model.layer3[0])
        model.layer2 = change(model.layer2)
        return model

    def pooled(pool):
        model = reference.CustomResNet()
        model.pool = pool
        return model

    yield (
        "the shortcut is added twice: in the block and again outside",
        with_blocks(lambda x, block: x + block(x)),
    )
    yield (
        "a ResBlock adds its input to what its layers give",
        with_blocks(lambda x, block: block.layers(x)),
    )
    yield "add after the second ReLU: nothing follows the addition", with_blocks(with_late_relu)
    yield "pooling 4 takes the maximum, not the mean", pooled(nn.AvgPool2d(4))
    yield "max pooling halves the maps, not a stride of 2", with_units(strided)
    yield LATE_POOL, with_units(swapped)


@question("q1", weight=18)
def test_function(student, reference, public):
    """CustomResNet() computes what the handout lists, in its order"""
    net = graph(student.CustomResNet(), public.IMAGE)
    # A public check tells of a softmax or a ReLU at the end: the rest is looked at here.
    ends = {"softmax": reference.nn.Softmax(1), "relu": reference.nn.ReLU()}
    ending = ends.get(net.layers[-1].kind if net.layers else "", reference.nn.Identity())

    def ended(model):
        return own_graph(reference.nn.Sequential(model, ending), public.IMAGE)

    try:
        same_function(net, ended(reference.CustomResNet()), name="CustomResNet()")
    except CheckFailed as failure:
        found = failure.finding
    else:
        return
    for hint, model in wrong_networks(reference):
        try:
            same_function(net, ended(model))
        except CheckFailed:
            continue
        share = LATE_SHARE if hint == LATE_POOL else 0.0
        raise CheckFailed(replace(found, hint=hint), share)
    raise CheckFailed(found)


@question("q5", weight=2)
def test_block_alone(student, rng, reference):
    """ResBlock(channels) is the block with its shortcut, for any channels and any size"""
    channels = int(rng.integers(3, 7))
    shape = (channels, 10, 6)
    net = graph(student.ResBlock(channels), shape)
    alone = own_graph(reference.ResBlock(channels).layers, shape)
    hint = "the addition belongs into ResBlock.forward: return x + ..."
    same_function(net, own_graph(reference.ResBlock(channels), shape), {hint: alone}, "ResBlock")


@question("q2", weight=6)
def test_end_of_the_cycle(student, public):
    """the last rate is LR_MIN again: not far below it, and never negative"""
    low, high = public.bounds(student)
    rates = public.cycle(student, public.STEPS)
    hint = "the line goes on past its end: it has to stop at LR_MIN"
    public.says(rates.min() > 0, "rate", "the rate is negative somewhere", hint)
    hint = "that is the annihilation: final_div_factor=1 ends at LR_MIN"
    seen = f"the last rate is {rates[-1]:g}, LR_MIN = {low:g} was wanted"
    public.says(rates[-1] >= 0.5 * low, "end", seen, hint)
    step = (high - low) / ((public.EPOCHS - public.PEAK_EPOCH) * public.STEPS)
    hint = "all of the way down to LR_MIN, with the last batch of epoch 24"
    public.says(rates[-1] <= 1.03 * low + 2 * step, "end", seen, hint)


@question("q2", weight=4)
def test_other_lengths_of_an_epoch(student, rng, public):
    """the cycle fits any number of batches in an epoch"""
    steps = int(rng.integers(7, 20))
    hint = "use steps_per_epoch: an epoch does not always have 98 batches"
    rates = public.cycle(student, steps)
    try:
        public.peaks_after_five_epochs(rates, steps)
    except CheckFailed as failure:
        right = public.cycle(student, public.STEPS)
        fits = abs(int(np.argmax(right)) - public.PEAK_EPOCH * public.STEPS) <= 2
        raise (CheckFailed(replace(failure.finding, hint=hint)) if fits else failure) from None


@question("q3", weight=3)
def test_range_leaves_no_trace(student, rng, public):
    """after the range test the weights and the rate of the optimizer are what they were"""
    given = public.given_batches(rng, 6)
    model, batches = public.probe(student, given)
    optimizer = public.of_torch(student, "optim.SGD", model.parameters(), 0.5)
    student.range_test(model, optimizer, batches, 0.01, 1.0)
    hint = "keep copies before the first step: copy.deepcopy(model.state_dict())"
    got = public.weights_of(model)
    seen = "the weights are not those from before the range test"
    public.says(np.allclose(got, given[0], atol=1e-5), "weights", seen, hint)
    groups = expect(optimizer.param_groups, "param_groups").got
    good = isinstance(groups, list) and all(isinstance(g, dict) and "lr" in g for g in groups)
    public.says(good, "optimizer", "the optimizer has no param_groups any more", "")
    rate = expect(groups[0]["lr"], "the rate after the range test").number()
    hint = "the optimizer has a state too: load_state_dict a copy of it"
    public.says(abs(rate - 0.5) < 1e-6, "rate", f"the rate is left at {rate:g}", hint)


@question("q3", weight=2)
def test_suggested_rate(student, rng):
    """suggest_rate names the rate at which the loss falls fastest"""
    rates = np.exp(np.linspace(np.log(1e-5), np.log(30.0), 90))
    middle = float(rng.uniform(np.log(3e-3), np.log(3e-2)))
    x = np.log(rates) - middle
    losses = 2.3 - 1.6 / (1 + np.exp(-x)) + np.exp(np.minimum((x - 4.5) / 0.4, 3))
    got = expect(student.suggest_rate(rates.tolist(), losses.tolist()), "suggest_rate").number()
    low = "a falling loss has a negative slope: look for the smallest"
    mistakes = {
        "at the lowest loss it has stopped falling: go back to where it falls": losses.argmin(),
        "take the slope over the logarithm of the rate": np.gradient(losses, rates).argmin(),
        low: np.gradient(losses, np.log(rates)).argmax(),
        "return a rate, not its place in the list": None,
    }
    want = float(np.exp(middle))
    near = [h for h, n in mistakes.items() if n is not None and abs(got / rates[n] - 1) < 0.3]
    hint = near[0] if near else list(mistakes)[-1] if got >= 1 else ""
    seen = f"the suggestion is {got:.2g}; the loss falls fastest at {want:.2g}"
    expect(got, "the suggestion").that(want / 3 <= got <= 3 * want, seen, hint)


@question("q4", weight=3)
def test_order_of_the_augmentation(student, public):
    """the hole comes last: crop and mirror do not move it"""
    found = public.moved(student, 1024)
    holes = found.inside & ~found.kept
    slopes = []
    for axis, moves in ((1, -found.down), (2, -found.right * np.where(found.mirrored, -1, 1))):
        there = holes.any(axis=(1, 2))
        weights = holes.sum(axis=3 - axis)[there]
        places = (weights * np.arange(public.SIDE)).sum(1) / weights.sum(1)
        shifts = moves[there] - moves[there].mean()
        spread = (shifts**2).sum()
        slopes.append((shifts * places).sum() / spread if spread else 0.0)
    # 0 where the hole is made last, nearly 1 where the crop moved it; 0.06 is one deviation.
    hint = "first crop, then mirror, then cut out: a hole made earlier is moved by the crop"
    says = "where an image was moved, its hole was moved with it"
    public.says(np.mean(slopes) < 0.5, "order", says, hint)


@question("q4", weight=1)
def test_generator(student, public):
    """the generator decides everything: the same state gives the same images"""
    first, again, other = (public.augmented(student, 64, seed) for seed in (3, 3, 4))
    hint = "hand generator=generator to every torch.rand and torch.randint"
    seen = "the same generator gives other images the second time"
    public.says(np.array_equal(first, again), "generator", seen, hint)
    seen = "another state of the generator gives the same images"
    public.says(not np.array_equal(first, other), "generator", seen, hint)
