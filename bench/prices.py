"""Prices and what is not measured here: inputs, to be checked against AWS's price pages before anybody relies on them.

US dollars, region us-east-1, public list prices as we knew them on 2026-11-25, without free tiers, discounts and taxes.
"""

from dataclasses import dataclass

REGION, AS_OF = "us-east-1", "2026-11-25"


@dataclass(frozen=True)
class Prices:
    """US dollars for one unit of each."""

    lambda_gb_second: float = 0.0000166667
    lambda_million: float = 0.20
    #: API Gateway, REST.
    gateway_million: float = 3.50
    write_million: float = 0.625
    read_million: float = 0.125
    table_gb_month: float = 0.25
    #: Point-in-time recovery.
    recovery_gb_month: float = 0.20
    s3_gb_month: float = 0.023
    s3_put_thousand: float = 0.005
    s3_get_thousand: float = 0.0004
    kms_key_month: float = 1.00
    kms_ten_thousand: float = 0.03
    logs_gb: float = 0.50
    alarm_month: float = 0.10
    dashboard_month: float = 3.00
    transfer_gb: float = 0.09
    #: One text message; differs by country and carrier from a tenth of this to ten times it.
    sms: float = 0.03


@dataclass(frozen=True)
class Assumed:
    """What no measurement here can tell."""

    memory_gb: float = 1.5
    #: Part of a processor that a function of that memory has: 1,769 MB are one.
    processor: float = 1536 / 1769
    #: A round trip to DynamoDB from Lambda with the client's own work, in ms; not on the processor most of the time.
    trip_ms: float = 6.0
    #: Processing one photo, in ms of a whole processor.
    photo_ms: float = 400.0
    photo_mb: float = 0.25
    #: Pictures looked at, for each that was sent: thumbs and full ones together.
    looks_per_photo: float = 12.0
    look_kb: float = 40.0
    #: Files (styles, scripts, icons) that a phone fetches anew: after a release, and with a new phone.
    static_per_home: float = 10.0
    static_kb: float = 6.0
    #: What a call writes to the log: ours, and Lambda's START, END and REPORT.
    log_bytes: float = 650.0
    #: Cold starts, each of which has the keyring opened once.
    cold_starts: float = 6000.0
    alarms: int = 28
    keep_years: float = 3.0
    #: Rows of an issue's trail, messages in inboxes and idempotency keys: bytes that stay for an issue.
    beside_bytes: float = 6000.0
