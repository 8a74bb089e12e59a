"""Handed-in weights and records read as claims; schedules described."""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.assignment import Handin
from autograder.checks.failure import CheckFailed
from autograder.checks.files import Files
from autograder.checks.training import Schedule, describe_schedule, read_training
from autograder.checks.weights import TYPES, parse_weights, read_weights

checked = settings(deadline=None, database=None, max_examples=200, derandomize=True)
NAMES = ("weights.safetensors", "training.json")
RECORD = {
    "schema": 1,
    "epochs": 2.0,
    "samples": 120,
    "accuracy": 97.5,
    "history": [{"epoch": 1, "accuracy": 90}, {"epoch": 2, "accuracy": 97.5}],
}


def files(folder: Path) -> Files:
    return Files(folder, tuple(Handin(name) for name in NAMES), None)  # type: ignore[arg-type]


def packed(header: Any, body: bytes = b"", size: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if size is None else size) + text + body


def tensor(shape: list[Any], offsets: list[Any], dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def good(arrays: dict[str, Any]) -> bytes:
    """Return arrays as a safetensors file, written without the library."""
    header, body = {"__metadata__": {"format": "pt"}}, b""
    for name, array in arrays.items():
        data = np.ascontiguousarray(array).astype("<f4").tobytes()
        header[name] = tensor(list(array.shape), [len(body), len(body) + len(data)])
        body += data
    return packed(header, body)


def test_weights_come_back_as_they_were_written(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6.0).reshape(2, 3), "b": np.float64(7.0).reshape(()), "c": np.ones(0)}
    (tmp_path / NAMES[0]).write_bytes(good(arrays))
    found = read_weights(files(tmp_path), NAMES[0])
    assert list(found) == ["a", "b", "c"]
    for name, array in arrays.items():
        assert found[name].shape == array.shape and np.array_equal(found[name], array)


def test_the_librarys_own_files_are_read() -> None:
    safe = pytest.importorskip("safetensors.numpy")
    kinds = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u1", "?"]
    arrays = {kind: np.array([[0, 1, 1]], dtype=kind) for kind in kinds}
    found = parse_weights(safe.save(arrays), "w")
    assert len(kinds) == len(TYPES) and set(found) == set(arrays)
    for kind, array in arrays.items():
        assert found[kind].dtype == array.dtype and np.array_equal(found[kind], array)


def pickled() -> bytes:
    torch = pytest.importorskip("torch")
    held = io.BytesIO()
    torch.save({"a": torch.zeros(2)}, held)
    return held.getvalue()


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("data.pkl", b"x")
    return held.getvalue()


HOSTILE: dict[str, tuple[Any, str]] = {
    "empty": (b"", "is empty"),
    "a zip": (zipped(), "is a pickle"),
    "torch.save": (pickled, "is a pickle"),
    "a pickle": (b"\x80\x04K\x01.", "is a pickle"),
    "text": (b"not weights at all", "is no safetensors file"),
    "seven bytes": (b"\x10\0\0\0\0\0\0", "is no safetensors file"),
    "a header of 2^63": (packed({}, size=1 << 63), "is no safetensors file"),
    "a header too large": (packed({}, size=(1 << 20) + 1), "is no safetensors file"),
    "a header cut short": (packed(b'{"a"', size=4000), "cut short in its header"),
    "no JSON": (packed(b"{]"), "header cannot be read"),
    "no UTF-8": (packed(b'{"\xff": 1}'), "header cannot be read"),
    "deep JSON": (packed(b"[" * 100_000), "header cannot be read"),
    "a list": (packed([1]), "is no safetensors file"),
    "nothing in it": (packed({"__metadata__": {}}), "holds no tensor"),
    "too many": (packed({str(n): 1 for n in range(5000)}), "is no safetensors file"),
    "a tensor that is a number": (packed({"a": 1}), "the header of a cannot be read"),
    "no shape": (packed({"a": {"dtype": "F32"}}), "the header of a cannot be read"),
    "a negative shape": (packed({"a": tensor([-1], [0, 4])}), "the header of a cannot"),
    "a fraction": (packed({"a": tensor([1.0], [0, 4])}, b"xxxx"), "the header of a cannot"),
    "a truth": (packed({"a": tensor([True], [0, 4])}, b"xxxx"), "the header of a cannot"),
    "many axes": (packed({"a": tensor([1] * 13, [0, 4])}, b"xxxx"), "the header of a cannot"),
    "no offsets": (packed({"a": tensor([1], [0])}), "the header of a cannot be read"),
    "bfloat16": (packed({"a": tensor([2], [0, 4], "BF16")}, b"xxxx"), "a is of type BF16"),
    "an unknown type": (packed({"a": tensor([1], [0, 4], "F\x1b")}), "a is of type F"),
    "5 GB": (packed({"a": tensor([1250000000], [0, 5 * 10**9])}, b"x" * 9), "a is larger than"),
    "5 GB of nothing": (packed({"a": tensor([0, 1 << 39, 1 << 39], [0, 0])}), "a is larger than"),
    "60 MB in 4 bytes": (packed({"a": tensor([15000000], [0, 4])}, b"xxxx"), "do not agree"),
    "60 MB": (packed({"a": tensor([15000000], [0, 6 * 10**7])}, b"xxxx"), "at byte 60,000,000"),
    "offsets backwards": (packed({"a": tensor([0], [4, 4])}), "cut short"),
    "offsets below 0": (packed({"a": tensor([1], [-4, 0])}), "do not agree"),
    "a truncated body": (good({"a": np.ones(100)})[:-1], "is cut short: a ends at byte 400 of 399"),
    "nan": (good({"a": np.ones(2), "b": np.array([1, math.nan])}), "b holds nan or inf"),
    "inf": (good({"a": np.array([[-math.inf]])}), "a holds nan or inf"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_are_no_weights_is_said(tmp_path: Path, name: str) -> None:
    data, words = HOSTILE[name]
    data = data() if callable(data) else data
    (tmp_path / NAMES[0]).write_bytes(data)
    with pytest.raises(CheckFailed) as caught:
        read_weights(files(tmp_path), NAMES[0])
    finding = caught.value.finding
    assert words in finding.message and NAMES[0] in finding.message and finding.hint
    assert "\x1b" not in finding.message


def test_a_file_of_more_than_64_mb_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / NAMES[0]
    with open(path, "wb") as file:
        file.truncate((64 << 20) + 1)
    with pytest.raises(CheckFailed, match="64 MB, at most 64 MB is read"):
        read_weights(files(tmp_path), NAMES[0])
    path.unlink()
    with pytest.raises(CheckFailed, match=r"no weights.safetensors was handed in"):
        read_weights(files(tmp_path), NAMES[0])


def test_weights_of_more_than_8_mb_are_read(tmp_path: Path) -> None:
    (tmp_path / NAMES[0]).write_bytes(good({"a": np.ones((3 << 20,))}))
    assert read_weights(files(tmp_path), NAMES[0])["a"].size == 3 << 20


PLAIN = good({"conv.weight": np.ones((2, 1, 3, 3)), "out.bias": np.arange(5.0)})


@given(data=st.data())
@checked
def test_mangled_bytes_are_read_or_refused_never_worse(data: st.DataObject) -> None:
    mangled = bytearray(PLAIN)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(mangled) - 1))
        mangled[place] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(mangled)))
    tail = data.draw(st.binary(max_size=20))
    try:
        found = parse_weights(bytes(mangled[:end]) + tail, "w")
    except CheckFailed:
        return
    assert all(np.isfinite(array).all() for array in found.values() if array.dtype.kind == "f")
    assert sum(array.nbytes for array in found.values()) <= 20 * len(PLAIN)


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(
    leaves, lambda part: st.lists(part) | st.dictionaries(st.text(max_size=8), part), max_leaves=12
)
headers = st.dictionaries(
    st.text(max_size=5),
    anything
    | st.fixed_dictionaries(
        {
            "dtype": st.sampled_from([*TYPES, "BF16"]) | anything,
            "shape": st.lists(st.integers(-2, 2**70), max_size=4) | anything,
            "data_offsets": st.lists(st.integers(-2, 2**70), max_size=3) | anything,
        }
    ),
)


@given(header=headers, body=st.binary(max_size=40))
@checked
def test_any_header_is_read_or_refused_never_worse(header: Any, body: bytes) -> None:
    try:
        parse_weights(packed(header, body), "w")
    except CheckFailed as failed:
        assert failed.finding.message and failed.finding.hint


def record(folder: Path, text: str) -> dict[str, Any]:
    (folder / NAMES[1]).write_text(text, encoding="utf-8")
    return read_training(files(folder), NAMES[1])


def test_a_record_comes_back(tmp_path: Path) -> None:
    assert record(tmp_path, json.dumps(RECORD)) == RECORD


BAD_RECORDS = {
    "nothing": ("", "is not JSON"),
    "words": ("accuracy: 99", "is not JSON"),
    "nan": (json.dumps({**RECORD, "accuracy": math.nan}), "is not JSON"),
    "deep": ("[" * 100_000, "is not JSON"),
    "a list": ("[1]", "holds no record"),
    "an empty object": ("{}", "has no number 'epochs': it has nothing"),
    "other keys": ('{"epoch": 3, "acc": 1}', "has no number 'epochs': it has acc, epoch"),
    "words for numbers": (json.dumps({**RECORD, "samples": "many"}), "has no number 'samples'"),
    "a truth": (json.dumps({**RECORD, "accuracy": True}), "has no number 'accuracy'"),
    "infinity": (json.dumps(RECORD).replace("120", "1e999"), "has no number 'samples'"),
    "a long number": (json.dumps(RECORD).replace("120", "1" * 400), "has no number 'samples'"),
    "no history": (json.dumps({**RECORD, "history": 3}), "has no list 'history'"),
    "a long history": (json.dumps({**RECORD, "history": [1] * 10_001}), "has no list 'history'"),
    "rows of numbers": (json.dumps({**RECORD, "history": [1]}), "a row of the history"),
    "rows without accuracy": (json.dumps({**RECORD, "history": [{"epoch": 1}]}), "a row of the"),
}


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_what_is_no_record_is_said(tmp_path: Path, name: str) -> None:
    text, words = BAD_RECORDS[name]
    with pytest.raises(CheckFailed) as caught:
        record(tmp_path, text)
    assert words in caught.value.finding.message and "grade train" in caught.value.finding.hint


@given(told=anything)
@checked
def test_any_json_is_a_record_or_refused(told: Any, tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("record")
    for held in (told, {**RECORD, "history": [told]}, {**RECORD, "accuracy": told}):
        try:
            read = record(folder, json.dumps(held))
        except CheckFailed:
            continue
        assert all(math.isfinite(read[key]) for key in ("epochs", "samples", "accuracy"))


def test_a_triangle_rises_and_falls() -> None:
    found = describe_schedule([1, 2, 3, 2, 0.25], 2)
    assert found == Schedule(1, 3, 0.25, 2, 1.0, True, False, True, False)


@pytest.mark.parametrize(
    ("rates", "rises", "per_epoch", "annihilated", "overrun"),
    [
        ([1.0] * 6, False, False, False, False),
        ([1, 2, 3, 4, 5, 6], False, False, False, False),
        ([6, 5, 4, 3, 2, 1], False, False, True, False),
        ([1, 1, 3, 3, 0.6, 0.6], True, True, False, False),
        ([1, 3, 2, 3, 2, 1], False, False, False, False),
        ([1, 2, 1, 0.5, 0, -1], True, False, True, True),
        ([1, 2, math.nan, 2, 1, 1], False, False, False, True),
        ([1, 2, 3, 2, 1, math.inf], False, False, False, True),
        ([0.0] * 6, False, False, False, False),
    ],
)
def test_each_kind_of_schedule_is_told(
    rates: list[float], rises: bool, per_epoch: bool, annihilated: bool, overrun: bool
) -> None:
    found = describe_schedule(rates, 2)
    assert (found.rises, found.per_epoch, found.annihilated, found.overrun) == (
        rises,
        per_epoch,
        annihilated,
        overrun,
    )


def test_a_schedule_without_rates_is_the_graders_mistake() -> None:
    for rates, steps in (([], 2), ([[1.0]], 2), ([1.0], 0)):
        with pytest.raises(ValueError, match="one rate a step"):
            describe_schedule(rates, steps)


@given(
    up=st.lists(st.floats(1e-3, 1.0), min_size=1, max_size=20),
    down=st.lists(st.floats(1e-3, 1.0), min_size=1, max_size=20),
    steps=st.integers(1, 7),
)
@checked
def test_the_peak_is_where_the_climb_ends(up: list[float], down: list[float], steps: int) -> None:
    rates = np.cumsum([30.0, *up, *(-d for d in down)])
    found = describe_schedule(rates.tolist(), steps)
    assert found.peak == len(up) and found.peak_epoch == len(up) / steps and found.rises
    assert found.top == rates.max() and found.start == 30.0 and found.end == rates[-1]
    assert not found.overrun and not describe_schedule(rates[::-1] * -1, steps).rises


@given(
    rates=st.lists(st.floats(0.01, 10), min_size=1, max_size=12),
    steps=st.integers(2, 9),
    scale=st.floats(1e-6, 1e6),
)
@checked
def test_a_rate_stepped_per_epoch_is_seen(rates: list[float], steps: int, scale: float) -> None:
    stepped = np.repeat(rates, steps) * scale
    changes = len({*rates}) > 1
    assert describe_schedule(stepped.tolist(), steps).per_epoch == changes
    if changes:
        each = stepped * (1 + np.arange(len(stepped)) * 1e-3)
        assert not describe_schedule(each.tolist(), steps).per_epoch


def one_cycle(steps: int, per_epoch: int = 1, **options: Any) -> list[float]:
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    cycle = torch.optim.lr_scheduler.OneCycleLR
    schedule = cycle(optimizer, max_lr=0.4, total_steps=steps // per_epoch, **options)
    rates = []
    for step in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step % per_epoch == per_epoch - 1:
            schedule.step()
    return rates


@pytest.mark.torch
def test_one_cycle_of_torch_is_described_as_it_is() -> None:
    steps = 24 * 98
    early = describe_schedule(one_cycle(steps, pct_start=5 / 24), 98)
    assert early.peak == 489 and early.rises and not early.per_epoch and not early.overrun
    found = describe_schedule(one_cycle(steps), 98)
    assert found.peak_epoch == pytest.approx(7.19, abs=0.005)
    assert found.top == pytest.approx(0.4) and found.start == pytest.approx(0.4 / 25)
    assert found.end / found.start == pytest.approx(1e-4) and found.annihilated
    three = describe_schedule(one_cycle(steps, three_phase=True), 98)
    assert three.annihilated and three.rises
    flat = describe_schedule(one_cycle(steps, three_phase=True, final_div_factor=1.0), 98)
    assert not flat.annihilated


@pytest.mark.torch
def test_one_cycle_stepped_once_an_epoch_is_constant_within_epochs() -> None:
    found = describe_schedule(one_cycle(24 * 98, per_epoch=98), 98)
    assert found.per_epoch and found.rises and found.peak % 98 == 0
