"""What students return for a formula, read as sympy expressions."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np

from autograder.wall.formula import FormulaError, parse

CELLS_LIMIT = 10_000
TEXT_LIMIT = 200_000
DIGITS_LIMIT = 400


def coerce(got: Any, symbols: Mapping[str, Any] | None) -> Any:
    """Return one sympy expression, or rows (lists) of expressions for anything nested.

    Accepts a Formula or FormulaMatrix that came through the wall, text, numbers,
    Fractions, numpy scalars and arrays, sympy expressions and matrices, and nested lists
    of these. A flat list is one row; in a list of rows, a row may also be a matrix of one row
    or one column. `symbols` are the names allowed, as in `parse`.

    Raises FormulaError, with a message for the student, for anything else.
    """
    rows = _rows(got)
    if rows is None:
        return _cell(got, symbols)
    cells = [cell for row in rows for cell in row]
    if len(cells) > CELLS_LIMIT:
        raise FormulaError(f"the matrix has {len(cells)} entries, {CELLS_LIMIT} are allowed")
    if sum(len(_text(cell) or "") for cell in cells) > TEXT_LIMIT:
        raise FormulaError(f"the entries have more than {TEXT_LIMIT} characters: simplify them")
    if len({len(row) for row in rows}) > 1:
        raise FormulaError("the rows have different lengths")
    return [
        [_entry(cell, i, j, symbols) for j, cell in enumerate(row)] for i, row in enumerate(rows)
    ]


def _rows(got: Any) -> list[list[Any]] | None:
    """Return the rows of a nested value, None for a single one."""
    if (matrix := _matrix(got)) is not None:
        return matrix
    if not _nested(got):
        return None
    rows = [row for item in got if (row := _row(item)) is not None]
    if not rows:
        return [list(got)]
    if len(rows) < len(got):
        raise FormulaError("some entries are lists and others are not: give a list of rows")
    return rows


def _matrix(value: Any) -> list[list[Any]] | None:
    if _has_field(value, "rows"):
        return [list(row) for row in value.rows]
    if _is_sympy_matrix(value):
        return [list(row) for row in value.tolist()]
    if isinstance(value, np.ndarray) and value.ndim == 2:
        return [list(row) for row in value]
    return None


def _row(value: Any) -> list[Any] | None:
    """Return the entries of a list, or of a matrix of one row or column; None for one entry."""
    matrix = _matrix(value)
    if matrix is None:
        return list(value) if _nested(value) else None
    if len(matrix) > 1 and len(matrix[0]) > 1:
        raise FormulaError("it is nested too deeply: give a list of rows")
    return [cell for row in matrix for cell in row]


def _nested(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _has_field(value: Any, name: str) -> bool:
    # Looked up on the class: an attribute of a student's object would run their code.
    return name in getattr(type(value), "__dataclass_fields__", {})


def _is_sympy_matrix(value: Any) -> bool:
    import sympy

    return isinstance(value, sympy.MatrixBase)


def _text(cell: Any) -> str | None:
    if isinstance(cell, str):
        return cell
    return cell.text if _has_field(cell, "text") else None


def _entry(cell: Any, row: int, column: int, symbols: Mapping[str, Any] | None) -> Any:
    try:
        return _cell(cell, symbols)
    except FormulaError as error:
        raise FormulaError(f"row {row + 1}, column {column + 1}: {error}") from None


def _cell(cell: Any, symbols: Mapping[str, Any] | None) -> Any:
    import sympy

    if (text := _text(cell)) is not None:
        return parse(text, symbols)
    if isinstance(cell, np.ndarray) and cell.ndim == 0:
        cell = cell[()]
    if isinstance(cell, sympy.Expr):
        return cell
    if isinstance(cell, (bool, np.bool_)):
        raise FormulaError(f"{cell} is a truth value, a formula was wanted")
    if isinstance(cell, (int, np.integer)):
        return _rational(Fraction(int(cell)))
    if isinstance(cell, Fraction):
        return _rational(cell)
    if isinstance(cell, (float, np.floating)):
        if not isfinite(cell):
            raise FormulaError(f"{cell} is not a number that a formula can hold")
        return parse(str(cell))
    if cell is None:
        raise FormulaError("there is no answer (None), a formula was wanted")
    if _nested(cell) or _matrix(cell) is not None:
        raise FormulaError("it is nested too deeply: give a list of rows")
    raise FormulaError(f"a {type(cell).__name__} is not a formula")


def _rational(value: Fraction) -> Any:
    import sympy

    if max(abs(value.numerator), value.denominator) >= 10**DIGITS_LIMIT:
        raise FormulaError(f"a number has more than {DIGITS_LIMIT} digits")
    return sympy.Rational(value.numerator, value.denominator)
