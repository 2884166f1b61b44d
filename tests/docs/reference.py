"""Write REFERENCE.md: the guide beside this file, how far to trust which figure, and what the program itself lists.

Run ``python tests/docs/reference.py`` after a change of the guide, of keys, models, placements, schemes, nodes or
figures; a test holds the committed page to it.
"""

import io
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median
from typing import Final

import nodecalc as nc
from nodecalc.catalogue.systems import STEPS
from nodecalc.cli.program import run
from nodecalc.errors import MissingFigureError
from nodecalc.question.grids import GRID, grids
from nodecalc.systems.carriers import SCHEMES
from nodecalc.systems.graph import BONDINGS, METHODS
from nodecalc.systems.reading import JOINED
from nodecalc.systems.spelling import TEXTS
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.package import PART_KEYS
from nodecalc.wafers.published import misses

PAGE: Final = Path(__file__).parents[2] / "REFERENCE.md"

GUIDE: Final = Path(__file__).with_name("guide.md")

HEAD: Final = """# Reference

How nodecalc is used and what it computes; how far to trust which figure; and what the program itself lists. Written by
`python tests/docs/reference.py`; a test holds this page to it, and runs the examples.
"""
PARTS: Final = (
    ("Inputs, axes and results", ("keys",)),
    ("Yield models and ways to count dies", ("models",)),
    ("Ways to pattern lines at 36 nm", ("patterning", "36", "--tools", "arfi,euv")),
    ("Ways to pattern holes at 36 nm", ("patterning", "36", "--feature", "via", "--tools", "arfi,euv")),
    ("Nodes", ("nodes",)),
    ("Examples", ("examples",)),
)
"""Heading of each part, and the command that says it."""


KINDS: Final = ("measured", "disclosed", "reported", "estimated", "assumed")
"""Kinds of figures, best first."""
UNCERTAIN: Final = {"d0_per_cm2": "D0", "wafer_price_usd": "wafer price"}
AREAS_MM2: Final = (100.0, 600.0)

MEANT: Final = {
    ("die", "size"): "mm2 or sides, as SIZE of `nodecalc die`",
    ("die", "node"): "process node",
    ("die", "chip"): "a chip of the catalogue, with its size and node",
    ("carrier", "joined"): f"{' or '.join(JOINED)}: joined before the dies are bonded, or after",
    ("carrier", "scheme"): ", ".join(SCHEMES),
    ("carrier", "panel"): "sides of the panel that it is made on, in the place of a wafer: `510x515`",
    ("bonded", "top"): "a die, by its NAME",
    ("bonded", "bottom"): "a die, by its NAME",
    ("bonded", "method"): " or ".join(BONDINGS),
    ("assembly", "method"): " or ".join(METHODS),
    ("nre", "products"): "products of as many units each that share these one-time costs",
}
"""What the texts of a part mean, and a count of something else; other meanings stand in the vocabulary."""

TRUST: Final = """## How far to trust what

An answer is as good as the weaker of the two figures that it rests on, D0 and wafer price. Here is of which kind they
are for the {nodes} nodes that have both, and how wide the band is: P90 over P10 of the good die's cost, the median over
the nodes, for dies of {areas} mm2. The {lacking} others, all of them memory, have neither: a D0 and a price must be
given there.

{of_foundries}
{of_kinds}
A band says how far published statements and their kinds leave the cost open, and no more: whether a yield model fits,
whether a report is true and what a buyer negotiated are not in it. The width of a stand-in is a factor of our choice:
its band is no measure of what is not known, and is no wider than that of contradicting reports. What is given is taken
as exact. The band of a wafer priced from its layers leaves out the stack itself, which is assumed for every node.

Where the wafer model can be checked at all, it is checked here. A miss is more than a tenth off a figure that the model
was not set by; `nodecalc wafer NODE --explain` prints the list with its sources.

{missed}
"""


def trust() -> str:
    """Return what kinds of figures the nodes rest on, how wide their bands are, and where the wafer model misses."""
    catalogue = nc.load_catalogue()
    found, lacking = [], 0
    for node in catalogue.nodes():
        try:
            answers = [nc.estimate(area, node=node.id, catalogue=catalogue) for area in AREAS_MM2]
        except MissingFigureError:
            lacking += 1
            continue
        kinds = {key: answers[0].figures[key].kind for key in UNCERTAIN}
        widths = [(a.good_die_cost_usd_p90 or 0.0) / (a.good_die_cost_usd_p10 or 1.0) for a in answers]
        found.append((node.foundry, kinds, widths))
    heads = ["", "nodes", *(f"P90/P10 at {area:g} mm2" for area in AREAS_MM2)]
    foundries = dict.fromkeys(foundry for foundry, _, _ in found)
    rows = []
    for foundry in foundries:
        own = [each for each in found if each[0] == foundry]
        counts = [_counted(kinds[key] for _, kinds, _ in own) for key in UNCERTAIN]
        rows.append([foundry, str(len(own)), *_widths(own), *counts])
    weaker = {kind: [each for each in found if max(each[1].values(), key=KINDS.index) == kind] for kind in KINDS}
    of_kinds = [[kind, str(len(own)), *_widths(own)] for kind, own in weaker.items() if own]
    return TRUST.format(
        nodes=len(found),
        lacking=lacking,
        areas=" and ".join(f"{area:g}" for area in AREAS_MM2),
        of_foundries=_markdown(["foundry", *heads[1:], *(f"its {word} is" for word in UNCERTAIN.values())], rows),
        of_kinds=_markdown(["the weaker figure is", *heads[1:]], of_kinds),
        missed=_markdown(
            ["model against what is published", "model", "published", "off", "kind", ""],
            [
                [
                    m.quantity,
                    f"{m.model:.4g}",
                    f"{m.published:.4g}",
                    f"{m.off:+.0%}",
                    m.kind,
                    m.standing or ("miss" if m.missed else ""),
                ]
                for m in misses(catalogue)
            ],
        ),
    )


def _counted(kinds: Iterable[str]) -> str:
    listed = list(kinds)
    return ", ".join(f"{kind} {listed.count(kind)}" for kind in KINDS if kind in listed)


def _widths(rows: Sequence[tuple[str, dict[str, str], list[float]]]) -> list[str]:
    return [f"{median(widths[place] for _, _, widths in rows):.2f}" for place in range(len(AREAS_MM2))]


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def keys_of_parts() -> str:
    """Return the keys of a system's file by kind of part, from the table that its reader has."""
    rows = []
    for kind, keys in PART_KEYS.items():
        table = f"[{kind}]" if kind in STEPS else f"[{kind}.NAME]"
        rows += [[f"`{table}`", f"`{name}`", "", "", "", MEANT[kind, name]] for name in TEXTS.get(kind, ())]
        if kind == "die":
            rows.append([f"`{table}`", "any of a die", "", "", "", "`d0`, `wafer_price`, `harvest`: as `nc.estimate`"])
        for name, key in keys.items():
            q = QUANTITIES[key]
            default = "" if q.default is None else f"{q.default:g}"
            meaning = MEANT.get((kind, name), q.meaning)
            rows.append([f"`{table}`", f"`{name}`", q.unit, q._replace(unit="").allowed, default, meaning])
    return _markdown(["part", "key", "unit", "range", "default", "meaning"], rows)


def list_of_grids() -> str:
    """Return the grids that go by a name, from the data."""
    rows = []
    for name, figures in grids().items():
        figure = figures[0]
        year = "" if figure.year is None else f"{figure.year:g}"
        rows.append([f"`{name}`", f"{figure.number:g}", figure.kind, figure.source, year])
    return _markdown(["grid", QUANTITIES[GRID].unit, "kind", "source", "year"], rows)


def guide() -> str:
    """Return the guide with the tables that stand in it."""
    text = GUIDE.read_text(encoding="utf-8")
    for mark, table in {"<!-- keys of parts -->\n": keys_of_parts, "<!-- grids -->\n": list_of_grids}.items():
        assert text.count(mark) == 1
        text = text.replace(mark, table())
    return text


def page() -> str:
    """Return the whole page."""
    parts = [HEAD, guide(), trust()]
    for heading, words in PARTS:
        said = io.StringIO()
        with redirect_stdout(said):
            assert run([*words, "-f", "markdown"]) == 0
        parts.append(f"## {heading}\n\n`nodecalc {' '.join(words)}`\n\n{said.getvalue()}")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
