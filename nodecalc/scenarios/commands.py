"""What each command makes of a scenario's question: its own words in their one form, and its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.doors import brief, plain
from nodecalc.errors import InputError, NodecalcError
from nodecalc.question.asking import (
    CAPACITY,
    CARBON,
    COMPARE,
    DIE,
    MAP,
    MEMORY,
    RISK,
    SOLVE,
    SPLIT,
    SWEEP,
    SYSTEM,
    WAFER,
)
from nodecalc.question.at import At, nodes_of, read_node
from nodecalc.question.salvage import cost_asked
from nodecalc.question.scenario import apart
from nodecalc.question.units import number, written
from nodecalc.vocabulary import PORT_KEYS
from nodecalc.vocabulary.spelling import key_of

from . import beyond

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.drivers.solve.along import Solutions
    from nodecalc.drivers.solve.solution import Solution
    from nodecalc.drivers.sweep.request import Request

STREAMS: Final = ("reduce", "best", "pareto")
"""What boils a sweep down, so that none of its points is held."""

Own = Mapping[str, Any]
Asked = Mapping[str, Any]
"""One question: size, node, chip and inputs by key, those with several values as axes."""


class Solved(NamedTuple):
    """The answers of one line of `nodecalc solve`: one for each result that is to be as asked."""

    found: tuple[Solution | Solutions, ...]

    @property
    def dims(self) -> tuple[str, ...]:
        """The axes that the solutions lie along."""
        return tuple(getattr(self.found[0], "dims", ()))

    @property
    def solutions(self) -> list[Solution]:
        """Every solution, question by question."""
        from nodecalc.drivers.solve.along import Solutions

        return [row for each in self.found for row in (each if isinstance(each, Solutions) else [each])]


class Command(NamedTuple):
    """A command that scenarios may be asked of."""

    settle: Callable[[Own, Catalogue], dict[str, Any]]
    """Its own words in the form in which they are kept; what says nothing new is left out."""
    ask: Callable[..., Any]
    """From a question, its own words, whether it is strict, and the catalogue to the answer; of risk also a client."""


def texts(given: Any, commas: bool = False) -> list[str]:
    """Return one text or several as a list; `commas` where a text may hold several."""
    several = [given] if isinstance(given, str) else list(given)
    return [part.strip() for text in several for part in (text.split(",") if commas else [text]) if part.strip()]


def _whole(name: str, given: Any) -> int:
    if isinstance(given, int):
        return given
    try:
        # A double would round what is beyond 2^53.
        is_plain = isinstance(given, str) and given.strip().lstrip("+-").isdigit()
        found: float = int(given) if is_plain else float(given)
        whole = int(found)
    except (TypeError, ValueError, OverflowError):
        found, whole = 0.5, 0
    if whole != found:
        raise InputError(f"{name} {brief(given)}: no whole number; give one, such as 10")
    return whole


def _die_words(own: Own, known: Catalogue) -> dict[str, Any]:
    return dict(own)


def _die(question: Asked, own: Own, strict: bool, known: Catalogue) -> Any:
    from nodecalc.drivers.estimate import estimate

    size, node, chip, given = apart(question)
    return estimate(size, node=node, chip=chip, strict=strict, catalogue=known, **given)


def _sweep_words(own: Own, known: Catalogue) -> dict[str, Any]:
    from nodecalc.drivers.sweep.request import check_outputs

    found: dict[str, Any] = {}
    if own.get("keys"):
        found["keys"] = list(check_outputs(texts(own["keys"], commas=True)))
    for key in ("against", "reduce", "pareto"):
        if own.get(key):
            found[key] = texts(own[key], commas=key != "against")
    if own.get("best"):
        found["best"] = str(own["best"])
    if own.get("top") is not None:
        found["top"] = _whole("--top", own["top"])
        if "best" not in found:
            raise InputError(f"--top {found['top']}: of what? add --best KEY, such as --best good_die_cost_usd")
    if "against" in found and any(key in found for key in STREAMS):
        raise InputError(
            f"--against {found['against'][0]} with --reduce, --best or --pareto: what streams is not drawn; leave out "
            "one"
        )
    return found


def sweep_request(question: Asked, own: Own, strict: bool, known: Catalogue) -> Request:
    """Return one question of a scenario as a sweep's: nodes first, then the axes in their order."""
    from nodecalc.drivers.sweep.request import DEFAULT_RESULTS, read_request

    size, node, chip, given = apart(question)
    if chip is not None and node is None:
        node = known.product(chip).node or None
    # One too is an axis: its name then stands in every row.
    nodes = {} if node is None else {"node": [node] if isinstance(node, str | At) else node}
    ranked = [own["best"]] if "best" in own else []
    outputs = dict.fromkeys([*own.get("keys", ()), *ranked, *own.get("pareto", ())])
    return read_request(
        size, {**nodes, **given}, chip=chip, outputs=list(outputs) or DEFAULT_RESULTS, strict=strict,
        catalogue=known, against=nodes_of(own.get("against", ())),
    )  # fmt: skip


def _sweep(question: Asked, own: Own, strict: bool, known: Catalogue) -> Any:
    from nodecalc.drivers.sweep.asking import TOP, asked
    from nodecalc.drivers.sweep.reduce.reduction import reduced

    made = asked(sweep_request(question, own, strict, known), known)
    if any(key in own for key in STREAMS):
        reduced(made, own.get("reduce"), own.get("best"), own.get("top", TOP), own.get("pareto"))
    return made


def _risk_words(own: Own, known: Catalogue) -> dict[str, Any]:
    from nodecalc.drivers.risk_question import RESULTS, SAMPLES, read_worlds
    from nodecalc.question.laws import read_all

    found: dict[str, Any] = {}
    if own.get("vary"):
        laws = own["vary"] if isinstance(own["vary"], Mapping) else texts(own["vary"])
        found["vary"] = [
            each._replace(node=each.node and known.node(each.node).id).as_text() for each in read_all(laws)
        ]
    if own.get("prob"):
        found["prob"] = texts(own["prob"])
    if own.get("keys") is not None:
        keys = [key_of(key, RESULTS, "result") for key in dict.fromkeys(texts(own["keys"], commas=True))]
        if not keys:
            raise InputError(f"--keys '{own['keys']}': no results; name some, such as good_die_cost_usd,die_yield")
        found["keys"] = keys
    if own.get("samples") is not None and (count := read_worlds(own["samples"])) != SAMPLES:
        found["samples"] = count
    if own.get("seed") is not None and (seed := _whole("--seed", own["seed"])):
        found["seed"] = seed
    found |= {"independent": True} if own.get("independent") else {}
    return found | ({"drivers": False} if own.get("drivers") is False else {})


def _risk(question: Asked, own: Own, strict: bool, known: Catalogue, client: Any = None) -> Any:
    from nodecalc.drivers.risk_question import risk

    size, node, chip, given = apart(question)
    words = {("outputs" if key == "keys" else key): value for key, value in own.items()}
    return risk(size, node=node, chip=chip, strict=strict, catalogue=known, client=client, **words, **given)


def _solve_words(own: Own, known: Catalogue) -> dict[str, Any]:
    from nodecalc.drivers.solve.question import is_output, read_key, read_output, read_span, read_target
    from nodecalc.vocabulary import quantity

    if not own.get("key"):
        raise InputError("nothing to solve for; name the input first, such as d0, or in a scenario key in [solve]")
    node, key = read_key(own["key"], known)
    found: dict[str, Any] = {"key": f"{known.node(node).id}:{key}" if node else key}
    if own.get("range") is not None:
        low, high = read_span(quantity(key), own["range"])
        found["range"] = f"{written(low, key)}:{written(high, key)}"
    target, equal, to = own.get("target"), own.get("equal"), own.get("to")
    if target and (equal is not None or to is not None):
        raise InputError("--target and --equal: two questions; give one of them")
    if target:
        several = [{key: value} for key, value in target.items()] if isinstance(target, Mapping) else texts(target)
        read = [read_target(each) for each in several]
        return found | {"target": [f"{output}={value!r}" for output, value in read]}
    if equal is None and to is None:
        raise InputError("nothing to solve for; give --target KEY=VALUE, such as cost=30, or --equal NODE")
    words = [] if equal is None else texts(equal, commas=True)
    if to is None:
        if len(words) != 1 or is_output(words[0]):
            said = ", ".join(words)
            raise InputError(f"--equal {said}: to whom? add --to NODE, or give a node alone: --equal tsmc-n7")
        to, words = words[0], []
    return found | ({"equal": [read_output(word) for word in words]} if words else {}) | {"to": _rival(to, known)}


def _rival(name: str, known: Catalogue) -> str:
    """Return a node's id, with inputs of its own, or a chip's; what is neither is left to the question to refuse."""
    at = read_node(name)
    try:
        return str(At(known.node(str(at.node)).id, at.own))
    except NodecalcError:
        if at.own:
            raise
    try:
        return known.product(name).id
    except NodecalcError:
        return name


def _solve(question: Asked, own: Own, strict: bool, known: Catalogue) -> Solved:
    from nodecalc.drivers.solve.question import DEFAULT_OUTPUT, PER_TRANSISTOR
    from nodecalc.drivers.solve.solve import solve
    from nodecalc.errors import MissingFigureError

    size, node, chip, given = apart(question)
    several = [node] if isinstance(node, str | At) else list(node or ())
    node = None if not several else several[0] if len(several) == 1 else list(map(str, several))
    span, to = own.get("range"), own.get("to")
    wanted: list[tuple[dict[str, Any], bool]] = [({"target": text}, False) for text in own.get("target", ())]
    if to is not None:
        # Of two nodes the cost of a die, and where both are known that of a transistor.
        both = ((cost_asked(given, DEFAULT_OUTPUT), False), (PER_TRANSISTOR, True))
        wanted = [
            ({"equal": key, "to": to}, lenient)
            for key, lenient in ([(key, False) for key in own["equal"]] if "equal" in own else both)
        ]
    found = []
    for words, lenient in wanted:
        try:
            found.append(
                solve(own["key"], size, node=node, chip=chip, range=span, strict=strict, catalogue=known, **words,
                      **given)
            )  # fmt: skip
        except (MissingFigureError, InputError):
            if not lenient:
                raise
    return Solved(tuple(found))


def _compare_words(own: Own, known: Catalogue) -> dict[str, Any]:
    from nodecalc.drivers.bridge import OUTPUTS

    found: dict[str, Any] = {"port": True} if own.get("port") else {}
    if own.get("of"):
        found["of"] = key_of(own["of"], OUTPUTS, "result to compare")
    if own.get("order"):
        found["order"] = [name.lower().replace("-", "_") for name in texts(own["order"], commas=True)]
    return found | {key: number(own[key], key) for key in PORT_KEYS if own.get(key) is not None}


def _compare(question: Asked, own: Own, strict: bool, known: Catalogue) -> Any:
    from nodecalc.drivers.compare_nodes import compare

    size, node, chip, given = apart(question)
    words = {key: value for key, value in own.items() if key != "of"}
    output = own.get("of")
    return compare(size, node=node or (), chip=chip, output=output, strict=strict, catalogue=known, **words, **given)


def _wafer_words(own: Own, known: Catalogue) -> dict[str, Any]:
    from nodecalc.question.resize import AREA, SIDES, measures

    found: dict[str, Any] = {}
    if own.get("compare") is not None:
        at = read_node(own["compare"])
        found["compare"] = str(At(known.node(str(at.node)).id, at.own))
    if own.get("area") is not None:
        given = measures(own["area"])
        found["area"] = given[AREA] if AREA in given else given[SIDES[0]] * given[SIDES[1]]
    return found


def _wafer(question: Asked, own: Own, strict: bool, known: Catalogue) -> Any:
    from .wafers import ask_wafer

    size, node, chip, given = apart(question)
    for name, value in (("size", size), ("chip", chip)):
        if value is not None:
            told = f"{name} {plain(value)}"
            raise InputError(f"{told}: a wafer is priced without its dies; leave it out, or ask it of die")
    if strict:
        raise InputError("strict: what a wafer costs by its layers rests on estimates; leave it out")
    return ask_wafer(node, given, own, known)


COMMANDS: Final[Mapping[str, Command]] = {
    DIE: Command(_die_words, _die),
    SWEEP: Command(_sweep_words, _sweep),
    RISK: Command(_risk_words, _risk),
    SOLVE: Command(_solve_words, _solve),
    COMPARE: Command(_compare_words, _compare),
    WAFER: Command(_wafer_words, _wafer),
    CAPACITY: Command(beyond.words, beyond.ask_capacity),
    MEMORY: Command(beyond.words, beyond.ask_memory),
    CARBON: Command(beyond.words, beyond.ask_carbon),
    SPLIT: Command(beyond.words, beyond.ask_split),
    SYSTEM: Command(beyond.words, beyond.ask_system),
    MAP: Command(beyond.words, beyond.ask_map),
}
