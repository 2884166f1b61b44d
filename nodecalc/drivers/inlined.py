"""Formulas written into the function that calls them: in plain Python a call takes as long as two or three operations.

What is written is the formula's own text, operation for operation, so that the bits stay. A formula of anything but
assignments, ifs and returns is called, as is one whose text is not there.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

_ALLOWED: Final = (
    ast.Assign, ast.If, ast.Return, ast.Expr, ast.Name, ast.Constant, ast.Tuple, ast.BinOp, ast.UnaryOp, ast.BoolOp,
    ast.Compare, ast.IfExp, ast.Call, ast.Attribute, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context,
)  # fmt: skip


@cache
def _text_of(function: Callable[..., Any]) -> ast.FunctionDef | None:
    """Return a function's text, None where it cannot be written into another."""
    if type(function) is not FunctionType or function.__closure__ or function.__defaults__ or function.__kwdefaults__:
        return None
    try:
        found = ast.parse(inspect.getsource(function)).body[0]
    except (OSError, TypeError, SyntaxError):
        return None
    if not isinstance(found, ast.FunctionDef) or found.args.vararg or found.args.kwarg or found.args.kwonlyargs:
        return None
    if not _is_text_of(found, function):
        return None
    if isinstance(found.body[0], ast.Expr):  # its docstring
        del found.body[0]
    nodes = [node for statement in found.body for node in ast.walk(statement)]
    plain = all(isinstance(node, _ALLOWED) for node in nodes)
    return found if plain and all(map(_is_simple, nodes)) and _ends(found.body) else None


def _is_text_of(found: ast.FunctionDef, function: FunctionType) -> bool:
    """Whether a text is what a function was made of: a file may have changed since it was loaded."""
    # A call of a module's function is compiled in another way where the module is seen to be imported.
    modules = [n for n in function.__code__.co_names if isinstance(function.__globals__.get(n), ModuleType)]
    seen = ast.parse("".join(f"import {name}\n" for name in modules)).body
    module = compile(ast.Module([*seen, found], []), "<formula>", "exec", dont_inherit=True)
    made = [code for code in module.co_consts if isinstance(code, CodeType) and code.co_name == found.name]
    parts = ("co_code", "co_consts", "co_names", "co_varnames", "co_argcount")
    own = function.__code__
    return len(made) == 1 and all(getattr(made[0], part) == getattr(own, part) for part in parts)


def _is_simple(node: ast.AST) -> bool:
    """Whether a call has no keywords, and an assignment gives names alone."""
    if isinstance(node, ast.Assign):
        target = node.targets[0]
        several = target.elts if isinstance(target, ast.Tuple) else [target]
        return len(node.targets) == 1 and all(isinstance(one, ast.Name) for one in several)
    return not (isinstance(node, ast.Call) and node.keywords)


def _ends(body: Sequence[ast.stmt]) -> bool:
    """Whether every way through some statements ends in a return, and no `if` but those that return has a body."""
    for place, statement in enumerate(body):
        if isinstance(statement, ast.Return):
            return statement.value is not None and place == len(body) - 1
        if isinstance(statement, ast.If):
            if not _ends(statement.body):
                return False
            if statement.orelse:
                return _ends(statement.orelse) and place == len(body) - 1
    return False


class Inliner:
    """Writes calls of formulas as lines; whatever a line needs of a formula's module is bound to a name."""

    def __init__(self, bound: dict[str, Any]) -> None:
        """Take the mapping in which values are bound to names."""
        self._bound = bound
        self._names: dict[int, str] = {}
        self._count = 0

    def call(self, function: Callable[..., Any], operands: Sequence[str], targets: Sequence[str]) -> Iterator[str]:
        """Yield the lines of ``targets = function(*operands)``; operands are names or numbers."""
        text = _text_of(function)
        if text is None:
            yield f"{', '.join(targets)} = {self._name(function)}({', '.join(operands)})"
            return
        self._count += 1
        given = {argument.arg: operand for argument, operand in zip(text.args.args, operands, strict=True)}
        yield from _Written(self, function, given, self._count).lines(text.body, targets)

    def fresh(self) -> str:
        """Return a name that nothing else has."""
        self._count += 1
        return f"t{self._count}"

    def bind(self, value: Any) -> str:
        """Return what a value is called in the lines: a finite number is its own name."""
        if type(value) in (float, int) and abs(value) < float("inf"):
            return f"({value!r})"
        return self._name(value)

    def _name(self, value: Any) -> str:
        name = self._names.setdefault(id(value), f"g{len(self._names)}")
        self._bound[name] = value
        return name


class _Written:
    """One formula as it is written into another."""

    def __init__(self, inliner: Inliner, function: Any, given: dict[str, str], number: int) -> None:
        self._inliner, self._globals, self._local, self._number = inliner, function.__globals__, given, number

    def lines(self, body: Sequence[ast.stmt], targets: Sequence[str]) -> Iterator[str]:
        for place, statement in enumerate(body):
            if isinstance(statement, ast.If):
                before: list[str] = []
                test = self._expression(statement.test, before)
                otherwise = statement.orelse or body[place + 1 :]
                known = dict(self._local)
                yield from (*before, f"if {test}:")
                yield from (f"    {line}" for line in self.lines(statement.body, targets))
                self._local = known
                yield "else:"
                yield from (f"    {line}" for line in self.lines(otherwise, targets))
                return
            if isinstance(statement, ast.Return):
                assert statement.value is not None
                yield from self._assigned(statement.value, targets)
                return
            assert isinstance(statement, ast.Assign)
            yield from self._assignment(statement)

    def _assignment(self, statement: ast.Assign) -> Iterator[str]:
        target = statement.targets[0]
        several = target.elts if isinstance(target, ast.Tuple) else [target]
        names = [node.id for node in several if isinstance(node, ast.Name)]
        self._inliner._count += 1
        renamed = {name: f"{name}_{self._inliner._count}" for name in names}
        yield from self._assigned(statement.value, [renamed[name] for name in names])
        self._local = {**self._local, **renamed}

    def _assigned(self, value: ast.expr, targets: Sequence[str]) -> Iterator[str]:
        before: list[str] = []
        if isinstance(value, ast.Call):
            function = self._called(value)
            if function is not None:
                operands = [self._operand(argument, before) for argument in value.args]
                yield from before
                yield from self._inliner.call(function, operands, targets)
                return
        if isinstance(value, ast.IfExp) and any(isinstance(n, ast.Call) and self._called(n) for n in ast.walk(value)):
            test = self._expression(value.test, before)
            yield from (*before, f"if {test}:")
            yield from (f"    {line}" for line in self._assigned(value.body, targets))
            yield "else:"
            yield from (f"    {line}" for line in self._assigned(value.orelse, targets))
            return
        if isinstance(value, ast.Tuple) and len(targets) > 1:
            parts = [self._expression(part, before) for part in value.elts]
            yield from before
            if any(target in part for target in targets for part in parts):
                yield f"{', '.join(targets)} = {', '.join(parts)}"
            else:
                yield from (f"{target} = {part}" for target, part in zip(targets, parts, strict=True))
            return
        text = self._expression(value, before)
        yield from (*before, f"{', '.join(targets)} = {text}")

    def _called(self, node: ast.Call) -> Callable[..., Any] | None:
        """Return the function that a call is of, where it can be written here."""
        function = self._globals.get(node.func.id) if isinstance(node.func, ast.Name) else None
        return function if function is not None and _text_of(function) is not None else None

    def _operand(self, node: ast.expr, before: list[str]) -> str:
        """Return a name or number for an argument, worked out before where it is neither."""
        text = self._expression(node, before)
        if text.isidentifier() or isinstance(node, ast.Constant):
            return text
        name = self._inliner.fresh()
        before.append(f"{name} = {text}")
        return name

    def _expression(self, node: ast.expr, before: list[str] | None) -> str:
        """Return the text of an expression; what is worked out in lines of its own goes to `before`.

        That is None where the expression may not be reached: nothing of it may then be worked out before.
        """
        if isinstance(node, ast.Name):
            return self._local[node.id] if node.id in self._local else self._inliner.bind(self._global(node.id))
        if isinstance(node, ast.Constant):
            return repr(node.value)
        if isinstance(node, ast.Attribute):
            owner = self._global(node.value.id) if isinstance(node.value, ast.Name) else None
            if not isinstance(owner, ModuleType):
                return f"{self._expression(node.value, before)}.{node.attr}"
            return self._inliner.bind(getattr(owner, node.attr))
        if isinstance(node, ast.Call):
            return self._call(node, before)
        if isinstance(node, ast.BinOp):
            left, right = self._expression(node.left, before), self._expression(node.right, before)
            return f"({left} {_SIGNS[type(node.op)]} {right})"
        if isinstance(node, ast.UnaryOp):
            return f"({_SIGNS[type(node.op)]}{self._expression(node.operand, before)})"
        if isinstance(node, ast.IfExp):
            test = self._expression(node.test, before)
            return f"({self._expression(node.body, None)} if {test} else {self._expression(node.orelse, None)})"
        if isinstance(node, ast.BoolOp):
            first, *others = node.values
            parts = [self._expression(first, before), *(self._expression(other, None) for other in others)]
            return "(" + f" {_SIGNS[type(node.op)]} ".join(parts) + ")"
        if isinstance(node, ast.Compare):
            text = f"{self._expression(node.left, before)}"
            for place, (sign, other) in enumerate(zip(node.ops, node.comparators, strict=True)):
                text += f" {_SIGNS[type(sign)]} {self._expression(other, None if place else before)}"
            return f"({text})"
        assert isinstance(node, ast.Tuple)
        return "(" + "".join(f"{self._expression(part, before)}, " for part in node.elts) + ")"

    def _call(self, node: ast.Call, before: list[str] | None) -> str:
        function = self._called(node)
        text = None if function is None else _text_of(function)
        if function is not None and text is not None:
            if before is not None:
                target = self._inliner.fresh()
                operands = [self._operand(argument, before) for argument in node.args]
                before.extend(self._inliner.call(function, operands, [target]))
                return target
            only = text.body[0]
            cheap = all(_is_cheap(argument) for argument in node.args)
            if len(text.body) == 1 and isinstance(only, ast.Return) and only.value is not None and cheap:
                operands = [self._expression(argument, None) for argument in node.args]
                given = {argument.arg: operand for argument, operand in zip(text.args.args, operands, strict=True)}
                return _Written(self._inliner, function, given, 0)._expression(only.value, None)
        called = self._expression(node.func, before)
        return f"{called}({', '.join(self._expression(argument, before) for argument in node.args)})"

    def _global(self, name: str) -> Any:
        return self._globals[name] if name in self._globals else getattr(builtins, name)


def _is_cheap(node: ast.expr) -> bool:
    """Whether an argument may be worked out more than once: a name, a number, or one with another sign."""
    return isinstance(node, ast.Name | ast.Constant) or (isinstance(node, ast.UnaryOp) and _is_cheap(node.operand))


_SIGNS: Final[dict[type, str]] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.FloorDiv: "//", ast.Mod: "%",
    ast.USub: "-", ast.UAdd: "+", ast.Not: "not ", ast.And: "and", ast.Or: "or", ast.Lt: "<", ast.LtE: "<=",
    ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in",
    ast.NotIn: "not in", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
    ast.Invert: "~",
}  # fmt: skip
