"""A plugin of pytest: one module is loaded changed, as NODECALC_MUTANT says (module:place:way)."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from . import trial  # noqa: F401  (its profile of hypothesis)
from .operators import mutants
from .plan import ROOT, python_name


class Changed(importlib.abc.MetaPathFinder):
    """Finds the changed module before anything else does."""

    def __init__(self, module: str, place: int, way: int) -> None:
        self.path = ROOT / module
        source = self.path.read_text(encoding="utf-8")
        self.mutant = next(m for m in mutants(source) if (m.place, m.way) == (place, way))
        self.name = python_name(module)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> Any:
        """Return the changed module's spec, and nothing of any other."""
        if name != self.name:
            return None
        return importlib.machinery.ModuleSpec(name, _Loader(str(self.path), self.mutant), origin=str(self.path))


class _Loader(importlib.abc.Loader):
    def __init__(self, path: str, mutant: Any) -> None:
        self.path, self.mutant = path, mutant

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = self.path
        exec(compile(self.mutant.tree, self.path, "exec"), module.__dict__)


if "NODECALC_MUTANT" in os.environ:
    _module, _place, _way = os.environ["NODECALC_MUTANT"].rsplit(":", 2)
    sys.meta_path.insert(0, Changed(_module, int(_place), int(_way)))
