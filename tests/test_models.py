"""Models as graphs: counts, costs, fields and comparisons against what is known of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from samples import networks as nets  # noqa: E402
from torch import nn  # noqa: E402

from autograder.checks.graph import field_by_formula, field_by_gradient, own_graph  # noqa: E402
from autograder.models.compare import compare  # noqa: E402
from autograder.models.graph import ModelFailure  # noqa: E402

IMAGE = (3, 32, 32)
KNOWN = {
    "lenet": (nets.LeNet, IMAGE, 62_006, 651_720),
    "lenet with batch norm": (lambda: nets.LeNet(bn=True), IMAGE, 62_050, 651_720),
    "resnet18": (nets.resnet, IMAGE, 11_173_962, 555_422_720),
    "resnet34": (lambda: nets.resnet((3, 4, 6, 3)), IMAGE, 21_282_122, 1_159_402_496),
    "custom resnet": (nets.CustomResNet, IMAGE, 6_573_130, 379_261_952),
    "custom resnet, biases": (lambda: nets.CustomResNet(bias=True), IMAGE, 6_575_370, 379_261_952),
    "convmixer": (nets.convmixer, IMAGE, 741_130, 184_945_152),
    "depthwise": (nets.depthwise, IMAGE, 448 + 144 + 408 + 250, 442_368 + 36_864 + 98_304 + 240),
    "transposed": (nets.transposed, IMAGE, 224 + 774, 8 * 256 * 27 + 8 * 256 * 6 * 16),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_networks_have_their_known_counts(name: str) -> None:
    make, shape, parameters, macs = KNOWN[name]
    net = own_graph(make(), shape)
    assert net.parameters.total == net.parameters.learned == parameters
    assert net.macs() == macs and net.macs(batch=7) == 7 * macs


def test_a_vision_transformer_is_counted_without_its_weights() -> None:
    net = own_graph(nets.ViT(), (3, 224, 224))
    assert net.parameters.total == 86_567_656 and not net.kept
    tokens, dim = 197, 768
    block = 12 * tokens * dim * dim + 2 * tokens * tokens * dim
    assert net.macs() == 196 * 768 * dim + 12 * block + dim * 1000


@pytest.mark.parametrize("kind, gates", [("LSTM", 4), ("GRU", 3), ("RNN", 1)])
def test_recurrent_networks_and_tied_weights(kind: str, gates: int) -> None:
    net = own_graph(nets.Reader(kind), (12,), dtypes=("int64",))
    untied = own_graph(nets.Reader(kind, tied=False), (12,), dtypes=("int64",))
    model = nets.Reader(kind)
    assert net.parameters.total == sum(p.numel() for p in model.parameters())
    assert untied.parameters.total == net.parameters.total + 50 * 16
    step = gates * 24 * (2 * (16 + 24) + 2 * (48 + 24))
    assert net.macs() == 12 * (step + 48 * 16 + 16 * 50)


FLOPS = {
    "lenet": (nets.LeNet, IMAGE, True),
    "resnet18": (nets.resnet, IMAGE, True),
    "depthwise": (nets.depthwise, IMAGE, True),
    "dilated": (nets.dilated, IMAGE, True),
    "transposed": (nets.transposed, IMAGE, True),
    "convmixer": (lambda: nets.convmixer(64, 2), IMAGE, True),
    # The counter of torch sees nothing of fused attention on a CPU, nor inside an LSTM.
    "vit": (lambda: nets.ViT(32, 2, 4, 8, 32, 10), IMAGE, False),
}


@pytest.mark.parametrize("name", FLOPS)
def test_the_counter_of_torch_agrees_where_it_is_right(name: str) -> None:
    from torch.utils.flop_counter import FlopCounterMode

    make, shape, right = FLOPS[name]
    model = make().eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, *shape))
    counted, macs = counter.get_total_flops(), own_graph(model, shape).macs()
    assert (counted == 2 * macs) is right
    assert counted <= 2 * macs


FORMULAS: dict[str, tuple[Any, tuple[tuple[int, ...], ...], int]] = {
    "matmul": (lambda a, b: a @ b, ((4, 5), (5, 6)), 4 * 5 * 6),
    "einsum of two": (
        lambda a, b: torch.einsum("bij,bkj->bik", a, b),
        ((4, 5), (6, 5)),
        4 * 6 * 5,
    ),
    "einsum of three": (
        lambda a, b, c: torch.einsum("bij,bjk,bkl->bil", a, b, c),
        ((2, 3), (3, 4), (4, 5)),
        2 * 3 * 4 + 2 * 4 * 5,
    ),
    "attention": (
        lambda q, k, v: torch.nn.functional.scaled_dot_product_attention(q, k, v),
        ((2, 7, 4), (2, 9, 4), (2, 9, 5)),
        2 * 7 * 9 * (4 + 5),
    ),
    "entry by entry": (lambda a, b: a * b + a, ((4, 5), (4, 5)), 0),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_costs_of_single_operations(name: str) -> None:
    function, shapes, macs = FORMULAS[name]
    assert own_graph(function, *shapes).macs() == macs


def test_an_operation_with_a_cost_and_no_formula_is_named() -> None:
    net = own_graph(lambda a, b: torch.cdist(a, b), (4, 3), (5, 3))
    with pytest.raises(ModelFailure, match="no formula for the cost of aten"):
        net.macs()


def test_numbers_that_no_optimiser_sees_count_all_the_same() -> None:
    class Hidden(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.seen = nn.Linear(4, 4, bias=False)
            self.frozen = nn.Parameter(torch.ones(4, 3), requires_grad=False)
            self.register_buffer("held", torch.ones(4, 5), persistent=False)
            self.listed = [[float(n)] * 4 for n in range(6)]
            self.closure = torch.randn(4, 7)
            self.never = nn.Linear(4, 8)

        def forward(self, x: Any) -> Any:
            x = self.seen(x)
            parts = [x @ self.frozen, x @ self.held, x @ torch.tensor(self.listed).T]
            return torch.cat([*parts, x @ self.closure], 1)

    found = own_graph(Hidden(), (4,)).parameters
    assert (found.trainable, found.frozen, found.buffers) == (16 + 40, 12, 20)
    assert found.constants == 24 + 28 and found.total == 56 + 12 + 20 + 52
    assert found.unused == {"never.weight": 32, "never.bias": 8}


def test_batch_norm_statistics_are_free_only_as_statistics() -> None:
    class Borrowed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = nn.BatchNorm1d(6)

        def forward(self, x: Any) -> Any:
            return self.norm(x) * self.norm.running_mean

    found = own_graph(Borrowed(), (6,)).parameters
    assert found.statistics == 6 + 1 and found.buffers == 6 and found.total == 12 + 6


@pytest.mark.parametrize("name", ["lenet with batch norm", "custom resnet", "convmixer"])
def test_a_rebuilt_graph_gives_the_outputs_of_its_model(name: str) -> None:
    torch.manual_seed(0)
    make = {
        "lenet with batch norm": lambda: nets.LeNet(bn=True, drop=0.5),
        "custom resnet": lambda: nets.CustomResNet(width=8),
        "convmixer": lambda: nets.convmixer(16, 2),
    }[name]
    model = make()
    model(torch.randn(8, *IMAGE))  # statistics other than 0 and 1
    images = np.random.default_rng(0).normal(size=(7, *IMAGE)).astype(np.float32)
    net = own_graph(model, IMAGE)
    with torch.no_grad():
        want = model.eval()(torch.from_numpy(images)).numpy()
    assert net.batch == 0
    assert np.abs(net.run(images, batch=3) - want).max() < 1e-5


def test_recording_leaves_the_model_as_it_was() -> None:
    model = nets.LeNet(bn=True, drop=0.3)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    own_graph(model, IMAGE, training=True)
    own_graph(model, IMAGE)
    assert model.training and model.bn1.training
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())


def test_dropout_is_seen_with_its_rate_and_its_place() -> None:
    model = nets.LeNet(drop=0.3)
    train, test = own_graph(model, IMAGE, training=True), own_graph(model, IMAGE)
    for net, active in ((train, True), (test, False)):
        drops = [x for x in net.layers if x.kind == "dropout"]
        assert [(x["p"], x["active"]) for x in drops] == [(0.3, active)] * 2
        assert [net.layers[x.sources[0]].kind for x in drops] == ["relu", "relu"]
    assert len(train.random) == 2 and not test.random


CHAINS = {
    "lenet": (nets.LeNet, IMAGE, 16),
    "dilated": (nets.dilated, (3, 96, 96), 7 + 1 + 4 + 16),
    "resnet18": (lambda: nets.resnet(widths=(4, 4, 4, 4)), (3, 160, 160), 109),
}


@pytest.mark.parametrize("name", CHAINS)
def test_receptive_fields_by_both_ways(name: str) -> None:
    make, shape, size = CHAINS[name]
    net = own_graph(make(), shape)
    assert field_by_formula(net).size == (size, size)
    measured = field_by_gradient(net)
    assert measured.size == (size, size) and not measured.clipped


def test_random_chains_have_one_field() -> None:
    rng = np.random.default_rng(3)
    for _ in range(12):
        layers: list[Any] = [nn.Conv2d(3, 1, 1)]
        for _ in range(int(rng.integers(1, 4))):
            k, s, d = (
                int(rng.choice([1, 2, 3, 5])),
                int(rng.integers(1, 3)),
                int(rng.integers(1, 3)),
            )
            pools = [nn.MaxPool2d(k, s), nn.AvgPool2d(k, s)]
            layers += [nn.Conv2d(1, 1, k, s, dilation=d), nn.ReLU(), pools[rng.integers(2)]]
        net = own_graph(nn.Sequential(*layers), (3, 250, 250))
        measured = field_by_gradient(net)
        assert not measured.clipped and measured.size == field_by_formula(net).size


def test_a_field_larger_than_the_input_is_said_to_be_clipped() -> None:
    assert field_by_gradient(own_graph(nets.resnet(widths=(4,) * 4), IMAGE)).clipped


def test_the_same_function_in_another_style_is_the_same() -> None:
    want = own_graph(nets.LeNet(), IMAGE)
    assert compare(own_graph(nets.LeNetInAnotherStyle(), IMAGE), want) is None
    short = own_graph(nets.resnet((1, 1, 1, 1), nets.BasicShortFirst, (8, 16, 16, 16)), IMAGE)
    plain = own_graph(nets.resnet((1, 1, 1, 1), nets.Basic, (8, 16, 16, 16)), IMAGE)
    assert compare(short, plain) is None
    biased = own_graph(nets.CustomResNet(bias=True, width=8), IMAGE)
    assert compare(biased, own_graph(nets.CustomResNet(width=8), IMAGE)) is None


@pytest.mark.parametrize("variant", ["no add", "double add", "average"])
def test_equal_counts_do_not_hide_another_architecture(variant: str) -> None:
    want = own_graph(nets.CustomResNet(width=8), IMAGE)
    wrong = own_graph(nets.CustomResNet(variant, width=8), IMAGE)
    assert wrong.parameters.total == want.parameters.total
    found = compare(wrong, want)
    assert found is not None
    named = {"no add": ("add",), "average": ("global_max",)}
    assert found.missing == named.get(variant, ())
    assert variant != "double add" or found.extra == ("add",)


class Slips(nets.LeNet):
    """LeNet with batch norm, with one slip."""

    def __init__(self, slip: str) -> None:
        super().__init__(bn=True)
        self.slip = slip
        if slip == "padding":
            self.conv1 = nn.Conv2d(3, 6, 5, padding=2, stride=1)
            self.fc1 = nn.Linear(576, 120)

    def forward(self, x: Any) -> Any:
        f = torch.nn.functional
        pool = f.avg_pool2d if self.slip == "average" else f.max_pool2d
        for conv, norm in ((self.conv1, self.bn1), (self.conv2, self.bn2)):
            x = f.relu(conv(x))
            x = pool(norm(x), 2) if self.slip == "norm first" else norm(pool(x, 2))
        x = f.relu(self.fc1(x.flatten(1)))
        x = self.fc2(x) if self.slip == "no relu" else f.relu(self.fc2(x))
        x = self.fc3(x)
        ends = {"softmax": lambda out: f.softmax(out, 1), "relu": f.relu}
        return ends.get(self.slip, nn.Identity())(x)


SLIPS = {
    "": None,
    "norm first": ("between", ("max_pool",), ()),
    "average": ("between", ("max_pool",), ("avg_pool",)),
    "no relu": ("between", ("relu",), ()),
    "softmax": ("probabilities", (), ("softmax",)),
    "relu": ("output", (), ("relu",)),
    "padding": ("weights", ("linear",), ("linear",)),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_the_first_place_where_two_networks_part_is_named(slip: str) -> None:
    found = compare(own_graph(Slips(slip), IMAGE), own_graph(nets.LeNet(bn=True), IMAGE))
    assert (found and (found.kind, found.missing, found.extra)) == SLIPS[slip]
    assert found is None or found.moved is (slip == "norm first")


def test_a_model_tied_to_its_batch_is_recorded_at_the_size_asked_for() -> None:
    class Fixed(nn.Module):
        def forward(self, x: Any) -> Any:
            weights = torch.arange(len(x), dtype=torch.float32)
            return x.flatten(1) * (weights.sum() + 1 if len(x) % 2 else weights.mean() + 1)

    net = own_graph(Fixed(), (4,), batch=5)
    assert net.batch == 5
    images = np.ones((12, 4), np.float32)
    assert net.run(images).shape == (12, 4) and math.isclose(net.run(images)[0, 0], 11)
