"""The report of `nodecalc risk`: how a result is spread, what drives it, and how likely statements are."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from nodecalc.charts.histogram import value_text
from nodecalc.charts.words import label_of, unit_of, with_unit
from nodecalc.drivers.risk_picture import called, draw_name
from nodecalc.question.caution import Caution
from nodecalc.question.graph import D0, DIAMETER, is_counted
from nodecalc.question.ledger import legend
from nodecalc.question.market import BEHIND_D0
from nodecalc.render.marks import assumed_cautions
from nodecalc.render.report import Column, Report, Table
from nodecalc.render.sources import few, figure_name, figure_sources, replaced_notes
from nodecalc.vocabulary import find_quantity, tool_key
from nodecalc.vocabulary.digits import shown, significant

from .conditions import conditions
from .die import title

if TYPE_CHECKING:
    from nodecalc.drivers.risk.statistics import Estimated
    from nodecalc.drivers.risk_answer import Chance, Outcome, Risk
    from nodecalc.drivers.risk_drivers import Driver

MOST_DRIVERS: Final = 8
"""Inputs of one result that a table for people lists; machines have all."""
TOLD: Final = 0.05
"""Share of the variance from which an input is named in words."""
TOGETHER: Final = 0.01
"""The same of what inputs do together."""
MISSING: Final = "-"


def risk_report(found: Risk, catalogue_notes: bool = True) -> Report:
    """Return what `nodecalc risk` prints beside its chart."""
    tables = [outcomes_table(found, _head(found))]
    if found.statements:
        tables.append(chances_table(found))
    # Of further results the sentences below say what drives them; JSON has all.
    tables += drivers_tables(found)
    estimates = found.estimates
    at_cost = estimates[0].inputs.names["wafer_basis"] == "cost"
    return Report(
        "risk",
        [outcome_row(outcome) for outcome in found.outcomes],
        tables,
        [
            *assumed_cautions(estimates, at_cost),
            *in_words(found),
            *risk_notes(found),
            *found.notes,
            *(replaced_notes(found.catalogue) if catalogue_notes else ()),
        ],
        lambda: figure_sources(estimates, found.catalogue),
        extra(found),
        [(e.node or "", _cited(e)) for e in estimates if e.figures],
        legend(figure.marks for e in estimates for figure in e.figures.values() if figure.is_uncertain),
    )


def extra(found: Risk) -> dict[str, Any]:
    """Return what JSON has beside the rows."""
    return {
        "samples": found.count,
        "seed": found.seed,
        "independent": found.independent,
        "drivers": [driver_row(driver) for driver in found.all_drivers] if found.plan.indices else [],
        "probabilities": [
            {
                "statement": chance.text,
                "results": list(chance.keys),
                "probability": chance.probability.value,
                "error": chance.probability.error,
            }
            for chance in found.probabilities
        ],
    }


def outcome_row(outcome: Outcome) -> dict[str, Any]:
    """Return one result as a flat row; errors are half widths of 95 % intervals."""
    row: dict[str, Any] = {"node": outcome.node or None, "result": outcome.key, "value": _finite(outcome.value)}
    for name in ("p10", "p50", "p90", "mean", "deviation"):
        estimated: Estimated = getattr(outcome, name)
        row |= {name: _finite(estimated.value), f"{name}_error": _finite(estimated.error)}
    return row


def driver_row(driver: Driver) -> dict[str, Any]:
    """Return what one input does to one result as a flat row."""
    row: dict[str, Any] = {
        "node": driver.node or None,
        "result": driver.key,
        "input": driver.name,
        "input_p10": driver.low,
        "input_p90": driver.high,
        "at_p10": _finite(driver.at_low),
        "at_p90": _finite(driver.at_high),
        "elasticity": driver.elasticity,
    }
    for name, index in (("first_order", driver.first), ("total", driver.total)):
        row |= {name: index and index.value, f"{name}_error": index and index.error}
    return row


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _results(found: Risk) -> list[tuple[str, str]]:
    """Return the results whose drivers are told: none where those were left out."""
    return list(dict.fromkeys((driver.node, driver.key) for driver in found.all_drivers)) if found.plan.indices else []


def is_shown(found: Risk, key: str) -> bool:
    """Whether a table says what drives a result: the first one, and its ratio to that of the first node."""
    return key == found.outputs[0] or key not in found.plan.outputs


def _whose(found: Risk, node: str, key: str) -> str:
    if not node:
        return ""
    return f"{node}: " if key in found.plan.outputs else f"{node} over {found.parts[0].label}: "


def _head(found: Risk) -> str:
    first = found.estimates[0]
    if found.is_of_wafer:
        said = (part for part in conditions(first.inputs) if part.startswith("wafer"))
        return "; ".join(said) or f"wafer of {first.inputs.numbers[DIAMETER]:g} mm"
    one_die = len({e.inputs.die.area_mm2 for e in found.estimates}) == 1 or not is_counted(first.inputs.numbers)
    return title(first, one_die, {each.key for each in found.varied})


def outcomes_table(found: Risk, head: str, of: str = "node") -> Table:
    """Return every result with its quantiles; `head` says of what, `of` what the parts are called."""
    from nodecalc.drivers.risk.plan import SHIFTS

    worlds = f"{found.count:,} worlds, {SHIFTS} sequences of {found.count // SHIFTS:,} Sobol points, seed {found.seed}"
    several = len(found.parts) > 1
    shared = "" if not several else (f"; each {of} on its own" if found.independent else "; the same worlds for all")
    columns = [
        Column(of, right=False),
        Column("result", right=False),
        Column("answer"),
        Column("P10"),
        Column("P50"),
        Column("P90"),
        Column("mean", keep=11),
        Column("P90/P10", keep=10),
        Column("error", keep=12),
    ]
    cells = []
    for outcome in found.outcomes:
        ratio = outcome.p90.value / outcome.p10.value if outcome.p10.value > 0.0 else float("inf")
        cells.append(
            [
                outcome.node or MISSING,
                _result_head(outcome.key, found),
                *(_text(outcome.key, x) for x in (outcome.value, outcome.p10.value, outcome.p50.value)),
                _text(outcome.key, outcome.p90.value),
                _text(outcome.key, outcome.mean.value),
                f"{ratio:.2f}" if ratio < 1e4 else MISSING,
                _error(outcome),
            ]
        )
    return Table(f"{head}; {worlds}{shared}", columns, cells)


def _result_head(key: str, found: Risk) -> str:
    q = find_quantity(key)
    if q is not None and q.column:
        return q.column
    # Of a ratio to the first node only that of the cost has a row in the vocabulary.
    return with_unit(label_of(key), unit_of(key)) if key in found.outputs else "x first"


def _text(key: str, value: float) -> str:
    if not isfinite(value):
        return "inf" if value > 0.0 else MISSING
    return value_text(key, value) if find_quantity(key) is not None else shown(value, ".2f")


def _error(outcome: Outcome) -> str:
    """Return the largest of the errors of the three quantiles, in per cent."""
    errors = [q.error / q.value for q in (outcome.p10, outcome.p50, outcome.p90) if q.value > 0.0 and isfinite(q.error)]
    return f"{100.0 * max(errors):.2g} %" if errors else MISSING


def chances_table(found: Risk) -> Table:
    """Return the statements with how likely they are."""
    columns = [Column("statement", right=False, wrap=True), Column("probability"), Column("error")]
    cells = []
    for chance in found.probabilities:
        p = chance.probability
        cells.append([_stated(chance, found), probability_text(p.value, found.count), f"{100.0 * p.error:.2g} %"])
    return Table("", columns, cells)


def _stated(chance: Chance, found: Risk) -> str:
    """Return a statement with the results that it is about, where it does not name them itself."""
    unnamed = [key for key in chance.keys if key not in chance.text]
    return f"{chance.text} ({', '.join(_result_head(key, found) for key in unnamed)})" if unnamed else chance.text


def probability_text(value: float, count: int) -> str:
    """Return a probability in per cent: none, or all, of so many worlds is less than one of them, not nothing."""
    if value in (0.0, 1.0):
        return f"{'<' if value == 0.0 else '>'} {100.0 * (1.0 / count if value == 0.0 else 1.0 - 1.0 / count):.4g} %"
    return f"{shown(value, '.1%').removesuffix('%')} %"


def drivers_tables(found: Risk) -> list[Table]:
    """Return what drives the first result, and its ratio to that of the first."""
    return [_drivers(found, node, key) for node, key in _results(found) if is_shown(found, key)]


def _drivers(found: Risk, node: str, key: str) -> Table:
    drivers = [d for d in found.all_drivers if (d.node, d.key) == (node, key)]
    label = with_unit(label_of(key), unit_of(key))
    left_out = len(drivers) - MOST_DRIVERS
    more = f"; {left_out} more move it less" if left_out > 0 else ""
    indices = found.plan.indices
    columns = [
        Column("input", right=False),
        Column("its P10-P90", keep=12),
        Column("at P10"),
        Column("at P90"),
        Column("elasticity", keep=11),
        *((Column("alone"), Column("in all", keep=10)) if indices else ()),
        *((Column("error", keep=13),) if indices else ()),
    ]
    cells = []
    for d in drivers[:MOST_DRIVERS]:
        cells.append(
            [
                called(d),
                _input_range(d),
                *(_text(key, x) for x in (d.at_low, d.at_high)),
                MISSING if d.elasticity is None else f"{d.elasticity:z.3f}",
                *((_percent(d.first), _percent(d.total)) if indices else ()),
                *((_percent_error(d),) if indices else ()),
            ]
        )
    whose = _whose(found, node, key)
    shares = "; shares of its variance, alone and in all" if indices else ""
    return Table(f"{whose}what drives the {label}{shares}{more}", columns, cells)


def _input_range(driver: Driver) -> str:
    """Return P10 and P90 of an input with its unit."""
    q = find_quantity(driver.draw.key)
    if q is None or tool_key(driver.draw.key) or not q.format:
        low, high = (f"{float(f'{x:.3g}'):,.0f}" if x >= 1e3 else significant(x, 3) for x in (driver.low, driver.high))
    else:
        low, high = q.text(driver.low), q.text(driver.high)
    return f"{low}-{high}{f' {q.unit}' if q is not None and q.unit else ''}"


def _percent(index: Estimated | None) -> str:
    return MISSING if index is None else f"{100.0 * max(0.0, index.value):.1f} %"


def _percent_error(driver: Driver) -> str:
    if driver.first is None or driver.total is None:
        return MISSING
    return f"{100.0 * max(driver.first.error, driver.total.error):.1g} %"


def in_words(found: Risk) -> list[str]:
    """Return for each result one sentence that says what makes its variance."""
    if not found.plan.indices:
        return []
    said = []
    for node, key in _results(found):
        drivers = [d for d in found.all_drivers if (d.node, d.key) == (node, key) and d.first is not None]
        if not drivers:
            continue
        strong = [d for d in drivers if d.first is not None and d.first.value >= TOLD][:4]
        if not strong:
            continue
        whose = _whose(found, node, key)
        parts = [f"{called(d)} makes {100.0 * d.first.value:.0f} %" for d in strong if d.first is not None]
        left = 1.0 - sum(d.first.value for d in drivers if d.first is not None)
        together = f"; {100.0 * left:.0f} % only together" if left >= TOGETHER else ""
        listed = parts[0] + "".join(f", {part.replace(' makes ', ' ')}" for part in parts[1:])
        said.append(f"{whose}{listed} of the variance of the {label_of(key)}{together}")
    return said


def risk_notes(found: Risk) -> list[str]:
    """Return what is to be said of the draws: given ones, shared ones, dies whose size varies, worlds without a die."""
    notes: list[str] = []
    for each in found.varied:
        whose = f" of {each.node}" if each.node else ""
        notes.append(f"{label_of(each.key)}{whose}: {each.law.told(each.key)}, as given")
        if each.key in BEHIND_D0 and any(D0 in e.figures for e in found.estimates):
            notes.append(f"D0 is read from its evidence at {label_of(each.key)} {each.law.median:.4g} in every world")
        lost = each.law.first + 1.0 - each.law.last
        if lost > 1e-3:
            left_out = f"{100.0 * lost:.2g} %" if lost < 0.99 else "nearly all"
            cut = "over which it is flat" if each.law.is_flat else f"which leaves out {left_out} of it"
            notes.append(f"{label_of(each.key)}: cut to what it may be, {cut}")
    draws = {(i, draw.name): draw for i, part in enumerate(found.parts) for draw in part.drawn.values()}
    if len(found.parts) > 1 and not found.independent:
        shared = [
            draw
            for (i, name), draw in draws.items()
            if not any((j, name) in draws for j in range(i))
            and any((j, name) in draws for j in range(i + 1, len(found.parts)))
        ]
        names = list(dict.fromkeys(draw_name(draw) for draw in shared))
        if names:
            listed = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
            notes.append(f"one draw for several nodes: {listed}; --independent draws each node on its own")
    cells = {draw_name(draw): draw.cells for draw in draws.values() if draw.cells}
    for name, parts in cells.items():
        notes.append(f"{name} enters by the middles of {parts} equal parts of its mass: its wafers are laid out anew")
    if cells and any(e.inputs.layers is not None for e in found.estimates):
        notes.append("the exposures of a wafer are those of the die in the middle of its distribution")
    notes.append("error: half the 95 % interval, from what the sequences differ by; the largest of P10, P50 and P90")
    for outcome in found.outcomes:
        if not isfinite(outcome.mean.value):
            notes.append(
                Caution(
                    f"{outcome.node or 'the die'}: in some worlds no die is good, so {outcome.key} has no mean there"
                )
            )
    return notes


def _cited(e: Any) -> str:
    parts = []
    for key, figure in e.figures.items():
        if not figure.is_uncertain:
            continue
        date = "" if figure.year is None else f" ({figure.year:g})"
        mark = f" {figure.marks}" if figure.marks else ""
        parts.append(f"{figure_name(key) if find_quantity(key) else key}{mark} {few(figure.sources)}{date}")
    return ", ".join(parts)
