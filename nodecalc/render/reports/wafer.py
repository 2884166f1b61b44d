"""The report of `nodecalc wafer`: the answer, its layers, the penalties, and on request the way there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from nodecalc.charts.bars import bar
from nodecalc.drivers.risk.worlds import ERROR, WORLDS
from nodecalc.drivers.wafer_figures import figures_behind, row_figures
from nodecalc.question.caution import Caution, prefixed
from nodecalc.question.ledger import Ledger
from nodecalc.render.report import EXTRA, Column, Report, Table
from nodecalc.render.sources import ledger_sources, replaced_notes
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.digits import digits, shown

from .figure_table import COLUMNS

if TYPE_CHECKING:
    from nodecalc.drivers.power_curve import Curve
    from nodecalc.drivers.wafer_compare import Compared
    from nodecalc.drivers.wafer_cost import LayerCost, WaferCost
    from nodecalc.drivers.wafer_penalties import Penalty
    from nodecalc.wafers.price import Chain

MISSING: Final = "-"
BAR_WIDTH: Final = 24
"""So that names, shares and bars of layers fit a terminal of 60 columns."""

CHAIN_NOTE: Final = (
    "price = C v k / (1 - g): C cost in a new fab, v age of the fab, g margin, k what is left, never spread over "
    "steps; v and g are the year's where not given"
)
BAND_NOTE: Final = (
    "P10-P90: the ranges of all figures that were not given, independent, in {worlds} worlds; for the catalogue's "
    "stacks either end is within {error:.1%} of that of many more; the stack itself is not varied"
)
PENALTY_NOTE: Final = "; a penalty takes the same world for both wafers, whose schemes of layers stay"
LAYERS_NOTE: Final = "--layers shows each layer: pitch, scheme, tool, exposures, masks, USD"
COMPARED_NOTE: Final = (
    "compared at equal tool prices, margin and vintage; --k-fab, --without, --tools, --like and --stack hold for "
    "{node} alone"
)


def wafer_report(
    w: WaferCost,
    compared: Compared | None = None,
    curve: Curve | None = None,
    explain: bool = False,
    layers: bool = False,
    blocks: bool | None = None,
    notes: Sequence[str] = (),
) -> Report:
    """Return what `nodecalc wafer` prints for `w`.

    Args:
        w: the wafer.
        compared: another wafer beside it.
        curve: cost of an EUV layer against source power, where asked for.
        explain: show each step, each figure and the misses of the model.
        layers: show the table of layers, which machines have as rows anyway.
        blocks: True for bars of block characters, False for bars of ASCII, None for no bars.
        notes: further notes of the command's own.

    """
    wafers = [w, *([compared.wafer] if compared else [])]
    used = figures_behind(wafers, None if curve is None else curve.ledger, None if compared is None else compared.basis)
    for one in wafers:
        _ = one.penalties  # the band of the cost comes with them
    tables = [_summary_table(w, compared)]
    chains = [(one, one.chain) for one in wafers if one.chain is not None]
    if chains:
        tables.append(_chain_table(chains))
    tables += [
        _penalty_table(f"{one.node}: what doing without costs, and against what", one.penalties) for one in wafers
    ]
    if compared is not None:
        title = f"{w.node} over {compared.wafer.node}: what it costs more"
        tables.append(_penalty_table(title, compared.penalties))
    if layers:
        for one in wafers:
            tables += [_layer_table(one), *([_chart(one, blocks)] if blocks is not None else [])]
    extra: dict[str, Any] = {
        "wafer": {**_summary(w), **used.marks(_assumed_stack(w))},
        "penalties": [_penalty_row(one, p) for one in wafers for p in one.penalties],
    }
    if compared is not None:
        extra["compare"] = {
            **_summary(compared.wafer),
            "wafer_cost_ratio": compared.ratio,
            "wafer_cost_ratio_p10": compared.p10,
            "wafer_cost_ratio_p50": compared.p50,
            "wafer_cost_ratio_p90": compared.p90,
            "wafer_price_ratio": compared.price_ratio,
            "penalties": [_penalty_row(w, p) for p in compared.penalties],
            "assumed": _assumed_stack(compared.wafer),
        }
    if curve is not None:
        tables += _curve_tables(curve, blocks)
        extra["power_curve"] = [{**p._asdict(), "cheaper_than": curve.beaten(p)} for p in curve.points]
        extra["break_even"] = [b._asdict() for b in curve.break_even]
    if explain:
        tables += _explain(wafers, used, extra)
    from nodecalc.drivers.wafer_penalties import sign_notes

    said = [
        *dict.fromkeys(note for one in wafers for note in one.notes),
        *notes,
        BAND_NOTE.format(worlds=WORLDS, error=ERROR) + (PENALTY_NOTE if any(len(w.penalties) for w in wafers) else ""),
        *([COMPARED_NOTE.format(node=w.node)] if compared else []),
        *sign_notes([p for one in wafers for p in one.penalties] + list(compared.penalties if compared else ())),
        *([CHAIN_NOTE] if chains else []),
        *dict.fromkeys(prefixed(f"{one.node}: ", remark) for one, chain in chains for remark in chain.remarks),
        *([] if layers else [LAYERS_NOTE]),
        _weak_note(used, explain),
        *replaced_notes(w.catalogue),
    ]
    rows = [_row(one, row) for one in wafers for row in one.rows]
    return Report(
        "wafer", rows, tables, [note for note in said if note], lambda: ledger_sources(used, w.catalogue), extra
    )


def _assumed_stack(w: WaferCost) -> list[str]:
    return ["stack"] if w.stack_layers.kind == "assumed" else []


def _summary(w: WaferCost) -> dict[str, Any]:
    chain = w.chain
    return {**w.to_dict(), "stack_origin": w.stack_origin, "price_chain": None if chain is None else chain.to_dict()}


def _row(w: WaferCost, row: LayerCost) -> dict[str, Any]:
    flat: dict[str, Any] = {"node": w.node, "stack": w.stack, **row._asdict()}
    flat["cut_tool"] = row.cut_tool or None
    return flat | row_figures(w, row).marks(_assumed_stack(w))


def _penalty_row(w: WaferCost, p: Penalty) -> dict[str, Any]:
    return {"node": w.node, "stack": w.stack, **p._asdict()}


def _summary_table(w: WaferCost, compared: Compared | None) -> Table:
    priced = w.is_priced
    made = w.mask_set_per_wafer_usd is not None
    columns = [
        Column("node", right=False),
        Column("stack", right=False, keep=EXTRA),
        *(
            Column(QUANTITIES[key].column or key, keep=keep)
            for key, keep in (("design_layers", EXTRA), ("masks", 4), ("exposures", 6), ("euv_exposures", 5))
        ),
        Column("substrate", keep=EXTRA + 1),
        Column("process", keep=EXTRA + 1),
        Column("patterning", keep=EXTRA + 1),
        Column(QUANTITIES["wafer_cost_usd"].column),
        Column("P10-P90", keep=1),
        *([Column("USD by factors given")] if priced else []),
        *([Column(QUANTITIES["mask_set_per_wafer_usd"].column)] if made else []),
        *([Column("cost ratio"), Column("its P10-P90", keep=1)] if compared else []),
        *([Column("price ratio")] if compared and priced else []),
    ]
    cells = [_summary_cells(w, priced, made)]
    if compared is not None:
        cells[0] += [f"{compared.ratio:.3f}", f"{compared.p10:.3f}-{compared.p90:.3f}"]
        cells[0] += [f"{compared.price_ratio:.3f}"] if priced else []
        cells.append([*_summary_cells(compared.wafer, priced, made), "1", MISSING, *(["1"] if priced else [])])
    return Table(f"{w.node}: what a processed wafer costs to make, USD; {_stack_words(w)}", columns, cells)


def _stack_words(w: WaferCost) -> str:
    loud = " is ASSUMED" if _assumed_stack(w) else ""
    plain = w.stack_origin == f"made by rule from the geometry of {w.stack}"
    return f"layer stack {w.stack}{loud}{'' if plain else f' ({w.stack_origin})'}"


def _summary_cells(w: WaferCost, priced: bool, made: bool) -> list[str]:
    money, masks = QUANTITIES["wafer_cost_usd"].text, w.mask_set_per_wafer_usd
    return [
        w.node,
        w.stack,
        *(f"{count:d}" for count in (w.design_layers, w.masks, w.exposures, w.euv_exposures)),
        *(money(part) for part in (w.substrate_usd, w.process_usd, w.patterning_usd, w.wafer_cost_usd)),
        f"{money(w.wafer_cost_usd_p10)}-{money(w.wafer_cost_usd_p90)}",
        *([money(w.wafer_price_usd)] if priced else []),
        *([MISSING if masks is None else QUANTITIES["mask_set_per_wafer_usd"].text(masks)] if made else []),
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
        Column("feature", right=False, keep=EXTRA + 1),
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
            row.scheme_text,
            row.tool if row.cut_tool in ("", row.tool) else f"{row.tool}, {row.cut_tool}",
            f"{row.exposures:d}",
            f"{row.masks:d}",
            shown(row.usd_each, ",.2f"),
            shown(row.usd, ",.2f"),
            shown(row.share, ".1%"),
        ]
        for row in w.rows
    ]
    full, extra = (w.priced.values.get(key, 0.0) for key in ("weighted_layers", "weighted_extra_masks"))
    carried = f"{full:.2f} + {w.extra_mask_carry:g} x {extra:.2f} weighted layers x {w.layer_usd:,.2f}"
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


def _chain_table(chains: Sequence[tuple[WaferCost, Chain]]) -> Table:
    """The way from cost to price, in figures that give the price as they are printed."""
    columns = [
        Column("node", right=False),
        Column("year"),
        Column("cost C"),
        Column("age", keep=2),
        Column("x v"),
        Column("x k"),
        Column("k is", right=False, keep=4),
        Column("margin g"),
        Column("= price USD"),
        Column("catalogue's", keep=3),
        Column("margin, price", right=False, wrap=True),
    ]
    cells = [
        [
            w.node,
            f"{chain.year:g}",
            shown(chain.cost_usd, ",.1f"),
            MISSING if chain.age_years is None else shown(chain.age_years, ".2f"),
            shown(chain.vintage_factor, ".4f"),
            shown(chain.fab_factor, ".4f"),
            chain.fab_factor_is,
            shown(chain.gross_margin, ".4f"),
            shown(chain.price_usd, ",.0f"),
            MISSING if chain.catalogue_price_usd is None else shown(chain.catalogue_price_usd, ",.0f"),
            f"g {chain.margin_words}" + (f"; price {chain.price_words}" if chain.price_words else ""),
        ]
        for w, chain in chains
    ]
    return Table("from cost to price: C v k / (1 - g)", columns, cells)


def _penalty_table(title: str, penalties: Sequence[Penalty]) -> Table:
    columns = [
        Column("penalty", right=False, wrap=True),
        Column("value"),
        Column("P10"),
        Column("P50", keep=EXTRA),
        Column("P90"),
        Column("against", right=False, wrap=True),
    ]
    cells = [
        [
            p.name,
            p.text(p.value),
            *(p.text(value).removesuffix(f" {p.unit}") for value in (p.p10, p.p50, p.p90)),
            p.counterfactual,
        ]
        for p in penalties
    ]
    return Table(title, columns, cells)


def _curve_tables(curve: Curve, blocks: bool | None) -> list[Table]:
    columns = [
        Column("source W"),
        Column("wafers/h"),
        Column("USD/layer"),
        Column("cheaper than", right=False),
        *([Column("USD a layer", right=False, keep=EXTRA)] if blocks is not None else []),
    ]
    most = max(p.usd_per_layer for p in curve.points)
    cells = [
        [
            f"{p.source_power_w:g}",
            shown(p.throughput_wph, ".1f"),
            shown(p.usd_per_layer, ",.2f"),
            ", ".join(curve.beaten(p)) or MISSING,
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
        *([Column("USD a layer, same scale", right=False, keep=EXTRA)] if blocks is not None else []),
    ]
    return [Table(title, columns, cells), Table("", heads, rivals)]


def _explain(wafers: Sequence[WaferCost], used: Ledger, extra: dict[str, Any]) -> list[Table]:
    from nodecalc.drivers.explain import misses, wafer_steps

    tables = []
    extra["explain"] = []
    for w in wafers:
        found = wafer_steps(w)
        extra["explain"] += [{"node": w.node, "quantity": s.words, **s.to_dict()} for s in found]
        columns = [
            Column("quantity", right=False),
            Column("value"),
            Column("unit", right=False),
            Column("formula", right=False, wrap=True, label=""),
            Column("numbers put in", right=False, wrap=True, label=""),
        ]
        cells = [[s.words, f"{s.value:.6g}", s.unit, s.formula, s.put_in] for s in found]
        tables.append(Table(f"{w.node}, step by step", columns, cells, blocks=True))
    extra["figures"] = [figure.to_dict() for figure in used.values()]
    tables.append(_figure_table(used))
    wrong = misses(wafers[0].catalogue)
    extra["misses"] = [m.to_dict() for m in wrong]
    columns = [
        Column("model against what is published", right=False, wrap=True),
        Column("model"),
        Column("published"),
        Column("off"),
        Column("", right=False, wrap=True),
        Column("kind", right=False, wrap=True),
        Column("source", right=False, wrap=True),
    ]
    cells = [
        [
            m.quantity,
            f"{m.model:.4g}",
            f"{m.published:.4g}",
            f"{m.off:+z.1%}",
            m.standing or ("MISSED" if m.missed else "met"),
            m.kind + ("" if m.verified else ", unverified"),
            m.source,
        ]
        for m in wrong
    ]
    tables.append(Table("where the model misses, with the catalogue's own figures", columns, cells))
    return tables


def _figure_table(used: Ledger) -> Table:
    columns = [column for column in COLUMNS if column.head]
    cells = []
    for u in used.values():
        width = f"{digits(u.low)} to {digits(u.high)}" if u.is_uncertain else ""
        also = ", ".join(f"{f.value:g} ({f.note or f.source})" for f in u.rivals if not isinstance(f.value, str))
        note = "; ".join(t for t in (u.basis, u.note, also and f"also: {also}") if t)
        cells.append(
            [
                u.key,
                digits(u.value),
                u.unit,
                width,
                u.told,
                "" if u.year is None else str(u.year),
                u.source or MISSING,
                "taken as exact" if u.is_given else note,
            ]
        )
    return Table("every figure that the answer rests on", columns, cells)


def _weak_note(used: Ledger, explained: bool) -> str:
    kinds = used.marks()
    counts = ", ".join(f"{len(keys)} {kind}" for kind, keys in kinds.items() if keys)
    if not counts:
        return ""
    where = "named above" if explained else "--explain and --sources name them"
    return Caution(f"of {len(used)} figures behind this answer: {counts}; {where}")
