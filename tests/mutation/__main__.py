"""Change the program, one slip at a time, and see whether its tests notice: ``python -m tests.mutation --count 60``.

Works on a copy. Prints the score, the share of mutants that some test notices, and each mutant that none does.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .operators import Mutant, mutants
from .plan import EQUIVALENT, TARGETS

ROOT = Path(__file__).parents[2]
GUARD_S = 600
"""Seconds after which a mutant that loops for ever counts as noticed."""


def noticed(copy: Path, module: str, mutant: Mutant, tests: tuple[str, ...]) -> bool:
    """Whether a test fails on the mutant; the copy is as before afterwards."""
    path = copy / module
    whole = path.read_text(encoding="utf-8")
    path.write_text(mutant.text, encoding="utf-8")
    environment = {
        **os.environ,
        "HYPOTHESIS_PROFILE": "ci",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(str(copy / part) for part in (".", "kernels", "seeds")),
        "NODECALC_CACHE_DIR": str(copy / "cache"),
    }
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=GUARD_S, check=False)
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(whole, encoding="utf-8")
        shutil.rmtree(copy / "cache", ignore_errors=True)
    if done.returncode not in (0, 1, 2):
        raise SystemExit(done.stdout.decode()[-2000:])
    return done.returncode != 0


def main() -> int:
    """Sample mutants, try each, print the score; the exit code says whether any went unnoticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("module", nargs="*", help="some of the modules of plan.py; all by default")
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    wanted = [module for module in TARGETS if not asked.module or any(part in module for part in asked.module)]
    found = [(module, m) for module in wanted for m in mutants((ROOT / module).read_text(encoding="utf-8"))]
    told_apart = [(module, m) for module, m in found if (module, m.function, m.before, m.after) not in EQUIVALENT]
    sample = random.Random(asked.seed).sample(told_apart, min(asked.count, len(told_apart)))
    equivalent = len(found) - len(told_apart)
    print(f"{len(found):,} mutants of {len(wanted)} modules, {equivalent} equivalent; {len(sample)} tried", flush=True)
    alive = 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "copy"
        left = shutil.ignore_patterns("__pycache__", ".git", ".venv", "*.egg-info", ".mypy_cache", ".ruff_cache")
        shutil.copytree(ROOT, copy, ignore=left)
        for module, mutant in sample:
            if not noticed(copy, module, mutant, TARGETS[module]):
                alive += 1
                print(f"alive: {module}:{mutant.line}: {mutant.before}  ->  {mutant.after}", flush=True)
    share = 100.0 * (len(sample) - alive) / max(1, len(sample))
    print(f"score {share:.1f} % of {len(sample)} (seed {asked.seed}), {alive} alive")
    return int(alive > 0)


if __name__ == "__main__":
    sys.exit(main())
