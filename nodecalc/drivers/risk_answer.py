"""How sure an answer is and what drives it: every figure drawn from its distribution, all nodes in the same worlds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue import open_catalogue
from nodecalc.doors import names as several_names
from nodecalc.errors import InputError, NodecalcError, UnknownNameError
from nodecalc.question.at import At, nodes_of
from nodecalc.question.graph import ALL_OUTPUTS, ANSWER, D0
from nodecalc.question.laws import Varied, read_all
from nodecalc.question.units import number_of
from nodecalc.vocabulary import Quantity
from nodecalc.vocabulary.spelling import key_of

from .estimate import NO_BAND, Estimate, compute
from .prepare import prepare
from .risk.drawn import Draw, Part, elasticity, names_of, swing
from .risk.plan import SHIFTS, Plan, Worlds, drawn_in
from .risk.sampling import run_worlds
from .risk.statements import Statement, read_statement
from .risk.statistics import Estimated, deviation, mean, quantiles, share_where, variance_shares
from .risk_model import part_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nodecalc.catalogue import Catalogue, Node

    Array = NDArray[np.float64]

SHARES: Final = (0.1, 0.5, 0.9)
SAMPLES: Final = 16384
WORLDS: Final = Quantity("samples", "", "worlds", 256.0, 1e7, option="samples", counted=True)
WAFER: Final = ("wafer_cost_usd", "wafer_price_usd", "patterning_usd", "process_usd", "mask_set_usd")
"""Results of a wafer's layers that may be asked for."""
RESULTS: Final = (*ALL_OUTPUTS, D0, "die_area_mm2", *WAFER)
"""What a result may be: also what a die's size and its evidence come to."""


def ratio_of(key: str) -> str:
    """Return the key of a result over that of the first node.

    >>> ratio_of("good_die_cost_usd"), ratio_of("die_yield")
    ('good_die_cost_ratio', 'die_yield_ratio')
    """
    return f"{key.removesuffix('_usd')}_ratio"


class Outcome(NamedTuple):
    """One result of one node over all worlds."""

    node: str
    key: str
    value: float
    """The answer, every figure at its value."""
    p10: Estimated
    p50: Estimated
    p90: Estimated
    mean: Estimated
    deviation: Estimated


class Driver(NamedTuple):
    """What one input does to one result."""

    node: str
    """Whose result it is."""
    key: str
    """Of the result."""
    name: str
    """Of the input."""
    low: float
    """P10 of the input."""
    high: float
    at_low: float
    """The result there, everything else at its value."""
    at_high: float
    elasticity: float | None
    """d ln result / d ln input, at the values."""
    first: Estimated | None
    """First-order Sobol index: the share of the variance that it makes alone."""
    total: Estimated | None
    """Total Sobol index: the same with all in which it takes part."""
    draw: Draw

    @property
    def swing(self) -> float:
        """How far the result moves between the input's P10 and P90."""
        return abs(self.at_high - self.at_low)


class Chance(NamedTuple):
    """A statement, and the share of worlds in which it is true."""

    text: str
    probability: Estimated


class Risk:
    """The distribution of an answer; immutable.

    `p10`, `p50`, `p90` and `drivers` are of the first result of the first node; `outcomes`, `all_drivers` have all.
    """

    __slots__ = ("_late", "_worlds", "catalogue", "estimates", "independent", "outputs", "parts", "plan", "statements",
                 "varied")  # fmt: skip

    def __init__(
        self,
        estimates: Sequence[Estimate],
        parts: Sequence[Part],
        outputs: Sequence[str],
        plan: Plan,
        statements: Sequence[Statement],
        varied: Sequence[Varied],
        independent: bool,
        catalogue: Catalogue,
    ) -> None:
        """Keep a question that is ready, and run it."""
        self.estimates, self.parts, self.outputs = tuple(estimates), tuple(parts), tuple(outputs)
        self.plan, self.statements, self.varied = plan, tuple(statements), tuple(varied)
        self.independent, self.catalogue = independent, catalogue
        self._worlds: Worlds = run_worlds(plan)
        self._late: dict[str, Any] = {}

    @property
    def count(self) -> int:
        """How many worlds there are."""
        return self.plan.worlds

    @property
    def seed(self) -> int:
        """What the digital shifts are made from."""
        return self.plan.seed

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes, as the question calls them."""
        return tuple(part.label for part in self.parts)

    def samples(self, key: str | None = None, node: str | None = None) -> Array:
        """Return a result in every world, a float64 array; worlds are in the same order for all nodes and results."""
        return self.samples_of(
            self._number(node), self.outputs[0] if key is None else key_of(key, self.outputs, "result")
        )

    def samples_of(self, number: int, key: str) -> Array:
        """Return the same of the node in a place of the question."""
        return self._worlds.first[number, key]

    def _number(self, node: str | None) -> int:
        if node is None:
            return 0
        found = _node_number(node, self.nodes, self.estimates)
        if found is None:
            raise UnknownNameError(f"node '{node}': not in this question, which has {', '.join(self.nodes)}")
        return found

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Every result of every node, in the order asked."""
        return self._later("outcomes", self._work_out_outcomes)  # type: ignore[no-any-return]

    def _later(self, name: str, make: Any) -> Any:
        if name not in self._late:
            self._late[name] = make()
        return self._late[name]

    def _work_out_outcomes(self) -> tuple[Outcome, ...]:
        found = []
        for number, part in enumerate(self.parts):
            base = part.base()
            for key in self.outputs:
                found.append(_outcome(part.label, key, base[key], self._worlds.first[number, key]))
            if number:
                found.append(self._ratio(number, part.label, base))
        return tuple(found)

    def _ratio(self, number: int, label: str, base: Mapping[str, float]) -> Outcome:
        """Return the first result of a node over that of the first node, in the same worlds."""
        import numpy as np

        key = self.outputs[0]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self._worlds.first[number, key] / self._worlds.first[0, key]
        first = self.parts[0].base()[key]
        return _outcome(label, ratio_of(key), base[key] / first if first else float("nan"), ratio)

    @property
    def p10(self) -> float:
        """One world in ten has less."""
        return self.outcomes[0].p10.value

    @property
    def p50(self) -> float:
        """Half of the worlds have less."""
        return self.outcomes[0].p50.value

    @property
    def p90(self) -> float:
        """Nine worlds in ten have less."""
        return self.outcomes[0].p90.value

    def quantile(self, share: float, key: str | None = None, node: str | None = None) -> Estimated:
        """Return the value that a share of the worlds, 0..1, lies below, and its error."""
        if not 0.0 <= share <= 1.0:
            raise InputError(f"quantile {share}: a share of the worlds; give 0 to 1")
        return quantiles(self.samples(key, node), (share,))[0]

    @property
    def all_drivers(self) -> tuple[Driver, ...]:
        """What drives every result of every node; of each the strongest first."""
        return self._later("drivers", self._work_out_drivers)  # type: ignore[no-any-return]

    @property
    def drivers(self) -> tuple[Driver, ...]:
        """What drives the first result of the first node, the strongest first."""
        return tuple(d for d in self.all_drivers if (d.node, d.key) == (self.parts[0].label, self.outputs[0]))

    def _work_out_drivers(self) -> tuple[Driver, ...]:
        found = []
        for number, part in enumerate(self.parts):
            base = part.base()
            for key in self.outputs:
                own = [
                    driver
                    for name in names_of((part,))
                    if (driver := self._driver(number, base, key, name)) is not None
                ]
                found += sorted(own, key=_strength, reverse=True)
        return tuple(found)

    def _driver(self, number: int, base: Mapping[str, float], key: str, name: str) -> Driver | None:
        part, place = self.parts[number], (number, key)
        ends = swing(part, base, name, key)
        if ends is None:
            return None
        draw = part.drawn[part.keys_of(name)[0]]
        shares = None
        if self.plan.indices:
            worlds = self._worlds
            shares = variance_shares(worlds.first[place], worlds.second[place], worlds.changed[place, name])
        if ends[0] == ends[1] == base[key] and (shares is None or shares[1].value == 0.0):
            return None  # it drives other results
        own, total = shares or (None, None)
        slope = elasticity(part, base, name, key)
        return Driver(part.label, key, name, draw.low, draw.high, *ends, slope, own, total, draw)

    @property
    def probabilities(self) -> tuple[Chance, ...]:
        """The statements, each with the share of worlds in which it is true."""
        return self._later("chances", self._work_out_chances)  # type: ignore[no-any-return]

    def _work_out_chances(self) -> tuple[Chance, ...]:
        return tuple(
            Chance(said.text, share_where(lambda said=said: said.true_in(self._worlds.first)))  # type: ignore[misc]
            for said in self.statements
        )

    def columns(self) -> dict[str, Array]:
        """Return what was drawn, by its name, and every result, ``node.key``, in every world: float64 arrays."""
        found = drawn_in(self.plan)
        for number, part in enumerate(self.parts):
            for key in self.plan.outputs:
                found[f"{part.label}.{key}" if part.label else key] = self._worlds.first[number, key]
        return found

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write `columns` to FILE.parquet or FILE.arrow; what they answer stands in the metadata. Needs pyarrow."""
        import json

        from nodecalc._version import __version__
        from nodecalc.files.worlds import save_columns

        about = {"command": "risk", "version": __version__, "seed": self.seed, "notes": list(self.notes)}
        save_columns(path, self.columns(), json.dumps(about, sort_keys=True), force)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know beside the numbers."""
        from .compare import notes

        # What varies as the user says has a band here.
        return tuple(note for note in notes(self.estimates) if not note.endswith(NO_BAND))

    def __repr__(self) -> str:
        first = self.outcomes[0]
        return (
            f"Risk({first.node or 'no node'}, {first.key}: P10 {first.p10.value:.4g}, P50 {first.p50.value:.4g}, "
            f"P90 {first.p90.value:.4g}; {self.count:,} worlds)"
        )


def _strength(driver: Driver) -> tuple[float, float]:
    return (driver.total.value if driver.total is not None else 0.0, driver.swing)


def _outcome(node: str, key: str, value: float, samples: Array) -> Outcome:
    p10, p50, p90 = quantiles(samples, SHARES)
    return Outcome(node, key, value, p10, p50, p90, mean(samples), deviation(samples))


def risk(
    size: str | float | None = None,
    *,
    node: str | Node | At | Iterable[str | At] | None = None,
    chip: str | None = None,
    vary: Mapping[str, Any] | Sequence[str] = (),
    outputs: str | Sequence[str] = (ANSWER,),
    prob: str | Sequence[str] = (),
    samples: int | str = SAMPLES,
    seed: int = 0,
    independent: bool = False,
    drivers: bool = True,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    **inputs: object,
) -> Risk:
    """Return how sure an answer is and what drives it: every figure that has a distribution is drawn from it.

    Args:
        size, chip, strict, catalogue, inputs: as for `estimate`; what is given is exact.
        node: one node, or several, which are drawn together: a tool's figure, a price that another is a multiple of, or
            evidence that two nodes share is one draw for both.
        vary: distributions of your own by input: ``{"d0_per_cm2": (low, mode, high)}`` triangular, ``(low, high)``
            uniform, ``("normal", mean, s)``, ``("lognormal", median, s)`` with s the standard deviation of ln x; or
            texts as for ``--vary``. ``"n5:d0"`` is of one node alone.
        outputs: results wanted: any of a die, and with ``wafer_basis="cost"`` those of its wafer.
        prob: statements such as ``"good_die_cost_usd < 40"`` and ``"smic-n+3 > tsmc-n5"``.
        samples: worlds, 256 to 10^7; rounded up to eight sequences of a power of 2 of Sobol points.
        seed: of the digital shifts of the sequences.
        independent: whether nodes share no draw.
        drivers: whether shares of variance are worked out; without them a million worlds take a moment.

    Returns:
        A `Risk`: ``.p10``, ``.p50``, ``.p90`` and ``.drivers`` of the first result, ``.outcomes``,
        ``.probabilities``, ``.samples()``.

    Raises:
        NodecalcError: as for `estimate`; a distribution or a statement that cannot be read; more figures than 128.

    >>> import nodecalc as nc
    >>> q = nc.risk(107, node="smic-n+2", samples=4096)
    >>> q.p10 < 25 < q.p50 < 40 < q.p90, q.drivers[0].name
    (True, 'tsmc-n7.wafer_price_usd')

    """
    known = open_catalogue(catalogue)
    count = _count(samples)
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise InputError(f"--seed {seed}: no whole number; give one, such as 0")
    nodes = _nodes(node)
    varied = read_all(vary)
    wanted = several_names("outputs", outputs, f"give keys of results: {', '.join(RESULTS)}")
    keys = tuple(dict.fromkeys(key_of(key, RESULTS, "result") for key in wanted))
    if not keys:
        raise InputError(f"no results; name some of {', '.join(RESULTS)}")
    estimates, own = [], []
    for at in nodes:
        mine = [each for each in varied if _is_of(each, at, known)]
        _refuse_twice(mine, inputs, at)
        at_medians = {each.key: each.law.median for each in mine}
        resolved, product = prepare(size, at, chip, strict, known, {**inputs, **at_medians})
        estimates.append(compute(resolved, known, product))
        own.append(mine)
    for each in varied:
        if each.node and not any(each in mine for mine in own):
            raise InputError(f"--vary {each.node}:{each.key}: that node is not in this question; name it with -n")
    labels = _labels(estimates)
    statements = tuple(
        read_statement(text, keys[0], labels, lambda name: _node_number(name, labels, estimates))
        for text in several_names("prob", prob, "give a statement such as 'good_die_cost_usd < 40'")
    )
    asked = tuple(dict.fromkeys((*keys, *(key for said in statements for key in said.keys))))
    parts = [
        part_of(e.inputs, known, mine, asked, label, independent)
        for e, mine, label in zip(estimates, own, labels, strict=True)
    ]
    if not any(part.drawn for part in parts):
        raise InputError(
            "no figure of this answer has a distribution: what is given is exact; leave some to the node, or give "
            "one with --vary, such as --vary d0=0.1:0.2:0.4"
        )
    plan = Plan(tuple(parts), asked, _by_strength(parts, keys[0]), count // SHIFTS, seed, drivers)
    return Risk(estimates, parts, keys, plan, statements, varied, independent, known)


def _count(samples: object) -> int:
    asked = number_of(samples, WORLDS)
    if asked != int(asked):
        raise InputError(f"--samples {samples}: worlds; give a whole number, such as {SAMPLES}")
    return 1 << (int(asked) - 1).bit_length()


def _nodes(node: Any) -> list[Any]:
    if node is None or hasattr(node, "id") or isinstance(node, At):
        return [node]
    several = [node] if isinstance(node, str) else list(node)
    found = [at for each in several for at in (nodes_of((each,)) if isinstance(each, str) else [each])]
    return found or [None]


def _is_of(varied: Varied, at: Any, known: Catalogue) -> bool:
    if not varied.node:
        return True
    if at is None:
        return False
    from nodecalc.catalogue.lookup import find_node
    from nodecalc.question.at import apart

    own, meant = find_node(apart(at)[0], known), find_node(varied.node, known)
    return own is not None and meant is not None and own.id == meant.id


def _refuse_twice(varied: Sequence[Varied], inputs: Mapping[str, object], at: Any) -> None:
    from nodecalc.question.at import apart

    from .prepare import given_keys

    taken = given_keys({**inputs, **(apart(at)[1] if at is not None else {})})
    for each in varied:
        if each.key in taken:
            raise InputError(f"--vary {each.key} and a value for it: it varies and is fixed; give one of them")


def _labels(estimates: Sequence[Estimate]) -> list[str]:
    """Return what the question calls each node: its id, with what is given for it alone."""
    labels = ["" if e.inputs.node is None else str(At(e.inputs.node.id, e.inputs.own)) for e in estimates]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise InputError(f"node '{twice}' twice in one question: give it once, or with inputs of its own")
    return labels


def _node_number(name: str, labels: Sequence[str], estimates: Sequence[Estimate]) -> int | None:
    """Return which of the nodes of a question a name means, None for what is no node's name."""
    from nodecalc.catalogue.lookup import find_node
    from nodecalc.question.at import apart

    if name in labels:
        return labels.index(name)
    try:
        plain, own = apart(name)
        found = find_node(plain, estimates[0].catalogue)
    except NodecalcError:
        return None
    if found is None:
        return None
    same = [i for i, e in enumerate(estimates) if e.node == found.id and (not own or dict(e.inputs.own) == own)]
    if len(same) > 1:
        raise InputError(f"node '{name}' stands several times in this question: write {' or '.join(labels)}")
    if not same:
        raise InputError(f"node '{name}' is not in this question; add -n {name}")
    return same[0]


def _by_strength(parts: Sequence[Part], output: str) -> tuple[str, ...]:
    """Return the names of all draws, first what moves the first result most: the first dimensions are the most even."""
    from math import isfinite, log

    moves: dict[str, float] = dict.fromkeys(names_of(parts), 0.0)
    for part in parts:
        base = part.base()
        for name in moves:
            ends = swing(part, base, name, output)
            if ends is not None and all(end > 0.0 and isfinite(end) for end in ends):
                moves[name] += abs(log(ends[1] / ends[0]))
    return tuple(sorted(moves, key=lambda name: (-moves[name], name)))


__all__ = ["Chance", "Driver", "Outcome", "Risk", "risk"]
