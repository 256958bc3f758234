"""Made-up photos and stores for tests; everything by keyword."""

from boto3.session import Session

from chalicelib.storage import Storage

BUCKET = "portal-media"


def make_storage(
    *,
    endpoint_url: str | None = "http://store.example",
    region: str = "us-east-1",
    access_key: str = "AKIDEXAMPLE",
    secret_key: str = "secret",
    token: str | None = None,
) -> Storage:
    """A store that nothing answers for unless `endpoint_url` is a running engine's."""
    session = Session(access_key, secret_key, token, region_name=region)
    return Storage(BUCKET, region=region, endpoint_url=endpoint_url, session=session)
