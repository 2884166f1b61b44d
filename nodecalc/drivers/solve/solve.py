"""Solve: which input makes a result what it is asked to be, at one point or along other inputs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.catalogue import open_catalogue
from nodecalc.doors import brief
from nodecalc.errors import InputError
from nodecalc.question.graph import RATE
from nodecalc.question.salvage import cost_asked

from .along import Solutions, axes_of, solved_along
from .question import DEFAULT_OUTPUT, question, read_output, read_target
from .solution import Solution, solved

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node
    from nodecalc.question.at import At


def solve(
    key: str,
    size: str | float | None = None,
    *,
    node: str | Node | At | Sequence[str | Node | At] | None = None,
    chip: str | None = None,
    target: Mapping[str, object] | str | None = None,
    equal: str | None = None,
    to: str | Node | At | None = None,
    range: tuple[float, float] | str | None = None,
    strict: bool = False,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    **inputs: Any,
) -> Solution | Solutions:
    """Return where one input makes a result what it is asked to be, with all else as it is.

    Args:
        key: the input looked for, as `estimate` calls it; ``"smic-n+2:d0"`` is that of one of the two nodes. Of two
            nodes a figure that a node has (D0, wafer price, density, diameter) is the first's; a size too, where
            `size` says how large the other's die is; anything else changes for both.
        size, node, chip: the die and its node, as for `estimate`; no size where it is what is looked for on both.
        target: the result and what it has to be: ``{"good_die_cost_usd": 30}``.
        equal: instead of a target, the result that has to be the same as that of `to`.
        to: a node, or the name of a chip.
        range: lowest and highest value that is looked at, ``(0.01, 1)`` or ``"0.01:1"``; where none is given, wherever
            such an input may lie.
        strict: refuse figures of kind estimated or assumed.
        catalogue: a catalogue, or a file that merges over the built-in one.
        **inputs: as for `estimate`; they hold for both sides. A list, an array or a range such as ``"50:800:16"`` is an
            axis, as for `sweep`, and so are several nodes; ``**{"smic-n+2:d0": "0.1:1:10"}`` is one of that node alone.

    Returns:
        A `Solution`, or with axes `Solutions`: one for each point, the last axis fastest. A solution has ``value``
        (None where there is none), ``status``, ``roots``, ``meetings`` (the roots with the bracket that proves each),
        ``found.ends`` and ``found.nearest`` of the curves, ``elsewhere`` (which other input would do where there is no
        root), and ``band``: P10, P50 and P90 over the evidence of the figures that are not given.

    Raises:
        NodecalcError: an input that changes nothing of the result, an unknown name, a missing figure.

    Every root between the points that are looked at (240) is bracketed by a change of sign and narrowed by Brent's
    method as far as doubles allow.

    >>> found = solve("d0", "10x10", node="smic-n+2", target={"good_die_cost_usd": 30})
    >>> round(found.value, 4), found.status
    (0.2914, 'one')
    >>> solve("d0", 100, node="smic-n+2", equal="good_die_cost_usd", to="tsmc-n7").status
    'none'

    """
    known = open_catalogue(catalogue)
    if inputs.get(RATE) is not None:
        from nodecalc.question.rates import rated_nodes

        told, _, _ = rated_nodes({**inputs, "node": node})
        node, inputs = told.pop("node"), told
    given, axes = axes_of(inputs, node, known)
    output, wanted = _wanted(target, equal, to, given)
    if axes:
        return solved_along(axes, key, size, node, chip, output, wanted, to, given, range, strict, known)
    return solved(question(key, size, node, chip, output, wanted, to, given, range, strict, known))


def _wanted(target: object, equal: object, to: object, given: Mapping[str, Any]) -> tuple[str, float | None]:
    """Return the result in question, and the number that it has to be, None where it is to equal another's."""
    if (target is None) == (equal is None and to is None):
        raise InputError(
            "give a target, such as {'good_die_cost_usd': 30}, or a node to equal, such as to='tsmc-n7': one of them"
        )
    if target is not None:
        return read_target(target)
    if to is None:
        raise InputError(f"equal {brief(equal)}: to what? add to=, a node or a chip")
    return (cost_asked(given, DEFAULT_OUTPUT) if equal is None else read_output(equal)), None
