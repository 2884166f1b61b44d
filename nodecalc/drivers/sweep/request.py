"""The whole question of a sweep, checked in itself: size, fixed inputs, axes, wanted results. JSON holds all of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.doors import a_flag, a_name, a_path, brief, names, whole_path
from nodecalc.errors import InputError
from nodecalc.question.at import At, check_counted, read_node
from nodecalc.question.axis import Axis
from nodecalc.question.graph import ALL_OUTPUTS, ANSWER, DENSITY, PRICE, RATE, band_of
from nodecalc.question.grids import GRID, is_named
from nodecalc.question.ranges import AXIS_KEYS, MOST_POINTS, NAME_KEYS, keyed_axes, read_axis
from nodecalc.question.resize import AREA, SIDES, measures
from nodecalc.question.salvage import TEXTS, cost_asked, spelled
from nodecalc.question.spec import as_object, axis_of_spec, fixed_of_spec, text_of_spec
from nodecalc.question.units import number
from nodecalc.vocabulary.spelling import key_of

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

BANDS: Final = band_of(ANSWER)
BAND_NAMES: Final = ("band", "bands")
"""What is written for all three."""
WAFER_COUNTS: Final = ("design_layers", "masks", "exposures", "euv_exposures")
"""What a layer stack adds up to, whatever its tools cost."""

WAFER_RESULTS: Final = ("wafer_cost_usd", *WAFER_COUNTS)
SIZE_RESULTS: Final = ("die_width_mm", "die_height_mm", "die_area_mm2")
RESULTS: Final = (
    *ALL_OUTPUTS,
    *BANDS,
    DENSITY,
    PRICE,
    *WAFER_RESULTS,
    *SIZE_RESULTS,
)
"""Everything that a sweep can be asked for."""

DEFAULT_RESULTS: Final = (ANSWER,)
"""What is worked out where nothing is named; with harvest or bins the same of a die that sells."""


class Systems(NamedTuple):
    """Packaged systems that are asked about instead of a die."""

    names: tuple[str, ...]
    values: tuple[str, ...]
    """What is set of their parts, ``die.gpu.count=2``."""
    convention: str | None
    digests: tuple[str, ...] = ()
    """Of the files among them, in their order, by which a later run knows them again."""

    def to_spec(self) -> dict[str, Any]:
        """Return them as JSON holds them."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in self._asdict().items()}


class Request(NamedTuple):
    """What is asked of a sweep."""

    size: str | float | None
    chip: str | None
    fixed: Mapping[str, Any]
    """Vocabulary key (or ``node``) -> one value, as given."""
    axes: tuple[Axis, ...]
    """In the order given; the last varies fastest."""
    outputs: tuple[str, ...]
    strict: bool
    catalogue: str | None
    """Path of the user's catalogue file, or None."""
    against: tuple[str, ...] = ()
    """Nodes beside the product, with figures of their own where these are axes."""
    systems: Systems | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(axis.size for axis in self.axes)

    @property
    def points(self) -> int:
        """How many points the product of the axes has."""
        return prod(self.shape)

    def axis(self, key: str) -> Axis | None:
        """Return the axis of an input, None where it has none."""
        return next((axis for axis in self.axes if axis.key == key), None)

    def names_of(self, key: str, default: str) -> list[str]:
        """Return the names that an input takes: those of its axis, the fixed one, or the default."""
        axis = self.axis(key)
        return [str(self.fixed.get(key, default))] if axis is None else axis.listed()

    def to_spec(self) -> dict[str, Any]:
        """Return the request as JSON holds it."""
        spec = {**self._asdict(), "axes": [axis.to_spec() for axis in self.axes], "fixed": dict(self.fixed)}
        beside = list(spec.pop("against"))
        del spec["systems"]
        spec |= {"systems": self.systems.to_spec()} if self.systems is not None else {}
        return {**spec, "against": beside} if beside else spec


def from_spec(spec: Mapping[str, Any]) -> Request:
    """Return the request that `Request.to_spec` described."""
    size, axes, strict = spec["size"], spec["axes"], spec["strict"]
    if not (size is None or isinstance(size, str)):
        size = _plain_size(size)
    if not isinstance(axes, list) or not isinstance(strict, bool):
        raise InputError(f"axes {brief(axes)}, strict {brief(strict)}; allowed: a list, true or false")
    if "systems" in spec:
        return _of_systems(spec, axes)
    made = tuple(axis_of_spec(axis) for axis in axes)
    check_axes(made)
    return Request(
        size if size is None or isinstance(size, float) else text_of_spec("size", size),
        None if spec["chip"] is None else text_of_spec("chip", spec["chip"]),
        fixed_of_spec(spec["fixed"]),
        made,
        check_outputs(spec["outputs"]),
        strict,
        None if spec["catalogue"] is None else text_of_spec("catalogue", spec["catalogue"]),
        tuple(text_of_spec("against", name) for name in spec.get("against", ())),
    )


def _of_systems(spec: Mapping[str, Any], axes: Sequence[Any]) -> Request:
    """Return the question of a sweep of systems; which inputs and results there are is for the systems to say."""
    found = as_object("systems", spec["systems"])
    made = tuple(axis_of_spec(axis, any_key=True) for axis in axes)
    check_axes(made)
    convention = found["convention"]
    systems = Systems(
        _texts("systems", found["names"]),
        _texts("values", found["values"]),
        None if convention is None else text_of_spec("convention", convention),
        _texts("digests", found["digests"]),
    )
    return Request(
        None, None, {}, made, _texts("outputs", spec["outputs"]), spec["strict"],
        None if spec["catalogue"] is None else text_of_spec("catalogue", spec["catalogue"]), systems=systems,
    )  # fmt: skip


def _texts(what: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise InputError(f"{what} {brief(given)}; allowed: a list of texts")
    return tuple(text_of_spec(what, each) for each in given)


def read_request(
    size: str | float | None,
    inputs: Mapping[str, Any],
    *,
    chip: str | None = None,
    outputs: Sequence[str] | str = DEFAULT_RESULTS,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    rates: str = "",
    against: Sequence[At] = (),
) -> Request:
    """Return the request that keyword inputs make: sequences and ranges are axes, in their order; the rest is fixed.

    `rates` are exchange rates that stand in the amounts already.
    """
    axes: list[Axis] = []
    fixed: dict[str, Any] = {}
    if inputs.get(RATE) is not None:
        from nodecalc.question.rates import rated_nodes

        inputs, rates, against = rated_nodes(inputs, against)
    if rates:
        fixed[RATE] = rates
    for key, given in spelled(keyed_axes(inputs)).items():
        if given is None:
            continue
        axis = read_axis(key, given)
        if axis is None and ":" in key:
            raise InputError(f"{key} {brief(given)}: one value; write it with the node, such as n5:d0=0.07")
        if axis is None:
            fixed[key] = _plain(key, given)
        else:
            axes.append(axis)
    check_axes(axes)
    node = next((axis.listed() for axis in axes if axis.key == "node"), [str(fixed["node"])] if "node" in fixed else [])
    check_counted([*map(read_node, node), *against], fixed)
    from nodecalc.catalogue import Catalogue

    path = catalogue.path if isinstance(catalogue, Catalogue) else catalogue
    if path is not None:
        path = a_path("catalogue", path, "give the path of a TOML file, or what load_catalogue gives")
        path = whole_path(path)  # asked again from elsewhere it is the same file
    plain_size = None if size is None else _sides_or_area(size) if isinstance(size, str) else _plain_size(size)
    if chip is not None:
        a_name("chip", chip, "give one chip's id or name, such as h100")
    return Request(
        plain_size,
        chip,
        fixed,
        tuple(axes),
        (cost_asked({**fixed, **{axis.key: axis for axis in axes}}, ANSWER),)
        if outputs is DEFAULT_RESULTS
        else check_outputs(outputs),
        a_flag("strict", strict),
        path,
        tuple(map(str, against)),
    )


def _sides_or_area(size: str) -> str | float:
    """Return a size in its one form: an area as a number, sides as a text."""
    found = measures(size)
    if AREA in found:
        return found[AREA]
    return "x".join(f"{found[side]!r}".removesuffix(".0") for side in SIDES)


def _plain_size(size: Any) -> float:
    if getattr(size, "ndim", 0) or isinstance(size, list | tuple | range):
        raise InputError("several sizes; give them as an axis: die_area_mm2=[...], or die_width_mm= and die_height_mm=")
    return number(size, "die_area_mm2")


def check_axes(axes: Sequence[Axis]) -> None:
    """Refuse a product that no index can number, two axes of one input, and texts where an input is a number."""
    seen: set[str] = set()
    for axis in axes:
        if axis.key in seen:
            raise InputError(f"axis {axis.key}: given twice; give each input one axis")
        if axis.holds_texts and axis.key in AXIS_KEYS and axis.key not in (*NAME_KEYS, GRID):
            # Taken for names they would be shown at every point and looked at by none.
            raise InputError(f"axis {axis.key}: texts, where numbers are counted with; give numbers, or a range")
        seen.add(axis.key)
    points = prod(axis.size for axis in axes)
    if points > MOST_POINTS:
        lengths = " x ".join(f"{axis.size:,}" for axis in axes)
        raise InputError(f"{lengths} points: more than 2^63, which no index can number; shorten an axis")


def check_outputs(outputs: Sequence[str] | str) -> tuple[str, ...]:
    """Return the wanted results, each known and named once."""
    wanted = names("outputs", () if outputs is None else outputs, f"name some of {', '.join(RESULTS)}")
    if not wanted:
        raise InputError(f"no outputs; name some of {', '.join(RESULTS)}")
    return output_keys(wanted, RESULTS, f"all: {', '.join(RESULTS)}")


def output_keys(wanted: Iterable[str], known: Sequence[str], hint: str = "") -> tuple[str, ...]:
    """Return the keys, among those `known`, that names of results mean, each once; ``band`` means three of them."""
    several = [each for name in wanted for each in (BANDS if name.strip().lower() in BAND_NAMES else (name,))]
    return tuple(dict.fromkeys(key_of(name, known, "output", hint) for name in several))


def _plain(key: str, given: Any) -> Any:
    """Return one fixed value as JSON can hold it."""
    if isinstance(given, bool):
        return given
    if isinstance(given, str):
        # A number has one form, whoever asks; an amount in other money is read at the rate beside it.
        if key in NAME_KEYS or key in TEXTS or ":" in key or key == RATE or is_named(key, given):
            return given
        from nodecalc.question.rates import is_foreign

        return given if is_foreign({key: given}) else number(given, key)
    if key in NAME_KEYS:
        if key == "node" and (isinstance(given, At) or hasattr(given, "id")):
            return str(given.id if hasattr(given, "id") else given)
        raise InputError(f"{key} {brief(given)}: no name; give a text, or a list of texts for an axis")
    return number(given, key)
