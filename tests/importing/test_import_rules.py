"""Reading people's spreadsheets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.importing.rules import Row, read_rows

HEADER = "community_id,community,building,unit,unit_id,name,phone,role\n"
ROW = "maple,枫林苑,1,101,maple-1-101,王秀英,+8613800000001,owner\n"
WANTED = Row(
    line=2,
    community_id="maple",
    community="枫林苑",
    unit_id="maple-1-101",
    building="1",
    unit="101",
    name="王秀英",
    phone="+8613800000001",
    role="owner",
)


def _one(text: str) -> Row:
    (row,) = read_rows(HEADER.encode() + text.encode(), 10)
    return row


def _problems(text: str) -> list[str]:
    return [problem.field for problem in _one(text).problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_as_excel_saves_it(encoding: str, separator: str, end: str) -> None:
    text = (HEADER + ROW).replace(",", separator).replace("\n", end)
    assert read_rows(text.encode(encoding), 10) == [WANTED]


def test_columns_go_by_their_chinese_names_in_any_order() -> None:
    text = "手机号,姓名,角色,房号,楼栋,小区编号,小区名称,备注\n138 0000 0001,王秀英,业主,101室,1栋,MAPLE,枫林苑,x\n"
    (row,) = read_rows(text.encode(), 10)
    assert (row.community_id, row.community, row.phone, row.role) == (
        "maple",
        "枫林苑",
        "+8613800000001",
        "owner",
    )
    assert row.unit_id == "maple-1-101"
    assert row.label == "1栋-101室"
    assert row.problems == []


@pytest.mark.parametrize(
    ("words", "role"),
    [("owner", "owner"), ("", "owner"), ("客服", "front_line"), ("管家", "front_line"), ("维修工", "technician"),
     ("设计师", "designer"), ("经理", "manager"), ("审计", "auditor"), ("Front-Line", "front_line")],
)  # fmt: skip
def test_roles_go_by_their_names_in_both_languages(words: str, role: str) -> None:
    assert _one(f"maple,,1,101,,王秀英,13800000001,{words}\n").role == role


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("maple,,1,101,,,,\n", []),
        ("maple,枫林苑,,,,,,\n", []),
        ("maple,,,,,,,\n", ["unit"]),
        (",,1,101,,,,\n", ["community_id"]),
        ("枫林,,1,101,x,,,\n", ["community_id"]),
        ("maple,,1,101,A B,,,\n", ["unit_id"]),
        ("maple,,1,101,../x,,,\n", ["unit_id"]),
        ("maple,,1,101,,王秀英,123,owner\n", ["phone"]),
        ("maple,,1,101,,王秀英,,owner\n", ["phone"]),
        ("maple,,1,101,,,13800000001,owner\n", ["name"]),
        ("maple,,1,101,,王秀英,13800000001,king\n", ["role"]),
        ("maple,,,,,王秀英,13800000001,owner\n", ["unit"]),
        ("maple,,,,,李静,13800000001,front_line\n", []),
        (f"maple,,1,101,,{'王' * 61},13800000001,owner\n", ["name"]),
        (f"maple,{'枫' * 61},1,101,,,,\n", ["community"]),
    ],
)
def test_what_is_wrong_is_said_field_by_field(text: str, fields: list[str]) -> None:
    assert _problems(text) == fields


def test_blank_lines_are_left_out_and_lines_are_counted_as_the_person_sees_them() -> None:
    text = HEADER + "\n,,,,,,,\n" + ROW + '"maple","枫\n林",1,102,,,,\n' + ROW
    assert [row.line for row in read_rows(text.encode(), 10)] == [4, 6, 7]


def test_quoted_cells_may_hold_separators() -> None:
    assert _one('maple,,1,"101, 左",maple-1-101,"Clarke, Emma",13800000001,owner\n').name == "Clarke, Emma"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_columns"),
        (b"name,phone\nx,y\n", "no_columns"),
        (b"\xff\xfe\x00\x01", "not_text"),
        (b"PK\x03\x04" + b"\x00" * 40, "not_text"),
        (b"\x89PNG\r\n\x1a\n\x00", "not_text"),
        (HEADER.encode() + b'"' + b"x" * 200_000, "not_csv"),
        (HEADER.encode() + ROW.encode() * 4, "too_many_rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        read_rows(data, 3)
    assert [row.code for row in raised.value.errors] == [code]


@given(cells=st.lists(st.text(max_size=30), max_size=10), raw=st.binary(max_size=60))
def test_whatever_a_file_holds_it_is_read_or_refused(cells: list[str], raw: bytes) -> None:
    text = ",".join(f'"{cell}"' for cell in cells).encode("utf-8", "surrogatepass")
    for data in (HEADER.encode() + text, HEADER.encode() + raw, raw):
        try:
            rows = read_rows(data, 10)
        except Invalid:
            continue
        assert all(row.problems or row.community_id for row in rows)


@pytest.mark.parametrize(
    ("given", "kept"), [("1-101", "maple-1-101"), ("maple-1-101", "maple-1-101"), ("", "")]
)
def test_a_homes_id_begins_with_its_communitys(given: str, kept: str) -> None:
    assert _one(f"maple,枫林苑,,,{given},,,\n").unit_id == kept
