"""What only other compiled functions call is compiled once, and no further than these need: to code to take in.

numba makes machine code, and entries for Python and for C, of every function that it compiles, and compiles what
several call anew for each that has other flags. Of a formula that is taken into a loop none of that is ever run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from numba.core import codegen, compiler, compiler_machinery, typed_passes

_Compiler: Final[Any] = compiler.Compiler
_Library: Final[Any] = codegen.JITCodeLibrary
_Lowering: Final[Any] = typed_passes.NativeLowering
_register_pass: Final[Any] = compiler_machinery.register_pass


class InlinedCode(_Library):  # type: ignore[misc]
    """The code of one function for others to take in: optimised as ever, and never made machine code."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


@_register_pass(mutates_CFG=True, analysis_only=False)
class InlinedLowering(_Lowering):  # type: ignore[misc]
    """The last step of the compiler, up to the code."""

    _name = "inlined_lowering"

    def run_pass(self, state: Any) -> bool:
        """Make code of what is typed."""
        code = InlinedCode(state.targetctx.codegen(), state.func_id.func_qualname)
        state["library"] = code
        state.flags.no_compile = True
        super().run_pass(state)
        entry = _Entry().__sizeof__  # numba takes nothing but built-in functions; this one takes no arguments
        made = state.cr.fndesc
        if state.pipeline.total:
            state.targetctx.insert_func_defn([(_caller(made, code), entry, made.argtypes)])
        else:
            state.targetctx.insert_user_function(entry, made, [code])
        state.cr = state.cr._replace(cfunc=entry)
        return True


def _caller(made: Any, library: Any) -> Any:
    """Return what puts down a call of compiled code that raises nothing, as no formula does: no test follows it."""

    def put_down(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function = context.declare_function(builder.module, made)
        return context.call_conv.call_function(builder, function, made.restype, made.argtypes, arguments)[1]

    found: Any = put_down
    found.libs = (library,)  # where numba looks for the code
    return found


class _Entry:
    """By which numba finds a compiled function again; there is nothing that could be called."""


class InlinedCompiler(_Compiler):  # type: ignore[misc]
    """numba's compiler, for functions that nobody calls but other compiled ones."""

    total: ClassVar = True
    """Whether nothing that is compiled raises: formulas do not."""

    def define_pipelines(self) -> list[Any]:
        """Return numba's steps with another last one."""
        pipelines: list[Any] = super().define_pipelines()
        for steps in pipelines:
            steps.passes = [(InlinedLowering if step is _Lowering else step, text) for step, text in steps.passes]
            steps.finalize()
        return pipelines

    def compile_extra(self, func: Callable[..., Any]) -> Any:
        """Compile a Python function, once for the same types and flags."""
        state = self.state
        key = self.total, func, tuple(state.args), state.return_type, state.flags.copy(), state.typingctx
        if key not in _compiled:
            _compiled[key] = super().compile_extra(func)
        return _compiled[key]._replace(metadata={})  # whoever asks notes there how long it took


class RaisingCompiler(InlinedCompiler):
    """The same for what may raise, as whatever makes an array does."""

    total: ClassVar = False


class ApartCompiler(InlinedCompiler):
    """The same for what stores where none of its other operands lies: no test of that stands before its loops."""

    def compile_extra(self, func: Callable[..., Any]) -> Any:
        """Compile a Python function."""
        self.state.flags.noalias = True
        return super().compile_extra(func)


_compiled: Final[dict[Any, Any]] = {}

INLINED: Final[dict[str, Any]] = {
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": InlinedCompiler,
}
"""Options of a function that is compiled for others alone, and raises nothing."""

INLINED_RAISING: Final[dict[str, Any]] = {**INLINED, "pipeline_class": RaisingCompiler}
"""The same of one that may raise."""

INLINED_APART: Final[dict[str, Any]] = {**INLINED, "pipeline_class": ApartCompiler}
"""The same of one that stores apart from what it reads."""


def called_from_python(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return `options` for a function that Python calls too."""
    return {name: value for name, value in options.items() if name not in INLINED}
