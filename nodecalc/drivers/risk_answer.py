"""How sure an answer is and what drives it: every figure drawn from its distribution, all nodes in the same worlds."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.doors import a_name, brief, plain, real
from nodecalc.errors import InputError, NodecalcError, UnknownNameError
from nodecalc.question.laws import Varied
from nodecalc.vocabulary.spelling import key_of

from .estimate import NO_BAND, Estimate
from .risk.drawn import Part
from .risk.plan import Place, Plan, Worlds, drawn_in
from .risk.sampling import run_worlds
from .risk.smooth import Line, line_of
from .risk.statements import Statement
from .risk.statistics import Estimated, deviation, mean, quantiles, share_where
from .risk_drivers import Driver, drivers_of, ratio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nodecalc.catalogue import Catalogue
    from nodecalc.charts.histogram import Spreads

    Array = NDArray[np.float64]

SHARES: Final = (0.1, 0.5, 0.9)

WAFER: Final = ("wafer_cost_usd", "wafer_price_usd", "patterning_usd", "process_usd", "mask_set_usd")
"""Results that are of a wafer, whatever dies are on it."""


ONE: Final = "name one that was asked about"

WAY: Final = ("lines", "held")
"""Late parts of a `Risk` that are steps on the way to an answer."""


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


class Chance(NamedTuple):
    """A statement, and the share of worlds in which it is true."""

    text: str
    probability: Estimated
    keys: tuple[str, ...] = ()
    """The results that it is about."""


class Risk:
    """The distribution of an answer; immutable.

    `p10`, `p50`, `p90` and `drivers` are of the first result of the first node; `outcomes`, `all_drivers` have all.
    """

    __slots__ = ("_late", "_worlds", "catalogue", "estimates", "independent", "outputs", "parts", "plan", "statements",
                 "varied")  # fmt: skip

    estimates: tuple[Estimate, ...]
    """The answers, one a node, what varies at its median."""
    parts: tuple[Part, ...]
    """What is run in the worlds, one a node."""
    outputs: tuple[str, ...]
    """Keys of the results."""
    statements: tuple[Statement, ...]
    varied: tuple[Varied, ...]
    """Inputs that vary as the user says."""
    plan: Plan
    independent: bool
    catalogue: Catalogue
    _worlds: Worlds
    _late: dict[str, Any]

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
        client: Any = None,
    ) -> None:
        """Keep a question that is ready, and run it, on the workers of `client` where there is one."""
        several = {"estimates": estimates, "parts": parts, "outputs": outputs, "statements": statements}
        for name, value in (*several.items(), ("varied", varied)):
            object.__setattr__(self, name, tuple(value))
        for name, part in (("plan", plan), ("independent", independent), ("catalogue", catalogue), ("_late", {})):
            object.__setattr__(self, name, part)
        object.__setattr__(self, "_worlds", run_worlds(plan, client))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Risk is immutable; '{name}' cannot be set")

    def __reduce__(self) -> tuple[object, ...]:
        state = {name: getattr(self, name) for kind in type(self).__mro__ for name in getattr(kind, "__slots__", ())}
        # What was worked out late comes along; steps on the way there, made of running code, are made again.
        late = {name: part for name, part in self._late.items() if name not in WAY}
        return _again, (type(self), state | {"_late": late})

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
        found = node_number(a_name("node", node, ONE), self.nodes, self.estimates)
        if found is None:
            raise UnknownNameError(f"node '{plain(node)}': not in this question, which has {', '.join(self.nodes)}")
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
        bases = [part.base() for part in self.parts]
        found = []
        for number, key in self.plan.places:
            if key in self.outputs:
                value = bases[number][key]
            elif key in self.plan.outputs:
                continue  # of a statement alone
            else:
                value = ratio(bases[number][self.outputs[0]], bases[0][self.outputs[0]])
            label, samples = self.parts[number].label, self._worlds.first[number, key]
            spread = self._quantiles((number, key), SHARES)
            found.append(Outcome(label, key, value, spread[0], spread[1], spread[2], mean(samples), deviation(samples)))
        return tuple(found)

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
        where = real(share)
        if not 0.0 <= where <= 1.0:
            raise InputError(f"quantile {brief(share)}: a share of the worlds; give one, 0 to 1")
        number, key = self._number(node), self.outputs[0] if key is None else key_of(key, self.outputs, "result")
        return self._quantiles((number, key), (where,))[0]

    def _quantiles(self, place: Place, shares: tuple[float, ...]) -> list[Estimated]:
        """Return quantiles of a result, by the line that it is of one draw where it is one."""
        lines: dict[Place, Line | None] = self._later("lines", dict)
        if place not in lines:
            lines[place] = line_of(self.plan, self._worlds, place, run_worlds, self._later("held", dict))
        samples, line = self._worlds.first[place], lines[place]
        ends = not all(0.0 < share < 1.0 for share in shares)
        return quantiles(samples, shares) if line is None or ends else line.quantiles(shares, samples)

    @property
    def all_drivers(self) -> tuple[Driver, ...]:
        """What drives every result of every node; of each the strongest first."""
        return self._later("drivers", self._work_out_drivers)  # type: ignore[no-any-return]

    @property
    def drivers(self) -> tuple[Driver, ...]:
        """What drives the first result of the first node, the strongest first."""
        return tuple(d for d in self.all_drivers if (d.node, d.key) == (self.parts[0].label, self.outputs[0]))

    def _work_out_drivers(self) -> tuple[Driver, ...]:
        places = [place for place in self.plan.places if place[1] in self.outputs or place[1] not in self.plan.outputs]
        return tuple(driver for place in places for driver in drivers_of(self.plan, self._worlds, place))

    @property
    def probabilities(self) -> tuple[Chance, ...]:
        """The statements, each with the share of worlds in which it is true."""
        return self._later("chances", self._work_out_chances)  # type: ignore[no-any-return]

    def _work_out_chances(self) -> tuple[Chance, ...]:
        return tuple(
            Chance(
                said.text,
                share_where(lambda said=said: said.true_in(self._worlds.first)),  # type: ignore[misc]
                tuple(dict.fromkeys(said.keys)),
            )
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

    def picture(self) -> Spreads:
        """Return what is drawn: histograms of the first result of all nodes, and what moves it."""
        from .risk_picture import spreads_of

        return spreads_of(self)

    def plot(self, path: str | os.PathLike[str]) -> None:
        """Draw histograms and tornadoes into FILE.svg or FILE.png. Needs matplotlib."""
        from nodecalc.charts.plot_histogram import save_spreads

        save_spreads(self.picture(), path)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know beside the numbers."""
        from .compare import notes

        several = notes(self.estimates) if not self.is_of_wafer else [n for e in self.estimates for n in e.inputs.notes]
        # What varies as the user says has a band here.
        return tuple(dict.fromkeys(note for note in several if not note.endswith(NO_BAND)))

    @property
    def is_of_wafer(self) -> bool:
        """Whether every result is of a wafer, whatever dies are on it."""
        return set(self.plan.outputs) <= set(WAFER)

    def __repr__(self) -> str:
        first = self.outcomes[0]
        return (
            f"Risk({first.node or 'no node'}, {first.key}: P10 {first.p10.value:.4g}, P50 {first.p50.value:.4g}, "
            f"P90 {first.p90.value:.4g}; {self.count:,} worlds)"
        )


def _again(kind: type[Risk], state: Mapping[str, Any]) -> Risk:
    """What a pickle calls; the worlds that were run are not run again."""
    risk = object.__new__(kind)
    for name, part in state.items():
        object.__setattr__(risk, name, part)
    return risk


def node_number(name: str, labels: Sequence[str], estimates: Sequence[Estimate]) -> int | None:
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
