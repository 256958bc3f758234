"""Reads the table's stream and delivers it as Lambda's stream trigger does: in order, again when it fails."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from local.events import Event, Handler, context, stream_event

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

    from chalicelib.transport import Transport

log = logging.getLogger(__name__)

#: Seconds to wait before each further try of a single record that fails.
BACKOFF = (0.2, 1.0, 3.0)
POLL_SECONDS = 0.1


class StreamReader:
    """The stream's end at the time it was made, and everything from there on."""

    def __init__(self, client: "DynamoDBStreamsClient", table: str, wire: "Transport | None" = None) -> None:
        """`wire`, with half of the client's work, is asked for news; many times a second, that matters. Raises
        LookupError when the table has no stream."""
        streams = client.list_streams(TableName=table)["Streams"]
        if not streams:
            raise LookupError(f"The table {table} has no stream.")
        self._client, self._wire = client, wire
        self.arn = streams[-1]["StreamArn"]
        self._iterators = self._latest()

    def read(self) -> list[Any]:
        """The next records, oldest first; empty when there is nothing new."""
        try:
            return self._read()
        except ClientError as error:
            # An iterator lives for 15 minutes; what is missed here, the sweep of undelivered rows finds.
            log.warning("The stream's position was lost: %s", error)
            self._iterators = self._latest()
            return []

    def _read(self) -> list[Any]:
        records: list[Any] = []
        for shard, iterator in list(self._iterators.items()):
            answer = self._ask(iterator)
            records += answer["Records"]
            if following := answer.get("NextShardIterator"):
                self._iterators[shard] = following
        return records

    def _ask(self, iterator: str) -> Any:
        """In the wire's own form, or as the client has read it; when the wire has no answer, the client asks again."""
        wanted: Any = {"ShardIterator": iterator, "Limit": 100}
        if self._wire is not None:
            with self._wire.first_try("DynamoDBStreams_20120810.GetRecords", wanted) as answer:
                if answer is not None:
                    return answer
        return self._client.get_records(**wanted)

    def _latest(self) -> dict[str, str]:
        shards = self._client.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]
        names = [shard["ShardId"] for shard in shards]
        return {name: self._latest_of(name) for name in names}

    def _latest_of(self, shard: str) -> str:
        answer = self._client.get_shard_iterator(
            StreamArn=self.arn, ShardId=shard, ShardIteratorType="LATEST"
        )
        return answer["ShardIterator"]


def deliver(
    records: list[Event], arn: str, handler: Handler, sleep: Callable[[float], object] = time.sleep
) -> None:
    """Hand records to the handler; a failing batch is halved until the failing record is alone, which is
    tried again a few times, and then left to the sweep."""
    for wait in (*BACKOFF, None) if len(records) == 1 else (None,):
        left = _not_delivered(records, arn, handler)
        if not left:
            return
        if wait is not None:
            sleep(wait)
    if len(records) == 1:
        log.error("A change could not be delivered and is left to the sweep: %s", records[0].get("eventID"))
        return
    middle = max(1, len(left) // 2)
    for part in (left[:middle], left[middle:]):
        if part:
            deliver(part, arn, handler, sleep)


def _not_delivered(records: list[Event], arn: str, handler: Handler) -> list[Event]:
    """What is still to be delivered after one try; the handler may name the first record it failed on."""
    try:
        answer = handler(stream_event(records, arn), context("deliver_outbox"))
    except Exception:
        log.exception("Delivering %d changes failed", len(records))
        return records
    failures = (answer or {}).get("batchItemFailures", []) if isinstance(answer, dict) else []
    failed = {failure["itemIdentifier"] for failure in failures}
    for position, record in enumerate(records):
        if record["dynamodb"]["SequenceNumber"] in failed:
            return records[position:]
    return []


def follow(
    reader: StreamReader, handler: Handler, stop: threading.Event, every_s: float = POLL_SECONDS
) -> None:
    """Deliver what comes until told to stop; when there was nothing, look again after `every_s`."""
    while not stop.is_set():
        try:
            records = reader.read()
        except BotoCoreError as error:
            log.warning("The stream does not answer: %s", error)
            records = []
            stop.wait(1)
        if records:
            deliver(records, reader.arn, handler)
        else:
            stop.wait(every_s)
