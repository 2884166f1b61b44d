"""The functions of `operands` in compiled code: a few instructions each, put down where they are called.

As functions of their own, and with numba's arrays, they are most of what there is to compile in a written loop. An
index here is within the array and not negative, and a view lives no longer than what it is of, so that no index is
tested and no reference counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numba
from llvmlite import ir
from numba.core import cgutils as numba_cgutils
from numba.extending import lower_builtin as numba_lower_builtin
from numba.extending import type_callable as numba_type_callable
from numba.np import arrayobj

from .math import is_scalar
from .operands import all_along, along, bits_of, double_of, get, part, parts, put, room, row

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

types: Final[Any] = numba.types
cgutils: Final[Any] = numba_cgutils
lower_builtin: Final[Callable[..., Decorator]] = numba_lower_builtin
type_callable: Final[Callable[..., Decorator]] = numba_type_callable
load_item: Final[Any] = arrayobj.load_item
store_item: Final[Any] = arrayobj.store_item


def _place(context: Any, builder: Any, kind: Any, values: Any, i: Any) -> Any:
    """Return a pointer to element i of an array of one dimension, or of a room."""
    if isinstance(kind, types.CPointer):
        return builder.gep(values, [i])
    data = _field(context, builder, kind, values, "data")
    if kind.layout in "CF":
        return builder.gep(data, [i])
    stride = builder.extract_value(_field(context, builder, kind, values, "strides"), 0)
    return cgutils.pointer_add(builder, data, builder.mul(i, stride))


def _field(context: Any, builder: Any, kind: Any, values: Any, name: str) -> Any:
    return builder.extract_value(values, context.data_model_manager[kind].get_field_position(name))


def _is_row(kind: Any) -> bool:
    return isinstance(kind, types.CPointer) or (isinstance(kind, types.Array) and kind.ndim == 1)


def _view(context: Any, builder: Any, kind: Any, values: Any, first: Any, count: Any) -> Any:
    """Return `count` elements of an array from `first` on, as an array that owns nothing."""
    model = context.data_model_manager[kind]
    fields = {
        "meminfo": None,
        "parent": None,
        "nitems": count,
        "data": _place(context, builder, kind, values, first),
        "shape": cgutils.pack_array(builder, [count]),
    }
    for name, value in fields.items():
        place = model.get_field_position(name)
        made = ir.Constant(values.type.elements[place], None) if value is None else value
        values = builder.insert_value(values, made, place)
    return values


@type_callable(get)
def _type_get(context: Any) -> Any:
    def typer(values: Any, i: Any) -> Any:
        if not isinstance(i, types.Integer):
            return None
        return values.dtype if _is_row(values) else (types.unliteral(values) if is_scalar(values) else None)

    return typer


@lower_builtin(get, types.Any, types.Integer)
def _lower_get(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    kind, i_kind = signature.args
    values, i = arguments
    if not _is_row(kind):
        return context.cast(builder, values, kind, signature.return_type)
    place = _place(context, builder, kind, values, context.cast(builder, i, i_kind, types.intp))
    return builder.load(place) if isinstance(kind, types.CPointer) else load_item(context, builder, kind, place)


@type_callable(put)
def _type_put(context: Any) -> Any:
    def typer(values: Any, i: Any, value: Any) -> Any:
        return types.none if _is_row(values) and isinstance(i, types.Integer) and is_scalar(value) else None

    return typer


@lower_builtin(put, types.Any, types.Integer, types.Any)
def _lower_put(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    kind, i_kind, value_kind = signature.args
    values, i, value = arguments
    place = _place(context, builder, kind, values, context.cast(builder, i, i_kind, types.intp))
    value = context.cast(builder, value, value_kind, kind.dtype)
    if isinstance(kind, types.CPointer):
        builder.store(value, place)
    else:
        store_item(context, builder, kind, value, place)
    return context.get_dummy_value()


@type_callable(room)
def _type_room(context: Any) -> Any:
    def typer(count: Any, kind: Any) -> Any:
        return types.CPointer(kind.dtype) if isinstance(count, types.IntegerLiteral) else None

    return typer


@lower_builtin(room, types.IntegerLiteral, types.Any)
def _lower_room(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    count, kind = signature.args
    found = cgutils.alloca_once(builder, context.get_value_type(kind.dtype), size=count.literal_value)
    found.align = 64  # a line of the cache
    return found


@type_callable(row)
def _type_row(context: Any) -> Any:
    def typer(rows: Any, places: Any, n: Any) -> Any:
        table = isinstance(rows, types.Array) and rows.ndim == 2 and rows.layout == "C"
        return types.CPointer(rows.dtype) if table and _is_row(places) else None

    return typer


@lower_builtin(row, types.Array, types.Array, types.Integer)
def _lower_row(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    kind, places_kind, n_kind = signature.args
    rows, places, n = arguments
    n = context.cast(builder, n, n_kind, types.intp)
    place = load_item(context, builder, places_kind, _place(context, builder, places_kind, places, n))
    length = builder.extract_value(_field(context, builder, kind, rows, "shape"), 1)
    return builder.gep(_field(context, builder, kind, rows, "data"), [builder.mul(place, length)])


def _put_down_bits(function: Any, given: Any, found: Any) -> None:
    """Let `function` take the bits of one type for those of another."""

    @type_callable(function)
    def _(context: Any) -> Any:
        return lambda value: found if is_scalar(value) else None

    @lower_builtin(function, types.Any)
    def _(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value = context.cast(builder, arguments[0], signature.args[0], given)
        return builder.bitcast(value, context.get_value_type(found))


_put_down_bits(bits_of, types.float64, types.int64)
_put_down_bits(double_of, types.int64, types.float64)


def _type_of_part(values: Any) -> Any:
    if isinstance(values, types.Array):
        return values if values.ndim == 1 else None
    return types.unliteral(values) if is_scalar(values) else None


def _type_of_along(operand: Any) -> Any:
    if isinstance(operand, types.BaseTuple):
        return _type_of_part(operand[0]) if len(operand) == 2 else None
    return operand.dtype if _is_row(operand) else _type_of_part(operand)


def _part(context: Any, builder: Any, kind: Any, values: Any, first: Any, last: Any) -> Any:
    """Put down `part`."""
    return _view(context, builder, kind, values, first, builder.sub(last, first)) if _is_row(kind) else values


def _along(context: Any, builder: Any, kind: Any, operand: Any, piece: Any, count: Any) -> Any:
    """Put down `along`."""
    if isinstance(kind, types.BaseTuple):
        data, starts = (builder.extract_value(operand, place) for place in range(2))
        first = load_item(context, builder, kind[1], _place(context, builder, kind[1], starts, piece))
        return _view(context, builder, kind[0], data, first, count)
    if _is_row(kind):
        return load_item(context, builder, kind, _place(context, builder, kind, operand, piece))
    return operand


def _numbers(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Return the two numbers that a function takes beside its operand, as indices."""
    pairs = zip(arguments[1:], signature.args[1:], strict=True)
    return [context.cast(builder, value, kind, types.intp) for value, kind in pairs]


def _put_down(function: Any, function_of_each: Any, type_of: Any, lower: Any) -> None:
    """Let `function` be put down by `lower` for one operand, and `function_of_each` for a tuple of them."""

    @type_callable(function)
    def _(context: Any) -> Any:
        return lambda operand, a, b: type_of(operand)

    @type_callable(function_of_each)
    def _(context: Any) -> Any:
        def typer(operands: Any, a: Any, b: Any) -> Any:
            kinds = [type_of(kind) for kind in operands] if isinstance(operands, types.BaseTuple) else [None]
            return None if None in kinds else types.Tuple.from_types(kinds)

        return typer

    @lower_builtin(function, types.Any, types.Integer, types.Integer)
    def _(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = _numbers(context, builder, signature, arguments)
        return lower(context, builder, signature.args[0], arguments[0], *numbers)

    @lower_builtin(function_of_each, types.BaseTuple, types.Integer, types.Integer)
    def _(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = _numbers(context, builder, signature, arguments)
        of_each = [
            lower(context, builder, kind, builder.extract_value(arguments[0], place), *numbers)
            for place, kind in enumerate(signature.args[0])
        ]
        return context.make_tuple(builder, signature.return_type, of_each)


_put_down(part, parts, _type_of_part, _part)
_put_down(along, all_along, _type_of_along, _along)
