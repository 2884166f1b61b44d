"""Which lines of a module show what a mutant changes, where its own lines are no guide."""

from __future__ import annotations

import ast

from .operators import Mutant


def around(mutant: Mutant) -> set[int]:
    """Return the lines of the innermost statement around a mutant, then of its function."""
    tree = ast.parse(mutant.source)
    statements = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= mutant.line <= (node.end_lineno or node.lineno)
    ]
    inner = max(statements, key=lambda node: (node.lineno, -(node.end_lineno or 0)))
    return set(range(inner.lineno, (inner.end_lineno or inner.lineno) + 1))


def users(mutant: Mutant) -> set[int]:
    """Return the lines of the functions that use what a statement of the module defines, through other such names."""
    tree = ast.parse(mutant.source)
    names: set[str] = set()
    for node in tree.body:
        if node.lineno <= mutant.line <= (node.end_lineno or node.lineno):
            names.update(_defined(node))
    grown = True
    while grown:
        grown = False
        for node in tree.body:
            used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            fresh = _defined(node) - names
            if not isinstance(node, ast.FunctionDef) and used & names and fresh:
                names.update(fresh)
                grown = True
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and (
            node.name in names or any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node))
        ):
            lines |= set(range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
