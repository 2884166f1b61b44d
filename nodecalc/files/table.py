"""What files are written from: axes, results over them, and where the numbers come from. Plain data, and who fills it.

Whoever has a table of rows makes a `Table` of it; files know nothing else of where the rows come from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nodecalc.question.axis import Axis
    from nodecalc.question.blocks import Tiles

    Array = NDArray[np.float64]

Columns = Mapping[str, "Array"]
"""Results by key, of the same rows."""

Tell = Callable[[int, int], None]
"""Called with the rows done and the rows in all."""

METADATA_KEY: Final = "nodecalc"
"""Key under which a file's own metadata hold where its numbers come from."""

EXPANSION: Final = (
    "Rows are the product of the axes in their order, the last fastest: with n_k the length of axis k and s_k the "
    "product of the lengths after it, row r has value number (r // s_k) % n_k of axis k."
)
"""How axes that are stored once belong to the rows."""


class Rows(Protocol):
    """Where the results of a table come from."""

    def fill(self, tiles: Tiles, first: int, last: int, room: Columns) -> Columns:
        """Return the results of the tiles from `first` up to, without, `last`, in the arrays of `room` or its own."""
        ...

    def size_of(self, key: str) -> int:
        """Return how many different values a result can have, at most."""
        ...

    def tile_points(self, keys: Sequence[str]) -> int:
        """Return how many points a tile may have in which those results are worked out."""
        ...


class Table(NamedTuple):
    """A product of axes and results over it."""

    axes: tuple[Axis, ...]
    """In the order of the rows, the last fastest."""
    outputs: tuple[str, ...]
    """Keys of the results."""
    rows: Rows
    metadata: Callable[[], str]
    """Where the numbers come from, as the text of a JSON object."""
    arrays: Callable[[], Columns]
    """The results of all rows, of the table's shape; they are kept, and `rows` gives parts of them from then on."""
    on_workers: Callable[[Any, Callable[..., Any], Sequence[Any], Tell | None], Any] | None = None
    """Takes a client, a function of `Rows` and a job, jobs, and whom to tell: has workers do each job, with rows that
    they work out themselves. None where the rows are here alone."""
    tell: Tell | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(axis.size for axis in self.axes)

    @property
    def points(self) -> int:
        """How many rows there are."""
        return prod(self.shape)
