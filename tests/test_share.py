"""Part of a check's points: an accuracy between two tiers earns what the lower one is worth."""

from __future__ import annotations

from fractions import Fraction

import pytest

from autograder.assignment import Training
from autograder.checks.failure import CheckFailed
from autograder.checks.shelf import Shelf, reaches
from autograder.report import CheckResult, Finding, Outcome, QuestionResult, Report
from autograder.show.shares import shares

BUDGET = Training("mnist", tiers=(98.5, 99.0, 99.2, 99.4), shares=(15, 25, 32, 40))


@pytest.mark.parametrize("accuracy, earned", [(97, 0), (98.5, 15), (99.1, 25), (99.39, 32)])
def test_an_accuracy_earns_the_tier_it_reaches(accuracy: float, earned: float) -> None:
    with pytest.raises(CheckFailed) as caught:
        reaches(accuracy, BUDGET)
    assert caught.value.share == pytest.approx(earned / 40)
    assert f"{accuracy:.2f} %" in caught.value.finding.message


def test_the_last_tier_earns_everything() -> None:
    reaches(99.4, BUDGET)


def result(outcome: Outcome, share: float) -> QuestionResult:
    finding = None if outcome is Outcome.PASSED else Finding("value", "low")
    check = CheckResult("test_a", "is accurate", outcome, 1.0, False, 0.0, finding, share)
    return QuestionResult("q1", "accuracy", 40, (check,))


def test_a_share_counts_only_where_the_check_failed() -> None:
    assert result(Outcome.FAILED, 0.625).exact == Fraction(25)
    assert result(Outcome.WAITING, 0.625).exact == 0
    assert result(Outcome.PASSED, 0.0).earned == 40
    assert shares(result(Outcome.FAILED, 0.625)) == [(25.0, 40.0)]


def test_a_report_with_shares_survives_the_round_trip() -> None:
    report = Report("a", "A", (result(Outcome.FAILED, 0.625),))
    assert Report.from_dict(report.to_dict()) == report
    plain = Report("a", "A", (result(Outcome.FAILED, 0.0),)).to_dict()
    assert "share" not in plain["questions"][0]["checks"][0]


def test_a_claim_that_differs_is_a_flag_and_no_penalty() -> None:
    shelf = Shelf()
    shelf.claim("accuracy", 99.41, 99.40)
    assert not shelf.flags
    shelf.claim("accuracy", 99.9, 99.1)
    assert shelf.flags == {"claim: accuracy": "99.9 was claimed, 99.1 was found"}
