"""Links are signed as AWS says, for a time of our choosing."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories_photos import BUCKET, make_storage


def test_links_made_in_one_window_are_the_same_and_change_with_the_next() -> None:
    storage = make_storage()
    start = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
    links = [storage.signed_url("ready/p1", now=start + timedelta(seconds=s)) for s in (0, 599, 600)]
    assert links[0] == links[1] != links[2]


@pytest.mark.parametrize("endpoint_url", ["http://store.example:9000", None])
@pytest.mark.parametrize("token", ["a/token+with=signs", None])
def test_links_carry_the_signature_that_botocore_makes(endpoint_url: str | None, token: str | None) -> None:
    storage = make_storage(endpoint_url=endpoint_url, token=token, region="eu-west-1")
    theirs = storage.client.generate_presigned_url(
        "get_object", {"Bucket": BUCKET, "Key": "ready/é p1"}, ExpiresIn=1800
    )
    signed_at = datetime.strptime(parse_qs(urlsplit(theirs).query)["X-Amz-Date"][0], "%Y%m%dT%H%M%S%z")
    ours = storage.signed_url("ready/é p1", now=signed_at, window_s=1)
    assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(theirs).query)
    assert urlsplit(ours)[:3] == urlsplit(theirs)[:3]


def test_chinese_regions_have_their_own_domain() -> None:
    url = make_storage(endpoint_url=None, region="cn-north-1").signed_url("k", now=datetime.now(UTC))
    assert url.startswith(f"https://{BUCKET}.s3.cn-north-1.amazonaws.com.cn/k?")
