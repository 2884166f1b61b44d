"""Gross margins of foundries by year, and when the fabs of their nodes began."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import nodecalc_seeds

from .builtin import one_table
from .figure import Figure, make_figure

FILE: Final = "margins.toml"


@lru_cache(maxsize=1)
def _text() -> str:
    return nodecalc_seeds.read(FILE)


class Margin(NamedTuple):
    """The gross margin of a company, or of the one that stands in for it."""

    figure: Figure
    company: str
    stands_in: bool
    """Whether it is another company's: this one discloses none for its foundry."""


def margin_of(foundry: str, year: float) -> Margin:
    """Return the gross margin of `foundry` in the year nearest to `year`; the later of two as near.

    >>> margin_of("TSMC", 2020).figure.value, margin_of("Intel", 2025).company
    (0.531, 'TSMC')

    """
    text = _text()
    table = one_table(text, f'[company."{foundry}"]')
    usual = one_table(text, "[company]")
    assert usual is not None
    company = foundry if table is not None else str(usual["stands_in"])
    if table is None:
        table = one_table(text, f'[company."{company}"]')
    assert table is not None
    nearest = min(table["gross_margin"], key=lambda row: (abs(row["year"] - year), -row["year"]))
    return Margin(make_figure("gross_margin", nearest), company, company != foundry)


def start_of(node_id: str) -> Figure | None:
    """Return when the fabs of a node began, as a year with its quarter, None where only a year of volume is known.

    >>> start_of("tsmc-n16").value
    2016.4

    """
    table = one_table(_text(), "[start]")
    assert table is not None
    row = table.get(node_id)
    return None if row is None else make_figure("start", row)
