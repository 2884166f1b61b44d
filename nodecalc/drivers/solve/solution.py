"""The solution of a question: proven roots, or that there is none and what else would have to change."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from nodecalc.errors import InputError
from nodecalc.vocabulary import quantity

from .question import BOTH, FIRST, OTHER, Question
from .scan import FEW_POINTS, POINTS, Found, Root, points, scan

if TYPE_CHECKING:
    from nodecalc.drivers.estimate import Estimate

    from .band import Band
    from .elsewhere import Elsewhere

NONE: Final = "none"
ONE: Final = "one"
SEVERAL: Final = "several"
JUMP: Final = "jump"
ALWAYS: Final = "always"


class Solution:
    """Where a result is as asked. What takes longer than the roots is worked out when it is first asked for."""

    looks_elsewhere = True
    """Whether other inputs are looked at where the one asked for has no root; none found means nothing otherwise."""

    def __init__(self, asked: Question, found: Found, always: bool, at: Mapping[str, Any] | None = None) -> None:
        """Keep what `solve` found."""
        self.question = asked
        self.found = found
        self.at = dict(at or {})
        """Inputs of axes that hold here."""
        self._always = always
        self._late: dict[str, Any] = {}

    @property
    def key(self) -> str:
        """The input looked for."""
        return self.question.key

    @property
    def output(self) -> str:
        """The result that is to be as asked."""
        return self.question.output

    @property
    def roots(self) -> tuple[float, ...]:
        """Every root found in the range, ascending."""
        return tuple(root.at for root in self.found.roots)

    @property
    def meetings(self) -> tuple[Root, ...]:
        """The roots with what both sides are there, and the bracket that proves each."""
        return self.found.roots

    @property
    def status(self) -> str:
        """``one``, ``several``, ``none``; ``jump`` where the one place jumps over it; ``always`` where all is equal."""
        if self._always:
            return ALWAYS
        if not self.meetings:
            return NONE
        if len(self.meetings) > 1:
            return SEVERAL
        return JUMP if self.meetings[0].jumps else ONE

    @property
    def value(self) -> float | None:
        """The root; of several the one nearest to the node's own figure, or the first; None where there is none."""
        if not self.meetings:
            return None
        own = self.own
        if own is None:
            return self.meetings[0].at
        return min(self.meetings, key=lambda root: abs(root.at - own)).at

    @property
    def own(self) -> float | None:
        """What the input is where it is not looked for, as far as something says it."""
        if "own" not in self._late:
            side = self.question.other if self.question.whose == OTHER else self.question.first
            assert side is not None
            self._late["own"] = side.figure(self.key)
        own: float | None = self._late["own"]
        return own

    @property
    def elsewhere(self) -> tuple[Elsewhere, ...]:
        """Where there is no root: other inputs at which there would be one."""
        if self.status != NONE:
            return ()
        if "elsewhere" not in self._late:
            from .elsewhere import elsewhere

            self._late["elsewhere"] = elsewhere(self)
        found: tuple[Elsewhere, ...] = self._late["elsewhere"]
        return found

    @property
    def band(self) -> Band | None:
        """P10, P50 and P90 of the root over the evidence of the figures that are not given; None where all are."""
        if "band" not in self._late:
            from .band import band_of

            self._late["band"] = band_of(self)
        band: Band | None = self._late["band"]
        return band

    def moved(self, x: float, whose: str) -> dict[str, float]:
        """Return the input looked for as a side is asked with it."""
        return {self.key: x} if self.question.whose in (whose, BOTH) else {}

    def estimates(self, x: float | None = None) -> tuple[Estimate, ...]:
        """Return the whole answers of both sides at `x`: at the root, or where they come nearest to each other."""
        at = x if x is not None else self.value if self.value is not None else self.found.nearest[0]
        asked = self.question
        sides = ((asked.first, FIRST), (asked.other, OTHER))
        return tuple(side.estimate(self.moved(at, own)) for side, own in sides if side is not None)

    def to_dict(self, band: bool = True) -> dict[str, Any]:
        """Return the row that ``--format json`` prints; without its `band` where so many are wanted."""
        asked, found = self.question, self.found
        (low, below, below_other), (high, above, above_other) = found.ends
        near, value, other = found.nearest
        return {
            **self.at,
            "node": asked.first.inputs_node(),
            "key": self.key,
            "of": asked.subject(asked.whose) or None,
            "unit": quantity(self.key).unit,
            "output": self.output,
            "to": None if asked.other is None else asked.other.label,
            "target": asked.target if asked.other is None else None,
            "value": self.value,
            "status": self.status,
            "own": self.own,
            **_band_row(self.band if band else None),
            "output_at_value": next((root.value for root in self.meetings if root.at == self.value), None),
            "roots": list(self.roots),
            "brackets": [[root.low, root.high] for root in self.meetings],
            "searched_low": asked.low,
            "searched_high": asked.high,
            "low": low,
            "output_at_low": below,
            "other_at_low": below_other,
            "high": high,
            "output_at_high": above,
            "other_at_high": above_other,
            "nearest": near,
            "output_at_nearest": value,
            "other_at_nearest": other,
            # Along other inputs it would take longer than all the rest, for every point.
            **({} if self.at else {"elsewhere": [e.to_dict() for e in self.elsewhere]}),
        }

    def __repr__(self) -> str:
        where = f"{self.key}={self.value:.6g}" if self.value is not None else f"no {self.key}"
        return f"Solution({where}, {self.status}, {self.output})"


def _band_row(band: Band | None) -> dict[str, Any]:
    """Return a band as members of a row."""
    quantiles = (None, None, None) if band is None else band[:3]
    share = None if band is None else band.share
    return {**dict(zip(("value_p10", "value_p50", "value_p90"), quantiles, strict=True)), "share_with_root": share}


def solved(asked: Question, at: Mapping[str, Any] | None = None, made: type[Solution] | None = None) -> Solution:
    """Return the solution of a question, one of the class `made`; `at` are inputs of axes to be told with it."""
    q = asked.q
    start = start_of(asked)
    first, second = asked.curves(asked.key, asked.whose, start)
    places = points(asked.low, asked.high, q.is_share, FEW_POINTS if asked.sets_out(start) else POINTS)
    found = scan(first, second, places, quantity(asked.output).better == "higher")
    if found is None:
        raise InputError(
            f"{asked.output} has no value at any {asked.key} from {asked.low:g} to {asked.high:g}; "
            "give another range, or a smaller die"
        )
    values = {(first(x), second(x)) for x in places}
    flat = len({value for value in values if isfinite(value[0]) and isfinite(value[1])}) <= 1
    equal = all(a == b for a, b in values)
    if flat and not equal:
        raise InputError(f"{asked.key} changes nothing of {asked.output} here; solve for another input")
    return (made or Solution)(asked, found, equal, at)


def start_of(asked: Question) -> float:
    """Return a value of the input that the question surely has an answer with: the node's own, or the middle."""
    side = asked.other if asked.whose == OTHER and asked.other is not None else asked.first
    own = side.figure(asked.key)
    if own is not None:
        return own
    return middle(asked.low, asked.high, asked.q.is_share)


def middle(low: float, high: float, share: bool) -> float:
    """Return the middle of the points that are looked at in a range."""
    found = points(low, high, share, 3)
    return found[len(found) // 2]
