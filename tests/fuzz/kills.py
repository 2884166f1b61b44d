"""Runs that are killed at any moment: no file is damaged, the next run goes on to the same bytes and clears up."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import nodecalc as nc
from nodecalc.files import arrow, csv, parts

from .runner import Fault

ENDINGS = (".parquet", ".arrow", ".csv", ".npz", "/")
QUESTION: dict[str, Any] = {"d0_per_cm2": "0.05:0.5:400", "line_yield": "0.5:1:100", "node": ["tsmc-n5", "smic-n+2"]}
ROWS = 4096
"""Rows of a part or of a group: enough of each that most kills come between two."""
LATEST = 1.2
"""Share of the time of a whole run up to which it is killed; beyond it has ended by itself."""


class Kill(NamedTuple):
    """When a run is killed."""

    ending: str
    moment: float
    """Share of the time that a whole run takes."""
    again: float
    """The same of the run that goes on, which is killed too."""
    before: bool
    """Whether there is a file of another sweep."""


class Kills:
    """Sweeps written to every kind of file by a child of a process that has everything loaded."""

    name = "kills"

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fuzz-kills-"))
        self.kept = parts.PART_ROWS, parts.GROUP_ROWS, arrow.GROUP_ROWS, csv.GROUP_ROWS
        self.wanted: dict[str, dict[str, bytes]] = {}
        self.old: dict[str, dict[str, bytes]] = {}
        self.seconds: dict[str, float] = {}
        for ending in ENDINGS:
            self.old[ending] = {} if ending == "/" else self._whole(ending, {**QUESTION, "line_yield": "0.5:1:30"})
            self.wanted[ending] = self._whole(ending, QUESTION)

    def _whole(self, ending: str, question: dict[str, Any]) -> dict[str, bytes]:
        self._empty()
        self._write(ending, question)
        self._empty()
        begun = time.monotonic()
        self._write(ending, question)
        self.seconds[ending] = time.monotonic() - begun
        return self._found(ending)

    def _empty(self) -> None:
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        (self.folder / "out").mkdir()

    def _write(self, ending: str, question: dict[str, Any]) -> None:
        parts.PART_ROWS = parts.GROUP_ROWS = arrow.GROUP_ROWS = csv.GROUP_ROWS = ROWS
        try:
            nc.sweep("10x10", **question, parallel=False).save(f"{self.folder}/out/it{ending}", resume=ending == "/")
        finally:
            parts.PART_ROWS, parts.GROUP_ROWS, arrow.GROUP_ROWS, csv.GROUP_ROWS = self.kept

    def _found(self, ending: str) -> dict[str, bytes]:
        where = self.folder / "out" / ("it" if ending == "/" else "")
        return {path.name: path.read_bytes() for path in sorted(where.iterdir())} if where.is_dir() else {}

    def case(self, rng: random.Random) -> Kill:
        ending = rng.choice(ENDINGS)
        return Kill(ending, rng.uniform(0.0, LATEST), rng.uniform(0.0, LATEST), rng.random() < 0.5)

    def check(self, case: Kill) -> bool:
        self._empty()
        if case.before:
            for name, content in self.old[case.ending].items():
                (self.folder / "out" / name).write_bytes(content)
        died = False
        for moment in (case.moment, case.again):
            died |= self._killed(case.ending, moment * self.seconds[case.ending])
            self._look(case)
        self._write(case.ending, QUESTION)
        found = self._found(case.ending)
        if found != self.wanted[case.ending]:
            raise Fault(f"other bytes after all: {sorted(found)} {case}")
        return died

    def _killed(self, ending: str, seconds: float) -> bool:
        """Have a child write, kill it, and return whether it was still at work."""
        child = os.fork()
        if not child:
            code = 1
            try:
                self._write(ending, QUESTION)
                code = 0
            finally:
                os._exit(code)
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
            raise Fault(f"a child that was not killed failed: {os.WEXITSTATUS(status)}")
        return os.WIFSIGNALED(status)

    def _look(self, case: Kill) -> None:
        """Refuse files that are neither the old ones nor the new ones, and metadata of another file."""
        wanted, old = self.wanted[case.ending], self.old[case.ending] if case.before else {}
        there = {name: held for name, held in self._found(case.ending).items() if not name.startswith(".")}
        for name, held in there.items():
            if held not in (wanted.get(name), old.get(name)):
                raise Fault(f"a file that is neither old nor new: {name} {len(held)} {case}")
        if case.ending != "/" and len({there[name] == wanted[name] for name in there}) > 1:
            raise Fault(f"a file beside the metadata of another: {case}")
