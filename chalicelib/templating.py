"""Jinja2 with less work for each name and call in a template; what comes out is the same."""

from functools import cache
from types import BuiltinMethodType, FunctionType
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

_METHODS = frozenset(dir(dict))
#: Macros, methods of texts and dicts, and functions whose results are remembered.
_AS_THEY_ARE = frozenset({Macro, BuiltinMethodType, type(cache(str))})


class Calls(Context):
    """Calls macros and plain functions as they are. Jinja looks four times a call whether the callee wants to be given
    more, which macros and our functions do not; a page of twenty rows makes five hundred calls."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as in the base class
        kind = type(__obj)
        if kind in _AS_THEY_ARE or (kind is FunctionType and not __obj.__dict__):
            if kwargs:
                kwargs.pop("_loop_vars", None)
                kwargs.pop("_block_vars", None)
            return __obj(*args, **kwargs)
        return super().call(__obj, *args, **kwargs)


class Code(CodeGenerator):
    """Compiled templates ask `Templates.shown` for what they write: most of it is markup already, from macros."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.shown(")


class Templates(Environment):
    """Reads `row.name` of a dict by its key at once. Jinja first fails to find an attribute of that name."""

    context_class = Calls
    code_generator_class = Code

    @staticmethod
    def shown(value: Any) -> str:
        """A value as it may stand in a page: markup as it is, anything else escaped."""
        return value if type(value) is Markup else escape(value)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As in the base class: a dict's methods go before its keys."""
        if type(obj) is dict and attribute in obj and attribute not in _METHODS:
            return obj[attribute]
        return super().getattr(obj, attribute)
