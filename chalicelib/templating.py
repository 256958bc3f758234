"""Jinja2 with less work for each name and call in a template; what comes out is the same."""

from functools import cache
from types import BuiltinMethodType, FunctionType
from typing import Any

from jinja2 import Environment
from jinja2.runtime import Context, Macro

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


class Templates(Environment):
    """Reads `row.name` of a dict by its key at once. Jinja first fails to find an attribute of that name."""

    context_class = Calls

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As in the base class: a dict's methods go before its keys."""
        if type(obj) is dict and attribute in obj and attribute not in _METHODS:
            return obj[attribute]
        return super().getattr(obj, attribute)
