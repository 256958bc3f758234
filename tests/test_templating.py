"""Our environment writes what Jinja's own writes."""

from collections import OrderedDict
from functools import cache
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError, pass_context
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
    "{% macro m(a, b='<', c=none) %}{{ a }}{{ b }}{{ c }}{% endmacro %}"
    "{{ m('&') }}{{ m('&', c=safe) }}{{ m('&', 2, 3) }}{{ m(a=1) ~ '<' }}{% for n in many %}{{ m(n) }}{% endfor %}",
    "{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m('&', 2, 3, x='<') }}",
    "{% autoescape false %}{% macro m(a) %}<{{ a }}>{% endmacro %}{{ m('&') }}{% endautoescape %}",
    "{{ row.inner.deep }} {{ (row.inner.deep ~ row.name).upper() }} {{ row.n + row.inner.deep | length }}",
    "{{ many | map('string') | join(row.inner.deep) }} {{ none }} {{ true }} {{ row.inner }}",
    "{% for n in many if n > row.n - 6 %}{{ row.inner.deep if n == 2 else row.name }}{% endfor %}",
    "{% set part %}{{ row.name }}{% endset %}{{ part }}{{ '<literal>' }}{{ 1.5 }}",
    "{% autoescape false %}{{ row.name }}{% endautoescape %}{{ row.missing is defined }}",
]


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_template_comes_out_as_with_jinjas_own_environment(text: str) -> None:
    options: dict[str, Any] = {"autoescape": True, "undefined": StrictUndefined}
    ours, theirs = (kind(**options).from_string(text).render(VALUES) for kind in (Templates, Environment))
    assert ours == theirs


@pytest.mark.parametrize(
    "text",
    ["{{ row.missing }}", "{{ row.name.missing }}", "{{ missing }}", "{{ missing() }}",
     "{% macro m(a) %}{{ a }}{% endmacro %}{{ m() }}"],
)  # fmt: skip
def test_what_is_not_there_is_an_error_and_not_an_empty_place(text: str) -> None:
    with pytest.raises(UndefinedError):
        Templates(autoescape=True, undefined=StrictUndefined).from_string(text).render(VALUES)


def test_too_many_arguments_for_a_macro_are_an_error() -> None:
    with pytest.raises(TypeError, match="not more than 1"):
        Templates(autoescape=True).from_string("{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}").render()


def _library(**files: str) -> Templates:
    return Templates(loader=DictLoader(files), autoescape=True, undefined=StrictUndefined)


def test_what_is_imported_with_context_sees_what_each_page_was_given() -> None:
    pages = _library(
        names="{% macro greet() %}{{ who }}{{ greeting }}{% endmacro %}",
        cards="{% import 'names' as names with context %}{% macro card() %}[{{ names.greet() }}]{% endmacro %}",
        frame="{% import 'names' as names with context %}{{ names.greet() }}{% block main %}{% endblock %}",
        page="{% extends 'frame' %}{% import 'cards' as cards with context %}"
        "{% block main %}{% import 'names' as names with context %}{{ cards.card() }}{{ names.greet() }}{% endblock %}",
    )
    pages.globals["greeting"] = "!"
    page = pages.get_template("page")
    assert page.render(who="王 &") == "王 &amp;![王 &amp;!]王 &amp;!"
    assert page.render(who="李") == "李![李!]李!"


def test_a_library_is_made_once_for_a_page_however_often_it_is_imported() -> None:
    made: list[int] = []
    pages = _library(
        names="{% set one = note() %}{% macro greet() %}{{ one }}{% endmacro %}",
        cards="{% import 'names' as names with context %}{% macro card() %}{{ names.greet() }}{% endmacro %}",
        page="{% import 'names' as names with context %}{% import 'cards' as cards with context %}"
        "{{ names.greet() }}{{ cards.card() }}",
    )

    def note() -> int:
        made.append(1)
        return len(made)

    assert pages.get_template("page").render(note=note) == "11"
    assert pages.get_template("page").render(note=note) == "22"


def test_a_library_does_not_see_what_a_template_on_the_way_has_set() -> None:
    pages = _library(
        names="{% macro greet() %}{{ who }}{% endmacro %}",
        page="{% set who = 'x' %}{% import 'names' as names with context %}{{ names.greet() }}",
    )
    with pytest.raises(UndefinedError):  # it would depend on who imports it first
        pages.get_template("page").render()
