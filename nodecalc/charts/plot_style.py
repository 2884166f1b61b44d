"""What all figures of matplotlib have in common: colours, sizes of letters, texts and ticks."""

from __future__ import annotations

from typing import Any, Final

from .canvas import PALETTE
from .ticks import Ticks

COLOURS: Final = (*PALETTE[:-1], "#000000")
"""As in a terminal, but for the yellow, which white paper swallows."""
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 11.0, 9.0, 7.0
"""Letters, points."""


def plain(text: str) -> str:
    """Return `text` so that matplotlib sets it as it is: between two dollar signs it would read a formula."""
    return text.replace("$", r"\$")


def set_ticks(axis: Any, ticks: Ticks) -> None:
    """Give an axis of matplotlib the ticks and number formats that a chart in the terminal has."""
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter

    axis.set_major_locator(FixedLocator([at for at, _ in ticks]))
    axis.set_major_formatter(FixedFormatter([plain(text) for _, text in ticks]))
    axis.set_minor_formatter(NullFormatter())
