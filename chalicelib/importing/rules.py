"""Reading a CSV of communities, homes, owners and staff: decoding, columns, and what each row says. No I/O."""

import csv
import io
import re
from dataclasses import dataclass, field

from chalicelib.accounts.models import Role
from chalicelib.accounts.rules import parse_phone
from chalicelib.desk.models import Problem
from chalicelib.errors import N_, Invalid
from chalicelib.inputs import clean

#: Column → its other names, as people's spreadsheets have them.
COLUMNS = {
    "community_id": ("小区编号",),
    "community": ("小区", "小区名称", "community_name"),
    "unit_id": ("房屋编号",),
    "building": ("楼栋", "楼号"),
    "unit": ("房号", "房屋", "unit_label"),
    "name": ("姓名", "业主姓名"),
    "phone": ("手机", "手机号", "电话"),
    "role": ("角色", "身份"),
}
ROLES: dict[str, Role] = {
    "owner": "owner", "业主": "owner",
    "front_line": "front_line", "front-line": "front_line", "客服": "front_line", "管家": "front_line",
    "senior": "senior", "主管": "senior", "资深客服": "senior",
    "technician": "technician", "维修工": "technician", "维修": "technician",
    "designer": "designer", "设计师": "designer",
    "manager": "manager", "经理": "manager",
    "expert": "expert", "专家": "expert",
    "auditor": "auditor", "审计": "auditor",
}  # fmt: skip
_ID = re.compile(r"^[a-z0-9][a-z0-9_-]{0,59}$")
_LONGEST = {"name": 60, "community": 60, "building": 30, "unit": 40}
_NOT_TEXT = N_("This is not a CSV file that we can read. Save it as CSV, in UTF-8 or GB18030.")
_NO_COLUMNS = N_("The first line must name the columns; at least community_id (小区编号).")
_BAD_ID = N_("Use small letters, digits, - and _.")
_NO_NAME = N_("A person needs a name.")
_NO_PHONE = N_("A person needs a phone number.")
_NO_UNIT = N_("An owner needs a home: give building and unit, or unit_id.")
_NO_ROLE = N_("Give one of: owner, front_line, senior, technician, designer, manager, expert, auditor.")
_TOO_LONG = N_("This is too long.")
_NOTHING = N_("This row says nothing: give a home or a person.")


@dataclass
class Row:
    """One row, read. `problems` tells what is wrong; such a row is left out whole."""

    line: int
    community_id: str = ""
    community: str = ""
    unit_id: str = ""
    building: str = ""
    unit: str = ""
    name: str = ""
    phone: str = ""
    role: Role | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def label(self) -> str:
        """How people call the home."""
        return "-".join(part for part in (self.building, self.unit) if part) or self.unit_id


def decode(data: bytes) -> str:
    """The text of a CSV file as Excel saves it: UTF-8 with or without BOM, else GB18030; raises Invalid."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Invalid.field("file", "not_text", _NOT_TEXT)


def read_rows(data: bytes, most: int) -> list[Row]:
    """The rows of a CSV file, blank ones left out; raises Invalid when it can't be read or has more than `most`."""
    lines = list(_lines(decode(data)))
    columns = _columns(lines[0][1]) if lines else {}
    if "community_id" not in columns.values():
        raise Invalid.field("file", "no_columns", _NO_COLUMNS)
    if len(lines) - 1 > most:
        raise Invalid.field(
            "file", "too_many_rows", N_("These are too many rows for one file. Split it, please.")
        )
    return [_row(line, dict(_named(columns, cells))) for line, cells in lines[1:]]


def _lines(text: str) -> list[tuple[int, list[str]]]:
    delimiter = "\t" if "\t" in text.split("\n", 1)[0] else ";" if ";" in text.split("\n", 1)[0] else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        return [
            (reader.line_num, [clean(cell) for cell in cells])
            for cells in reader
            if any(map(str.strip, cells))
        ]
    except csv.Error as error:
        raise Invalid.field("file", "not_csv", _NOT_TEXT) from error


def _columns(header: list[str]) -> dict[int, str]:
    names = {alias: name for name, aliases in COLUMNS.items() for alias in (name, *aliases)}
    return {place: names[cell.lower()] for place, cell in enumerate(header) if cell.lower() in names}


def _named(columns: dict[int, str], cells: list[str]) -> list[tuple[str, str]]:
    return [(name, cells[place]) for place, name in columns.items() if place < len(cells)]


def _row(line: int, cells: dict[str, str]) -> Row:
    row = Row(line=line)
    for name in ("community", "building", "unit", "name"):
        setattr(row, name, cells.get(name, ""))
        if len(cells.get(name, "")) > _LONGEST[name]:
            row.problems.append(Problem(field=name, message=_TOO_LONG))
    row.community_id = cells.get("community_id", "").lower()
    row.unit_id = _in_community(row, (cells.get("unit_id") or _made_unit_id(row)).lower())
    for name in ("community_id", "unit_id"):
        value = getattr(row, name)
        if (value or name == "community_id") and not _ID.match(value):
            row.problems.append(Problem(field=name, message=_BAD_ID))
    _read_person(row, cells.get("phone", ""), cells.get("role", "").lower())
    if not row.problems and not row.unit_id and not row.phone and not row.community:
        row.problems.append(Problem(field="unit", message=_NOTHING))
    return row


def _in_community(row: Row, unit_id: str) -> str:
    """A home's id begins with its community's: reports name the home alone, so ids must differ everywhere."""
    begins = f"{row.community_id}-"
    if not unit_id or not _ID.match(row.community_id) or unit_id.startswith(begins):
        return unit_id
    return begins + unit_id


def _made_unit_id(row: Row) -> str:
    """An id from community, building and number, where those are plain letters and digits."""
    if not row.unit:
        return ""
    parts = [row.community_id, re.sub(r"[栋幢座号楼\s]", "", row.building), re.sub(r"[室\s]", "", row.unit)]
    return "-".join(part for part in parts if part)


def _read_person(row: Row, phone: str, role: str) -> None:
    if not phone and not row.name and not role:
        return
    try:
        row.phone = parse_phone(phone) if phone else ""
    except Invalid as error:
        row.problems.append(Problem(field="phone", message=error.detail))
        return
    row.role = ROLES.get(role) if role else "owner"
    checks = {
        "role": (row.role is None, _NO_ROLE),
        "name": (not row.name, _NO_NAME),
        "phone": (not row.phone, _NO_PHONE),
        "unit": (row.role == "owner" and not row.unit_id, _NO_UNIT),
    }
    row.problems += [Problem(field=name, message=words) for name, (wrong, words) in checks.items() if wrong]
