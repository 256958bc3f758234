"""All templates in all languages, as each channel shows them."""

import re
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from chalicelib import i18n
from chalicelib.inbox.models import Event
from chalicelib.messages import preview, words
from chalicelib.messages.rules import parts
from tests.factories import NOW

ORIGIN = "https://home.example.com"
#: Two parts are worth it where a visit's time is said, or a name that is not a number.
_WITH_VISIT = {
    *(name for name in preview.names() if preview.sample(name, NOW).subject),
    "assigned",
    "paused",
    "staff_given_to_you",
    "visit_soon",
    "staff_visit_soon",
}
BOTH = pytest.mark.parametrize("locale", i18n.LOCALES)


@BOTH
@pytest.mark.parametrize("name", preview.names())
def test_a_template_is_there_for_each_channel_and_fits_into_a_text_message(name: str, locale: str) -> None:
    found = preview.one(name, locale, NOW, ORIGIN)
    for channel in ("subject", "sms", "letter", "html"):
        assert found[channel].strip()
        assert not re.search(r"[{}]|None", found[channel]), channel
    if name != "email_check":
        assert found["parts"] <= (2 if name in _WITH_VISIT else 1), found["sms"]
    assert "\n" not in found["subject"]
    assert found["sms"].endswith(" " + re.findall(r"https://\S+", found["sms"])[-1])


@BOTH
@pytest.mark.parametrize("event", get_args(Event))
@pytest.mark.parametrize("desk", [False, True], ids=["owner", "staff"])
def test_every_event_says_something(event: str, locale: str, desk: bool) -> None:
    message = preview.sample(f"staff_{event}" if desk else event, NOW)
    said = words.wording(message, locale, ZoneInfo("Asia/Shanghai"), NOW).subject
    of_points = event.startswith(("tier_", "voucher_"))  # has no number, but a level or a reward
    wanted = words.category_name(message, locale) if of_points and not desk else "261231-00001"
    if words.template_of(message) in ("referral_qualified", "staff_referral_flagged"):
        wanted = said  # an invitation has neither: nothing in a message says whose it is
        assert words.link_of(message).endswith(("/refer", "/desk/referrals/sample"))
    wanted = message.subject or wanted
    assert wanted in said or "261231-00001" in said


def test_every_template_has_the_same_words_to_fill_in_for_each_language() -> None:
    for name in preview.names():
        found = {
            locale: [
                set(re.findall(r"{(\w+)}", words._text(name, locale, part))) for part in ("subject", "body")
            ]
            for locale in i18n.LOCALES
        }
        assert found["zh-CN"] == found["en"], name


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("修" * 70, 1), ("修" * 71, 2), ("修" * 134, 2), ("修" * 135, 3),
        ("😀" * 35, 1), ("😀" * 36, 2),
    ],
)  # fmt: skip
def test_a_text_is_as_many_messages_as_it_is_paid_for(text: str, many: int) -> None:
    assert parts(text) == many


def test_what_messages_say_is_there_over_the_api_in_either_language(caller: Any) -> None:
    manager, path = caller("manager"), "/desk/messages/templates"
    english = manager.api("GET", f"{path}?locale=en").json
    assert [one["name"] for one in english["items"]] == preview.names()
    given = {one["name"]: one for one in english["items"]}["resolved"]
    said = preview.one("resolved", "en", NOW, ORIGIN)
    assert given.keys() == said.keys()
    assert (given["subject"], given["parts"]) == (said["subject"], said["parts"])
    chinese = manager.api("GET", f"{path}?locale=zh-CN").json
    assert chinese["locale"] == "zh-CN"
    assert [one["sms"] for one in chinese["items"]] != [one["sms"] for one in english["items"]]
    assert manager.api("GET", f"{path}?locale=fr").status == 422
    assert caller("clerk").api("GET", path).status == 403
