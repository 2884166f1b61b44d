"""An answer step by step: each formula, the numbers put in, and the source of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.question.ledger import UsedFigure
from nodecalc.vocabulary import OUTPUT_KEYS, QUANTITIES
from nodecalc.vocabulary.digits import significant
from nodecalc_kernels.registry import PLACEMENTS, YIELD_MODELS

if TYPE_CHECKING:
    from .estimate import Estimate

_SUBSTITUTIONS: Final = {
    "mean_faults": ("x = A f D0", "{die_area_mm2} mm2 / 100 x {critical_area_fraction} x {d0_per_cm2} /cm2"),
    "good_dies": ("G = N Y", "{gross_dies} x {die_yield}"),
    "die_cost_usd": ("C = P / (Y_line N)", "{wafer_price_usd} USD / ({line_yield} x {gross_dies})"),
    "good_die_cost_usd": ("C = P / (Y_line G)", "{wafer_price_usd} USD / ({line_yield} x {good_dies})"),
    "peak_transistors": ("T = 1e6 D A", "1e6 x {logic_density_mtr_per_mm2} MTr/mm2 x {die_area_mm2} mm2"),
    "usd_per_billion_transistors": ("c = C / (T / 1e9)", "{good_die_cost_usd} USD / ({peak_transistors} / 1e9)"),
}
"""Formula, and the same with the numbers put in, of each output that is plain arithmetic."""

ORDER: Final = (
    "wafer_diameter_mm",
    "die_area_mm2",
    "die_width_mm",
    "die_height_mm",
    "d0_per_cm2",
    "wafer_price_usd",
    "logic_density_mtr_per_mm2",
    "transistors",
    "gross_dies",
    "mean_faults",
    "die_yield",
    "good_dies",
    "die_cost_usd",
    "good_die_cost_usd",
    "good_die_cost_usd_p50",
    "peak_transistors",
    "usd_per_billion_transistors",
)


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

    def to_dict(self) -> dict[str, Any]:
        """Return the step as a flat object."""
        return {**self._asdict(), "sources": list(self.sources)}


def steps(e: Estimate) -> list[Step]:
    """Return every step of the answer `e`, figures first."""
    values = {**e.inputs.numbers, **e.to_dict()}
    texts = {k: significant(v) for k, v in values.items() if isinstance(v, int | float)}
    found = []
    rest = [key for key in OUTPUT_KEYS if key not in ORDER and not key.startswith("good_die_cost_usd_p")]
    for key in (*ORDER, *rest):
        if values.get(key) is None:
            continue
        figure = e.figures.get(key)
        if figure is not None:
            found.append(_figure_step(figure))
            continue
        step = _computed(e, key, texts) or _given(e, key)
        if step is not None:
            formula, put_in = step
            found.append(Step(key, values[key], QUANTITIES[key].unit, formula, put_in, ()))
    return found


def _computed(e: Estimate, key: str, texts: dict[str, str]) -> tuple[str, str] | None:
    names = e.inputs.names
    if key == "gross_dies":
        row = PLACEMENTS[names["placement"]]
        sizes = (
            "die {die_width_mm} x {die_height_mm} mm, street {scribe_mm} mm, "
            "wafer {wafer_diameter_mm} mm, edge {edge_exclusion_mm} mm"
        )
        return f"{row.key}: {row.formula}", f"{sizes.format(**texts)}, {names['edge_rule']} inside"
    if key == "die_yield":
        model = YIELD_MODELS[names["yield_model"]]
        own = "".join(f", {p} = {texts[p]}" for p in model.parameters)
        return (
            f"Y = Ys Yr, {model.key}: {model.formula}",
            f"x = {texts['mean_faults']}{own}, Ys = {texts['systematic_yield']}",
        )
    if key == "good_die_cost_usd_p50":
        low, high = e.good_die_cost_usd_p10, e.good_die_cost_usd_p90
        from nodecalc.question.figures import UNCERTAIN

        ranged = ", ".join(k for k in UNCERTAIN if k in e.figures) or "no figure; all inputs were given"
        return f"triangular range of: {ranged}", f"P10 {low:.6g}, P90 {high:.6g} USD"
    if key in _SUBSTITUTIONS:
        formula, template = _SUBSTITUTIONS[key]
        if key == "usd_per_billion_transistors" and "transistors" in texts:
            template = template.replace("peak_transistors", "transistors")
        return formula, template.format(**texts)
    return None


def _given(e: Estimate, key: str) -> tuple[str, str] | None:
    if key in e.inputs.given:
        return "given", "taken as exact"
    if QUANTITIES[key].role == "output":
        return QUANTITIES[key].meaning, ""
    if QUANTITIES[key].default is not None:
        return "default", QUANTITIES[key].meaning
    n = e.inputs.numbers
    if key == "die_area_mm2" and "density_utilisation" in n:
        numbers = (
            f"{n['transistors']:.6g} / (1e6 x {n['logic_density_mtr_per_mm2']:.6g} MTr/mm2 "
            f"x {n['density_utilisation']:.6g})"
        )
        return "A = T / (1e6 D u)", numbers
    if key in ("die_area_mm2", "die_width_mm", "die_height_mm"):
        die = e.inputs.die
        return "die", f"{die.width_mm:.6g} x {die.height_mm:.6g} mm, {die.area_mm2:.6g} mm2"
    return None


def _figure_step(f: UsedFigure) -> Step:
    how = f.kind if f.year is None else f"{f.kind}, {f.year}"
    parts = [f"range {f.low:.6g} to {f.high:.6g}"] if f.low < f.high else []
    parts += [f.basis, *(figure.note for figure in f.figures)]
    if f.rivals:
        parts.append("also published: " + ", ".join(f"{r.value:.6g} ({r.kind} {r.year}, {r.source})" for r in f.rivals))
    put_in = "; ".join(part for part in parts if part)
    unit = QUANTITIES[f.key].unit
    return Step(f.key, f.value, unit, how + ("" if f.verified else ", unverified"), put_in, f.sources)
