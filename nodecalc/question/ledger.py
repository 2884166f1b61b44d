"""The figures that an answer rests on: each with its range, kind, year and origin, and what is said of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.errors import StrictError
from nodecalc.vocabulary import find_quantity
from nodecalc_kernels.numbers.distributions import two_piece_cdf, two_piece_quantile, two_piece_quantiles
from nodecalc_kernels.numbers.tabled import Scaled

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Figure, Source
    from nodecalc_kernels.numbers.joint import Pieces
    from nodecalc_kernels.numbers.tabled import Law

    from .evidence import Weighed

WEAK_KINDS: Final = ("estimated", "assumed")
"""Kinds that are marked in every output and that strict mode refuses."""

MARKS: Final = MappingProxyType(
    {
        "a": "a assumed: nodecalc's own stand-in, nobody publishes one",
        "e": "e estimated: derived, not published",
        "u": "u unverified: recalled, or its source's own text not read",
    }
)
"""What the letters of `UsedFigure.marks` mean."""


def legend(marks: Iterable[str]) -> str:
    """Return what the letters in `marks` mean, nothing of letters that do not occur.

    >>> legend(["", "eu", "u"])
    "e estimated: derived, not published; u unverified: recalled, or its source's own text not read"
    """
    letters = "".join(marks)
    return "; ".join(words for letter, words in MARKS.items() if letter in letters)


GIVEN: Final = "given"
"""Kind of what the user gave: taken as exact, and nobody's figure."""


class UsedFigure(NamedTuple):
    """A value in use for one key: what the catalogue supplied, or the user's number in its place."""

    key: str
    value: float
    low: float
    high: float
    kind: str
    year: float | None
    verified: bool
    """False where a figure behind it was recalled and its source not read again."""
    basis: str
    """Where the range, or for a computed value the value, comes from."""
    figures: tuple[Figure, ...]
    """The catalogue's figures behind it."""
    rivals: tuple[Figure, ...] = ()
    """Other published figures of the same quantity."""
    law: Law | None = None
    """Its distribution where it comes from evidence: then `low` and `high` are its P10 and P90, else its ends."""
    weighed: tuple[Weighed, ...] = ()
    """The evidence behind it, a peer's behind its own."""
    owner: str = ""
    """Whose it is where that is not the node's own to say: the node whose layers a wafer's cost is of."""

    @property
    def is_given(self) -> bool:
        """Whether the user gave it."""
        return self.kind == GIVEN

    @property
    def is_uncertain(self) -> bool:
        """Whether it has a range."""
        return self.low < self.high

    @property
    def has_width(self) -> bool:
        """Whether its distribution is of more than one number; where few of many lie elsewhere, P10 and P90 are one."""
        return self.quantile(0.0) < self.quantile(1.0)

    def quantile(self, u: float) -> float:
        """Return the value that a share `u`, 0..1, of its distribution lies below."""
        if self.law is not None:
            return self.law.quantile(u)
        return two_piece_quantile(u, self.low, self.value, self.high, self.low > 0.0)

    def cdf(self, x: float) -> float:
        """Return the share of its distribution at or below `x`."""
        if self.law is not None:
            return self.law.cdf(x)
        return two_piece_cdf(x, self.low, self.value, self.high, self.low > 0.0)

    def gaps(self) -> tuple[float, ...]:
        """Return the shares at which its quantile jumps."""
        return () if self.law is None else self.law.gaps()

    def pieces(self) -> Pieces:
        """Return the distribution function over ln x, in pieces; of a number above 0."""
        if self.law is not None:
            return self.law.pieces()
        from nodecalc_kernels.numbers.mixtures import Mixture

        return Mixture([(1.0, self.low, self.value, self.high)]).pieces()

    def quantiles(self, shares: tuple[float, ...]) -> list[float]:
        """Return `quantile` at each of `shares`."""
        if self.law is not None:
            return [self.law.quantile(u) for u in shares]
        return two_piece_quantiles(shares, self.low, self.value, self.high, self.low > 0.0)

    def times(self, factor: float) -> UsedFigure:
        """Return it with its value and its distribution multiplied by `factor`, such as a price of a larger wafer."""
        law = None if self.law is None else Scaled(self.law, factor)
        return self._replace(value=self.value * factor, low=self.low * factor, high=self.high * factor, law=law)

    @property
    def unit(self) -> str:
        """Its unit: that of its quantity, else that of the figure behind it."""
        q = find_quantity(self.key.rpartition(".")[2])  # another node's begins with the node
        return q.unit if q is not None else (self.figures[0].unit if self.figures else "")

    @property
    def marks(self) -> str:
        """One letter for each reservation: e estimated, a assumed, u unverified."""
        weak = self.kind[0] if self.kind in WEAK_KINDS else ""
        return weak + ("" if self.verified else "u")

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources behind it, in order, each once."""
        return tuple(dict.fromkeys(f.source for f in self.figures))

    @property
    def source(self) -> str | None:
        """Id of the source of the value, None where the user gave it."""
        return self.figures[0].source if self.figures else None

    @property
    def note(self) -> str:
        """What the catalogue says of the figure."""
        return self.figures[0].note if self.figures else ""

    @property
    def told(self) -> str:
        """How the number came about, as people read it."""
        return self.kind + ("" if self.verified else ", unverified")

    def to_dict(self) -> dict[str, Any]:
        """Return it as a flat object; of what the user gave, whether it is verified is nobody's question."""
        return {
            "key": self.key,
            "value": self.value,
            "unit": self.unit,
            "low": self.low,
            "high": self.high,
            "range_basis": self.basis,
            "kind": self.kind,
            "verified": None if self.is_given else self.verified,
            "source": self.source,
            "year": self.year,
            "note": self.note or None,
        }


def given_figure(key: str, value: float) -> UsedFigure:
    """Return the user's own number for `key`."""
    return UsedFigure(key, value, value, value, GIVEN, None, True, "given: taken as exact", ())


class Ledger(Mapping[str, UsedFigure]):
    """The figures in use, by key; read-only."""

    __slots__ = ("_figures",)

    def __init__(self, figures: Mapping[str, UsedFigure] | Iterable[UsedFigure] = ()) -> None:
        """Keep `figures`, a mapping by key or the figures alone."""
        several = figures.values() if isinstance(figures, Mapping) else figures
        self._figures: dict[str, UsedFigure] = {figure.key: figure for figure in several}

    def __getitem__(self, key: str) -> UsedFigure:
        return self._figures[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def __repr__(self) -> str:
        return f"Ledger({', '.join(f'{f.key}={f.value:g} {f.kind}' for f in self.values())})"

    def __or__(self, other: Mapping[str, UsedFigure]) -> Ledger:
        """Return the figures of both; of those with the same key that of `other`, in the place of the first."""
        return Ledger({**self._figures, **other})

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """Return the keys of the figures of `kind`."""
        return tuple(key for key, figure in self.items() if figure.kind == kind)

    @property
    def assumed(self) -> tuple[str, ...]:
        """Keys whose figures are nodecalc's own stand-ins."""
        return self.of_kind("assumed")

    @property
    def estimated(self) -> tuple[str, ...]:
        """Keys whose figures are derived rather than published."""
        return self.of_kind("estimated")

    @property
    def unverified(self) -> tuple[str, ...]:
        """Keys with a figure behind them that was recalled and not read again in its source."""
        return tuple(key for key, figure in self.items() if not figure.verified)

    @property
    def uncertain(self) -> Ledger:
        """Those of the figures that have a range."""
        return Ledger([figure for figure in self.values() if figure.is_uncertain])

    def marks(self, assumed: Iterable[str] = ()) -> dict[str, list[str]]:
        """Return the reservations of a row: the keys of its assumed (`assumed` too), estimated, unverified figures."""
        return {
            "assumed": [*assumed, *self.assumed],
            "estimated": list(self.estimated),
            "unverified": list(self.unverified),
        }

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Ids of the sources of the figures, each once."""
        return tuple(dict.fromkeys(id_ for figure in self.values() for id_ in figure.sources))

    def sources(self, catalogue: Catalogue) -> tuple[Source, ...]:
        """Return the sources of the figures, each once."""
        return tuple(catalogue.source(id_) for id_ in self.source_ids)

    def support(self) -> dict[str, list[dict[str, Any]]]:
        """Return, for the id of each source, the figures that it states: those in use, and their rivals."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for used in self.values():
            for figure in (*used.figures, *used.rivals):
                preferred = figure in used.figures
                row = {
                    "key": used.key,
                    "value": figure.value,
                    "unit": figure.unit,
                    "low": used.low if preferred else figure.low,
                    "high": used.high if preferred else figure.high,
                    "kind": figure.kind,
                    "year": figure.year,
                    "verified": figure.verified,
                    "preferred": preferred,
                    "note": figure.note,
                }
                found.setdefault(figure.source, {})[f"{used.key} {figure.value} {figure.note}"] = row
        return {source: list(rows.values()) for source, rows in found.items()}

    def refuse_weak(self, instead: Mapping[str, str]) -> None:
        """Refuse figures of a kind that strict mode does not take; `instead` says what to give for an option."""
        from nodecalc.vocabulary import quantity

        from .units import label

        weak = [figure for figure in self.values() if figure.kind in WEAK_KINDS]
        if weak:
            listed = ", ".join(f"{f.key} {quantity(f.key).text(f.value)} is {f.kind}" for f in weak)
            options = ", ".join(instead.get(f.key) or label(quantity(f.key)) for f in weak)
            raise StrictError(f"--strict: {listed}; give {options}, or leave out --strict")
