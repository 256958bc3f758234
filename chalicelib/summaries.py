"""A page's list of what is wrong, with the names of the fields: twice "please fill this in" says nothing.

The list stands above the form, so a field's own name is not written yet when the list is. It is read from the page as
it was made: the label of the field to which the link leads, or the legend of its group.
"""

import re

_LIST = re.compile(r'<h2 id="summary-title">.*?</ul>', re.DOTALL)
_LINK = re.compile(r'<a href="#f-([^"]+)">(.*?)</a>')
_LEGEND = re.compile(r"<legend[^>]*>(.*?)</legend>", re.DOTALL)
#: What stands in a label besides the name: `(optional)`, counts, pictures.
_ASIDE = re.compile(r"<(span|svg|small)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def with_names(html: str) -> str:
    """A page whose list of errors names each one's field before what is wrong with it, and has no link to what is not
    on the page; as it was where it has no such list, or a field has no name."""
    found = _LIST.search(html)
    if found is None:
        return html
    form = html[found.end() :]
    named = _LINK.sub(lambda link: _named(form, link[1], link[2]), found[0])
    return html[: found.start()] + named + form


def _named(form: str, field: str, message: str) -> str:
    place = re.search(rf'<[^>]* id="f-({re.escape(field)})"[^>]*>', form) or _one_of_several(form, field)
    if place is None:  # nothing that somebody can see: the page is an old one, or was tampered with
        return message
    name = _name(form, place[1], place)
    return f'<a href="#f-{place[1]}">{f"<b>{name}</b> " if name else ""}{message}</a>'


def _one_of_several(form: str, field: str) -> re.Match[str] | None:
    """The wrong one of a page's several fields of one name, which have ids of their own."""
    return re.search(rf'<[^>]* id="f-([^"]+)" name="{re.escape(field)}"[^>]* aria-invalid="true"[^>]*>', form)


def _name(form: str, spot: str, place: re.Match[str]) -> str:
    """The name of a field, as markup without tags: its label, the one that its place itself gives (`data-name`), or
    its group's legend; empty where it has none."""
    label = re.search(rf'<label[^>]* for="f-{re.escape(spot)}"[^>]*>(.*?)</label>', form, re.DOTALL)
    if label and 'type="radio"' not in place[0]:  # of those the label is only the first answer
        return _plain(label[1])
    given = re.search(r'data-name="([^"]*)"', place[0])
    return given[1] if given else _legend(form, place.start())


def _legend(form: str, at: int) -> str:
    """The legend of the group that is open here."""
    group = form.rfind("<fieldset", 0, at)
    legend = _LEGEND.search(form, group) if group > form.rfind("</fieldset>", 0, at) else None
    return _plain(legend[1]) if legend else ""


def _plain(markup: str) -> str:
    return _TAG.sub("", _ASIDE.sub("", markup)).strip()
