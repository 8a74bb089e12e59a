"""What it takes to judge a model: recording, counting, receptive fields, ten thousand images.

Run: python benchmarks/models.py [--rounds 5]
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

# What a fresh process needs to record a model once, by either recorder.
RECORDERS = {
    "torch.export": "torch.export.export(model, (image,))",
    "dispatch mode": "own_graph(model, (3, 32, 32))",
}
FRESH = """
import sys, time
sys.path.insert(0, "tests")
import torch
from samples.networks import {network}
from autograder.checks.graph import own_graph
model, image = {network}().eval(), torch.zeros(2, 3, 32, 32)
for _ in range(2):
    started = time.perf_counter()
    {record}
    print(time.perf_counter() - started)
"""


def fresh(network: str, record: str) -> tuple[float, float]:
    """Return the seconds of the first and of the second recording of a process."""
    code = FRESH.format(network=network, record=record)
    told = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True
    )
    first, second = told.stdout.split()
    return float(first), float(second)


def timed(work: Callable[[], Any], rounds: int) -> float:
    """Return the median seconds of `work`, after one run that does not count."""
    work()
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def row(what: str, seconds: float, wanted: str = "") -> None:
    print(f"| {what} | {seconds:.3f} | {wanted} |")


def judged(rounds: int) -> None:
    """Time what the judge does with recorded models."""
    from samples import networks

    from autograder.checks.graph import field_by_formula, field_by_gradient, own_graph
    from autograder.models.compare import compare

    deep, wide = networks.resnet(), (3, 32, 32)

    def count() -> None:
        net = own_graph(deep, wide)
        assert (net.parameters.total, net.macs()) == (11_173_962, 555_422_720)
        field_by_formula(net)

    recorded = timed(lambda: own_graph(deep, wide), rounds)
    row("ResNet18: recording", recorded)
    row("ResNet18: counting and field, beyond the recording", timed(count, rounds) - recorded, "1")
    large = own_graph(deep, (3, 160, 160))
    row("ResNet18: field by its gradient, 160 x 160", timed(lambda: field_by_gradient(large), 1))
    one, two = own_graph(networks.LeNet(), wide), own_graph(networks.LeNet(), wide)
    row("LeNet: the same function, yes or no", timed(lambda: compare(one, two), rounds))
    small = networks.small()
    images = np.random.default_rng(0).normal(size=(10_000, 1, 28, 28)).astype(np.float32)
    net = own_graph(small, (1, 28, 28))
    assert net.parameters.total < 20_000
    row("10,000 images, 17,934 parameters", timed(lambda: net.run(images), rounds), "10")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors,")
    print(f"medians of {rounds} runs\n")
    print("| recorder | network | first in a process | second |")
    print("|---|---|---|---|")
    for network in ("LeNet", "resnet"):
        for name, record in RECORDERS.items():
            found = [fresh(network, record) for _ in range(rounds)]
            first, second = (statistics.median(part) for part in zip(*found, strict=True))
            print(f"| {name} | {network} | {first:.3f} | {second:.3f} |")
    print("\n| what | seconds | wanted below |")
    print("|---|---|---|")
    judged(rounds)


if __name__ == "__main__":
    main()
