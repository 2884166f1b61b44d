"""D0 and wafer price from evidence: all pieces of a node as one distribution, whose median is the figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.catalogue.evidence import USUAL_WAFER_MM
from nodecalc.catalogue.figure import KINDS
from nodecalc.errors import InputError
from nodecalc_kernels.numbers.mixtures import Mixture
from nodecalc_kernels.numbers.tabled import pooled, product
from nodecalc_kernels.registry import YIELD_MODELS

from .ledger import UsedFigure
from .market import YEAR, Market
from .readings import Reading, readings
from .weights import WEAKER, kind_of, spread, weights

if TYPE_CHECKING:
    from nodecalc.catalogue import Node
    from nodecalc.catalogue.evidence import Piece
    from nodecalc_kernels.numbers.tabled import Law


SUBJECT: Final = {"d0_per_cm2": "d0", "wafer_price_usd": "wafer_price"}
"""Keys that evidence is of, and what it calls them."""

LEAST: Final = 5e-324
"""The least float above 0."""
PARAMETERS: Final = ("alpha", "critical_layers")
"""Of yield models, in a market."""


class Weighed(NamedTuple):
    """A piece of evidence in one answer."""

    piece: Piece
    weight: float
    """Its share of the distribution, 0..1."""
    low: float
    value: float
    """What it means for the key, in its unit: of two readings the one with the larger share, else their mean."""
    high: float
    of: str = ""
    """Id of the node whose evidence it is, where it is another's."""
    parts: tuple[Reading, ...] = ()
    """What it means, each reading with its share."""


class Share(NamedTuple):
    """A part of a price's distribution: a price, or a multiple of another node's, which is drawn once for both."""

    weight: float
    law: Law
    """Of the price, or of the ratio."""
    peer: Node | None = None
    """Whose price the ratio multiplies."""
    origin: str = ""
    """Whose statement the ratio is: one for all nodes that it is made of."""


class _Mixed(NamedTuple):
    law: Law
    kind: str
    verified: bool
    weighed: tuple[Weighed, ...]


def evidence_figure(node: Node, key: str, market: Market) -> UsedFigure | None:
    """Return D0 or wafer price of `node` by its evidence, None where no piece counts under `market`.

    The value is the median of the mixture of all pieces, low and high are its P10 and P90. A variant without evidence
    of its own takes its parent's, one kind weaker.
    """
    found = _mixed(node, SUBJECT[key], market)
    if found is None:
        return None
    counting = sorted((w for w in found.weighed if w.weight > 0.0), key=lambda w: -w.weight)
    others = tuple(w.piece.figure() for w in found.weighed if w.weight <= 0.0)
    years = [w.piece.year for w in counting if w.piece.year is not None and w.of in ("", node.variant_of)]
    year = min(years, key=lambda own: abs(own - market.year)) if years else None
    law = found.law
    several = f"P10-P90 of {len(counting)} pieces of evidence" if len(counting) > 1 else "P10-P90 of one piece"
    return UsedFigure(
        key,
        law.median,
        law.quantile(0.1),
        law.quantile(0.9),
        found.kind,
        year,
        found.verified,
        several,
        tuple(w.piece.figure() for w in counting),
        others,
        law,
        found.weighed,
    )


def shares_of_price(node: Node, market: Market) -> tuple[Share, ...]:
    """Return what the price of `node` is made of by its evidence, with weights; nothing where there is none.

    Drawn one by one, the ratios apart from what they multiply, they have the distribution of `evidence_figure`.
    """
    found = _alone(node, "wafer_price", market, ())
    if found is None:
        return ()
    ratios, rest = _ratios(found)
    by_peer: dict[str, list[Weighed]] = {}
    for w in ratios:
        by_peer.setdefault(w.piece.ratio_of, []).append(w)
    shares = [
        Share(
            sum(w.weight for w in several),
            Mixture(_pieces_of_ratio(several)),
            _node(peer, market),
            ", ".join(dict.fromkeys(w.piece.origin for w in several)),
        )
        for peer, several in by_peer.items()
    ]
    return (*shares, *((Share(rest, found.law),) if rest > 0.0 else ()))


def owner_of(node: Node, key: str, market: Market) -> str:
    """Return the id of the node whose evidence for `key` that of `node` is: its own, or a parent's."""
    return _pieces(node, SUBJECT[key], market)[1] or node.id


def axes_behind(node: Node, key: str, market: Market) -> frozenset[str]:
    """Return the inputs that change what the evidence of `node` for `key` says, of those that a market has."""
    if key not in SUBJECT:
        return frozenset()
    pieces = [piece for piece in _pieces(node, SUBJECT[key], market)[0] if piece.span]
    found = {YEAR} if any(piece.kind != "assumed" for piece in pieces) else set()
    yields = [piece for piece in pieces if piece.states == "yield"]
    if yields:
        found |= set(YIELD_MODELS[market.model].parameters)
    if any(piece.basis == "product" for piece in yields):
        found.add("systematic_yield")
    return frozenset(found)


def _mixed(node: Node, subject: str, market: Market, asked: tuple[str, ...] = ()) -> _Mixed | None:
    found = _alone(node, subject, market, asked)
    if found is None:
        return None
    ratios, rest = _ratios(found)
    if ratios:
        found = _with_peers(found, ratios, rest, market, (*asked, node.id))
    parent = _pieces(node, subject, market)[1]
    return found._replace(weighed=tuple(w._replace(of=parent) for w in found.weighed)) if parent else found


def _alone(node: Node, subject: str, market: Market, asked: tuple[str, ...]) -> _Mixed | None:
    """Return the mixture of a node's pieces in which ratios to a peer are not yet multiplied."""
    if node.id in asked:
        loop = " -> ".join((*asked[asked.index(node.id) :], node.id))
        raise InputError(f"the price of {node.id} is a multiple of itself ({loop}); give a price for one of them")
    pieces, _ = _pieces(node, subject, market)
    if not pieces:
        return None
    pieces = tuple(_with_price(piece, market, (*asked, node.id)) for piece in pieces)
    diameter = node.preferred("wafer_diameter")
    return _of(pieces, _bare(subject, market), USUAL_WAFER_MM if diameter is None else diameter.number)


def _ratios(found: _Mixed) -> tuple[list[Weighed], float]:
    """Return the ratios that count, and the weight of all that is no ratio."""
    ratios = [w for w in found.weighed if w.piece.states == "ratio" and w.weight > 0.0]
    return ratios, sum(w.weight for w in found.weighed if w.piece.states != "ratio")


def _pieces_of_ratio(several: Iterable[Weighed]) -> tuple[tuple[float, float, float, float], ...]:
    return tuple((w.weight, w.low, w.value, w.high) for w in several)


def _with_price(piece: Piece, market: Market, asked: tuple[str, ...]) -> Piece:
    """Return a piece as it counts: a multiple of a price that nobody knows says nothing."""
    if piece.states != "ratio" or not piece.span:
        return piece
    known = _mixed(_node(piece.ratio_of, market), piece.of, market, asked) is not None
    return piece if known else piece._replace(span=False, why=f"no price of {piece.ratio_of} is known")


def _bare(subject: str, market: Market) -> Market:
    """Return what of a market changes the evidence for a subject: the rest would only be read again."""
    if subject != "d0":
        return Market(year=market.year)
    plain = market._replace(catalogue=None)
    taken = YIELD_MODELS[market.model].parameters
    unused = {key: value for key, value in Market()._asdict().items() if key in PARAMETERS and key not in taken}
    return plain._replace(**unused)


def without(figure: UsedFigure, left_out: Weighed | None) -> float:
    """Return the median that the evidence for `figure` has without one of its pieces, of all of it for None.

    The other pieces keep their weights in proportion; a ratio's peer stays what it is.
    """
    own = [w for w in figure.weighed if w.weight > 0.0]
    of = own[0].of if left_out is None else left_out.of
    rest = [w for w in own if w.of == of and w is not left_out]
    if not rest:
        return figure.value
    return Mixture([(w.weight * r.share, r.low, r.value, r.high) for w in rest for r in w.parts]).median


def _pieces(node: Node, subject: str, market: Market) -> tuple[tuple[Piece, ...], str]:
    """Return a node's evidence, or its parent's where it has none, one kind weaker, and the parent's id."""
    own = tuple(piece for piece in node.evidence if piece.of == subject)
    if own or not node.variant_of:
        return own, ""
    theirs, above = _pieces(_node(node.variant_of, market), subject, market)
    return tuple(piece._replace(kind=WEAKER[piece.kind]) for piece in theirs), above or node.variant_of


def _node(name: str, market: Market) -> Node:
    from nodecalc.catalogue import open_catalogue

    return open_catalogue(market.catalogue).node(name)


@lru_cache(maxsize=512)
def _of(pieces: tuple[Piece, ...], market: Market, diameter_mm: float) -> _Mixed | None:
    """Return the mixture of `pieces`; ratios to a peer stay ratios."""
    meant = {piece: _moved(piece, readings(piece, market, diameter_mm), market.year) for piece in pieces}
    able = [piece for piece in pieces if meant[piece]]
    for piece in able:
        if any(reading.high == inf for reading in meant[piece]):
            raise InputError(
                f"{piece.of} of {piece.source}: no defect density gives what it states under {market.model} with "
                "these parameters; give --d0, or another --alpha or --layers"
            )
    shares = dict(zip(able, weights(able, market.year), strict=True))
    weighed = tuple(_weighed(piece, shares.get(piece, 0.0), meant[piece]) for piece in pieces)
    counting = [w for w in weighed if w.weight > 0.0]
    if not counting:
        return None
    ratios = [w for w in counting if w.piece.states == "ratio"]
    kind = kind_of([(_kind(w.piece, diameter_mm), w.weight) for w in counting])
    verified = sum(w.weight for w in counting if w.piece.verified) > 0.5
    taken = ratios if len(ratios) == len(counting) else [w for w in counting if w.piece.states != "ratio"]
    return _Mixed(_mixture(taken, meant), kind, verified, weighed)


def _mixture(weighed: Iterable[Weighed], meant: dict[Piece, tuple[Reading, ...]]) -> Law:
    return Mixture([(w.weight * r.share, r.low, r.value, r.high) for w in weighed for r in meant[w.piece]])


def _kind(piece: Piece, diameter_mm: float) -> str:
    """Return the kind of a piece in use; a price brought to another diameter is an estimate at best."""
    scaled = piece.states == "usd" and piece.wafer_mm != diameter_mm
    return max(piece.kind, "estimated", key=KINDS.index) if scaled else piece.kind


def _moved(piece: Piece, several: Sequence[Reading], year: float) -> tuple[Reading, ...]:
    """Return readings with their ends moved out by the distance in time; what is exact stays."""
    factor = 1.0 if piece.exact else spread(piece, year)
    return tuple(_above_0(r._replace(low=r.low / factor, high=r.high * factor)) for r in several)


def _above_0(reading: Reading) -> Reading:
    """Return a reading whose numbers are above 0, as what it was made of is; what underflows is the least float."""
    if reading.low > 0.0:
        return reading
    return reading._replace(low=LEAST, value=max(reading.value, LEAST), high=max(reading.high, LEAST))


def _weighed(piece: Piece, weight: float, several: Sequence[Reading]) -> Weighed:
    if not several:
        return Weighed(piece, 0.0, float("nan"), float("nan"), float("nan"))
    low, high = min(r.low for r in several), max(r.high for r in several)
    value = (
        several[0].value if len(several) == 1 else Mixture([(r.share, r.low, r.value, r.high) for r in several]).median
    )
    return Weighed(piece, weight, low, value, high, parts=tuple(several))


@lru_cache(maxsize=64)
def _multiplied(ratio: tuple[tuple[float, float, float, float], ...], price: Law) -> Law:
    """Return a peer's price times a mixture of ratios; the same evidence is the same object, so that it is kept."""
    return product(Mixture(ratio), price)


def _with_peers(
    found: _Mixed, ratios: Sequence[Weighed], rest: float, market: Market, asked: tuple[str, ...]
) -> _Mixed:
    """Return `found` with each ratio multiplied by its peer's price, drawn once for both."""
    laws: list[tuple[float, Law]] = []
    kinds, verified, weighed = [found.kind], found.verified, list(found.weighed)
    by_peer: dict[str, list[Weighed]] = {}
    for w in ratios:
        by_peer.setdefault(w.piece.ratio_of, []).append(w)
    for peer, several in by_peer.items():
        price = _mixed(_node(peer, market), "wafer_price", market, asked)
        if price is None:
            continue
        laws.append((sum(w.weight for w in several), _multiplied(_pieces_of_ratio(several), price.law)))
        kinds.append(price.kind)
        verified = verified and price.verified
        for w in several:
            place = weighed.index(w)
            weighed[place] = w._replace(
                low=w.low * price.law.quantile(0.1),
                value=w.value * price.law.median,
                high=w.high * price.law.quantile(0.9),
                parts=tuple(
                    r._replace(
                        low=r.low * price.law.quantile(0.1),
                        value=r.value * price.law.median,
                        high=r.high * price.law.quantile(0.9),
                    )
                    for r in w.parts
                ),
            )
        weighed += [w._replace(of=peer) for w in price.weighed]
    if rest > 0.0:
        laws.append((rest, found.law))
    law: Law = laws[0][1] if len(laws) == 1 else pooled(laws)
    return _Mixed(law, max(kinds, key=KINDS.index), verified, tuple(weighed))
