"""Our environment writes what Jinja's own writes."""

from collections import OrderedDict
from functools import cache
from typing import Any

import pytest
from jinja2 import Environment, StrictUndefined, UndefinedError, pass_context
from markupsafe import Markup

from chalicelib.templating import Templates


@cache
def remembered(text: str, more: str = "") -> str:
    return f"<{text}{more}>"


@pass_context
def named(context: Any, name: str) -> Any:
    return context[name]


VALUES: dict[str, Any] = {
    "row": {"name": "<b>王</b>", "n": 7, "items": "a key", "nothing": None, "inner": {"deep": "&"}},
    "ordered": OrderedDict(items=1, other="<"),
    "safe": Markup("<i>{}</i>").format("<"),
    "person": type("Person", (), {"name": "李 & 静", "get": lambda self, what="x": what})(),
    "many": [1, 2, 3],
    "remembered": remembered,
    "named": named,
    "plain": lambda *given, **more: f"<{given}{sorted(more)}>",
}
TEMPLATES = [
    "{{ row.name }} {{ row['name'] }} {{ row.n }} {{ row.nothing }} {{ row.inner.deep }}",
    "{{ row.items() | list | length }} {{ row.get('name') }} {{ row.keys() | list }}",
    "{{ ordered.other }} {{ ordered.items() | list }}",
    "{{ safe }} {{ safe ~ row.name }} {{ row.name | safe }} {{ row.name | e }}",
    "{{ person.name }} {{ person.get('<') }} {{ person.get(what='&') }}",
    "{{ remembered('x') }} {{ remembered('x', more='&') }} {{ named('safe') }} {{ plain(1, a=2) }}",
    "{% for n in many %}{{ plain(n) }}{{ loop.index }}{% set x = n %}{{ named('x') }}{% endfor %}",
    "{% macro m(a, b='<') %}<u>{{ a }}{{ b }}"
    "{% if caller is defined and caller %}{{ caller() }}{% endif %}</u>{% endmacro %}"
    "{{ m(row.name) }}{{ m('x', b=safe) }}{% call m('y') %}{{ row.name }}{% endcall %}{{ m('z') | length }}",
    "{% set part %}{{ row.name }}{% endset %}{{ part }}{{ '<literal>' }}{{ 1.5 }}",
    "{% autoescape false %}{{ row.name }}{% endautoescape %}{{ row.missing is defined }}",
]


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_template_comes_out_as_with_jinjas_own_environment(text: str) -> None:
    options: dict[str, Any] = {"autoescape": True, "undefined": StrictUndefined}
    ours, theirs = (kind(**options).from_string(text).render(VALUES) for kind in (Templates, Environment))
    assert ours == theirs


@pytest.mark.parametrize(
    "text", ["{{ row.missing }}", "{{ row.name.missing }}", "{{ missing }}", "{{ missing() }}"]
)
def test_what_is_not_there_is_an_error_and_not_an_empty_place(text: str) -> None:
    with pytest.raises(UndefinedError):
        Templates(autoescape=True, undefined=StrictUndefined).from_string(text).render(VALUES)
