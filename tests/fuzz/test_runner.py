"""What finds faults must find them: a target that breaks is reported, with the case that does it again."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from . import oracle, runner
from .runner import Fault, Report, run


class Broken:
    name = "broken"

    def case(self, rng: random.Random) -> int:
        return rng.randrange(4)

    def check(self, case: int) -> bool:
        if case == 1:
            raise Fault("an invariant: 1")
        if case == 2:
            return bool(1 // (case - 2))
        return True


def found() -> Report:
    return run(Broken(), seed=3, runs=40)


def test_faults_are_counted_by_kind_and_the_first_of_each_is_kept() -> None:
    report = found()
    assert report.runs == 40
    assert set(report.found) == {"an invariant", "ZeroDivisionError at outside"} or len(report.found) == 2
    assert report.answered + sum(report.found.values()) == 40
    number, case, _ = report.first["an invariant"]
    again = run(Broken(), seed=3, runs=1, start=number)
    assert again.first["an invariant"][1] == case == "1"
    assert "an invariant" in report.text()
    assert "40 runs (seed 3)" in report.line()


def test_the_same_seed_gives_the_same_cases() -> None:
    assert found().first == found().first


def test_what_does_not_end_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(Broken):
        def check(self, case: int) -> bool:
            while True:
                time.process_time()

    monkeypatch.setattr(runner, "CASE_SECONDS", 0.1)
    (kind,) = run(Endless(), seed=1, runs=1).found
    assert kind.startswith("Hang")


@pytest.mark.parametrize(
    "row",
    [
        {"die_yield": 1.1},
        {"die_yield": float("nan")},
        {"gross_dies": 1.5, "placement": "best"},
        {"good_die_cost_usd": -1.0},
        {"good_die_cost_usd": 5.0, "good_die_cost_usd_p10": 6.0, "good_die_cost_usd_p90": 7.0},
    ],
)
def test_rows_that_cannot_be_are_refused(row: dict[str, Any]) -> None:
    with pytest.raises(Fault):
        oracle.check_row(row)


@pytest.mark.parametrize("text", ["\x1b[31m", "\u202e", "a\tb"])
def test_letters_that_a_terminal_follows_are_refused(text: str) -> None:
    with pytest.raises(Fault):
        oracle.check_printed(text, "an answer")


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": Infinity}', "{"])
def test_json_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Fault):
        oracle.strict_json(text)
