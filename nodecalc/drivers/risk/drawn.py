"""What is drawn: figures and given distributions, by whose they are, and the graphs that take them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from nodecalc.question.laws import GivenLaw
from nodecalc_kernels.numbers.draws import CELLS, Form, drawn, tabled_form, two_piece_form, uniform_form
from nodecalc_kernels.registry import PLACEMENTS
from nodecalc_kernels.stages import Stage, after, behind, keys_of, run

if TYPE_CHECKING:
    from nodecalc.question.ledger import UsedFigure
    from nodecalc_kernels.numbers.tabled import Law

LOW, HIGH = 0.1, 0.9
"""Shares of an input's mass that its bar of the tornado reaches from and to."""


class Draw(NamedTuple):
    """One column of draws."""

    name: str
    """What it goes by: columns of one name are one draw, through each one's own distribution."""
    key: str
    """Of the vocabulary, or of a step in between."""
    node: str
    """Whose it is; "" where it is nobody's."""
    form: Form
    value: float
    """Where everything else is drawn and this stands still."""
    low: float
    high: float
    """P10 and P90."""
    words: str = ""
    """What people call it, where it is no quantity of the vocabulary."""
    figure: UsedFigure | None = None
    """The catalogue's, where it is one."""
    given: GivenLaw | None = None
    """The user's distribution, where it is one."""
    alone: str = ""
    """The node that it is drawn for on its own, where nodes share no draw."""
    cells: int = 0
    """Equal parts of its mass that it enters by their middles; 0 where it is drawn as it is."""


def of_figure(figure: UsedFigure, name: str, node: str = "") -> Draw:
    """Return the draw of a figure of the catalogue."""
    return of_law(figure, name, figure.key, node, figure.value)._replace(figure=figure)


def of_law(law: UsedFigure | Law, name: str, key: str, node: str, value: float, words: str = "") -> Draw:
    """Return the draw of a distribution: two pieces as they are, any other by its quantiles at equidistant shares."""
    own = getattr(law, "law", None) if hasattr(law, "kind") else law
    if own is None:
        figure: UsedFigure = law  # type: ignore[assignment]
        form = two_piece_form(figure.low, figure.value, figure.high, figure.low > 0.0)
    else:
        form = tabled_form([own.quantile(i / CELLS) for i in range(CELLS + 1)])
    return Draw(name, key, node, form, value, law.quantile(LOW), law.quantile(HIGH), words)


def of_given(law: GivenLaw, key: str, name: str, node: str = "") -> Draw:
    """Return the draw of what a user gave."""
    return Draw(name, key, node, law.form, law.median, law.quantile(LOW), law.quantile(HIGH), given=law)


def of_choice(name: str, key: str, node: str, words: str) -> Draw:
    """Return a draw that decides which of several statements counts."""
    return Draw(name, key, node, uniform_form(0.0, 1.0), 0.5, LOW, HIGH, words)


class Part(NamedTuple):
    """One node's graph, and what it takes."""

    label: str
    """The node, as the question calls it."""
    stages: tuple[Stage, ...]
    numbers: Mapping[str, float]
    """What the stages start from, each at its value."""
    stated: Mapping[str, float]
    """Results that the answer states, before those of the stages: a median that is not the product of medians."""
    drawn: Mapping[str, Draw]
    """What varies, by the key that the stages know it by."""

    def base(self) -> dict[str, float]:
        """Return every number where all stand at their values."""
        return run(self.stages, {**self.numbers, **self.stated})

    def at(self, base: Mapping[str, float], changed: Mapping[str, float]) -> dict[str, float]:
        """Return every number where some starts are `changed`."""
        moved = after(self.stages, changed)
        gone = set(keys_of(moved))
        return run(moved, {key: value for key, value in base.items() if key not in gone} | dict(changed))

    def keys_of(self, name: str) -> tuple[str, ...]:
        """Return the keys that the draw `name` stands under."""
        return tuple(key for key, draw in self.drawn.items() if draw.name == name)

    def towards(self, outputs: Iterable[str]) -> Part:
        """Return it without what none of `outputs` needs."""
        stages = behind(self.stages, outputs)
        wanted = {key for step in stages for key in step.inputs} | set(outputs)
        return self._replace(stages=stages, drawn={key: draw for key, draw in self.drawn.items() if key in wanted})


def names_of(parts: Sequence[Part]) -> tuple[str, ...]:
    """Return the names of all draws, in their order."""
    return tuple(dict.fromkeys(draw.name for part in parts for draw in part.drawn.values()))


STEP: Final = 2e-3
"""Of ln x, between the points of a difference."""
WEIGHTS: Final = ((1.0, 45.0), (2.0, -9.0), (3.0, 1.0))
"""Central difference of sixth order: (steps, weight over 60)."""


def swing(part: Part, base: Mapping[str, float], name: str, output: str) -> tuple[float, float] | None:
    """Return `output` where the draw `name` stands at its P10 and at its P90; None where it does not take it."""
    keys = part.keys_of(name)
    if not keys:
        return None
    ends = (part.at(base, {k: part.drawn[k].low for k in keys}), part.at(base, {k: part.drawn[k].high for k in keys}))
    return ends[0][output], ends[1][output]


def by_strength(parts: Sequence[Part], output: str) -> tuple[str, ...]:
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


def elasticity(part: Part, base: Mapping[str, float], name: str, output: str) -> float | None:
    """Return d ln output / d ln x of the draw `name`, at the values; None where there is no such number.

    A difference of sixth order, good to some 1e-10 of a smooth formula. Dies a wafer are counted, in steps, so that
    what moves their size has none.
    """
    keys = part.keys_of(name)
    value = part.drawn[keys[0]].value if keys else 0.0
    counted = any(is_counted(step) for step in after(part.stages, keys))
    if counted or not (value > 0.0 and base[output] > 0.0):
        return None
    from math import exp, isfinite, log

    def at(steps: float) -> float:
        moved = part.at(base, {key: part.drawn[key].value * exp(steps * STEP) for key in keys})[output]
        return log(moved) if moved > 0.0 else float("nan")

    found = sum(weight * (at(steps) - at(-steps)) for steps, weight in WEIGHTS) / (60.0 * STEP)
    return found if isfinite(found) else None


def is_heavy(step: Stage) -> bool:
    """Whether a stage is an integral, which plain Python takes long for."""
    from nodecalc_kernels.defects.salvage import Sold

    return isinstance(step.function, Sold)


def is_counted(step: Stage) -> bool:
    """Whether a stage counts dies on a wafer, which goes in steps."""
    return any(step.function is row.function for row in PLACEMENTS.values() if row.exact)


def draw_all(form: Form, cells: int, shares: list[float]) -> list[float]:
    """Return the draws of a form at `shares`, each in the middle of its part of the mass where there are `cells`."""
    return drawn(form, [(int(u * cells) + 0.5) / cells for u in shares] if cells else shares)
