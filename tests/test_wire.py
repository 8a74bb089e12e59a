"""The encoding gives back what was sent, and refuses everything else without harm."""

from __future__ import annotations

import json
import math
import pickle
import struct
import subprocess
import sys
import time
import tracemalloc
from collections import OrderedDict, namedtuple
from enum import Enum, IntEnum
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder.wall import wire
from autograder.wall.arrays import to_npy
from autograder.wall.values import BLOB_LIMIT
from autograder.wall.wire import Formula, FormulaMatrix, Tensor, WireError

MEGABYTE = 1 << 20
QUICK = settings(deadline=None, database=None, max_examples=150)

PLAIN = ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
DTYPES = st.sampled_from([np.dtype(order + kind) for kind in PLAIN for order in "<>"])
LONE = "".join(map(chr, range(0xD800, 0xE000)))


@st.composite
def plain_arrays(draw: st.DrawFn) -> np.ndarray[Any, Any]:
    """Arrays of every plain type: 0-d, empty, C and Fortran order, reversed and strided."""
    shape = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
    array = draw(arrays.arrays(draw(DTYPES), shape))
    match draw(st.sampled_from(["as it is", "fortran", "transposed", "reversed", "strided"])):
        case "fortran":
            return np.asfortranarray(array)
        case "transposed":
            return array.T
        case "reversed":
            return np.asarray(np.flip(array))
        case "strided":
            return array.repeat(2, axis=0)[::2] if array.ndim else array
    return array


def as_tensor(array: Any) -> Tensor:
    return np.asarray(array).view(Tensor)


def scalars() -> st.SearchStrategy[Any]:
    return st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**3500), 10**3500),
        st.floats(),
        st.complex_numbers(allow_nan=True),
        st.text(st.characters(exclude_categories=["Cs"])),
        st.binary(),
        st.fractions(),
        DTYPES.flatmap(arrays.from_dtype),
        st.builds(Formula, st.text("xyz+*()0123")),
        st.lists(st.tuples(st.text("xy"), st.text("xy")), max_size=3).map(
            lambda rows: FormulaMatrix(tuple(rows), 2)
        ),
    )


def values() -> st.SearchStrategy[Any]:
    def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.one_of(
            st.lists(inner, max_size=4),
            st.lists(inner, max_size=4).map(tuple),
            st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
            st.lists(inner, max_size=4).map(objects),
        )

    leaves = scalars() | plain_arrays() | plain_arrays().map(as_tensor)
    return st.recursive(leaves, nested, max_leaves=8)


def objects(items: list[Any]) -> np.ndarray[Any, Any]:
    array = np.empty(len(items), dtype=object)
    for index, item in enumerate(items):
        array[index] = item
    return array


def same(a: Any, b: Any) -> bool:
    """Tell whether two values are of one type and equal, nan being equal to nan."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        alike = a.shape == b.shape and a.dtype == b.dtype
        if a.dtype != object:
            return alike and np.ascontiguousarray(a).tobytes() == np.ascontiguousarray(b).tobytes()
        return alike and all(map(same, a.ravel().tolist(), b.ravel().tolist()))
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, np.generic):
        return a.tobytes() == b.tobytes()
    if isinstance(a, (float, complex)):
        return repr(a) == repr(b)
    return bool(a == b)


def crossed(value: Any) -> Any:
    return wire.unpack(wire.pack(value))


@QUICK
@given(values())
def test_every_value_comes_back_as_it_was_sent(value: Any) -> None:
    assert same(crossed(value), value)


@QUICK
@given(plain_arrays())
def test_every_plain_array_comes_back_and_is_the_receivers_own(array: Any) -> None:
    back = crossed(array)
    assert same(back, array)
    assert back.flags.writeable and not np.shares_memory(back, array)


@QUICK
@given(plain_arrays().map(as_tensor))
def test_a_tensor_keeps_its_mark_and_an_array_gets_none(tensor: Any) -> None:
    assert type(crossed(tensor)) is Tensor
    assert type(crossed(np.asarray(tensor))) is np.ndarray


@QUICK
@given(st.text(st.characters() | st.sampled_from(LONE)))
def test_text_with_lone_surrogates_arrives_as_text_that_can_be_written(text: str) -> None:
    back = crossed(text)
    assert back.encode("utf-8").decode() == back
    if not any(character in LONE for character in text):
        assert back == text


Point = namedtuple("Point", "x y")


class Colour(str, Enum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


class Liar(str):
    """A text that claims to be another one."""

    def __str__(self) -> str:
        return "the expected text"

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def encode(self, *_: Any) -> bytes:
        return b"the expected text"


class One(float):
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "7.0"


class Always(np.ndarray):
    def __eq__(self, other: object) -> Any:
        return True

    def __array_function__(self, *_: Any) -> Any:
        return True


PLAINER = [
    (Point(1, 2), (1, 2)),
    (OrderedDict(a=1), {"a": 1}),
    (Colour.RED, "red"),
    (Level.HIGH, 3),
    (Liar("mine"), "mine"),
    ({Liar("key"): 1}, {"key": 1}),
    (One(2.5), 2.5),
    (np.zeros(2).view(Always), np.zeros(2)),
    (np.ma.masked_array([1, 2], [True, False]), np.array([1, 2])),
    (np.longdouble(1.5), np.float64(1.5)),
    (np.array([1.5], np.clongdouble), np.array([1.5], np.complex128)),
    (np.str_("a"), "a"),
    (np.array(["a", "b"]), objects(["a", "b"])),
    (bytearray(b"a"), b"a"),
    (True, True),
    (-0.0, -0.0),
    (np.uint8(255), np.uint8(255)),
]


@pytest.mark.parametrize("sent, want", PLAINER, ids=lambda value: type(value).__name__)
def test_a_subclass_arrives_as_the_plain_type(sent: Any, want: Any) -> None:
    assert same(crossed(sent), want)


LOOP: list[Any] = []
LOOP.append(LOOP)

UNSENDABLE = {
    "a function": print,
    "a set": {1},
    "a generator": (i for i in ()),
    "a dict with other keys": {1: 2},
    "a structured array": np.zeros(2, [("a", "f8")]),
    "dates": np.array(["2020-01-01"], "M8[D]"),
    "an integer of 5000 digits": 10**5000,
    "a fraction of 5000 digits": Fraction(1, 10**5000),
    "a list in itself": LOOP,
    "half a million parts": [0] * 500_000,
    "bytes beyond the limit": bytes(BLOB_LIMIT + 1),
    "an array with 20 axes": np.zeros((1,) * 20),
    "an empty array with an endless axis": np.zeros((10**9, 0)),
}


@pytest.mark.parametrize("value", UNSENDABLE.values(), ids=UNSENDABLE.keys())
def test_what_cannot_be_sent_is_refused_by_the_sender(value: Any) -> None:
    with pytest.raises(WireError):
        wire.pack([value])


def test_what_cannot_be_sent_is_kept_when_there_is_a_keeper() -> None:
    kept = []

    def keep(value: Any) -> dict[str, Any]:
        kept.append(value)
        return {"!": "ref", "id": len(kept) - 1}

    data = wire.pack([print, {1}, 5], keep)
    assert wire.unpack(data, lambda ref: kept[ref["id"]]) == [print, {1}, 5]


def test_a_long_list_of_numpy_numbers_crosses() -> None:
    losses = [np.float64(1 / (i + 1)) for i in range(20_000)]
    assert same(crossed(losses), losses)


# ---------------------------------------------------------------- hostile messages


def message(body: Any, *blobs: bytes, sizes: Any = None) -> bytes:
    sizes = [len(blob) for blob in blobs] if sizes is None else sizes
    text = body if isinstance(body, str) else json.dumps(body)
    header = f'{{"body": {text}, "blobs": {json.dumps(sizes)}}}'.encode()
    return framed(header) + b"".join(blobs)


def framed(header: bytes) -> bytes:
    return wire.MAGIC + struct.pack(">I", len(header)) + header


def npy(header: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    return b"\x93NUMPY" + version + struct.pack("<H", len(header)) + header.encode() + data


def described(descr: str, shape: str, data: bytes = b"") -> bytes:
    return npy(f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n", data)


def an_array(blob: bytes) -> bytes:
    return message({"!": "array", "b": 0}, blob)


GOOD = wire.pack([np.arange(6.0).reshape(2, 3), {"a": (1, 2.5, "x")}, Fraction(1, 3)])
DEEP = "[" * 200_000 + "]" * 200_000

HOSTILE = {
    "nothing": b"",
    "a raw pickle": pickle.dumps({"earned": 100}),
    "a pickle as a blob": an_array(pickle.dumps(np.zeros(3))),
    "another magic": b"GDW2" + GOOD[4:],
    "a header of 4 GB": wire.MAGIC + b"\xff\xff\xff\xff" + b"{}",
    "a header just over the limit": wire.MAGIC + struct.pack(">I", wire.HEADER_LIMIT + 1),
    "cut short in the header": GOOD[:20],
    "cut short in a blob": GOOD[:-1],
    "bytes after the end": GOOD + b"x",
    "no JSON": framed(b"{'body': 1}"),
    "JSON that is not ASCII": framed('{"body": "é", "blobs": []}'.encode()),
    "JSON of another shape": framed(b"[1, 2]"),
    "a missing key": framed(b'{"body": 1}'),
    "one key too many": framed(b'{"body": 1, "blobs": [], "score": 100}'),
    "JSON 200,000 deep": framed(f'{{"body": {DEEP}, "blobs": []}}'.encode()),
    "lists 100 deep": message("[" * 100 + "]" * 100),
    "NaN as a constant": message("NaN"),
    "Infinity as a constant": message("[-Infinity]"),
    "an integer of 5000 digits": message("9" * 5000),
    "blobs that are no list": message(1, sizes={"0": 1}),
    "a size that is true": message(1, sizes=[True]),
    "a size that is a float": message(1, b"x", sizes=[1.0]),
    "a size below zero": message(1, sizes=[-1]),
    "a blob of 1 TB": message(1, sizes=[1 << 40]),
    "blobs beyond the total": message(1, sizes=[BLOB_LIMIT] * 3),
    "a million blobs": message(1, sizes=[0] * 1_000_000),
    "a blob that is not there": message({"!": "bytes", "b": 1}, b"x"),
    "a blob from the end": message({"!": "bytes", "b": -1}, b"x"),
    "a blob number that is true": message({"!": "bytes", "b": True}, b"x", b"y"),
    "a blob number that is text": message({"!": "bytes", "b": "0"}, b"x"),
    "an unknown tag": message({"!": "pickle", "b": 0}, b"x"),
    "a tag that is a list": message({"!": ["bytes"], "b": 0}, b"x"),
    "no tag": message({"v": 1}),
    "a ref with nobody to resolve it": message({"!": "ref", "id": 0}),
    "a tuple of no list": message({"!": "tuple", "v": {"a": 1}}),
    "a dict with a number as key": message({"!": "dict", "v": [[1, 2]]}),
    "a dict of triples": message({"!": "dict", "v": [["a", 1, 2]]}),
    "a float of another name": message({"!": "float", "v": "1e5"}),
    "a float that is a list": message({"!": "float", "v": []}),
    "a complex of text": message({"!": "complex", "v": ["1", "2"]}),
    "a complex of three": message({"!": "complex", "v": [1, 2, 3]}),
    "a fraction over zero": message({"!": "fraction", "v": "1/0"}),
    "a fraction with code": message({"!": "fraction", "v": "__import__('os')/1"}),
    "a fraction of 5000 digits": message({"!": "fraction", "v": "1/" + "9" * 5000}),
    "a fraction with other digits": message({"!": "fraction", "v": "١/٢"}),
    "a formula that is a list": message({"!": "formula", "v": ["x"]}),
    "a ragged matrix": message({"!": "matrix", "v": [["x"], []], "n": 1}),
    "a matrix of numbers": message({"!": "matrix", "v": [[1]], "n": 1}),
    "objects of another shape": message({"!": "objects", "shape": [3], "v": [1]}),
    "objects with an endless axis": message({"!": "objects", "shape": [10**12, 0], "v": []}),
    "objects with a shape below zero": message({"!": "objects", "shape": [-1, -1], "v": [1]}),
    "a scalar of an object": message({"!": "scalar", "t": "|O", "v": "00" * 8}),
    "a scalar of a subarray": message({"!": "scalar", "t": "1f8", "v": "00" * 8}),
    "a scalar of two": message({"!": "scalar", "t": "<f8", "v": "00" * 16}),
    "a scalar of no digits": message({"!": "scalar", "t": "<f8", "v": "zz"}),
    "an object array": an_array(described("'|O'", "(3,)", pickle.dumps([1, 2, 3]))),
    "a structured array": an_array(described("[('a', '<f8'), ('b', '|O')]", "(1,)", bytes(16))),
    "a structured type by name": an_array(described("'f8,f8'", "(1,)", bytes(16))),
    "extended precision": an_array(described("'<f16'", "(1,)", bytes(16))),
    "text entries": an_array(described("'<U4'", "(1,)", bytes(16))),
    "dates": an_array(described("'<M8[s]'", "(1,)", bytes(8))),
    "an array of 10^12 entries": an_array(described("'<f8'", "(1000000000000,)", bytes(64))),
    "a shape that overflows to zero": an_array(described("'<f8'", "(4294967296, 4294967296)")),
    "a shape below zero": an_array(described("'<f8'", "(-1,)", bytes(8))),
    "a shape that is true": an_array(described("'<f8'", "(True,)", bytes(8))),
    "a shape with code": an_array(described("'<f8'", "(__import__('os').getpid(),)", bytes(8))),
    "an endless axis without entries": an_array(described("'<f8'", "(1000000000000, 0)")),
    "a hundred axes": an_array(described("'<f8'", "(" + "1, " * 100 + ")", bytes(8))),
    "an array cut short": an_array(described("'<f8'", "(2,)", bytes(15))),
    "an array with bytes after its end": an_array(described("'<f8'", "(2,)", bytes(17))),
    "code in the npy header": an_array(npy("__import__('os').system('true')\n")),
    "brackets in the npy header": an_array(npy("(" * 60_000 + "\n")),
    "an npy file of version 2": an_array(npy("{}\n", version=b"\x02\x00")),
    "an npy header cut short": an_array(b"\x93NUMPY\x01\x00\xff\xff{"),
    "no npy file": an_array(b"PK\x03\x04"),
    "an array without bytes": an_array(b""),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_message_is_refused_quickly_and_without_taking_memory(data: bytes) -> None:
    tracemalloc.start()
    started = time.perf_counter()
    try:
        with pytest.raises(WireError):
            wire.unpack(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 * MEGABYTE + 8 * len(data)
    assert time.perf_counter() - started < 10


LONG = """
import resource, struct
from autograder.wall import wire

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

before = peak()
for part in ("[],", "{},"):
    body = "[" + (part * ((wire.HEADER_LIMIT - 100) // len(part)))[:-1] + "]"
    header = ('{"body": ' + body + ', "blobs": []}').encode()
    try:
        wire.unpack(wire.MAGIC + struct.pack(">I", len(header)) + header)
    except wire.WireError:
        pass
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs the resource module")
def test_the_longest_headers_of_small_parts_take_bounded_memory() -> None:
    done = subprocess.run([sys.executable, "-c", LONG], capture_output=True, text=True)
    assert int(done.stdout) < 600, done.stderr  # MB


def decoded(data: bytes) -> Any:
    """Return what the message holds, or the WireError; anything else is a defect."""
    try:
        return wire.unpack(data)
    except WireError as error:
        return error


CLOSED = (bool, int, float, complex, str, bytes, list, tuple, dict, Fraction, Formula)
CLOSED += (FormulaMatrix, np.ndarray, np.generic, type(None), WireError)


def test_every_good_message_with_one_byte_changed_is_read_or_refused() -> None:
    for place in range(len(GOOD)):
        for change in (0x00, 0xFF, ord("9"), ord("]")):
            broken = GOOD[:place] + bytes([change]) + GOOD[place + 1 :]
            assert isinstance(decoded(broken), CLOSED)


TAGS = "tuple dict float complex bytes array scalar objects tensor fraction formula matrix ref"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.fixed_dictionaries(
            {"!": st.sampled_from(TAGS.split())},
            optional={"v": inner, "b": st.integers(-1, 2) | inner, "n": inner, "shape": inner},
        ),
        st.fixed_dictionaries({"!": st.just("scalar"), "t": st.just("<f8") | inner, "v": inner}),
    ),
    max_leaves=12,
)


@settings(QUICK, max_examples=400)
@given(JSON, st.lists(st.binary(max_size=100) | plain_arrays().map(to_npy), max_size=2))
def test_any_json_is_read_as_a_plain_value_or_refused(body: Any, blobs: list[bytes]) -> None:
    assert isinstance(decoded(message(body, *blobs)), CLOSED)


@settings(QUICK, max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(data: bytes) -> None:
    assert isinstance(decoded(data), WireError)
    assert isinstance(decoded(framed(data)), CLOSED)


@settings(QUICK, max_examples=300)
@given(st.binary(max_size=120))
def test_any_bytes_in_place_of_an_array_are_refused_or_an_array(blob: bytes) -> None:
    assert isinstance(decoded(an_array(blob)), (WireError, np.ndarray))
    assert isinstance(decoded(an_array(b"\x93NUMPY" + blob)), (WireError, np.ndarray))


def test_a_refusal_says_nothing_of_python() -> None:
    for data in HOSTILE.values():
        assert "object" not in str(decoded(data)) and "Error" not in str(decoded(data))


def test_text_that_looks_like_a_tag_is_only_text() -> None:
    looks = {"!": "ref", "id": 0}
    assert crossed(looks) == looks
    assert crossed('{"!": "ref"}') == '{"!": "ref"}'


def test_infinity_in_a_number_is_a_number() -> None:
    assert decoded(message("1e999")) == math.inf


def test_sympy_and_torch_are_not_imported_by_the_encoding() -> None:
    program = "import sys, autograder.wall.wire; print([m for m in sys.modules if m in "
    program += "('sympy', 'torch', 'hypothesis', 'pytest')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
