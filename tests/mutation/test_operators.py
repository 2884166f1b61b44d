"""Mutants are what they say: one change each, programs all of them, and none of what no test could notice."""

from __future__ import annotations

import ast
import sys
from types import ModuleType

import pytest

from . import patching
from .__main__ import drawn
from .equivalents import EQUIVALENT
from .operators import mutants
from .patching import changed_codes
from .plan import AREAS, LEFT_OUT, ROOT, TESTS, modules
from .reach import users

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
    planned = modules()
    assert set(planned.values()) == set(AREAS)
    assert all((ROOT / test).exists() for test in (*TESTS, *LEFT_OUT))
    listed = {module for module, *_ in EQUIVALENT}
    assert listed <= set(planned)
    for module in listed:
        of_module = mutants((ROOT / module).read_text(encoding="utf-8"))
        found = {(module, m.function, m.before, m.after, m.nth) for m in of_module}
        assert {one for one in EQUIVALENT if one[0] == module} <= found


def test_more_equivalents_listed_move_no_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    before, whole = drawn(20, 7, ["units"])
    assert len(before) == 20 < whole
    assert drawn(20, 7, ["units"])[0] == before != drawn(20, 8, ["units"])[0]
    _, module, first = before[0]
    monkeypatch.setitem(EQUIVALENT, (module, first.function, first.before, first.after, first.nth), "said so")
    after, _ = drawn(20, 7, ["units"])
    assert len(after) == 20
    assert [one for one in before if one in after] == [one for one in after if one in before]


def test_a_function_gets_its_new_code_and_what_runs_on_import_has_none() -> None:
    source = "LIMIT = 2\n\ndef f(x, y=3):\n    return [x * 4 for _ in range(5)]\nTABLE = {k: 7 for k in 'ab'}\n"
    named = {m.before: m for m in mutants(source)}
    assert changed_codes("m.py", named["2"]) is None
    assert changed_codes("m.py", named["3"]) is None
    assert changed_codes("m.py", named["7"]) is None
    inner = changed_codes("m.py", named["x * 4"])
    assert inner is not None
    assert [name for name, _ in inner] == ["f", "f.<locals>.<listcomp>"]
    codes = changed_codes("m.py", named["5"])
    assert codes is not None
    ((name, code),) = codes.items()
    assert name == ("f", 3)

    def f(x: int, y: int = 3) -> list[int]:
        return [x, y]

    f.__code__ = code
    assert len(f(1)) in (4, 6)


def test_who_uses_a_name_of_a_module_through_others() -> None:
    source = "A = 1\nB = A + 1\nC = 7\ndef f():\n    return B\ndef g():\n    return C\n"
    lines = {m.before: users(m) for m in mutants(source) if not m.function}
    assert lines["1"] == {5}
    assert lines["7"] == {7}


def test_a_module_that_runs_again_changes_the_defaults_of_functions_and_methods(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = str(patching.ROOT / "nodecalc/again.py")
    source = (
        "LIMIT = 2\ndef f(x=3):\n    return x + LIMIT\nclass C:\n    def m(self, x=5):\n        return x\n"
        "    @staticmethod\n    def s(x=7):\n        return x\n    @property\n    def p(self):\n        return LIMIT\n"
    )
    module = ModuleType("nodecalc.again")
    exec(compile(source, path, "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, "nodecalc.again", module)
    f, c = module.f, module.C()
    for before, after in (("=3", "=4"), ("=5", "=6"), ("=7", "=8"), ("LIMIT = 2", "LIMIT = 1")):
        source = source.replace(before, after)
    patching.load_again("nodecalc/again.py", ast.parse(source))
    assert (f(), c.m(), c.s(), c.p) == (5, 6, 8, 1)
