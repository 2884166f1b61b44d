"""How sure an answer is that rests on many figures: worlds in which every figure is another, and the graph run in each.

The worlds are a fixed Latin hypercube: each figure's range in as many equal shares as there are worlds, each share in
one of them. Which share falls into which world is a hash of the figure's key and the world's number. So a figure is
drawn alike in every answer, whatever else that rests on, and the same on every machine.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from struct import pack, unpack
from typing import TYPE_CHECKING, Any, Final

from nodecalc.progress import doing
from nodecalc_kernels.numbers.distributions import as_is
from nodecalc_kernels.stages import Stage, after, behind, settled, starts_of
from nodecalc_kernels.wafer_graph import REFERENCE

from .band import SHARES, quantile

if TYPE_CHECKING:
    from nodecalc.question.ledger import UsedFigure

WORLDS: Final = 256

SALT: Final = 2325348894
"""Which of the hypercubes it is: of 250 tried, one of the best for the stacks of the catalogue. Its P10 and P90 of what
their wafers cost are within 0.5 % of those of 65536 worlds, also where a source's power, phi, a tool's price or a
layer's cost is given."""

ERROR: Final = 0.006
"""Largest relative error of P10 and P90 of what a wafer of a stack of the catalogue costs; a test holds it."""

COMPILED_FROM: Final = 4096
"""Worlds from which a compiled loop pays, where the compiler is loaded: building one takes seconds."""


def sampled_band(
    stages: Sequence[Stage],
    numbers: Mapping[str, float],
    uncertain: Mapping[str, UsedFigure],
    output: str,
    worlds: int = WORLDS,
) -> tuple[float, ...]:
    """Return P10, P50 and P90 of `output`; arguments as for `sampled`."""
    samples = sampled(stages, numbers, uncertain, output, worlds)
    return tuple(quantile(samples, share) for share in SHARES)


def sampled(
    stages: Sequence[Stage],
    numbers: Mapping[str, float],
    uncertain: Mapping[str, UsedFigure],
    output: str,
    worlds: int = WORLDS,
) -> list[float]:
    """Return `output` in each world, in ascending order.

    Args:
        stages: the graph.
        numbers: what it starts from, by key.
        uncertain: the figures to draw, each by its own distribution and independent of each other. A figure of
            the reference wafer that has no draw of its own is that of the same figure beside it.
        output: the key wanted.
        worlds: how many.

    """
    used = behind(stages, (output,))
    drawn = _drawn(used, uncertain)
    run_all = compiled_samples if worlds >= COMPILED_FROM and "numba" in sys.modules else plain_samples
    with doing(f"sampling {worlds:,} worlds"):
        return run_all(used, numbers, uncertain, drawn, output, worlds)


def _drawn(stages: Sequence[Stage], uncertain: Mapping[str, UsedFigure]) -> dict[str, str]:
    """Return which of the keys that `stages` start from are drawn, and by which key the figure goes that they are."""
    found = {}
    for key in starts_of(stages):
        plain = key if key in uncertain else key.removeprefix(REFERENCE)
        if plain in uncertain:
            found[key] = plain
    return found


def plain_samples(
    stages: Sequence[Stage],
    numbers: Mapping[str, float],
    uncertain: Mapping[str, UsedFigure],
    drawn: Mapping[str, str],
    output: str,
    worlds: int,
) -> list[float]:
    """Return what `sampled` does, a stage in all worlds at a time; what does not vary is worked out once."""
    return sorted(_columns(stages, numbers, uncertain, drawn, (output,), worlds)[0])


def sampled_bands(
    stages: Sequence[Stage],
    numbers: Mapping[str, float],
    uncertain: Mapping[str, UsedFigure],
    outputs: Sequence[str],
    worlds: int = WORLDS,
) -> list[tuple[float, ...]]:
    """Return P10, P50 and P90 of each of `outputs`, all in the same worlds; arguments as for `sampled`."""
    used = behind(stages, outputs)
    with doing(f"sampling {worlds:,} worlds"):
        columns = _columns(used, numbers, uncertain, _drawn(used, uncertain), outputs, worlds)
    return [tuple(quantile(sorted(column), share) for share in SHARES) for column in columns]


def _columns(
    stages: Sequence[Stage],
    numbers: Mapping[str, float],
    uncertain: Mapping[str, UsedFigure],
    drawn: Mapping[str, str],
    outputs: Sequence[str],
    worlds: int,
) -> list[Sequence[float]]:
    """Return each of `outputs` in each world, in the order of the worlds."""
    columns: dict[str, Sequence[float]] = {key: _column(uncertain[plain], worlds) for key, plain in drawn.items()}
    fixed = settled(stages, numbers, drawn)
    for step in after(stages, drawn):
        results = map(step.function, *(columns.get(key) or repeat(fixed[key], worlds) for key in step.inputs))
        if len(step.outputs) == 1:
            columns[step.outputs[0]] = list(results)
        else:
            columns.update(zip(step.outputs, zip(*results, strict=True), strict=True))
    return [columns.get(output) or [fixed[output]] * worlds for output in outputs]


def compiled_samples(
    stages: Sequence[Stage],
    numbers: Mapping[str, float],
    uncertain: Mapping[str, UsedFigure],
    drawn: Mapping[str, str],
    output: str,
    worlds: int,
) -> list[float]:
    """Return the same from the loop written for `stages`."""
    from nodecalc_kernels.compiled import run_points
    from nodecalc_kernels.numpy_whole import np

    given: dict[str, Any] = {key: value for key, value in numbers.items() if key not in drawn}
    for plain in dict.fromkeys(drawn.values()):
        given[plain] = np.array(_column(uncertain[plain], worlds))
    front = [Stage((key,), as_is, (plain,)) for key, plain in drawn.items() if key != plain]
    found = run_points((*front, *stages), given, (output,), parallel=False)[output]
    samples: list[float] = np.sort(found).tolist()
    return samples


def _column(figure: UsedFigure, worlds: int) -> tuple[float, ...]:
    """Return the draw of `figure` in each world."""
    return _quantiles(figure._replace(figures=(), rivals=(), weighed=()), worlds)


@lru_cache(maxsize=1024)
def _quantiles(figure: UsedFigure, worlds: int) -> tuple[float, ...]:
    rising = figure.quantiles(_middles(worlds))
    return tuple([rising[place] for place in _places(figure.key, worlds)])


@lru_cache(maxsize=16)
def _middles(worlds: int) -> tuple[float, ...]:
    """Return the middles of equal shares, one for each world, rising."""
    return tuple([(place + 0.5) / worlds for place in range(worlds)])


@lru_cache(maxsize=1024)
def _places(key: str, worlds: int) -> tuple[int, ...]:
    """Return which of the equal shares the draw of the figure `key` lies in, in each world."""
    hashed = _hash(key.encode(), worlds)
    return tuple(sorted(range(worlds), key=hashed.__getitem__))


def _hash(key: bytes, worlds: int) -> tuple[int, ...]:
    """Return a number of 32 bits for each world: the key by FNV-1a, then each world's number by MurmurHash3's mixer.

    All worlds are mixed at once, as lanes of one long integer: each has room for its products, and 0 above them.
    """
    seed = 2166136261 ^ SALT
    for byte in key:
        seed = (seed ^ byte) * 16777619 & 0xFFFFFFFF
    ones, numbers = _lanes(worlds)
    mask = ones * 0xFFFFFFFF
    h = ones * seed + numbers * 2654435769 & mask
    h = (h ^ h >> 16 & mask) * 2246822507 & mask
    h = (h ^ h >> 13 & mask) * 3266489909 & mask
    h ^= h >> 16 & mask
    return unpack(f"<{worlds}Q", h.to_bytes(8 * worlds, "little"))


@lru_cache(maxsize=4)
def _lanes(worlds: int) -> tuple[int, int]:
    """Return 1 in each lane of 64 bits, and the number of each."""
    ones = int.from_bytes(pack(f"<{worlds}Q", *repeat(1, worlds)), "little")
    return ones, int.from_bytes(pack(f"<{worlds}Q", *range(worlds)), "little")
