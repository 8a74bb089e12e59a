"""Hidden checks of `lenet`: the function of each variant, and where it is random."""

from dataclasses import replace

from autograder.checks import CheckFailed, expect, question
from autograder.checks.architecture import same_function
from autograder.checks.behaviour import batch_independent
from autograder.checks.graph import own_graph

BLOCK = ("conv", "relu", "pool")
NO_RELU = "there is no ReLU after {}"
CLASSIC = "that is the LeNet of 1998: take ReLU in place of {}"


def stack(nn, block=BLOCK, hidden=("relu", "relu"), pool=None):
    """Return a LeNet as a Sequential: `block` twice, then the fully connected layers.

    `block` names its layers in order, `hidden` what stands behind the first two fully
    connected layers.
    """
    plain = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "none": nn.Identity}
    layers = []
    for i, o in ((3, 6), (6, 16)):
        made = {
            "conv": nn.Conv2d(i, o, 5),
            "bn": nn.BatchNorm2d(o),
            "pool": (pool or nn.MaxPool2d)(2),
        }
        layers += [made[name] if name in made else plain[name]() for name in block]
    first, second = (plain[name]() for name in hidden)
    layers += [nn.Flatten(), nn.Linear(400, 120), first, nn.Linear(120, 84), second]
    return nn.Sequential(*layers, nn.Linear(84, 10))


def classic(nn, kind, pool=None):
    """Return a LeNet with the activation, and perhaps the pooling, of 1998."""
    return stack(nn, ("conv", kind, "pool"), (kind, kind), pool)


def plain_mistakes(nn):
    """Return known wrong networks, each under its hint."""
    mean = "take the maximum of each 2 x 2 window, not the mean"
    return {
        mean: stack(nn, pool=nn.AvgPool2d),
        NO_RELU.format("the second fully connected layer"): stack(nn, hidden=("relu", "none")),
        NO_RELU.format("the first fully connected layer"): stack(nn, hidden=("none", "relu")),
        NO_RELU.format("the fully connected layers"): stack(nn, hidden=("none", "none")),
        NO_RELU.format("the convolutions"): stack(nn, ("conv", "pool")),
        NO_RELU.format("any layer"): stack(nn, ("conv", "pool"), ("none", "none")),
        CLASSIC.format("tanh"): classic(nn, "tanh"),
        CLASSIC.format("sigmoid"): classic(nn, "sigmoid"),
        CLASSIC.format("tanh, and max pooling"): classic(nn, "tanh", nn.AvgPool2d),
        CLASSIC.format("sigmoid, and max pooling"): classic(nn, "sigmoid", nn.AvgPool2d),
    }


def normed_mistakes(nn):
    return {
        "the batch norm stands before the pooling: put it right after": stack(
            nn, ("conv", "relu", "bn", "pool")
        ),
        "conv, ReLU, pooling, batch norm: yours stands between conv and ReLU": stack(
            nn, ("conv", "bn", "relu", "pool")
        ),
        "nothing stands between a batch norm and the next layer: ReLU comes earlier": stack(
            nn, ("conv", "pool", "bn", "relu")
        ),
    }


def with_its_ending(net, model, nn):
    """Return `model` with the activation that a network ends in: a public check tells of it."""
    ends = {"softmax": nn.Softmax(1), "relu": nn.ReLU()}
    ending = ends.get(net.layers[-1].kind if net.layers else "")
    return nn.Sequential(model, ending) if ending else model


def same_as(net, model, public, reference, mistakes, name):
    """Fail unless a network computes the solution's `model`, apart from its ending."""
    nn = reference.nn
    want = own_graph(with_its_ending(net, model, nn), public.IMAGE)
    wrong = {
        hint: own_graph(with_its_ending(net, other, nn), public.IMAGE)
        for hint, other in mistakes.items()
    }
    same_function(net, want, wrong, name)


@question("q1", weight=2)
def test_plain_function(student, reference, public):
    """the layers of LeNet() are those of the handout, in its order"""
    net = public.record(student.LeNet())
    mistakes = plain_mistakes(reference.nn)
    same_as(net, reference.LeNet(), public, reference, mistakes, "LeNet()")


@question("q1")
def test_classes(student, rng, reference, public):
    """n_classes is the number of logits"""
    classes = int(rng.integers(3, 8))
    net = public.record(student.LeNet(n_classes=classes))
    wide = [layer["out"] for layer in net.layers if layer.kind == "linear"][-1:]
    hint = "give n_classes to the last layer: it is not always 10"
    expect(wide, "the outputs of LeNet(n_classes)").equals([classes], {hint: [10]})


@question("q2", weight=2)
def test_normed_function(student, reference, public):
    """with bn=True, a batch norm stands right after each pooling"""
    net = public.record(student.LeNet(bn=True))
    mistakes = normed_mistakes(reference.nn)
    same_as(net, reference.LeNet(bn=True), public, reference, mistakes, "LeNet(bn=True)")


@question("q3")
def test_places_of_dropout(student, public):
    """each dropout stands behind one of the first two fully connected layers"""
    passed, places = 0, []
    for layer in public.record(student.LeNet(drop=True), training=True).layers:
        passed += layer.kind == "linear"
        places += [passed] if layer.kind in public.DROPOUTS else []
    says = {
        0: "not behind a convolution or pooling: only after the first two fully connected layers",
        3: "never drop logits: only after the first two fully connected layers",
    }
    for place in places:
        name = "the number of fully connected layers before a dropout"
        seen = f"{name} is {place}, 1 or 2 was wanted"
        expect(place, name).that(place in (1, 2), seen, says.get(place, ""))
        seen = f"fully connected layer {place} is followed by more than one dropout"
        hint = "one dropout after the first fully connected layer, one after the second"
        expect(places, "the places of dropout").that(places.count(place) < 2, seen, hint)


@question("q4")
def test_training_mode(student, public):
    """in training mode dropout drops, and batch norm looks at its batch"""
    for switch in ("bn", "drop"):
        net = public.record(student.LeNet(**{switch: True}), training=True)
        for layer in net.layers:
            name = f"LeNet({switch}=True) in training mode"
            if layer.kind in public.DROPOUTS:
                hint = "nn.Dropout looks at the mode by itself; F.dropout is told: self.training"
                expect(layer["p"], name).that(layer["active"], f"{name} drops nothing", hint)
            if layer.kind == "batch_norm":
                seen = f"{name} uses running statistics"
                hint = "in training a batch norm uses its batch: F.batch_norm(..., self.training)"
                expect(layer.kind, name).that(layer["batch_statistics"], seen, hint)


@question("q4")
def test_single_images(student, rng, public):
    """one image alone gets the logits that it gets in a batch"""
    try:
        batch_independent(public.record(student.LeNet()), rng, "LeNet()")
    except CheckFailed as failure:
        hint = (
            failure.finding.hint or "keep the batch as the first axis, even if it holds one image"
        )
        raise CheckFailed(replace(failure.finding, hint=hint)) from None


@question("q5")
def test_all_parameters_are_optimized(student, public):
    """make_optimizer is given every parameter of the model"""
    model = student.LeNet()
    groups = expect(student.make_optimizer(model, 0.1).param_groups, "param_groups").got
    sizes = []
    for group in groups if isinstance(groups, list) else ():
        tensors = group.get("params", ()) if isinstance(group, dict) else ()
        sizes += [expect(tensor, "a parameter").array().size for tensor in tensors]
    name = "the number of parameters in the optimizer"
    seen = f"{name} is {sum(sizes)}, all of LeNet() were wanted"
    hint = "give it model.parameters(), not those of a part"
    state = expect(model.state_dict(), "the state of LeNet()").mapping()
    held = sum(expect(tensor, "a tensor").array().size for tensor in state.values())
    # What is held and not learned, a buffer, is told apart only by the graph.
    whole = sum(sizes) == held or sum(sizes) == public.record(model).parameters.learned
    expect(sum(sizes), name).that(whole, seen, hint)


@question("q7", weight=2)
def test_choice_dropout(student, public):
    """what becomes of the units after a dropout once training is over"""
    wrong = {
        "torch has scaled already, in training: what is kept is divided by 0.7": "b",
        "a prediction should not be random: nothing is dropped in evaluation mode": "c",
        "in evaluation mode nothing is divided: all units are there": "d",
    }
    choices = expect(student.CHOICES, "CHOICES").mapping(public.ASKED)
    expect(choices["dropout"], "dropout").choice("a", wrong)


@question("q7", weight=2)
def test_choice_gap(student, public):
    """why the accuracy in training lies below that on the test images"""
    wrong = {
        "the test images were never trained on: nothing makes them easier in themselves": "a",
        "the gap is there without any batch norm: LeNet(drop=True) holds none": "b",
        "over-fitting shows the other way round: better in training than in test": "c",
    }
    choices = expect(student.CHOICES, "CHOICES").mapping(public.ASKED)
    expect(choices["gap"], "gap").choice("d", wrong)
