"""Exposure fields over the dies of a wafer, and the fewest exposures that print them all.

A field holds a x b dies of the grid. Its phase (i, j), 0 <= i < a, 0 <= j < b, is where its corners stand among the
columns and rows. A field is exposed where it holds at least one whole die; it is full where all its dies are whole.

The largest count of dies is reached at many offsets of the grid, and those hold different dies. `fewest_over_offsets`
looks at every set of dies that reaches it: bands of v are halved until all that a band can hold is known, or cannot
need fewer exposures than were found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from .shape import Shape, Span, rows_on, spans_in_every, spans_in_some
from .shaped import Grid, Stretch, band, columns, stretches

Pattern = Mapping[int, tuple[Span, ...]]
"""Whole dies: runs of columns by row, each in ascending order."""

MOST_STEPS: Final = 1_000_000
"""Rows and phases looked at, about half a second of plain Python, after which the search over offsets gives up its
proof; what it found stands."""
FEW_STEPS: Final = 30_000
"""The same where many dies are looked at: a twentieth of that time, and for 2 of 300 dies of 1 to 80 mm2 one exposure
more."""


class Exposures(NamedTuple):
    """How fields of one phase cover the dies."""

    exposures: int
    full: int
    """Fields all of whose dies are whole."""
    i: int
    """Column at which some field begins, 0 <= i < a."""
    j: int
    """Row at which some field begins, 0 <= j < b."""


class Plan(NamedTuple):
    """The fewest exposures over all optimal offsets."""

    best: Exposures
    most: int
    """Exposures of the worst phase at the same offset."""
    t: int
    v: int
    proven: bool
    """Whether every set of as many dies was looked at."""


def dies_per_field(field: int, die: int, scribe: int) -> int:
    """Return how many dies a side of the field holds: the street outside the last one is shared with the next field.

    >>> dies_per_field(26, 26, 1), dies_per_field(33, 16, 1)
    (1, 2)

    """
    return (field + scribe) // (die + scribe)


def pattern_at(shape: Shape, g: Grid, t0: int, t1: int, v0: int, v1: int, every: bool) -> dict[int, tuple[Span, ...]]:
    """Return the dies that are whole at every offset in t0..t1, v0..v1, or else at some; exact at one offset."""
    found = {}
    for j in rows_on(shape, g.h, g.q, v0, v1):
        y0, y1 = v0 + j * g.q, v1 + j * g.q
        if every:
            spans = spans_in_every(shape, g.w, g.h, y0, y1)
            runs = [(columns(s, t0, g.p)[0], columns(s, t1, g.p)[1]) for s in spans]
        else:
            spans = spans_in_some(shape, g.w, g.h, y0, y1)
            runs = [(columns(s, t1, g.p)[0], columns(s, t0, g.p)[1]) for s in spans]
        # Spans on both sides of a keep-out may hold neighbouring columns, or over a range of offsets the same one.
        whole = [run for run in runs if run[0] <= run[1]]
        if whole:
            found[j] = tuple(_union([tuple(whole)]) if len(whole) > 1 else whole)
    return found


def size(pattern: Pattern) -> int:
    """Return how many dies a pattern has."""
    return sum(b - a + 1 for runs in pattern.values() for a, b in runs)


def phases(pattern: Pattern, a: int, b: int) -> tuple[Exposures, int]:
    """Return the phase that needs the fewest exposures, of those the one with the most full fields, and the most.

    >>> dies = {0: ((0, 2),), 1: ((0, 2),)}
    >>> phases(dies, 2, 2)
    (Exposures(exposures=2, full=1, i=0, j=0), 4)

    """
    found = [e for j in range(b) for e in _at_phase(pattern, a, b, j)]
    best = min(found, key=lambda e: (e.exposures, -e.full))
    return best, max(e.exposures for e in found)


def _at_phase(pattern: Pattern, a: int, b: int, j: int) -> list[Exposures]:
    """Return the exposures at every column phase.

    A run x..y touches floor((y - i)/a) - floor((x - i)/a) + 1 fields, and each term falls by one where i passes the
    rest of its number over a; so that one walk over i serves all runs. Two runs of a band share a field where none
    begins between them.
    """
    bands: dict[int, tuple[int, int, int, int, int]] = {}
    gapped: dict[int, list[tuple[Span, ...]]] = {}
    for row, runs in pattern.items():
        at = (row - j) // b
        if len(runs) > 1:
            gapped.setdefault(at, [])
            continue
        ((x, y),) = runs
        if at in bands:
            left, right, inner_left, inner_right, rows = bands[at]
            bands[at] = (
                x if x < left else left,
                y if y > right else right,
                x if x > inner_left else inner_left,
                y if y < inner_right else inner_right,
                rows + 1,
            )
        else:
            bands[at] = (x, y, x, y, 1)
    # Runs of one band that do not all meet are a matter of their own, and so are rows of several runs.
    for at, (_, _, inner_left, inner_right, _) in bands.items():
        if inner_left > inner_right:
            gapped.setdefault(at, [])
    hit, full = [0] * (a + 1), [0] * (a + 1)
    for at, (left, right, inner_left, inner_right, rows) in bands.items():
        if at in gapped:
            continue
        hit[0] += right // a - left // a + 1
        hit[left % a + 1] += 1
        hit[right % a + 1] -= 1
        # A run shorter than this holds no field at any phase.
        if rows == b and inner_right - inner_left + 2 >= a:
            _add_whole(full, inner_left, inner_right, a)
    if gapped:
        for row, runs in pattern.items():
            at = (row - j) // b
            if at in gapped:
                gapped[at].append(runs)
        for several in gapped.values():
            _add_gapped(hit, full, several, a, b)
    found, exposures, whole = [], 0, 0
    for i in range(a):
        exposures += hit[i]
        whole += full[i]
        found.append(Exposures(exposures, whole, i, j))
    return found


def _add_whole(full: list[int], x: int, y: int, a: int) -> None:
    """Count the fields that lie within a run at each phase; `full` are differences from phase to phase."""
    first, after = x + a - 1, y + 1
    full[0] += after // a - first // a
    full[after % a + 1] -= 1
    full[first % a + 1] += 1


def _add_gapped(hit: list[int], full: list[int], rows: list[tuple[Span, ...]], a: int, b: int) -> None:
    """Count the fields of a band whose rows have any runs."""
    touched = _union(rows)
    for x, y in touched:
        hit[0] += y // a - x // a + 1
        hit[x % a + 1] += 1
        hit[y % a + 1] -= 1
    for (_, y), (x, _) in pairwise(touched):
        if x - y < a:
            hit[0] -= 1
            _add_round(hit, (y + 1) % a, x - y, a)
    for x, y in _common(rows) if len(rows) == b else ():
        if y - x + 2 >= a:
            _add_whole(full, x, y, a)


def _add_round(steps: list[int], first: int, count: int, a: int) -> None:
    """Add 1 at `count` phases from `first` on, going round; `steps` are differences from phase to phase."""
    beyond = first + count - a
    steps[first] += 1
    if beyond > 0:
        steps[0] += 1
        steps[beyond] -= 1
    else:
        steps[first + count] -= 1


def fewest_over_offsets(
    shape: Shape, g: Grid, dies: int, t: int, v: int, a: int, b: int, most_steps: int = MOST_STEPS
) -> Plan:
    """Return the fewest exposures over all field phases and all offsets that hold as many dies.

    Args:
        shape: the ground.
        g: the dies.
        dies: the largest count there is over all offsets, >= 1.
        t: an offset that reaches it; half nanometres, as all offsets.
        v: the other part of it.
        a: columns of dies in a field.
        b: rows of dies in a field.
        most_steps: after which the search gives up its proof.

    """
    first, most = phases(pattern_at(shape, g, t, t, v, v, True), a, b)
    search = _Search(shape, g, dies, a, b, Plan(first, most, t, v, True), most_steps)
    return search.run()


class _Search:
    """Bands of v still to be looked at, and the best plan so far."""

    def __init__(self, shape: Shape, g: Grid, dies: int, a: int, b: int, plan: Plan, most_steps: int) -> None:
        self.shape, self.g, self.dies, self.a, self.b, self.plan = shape, g, dies, a, b, plan
        self.known: dict[tuple[tuple[int, tuple[Span, ...]], ...], tuple[Exposures, int]] = {}
        self.steps, self.most_steps = 0, most_steps

    def run(self) -> Plan:
        # Mirrored either way a round wafer is itself, and so are the phases: a quarter of the offsets is all there are.
        last_t, last_v = self.g.p - 1, self.g.q - 1
        if self.shape.is_round:
            last_t, last_v = self.g.p // 2, self.g.q // 2
        bands = [(0, last_v)]
        while bands and not self.is_least():
            v0, v1 = bands.pop()
            spans = band(self.shape, self.g, v0, v1)
            self.steps += len(spans)
            parts = [s for s in stretches(spans, self.g.p) if s.dies >= self.dies and s.first <= last_t]
            done = all(self.settled(s, v0, v1) for s in parts)
            if not done and v0 < v1:
                mid = (v0 + v1) // 2
                bands += [(v0, mid), (mid + 1, v1)]
            if self.steps > self.most_steps:
                return self.plan._replace(proven=False)
        return self.plan

    def is_least(self) -> bool:
        """Whether no plan can be better: every field full."""
        return self.plan.best.exposures * self.a * self.b < self.dies + self.a * self.b

    def settled(self, s: Stretch, v0: int, v1: int) -> bool:
        """Look at the dies of a stretch; return whether nothing in this band and stretch can be better."""
        if self.steps > self.most_steps:
            return False
        inner = pattern_at(self.shape, self.g, s.first, s.last, v0, v1, True)
        self.steps += len(inner)
        held = size(inner)
        if held == self.dies == s.dies:
            best, most = self.phases(inner)
            if best.exposures < self.plan.best.exposures:
                self.plan = Plan(best, most, (s.first + s.last) // 2, (v0 + v1) // 2, True)
            return True
        if s.dies == self.dies:
            outer = pattern_at(self.shape, self.g, s.first, s.last, v0, v1, False)
            if size(outer) == self.dies and self.phases(outer)[0].exposures >= self.plan.best.exposures:
                return True
        return self.phases(inner)[0].exposures >= self.plan.best.exposures if inner else False

    def phases(self, pattern: Pattern) -> tuple[Exposures, int]:
        """Return `phases` of a pattern, each worked out once."""
        key = tuple(pattern.items())
        if key not in self.known:
            self.steps += (len(pattern) + self.a) * self.b
            self.known[key] = phases(pattern, self.a, self.b)
        return self.known[key]


def _union(rows: Iterable[tuple[Span, ...]]) -> list[Span]:
    """Return the columns that any of `rows` has, as runs that do not touch."""
    merged: list[Span] = []
    for a, b in sorted(run for runs in rows for run in runs):
        if merged and a <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged


def _common(rows: list[tuple[Span, ...]]) -> list[Span]:
    """Return the columns that all of `rows` have, as runs."""
    common: list[Span] = list(rows[0])
    for runs in rows[1:]:
        common = [(max(a, c), min(b, d)) for a, b in common for c, d in runs if max(a, c) <= min(b, d)]
    return common
