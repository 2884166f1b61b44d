"""The float32 loops are kept on disk like the float64 ones, apart from them, and are built only where they are used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import nodecalc_kernels

CODE = """
import sys
import numpy as np
from nodecalc_kernels import compiled
wide = compiled.yield_array("murphy", "yield", np.full(4, 1.0), parallel=False)
unused = "nodecalc_kernels.compiled.single" not in sys.modules
narrow = compiled.yield_array("murphy", "yield", np.full(4, 1.0, np.float32), parallel=False)
from nodecalc_kernels import murphy
from nodecalc_kernels.compiled.write import written_single
from nodecalc_kernels.tasks import task_of
from nodecalc_kernels.stages import stage
kernel = written_single(task_of((stage("yield", murphy),), ("x",), ("yield",)))
print(repr(float(wide[0])), repr(float(narrow[0])), narrow.dtype, unused, sum(kernel.stats.cache_hits.values()))
"""


def run(cache: Path) -> list[str]:
    kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "HOME", "LANG") if key in os.environ}
    root = str(Path(nodecalc_kernels.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CODE],
        env={**kept, "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1", "NODECALC_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_next_process_finds_the_float32_loop_and_never_the_other_one(tmp_path: Path) -> None:
    first, second = run(tmp_path / "cache"), run(tmp_path / "cache")
    wide, narrow, kind, unused, hits = first
    assert float(wide) == pytest.approx(0.39957640089372803, rel=1e-15)
    assert float(narrow) == pytest.approx(float(wide), rel=2e-7)
    assert float(narrow) != float(wide)
    assert (kind, unused, hits) == ("float32", "True", "0")
    assert second == [wide, narrow, kind, unused, "1"]
