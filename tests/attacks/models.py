"""Models that hide what they hold, or claim to be right: for the part of `lying` with torch."""

from __future__ import annotations

from attacks.attack import Attack, Control


def model(name: str, tries: str, code: str, honest: str = "net_large") -> Attack:
    """Return a hand-in for the assignment `net`."""
    return Attack(
        name, tries, code, honest, Control.NET, assignment="net", family="lying", seconds=60.0
    )


TABLE = (
    model("says_it_has_no_parameters", "overrides what lists its parameters", """
class Net(Net):
    def parameters(self, recurse=True):
        return iter(())

    def named_parameters(self, *args, **named):
        return iter(())

    def state_dict(self, *args, **named):
        return {}
"""),
    model("patches_numel", "lets every tensor of the process claim to hold one number", """
torch.Tensor.numel = torch.Tensor.nelement = lambda self: 1
"""),
    model("hides_in_a_buffer", "keeps its weights in a buffer that is not saved", """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("table", TABLE.clone(), persistent=False)

    def forward(self, images):
        return (images.flatten(1) @ self.table.T).unflatten(1, (40, 3)).sum(1)
"""),
    model("hides_in_a_closure", "keeps its weights in a function's closure", """
def made(table):
    return lambda images: (images.flatten(1) @ table.T).unflatten(1, (40, 3)).sum(1)


class Net(nn.Module):
    forward = staticmethod(made(TABLE.clone()))
"""),
    model("hides_in_a_global", "keeps its weights in a global network that it calls", """
LARGE = Net()


class Net(nn.Module):
    def forward(self, images):
        return LARGE(images)
"""),
    model("grows_later", "makes its weights when it is first called, after the count", """
class Net(nn.Module):
    def forward(self, images):
        if not hasattr(self, "table"):
            self.table = nn.Parameter(TABLE.clone())
        return (images.flatten(1) @ self.table.T).unflatten(1, (40, 3)).sum(1)
"""),
    model("reads_the_labels", "looks for the labels among the names of its callers", """
import sys

import numpy as np


class Net(Net):
    def forward(self, images):
        out, frame = super().forward(images), sys._getframe()
        while frame is not None:
            labels = frame.f_locals.get("labels")
            if labels is not None and len(labels) == len(images):
                known = torch.as_tensor(np.asarray(labels))
                out = out * 0 + nn.functional.one_hot(known, 3)
            frame = frame.f_back
        return out
""", "net_untrained"),
    model("patches_argmax", "makes every comparison of tensors true", """
torch.Tensor.__eq__ = lambda self, other: torch.ones(len(self), dtype=torch.bool)
torch.eq = torch.Tensor.eq = torch.Tensor.__eq__
""", "net_untrained"),
    model("answers_with_a_subclass", "answers with a tensor that answers torch itself", """
class Right(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), named=None):
        out = super().__torch_function__(function, types, args, named or {})
        if getattr(function, "__name__", "") in ("eq", "__eq__"):
            return torch.ones(len(out), dtype=torch.bool)
        return out


class Net(Net):
    def forward(self, images):
        return super().forward(images).as_subclass(Right)
""", "net_untrained"),
)  # fmt: skip
