"""Written replies as letters: every line is in the margins, every character in the file."""

import re
import zlib

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.complaints import pdf

_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300)


def _written(data: bytes) -> str:
    """What a letter's pages say, run by run."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", data, re.S)
    found = []
    for stream in streams:
        for font, code in re.findall(rb"/([LC]) \d+ Tf\n\[<([0-9a-f]*)>\] TJ", zlib.decompress(stream)):
            raw = bytes.fromhex(code.decode())
            found.append(raw.decode("ascii" if font == b"L" else "utf-16-be"))
    return "".join(found)


@given(_TEXT)
def test_a_paragraph_is_broken_into_lines_that_fit_and_lose_nothing(text: str) -> None:
    lines = pdf.wrapped(text, 200, 12)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        kept = line.rstrip("，。、；：？！）》」』”’")
        assert len(kept) <= 1 or pdf._length(kept, 12) <= 200


@given(st.lists(_TEXT, max_size=5))
def test_whatever_a_letter_says_is_in_its_file(paragraphs: list[str]) -> None:
    data = pdf.letter("投诉书面答复", paragraphs)
    assert data.startswith(b"%PDF-")
    wanted = "".join(["投诉书面答复", *paragraphs]).replace(" ", "")
    assert _written(data).replace(" ", "") == wanted


def test_a_long_letter_has_as_many_pages_as_it_needs() -> None:
    one, many = pdf.letter("答复", ["好"]), pdf.letter("答复", ["等了三天没有人来。" * 40] * 20)
    assert (_pages(one), _pages(many)) == (1, 7)
    assert b"FontFile" not in many, "the fonts are the reader's"
    assert len(many) < 20_000


def _pages(data: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", data))


def test_words_stay_whole_and_closing_marks_stay_with_theirs() -> None:
    assert pdf.wrapped("one two", 30, 12) == ["one", "two"]
    lines = pdf.wrapped("一二三四五。六", 60, 12)
    assert lines == ["一二三四五。", "六"]
