"""Importing rows: whole or not at all, without doubles, and never beyond one's own communities."""

import time
from typing import Any

import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.models import Account
from chalicelib.accounts.sessions import new_session, person_of
from chalicelib.audit import store as audit
from chalicelib.communities import store as communities
from chalicelib.desk.models import ImportResult
from chalicelib.errors import Unavailable
from chalicelib.importing.service import Importer, run
from chalicelib.portal import Portal
from chalicelib.records import Item
from tests.factories import NOW, PEOPLE, PHONES, People
from tests.racing import codes, race
from tests.recording import Meanwhile, Once, RecordingClient, refusal

HEADER = PEOPLE.split("\n", 1)[0] + "\n"
EVERYTHING = Importer("test", None)
NEW_PHONE = "+8613700000001"


def _run(
    portal: Portal, text: str, by: Importer = EVERYTHING, *, preview: bool = False, header: str = HEADER
) -> ImportResult:
    return run(portal, by, (header + text).encode(), "en", NOW, preview=preview)


def _results(result: ImportResult) -> list[str]:
    return [row.result for row in result.rows]


def _account(portal: Portal, phone: str) -> Account | None:
    return accounts.find_by_phone(portal.db, portal.keys, phone)


def _everything(portal: Portal, client: RecordingClient) -> list[Item]:
    rows = client.plain.scan(TableName=portal.db.table)["Items"]
    return sorted((row for row in rows if not row["PK"]["S"].startswith("AUDIT#")), key=str)


def test_the_same_file_again_changes_nothing(portal: Portal, engine_client: RecordingClient) -> None:
    first = _run(portal, PEOPLE, header="")
    kept = _everything(portal, engine_client)
    again = _run(portal, PEOPLE, header="")
    assert (first.errors, again.errors, again.created, again.updated) == (0, 0, 0, 0)
    assert set(_results(again)) == {"unchanged"}
    assert _everything(portal, engine_client) == kept


def test_a_preview_tells_what_would_happen_and_changes_nothing(
    portal: Portal, engine_client: RecordingClient
) -> None:
    text = "".join(row for row in PEOPLE.splitlines(keepends=True) if not row.startswith("cedar"))
    preview = _run(portal, text + "maple,,1,103,,,,king\n", header="", preview=True)
    assert preview.preview
    assert _everything(portal, engine_client) == []
    assert _results(preview) == _results(_run(portal, text + "maple,,1,103,,,,king\n", header=""))


def test_a_person_with_several_homes_and_roles_is_one_account(portal: Portal) -> None:
    text = (
        f"maple,,1,101,,王秀英,{NEW_PHONE},owner\ncedar,,2,201,,王秀英,{NEW_PHONE},owner\n"
        f"maple,,,,,王秀英,{NEW_PHONE},technician\nmaple,,,,,王秀英,{NEW_PHONE},front_line\n"
    )
    assert _results(_run(portal, text)) == ["created", "created", "updated", "updated"]
    account = _account(portal, NEW_PHONE)
    assert account is not None
    assert [(u.community_id, u.id) for u in account.units] == [
        ("maple", "maple-1-101"),
        ("cedar", "cedar-2-201"),
    ]
    assert account.roles == {"owner", "technician", "front_line"}
    member = communities.staff_member(portal.db, portal.keys, "maple", account.id)
    assert member is not None
    assert member.roles == ["front_line", "technician"]


def test_a_bad_row_is_left_out_whole_and_the_others_are_taken(portal: Portal) -> None:
    text = f"maple,,1,101,,王秀英,{NEW_PHONE},king\nmaple,,1,102,,,,\n"
    result = _run(portal, text)
    assert _results(result) == ["error", "created"]
    assert (result.rows[0].line, [p.field for p in result.rows[0].problems]) == (2, ["role"])
    assert _account(portal, NEW_PHONE) is None
    assert [unit.id for unit in communities.units(portal.db, "maple")] == ["maple-1-102"]


def test_a_row_whose_write_fails_leaves_nothing_of_itself(
    portal: Portal, engine_client: RecordingClient
) -> None:
    row = f"maple,枫林苑,1,101,,王秀英,{NEW_PHONE},owner\n"
    with (
        engine_client.failing(Once("transact_write_items", refusal("ThrottlingException"))),
        pytest.raises(Unavailable),
    ):
        _run(portal, row)
    assert _everything(portal, engine_client) == []
    assert _results(_run(portal, row)) == ["created"]


def test_the_same_file_imported_twice_at_once_makes_no_doubles(portal: Portal) -> None:
    results = race([lambda: _run(portal, PEOPLE, header="")] * 3)
    assert codes(results) == ["ok"] * 3
    assert all(result.errors == 0 for result in results)
    designer = _account(portal, PHONES["designer"])
    assert designer is not None
    assert sorted(g.community_id for g in designer.grants) == ["cedar", "maple"]
    staff = communities.staff(portal.db, portal.keys, "maple")
    assert sorted(member.id for member in staff) == sorted({member.id for member in staff})
    assert len(staff) == 6


def test_a_person_changed_meanwhile_is_looked_at_again(
    portal: Portal, people: People, engine_client: RecordingClient
) -> None:
    other = f"cedar,,,,,李静,{PHONES['clerk']},front_line\n"
    with engine_client.failing(Meanwhile("transact_write_items", lambda: _run(portal, other))):
        _run(portal, f"maple,,,,,李静,{PHONES['clerk']},technician\n")
    assert {(g.community_id, g.role) for g in people.clerk.grants} == {
        ("maple", "front_line"),
        ("maple", "technician"),
        ("cedar", "front_line"),
    }


def test_the_result_shows_people_masked_and_each_row_is_audited(portal: Portal) -> None:
    result = _run(portal, f"maple,枫林苑,1,101,,王秀英,{NEW_PHONE},owner\n")
    text = result.model_dump_json()
    assert "王*" in text
    assert "137****0001" in text
    assert "王秀英" not in text
    assert NEW_PHONE not in text
    rows = audit.read_day(portal.db, "maple", NOW, 10, None).items
    assert [(row["action"], row["actor_id"], row["subject"]) for row in rows] == [
        ("import_row", "test", "maple-1-101")
    ]
    assert "王秀英" not in str(rows)


# What a manager may import.


@pytest.fixture
def manager(people: People) -> Importer:
    """Maple's manager."""
    return Importer.of_manager(people.manager)


@pytest.mark.parametrize(
    "row",
    [
        f"cedar,,2,201,,王秀英,{NEW_PHONE},owner\n",
        f"cedar,,,,,赵经理,{PHONES['manager']},manager\n",
        "cedar,我的小区,,,,,,\n",
        "cedar,,2,202,,,,\n",
        f"elm,新小区,,,,赵经理,{PHONES['manager']},manager\n",
    ],
)
def test_a_manager_touches_no_other_community(
    portal: Portal, manager: Importer, engine_client: RecordingClient, row: str
) -> None:
    kept = _everything(portal, engine_client)
    result = _run(portal, row, manager)
    assert [[p.field for p in row.problems] for row in result.rows] == [["community_id"]]
    assert _everything(portal, engine_client) == kept


def test_a_manager_gives_roles_in_their_own_community_only(
    portal: Portal, people: People, manager: Importer
) -> None:
    before = people.cedar_clerk
    assert _results(_run(portal, f"maple,,,,,别人,{PHONES['cedar_clerk']},technician\n", manager)) == [
        "updated"
    ]
    after = people.cedar_clerk
    assert after.roles_in("cedar") == before.roles_in("cedar")
    assert after.roles_in("maple") == {"technician"}
    assert after.name == before.name


def test_a_manager_takes_no_home_away_by_giving_one_the_same_id(
    portal: Portal, people: People, manager: Importer
) -> None:
    _run(portal, f"maple,,9,999,cedar-2-201,Emma Clarke,{PHONES['cedar_owner']},owner\n", manager)
    assert ("cedar", "cedar-2-201") in [(u.community_id, u.id) for u in people.cedar_owner.units]


@pytest.mark.parametrize(("phone", "renamed"), [("owner", True), ("cedar_owner", False)])
def test_a_manager_corrects_names_only_of_people_who_belong_nowhere_else(
    portal: Portal, people: People, manager: Importer, phone: str, renamed: bool
) -> None:
    _run(portal, f"maple,,1,101,,新名字,{PHONES[phone]},owner\n", manager)
    assert (getattr(people, phone).name == "新名字") is renamed


def test_a_manager_may_import_at_most_five_hundred_rows_at_once(portal: Portal, manager: Importer) -> None:
    with pytest.raises(Exception, match="invalid"):
        _run(portal, "maple,,1,101,,,,\n" * 501, manager)


def test_a_role_given_by_import_holds_in_a_session_that_is_open(portal: Portal, people: People) -> None:
    token, _, write = new_session(portal, people.owner, NOW)
    portal.db.write(write)
    _run(portal, f"maple,,,,,王秀英,{PHONES['owner']},technician\n")
    person: Any = person_of(portal, token, NOW)
    assert person.roles == {"owner", "technician"}


def test_buildings_imported_at_once_are_all_kept(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal.db, "_sleep", time.sleep)  # those who collide get apart by waiting

    def rows(first: int) -> str:
        return "".join(f"maple,枫林苑,{n},101,,,,\n" for n in range(first, first + 5))

    results = race([lambda n=n: _run(portal, rows(n)) for n in (10, 20, 30)])  # type: ignore[misc]
    assert codes(results) == ["ok"] * 3
    kept = portal.db.get(communities.community_key("maple"))
    assert kept is not None
    assert {str(n) for first in (10, 20, 30) for n in range(first, first + 5)} <= set(kept["buildings"])


def test_a_row_in_short_says_the_community_and_the_role_in_words(portal: Portal, people: People) -> None:
    text = "maple,,1,109,,Ho,13700000009,owner\ncedar,,1,109,,Ho,13700000009,owner\n"
    rows = run(
        portal, Importer("m", frozenset({"maple"})), (HEADER + text).encode(), "zh-CN", NOW, preview=True
    )
    name = communities.get(portal.db, "maple").name
    assert [row.summary for row in rows.rows] == [
        f"{name} · 1-109 · 业主 · H* 137****0009",
        "cedar · 1-109 · 业主 · H* 137****0009",  # of another's community the file's own words
    ]
