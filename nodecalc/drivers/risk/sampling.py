"""Worlds of a plan, plain or in written loops, whichever takes less time; here or on the workers of a cluster."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final, NamedTuple

from nodecalc.errors import InputError
from nodecalc.progress import doing

from .drawn import is_heavy
from .plain_worlds import plain
from .plan import MOST_DRAWS, SHIFTS, Plan, Slice, Worlds, gathered

PLAIN_STEPS: Final = 3_000_000
"""Steps, one stage in one world, up to which plain Python is the quicker: loading compiled loops takes as long."""

JOBS: Final = 64
"""Parts that the worlds are sent to a cluster in, where there are blocks enough."""


class Job(NamedTuple):
    """Neighbouring blocks, or sequences, of worlds."""

    begin: int
    end: int
    points: int


class Cargo(NamedTuple):
    """A plan on its way to workers."""

    plan: Plan

    def unpacked(self) -> Any:
        """Return what runs its jobs."""
        return Here(self.plan)


class Here:
    """A plan where it is run: in plain Python by sequences, or in written loops by blocks of them."""

    def __init__(self, plan: Plan) -> None:
        """Choose one of the two; it depends on the plan alone, so that all workers choose alike."""
        self.plan = plan
        heavy = any(is_heavy(step) for part in plan.parts for step in part.stages)
        self._loops: Any = None
        if plan.steps > PLAIN_STEPS or heavy:
            from .compiled_worlds import Loops

            self._loops = Loops(plan)

    def run(self, begin: int, end: int, parallel: bool | None = None) -> Slice:
        """Return the results of some neighbouring sequences or blocks."""
        if self._loops is None:
            return plain(self.plan, range(begin, end))
        found: Slice = self._loops.run(begin, end, parallel)
        return found

    @property
    def whole(self) -> int:
        """How many there are."""
        return SHIFTS if self._loops is None else int(self._loops.whole)

    def jobs(self) -> list[Job]:
        """Return all of them as jobs."""
        count = min(JOBS, self.whole)
        ends = [self.whole * place // count for place in range(count + 1)]
        each = self.plan.worlds // self.whole
        return [Job(low, high, (high - low) * each) for low, high in pairwise(ends)]


def do_job(here: Here, job: Job) -> Slice:
    """Return the results of a job, on one thread: a cluster has as many jobs as it has threads."""
    return here.run(job.begin, job.end, parallel=False)


def run_worlds(plan: Plan, client: Any = None) -> Worlds:
    """Run the graphs of a plan; the same bits on any number of threads, and on the workers of `client`."""
    if len(plan.names) > MOST_DRAWS:
        raise InputError(f"{len(plan.names)} figures vary; at most {MOST_DRAWS}: give some of them")
    with doing(f"sampling {plan.worlds:,} worlds"):
        here = Here(plan)
        if client is None:
            return gathered([here.run(0, here.whole)])
        from nodecalc.cluster.ranges import run_jobs_on

        return gathered(run_jobs_on(client, do_job, here.jobs(), cargo=Cargo(plan)))
