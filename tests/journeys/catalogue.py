"""Every page and state of the portal, by name: how to get there. The checks and the contact sheets use it."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.journeys.running import (
    AUDITOR,
    CEDAR_CLERK,
    CEDAR_OWNER,
    CLERK,
    DESIGNER,
    MANAGER,
    OWNER,
    TECHNICIAN,
)
from tests.journeys.world import LONG, World

Go = Callable[[Page, World], None]
OWNER_ISSUES = (
    "submitted", "visit", "asked", "in_progress", "resolved", "closed", "rated", "declined", "joined",
    "cancelled", "reopened", "bad_photo",
)  # fmt: skip


@dataclass(frozen=True)
class State:
    """A page in a state: whose it is (None for visitors), and the way there."""

    name: str
    who: str | None
    go: Go
    wide: bool = False
    #: What is chosen on the device, as its cookie says it.
    look: str = ""


def _at(path: str) -> Go:
    def go(page: Page, world: World) -> None:
        page.goto(
            path.format(
                **world.issues,
                **world.words,
                photo=world.photo,
                code=world.code,
                away=world.away,
                due=world.due,
                invite=world.invite,
                referral=world.referral,
            )
        )

    return go


def _unfold(path: str) -> Go:
    """A page with all that can be opened open."""

    def go(page: Page, world: World) -> None:
        _at(path)(page, world)
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")

    return go


def _menu(path: str) -> Go:
    """The desk's menu over a page."""

    def go(page: Page, world: World) -> None:
        _at(path)(page, world)
        page.locator(".menu > summary").click()
        page.locator(".menu-in").wait_for()

    return go


def _send(page: Page, form: str) -> None:
    """Send a form as it is, whatever is required in it."""
    with page.expect_navigation():
        page.locator(form).first.evaluate("form => form.submit()")


def _post(path: str, form: str) -> Go:
    """A page as it answers to its own form, sent as it is."""

    def go(page: Page, world: World) -> None:
        _at(path)(page, world)
        _send(page, form)

    return go


def _letter(page: Page, world: World) -> None:
    """The written reply, as it will be sent."""
    page.goto(f"/desk/complaints/{world.words['decided']}")
    with page.expect_navigation():
        page.locator("button[name=preview]").click()


def _code(page: Page, world: World) -> None:
    page.goto("/login")
    page.locator("[name=phone]").fill("13700009999")
    page.locator("button.main").click()
    page.locator("[name=code]").wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


def _wrong_code(page: Page, world: World) -> None:
    _code(page, world)
    page.locator("[name=code]").fill("000000")
    page.locator("button.main").click()
    page.locator("[data-focus]").wait_for()


def _check(page: Page, world: World) -> None:
    page.goto("/issues/new?category=plumbing")
    page.locator("[name=description]").fill(LONG)
    page.locator("[name=windows]").first.check()
    page.locator("form .send button").click()
    page.locator("dl").wait_for()


def _outage(page: Page, world: World) -> None:
    page.goto("/issues/new?category=electrical")
    page.locator("[name=description]").fill(LONG)
    page.locator("form .send button").click()
    page.locator(".outage").wait_for()


def _no_signal(page: Page, world: World) -> None:
    page.goto("/issues/new?category=lift")
    page.locator("[name=description]").fill(LONG)
    page.context.set_offline(True)
    page.locator("form .send button").click()
    page.locator("[data-local]").wait_for()
    page.context.set_offline(False)


def _unsent(page: Page, world: World) -> None:
    _no_signal(page, world)
    page.goto("/issues")
    page.locator("[data-unsent] li").first.wait_for()


def _not_mine(page: Page, world: World) -> None:
    page.goto("/issues/new?category=gas")
    page.locator("[name=where]").first.evaluate(
        "field => { field.value = 'maple-1-999'; field.checked = true; }"
    )
    _send(page, "form[action='/issues/emergency']")


def _already_reported(page: Page, world: World) -> None:
    page.goto(f"/p/{world.code}?category=lift")
    page.locator("[name=description]").fill(LONG)
    page.locator(".send button").click()
    page.locator(".similar").wait_for()


def _bad_hours(page: Page, world: World) -> None:
    page.goto("/me/messages")
    page.locator("[name=end]").fill(page.locator("[name=start]").input_value())
    _send(page, "form[action='/me/messages']")


def _number_left(page: Page, world: World) -> None:
    """The page after it, with the way back open."""
    page.goto(f"/r/{world.invite}")
    page.locator("[name=phone]").fill("+8613600000002")
    page.locator("[name=consent]").check()
    page.locator("button.main").click()
    page.locator("details.fold").evaluate("one => { one.open = true; }")


def _announced(page: Page, world: World) -> None:
    page.goto("/desk/announcements")
    page.locator("details.fold summary").first.evaluate("one => { one.parentElement.open = true; }")
    page.locator("[name=title]").fill("明天上午停水")
    page.locator("textarea[name=text]").fill(LONG)
    page.locator("[value=building]").check()
    page.locator("[name=buildings]").first.check()
    _send(page, "form[action='/desk/announcements']")
    page.locator("#preview").wait_for()


def _sign_in_from_place(page: Page, world: World) -> None:
    page.goto(f"/p/{world.code}?category=lift")
    page.locator("[name=description]").fill(LONG)
    page.locator(".send button").click()
    page.locator("[name=phone]").wait_for()


def _resume(page: Page, world: World) -> None:
    page.goto("/issues/new?category=plumbing")
    page.context.clear_cookies(name="session")
    _send(page, "form[action='/issues/new']")


def _conflict(page: Page, world: World) -> None:
    page.goto(f"/issues/{world.issues['resolved']}")
    page.locator("form[action$='/reopen'] [name=version]").evaluate("field => { field.value = 1; }")
    page.locator("form[action$='/reopen'] textarea").evaluate("area => { area.value = '还是不行'; }")
    _send(page, "form[action$='/reopen']")


def _desk_conflict(page: Page, world: World) -> None:
    page.goto(f"/desk/issues/{world.issues['submitted']}")
    form = "form:has([name=to][value=rejected])"
    page.locator(f"{form} [name=version]").evaluate("field => { field.value = 9; }")
    page.locator(f"{form} textarea").evaluate("area => { area.value = '请联系开发商'; }")
    _send(page, form)


def _late(page: Page, world: World) -> None:
    """A job of the demo's that is late by every measure, with alerts that nobody has acknowledged."""
    page.goto("/desk?overdue=1")
    page.goto(page.locator(".job-link").first.get_attribute("href") or "")


def _preview(page: Page, world: World) -> None:
    page.goto("/desk/import")
    rows = "community_id,building,unit,name,phone,role\nmaple,8,901,何新,13712340009,owner\nmaple,8,902,坏,12,owner\n"
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.locator("[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.locator("button.main").click()
    page.locator(".rows").wait_for()


def _pane(page: Page, world: World) -> None:
    page.goto("/desk?category=wall_seepage")
    page.locator(f".job-link[href$='{world.issues['submitted']}']").click()
    page.locator(".pane #job").wait_for()


def _today_forms(page: Page, world: World) -> None:
    page.goto("/desk/today")
    page.locator(f"[data-job='{world.issues['in_progress']}'] [data-opens=resolved]").click()
    page.locator(".task-form").wait_for()


def _today_kept(page: Page, world: World) -> None:
    """One step that waits, and one that was refused."""
    page.route("**/api/v1/me", lambda route: route.abort("connectionfailed"))
    page.goto("/desk/today")
    card = page.locator(f"[data-job='{world.issues['in_progress']}']")
    page.evaluate(_REFUSED, world.issues["asked"])
    card.locator("[data-opens=message]").click()
    card.locator("textarea").fill("还要一个小时")
    card.locator(".task-form button.main").click()
    page.locator("[data-waiting] summary").click()
    page.locator("[data-refused] li").wait_for()


_REFUSED = """async (issue) => {
  const row = { id: "refused-step-1", issue, kind: "resolved", state: "refused", label: "用电照明 · 9-1", photos: [] };
  const why = { code: "version_conflict", why: "李静 先处理了：已派单。", text: "换了灯泡，试过了。" };
  await window.portal.kept.put("steps", Object.assign(row, why));
}"""


def _picked(page: Page, world: World) -> None:
    page.goto("/desk")
    page.locator("[name=pick]").first.check()
    page.locator("#bulk.has-picks").wait_for()


def _bulk_done(page: Page, world: World) -> None:
    """Three chosen, one of them in a state that does not take the step."""
    page.goto("/desk?category=lift")
    page.locator("[data-pick-all] input").check()
    page.locator("#f-step").select_option("acknowledged")
    _send(page, "#bulk")


def _keys(page: Page, world: World) -> None:
    page.goto("/desk")
    page.keyboard.press("?")
    page.locator("dialog#keys[open]").wait_for()


def _alarm(page: Page, world: World) -> None:
    """What an urgent report looks like, whether or not one came just now."""
    page.goto("/desk/board")
    page.evaluate(
        """() => { const made = document.querySelector("template[data-alarm-note]").content.cloneNode(true);
        made.querySelector("strong").textContent = "紧急：燃气 · 1-101";
        made.querySelector("span").textContent = "楼道有煤气味";
        document.querySelector("main").prepend(made); }"""
    )


def _undo(page: Page, world: World) -> None:
    """The note after a step, by its cookie: a real step would change the world for the next language."""
    page.goto("/desk")
    flash = f"desk_done~{world.issues['submitted']}~2~{int(time.time())}"
    page.context.add_cookies([{"name": "flash", "value": flash, "url": page.url}])
    page.goto("/desk?category=wall_seepage")
    page.locator("form.undo").wait_for()


def _look_first(page: Page) -> None:
    with page.expect_navigation():
        page.locator("button[name=act][value=preview]").click()


def _policy_preview(page: Page, world: World) -> None:
    page.goto("/desk/rules/policy")
    page.locator("[name=L1_resolve_n]").fill("1")
    _look_first(page)


def _policy_errors(page: Page, world: World) -> None:
    page.goto("/desk/rules/policy")
    page.locator("[name=L3_resolve_n]").fill("")
    _look_first(page)


def _points_preview(page: Page, world: World) -> None:
    page.goto("/desk/points/rules/decoration?community_id=maple")
    page.locator("[name=points]").fill("2")
    _look_first(page)


def _no_points(page: Page, world: World) -> None:
    page.goto("/desk/points/adjustments?community_id=maple")
    _send(page, "form.card")


def _no_reward(page: Page, world: World) -> None:
    page.goto("/desk/points/rewards/new?community_id=maple")
    _send(page, "form.card")


def _roster_preview(page: Page, world: World) -> None:
    """A night shift from Monday to Friday."""
    page.goto("/desk/rules/roster")
    page.locator("[name=w0_who]").select_option(index=1)
    for day in range(5):
        page.locator(f"[name=w0_{day}]").check()
    page.locator("[name=w0_start]").fill("22:00")
    page.locator("[name=w0_end]").fill("07:00")
    _look_first(page)


def _reply_errors(page: Page, world: World) -> None:
    page.goto("/desk/replies")
    _send(page, "form[action='/desk/replies']")


def _more(page: Page, world: World) -> None:
    """The list with its second page added by the script."""
    page.goto("/issues")
    shown = page.locator("[data-rows] > li")
    before = shown.count()
    page.locator("a[rel=next]").click()
    expect(shown).to_have_count(2 * before)


def _next_page(path: str) -> Go:
    """The second page of a list, as it comes without JavaScript."""

    def go(page: Page, world: World) -> None:
        page.goto(path)
        page.goto(str(page.locator("a[rel=next]").get_attribute("href")))

    return go


def _signal_lost(page: Page, world: World) -> None:
    page.goto("/issues/new?category=noise")
    page.evaluate("Object.defineProperty(navigator, 'onLine', { get: () => false, configurable: true })")
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    page.locator("[data-signal]").wait_for()


def _on_its_way(page: Page, world: World) -> None:
    """A page that takes long: what stands there meanwhile."""
    page.goto("/")
    page.evaluate("document.documentElement.setAttribute('data-going', '')")
    expect(page.locator("main > *").first).to_have_css("opacity", "0")


def _consult(link: str = "service_id=talk", *, errors: bool = False) -> Go:
    """The form for a designer's time, as one comes to it; or as it answers when the topic is missing."""

    def go(page: Page, world: World) -> None:
        page.goto("/consultations/new")
        page.locator(f"a[href*='{link}']").first.click()
        page.locator(".days").wait_for()
        if errors:
            _send(page, "form[action='/consultations/new']")

    return go


def _first(path: str, link: str) -> Go:
    """The first page of a kind that another leads to, with all that can be opened open."""

    def go(page: Page, world: World) -> None:
        page.goto(path)
        page.goto(str(page.locator(f"main a[href*='{link}']").last.get_attribute("href")))
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")

    return go


def _full_day(page: Page, world: World) -> None:
    """The designer's day off has nothing free, like one that is full."""
    _consult()(page, world)
    page.locator(".days a").filter(has_text=re.compile("约满|full")).first.click()
    page.locator("form[action='/consultations/line']").wait_for()


def states(world: World) -> list[State]:
    """All of them."""
    owner, staff = world.owner, CLERK
    return [
        State("sign in", None, _at("/login")),
        State("sign in, no number", None, _post("/login", "form[action='/login']")),
        State("code", None, _code),
        State("code, wrong", None, _wrong_code),
        State("signed out while typing", owner, _resume),
        State("privacy", None, _at("/privacy")),
        State("API", None, _at("/api/docs")),
        State("styles", None, _at("/dev/styles")),
        State("not there", owner, _at("/no-such-page")),
        State("home", owner, _at("/")),
        State("home, no home", world.nobody, _at("/")),
        State("list", owner, _at("/issues")),
        State("list, empty", world.nobody, _at("/issues")),
        State("categories", owner, _at("/issues/new")),
        State("report", owner, _at("/issues/new?category=plumbing")),
        State("report, emergency", owner, _at("/issues/new?category=gas")),
        State("report, emergency, not mine", owner, _not_mine),
        State("report, already reported", owner, _already_reported),
        State("place", None, _at("/p/{code}")),
        State("place, form", None, _at("/p/{code}?category=lift")),
        State("place, errors", None, _post("/p/{code}?category=lift", "main form")),
        State("place, emergency", None, _at("/p/{code}?category=lift_trapped")),
        State("place, already reported", owner, _at("/p/{code}?category=lift")),
        State("place, no home there", world.nobody, _at("/p/{code}?category=lift")),
        State("place, sign in", None, _sign_in_from_place),
        State("place, gone", None, _at("/p/zzzzzzzz")),
        State("report, errors", owner, _post("/issues/new?category=plumbing", "form[action='/issues/new']")),
        State("report, check", owner, _check),
        State("report, no signal", owner, _no_signal),
        State("list, not sent yet", owner, _unsent),
        State("how we tell you", owner, _at("/me/messages")),
        State("how we tell you, reached", world.neighbour, _at("/me/messages")),
        State("how we tell you, errors", owner, _bad_hours),
        State("confirm e-mail", owner, _at("/me/messages/email?token=none")),
        State("failed messages, none", MANAGER, _at("/desk/messages")),
        State("failed messages", world.boss, _at("/desk/messages?community_id=cedar")),
        State("what messages say", MANAGER, _unfold("/desk/messages/templates")),
        State("announcements", MANAGER, _unfold("/desk/announcements")),
        State("announcements, preview", MANAGER, _announced),
        State("no signal", None, _at("/offline")),
        State("photo, remove", owner, _at("/photos/{photo}/remove?back=/")),
        *(State(f"issue, {name}", owner, _at("/issues/{" + name + "}")) for name in OWNER_ISSUES),
        State("issue, followed", world.neighbour, _unfold("/issues/{shared}")),
        State("issue, followed with words", world.neighbour, _at("/issues/{shared}?again=1")),
        State("issue, open again", owner, _at("/issues/{reopened}?again=1")),
        State("issue, to rate", owner, _at("/issues/{closed}?rate=1")),
        State("issue, emergency sent", owner, _at("/issues/{danger}?sent=1")),
        State("list, followed", world.neighbour, _at("/issues")),
        State("issue, sent", owner, _at("/issues/{submitted}?sent=1")),
        State("issue, all open", owner, _unfold("/issues/{submitted}?message=1")),
        State("issue, resolved, all open", owner, _unfold("/issues/{resolved}")),
        State("issue, conflict", owner, _conflict),
        State("messages", owner, _at("/inbox")),
        State("messages, none", world.nobody, _at("/inbox")),
        State("me", owner, _at("/me")),
        State("me, staff", MANAGER, _at("/me")),
        State("not allowed", owner, _at("/desk")),
        State("home, many", world.crowd, _at("/")),
        State("list, many", world.crowd, _more),
        State("list, second page", world.crowd, _next_page("/issues")),
        State("messages, many", world.crowd, _next_page("/inbox")),
        State("queue, many", CEDAR_CLERK, _at("/desk")),
        State("queue, many, wide", CEDAR_CLERK, _at("/desk"), wide=True),
        State("report, signal lost", owner, _signal_lost),
        State("on its way", owner, _on_its_way),
        State("words", owner, _at("/feedback")),
        State("words, none", world.nobody, _at("/feedback")),
        State("words, kinds", owner, _at("/feedback/new")),
        State("words, kinds of staff", world.nobody, _at("/feedback/new")),
        State("words, new", owner, _at("/feedback/new?kind=complaint&issue={submitted}")),
        State("words, errors", owner, _post("/feedback/new?kind=praise", "form[action='/feedback/new']")),
        State("words, accepted", owner, _unfold("/feedback/{accepted}")),
        State("words, replied", owner, _unfold("/feedback/{replied}")),
        State("words, no reason", owner, _post("/feedback/{replied}", "form[action$='/dissent']")),
        State("words, disputed", owner, _unfold("/feedback/{disputed}")),
        State("words, answered", owner, _unfold("/feedback/{praise}")),
        State("ledger", staff, _at("/desk/complaints")),
        State("ledger, wide", MANAGER, _at("/desk/complaints"), wide=True),
        State("ledger, empty", staff, _at("/desk/complaints?stage=litigation")),
        State("case, accepted", staff, _unfold("/desk/complaints/{accepted}")),
        State("case, decided", MANAGER, _unfold("/desk/complaints/{decided}")),
        State("case, letter", MANAGER, _letter),
        State("case, wrong", staff, _post("/desk/complaints/{decided}", "form:has([name=number])")),
        State("case, closed", staff, _unfold("/desk/complaints/{ended}")),
        State("case, read only", AUDITOR, _unfold("/desk/complaints/{disputed}")),
        State("hard cases", MANAGER, _at("/desk/complaints/hard")),
        State("departments", MANAGER, _at("/desk/complaints/departments")),
        State("points", owner, _unfold("/points")),
        State("points, none", world.nobody, _at("/points")),
        State("rewards", owner, _at("/rewards")),
        State("rewards, none", world.nobody, _at("/rewards")),
        State("reward", owner, _at("/rewards/{reward}")),
        State("reward, too dear", owner, _at("/rewards/{dear}")),
        State("reward, gone", owner, _at("/rewards/{gone}")),
        State("vouchers", owner, _at("/vouchers")),
        State("vouchers, none", world.nobody, _at("/vouchers")),
        State("voucher", owner, _unfold("/vouchers/{voucher}")),
        State("voucher, given back", owner, _at("/vouchers/{back}")),
        State("voucher, at the desk", staff, _at("/desk/vouchers/{voucher_code}")),
        State("voucher, unknown", staff, _post("/desk/vouchers", "form[action='/desk/vouchers']")),
        State("points of the community", MANAGER, _at("/desk/points?community_id=maple")),
        State("points of the community, wide", MANAGER, _at("/desk/points?community_id=maple"), wide=True),
        State("what earns", MANAGER, _at("/desk/points/rules?community_id=maple")),
        State("what earns, one", MANAGER, _points_preview),
        State("points by hand", MANAGER, _at("/desk/points/adjustments?community_id=maple")),
        State("points by hand, errors", MANAGER, _no_points),
        State("rewards at the desk", MANAGER, _at("/desk/points/rewards?community_id=maple")),
        State("reward, new", MANAGER, _no_reward),
        State("reward at the desk", MANAGER, _at("/desk/points/rewards/{reward}")),
        State("points, large", owner, _at("/points"), look="large.dark"),
        State("home, simple", owner, _at("/"), look="simple"),
        State("home, simple and large", owner, _at("/"), look="simple.large"),
        State("list, simple", owner, _at("/issues"), look="simple"),
        State("sign in, large", None, _at("/login"), look="large"),
        State("report, large", owner, _at("/issues/new?category=plumbing"), look="large"),
        State("issue, large", owner, _unfold("/issues/{resolved}"), look="large"),
        State("me, large", owner, _at("/me"), look="large.dark"),
        State("consultations", OWNER, _unfold("/consultations")),
        State("consultations, none", owner, _at("/consultations")),
        State("consultations, choose", owner, _at("/consultations/new")),
        State("consultations, nobody", world.nobody, _at("/consultations/new")),
        State("consultation, time", owner, _consult()),
        State("consultation, errors", owner, _consult(errors=True)),
        State("consultation, full day", owner, _full_day),
        State("consultation", OWNER, _first("/consultations", "/consultations/0")),
        State("calendar", DESIGNER, _unfold("/desk/calendar")),
        State("calendar, wide", MANAGER, _at("/desk/calendar"), wide=True),
        State("calendar, day", DESIGNER, _at("/desk/calendar?view=day")),
        State("calendar, nobody", CEDAR_CLERK, _at("/desk/calendar")),
        State("calendar, one", DESIGNER, _first("/desk/calendar", "/desk/calendar/0")),
        State("hours", DESIGNER, _at("/desk/calendar/hours")),
        State("decoration", OWNER, _unfold("/projects/maple-1-101")),
        State("decoration, none", owner, _at("/projects")),
        State("prices", OWNER, _unfold("/prices")),
        State("prices, none", CEDAR_OWNER, _at("/prices")),
        State("commitments", OWNER, _at("/commitments")),
        State("commitments, none", owner, _at("/commitments")),
        State("commitment", OWNER, _first("/commitments", "/commitments/0")),
        State("previews, none", owner, _at("/previews")),
        State("projects", DESIGNER, _at("/desk/projects?community_id=maple")),
        State("projects, none", DESIGNER, _at("/desk/projects?community_id=cedar")),
        State("project, desk", DESIGNER, _unfold("/desk/projects/maple-1-101")),
        State("prices, desk", MANAGER, _at("/desk/prices")),
        State("price, desk", MANAGER, _first("/desk/prices", "/desk/prices/0")),
        State("commitments, desk", DESIGNER, _at("/desk/commitments?community_id=maple")),
        State(
            "commitment, desk",
            DESIGNER,
            _first("/desk/commitments?community_id=maple", "/desk/commitments/0"),
        ),
        State("previews, desk", DESIGNER, _at("/desk/previews")),
        State("queue", staff, _unfold("/desk")),
        State("menu", MANAGER, _menu("/desk/people")),
        State("menu, wide", MANAGER, _menu("/desk"), wide=True),
        State("menu, technician", TECHNICIAN, _menu("/desk/today")),
        State("menu, auditor", AUDITOR, _menu("/desk/complaints")),
        State("queue, empty", staff, _at("/desk?category=greening&building=1&status=paused")),
        State("queue, wide", staff, _pane, wide=True),
        State("today", TECHNICIAN, _at("/desk/today")),
        State("today, forms", TECHNICIAN, _today_forms),
        State("today, nothing", staff, _at("/desk/today")),
        State("queue, chosen", staff, _picked),
        State("queue, several done", staff, _bulk_done),
        State("queue, keys", staff, _keys, wide=True),
        State("replies", staff, _unfold("/desk/replies")),
        State("replies, manager", MANAGER, _unfold("/desk/replies"), wide=True),
        State("replies, errors", staff, _reply_errors),
        State("alarm", staff, _alarm),
        State("queue, undo", staff, _undo),
        State("board", staff, _at("/desk/board")),
        State("board, wide", staff, _at("/desk/board"), wide=True),
        State("job, submitted", staff, _unfold("/desk/issues/{submitted}")),
        State("job, assigned", TECHNICIAN, _unfold("/desk/issues/{in_progress}")),
        State("job, waiting", TECHNICIAN, _unfold("/desk/issues/{visit}")),
        State("job, rated", staff, _unfold("/desk/issues/{rated}")),
        State("job, late", staff, _late),
        State("job, conflict", staff, _desk_conflict),
        State("job, given out", staff, _unfold("/desk/issues/{split}?propose=1")),
        State("people", MANAGER, _unfold("/desk/people?community_id=maple")),
        State("people, wide", MANAGER, _at("/desk/people?community_id=maple"), wide=True),
        State("person", MANAGER, _unfold("/desk/people/{away}")),
        State("person, errors", MANAGER, _post("/desk/people/{away}", "form:has([name=end])")),
        State("person, own", TECHNICIAN, _at("/desk/people/{away}")),
        State("handover", staff, _at("/desk/people/{away}/handover")),
        State("risks, none", staff, _at("/desk/risks")),
        State("risks", world.boss, _at("/desk/risks?community_id=cedar")),
        State("call-backs", staff, _at("/desk/callbacks")),
        State("call-back", staff, _at("/desk/callbacks/{resolved}?due={due}")),
        State("call-back, errors", staff, _post("/desk/callbacks/{resolved}?due={due}", "form.card")),
        State("outages", staff, _unfold("/desk/outages")),
        State("outages, errors", staff, _post("/desk/outages", "form[action='/desk/outages']")),
        State("outage", owner, _at("/outages/{outage}")),
        State("outage, over", owner, _at("/outages/{past_outage}")),
        State("report, outage", owner, _outage),
        State("issue, split", owner, _at("/issues/{split}")),
        State("invite", owner, _unfold("/refer")),
        State("invite, none yet", world.neighbour, _at("/refer")),
        State("invite, no home", world.nobody, _at("/refer")),
        State("invitation", None, _at("/r/{invite}")),
        State("invitation, errors", None, _post("/r/{invite}", "form[action^='/r/']")),
        State("invitation, sent", None, _number_left),
        State("invitation, gone", None, _at("/r/zzzzzzzzzz")),
        State("invitations to look at", MANAGER, _unfold("/desk/referrals?community_id=maple")),
        State("invitations, errors", MANAGER, _post("/desk/referrals", "form[action='/desk/referrals']")),
        State("invitation, to decide", MANAGER, _at("/desk/referrals/{referral}")),
        State("invitation, no reason", MANAGER, _post("/desk/referrals/{referral}", "form.card")),
        State("import", MANAGER, _at("/desk/import")),
        State("import, preview", MANAGER, _preview),
        State("rules", MANAGER, _at("/desk/rules")),
        State("rules, policy", MANAGER, _unfold("/desk/rules/policy")),
        State("rules, policy, previewed", MANAGER, _policy_preview),
        State("rules, policy, errors", MANAGER, _policy_errors),
        State("rules, calendar", MANAGER, _unfold("/desk/rules/calendar"), wide=True),
        State("rules, roster", MANAGER, _at("/desk/rules/roster")),
        State("rules, roster, previewed", MANAGER, _roster_preview),
        State("rules, steps", MANAGER, _at("/desk/rules/sops")),
        State("rules, steps of seepage", MANAGER, _unfold("/desk/rules/sops/wall_seepage")),
        State("job, a step first", TECHNICIAN, _at("/desk/issues/{in_progress}?step=trial")),
        State("job, step errors", TECHNICIAN, _post("/desk/issues/{in_progress}?step=trial", "#sop form")),
        State("places", MANAGER, _unfold("/desk/places")),
        State("places, errors", MANAGER, _post("/desk/places", "form[action='/desk/places']")),
        State("places, one", MANAGER, _unfold("/desk/places/{code}")),
        State("posters", staff, _unfold("/desk/posters?place={code}&community_id=maple")),
        State("posters, wide", staff, _at("/desk/posters"), wide=True),
        State("import, wide", MANAGER, _at("/desk/import"), wide=True),
        # Last, because what is kept on a phone shows on each of its pages.
        State("today, kept", TECHNICIAN, _today_kept),
    ]
