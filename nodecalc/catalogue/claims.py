"""Claims of press and policy papers, and what answers each: commands, figures, ratios of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import nodecalc_seeds
from nodecalc.doors import a_name
from nodecalc.errors import unknown

from .builtin import parse

FILE: Final = "claims.toml"
STATUSES: Final = ("reproduced", "contradicted", "open", "consistency")
"""Borne out by the calculator, at odds with it or with what is known, hanging on what is not public, or a matter of
whether a paper agrees with itself."""


class Claim(NamedTuple):
    """What was said, and how it is answered."""

    id: str
    seed: str
    """Source that says it."""
    says: str
    question: str
    status: str
    """One of `STATUSES`."""
    answer: str
    """A text with places for numbers: of rows, of figures, of ratios."""
    turns_on: str
    """What the answer hangs on."""
    run: Mapping[str, str]
    """Commands by a short name, without the program's own."""
    figure: Mapping[str, str]
    """Figures of tables by a short name."""
    ratio: Mapping[str, Sequence[str]]
    """Quotients of two numbers, each a place or a number."""
    check: Mapping[str, Sequence[float]]
    """Places, and between what each lies while the answer's words hold."""


@lru_cache(maxsize=1)
def claims() -> Mapping[str, Claim]:
    """Return all claims, by id, in the order in which they are listed.

    >>> len(claims()), claims()["ascend-volume"].status
    (31, 'open')
    """
    tables = parse(nodecalc_seeds.read(FILE))["claim"]
    empty: dict[str, str] = {}
    return {
        id_: Claim(
            id_,
            t["seed"],
            t["says"],
            t["question"],
            t["status"],
            t["answer"],
            t["turns_on"],
            t.get("run", empty),
            t.get("figure", empty),
            t.get("ratio", empty),
            t["check"],
        )
        for id_, t in tables.items()
    }


def find_claim(name: str) -> Claim:
    """Return the claim with an id; an unknown one is an error with the nearest."""
    wanted = a_name("claim", name, "give one claim's id, such as ascend-volume").strip().casefold()
    found = claims().get(wanted)
    if found is None:
        raise unknown("claim", name, claims(), "'nodecalc claims' lists all")
    return found
