"""An answer step by step: each formula, the numbers put in, and the source of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.question.bits import BIT_DENSITY
from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.graph import ANSWER, PRICE, band_of, is_counted
from nodecalc.question.ledger import UsedFigure
from nodecalc.vocabulary import QUANTITIES, find_quantity
from nodecalc.vocabulary.digits import digits, significant
from nodecalc_kernels.cost.size import SIZES
from nodecalc_kernels.stages import behind

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.wafers.published import Miss
    from nodecalc_kernels.stages import Stage

    from .estimate import Estimate
    from .wafer_cost import WaferCost


FITTED_ANEW: Final = "; the layer cost fitted anew in each draw"


class Step(NamedTuple):
    """One number of an answer and how it came about."""

    key: str
    value: float
    unit: str
    formula: str
    """The equation, or how the catalogue came by the figure."""
    put_in: str
    """The equation with its numbers, or the figure's range."""
    sources: tuple[str, ...]

    @property
    def words(self) -> str:
        """What the number is, in words, such as ``arfi exposure``."""
        return self.key.replace("_usd_p", ", P").removesuffix("_usd").removesuffix("_wph").replace("_", " ")

    def to_dict(self) -> dict[str, Any]:
        """Return the step as a flat object."""
        return {**self._asdict(), "sources": list(self.sources)}


def walk(
    stages: Iterable[Stage],
    values: Mapping[str, float],
    ledger: Mapping[str, UsedFigure],
    given: Collection[str],
    text: Callable[[float], str] = significant,
) -> list[Step]:
    """Return a step for each number that `stages` start from and that somebody states, and for each of their results.

    Args:
        stages: in the order they run.
        values: every number of the answer, by key.
        ledger: the catalogue's figures among what they start from.
        given: keys that the user gave.
        text: writes a number that is put in.

    A step in between that has no formula of its own to show is passed over, as is a result that the answer lacks, or
    that leads to none which it has.
    """
    texts = {key: text(value) for key, value in values.items() if isinstance(value, int | float)}
    found: dict[str, Step] = {}
    stages = tuple(stages)
    led_on = {key for step in stages if step.outputs[0] in texts for key in step.inputs}
    for step in stages:
        for key in step.inputs:
            if key in found or key not in texts:
                continue
            if key in given:
                found[key] = Step(key, values[key], _unit(key), "given", "taken as exact", ())
            elif key in ledger:
                found[key] = _figure_step(ledger[key])
        key = step.outputs[0]
        leads = key in led_on or find_quantity(key) is not None
        if step.put_in and key in texts and key not in found and leads:
            put_in = step.put_in.format_map(texts)
            found[key] = Step(key, values[key], _unit(key), step.formula, put_in, ())
    return list(found.values())


def _unit(key: str) -> str:
    q = find_quantity(key)
    return q.unit if q is not None else ("USD" if key.endswith("_usd") else "")


def steps(e: Estimate) -> list[Step]:
    """Return every step of the answer `e`, the evidence behind its figures too."""
    numbers = e.inputs.numbers
    values = {**numbers, **e.results, **{key: value for key, value in e.to_dict().items() if value is not None}}
    graph = e.inputs.stages()
    sizing = SIZES["count"][:1] if is_counted(e.inputs.given) else ()
    sizing = SIZES["bits"][:1] if BIT_DENSITY in numbers else sizing
    # What was there from the start is no result: a die's area may be another than its width x height.
    stages = (*sizing, *(step for step in graph if not all(key in numbers for key in step.outputs)))
    found = walk(stages, values, e.figures, e.inputs.given)
    told = {step.key: step for step in found}
    die = e.inputs.die
    shape = f"{die.width_mm:.6g} x {die.height_mm:.6g} mm, {die.area_mm2:.6g} mm2"
    first = [
        Step(key, numbers[key], _unit(key), "die", shape, ())
        for key in ("die_area_mm2", "die_width_mm", "die_height_mm")
        if key not in told
    ]
    # A figure that no formula takes is part of the answer too.
    first += [_figure_step(figure) for key, figure in e.figures.items() if key not in told]
    beside = {key: _evidence_steps(figure) for key, figure in e.figures.items()} | {ANSWER: _band(e)}
    return [part for step in (*first, *found) for part in (step, *beside.get(step.key, ()))]


def _evidence_steps(f: UsedFigure) -> list[Step]:
    """Return a step for each piece of evidence behind a figure that counts, the heaviest first."""
    found = []
    for w in sorted(f.weighed, key=lambda w: (bool(w.of), -w.weight)):
        if w.weight <= 0.0:
            continue
        when = "" if w.piece.year is None else f", {w.piece.year:g}"
        who = f" of {w.of}" if w.of else ""
        told = "; ".join(text for text in (w.piece.told, f"range {w.low:.4g} to {w.high:.4g}", w.piece.note) if text)
        kind = w.piece.kind + ("" if w.piece.verified else ", unverified")
        formula = f"evidence{who}, weight {100 * w.weight:.0f} %, {kind}{when}, {w.piece.basis} basis"
        if w.piece.of != "d0":
            formula = formula.removesuffix(f", {w.piece.basis} basis")
        found.append(Step(f.key, w.value, f.unit, formula, told, (w.piece.source,)))
    return found


def _band(e: Estimate) -> list[Step]:
    key = band_of(ANSWER)[1]
    low, middle, high = e.good_die_cost_usd_p10, e.good_die_cost_usd_p50, e.good_die_cost_usd_p90
    if low is None or middle is None or high is None:
        return []
    ranged = ", ".join(k for k in UNCERTAIN if k in e.figures)
    formula, put_in = f"distributions of: {ranged}", f"P10 {low:.6g}, P90 {high:.6g} USD"
    return [Step(key, middle, QUANTITIES[key].unit, formula, put_in, ())]


def _figure_step(f: UsedFigure) -> Step:
    how = f.kind if f.year is None else f"{f.kind}, {f.year:g}"
    parts = [f"range {f.low:.6g} to {f.high:.6g}"] if f.is_uncertain else []
    parts += [f.basis, *(() if f.weighed else (figure.note for figure in f.figures))]
    if f.rivals and not f.weighed:
        parts.append("also published: " + ", ".join(f"{r.value:.6g} ({r.kind} {r.year}, {r.source})" for r in f.rivals))
    put_in = "; ".join(dict.fromkeys(part for part in parts if part))
    return Step(f.key, f.value, f.unit, how + ("" if f.verified else ", unverified"), put_in, f.sources)


def wafer_steps(w: WaferCost) -> list[Step]:
    """Return every step of the cost of the wafer `w`; its figures are listed by themselves."""
    from nodecalc.wafers.layers import layer_stage
    from nodecalc_kernels.stages import run

    stages = behind(w.priced.stages, (PRICE,))
    layers = list(dict.fromkeys(layer_stage(layer) for layer in w.stack_layers.layers))
    values = run(layers, w.priced.values)
    found = walk(_with_layers(stages, layers), values, {}, (), digits)
    own = {step.outputs[0] for step in layers}
    told = [
        step._replace(unit="USD a layer") if step.key in own else step for step in found if not _twice(step, values)
    ]
    given = [key for key in ("layer_usd",) if key in w.inputs]
    told[-2:-2] = [Step(key, values[key], "USD", "given", "taken as exact", ()) for key in given]
    last = told.pop()
    if not w.is_priced:
        last = last._replace(put_in=f"{last.put_in}; none of the three given: the bare cost")
    band = Step(
        "wafer_cost_usd_p50",
        w.wafer_cost_usd_p50,
        "USD",
        "ranges of all figures below, drawn together" + ("" if given else FITTED_ANEW),
        f"P10 {w.wafer_cost_usd_p10:.6g}, P90 {w.wafer_cost_usd_p90:.6g} USD",
        (),
    )
    return [*told, band, last]


def _with_layers(stages: Iterable[Stage], layers: Sequence[Stage]) -> list[Stage]:
    """Return `stages` with what a layer costs behind the last of them that a layer takes."""
    several, taken = list(stages), {key for layer in layers for key in layer.inputs}
    last = max((place for place, step in enumerate(several) if not taken.isdisjoint(step.outputs)), default=-1)
    return [*several[: last + 1], *layers, *several[last + 1 :]]


def _twice(step: Step, values: Mapping[str, float]) -> bool:
    """Whether a step of the reference wafer says again what the same tool has said of the wafer itself."""
    from nodecalc_kernels.wafer_graph import REFERENCE

    plain = step.key.removeprefix(REFERENCE)
    return plain != step.key and step.key.endswith(("exposure_usd", "step_usd")) and values.get(plain) == step.value


def misses(catalogue: Catalogue) -> list[Miss]:
    """Return what the wafer's model answers, with the catalogue's own figures, beside what has been published."""
    from nodecalc.wafers.published import misses as found

    return found(catalogue)
