"""Exposures priced, and what they start from: figures of tools and of the wafer's model."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.catalogue.figure import figure_range, preferred_figure
from nodecalc.errors import MissingFigureError
from nodecalc.question.ledger import Ledger, UsedFigure, given_figure
from nodecalc.question.resolve import Supply, resolve_starts
from nodecalc.vocabulary import tool_key
from nodecalc_kernels.stages import after, behind, keys_of, run, starts_of
from nodecalc_kernels.wafer_graph import FIELDS, NOT_MOVED, STATED, Moved, wafer_graph

from .exposure import EUV_KEYS
from .kept import kept

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Figure, Tool
    from nodecalc_kernels.stages import Stage

IMMERSION_ABOVE: Final = 1.0
"""Aperture that only immersion gives."""

STEP: Final = "step_usd"
"""Key of what one auxiliary step costs."""

WHOLE: Final = 1.0
"""Share of its throughput that product wafers see on a tool that does not say: its figure is taken as theirs."""


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


class Start(NamedTuple):
    """A graph, and what the catalogue and defaults have for it to start from."""

    stages: tuple[Stage, ...]
    numbers: Mapping[str, float]
    ledger: Ledger


def priced_exposures(tools: Iterable[str], catalogue: Catalogue, given: Mapping[str, float]) -> Priced:
    """Return an exposure with each of `tools` priced, and a step beside it, under the wafer inputs `given`."""
    keys, used = frozenset(given), frozenset(tools)

    def make() -> Start:
        ordered = tuple(tool for tool in catalogue.tools if tool in used)
        wanted = tuple(exposure_key(tool) for tool in ordered)
        graph = wafer_graph(ordered, moved_tools(ordered, catalogue, keys))
        start = start_of(graph, wanted, tool_supply(catalogue), keys)
        step = None if STEP in keys else figure_for(STEP, catalogue)
        if step is None:
            return start
        return Start(start.stages, {**start.numbers, STEP: step.value}, start.ledger | Ledger([step]))

    return run_from(kept(catalogue, ("exposures", used, keys), make), given)


def exposure_key(tool: str) -> str:
    """Return the key of what a pass through `tool` costs."""
    return f"{tool}_exposure_usd"


def start_of(stages: tuple[Stage, ...], outputs: tuple[str, ...], supply: Supply, given: frozenset[str]) -> Start:
    """Return the stages that lead to `outputs` where the keys `given` are, and what else they start from."""
    used = behind(stages, outputs, given)
    found = resolved((key for key in starts_of(used) if key not in given), supply)
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


def run_from(start: Start, given: Mapping[str, float]) -> Priced:
    """Return what the stages of `start` give under the wafer inputs `given`."""
    starts = {**start.numbers, **given}
    return Priced(start.stages, given, starts, start.ledger, run(start.stages, starts))


def moved_tools(tools: Iterable[str], catalogue: Catalogue, given: Collection[str]) -> Moved:
    """Return those of `tools` whose throughput follows from what is given: a source's power and dose, or the fields.

    A throughput that is given itself stands, whatever else is.
    """
    keys = frozenset(key for key in (*EUV_KEYS, FIELDS) if key in given)
    if not keys:
        return NOT_MOVED
    several = [tool for tool in tools if f"{tool}_throughput_wph" not in given]
    euv = tuple(tool for tool in several if catalogue.tools[tool].is_euv)
    return Moved(euv, keys, tuple(tool for tool in several if tool not in euv) if FIELDS in keys else ())


def tool_supply(catalogue: Catalogue) -> Supply:
    """Return what a catalogue has for what exposures start from."""

    def supply(key: str) -> UsedFigure | float | None:
        figure = figure_for(key, catalogue)
        return WHOLE if figure is None and is_field_share(key) else figure

    return supply


def is_field_share(key: str) -> bool:
    """Whether `key` is the share of its throughput that product wafers see on some tool, which none need state."""
    found = tool_key(key)
    return found is not None and found[1] == "field"


def figure_for(key: str, catalogue: Catalogue) -> UsedFigure | None:
    """Return the figure in use of the wafer's model, or of a tool, that goes by `key`; None where there is none."""

    def make() -> UsedFigure | None:
        figures = catalogue.model.get(key)
        found = tool_key(key)
        if figures is None and found is not None and found[0] in catalogue.tools:
            figures = _of_tool(catalogue.tools[found[0]], found[1], catalogue)
        return None if figures is None else figure_of(key, figures)

    return kept(catalogue, ("figure", key), make)


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
