"""From the list: "not fixed" and "fixed, thank you" in one tap, and what the page asks for then."""

from typing import Any

import pytest

from chalicelib.answers import FLASHES
from chalicelib.issues import store
from chalicelib.portal import Portal
from tests.browser import Browser
from tests.factories import People, bring_to


def test_not_fixed_takes_one_tap_and_then_asks_what_is_wrong(
    signed_in: Any, site: Portal, people: People
) -> None:
    file = bring_to(portal=site, people=people, status="resolved")
    owner: Browser = signed_in("owner")
    for path in ("/", "/issues"):
        assert f'action="/issues/{file.issue.id}/reopen"' in owner.get(path).text
    fields = {"version": file.issue.version, "at_once": "1"}
    pages = [owner.post(f"/issues/{file.issue.id}/reopen", fields) for _ in range(2)]
    assert [page.headers["location"] for page in pages] == [f"/issues/{file.issue.id}?again=1"] * 2
    issue = store.get(site.db, site.keys, file.issue.id)
    assert issue
    assert (issue.status, issue.reopened) == ("reopened", 1)
    text = owner.get(pages[0].headers["location"]).text
    assert text.count('id="message"') == 1
    assert text.index('id="message"') < text.index('class="line-of-time"')


def test_the_issues_own_form_still_asks_for_words(signed_in: Any, site: Portal, people: People) -> None:
    file = bring_to(portal=site, people=people, status="resolved")
    page = signed_in("owner").post(f"/issues/{file.issue.id}/reopen", {"version": file.issue.version})
    assert (page.status, "f-reason-why" in page.text) == (422, True)


def test_after_fixed_thank_you_the_stars_are_there(signed_in: Any, site: Portal, people: People) -> None:
    file = bring_to(portal=site, people=people, status="resolved")
    owner: Browser = signed_in("owner")
    page = owner.post(f"/issues/{file.issue.id}/confirm", {"version": file.issue.version}, follow=True)
    assert page.url == f"/issues/{file.issue.id}?rate=1"
    assert 'id="rate" open' in page.text
    assert page.text.count('type="radio"') == 15
    assert "data-rate>" in page.text
    marks = {"professionalism": 5, "attitude": 4, "efficiency": 3}
    rated = owner.post(f"/issues/{file.issue.id}/rating", marks, follow=True)
    assert "data-rate>" not in rated.text, "changing a rating takes the button"
    assert 'id="rate"' in rated.text


@pytest.mark.parametrize(
    "code", ["message_sent", "urged", "cancelled", "confirmed", "reopened", "rated", "followed", "unfollowed"]
)
def test_every_step_of_an_owner_says_what_comes_of_it(code: str) -> None:
    kind, words = FLASHES[code]
    assert kind == "success"
    assert len([part for part in words.replace("!", ".").replace(";", ".").split(".") if part.strip()]) >= 2
