"""What a training leaves, and what is read of a worker's progress: nothing good is lost."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.training.progress import KINDS, NUMBERS, Tail, parse
from autograder.training.record import keep

checked = settings(deadline=None, database=None, max_examples=150, derandomize=True)


def hand_over(folder: Path, accuracy: float | None, curves: str = "<svg/>") -> list[str]:
    """Keep weights that say their own accuracy; return the names put aside."""
    made = folder.parent / "made.safetensors"
    made.write_text(str(accuracy))
    written, aside = keep(made, {"accuracy": accuracy}, folder, curves)
    assert (folder / "weights.safetensors").read_text() == str(accuracy)
    assert json.loads((folder / "training.json").read_text())["accuracy"] == accuracy
    assert [path.name for path in written][:2] == ["weights.safetensors", "training.json"]
    assert not list(folder.glob("*.part"))
    return [path.name for path in aside]


def test_the_best_earlier_weights_stay_aside(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    pair = ["weights.safetensors.bak", "training.json.bak"]
    backup = folder / pair[0]
    assert hand_over(folder, 90.0) == [] and not backup.exists()
    assert hand_over(folder, 50.0) == pair and backup.read_text() == "90.0"
    # 50 is worse than what is aside: 90 stays there.
    assert hand_over(folder, 95.0) == [] and backup.read_text() == "90.0"
    assert hand_over(folder, None) == pair and backup.read_text() == "95.0"
    assert hand_over(folder, 60.0) == [] and backup.read_text() == "95.0"


def test_a_broken_record_does_not_keep_weights_from_being_saved(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    for text in ("{", "[]", '{"accuracy": "x"}', '{"accuracy": 1e999}', "[" * 100_000):
        (folder / "weights.safetensors").write_text("earlier")
        (folder / "training.json").write_text(text)
        (folder / "weights.safetensors.bak").unlink(missing_ok=True)
        assert hand_over(folder, 70.0)[0] == "weights.safetensors.bak"
        assert (folder / "weights.safetensors.bak").read_text() == "earlier"


def test_curves_are_written_where_there_are_any(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    hand_over(folder, 1.0, "")
    assert not (folder / "curves.svg").exists()
    hand_over(folder, 1.0, "<svg/>")
    assert (folder / "curves.svg").read_text() == "<svg/>"


def line(kind: str, **numbers: Any) -> bytes:
    return json.dumps({"kind": kind, **numbers}).encode()


def test_rows_are_read_once_and_only_when_they_are_whole(tmp_path: Path) -> None:
    tail, path = Tail(tmp_path), tmp_path / "progress.jsonl"
    assert list(tail.rows()) == []
    first, second = line("step", epoch=1), line("epoch", epoch=2)
    path.write_bytes(first + b"\n" + second[:9])
    assert list(tail.rows()) == [{"kind": "step", "epoch": 1}]
    assert list(tail.rows()) == []
    with open(path, "ab") as file:
        file.write(second[9:] + b"\nnonsense\n\n" + first + b"\n")
    assert [row["kind"] for row in tail.rows()] == ["epoch", "step"]


def test_a_loss_may_be_nan_and_nothing_else() -> None:
    told = dict.fromkeys(NUMBERS, math.nan)
    row = parse(line("epoch", **told))
    assert row is not None and math.isnan(row.pop("loss"))
    assert row == {"kind": "epoch", **dict.fromkeys(set(NUMBERS) - {"loss"})}


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
anything = st.recursive(leaves, lambda part: st.lists(part, max_size=3), max_leaves=5)


@given(
    told=st.dictionaries(st.sampled_from([*NUMBERS, "other"]), anything),
    kind=st.sampled_from(KINDS) | anything,
)
@checked
def test_any_line_gives_numbers_or_nothing(told: dict[str, Any], kind: Any) -> None:
    row = parse(json.dumps({**told, "kind": kind}).encode())
    if kind not in KINDS:
        assert row is None
        return
    assert row is not None and set(row) <= {"kind", *NUMBERS}
    for name in set(row) - {"kind"}:
        assert row[name] is None or type(row[name]) in (int, float)
        assert row[name] is None or name == "loss" or math.isfinite(row[name])


@given(data=st.binary(max_size=60))
@checked
def test_any_bytes_are_a_row_or_none(data: bytes) -> None:
    row = parse(data)
    assert row is None or row["kind"] in KINDS
