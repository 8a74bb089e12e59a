"""What a student reads where a network is not the one that was asked for."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from samples import networks as nets  # noqa: E402
from test_models import Slips  # noqa: E402

from autograder.checks.architecture import same_function  # noqa: E402
from autograder.checks.failure import CheckFailed  # noqa: E402
from autograder.checks.graph import own_graph  # noqa: E402

IMAGE = (3, 32, 32)
SAID = {
    "norm first": ("no max pooling", "the max pooling belongs before the batch norm"),
    "average": ("no max pooling", "use a max pooling in place"),
    "no relu": ("no ReLU", "add the ReLU"),
    "softmax": ("ends with a softmax", "return the logits"),
    "relu": ("a ReLU that does not belong there", "take the ReLU away"),
    "padding": ("weights of shape 120 x 576", "check the numbers of channels"),
}


@pytest.mark.parametrize("slip", SAID)
def test_each_slip_is_told_with_what_to_do(slip: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        same_function(own_graph(Slips(slip), IMAGE), own_graph(nets.LeNet(bn=True), IMAGE))
    found, (seen, hint) = caught.value.finding, SAID[slip]
    assert seen in found.message and hint in found.hint, found


def test_a_named_mistake_gives_its_own_hint() -> None:
    want, wrong = own_graph(nets.LeNet(bn=True), IMAGE), own_graph(Slips("norm first"), IMAGE)
    with pytest.raises(CheckFailed) as caught:
        same_function(wrong, want, mistakes={"pool, then normalise": wrong})
    assert caught.value.finding.hint == "pool, then normalise"


def test_another_stride_is_named_with_its_number() -> None:
    want = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3, 2), torch.nn.ReLU())
    wrong = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3, 1), torch.nn.ReLU())
    with pytest.raises(CheckFailed) as caught:
        same_function(own_graph(wrong, IMAGE), own_graph(want, IMAGE))
    assert "stride 1, 2 was wanted" in caught.value.finding.message
