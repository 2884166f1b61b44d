"""Loops over points, written by the program from stages: the one way in which formulas become compiled loops.

A written loop takes `count` points, a tuple of operands (an array along the points or one number for all of them) and a
tuple of arrays to fill. It runs stage by stage over a block that stays in the first-level cache: one loop over all
stages is so long that the processor cannot see the next points past it, and waits for each one's chain of dependent
steps. So a loop ends behind every stage that is long, and what a later one needs waits in a buffer.

The text of a loop is kept as a file beside its compiled form, where tracebacks and profilers find it. Both go by a name
that holds a hash of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from math import inf, nan
from re import Match, sub
from types import FunctionType
from typing import Any, Final

from numba import njit
from numba.extending import register_jitable

from nodecalc_kernels.numbers import vecmath
from nodecalc_kernels.stages import Stage, halves_of
from nodecalc_kernels.tasks import Task

from . import operands as compiled_loops
from .cache import PACKAGE, build_loop, keep_text
from .inlined import INLINED_APART
from .math import FORMULA_OPTIONS, JIT_OPTIONS
from .registration import register_formula

INDENT: Final = "    "
SHARED: Final = "run_"
"""How functions begin that several walks of a loop share."""


def loop_name(task: Task, arrays: Collection[str] | None = None) -> str:
    """Return the name of the loop for `task`: its first result, and a hash of all that it says."""
    return f"{task.outputs[0]}_{blake2b(text_of(task, 'loop', arrays).encode(), digest_size=8).hexdigest()}"


def in_halves(task: Task) -> Task:
    """Return `task` with two stages in the place of each that has halves."""
    if all(step.halves is None for step in task.stages):
        return task
    found: list[Stage] = []
    for step in task.stages:
        if step.halves is None:
            found.append(step)
            continue
        first, second = step.halves
        parts = halves_of(step.outputs[0])
        # The second is no longer than others.
        found += [Stage(parts, first, step.inputs, long=True), Stage(step.outputs, second, parts)]
    return task._replace(stages=tuple(found))


def text_of(task: Task, name: str | None = None, arrays: Collection[str] | None = None, *, whole: bool = False) -> str:
    """Return the text of the loop for `task`; with `arrays` for operands that come packed, see `written_packed`.

    With `whole` it is for no fewer points than a block has. A loop of a number of points that is known spends no time
    on what is left over: there the last block begins so early that it is a whole one, and some points are worked out
    twice.

    >>> from nodecalc_kernels.graphs import die_graph
    >>> from nodecalc_kernels.tasks import task_of
    >>> print(text_of(task_of(die_graph("poisson", "area"), ["die_yield", "gross_dies"], ["good_dies"]), "example"))
    def example(count, operands, out):
        '''Fill good_dies from die_yield, gross_dies; written from the stages of the calculation.'''
        (die_yield, gross_dies,) = operands
        (good_dies_out,) = out
        i = 0
        while i < count:
            gross_dies_i = get(gross_dies, i)
            die_yield_i = get(die_yield, i)
            good_dies_i = good_dies(gross_dies_i, die_yield_i)  # nodecalc_kernels.cost.die
            put(good_dies_out, i, good_dies_i)
            i += 1
    <BLANKLINE>

    """
    task = in_halves(task)
    runs = _runs(task.stages)
    functions = _function_names(task.stages)
    born = {key: number for number, run in enumerate(runs) for step in run for key in step.outputs}
    taken = {(key, number) for number, run in enumerate(runs) for step in run for key in step.inputs}
    kept = _buffers(born, taken)
    blocked = len(runs) > 1
    packed = arrays is not None
    numbers = {key for key in task.inputs if key not in arrays} if arrays is not None else set[str]()
    told = f"Fill {', '.join(task.outputs)} from {', '.join(task.inputs)}; written from the stages of the calculation."
    lines = [
        f"def {name or loop_name(task, arrays)}(count, {'rows, places, numbers' if packed else 'operands'}, out):",
        f"{INDENT}'''{told}'''",
        *(f"{INDENT}{line}" for line in _unpacked(task.inputs, numbers if packed else None)),
        f"{INDENT}({''.join(f'{key}_out, ' for key in task.outputs).rstrip()}) = out",
        *(f"{INDENT}{buffer} = room(BLOCK, REAL)" for buffer in dict.fromkeys(kept.values())),
    ]
    indent, place = INDENT, "i"
    if blocked:
        lines += [
            f"{indent}start = 0",
            f"{indent}while start < count:",
            f"{indent}{INDENT}first = {'start if start + BLOCK <= count else count - BLOCK' if whole else 'start'}",
            *(() if whole else (f"{indent}{INDENT}length = BLOCK if first + BLOCK < count else count - first",)),
        ]
        indent, place = indent + INDENT, "place"
    length = "BLOCK" if whole else "length"
    constants = dict(task.constants)
    copied = [
        f"put({key}_out, {place}, {repr(constants[key]) if key in constants else _read(key, place, numbers)})"
        for key in task.outputs
        if key not in born
    ]
    walks: list[list[str]] = []
    for number, run in enumerate(runs or [[]]):
        # No range: what numba makes of one is longer than most formulas.
        walk = [
            "i = 0",
            f"while i < {length if blocked else 'count'}:",
            *(
                f"{INDENT}{line}"
                for line in (
                    *(("place = first + i",) if blocked else ()),
                    *_body(run, number, born, kept, constants, task, functions, place, numbers),
                    *(copied if number == len(runs or [[]]) - 1 else ()),
                    "i += 1",
                )
            ),
        ]
        walks.append(walk)
    names = {*task.inputs, *kept.values(), *(f"{key}_out" for key in task.outputs)}
    walks, shared = _shared(walks, names) if packed and blocked else (walks, [])
    lines += [f"{indent}{line}" for walk in walks for line in walk]
    if blocked:
        lines.append(f"{indent}start += BLOCK")
    return "\n".join([*shared, *lines]) + "\n"


def _shared(walks: Sequence[Sequence[str]], names: Collection[str]) -> tuple[list[list[str]], list[str]]:
    """Return `walks` with calls in place of those that differ in their names alone, and the functions called.

    Five tools are five times the same formulas, and take five times as long to compile.
    """
    generals = [_general(walk, names) for walk in walks]
    texts = [text for text, _ in generals]
    often = [text for text in dict.fromkeys(texts) if texts.count(text) > 1]
    found, functions = [], []
    for walk, (text, operands) in zip(walks, generals, strict=True):
        call = f"{SHARED}{often.index(text)}(first, length, {', '.join(operands)})" if text in often else ""
        found.append([call] if call else list(walk))
    for number, text in enumerate(often):
        count = len(generals[texts.index(text)][1])
        taken = ", ".join(f"a{place}" for place in range(count))
        functions += [f"def {SHARED}{number}(first, length, {taken}):"]
        functions += [f"{INDENT}{line}" for line in text.split("\n")] + ["", ""]
    return found, functions


def _general(walk: Sequence[str], names: Collection[str]) -> tuple[str, list[str]]:
    """Return a walk with a0, a1, ... for its operands and x0, x1, ... for its values, and the operands."""
    operands: dict[str, str] = {}
    values: dict[str, str] = {}

    def general(word: Match[str]) -> str:
        name = word[0]
        if name in names:
            return operands.setdefault(name, f"a{len(operands)}")
        return values.setdefault(name, f"x{len(values)}") if name.endswith("_i") else name

    return sub(r"(?<![.\w])[a-z]\w*\b(?!\()", general, "\n".join(walk)), list(operands)


def _unpacked(inputs: Sequence[str], numbers: Collection[str] | None) -> list[str]:
    """Return the lines that give each operand its name."""
    if numbers is None:
        return [f"({''.join(f'{key}, ' for key in inputs).rstrip()}) = operands"]
    return [
        f"{key} = get(numbers, {place})" if key in numbers else f"{key} = row(rows, places, {place})"
        for place, key in enumerate(inputs)
    ]


def _read(key: str, place: str, numbers: Collection[str]) -> str:
    return key if key in numbers else f"get({key}, {place})"


def _body(
    run: Sequence[Stage],
    number: int,
    born: Mapping[str, int],
    kept: Mapping[str, str],
    constants: Mapping[str, float],
    task: Task,
    functions: Mapping[Stage, str],
    place: str,
    numbers: Collection[str],
) -> list[str]:
    """Return the lines that take one point through one run of stages; `place` is the word for where it is.

    Those of `numbers` are known to be numbers, and stand for themselves.
    """
    lines, stores, here = [], [], set()  # a store may take the place of what is read in the same run: it comes last
    for step in run:
        for key in step.inputs:
            if key in here or key in numbers:
                continue
            if key in born and born[key] < number:
                lines.append(f"{key}_i = get({kept[key]}, i)")
            elif key in constants:
                lines.append(f"{key}_i = {constants[key]!r}")
            elif key not in born:
                lines.append(f"{key}_i = get({key}, {place})")
            here.add(key)
        made = ", ".join(f"{key}_i" for key in step.outputs)
        taken = ", ".join(key if key in numbers else f"{key}_i" for key in step.inputs)
        lines.append(f"{made} = {functions[step]}({taken})  # {step.function.__module__}")
        here.update(step.outputs)
        stores += [f"put({kept[key]}, i, {key}_i)" for key in step.outputs if key in kept]
        lines += [f"put({key}_out, {place}, {key}_i)" for key in step.outputs if key in task.outputs]
    return lines + stores


def _buffers(born: Mapping[str, int], taken: Iterable[tuple[str, int]]) -> dict[str, str]:
    """Return where each result is kept that a later run takes: in the place of one that no run takes any more.

    The fewer there are, the more of the first-level cache is left to the operands.
    """
    last: dict[str, int] = {}
    for key, number in taken:
        if number > born.get(key, number):
            last[key] = max(number, last.get(key, 0))
    found: dict[str, str] = {}
    for key in (key for key in born if key in last):
        busy = {found[k] for k in found if last[k] > born[key] or born[k] == born[key]}
        found[key] = next((buffer for buffer in found.values() if buffer not in busy), f"{key}_kept")
    return found


def _runs(stages: Sequence[Stage]) -> list[list[Stage]]:
    """Return `stages` in runs that share a loop; each but the last ends with a long one.

    A short stage of operands alone waits for the run that takes its results: it takes less time than keeping them.
    """
    runs: list[list[Stage]] = [[]]
    for step in stages:
        runs[-1].append(step)
        if step.long:
            runs.append([])
    runs = [run for run in runs if run]
    born = {key for step in stages for key in step.outputs}
    for number, run in enumerate(runs):
        for step in [s for s in run if not s.long and born.isdisjoint(s.inputs)]:
            takers = [n for n, later in enumerate(runs) for s in later if not set(step.outputs).isdisjoint(s.inputs)]
            if takers and min(takers) > number:
                run.remove(step)
                runs[min(takers)].insert(0, step)
    return [run for run in runs if run]


def _function_names(stages: Sequence[Stage]) -> dict[Stage, str]:
    """Return a name for the function of every stage: its own, with a number where several share one."""
    names: dict[Any, str] = {}
    for step in stages:
        name = step.function.__name__
        taken = list(names.values())
        names.setdefault(step.function, name if name not in taken else f"{name}_{len(taken)}")
    return {step: names[step.function] for step in stages}


def plain_loop(
    task: Task, prefix: str = "", arrays: Collection[str] | None = None, *, whole: bool = False
) -> FunctionType:
    """Return the loop for `task` as a plain Python function; `prefix` sets its name apart from that of another form."""
    task = in_halves(task)
    name = f"{prefix}{'whole_' if whole else ''}{loop_name(task, arrays)}"
    text = text_of(task, name, arrays, whole=whole)
    scope: dict[str, Any] = {
        # A name that can be imported: numba looks the globals of a loop that it finds again up by it.
        "__name__": compiled_loops.__name__,
        "BLOCK": compiled_loops.BLOCK,
        "REAL": compiled_loops.REAL,
        "get": compiled_loops.get,
        "put": compiled_loops.put,
        "room": compiled_loops.room,
        "row": compiled_loops.row,
        "inf": inf,
        "nan": nan,
    }
    for step, function in _function_names(task.stages).items():
        scope[function] = step.function
    exec(compile(text, keep_text(name, text), "exec"), scope)
    for shared in [key for key in scope if key.startswith(SHARED)]:
        register_jitable(**JIT_OPTIONS, **INLINED_APART)(scope[shared])
    made = scope[name]
    assert isinstance(made, FunctionType)
    return made


def _build(loop: FunctionType) -> Any:
    return build_loop(loop, loop.__name__, {}, nogil=True, _nrt=False, **JIT_OPTIONS)  # it makes no array


class Loops:
    """The two compiled loops of a task of several runs: for many points, and for fewer than a block has."""

    def __init__(self, build: Callable[[bool], Any]) -> None:
        """Take what gives the loop for many points, or for few."""
        self._build = build
        self._built: dict[bool, Any] = {}

    def of(self, count: int) -> Any:
        """Return the loop for so many points."""
        many = count >= compiled_loops.BLOCK
        if many not in self._built:
            self._built[many] = self._build(many)
        return self._built[many]

    def __call__(self, count: int, operands: tuple[Any, ...], out: tuple[Any, ...]) -> None:
        """Fill `out`, which no operand may overlap: some points may be worked out twice."""
        self.of(count)(count, operands, out)


def _loops(task: Task, build: Callable[[bool], Any]) -> Any:
    return Loops(build) if len(_runs(task.stages)) > 1 else build(False)


@cache
def written(task: Task) -> Any:
    """Return the compiled loop for `task`."""
    for step in in_halves(task).stages:
        register_formula(step.function)
    return _loops(task, lambda whole: _build(plain_loop(task, whole=whole)))


@cache
def written_packed(task: Task, arrays: tuple[str, ...]) -> Any:
    """Return the same loop for many operands: it takes `rows, places, numbers` for `operands`.

    `rows` is a table of float64, contiguous; `places` has for each of the task's inputs the number of its row, if it is
    one of `arrays`, and `numbers` its value if not. Taking each one from Python by itself is half of what there is to
    compile in a loop of a hundred.
    """
    for step in in_halves(task).stages:
        register_formula(step.function)
    return _build(plain_loop(task, "packed_", arrays))


@cache
def written_single(task: Task) -> Any:
    """Return the compiled loop for `task` in single precision."""
    # Not at the head: nobody who stays with doubles should wait for it.
    from .single import rebuild

    return _loops(task, lambda whole: _build(rebuild(plain_loop(task, "single_", whole=whole))))


@cache
def written_steady(task: Task) -> Any:
    """Return the compiled loop for `task` whose bits do not depend on which operands vary along the points.

    The formulas, and those that they call, are compiled anew and not as registered: there a quotient by a number that
    stands still may become a product, and whether an operand stands still depends on how a grid is cut.
    """
    task = in_halves(task)
    loop = plain_loop(task, "steady_")
    for step in task.stages:
        register_formula(step.function)
    loop.__globals__.update({name: _steady(step.function) for step, name in _function_names(task.stages).items()})
    return _build(loop)


@cache
def _steady(formula: Any) -> Any:
    scope = dict(formula.__globals__)
    for name in formula.__code__.co_names:
        called = scope.get(name)
        if isinstance(called, FunctionType) and called.__module__.startswith(f"{PACKAGE}."):
            scope[name] = called if called.__module__ == vecmath.__name__ else _steady(called)
    steady = FunctionType(formula.__code__, scope, formula.__name__, None, formula.__closure__)
    steady.__module__, steady.__qualname__ = formula.__module__, formula.__qualname__
    return njit(**FORMULA_OPTIONS)(steady)
