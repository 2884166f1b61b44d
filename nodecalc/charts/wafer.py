"""A wafer as a picture: numbers in millimetres and what stands where, for every kind of drawing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from math import acos, cos, pi, sin
from typing import Final, NamedTuple

from .heat import tint

GOOD: Final = "good"
DROP_IN: Final = "drop-in"
EXCLUDED: Final = "excluded"
PARTIAL: Final = "partial"

COLOURS: Final = {
    GOOD: ("#009e73", "#007a59"),
    DROP_IN: ("#cc79a7", "#cc79a7"),
    EXCLUDED: ("#e69f00", "#c48700"),
    PARTIAL: ("#8a8a8a", "#757575"),
}
"""Two tones a status, by turns, so that neighbours can be told apart; hues as in `canvas.PALETTE`."""


class Outline(NamedTuple):
    """The edge of a wafer or panel, mm from its middle."""

    half_width: float
    half_height: float
    radius: float
    """0 for a panel."""
    flats: tuple[tuple[float, float], ...] = ()
    """Of a wafer: the direction of each flat's middle, radians from the right upwards, in [0, 2 pi), and how far it
    is; in ascending order."""

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies on it."""
        if self.radius == 0.0:
            return abs(x) <= self.half_width and abs(y) <= self.half_height
        return x * x + y * y <= self.radius * self.radius and all(
            x * cos(turn) + y * sin(turn) <= far for turn, far in self.flats
        )

    def corners(self) -> list[tuple[float, float]]:
        """Return the angles at which each flat begins and ends, radians, counter-clockwise."""
        halves = [(turn, acos(min(far / self.radius, 1.0))) for turn, far in self.flats]
        return [(turn - half, turn + half) for turn, half in halves]

    def path(self) -> str:
        """Return its path in the language of SVG, ordinates upwards."""
        if self.radius == 0.0:
            w, h = self.half_width, self.half_height
            return f"M{-w:g} {-h:g}H{w:g}V{h:g}H{-w:g}Z"
        r = self.radius
        corners = self.corners()
        if not corners:
            return f"M{r:g} 0A{r:g} {r:g} 0 1 1 {-r:g} 0A{r:g} {r:g} 0 1 1 {r:g} 0Z"
        parts = []
        for (_, end), (begin, _) in zip(corners, [*corners[1:], corners[0]], strict=True):
            large = int((begin - end) % (2.0 * pi) > pi)
            parts.append(f"{_point(r, end)}A{r:g} {r:g} 0 {large} 1 {_point(r, begin)}")
        return f"M{'L'.join(parts)}Z"


def _point(radius: float, angle: float) -> str:
    return f"{radius * cos(angle):.6g} {radius * sin(angle):.6g}"


class Block(NamedTuple):
    """A keep-out: all within `radius` of a rectangle, mm."""

    x: float
    y: float
    half_width: float
    half_height: float
    radius: float


class SitesInRow(NamedTuple):
    """A row of sites: column i stands at x + i pitch."""

    number: int
    x: float
    y: float
    runs: tuple[tuple[int, int, str], ...]
    """First and last column and their status, in ascending order."""

    def status(self, column: int) -> str:
        """Return the status of a column, empty where there is no site."""
        place = bisect_right(self.runs, (column, 1 << 62, "")) - 1
        return self.runs[place][2] if place >= 0 and column <= self.runs[place][1] else ""


class WaferPicture(NamedTuple):
    """A wafer and the dies on it, mm; x to the right, y upwards, from the middle."""

    title: str
    die: tuple[float, float]
    pitch: tuple[float, float]
    rows: tuple[SitesInRow, ...]
    """From the lowest to the highest, without gaps."""
    wafer: Outline
    usable: Outline
    blocks: tuple[Block, ...]
    counts: dict[str, int]
    """Sites by status; what there is none of is left out."""
    fields: tuple[tuple[float, float, float, float], ...] = ()
    """Exposures: left, lower, right and upper edge."""
    value: Callable[[int, int], float | None] | None = None
    """Expected yield of the good die in a column and row, where the picture is of yields and not of statuses."""
    extent: tuple[float, float] = (0.0, 1.0)
    """Lowest and highest of those."""

    def colour(self, column: int, row: int, status: str, tones: bool = True) -> str:
        """Return the colour of a site; with `tones` neighbours differ."""
        value = self.value(column, row) if self.value is not None and status == GOOD else None
        if value is not None:
            low, high = self.extent
            return tint((value - low) / (high - low) if high > low else 1.0)
        return COLOURS[status][(column + row) % 2 if tones else 0]

    def row_at(self, y: float) -> SitesInRow | None:
        """Return the row of cells that a height is in."""
        if not self.rows:
            return None
        place = round((y - self.rows[0].y) / self.pitch[1])
        return self.rows[place] if 0 <= place < len(self.rows) else None

    def legend(self) -> list[tuple[str, int]]:
        """Return each status that there is and its sites."""
        return [(status, self.counts[status]) for status in COLOURS if self.counts.get(status)]
