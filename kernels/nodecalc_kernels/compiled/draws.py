"""Draws in blocks: shifted Sobol points of some dimensions as values of some distributions, the same in any order.

A block is `BLOCK` neighbouring points from a multiple of it on. The digits of its points are those of the first block,
kept once, exclusive or one number a dimension.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from nodecalc_kernels.numbers.draws import CELLS, KINDS, TABLED, Form, tabled_draw
from nodecalc_kernels.numbers.sobol import directions
from nodecalc_kernels.numpy_whole import FloatArray, np, npt

from .cache import build_loop
from .math import JIT_OPTIONS
from .operands import double_of, get, put, row
from .registration import register_formula

DigitArray = npt.NDArray[np.int64]

BLOCK: Final = 2048
"""Points of a block: fifty figures of one stay in the second-level cache."""

ONE_BITS: Final = 0x3FF0000000000000
"""Of the double 1: with the digits of a share below, it is 1 and that share."""
LESS: Final = 1.0 - 2.0**-53
"""What is to be taken off for the share at the middle of its last digit."""

# Placeholders for what `build_loop` puts in; the loop below is never run with them.
draw_one: Any = None
TABLE: bool = False
PARTS: bool = False


def draw_loop(rows: Any, numbers: Any, tables: Any, cells: Any, digits: Any, base: Any, out: Any) -> None:
    """Fill out[k] with the draws of distribution k at the points digits[k] ^ base[k], for each k of `rows`."""
    count, place = digits.shape[1], 0
    while place < rows.shape[0]:
        k = get(rows, place)
        own, to, mask, figures = (
            row(digits, rows, place),
            row(out, rows, place),
            get(base, k),
            row(numbers, rows, place),
        )
        i = 0
        while i < count:
            put(to, i, double_of((get(own, i) ^ mask) | ONE_BITS) - LESS)
            i += 1
        if PARTS:
            parts = get(cells, k)
            i = 0
            while i < count:
                put(to, i, (np.floor(get(to, i) * parts) + 0.5) / parts)
                i += 1
        i = 0
        if TABLE:
            a, table = get(figures, 0), row(tables, rows, place)
            while i < count:
                at = get(to, i) * CELLS
                cell = np.int64(at)
                put(to, i, draw_one(get(table, cell), get(table, cell + 1), at - cell, a))
                i += 1
        else:
            a, b, c, d = get(figures, 0), get(figures, 1), get(figures, 2), get(figures, 3)
            while i < count:
                put(to, i, draw_one(get(to, i), a, b, c, d))
                i += 1
        place += 1


@cache
def _kernel(kind: int, parts: bool) -> Any:
    """Return the loop of one kind of distributions, with or without equal parts: each is compiled where it is met."""
    formula = tabled_draw if kind == TABLED else KINDS[kind]
    register_formula(formula)
    given = {"draw_one": formula, "TABLE": kind == TABLED, "PARTS": parts}
    name = f"draw_{formula.__name__}{'_parts' if parts else ''}"
    return build_loop(draw_loop, name, given, nogil=True, _nrt=False, **JIT_OPTIONS)


class Sampler:
    """The draws of some distributions, each in a dimension of its own."""

    def __init__(self, forms: Sequence[Form], dimensions: Sequence[int], cells: Sequence[int], count: int) -> None:
        """Keep the forms; `count` is how many points a sequence has, a power of 2, `cells` 0 or equal parts of each."""
        self.size = min(count, BLOCK)
        kinds = [(form.kind, parts > 0) for form, parts in zip(forms, cells, strict=True)]
        self._rows = {
            each: np.array([k for k, kind in enumerate(kinds) if kind == each], dtype=np.int64)
            for each in sorted({*kinds})
        }
        self._numbers = np.array([form.numbers for form in forms], dtype=np.float64).reshape(len(forms), 4)
        self._tables = np.zeros((len(forms), CELLS + 1))
        for k, form in enumerate(forms):
            if form.kind == TABLED:
                self._tables[k] = form.table
        self._cells = np.array(cells, dtype=np.float64)
        self._digits = np.array([_spanned(directions(d), self.size) for d in dimensions])
        skipped = self.size.bit_length() - 1
        heads = [_spanned(directions(d)[skipped:], count // self.size) for d in dimensions]
        self._heads = np.array(heads).reshape(len(forms), count // self.size)

    def fill(self, block: int, shifts: DigitArray, out: FloatArray) -> None:
        """Fill out[k, :size] with the draws of distribution k in a block of a sequence under the digital `shifts`."""
        base = self._heads[:, block] ^ shifts
        for kind, rows in self._rows.items():
            _kernel(*kind)(rows, self._numbers, self._tables, self._cells, self._digits, base, out)


def _spanned(numbers: Sequence[int], count: int) -> DigitArray:
    """Return the exclusive or of those of `numbers` whose bits i has, for i from 0 up to `count`, a power of 2."""
    found = np.zeros(1, dtype=np.int64)
    for number in numbers:
        if found.size >= count:
            break
        found = np.concatenate([found, found ^ number])
    return found
