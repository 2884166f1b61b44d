"""A wafer map in a notebook: the wafer, its sites by status, and what its dies yield and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nodecalc.files import html

from .common import figures, head_of, notes, text_of

if TYPE_CHECKING:
    from nodecalc.drivers.map import WaferMap

KEYS: Final = ("gross_dies", "die_yield", "good_dies", "die_cost_usd", "good_die_cost_usd")
WIDTH: Final = 560
"""Of the picture, pixels of the browser."""


def page(m: WaferMap) -> str:
    """Return the card of a wafer map."""
    keys = [key for key in KEYS if getattr(m, key) is not None]
    sites = [f"{count:,} {status}" for status, count in m.counts.items() if count]
    exposures = [] if m.plan is None else [f"{m.plan.exposures:,} exposures"]
    parts = [
        html.headline(m.title, f"{m.gross_dies:,}", "whole dies" + ("" if m.node is None else f" of {m.node}")),
        html.image(m.to_svg().encode(), "image/svg+xml", m.title, WIDTH),
        html.table([head_of(key) for key in keys], [[text_of(key, getattr(m, key)) for key in keys]], range(len(keys))),
        notes((f"sites: {', '.join([*sites, *exposures])}", *m.notes), m.figures.values()),
    ]
    if m.figures:
        parts.append(html.folded("figures and sources", figures(m.figures)))
    return html.card(*parts)
