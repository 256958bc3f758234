"""Portals for tests, on a real engine; the data layer is tried on moto too."""

import os
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

import pytest

os.environ.setdefault("PORTAL_STAGE", "local")  # before the app reads its settings

from boto3.session import Session
from botocore.session import Session as BotoSession
from moto import mock_aws

from chalicelib.communities import store as communities
from chalicelib.dispatch import store as dispatch
from chalicelib.portal import Portal
from chalicelib.service_levels import store as levels
from chalicelib.sops import store as sops
from chalicelib.table_client import connect
from tests.browser import Browser
from tests.engines import Engine, start_engine
from tests.factories import NOW, People, make_people, make_portal, make_table
from tests.factories_photos import BUCKET, make_storage
from tests.packages import package  # noqa: F401 - a fixture for all
from tests.recording import RecordingClient
from tests.telling import _story, asked_by_story, told  # noqa: F401 - fixtures for all


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
    """The process remembers communities, their rules and levels for a minute; one test's are not another's."""
    communities._kept.clear()
    dispatch._kept.clear()
    levels.forget()
    sops.forget()


@pytest.fixture
def moto_portal() -> Iterator[Portal]:
    """An empty portal on moto in this process: one thread at a time, and slow with each table it holds."""
    with mock_aws(config={"core": {"mock_credentials": False}}):
        client = RecordingClient(Session("test", "test", region_name="us-east-1").client("dynamodb"))
        make_table(client=client, name="portal", stream=False)
        yield make_portal(client=client, table="portal")


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A bare engine for the whole run."""
    started = start_engine(tmp_path_factory.mktemp("engine"), auth=True)
    started.client("s3").create_bucket(Bucket=BUCKET)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def engine_client(engine: Engine) -> Iterator[RecordingClient]:
    """A client for many threads, sending and reading as Lambda's does, but with requests looked at by botocore too."""
    session = BotoSession()
    session.set_credentials(engine.access_key, engine.secret_key)
    with closing(connect("us-east-1", engine.url, session, parameter_validation=True)) as client:
        yield RecordingClient(client)


@pytest.fixture
def portal(engine: Engine, engine_client: RecordingClient) -> Iterator[Portal]:
    """An empty portal on the engine, with a table of its own."""
    with _table(engine_client) as table:
        keys = {"access_key": engine.access_key, "secret_key": engine.secret_key}
        storage = make_storage(endpoint_url=engine.url, **keys)
        yield make_portal(client=engine_client, table=table, storage=storage)


@contextmanager
def _table(client: RecordingClient) -> Iterator[str]:
    name = f"t{secrets.token_hex(6)}"
    make_table(client=client, name=name)
    yield name
    client.delete_table(TableName=name)


@pytest.fixture
def people(portal: Portal, engine_client: RecordingClient) -> People:
    """The usual people, in the portal."""
    return make_people(portal=portal, client=engine_client.plain)


@pytest.fixture
def site(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Portal:
    """The portal, put in place of the process's own, so that `Browser` reaches it."""
    for name in ("chalicelib.routes.portal", "app.portal"):
        monkeypatch.setattr(name, lambda: portal)
    return portal


@pytest.fixture(scope="module")
def shared_site(engine_client: RecordingClient) -> Iterator[People]:
    """Like `site` with people, but one for all of a module's tests."""
    with _table(engine_client) as table, pytest.MonkeyPatch.context() as patch:
        shared = make_portal(client=engine_client, table=table)
        for name in ("chalicelib.routes.portal", "app.portal"):
            patch.setattr(name, lambda: shared)
        yield make_people(portal=shared, client=engine_client.plain)


@pytest.fixture
def signed_in(site: Portal, people: People) -> Any:
    """Gives a browser with a session: `signed_in("owner")`."""
    return lambda name: Browser(cookies={"session": people.token(name)})


@pytest.fixture
def caller(site: Portal, people: People) -> Any:
    """Gives a program with a token: `caller("owner").api("GET", "/me")`."""
    return lambda name: Browser(token=people.token(name))
