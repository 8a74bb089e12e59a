"""The platform's side of a run in a clean root: unpack, metadata, pip's settings, the result.

Run: python side.py unpack ZIP BASE | metadata | pip | shown | look RESULTS
"""

from __future__ import annotations

import ast
import json
import math
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

SCHEMA = Path(__file__).resolve().parents[1] / "schema" / "results.schema.json"
SCRIPTS = ("setup.sh", "run_autograder")
# Every field that the platform documents, and the two that it does not.
METADATA: dict[str, Any] = {
    "id": 123456,
    "created_at": "2026-10-09T21:58:41.334455-07:00",
    "assignment_id": 25828,
    "assignment": {
        "due_date": "2026-10-10T00:00:00.000000-07:00",
        "group_size": None,
        "group_submission": False,
        "id": 25828,
        "course_id": 1234,
        "late_due_date": None,
        "release_date": "2026-10-01T00:00:00.000000-07:00",
        "title": "An assignment",
        "total_points": "100.0",
    },
    "submission_method": "upload",
    "users": [
        {
            "email": "student@example.edu",
            "id": 1234,
            "name": "A Student",
            "assignment": {
                "release_date": "2026-10-01T00:00:00.000000-07:00",
                "due_date": "2026-10-10T00:00:00.000000-07:00",
                "late_due_date": None,
            },
        }
    ],
    "previous_submissions": [
        {
            "submission_time": "2026-10-08T12:00:00.123456-07:00",
            "score": 4.5,
            "autograder_error": False,
            "results": {"score": 4.5, "tests": []},
        }
    ],
}


def unpack(zip_: Path, base: Path) -> None:
    """Lay the zip below BASE as the platform's image does: no carriage returns, scripts run."""
    source = base / "source"
    with zipfile.ZipFile(zip_) as bundle:
        bundle.extractall(source)
    for name in SCRIPTS:
        script = source / name
        script.write_bytes(script.read_bytes().replace(b"\r\n", b"\n"))
        script.chmod(0o755)
    run = base / "run_autograder"
    run.write_bytes((source / "run_autograder").read_bytes())
    run.chmod(0o755)


def settings() -> Iterator[tuple[str, str]]:
    """Yield the settings of this system's pip, name and value; its variables come last."""
    told = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    for line in sorted(told.splitlines(), key=lambda line: line.startswith(":env:")):
        name, _, value = line.partition("=")
        section, _, key = name.partition(".")
        if section in (":env:", "global", "install"):
            yield key, str(ast.literal_eval(value))


def variables() -> dict[str, str]:
    """Return pip's settings as variables; an index that cannot be reached is not waited for."""
    found = {f"PIP_{key.upper().replace('-', '_')}": value for key, value in settings()}
    proxies = {k: v for k, v in os.environ.items() if k.lower().endswith("_proxy")}
    return {**found, **proxies, "PIP_RETRIES": "0", "PIP_DEFAULT_TIMEOUT": "20"}


def shown() -> Iterator[str]:
    """Yield the files and folders of this system that pip's settings point to."""
    for _, value in settings():
        for word in value.split():
            path = url2pathname(urlsplit(word).path) if word.startswith("file:") else word
            if path.startswith("/") and (place := _existing(Path(path))):
                yield str(place)


def _existing(path: Path) -> Path | None:
    """Return the place itself; for an index, the folder that also holds what it links to."""
    if path.is_dir() and path.name == "simple":
        path = path.parent
    return path if path.exists() and len(path.parts) > 2 else None


def look(results: Path) -> tuple[str, bool]:
    """Return what a results.json says in a few words, and whether it is as it should be."""
    try:
        told = json.loads(results.read_text("utf-8"), parse_constant=_no_number)
    except (OSError, ValueError) as error:
        return f"NO VALID RESULT: {error}", False
    from jsonschema import Draft202012Validator

    schema = json.loads(SCHEMA.read_text("utf-8"))
    wrong = [error.message[:200] for error in Draft202012Validator(schema).iter_errors(told)]
    if wrong:
        return f"INVALID: {'; '.join(wrong)}", False
    tests = told.get("tests", [])
    numbers = [test["number"] for test in tests if "number" in test]
    if len(numbers) != len(set(numbers)):
        return "INVALID: a number twice", False
    worth = math.fsum(test.get("score", 0) for test in tests)
    passed = sum(test.get("status") == "passed" for test in tests)
    said = f"score {told.get('score')} (tests {worth:g}), {passed} of {len(tests)} passed"
    return f"{said}, valid", True


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


def main(command: str, *given: str) -> int:
    if command == "unpack":
        unpack(Path(given[0]), Path(given[1]))
    elif command == "metadata":
        print(json.dumps(METADATA, indent=2))
    elif command == "pip":
        print("\n".join(f"{key}={' '.join(value.split())}" for key, value in variables().items()))
    elif command == "shown":
        print("\n".join(dict.fromkeys(shown())))
    elif command == "look":
        said, good = look(Path(given[0]))
        print(said)
        return 0 if good else 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
