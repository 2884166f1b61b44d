"""Change the program, one slip at a time, and see whether its tests notice: ``python -m tests.mutation --count 60``.

Prints the score, the share of mutants that some test notices, by area, and each mutant that none does. Each area's part
of the sample grows as the root of its mutants, so that small ones count. The score is a lower bound: tests that need
numba, or long, are asked nothing; what is alive can be tried by such
(``--only 12,40-42 --by tests/drivers/test_fit.py``, which pass on
the program as it is).
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from math import sqrt
from pathlib import Path

from .equivalents import EQUIVALENT
from .operators import Mutant, mutants
from .plan import LEFT_OUT, ROOT, TESTS, modules

Drawn = list[tuple[str, str, Mutant]]
"""Area, module and mutant, in the order in which they are tried."""
NOTICED = ("killed", "loop", "crashed")


def drawn(count: int, seed: int, parts: list[str]) -> tuple[Drawn, int]:
    """Return a sample of the plan's mutants and how many there are; more equivalents listed never move the sample."""
    found: dict[str, list[tuple[str, str, Mutant]]] = defaultdict(list)
    for module, area in modules().items():
        meant = [part for part in parts if part == area or part.partition(":")[0] in module]
        if meant or not parts:
            functions = {part.partition(":")[2] for part in meant} - {""}
            of_module = mutants((ROOT / module).read_text(encoding="utf-8"))
            found[area] += [(area, module, m) for m in of_module if not functions or m.function in functions]
    roots = sum(sqrt(len(all_of)) for all_of in found.values())
    sample: list[tuple[float, tuple[str, str, Mutant]]] = []
    for area, all_of in found.items():
        shuffled = random.Random(f"{seed} {area}").sample(all_of, len(all_of))
        told_apart = [(place / len(all_of), one) for place, one in enumerate(shuffled) if not is_equivalent(*one[1:])]
        sample += told_apart[: round(count * sqrt(len(all_of)) / roots)]
    sample.sort(key=lambda one: one[0])  # the areas side by side, so that the first few are a sample as well
    return [one for _, one in sample], sum(len(all_of) for all_of in found.values())


def is_equivalent(module: str, mutant: Mutant) -> bool:
    """Whether the list says that no test could tell the mutant from the program."""
    return (module, mutant.function, mutant.before, mutant.after, mutant.nth) in EQUIVALENT


def main() -> int:
    """Sample mutants, try each, print the score; the exit code says whether any went unnoticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument(
        "part", nargs="*", help="areas, or parts of modules' names, or module:function; the whole plan by default"
    )
    parser.add_argument("--count", type=int, default=60, help="mutants to try")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="of the sample, these: numbers and ranges such as 3,10-20")
    parser.add_argument("--by", nargs="+", help="ask these tests alone, with numba, in processes of their own")
    parser.add_argument("--map", type=Path, help="a file that keeps which test runs which lines, for the next time")
    parser.add_argument("--tell", action="store_true", help="print the noticed ones, too")
    asked = parser.parse_args()
    os.environ["HYPOTHESIS_PROFILE"] = "mutation"
    # Tests that are stopped in the middle leave half of what hypothesis keeps beside the project.
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = tempfile.mkdtemp(prefix="mutants-")
    if not asked.by:
        os.environ["NUMBA_DISABLE_JIT"] = "1"
    from .trial import Trial, started, tried_by

    def work(trial: Trial | None) -> int:
        sample, whole = drawn(asked.count, asked.seed, asked.part)
        numbers = range(len(sample)) if asked.only is None else _numbers(asked.only, len(sample))
        print(f"{whole:,} mutants; {len(numbers)} of {len(sample)} tried (seed {asked.seed})", flush=True)
        verdicts: dict[str, Counter[str]] = defaultdict(Counter)
        for number in numbers:
            area, module, mutant = sample[number]
            begin = time.process_time() + sum(os.times()[2:4])
            outcome = trial.try_one(module, mutant) if trial else tried_by(module, mutant, asked.by)
            verdicts[area][outcome.verdict] += 1
            if asked.tell or outcome.verdict != "killed":
                took = (
                    f"{time.process_time() + sum(os.times()[2:4]) - begin:.1f} s, {outcome.asked} tests, {outcome.by}"
                )
                what = f"{mutant.before}  ->  {mutant.after}"
                print(
                    f"{number} {outcome.verdict}: {module}:{mutant.line}: {mutant.function}: {what}  ({took})",
                    flush=True,
                )
        for area, of_area in sorted(verdicts.items()):
            print(f"{area}: {_score(of_area)}", flush=True)
        together: Counter[str] = sum(verdicts.values(), Counter())
        print(f"score {_score(together)} (seed {asked.seed})", flush=True)
        return int(any(together[verdict] for verdict in together if verdict not in (*NOTICED, "same")))

    if asked.by:
        return work(None)
    return started(Trial(asked.map, work), TESTS, LEFT_OUT)


def _score(verdicts: Counter[str]) -> str:
    told = sum(verdicts.values()) - verdicts["same"]
    noticed = sum(verdicts[verdict] for verdict in NOTICED)
    words = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    return f"{100.0 * noticed / max(1, told):.1f} % of {told}: {words}"


def _numbers(text: str, count: int) -> list[int]:
    ends = [part.partition("-") for part in text.split(",")]
    numbers = [number for low, _, high in ends for number in range(int(low), int(high or low) + 1)]
    return [number for number in numbers if number < count]


if __name__ == "__main__":
    sys.exit(main())
