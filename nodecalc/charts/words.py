"""The words of a chart, all from the vocabulary: labels, units, values, and the lines below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from nodecalc.vocabulary import Quantity, find_quantity

if TYPE_CHECKING:
    from .crossings import BreakEven
    from .picture import Picture
    from .resample import Extent

ENERGY: Final = "kWh"
"""The unit that says what is counted: a wafer's kWh are its electricity, not it."""

MOST_TOLD: Final = 4
"""Break-even points of one pair of series that are told one by one."""

MOST_PAIRED: Final = 3
"""Series of which each pair that never meets is told; of more, a list of pairs is nothing that one reads."""


def unit_of(key: str) -> str:
    """Return the unit of `key`, nothing where its label says it already or it is not in the vocabulary."""
    q = find_quantity(key)
    return "" if q is None or q.unit in label_of(key).split() else q.unit


def label_of(key: str) -> str:
    """Return the words of `key` without the unit at its end, spelled as the vocabulary spells them.

    >>> label_of("good_die_cost_usd"), label_of("d0_per_cm2"), label_of("good_die_cost_usd_p90")
    ('good die cost', 'D0', 'good die cost P90')
    >>> label_of("wafer_kwh"), label_of("wafer_co2_kg"), label_of("grid_g_per_kwh")
    ('wafer electricity', 'wafer CO2', 'grid')

    """
    q = find_quantity(key)
    if q is None:
        return key.replace("_", " ")
    owner, colon, own = key.rpartition(":")
    if colon:
        return f"{label_of(own)} of {owner}"
    base, _, share = key.rpartition("_p")
    if share.isdecimal():
        return f"{label_of(base)} P{share}"
    suffix = "" if q.unit == ENERGY else q.unit.casefold().replace(" co2e", "").replace("/", "_per_").removeprefix("1_")
    words = key.removesuffix(f"_{suffix}").split("_") if suffix else key.split("_")
    spelled = {**{w.casefold(): w for w in (*q.column.split(), q.unit)}, "co2": "CO2", "kwh": "electricity"}
    return " ".join(spelled.get(w, w) for w in words)


def with_unit(label: str, unit: str) -> str:
    """Return a label and its unit, if it has one."""
    return f"{label}, {unit}" if unit else label


def value_text(key: str, value: Any) -> str:
    """Return `value` as the vocabulary's tables print it; a text as it is."""
    if isinstance(value, str):
        return value
    q = find_quantity(key)
    number = float(value)
    return q.text(number) if q is not None and q.format else f"{number:.4g}"


def named(key: str, value: Any) -> str:
    """Return a value for a title or a legend: a name alone, a number with its label and unit."""
    if isinstance(value, str):
        return value
    unit = unit_of(key)
    return f"{label_of(key)} {value_text(key, value)}" + (f" {unit}" if unit else "")


def gap_notes(found: Extent) -> list[str]:
    """Return the line that says what is left blank, if anything is."""
    parts = []
    if found.infinite:
        parts.append(f"{found.infinite:,} infinite (no die fits, or none is good)")
    if found.missing:
        parts.append(f"{found.missing:,} no number (none there, or outside the model's domain)")
    return [f"left blank: of {found.points:,} points {' and '.join(parts)}"] if parts else []


def same_notes(picture: Picture) -> list[str]:
    """Return a line for each group of series that cover each other, as yields do that depend on no node."""
    from .crossings import same

    groups = ([picture.series[i].name for i in group] for group in same([s.values for s in picture.series]))
    return [f"the same {picture.value_label} everywhere: {', '.join(names)}" for names in groups]


def break_even_notes(picture: Picture) -> list[str]:
    """Return a line for each pair of curves that meet."""
    pairs: dict[tuple[int, int], list[BreakEven]] = {}
    for found in picture.breaks:
        pairs.setdefault((found.first, found.second), []).append(found)
    return [_pair_note(picture, found) for found in pairs.values()]


def apart_notes(picture: Picture) -> list[str]:
    """Return a line for each pair of few curves of which one is the better one all along."""
    from .crossings import ahead

    if picture.x is None or picture.y is not None or len(picture.series) > MOST_PAIRED:
        return []
    lines = []
    for i, first in enumerate(picture.series):
        for second in picture.series[i + 1 :]:
            side = ahead(first.values, second.values, picture.better)
            if side:
                best, other = (first, second) if side > 0 else (second, first)
                lines.append(f"{best.name} is {picture.better_word} than {other.name} all along; they do not meet")
    return lines


def _pair_note(picture: Picture, found: Sequence[BreakEven]) -> str:
    assert picture.x is not None  # curves have an axis
    key = picture.x.key
    first, second = (picture.series[i].name for i in (found[0].first, found[0].second))
    same = "cost the same" if is_money(picture.value_key) else f"have the same {picture.value_label}"
    told = found if len(found) <= MOST_TOLD + 1 else found[:MOST_TOLD]
    texts = []
    for each in told:
        start, stop = (value_text(key, v) for v in (each.meeting.start, each.meeting.stop))
        text = start if each.meeting.start == each.meeting.stop else f"{start} to {stop}"
        texts.append(text if each.meeting.exact else f"{text} (interpolated)")
    if all(not each.meeting.exact for each in told):
        texts = [t.removesuffix(" (interpolated)") for t in texts]
        texts[-1] += " (interpolated)" if len(told) == 1 else " (all interpolated)"
    more = f", and {len(found) - len(told)} times more up to {value_text(key, found[-1].meeting.stop)}"
    where = ", ".join(texts) + (more if len(told) < len(found) else "")
    leader = found[-1].leader
    above = ""
    if leader is not None:
        above = (
            f"; above {'it' if len(found) == 1 else 'the last'} {picture.series[leader].name} is {picture.better_word}"
        )
    return f"{first} and {second} {same} at {key} = {where}{above}"


def is_money(key: str) -> bool:
    """Whether the quantity is an amount of money."""
    q: Quantity | None = find_quantity(key)
    return q is not None and q.unit == "USD"
