"""What is said of a sweep: the notes of all that was resolved for it, and of what differs from row to row."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

from nodecalc.question.evidence_notes import evidence_notes
from nodecalc.question.figures import UNCERTAIN
from nodecalc.question.market import YEAR
from nodecalc.question.size import SIDE_KEYS, notes_of_dies, shape_notes
from nodecalc.question.utilisation import UTILISATION

from .request import BANDS

if TYPE_CHECKING:
    from nodecalc.question.inputs import Inputs

    from .sweep import Sweep


def notes_of(sweep: Sweep) -> list[str]:
    """Return what is said of every combination of names; of dies that vary, what holds for the largest of them."""
    from .figures_used import read_along

    several = {key: read_along(sweep, key) for key in UNCERTAIN}
    alike = [key for key, along in several.items() if not along]
    notes = [note for i in sweep.background.inputs for note in (*i.notes, *_of_evidence(i, alike))]
    if any(UTILISATION in inputs.figures for inputs in sweep.background.inputs) and set(sweep.request.outputs) & {
        *BANDS
    }:
        notes.append(f"P10-P90 of a sweep leave out the range of {UTILISATION}")
    notes += _before_volume(sweep)
    for key, along in several.items():
        if along:
            notes.append(f"{key} is read for each row's {', '.join(along)}; its evidence is told for the first row")
    if not sweep.varies_die:
        return notes
    first = {note for i in sweep.background.inputs for note in shape_notes(i.die)}
    notes = [note for note in notes if note not in first]
    found = (sweep.few if sweep.few.holds(SIDE_KEYS) else sweep.grid).extreme_dies()
    given_by_area = any(graph.way in ("area", "count", "bits") for graph in sweep.plan.graphs)
    return notes if found is None else [*notes_of_dies(*found, given_by_area), *notes]


def _before_volume(sweep: Sweep) -> Iterator[str]:
    """Say of which nodes some rows ask for a year before their volume production."""
    axis = sweep.request.axis(YEAR)
    if axis is None:
        return
    first = axis.ends[0]
    for node in {i.node.id: i.node for i in sweep.background.inputs if i.node is not None}.values():
        volume = node.preferred("volume_year")
        if volume is not None and first < volume.number:
            yield f"{node.id}: its volume production began in {volume.number:g}, after the year of some rows"


def _of_evidence(inputs: Inputs, keys: Container[str]) -> tuple[str, ...]:
    """Return what is said of the evidence behind `keys` of one combination of names."""
    year = inputs.numbers.get(YEAR)
    figures = {key: figure for key, figure in inputs.figures.items() if key in keys}
    return () if year is None else tuple(evidence_notes(inputs.node, figures, year))
