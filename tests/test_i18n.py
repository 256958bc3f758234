"""Languages, and times, statuses and roles in people's words."""

import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from chalicelib import i18n, time_words

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_CN" / "LC_MESSAGES" / "messages.po"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 4, 5, tzinfo=UTC)  # Sunday, 12:05 in Shanghai


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The Chinese catalogue as it is kept in the repository."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_CN")


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the templates and the code say now."""
    target = tmp_path_factory.mktemp("words") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg", "-o"]
    subprocess.run([*command, str(target), "."], cwd=ROOT, check=True, timeout=60)
    with target.open("rb") as file:
        return read_po(file)


def _places(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]|%[sd%]", text))


def _texts(value: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [""])


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def test_no_string_is_missing_from_the_chinese_catalogue(catalogue: Catalog, wanted: Catalog) -> None:
    missing = [
        message.id
        for message in _messages(wanted)
        if (found := catalogue.get(message.id)) is None or not all(_texts(found.string))
    ]
    assert missing == []


def test_the_catalogue_keeps_no_string_that_nobody_says_any_more(catalogue: Catalog, wanted: Catalog) -> None:
    assert [message.id for message in _messages(catalogue) if wanted.get(message.id) is None] == []


def test_no_translation_is_a_guess(catalogue: Catalog) -> None:
    assert [message.id for message in _messages(catalogue) if message.fuzzy] == []


def test_every_translation_has_the_placeholders_of_its_original(catalogue: Catalog) -> None:
    wrong = [
        (message.id, text)
        for message in _messages(catalogue)
        for text in _texts(message.string)
        if _places(text) != _places(_texts(message.id)[-1])
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_as_new_as_its_source(catalogue: Catalog) -> None:
    say = i18n.translations("zh-CN")
    stale = [m.id for m in _messages(catalogue) if isinstance(m.id, str) and say.gettext(m.id) != m.string]
    assert stale == [], "run `make locale`"


@pytest.mark.parametrize(
    ("query", "account", "header", "expected"),
    [
        ("en", "zh-CN", "zh", "en"),
        (None, "en", "zh-CN", "en"),
        (None, None, "en-GB,zh;q=0.5", "en"),
        (None, None, "en;q=0.2, zh-Hans;q=0.9", "zh-CN"),
        (None, None, "fr, en_US;q=0.1", "en"),
        (None, None, "en;q=0, *", "zh-CN"),
        (None, None, "en;q=nonsense", "zh-CN"),
        ("klingon", None, None, "zh-CN"),
        (None, None, "," * 5000, "zh-CN"),
    ],
)
def test_the_language_is_the_first_one_asked_for_that_we_speak(
    query: str | None, account: str | None, header: str | None, expected: str
) -> None:
    assert i18n.pick_locale(query, account, header) == expected


@pytest.mark.parametrize(
    ("hours", "chinese", "english"),
    [
        (2, "今天 14:05", "today 14:05"),
        (24, "明天 12:05", "tomorrow 12:05"),
        (-24, "昨天 12:05", "yesterday 12:05"),
        (48, "后天 12:05", "Tue 24 Nov 12:05"),
        (-48, "前天 12:05", "Fri 20 Nov 12:05"),
        (72, "11月25日 周三 12:05", "Wed 25 Nov 12:05"),
        (24 * 60, "2027年1月21日 周四 12:05", "Thu 21 Jan 2027 12:05"),
    ],
)
def test_a_moment_is_said_as_people_say_it(hours: int, chinese: str, english: str) -> None:
    moment = NOW + timedelta(hours=hours)
    assert time_words.when(moment, NOW, SHANGHAI, "zh-CN") == chinese
    assert time_words.when(moment, NOW, SHANGHAI, "en") == english


def test_today_is_the_community_s_day_and_not_the_server_s() -> None:
    late_in_utc = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)  # already the 22nd in Shanghai
    assert time_words.day(late_in_utc, NOW, SHANGHAI, "en") == "today"
    assert time_words.day(late_in_utc, NOW, ZoneInfo("UTC"), "en") == "yesterday"


def test_a_range_names_its_day_once_and_both_days_when_they_differ() -> None:
    start, end = NOW + timedelta(hours=2), NOW + timedelta(hours=4)
    assert time_words.time_range(start, end, NOW, SHANGHAI, "zh-CN") == "今天 14:05–16:05"
    overnight = NOW + timedelta(hours=14)
    assert time_words.time_range(start, overnight, NOW, SHANGHAI, "en") == "today 14:05 – tomorrow 02:05"


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        (130, "还剩 2 小时 10 分钟", "2 h 10 min left"),
        (120, "还剩 2 小时", "2 h left"),
        (0, "还剩 1 分钟", "1 min left"),
        (59.6, "还剩 1 小时", "1 h left"),
        (26 * 60, "还剩 1 天 2 小时", "1 d 2 h left"),
        (-35, "已超时 35 分钟", "overdue 35 min"),
        (-3 * 24 * 60, "已超时 3 天", "overdue 3 d"),
    ],
)
def test_a_deadline_is_said_as_the_time_that_is_left(minutes: float, chinese: str, english: str) -> None:
    deadline = NOW + timedelta(minutes=minutes)
    assert time_words.time_left(deadline, NOW, "zh-CN") == chinese
    assert time_words.time_left(deadline, NOW, "en") == english


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_every_status_role_and_reason_has_words_of_its_own(locale: str) -> None:
    for table, say in (
        (i18n.STATUS, i18n.status_words),
        (i18n.STATUS_OWNER, i18n.status_owner),
        (i18n.STATUS_SHORT, i18n.status_short),
        (i18n.PAUSES, i18n.pause_words),
        (i18n.ROLES, i18n.role_words),
        (i18n.PHOTO_REASONS, i18n.photo_words),
    ):
        words = [say(key, locale) for key in table]
        assert len(set(words)) == len(table)
        assert not set(words) & set(table)


def test_owners_and_staff_have_a_word_for_each_state() -> None:
    assert i18n.STATUS_OWNER.keys() == i18n.STATUS_SHORT.keys() == i18n.STATUS.keys()
    assert (i18n.status_owner("submitted", "zh-CN"), i18n.status_short("submitted", "zh-CN")) == (
        "已收到",
        "待受理",
    )


def test_an_unknown_status_is_shown_as_it_is() -> None:
    assert i18n.status_words("escalated", "zh-CN") == "escalated"


_TIGHT = re.compile(r"[\u4e00-\u9fff](\d|@)|(\d|@)[\u4e00-\u9fff]")
#: What is a number or ends in one; a bare day in Chinese signs (`%(day)s`) is a word like others.
_NUMBERS = re.compile(r"%\((?:when|until|at|n|num|number|days|length|points)\)[sd]|\{(?:when|number|n)\}")


def test_chinese_keeps_a_space_between_its_characters_and_numbers(catalogue: Catalog) -> None:
    texts = [text for message in _messages(catalogue) for text in _texts(message.string)]
    texts += [path.read_text() for path in (ROOT / "templates" / "messages").rglob("zh-CN.*")]
    assert [text for text in texts if _TIGHT.search(_NUMBERS.sub("@", text))] == []


@pytest.mark.parametrize(
    ("first", "last", "chinese", "english"),
    [
        (date(2026, 11, 14), date(2026, 11, 22), "11月14日 – 11月22日", "14 Nov – 22 Nov"),
        (date(2026, 11, 14), None, "11月14日起", "from 14 Nov"),
        (None, date(2027, 1, 2), "至 2027年1月2日", "up to 2 Jan 2027"),
        (None, None, "", ""),
    ],
)
def test_days_of_building_work_are_dates_also_when_they_are_near(
    first: date | None, last: date | None, chinese: str, english: str
) -> None:
    today = date(2026, 11, 22)
    assert time_words.date_range(first, last, today, "zh-CN") == chinese
    assert time_words.date_range(first, last, today, "en") == english


@pytest.mark.parametrize(
    ("zone", "chinese", "english"),
    [
        ("Asia/Shanghai", "北京时间", "China Standard Time (Beijing)"),
        ("Australia/Lord_Howe", "Lord Howe 时间", "Lord Howe time"),
    ],
)
def test_a_zone_has_the_name_that_people_give_it(zone: str, chinese: str, english: str) -> None:
    assert (time_words.zone_words(zone, "zh-CN"), time_words.zone_words(zone, "en")) == (chinese, english)
