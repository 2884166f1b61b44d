"""Runs of a target: made cases, each from its own number, and what broke on them."""

from __future__ import annotations

import random
import signal
import time
import traceback
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

CASE_SECONDS = 10.0
"""Processor time of one case; whatever takes longer hangs."""

STILL_SECONDS = 120
"""Time on the wall after which a case waits for something that never comes; only runs by hand look at it."""


class Fault(Exception):
    """An invariant that does not hold."""


class Hang(BaseException):
    """A case that does not end."""


class Target(Protocol):
    """What is tried."""

    name: str

    def case(self, rng: random.Random) -> Any:
        """Return one input, which prints as something that can be tried by hand."""

    def check(self, case: Any) -> bool:
        """Try it, raise whatever is wrong, and return whether there was an answer, and no refusal."""


@dataclass
class Report:
    """What came of the runs of one target."""

    name: str
    seed: int
    runs: int = 0
    answered: int = 0
    found: Counter[str] = field(default_factory=Counter)
    """Faults by where they come from."""
    first: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    """The number, case and words of the first of each."""

    def line(self) -> str:
        """Return the counts on one line."""
        return (
            f"{self.name}: {self.runs:,} runs (seed {self.seed}), {self.answered:,} answered, "
            f"{sum(self.found.values()):,} faults of {len(self.found):,} kinds"
        )

    def text(self) -> str:
        """Return the counts, and the first of each kind of fault."""
        lines = [self.line()]
        for kind, count in self.found.most_common():
            number, case, words = self.first[kind]
            lines += [
                "",
                f"  {count} x {kind}",
                f"  number {number}: {case}",
                *(f"    {w}" for w in words.splitlines()),
            ]
        return "\n".join(lines)


def run(target: Target, seed: int, runs: int | None = None, minutes: float = 0.0, start: int = 0) -> Report:
    """Try `runs` cases of a target, or as many as go into `minutes`."""
    report = Report(target.name, seed)
    end = time.monotonic() + 60.0 * minutes
    number = start
    while report.runs < runs if runs is not None else time.monotonic() < end:
        case = target.case(random.Random(f"{target.name}/{seed}/{number}"))
        try:
            with _limited(runs is None):
                report.answered += bool(target.check(case))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            kind = _kind(error)
            report.found[kind] += 1
            words = str(error) if isinstance(error, Fault) else "".join(traceback.format_exception(error)[-4:])
            report.first.setdefault(kind, (number, _shown(case), words[-1500:]))
        report.runs += 1
        number += 1
    return report


def _shown(case: Any) -> str:
    try:
        text = repr(case)
    except ValueError:
        text = "a case with an integer of too many digits"
    return text if len(text) < 1500 else f"{text[:1500]} ..."


def _kind(error: BaseException) -> str:
    """Return where an error comes from: the last line of ours, or the first words of a broken invariant."""
    if isinstance(error, Fault):
        return str(error).partition(":")[0]
    ours = [f for f in traceback.extract_tb(error.__traceback__) if "nodecalc" in f.filename]
    at = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "outside"
    return f"{type(error).__name__} at {at}"


@contextmanager
def _limited(wall: bool):
    def stop(number: int, frame: Any) -> None:
        raise Hang(f"no end after {CASE_SECONDS:g} s of processor time, or {STILL_SECONDS} s standing still")

    before = signal.signal(signal.SIGPROF, stop), signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_PROF, CASE_SECONDS)
    if wall:
        signal.alarm(STILL_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        signal.signal(signal.SIGPROF, before[0])
        signal.signal(signal.SIGALRM, before[1])
