"""Commands under limits that the system sets: memory, open files, the size of a file, room on the disk.

A run ends with the bytes that it has without the limit, or with one line that names the limit and nothing under the
name of its file; the same command without the limit then writes what it always does, a folder going on from its parts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ..said import written

SECONDS = 120
"""After which a run waits for something that never comes; none takes a tenth of it."""
MB = 1 << 20

SWEEP = ("sweep", "10x10", "-n", "n5,n7", "--over", "d0=0.05:0.5:400", "--over", "line-yield=0.5:1:50")
COMMANDS: dict[str, tuple[str, ...]] = {
    "die": ("die", "100", "-n", "n5,n7"),
    "die to json": ("die", "100", "-n", "n5,n7", "-o", "out/it.json"),
    "die to csv": ("die", "100", "-n", "n5,n7", "-o", "out/it.csv"),
    "die to parquet": ("die", "100", "-n", "n5,n7", "-o", "out/it.parquet"),
    "die to xlsx": ("die", "100", "-n", "n5,n7", "-o", "out/it.xlsx"),
    "scenario to json": ("die", "--scenario", "scenario.toml", "-o", "out/it.json"),
    "wafer": ("wafer", "n7"),
    "fit": ("fit", "lot.csv", "-f", "json"),
    "map to svg": ("map", "10x10", "-n", "n5", "--svg", "out/it.svg"),
    "map to png": ("map", "10x10", "-n", "n5", "--png", "out/it.png"),
    "map to csv": ("map", "10x10", "-n", "n5", "--csv", "out/it.csv"),
    "risk": ("risk", "100", "-n", "n5,n7", "--samples", "4096"),
    "risk to arrow": ("risk", "100", "-n", "n5", "--samples", "65536", "--no-drivers", "-o", "out/it.arrow"),
    "sweep": (*SWEEP, "--best", "good_die_cost_usd"),
    "sweep to csv": (*SWEEP, "-o", "out/it.csv"),
    "sweep to npz": (*SWEEP, "-o", "out/it.npz"),
    "sweep to arrow": (*SWEEP, "-o", "out/it.arrow"),
    "sweep to parquet": (*SWEEP, "-o", "out/it.parquet"),
    "sweep to folder": (*SWEEP, "-o", "out/it/"),
}
LOT = "area_mm2,dies,good\n50,1100,950\n100,600,452\n665.6,82,13\n"


class Limit(NamedTuple):
    """A limit and how large it is."""

    kind: str
    amount: int

    @property
    def name(self) -> str:
        """The limit in a word or two."""
        unit = {"memory": " MB", "file": " bytes", "disk": " kB"}.get(self.kind, "")
        return f"{self.kind} {self.amount:,}{unit}"

    def set(self) -> None:
        """Have this process and those it starts live under it; a disk is mounted in the place of the folder."""
        import resource

        kinds = {"memory": resource.RLIMIT_AS, "handles": resource.RLIMIT_NOFILE, "file": resource.RLIMIT_FSIZE}
        if self.kind in kinds:
            most = self.amount * (MB if self.kind == "memory" else 1)
            resource.setrlimit(kinds[self.kind], (most, most))


CAUSES = {
    "memory": ("memory",),
    "handles": ("open files",),
    "file": ("File too large", "a temporary file"),
    "disk": ("No space left", " are free"),
}
"""What a line says of each limit."""
LIMITS = (
    *(Limit("memory", mb) for mb in (12, 16, 20, 24, 32, 64, 128, 192, 256, 320, 448, 512, 560, 600, 640, 1024)),
    *(Limit("handles", count) for count in (4, 5, 6, 8, 10, 12, 16, 24, 32, 64)),
    *(Limit("file", size) for size in (0, 1, 100, 4096, 65536, 150000)),
    *(Limit("disk", size) for size in (4, 8, 64, 156, 160, 316, 320, 324, 480, 600)),
)


class Cell(NamedTuple):
    """A command under a limit, and what came of it."""

    command: str
    limit: Limit
    said: str
    broken: bool


class Ended(NamedTuple):
    """How a run ended, its code None where it did not; and the files that it wrote."""

    code: int | None
    out: str
    err: str
    files: dict[str, bytes]


def run(words: tuple[str, ...], folder: Path, limit: Limit | None, code: tuple[str, ...] = ("-m", "nodecalc")) -> Ended:
    """Run a command in a folder under a limit."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "SOURCE_DATE_EPOCH": "0"}
    try:
        done = subprocess.run(
            [sys.executable, *code, *words],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=SECONDS,
            preexec_fn=None if limit is None else limit.set,
        )
    except subprocess.TimeoutExpired:
        return Ended(None, "", "", _files(folder))
    texts = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
    return Ended(done.returncode, *texts, _files(folder))


def _files(folder: Path) -> dict[str, bytes]:
    out = folder / "out"
    return {str(path.relative_to(out)): _content(path) for path in sorted(out.rglob("*")) if path.is_file()}


def _content(path: Path) -> bytes:
    """Return the bytes of a file; of a workbook, which holds the time, its rows alone."""
    if path.suffix == ".xlsx":
        try:
            with zipfile.ZipFile(path) as book:
                return book.read("xl/worksheets/sheet1.xml")
        except zipfile.BadZipFile:
            pass
    return path.read_bytes()


@contextmanager
def folder_under(limit: Limit | None) -> Iterator[Path]:
    """Have a folder with what commands read, and in it a folder for what they write; of a small disk where asked."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "lot.csv").write_text(LOT)
        (folder / "scenario.toml").write_text(written("examples", "scenario"))
        (folder / "out").mkdir()
        if limit is None or limit.kind != "disk":
            yield folder
            return
        options = f"size={limit.amount}k"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder / "out")], check=True)
        try:
            yield folder
        finally:
            subprocess.run(["umount", str(folder / "out")], check=False)


def _left(usual: Ended, found: Ended) -> list[str]:
    """Return the files that should not be there after a run that failed: all but whole parts and their manifest."""
    parts = {name: content for name, content in usual.files.items() if "/" in name}
    return [name for name, content in found.files.items() if parts.get(name) != content]


def _against(usual: Ended, found: Ended, limit: Limit) -> tuple[str, bool]:
    """Return what came of a run in words, and whether it is broken."""
    if found.code is None:
        return f"HANGS, more than {SECONDS} s", True
    if found.code == 0:
        if (found.out, found.err, found.files) == (usual.out, usual.err, usual.files):
            return "same bytes", False
        other = "output" if found.out != usual.out else f"err {found.err!r}" if found.err != usual.err else "files"
        return f"OTHER {other}", True
    line = found.err.rstrip("\n")
    shown = f"exit {found.code}: {line[-300:]}"
    if "\n" in line or not line.startswith("nodecalc: ") or found.code not in (1, 2):
        return f"NO LINE, {shown!r}", True
    if not any(cause in line for cause in CAUSES[limit.kind]):
        return f"OTHER CAUSE, {shown}", True
    left = _left(usual, found)
    return (f"LEFT {left}, {shown}", True) if left else (shown, False)


def _is_pythons(limit: Limit) -> bool:
    """Whether Python itself does not come as far as our first line: no program of it could say a word."""
    with tempfile.TemporaryDirectory() as made:
        bare = ("-c", "import os, sys, gc, importlib, runpy, typing, collections, _signal")
        found = run((), Path(made), limit, bare)
        return found.code != 0 or found.err != ""


def cells(commands: tuple[str, ...] = tuple(COMMANDS), limits: tuple[Limit, ...] = LIMITS) -> Iterator[Cell]:
    """Run every command under every limit, and without it afterwards where it failed."""
    usual: dict[str, Ended] = {}
    for name in commands:
        with folder_under(None) as folder:
            usual[name] = run(COMMANDS[name], folder, None)
            assert usual[name].code == 0, usual[name].err
    for limit in limits:
        if _is_pythons(limit):
            yield Cell("(all)", limit, "Python itself does not start", False)
            continue
        for name in commands:
            with folder_under(limit) as folder:
                found = run(COMMANDS[name], folder, limit)
                said, broken = _against(usual[name], found, limit)
                if found.code and limit.kind != "disk":
                    again = (*COMMANDS[name], *(("--resume",) if COMMANDS[name][-1].endswith("/") else ()))
                    after = run(again, folder, None)
                    if after.code or after.files != usual[name].files:
                        said, broken = f"{said} AND THEN {after.err!r} {sorted(after.files)}", True
                yield Cell(name, limit, said, broken)
