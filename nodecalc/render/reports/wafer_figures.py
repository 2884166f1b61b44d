"""The figures that the price of a patterned layer or wafer rests on: what is weak about them, where they come from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue.figure import Figure, Range, preferred_figure
from nodecalc.render.sources import source_row
from nodecalc.vocabulary import tool_keys
from nodecalc.wafers.exposure import EUV_KEYS, REFERENCE_TOOL

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

SHARED: Final = ("depreciation_years", "service_fraction")
"""Parameters of the model that the price of every exposure takes."""

SOURCE_MODEL: Final = (*EUV_KEYS, "euv_overhead_s", "euv_exposed_area_cm2", "euv_efficiency")
"""What the throughput of an EUV tool takes where the user gives source power or dose."""


class Used(NamedTuple):
    """One figure of the catalogue that an answer rests on, or the user's number in its place."""

    key: str
    value: float
    unit: str
    span: Range | None
    """None where the user gave the number, which is then exact."""
    figure: Figure
    figures: tuple[Figure, ...]
    """All that the catalogue has of the quantity; the one in use among them."""

    @property
    def given(self) -> bool:
        """Whether the user gave the number."""
        return self.span is None

    @property
    def kind(self) -> str:
        """How the number came about, as people read it."""
        if self.given:
            return "given"
        return self.figure.kind + ("" if self.figure.verified else ", unverified")

    def to_dict(self) -> dict[str, Any]:
        """Return it as a flat object; without range, kind and source where the user gave it."""
        span, figure = self.span, None if self.given else self.figure
        return {
            "key": self.key,
            "value": self.value,
            "unit": self.unit,
            "low": span.low if span else self.value,
            "high": span.high if span else self.value,
            "range_basis": span.basis if span else "given: taken as exact",
            "kind": figure.kind if figure else "given",
            "verified": figure.verified if figure else None,
            "source": figure.source if figure else None,
            "year": figure.year if figure else None,
            "note": (figure.note or None) if figure else None,
        }


def used_figures(
    catalogue: Catalogue, tools: Collection[str], model: Iterable[str], given: Mapping[str, float], feature: str = ""
) -> tuple[Used, ...]:
    """Return the figures behind exposures with `tools` and behind the parameters `model`, in that order.

    Args:
        catalogue: where they stand.
        tools: ids of the tools in use; steps beside exposure are priced from the reference tool, which is added.
        model: further parameters of the model.
        given: what the user gave, by vocabulary key.
        feature: line, via or cut, where the answer also rests on the pitch that each of the `tools` reaches.

    """
    reaching = set(tools) if feature else set()
    chosen = {REFERENCE_TOOL, *tools}
    found: dict[str, Used] = {}
    powered = any(key in given for key in EUV_KEYS) and any(catalogue.tools[t].is_euv for t in chosen)
    for key in (*SHARED, *(SOURCE_MODEL if powered else ()), *model):
        found[key] = _used(key, catalogue.model[key], None if key in given else catalogue.parameter_range(key), given)
    for name, tool in catalogue.tools.items():
        if name not in chosen:
            continue
        for key in tool_keys([name]):
            field = key.removeprefix(f"{name}_")
            if field == "throughput_wph" and tool.is_euv and powered and key not in given:
                continue  # worked out from the source's power, not taken from the catalogue
            found[key] = _used(key, tool.figures[field], None if key in given else tool.range(field), given)
        if name in reaching:
            holes = feature != "line" and "via_pitch_nm" in tool.figures
            field = "via_pitch_nm" if holes else "single_pitch_nm"
            found[f"{name}_{field}"] = _used(f"{name}_{field}", tool.figures[field], tool.range(field), {})
    return tuple(found.values())


def _used(key: str, figures: tuple[Figure, ...], span: Range | None, given: Mapping[str, float]) -> Used:
    figure = preferred_figure(figures)
    return Used(key, span.value if span else given[key], figure.unit, span, figure, figures)


def weak_keys(used: Iterable[Used], kind: str) -> list[str]:
    """Return the keys of the figures of `kind`, such as assumed, among `used`; the user's own numbers are none."""
    return [u.key for u in used if not u.given and u.figure.kind == kind]


def unverified_keys(used: Iterable[Used]) -> list[str]:
    """Return the keys of the figures that were recalled and not read again in their source."""
    return [u.key for u in used if not u.given and not u.figure.verified]


def marks(used: Iterable[Used], assumed: Sequence[str] = ()) -> dict[str, list[str]]:
    """Return the reservations of a row: the keys of its assumed (the `assumed` too), estimated, unverified figures."""
    several = tuple(used)
    return {
        "assumed": [*assumed, *weak_keys(several, "assumed")],
        "estimated": weak_keys(several, "estimated"),
        "unverified": unverified_keys(several),
    }


def litho_sources(used: Iterable[Used], catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return the sources of the figures in `used`, rival ones included, each with the figures it supports."""
    support: dict[str, dict[str, dict[str, Any]]] = {}
    for u in used:
        for figure in () if u.given else u.figures:
            row = {
                "key": u.key,
                "value": figure.value,
                "unit": figure.unit,
                "low": u.span.low if u.span and figure is u.figure else figure.low,
                "high": u.span.high if u.span and figure is u.figure else figure.high,
                "kind": figure.kind,
                "year": figure.year,
                "verified": figure.verified,
                "preferred": figure is u.figure,
                "note": figure.note,
            }
            support.setdefault(figure.source, {})[f"{u.key} {figure.value} {figure.note}"] = row
    return [{**source_row(catalogue.source(i)), "figures": list(rows.values())} for i, rows in support.items()]
