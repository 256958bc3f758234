"""What is kept in the table of people's names and numbers: nothing that can be read without the key."""

import json

from chalicelib.db import Item
from tests.factories import PHONES

#: Those of the story's owners; staff's names are for everybody to see.
OWNERS = ("王秀英", "张建国", "Emma Clarke")


def test_no_record_has_an_owners_name_or_anybodys_number_in_the_clear(told: list[Item]) -> None:
    digits = [phone.removeprefix("+86") for phone in PHONES.values()]
    found = {
        f"{item['PK'].partition('#')[0]} {item['SK'].partition('#')[0]}: {word}"
        for item in told
        for word in (*OWNERS, *digits)
        if word in json.dumps(item, ensure_ascii=False, default=str)
    }
    assert found == set()
