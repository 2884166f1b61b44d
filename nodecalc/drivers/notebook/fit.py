"""A fit in a notebook: D0 with its interval, and what else was fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodecalc.files import html

from .common import notes

if TYPE_CHECKING:
    from nodecalc.drivers.fit import Fit


def page(f: Fit) -> str:
    """Return the card of a fit."""
    share = f"{100.0 * f.interval:.4g} %"
    of = "" if f.wafers is None else f" of {f.wafers} wafer{'' if f.wafers == 1 else 's'}"
    title = f"{f.model}, fitted to {f.dies:,} dies{of}, {f.good:,} of them good"
    parts = [html.headline(title, f"{f.d0_per_cm2:.4g} /cm2", "D0")]
    if f.d0_high is not None:
        texts = [f"{share} interval: {f.d0_low:.4g}", f"{f.d0_high:.4g} /cm2"]
        parts.append(html.span_bar(f.d0_low, f.d0_per_cm2, f.d0_high, texts))
    rows = [row.texts for row in f.parameters]
    heads = ("parameter", "value", f"{share} from", "to")
    parts += [html.table(heads, rows, right=(1, 2, 3)), notes(f.notes)]
    return html.card(*parts)
