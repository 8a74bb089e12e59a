"""The hidden check of `net`: its accuracy on drawn images, whose labels stay here."""

import numpy as np

from autograder.checks import expect, question
from autograder.checks.graph import graph


@question("q2")
def test_accuracy(student, rng):
    """Net() finds the brightest of three channels"""
    images = rng.normal(size=(300, 3, 2, 2)).astype(np.float32)
    labels = images.sum(axis=(2, 3)).argmax(axis=1)
    found = graph(student.Net(), (3, 2, 2)).run(images).argmax(axis=1)
    right = float((found == labels).mean())
    expect(right, "the accuracy").that(right > 0.95, f"{right:.2f} of the images are right")
