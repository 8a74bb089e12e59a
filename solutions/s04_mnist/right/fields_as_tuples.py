"""Fields computed, as tuples; parameters counted by the program."""

def _fields(layers):
    field, jump, found = 1, 1, []
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride
        found.append(field)
    return tuple(found)


FIELDS = {
    "Step1": _fields([(3, 1), (3, 1), (2, 2), (1, 1), (3, 1), (2, 2)]),
    "Step2": _fields([(3, 1), (3, 1), (2, 2), (1, 1), (3, 1), (2, 2), (3, 1)]),
    "Net": _fields([(3, 1), (3, 1), (2, 2), (1, 1), (3, 1), (3, 1), (2, 2), (3, 1)]),
}
STEPS = tuple(
    {**step, "parameters": sum(p.numel() for p in make().parameters())}
    for step, make in zip(STEPS, (Step1, Step2, Net))
)
