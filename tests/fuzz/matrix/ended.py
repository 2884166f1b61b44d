"""One sweep in a process of its own, and how it ended."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

PROGRAM = (
    "-m", "nodecalc", "sweep", "100", "-n", "n5,n7", "--over", "d0=0.05:0.5:1000", "--over", "alpha=0.5:5:100",
    "--model", "negative-binomial", "--keys", "good_die_cost_usd,die_yield", "-o", "it.npz",
)  # fmt: skip
"""Points enough for several threads, through compiled loops."""
SAID = "it.npz: 200,000 points"


class Ended(NamedTuple):
    """How a run ended."""

    code: int
    bits: str
    line: str

    def against(self, usual: Ended) -> str:
        """Return it in a word or two."""
        if self.code == 0:
            said = f", says: {self.line}" if self.line else ""
            return ("same bits" if self.bits == usual.bits else "OTHER BITS") + said.replace("\n", " / ")
        is_line = self.line.count("\n") == 0 and self.line.startswith("nodecalc: ")
        return f"exit {self.code}, {'one line' if is_line else 'NO LINE'}: {self.line[-120:]!r}"


def run(cache: Path, folder: Path | None = None, **settings: str) -> Ended:
    """Run the program once."""
    if folder is None:
        with tempfile.TemporaryDirectory() as made:
            return run(cache, Path(made), **settings)
    (folder / "it.npz").unlink(missing_ok=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
    environment |= {"NODECALC_CACHE_DIR": str(cache), **settings}
    done = subprocess.run(
        [sys.executable, *PROGRAM], env=environment, cwd=folder, capture_output=True, check=False, timeout=600
    )
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    text = "\n".join(line for line in lines if line != SAID)
    content = (folder / "it.npz").read_bytes() if (folder / "it.npz").exists() else b""
    return Ended(done.returncode, hashlib.blake2b(done.stdout + content, digest_size=8).hexdigest(), text)
