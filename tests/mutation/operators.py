"""Small changes of a program's text, of the kind that a slip makes: one at a time, each at its place."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

COMPARED = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}  # fmt: skip
COMPUTED = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,), ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Div,), ast.Mod: (ast.Mult,),
}  # fmt: skip
CHANGED = (ast.Compare, ast.BinOp, ast.AugAssign, ast.BoolOp, ast.UnaryOp, ast.IfExp, ast.Constant)
WAYS = 4
"""Ways to change one node, at most."""


class Mutant(NamedTuple):
    """One change of a module's text."""

    source: str
    place: int
    """Which node of the program is changed, in the order of a walk."""
    way: int
    """In which of its ways."""
    line: int
    end_line: int
    function: str
    """The function that it is in."""
    before: str
    after: str
    """What is changed, as the program's own layout has it."""
    nth: int
    """How many of the function are changed in the same words, and come before it in the walk."""

    @property
    def tree(self) -> ast.Module:
        """The whole changed module."""
        tree = ast.parse(self.source)
        _change(_places(tree)[self.place], self.way)
        return ast.fix_missing_locations(tree)

    @property
    def text(self) -> str:
        """The whole changed module."""
        return ast.unparse(self.tree)


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module; docstrings, annotations, asserts and the words of errors are left alone."""
    tree = ast.parse(source)
    places = _places(tree)
    skipped = _skipped(tree)
    functions = [node for node in places if isinstance(node, ast.FunctionDef)]  # the inner ones come later
    inside = {id(inner): function.name for function in functions for inner in ast.walk(function)}
    seen: Counter[tuple[str, str, str]] = Counter()
    for place, node in enumerate(places):
        if id(node) in skipped or not isinstance(node, CHANGED):
            continue
        before = ast.unparse(node)
        for way in range(WAYS):
            changed = copy.deepcopy(node)
            if not _change(changed, way):
                break
            after = ast.unparse(changed)
            if after != before:
                words = (inside.get(id(node), ""), before, after)
                yield Mutant(source, place, way, node.lineno, node.end_lineno or node.lineno, *words, seen[words])
                seen[words] += 1


def _places(tree: ast.Module) -> list[ast.AST]:
    return [node for node in ast.walk(tree) if not isinstance(node, ast.Assert)]


def _skipped(tree: ast.AST) -> set[int]:
    """Return the nodes of annotations, docstrings and what stands under TYPE_CHECKING."""
    found: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef):
            parts += [
                node.returns,
                *(a.annotation for a in (*node.args.args, *node.args.kwonlyargs)),
                *node.decorator_list,
            ]
        elif isinstance(node, ast.AnnAssign):
            parts.append(node.annotation)
        elif (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) or (
            isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        ):
            parts.append(node)
        elif isinstance(node, ast.Raise):
            parts.append(node)  # the words of an error
        for part in parts:
            if part is not None:
                found.update(id(inner) for inner in ast.walk(part))
    return found


def _change(node: ast.AST, number: int) -> bool:
    """Change a node in its `number`-th way; False where it has none."""
    if isinstance(node, ast.Compare):
        ways = [(place, other) for place, op in enumerate(node.ops) for other in COMPARED[type(op)]]
        if number >= len(ways):
            return False
        place, kind = ways[number]
        node.ops[place] = kind()
        return True
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in COMPUTED:
        kinds = COMPUTED[type(node.op)]
        if number >= len(kinds):
            return False
        node.op = kinds[number]()
        return True
    if isinstance(node, ast.BoolOp) and number == 0:
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return True
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and number == 0:
        node.op = ast.UAdd()
        return True
    if isinstance(node, ast.IfExp) and number == 0:
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return True
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        changes = (node.value + 1, node.value * 1.001 if isinstance(node.value, float) else node.value - 1)
        if number >= len(changes):
            return False
        node.value = changes[number]
        return True
    return False
