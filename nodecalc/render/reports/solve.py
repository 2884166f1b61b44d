"""The report of `nodecalc solve`: the root and how sure it is, or that there is none and what else would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nodecalc.catalogue.digest import data_digest
from nodecalc.charts.words import label_of, unit_of, value_text
from nodecalc.drivers.compare import notes as comparison_notes
from nodecalc.drivers.risk.worlds import SALT
from nodecalc.drivers.solve.question import BOTH, FIRST
from nodecalc.drivers.solve.side import WAFER_OUTPUTS
from nodecalc.question.graph import SIZE_KEYS
from nodecalc.question.ledger import legend
from nodecalc.render.marks import assumed_cautions
from nodecalc.render.report import EXTRA, Column, Report, Table
from nodecalc.render.sources import figure_sources, replaced_notes
from nodecalc.vocabulary import quantity
from nodecalc.vocabulary.digits import shown

from .conditions import conditions
from .die import cited

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.drivers.estimate import Estimate
    from nodecalc.drivers.solve.elsewhere import Elsewhere
    from nodecalc.drivers.solve.solution import Solution

NONE: Final = "none"
MISSING: Final = "-"
TOLD: Final = 4
"""Solutions that a sentence each is said of."""
MOST_BANDS: Final = 400
"""Solutions whose bands are worked out; each takes some hundredths of a second."""
MOST_ROOTS: Final = 6
"""Roots of one question that a table lists."""


def solve_report(solutions: Sequence[Solution], dims: Sequence[str], catalogue: Catalogue) -> Report:
    """Return what is said of `solutions`, a row each; `dims` are the axes that they lie along."""
    answers = _answers(solutions)
    banded = len(solutions) <= MOST_BANDS and any(s.band is not None for s in solutions)
    notes = [
        *assumed_cautions(answers),
        *sentences(solutions),
        *(_band_notes(solutions) if banded else _unbanded(solutions)),
        *_wafer_notes(solutions),
        *comparison_notes([e for e in answers if e.chip is None][:2]),
        *replaced_notes(catalogue),
    ]
    return Report(
        "solve",
        [s.to_dict(banded) for s in solutions],
        [solutions_table(solutions, dims, _title(solutions[0], dims, answers[0] if answers else None), banded)],
        list(dict.fromkeys(notes)),
        lambda: figure_sources(answers, catalogue),
        None,
        list(dict.fromkeys((e.node or "", cited(e, marked=True)) for e in answers if e.figures)),
        legend(figure.marks for e in answers for figure in e.figures.values()),
        lambda: {"data": data_digest(), "seed": SALT if banded else None},
    )


def _answers(solutions: Sequence[Solution]) -> list[Estimate]:
    """Return an answer for each side of the questions, each node once: as it is without what is looked for."""
    found: dict[tuple[str | None, str | None], Estimate] = {}
    for s in solutions:
        if s.output in WAFER_OUTPUTS:
            continue
        sides = [side for side in (s.question.first, s.question.other) if side is not None]
        if all((side.label, side.chip) in found for side in sides):
            continue
        anew = s.key in SIZE_KEYS or s.own is None
        answers = s.estimates() if anew else [side.estimate() for side in sides]
        for side, e in zip(sides, answers, strict=True):
            found.setdefault((side.label, side.chip), e)
    return list(found.values())


def solutions_table(solutions: Sequence[Solution], dims: Sequence[str], title: str, banded: bool) -> Table:
    """Return a row a root; `dims` are the axes that the solutions lie along."""
    first = solutions[0]
    q = quantity(first.key)
    one_target = len({(s.output, s.question.target) for s in solutions}) == 1
    owns = any(s.own is not None for s in solutions)
    far = any(s.value is None for s in solutions)
    columns = [Column(_head(name), right=name != "node") for name in dims]
    columns += [] if one_target and dims else [Column("result", right=False)]
    columns.append(Column(q.column or label_of(first.key)))
    columns += [Column("P10-P90", keep=1), Column("has a root", keep=EXTRA)] if banded else []
    columns += [Column("its own", keep=2)] if owns else []
    columns += [Column("x own", keep=EXTRA)] if owns else []
    columns.append(Column("result there", keep=3))
    columns += [Column("nearest", right=False, keep=1)] if far else []
    cells = []
    for s in solutions:
        for root in s.meetings[:MOST_ROOTS] or (None,):
            at = None if root is None else root.at
            row = [value_text(name.rpartition(":")[2], s.at[name]) for name in dims]
            row += [] if one_target and dims else [quantity(s.output).column or label_of(s.output)]
            row.append(_solved(s, at))
            row += [_span(s), _share(s)] if banded else []
            row += [MISSING if s.own is None else q.text(s.own)] if owns else []
            row += [f"{at / s.own:.3g}" if at is not None and s.own else MISSING] if owns else []
            row.append(MISSING if root is None else quantity(s.output).text(root.value))
            row += [_nearest(s) if root is None else ""] if far else []
            cells.append(row)
    return Table(title, columns, cells)


def _head(name: str) -> str:
    owner, colon, key = name.rpartition(":")
    if key in ("node", "system"):
        return key
    column = quantity(key).column or label_of(key)
    return f"{owner}{colon} {column}" if owner else column


def _solved(s: Solution, at: float | None) -> str:
    if s.status == "always":
        return "any"
    return NONE if at is None else quantity(s.key).text(at)


def _span(s: Solution) -> str:
    if s.band is None:
        return MISSING
    low, high = (NONE if x is None else quantity(s.key).text(x) for x in (s.band.p10, s.band.p90))
    return f"{low}-{high}" if low != high else low


def _share(s: Solution) -> str:
    return MISSING if s.band is None else shown(s.band.share, ".0%")


def _nearest(s: Solution) -> str:
    at, value, other = s.found.nearest
    gap = f"{100.0 * (value / other - 1.0):+.3g}%" if other else MISSING
    return f"{gap} at {quantity(s.key).text(at)}"


def asked_title(s: Solution, dims: Sequence[str]) -> str:
    """Return what is looked for, in words."""
    asked = s.question
    whose = asked.subject(asked.whose)
    first = asked.first.label if "node" not in dims else "a node"
    own = whose and asked.whose == FIRST
    whose = "its" if "node" in dims and own else f"{whose}'s" if whose else ""
    what = f"{whose} {label_of(s.key)}".strip()
    if asked.other is None:
        q = quantity(s.output)
        unit = f" {q.unit}" if q.unit else ""
        head = f"{what} at which {label_of(s.output)} is {q.text(asked.target)}{unit} on {first}"
    else:
        head = f"{what} at which {'it' if own else first} equals {asked.other.label}"
    return head


def _title(s: Solution, dims: Sequence[str], e: Estimate | None) -> str:
    asked, head = s.question, asked_title(s, dims)
    varied = {*(name.rpartition(":")[2] for name in dims), s.key}
    if e is None:
        return f"{head}; wafer by its layers"
    sized = not varied & set(SIZE_KEYS)
    die = e.inputs.die
    size = [f"die {die.width_mm:.4g} x {die.height_mm:.4g} mm, {die.area_mm2:.5g} mm2"] if sized else []
    if asked.other is not None and s.key in SIZE_KEYS and asked.whose != BOTH and asked.other.size is not None:
        size = [f"die on {asked.other.label} {asked.other.size}"]
    return "; ".join((head, *size, *conditions(e.inputs, varied)))


# Sentences


def sentences(solutions: Sequence[Solution]) -> list[str]:
    """Return what is said of the solutions: of few a sentence each."""
    if len(solutions) <= TOLD:
        return [_sentence(s) for s in solutions]
    without = [s for s in solutions if s.value is None]
    said = [f"{len(without)} of {len(solutions)} points have no root; -f json says how near each comes"]
    told = without[:1]
    return ([*said, *(f"{_where(s)}{_sentence(s)}" for s in told)]) if without else []


def _where(s: Solution) -> str:
    return ", ".join(f"{_head(name)} {value_text(name.rpartition(':')[2], v)}" for name, v in s.at.items()) + ": "


def _sentence(s: Solution) -> str:
    if s.status == "always":
        return f"{_result(s)} is the same whatever {_input(s.key)} is"
    if s.value is None:
        return _none_sentence(s)
    at = next(root for root in s.meetings if root.at == s.value)
    where = _number(s.key, at.at)
    if s.status == "several":
        listed = ", ".join(_number(s.key, root.at) for root in s.meetings[:MOST_ROOTS])
        more = f" and {len(s.meetings) - MOST_ROOTS} more" if len(s.meetings) > MOST_ROOTS else ""
        if all(root.jumps for root in s.meetings):
            return (
                f"{_result(s)} is never {_goal(s)}: it jumps past that, as {_whole(s)}, at {len(s.meetings)} places: "
                f"{_input(s.key)} {listed}{more}"
            )
        return f"{_result(s)} {_is_so(s)} at {len(s.meetings)} places: {_input(s.key)} {listed}{more}"
    if at.jumps:
        side = "up to" if at.at == at.low else "from"
        return (
            f"{_result(s)} is never {_goal(s)}: at {_input(s.key)} {where} it jumps past that, as {_whole(s)}; "
            f"{side} there it is {_number(s.output, at.value)}, beyond {_number(s.output, at.beyond)}"
        )
    above = _better_side(s, at.below, at.above)
    own = f" (now {_number(s.key, s.own)})" if s.own is not None and s.own != at.at else ""
    return f"{_result(s)} {_is_so(s)} at {_input(s.key)} {where}{own}{above}"


def _whole(s: Solution) -> str:
    """Return why a result jumps."""
    return "whole fields print a wafer" if quantity(s.output).group == "wafer" else "a wafer holds whole dies"


def _better_side(s: Solution, below: int, above: int) -> str:
    better = quantity(s.output).better
    if not below * above < 0 or not better:
        return ""
    wins_below = (below < 0) == (better == "lower")
    name = s.question.first.label
    word = "cheaper" if quantity(s.output).unit == "USD" else better
    return f"; {'below' if wins_below else 'above'} it {name if s.question.other is not None else 'it'} is {word}"


def _none_sentence(s: Solution) -> str:
    at, value, other = s.found.nearest
    low, high = (quantity(s.key).text(x) for x in (s.question.low, s.question.high))
    text = (
        f"no {_input(s.key)} from {low} to {high} {quantity(s.key).unit.removeprefix('1')}".rstrip()
        + f" makes {_result(s)} {_goal(s)}; it comes nearest at {_number(s.key, at)}, "
        f"{_number(s.output, value)} against {_number(s.output, other)}"
    )
    there = [e for e in s.elsewhere if e.at is not None]
    own = [e for e in s.elsewhere if e.at is None]
    if there:
        text += f"; there it would take {_or(there)}"
    if own:
        now = "" if s.own is None else f" {_number(s.key, s.own)}"
        text += f"; with {_input(s.key)} as it is,{now}, {_or(own)}"
    if not s.looks_elsewhere:
        text += "; another input may do: solve for it by its name"
    elif not s.elsewhere:
        text += "; nor would another figure of the node or another area of the die do"
    return text


def _or(found: Sequence[Elsewhere]) -> str:
    parts = []
    for e in found:
        own = "" if e.own is None else f" (now {_number(e.key, e.own)})"
        parts.append(f"a {_input(e.key)} of {_number(e.key, e.value)}{own}")
    return " or ".join(parts)


def _result(s: Solution) -> str:
    whose = s.question.first.label
    return f"the {label_of(s.output)} of {whose}"


def _is_so(s: Solution) -> str:
    return "is " + _goal(s)


def _goal(s: Solution) -> str:
    if s.question.other is None:
        return _number(s.output, s.question.target)
    return f"that of {s.question.other.label}"


def _input(key: str) -> str:
    return label_of(key)


def _number(key: str, value: float) -> str:
    q = quantity(key)
    unit = unit_of(key) or q.unit
    return f"{q.text(value)}{' ' + unit.removeprefix('1') if unit else ''}"


def _wafer_notes(solutions: Sequence[Solution]) -> list[str]:
    nodes = [s.question.first.label for s in solutions if s.output in WAFER_OUTPUTS]
    return [f"the model and its figures: nodecalc wafer {nodes[0]} --explain --sources"] if nodes else []


def _unbanded(solutions: Sequence[Solution]) -> list[str]:
    if len(solutions) <= MOST_BANDS:
        return []
    return [f"P10-P90 are worked out for up to {MOST_BANDS} points; here are {len(solutions):,}"]


def _band_notes(solutions: Sequence[Solution]) -> list[str]:
    bands = [(s, s.band) for s in solutions if s.band is not None]
    if not bands:
        return []
    drawn: dict[str, None] = {}
    for s, _ in bands:
        for side in (s.question.first, s.question.other):
            if side is not None:
                drawn.update(dict.fromkeys([side.label]))
    note = (
        f"P10-P90: D0 and wafer price of {', '.join(drawn)} drawn from their evidence in the same worlds, what they "
        "share once, where not given"
    )
    if any(band.share < 1.0 for _, band in bands):
        note += "; none stands for worlds in which no value will do"
    return [note]
