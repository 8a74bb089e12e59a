"""Public checks of `s07_resnet18`: counts, the notebook, batches, Grad-CAM with known weights."""

import ast
import json
import re
from dataclasses import replace
from itertools import combinations

import numpy as np

from autograder.checks import expect, question, skip
from autograder.checks.behaviour import accuracy, cross_entropy, deterministic
from autograder.checks.graph import graph, judged
from autograder.checks.rig import layer_of, rigged, told
from autograder.checks.shelf import put_weights, reaches
from autograder.checks.steps import steps_downhill, tensor
from autograder.checks.training import read_training
from autograder.checks.weights import read_weights

IMAGE = (3, 32, 32)
STEM = (
    "a 7 x 7 stem and its pooling are for photographs: begin with one 3 x 3 convolution, stride 1"
)
EVALUATION = "put the model into evaluation mode first: model.eval()"
BLOCKS = {"ResNet18": (2, 2, 2, 2), "ResNet34": (3, 4, 6, 3)}
CELL_LIMIT = 32 * 1024
EVERY = 4  # of the test images: all 10,000 would take minutes without a GPU


# ------------------------------------------------------------- q1


def size(blocks, stem=3, bias=0, norm=2, everywhere=False, plain=False, classes=10):
    """Return the parameters of a ResNet of basic blocks, or of a wrong one."""
    total, inputs = stem * stem * 3 * 64 + 64 * (2 + bias) + 513 * classes - classes, 64
    for stage, count in enumerate(blocks):
        outputs = 64 * 2**stage
        for _ in range(count):
            total += 9 * (inputs + outputs) * outputs + 2 * outputs * (2 + bias)
            if (inputs != outputs or everywhere) and not plain:
                total += inputs * outputs + outputs * (norm + bias)
            inputs = outputs
    return total + classes


@question("q1")
def test_parameters(student):
    """ResNet18 has 11,173,962 parameters, ResNet34 21,282,122, and their maps shrink three times"""
    for name, blocks in BLOCKS.items():
        net = graph(getattr(student, name)(), IMAGE)
        unused = net.parameters.unused
        for layer, count in unused.items():
            hint = "remove what forward does not use: it is counted, saved and never trained"
            expect(layer, layer).fail("value", f"{name}: {layer} ({count}) is never used", hint)
        mistakes = {
            STEM: size(blocks, stem=7),
            "ten classes, and no 7 x 7 stem: this is the network for ImageNet": size(
                blocks, stem=7, classes=1000
            ),
            "ten classes": size(blocks, classes=1000),
            "bias=False in every convolution: the batch norm has one": size(blocks, bias=1),
            "a batch norm stands behind the 1 x 1 convolution of a shortcut": size(blocks, norm=0),
            "where the size stays, the shortcut is x itself": size(blocks, everywhere=True),
            "where the size changes, the shortcut is a 1 x 1 convolution": size(blocks, plain=True),
        }
        found = net.parameters.total
        expect(found, f"the number of parameters of {name}").equals(size(blocks), mistakes)
        sides = [x.size_out[-1] for x in net.layers if x.kind == "conv"]
        seen = f"the maps of {name} are {', '.join(map(str, dict.fromkeys(sides)))} pixels wide"
        right = sorted(set(sides)) == [4, 8, 16, 32]
        expect(sides, "the sizes").that(right, f"{seen}; 32, 16, 8, 4 was wanted", STEM)


@question("q1")
def test_nothing_left_over(student, files):
    """the package has the blocks of ResNet18 and ResNet34, and no others"""
    expect(student.ResNet18(), "ResNet18()").present()
    for name in ("resnet.py", "main.py", "gradcam.py"):
        for node in ast.walk(parsed(files.text(name), name)):
            called = getattr(node, "name", None) if isinstance(node, DEFINED) else None
            left = called and re.search("bottleneck|resnet_?(50|101|152)", called, re.I)
            seen = f"{name} defines {called}, which neither ResNet18 nor ResNet34 uses"
            hint = "the networks of 18 and 34 layers have no Bottleneck: take it out"
            expect(called, "a definition").that(not left, seen, hint)


DEFINED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def parsed(source, name):
    """Return source as a syntax tree; fails where it is no Python, or too long to be read."""
    try:
        if len(source) > CELL_LIMIT:
            raise ValueError("too long")
        return ast.parse(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        hint = "run it from top to bottom, save it and hand it in again"
        expect(source[:100], name).fail("type", f"{name} is no Python: {error}"[:200], hint)


# ------------------------------------------------------------- q2


def cells(files):
    """Return the code cells of report.ipynb as syntax trees; lines with % and ! are left out."""
    name = "report.ipynb"
    try:
        book = json.loads(files.text(name))
        found = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in found]
    except (ValueError, TypeError, KeyError, RecursionError):
        hint = "open it in Jupyter, save it again and hand it in"
        expect(name, name).fail("type", f"{name} cannot be read as a notebook", hint)
    plain = [re.sub(r"(?m)^([ \t]*)[%!].*$", r"\1pass", source) for source in sources]
    return [parsed(source, f"{name}, code cell {n}") for n, source in enumerate(plain, 1)]


@question("q2", weight=2)
def test_the_notebook_defines_nothing(files):
    """report.ipynb defines no function and no class: it imports them"""
    trees = cells(files)
    for number, tree in enumerate(trees, 1):
        for node in ast.walk(tree):
            value = getattr(node, "value", None)
            named = isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(value, ast.Lambda)
            what = "a lambda under a name" if named else getattr(node, "name", "")
            seen = f"code cell {number}, line {getattr(node, 'lineno', 0)} defines {what}"
            hint = "move it into main.py, resnet.py or gradcam.py, and import it"
            expect(what, "the notebook").that(not (named or isinstance(node, DEFINED)), seen, hint)
    called = sum(isinstance(node, ast.Call) for tree in trees for node in ast.walk(tree))
    expect(called, "the notebook").that(called, "the notebook calls nothing", "see the handout")


@question("q2")
def test_the_notebook_uses_the_package(files):
    """report.ipynb imports from the package, and calls misclassified and gradcam"""
    nodes = [node for tree in cells(files) for node in ast.walk(tree)]
    imports = [a.name for x in nodes if isinstance(x, ast.Import) for a in x.names]
    imports += [x.module or "" for x in nodes if isinstance(x, ast.ImportFrom)]
    package = {"main", "resnet", "gradcam"} & {name.split(".")[0] for name in imports}
    seen = "the notebook imports neither main nor resnet nor gradcam"
    expect(imports, "the imports").that(package, seen, "from main import ResNet18, gradcam, ...")
    calls = [x.func for x in nodes if isinstance(x, ast.Call)]
    names = {getattr(x, "id", getattr(x, "attr", "")) for x in calls}
    for wanted in ("misclassified", "gradcam"):
        hint = "show ten images that the network gets wrong, and where it looked"
        expect(names, "the calls").that(wanted in names, f"{wanted} is never called", hint)


# ------------------------------------------------------------- q3

# Pictures of a few pixels, a row after the other; an image has them times 1, 2 and 3 as channels.
CHANNELS = np.array([1, 2, 3], np.float32).reshape(3, 1, 1)
PICTURES, PLACES = "123 456, 654 321, 135 246", np.array([[0, 1], [1, 2], [2, 0]])
CUTS = "000 123, 540 210, 024 000"  # with a margin of 1
OTHER_CUTS = {
    "places hold the row first, then the column": "012 045, 321 000, 000 350",
    "each image has its own place": "000 123, 000 654, 000 135",
    "the border is of zeros: do not repeat the edge": "123 123, 544 211, 224 224",
    "the border is of zeros: do not mirror the image": "456 123, 545 212, 424 313",
    "the place is where the cut begins in the padded image": "456 000, 065 032, 000 350",
    "the border is of zeros: torch.roll brings in the other side": "456 123, 546 213, 624 513",
}
BOARDS = "1234 5678 9123, 2345 6789 1234, 3456 7891 2345"
MIDDLES = np.array([[0, 2], [1, 0], [2, 1]])
UNCUT = "1111 1111 1111, 1111 1111 1111, 1111 1111 1111"
HOLES = "1001 1111 1111, 0111 0111 1111, 1111 0011 0011"  # of size 2
OTHER_HOLES = {
    "middles hold the row first, then the column": "1111 0111 0111, 0011 1111 1111, 1001 1001 1111",
    "each image has its own hole": "1001 1111 1111, 1001 1111 1111, 1001 1111 1111",
    "a slice from a negative number begins at the other end: max(top, 0)": (
        "1111 1111 1111, 1111 1111 1111, 1111 0011 0011"
    ),
    "middles are the middles of the holes, not their corners": (
        "1100 1100 1111, 1111 0011 0011, 1111 1111 1001"
    ),
    "the hole ends before middle + size // 2": "1000 1000 1111, 0011 0011 0011, 1111 0001 0001",
    "size is the whole side of the hole, not half of it": (
        "0000 0000 1111, 0011 0011 0011, 0001 0001 0001"
    ),
}
HOLES_BY_CHANNEL = {
    "the hole goes through all channels": (HOLES, UNCUT, UNCUT),
    "images are (N, C, H, W): rows and columns are the last two axes": (
        "1111 0000 0000, 0000 1111 1111, 1111 1111 1111",
        "1111 1111 1111, 0000 1111 1111, 0000 0000 1111",
        "1111 1111 1111, 1111 1111 1111, 0000 0000 1111",
    ),
}


def read(text):
    """Return pictures as an array (N, 1, H, W)."""
    pictures = [picture.split() for picture in text.split(",")]
    return np.array([[[[*map(int, row)] for row in rows]] for rows in pictures], np.float32)


@question("q3", weight=0.5)
def test_crop(student):
    """crop cuts each image out of its own zero-padded surroundings, at its own place"""
    wrong = {hint: read(cuts) * CHANNELS for hint, cuts in OTHER_CUTS.items()}
    got = student.crop(tensor(read(PICTURES) * CHANNELS), tensor(PLACES), 1)
    expect(got, "crop").close(read(CUTS) * CHANNELS, 1e-6, 1e-6, wrong)
    images, places = read("12 34, 12 34, 12 34, 12 34"), np.array([[4, 4], [3, 5], [5, 3], [8, 4]])
    right = read("12 34, 00 20, 03 00, 00 00") * CHANNELS
    got = student.crop(tensor(images * CHANNELS), tensor(places))
    wrong = {"the margin is 4 where none is given": np.zeros_like(right)}
    expect(got, "crop without a margin").close(right, 1e-6, 1e-6, wrong)


@question("q3", weight=0.5)
def test_cutout(student):
    """cutout makes one hole an image, through all channels, cut off at the border"""
    images = read(BOARDS) * CHANNELS
    wrong = {hint: images * read(holes) for hint, holes in OTHER_HOLES.items()}
    for hint, channels in HOLES_BY_CHANNEL.items():
        wrong[hint] = images * np.concatenate([*map(read, channels)], axis=1)
    got = student.cutout(tensor(images), tensor(MIDDLES), 2)
    expect(got, "cutout").close(images * read(HOLES), 1e-6, 1e-6, wrong)
    images, middles = np.ones((2, 3, 24, 20), np.float32), np.array([[0, 0], [12, 10]])
    right, smaller = images.copy(), images.copy()
    right[0, :, :8, :8] = right[1, :, 4:20, 2:18] = 0
    smaller[0, :, :4, :4] = smaller[1, :, 8:16, 6:14] = 0
    wrong = {"the size is 16 where none is given": smaller}
    got = student.cutout(tensor(images), tensor(middles))
    expect(got, "cutout without a size").close(right, 1e-6, 1e-6, wrong)


@question("q3", weight=0.5)
def test_test_images_stay_as_they_are(student, rng):
    """transform(images, False) changes nothing: a test is not augmented"""
    images = rng.normal(size=(40, 3, 32, 32)).astype(np.float32)
    out = expect(student.transform(tensor(images), False), "transform").array(images.shape)
    hint = "crop and cutout are for training only: look at `training`"
    expect(out, "transform").that(np.allclose(out, images), "the test images are changed", hint)


# ------------------------------------------------------------- q4


def scorer(student, classes):
    """Return a model whose scores are its images (N, 1, 1, classes)."""
    weight, bias = np.eye(classes, dtype=np.float32), np.zeros(classes, np.float32)
    return rigged(student, ("flatten",), ("linear", tensor(weight), tensor(bias)))


def batches_of(scores, labels, sizes):
    """Return scores and labels as batches of tensors, of these sizes."""
    ends = np.cumsum(sizes)[:-1]
    images = scores.reshape(len(scores), 1, 1, -1).astype(np.float32)
    pairs = zip(np.split(images, ends), np.split(labels, ends), strict=True)
    return [(tensor(x), tensor(y)) for x, y in pairs]


def in_evaluation(model, name):
    """Fail where the model was called in training mode."""
    modes = told(model)["modes"]
    expect(modes, name).that(modes, f"{name} never calls the model", "ask it for its scores")
    seen = f"{name} calls the model in training mode"
    expect(modes, name).that(not any(modes), seen, EVALUATION)


@question("q4")
def test_training_step(student, rng):
    """train_step does one step of gradient descent on the mean cross-entropy of its batch"""
    steps_downhill(student.train_step, rng)


@question("q4")
def test_one_batch(student, rng):
    """evaluate gives the mean loss and the accuracy in per cent, in evaluation mode"""
    scores, labels = rng.normal(size=(8, 5)), np.arange(8) % 5
    scores[np.arange(6), labels[:6]] += 6
    scores[[6, 7], labels[6:] - 1] += 6
    model = scorer(student, 5)
    got = student.evaluate(model, batches_of(scores, labels, [8]))
    loss, right = expect(got, "what evaluate gives").tuple(2)
    mean = cross_entropy(scores.astype(np.float32), labels)
    mistakes = {"the mean over the images, not the sum": 8 * mean, "(loss, accuracy)": 75.0}
    expect(loss, "the loss").close(mean, 1e-4, 1e-5, mistakes)
    mistakes = {
        "in per cent: times 100": 0.75,
        "in per cent: 100 times right answers by images": 6.0,
        "the share of right answers, not of wrong ones": 25.0,
    }
    expect(right, "the accuracy").close(75.0, 1e-4, 1e-4, mistakes)
    in_evaluation(model, "evaluate")


# ------------------------------------------------------------- q5


def lines(small, large, aligned=False):
    """Return the matrix (large, small) of linear interpolation between the middles of pixels."""
    where = (np.arange(large) + 0.5) * small / large - 0.5
    where = np.linspace(0, small - 1, large) if aligned else np.clip(where, 0, small - 1)
    return np.maximum(0, 1 - np.abs(where[:, None] - np.arange(small)))


def enlarge(maps, height, width, aligned=False):
    """Return maps (N, h, w) at height x width."""
    up, across = (
        lines(maps.shape[1], height, aligned),
        lines(maps.shape[2], width, aligned),
    )
    return np.einsum("Hh,nhw,Ww->nHW", up, maps, across)


def weighted(alpha, maps):
    """Return the sum over k of alpha (N, K) times maps (N, K, h, w)."""
    return np.einsum("nk,nkhw->nhw", alpha, maps)


def relu(x):
    return np.maximum(x, 0)


def pooled(student, rng, count, stride):
    """Return a model (1 x 1 convolution, mean, linear), images, its maps, and its head."""
    kernel, shift = rng.normal(size=(4, 2)), rng.normal(size=4)
    head, bias = rng.normal(size=(3, 4)) * 2, rng.normal(size=3)
    images = rng.normal(size=(count, 2, 12, 16))
    model = rigged(
        student,
        ("conv", tensor(kernel[:, :, None, None]), tensor(shift), stride),
        ("mean",),
        ("linear", tensor(head), tensor(bias)),
    )
    small = images[:, :, ::stride, ::stride]
    maps = np.einsum("kc,nchw->nkhw", kernel, small) + shift[:, None, None]
    return model, images, maps, (head, bias)


def telling(right, mistakes):
    """Tell whether a draw shows what went wrong: the answer and the mistakes all differ."""
    pairs = combinations([right, *mistakes.values()], 2)
    return all(a.shape != b.shape or np.abs(a - b).max() > 1e-4 for a, b in pairs)


def known_maps(maps, scores, head, chosen):
    """Return the map of the class chosen, and what each mistake makes of it."""
    area, p = maps[0, 0].size, np.exp(scores) / np.exp(scores).sum()

    def at(alpha, after=relu):
        return enlarge(after(weighted(alpha[None] / area, maps)), 12, 16)

    of_loss = (p - np.eye(3)[chosen]) @ head
    right, small = at(head[chosen]), relu(weighted(head[chosen][None] / area, maps))
    each = relu(head[chosen][None, :, None, None] / area * maps).sum(axis=1)
    return right, {
        "only what speaks for the class counts: a ReLU after the sum": at(head[chosen], np.array),
        "take the ReLU of the sum, not its absolute value": at(head[chosen], np.abs),
        "the ReLU comes before enlarging": relu(at(head[chosen], np.array)),
        "the ReLU comes after the sum over the maps": enlarge(each, 12, 16),
        "alpha is the mean of the gradient over the map, not its sum": area * right,
        "derive the score of the class, not the loss": at(of_loss),
        "derive the score of the class, not the log of its probability": at(-of_loss),
        "derive the score, before any softmax": at(-p[chosen] * of_loss),
        "derive the score of the class asked for, not of the one predicted": at(
            head[scores.argmax()]
        ),
        "derive one score, not the sum of all of them": at(head.sum(axis=0)),
        "interpolate with align_corners=False": enlarge(small, 12, 16, True),
        "interpolate with mode='bilinear'": small.repeat(2, 1).repeat(2, 2),
        "enlarge the map to the size of the images": small,
        "leave the numbers as they are: no division by the largest": right / (right.max() or 1),
    }


@question("q5", weight=2)
def test_known_map(student, rng):
    """gradcam gives ReLU(sum of alpha_k A_k), enlarged, for the class asked for"""
    while True:  # until the ReLU cuts off and keeps, and each mistake has a map of its own
        model, images, maps, (head, bias) = pooled(student, rng, 1, 2)
        scores = (maps.mean(axis=(2, 3)) @ head.T + bias)[0]
        chosen = int(scores.argsort()[-2])
        flat = weighted(head[chosen][None], maps)
        right, mistakes = known_maps(maps, scores, head, chosen)
        both = min(flat.max(), -flat.min()) > np.abs(flat).max() / 10
        if both and telling(right, mistakes):
            break
    got = student.gradcam(model, layer_of(model, 0), tensor(images), tensor(np.array([chosen])))
    expect(got, "the map").close(right, 1e-6, 1e-6, mistakes)


@question("q5")
def test_small_layers_are_refused(student, rng):
    """gradcam raises ValueError for maps of fewer than 5 rows or columns, and takes 5 x 5"""
    weights = [tensor(rng.normal(size=shape)) for shape in ((2, 1, 1, 1), (2,), (3, 2), (3,))]
    model = rigged(student, ("conv", *weights[:2], 1), ("mean",), ("linear", *weights[2:]))
    layer, classes = layer_of(model, 0), tensor(np.array([1]))
    fine = student.gradcam(model, layer, tensor(rng.normal(size=(1, 1, 5, 5))), classes)
    expect(fine, "the map of a layer of 5 x 5").array(shape=(1, 5, 5))
    for height, width in ((4, 4), (8, 4), (4, 6)):
        images = tensor(rng.normal(size=(1, 1, height, width)))
        try:
            got = student.gradcam(model, layer, images, classes)
        except Exception as failure:
            if getattr(getattr(failure, "finding", None), "exception", "") != "ValueError":
                raise
            continue
        seen = f"a layer whose maps are {height} x {width} is taken"
        hint = "raise ValueError where either side is below 5: such a map hardly says where"
        expect(got, "gradcam").fail("value", seen, hint)


@question("q5")
def test_nothing_stays_behind(student, rng):
    """gradcam calls the model in evaluation mode, leaves it there, and leaves no hook"""
    model, images, _, _ = pooled(student, rng, 2, 1)
    got = student.gradcam(model, layer_of(model, 0), tensor(images), tensor(np.array([0, 2])))
    expect(got, "the maps").array(shape=(2, 12, 16))
    in_evaluation(model, "gradcam")
    after = told(model)
    seen = "after gradcam the model is in training mode"
    expect(after["training"], "the mode").that(
        not after["training"], seen, "leave the model in evaluation mode"
    )
    seen = f"after gradcam {after['hooks']} hook(s) still hang on the model"
    hint = "keep what register_forward_hook returns, and call its remove()"
    expect(after["hooks"], "the hooks").that(after["hooks"] == 0, seen, hint)


# ------------------------------------------------------------- q6


def rigged_scores(rng, count, wrong):
    """Return scores (count, 6) and labels, wrong exactly at `wrong`; and the predictions."""
    labels = rng.integers(0, 6, count)
    guesses = labels.copy()
    guesses[wrong] = (labels[wrong] + rng.integers(1, 6, len(wrong))) % 6
    scores = rng.normal(size=(count, 6))
    scores[np.arange(count), guesses] = scores.max(axis=1) + 1
    return scores, labels, guesses


@question("q6")
def test_mistakes_of_one_batch(student, rng):
    """misclassified gives (index, label, prediction) for each image that is wrong"""
    wrong = np.sort(rng.choice(20, 5, replace=False))
    scores, labels, guesses = rigged_scores(rng, 20, wrong)
    model = scorer(student, 6)
    right = np.setdiff1d(np.arange(20), wrong)
    rows = np.stack([right, labels[right], guesses[right]], axis=1)
    mistakes = {
        "first the label, then the prediction": np.stack([wrong, guesses[wrong], labels[wrong]], 1),
        "these are the images it gets right": rows[:10],
        "all of these are images it gets right": rows,
    }
    got = student.misclassified(model, batches_of(scores, labels, [20]))
    want = np.stack([wrong, labels[wrong], guesses[wrong]], axis=1)
    expect(got, "what misclassified gives").equals(want, mistakes)
    in_evaluation(model, "misclassified")


# ------------------------------------------------------------- q7


@question("q7")
def test_accuracy(student, files, data, budget):
    """ResNet18() with weights.safetensors is right on 92 % of the test images

    A quarter of them is looked at, and two standard deviations are given away for it.
    """
    if not files.present("weights.safetensors"):
        skip("no weights.safetensors was handed in: python grade.py train s07_resnet18 writes it")
    weights = read_weights(files, "weights.safetensors")
    split = data.test(budget.dataset)
    model = student.ResNet18()
    put_weights(model, weights)
    net = graph(model, IMAGE)
    deterministic(net)
    with judged():
        out = net.run(split.normalised()[::EVERY])
    found = accuracy(out, split.labels[::EVERY])
    spread = (found * (100 - found) / len(out)) ** 0.5
    if files.present("training.json"):
        claimed = read_training(files, "training.json")["accuracy"]
        data.claim("training.json accuracy", float(claimed), found, slack=4 * spread)
    reaches(found, replace(budget, tiers=tuple(round(t - 2 * spread, 1) for t in budget.tiers)))
