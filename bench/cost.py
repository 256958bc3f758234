"""What 10,000 homes cost in a month: measured round trips, units, milliseconds and bytes, times assumed prices and use.

python -m bench.cost [--write]       # some seconds; --write puts it into docs/operations.md
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean

from bench import document
from bench.actions import ACTIONS
from bench.capacity import STORED_OVERHEAD, item_size
from bench.fill import cast_of, closed_issue
from bench.measure import Cost, cost, quiet
from bench.mix import Usage, month
from bench.prices import AS_OF, REGION, Assumed, Prices
from bench.world import HERE, world

_GB = 1e9
_PHOTO = "behind: a photo is ready"


@dataclass(frozen=True)
class Line:
    """One line of the bill."""

    what: str
    amount: str
    usd: float


def seconds(one: Cost, assumed: Assumed) -> float:
    """How long Lambda is busy with an action: its own work on a part of a processor, and waiting for the table."""
    own_ms = one.cpu_ms + (assumed.photo_ms if one.name == _PHOTO else 0)
    return (own_ms / assumed.processor + one.trips * assumed.trip_ms) / 1000


def action_usd(one: Cost, prices: Prices, assumed: Assumed) -> float:
    """What one time of an action costs: function, gateway, table, log, and the answer's way out."""
    gateway = 0.0 if one.name.startswith("behind:") else prices.gateway_million / 1e6
    table = (
        one.bill.units("read") * prices.read_million + one.bill.units("write") * prices.write_million
    ) / 1e6
    function = (
        seconds(one, assumed) * assumed.memory_gb * prices.lambda_gb_second + prices.lambda_million / 1e6
    )
    away = (one.answer * prices.transfer_gb + assumed.log_bytes * prices.logs_gb) / _GB
    return gateway + table + function + away


def lines(
    measured: Sequence[Cost], stored: float, usage: Usage, prices: Prices, assumed: Assumed
) -> list[Line]:
    """The bill of a month; `stored` is bytes that the table and its indexes keep of one issue."""
    done = month(usage)
    times = [(one, done[one.name]) for one in measured]
    web = (
        sum(n for one, n in times if not one.name.startswith("behind:"))
        + usage.homes * assumed.static_per_home
    )
    calls = sum(n for _, n in times) + usage.homes * assumed.static_per_home
    gb_s = sum(n * seconds(one, assumed) for one, n in times) * assumed.memory_gb
    writes = sum(n * one.bill.units("write") for one, n in times)
    reads = sum(n * one.bill.units("read") for one, n in times)
    sent_gb = (sum(n * one.answer for one, n in times) + _static_bytes(usage, assumed)) / _GB
    logs_gb = calls * assumed.log_bytes / _GB
    table_gb = usage.issues * 12 * assumed.keep_years * (stored + assumed.beside_bytes) / _GB
    both = prices.table_gb_month + prices.recovery_gb_month
    return [
        Line("API Gateway", f"{web / 1e6:.2f} million requests", web / 1e6 * prices.gateway_million),
        Line("Lambda, requests", f"{calls / 1e6:.2f} million", calls / 1e6 * prices.lambda_million),
        Line("Lambda, time", f"{gb_s:,.0f} GB-s", gb_s * prices.lambda_gb_second),
        Line("DynamoDB, writes", f"{writes / 1e6:.2f} million units", writes / 1e6 * prices.write_million),
        Line("DynamoDB, reads", f"{reads / 1e6:.2f} million units", reads / 1e6 * prices.read_million),
        Line(f"DynamoDB, kept {assumed.keep_years:g} years, with recovery", f"{table_gb:.2f} GB", table_gb * both),
        *_photos(done[_PHOTO], usage, prices, assumed),
        Line("CloudWatch logs", f"{logs_gb:.2f} GB", logs_gb * prices.logs_gb),
        Line("Alarms and a dashboard", f"{assumed.alarms} and 1",
             assumed.alarms * prices.alarm_month + prices.dashboard_month),
        Line("KMS", f"1 key, {assumed.cold_starts:,.0f} calls",
             prices.kms_key_month + assumed.cold_starts / 1e4 * prices.kms_ten_thousand),
        Line("Data to people", f"{sent_gb:.2f} GB", sent_gb * prices.transfer_gb),
    ]  # fmt: skip


def _static_bytes(usage: Usage, assumed: Assumed) -> float:
    return usage.homes * assumed.static_per_home * assumed.static_kb * 1024


def _photos(photos: float, usage: Usage, prices: Prices, assumed: Assumed) -> list[Line]:
    kept_gb = photos * 12 * assumed.keep_years * assumed.photo_mb / 1000
    looks = photos * assumed.looks_per_photo
    calls = photos * 3 / 1000 * prices.s3_put_thousand + (looks + photos) / 1000 * prices.s3_get_thousand
    sent_gb = looks * assumed.look_kb * 1024 / _GB
    usd = kept_gb * prices.s3_gb_month + calls + sent_gb * prices.transfer_gb
    words = f"{photos:,.0f} photos, {kept_gb:.1f} GB after {assumed.keep_years:g} years, {sent_gb:.2f} GB looked at"
    return [Line("S3 with its transfer", words, usd)]


def stored_bytes(records: Sequence[dict[str, object]]) -> float:
    """What one closed issue's records take, with the copy that the index of its state holds."""
    sizes = [item_size(record) + STORED_OVERHEAD for record in records]
    copies = [size for record, size in zip(records, sizes, strict=True) if "status_queue" in record]
    return sum(sizes) + sum(copies)


def dearest(
    measured: Sequence[Cost], usage: Usage, prices: Prices, assumed: Assumed
) -> list[tuple[str, int, float]]:
    """Actions by what they come to in a month: name, how often, US dollars."""
    done = month(usage)
    found = [
        (one.name, done[one.name], done[one.name] * action_usd(one, prices, assumed)) for one in measured
    ]
    return sorted(found, key=lambda row: -row[2])


def without_etag(measured: Sequence[Cost], usage: Usage, prices: Prices, assumed: Assumed) -> float:
    """What polling would cost more if each poll brought the rows."""
    by_name = {one.name: action_usd(one, prices, assumed) for one in measured}
    quiet, news = "desk: live poll, nothing new", "desk: live poll, something new"
    return month(usage)[quiet] * (by_name[news] - by_name[quiet])


_ASSUMED = """\
**Prices and use are assumptions**: list prices of {region} as known on {as_of}, without free tiers and taxes
(`bench/prices.py`), to be checked against AWS's price pages; what people do in a month is in `bench/mix.py`. Measured
are the round trips, capacity units, bytes and milliseconds of each action. A call takes its own processor time on
{processor:.2f} of a processor ({memory:g} GB), and {trip:g} ms for each round trip. For {homes:,} homes:
{issues:,.0f} reports a month, and {communities:g} communities with {desks} open pages of the desk each. Nothing of it
is a server that waits: a company of half the size pays half, but for alarms, dashboard and key."""


def section(measured: Sequence[Cost], stored: float) -> str:
    """The section, in Markdown."""
    usage, prices, assumed = Usage(), Prices(), Assumed()
    bill = lines(measured, stored, usage, prices, assumed)
    total = sum(line.usd for line in bill)
    texts = month(usage)["ask for a sign-in code"]
    rows = [[line.what, line.amount, f"{line.usd:.2f}"] for line in bill]
    rows += [
        ["**Together**", "", f"**{total:.2f}**"],
        [f"Text messages, at {prices.sms} each", f"{texts:,}", f"{texts * prices.sms:.2f}"],
    ]
    top = [[name, f"{n:,}", f"{usd:.2f}"] for name, n, usd in dearest(measured, usage, prices, assumed)[:8]]
    words = _ASSUMED.format(
        region=REGION, as_of=AS_OF, processor=assumed.processor, memory=assumed.memory_gb, trip=assumed.trip_ms,
        homes=usage.homes, issues=usage.issues, communities=usage.communities, desks=usage.open_desks,
    )  # fmt: skip
    saved = without_etag(measured, usage, prices, assumed)
    return (
        f"## What it costs\n\n{words}\n\n{document.table(['', 'a month', 'US$'], rows)}\n\n"
        f"That is {total / usage.homes * 100:.2f} US cents a home and month, without text messages. "
        f"The dearest actions, each with all of its parts:\n\n"
        f"{document.table(['', 'times a month', 'US$'], top)}\n\n"
        f"If each poll of an open desk brought its rows (no ETag), they would cost {saved:.2f} US$ more.\n"
    )


def _measured(issues: int) -> tuple[list[Cost], float]:
    """Each action's cost, and what is kept of a closed issue on average."""
    with quiet(), world(issues) as filled:
        cast = cast_of(HERE, *(filled.people[name] for name in ("owner", "clerk", "technician")))
        kept = [
            stored_bytes(list(closed_issue(filled.portal.keys, cast, n, datetime.now(UTC))))
            for n in range(40)
        ]
        return [cost(filled, action) for action in ACTIONS], mean(kept)


def main(given: Sequence[str] = ()) -> int:
    """Measure, work out and print; with --write put it into docs/operations.md too."""
    parser = argparse.ArgumentParser(description="What 10,000 homes cost in a month.")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(list(given))
    text = section(*_measured(1_000))
    print(text)
    if options.write:
        document.write("cost", text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
