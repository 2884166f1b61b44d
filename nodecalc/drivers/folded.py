"""Lines of formulas without what is known beforehand: numbers that are always the same, tests that can go one way only.

A formula is right for every double, so half of its text are tests; where it is known between which numbers its inputs
lie, most of them are settled. The bits stay: two numbers that are known are put together by the same operation, and as
rounding keeps the order of numbers, the bounds of a result are the results of bounds.
"""

from __future__ import annotations

import ast
import math
import operator
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, Final

Bounds = tuple[float, float]
"""The least and the largest that a number can be, which is never nan; None in its place where that is not known."""

_ARITHMETIC: Final[dict[type, Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
_ORDERS: Final[dict[type, Callable[[Any, Any], bool]]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_INF: Final = math.inf


def folded(
    lines: Sequence[str],
    bound: Mapping[str, Any],
    bounds: Mapping[str, Bounds],
    gives: Mapping[str, tuple[Sequence[str], Bounds]],
) -> list[str]:
    """Return lines that give the same, without what is known beforehand.

    Args:
        lines: assignments of names that are assigned once on each way, ifs and returns.
        bound: what names are bound to outside of the lines.
        bounds: of the numbers that the lines start from, none of them nan.
        gives: name -> the names that it is made of, and its bounds where none of those is nan, infinite or below 0.

    """
    body = ast.parse("def function():\n" + "\n".join(f"    {line}" for line in lines)).body[0]
    assert isinstance(body, ast.FunctionDef)
    found = body.body
    for _ in range(2):  # what is joined after the first time may have more in common
        found = _joined(_Folder(bound, gives, found).block(found, dict(bounds), {}))
    while (fewer := _without_unused(found)) != found:
        found = fewer
    return ast.unparse(ast.fix_missing_locations(ast.Module(found, []))).split("\n")


def _joined(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return statements, with one if in the place of two neighbouring ones of the same test."""
    found: list[ast.stmt] = []
    for statement in statements:
        last = found[-1] if found else None
        if isinstance(statement, ast.If) and isinstance(last, ast.If) and _text(statement.test) == _text(last.test):
            found[-1] = ast.If(last.test, [*last.body, *statement.body], [*last.orelse, *statement.orelse])
        else:
            found.append(statement)
    return found


def _without_unused(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements without those whose names no other takes and that cannot raise."""
    used = {
        node.id
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }

    def left(statements: list[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for statement in statements:
            if isinstance(statement, ast.Assign):
                target = statement.targets[0]
                silent = not any(isinstance(n, ast.Call | ast.Div | ast.Pow) for n in ast.walk(statement.value))
                if isinstance(target, ast.Name) and target.id not in used and silent:
                    continue
            if isinstance(statement, ast.If):
                body, otherwise = left(statement.body), left(statement.orelse)
                if not body and not otherwise:
                    continue
                if body != statement.body or otherwise != statement.orelse:
                    found.append(ast.If(statement.test, body or [ast.Pass()], otherwise))
                    continue
            found.append(statement)
        return found if found != statements else statements

    return left(body)


class _Folder:
    """Folds statements one after the other, with the bounds of every name on the way."""

    def __init__(
        self, bound: Mapping[str, Any], gives: Mapping[str, tuple[Sequence[str], Bounds]], body: Sequence[ast.stmt]
    ) -> None:
        names = (node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Name))
        self._bound, self._gives = bound, gives
        self._times = Counter(name.id for name in names if isinstance(name.ctx, ast.Store))
        self._same: dict[str, ast.expr] = {}
        """Names that are another name or a number."""

    def block(
        self, statements: Sequence[ast.stmt], known: dict[str, Bounds], made: dict[str, ast.Name]
    ) -> list[ast.stmt]:
        """Return statements folded; `known` then holds the bounds of names, and `made` which name has which text."""
        found: list[ast.stmt] = []
        for statement in statements:
            if isinstance(statement, ast.If):
                test = self._value(statement.test, known)[0]
                if isinstance(test, ast.Constant):
                    found += self.block(statement.body if test.value else statement.orelse, known, made)
                    continue
                one, other = dict(known), dict(known)
                body = self.block(statement.body, one, dict(made))
                otherwise = self.block(statement.orelse, other, dict(made))
                known.clear()
                known.update({name: _either(one[name], other[name]) for name in one.keys() & other.keys()})
                found.append(ast.If(test, body, otherwise))
            elif isinstance(statement, ast.Return):
                assert statement.value is not None
                found.append(ast.Return(self._value(statement.value, known)[0]))
            elif isinstance(statement, ast.Assign):
                found += self._assigned(statement, known, made)
            else:
                found.append(statement)
        return found

    def _assigned(self, statement: ast.Assign, known: dict[str, Bounds], made: dict[str, ast.Name]) -> list[ast.stmt]:
        target = statement.targets[0]
        value, bounds = self._value(statement.value, known)
        if not isinstance(target, ast.Name):
            return [ast.Assign([target], value)]
        name = target.id
        if not isinstance(value, ast.Constant | ast.Name):
            before = made.setdefault(_text(value), ast.Name(name, ast.Load()))
            value = value if before.id == name else before
        if name in self._gives and self._are_proper(self._gives[name][0], known):
            bounds = self._gives[name][1]
        if bounds is not None:
            known[name] = bounds
            if isinstance(value, ast.Name):
                known[value.id] = bounds
        if self._times[name] == 1 and isinstance(value, ast.Constant | ast.Name):
            self._same[name] = value
            return []
        return [ast.Assign([target], value)]

    def _are_proper(self, names: Sequence[str], known: Mapping[str, Bounds]) -> bool:
        """Whether names stand for numbers that are 0 or more and finite."""
        several = [self._value(ast.Name(name, ast.Load()), known)[1] for name in names]
        return all(one is not None and one[0] >= 0.0 and one[1] < _INF for one in several)

    def _value(self, node: ast.expr, known: Mapping[str, Bounds]) -> tuple[ast.expr, Bounds | None]:
        """Return an expression folded, and the bounds of its value."""
        if isinstance(node, ast.Name):
            return self._of_name(node, known)
        if isinstance(node, ast.Constant):
            return node, _bounds(node.value)
        if isinstance(node, ast.BinOp):
            return self._arithmetic(node, known)
        if isinstance(node, ast.UnaryOp):
            operand, bounds = self._value(node.operand, known)
            if isinstance(node.op, ast.Not) and isinstance(operand, ast.Constant):
                return ast.Constant(not operand.value), None
            if not isinstance(node.op, ast.USub):
                return ast.UnaryOp(node.op, operand), None
            if isinstance(operand, ast.Constant) and isinstance(operand.value, float | int):
                return ast.Constant(-operand.value), _bounds(-operand.value)
            return ast.UnaryOp(node.op, operand), None if bounds is None else (-bounds[1], -bounds[0])
        if isinstance(node, ast.IfExp):
            test = self._value(node.test, known)[0]
            if isinstance(test, ast.Constant):
                return self._value(node.body if test.value else node.orelse, known)
            body, one = self._value(node.body, known)
            otherwise, other = self._value(node.orelse, known)
            one = self._where(test, body, one, known)
            whole = None if one is None or other is None else _either(one, other)
            return ast.IfExp(test, body, otherwise), whole
        if isinstance(node, ast.BoolOp):
            return self._logic(node, known), None
        if isinstance(node, ast.Compare):
            return self._comparison(node, known), None
        if isinstance(node, ast.Call):
            return self._call(node, known)
        if isinstance(node, ast.Tuple):
            return ast.Tuple([self._value(part, known)[0] for part in node.elts], ast.Load()), None
        return node, None

    def _where(
        self, test: ast.expr, value: ast.expr, bounds: Bounds | None, known: Mapping[str, Bounds]
    ) -> Bounds | None:
        """Return the bounds of a value where a test holds: one that compares it shows that it is no nan."""
        if not isinstance(test, ast.Compare) or len(test.ops) > 1 or type(test.ops[0]) not in _ORDERS:
            return bounds
        left, right = test.left, test.comparators[0]
        if _text(value) not in (_text(left), _text(right)):
            return bounds
        is_left = _text(value) == _text(left)
        other = self._value(right if is_left else left, known)[1]
        if other is None:
            return bounds
        low, high = (-_INF, _INF) if bounds is None else bounds
        if isinstance(test.ops[0], ast.Lt | ast.LtE) is is_left:
            high = min(high, other[1])
        else:
            low = max(low, other[0])
        return (low, high) if low <= high else bounds

    def _of_name(self, node: ast.Name, known: Mapping[str, Bounds]) -> tuple[ast.expr, Bounds | None]:
        if node.id in self._same:
            return self._value(self._same[node.id], known)
        if node.id in known:
            return node, known[node.id]
        value = self._bound.get(node.id)
        if value.__class__ in (float, int):
            return (ast.Constant(value) if abs(value) < _INF else node), _bounds(value)
        return node, None

    def _arithmetic(self, node: ast.BinOp, known: Mapping[str, Bounds]) -> tuple[ast.expr, Bounds | None]:
        left, one = self._value(node.left, known)
        right, other = self._value(node.right, known)
        operation = _ARITHMETIC.get(type(node.op))
        if operation is None:
            return ast.BinOp(left, node.op, right), None
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            try:
                value = operation(left.value, right.value)
            except ArithmeticError:
                return ast.BinOp(left, node.op, right), None
            if abs(value) < _INF:
                return ast.Constant(value), _bounds(value)
        if isinstance(node.op, ast.Mult | ast.Div) and _is_one(right) and (one is not None):
            return left, one  # a number by 1 is itself; one that may be no float is left alone
        if isinstance(node.op, ast.Mult) and _is_one(left) and (other is not None):
            return right, other
        return ast.BinOp(left, node.op, right), _of_arithmetic(operation, one, other)

    def _logic(self, node: ast.BoolOp, known: Mapping[str, Bounds]) -> ast.expr:
        settles = isinstance(node.op, ast.Or)  # what decides the whole
        parts = []
        for part in node.values:
            value = self._value(part, known)[0]
            if not isinstance(value, ast.Constant):
                parts.append(value)
            elif bool(value.value) is settles:
                # Those before it cannot raise or change anything but by being called.
                if not any(isinstance(n, ast.Call | ast.Div) for one in parts for n in ast.walk(one)):
                    return ast.Constant(settles)
                return ast.BoolOp(node.op, [*parts, value])
        if not parts:
            return ast.Constant(not settles)
        return parts[0] if len(parts) == 1 else ast.BoolOp(node.op, parts)

    def _comparison(self, node: ast.Compare, known: Mapping[str, Bounds]) -> ast.expr:
        terms = [self._value(term, known) for term in (node.left, *node.comparators)]
        verdicts = [
            _verdict(sign, one[1], other[1]) for sign, one, other in zip(node.ops, terms[:-1], terms[1:], strict=True)
        ]
        if False in verdicts and not any(isinstance(n, ast.Call | ast.Div) for t, _ in terms for n in ast.walk(t)):
            return ast.Constant(value=False)
        open_ = [place for place, verdict in enumerate(verdicts) if verdict is not True]
        if not open_:
            return ast.Constant(value=True)
        first, last = open_[0], open_[-1] + 1  # a link that holds may go at either end of a chain
        return ast.Compare(terms[first][0], node.ops[first:last], [term for term, _ in terms[first + 1 : last + 1]])

    def _call(self, node: ast.Call, known: Mapping[str, Bounds]) -> tuple[ast.expr, Bounds | None]:
        several = [self._value(argument, known) for argument in node.args]
        call = ast.Call(node.func, [value for value, _ in several], [])
        function = self._bound.get(node.func.id) if isinstance(node.func, ast.Name) else None
        bounds = [one for _, one in several]
        if None in bounds:
            return call, None
        if function is math.sqrt and bounds[0][0] >= 0.0:  # type: ignore[index]
            return call, (math.sqrt(bounds[0][0]), math.sqrt(bounds[0][1]))  # type: ignore[index]
        if function is math.exp and bounds[0][1] <= 0.0:  # type: ignore[index]
            return call, (0.0, 1.0)
        if function is math.expm1 and bounds[0][1] <= 0.0:  # type: ignore[index]
            return call, (-1.0, 0.0)
        return call, None


def _text(node: ast.expr) -> str:
    return ast.dump(node)


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1 and isinstance(node.value, float | int)


def _bounds(value: Any) -> Bounds | None:
    number = value.__class__ in (float, int) and value == value  # noqa: PLR0124 - nan has no bounds
    return (float(value), float(value)) if number else None


def _either(one: Bounds, other: Bounds) -> Bounds:
    return min(one[0], other[0]), max(one[1], other[1])


def _of_arithmetic(operation: Callable[[Any, Any], Any], one: Bounds | None, other: Bounds | None) -> Bounds | None:
    """Return the bounds of a sum, difference, product or quotient of finite numbers; None where it may be no number."""
    if one is None or other is None or not all(abs(end) < _INF for end in (*one, *other)):
        return None
    if operation is operator.truediv and other[0] <= 0.0 <= other[1]:
        return None
    ends = [operation(a, b) for a, b in product(one, other)]
    return min(ends), max(ends)


def _verdict(sign: ast.cmpop, one: Bounds | None, other: Bounds | None) -> bool | None:
    """Return how a comparison always ends, None where it may end either way."""
    order = _ORDERS.get(type(sign))
    if one is None or other is None:
        return None
    if isinstance(sign, ast.Eq):
        return False if one[1] < other[0] or other[1] < one[0] else None
    if order is None:
        return None
    outcomes = {order(a, b) for a, b in product(one, other)}
    return outcomes.pop() if len(outcomes) == 1 else None
