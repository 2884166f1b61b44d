"""Mutants are what they say: one change each, programs all of them, and none of what no test could notice."""

from __future__ import annotations

import ast
from pathlib import Path

from .operators import mutants
from .plan import EQUIVALENT, TARGETS

ROOT = Path(__file__).parents[2]
SOURCE = '''
"""Words."""
def f(x: int = 3) -> float:
    """Return 1 + 1."""
    assert x > 0
    if x < 2 and x != 5:
        raise ValueError(x + 1)
    return -x * 2.0 if x else 0.5
'''


def test_each_mutant_changes_one_thing() -> None:
    found = [(m.before, m.after) for m in mutants(SOURCE)]
    assert len(set(found)) == len(found)
    for pair in (
        ("x < 2", "x <= 2"),
        ("x < 2", "x >= 2"),
        ("-x * 2.0", "-x / 2.0"),
        ("-x", "+x"),
        ("3", "4"),
        ("2.0", "3.0"),
    ):
        assert pair in found
    assert ("x < 2 and x != 5", "x < 2 or x != 5") in found
    assert not any("raise" in before or "assert" in before or "x + 1" in before for before, _ in found)
    for m in mutants(SOURCE):
        assert ast.dump(ast.parse(m.text)) != ast.dump(ast.parse(SOURCE))


def test_the_plan_names_what_is_there() -> None:
    for module, tests in TARGETS.items():
        source = (ROOT / module).read_text(encoding="utf-8")
        assert any(mutants(source)), module
        assert all((ROOT / test).is_file() for test in tests), module
    for module, function, before, after in EQUIVALENT:
        found = mutants((ROOT / module).read_text(encoding="utf-8"))
        assert (function, before, after) in {(m.function, m.before, m.after) for m in found}, before
