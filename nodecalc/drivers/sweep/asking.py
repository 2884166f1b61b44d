"""A sweep is asked: arguments read and checked, a plan made, what streams worked out, whoever waits told."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.catalogue import open_catalogue
from nodecalc.doors import brief, items
from nodecalc.errors import InputError
from nodecalc.question.at import At, nodes_of

from .plan import make_plan, with_ids
from .request import DEFAULT_RESULTS, Request, read_request
from .sweep import Sweep

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

    from .against import Reference
    from .layout import Array
    from .run import Tell
    from .swept import Swept

TOP: int = 10
"""Best points that are kept where no number is given."""


def sweep(
    size: str | float | None = None,
    *,
    chip: str | None = None,
    outputs: Sequence[str] | str = DEFAULT_RESULTS,
    reduce: Sequence[str] | str | None = None,
    best: str | None = None,
    top: int | None = None,
    pareto: Sequence[str] | None = None,
    out: Mapping[str, Array] | None = None,
    against: Sequence[str | At] | str | At | None = None,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    parallel: bool | None = None,
    progress: bool | Callable[[int, int], None] = False,
    client: Any = None,
    **inputs: Any,
) -> Sweep:
    """Return the product of any input axes: results over it, or what they boil down to.

    Args:
        size: as for `estimate`; leave it out where the die is an axis.
        chip: a real chip instead of a size.
        outputs: keys of the wanted results; what a good die costs where not given, with harvest or bins one that sells.
        reduce: ``"min"``, ``"argmin"``, ``"max"``, ``"argmax"``, ``"mean"`` or quantiles such as ``"p50"``, of every
            output. The points stream: no array of results is ever held. The same bits on any number of threads or
            workers. A quantile of more than 524,288 different values is within 2^-12 of its own value.
        best: rank the points by this output, in the direction that is better; `top` of them are kept.
        top: how many best points, 10 where not given.
        pareto: two outputs; the points that none other equals or beats in both are kept.
        out: output -> float64 array of the sweep's shape to fill.
        against: nodes that keep their own D0, wafer price and density, and inputs of their own, where these are axes:
            level lines in the pictures, whose break-even points are those with the other nodes. `Sweep.against` holds
            them, each as a sweep of its own.
        strict: refuse figures of kind estimated or assumed.
        catalogue: a catalogue, or a file that merges over the built-in one.
        parallel: True or False to choose; None uses several threads where there are points enough.
        progress: True for a bar on a terminal, or a function of points done and points in all; where very many
            different dies have to be counted first, or their bands worked out, it is told of those before.
        client: a ``distributed.Client``; reductions then run on its workers, but of so few points that they are done
            here before a worker has heard of them. Ranges travel, arrays do not.
        **inputs: any input key of the vocabulary, or the command line's spelling of it, and ``node``. A list, tuple,
            array, series or a text such as ``"0.05:0.5:10"``, ``"1:100:5:log"`` or ``"a,b,c"`` is an axis, in the
            order given, the last fastest; anything else is fixed. No value comes twice; a set has no order and is
            refused.

    Returns:
        A `Sweep`.

    Raises:
        NodecalcError: an axis that is no input, an empty or reversed range, an unknown output, a missing figure.

    >>> s = sweep("10x10", node=["tsmc-n7", "tsmc-n5"], d0_per_cm2=[0.05, 0.1, 0.2], outputs=["die_yield"])
    >>> s.dims, s["die_yield"].round(3).tolist()[0]
    (('node', 'd0_per_cm2'), [0.951, 0.906, 0.821])
    >>> s = sweep("10x10", node="tsmc-n5", d0_per_cm2="0.01:1:1000", reduce=["min", "argmax"], outputs="die_yield")
    >>> round(s.reductions["die_yield"]["min"], 4), s.reductions["die_yield"]["argmax"]
    (0.3996, {'d0_per_cm2': 0.01})

    """
    beside: Sequence[str | At] = (
        ()
        if against is None
        else [against]
        if isinstance(against, str | At)
        else items("against", against, "name nodes")
    )
    request = read_request(
        size, inputs, chip=chip, outputs=outputs, strict=strict, catalogue=catalogue,
        against=[each for node in beside for each in ([node] if isinstance(node, At) else nodes_of([node]))],
    )  # fmt: skip
    check_streams(reduce, best, top, pareto, client, out, progress)
    if parallel is not None and not isinstance(parallel, bool):
        raise InputError(f"parallel {brief(parallel)}: allowed: True, False or None")
    if against is not None and (reduce is not None or best is not None or pareto is not None):
        raise InputError("against: a sweep that is reduced is not drawn; leave out one of them")
    made = asked(request, catalogue, parallel)
    carry_out(made, reduce, best, top, pareto, client, out, progress)
    return made


def check_streams(
    reduce: Any, best: Any, top: int | None, pareto: Any, client: Any, out: Any, progress: bool | Tell
) -> None:
    """Refuse what of a sweep's own words would have nothing to do."""
    if top is not None and best is None:
        raise InputError(f"top {brief(top)}: of what? give best=, such as best='good_die_cost_usd'")
    if not callable(progress) and not isinstance(progress, bool):
        raise InputError(
            f"progress {brief(progress)}: allowed: True, False or a function of points done and points in all"
        )
    streams = reduce is not None or best is not None or pareto is not None
    if client is not None and not streams:
        raise InputError("client: arrays do not travel; give reduce, best or pareto, or save(folder, client=...)")
    if streams and out is not None:
        raise InputError("out: a sweep that is reduced holds no arrays; leave out one of them")


def carry_out(
    made: Swept,
    reduce: Sequence[str] | str | None,
    best: str | None,
    top: int | None,
    pareto: Sequence[str] | None,
    client: Any,
    out: Mapping[str, Array] | None,
    progress: bool | Tell,
) -> None:
    """Work out what a sweep is to boil down to, or into which arrays, if anything of it now."""
    with told(progress) as tell:
        made.tell = tell
        if reduce is not None or best is not None or pareto is not None:
            from .reduce.reduction import reduced

            reduced(made, reduce, best, TOP if top is None else top, pareto, client)
        elif out is not None:
            made.fill(out)


class told:  # noqa: N801 - it is used as a function in a with statement
    """Whoever is to be told of progress: a function as it is, a bar for True, nobody for False."""

    def __init__(self, progress: bool | Callable[[int, int], None]) -> None:
        """Take what `sweep` was given."""
        self._progress = progress
        self._bar: Any = None

    def __enter__(self) -> Tell | None:
        if callable(self._progress):
            return self._progress
        if not self._progress:
            return None
        from nodecalc.progress import Bar

        self._bar = Bar()
        tell: Tell = self._bar.tell
        return tell

    def __exit__(self, *raised: object) -> None:
        if self._bar is not None:
            self._bar.close()


def asked(
    request: Request, catalogue: Catalogue | str | os.PathLike[str] | None = None, parallel: bool | None = None
) -> Sweep:
    """Return the sweep of a request, ready to be worked out; `catalogue` where it is more than the request's path."""
    known = open_catalogue(catalogue if catalogue is not None else request.catalogue)
    settled = with_ids(request, known)
    made = Sweep(settled, *make_plan(settled, known), parallel)
    made.against = _references(made, known)
    return made


def _references(made: Sweep, known: Catalogue) -> Sequence[Reference]:
    """Return the nodes beside a sweep, each as a sweep of its own."""
    if not made.request.against:
        return ()
    from .against import Reference, check_against, request_against

    asked_for = [request_against(made.request, node) for node in made.request.against]
    found = [Reference(Sweep(one, *make_plan(one, known), made.parallel), own) for one, own in asked_for]
    check_against(made, found)
    return tuple(found)
