"""What the price of a wafer from its layers starts from, counts of its stack and figures of tools, and the price."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from nodecalc_kernels.wafer_graph import MASK_CLASSES, REFERENCE, wafer_graph

from .counts import totals, work_of
from .kept import kept
from .prices import (
    IMMERSION_ABOVE,
    WHOLE,
    Priced,
    Start,
    figure_for,
    is_field_share,
    moved_tools,
    run_from,
    start_of,
)
from .rule import node_stack

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Stack, Tool
    from nodecalc.question.ledger import UsedFigure
    from nodecalc.question.resolve import Supply
    from nodecalc_kernels.stages import Stage

RESULTS: Final = ("wafer_price_usd", "process_usd", "mask_set_usd")
"""What a wafer's stages are run for; every other result leads to these."""

OF_PRODUCT: Final = "product_wafers"
"""How many wafers a mask set makes: where it is given, the set is also told a wafer."""

OF_MASKS: Final = ("mask_set_usd", "mask_set_per_wafer_usd")
"""What a set of masks costs."""

NO_KEYS: Final[frozenset[str]] = frozenset()


def priced(stack: Stack, catalogue: Catalogue, given: Mapping[str, float]) -> Priced:
    """Return a wafer of `stack` priced under the wafer inputs `given`.

    What is given is a question about this wafer: the reference wafer, to which the cost of a layer is fitted, keeps the
    catalogue's figures. Only phi belongs to the model, and so to both.
    """
    return run_from(wafer_start(stack, catalogue, given), given)


def wafer_start(stack: Stack, catalogue: Catalogue, given: Iterable[str]) -> Start:
    """Return the stages that price a wafer of `stack` where the keys `given` are, and what else they start from."""
    keys = frozenset(given)

    def make() -> Start:
        results = (*RESULTS, *(("mask_set_per_wafer_usd",) if OF_PRODUCT in keys else ()))
        return start_of(wafer_stages((stack,), catalogue, keys), results, wafer_supply(stack, catalogue, keys), keys)

    return kept(catalogue, ("wafer", stack, keys), make)


def wafer_stages(stacks: Iterable[Stack], catalogue: Catalogue, given: Collection[str]) -> tuple[Stage, ...]:
    """Return the stages that price wafers of `stacks` where the keys `given` are; tools that none uses are left out."""
    tools = _in_order((tool for stack in stacks for tool in work_of(stack).passes), catalogue)
    reference = _in_order(work_of(_reference(catalogue)).passes, catalogue)
    return wafer_graph(tools, moved_tools(tools, catalogue, given), reference)


def _in_order(tools: Iterable[str], catalogue: Catalogue) -> tuple[str, ...]:
    used = set(tools)
    return tuple(tool for tool in catalogue.tools if tool in used)


def wafer_supply(stack: Stack, catalogue: Catalogue, given: Collection[str] = NO_KEYS) -> Supply:
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
        found = counts_of(of, catalogue).get(plain)
        return WHOLE if found is None and is_field_share(plain) else found

    return supply


def _plain(key: str, catalogue: Catalogue) -> str:
    return key if key in catalogue.model else key.removeprefix(REFERENCE)


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
    return node_stack(catalogue.reference_node, catalogue)
