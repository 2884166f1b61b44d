"""A whole question as data: the die and its inputs, axes whose product is asked, points that belong together.

A file says it in TOML, the command line and the library in their own words; all three make the same `Scenario`, and
`spec` writes any of them in one form, by which it can be asked again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.doors import brief, items, whole_path
from nodecalc.errors import InputError
from nodecalc.vocabulary import QUANTITIES, WAFER_INPUT_KEYS, WAFER_NAME_KEYS, find_quantity, tool_keys
from nodecalc.vocabulary.spelling import key_of

from . import choices
from .asking import APART, DIE, OWN, TARGETS, command_named, own_words
from .at import At, nodes_of, read_node
from .axis import Axis, Span
from .graph import DENSITY, KEYWORDS, RATE
from .grids import is_named
from .resize import AREA, SIDES, measures
from .units import number

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

SIZE: Final = "size"
NODE: Final = "node"
CHIP: Final = "chip"
NAME: Final = "name"
SUBJECT: Final = (SIZE, NODE, CHIP)
"""What a question has beside its inputs."""
MOST_ANSWERS: Final = 200_000
"""Answers of one scenario, each worked out by itself; a sweep takes more."""


class Scenario(NamedTuple):
    """A question: what holds for all answers, what is varied, what belongs together, and which command it is for."""

    fixed: Mapping[str, Any]
    """Size, chip and inputs under vocabulary keys."""
    nodes: tuple[At, ...] = ()
    axes: tuple[Axis, ...] = ()
    """Inputs and their values; the last varies fastest."""
    points: tuple[Mapping[str, Any], ...] = ()
    """Rows of inputs that belong together; the slowest of all."""
    strict: bool = False
    catalogue: str | None = None
    """Path of the user's catalogue file."""
    command: str = ""
    """Whom it is asked of; "" where nothing says it."""
    own: Mapping[str, Mapping[str, Any]] = {}
    """For each command what it is asked beside the die."""
    convention: str | None = None
    """The calculator whose conventions stand among the inputs."""

    @property
    def is_asked(self) -> bool:
        """Whether anything is said at all."""
        return any(self._replace(command="", own={k: v for k, v in self.own.items() if v}))

    @property
    def asked_of(self) -> str:
        """The command that answers it: the one it names, or the only one that it has a table for, or ``die``."""
        tables = [command for command, table in self.own.items() if table]
        return self.command or (tables[0] if len(tables) == 1 else DIE)

    def asked_by(self, command: str) -> Scenario:
        """Return it as a question of one command."""
        return self._replace(command=command, own={command: self.own.get(command, {})})

    def checked(self) -> Scenario:
        """Return it where each input is said once: for all, by an axis or by the points; else an error."""
        where: dict[str, str] = dict.fromkeys(self.fixed, "[die]") | ({NODE: "[die]"} if self.nodes else {})
        for place, keys in (
            ("[axes]", [axis.key for axis in self.axes]),
            ("[points]", {k for row in self.points for k in row}),
        ):
            for key in keys:
                if key in where:
                    raise InputError(f"{key}: in {where[key]} and in {place}; leave one of them out")
                where[key] = place
        return self

    @property
    def is_varied(self) -> bool:
        """Whether answers differ by more than their node."""
        return bool(self.axes or self.points)

    @property
    def varied(self) -> tuple[str, ...]:
        """Keys of axes and points, in their order."""
        return tuple(dict.fromkeys((*(k for row in self.points for k in row), *(axis.key for axis in self.axes))))

    @property
    def answers(self) -> int:
        """How many answers it has, one a node and a point of everything that varies."""
        count = max(len(self.points), 1) * max(len(self.nodes), 1)
        for axis in self.axes:
            count *= axis.size
        return count

    def questions(self, along: Collection[str] = ()) -> Iterator[dict[str, Any]]:
        """Yield the inputs of each question: points, then nodes, then the axes, the last fastest.

        A command that takes several nodes is asked of all at once; axes whose keys are in `along` are left to it.
        """
        axes = [axis for axis in self.axes if axis.key not in along]
        apart = self.asked_of in APART
        count = max(len(self.points), 1) * prod(axis.size for axis in axes) * (max(len(self.nodes), 1) if apart else 1)
        if count > MOST_ANSWERS:
            raise InputError(
                f"{count:,} answers of a scenario, at most {MOST_ANSWERS:,}; 'nodecalc sweep' takes any number"
            )
        nodes: Any = (self.nodes or (None,)) if apart else (list(self.nodes) or None,)
        values = [axis.listed() for axis in axes]
        for point in self.points or ({},):
            for node in nodes:
                for chosen in product(*values):
                    here = dict(self.fixed)
                    if node is not None:
                        here[NODE] = node
                    here |= point
                    yield here | {axis.key: value for axis, value in zip(axes, chosen, strict=True)}

    def spec(self, known: Catalogue) -> dict[str, Any]:
        """Return the question in its one form, as JSON holds it; nodes by their ids, numbers in the key's unit.

        Where an order means something it is that of a list, so that whoever sorts keys changes nothing.
        """
        die = _plain({**self.fixed, **({NODE: list(self.nodes)} if self.nodes else {})}, known)
        columns = list(dict.fromkeys(key for row in self.points for key in row))
        return {
            "command": self.asked_of,
            "own": dict(sorted(self.own.get(self.asked_of, {}).items())),
            "convention": self.convention,
            "die": dict(sorted(die.items())),
            "axes": [_axis_spec(axis, known) for axis in self.axes],
            "columns": columns,
            "points": [[_plain(row, known).get(key) for key in columns] for row in self.points],
            "strict": self.strict,
            "catalogue": self.catalogue,
        }


def from_spec(spec: Mapping[str, Any]) -> Scenario:
    """Return the scenario that `Scenario.spec` wrote."""
    from .shape import check_shape

    check_shape(spec)
    die = dict(spec["die"])
    nodes = tuple(nodes_of(die.pop(NODE, ())))
    return Scenario(
        die,
        nodes,
        tuple(_axis_in(each) for each in spec["axes"]),
        tuple(
            {key: value for key, value in zip(spec["columns"], row, strict=True) if value is not None}
            for row in spec["points"]
        ),
        spec["strict"],
        spec["catalogue"],
        command := command_named(spec.get("command", DIE)),
        {command: own_words(command, spec.get("own", {}))},
        spec.get("convention"),
    ).checked()


def asked(
    size: str | float | None,
    nodes: Sequence[At],
    chip: str | None,
    given: Mapping[str, Any],
    strict: bool,
    catalogue: str | None,
    command: str = DIE,
    own: Mapping[str, Any] | None = None,
    axes: Mapping[str, Any] | None = None,
    convention: str | None = None,
) -> Scenario:
    """Return the scenario that words of a command line or keywords make; `axes` are ranges as texts, or lists."""
    fixed = {key: value for key, value in ((SIZE, size), (CHIP, chip)) if value is not None}
    path = None if catalogue is None else whole_path(catalogue)
    return Scenario(
        {**fixed, **given},
        tuple(nodes),
        tuple(axis_of(name, values) for name, values in _keyed_axes(axes).items()),
        strict=strict,
        catalogue=path,
        command=command,
        own={command: {key: value for key, value in (own or {}).items() if value is not None}},
        convention=convention,
    )


def _own_over(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return a command's own words over those of another scenario; another target takes the place of any."""
    gone = TARGETS if any(key in more for key in TARGETS) else ()
    return {**{key: value for key, value in base.items() if key not in gone}, **more}


def _keyed_axes(axes: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if not axes:
        return {}
    from .ranges import keyed_axes

    return keyed_axes(axes)


def axis_of(name: str, given: Any) -> Axis:
    """Return the axis of an input, or of one node's own, from a range as a text or a list of values."""
    if name in (SIZE, CHIP):
        if not isinstance(given, list) or not given:
            raise InputError(f"axis {name}: give a list of {name}s")
        return Axis(name, tuple(one_value(name, value) for value in given))
    if isinstance(given, str):
        from .ranges import axis_of_text

        return axis_of_text(name, given)
    if not isinstance(given, list) or not given:
        raise InputError(f'axis {name} {brief(given)}: give a list, or a range such as "0.05:0.5:10"')
    return Axis(name, tuple(one_value(name, value) for value in given))


def _axis_spec(axis: Axis, known: Catalogue) -> Any:
    """Return an axis as JSON holds it: a range by its ends, else its key and its values."""
    node, colon, own = axis.key.partition(":")
    name = f"{known.node(node).id}:{own}" if colon else axis.key
    if isinstance(axis.points, Span):
        return axis._replace(key=name).to_spec()
    return [name, [value_form(name, value, known) for value in axis.listed()]]


def _axis_in(spec: Any) -> Axis:
    if isinstance(spec, Mapping):
        from .spec import axis_of_spec

        return axis_of_spec(spec)
    key, values = spec
    return Axis(key, tuple(values))


def over(base: Scenario, more: Scenario) -> Scenario:
    """Return `base` with what `more` says in its place: whatever key that gives, as one value or as several."""
    said = {*more.fixed, *more.varied}
    nodes = () if NODE in said else base.nodes
    if SIZE in said or CHIP in said or any(key in said for key in (AREA, *SIDES)):
        said |= {SIZE, CHIP, AREA, *SIDES}
    fixed = {key: value for key, value in base.fixed.items() if key not in said}
    said |= {NODE} if more.nodes else set()
    points = more.points or tuple({k: v for k, v in row.items() if k not in said} for row in base.points)
    return Scenario(
        {**fixed, **more.fixed},
        more.nodes or nodes,
        (*(axis for axis in base.axes if axis.key not in said), *more.axes),
        tuple(row for row in points if row),
        base.strict or more.strict,
        more.catalogue or base.catalogue,
        more.command or base.command,
        {command: _own_over(base.own.get(command, {}), more.own.get(command, {})) for command in OWN},
        more.convention or base.convention,
    )


def key_named(name: object, known: Catalogue | None, extra: Sequence[str] = SUBJECT) -> str:
    """Return the key of what a scenario calls `name`."""
    names = (*extra, RATE, *KEYWORDS, DENSITY, *WAFER_INPUT_KEYS, *WAFER_NAME_KEYS)
    tools = () if known is None else tool_keys(known.tools)
    return key_of(name, (*names, *tools), "key", f"'nodecalc keys' lists the inputs; beside them {', '.join(extra)}")


def _plain(row: Mapping[str, Any], known: Catalogue) -> dict[str, Any]:
    return {key: value_form(key, value, known) for key, value in row.items() if value is not None}


def value_form(key: str, value: Any, known: Catalogue) -> Any:
    """Return one value in its one form, whoever says it and however."""
    key = key.rpartition(":")[2]
    if key == NODE:
        return [_node(each, known) for each in value] if isinstance(value, list | tuple) else _node(value, known)
    if key == CHIP:
        return known.product(str(value)).id
    if key == SIZE:
        found = measures(value)
        return "x".join(f"{found[key]!r}".removesuffix(".0") for key in (SIDES if SIDES[0] in found else (AREA,)))
    q = find_quantity(key)
    if q is not None and not q.is_name:
        # An amount in other money is read at the rate that stands beside it in the question.
        return value if isinstance(value, str) and _stays(key, value) else number(value, key)
    if key in choices.READERS:
        return choices.READERS[key](value)
    return "+".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _stays(key: str, value: str) -> bool:
    """Whether a text means a number that is known only where it is asked: other money, a country's grid."""
    from .rates import is_foreign

    return is_named(key, value) or is_foreign({key: value})


def _node(value: Any, known: Catalogue) -> str:
    at = value if isinstance(value, At) else read_node(str(value))
    name = at.node if isinstance(at.node, str) else at.node.id
    return str(At(known.node(name).id, at.own))


def one_value(key: str, value: object) -> Any:
    """Return a value that a table of a file gives for `key`, which is not several."""
    listed = isinstance(value, list) and not (_is_list(key) and value and all(isinstance(each, str) for each in value))
    if isinstance(value, bool | Mapping) or listed:
        raise InputError(f"{key} {brief(value)}: one value, a number or a text; several go into [axes] or [points]")
    return value


def _is_list(key: str) -> bool:
    return key == NODE or key in WAFER_NAME_KEYS or (key in QUANTITIES and QUANTITIES[key].several)


def apart(question: Mapping[str, Any]) -> tuple[Any, Any, Any, dict[str, Any]]:
    """Return size, node and chip of one answer's question, and its inputs."""
    given = {key: value for key, value in question.items() if key not in (*SUBJECT, NAME)}
    return question.get(SIZE), question.get(NODE), question.get(CHIP), given


def nodes_given(node: Any) -> tuple[At, ...]:
    """Return the nodes of a keyword: none, one of any kind, a text with commas, or several."""
    if node is None:
        return ()
    if isinstance(node, At):
        return (node,)
    if isinstance(node, str):
        return tuple(nodes_of([node]))
    several = items("node", node, "give a node, or a list of nodes") if hasattr(node, "__iter__") else (node,)
    if len(several) == 0:
        raise InputError(f"node {brief(node)}: no node in it; name one, or leave it out")
    return tuple(
        found for each in several for found in (nodes_given(each) if isinstance(each, str | At) else (At(each),))
    )
