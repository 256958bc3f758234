"""Portals for tests: on moto in this process, and on a real engine for all that is concurrent or conditional."""

import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

os.environ.setdefault("PORTAL_STAGE", "local")  # before the app reads its settings

from boto3.session import Session
from moto import mock_aws

from chalicelib.communities import store as communities
from chalicelib.portal import Portal
from tests.browser import Browser
from tests.engines import Engine, start_engine
from tests.factories import NOW, People, make_people, make_portal, make_table
from tests.factories_photos import BUCKET, make_storage
from tests.recording import RecordingClient


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of what the others have sent to their tables come after those."""
    items.sort(
        key=lambda item: "sent_by_all_tests" in item.fixturenames if hasattr(item, "fixturenames") else False
    )


@pytest.fixture
def now() -> datetime:
    """A moment: a Friday, 10:00 in Shanghai."""
    return NOW


@pytest.fixture(autouse=True)
def _no_memory_of_communities() -> None:
    """The process remembers communities for a minute; one test's are not another's."""
    communities._kept.clear()


@pytest.fixture(scope="session")
def moto_client() -> Iterator[RecordingClient]:
    """moto's DynamoDB in this process: one thread at a time."""
    with mock_aws(config={"core": {"mock_credentials": False}}):
        yield RecordingClient(Session("test", "test", region_name="us-east-1").client("dynamodb"))


@pytest.fixture
def portal(moto_client: RecordingClient) -> Portal:
    """An empty portal on moto."""
    table = f"t{secrets.token_hex(6)}"
    make_table(client=moto_client, name=table)
    return make_portal(client=moto_client, table=table)


@pytest.fixture
def people(portal: Portal, moto_client: RecordingClient) -> People:
    """The usual people, in the portal on moto."""
    return make_people(portal=portal, client=moto_client.plain)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A bare engine for the whole run."""
    started = start_engine(tmp_path_factory.mktemp("engine"), auth=True)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def engine_client(engine: Engine) -> RecordingClient:
    """A client for many threads."""
    from botocore.config import Config

    return RecordingClient(engine.client("dynamodb", config=Config(max_pool_connections=64)))


@pytest.fixture(scope="session")
def engine_bucket(engine: Engine) -> None:
    """The media bucket on the real engine."""
    engine.client("s3").create_bucket(Bucket=BUCKET)


@pytest.fixture
def real_portal(engine: Engine, engine_client: RecordingClient, engine_bucket: None) -> Portal:
    """An empty portal on the real engine, with a table of its own."""
    table = f"t{secrets.token_hex(6)}"
    make_table(client=engine_client, name=table)
    storage = make_storage(
        endpoint_url=engine.url, access_key=engine.access_key, secret_key=engine.secret_key
    )
    return make_portal(client=engine_client, table=table, storage=storage)


@pytest.fixture
def real_people(real_portal: Portal, engine_client: RecordingClient) -> People:
    """The usual people, in the portal on the real engine."""
    return make_people(portal=real_portal, client=engine_client.plain)


@pytest.fixture
def site(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Portal:
    """The portal on moto, put in place of the process's own, so that `Browser` reaches it."""
    for name in ("chalicelib.routes.portal", "app.portal"):
        monkeypatch.setattr(name, lambda: portal)
    return portal


@pytest.fixture(scope="module")
def shared_site(moto_client: RecordingClient) -> Iterator[People]:
    """Like `site` with people, but one for all of a module's tests: for those whose requests are refused."""
    table = f"t{secrets.token_hex(6)}"
    make_table(client=moto_client, name=table)
    shared = make_portal(client=moto_client, table=table)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("chalicelib.routes.portal", "app.portal"):
            patch.setattr(name, lambda: shared)
        yield make_people(portal=shared, client=moto_client.plain)


@pytest.fixture
def signed_in(site: Portal, people: People) -> Any:
    """Gives a browser with a session: `signed_in("owner")`."""
    return lambda name: Browser(cookies={"session": people.token(name)})


@pytest.fixture
def caller(site: Portal, people: People) -> Any:
    """Gives a program with a token: `caller("owner").api("GET", "/me")`."""
    return lambda name: Browser(token=people.token(name))
