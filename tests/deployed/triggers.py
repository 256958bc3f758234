"""What calls the functions besides the gateway, as the built template says: stream, storage, clock; and what becomes
of events that a function fails on, which Lambda hands on with that function's own permissions."""

import json
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import Any

from local.events import object_created, stream_event, tick
from local.stream import StreamReader
from tests.deployed.cloud import LOGICAL, Cloud
from tests.deployed.policies import resolve
from tests.deployed.runtime_api import Failed

Event = dict[str, Any]


class Triggers:
    """The template's events. They come one after another, when a test says so, so that it knows what is done."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self._streams = cloud.client("deliver_outbox", "dynamodbstreams")
        self.stream = StreamReader(self._streams, cloud.names["PortalTable"])

    def close(self) -> None:
        """Follow the stream no longer."""
        self._streams.close()

    def settle(self) -> None:
        """Bring all photos that have arrived, and all that the stream has, until nothing more comes."""
        while uploads := self.cloud.wire.uploads:
            self.stored(*uploads.pop(0))
        while records := self.stream.read():
            self.streamed(records)
            self.told(records)

    def told(self, records: list[Any]) -> None:
        """What people are to be told outside; what fails here is left to the sweep."""
        wanted = [one for one in records if one["dynamodb"]["Keys"]["PK"]["S"].startswith("TELL#")]
        if wanted:
            self.cloud.invoke("send_messages", stream_event(wanted, self.stream.arn))

    def stored(self, key: str, size: int) -> None:
        """EventBridge's word of an upload."""
        self.arrived(object_created(self.cloud.names["MediaBucket"], key, size))

    def arrived(self, event: Event) -> None:
        """A storage event; what `photo_arrived` can't handle goes to `photo_failed` by the bus, unchanged."""

        def given_up(failed: Event) -> None:
            by_rule = {"$.detail.requestPayload": failed["requestPayload"]}
            path = self._of("photo_failed")["Events"]["GivenUp"]["Properties"]["InputPath"]
            self._later("photo_failed", by_rule[path])

        self._later("photo_arrived", event, given_up)

    def streamed(self, records: list[Any]) -> None:
        """A batch; when it fails it is halved, and a record that fails by itself is tried again, then handed on."""
        mapping = self._of("deliver_outbox")["Events"]["Announced"]["Properties"]
        left = mapping["MaximumRetryAttempts"] if len(records) == 1 else 0
        for last in [False] * left + [True]:
            try:
                self.cloud.invoke("deliver_outbox", stream_event(records, self.stream.arn))
                return
            except Failed:
                if last and len(records) == 1:
                    self._hand_on("deliver_outbox", mapping, {"DDBStreamBatchInfo": {"batchSize": 1}})
        if len(records) > 1:
            assert mapping["BisectBatchOnFunctionError"] is True
            middle = len(records) // 2
            self.streamed(records[:middle])
            self.streamed(records[middle:])

    def tick(self, now: datetime) -> Any:
        """The clock's event; gives back what the function says."""
        self.cloud.invoke("send_messages", tick(now))
        return self.cloud.invoke("tick", tick(now))

    def write_logs(self) -> None:
        """What the functions have printed goes into the logs that the template made for them."""
        for name, function in self.cloud.functions.items():
            properties = self._of(name)
            group_name = self.cloud.template[properties["LoggingConfig"]["LogGroup"]["Ref"]]["Properties"][
                "LogGroupName"
            ]
            where = {"logGroupName": resolve(group_name, self.cloud.names)}
            with closing(self.cloud.engine.client("logs")) as operator:
                operator.create_log_group(**where)
            where["logStreamName"] = "2026/11/25/[$LATEST]1"
            now = int(time.time() * 1000)
            events = [{"timestamp": now, "message": line} for line in function.said().splitlines() if line]
            with closing(self.cloud.client(name, "logs")) as logs:
                logs.create_log_stream(**where)
                logs.put_log_events(**where, logEvents=events or [{"timestamp": now, "message": "-"}])

    def _of(self, function: str) -> dict[str, Any]:
        properties: dict[str, Any] = self.cloud.template[LOGICAL[function]]["Properties"]
        return properties

    def _later(self, function: str, event: Event, on_failure: Callable[[Event], None] | None = None) -> None:
        """An asynchronous call: tried as often as the template says, then handed on."""
        config = self._of(function)["EventInvokeConfig"]
        for _ in range(1 + config["MaximumRetryAttempts"]):
            try:
                self.cloud.invoke(function, event)
                return
            except Failed as error:
                failed = {"requestPayload": event, "responsePayload": error.args[0]}
        self._hand_on(function, config, failed)
        if on_failure:
            on_failure(failed)

    def _hand_on(self, function: str, config: dict[str, Any], failed: Event) -> None:
        to = config["DestinationConfig"]["OnFailure"]
        place = resolve(to["Destination"], self.cloud.names)
        if to["Type"] == "EventBridge":
            kind = "Lambda Function Invocation Result - Failure"
            entry = {
                "Source": "lambda",
                "DetailType": kind,
                "Detail": json.dumps(failed),
                "EventBusName": place,
            }
            with closing(self.cloud.client(function, "events")) as bus:
                bus.put_events(Entries=[entry])
        else:
            url = next(
                self.cloud.names[name.removesuffix(".Arn")]
                for name, arn in self.cloud.names.items()
                if arn == place
            )
            with closing(self.cloud.client(function, "sqs")) as queue:
                queue.send_message(QueueUrl=url, MessageBody=json.dumps(failed))
