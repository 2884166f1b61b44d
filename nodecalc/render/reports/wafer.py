"""The report of `nodecalc wafer`: the answer, its layers, the penalties, and on request the way there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue.schema import ASSUMED
from nodecalc.charts.bars import bar
from nodecalc.render.report import Column, Report, Table
from nodecalc.render.sources import replaced_notes
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.digits import shown
from nodecalc.wafers.exposure import Tariff
from nodecalc.wafers.stack_cost import price_stack, tools_of

from .wafer_explain import digits, scheme_text
from .wafer_figures import Used, litho_sources, marks, used_figures

if TYPE_CHECKING:
    from nodecalc.catalogue import Stack
    from nodecalc.drivers.wafer_cost import LayerCost, WaferCost
    from nodecalc.wafers.penalties import Penalty
    from nodecalc.wafers.schemes import BreakEven, PowerPoint

MISSING: Final = "-"
BAR_WIDTH: Final = 40

_MODEL: Final = ("substrate_usd", "extra_mask_carry")
_FITTED: Final = ("reference_wafer_usd",)
_CURVE_MODEL: Final = ("euv_dose_mj_per_cm2", "euv_overhead_s", "euv_exposed_area_cm2", "euv_efficiency")
_PENALTY_MODEL: Final = {
    "good die, EUV denied": ("d0_per_exposure_per_cm2",),
    "cycle time": ("days_per_mask",),
    "mask set": ("duv_mask_usd", "euv_mask_cost_ratio"),
}
"""Parameters that only a penalty takes, by its name."""

GOOD_DIE: Final = "good die"
AGAINST_PEER: Final = "good die, yield"
K_FAB: Final = "fab factor k_fab left"
"""Penalties, by name or its beginning, that rest on figures of nodes."""

PENALTY_NOTE: Final = (
    "range of a penalty: ratios of wafers over phi from 0 to 1, the layer cost fitted anew; days, mask set, yield and "
    "k_fab over the range of their own figure"
)
BAND_NOTE: Final = "P10-P90: the ranges of all figures that were not given, triangular and independent"
COMPARED_NOTE: Final = (
    "compared at equal tool prices, margin and vintage; --k-fab, --without, --tools, --like and --stack hold for "
    "{node} alone"
)


class Compared(NamedTuple):
    """Another wafer beside the one asked for, priced alike."""

    wafer: WaferCost
    ratio: float
    """Cost of the wafer asked for over this one's."""
    low: float
    high: float
    """Over phi from 0 to 1, the layer cost fitted anew each time; a phi that the user gave is exact."""
    price_ratio: float


class Curve(NamedTuple):
    """What one EUV layer costs against source power."""

    points: Sequence[PowerPoint]
    break_even: Sequence[BreakEven]
    dose_mj_per_cm2: float


def compare(w: WaferCost, other: WaferCost) -> Compared:
    """Return `other` beside `w`: the ratio of their costs, its range over phi, and the ratio of their prices."""
    ratio = w.wafer_cost_usd / other.wafer_cost_usd
    ends = [ratio]
    if "extra_mask_carry" not in w.inputs:
        span = w.catalogue.parameter_range("extra_mask_carry")
        ends += [_at(w, phi) / _at(other, phi) for phi in (span.low, span.high)]
    return Compared(other, ratio, min(ends), max(ends), w.wafer_price_usd / other.wafer_price_usd)


def _at(w: WaferCost, phi: float) -> float:
    prices = Tariff(w.catalogue, {**w.inputs, "extra_mask_carry": phi})
    return price_stack(w.stack_layers, prices)["wafer_cost_usd"]


def wafer_report(
    w: WaferCost,
    compared: Compared | None = None,
    curve: Curve | None = None,
    explain: bool = False,
    blocks: bool | None = None,
    notes: Sequence[str] = (),
) -> Report:
    """Return what `nodecalc wafer` prints for `w`.

    Args:
        w: the wafer.
        compared: another wafer beside it.
        curve: cost of an EUV layer against source power, where asked for.
        explain: show each step, each figure and the misses of the model.
        blocks: True for bars of block characters, False for bars of ASCII, None for no bars.
        notes: further notes of the command's own.

    """
    wafers = [w, *([compared.wafer] if compared else [])]
    used = (*_used(wafers, curve is not None), *_node_figures(wafers))
    tables = [_summary_table(w, compared)]
    for one in wafers:
        tables += [_layer_table(one), *([_chart(one, blocks)] if blocks is not None else [])]
    tables += [_penalty_table(one) for one in wafers]
    extra: dict[str, Any] = {
        "wafer": {**_summary(w), **marks(used, _assumed_stack(w))},
        "penalties": [_penalty_row(one, p) for one in wafers for p in one.penalties],
    }
    if compared is not None:
        extra["compare"] = {
            **_summary(compared.wafer),
            "wafer_cost_ratio": compared.ratio,
            "wafer_cost_ratio_low": compared.low,
            "wafer_cost_ratio_high": compared.high,
            "wafer_price_ratio": compared.price_ratio,
            "assumed": _assumed_stack(compared.wafer),
        }
    if curve is not None:
        tables += _curve_tables(curve, blocks)
        extra["power_curve"] = [{**p._asdict(), "cheaper_than": _beaten(p, curve)} for p in curve.points]
        extra["break_even"] = [b._asdict() for b in curve.break_even]
    if explain:
        tables += _explain(wafers, used, extra)
    said = [
        *dict.fromkeys(note for one in wafers for note in _loud(one)),
        *notes,
        BAND_NOTE,
        *([COMPARED_NOTE.format(node=w.node)] if compared else []),
        *([PENALTY_NOTE] if any(len(one.penalties) for one in wafers) else []),
        _weak_note(used, explain),
        *replaced_notes(w.catalogue),
    ]
    rows = [_row(one, row) for one in wafers for row in one.rows]
    return Report(
        "wafer", rows, tables, [note for note in said if note], lambda: litho_sources(used, w.catalogue), extra
    )


def _assumed_stack(w: WaferCost) -> list[str]:
    return ["stack"] if w.stack_layers.kind == ASSUMED else []


def _summary(w: WaferCost) -> dict[str, Any]:
    return {**w.to_dict(), "stack_origin": w.stack_origin}


def _used(wafers: Iterable[WaferCost], euv: bool) -> tuple[Used, ...]:
    """All figures that the wafers, their bands, their penalties and, with `euv`, a power curve rest on."""
    several = list(wafers)
    first = several[0]
    tools = {"euv"} if euv else set()
    model: dict[str, None] = dict.fromkeys((*_MODEL, *(_CURVE_MODEL if euv else ())))
    for w in several:
        tools |= {tool for stack in _priced(w) for tool in tools_of(stack)}
        if "layer_usd" not in w.inputs:
            model |= dict.fromkeys(_FITTED)
            reference = w.catalogue.stack(w.catalogue.reference_node)
            tools |= tools_of(reference) if reference else set()
        for penalty in w.penalties:
            model |= dict.fromkeys(_PENALTY_MODEL.get(penalty.name, ()))
    return used_figures(first.catalogue, tools, model, first.inputs)


def _priced(w: WaferCost) -> list[Stack]:
    """The wafer's own stack and those that its penalties set it against."""
    others = (w.stack_layers.node, w.peer) if len(w.penalties) > 1 else ()
    found = (w.catalogue.stack(node) for node in others if node)
    return [w.stack_layers, *(stack for stack in found if stack is not None)]


def _node_figures(wafers: Sequence[WaferCost]) -> list[Used]:
    """Figures of nodes that the penalties rest on: D0, and the price that was reported. Other nodes' carry their id."""
    wanted: dict[tuple[str, str], None] = {}
    for w in wafers:
        names = {p.name for p in w.penalties}
        nodes = [w.node] if any(name.startswith(GOOD_DIE) for name in names) else []
        nodes += [w.peer] if AGAINST_PEER in names else []
        wanted |= dict.fromkeys((node, "d0") for node in nodes)
        wanted |= {(w.node, "wafer_price_ratio_tsmc"): None} if K_FAB in names else {}
    found = []
    for id_, field in wanted:
        node = wafers[0].catalogue.node(id_)
        figure, span = node.preferred(field), node.range(field)
        if figure is not None and span is not None:
            key = "d0_per_cm2" if field == "d0" else field
            name = key if id_ == wafers[0].node else f"{id_}.{key}"
            unit = QUANTITIES[key].unit if key in QUANTITIES else figure.unit
            found.append(Used(name, span.value, unit, span, figure, node.figures[field]))
    return found


def _row(w: WaferCost, row: LayerCost) -> dict[str, Any]:
    flat: dict[str, Any] = {"node": w.node, "stack": w.stack, **row._asdict()}
    flat["cut_tool"] = row.cut_tool or None
    used = used_figures(w.catalogue, {row.tool, *([row.cut_tool] if row.cuts else [])}, (), w.inputs)
    return flat | marks(used, _assumed_stack(w))


def _penalty_row(w: WaferCost, p: Penalty) -> dict[str, Any]:
    return {"node": w.node, "stack": w.stack, **p._asdict()}


def _summary_table(w: WaferCost, compared: Compared | None) -> Table:
    priced = any(key in w.inputs for key in ("vintage_factor", "fab_factor", "gross_margin"))
    columns = [
        Column("node", right=False),
        Column("stack", right=False, keep=3),
        *(
            Column(QUANTITIES[key].column or key, keep=keep)
            for key, keep in (("design_layers", 2), ("masks", 0), ("exposures", 2), ("euv_exposures", 0))
        ),
        Column("substrate", keep=4),
        Column("process", keep=4),
        Column("patterning", keep=4),
        Column(QUANTITIES["wafer_cost_usd"].column),
        Column("P10-P90", keep=1),
        *([Column("price USD")] if priced else []),
        *([Column("cost ratio"), Column("over phi", keep=1)] if compared else []),
        *([Column("price ratio")] if compared and priced else []),
    ]
    cells = [_summary_cells(w, priced)]
    if compared is not None:
        cells[0] += [f"{compared.ratio:.3f}", f"{compared.low:.3f}-{compared.high:.3f}"]
        cells[0] += [f"{compared.price_ratio:.3f}"] if priced else []
        cells.append([*_summary_cells(compared.wafer, priced), "1", MISSING, *(["1"] if priced else [])])
    return Table(f"{w.node}: what a processed wafer costs to make, USD; {_stack_words(w)}", columns, cells)


def _stack_words(w: WaferCost) -> str:
    loud = " is ASSUMED" if _assumed_stack(w) else ""
    plain = w.stack_origin in (w.stack, f"assumed stack of {w.stack}")
    return f"layer stack {w.stack}{loud}{'' if plain else f' ({w.stack_origin})'}"


def _summary_cells(w: WaferCost, priced: bool) -> list[str]:
    money = QUANTITIES["wafer_cost_usd"].text
    return [
        w.node,
        w.stack,
        *(f"{count:d}" for count in (w.design_layers, w.masks, w.exposures, w.euv_exposures)),
        *(money(part) for part in (w.substrate_usd, w.process_usd, w.patterning_usd, w.wafer_cost_usd)),
        f"{money(w.wafer_cost_usd_p10)}-{money(w.wafer_cost_usd_p90)}",
        *([money(w.wafer_price_usd)] if priced else []),
    ]


def _chart(w: WaferCost, blocks: bool) -> Table:
    """Bars of what patterning each layer costs, on the scale of the dearest; narrow enough for any terminal."""
    columns = [Column("", right=False), Column(""), Column("", right=False)]
    most = max((row.share for row in w.rows), default=0.0)
    cells = [[row.layer, shown(row.share, ".1%"), bar(row.share, most, BAR_WIDTH, blocks)] for row in w.rows]
    return Table(f"{w.node}: patterning of each layer, share of the wafer's cost", columns, cells)


def _layer_table(w: WaferCost) -> Table:
    columns = [
        Column("layer", right=False),
        Column("feature", right=False, keep=5),
        Column("count"),
        Column("pitch nm"),
        Column("scheme", right=False),
        Column("tool", right=False, keep=4),
        Column("exposures"),
        Column("masks", keep=3),
        Column("USD each", keep=2),
        Column("USD"),
        Column("share"),
    ]
    cells = [
        [
            row.layer,
            row.feature,
            f"{row.count:d}",
            MISSING if row.pitch_nm is None else f"{row.pitch_nm:g}",
            scheme_text(layer),
            row.tool if row.cut_tool in ("", row.tool) else f"{row.tool}, {row.cut_tool}",
            f"{row.exposures:d}",
            f"{row.masks:d}",
            shown(row.usd_each, ",.2f"),
            shown(row.usd, ",.2f"),
            shown(row.share, ".1%"),
        ]
        for row, layer in zip(w.rows, w.stack_layers.layers, strict=True)
    ]
    carried = f"{w.design_layers} + {w.extra_mask_carry:g} x {w.masks - w.design_layers} layers x {w.layer_usd:,.2f}"
    cost = w.wafer_cost_usd
    exposed = (f"{w.exposures:d}", f"{w.masks:d}")
    for name, count, how, passes, usd in (
        ("= patterning", f"{w.design_layers:d}", "", exposed, w.patterning_usd),
        ("+ process", "", carried, ("", ""), w.process_usd),
        ("+ substrate", "", "", ("", ""), w.substrate_usd),
        ("= wafer", "", "", ("", ""), cost),
    ):
        cells.append([name, "", count, "", how, "", *passes, "", shown(usd, ",.2f"), shown(usd / cost, ".1%")])
    return Table(f"{w.node}, layer by layer; {_stack_words(w)}", columns, cells)


def _penalty_table(w: WaferCost) -> Table:
    columns = [
        Column("penalty", right=False),
        Column("value"),
        Column("range"),
        Column("against", right=False, wrap=True),
    ]
    cells = [[p.name, _penalty_text(p, p.value), _penalty_range(p), p.counterfactual] for p in w.penalties]
    return Table(f"{w.node}: what doing without costs, and against what", columns, cells)


def _penalty_text(p: Penalty, value: float) -> str:
    if p.unit == "":
        return shown(value, "+.1%")
    if p.unit == "x":
        return f"{shown(value, '.2f')} x"
    return f"{value:+,.4g} days" if p.unit == "days" else f"{value:+,.0f} {p.unit}"


def _penalty_range(p: Penalty) -> str:
    if p.low == p.high:
        return MISSING
    return f"{_penalty_text(p, p.low)} to {_penalty_text(p, p.high)}"


def _beaten(point: PowerPoint, curve: Curve) -> list[str]:
    return [b.scheme for b in curve.break_even if point.usd_per_layer < b.usd_per_layer]


def _curve_tables(curve: Curve, blocks: bool | None) -> list[Table]:
    columns = [
        Column("source W"),
        Column("wafers/h"),
        Column("USD/layer"),
        Column("cheaper than", right=False),
        *([Column("USD a layer", right=False, keep=1)] if blocks is not None else []),
    ]
    most = max(p.usd_per_layer for p in curve.points)
    cells = [
        [
            f"{p.source_power_w:g}",
            shown(p.throughput_wph, ".1f"),
            shown(p.usd_per_layer, ",.2f"),
            ", ".join(_beaten(p, curve)) or MISSING,
            *([bar(p.usd_per_layer, most, BAR_WIDTH, blocks)] if blocks is not None else []),
        ]
        for p in curve.points
    ]
    title = f"one EUV layer (euv-se) against source power at {curve.dose_mj_per_cm2:g} mJ/cm2"
    rivals = [
        [
            b.scheme,
            shown(b.usd_per_layer, ",.2f"),
            "none" if b.source_power_w is None else shown(b.source_power_w, ",.0f"),
            *([bar(b.usd_per_layer, most, BAR_WIDTH, blocks)] if blocks is not None else []),
        ]
        for b in curve.break_even
    ]
    heads = [
        Column("193i scheme, with its usual cuts", right=False),
        Column("USD/layer"),
        Column("EUV is cheaper from W"),
        *([Column("USD a layer, same scale", right=False, keep=1)] if blocks is not None else []),
    ]
    return [Table(title, columns, cells), Table("", heads, rivals)]


def _explain(wafers: Sequence[WaferCost], used: Sequence[Used], extra: dict[str, Any]) -> list[Table]:
    from .wafer_explain import miss_dict, misses, step_dict, steps

    tables = []
    extra["explain"] = []
    for w in wafers:
        found = steps(w)
        extra["explain"] += [step_dict(step, w.node) for step in found]
        columns = [
            Column("quantity", right=False),
            Column("value"),
            Column("unit", right=False),
            Column("formula", right=False, wrap=True),
            Column("numbers put in", right=False, wrap=True),
        ]
        cells = [[s.quantity, f"{s.value:.6g}", s.unit, s.formula, s.put_in] for s in found]
        tables.append(Table(f"{w.node}, step by step", columns, cells))
    extra["figures"] = [u.to_dict() for u in used]
    tables.append(_figure_table(used))
    wrong = misses(wafers[0].catalogue)
    extra["misses"] = [miss_dict(m) for m in wrong]
    columns = [
        Column("model against what is published", right=False, wrap=True),
        Column("model"),
        Column("published"),
        Column("off"),
        Column("", right=False, wrap=True),
        Column("kind", right=False),
        Column("source", right=False),
    ]
    cells = [
        [
            m.quantity,
            f"{m.model:.4g}",
            f"{m.published:.4g}",
            f"{m.off:+.1%}",
            m.standing or ("MISSED" if miss_dict(m)["missed"] else "met"),
            m.kind + ("" if m.verified else ", unverified"),
            m.source,
        ]
        for m in wrong
    ]
    tables.append(Table("where the model misses, with the catalogue's own figures", columns, cells))
    return tables


def _figure_table(used: Sequence[Used]) -> Table:
    columns = [
        Column("figure", right=False),
        Column("value"),
        Column("unit", right=False),
        Column("range"),
        Column("kind", right=False),
        Column("year"),
        Column("source", right=False),
        Column("note", right=False, wrap=True, keep=1),
    ]
    cells = []
    for u in used:
        span, figure = u.span, u.figure
        width = "" if span is None or span.low == span.high else f"{digits(span.low)} to {digits(span.high)}"
        also = ", ".join(
            f"{f.value:g} ({f.note or f.source})" for f in u.figures if f is not figure and not isinstance(f.value, str)
        )
        note = "; ".join(t for t in (span.basis if span else "", figure.note, also and f"also: {also}") if t)
        year = "" if u.given or figure.year is None else str(figure.year)
        cells.append(
            [
                u.key,
                digits(u.value),
                u.unit,
                width,
                u.kind,
                year,
                MISSING if u.given else figure.source,
                "taken as exact" if u.given else note,
            ]
        )
    return Table("every figure that the answer rests on", columns, cells)


def _loud(w: WaferCost) -> list[str]:
    """The driver's notes; for an assumed stack the first words say so in capitals."""
    if not _assumed_stack(w):
        return list(w.notes)
    return [f"ASSUMED: {note}" if "stack" in note and "assumed" in note else note for note in w.notes]


def _weak_note(used: Sequence[Used], explained: bool) -> str:
    kinds: Mapping[str, list[str]] = marks(used)
    counts = ", ".join(f"{len(keys)} {kind}" for kind, keys in kinds.items() if keys)
    if not counts:
        return ""
    where = "named above" if explained else "--explain and -f json name them"
    return f"of {len(used)} figures behind this answer: {counts}; {where}"
