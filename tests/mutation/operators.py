"""Small changes of a program's text, of the kind that a slip makes: one at a time, each at its place."""

from __future__ import annotations

import ast
import copy
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


class Mutant(NamedTuple):
    """One changed text."""

    line: int
    function: str
    """The function that it is in."""
    before: str
    after: str
    """The changed line, as the program's own layout has it."""
    text: str
    """The whole module."""


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module; docstrings, annotations and asserts are left alone."""
    tree = ast.parse(source)
    places = [node for node in ast.walk(tree) if not isinstance(node, ast.Assert)]
    skipped = _skipped(tree)
    functions = [node for node in places if isinstance(node, ast.FunctionDef)]  # the inner ones come later
    inside = {id(inner): function.name for function in functions for inner in ast.walk(function)}
    for number, node in enumerate(places):
        if id(node) in skipped or not isinstance(node, CHANGED):
            continue
        for change in range(4):
            changed = copy.deepcopy(tree)
            other = [n for n in ast.walk(changed) if not isinstance(n, ast.Assert)][number]
            before = ast.unparse(other)
            if not _change(other, change):
                break
            after = ast.unparse(other)
            if after != before:
                yield Mutant(
                    node.lineno,
                    inside.get(id(node), ""),
                    before,
                    after,
                    ast.unparse(ast.fix_missing_locations(changed)),
                )


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
