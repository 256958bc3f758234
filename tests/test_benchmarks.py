"""The report of the measurements: one section can be measured again without losing the others."""

from bench.report import moments_of, parts_of, written


def test_a_report_can_be_read_back_section_by_section() -> None:
    parts = {"cold": "## Cold start\n\n| a | b |", "fifty": "## Fifty\n\n```\n10 calls\n```"}
    moments = {"cold": "on 2026-11-25; 2 cores", "fifty": "on 2026-11-24; 4 cores"}
    text = written(parts, moments)
    assert moments_of(text) == moments
    read = parts_of(text)
    assert list(read) == ["cold", "fifty"]
    assert read["cold"].startswith(parts["cold"])
    assert "_Measured on 2026-11-24; 4 cores._" in read["fifty"]
