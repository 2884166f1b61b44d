"""What users, programs and files hand over: plausible values of every quantity, and hostile ones."""

from __future__ import annotations

import datetime
import decimal
import fractions
import pathlib
import random
from typing import Any

import numpy as np

from nodecalc.catalogue import open_catalogue
from nodecalc.question.registry import models
from nodecalc.vocabulary import QUANTITIES

NODES = tuple(open_catalogue(None).node_ids)
CHIPS = tuple(product.id for product in open_catalogue(None).products())
MODELS = tuple(model.key for model in models())
KEYS = tuple(key for key, q in QUANTITIES.items() if q.role == "input")

BAD_TEXTS = (
    "", " ", "nan", "inf", "-inf", "-1", "0", "-0.0", "1e308", "1e-320", "1e999", "1_000", "0x10", "١٢", "²", "1e",
    "\x1b[31mred", "\u202egnp", "a\nb", "\t5", "=1+1", "@SUM(A1)", "<script>", "|", "a|b", "100%", "5 5", "1/0", "%s",
    "{}", "\\", "'", '"', ",", ",,", ":", "::", "1:2", "1:2:3:4:5", "1:2:-3", "1:2:1e30", "-", "--", "=", "a=b",
    "x" * 300, "None", "true", "[]", "..", ".", "~", "*", "\u00a05", "５", "1e-5/cm2", "10 kUSD", "0.1/mm2", "🦊",
    "\ufeff1", "\x7f",
)  # fmt: skip


def bad_text(rng: random.Random) -> str:
    """Return a text that hardly means anything."""
    if rng.random() < 0.8:
        return rng.choice(BAD_TEXTS)
    return "".join(rng.choice("0123456789.,:;=+-*/xXeE %nabcdµ²\u202e\x1b<>|") for _ in range(rng.randint(1, 12)))


def amount(rng: random.Random, key: str) -> float:
    """Return a value of a quantity within its range, mostly an everyday one."""
    q = QUANTITIES[key]
    low = q.low if np.isfinite(q.low) else 0.0
    high = q.high if np.isfinite(q.high) else 1e6
    default = q.default if isinstance(q.default, int | float) and not isinstance(q.default, bool) else None
    kind = rng.random()
    if default is not None and kind < 0.4:
        value = default * rng.choice((0.5, 0.9, 1.0, 1.1, 2.0))
    elif kind < 0.8 and high > 0:
        value = float(np.exp(rng.uniform(np.log(max(low, high * 1e-7)), np.log(high))))
    else:
        value = rng.choice((low, high, np.nextafter(low, high), np.nextafter(high, low), rng.uniform(low, high)))
    value = float(min(max(value, low), high))
    return float(round(value)) if q.format in ("d", ".0f", ",.0f") else value


def word(rng: random.Random, key: str) -> str:
    """Return a value of a quantity as somebody types it."""
    q = QUANTITIES[key]
    if rng.random() < 0.06:
        return bad_text(rng)
    if key in ("yield_model", "placement", "edge_rule"):
        return rng.choice(MODELS)
    if q.is_name:
        return rng.choice((str(q.default), bad_text(rng), rng.choice(NODES)))
    value = amount(rng, key)
    text = rng.choice((repr(value), f"{value:.3g}", f"{value:g}"))
    return text + (q.unit if q.unit and rng.random() < 0.1 else "")


def size(rng: random.Random) -> str:
    """Return SIZE as somebody types it."""
    kind = rng.random()
    if kind < 0.04:
        return bad_text(rng)
    if kind < 0.5:
        return f"{rng.choice((100, 5, 0.5, 600, 858, 0.01, 40000, rng.uniform(1, 900))):g}" + rng.choice(("", "mm2"))
    sides = f"{rng.uniform(0.2, 33):.4g}x{rng.uniform(0.2, 33):.3g}"
    return sides if kind < 0.9 else sides + rng.choice(("mm", "mil", "in", "um"))


def node(rng: random.Random) -> str:
    """Return a node, with inputs of its own now and then."""
    kind = rng.random()
    if kind < 0.03:
        return bad_text(rng)
    name = rng.choice(NODES) if kind < 0.6 else rng.choice(("n5", "n7", "N+2", "intel-7", "n3e", "tsmc-180"))
    if kind > 0.93:
        own = rng.choice(KEYS)
        return f"{name}:{rng.choice((own, QUANTITIES[own].option or own))}={word(rng, own)}"
    return name if kind < 0.9 else f"{name},{rng.choice(NODES)}"


def axis(rng: random.Random, key: str) -> str:
    """Return a short range of a quantity."""
    if key in ("yield_model", "placement", "node") or (key in QUANTITIES and QUANTITIES[key].is_name):
        return ",".join(word(rng, key) if key != "node" else node(rng) for _ in range(rng.randint(1, 3)))
    if rng.random() < 0.05:
        return bad_text(rng)
    low, high = sorted((amount(rng, key), amount(rng, key)))
    return rng.choice((f"{low!r},{high!r}", f"{low!r}:{high!r}:{rng.randint(2, 9)}", f"{low!r}:{high!r}:4:log"))


class Odd:
    """An object of nobody's."""

    def __repr__(self) -> str:
        return "Odd()"


BAD_OBJECTS: tuple[Any, ...] = (
    None, True, False, 0, -1, 5, 10**400, -(10**400), 1e308, 5e-324, float("nan"), float("inf"), -0.0, 2**63, 2**64,
    "", "x", "\0", b"x", bytearray(b"x"), [], {}, (), set(), {1, 2}, frozenset("a"), [None], ["a", 1], [[1, 2], [3]],
    [float("nan")], ["n5", "n7"], {"a": 1}, {1: 2}, {None: None}, object, Odd(), len, ..., 1 + 2j, 3 + 0j,
    decimal.Decimal("0.1"), decimal.Decimal("nan"), decimal.Decimal("sNaN"), fractions.Fraction(1, 3),
    fractions.Fraction(10**400), datetime.date(2026, 1, 1), pathlib.Path(), pathlib.Path("/nonexistent/x"), range(3),
    range(0), slice(1), memoryview(b"ab"), np.float64(0.1), np.float32(0.1), np.int64(3), np.bool_(True), np.str_("n5"),
    np.array(0.1), np.array([]), np.array([1.0, 2.0]), np.array([[1.0]]), np.array(["a"]), np.array([None, 1.0]),
    np.array([1 + 2j]), np.array(["2026-01-01"], "datetime64[D]"), np.ma.masked_array([1.0, 2.0], [True, False]),
    np.ma.masked, np.array([2**63], np.uint64), np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")]), np.zeros((0, 3)),
    np.array([1.0, np.nan]), np.array([True]), np.float16(1.5), np.longdouble(1.5), Exception("x"), "n5:d0=0.1",
)  # fmt: skip


def bad_object(rng: random.Random) -> Any:
    """Return a thing that a program might hand over by mistake."""
    kind = rng.random()
    if kind < 0.7:
        return rng.choice(BAD_OBJECTS)
    if kind < 0.85:
        return bad_text(rng)
    inner = [rng.choice(BAD_OBJECTS) for _ in range(rng.randint(1, 3))]
    return rng.choice((inner, tuple(inner), {"d0_per_cm2": inner[0]}, iter(inner)))
