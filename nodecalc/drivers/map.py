"""The wafer of an answer: every site with its place, its status, its exposure and what is expected of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue import open_catalogue
from nodecalc.doors import plain
from nodecalc.errors import InputError, MissingFigureError
from nodecalc.question.graph import D0, DIAMETER, PRICE
from nodecalc.question.ground import Layout, layout_of
from nodecalc.question.inputs import Inputs
from nodecalc.question.ledger import Ledger
from nodecalc.question.radial import told
from nodecalc.question.size import stitching_note
from nodecalc.vocabulary import OUTPUT_KEYS, QUANTITIES, find_quantity
from nodecalc_kernels.placement.circle import NM_PER_MM
from nodecalc_kernels.placement.reticle import with_stitching
from nodecalc_kernels.placement.sites import EXCLUDED, GOOD, PARTIAL, SiteRow, count, put, site_rows
from nodecalc_kernels.stages import run as run_stages

from .answer import Answer
from .map_fields import DROP_IN, NO_FIELD, Fields
from .map_radial import densities_on, stages_on, yields_on
from .placing import Placed, ReticlePlan, place
from .prepare import prepare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nodecalc.catalogue import Catalogue, Node, Product
    from nodecalc.charts.wafer import WaferPicture
    from nodecalc.question.ledger import UsedFigure
    from nodecalc_kernels.defects.radial import Densities

STATUSES: Final = (GOOD, PARTIAL, EXCLUDED, DROP_IN)

MOST_SITES: Final = 1_000_000
"""Sites that are looked at one by one, in some ten seconds."""
STITCHED: Final = "every die takes exposures of its own, and what neighbouring ones overlap at a seam is not counted"
NOT_PROVEN: Final = "the fewest exposures found: this die has too many optimal placements to look at all of them"

GROSS_DIES: Final = "gross_dies"
DIE_YIELD: Final = "die_yield"
SYSTEMATIC: Final = "systematic_yield"


class Site(NamedTuple):
    """One cell of the grid whose die has some part on the wafer."""

    x: float
    """Centre of the die from the middle of the wafer, to the right, mm."""
    y: float
    """The same upwards, mm."""
    column: int
    row: int
    field: int
    """Number of the exposure that prints it; -1 where none does."""
    status: str
    """good (whole, in the usable area: the dies that are counted), partial (cut by the wafer's edge), excluded (whole,
    but in the edge exclusion or a keep-out) or drop-in (a test die)."""
    expected_yield: float | None
    """Yield expected of a good die, the same for all but where the defect density grows towards the edge; None of other
    sites, and where no D0 is known."""


class WaferMap(Answer):
    """The sites of one wafer; immutable.

    Attributes are the results of the vocabulary as of an `Estimate`, those that there are figures for, and the sites
    as arrays: `x`, `y` (mm), `column`, `row`, `field`, `status`, `expected_yield`.
    """

    __slots__ = ("chip", "densities", "inputs", "layout", "placed", "rows")

    KEYS = tuple(key for key in OUTPUT_KEYS if QUANTITIES[key].group != "comparison" and key[-4:-2] != "_p")

    inputs: Inputs
    layout: Layout
    placed: Placed
    chip: Product | None
    densities: Densities | None
    """Defect densities of the good dies over D0, row by row; None where they are all alike."""
    rows: tuple[SiteRow, ...]
    """Rows of sites from the lowest to the highest, as runs of one status; half nanometres."""

    if TYPE_CHECKING:  # __getattr__ serves every output key of the vocabulary, which describes them
        gross_dies: int
        die_yield: float | None
        good_dies: float | None
        good_die_cost_usd: float | None

    def __init__(
        self, inputs: Inputs, layout: Layout, placed: Placed, catalogue: Catalogue, chip: Product | None = None
    ) -> None:
        """Set out the sites and work out what follows from their number."""
        rows = _rows(placed, layout)
        dies = count(rows, GOOD)
        numbers = {**inputs.numbers, GROSS_DIES: dies}
        if layout.stitching_yield is not None:
            numbers[SYSTEMATIC] = with_stitching(numbers[SYSTEMATIC], layout.stitching_yield)
        stages, own = inputs.stages(), densities_on(inputs, layout, placed, rows)
        self._keep(
            run_stages(stages if own is None else stages_on(stages, own), numbers),
            catalogue=catalogue,
            ledger=Ledger(inputs.figures),
            inputs=_with(inputs),
            layout=layout,
            placed=placed,
            chip=chip,
            rows=rows,
            densities=own,
        )

    def _arguments(self) -> tuple[Any, ...]:
        plain = self.inputs._replace(
            numbers=dict(self.inputs.numbers), names=dict(self.inputs.names), figures=dict(self.inputs.figures)
        )
        return plain, self.layout, self.placed, self.catalogue, self.chip

    @property
    def node(self) -> str | None:
        """Id of the node, or None where none was named."""
        return self.inputs.node.id if self.inputs.node else None

    @property
    def figures(self) -> Mapping[str, UsedFigure]:
        """The figures that the catalogue supplied, by vocabulary key."""
        return self.inputs.figures

    @property
    def plan(self) -> ReticlePlan | None:
        """How a scanner prints the dies; None for free rows, and where no die fits."""
        return self.placed.plan

    @property
    def counts(self) -> dict[str, int]:
        """Sites by status; they sum to all sites."""
        return {status: count(self.rows, status) for status in STATUSES}

    @property
    def sites(self) -> tuple[Site, ...]:
        """All sites, row by row from the lowest, from left to right; an error where they are too many."""
        found = sum(self.counts.values())
        if found > MOST_SITES:
            raise InputError(f"{found:,} sites: up to {MOST_SITES:,} are looked at one by one; give a larger die")
        return self._later("sites", lambda: tuple(self._each_site()))

    def _each_site(self) -> Iterator[Site]:
        scale, pitch = 2.0 * NM_PER_MM, self.placed.die.p
        field_of = Fields(self.placed)
        yields = iter(self._yields())
        for row in self.rows:
            y = row.y / scale
            for run in row.runs:
                counted = run.status == GOOD
                printed = counted or run.status == DROP_IN
                for column in range(run.first, run.last + 1):
                    x = (row.x + column * pitch) / scale
                    field = field_of.number(column, row.number) if printed else NO_FIELD
                    yield Site(x, y, column, row.number, field, run.status, next(yields) if counted else None)

    def _yields(self) -> Iterable[float | None]:
        """Return the yield expected of each good die, row by row."""
        mean = self._values.get(DIE_YIELD)
        if mean is None or self.densities is None:
            return repeat(mean)
        return yields_on(self.inputs, self.densities, self._values["mean_faults"], self._values[SYSTEMATIC])

    @property
    def x(self) -> NDArray[np.float64]:
        """Centres of the sites, mm to the right of the wafer's middle."""
        found: NDArray[np.float64] = self._array("x", "float64")
        return found

    @property
    def y(self) -> NDArray[np.float64]:
        """Centres of the sites, mm above the wafer's middle."""
        found: NDArray[np.float64] = self._array("y", "float64")
        return found

    @property
    def column(self) -> NDArray[np.int64]:
        """Columns of the sites."""
        found: NDArray[np.int64] = self._array("column", "int64")
        return found

    @property
    def row(self) -> NDArray[np.int64]:
        """Rows of the sites."""
        found: NDArray[np.int64] = self._array("row", "int64")
        return found

    @property
    def field(self) -> NDArray[np.int64]:
        """Exposures that print the sites; -1 where none does."""
        found: NDArray[np.int64] = self._array("field", "int64")
        return found

    @property
    def status(self) -> NDArray[np.str_]:
        """What becomes of the sites."""
        found: NDArray[np.str_] = self._array("status", "U8")
        return found

    @property
    def expected_yield(self) -> NDArray[np.float64]:
        """Yield expected of each good die; nan for other sites, and where no D0 is known."""
        found: NDArray[np.float64] = self._array("expected_yield", "float64")
        return found

    def _array(self, name: str, kind: str) -> Any:
        from nodecalc_kernels.numpy_whole import np

        return np.array([getattr(site, name) for site in self.sites], kind)  # None becomes nan

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know beside the numbers."""
        die = self.inputs.die
        # The plan has answered what the note of a plain die asks, by the field that was given.
        answered = "" if self.plan is None else stitching_note(die.width_mm, die.height_mm)
        notes = [note for note in self.inputs.notes if note != answered]
        if self.layout.stitching_yield is not None:
            notes.append(STITCHED)
        if self.plan is not None and not self.plan.proven:
            notes.append(NOT_PROVEN)
        return tuple(notes)

    def to_dict(self) -> dict[str, Any]:
        """Return one flat row: node, inputs, results, sites by status and exposures; numbers are never rounded."""
        row: dict[str, Any] = {"node": self.node}
        if self.chip is not None:
            row["chip"] = self.chip.id
        row |= self.inputs.names
        row |= {k: v for k, v in self.inputs.numbers.items() if k not in self.KEYS and find_quantity(k)}
        row |= self.layout.to_dict()
        for key, instead in (("wafer_diameter_mm", self.layout.panel), ("placement", self.layout.offset)):
            if instead is not None:
                del row[key]
        row |= {k: getattr(self, k) for k in self.KEYS}
        row |= {f"{status.replace('-', '_')}_sites": count for status, count in self.counts.items()}
        row["sites"] = sum(self.counts.values())
        if self.plan is not None:
            row |= plan_row(self.plan)
        return row | self.ledger.marks()

    def picture(self, by: str = "status") -> WaferPicture:
        """Return the map as a picture of statuses, or of the expected yield of good dies."""
        from .map_picture import picture_of

        return picture_of(self, by)

    @property
    def title(self) -> str:
        """One line that says what is drawn."""
        die, n = self.inputs.die, self.inputs.numbers
        what = f"{self.chip.name}: " if self.chip is not None else ""
        ground = f"{n['wafer_diameter_mm']:g} mm wafer"
        if self.layout.panel is not None:
            ground = "{:g} x {:g} mm panel".format(*self.layout.panel)
        parts = [f"{what}die {die.width_mm:.4g} x {die.height_mm:.4g} mm on a {ground}"]
        parts += [f"edge {n['edge_exclusion_mm']:g} mm, scribe {n['scribe_mm']:g} mm", *self.layout.said]
        if self.layout.offset is None:
            parts.append(f"placement {self.placed.placement}")
        rule = self.inputs.names["edge_rule"]
        runs = told(self.inputs.names, self.inputs.numbers)
        if rule != QUANTITIES["edge_rule"].default:
            parts[-1] += f" ({rule})"
        return "; ".join([*parts, *([runs] if runs else [])])

    def to_svg(self, by: str = "status") -> str:
        """Return the map as the text of an SVG file, coloured by status or by expected yield."""
        from nodecalc.charts.wafer_svg import wafer_svg

        return wafer_svg(self.picture(by))

    def _repr_svg_(self) -> str:
        return self.to_svg()

    def _repr_html_(self) -> str:
        from .notebook.map import page

        return page(self)

    def __len__(self) -> int:
        return self.gross_dies

    def __repr__(self) -> str:
        die = self.inputs.die
        told = ", ".join(f"{status}={count}" for status, count in self.counts.items() if count)
        return f"WaferMap(node={self.node!r}, die={die.width_mm:.4g}x{die.height_mm:.4g} mm, {told})"


def wafer_map(
    size: str | float | None = None,
    *,
    node: str | Node | None = None,
    chip: str | None = None,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    field: object = None,
    flat: object = None,
    notch: object = None,
    panel: object = None,
    offset: object = None,
    keep_outs: Iterable[object] = (),
    drop_ins: Iterable[object] = (),
    stitched: object = None,
    secondary_flat: object = None,
    **inputs: object,
) -> WaferMap:
    """Return every site of a wafer, and what its dies yield and cost where figures are known.

    Args:
        size: the die, as for `estimate`.
        node: id or name of a process node; without one the map has no yield, unless d0_per_cm2 is given.
        chip: id or name of a real chip, instead of a size.
        strict: refuse figures of kind estimated or assumed.
        catalogue: a catalogue, or a file that merges over the built-in one.
        field: width and height of the exposure field, mm, as ``"26x33"`` or two numbers; that where None. It stands
            either way round, where that needs fewer exposures.
        flat: length of the flat at the lower edge, mm, or ``"semi"``.
        notch: how far dies keep from the middle of the notch at the lower edge, mm.
        panel: sides of a panel instead of a wafer, mm, as ``"510x515"`` or two numbers.
        offset: where a die's centre stands, mm from the middle, as ``"5.05,0"`` or two numbers, instead of a placement.
        keep_outs: places without good dies: ``"X,Y,RADIUS"`` or ``"X,Y,WIDTHxHEIGHT"``, or numbers, mm.
        drop_ins: sites, as ``"COLUMN,ROW"`` or two numbers, that hold a test die in the place of a good one.
        stitched: share of dies larger than the field whose seams are good; it allows such dies.
        secondary_flat: doping and orientation of an older wafer, ``"p100"``, ``"n100"``, ``"n111"`` or ``"p111"``
            (which has none), of which SEMI M1 gives place and length; or ``"DEGREES,MM"``, clockwise from the flat.
        **inputs: any input key of the vocabulary, as for `estimate`.

    Returns:
        A `WaferMap`; `gross_dies` is the number of its good sites, the same as `estimate` counts.

    Raises:
        NodecalcError: an unknown name, a value outside its range, a die that does not fit or that no field holds.

    >>> m = wafer_map("10x10", d0=0.1)
    >>> m.gross_dies, m.counts
    (616, {'good': 616, 'partial': 116, 'excluded': 8, 'drop-in': 0})
    >>> m.plan.exposures, m.plan.dies_per_field
    (112, (2, 3))

    """
    known = open_catalogue(catalogue)
    resolved, product = _prepared(size, node, chip, strict, known, inputs)
    layout = layout_of(
        field,
        flat,
        notch,
        panel,
        offset,
        keep_outs,
        drop_ins,
        stitched,
        resolved.numbers["wafer_diameter_mm"],
        secondary_flat,
    )
    resolved = _on_panel(resolved, layout)
    found = WaferMap(resolved, layout, place(resolved.numbers, resolved.names, layout), known, product)
    if not found.gross_dies:
        raise InputError(
            f"a die of {resolved.die.width_mm:.4g} x {resolved.die.height_mm:.4g} mm fits nowhere: {found.title}; "
            "give a smaller die or another placement"
        )
    return found


def plan_row(plan: ReticlePlan) -> dict[str, Any]:
    """Return a plan as parts of a flat row."""
    return {
        "exposures": plan.exposures,
        "full_exposures": plan.full,
        "partial_exposures": plan.partial,
        "dies_per_field": list(plan.dies_per_field),
        "fields_per_die": list(plan.fields_per_die),
        "field_mm": list(plan.field_mm),
        "field_utilisation": plan.utilisation,
        "exposures_proven": plan.proven,
    }


_WANTED: Final = (None, (D0,), (PRICE,), ())
"""Figures that a map is made with, as many as there are: all, else D0 alone, the price alone, or none."""


def _prepared(
    size: str | float | None,
    node: str | Node | None,
    chip: str | None,
    strict: bool,
    known: Catalogue,
    inputs: Mapping[str, object],
) -> tuple[Inputs, Product | None]:
    """Return what is known of the answer: sites need no figure, yields and costs do; a note says what is missing."""
    said: MissingFigureError | None = None
    for wanted in _WANTED:
        try:
            found, product = prepare(size, node, chip, strict, known, inputs, wanted=wanted)
        except MissingFigureError as error:
            said = said or error
            continue
        if said is not None:
            missing = f"no cost: {said}" if found.node is not None else _without_node(found)
            found = found._replace(notes=(*found.notes, missing))
        return found, product
    assert said is not None
    raise said


def _on_panel(inputs: Inputs, layout: Layout) -> Inputs:
    """Return `inputs` for a panel: a node's price is one of a wafer, and none of a panel."""
    if layout.panel is None:
        return inputs
    if DIAMETER in inputs.given:
        raise InputError(f"--{QUANTITIES[DIAMETER].option} with --panel: a panel has two sides; leave one of them out")
    if PRICE in inputs.given or PRICE not in inputs.numbers:
        return inputs
    return inputs._replace(
        numbers={key: value for key, value in inputs.numbers.items() if key != PRICE},
        figures={key: figure for key, figure in inputs.figures.items() if key != PRICE},
        notes=(
            *inputs.notes,
            f"no cost: nobody publishes what a panel costs; give it with --{QUANTITIES[PRICE].option}",
        ),
    )


def _without_node(inputs: Inputs) -> str:
    """Say what a map without a node has no figures for, and how to have them."""
    missing = {D0: "yield", PRICE: "cost"}
    lacking = {key: word for key, word in missing.items() if key not in inputs.numbers}
    options = " and ".join(f"--{QUANTITIES[key].option}" for key in lacking)
    return f"no {' and no '.join(lacking.values())}: name a node with -n, or give {options}"


def _rows(placed: Placed, layout: Layout) -> tuple[SiteRow, ...]:
    (t, v), held = placed.offset, placed.held
    ground = placed.ground
    rows = site_rows(ground.usable, ground.wafer, placed.die, t, v, (held.w, held.h), placed.is_free)
    for column, number in layout.drop_ins:
        found = put(rows, column, number, GOOD, DROP_IN)
        if found is None:
            site = f"{plain(column)},{plain(number)}"
            raise InputError(f"--drop-in {site}: no good site is there; -f csv lists the column and row of each")
        rows = found
    return tuple(rows)


def _with(inputs: Inputs) -> Inputs:
    """Return `inputs` with read-only mappings."""
    return inputs._replace(
        numbers=MappingProxyType(dict(inputs.numbers)),
        names=MappingProxyType(dict(inputs.names)),
        figures=MappingProxyType(dict(inputs.figures)),
    )
