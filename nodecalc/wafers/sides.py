"""Two wafers in one graph: what depends on the counts of a stack stands there twice, everything else once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from nodecalc.question.ledger import Ledger
from nodecalc_kernels.stages import Stage, after, behind, keys_of, starts_of

from .kept import kept
from .prices import resolved
from .starts import counts_of, wafer_stages, wafer_supply

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Stack


class Sides(NamedTuple):
    """Several wafers in one graph."""

    stages: tuple[Stage, ...]
    starts: Mapping[str, float]
    """What the stages start from that is not given."""
    ledger: Ledger


def sides(
    stacks: Mapping[str, Stack], outputs: Collection[str], catalogue: Catalogue, given: Mapping[str, float]
) -> Sides:
    """Return one graph that prices each of `stacks`, whose results go by the key of the stack before their own.

    Args:
        stacks: key to put in front of all that is of one stack alone, such as "other_", and the stack; "" is one.
        outputs: results wanted of each.
        catalogue: figures and tools.
        given: wafer inputs of the user, of all stacks alike.

    """
    keys = frozenset(given)

    def make() -> Sides:
        return _sides(stacks, outputs, catalogue, keys)

    return kept(catalogue, ("sides", tuple(stacks.items()), tuple(outputs), keys), make)


def _sides(stacks: Mapping[str, Stack], outputs: Collection[str], catalogue: Catalogue, given: frozenset[str]) -> Sides:
    first = stacks[""]
    base = behind(wafer_stages(tuple(stacks.values()), catalogue, given), outputs, given)
    counts = set(counts_of(first, catalogue))
    moved = after(base, counts)
    own = {*counts, *keys_of(moved)}
    found = list(base)
    for side in stacks:
        if side:
            found += [_renamed(step, side, own) for step in moved]
    needed = [key for key in starts_of(base) if key not in given]
    known = resolved(needed, wafer_supply(first, catalogue, given))
    starts = dict(known.numbers)
    for side, stack in stacks.items():
        if side:
            starts |= {side + key: value for key, value in counts_of(stack, catalogue).items() if key in starts}
    return Sides(tuple(found), starts, known.ledger)


def _renamed(step: Stage, side: str, own: Collection[str]) -> Stage:
    """Return a stage of another stack: what is its own goes by another key."""
    return step._replace(
        outputs=tuple(side + key for key in step.outputs),
        inputs=tuple(side + key if key in own else key for key in step.inputs),
    )
