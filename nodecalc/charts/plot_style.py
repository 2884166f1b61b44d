"""What all figures of matplotlib have in common: colours, sizes of letters, texts and ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from .canvas import PALETTE
from .ticks import Ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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


def open_frame(axes: Axes, lines: Literal["both", "x"] = "both") -> None:
    """Leave out the frame's upper and right side, and draw a grid behind the rest."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, axis=lines, color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def wrapped(text: str, width: float, size: float) -> str:
    """Fold `text` to a figure `width` inches wide: a letter is a bit more than half as wide as it is high."""
    from textwrap import wrap

    most = int(width * 72.0 * 0.95 / (0.56 * size))
    return plain("\n".join(wrap(text, most, break_long_words=False, break_on_hyphens=False)))
