"""Jinja2 with less work for each name and call in a template; what comes out is the same."""

from functools import cache, partial
from types import BuiltinMethodType, FunctionType
from typing import Any

from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from markupsafe import Markup
from markupsafe import _escape_inner as escaped  # type: ignore[attr-defined]

_METHODS = frozenset(dir(dict))
#: Macros, methods of texts and dicts, and functions whose results are remembered.
_AS_THEY_ARE = frozenset({Macro, BuiltinMethodType, type(cache(str))})
#: Markup of what is markup: without markupsafe's own look at it, which takes four times as long.
_markup: partial[Markup] = partial(str.__new__, Markup)
_MADE = " made"  # no name in a template has a space


class Calls(Context):
    """Calls macros and plain functions as they are. Jinja looks four times a call whether the callee wants to be given
    more, which macros and our functions do not; a page of twenty rows makes three hundred calls."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as in the base class
        kind = type(__obj)
        if kind not in _AS_THEY_ARE and (kind is not FunctionType or __obj.__dict__):
            return super().call(__obj, *args, **kwargs)
        if kwargs:
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
        if kind is Macro and not kwargs and _is_plain(__obj):
            left = __obj._argument_count - len(args)
            if left >= 0:  # what Macro would do in two functions more
                return _markup(__obj._func(*args, *(missing,) * left))
        return __obj(*args, **kwargs)


def _is_plain(macro: Macro) -> bool:
    """Whether a macro takes what its head names, and gives back markup."""
    more = macro.caller or macro.catch_kwargs or macro.catch_varargs
    return not more and bool(macro._default_autoescape)


class Code(CodeGenerator):
    """Writes what templates do most often in place, where Jinja calls a function: a page of twenty rows shows five
    hundred values and reads as many attributes. A value is judged once, as `found`, which nothing else is called."""

    def _in_place(self, frame: Frame, finalize: Any) -> bool:
        return not frame.eval_ctx.volatile and bool(frame.eval_ctx.autoescape) and finalize.src is None

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if self._in_place(frame, finalize):
            self.write("(found if type(found := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if self._in_place(frame, finalize):  # most of it is markup already, from macros, or text
            text = "environment.escaped(found) if type(found) is str else escape(found)"
            self.write(f") is Markup else {text})")
        else:
            super()._output_child_post(node, frame, finalize)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - as in the base class
        """`row.name` of a dict by its key at once: Jinja first fails to find an attribute of that name. As there, a
        dict's methods go before its keys."""
        if node.attr in _METHODS:
            super().visit_Getattr(node, frame)
            return
        name = repr(node.attr)
        self.write(f"(found[{name}] if type(found := ")
        self.visit(node.node, frame)
        self.write(f") is dict and {name} in found else environment.getattr(found, {name}))")


class Page(Template):
    """Makes what is imported `with context` once for a page, though a list imports six libraries fourteen times. It
    sees what the page was given, and nothing that a template on the way has set."""

    def new_context(self, vars: Any = None, shared: bool = False, locals: Any = None) -> Context:
        """As in the base class; a page's own context remembers what was imported."""
        context = super().new_context(vars, shared, locals)
        if not shared:
            context.parent[_MADE] = ({}, dict(context.parent))
        return context

    def make_module(self, vars: Any = None, shared: bool = False, locals: Any = None) -> TemplateModule:
        """As in the base class, but for what was said above."""
        if not shared or _MADE not in vars:
            return super().make_module(vars, shared, locals)
        made, given = vars[_MADE]
        if self.name not in made:
            made[self.name] = super().make_module({**given, _MADE: vars[_MADE]}, shared=True)
        module: TemplateModule = made[self.name]
        return module


class Templates(Environment):
    """Our templates' environment."""

    context_class = Calls
    code_generator_class = Code
    template_class = Page
    #: A text as it may stand in a page.
    escaped = staticmethod(escaped)
