"""The disk cache: hit by the next process, missed when any formula changes, and no trouble where it cannot be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nodecalc_kernels

PACKAGE = Path(nodecalc_kernels.__file__).parent

MURPHY = """
import sys, numpy as np
from nodecalc_kernels import compiled, murphy
from nodecalc_kernels.compiled.write import written
from nodecalc_kernels.tasks import task_of
from nodecalc_kernels.stages import stage
value = compiled.yield_array("murphy", "yield", np.full(4, 1.0), parallel=False)[0]
hits = sum(written(task_of((stage("yield", murphy),), ("x",), ("yield",))).stats.cache_hits.values())
print(repr(float(value)), hits)
"""


def run(code: str, root: Path, **environment: str) -> list[str]:
    """Run `code` in a fresh interpreter that finds the package under `root`; any warning is an error."""
    kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "HOME", "LANG") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**kept, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout.split()


def test_importing_the_kernels_loads_neither_numpy_nor_numba() -> None:
    code = "import nodecalc_kernels, sys; print(*(m for m in ('numpy', 'numba', 'llvmlite') if m in sys.modules))"
    assert run(code, PACKAGE.parent) == []


def test_the_next_process_finds_the_loop_and_an_edited_callee_is_never_stale(tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(PACKAGE, root / "nodecalc_kernels", ignore=shutil.ignore_patterns("__pycache__"))
    cache = str(tmp_path / "cache")
    value, hits = run(MURPHY, root, NODECALC_CACHE_DIR=cache)
    assert float(value) == pytest.approx(0.39957640089)
    assert hits == "0"
    assert run(MURPHY, root, NODECALC_CACHE_DIR=cache) == [value, "1"]

    # The formula stands in another file than the cached loop, whose own time stamp does not change.
    yields = root / "nodecalc_kernels" / "defects" / "yields.py"
    before = yields.read_text(encoding="utf-8")
    after = before.replace("y = mean * mean\n", "y = 0.5 * mean * mean\n")
    assert after != before
    yields.write_text(after, encoding="utf-8")
    edited, hits = run(MURPHY, root, NODECALC_CACHE_DIR=cache)
    assert float(edited) == pytest.approx(0.5 * float(value))
    assert hits == "0"


@pytest.mark.parametrize("variable", ["NODECALC_CACHE_DIR", "XDG_CACHE_HOME", "HOME"])
def test_where_nothing_can_be_written_it_runs_uncached_and_silent(tmp_path: Path, variable: str) -> None:
    # A file where a folder should be stops even the superuser, whom permission bits do not.
    blocked = tmp_path / "file"
    blocked.write_text("")
    value, hits = run(MURPHY, PACKAGE.parent, **{variable: str(blocked / "folder")})
    assert float(value) == pytest.approx(0.39957640089)
    assert hits == "0"


def test_a_users_own_cache_setting_is_left_alone(tmp_path: Path) -> None:
    code = """
import numba
from nodecalc_kernels import compiled
compiled.yield_array("poisson", "yield", 1.0)
print(numba.config.CACHE_DIR)
"""
    own = str(tmp_path / "own")
    assert run(code, PACKAGE.parent, NUMBA_CACHE_DIR=own, NODECALC_CACHE_DIR=str(tmp_path / "ours")) == [own]
    assert not Path(own).exists()


def test_the_entry_point_names_a_function_that_can_be_called_twice() -> None:
    from nodecalc_kernels.compiled import register

    register()
    register()
