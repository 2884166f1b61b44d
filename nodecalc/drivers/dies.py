"""Dies per wafer."""

from __future__ import annotations

from nodecalc.question import choices
from nodecalc.question.size import check_edge
from nodecalc.question.units import number
from nodecalc_kernels.graphs import die_graph
from nodecalc_kernels.registry import PLACEMENTS
from nodecalc_kernels.stages import behind, run


def gross_dies(
    die_width_mm: float,
    die_height_mm: float,
    *,
    wafer_diameter_mm: float = 300.0,
    edge_exclusion_mm: float = 3.0,
    scribe_mm: float = 0.1,
    placement: str = "best",
    edge_rule: str = "finished-die",
) -> float:
    """Return how many dies one wafer holds.

    Args:
        die_width_mm, die_height_mm: finished die, without scribe, mm.
        wafer_diameter_mm: mm.
        edge_exclusion_mm: ring at the wafer's edge that holds no good die, mm.
        scribe_mm: street between two dies, both directions, mm.
        placement: ``best`` (the largest count over every grid offset, proven), ``center-die``, ``center-corner``, or a
            closed formula; ``nodecalc models`` lists them.
        edge_rule: ``finished-die`` (the die must lie inside the usable circle, boundary included) or ``whole-cell``
            (the die and its street).

    Returns:
        An int where positions are counted, the unrounded value where a closed formula is used; 0 where no die fits.

    Raises:
        NodecalcError: a size outside its range, an unknown placement or rule, an edge exclusion that leaves nothing.

    >>> gross_dies(10, 10), gross_dies(10, 10, edge_rule="whole-cell"), gross_dies(10, 10, placement="center-die")
    (616, 612, 597)

    """
    method = choices.placement(placement)
    rule = choices.edge_rule(edge_rule)
    choices.check_edge_rule(method, rule)
    given = {
        "die_width_mm": die_width_mm,
        "die_height_mm": die_height_mm,
        "scribe_mm": scribe_mm,
        "edge_exclusion_mm": edge_exclusion_mm,
        "wafer_diameter_mm": wafer_diameter_mm,
    }
    values = {key: number(value, key) for key, value in given.items()}
    edge, diameter = values["edge_exclusion_mm"], values["wafer_diameter_mm"]
    check_edge(edge, diameter)
    count = run(behind(die_graph("poisson", method, rule), ("gross_dies",)), values)["gross_dies"]
    return int(count) if PLACEMENTS[method].exact else count
