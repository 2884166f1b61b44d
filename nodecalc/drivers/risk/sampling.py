"""Worlds of a plan, plain or in written loops, whichever takes less time."""

from __future__ import annotations

from typing import Final

from nodecalc.errors import InputError
from nodecalc.progress import doing

from .drawn import is_heavy
from .plain_worlds import plain
from .plan import MOST_DRAWS, Plan, Worlds

PLAIN_STEPS: Final = 3_000_000
"""Steps, one stage in one world, up to which plain Python is the quicker: loading compiled loops takes as long."""


def run_worlds(plan: Plan) -> Worlds:
    """Run the graphs of a plan; the same bits on any number of threads."""
    if len(plan.names) > MOST_DRAWS:
        raise InputError(f"{len(plan.names)} figures vary; at most {MOST_DRAWS}: give some of them")
    with doing(f"sampling {plan.worlds:,} worlds"):
        if plan.steps <= PLAIN_STEPS and not any(is_heavy(step) for part in plan.parts for step in part.stages):
            return plain(plan)
        from .compiled_worlds import compiled

        return compiled(plan)
