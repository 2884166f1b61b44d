"""What the tables of a system's file say, and the pieces of its graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isnan, nan
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.catalogue.conventions import Convention
from nodecalc.catalogue.figure import KIND_FACTOR, Range
from nodecalc.catalogue.systems import Part, SystemEntry, SystemFigure
from nodecalc.doors import brief, names, plain, real
from nodecalc.errors import InputError, nearest
from nodecalc.question.graph import KEYWORDS, RATE
from nodecalc.question.ledger import UsedFigure
from nodecalc.question.rates import rated
from nodecalc.question.units import label, number, written
from nodecalc.vocabulary import QUANTITIES
from nodecalc.vocabulary.package import PART_KEYS as KEYS
from nodecalc.vocabulary.spelling import key_of
from nodecalc_kernels.package.assembly import with_more
from nodecalc_kernels.stages import Stage

from .spelling import TEXTS, as_set, key_in

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.drivers.estimate import Estimate

WHOLE: Final[Mapping[str, str]] = {
    "volume": "volume", "margin": "gross_margin", "price": "unit_price_usd", "levy": "price_share_paid"
}  # fmt: skip
"""Inputs of the whole system, by what they are called."""

INSTEAD: Final[Mapping[str, tuple[str, ...]]] = {"bins": ("harvest",), "harvest": ("bins",)}
"""What a value that is set of a part takes the place of, beside another value of its own key."""

JOINED: Final = ("with dies", "last")
"""When a carrier is joined: before the dies are bonded, so that it is lost with their bonds, or after."""


class Line(NamedTuple):
    """A line of the cost tree."""

    part: str
    what: str
    usd: str
    """Key of what it costs in one assembled unit, USD."""
    held: float | None = None
    each: str = ""
    """Key of what one of it costs, "" where that says nothing."""
    good: str = ""
    """Key of its yield, "" where it has none."""


class Graph(NamedTuple):
    """Everything that a system's cost is worked out from."""

    stages: tuple[Stage, ...]
    numbers: Mapping[str, float]
    uncertain: Mapping[str, UsedFigure]
    """By key of a stage; the figure's own key says which are one draw."""
    ledger: Mapping[str, UsedFigure]
    """All figures of the catalogue, by part and key."""
    lines: tuple[Line, ...]
    dies: Mapping[str, Estimate]
    """The answer for each kind of die, by its part's name."""
    notes: tuple[str, ...]
    stand_ins: Mapping[str, str]
    """What has to be known of a figure, or why one of something else stands in, by part and key."""


class Reader:
    """Reads the parts of one system and keeps what its graph is made of."""

    def __init__(self, entry: SystemEntry, catalogue: Catalogue, convention: Convention | None = None) -> None:
        """Begin with nothing; dies are counted by `convention` where their part does not say otherwise."""
        self.entry, self.catalogue = entry, catalogue
        self.convention = convention
        self.stages: list[Stage] = []
        self.numbers: dict[str, float] = {}
        self.uncertain: dict[str, UsedFigure] = {}
        self.ledger: dict[str, UsedFigure] = {}
        self.lines: list[Line] = []
        self.dies: dict[str, Estimate] = {}
        self.notes: dict[str, None] = {} if convention is None else {convention.system_note: None}
        self.stand_ins: dict[str, str] = {}
        """What has to be known of a figure, or why one of something else stands in, by part and key."""
        self.assembly: dict[str, Any] = {}
        """What is said of assembly."""
        self.late: list[str] = []
        """Keys of what is joined after the dies."""
        self.bonded: list[str] = []
        """Keys of how many parts are bonded."""

    # What a part's table says

    def read(self, part: Part) -> dict[str, Any]:
        """Return the values of a part by vocabulary key, checked; of a die also those of its question."""
        known, texts = KEYS[part.kind], TEXTS.get(part.kind, ())
        found: dict[str, Any] = {}
        values = self._in_usd(part)
        for name, value in values.items():
            spelled = name.replace("-", "_")
            if spelled in texts:
                found[spelled] = value
                continue
            key = known.get(spelled, spelled if spelled in known.values() else None)
            if key is None and part.kind == "die":
                key = key_of(name, tuple(KEYWORDS), f"key of {part.label}", ", ".join((*texts, *known)))
            if key is None:
                close = nearest(spelled, (*known, *texts))
                hint = f"nearest: {', '.join(close)}" if close else f"known: {', '.join((*texts, *known))}"
                raise InputError(f"{self.entry.id}: {part.label}: unknown '{name}'; {hint}")
            if isinstance(value, SystemFigure):
                found[key] = self.figure(part, key, value)
            else:
                found[key] = value if key in KEYWORDS else self._given(key, value, part, name)
        return found

    def _in_usd(self, part: Part) -> dict[str, Any]:
        """Return the values of a part, its exchange rate written into its amounts."""
        if RATE not in part.values:
            return dict(part.values)
        meant = {name: key_in(part.kind, name) or name for name in part.values if name != RATE}
        try:
            found = rated({key: part.values[name] for name, key in meant.items()} | {RATE: part.values[RATE]})
        except InputError as error:
            said = str(error)
            if part.kind != "die":  # the example is of a key that the part has
                own = next(name for name, key in KEYS[part.kind].items() if QUANTITIES[key].unit.startswith("USD"))
                said = said.replace("--wafer-price", f"--{own}")
            raise InputError(f"{self.entry.id}: {part.label}: {as_set(said, part)}") from None
        assert found.rates is not None
        self.notes[f"{part.label}: {found.rates.note}"] = None
        return {name: found.inputs[key] for name, key in meant.items()}

    def _given(self, key: str, value: Any, part: Part, name: str) -> float:
        try:
            return number(value, key)
        except InputError as error:
            said = as_set(str(error).replace(label(QUANTITIES[key]), f"{part.label}.{name}", 1), part)
            raise InputError(f"{self.entry.id}: {said}") from None

    def figure(self, part: Part, key: str, found: SystemFigure) -> UsedFigure:
        """Return a figure of the file or a table as one in use, and keep it in the ledger."""
        span, figure = found.range, found.figure
        kind = found.kind
        value = number(span.value, key)
        for end, stated in ((span.low, figure.low), (span.high, figure.high)):
            if stated is not None:  # a range of ours ends where the quantity does
                self._given(key, end, part, key)
        q = QUANTITIES[key]
        if q.is_share and value > 0.5 and figure.low is None and figure.high is None and not found.rivals:
            # Of a share near one it is the loss that is known to a factor.
            factor = KIND_FACTOR[kind]
            ends = 1.0 - (1.0 - value) * factor, 1.0 - (1.0 - value) / factor
            span = Range(ends[0], value, ends[1], f"a factor {factor:g} each way on the loss, for {kind}")
        basis = span.basis
        name = f"{part.label}.{key}"
        used = UsedFigure(
            name,
            value,
            max(span.low, q.low),
            min(span.high, q.high),
            kind,
            figure.year,
            figure.verified,
            basis,
            (figure,),
            found.rivals,
        )
        # Counts and sizes are what a unit is, not how sure anybody is of it.
        if q.format == "g" or key in KEYWORDS:
            used = used._replace(low=value, high=value)
        self.ledger[name] = used
        if found.note:
            self.stand_ins[name] = found.note
        return used

    def put(self, part: Part, values: Mapping[str, Any], *keys: str) -> list[str]:
        """Put numbers of a part into the graph and return the keys that they go by there."""
        placed = []
        for key in keys:
            own = f"{part.own}__{key}"
            value = values.get(key, QUANTITIES[key].default)
            if isinstance(value, UsedFigure):
                self.numbers[own] = value.value
                if value.is_uncertain:
                    self.uncertain[own] = value
            else:
                assert value is not None
                self.numbers[own] = float(value)
            placed.append(own)
        return placed

    def stage(self, output: str, function: Callable[..., float], *inputs: str, formula: str = "") -> str:
        """Put a stage in and return the key of its result."""
        self.stages.append(Stage((output,), function, inputs, formula))
        return output

    def sum_of(self, name: str, keys: list[str]) -> str:
        """Return the key of the sum of several costs."""
        sum_ = "nothing_usd"
        for place, key in enumerate(keys):
            sum_ = self.stage(f"{name}__{place}", with_more, sum_, "once", key)
        return sum_


def _text(path: object, value: object) -> str:
    if isinstance(value, str):
        return value
    number = nan if isinstance(value, bool) else real(value)
    if isnan(number):
        return brief(value)
    name = plain(path).rpartition(".")[2]
    return written(number, key_in("die", name) or name)


def set_texts(values: object) -> tuple[str, ...]:
    """Return what is set, ``die.gpu.count=2``, as texts, given as such or as a mapping of paths; each input once."""
    if isinstance(values, Mapping):
        texts = tuple(f"{plain(path)}={_text(path, value)}" for path, value in values.items())
    else:
        texts = names("values", values, "give texts such as 'die.gpu.count=2', or a mapping")
    found: dict[str, str] = {}
    for text in texts:
        path = path_set(text)
        if path is None:
            continue
        if path in found:
            raise InputError(f"--set {brief(text)} and {brief(found[path])}: one input twice; give it once")
        found[path] = text
    return texts


def path_set(text: str) -> str | None:
    """Return the key of the input that a text sets, as `find_input` has it; None where it sets none.

    >>> path_set("die.gpu.d0=0.1"), path_set("test.seconds=3"), path_set("price=30000"), path_set("nothing")
    ('die.gpu:d0_per_cm2', 'test:test_seconds', 'unit_price_usd', None)
    """
    left, equals, _ = text.partition("=")
    label, dot, key = left.strip().lstrip("-").rpartition(".")
    if not equals:
        return None
    return f"{label}:{key_in(label.partition('.')[0], key) or key}" if dot else WHOLE.get(key)


def set_values(entry: SystemEntry, values: object) -> SystemEntry:
    """Return the system with values of its parts set: ``die.gpu.count=2``, texts or a mapping of paths."""
    texts = set_texts(values)
    parts = {part.label: dict(part.values) for part in entry.parts}
    for step in ("assembly", "test"):
        parts.setdefault(step, {})
    for text in texts:
        path, equals, value = text.partition("=")
        label, dot, key = path.strip().lstrip("-").rpartition(".")
        if not equals or not dot or not value.strip():
            if key in WHOLE and equals and value.strip():
                raise InputError(f"--set {brief(text)}: of the whole system; give --{key} {value.strip()}")
            raise InputError(f"--set {brief(text)}: write PART.KEY=VALUE, such as assembly.package_yield=0.9")
        if label not in parts:
            close = nearest(label, parts)
            hint = f"nearest: {', '.join(close)}" if close else f"it has {', '.join(parts)}"
            raise InputError(f"--set {text}: {entry.id} has no part '{label}'; {hint}")
        kind = label.partition(".")[0]
        meant = key_in(kind, key) or key
        for other in [name for name in parts[label] if name in INSTEAD.get(meant, ()) or key_in(kind, name) == meant]:
            del parts[label][other]
        parts[label][key] = value.strip()
    rows = []
    for label, own in parts.items():
        kind, _, name = label.partition(".")
        rows.append(Part(kind, name, own))
    return entry._replace(parts=tuple(rows))
