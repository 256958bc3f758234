"""A technician without a signal: steps are kept with their times, arrive in order and once, or say why not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from chalicelib.i18n import pause_words
from tests.journeys import steps
from tests.journeys.phones import Phones, zh
from tests.journeys.pictures import made_photos
from tests.journeys.running import CLERK, TECHNICIAN, Running, wait_for

_WORKER = """() => new Promise(done => {
  const there = () => navigator.serviceWorker.controller && done(true);
  navigator.serviceWorker.addEventListener("controllerchange", there);
  there();
})"""
_KEPT = """() => new Promise((resolve, reject) => {
  const asked = indexedDB.open("portal");
  asked.onsuccess = () => {
    const rows = asked.result.transaction("steps").objectStore("steps").getAll();
    rows.onsuccess = () => { asked.result.close(); resolve(rows.result.map(row => row.state)); };
  };
  asked.onerror = reject;
})"""


class Job:
    """One job of a technician's own, as its card on today's page."""

    def __init__(self, running: Running, phone: str, *, category: str = "noise") -> None:
        self.running, self.phone = running, phone
        self.owner = running.new_owner()
        self.id = steps.report(running, self.owner, category=category, text="地下室的泵响")
        steps.assign(running, self.id, to=phone)

    def card(self, page: Page) -> Locator:
        return page.locator(f"[data-job='{self.id}']")

    def timeline(self) -> list[dict[str, Any]]:
        """What has happened since it was given to the technician."""
        rows: list[dict[str, Any]] = steps.see(self.running, self.owner, self.id)["timeline"]
        return rows[3:]

    def arrived(self) -> list[str]:
        return [row["to"] or row["kind"] for row in self.timeline()]


@pytest.fixture
def phone(running: Running) -> str:
    """A technician nobody else gives jobs to."""
    return running.new_staff("technician", name="郑师傅")


@pytest.fixture
def job(running: Running, phone: str) -> Job:
    return Job(running, phone)


def signal(page: Page, there: bool) -> None:
    page.context.set_offline(not there)


def begin(page: Page) -> None:
    """Open today's jobs, on a phone that keeps pages from then on."""
    page.goto("/desk/today")
    page.evaluate(_WORKER)


def tap(card: Locator, msgid: str) -> None:
    """One of a card's large buttons."""
    card.locator(".task-next, .task-more").get_by_text(zh(msgid), exact=True).locator("visible=true").click()


def send(card: Locator) -> None:
    """Press the button of the form that is open in a card."""
    card.locator(".task-form button.main").click()


def waiting(page: Page) -> Locator:
    return page.locator("[data-waiting] li")


def expect_waiting(page: Page, count: int) -> None:
    """So many steps are said to wait."""
    words = (
        zh("1 step waiting to be sent") if count == 1 else zh("%(n)s steps waiting to be sent") % {"n": count}
    )
    expect(page.locator("[data-count]")).to_have_text(words)
    expect(waiting(page)).to_have_count(count)


def write(card: Locator, text: str) -> None:
    tap(card, "Message")
    card.locator("textarea").fill(text)
    send(card)


def fix(card: Locator, note: str, photos: list[Path]) -> None:
    tap(card, "Report as fixed")
    card.locator("input[capture]").set_input_files(photos)
    expect(card.locator(".shots img")).to_have_count(len(photos))
    card.locator("textarea").fill(note)
    send(card)


def hold(card: Locator) -> None:
    tap(card, "On hold")
    card.locator(".task-form").get_by_text(pause_words("waiting_parts", "zh-CN")).click()
    send(card)


def test_steps_taken_in_a_basement_arrive_in_order_with_their_times(
    phones: Phones, running: Running, tmp_path: Path
) -> None:
    """The tab is closed down there, and the page opened again without a network."""
    page = phones.open(TECHNICIAN)
    begin(page)
    page.goto("/desk/today")
    card = page.locator("[data-job]", has_text="跳闸")  # the demo's, which was given to him long ago
    issue = str(card.get_attribute("data-job"))
    card = page.locator(f"[data-job='{issue}']")
    signal(page, False)
    down = datetime.now(UTC) - timedelta(minutes=50)
    acts: list[Callable[[], None]] = [
        lambda: tap(card, "Start work"),
        lambda: write(card, "要关一下总闸"),
        lambda: fix(card, "换了漏电开关", made_photos(tmp_path)[:1]),
    ]
    for number, act in enumerate(acts):
        page.clock.set_fixed_time(down + timedelta(minutes=10 * number))
        act()
        expect(waiting(page)).to_have_count(number + 1)
    expect(card.locator("[data-here] li")).to_have_count(3)
    context = page.context
    page.close()
    page = context.new_page()
    page.goto("/desk/today")
    expect_waiting(page, 3)
    signal(page, True)
    expect(page.locator("[data-steps]")).to_be_hidden()
    with running.api(TECHNICIAN) as api:
        rows = api.get(f"desk/issues/{issue}").json()["timeline"][-3:]
    assert [row["to"] or row["text"] for row in rows] == ["in_progress", "要关一下总闸", "resolved"]
    assert [len(row["photos"]) for row in rows] == [0, 0, 1]
    taken = [datetime.fromisoformat(row["taken_at"]) for row in rows]
    expected = [down + timedelta(minutes=10 * number) for number in range(3)]
    assert all(abs(one - other) < timedelta(seconds=2) for one, other in zip(taken, expected, strict=True))
    page.goto(f"/desk/issues/{issue}")
    expect(page.locator(".line-of-time > li").last).to_contain_text(zh("sent %(when)s").split("%")[-1][-2:])


def test_what_the_front_desk_did_meanwhile_is_told_and_nothing_typed_is_lost(
    phones: Phones, running: Running, phone: str, job: Job
) -> None:
    page = phones.open(phone)
    begin(page)
    signal(page, False)
    card = job.card(page)
    tap(card, "Start work")
    expect_waiting(page, 1)
    fix(card, "垫了橡胶垫", [])
    expect_waiting(page, 2)
    steps.move(running, CLERK, job.id, "rejected", note="泵房归物业总部管")
    signal(page, True)
    refused = page.locator("[data-refused] li")
    expect(refused).to_have_count(2)
    expect(refused.first).to_contain_text("李静")
    expect(refused.last).to_contain_text("垫了橡胶垫")
    assert job.arrived() == ["rejected"]
    page.reload()  # it stays until the person has decided
    expect(refused).to_have_count(2)
    refused.last.get_by_role("button", name=zh("Send the words as a message")).click()
    expect(refused).to_have_count(1)
    refused.get_by_role("button", name=zh("Throw away")).click()
    expect(page.locator("[data-steps]")).to_be_hidden()
    wait_for(lambda: job.arrived() == ["rejected", "message"], what="the words")
    assert job.timeline()[-1]["text"] == "垫了橡胶垫"


def test_a_refused_step_can_be_taken_again_as_things_are_now(
    phones: Phones, running: Running, phone: str, job: Job
) -> None:
    page = phones.open(phone)
    begin(page)
    signal(page, False)
    tap(job.card(page), "Start work")
    hold(job.card(page))
    expect_waiting(page, 2)
    steps.assign(running, job.id, to=phone)  # handed over once more: another version
    signal(page, True)
    expect(page.locator("[data-refused] li")).to_have_count(2)
    page.locator("[data-refused] li").first.get_by_role("button", name=zh("Try again")).click()
    wait_for(lambda: job.arrived()[-2:] == ["in_progress", "paused"], what="both")
    expect(page.locator("[data-steps]")).to_be_hidden()


def test_tapping_twice_and_in_two_tabs_takes_a_step_once(phones: Phones, phone: str, job: Job) -> None:
    page = phones.open(phone)
    begin(page)
    other = page.context.new_page()
    other.goto(f"/desk/issues/{job.id}")
    signal(page, False)
    job.card(page).get_by_role("button", name=zh("Start work")).dblclick(no_wait_after=True)
    expect_waiting(page, 1)
    expect_waiting(other, 1)  # the other tab knows
    hold(job.card(other))
    expect_waiting(page, 2)
    signal(page, True)
    for each in (page, other):
        expect(each.locator("[data-steps]")).to_be_hidden()
    assert job.arrived() == ["in_progress", "paused"]


def test_a_step_is_taken_back_before_it_is_sent(phones: Phones, phone: str, job: Job) -> None:
    page = phones.open(phone)
    begin(page)
    signal(page, False)
    card = job.card(page)
    tap(card, "Start work")
    write(card, "马上好")
    expect_waiting(page, 2)
    page.locator("[data-waiting] summary").click()
    waiting(page).first.get_by_role("button", name=zh("Take back")).click()
    expect_waiting(page, 1)
    expect(card.get_by_role("button", name=zh("Start work"))).to_be_visible()
    waiting(page).first.get_by_role("button", name=zh("Take back")).click()
    expect(page.locator("[data-steps]")).to_be_hidden()
    tap(card, "Message")
    expect(card.locator("textarea")).to_have_value("马上好")


def test_a_step_that_is_sent_is_taken_back_from_its_note(phones: Phones, phone: str, job: Job) -> None:
    page = phones.open(phone)
    begin(page)
    tap(job.card(page), "Start work")
    undo = page.locator("main > .note form.undo")
    expect(undo.locator("[data-seconds]")).to_be_visible()
    expect(job.card(page).get_by_text(zh("Report as fixed"), exact=True)).to_be_visible()
    undo.get_by_role("button").click()
    expect(page.locator("main > .note.good")).to_contain_text(zh("Taken back. The owner is told what holds."))
    expect(job.card(page).get_by_role("button", name=zh("Start work"))).to_be_visible()
    assert job.arrived() == ["in_progress", "assigned"]


def test_an_answer_that_is_lost_makes_no_second_step(phones: Phones, phone: str, job: Job) -> None:
    def lost(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page = phones.open(phone)
    begin(page)
    page.route("**/api/v1/desk/steps", lost)
    card = job.card(page)
    tap(card, "Start work")
    expect_waiting(page, 1)
    wait_for(lambda: job.arrived() == ["in_progress"], what="the step")
    hold(card)  # after a step of which the phone does not know that it is done
    expect_waiting(page, 2)
    page.unroute_all()
    page.reload()
    expect(page.locator("[data-steps]")).to_be_hidden()
    assert job.arrived() == ["in_progress", "paused"]


@pytest.mark.parametrize("sends", [True, False], ids=["and sends them first", "and throws them away"])
def test_who_signs_out_is_told_what_is_not_sent_yet(
    phones: Phones, phone: str, job: Job, sends: bool
) -> None:
    page = phones.open(phone)
    begin(page)
    page.route("**/api/v1/**", lambda route: route.abort("connectionfailed"))
    tap(job.card(page), "Start work")
    expect_waiting(page, 1)
    page.goto("/me")
    page.get_by_role("button", name=zh("Sign out"), exact=True).click()
    box = page.locator("[data-leaving]")
    expect(box).to_contain_text(zh("1 step is not sent yet."))
    if sends:
        page.unroute_all()
    box.get_by_role("button", name=zh("Send first") if sends else zh("Throw away and sign out")).click()
    page.wait_for_url("**/login")
    assert page.evaluate(_KEPT) == []
    assert job.arrived() == (["in_progress"] if sends else [])


def test_the_number_is_shown_at_the_first_tap_and_kept_nowhere(phones: Phones, phone: str, job: Job) -> None:
    page = phones.open(phone)
    begin(page)
    tap(job.card(page), "Call")
    expect(job.card(page).locator("a[href^='tel:']")).to_contain_text(job.owner)
    page.reload()
    expect(job.card(page)).to_be_visible()
    assert job.owner not in page.content()
    signal(page, False)
    tap(job.card(page), "Call")
    expect(job.card(page)).to_contain_text(zh("There is no signal here. Try again where there is one."))


def test_the_days_work_without_javascript(phones: Phones, phone: str, job: Job) -> None:
    page = phones.open(phone, java_script_enabled=False)
    page.goto("/desk/today")
    tap(job.card(page), "Start work")
    expect(page.locator("main > .note.good")).to_be_visible()
    tap(job.card(page), "Report as fixed")
    page.locator("details#resolved[open] textarea").fill("垫了橡胶垫")
    page.locator("details#resolved button.main").click()
    assert job.arrived() == ["in_progress", "resolved"]
    page.goto("/desk/today")
    expect(page.locator(".empty")).to_be_visible()
