"""A whole question as data: the die and its inputs, axes whose product is asked, points that belong together.

A file says it in TOML, the command line and the library in their own words; all three make the same `Scenario`, and
`spec` writes any of them in one form, by which it can be asked again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.doors import brief, items
from nodecalc.errors import InputError
from nodecalc.vocabulary import QUANTITIES, WAFER_INPUT_KEYS, WAFER_NAME_KEYS, find_quantity, tool_keys
from nodecalc.vocabulary.spelling import key_of

from . import choices
from .at import At, nodes_of, read_node
from .graph import DENSITY, KEYWORDS, RATE
from .resize import AREA, SIDES, measures
from .units import number

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

SIZE: Final = "size"
NODE: Final = "node"
CHIP: Final = "chip"
NAME: Final = "name"
OWN: Final = (SIZE, NODE, CHIP)
"""What a question has beside its inputs."""
MOST_ANSWERS: Final = 200_000
"""Answers of one scenario, each worked out by itself; a sweep takes more."""


class Scenario(NamedTuple):
    """A question: what holds for all answers, what is varied, what belongs together."""

    fixed: Mapping[str, Any]
    """Size, chip and inputs under vocabulary keys."""
    nodes: tuple[At, ...] = ()
    axes: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    """Keys and their values; the last varies fastest."""
    points: tuple[Mapping[str, Any], ...] = ()
    """Rows of inputs that belong together; the slowest of all."""
    strict: bool = False
    catalogue: str | None = None
    """Path of the user's catalogue file."""

    @property
    def is_asked(self) -> bool:
        """Whether anything is said at all."""
        return bool(self.fixed or self.nodes or self.axes or self.points or self.strict or self.catalogue)

    def checked(self) -> Scenario:
        """Return it where each input is said once: for all, by an axis or by the points; else an error."""
        where: dict[str, str] = dict.fromkeys(self.fixed, "[die]") | ({NODE: "[die]"} if self.nodes else {})
        for place, keys in (
            ("[axes]", [k for k, _ in self.axes]),
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
        return tuple(dict.fromkeys((*(k for row in self.points for k in row), *(key for key, _ in self.axes))))

    @property
    def answers(self) -> int:
        """How many answers it has."""
        count = max(len(self.points), 1) * max(len(self.nodes), 1)
        for _, values in self.axes:
            count *= len(values)
        return count

    def questions(self) -> Iterator[dict[str, Any]]:
        """Yield the inputs of each answer: points, then nodes, then the axes, the last fastest."""
        if self.answers > MOST_ANSWERS:
            raise InputError(
                f"{self.answers:,} answers of a scenario, at most {MOST_ANSWERS:,}; 'nodecalc sweep' takes any number"
            )
        for point in self.points or ({},):
            for node in self.nodes or (None,):
                for values in product(*(values for _, values in self.axes)):
                    here = dict(self.fixed)
                    if node is not None:
                        here[NODE] = node
                    here |= point
                    yield here | {key: value for (key, _), value in zip(self.axes, values, strict=True)}

    def spec(self, known: Catalogue) -> dict[str, Any]:
        """Return the question in its one form, as JSON holds it; nodes by their ids, numbers in the key's unit.

        Where an order means something it is that of a list, so that whoever sorts keys changes nothing.
        """
        die = _plain({**self.fixed, **({NODE: list(self.nodes)} if self.nodes else {})}, known)
        columns = list(dict.fromkeys(key for row in self.points for key in row))
        return {
            "die": dict(sorted(die.items())),
            "axes": [[key, [_value(key, value, known) for value in values]] for key, values in self.axes],
            "columns": columns,
            "points": [[_plain(row, known).get(key) for key in columns] for row in self.points],
            "strict": self.strict,
            "catalogue": self.catalogue,
        }


def from_spec(spec: Mapping[str, Any]) -> Scenario:
    """Return the scenario that `Scenario.spec` wrote."""
    die = dict(spec["die"])
    nodes = tuple(nodes_of(die.pop(NODE, ())))
    return Scenario(
        die,
        nodes,
        tuple((str(key), tuple(values)) for key, values in spec["axes"]),
        tuple(
            {key: value for key, value in zip(spec["columns"], row, strict=True) if value is not None}
            for row in spec["points"]
        ),
        bool(spec["strict"]),
        spec["catalogue"],
    )


def asked(
    size: str | float | None,
    nodes: Sequence[At],
    chip: str | None,
    given: Mapping[str, Any],
    strict: bool,
    catalogue: str | None,
) -> Scenario:
    """Return the scenario that words of a command line or keywords make."""
    fixed = {key: value for key, value in ((SIZE, size), (CHIP, chip)) if value is not None}
    path = None if catalogue is None else os.path.abspath(catalogue)  # noqa: PTH100 - a link stays one
    return Scenario({**fixed, **given}, tuple(nodes), strict=strict, catalogue=path)


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
        (*((key, values) for key, values in base.axes if key not in said), *more.axes),
        tuple(row for row in points if row),
        base.strict or more.strict,
        more.catalogue or base.catalogue,
    )


def key_named(name: object, known: Catalogue | None, extra: Sequence[str] = OWN) -> str:
    """Return the key of what a scenario calls `name`."""
    names = (*extra, RATE, *KEYWORDS, DENSITY, *WAFER_INPUT_KEYS, *WAFER_NAME_KEYS)
    tools = () if known is None else tool_keys(known.tools)
    return key_of(name, (*names, *tools), "key", f"'nodecalc keys' lists the inputs; beside them {', '.join(extra)}")


def _plain(row: Mapping[str, Any], known: Catalogue) -> dict[str, Any]:
    return {key: _value(key, value, known) for key, value in row.items() if value is not None}


def _value(key: str, value: Any, known: Catalogue) -> Any:
    """Return one value in its one form."""
    if key == NODE:
        return [_node(each, known) for each in value] if isinstance(value, list | tuple) else _node(value, known)
    if key == CHIP:
        return known.product(str(value)).id
    if key == SIZE:
        found = measures(value)
        return "x".join(repr(found[side]) for side in SIDES) if SIDES[0] in found else repr(found[AREA])
    q = find_quantity(key)
    if q is not None and not q.is_name:
        # An amount in other money is read at the rate that stands beside it in the question.
        return value if isinstance(value, str) and _is_foreign(key, value) else number(value, key)
    if key in choices.READERS:
        return choices.READERS[key](value)
    return "+".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _is_foreign(key: str, value: str) -> bool:
    from .rates import is_foreign

    return is_foreign({key: value})


def _node(value: Any, known: Catalogue) -> str:
    at = value if isinstance(value, At) else read_node(str(value))
    name = at.node if isinstance(at.node, str) else at.node.id
    return str(At(known.node(name).id, at.own))


def one_value(key: str, value: object) -> Any:
    """Return a value that a table of a file gives for `key`, which is not several."""
    if isinstance(value, bool | Mapping) or (isinstance(value, list) and not _is_list(key)):
        raise InputError(f"{key} {brief(value)}: one value, a number or a text; several go into [axes] or [points]")
    return value


def _is_list(key: str) -> bool:
    return key == NODE or key in WAFER_NAME_KEYS or (key in QUANTITIES and QUANTITIES[key].several)


def apart(question: Mapping[str, Any]) -> tuple[Any, Any, Any, dict[str, Any]]:
    """Return size, node and chip of one answer's question, and its inputs."""
    given = {key: value for key, value in question.items() if key not in (*OWN, NAME)}
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
    return tuple(
        found for each in several for found in (nodes_given(each) if isinstance(each, str | At) else (At(each),))
    )
