"""The whole program under damage and settings: ``python -m tests.fuzz.matrix cache`` or ``... numba``.

Each row is a state of the cache of compiled loops, or a setting of numba; the program runs in processes of its own and
must end well with the bits that it has without either, or say in one line why it cannot.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

PROGRAM = (
    "-m", "nodecalc", "sweep", "100", "-n", "n5,n7", "--over", "d0=0.05:0.5:1000", "--over", "alpha=0.5:5:100",
    "--model", "negative-binomial", "--keys", "good_die_cost_usd,die_yield", "-o", "it.npz",
)  # fmt: skip
"""Points enough for several threads, through compiled loops."""
SAID = "it.npz: 200,000 points"
NOBODY = 65534


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


# Damage


def _entries(cache: Path, ending: str) -> list[Path]:
    return sorted(cache.glob(f"*/*{ending}"))


def _altered(ending: str, change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    def damage(cache: Path) -> None:
        for entry in _entries(cache, ending):
            entry.write_bytes(change(entry.read_bytes()))

    return damage


def _flipped(place: Callable[[int], int]) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        at = place(len(data))
        return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]

    return change


def _owned_by_another(cache: Path) -> None:
    for path in (*cache.glob("*"), *cache.glob("*/*")):
        os.chown(path, NOBODY, NOBODY)


def _open_to_all(cache: Path) -> None:
    for path in cache.glob("*"):
        path.chmod(0o777)


def _full(cache: Path) -> None:
    """Have a disk with no room in the place of the folder."""
    shutil.rmtree(cache)
    cache.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k,mode=700", "tmpfs", str(cache)], check=True)


def _nearly_full(cache: Path) -> None:
    """Have a disk that takes the first entries and no more."""
    shutil.rmtree(cache)
    cache.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", str(cache)], check=True)


NOISE = random.Random(3).randbytes(3000)
DAMAGES: dict[str, Callable[[Path], object]] = {
    "whole": lambda cache: None,
    **{
        f"{name}, {what}": _altered(ending, change)
        for name, ending in (("loops", ".loop"), ("texts", ".py"))
        for what, change in {
            "empty": lambda data: b"",
            "cut": lambda data: data[: len(data) // 2],
            "random": lambda data: NOISE,
            "head flipped": _flipped(lambda size: 3),
            "sum flipped": _flipped(lambda size: 20),
            "data flipped": _flipped(lambda size: size // 2),
            "end flipped": _flipped(lambda size: size - 5),
        }.items()
        if ending == ".loop" or what in ("empty", "random", "data flipped")
    },
    "of another owner": _owned_by_another,
    "open to all": _open_to_all,
    "full disk": _full,
    "disk that fills up": _nearly_full,
    "a file in its place": lambda cache: (shutil.rmtree(cache), cache.write_bytes(b"x")),
    "gone": shutil.rmtree,
}

SETTINGS: dict[str, dict[str, str]] = {
    f"{name}={value}": {name: value}
    for name, values in {
        "NUMBA_THREADING_LAYER": ("tbb", "omp", "workqueue", "safe", "bogus"),
        "NUMBA_NUM_THREADS": ("1", "2", "8", "0", "-1", "x", "999999"),
        "NUMBA_DISABLE_JIT": ("1",),
        "NUMBA_OPT": ("0", "1", "2", "3", "max", "x"),
        "NUMBA_CPU_NAME": ("generic", "host", "bogus"),
        "NUMBA_CPU_FEATURES": ("", "+avx2", "bogus"),
        "NUMBA_LOOP_VECTORIZE": ("0", "1"),
        "NUMBA_SLP_VECTORIZE": ("1",),
        "NUMBA_BOUNDSCHECK": ("1",),
        "NUMBA_ENABLE_AVX": ("0",),
        "NUMBA_DISABLE_INTEL_SVML": ("1",),
        "NUMBA_DEBUGINFO": ("1",),
        "NUMBA_FULL_TRACEBACKS": ("1",),
        "NUMBA_CAPTURED_ERRORS": ("old_style", "bogus"),
        "NUMBA_CACHE_DIR": ("/dev/null/x", "/proc/x"),
        "NUMBA_CUDA_ENABLE_PYNVJITLINK": ("1",),
    }.items()
    for value in values
}
FILES = {
    "a broken .numba_config.yaml": "{",
    ".numba_config.yaml with opt: 0": "opt: 0\n",
    "an empty .numba_config.yaml": "",
    ".numba_config.yaml of a list": "- 1\n",
}


def cache_rows() -> Iterator[tuple[str, Ended, Ended]]:
    """Damage a cache, and run the program twice; the first row is whole."""
    with tempfile.TemporaryDirectory() as folder:
        base, cache = Path(folder) / "base", Path(folder) / "cache"
        run(base)
        for name, damage in DAMAGES.items():
            shutil.copytree(base, cache)
            try:
                damage(cache)
                yield name, run(cache), run(cache)
            finally:
                subprocess.run(["umount", str(cache)], capture_output=True, check=False)
                cache.unlink() if cache.is_file() else shutil.rmtree(cache, ignore_errors=True)


def numba_rows() -> Iterator[tuple[str, Ended, Ended]]:
    """Run the program under each setting, twice; the first row has none."""
    with tempfile.TemporaryDirectory() as folder:
        cache, here = Path(folder) / "cache", Path(folder) / "here"
        here.mkdir()
        yield "none", run(cache, here), run(cache, here)
        for name, settings in SETTINGS.items():
            yield name, run(cache, here, **settings), run(cache, here, **settings)
        for name, text in FILES.items():
            (here / ".numba_config.yaml").write_text(text)
            yield name, run(cache, here), run(cache, here)


def main() -> int:
    """Print a matrix; the exit code says whether a row ended badly."""
    asked = {"cache": cache_rows, "numba": numba_rows}
    failed = False
    for name in sys.argv[1:] or asked:
        usual: Ended | None = None
        for row, *runs in asked[name]():
            usual = usual or runs[0]
            told = [ended.against(usual) for ended in runs]
            # Other bits are told in a line, or they are a fault.
            failed |= any(text == "OTHER BITS" or "NO LINE" in text for text in told)
            print(f"{name:6} {row:34} {told[0]:24} | {told[1]}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
