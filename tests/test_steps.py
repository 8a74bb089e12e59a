"""Training steps, judged by the weights that they lead to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from autograder.assignment import Limits  # noqa: E402
from autograder.checks import steps  # noqa: E402
from autograder.checks.behaviour import gives_logits, loss_at_start  # noqa: E402
from autograder.checks.failure import CheckFailed  # noqa: E402
from autograder.checks.graph import graph  # noqa: E402
from autograder.wall.exchange import Exchange  # noqa: E402
from autograder.wall.proxy import Student  # noqa: E402

SAMPLES = Path(__file__).with_name("samples") / "steps.py"
HINTS = {
    "not_zeroed": steps.NOT_ZEROED,
    "no_step": steps.NO_STEP,
    "twice": steps.TWICE,
    "softmax_twice": steps.SOFTMAX_TWICE,
    "summed": steps.SUMMED,
    "uphill": steps.UPHILL,
}


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Student]:
    # A copy: the wall gives the folder of a worker's file to the user of that worker.
    samples = Path(shutil.copy(SAMPLES, tmp_path_factory.mktemp("work")))
    opened = Exchange(samples, Limits(run_seconds=300.0), torch=True)
    yield Student(opened)
    opened.close()


@pytest.mark.parametrize("name", ["plain", "log_softmax", "by_hand"])
@pytest.mark.parametrize("seed", range(3))
def test_every_right_step_is_accepted(student: Student, name: str, seed: int) -> None:
    steps.steps_downhill(getattr(student, name), np.random.default_rng(seed))


@pytest.mark.parametrize("name", HINTS)
@pytest.mark.parametrize("seed", range(3))
def test_every_wrong_step_gets_its_own_hint(student: Student, name: str, seed: int) -> None:
    with pytest.raises(CheckFailed) as caught:
        steps.steps_downhill(getattr(student, name), np.random.default_rng(seed))
    assert caught.value.finding.hint == HINTS[name]


def test_a_sound_network_knows_one_batch_by_heart(student: Student) -> None:
    rng = np.random.default_rng(0)
    steps.overfits(student.plain, student.Small(), rng, (3, 4, 4), steps=80, rate=0.01)


@pytest.mark.parametrize("model, step", [("Dead", "plain"), ("Small", "no_step")])
def test_what_cannot_learn_one_batch_is_found(student: Student, model: str, step: str) -> None:
    with pytest.raises(CheckFailed, match="% of them are known"):
        steps.overfits(
            getattr(student, step), getattr(student, model)(), np.random.default_rng(0), (3, 4, 4)
        )


def test_outputs_and_loss_before_training(student: Student) -> None:
    rng = np.random.default_rng(0)
    net = graph(student.Small(), (3, 4, 4))
    gives_logits(net, 10, rng)
    loss_at_start(net, 10, rng)
    dead = graph(student.Dead(), (3, 4, 4))
    with pytest.raises(CheckFailed, match="no output is ever negative"):
        gives_logits(dead, 10, rng)
