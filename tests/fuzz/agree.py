"""One question asked in three ways: estimate, evaluate and sweep must give one answer, and the table that of JSON."""

from __future__ import annotations

import math
import random
import tempfile
from typing import Any

import nodecalc as nc
from nodecalc.question.registry import models
from nodecalc.vocabulary import QUANTITIES

from . import oracle, words
from .lines import called
from .runner import Fault

KEYS = (
    "d0_per_cm2", "wafer_price_usd", "scribe_mm", "edge_exclusion_mm", "critical_area_fraction", "systematic_yield",
    "line_yield", "aspect_ratio",
)  # fmt: skip
OUTPUTS = ("good_die_cost_usd", "die_yield", "gross_dies")
YIELDS = tuple(m.key for m in models() if m.kind == "yield model")
PLACEMENTS = tuple(m.key for m in models() if m.kind == "placement")


class Agree:
    """Plausible dies."""

    name = "agree"

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="fuzz-agree-")

    def case(self, rng: random.Random) -> dict[str, Any]:
        given: dict[str, Any] = {"die_area_mm2": rng.uniform(1.0, 900.0)}
        given |= {key: words.amount(rng, key) for key in rng.sample(KEYS, rng.randint(0, 4))}
        if "wafer_price_usd" in given:
            given["wafer_price_usd"] = rng.uniform(500, 30000)
        names = {"node": rng.choice(("tsmc-n5", "tsmc-n7", "smic-n+2", "intel-7", "tsmc-28"))}
        names["yield_model"] = rng.choice(YIELDS)
        if rng.random() < 0.5:
            names["placement"] = rng.choice([p for p in PLACEMENTS if p != "free-rows"])
        if names["yield_model"] == "negative-binomial":
            given["alpha"] = rng.choice((0.5, 2.0, 7.0))
        return {**given, **names}

    def check(self, case: dict[str, Any]) -> bool:
        names = {key: value for key, value in case.items() if isinstance(value, str)}
        numbers = {key: value for key, value in case.items() if key not in names}
        try:
            one = nc.estimate(**case)
        except nc.NodecalcError as error:
            many = self._tried(case)
            if many is not None and math.isfinite(many):
                raise Fault(f"a refusal here and an answer there: {error}") from None
            return False
        oracle.check_row({**one.to_dict(), "placement": names.get("placement", "best")})
        arrays = nc.evaluate(numbers, outputs=OUTPUTS, **names)
        swept = nc.sweep(outputs=OUTPUTS, **{key: value for key, value in case.items() if key != "die_area_mm2"},
                         die_area_mm2=[case["die_area_mm2"]])  # fmt: skip
        for key in OUTPUTS:
            values = getattr(one, key), float(arrays[key]), float(swept[key].reshape(-1)[0])
            if not all(math.isclose(value, values[0], rel_tol=1e-11) for value in values):
                raise Fault(f"three answers: {key} {values}")
        words_ = [f"{numbers['die_area_mm2']!r}", "-n", names["node"]]
        for key, value in case.items():
            if key not in ("die_area_mm2", "node"):
                text = f"{value!r}/cm2" if key == "d0_per_cm2" else value if isinstance(value, str) else repr(value)
                words_ += [f"--{QUANTITIES[key].option}", text]
        code, out, err = called(("die", *words_, "-f", "json"), self.folder)
        if code:
            raise Fault(f"an answer in Python and none on the command line: {err}")
        (row,) = oracle.strict_json(out)["rows"]
        if not math.isclose(row["good_die_cost_usd"], one.good_die_cost_usd, rel_tol=1e-11):
            raise Fault(f"another answer on the command line: {row['good_die_cost_usd']!r} {one.good_die_cost_usd!r}")
        _, table, _ = called(("die", *words_), self.folder)
        if QUANTITIES["good_die_cost_usd"].text(one.good_die_cost_usd).strip() not in table:
            raise Fault(f"a table without its answer: {one.good_die_cost_usd!r} in {table[:400]!r}")
        return True

    def _tried(self, case: dict[str, Any]) -> float | None:
        area = [case["die_area_mm2"]]
        try:
            swept = nc.sweep(**{k: v for k, v in case.items() if k != "die_area_mm2"}, die_area_mm2=area)
            return float(swept["good_die_cost_usd"].reshape(-1)[0])
        except nc.NodecalcError:
            return None
