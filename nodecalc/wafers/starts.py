"""What the price of a wafer from its layers starts from, counts of its stack and figures of tools, and the price."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.catalogue.figure import figure_range, preferred_figure
from nodecalc.errors import MissingFigureError
from nodecalc.question.ledger import Ledger, UsedFigure, given_figure
from nodecalc.question.resolve import Supply, resolve_starts
from nodecalc.vocabulary import tool_key
from nodecalc_kernels.stages import after, behind, keys_of, run, starts_of
from nodecalc_kernels.wafer_graph import REFERENCE, STEP_TOOL, wafer_graph

from .counts import totals, work_of
from .exposure import EUV_KEYS
from .kept import kept

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Figure, Stack
    from nodecalc_kernels.stages import Stage

RESULTS: Final = ("wafer_price_usd", "process_usd")
"""What a wafer's stages are run for; every other result leads to these."""

NO_KEYS: Final[frozenset[str]] = frozenset()


class Priced(NamedTuple):
    """A wafer, or exposures alone, priced: the stages that it took, what they start from, and what came out."""

    stages: tuple[Stage, ...]
    given: Mapping[str, float]
    """The wafer inputs of the user."""
    starts: Mapping[str, float]
    """What the stages start from: given, of the catalogue, or the vocabulary's own."""
    ledger: Ledger
    """The catalogue's figures among these. One that the reference wafer takes beside the user's own number, which is
    of this wafer alone, goes by the reference's key."""
    values: Mapping[str, float]
    """What the stages start from and every result, by key."""

    @property
    def figures(self) -> Ledger:
        """Everything that the answer rests on: the figures of the ledger, and before them what was given and taken."""
        taken = set(starts_of(self.stages))
        return Ledger([given_figure(key, value) for key, value in self.given.items() if key in taken]) | self.ledger

    @property
    def unused(self) -> tuple[str, ...]:
        """Keys of what was given and no stage takes: figures of a tool that nothing passes, say."""
        taken = self.figures
        return tuple(key for key in self.given if key not in taken)

    def again(self, changed: Mapping[str, float]) -> dict[str, float]:
        """Return the values where some starts are `changed`; only what depends on them is worked out again."""
        moved = after(self.stages, changed)
        gone = set(keys_of(moved))
        return run(moved, {key: value for key, value in self.values.items() if key not in gone} | dict(changed))


def priced(stack: Stack, catalogue: Catalogue, given: Mapping[str, float]) -> Priced:
    """Return a wafer of `stack` priced under the wafer inputs `given`.

    What is given is a question about this wafer: the reference wafer, to which the cost of a layer is fitted, keeps the
    catalogue's figures. Only phi belongs to the model, and so to both.
    """
    return _run(wafer_start(stack, catalogue, given), given)


def wafer_start(stack: Stack, catalogue: Catalogue, given: Iterable[str]) -> Start:
    """Return the stages that price a wafer of `stack` where the keys `given` are, and what else they start from."""
    keys = frozenset(given)

    def make() -> Start:
        return _start(wafer_stages((stack,), catalogue, keys), RESULTS, stack, catalogue, keys)

    return kept(catalogue, ("wafer", stack, keys), make)


def priced_exposures(tools: Iterable[str], catalogue: Catalogue, given: Mapping[str, float]) -> Priced:
    """Return an exposure with each of `tools` priced, and a step beside it, under the wafer inputs `given`."""
    keys, used = frozenset(given), frozenset((STEP_TOOL, *tools))

    def make() -> Start:
        ordered = tuple(tool for tool in catalogue.tools if tool in used)
        wanted = (*(exposure_key(tool) for tool in ordered), "step_usd")
        return _start(wafer_graph(ordered, _powered(ordered, catalogue, keys)), wanted, None, catalogue, keys)

    return _run(kept(catalogue, ("exposures", used, keys), make), given)


def exposure_key(tool: str) -> str:
    """Return the key of what a pass through `tool` costs."""
    return f"{tool}_exposure_usd"


class Start(NamedTuple):
    """A graph, and what the catalogue and defaults have for it to start from."""

    stages: tuple[Stage, ...]
    numbers: Mapping[str, float]
    ledger: Ledger


def _start(
    stages: tuple[Stage, ...],
    outputs: tuple[str, ...],
    stack: Stack | None,
    catalogue: Catalogue,
    given: frozenset[str],
) -> Start:
    """Return the stages that lead to `outputs` where the keys `given` are, and what else they start from."""
    used = behind(stages, outputs, given)
    starts = (key for key in starts_of(used) if key not in given)
    found = resolve_starts(starts, {}, wafer_supply(stack, catalogue, given))
    if found.missing:
        raise MissingFigureError(f"no value for {', '.join(found.missing)}; give it in a catalogue file")
    return Start(used, found.numbers | found.defaults, found.ledger)


def _run(start: Start, given: Mapping[str, float]) -> Priced:
    starts = {**start.numbers, **given}
    return Priced(start.stages, given, starts, start.ledger, run(start.stages, starts))


def wafer_stages(stacks: Iterable[Stack], catalogue: Catalogue, given: Collection[str]) -> tuple[Stage, ...]:
    """Return the stages that price wafers of `stacks` where the keys `given` are; tools that none uses are left out."""
    tools = _in_order((tool for stack in stacks for tool in work_of(stack).passes), catalogue)
    reference = _in_order(work_of(_reference(catalogue)).passes, catalogue)
    return wafer_graph(tools, _powered(tools, catalogue, given), reference)


def _in_order(tools: Iterable[str], catalogue: Catalogue) -> tuple[str, ...]:
    used = {STEP_TOOL, *tools}
    return tuple(tool for tool in catalogue.tools if tool in used)


def _powered(tools: Iterable[str], catalogue: Catalogue, given: Collection[str]) -> tuple[str, ...]:
    """Return those of `tools` whose throughput follows from the power and dose of a source, as either is given."""
    if not any(key in given for key in EUV_KEYS):
        return ()
    return tuple(tool for tool in tools if catalogue.tools[tool].is_euv)


def wafer_supply(stack: Stack | None, catalogue: Catalogue, given: Collection[str] = NO_KEYS) -> Supply:
    """Return what a catalogue has for what a wafer's stages start from: figures, and counts of `stack` as numbers.

    Keys after `REFERENCE` are of the reference wafer. A figure of both is one, under its plain key, unless the user's
    own number, of which `given` has the key, takes its place in the one.
    """

    def supply(key: str) -> UsedFigure | float | None:
        plain = _plain(key, catalogue)
        figure = figure_for(plain, catalogue)
        if figure is not None:
            return figure._replace(key=key) if plain != key and plain in given else figure
        of = stack if plain == key else _reference(catalogue)
        return None if of is None else _counts(of, catalogue).get(plain)

    return supply


def _plain(key: str, catalogue: Catalogue) -> str:
    return key if key in catalogue.model else key.removeprefix(REFERENCE)


def figure_for(key: str, catalogue: Catalogue) -> UsedFigure | None:
    """Return the figure in use of the wafer's model, or of a tool, that goes by `key`; None where there is none."""

    def make() -> UsedFigure | None:
        figures = catalogue.model.get(key)
        found = tool_key(key)
        if figures is None and found is not None and found[0] in catalogue.tools:
            figures = catalogue.tools[found[0]].stated(found[1])
        return None if figures is None else figure_of(key, figures)

    return kept(catalogue, ("figure", key), make)


def figure_of(key: str, figures: tuple[Figure, ...]) -> UsedFigure:
    """Return what all figures of one quantity amount to: the preferred one, with the range that they imply."""
    chosen, span = preferred_figure(figures), figure_range(figures)
    rivals = tuple(figure for figure in figures if figure is not chosen)
    return UsedFigure(
        key, span.value, span.low, span.high, chosen.kind, chosen.year, chosen.verified, span.basis, (chosen,), rivals
    )


def _counts(stack: Stack, catalogue: Catalogue) -> Mapping[str, float]:
    """Return what `stack` adds up to, by key."""

    def make() -> dict[str, float]:
        work = work_of(stack)
        passes = {f"{tool}_passes": float(work.passes.get(tool, 0)) for tool in catalogue.tools}
        sums = totals(stack, catalogue)._asdict()
        return {**passes, "steps": float(work.steps), **{key: float(count) for key, count in sums.items()}}

    return kept(catalogue, ("counts", stack), make)


def _reference(catalogue: Catalogue) -> Stack:
    reference = catalogue.stack(catalogue.reference_node)
    if reference is None:
        raise MissingFigureError(
            f"the stack of the reference node {catalogue.reference_node} is missing; give --layer-usd"
        )
    return reference
