"""What is kept of a grid whose results are not: sums, extremes, histograms.

Everything that a result depends on is fixed by the grid alone, never by the number of threads: sums are taken lane by
lane over groups of pieces in the grid's own order, and counts are whole numbers.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from nodecalc_kernels.numbers.vecmath import INF
from nodecalc_kernels.numpy_whole import FloatArray, np
from nodecalc_kernels.tasks import GROUP, HISTOGRAM_BITS, Task

from .cache import build_loop
from .grid import IntArray, Operand, fill, of_pieces
from .math import JIT_OPTIONS
from .operands import all_along, bits_of, parts
from .write import loop_name, written_steady

BLOCK: Final = 512
"""Values that are looked at together: 4 kB, which stay in the first-level cache."""

LANES: Final = BLOCK // 8
"""Running sums side by side, so that no addition waits for the one before."""

INF_BITS: Final = np.int64(0x7FF0000000000000)

BINS: Final = 1 << (11 + HISTOGRAM_BITS)
"""All non-negative doubles. Bins that no value falls into are never touched, and cost no memory."""

_BIN_SHIFT: Final = 52 - HISTOGRAM_BITS

# Placeholder for what `build_loop` puts in; the loop below is never run with it.
points: Any = None


def stats_loop(counts: IntArray, operands: Any, sums: FloatArray, lows: IntArray, highs: IntArray) -> None:
    """Fill sums and the bits of the extremes of all points, one of each for every GROUP pieces.

    Values are collected in a block, whatever pieces they come from, and then looked at. No result is negative, and
    doubles that are not are in the order of their bits: extremes of whole numbers, unlike those of doubles, are taken
    many at a time. Bits of nan are those of no number; whoever finds nan in a sum asks again.
    """
    pieces = counts.shape[0]
    block, total = np.empty(BLOCK), np.empty(LANES)
    for group in range(sums.shape[0]):
        total[:] = 0.0
        low, high, filled = INF_BITS, np.int64(0), 0
        for p in range(group * GROUP, min((group + 1) * GROUP, pieces)):
            count, done = counts[p], 0
            of_piece = all_along(operands, p, count)
            while done < count:
                taken = min(BLOCK - filled, count - done)
                points(taken, parts(of_piece, done, done + taken), (block[filled : filled + taken],))
                done += taken
                filled += taken
                if filled == BLOCK:
                    for i in range(BLOCK):
                        bits = bits_of(block[i])
                        low, high = min(low, bits), max(high, bits)
                    for i in range(LANES):
                        # Eight at a time, in an order of our own: sums must not depend on the machine.
                        first = (block[i] + block[i + LANES]) + (block[i + 2 * LANES] + block[i + 3 * LANES])
                        second = (block[i + 4 * LANES] + block[i + 5 * LANES]) + (
                            block[i + 6 * LANES] + block[i + 7 * LANES]
                        )
                        total[i] += first + second
                    filled = 0
        for i in range(filled):
            bits = bits_of(block[i])  # of one number: a view of the block takes long to compile
            low, high = min(low, bits), max(high, bits)
            total[i % LANES] += block[i]
        summed = 0.0
        for i in range(LANES):
            summed += total[i]
        sums[group], lows[group], highs[group] = summed, low, high


def histogram_loop(values: FloatArray, table: IntArray) -> None:
    """Count values into the bins of a table; nan is left out, and so is anything below 0."""
    for i in range(values.shape[0]):
        value = values[i]
        if value >= 0.0:
            # -0.0 is no negative number, but its bits are.
            place = bits_of(value) >> _BIN_SHIFT
            table[place if place > 0 else 0] += 1


@cache
def _stats_kernel(task: Task) -> Any:
    name = f"stats_{loop_name(task)}"
    return build_loop(stats_loop, name, {"points": written_steady(task)}, nogil=True, **JIT_OPTIONS)


@cache
def _plain_kernel(template: Any) -> Any:
    return build_loop(template, template.__name__, {}, nogil=True, **JIT_OPTIONS)


def stats(
    task: Task, operands: tuple[Operand, ...], counts: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray, IntArray]:
    """Return sums, smallest and largest values and numbers of nan of a result, one each for every `GROUP` pieces.

    Arguments as for `compiled_grid.fill`; the result must not be negative anywhere. nan takes part in nothing but its
    own count.
    """
    groups = -(-len(counts) // GROUP)
    sums, low_bits, high_bits = np.empty(groups), np.empty(groups, np.int64), np.empty(groups, np.int64)
    nans = np.zeros(groups, np.int64)
    task, operands = of_pieces(task, operands, counts)
    _stats_kernel(task)(counts, operands, sums, low_bits, high_bits)
    lows, highs = low_bits.view(np.float64), high_bits.view(np.float64)
    for group in np.flatnonzero(np.isnan(sums)).tolist():
        # Rare, so that no test for nan need slow the loop: the group again, without them.
        values = fill_group(task, operands, counts, group)
        missing = np.isnan(values)
        nans[group] = np.count_nonzero(missing)
        valid = values[~missing]
        sums[group] = np.sum(valid)
        lows[group], highs[group] = (valid.min(), valid.max()) if valid.size else (INF, -INF)
    return sums, lows, highs, nans


def fill_group(task: Task, operands: tuple[Operand, ...], counts: IntArray, group: int) -> FloatArray:
    """Return the values of one group of pieces."""
    pieces = slice(group * GROUP, (group + 1) * GROUP)
    of_group = counts[pieces]
    starts = np.cumsum(of_group) - of_group
    values = np.empty(int(of_group.sum()))
    fill(task, tuple(_pieces(operand, pieces) for operand in operands), of_group, starts, values)
    return values


def _pieces(operand: Operand, pieces: slice) -> Operand:
    """Return the part of an operand that belongs to some of the pieces."""
    if isinstance(operand, tuple):
        return operand[0], operand[1][pieces]
    return operand[pieces] if isinstance(operand, np.ndarray) else operand


def histogram_table() -> IntArray:
    """Return an empty table for `histogram`; what is never touched of its 32 MB takes no memory."""
    return np.zeros(BINS, np.int64)


def histogram(values: FloatArray, table: IntArray) -> None:
    """Count `values` into `table`."""
    _plain_kernel(histogram_loop)(values, table)


def bin_of(value: float) -> int:
    """Return the bin that a value >= 0 falls into."""
    return max(int(np.float64(value).view(np.int64)) >> _BIN_SHIFT, 0)


def bin_edges(index: IntArray | int) -> FloatArray:
    """Return the smallest value of bins of the histogram."""
    return (np.asarray(index, np.int64) << _BIN_SHIFT).view(np.float64)
