"""What `sweep(reduce=..., best=..., pareto=...)` asks for, carried through reducers and put in the user's terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nodecalc import doors
from nodecalc.errors import InputError
from nodecalc.interrupts import heard
from nodecalc.question.axis import FEW
from nodecalc.question.blocks import ravel, unravel
from nodecalc.vocabulary.spelling import key_of

from .names import EXTREMES, check_reductions, parse_quantile

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.swept import Swept

    from .base import Reducer


def reduced(
    sweep: Swept,
    reduce: Sequence[str] | str | None,
    best: str | None,
    top: int,
    pareto: Sequence[str] | None,
    client: Any = None,
) -> None:
    """Fill the sweep's reductions, best points and front; the points are walked once for each of them."""
    names = check_reductions(reduce) if reduce is not None else ()
    if isinstance(pareto, str):
        pareto = [key.strip() for key in pareto.split(",")]
    if best is not None:
        best = _key(sweep, doors.a_name("best", best, "give the key of a result, such as good_die_cost_usd"))
    if pareto is not None:
        pareto = [_key(sweep, key) for key in doors.names("pareto", pareto, "give the keys of two results")]
    if pareto is not None and len(set(pareto)) != 2:
        raise InputError(f"pareto {','.join(pareto)}: a front is of two different outputs; name two")
    found: dict[str, dict[str, Any]] = {key: {} for key in sweep.outputs} if names else {}
    for key in found:
        if sweep.few.holds((key,)):
            from .few import reductions

            found[key] = _in_terms(sweep, reductions(sweep.few, key, names), names)
    streamed = [key for key in found if not found[key]]
    if streamed or best is not None or pareto is not None:
        _stream(sweep, streamed, names, best, top, pareto, client, found)
    else:
        if client is not None:  # not needed for few points, but what is given is looked at
            from nodecalc.cluster.client import check_client, check_workers

            check_client(client)
            check_workers(client)
        if sweep.tell is not None:
            sweep.tell(sweep.points, sweep.points)
    order = (*names, "nans")
    sweep.reductions = {key: {n: row[n] for n in order if n in row} for key, row in found.items()}


def _stream(
    sweep: Swept,
    keys: Sequence[str],
    names: Sequence[str],
    best: str | None,
    top: int,
    pareto: Sequence[str] | None,
    client: Any,
    found: dict[str, dict[str, Any]],
) -> None:
    """Put the reductions of `keys` into `found`, and best points and front where they are asked for into the sweep."""
    passes: list[tuple[str, str, Any]] = []
    if best is not None:
        from .best import check_kept

        kept = check_kept(top)
    if keys:
        from .quantiles import QuantileReducer
        from .stats import StatsReducer  # with the loops that they are

        for key in keys:
            if any(name in EXTREMES for name in names):
                passes.append(("stats", key, StatsReducer(sweep.grid, key)))
            if any(name not in EXTREMES for name in names):
                passes.append(("quantiles", key, QuantileReducer(sweep.grid, key, sweep.is_whole(key))))
    if best is not None:
        from .best import BestReducer

        passes.append(("best", best, BestReducer(sweep.grid, best, kept)))
    if pareto is not None:
        from .front import FrontReducer

        passes.append(("front", "", FrontReducer(sweep.grid, pareto[0], pareto[1])))
    states = run_passes(sweep, [reducer for _, _, reducer in passes], client)
    for (kind, key, reducer), state in zip(passes, states, strict=True):
        if kind == "stats":
            found[key] |= _in_terms(sweep, reducer.finish(sweep.grid, state), names)
        elif kind == "quantiles":
            shares = {name: parse_quantile(name) for name in names if name not in EXTREMES}
            values = reducer.finish(sweep.grid, state, [share for share in shares.values() if share is not None])
            found[key] |= dict(zip(shares, values, strict=True))
        else:
            if kind == "front":
                reducer.finish(state)
            if not state.places.size:
                what = best if kind == "best" else ",".join(pareto or ())
                raise InputError(
                    f"{kind} {what}: no point is finite; the die fits nowhere, none of them is good, or the result is "
                    "beyond any number"
                )
            rows = point_rows(sweep, [unravel(place, reducer.tiles.shape) for place in state.places.tolist()])
            if kind == "best":
                sweep.best = rows
            else:
                sweep.front = rows


def quantile_note(sweep: Swept) -> list[str]:
    """Return how exact the quantiles are, where they are not exact."""
    approximate = [
        key
        for key, row in sweep.reductions.items()
        if any(parse_quantile(name) is not None for name in row if name != "nans") and _is_binned(sweep, key)
    ]
    if not approximate:
        return []
    from .quantiles import QUANTILE_ERROR

    return [f"quantiles of {', '.join(approximate)} are within {QUANTILE_ERROR:.2%} of their values (2^-12)"]


def _is_binned(sweep: Swept, key: str) -> bool:
    """Whether quantiles of a result come from a histogram."""
    if sweep.dependence.size_of(key) <= FEW:
        return False
    from nodecalc.drivers.sweep.grid import KEPT

    return sweep.dependence.size_of(key) > KEPT and not sweep.is_whole(key)


def _key(sweep: Swept, name: str) -> str:
    meant = sweep.meant(name)
    return key_of(meant, sweep.outputs, "output to rank by", "name it among the outputs as well")


@heard()
def run_passes(sweep: Swept, reducers: Sequence[Reducer], client: Any) -> list[Any]:
    """Return the final state of each reducer, worked out here or on the workers of `client`."""
    from nodecalc.drivers.sweep.run import TravellingGrid, reduce_tiles

    points = sum(reducer.tiles.points for reducer in reducers)
    states, done = [], 0
    for reducer in reducers:
        before = done

        def tell(ended: int, of: int, before: int = before) -> None:
            if sweep.tell is not None:
                sweep.tell(before + ended, points)

        if client is None:
            states.append(reduce_tiles(sweep.grid, reducer, 0, reducer.tiles.count, tell))
        else:
            from nodecalc.cluster.ranges import reduce_on

            states.append(reduce_on(client, TravellingGrid(sweep.plan), reducer, tell))
        done += reducer.tiles.points
    return states


def _in_terms(sweep: Swept, found: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return the reductions asked for; places as values of the axes."""
    row: dict[str, Any] = {"nans": found["nans"]} if found["nans"] else {}
    for name in names:
        if name in found:
            value = found[name]
            row[name] = _coordinates(sweep, value) if name.startswith("arg") and value is not None else value
    return row


def _coordinates(sweep: Swept, index: tuple[int, ...]) -> dict[str, Any]:
    return {axis.key: axis.at(i) for axis, i in zip(sweep.request.axes, index, strict=True)}


def point_rows(sweep: Swept, places: Sequence[tuple[int, ...]]) -> list[dict[str, Any]]:
    """Return points by their indices along the axes: the axes' values, and the outputs."""
    columns: dict[str, list[Any]] = {}
    for number, axis in enumerate(sweep.request.axes):
        columns[axis.key] = [axis.at(place[number]) for place in places]
    columns |= _results_at(sweep, places)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _results_at(sweep: Swept, places: Sequence[tuple[int, ...]]) -> dict[str, list[float]]:
    if sweep.few.holds(sweep.outputs):
        flat = [ravel(place, sweep.shape) for place in places]
        columns = ((key, sweep.few.column(key)) for key in sweep.outputs)
        return {key: [column[place] for place in flat] for key, column in columns}
    from nodecalc.drivers.sweep.run import values_at

    return {key: found.tolist() for key, found in values_at(sweep.grid, sweep.outputs, places).items()}
