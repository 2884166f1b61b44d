"""A fit in a notebook: D0 with its interval, and what else was fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nodecalc.files import html

from .common import notes

if TYPE_CHECKING:
    from nodecalc.drivers.fit import Fit

NO_END: Final = "no upper limit"


def page(f: Fit) -> str:
    """Return the card of a fit."""
    share = f"{100.0 * f.interval:.4g} %"
    of = "" if f.wafers is None else f" of {f.wafers} wafer{'' if f.wafers == 1 else 's'}"
    title = f"{f.model}, fitted to {f.dies:,} dies{of}, {f.good:,} of them good"
    parts = [html.headline(title, f"{f.d0_per_cm2:.4g} /cm2", "D0")]
    if f.d0_high is not None:
        texts = [f"{share} interval: {f.d0_low:.4g}", f"{f.d0_high:.4g} /cm2"]
        parts.append(html.span_bar(f.d0_low, f.d0_per_cm2, f.d0_high, texts))
    rows = [_row("d0", "D0, /cm2", f.d0_per_cm2, f.d0_low, f.d0_high, f.free)]
    if f.alpha is not None:
        rows.append(_row("alpha", "alpha", f.alpha, f.alpha_low or 0.0, f.alpha_high, f.free))
    key = "systematic_yield"
    low = f.systematic_yield_low or 0.0
    rows.append(_row(key, "systematic yield", f.systematic_yield, low, f.systematic_yield_high, f.free))
    heads = ("parameter", "value", f"{share} from", "to")
    parts += [html.table(heads, rows, right=(1, 2, 3)), notes(f.notes)]
    return html.card(*parts)


def _row(key: str, name: str, value: float, low: float, high: float | None, free: tuple[str, ...]) -> tuple[str, ...]:
    """Return a parameter with its interval; of one that was given there is none."""
    if not any(each.startswith(key) for each in free):
        return name, f"{value:.4g}", "given", "given"
    return name, f"{value:.4g}", f"{low:.4g}", NO_END if high is None else f"{high:.4g}"
