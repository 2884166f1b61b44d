"""A few lots of some designs; ``python -m tests.intervals`` draws a thousand of each."""

from __future__ import annotations

import pytest

from .designs import held


@pytest.mark.parametrize(
    ("design", "lots", "least", "most"),
    [
        # Of intervals that hold in 90 of 100 lots, outside of these limits once in a thousand times.
        ("one-area", 300, 251, 287),
        ("few-areas", 30, 21, 30),
        ("few-wafers", 8, 4, 8),
        ("areas-alpha-given", 60, 45, 60),
        ("maps", 8, 4, 8),
    ],
)
def test_intervals_hold_as_often_as_they_say(design: str, lots: int, least: int, most: int) -> None:
    found = held(design, lots, seed=20261126)
    for name in found.below:
        assert least <= round(found.share(name) * lots) <= most, found
