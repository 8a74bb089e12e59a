"""Small rigged models: the weights given, and what is told about modes and hooks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from autograder.checks import rig as judge  # noqa: E402
from autograder.models import rig as worker  # noqa: E402

pytestmark = pytest.mark.torch


class Inline:
    """An exchange that calls the worker's functions here, without a wall."""

    def ours(self, module: str, function: str, *args: Any, count: bool = True) -> Any:
        assert module == judge.RIG and not count
        return getattr(worker, function)(None, *args)


def tensors(*shapes: tuple[int, ...]) -> list[Any]:
    draw = torch.Generator().manual_seed(3)
    return [torch.randn(shape, generator=draw, dtype=torch.float64) for shape in shapes]


def test_a_rig_computes_what_its_parts_say() -> None:
    kernel, shift, head, bias = tensors((4, 2, 1, 1), (4,), (3, 4), (3,))
    parts = [["conv", kernel, shift, 2], ["relu"], ["mean"], ["linear", head, bias]]
    images = tensors((5, 2, 6, 8))[0]
    got = worker.rig(None, parts)(images).detach().numpy()
    small = images.numpy()[:, :, ::2, ::2]
    maps = np.einsum("kc,nchw->nkhw", kernel.numpy()[:, :, 0, 0], small)
    maps = np.maximum(maps + shift.numpy()[:, None, None], 0)
    want = maps.mean(axis=(2, 3)) @ head.numpy().T + bias.numpy()
    assert np.allclose(got, want, rtol=1e-12)


def test_a_kernel_of_three_keeps_the_size() -> None:
    kernel, shift = tensors((4, 2, 3, 3), (4,))
    made = worker.rig(None, [["conv", kernel, shift, 1], ["flatten"]])
    assert made(tensors((1, 2, 5, 7))[0]).shape == (1, 4 * 5 * 7)


def test_modes_and_hooks_are_told() -> None:
    made = worker.rig(None, [["flatten"], ["dropout", 0.5]])
    images = torch.ones(1, 1, 2, 2)
    made(images)
    made.eval()(images)
    assert worker.told(None, made) == {"modes": [True, False], "training": False, "hooks": 0}
    layer = worker.layer(None, made, 1)
    layer.register_forward_hook(print)
    layer.register_full_backward_hook(print)
    layer.train()
    assert worker.told(None, made)["hooks"] == 2
    assert worker.told(None, made)["training"] is True


def test_a_judge_asks_for_rigs() -> None:
    made = judge.rigged(SimpleNamespace(_exchange=Inline()), ("flatten",), ("relu",))
    assert isinstance(made, worker.Rig) and made.training
    made._exchange = Inline()
    assert isinstance(judge.layer_of(made, 1), torch.nn.ReLU)
    assert judge.told(made) == {"modes": [], "training": True, "hooks": 0}


LIES = (None, [], {}, {"modes": []}, {"modes": 1, "training": False, "hooks": 0})


@pytest.mark.parametrize("claim", LIES, ids=repr)
def test_a_claim_of_another_form_earns_nothing(claim: Any) -> None:
    exchange = SimpleNamespace(ours=lambda *args, **kwargs: claim)
    told = judge.told(SimpleNamespace(_exchange=exchange))
    assert told == {"modes": [True], "training": True, "hooks": 1}
