"""Every page and state of the portal, by name: how to get there. The checks and the contact sheets use it."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.journeys.running import CEDAR_CLERK, CLERK, MANAGER, TECHNICIAN
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
        page.goto(path.format(**world.issues, photo=world.photo))

    return go


def _unfold(path: str) -> Go:
    """A page with all that can be opened open."""

    def go(page: Page, world: World) -> None:
        _at(path)(page, world)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")

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


def _more(page: Page, world: World) -> None:
    """The list with its second page added by the script."""
    page.goto("/issues")
    shown = page.locator(".cards > li")
    before = shown.count()
    page.locator("a[rel=next]").click()
    expect(shown).to_have_count(2 * before)


def _next_page(path: str) -> Go:
    """The second page of a list, as it comes without JavaScript."""

    def go(page: Page, world: World) -> None:
        page.goto(path)
        page.goto(str(page.locator("a[rel=next]").get_attribute("href")))

    return go


def _no_signal(page: Page, world: World) -> None:
    page.goto("/issues/new?category=noise")
    page.evaluate("Object.defineProperty(navigator, 'onLine', { get: () => false, configurable: true })")
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    page.locator("[data-offline]").wait_for()


def _on_its_way(page: Page, world: World) -> None:
    """A page that takes long: what stands there meanwhile."""
    page.goto("/")
    page.evaluate("document.documentElement.setAttribute('data-going', '')")
    expect(page.locator("main > *").first).to_have_css("opacity", "0")


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
        State("report, errors", owner, _post("/issues/new?category=plumbing", "form[action='/issues/new']")),
        State("report, check", owner, _check),
        State("photo, remove", owner, _at("/photos/{photo}/remove?back=/")),
        *(State(f"issue, {name}", owner, _at("/issues/{" + name + "}")) for name in OWNER_ISSUES),
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
        State("report, no signal", owner, _no_signal),
        State("on its way", owner, _on_its_way),
        State("home, simple", owner, _at("/"), look="simple"),
        State("home, simple and large", owner, _at("/"), look="simple.large"),
        State("list, simple", owner, _at("/issues"), look="simple"),
        State("sign in, large", None, _at("/login"), look="large"),
        State("report, large", owner, _at("/issues/new?category=plumbing"), look="large"),
        State("issue, large", owner, _unfold("/issues/{resolved}"), look="large"),
        State("me, large", owner, _at("/me"), look="large.dark"),
        State("queue", staff, _unfold("/desk")),
        State("queue, empty", staff, _at("/desk?category=greening&building=1&status=paused")),
        State("queue, wide", staff, _pane, wide=True),
        State("board", staff, _at("/desk/board")),
        State("board, wide", staff, _at("/desk/board"), wide=True),
        State("job, submitted", staff, _unfold("/desk/issues/{submitted}")),
        State("job, assigned", TECHNICIAN, _unfold("/desk/issues/{in_progress}")),
        State("job, waiting", TECHNICIAN, _unfold("/desk/issues/{visit}")),
        State("job, rated", staff, _unfold("/desk/issues/{rated}")),
        State("job, conflict", staff, _desk_conflict),
        State("import", MANAGER, _at("/desk/import")),
        State("import, preview", MANAGER, _preview),
        State("import, wide", MANAGER, _at("/desk/import"), wide=True),
    ]
