"""Harvest for arrays: rules of fixed nodes in compiled loops, and adaptive ones in NumPy for what those do not reach.

The adaptive rules are those of the plain functions, panel by panel and step by step; a test holds all of them together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from nodecalc_kernels.defects import mixing
from nodecalc_kernels.defects.binomial import SMALL_TERM, Tail, stirling_rest, tail_of
from nodecalc_kernels.defects.fixed_rules import MOST_PARTS
from nodecalc_kernels.defects.harvest import ALMOST, LARGEST_TOTAL, MIXTURES, RECURRENCE_UP_TO, harvest
from nodecalc_kernels.numbers.vecmath import SMALLEST_DIVISOR
from nodecalc_kernels.numpy_whole import FloatArray, np, npt
from nodecalc_kernels.registry import YIELD_MODELS
from nodecalc_kernels.stages import Stage
from nodecalc_kernels.tasks import task_of

from . import fixed_rules
from .write import written

Rows = npt.NDArray[np.intp]
Share = Callable[[FloatArray, Any], tuple[FloatArray, FloatArray]]
"""(L, which points) -> (ln f, -d ln f / d ln L), L with a row for each point."""

FEW_PLAIN: Final = 32
"""Up to this many different points the plain functions are as fast."""

POINTS_AT_ONCE: Final = 2048
"""Of the adaptive rules: some tens of nodes each make a few megabytes."""

TERMS_AT_ONCE: Final = 8
"""Terms of a falling sum between two looks whether any of them still counts."""

ROUNDS: Final = 40
"""Halvings of a panel or a bracket: more than a double can tell apart."""

NODES, WIDE, NARROW = np.array(mixing.nodes()).T.copy()
"""Nodes of a panel, their weights of 21 and of 10 points."""


def harvest_array(
    need: int,
    total: int,
    core_faults: npt.ArrayLike,
    rest_faults: npt.ArrayLike,
    model: str,
    alpha: npt.ArrayLike = 2.0,
) -> FloatArray:
    """Return `harvest` for broadcast arrays of faults and shapes, float64; ValueError where they do not broadcast."""
    if model not in MIXTURES:
        raise KeyError(model)
    given = np.broadcast_arrays(*(np.asarray(a, np.float64) for a in (core_faults, rest_faults, alpha)))
    shape = given[0].shape
    # An axis along which nothing moves is worked out at one place.
    one = tuple(slice(0, 1) if all(a.strides[i] == 0 for a in given) else slice(None) for i in range(len(shape)))
    moving = given[0][one].shape
    m, u, shapes = (np.ascontiguousarray(a[one]).reshape(-1) for a in given)
    found = _shares(need, total, m, u, shapes, model).reshape(moving)
    return found if moving == shape else np.broadcast_to(found, shape).copy()


def _shares(need: int, total: int, m: FloatArray, u: FloatArray, alpha: FloatArray, model: str) -> FloatArray:
    if not 0 <= need <= total <= LARGEST_TOTAL:
        return np.full(len(m), np.nan)
    if len(m) > FEW_PLAIN and total <= MOST_PARTS:
        return _many(need, total, m, u, alpha, model)
    points, where = np.unique(np.stack([m, u, alpha], axis=1), axis=0, return_inverse=True)
    found: FloatArray = np.empty(len(points))
    few = len(points) <= FEW_PLAIN
    for first in range(0, len(points), POINTS_AT_ONCE):
        part = points[first : first + POINTS_AT_ONCE]
        found[first : first + POINTS_AT_ONCE] = (
            [harvest(need, total, m, u, model, shape) for m, u, shape in part.tolist()]
            if few
            else _many(need, total, part[:, 0], part[:, 1], part[:, 2], model)
        )
    result: FloatArray = found[where.reshape(-1)]
    return result


def _many(need: int, total: int, m: FloatArray, u: FloatArray, alpha: FloatArray, model: str) -> FloatArray:
    inside = (m >= 0.0) & (u >= 0.0) & (alpha >= SMALLEST_DIVISOR)
    mixed = inside & (m > 0.0) & (m < np.inf) & (u < np.inf) & (0 < need < total)
    if mixed.all():
        return _mixed(need, total, m, u, alpha, model)
    found = np.full(len(m), np.nan)
    plain = inside & ~mixed
    if plain.any():
        x = total * m[plain] + u[plain] if need > 0 else u[plain]
        own = alpha[plain] if YIELD_MODELS[model].parameters else None
        found[plain] = _whole(model, x, own)
    if mixed.any():
        found[mixed] = _mixed(need, total, m[mixed], u[mixed], alpha[mixed], model)
    return found


def _mixed(need: int, total: int, m: FloatArray, u: FloatArray, alpha: FloatArray, model: str) -> FloatArray:
    """Return the shares of dies that may lose some cores, all faults finite."""
    law, own = mixing.LAWS[model]
    fixed = total <= MOST_PARTS
    if law == mixing.POINT:
        return fixed_rules.single(need, total, m, u) if fixed else _single(need, total, m, u)
    if law != mixing.GAMMA:
        pieces = mixing.TRIANGLE if law == mixing.TRIANGULAR else mixing.UNIFORM
        if fixed:
            return fixed_rules.bounded(need, total, m, u, law)
        return _bounded(_share(need, total, m, u), len(m), pieces)
    shape = alpha if own is None else np.full_like(alpha, own)
    found = np.empty(len(m))
    single, closed = shape == np.inf, (shape == 1.0) & (total <= RECURRENCE_UP_TO)
    if single.any():
        found[single] = (fixed_rules.single if fixed else _single)(need, total, m[single], u[single])
    if closed.any():
        found[closed] = fixed_rules.exponential(need, total, m[closed], u[closed])
    clustered = np.flatnonzero(~single & ~closed)
    if not len(clustered):
        return found
    m, u, shape = m[clustered], u[clustered], shape[clustered]
    if fixed:
        shares = fixed_rules.gamma(need, total, m, u, shape)
        redo = np.isnan(shares)  # shapes too small for a rule
    else:
        with np.errstate(all="ignore"):
            shares = _gamma(need, total, m, u, shape)
        redo = ~(shares <= ALMOST)
    for i in np.flatnonzero(redo).tolist():
        shares[i] = harvest(need, total, float(m[i]), float(u[i]), model, float(shape[i]))
    found[clustered] = shares
    return found


def _whole(model: str, x: FloatArray, alpha: FloatArray | None) -> FloatArray:
    """Return the yields of dies all of which must be good."""
    row = YIELD_MODELS[model]
    keys = ("x", *row.parameters)
    found = np.empty(len(x))
    task = task_of((Stage(("yield",), row.yield_, keys),), keys, ("yield",))
    written(task)(len(x), (x,) if alpha is None else (x, alpha), (found,))
    return found


def _share(need: int, total: int, m: FloatArray, u: FloatArray) -> Share:
    tail = tail_of(need, total)

    def share(density: FloatArray, rows: Any) -> tuple[FloatArray, FloatArray]:
        log_share, fall = _log_tail(tail, m[rows, None] * density)
        rest = u[rows, None] * density
        return log_share - rest, fall + rest

    return share


def _log_tail(tail: Tail, faults: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return `binomial.log_tail` at every place."""
    need, total, front, up, down = tail
    with np.errstate(all="ignore"):
        good_share, bad_share = np.exp(-faults), -np.expm1(-faults)
        lost = total - need
        bad, good = total * bad_share, total * good_share
        off = (bad - lost) / lost
        log_first = front - lost * (off - np.where(off > -0.5, np.log1p(off), np.log(bad / lost)))
        off = (good - need) / need
        log_first -= need * (off - np.where(off > -0.5, np.log1p(off), np.log(total / need) - faults))
        log_share, fall = np.zeros_like(faults), np.zeros_like(faults)
        over = need > good
        sums = 1.0 + _falling(up, good_share[over] / bad_share[over])
        log_share[over] = log_first[over] + np.log(sums)
        fall[over] = need * faults[over] / sums
        under = ~over & (bad_share > 0.0)
        first = np.exp(log_first[under])
        missing = first * _falling(down, bad_share[under] / good_share[under])
        log_share[under] = np.log1p(-missing)
        fall[under] = need * faults[under] * first / (1.0 - missing)
    return log_share, fall


def _falling(factors: tuple[float, ...], ratio: FloatArray) -> FloatArray:
    """Return the sum of products of the first 1, 2 ... factors, each times the ratio."""
    term, found = np.ones_like(ratio), np.zeros_like(ratio)
    for i, factor in enumerate(factors):
        term *= factor * ratio
        found += term
        if i % TERMS_AT_ONCE == 0 and not (term > SMALL_TERM * found).any():
            break
    return found


def _single(need: int, total: int, m: FloatArray, u: FloatArray) -> FloatArray:
    found: FloatArray = np.exp(_share(need, total, m, u)(np.ones((len(m), 1)), slice(None))[0][:, 0])
    return found


def _bounded(share: Share, count: int, pieces: tuple[mixing.Piece, ...]) -> FloatArray:
    reach = _reach(share, np.full(count, pieces[-1][1]))
    panels: list[tuple[Any, ...]] = []
    for begin, end, level, rise in pieces:
        beyond = np.flatnonzero(reach > begin)
        each = np.ones(len(beyond))
        panels.append((beyond, begin * each, np.minimum(end, reach[beyond]), level * each, rise * each))
    rows, a, b, density, slope = (np.concatenate(column) for column in zip(*panels, strict=True))
    found = np.zeros(count)
    totals: Any = None
    for last in range(ROUNDS, -1, -1):
        half, middle = 0.5 * (b - a), 0.5 * (a + b)
        at = middle[:, None] + half[:, None] * NODES
        values = (density[:, None] + slope[:, None] * at) * np.exp(share(at, rows)[0])
        value = values @ WIDE * half
        if totals is None:
            totals = np.bincount(rows, value, count)
        settled = (np.abs(values @ NARROW * half - value) <= mixing.PANEL_AGREES * totals[rows]) | (last == 0)
        found += np.bincount(rows[settled], value[settled], count)
        rows, density, slope = (np.concatenate([x[~settled]] * 2) for x in (rows, density, slope))
        middle = middle[~settled]
        a, b = np.concatenate([a[~settled], middle]), np.concatenate([middle, b[~settled]])
        if not len(rows):
            break
    return found


def _reach(share: Share, end: FloatArray) -> FloatArray:
    high, low = end.copy(), np.zeros_like(end)
    fallen = -share(high[:, None], slice(None))[0][:, 0]
    for _ in range(ROUNDS):
        rows = np.flatnonzero(fallen > 2.0 * mixing.FALLEN)
        if not len(rows):
            break
        low[rows] = np.maximum(low[rows], high[rows] * (mixing.FALLEN / fallen[rows]))
        at = np.sqrt(low[rows]) * np.sqrt(high[rows])
        less = -share(at[:, None], rows)[0][:, 0]
        enough = less >= mixing.FALLEN
        low[rows[~enough]] = at[~enough]
        high[rows[enough]], fallen[rows[enough]] = at[enough], less[enough]
    return high


def _gamma(need: int, total: int, m: FloatArray, u: FloatArray, alpha: FloatArray) -> FloatArray:
    share = _share(need, total, m, u)
    centre = _centre(share, alpha, u + need * m)
    plain = alpha >= mixing.PLAIN_FROM
    step = np.where(plain, 1.0 / np.sqrt(alpha), mixing.WIDE_STEP)
    scale = 0.5 * np.log(alpha / (2.0 * np.pi)) - np.array([stirling_rest(a) for a in alpha.tolist()])

    def terms(x: Any, rows: Any) -> FloatArray:
        wide = np.where(plain[rows, None], 0.0, np.exp(-x))
        t = centre[rows, None] + x + np.where(plain[rows, None], 0.0, 1.0 - wide)
        rest = np.where(np.abs(t) > mixing.NEAR, np.expm1(t) - t, _exp_rest(t))
        logs = scale[rows, None] - alpha[rows, None] * rest + share(np.exp(t), rows)[0]
        found: FloatArray = (1.0 + wide) * np.exp(logs)
        return found

    everywhere = np.arange(len(m))
    found = terms(np.zeros((len(m), 1)), everywhere)[:, 0]
    ends = [np.zeros(len(m), np.intp), np.zeros(len(m), np.intp)]
    for way, end in zip((-1, 1), ends, strict=True):
        rows = everywhere
        while len(rows):
            end[rows] += way
            value = terms((end[rows] * step[rows])[:, None], rows)[:, 0]
            found[rows] += value
            rows = rows[value > mixing.NOTHING * found[rows]]
    first, last = ends
    rows = everywhere
    for level in range(mixing.HALVINGS):
        low, high = int(first[rows].min()) << level, int(last[rows].max()) << level
        places = np.arange(low, high) + 0.5
        between = terms(places * step[rows, None], rows).sum(axis=1)
        agree = np.abs(between - found[rows]) <= mixing.STEP_AGREES * 2.0 * found[rows]
        found[rows] += between
        step[rows] *= 0.5
        rows = rows[~agree]
        if not len(rows):
            break
    found *= step
    return found


def _centre(share: Share, alpha: FloatArray, steepest: FloatArray) -> FloatArray:
    """Return about where, in t = ln L, the density times the share has its peak."""
    low, high = -np.log1p(steepest / alpha), np.zeros_like(alpha)
    centre = high.copy()
    rows = np.arange(len(alpha))
    for _ in range(ROUNDS):
        fall = share(np.exp(centre[rows, None]), rows)[1][:, 0]
        rest = alpha[rows] * -np.expm1(centre[rows]) - fall
        off = np.abs(rest) > 0.5 * np.sqrt(alpha[rows])
        rising, falling = rows[off & (rest > 0.0)], rows[off & ~(rest > 0.0)]
        low[rising], high[falling] = centre[rising], centre[falling]
        rows = rows[off]
        if not len(rows):
            break
        centre[rows] = 0.5 * (low[rows] + high[rows])
    return centre


def _exp_rest(t: FloatArray) -> FloatArray:
    """Return e^t - 1 - t near 0, by the same series as the plain function."""
    total = np.ones_like(t)
    for n in range(12, 2, -1):
        total = 1.0 + total * t / n
    found: FloatArray = 0.5 * t * t * total
    return found
