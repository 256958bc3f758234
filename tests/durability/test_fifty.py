"""The measurement of fifty people, in short, for what it says about being right, not about being quick."""

from bench.fifty import report, run, somewhere


def test_fifty_people_at_once_lose_nothing_and_double_nothing() -> None:
    with somewhere(None) as url:
        result = run(url, seconds=10, baseline_s=0.5)
    assert result.wrong == []
    assert result.steps > result.issues > 0
    assert "everything" in report(result)
