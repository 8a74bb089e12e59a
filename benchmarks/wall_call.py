"""What one call through the wall costs, by the size of the array it carries.

Run: python benchmarks/wall_call.py [--calls 300]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from autograder.assignment import Limits
from autograder.wall.exchange import Exchange
from autograder.wall.proxy import Student

SHAPES = [(), (3, 4), (32, 32), (100, 1000), (1000, 1000)]


def measure(student: Student, shape: tuple[int, ...], calls: int) -> tuple[float, float]:
    """Return the median and the 95th percentile of a call there and back, in milliseconds."""
    array = np.ones(shape)
    echo = student.echo
    times = []
    for _ in range(calls):
        started = time.perf_counter()
        echo(array)
        times.append(1e3 * (time.perf_counter() - started))
    return statistics.median(times), float(np.percentile(times, 95))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=300)
    calls = parser.parse_args().calls
    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder) / "echo.py"
        module.write_text("def echo(value):\n    return value\n", encoding="utf-8")
        exchange = Exchange(module, Limits())
        exchange.renew()
        student = Student(exchange)
        print("| float64 array | KB each way | median ms | 95 % ms |")
        print("|---|---|---|---|")
        for shape in SHAPES:
            half, most = measure(student, shape, calls)
            size = 8 * int(np.prod(shape)) / 1024
            print(f"| {shape} | {size:.2f} | {half:.3f} | {most:.3f} |")
        exchange.close()


if __name__ == "__main__":
    main()
