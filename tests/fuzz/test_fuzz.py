"""Some cases of every target with fixed seeds; ``python -m tests.fuzz --minutes 30`` tries as many as go into it."""

from __future__ import annotations

import pytest

from .runner import run
from .targets import TARGETS

RUNS = {"lines": 110, "calls": 1200, "toml": 15, "metadata": 300, "damage": 200, "agree": 4, "kills": 4}
"""Cases of each in the gate: some seconds in all."""


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks(name: str) -> None:
    report = run(TARGETS[name](), seed=20261126, runs=RUNS[name])
    assert not report.found, report.text()
    assert report.answered, "every case was refused: the generator tries nothing"
