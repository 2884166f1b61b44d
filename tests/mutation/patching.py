"""A changed module inside a process that has loaded the program: the functions it changes get their new code."""

from __future__ import annotations

import ast
import functools
import gc
import sys
from inspect import CO_OPTIMIZED
from types import CodeType, FunctionType
from typing import Any

from .operators import Mutant
from .plan import ROOT, python_name

Named = dict[tuple[str, int], CodeType]


def changed_codes(module: str, mutant: Mutant) -> Named | None:
    """Return the new code of each function that the mutant changes; None where it changes what runs on import.

    Empty where the compiler makes the same of both.
    """
    path = str(ROOT / module)
    before, after = (_codes(compile(tree, path, "exec")) for tree in (ast.parse(mutant.source), mutant.tree))
    itself = [new for old, new in zip(before, after, strict=True) if _own(old) != _own(new)]
    if not all(code.co_flags & CO_OPTIMIZED and not _is_part_of_import(code) for code in itself):
        return None
    names = [(code.co_qualname, code.co_firstlineno) for code in after]
    found = {
        name: new
        for name, old, new in zip(names, before, after, strict=True)
        if itself and old != new and new.co_flags & CO_OPTIMIZED
    }
    return None if any(names.count(name) > 1 for name in found) else found


class Loaded:
    """The functions of the program that are loaded, by their code, and what remembers calls; found once."""

    def __init__(self) -> None:
        self.functions: dict[tuple[str, str, int], list[FunctionType]] = {}
        self.remembering: list[Any] = []
        for thing in gc.get_objects():
            if isinstance(thing, FunctionType):
                code = thing.__code__
                name = (code.co_filename, code.co_qualname, code.co_firstlineno)
                self.functions.setdefault(name, []).append(thing)
            elif isinstance(thing, functools._lru_cache_wrapper) and thing.__module__.startswith("nodecalc"):
                self.remembering.append(thing)

    def patch(self, module: str, codes: Named) -> None:
        """Give each function of a module its new code, whoever holds it; what was remembered is forgotten."""
        self.forget()
        for name, code in codes.items():
            for function in self.functions.get((str(ROOT / module), *name), ()):
                function.__code__ = code
        if not any((str(ROOT / module), *name) in self.functions for name in codes):
            raise LookupError(f"no function of {module} holds {', '.join(name for name, _ in codes)}")

    def forget(self) -> None:
        """Forget what the program remembers of its calls."""
        for thing in self.remembering:
            thing.cache_clear()


def load_again(module: str, tree: ast.Module) -> None:
    """Run a changed module again in its own names; whoever took a function or a constant from it has the new one.

    What other modules worked out of its constants while they were loaded stays as it was, and so do its classes but for
    their methods.
    """
    path = str(ROOT / module)
    names = sys.modules[python_name(module)].__dict__
    old = dict(names)
    exec(compile(tree, path, "exec"), names)
    for key, before in old.items():
        after = names[key]
        if isinstance(before, type):
            names[key] = before
            inside = _methods(after) if isinstance(after, type) else {}
            for name, method in _methods(before).items():
                if name in inside:
                    _become(method, inside[name], path)
        elif isinstance(before, FunctionType) and isinstance(after, FunctionType):
            _become(before, after, path)
            names[key] = before
        elif not key.startswith("__"):
            for other in list(sys.modules.values()):
                if getattr(other, "__dict__", {}).get(key) is before and other.__name__.startswith(
                    ("nodecalc", "test")
                ):
                    setattr(other, key, after)


def _methods(of: type) -> dict[str, FunctionType]:
    """Return the functions of a class by their names, those of properties and of static and class methods, too."""
    plain = {name: getattr(thing, "fget", getattr(thing, "__func__", thing)) for name, thing in vars(of).items()}
    return {name: thing for name, thing in plain.items() if isinstance(thing, FunctionType)}


def _become(old: FunctionType, new: FunctionType, path: str) -> None:
    """Give a function of the module at `path` what another has: its code and its defaults."""
    if old.__code__.co_filename == path and len(old.__code__.co_freevars) == len(new.__code__.co_freevars):
        old.__code__, old.__defaults__ = new.__code__, new.__defaults__
        old.__kwdefaults__ = new.__kwdefaults__


def _codes(whole: CodeType) -> list[CodeType]:
    """Return every code object of a module, in an order that a change of one does not move."""
    found: list[CodeType] = []
    todo = [whole]
    while todo:
        code = todo.pop()
        found.append(code)
        todo += [const for const in code.co_consts if isinstance(const, CodeType)]
    return found


def _is_part_of_import(code: CodeType) -> bool:
    """Whether a code object is of a comprehension that a module, and no function of it, runs."""
    return all(part in ("<dictcomp>", "<genexpr>", "<listcomp>", "<setcomp>") for part in code.co_qualname.split("."))


def _own(code: CodeType) -> tuple[object, ...]:
    """Return what makes a code object but for what is nested in it."""
    consts = [const for const in code.co_consts if not isinstance(const, CodeType)]
    return code.co_code, repr(consts), code.co_names, code.co_varnames
