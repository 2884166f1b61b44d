"""Formulas that are written into their caller give the bits that they give when they are called."""

import math
import random

import pytest

from nodecalc.drivers.folded import folded
from nodecalc.drivers.inlined import Inliner, _text_of
from nodecalc.vocabulary import quantity
from nodecalc_kernels.graphs import die_graph
from nodecalc_kernels.registry import PLACEMENTS, YIELD_MODELS

STAGES = {
    (step.function, len(step.inputs), len(step.outputs)): step
    for model in YIELD_MODELS
    for placement in PLACEMENTS
    for size in ("sides", "area", "count", "area and aspect")
    for step in die_graph(model, placement, size=size)
    if not step.once
}
EDGES = (0.0, -0.0, 1.0, -1.0, 5e-324, 1e-300, 2.0**-54, 1e300, math.inf, -math.inf, math.nan)


def written(function, inputs, outputs):
    """Return the function of a formula's own lines."""
    bound = {}
    names = [f"a{i}" for i in range(inputs)]
    targets = [f"r{i}" for i in range(outputs)]
    lines = [*Inliner(bound).call(function, names, targets), f"return ({', '.join(targets)},)"]
    space = dict(bound)
    exec("\n    ".join((f"def own({', '.join(names)}):", *lines)), space)
    return space["own"]


def bits(values):
    return [math.nan if math.isnan(value) else (value, math.copysign(1.0, value)) for value in values]


def test_most_formulas_are_written_out():
    assert len(STAGES) > 20
    called = {function.__name__ for function, _, _ in STAGES if _text_of(function) is None}
    assert not called, called


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda step: step.function.__name__)
def test_bits_of_every_stage(stage):
    own = written(stage.function, len(stage.inputs), len(stage.outputs))
    draw = random.Random(stage.function.__name__)
    for turn in range(400):
        given = [
            draw.choice(EDGES) if turn % 4 == 0 and draw.random() < 0.5
            else draw.choice((draw.random(), draw.uniform(0.0, 20.0), 10.0 ** draw.uniform(-20.0, 6.0)))
            for _ in stage.inputs
        ]  # fmt: skip
        try:
            expected = stage.function(*given)
        except (ArithmeticError, ValueError) as error:
            with pytest.raises(type(error)):
                own(*given)
            continue
        several = expected if len(stage.outputs) > 1 else (expected,)
        assert str(bits(own(*given))) == str(bits(several)), given


LIMIT = 3.0


def inner(x: float) -> float:
    if x < 0.0:
        return -x
    x = x + 1.0
    return x * LIMIT


def outer(x: float, y: float) -> tuple[float, float]:
    x, y = y, x
    z = inner(x) if y > LIMIT else inner(inner(-y))
    return (z, x) if x < y < inner(y) else (inner(z) + math.sqrt(abs(x)), y)


def test_names_ifs_and_calls_in_calls():
    own = written(outer, 2, 2)
    for x in (-4.0, 0.0, 2.0, 5.0):
        for y in (-3.0, 1.0, 7.0):
            assert own(x, y) == outer(x, y)


def with_a_loop(x: float) -> float:
    total = 0.0
    for i in range(3):
        total += x * i
    return total


def with_a_default(x: float, y: float = 2.0) -> float:
    return x * y


def raises_late(x: float) -> float:
    return 1.0 / x if x > 0.0 else LIMIT


def guarded(x: float) -> float:
    return raises_late(x) + (1.0 / raises_late(-x) if x < 0.0 else 0.0)


@pytest.mark.parametrize("function", [with_a_loop, with_a_default, abs, lambda x: x * 2.0])
def test_what_cannot_be_written_is_called(function):
    assert _text_of(function) is None
    assert written(function, 1, 1)(3.0) == (function(3.0),)


def test_nothing_is_worked_out_that_would_not_have_been():
    own = written(guarded, 1, 1)
    for x in (-2.0, 0.0, 2.0):
        assert own(x) == (guarded(x),)


def test_a_text_that_has_changed_since_is_not_written(monkeypatch):
    def changed(function):
        return "def inner(x: float) -> float:\n    return x\n"

    monkeypatch.setattr("nodecalc.drivers.inlined.inspect.getsource", changed)
    assert _text_of.__wrapped__(inner) is None


RANGES = ((0.0, 1.0), (0.0, 1e3), (1.0, 1.0), (1e-3, 1e6), (26.0, 27.0), (1e-300, 1e300), (-5.0, 5.0))


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda step: step.function.__name__)
def test_bits_of_every_stage_without_what_its_ranges_settle(stage):
    draw = random.Random(stage.function.__name__)
    for _ in range(12):
        bounds = [draw.choice(RANGES) for _ in stage.inputs]
        bound = {}
        names, targets = [f"a{i}" for i in range(len(bounds))], [f"r{i}" for i in range(len(stage.outputs))]
        lines = [*Inliner(bound).call(stage.function, names, targets), f"return ({', '.join(targets)},)"]
        fewer = folded(lines, bound, dict(zip(names, bounds, strict=True)), {})
        assert len(fewer) <= len(lines)
        space = dict(bound)
        exec("\n    ".join((f"def own({', '.join(names)}):", *fewer)), space)
        for turn in range(40):
            given = [draw.choice((low, high)) if turn < 8 else draw.uniform(low, high) for low, high in bounds]
            try:
                expected = stage.function(*given)
            except (ArithmeticError, ValueError) as error:
                with pytest.raises(type(error)):
                    space["own"](*given)
                continue
            several = expected if len(targets) > 1 else (expected,)
            assert str(bits(space["own"](*given))) == str(bits(several)), given


def test_what_is_known_is_taken_out():
    lines = [
        "inside = 0.0 <= x <= 1.0 and k > 2",
        "y = x * k if inside else other",
        "if y > 4.0:",
        "    z = root(y)",
        "else:",
        "    z = y / one",
        "w = 1.0 / x",
        "return z + unused if z < -1.0 else z",
    ]
    found = folded(lines, {"k": 3.0, "one": 1.0, "root": math.sqrt, "other": math.nan}, {"x": (0.0, 1.0)}, {})
    assert found == ["y = x * 3.0", "w = 1.0 / x", "return y"]  # what may raise stays
    assert folded(["y = f(x)", "return y >= 0.0"], {"f": abs}, {"x": (0.0, 1.0)}, {"y": (["x"], (0.0, 1.0))}) == [
        "y = f(x)",
        "return True",
    ]
    assert folded(["return 1.0 if x / k > 0.0 else 2.0"], {"k": 0.0}, {"x": (1.0, 2.0)}, {}) == [
        "return 1.0 if x / 0.0 > 0.0 else 2.0"
    ]


def test_what_is_the_same_is_worked_out_once():
    lines = [
        "small = x < 1.0",
        "if small:",
        "    y = root(x)",
        "else:",
        "    y = x / k",
        "large = x < 1.0",
        "if large:",
        "    z = root(x)",
        "else:",
        "    z = y",
        "least = z if z > 0.0 else 0.0",
        "return y + least if least >= 0.0 else other",
    ]
    found = folded(lines, {"k": 2.0, "root": math.sqrt, "other": math.nan}, {"x": (-9.0, 9.0)}, {})
    assert found == [
        "small = x < 1.0",
        "if small:",
        "    y = root(x)",
        "    z = y",
        "else:",
        "    y = x / 2.0",
        "    z = y",
        "least = z if z > 0.0 else 0.0",
        "return y + least",
    ]


@pytest.mark.parametrize("model", YIELD_MODELS.values(), ids=lambda model: model.key)
def test_a_yield_is_between_0_and_1_wherever_its_inputs_may_be(model):
    draw = random.Random(model.key)
    ranges = [(quantity(key).low or 1e-9, quantity(key).high) for key in model.parameters]
    for turn in range(6000):
        x = draw.choice((10.0 ** draw.uniform(-20.0, 7.0), draw.random(), 2.0 ** -draw.uniform(40.0, 60.0), 0.0))
        own = [low if turn % 7 == 0 else min(high, low + 10.0 ** draw.uniform(-9.0, 9.0)) for low, high in ranges]
        assert 0.0 <= model.yield_(x, *own) <= 1.0, (x, own)
