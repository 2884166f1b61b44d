"""What the calculator answers to claims of press and policy papers: each answer is worked out anew."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from nodecalc.catalogue import open_catalogue
from nodecalc.catalogue.claims import Claim, claims, find_claim
from nodecalc.drivers.estimate import estimate
from nodecalc.drivers.solve.solve import solve
from nodecalc.drivers.wafer_cost import wafer_cost

from .capacity import capacity
from .memory import memory
from .split import split
from .system import system

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Source

MONTHS: Final = 12.0


class Answered:
    """A claim with its answer; immutable."""

    def __init__(self, claim: Claim, catalogue: Catalogue) -> None:
        """Work out what the claim's answer quotes."""
        self.claim, self.catalogue = claim, catalogue
        places: dict[str, Any] = {name: carry_out(words, catalogue) for name, words in claim.run.items()}
        for name, path in claim.figure.items():
            table, group, key = path.split("/")
            figure = catalogue.tables(table)[group].preferred(key)
            assert figure is not None
            places[name] = figure.number
        self.places = places
        """Rows and figures by their short names."""
        self.ratios = {name: self.number(a) / self.number(b) for name, (a, b) in claim.ratio.items()}

    def number(self, place: str) -> float:
        """Return the number at a place: "n5.wafer_cost_usd", "ratio.share", the name of a figure, or a number."""
        name, dot, key = place.partition(".")
        if name == "ratio":
            return self.ratios[key]
        if name not in self.places:
            return float(place)
        found = self.places[name]
        return float(found[key] if dot else found)

    @cached_property
    def answer(self) -> str:
        """The answer in words, with its numbers."""
        return self.claim.answer.format(**self.places, ratio=self.ratios)

    @property
    def holds(self) -> bool:
        """Whether the numbers still lie where the words of the answer are true."""
        return all(low <= self.number(place) <= high for place, (low, high) in self.claim.check.items())

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that give the numbers."""
        return tuple(f"nodecalc {words}" for words in self.claim.run.values())

    @property
    def sources(self) -> tuple[Source, ...]:
        """Who says it."""
        return (self.catalogue.source(self.claim.seed),)

    def to_dict(self) -> dict[str, Any]:
        """Return it as one flat row."""
        c = self.claim
        return {
            "id": c.id,
            "says": c.says,
            "question": c.question,
            "status": c.status,
            "answer": self.answer,
            "turns_on": c.turns_on,
            "commands": list(self.commands),
            "figures": list(c.figure.values()),
            "ratios": dict(self.ratios),
            "source": c.seed,
            "holds": self.holds,
        }


def answered(name: str | None = None, catalogue: Catalogue | str | None = None) -> list[Answered]:
    """Return a claim with its answer, or all of them.

    >>> print(answered("half-by-2024")[0].answer)
    820,000 of 2,700,000 cards were local in 2024, 30%; the same paper says 34 %
    """
    known = open_catalogue(catalogue)
    chosen = claims().values() if name is None else [find_claim(name)]
    return [Answered(claim, known) for claim in chosen]


def carry_out(words: str, catalogue: Catalogue) -> dict[str, Any]:
    """Return the row that a command prints, by the library: the first, where there are several."""
    command, *rest = shlex.split(words)
    places, options = _options(rest)
    if command == "solve":
        key, size = places
        found: Any = solve(key, size, catalogue=catalogue, **options)
        row: dict[str, Any] = found.to_dict()
        return row
    return _COMMANDS[command](places[0] if places else None, options, catalogue)


def _options(words: list[str]) -> tuple[list[str], dict[str, Any]]:
    """Return the words without a name, and the options as keywords."""
    places: list[str] = []
    options: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            places.append(word)
            continue
        name = _SHORT.get(word, word.lstrip("-").replace("-", "_"))
        value = next(rest)
        if name == "set":
            options.setdefault("values", []).append(value)
        else:
            options[name] = value
    return places, options


_SHORT: Final = {"-n": "node", "--yield": "die_yield"}


def _die(place: str | None, options: dict[str, Any], known: Catalogue) -> dict[str, Any]:
    return estimate(place, catalogue=known, **options).to_dict()


def _wafer(place: str | None, options: dict[str, Any], known: Catalogue) -> dict[str, Any]:
    assert place is not None
    for key in ("without", "tools"):
        if key in options:
            options[key] = options[key].split(",")
    return wafer_cost(place, catalogue=known, **options).to_dict()


def _capacity(place: str | None, options: dict[str, Any], known: Catalogue) -> dict[str, Any]:
    row = capacity(place, catalogue=known, **options).to_dict()
    return {**row, "wafers": row["wafer_starts_per_month"] * MONTHS}


def _system(place: str | None, options: dict[str, Any], known: Catalogue) -> dict[str, Any]:
    assert place is not None
    return system(place, catalogue=known, **options).to_dict()


def _memory(place: str | None, options: dict[str, Any], known: Catalogue) -> dict[str, Any]:
    assert place is not None
    spelled = {"second_wafer": "second_wafer_usd", "bond": "bond_usd", "base": "base_usd"}
    return memory(place, catalogue=known, **{spelled.get(k, k): v for k, v in options.items()}).to_dict()


def _split(place: str | None, options: dict[str, Any], known: Catalogue) -> dict[str, Any]:
    assert place is not None
    shares = [options.pop("package_yield", "0.9")]
    return split(place, package_yields=shares, catalogue=known, **options)[0].to_dict()


_COMMANDS: Final[Mapping[str, Callable[[str | None, dict[str, Any], Catalogue], dict[str, Any]]]] = {
    "die": _die,
    "wafer": _wafer,
    "capacity": _capacity,
    "system": _system,
    "memory": _memory,
    "split": _split,
}
