"""A question about one die made ready: what is given, a real chip's die and the cost of a wafer's layers together."""

from __future__ import annotations

import os
from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Final

from nodecalc.catalogue.lookup import find_node
from nodecalc.doors import brief, plain
from nodecalc.errors import InputError, MissingFigureError, UnknownNameError
from nodecalc.question import choices
from nodecalc.question.at import At, apart, note_of_own
from nodecalc.question.figures import chip_size, chip_transistors, dies_of
from nodecalc.question.graph import KEYWORDS, PRICE
from nodecalc.question.inputs import Inputs, resolve
from nodecalc.question.ledger import WEAK_KINDS
from nodecalc.question.salvage import UNITS, completed, left_out_note, spelled
from nodecalc.question.units import label, number
from nodecalc.vocabulary import (
    QUANTITIES,
    WAFER_INPUT_KEYS,
    WAFER_NAME_KEYS,
    is_wafer_input,
    is_wafer_key,
    quantity,
    tool_keys,
)
from nodecalc.vocabulary.spelling import keyed

_PLAIN: Final = (*KEYWORDS, *WAFER_INPUT_KEYS, *WAFER_NAME_KEYS)
"""What may be given, beside the figures of tools."""

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node, Product, Stack
    from nodecalc.question.inputs import Moved
    from nodecalc.question.ledger import UsedFigure


def prepare(
    size: str | float | None,
    node: str | Node | At | None,
    chip: str | None,
    strict: bool,
    known: Catalogue,
    inputs: Mapping[str, object],
    wafer: UsedFigure | None = None,
    wanted: Container[str] | None = None,
    moved: Moved | None = None,
    any_die: bool = False,
) -> tuple[Inputs, Product | None]:
    """Return what goes into one answer, checked, and the real chip that was named; arguments as for `estimate`.

    `wafer` is what a wafer costs by its layers, where the caller has worked that out; `wanted` and `moved` as for
    `resolve`. With `any_die` the question is about the wafer, and the die stands in for whatever is on it.
    """
    product = None
    supplied: dict[str, UsedFigure] = {}
    node, own = apart(node)
    rates = None
    if inputs.get("rate") is not None:
        from nodecalc.question.rates import rated

        inputs, (own,), rates = rated(inputs, own)
    for_all = _keyed(inputs, known)
    given, wafer_given = _apart(spelled(for_all | _keyed(own, known)))
    if chip is not None:
        product = known.product(chip)
        if size is not None:
            raise InputError(f"size '{size}' and --chip {product.id}: two dies; give one of them")
        supplied = {key: figure for key, figure in _chip_size(product).items() if given.get(key) is None}
        given |= {key: figure.value for key, figure in supplied.items()}
        if node is None:
            if not product.node:
                raise MissingFigureError(f"the process node of {product.id} is not known; give one with --node")
            node = product.node
    given, units = completed(given, product if wanted is None or UNITS in wanted else None, strict)
    supplied |= units
    where = find_node(node, known)
    notes: tuple[str, ...] = ()
    layers: tuple[Stack, Mapping[str, float]] | None = None
    basis, by_die = given.get("wafer_basis"), False
    if basis is not None and choices.wafer_basis(basis) == "cost":
        if given.get(PRICE) is not None:
            raise InputError("--wafer-basis cost with --wafer-price: two wafers; give one of them")
        if wafer is not None:
            supplied[PRICE] = wafer
        else:
            from .printed import FIELDS, fields_note, fields_of

            # Only the die, which is resolved first, says how many exposures its wafer takes, unless they are given.
            by_die = not any_die and FIELDS not in wafer_given
            supplied[PRICE], notes, moved, layers = _layer_cost(where, wafer_given, known, ranged=not by_die)
        given = {PRICE: supplied[PRICE].value} | given
    elif wafer_given:
        key = next(iter(wafer_given))
        value = _text(wafer_given[key])
        raise InputError(f"{label(quantity(key))} {value}: it prices a wafer from its layers; add --wafer-basis cost")
    resolved = resolve(size, where, strict, given, supplied, wanted, known, moved)
    if by_die:
        fields = fields_of(resolved.numbers, resolved.names)
        supplied[PRICE], notes, moved, layers = _layer_cost(where, wafer_given, known, fields)
        given = given | {PRICE: supplied[PRICE].value}
        resolved = resolve(size, where, strict, given, supplied, wanted, known, moved)
        if fields is not None:
            said = fields_note(fields, "the wafer" if where is None else where.id)
            resolved = resolved._replace(notes=(*resolved.notes, said))
    if wafer_given:
        resolved = _of_wafer(resolved, wafer_given, notes)
    if rates is not None:
        names = {**resolved.names, "rate": rates.text}
        resolved = resolved._replace(names=names, notes=(*resolved.notes, rates.note))
    resolved = resolved._replace(layers=layers)
    if own and where is not None:
        said = note_of_own(where.id, own, for_all)
        resolved = resolved._replace(own=tuple(own.items()), notes=(*resolved.notes, said))
    if where is not None and where.variant_note:
        resolved = resolved._replace(notes=(*resolved.notes, where.variant_note))
    if product is not None:
        resolved = _of_chip(resolved, product, wanted)
        left_out = left_out_note(product, given, strict) if wanted is None else ""
        resolved = resolved._replace(notes=(*resolved.notes, left_out)) if left_out else resolved
    return resolved, product


def given_keys(inputs: Mapping[str, object]) -> set[str]:
    """Return the keys of what is given, however it is spelled; what is read elsewhere stays as it is."""
    found: set[str] = set()
    for name in inputs:
        try:
            found.update(keyed({name: None}, _PLAIN))
        except UnknownNameError:
            found.add(name)
    return found


def _chip_size(product: Product) -> dict[str, UsedFigure]:
    """Return what gives the chip's die; where nothing does, the error names the node that a size would go with."""
    try:
        return chip_size(product)
    except MissingFigureError as error:
        made = f"it is made on {product.node}" if product.node else "nor is its node known"
        raise MissingFigureError(f"{error}; {made}") from None


def _of_chip(inputs: Inputs, product: Product, wanted: Container[str] | None) -> Inputs:
    """Return `inputs` with what belongs to the chip beside its size: its transistors, and that it has several dies.

    Made on another node it would hold others, which nobody has counted.
    """
    count = chip_transistors(product)
    own = inputs.node is None or product.node in ("", inputs.node.id)
    if count is not None and own and (wanted is None or count.key in wanted):
        numbers, figures = {**inputs.numbers, count.key: count.value}, {**inputs.figures, count.key: count}
        inputs = inputs._replace(numbers=numbers, figures=figures)
    dies = dies_of(product)
    if dies == 1:
        return inputs
    note = f"one of {dies} dies of {product.name.partition(',')[0]}: dies, yield and cost are of each"
    area = inputs.figures.get("die_area_mm2")
    if area is not None and area.kind in WEAK_KINDS:
        note += f"; its area is {area.kind}, {area.figures[0].note}"
    return inputs._replace(notes=(*inputs.notes, note))


def _keyed(inputs: Mapping[str, object], known: Catalogue) -> dict[str, object]:
    """Return `inputs` under their keys; the catalogue's tools are read where one of them may be meant."""
    try:
        return keyed(inputs, _PLAIN)
    except UnknownNameError:
        return keyed(inputs, (*_PLAIN, *tool_keys(known.tools)))


def _apart(given: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Return what is given of the die, and what of the cost of its wafer's layers."""
    wafer = {key: value for key, value in given.items() if is_wafer_key(key) and value is not None}
    return {key: value for key, value in given.items() if not is_wafer_key(key)}, wafer


def _layer_cost(
    node: Node | None, given: Mapping[str, object], known: Catalogue, fields: float | None = None, ranged: bool = True
) -> tuple[UsedFigure, tuple[str, ...], Moved | None, tuple[Stack, Mapping[str, float]]]:
    """What the node's layers cost, in the place of the price, what is to be said of it, its D0's way, and the stack.

    `fields` are the exposures that the die takes, where it is known; without `ranged` the figure has no range.
    """
    from nodecalc.wafers.exposure import read_inputs
    from nodecalc.wafers.remarks import brief_remarks
    from nodecalc.wafers.stacks import idle_bans, named_stack

    from .wafer_cost import cost_figure, unused_notes

    stack, origin = named_stack(known, None if node is None else node.id, given)
    asked = read_inputs({key: value for key, value in given.items() if is_wafer_input(key)}, known)
    numbers = asked
    if fields is not None:
        from .printed import FIELDS

        numbers = {**asked, FIELDS: fields}
    idle = idle_bans(known, None if node is None else node.id, given)
    notes = (*brief_remarks(stack, known), *idle, *unused_notes(stack, numbers, known))
    if asked:
        origin += f", with {', '.join(f'{key} {value:g}' for key, value in asked.items())}"
    figure = cost_figure(stack, origin, numbers, known, ranged)
    return figure, notes, d0_of(stack, node, given, known), (stack, numbers)


def d0_of(stack: Stack, node: Node | None, names: Mapping[str, object], known: Catalogue) -> Moved | None:
    """Return what becomes of the D0 of `node` where tools are ruled out; nothing where its stack is not its own."""
    if node is None or not any(is_named(names, key) for key in ("without", "tools", "euv_by")):
        return None
    if any(is_named(names, key) for key in ("stack", "like")):
        return None
    from nodecalc.wafers.exposed import moved_d0

    return moved_d0(stack, node.id, known)


def is_named(names: Mapping[str, object], key: str) -> bool:
    """Whether a name is given that is not its default."""
    return names.get(key) not in (None, (), [], QUANTITIES[key].default)


def _of_wafer(inputs: Inputs, given: Mapping[str, object], notes: tuple[str, ...]) -> Inputs:
    """Return `inputs` with what was given of the wafer's layers, which their cost already counts."""
    numbers = {key: number(value, key) for key, value in given.items() if is_wafer_input(key)}
    names = {key: _text(value) for key, value in given.items() if not is_wafer_input(key)}
    return inputs._replace(
        numbers={**inputs.numbers, **numbers},
        names={**inputs.names, **names},
        given=inputs.given.union(given),
        notes=(*inputs.notes, *notes),
    )


def _text(value: object) -> str:
    """Return a name, or several, as one text."""
    if isinstance(value, str | os.PathLike | int | float):
        return plain(value)
    if hasattr(value, "id"):
        return str(value.id)
    is_list = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    return "+".join(value) if is_list else brief(value)  # type: ignore[arg-type]  # told apart just before
