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
from nodecalc_kernels.wafer_graph import MASK_CLASSES, NOT_MOVED, REFERENCE, STATED, Moved, wafer_graph

from .counts import totals, work_of
from .exposure import EUV_KEYS
from .kept import kept

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Figure, Stack, Tool
    from nodecalc_kernels.stages import Stage

RESULTS: Final = ("wafer_price_usd", "process_usd", "mask_set_usd")
"""What a wafer's stages are run for; every other result leads to these."""

OF_PRODUCT: Final = "product_wafers"
"""How many wafers a mask set makes: where it is given, the set is also told a wafer."""

IMMERSION_ABOVE: Final = 1.0
"""Aperture that only immersion gives."""

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
        results = (*RESULTS, *(("mask_set_usd_per_wafer",) if OF_PRODUCT in keys else ()))
        return _start(wafer_stages((stack,), catalogue, keys), results, stack, catalogue, keys)

    return kept(catalogue, ("wafer", stack, keys), make)


def priced_exposures(tools: Iterable[str], catalogue: Catalogue, given: Mapping[str, float]) -> Priced:
    """Return an exposure with each of `tools` priced, and a step beside it, under the wafer inputs `given`."""
    keys, used = frozenset(given), frozenset(tools)

    def make() -> Start:
        ordered = tuple(tool for tool in catalogue.tools if tool in used)
        wanted = tuple(exposure_key(tool) for tool in ordered)
        start = _start(wafer_graph(ordered, moved_tools(ordered, catalogue, keys)), wanted, None, catalogue, keys)
        step = None if STEP in keys else figure_for(STEP, catalogue)
        if step is None:
            return start
        return Start(start.stages, {**start.numbers, STEP: step.value}, start.ledger | Ledger([step]))

    return _run(kept(catalogue, ("exposures", used, keys), make), given)


STEP: Final = "step_usd"
"""Key of what one auxiliary step costs."""


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
    found = resolved((key for key in starts_of(used) if key not in given), wafer_supply(stack, catalogue, given))
    return Start(used, found.numbers, found.ledger)


class Known(NamedTuple):
    """What a catalogue, or the vocabulary itself, has for some keys."""

    numbers: Mapping[str, float]
    ledger: Ledger


def resolved(keys: Iterable[str], supply: Supply) -> Known:
    """Return what there is for `keys`; MissingFigureError where there is nothing for one."""
    found = resolve_starts(keys, {}, supply)
    if found.missing:
        raise MissingFigureError(f"no value for {', '.join(found.missing)}; give it in a catalogue file")
    return Known(found.numbers | found.defaults, found.ledger)


def _run(start: Start, given: Mapping[str, float]) -> Priced:
    starts = {**start.numbers, **given}
    return Priced(start.stages, given, starts, start.ledger, run(start.stages, starts))


def wafer_stages(stacks: Iterable[Stack], catalogue: Catalogue, given: Collection[str]) -> tuple[Stage, ...]:
    """Return the stages that price wafers of `stacks` where the keys `given` are; tools that none uses are left out."""
    tools = _in_order((tool for stack in stacks for tool in work_of(stack).passes), catalogue)
    reference = _in_order(work_of(_reference(catalogue)).passes, catalogue)
    return wafer_graph(tools, moved_tools(tools, catalogue, given), reference)


def _in_order(tools: Iterable[str], catalogue: Catalogue) -> tuple[str, ...]:
    used = set(tools)
    return tuple(tool for tool in catalogue.tools if tool in used)


def moved_tools(tools: Iterable[str], catalogue: Catalogue, given: Collection[str]) -> Moved:
    """Return those of `tools` whose throughput follows from the power and dose of a source, as either is given.

    A throughput that is given itself stands, whatever else is.
    """
    keys = frozenset(key for key in EUV_KEYS if key in given)
    if not keys:
        return NOT_MOVED
    several = (tool for tool in tools if catalogue.tools[tool].is_euv and f"{tool}_throughput_wph" not in given)
    return Moved(tuple(several), keys)


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
        found = None if of is None else counts_of(of, catalogue).get(plain)
        return WHOLE if found is None and plain.endswith("_field") else found

    return supply


def _plain(key: str, catalogue: Catalogue) -> str:
    return key if key in catalogue.model else key.removeprefix(REFERENCE)


def figure_for(key: str, catalogue: Catalogue) -> UsedFigure | None:
    """Return the figure in use of the wafer's model, or of a tool, that goes by `key`; None where there is none."""

    def make() -> UsedFigure | None:
        figures = catalogue.model.get(key)
        found = tool_key(key)
        if figures is None and found is not None and found[0] in catalogue.tools:
            figures = _of_tool(catalogue.tools[found[0]], found[1], catalogue)
        return None if figures is None else figure_of(key, figures)

    return kept(catalogue, ("figure", key), make)


WHOLE: Final = 1.0
"""Share of its throughput that product wafers see on a tool that does not say: its figure is taken as theirs."""


def _of_tool(tool: Tool, field: str, catalogue: Catalogue) -> tuple[Figure, ...] | None:
    """Return the figures of a tool's field; of what it need not state, the model's, or None."""
    if field == "field" and field not in tool.figures:
        return None
    for key, stated in STATED.items():
        if field == stated and field not in tool.figures:
            return catalogue.model[key]
    return tool.stated(field)


def figure_of(key: str, figures: tuple[Figure, ...]) -> UsedFigure:
    """Return what all figures of one quantity amount to: the preferred one, with the range that they imply."""
    chosen, span = preferred_figure(figures), figure_range(figures)
    rivals = tuple(figure for figure in figures if figure is not chosen)
    return UsedFigure(
        key, span.value, span.low, span.high, chosen.kind, chosen.year, chosen.verified, span.basis, (chosen,), rivals
    )


def counts_of(stack: Stack, catalogue: Catalogue) -> Mapping[str, float]:
    """Return what `stack` adds up to, by key."""

    def make() -> dict[str, float]:
        work = work_of(stack)
        passes = {f"{tool}_passes": float(work.passes.get(tool, 0)) for tool in catalogue.tools}
        sums = totals(stack, catalogue)._asdict()
        return {
            **passes,
            **_masks_by_class(work.passes, catalogue),
            "steps": float(work.steps),
            **{f"{name}_layers": float(count) for name, count in work.by_class.items()},
            **{f"{name}_extra_masks": float(count) for name, count in work.extra_by_class.items()},
            **{key: float(count) for key, count in sums.items()},
        }

    return kept(catalogue, ("counts", stack), make)


def _masks_by_class(passes: Mapping[str, int], catalogue: Catalogue) -> dict[str, float]:
    """Return the masks of a stack by what one costs: EUV, immersion, and dry tools by their wavelength."""
    found = {f"{name}_masks": 0.0 for name in MASK_CLASSES}
    for id_, count in passes.items():
        found[f"{_mask_class(catalogue.tools[id_])}_masks"] += count
    return found


def _mask_class(tool: Tool) -> str:
    if tool.is_euv:
        return "euv"
    if tool.numerical_aperture > IMMERSION_ABOVE:
        return "arfi"
    return "arf" if tool.wavelength_nm < KRF_FROM_NM else ("krf" if tool.wavelength_nm < ILINE_FROM_NM else "iline")


KRF_FROM_NM, ILINE_FROM_NM = 220.0, 300.0
"""Wavelengths from which a dry tool's masks are those of KrF, and of i-line."""


def _reference(catalogue: Catalogue) -> Stack:
    from .rule import node_stack

    return node_stack(catalogue.reference_node, catalogue)
