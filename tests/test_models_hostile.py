"""Models that lie, loop, exit, allocate or hide; and recordings that no model made."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from autograder.assignment import Limits  # noqa: E402
from autograder.checks.behaviour import (  # noqa: E402
    accuracy,
    batch_independent,
    deterministic,
    gives_logits,
)
from autograder.checks.failure import CheckFailed  # noqa: E402
from autograder.checks.graph import graph, own_graph  # noqa: E402
from autograder.models import record  # noqa: E402
from autograder.models.claim import read_graph  # noqa: E402
from autograder.models.graph import Graph, ModelFailure  # noqa: E402
from autograder.report import Finding  # noqa: E402
from autograder.wall.exchange import Exchange  # noqa: E402
from autograder.wall.failure import StudentFailure  # noqa: E402
from autograder.wall.proxy import Student  # noqa: E402

MODELS = Path(__file__).with_name("samples") / "hostile_models.py"
SHAPE = (3, 2, 2)


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    # A copy: the wall gives the folder of a worker's file to the user of that worker.
    models = Path(shutil.copy(MODELS, tmp_path_factory.mktemp("work")))
    opened = Exchange(models, Limits(call_seconds=6.0, run_seconds=600, memory_mb=1500))
    yield opened
    opened.close()


@pytest.fixture
def student(exchange: Exchange) -> Student:
    exchange.renew()
    return Student(exchange)


def failing(work: Any) -> Finding:
    with pytest.raises((StudentFailure, CheckFailed)) as caught:
        work()
    return caught.value.finding


REFUSED = {
    "Exits": ("died", "the process ended with exit code 0"),
    "Loops": ("timeout", "did not finish within the 6 s"),
    "Allocates": ("raised", "can't allocate memory"),
    "Raises": ("raised", "RuntimeError: not today"),
    "Decides": ("value", "turns a tensor into a Python number"),
    "Words": ("value", "it returns a str, not a tensor"),
    "Strides": ("value", "aten.as_strided.default is not one that can be judged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_recorded_is_said_in_words(student: Student, name: str) -> None:
    model = getattr(student, name)()
    found = failing(lambda: graph(model, SHAPE))
    kind, said = REFUSED[name]
    assert found.kind == kind and said in found.message
    assert "hostile_models.py" in found.where or kind in ("value", "timeout", "died")


def test_a_name_that_is_no_model_is_said_so(student: Student) -> None:
    found = failing(lambda: graph(student.Honest, SHAPE))
    assert "Honest is a class, an object of it was wanted" in found.message


def test_a_model_that_prints_is_judged(student: Student) -> None:
    assert graph(student.Prints(), SHAPE).parameters.total == 130


def test_an_operation_outside_the_list_comes_with_its_line(student: Student) -> None:
    found = failing(lambda: graph(student.Strides(), SHAPE))
    assert found.where.startswith("hostile_models.py:") and found.hint


def test_lies_about_parameters_change_no_count(student: Student) -> None:
    found = graph(student.Lies(), SHAPE).parameters
    assert (found.learned, found.constants, found.total) == (130, 120, 250)


def test_patched_counters_change_no_count(student: Student, exchange: Exchange) -> None:
    assert graph(student.patched(), SHAPE).parameters.total == 130
    exchange.transport.kill()


def test_numbers_that_leave_torch_become_constants_that_do_not_follow_the_input(
    student: Student,
) -> None:
    model = student.Numpy()
    try:
        net = graph(model, SHAPE)
    except (CheckFailed, StudentFailure):
        return
    images = np.random.default_rng(0).normal(size=(2, *SHAPE)).astype(np.float32)
    assert not net.fed & {out.index for out in net.outputs if hasattr(out, "index")} or (
        np.array_equal(net.run(images), net.run(-images))
    )


@pytest.mark.parametrize("name", ["Draws", "AlwaysDrops"])
def test_random_numbers_in_evaluation_are_found(student: Student, name: str) -> None:
    net = graph(getattr(student, name)(), SHAPE)
    found = failing(lambda: deterministic(net))
    assert "still draws random numbers" in found.message
    assert found.where.startswith("hostile_models.py:")
    deterministic(graph(student.Honest(), SHAPE))


def test_a_batch_that_is_mixed_is_found(student: Student) -> None:
    rng = np.random.default_rng(0)
    net = graph(student.Mixes(), SHAPE)
    assert "depends on the other images" in failing(lambda: batch_independent(net, rng)).message
    batch_independent(graph(student.Honest(), SHAPE), rng)


def test_an_output_of_the_wrong_shape_is_said(student: Student) -> None:
    rng = np.random.default_rng(0)
    net = graph(student.Flattens(), SHAPE)
    found = failing(lambda: gives_logits(net, 10, rng))
    assert "give an output of shape (10,)" in found.message
    images = rng.normal(size=(40, *SHAPE)).astype(np.float32)
    honest = graph(student.Honest(), SHAPE)
    assert "shape" in failing(lambda: accuracy(honest.run(images), np.zeros(39))).message


def test_memory_that_only_the_graph_would_take_is_refused(student: Student) -> None:
    found = failing(lambda: run_apart(graph(student.AllocatesInTheJudge(), SHAPE)))
    assert "may be held at once" in found.message or "memory" in found.message


def run_apart(net: Graph) -> Any:
    from autograder.checks.graph import judged

    with judged():
        return net.run(np.zeros((4000, *SHAPE), np.float32), batch=4000)


class Net(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 2, 2)
        self.norm = torch.nn.BatchNorm2d(2)

    def forward(self, x: Any) -> Any:
        return self.norm(self.conv(x)).relu_().flatten(1)


def claimed() -> dict[str, Any]:
    told = record.record(None, Net(), [SHAPE], ["float32"], False, 0)
    return {key: value for key, value in told.items() if key != "recording"}


def read(claim: Any) -> Graph:
    return read_graph(claim, lambda parts: [None for _ in parts], [SHAPE], ["float32"], False)


def test_the_claim_itself_is_read() -> None:
    assert read(claimed()).parameters.total == 26 + 4


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    keys: Any = value if isinstance(value, dict) else ()
    for key in range(len(value)) if isinstance(value, list) else keys:
        found += places(value[key], (*path, key))
    return found


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 2**62), st.floats(), st.text(max_size=8),
    st.lists(st.integers(-1, 5), max_size=3),
    st.sampled_from(
        [{"v": 99}, {"t": 99}, {"t": -1}, {"b": "x"}, {"dtype": "object"}, {}, {"v": 0, "t": 0},
         "aten.set_.source_Storage", "aten.resize_.default", "aten.from_file.default",
         "aten.add.out", "os.system", "aten.conv2d", "prim.device.default", "aten.__class__.x"]
    ),
)  # fmt: skip


@settings(deadline=None, database=None, max_examples=400)
@given(data=st.data())
def test_a_mangled_claim_is_a_model_failure_or_a_graph(data: st.DataObject) -> None:
    claim: Any = copy.deepcopy(CLAIM)
    path = data.draw(st.sampled_from(places(claim)))
    holder = claim
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = data.draw(JUNK)
    try:
        net = read(claim)
        assert net.parameters.total >= 0
        net.layers  # noqa: B018
    except ModelFailure:
        pass


CLAIM = claimed()

SWAPPED = [
    "aten.as_strided.default", "aten.set_.source_Storage", "aten.resize_.default",
    "aten.from_file.default", "aten.add.out", "aten.conv2d", "aten.relu.Dimname", "os.system.x",
    "prims.add.default", "aten._cudnn_init_dropout_state.default", "aten.data.default",
]  # fmt: skip


@pytest.mark.parametrize("op", SWAPPED)
def test_operations_outside_the_list_are_refused(op: str) -> None:
    claim = copy.deepcopy(CLAIM)
    claim["nodes"][0]["op"] = op
    with pytest.raises(ModelFailure):
        read(claim)


def test_tensors_that_do_not_arrive_as_announced_are_refused() -> None:
    net = read(CLAIM)
    with pytest.raises(ModelFailure, match="did not arrive"):
        net.weights()


def test_a_graph_that_asks_for_a_terabyte_is_refused() -> None:
    net = own_graph(lambda x: x.flatten(1).repeat(1, 10).sum(1, keepdim=True), SHAPE)
    nodes = [
        node if node.base != "repeat" else type(node)(
            node.op, (node.args[0], (1, 10**11)), {}, node.outs, node.many, node.where
        )
        for node in net.nodes
    ]  # fmt: skip
    from dataclasses import replace

    with pytest.raises(ModelFailure, match="memory"):
        replace(net, nodes=tuple(nodes)).run(np.zeros((1, *SHAPE), np.float32))


def spin() -> None:
    while True:
        pass


def test_a_graph_that_takes_for_ever_is_stopped() -> None:
    from autograder.models.apart import apart, at_desk

    with pytest.raises(ModelFailure, match="took too long"):
        apart(spin, seconds=0.5)
    with at_desk():
        assert apart(len, "abc") == 3
        with pytest.raises(ModelFailure, match="took too long"):
            apart(spin, seconds=0.5)
        with pytest.raises(ModelFailure, match="without an answer"):
            apart(os._exit, 3)
        assert apart(len, "abcd") == 4


def test_a_model_that_decides_by_its_input_is_run_where_it_is(
    student: Student, exchange: Exchange
) -> None:
    from autograder.checks.graph import graph_or_opaque
    from autograder.models.opaque import Opaque

    images = np.random.default_rng(0).normal(size=(7, *SHAPE)).astype(np.float32)
    opaque = graph_or_opaque(student.Decides(), SHAPE)
    assert isinstance(opaque, Opaque) and opaque.run(images, batch=3).shape == (7, 10)
    assert "come from your own process" in exchange.notes[-1]
    assert isinstance(graph_or_opaque(student.Honest(), SHAPE), Graph)
    with pytest.raises(CheckFailed, match="as_strided"):
        graph_or_opaque(student.Strides(), SHAPE)


@pytest.mark.parametrize("value", [None, 3, "net", [1.0], np.zeros(3)], ids=repr)
def test_data_in_place_of_a_model_is_the_students_slip(value: Any) -> None:
    with pytest.raises(CheckFailed, match="a model was wanted"):
        graph(value, SHAPE)


@pytest.mark.parametrize("batch", [2**62, 10**7])
def test_a_batch_beyond_all_measure_is_refused(batch: int) -> None:
    with pytest.raises(ModelFailure):
        read({**CLAIM, "batch": batch})
