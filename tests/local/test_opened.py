"""Parts that only scripts open, as the style page shows them."""

import pytest

from local.opened import apart, classed, inside, opened, within


def test_what_is_hidden_or_folded_is_opened_but_for_what_is_to_stay_shut() -> None:
    html = '<details class="a"><p hidden>x</p><p data-now hidden>y</p><a class="hidden">z</a></details>'
    assert opened(html, shut=("data-now",)) == (
        '<details class="a" open><p>x</p><p data-now hidden>y</p><a class="hidden" href="#main">z</a></details>'
    )


def test_words_come_where_scripts_write_them() -> None:
    html = '<p data-what></p><b></b><i data-what>kept</i><span data-words="%(n)s chosen"></span>'
    words = {"data-what": "<Fixed>", "b": "Pipe", "n": "3"}
    assert opened(html, words) == (
        '<p data-what>&lt;Fixed&gt;</p><b>Pipe</b><i data-what>kept</i><span data-words="%(n)s chosen">3 chosen</span>'
    )


def test_a_template_is_taken_out_and_its_rows_are_put_into_the_list() -> None:
    html = (
        '<ul class="rows"></ul><template data-a><li>1</li></template><template data-b><li>2</li></template>'
    )
    row = inside(html, "template", "data-b")
    assert row == "<li>2</li>"
    assert within(html, 'class="rows"', row).startswith('<ul class="rows"><li>2</li></ul>')


def test_what_is_not_there_is_an_error_and_no_silent_gap() -> None:
    with pytest.raises(LookupError):
        inside("<p></p>", "template", "data-row")
    with pytest.raises(LookupError):
        within('<ul class="rows"><li></li></ul>', 'class="rows"', "")


def test_a_part_that_stands_there_twice_has_ids_of_its_own() -> None:
    html = '<h2 id="t">x</h2><input form="f" aria-describedby="a b"><label for="i" data-id="i">y</label>'
    assert apart(html, "2") == (
        '<h2 id="t-2">x</h2><input form="f-2" aria-describedby="a-2 b-2"><label for="i-2" data-id="i">y</label>'
    )
    assert classed('<p class="bulk wide">', "bulk", "has-picks") == '<p class="bulk has-picks wide">'
