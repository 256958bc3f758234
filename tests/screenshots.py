"""`make screenshots`: the README's picture, and contact sheets of every page and state in build/screens."""

import io
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Page

from local.engines import ROOT
from tests.journeys.catalogue import State, states
from tests.journeys.phones import Phones, chromium
from tests.journeys.running import CLERK, OWNER, Running, running_portal
from tests.journeys.world import World, build

PICTURES = ROOT / "docs" / "pictures"
SCREENS = ROOT / "build" / "screens"
_SHEET_WIDTH, _GAP, _LABEL, _LONGEST = 2400, 24, 28, 4000
_PAPER = (226, 229, 232)


class Camera:
    """Takes pictures of pages, with one browser for each look."""

    def __init__(self, phones: Phones) -> None:
        self._phones = phones

    def page(self, state: State, lang: str, scheme: str, width: int, scale: float) -> Page:
        """A browser for a state: its person's, in a language, light or dark."""
        options: dict[str, Any] = {"lang": lang, "color_scheme": scheme, "device_scale_factor": scale}
        if state.wide:
            return self._phones.desk(state.who, **options)
        return self._phones.open(state.who, viewport={"width": width, "height": 844}, **options)

    def take(self, page: Page, *, full: bool = True) -> Image.Image:
        """What a page shows, once its pictures are there."""
        if full:
            page.wait_for_load_state("networkidle")  # what a page asks for after it has come makes it longer
            _grow(page)
        page.wait_for_function(
            "Array.from(document.images).every(one => one.complete || one.loading === 'lazy')"
        )
        return Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")


def _grow(page: Page) -> None:
    """Make a page as high as it is long, or the bar at the bottom would stand in the middle of its picture."""
    size = page.viewport_size
    assert size
    long = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": min(long, _LONGEST)})


def sheet(shots: Iterable[tuple[str, Image.Image]], target: Path) -> None:
    """Pictures with their names, side by side in rows."""
    rows: list[list[tuple[str, Image.Image]]] = [[]]
    for name, shot in shots:
        used = sum(image.width + _GAP for _, image in rows[-1])
        if rows[-1] and used + shot.width > _SHEET_WIDTH:
            rows.append([])
        rows[-1].append((name, shot))
    heights = [max(image.height for _, image in row) + _GAP + _LABEL for row in rows]
    paper = Image.new("RGB", (_SHEET_WIDTH + _GAP, sum(heights) + _GAP), _PAPER)
    draw, top = ImageDraw.Draw(paper), _GAP
    for row, height in zip(rows, heights, strict=True):
        left = _GAP
        for name, image in row:
            draw.text((left, top), name, fill=(20, 20, 20))
            paper.paste(image, (left, top + _LABEL))
            left += image.width + _GAP
        top += height
    paper.save(target)


def contact_sheets(phones: Phones, world: World) -> None:
    """All states × languages × light and dark × 390 and 320 px, a few on each sheet."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for old in SCREENS.glob("*.png"):
        old.unlink()
    for lang in ("zh-CN", "en"):
        for scheme, width in (("light", 390), ("dark", 390), ("light", 320), ("dark", 320)):
            _sheets_of(phones, world, lang, scheme, width)


def _sheets_of(phones: Phones, world: World, lang: str, scheme: str, width: int) -> None:
    camera, pages = Camera(phones), dict[tuple[str | None, bool], Page]()
    shots = []
    for state in states(world):
        if state.wide and width == 320:
            continue
        key = state.who, state.wide
        if key not in pages or state.who is None:
            pages[key] = camera.page(state, lang, scheme, width, 1)
        if state.who:
            phones.hand_session(pages[key].context, phones.portal.token(state.who))
        phones.choose_look(pages[key].context, state.look)
        state.go(pages[key], world)
        usual = pages[key].viewport_size
        shots.append((state.name, camera.take(pages[key])))
        pages[key].set_viewport_size(usual or {"width": width, "height": 844})
    for number in range(0, len(shots), 12):
        sheet(shots[number : number + 12], SCREENS / f"{lang}-{scheme}-{width}-{number // 12 + 1}.png")


def _show_at(camera: Camera, who: str, path: str, **look: str) -> Image.Image:
    state = State(path, who, lambda page, world: None)
    page = camera.page(state, "zh-CN", look.get("scheme", "light"), 390, 2)
    page.goto(path)
    return camera.take(page, full=False)


def _side_by_side(shots: list[Image.Image], target: Path, height: int) -> None:
    """Screens with round corners on paper, in few enough colours to load quickly."""
    sized = [
        shot.resize((shot.width * height // shot.height, height), Image.Resampling.LANCZOS) for shot in shots
    ]
    width = sum(shot.width + _GAP for shot in sized) + _GAP
    paper = Image.new("RGB", (width, height + 2 * _GAP), _PAPER)
    left = _GAP
    for shot in sized:
        mask = Image.new("L", shot.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, shot.width - 1, shot.height - 1), 24, fill=255)
        paper.paste(shot, (left, _GAP), mask)
        left += shot.width + _GAP
    paper.quantize(256, kmeans=3, dither=Image.Dither.NONE).save(target, optimize=True)


def readme_picture(phones: Phones, world: World) -> None:
    """An owner's phone, light and dark, and the desk."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    camera = Camera(phones)
    visit = world.issues["visit"]
    shots = [_show_at(camera, OWNER, "/"), _show_at(camera, world.owner, f"/issues/{visit}")]
    shots.append(_show_at(camera, OWNER, "/issues", scheme="dark"))
    desk = phones.desk(CLERK, device_scale_factor=1.5)
    desk.goto("/desk")
    desk.locator(f".job-link[href$='{visit}']").click()
    desk.locator(".pane #job").wait_for()
    desk.locator(".alarm").first.wait_for()
    while desk.locator(".alarm").count():
        desk.locator(".alarm .x").first.click()
    desk.evaluate("scrollTo(0, 0)")  # the row may have been further down
    shots.append(camera.take(desk, full=False))
    _side_by_side(shots, PICTURES / "portal.png", 800)


def take_all(portal: Running) -> list[str]:
    """All pictures; gives back what the browsers complained about."""
    with chromium() as browser:
        phones = Phones(portal, browser)
        sheets = "--readme" not in sys.argv
        world = build(portal, many=300 if sheets else 0)
        readme_picture(phones, world)
        if sheets:
            contact_sheets(phones, world)
        for context in phones.contexts:
            context.close()
        return [problem for watch in phones.watches for problem in watch.problems]


def main() -> int:
    """Make the pictures on a portal of their own; 1 when a browser complained."""
    with tempfile.TemporaryDirectory() as folder, running_portal(Path(folder) / "data") as portal:
        problems = take_all(portal)
    print("\n".join(problems) or f"The picture is in {PICTURES}, sheets in {SCREENS}.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
