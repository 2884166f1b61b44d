"""How sure the cost of a system is and what drives it: its figures drawn, all systems in the same worlds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.catalogue import open_catalogue
from nodecalc.doors import a_flag, a_name
from nodecalc.doors import names as several_names
from nodecalc.drivers.risk.drawn import by_strength
from nodecalc.drivers.risk.plan import SHIFTS, Plan
from nodecalc.drivers.risk.statements import Asked, Statement, read_statement
from nodecalc.drivers.risk_answer import ONE, Risk
from nodecalc.drivers.risk_question import SAMPLES, read_seed, read_worlds
from nodecalc.errors import InputError, UnknownNameError
from nodecalc.question.laws import GivenLaw, Varied, halves, law_of_numbers, read_law, word_of

from .given import VARIED, refuse_set
from .notes import told_of
from .reading import set_texts
from .subject import OUTPUTS, Subject, find_input, is_name, read_outputs, subjects_of, usual_output
from .system import System, refuse_weak
from .worlds import part_of_graph

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.catalogue.systems import SystemEntry
    from nodecalc.drivers.risk.drawn import Part
    from nodecalc.question.at import At


class SystemRisk(Risk):
    """The distribution of what systems cost; as a `Risk`, its nodes being systems."""

    __slots__ = ("systems",)

    systems: tuple[System, ...]
    """The answers, what varies at its median."""

    def __init__(
        self, systems: Sequence[System], parts: Sequence[Part], outputs: Sequence[str], plan: Plan,
        statements: Sequence[Statement], varied: Sequence[Varied], independent: bool, catalogue: Catalogue,
    ) -> None:  # fmt: skip
        """Keep a question that is ready, and run it."""
        object.__setattr__(self, "systems", tuple(systems))
        super().__init__((), parts, outputs, plan, statements, varied, independent, catalogue)

    def _number(self, node: str | None) -> int:
        found = 0 if node is None else _place(a_name("system", node, ONE), self.nodes)
        if found is None:
            raise UnknownNameError(f"system '{node}': not in this question, which has {', '.join(self.nodes)}")
        return found

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know beside the numbers."""
        return told_of([(label, each.notes) for label, each in zip(self.nodes, self.systems, strict=True)])

    @property
    def is_of_wafer(self) -> bool:
        """No result of a system is of a wafer alone."""
        return False


def risk_system(
    name: str | os.PathLike[str] | SystemEntry | Sequence[str],
    *,
    node: str | At | Sequence[str | At] | None = None,
    vary: Mapping[str, Any] | Sequence[str] = (),
    outputs: str | Sequence[str] = (),
    prob: str | Sequence[str] = (),
    samples: int | str = SAMPLES,
    seed: int = 0,
    independent: bool = False,
    drivers: bool = True,
    values: Iterable[str] | Mapping[str, object] = (),
    convention: str | None = None,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> SystemRisk:
    """Return how sure the cost of a system is and what drives it.

    Args:
        name: a system, as for `system`, or several, which are drawn together: what they share is one draw.
        node: process node of the dies instead of their own; several are as many systems.
        vary: distributions of your own by input, as texts: ``["die.gpu.d0=0.05:0.1:0.2"]``, or by name as for `risk`:
            ``{"package_yield": (0.8, 0.95)}``.
        outputs: results, as for `sweep_system`; the cost of a unit where none is named.
        prob: statements such as ``"unit_cost_usd < 3000"`` and ``"smic-n+3 > smic-n+2"``: systems by name, or by node.
        samples, seed, independent, drivers: as for `risk`.
        values, convention, strict, catalogue: as for `sweep_system`.

    Returns:
        A `SystemRisk`: ``.p10``, ``.p50``, ``.p90``, ``.outcomes``, ``.drivers``, ``.probabilities``, ``.samples()``.

    Raises:
        NodecalcError: an unknown system, part or key; nothing that has a distribution.

    >>> q = risk_system("ascend-910c", samples=1024)
    >>> q.p10 < q.p50 < q.p90, q.drivers[0].name
    (True, 'smic-n+2.d0_per_cm2')

    """
    known = open_catalogue(catalogue)
    count = read_worlds(samples)
    read_seed(seed)
    texts_set = set_texts(values)
    subjects = [each for row in subjects_of(name, node, known, texts_set, convention) for each in row]
    labels = [each.label for each in subjects]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise InputError(f"{twice} twice in one question; give it once")
    if (independent := a_flag("independent", independent)) and len(subjects) < 2:
        raise InputError("--independent: one system shares no draw; leave it out, or name several")
    keys = several_names("outputs", outputs, f"name some of {', '.join(OUTPUTS)}")
    results = read_outputs(keys or (usual_output(subjects),), subjects)
    called = _called(subjects)
    statements = tuple(
        read_statement(text, results[0], OUTPUTS, labels, lambda word: _place(word, labels), called)
        for text in several_names("prob", prob, "give a statement such as 'unit_cost_usd < 3000'")
    )
    asked = tuple(dict.fromkeys((*results, *(key for said in statements for key in said.keys))))
    read_outputs(asked, subjects)
    varied = _read_all(vary, subjects)
    refuse_set(texts_set, {law.key: f"--vary {law.key.replace(':', '.')}" for law, _ in varied}, VARIED, node, subjects)
    parts, systems = [], []
    for place, each in enumerate(subjects):
        mine = [law for law, owners in varied if place in owners]
        moved = {law.key: law.law.median for law in mine}
        here = each.with_inputs(moved)
        graph = here.graph()
        if a_flag("strict", strict):
            refuse_weak(graph)
        for law in mine:
            others = {key: value for key, value in moved.items() if key != law.key}
            if not each.is_plain(law.key, law.law.median, others):
                raise InputError(
                    f"--vary {law.key.replace(':', '.')}: more than the cost follows it, such as dies a wafer; sweep "
                    "it with --over"
                )
        given = {each.start(law.key, graph): (f"{law.node}{law.key}", law.law) for law in mine}
        part = part_of_graph(graph, asked, each.label, known, given)
        if independent:
            drawn = {key: draw._replace(name=f"{each.label} {draw.name}") for key, draw in part.drawn.items()}
            part = part._replace(drawn=drawn)
        parts.append(part)
        systems.append(System(here.entry, graph, known, here.whole.get("volume")))
    if not any(part.drawn for part in parts):
        raise InputError(
            "no figure of this system has a distribution: what is given is exact; leave some of them out, or give one "
            "with --vary, such as --vary package_yield=0.8:0.9:0.95"
        )
    drivers = a_flag("drivers", drivers)
    plan = Plan(tuple(parts), asked, by_strength(parts, results[0]), count // SHIFTS, seed, drivers)
    return SystemRisk(systems, parts, results, plan, statements, [law for law, _ in varied], independent, known)


def _called(subjects: Sequence[Subject]) -> Asked:
    """Return how statements call these systems and what they cost."""
    first, second = subjects[0].label, subjects[-1].label
    forms = ["cost < 3000", f"{first} < 3000"]
    if first != second:
        forms = [f"{first} > {second}", f"{first} > 2 x {second}", f"{first}:cost < 3000"]
    listed = [f"'{form}'" for form in (*forms, f"{first}:package_yield > 95%")]
    return Asked(f"write {', '.join(listed[:-1])} or {listed[-1]}", "system", usual_output(subjects))


def _place(word: str, labels: Sequence[str]) -> int | None:
    """Return which system a word means: its name, that of its file, or the node that it alone is on; None for none."""
    plain = word.strip()
    if plain in labels:
        return list(labels).index(plain)
    found = [i for i, label in enumerate(labels) if label.partition(" on ")[2] == plain]
    found = found or [i for i, label in enumerate(labels) if label.partition(" on ")[0] == plain]
    found = found or [i for i, label in enumerate(labels) if plain in _names_of_file(label.partition(" on ")[0])]
    return found[0] if len(found) == 1 else None


def _names_of_file(name: str) -> tuple[str, ...]:
    """Return what a system from a file may go by: ``own`` and ``own.toml`` for ``folder/own.toml``."""
    last = os.path.basename(name)  # noqa: PTH119 - a name is split, nothing is opened
    return (last, last[: -len(".toml")]) if last.lower().endswith(".toml") else ()


def _read_all(given: Mapping[str, Any] | Sequence[str], subjects: Sequence[Subject]) -> list[tuple[Varied, set[int]]]:
    """Return every input that varies, and the systems that each is of; one that is named twice is an error."""
    if isinstance(given, Mapping):
        found = [_varied_in_python(name, law, subjects) for name, law in given.items()]
    else:
        texts = several_names("vary", given, "write PART.KEY=LOW:MODE:HIGH")
        found = [_varied(text, subjects) for text in texts]
    for place, (law, owners) in enumerate(found):
        if any(law.key == other.key and owners & others for other, others in found[:place]):
            raise InputError(f"--vary {law.key.replace(':', '.')}: given twice; give it once")
    return found


def _varied_in_python(name: object, given: Any, subjects: Sequence[Subject]) -> tuple[Varied, set[int]]:
    """Return what ``vary={name: given}`` says: a text as behind ``--vary``, or numbers as `risk` takes them."""
    name = a_name("vary", name, "name a number of a part, such as die.gpu.d0")
    if isinstance(given, str):
        return _varied(word_of(name, given), subjects)
    where = f"vary {name}"
    return _of_law(name, where, subjects, lambda key: law_of_numbers(key, given, where))


def _varied(text: str, subjects: Sequence[Subject]) -> tuple[Varied, set[int]]:
    """Return what a word of ``--vary`` says, and the systems that it is of."""
    head, is_call, body = halves(text)
    where = f"--vary '{text}'"
    return _of_law(head, where, subjects, lambda key: read_law(key, body, is_call, where))


def _of_law(
    head: str, where: str, subjects: Sequence[Subject], law_of: Callable[[str], GivenLaw]
) -> tuple[Varied, set[int]]:
    """Return the input that `head` calls with its distribution, and the systems that it is of."""
    owner, colon, name = head.rpartition(":")
    labels = [each.label for each in subjects]
    place = _place(owner, labels) if colon else None
    if colon and place is None:
        raise InputError(f"{where}: '{owner}' is no system of this question, which has {', '.join(labels)}")
    owners = set(range(len(subjects))) if place is None else {place}
    paths = {find_input(name, subjects[i]) for i in owners}
    if len(paths) > 1:
        raise InputError(f"{where}: of another part in each of {', '.join(labels)}; write SYSTEM:PART.KEY=...")
    path = paths.pop()
    if is_name(path):
        raise InputError(f"{where}: a name; numbers alone vary")
    law = law_of(path.rpartition(":")[2])
    return Varied(path, law, f"{labels[place]} " if place is not None else ""), owners
