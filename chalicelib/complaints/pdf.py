"""Letters as PDF: a title and paragraphs on A4, in fonts that every reader has, so that none is in the file.

Chinese is set in STSong-Light, one of the fonts that PDF readers bring along or replace with their own for Adobe's
Chinese characters; Latin letters in Times. No I/O.
"""

import io
from collections.abc import Iterator
from itertools import groupby

import pydyf

#: A4 in points, and its margins.
_WIDTH, _HEIGHT = 595, 842
_LEFT, _TOP, _BOTTOM = 72, 84, 84
_TITLE_SIZE, _SIZE, _LEADING = 18, 12, 20
_TEXT_WIDTH = _WIDTH - 2 * _LEFT
_CLOSING = set("，。、；：？！）》」』”’")
Line = tuple[str, int]


def letter(title: str, paragraphs: list[str]) -> bytes:
    """The file."""
    wanted: list[Line] = [(title, _TITLE_SIZE), ("", _SIZE)]
    for paragraph in paragraphs:
        wanted += [(line, _SIZE) for line in wrapped(paragraph, _TEXT_WIDTH, _SIZE)]
    on_page = (_HEIGHT - _TOP - _BOTTOM) // _LEADING
    pdf = pydyf.PDF()
    fonts = _fonts(pdf)
    for first in range(0, len(wanted), on_page):
        _page(pdf, fonts, wanted[first : first + on_page])
    pdf.info = pydyf.Dictionary({"Title": pydyf.String(title)})
    out = io.BytesIO()
    pdf.write(out)
    return out.getvalue()


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The lines of a paragraph: broken between words, and anywhere between Chinese characters."""
    lines, line = [], ""
    for piece in _pieces(text):
        hangs = piece in _CLOSING  # such a mark never begins a line; it may stand out of the last one
        if line and not hangs and _length(line + piece.rstrip(" "), size) > width:
            lines.append(line.rstrip(" "))
            line = piece.lstrip(" ")
        else:
            line += piece
        while not hangs and _length(line, size) > width:  # a word longer than a line
            cut = next(n for n in range(len(line), 0, -1) if n == 1 or _length(line[:n], size) <= width)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line.rstrip(" ")]


def _pieces(text: str) -> Iterator[str]:
    """What is not broken: a Chinese character, or a Latin word with the space behind it."""
    word = ""
    for letter_ in text:
        if _is_latin(letter_) and letter_ != " ":
            word += letter_
            continue
        if letter_ == " ":
            yield word + letter_
            word = ""
            continue
        if word:
            yield word
            word = ""
        yield letter_
    if word:
        yield word


def _length(text: str, size: float) -> float:
    """A little more than the text is long: Times' letters by what is widest of their sort."""
    return sum(_share(letter_) for letter_ in text) * size


def _share(letter_: str) -> float:
    if not _is_latin(letter_):
        return 1.0
    return 0.9 if letter_ in "mMwW%@" else 0.75 if letter_.isupper() else 0.5


def _is_latin(letter_: str) -> bool:
    return " " <= letter_ <= "~"


def _page(pdf: "pydyf.PDF", fonts: "pydyf.Dictionary", lines: list[Line]) -> None:
    stream = pydyf.Stream(compress=True)
    y = _HEIGHT - _TOP
    for text, size in lines:
        _draw(stream, text, size, y)
        y -= _LEADING
    pdf.add_object(stream)
    page = {
        "Type": "/Page",
        "Parent": pdf.pages.reference,
        "MediaBox": pydyf.Array([0, 0, _WIDTH, _HEIGHT]),
        "Contents": stream.reference,
        "Resources": pydyf.Dictionary({"Font": fonts}),
    }
    pdf.add_page(pydyf.Dictionary(page))


def _draw(stream: "pydyf.Stream", text: str, size: int, y: int) -> None:
    """One line, run by run, each in the font that has its letters."""
    stream.begin_text()
    stream.move_text_to(_LEFT, y)
    for latin, letters in groupby(text, _is_latin):
        run = "".join(letters)
        stream.set_font_size("L" if latin else "C", size)
        code = run.encode("ascii" if latin else "utf-16-be", "replace")
        stream.show_text(b"<" + code.hex().encode() + b">")
    stream.end_text()


def _fonts(pdf: "pydyf.PDF") -> "pydyf.Dictionary":
    descriptor = pydyf.Dictionary(
        {
            "Type": "/FontDescriptor",
            "FontName": "/STSong-Light",
            "Flags": 6,
            "FontBBox": pydyf.Array([-25, -254, 1000, 880]),
            "ItalicAngle": 0,
            "Ascent": 880,
            "Descent": -120,
            "CapHeight": 880,
            "StemV": 93,
        }
    )
    pdf.add_object(descriptor)
    system = {"Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("GB1"), "Supplement": 4}
    characters = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/CIDFontType0",
            "BaseFont": "/STSong-Light",
            "CIDSystemInfo": pydyf.Dictionary(system),
            "FontDescriptor": descriptor.reference,
            "DW": 1000,
        }
    )
    pdf.add_object(characters)
    chinese = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": "/STSong-Light-UniGB-UTF16-H",
            "Encoding": "/UniGB-UTF16-H",
            "DescendantFonts": pydyf.Array([characters.reference]),
        }
    )
    latin = pydyf.Dictionary({"Type": "/Font", "Subtype": "/Type1", "BaseFont": "/Times-Roman"})
    pdf.add_object(chinese)
    pdf.add_object(latin)
    return pydyf.Dictionary({"C": chinese.reference, "L": latin.reference})
