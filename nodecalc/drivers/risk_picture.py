"""The picture of a risk: how a result is spread over the worlds, and how far each input moves it."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from nodecalc.charts.words import label_of, unit_of, with_unit

if TYPE_CHECKING:
    from nodecalc.charts.histogram import Reach, Spreads

    from .risk.drawn import Draw
    from .risk_answer import Risk
    from .risk_drivers import Driver


def called(driver: Driver) -> str:
    """Return what people call an input, with whose it is."""
    return draw_name(driver.draw)


def draw_name(draw: Draw) -> str:
    """Return the same of a draw."""
    # Figures of the wafer's model alone have no row in the vocabulary.
    name = label_of(draw.key).removesuffix(" usd").replace("euv", "EUV")
    found = draw.words or (f"{name} of {draw.node}" if draw.node else name)
    return f"{found}, drawn for {draw.alone}" if draw.alone not in ("", draw.node) else found


def spreads_of(found: Risk) -> Spreads:
    """Return the picture of the first result of all nodes: how it is spread, and what moves it."""
    from nodecalc.charts.histogram import Reach, Spread, Spreads, outside, scale_of

    key = found.outputs[0]
    spreads, reaches = [], []
    for number, part in enumerate(found.parts):
        outcome = next(o for o in found.outcomes if (o.node, o.key) == (part.label, key))
        marks = tuple((name, getattr(outcome, name.lower()).value) for name in ("P10", "P50", "P90"))
        spreads.append(Spread(part.label, found.samples_of(number, key), marks))
        bars = [
            Reach(called(d), d.at_low, d.at_high)
            for d in (found.all_drivers if found.plan.indices else ())
            if (d.node, d.key) == (part.label, key) and d.swing > 0.0
        ]
        reaches.append((part.label or label_of(key), outcome.value, sorted(bars, key=_reach, reverse=True)))
    scale = scale_of(spreads)
    beyond = [(s.name, *outside(s, scale)) for s in spreads]
    notes = [
        f"{name + ': ' if name else ''}{100.0 * above:.2g} % of the worlds lie above the scale"
        for name, _, above in beyond
        if above >= 0.005
    ]
    nodes = ", ".join(part.label for part in found.parts if part.label)
    title_ = f"{label_of(key)}{' of ' + nodes if nodes else ''} in {found.count:,} worlds"
    return Spreads(title_, key, with_unit(label_of(key), unit_of(key)), spreads, reaches, notes)


def _reach(bar: Reach) -> float:
    found = abs(bar.at_high - bar.at_low)
    return found if isfinite(found) else 0.0
