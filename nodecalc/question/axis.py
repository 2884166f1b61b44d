"""One axis of a sweep: its values, worked out when they are needed, so that an axis of 10^10 points costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


FEW: Final = 1 << 10
"""Values that are worked out one by one: loading numpy, or finding a compiled loop, would take longer."""


class Span(NamedTuple):
    """Evenly spaced numbers, both ends included; evenly in their logarithm where `log`."""

    start: float
    stop: float
    count: int  # type: ignore[assignment]  # a span counts its points, not its fields
    log: bool

    def values(self, first: int, last: int) -> NDArray[np.float64]:
        """Return the values from index `first` up to, without, `last`; the ends are exactly start and stop."""
        from nodecalc_kernels.numpy_whole import np

        if self.count <= FEW:
            return np.array(self.listed(first, last), dtype=np.float64)
        index = np.arange(first, last, dtype=np.float64)
        steps = max(self.count - 1, 1)
        if self.log:
            found = self.start * (self.stop / self.start) ** (index / steps)
        else:
            found = self.start + index * ((self.stop - self.start) / steps)
        if last == self.count and self.count > 1 and last > first:
            found[-1] = self.stop
        return found

    def listed(self, first: int, last: int) -> list[float]:
        """Return the same values as a list; few of them do without numpy, whose powers may have another last bit."""
        if self.count > FEW and (self.log or last - first > FEW):
            several: list[float] = self.values(first, last).tolist()
            return several
        steps = max(self.count - 1, 1)
        if self.log:
            ratio = self.stop / self.start
            found = [self.start * ratio ** (index / steps) for index in range(first, last)]
        else:
            step = (self.stop - self.start) / steps
            found = [self.start + index * step for index in range(first, last)]
        if last == self.count and self.count > 1 and last > first:
            found[-1] = self.stop
        return found


class Axis(NamedTuple):
    """An input that a sweep varies."""

    key: str
    """Vocabulary key, or ``node``."""
    points: Span | Sequence[Any] | NDArray[np.float64]
    """A span, a sequence of floats (an array or a tuple), or a tuple of names."""

    @property
    def size(self) -> int:
        """How many values the axis has."""
        return self.points.count if isinstance(self.points, Span) else len(self.points)

    @property
    def is_names(self) -> bool:
        """Whether the values are names, not numbers."""
        return isinstance(self.points, tuple) and not isinstance(self.points, Span) and isinstance(self.points[0], str)

    @property
    def holds_texts(self) -> bool:
        """Whether any of its values is a text: a name, or a number with a unit that is yet to be read."""
        listed = isinstance(self.points, tuple) and not isinstance(self.points, Span)
        return listed and any(isinstance(value, str) for value in self.points)

    @property
    def is_resolved(self) -> bool:
        """Whether each value is a question of its own to the catalogue: names, and inputs of one node alone."""
        return self.is_names or ":" in self.key

    def values(self, first: int = 0, last: int | None = None) -> NDArray[Any]:
        """Return the values from index `first` up to, without, `last`, as an array."""
        from nodecalc_kernels.numpy_whole import np

        end = self.size if last is None else last
        if isinstance(self.points, Span):
            return self.points.values(first, end)
        return np.asarray(self.points[first:end], dtype=None if self.is_names else np.float64)

    def listed(self, first: int = 0, last: int | None = None) -> list[Any]:
        """Return the same values as a list of floats or of names."""
        end = self.size if last is None else last
        if isinstance(self.points, Span):
            return self.points.listed(first, end)
        if isinstance(self.points, tuple):
            return list(self.points[first:end])
        found: list[Any] = self.values(first, end).tolist()
        return found

    def at(self, index: int) -> Any:
        """Return one value: a float or a name."""
        return self.listed(index, index + 1)[0]

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest of its numbers."""
        if isinstance(self.points, Span):
            return self.points.start, self.points.stop
        if isinstance(self.points, tuple):
            return min(self.points), max(self.points)
        values = self.values()
        return float(values.min()), float(values.max())

    def to_spec(self) -> dict[str, Any]:
        """Return the axis as JSON holds it."""
        if isinstance(self.points, Span):
            return {"key": self.key, **self.points._asdict()}
        return {"key": self.key, "values": self.listed()}
