"""Issues in every state, with hard words and photos: what the pages are looked at with."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from PIL import Image, ImageDraw

from tests.journeys import steps
from tests.journeys.pictures import FOLDER, REAL, begin, finish, upload
from tests.journeys.running import CEDAR_OWNER, CLERK, MANAGER, TECHNICIAN, Running, wait_for

LONG = (
    "卫生间顶板渗水，"
    + "楼上说他们家没有漏。" * 12
    + "\n\n"
    + "Averyveryverylongwordwithoutanyspace" * 4
    + " 🙏"
)


@dataclass
class World:
    """People and their issues, by what can be seen of them."""

    owner: str
    nobody: str
    #: Another owner of the same community, who follows what the owner has reported at a public place.
    neighbour: str
    #: By a word for the state, which stands in addresses too.
    issues: dict[str, str] = field(default_factory=dict)
    #: Complaints, suggestions and praise, the same way.
    words: dict[str, str] = field(default_factory=dict)
    photo: str = ""
    #: The code of a public place.
    code: str = ""
    #: A technician's account, who says that they are away, and when somebody is to be called back.
    away: str = ""
    due: str = ""
    #: An owner's invitation: its code, and a number left with it that waits for a manager.
    invite: str = ""
    referral: str = ""
    #: A manager of both communities, of which cedar has a risk, and messages that did not go out.
    boss: str = ""
    #: Somebody with as many issues and messages as nobody should have.
    crowd: str = CEDAR_OWNER


def drawn_photo(
    *, colour: tuple[int, int, int] = (120, 140, 150), size: tuple[int, int] = (1200, 900)
) -> bytes:
    """Something that looks like a wall with a pipe, where no real photos are."""
    picture = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(picture)
    for row in range(0, size[1], 60):
        draw.line((0, row, size[0], row), fill=(160, 175, 180), width=3)
    draw.rectangle((size[0] // 2 - 40, 0, size[0] // 2 + 40, size[1]), fill=(90, 96, 104))
    draw.ellipse((size[0] // 3, size[1] // 2, size[0] // 3 * 2, size[1] - 60), fill=(70, 110, 150))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def photo_of(portal: Running, phone: str, number: int) -> str:
    """A photo that somebody has sent; gives back its id."""
    names = ("landscape_3.jpg", "DSCN0010.jpg", "no_exif.jpg", "portrait_6.jpg")
    name = names[number % len(names)]
    data = (FOLDER / name).read_bytes() if REAL else drawn_photo(colour=(120 + 20 * number, 140, 150))
    with portal.api(phone) as api:
        return str(upload(api, data, "image/jpeg")["id"])


def build(portal: Running, many: int = 42) -> World:
    """Make it all; repeatable on one portal, with other people each time. `many` issues are in a community of
    their own, where they push nobody else's off the first page: three pages of them are enough to see lists by."""
    owner = portal.new_owner(name="欧阳春晓")
    nobody = portal.new_staff("designer", name="无房")
    world = World(owner, nobody, portal.new_owner(name="林小雨"))
    _waiting(portal, world)
    _fixed(portal, world)
    _ended(portal, world)
    _shared(portal, world)
    _words(portal, world)
    _dispatched(portal, world)
    _invited(portal, world)
    _points(portal, world)
    world.boss = portal.new_staff("manager", name="周经理")
    portal.inside("tests.journeys.troubles", world.boss, world.crowd, world.neighbour)
    rejected = steps.report(portal, owner, category="parking", text="车位被占")
    with portal.api(owner) as api:
        late = begin(api, 6, "image/jpeg")
        api.post(f"issues/{rejected}/messages", json={"text": "照片", "photo_ids": [late["photo_id"]]})
        finish(api, late, b"<svg/>")
    world.issues["bad_photo"] = rejected
    portal.token(world.crowd)  # before several ask for it at once
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: steps.report(portal, world.crowd, text=f"第 {n} 次：{LONG}"), range(many)))
    return world


def _points(portal: Running, world: World) -> None:
    """Points by hand, more that wait, rewards to be had, too dear and gone, a voucher and one that was given back."""
    hand = {"community_id": "maple", "phone": world.owner, "reason": LONG[:200]}
    with portal.api(MANAGER) as manager:
        for points in (450, 900):
            manager.post("desk/points/adjustments", json={**hand, "points": points})
        for name, points, stock in (("reward", 100, 9), ("dear", 50_000, 1), ("gone", 10, 0)):
            about = {"name": LONG[:60], "points": points, "stock": stock, "terms": LONG}
            made = manager.post("desk/rewards", json={"community_id": "maple", **about})
            world.words[name] = made.json()["id"]
    with portal.api(world.owner) as owner:
        for name in ("back", "voucher"):
            had = owner.post(f"rewards/{world.words['reward']}/redemptions", json={}).json()
            world.words[name], world.words["voucher_code"] = had["id"], had["code"]
        owner.post(f"vouchers/{world.words['back']}/cancel", json={})


def _dispatched(portal: Running, world: World) -> None:
    """An absence, labour and material, a call to be made, an outage, two jobs of one report."""
    now = datetime.now(UTC)
    with portal.api(world.owner) as owner:
        home = owner.get("me").json()["units"][0]["id"]
    with portal.api(TECHNICIAN) as tech:
        world.away = str(tech.get("me").json()["id"])
        absent = {
            "start": (now + timedelta(days=1)).isoformat(),
            "end": (now + timedelta(days=3)).isoformat(),
        }
        tech.post(f"desk/people/{world.away}/absences", json=absent)
        job = f"desk/issues/{world.issues['in_progress']}"
        tech.post(f"{job}/materials", json={"name": LONG[:60], "quantity": "1.5", "unit_fen": 123456})
        end = now.replace(second=0, microsecond=0)
        tech.post(
            f"{job}/labour", json={"start": (end - timedelta(minutes=7)).isoformat(), "end": end.isoformat()}
        )
    with portal.api(CLERK) as clerk:
        calls = clerk.get("desk/callbacks").json()["items"]
        world.due = next(one["due"] for one in calls if one["issue_id"] == world.issues["resolved"])
        about = {"community_id": "maple", "category_id": "electrical", "unit_ids": [home], "text": LONG}
        until = (now + timedelta(hours=4)).isoformat()
        world.issues["outage"] = clerk.post("desk/outages", json={**about, "until": until}).json()["id"]
        over = clerk.post("desk/outages", json={**about, "category_id": "lift"}).json()
        world.issues["past_outage"] = over["id"]
        gone = {"version": over["outage"]["version"], "over": True, "text": LONG}
        clerk.post(f"desk/outages/{over['id']}", json=gone)
        whole = steps.report(portal, world.owner, category="plumbing", text="漏水，插座也跳闸")
        second = {"version": 1, "category_id": "doors_windows", "description": LONG[:200], "why": LONG[:200]}
        clerk.post(f"desk/issues/{whole}/split", json=second)
        world.issues["split"] = whole


def _invited(portal: Running, world: World) -> None:
    """Numbers left with the owner's code: one waits for its person, one for a manager."""
    with portal.api(world.owner) as owner, portal.api(MANAGER) as manager:
        world.invite = owner.get("referral").json()["code"]
        for phone in ("+8613600000001", world.neighbour):
            owner.post(f"referrals/{world.invite}/claims", json={"phone": phone})

        def waiting() -> str | None:
            items = manager.get("desk/referrals", params={"limit": 100}).json()["items"]
            return next((str(one["id"]) for one in items if one["inviter"] == "欧*"), None)

        world.referral = wait_for(waiting, 90, "the clock")


def _waiting(portal: Running, world: World) -> None:
    photos = [photo_of(portal, world.owner, n) for n in range(3)]
    world.photo = photos[0]
    tomorrow = datetime.now(UTC).replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=1)
    window = {"start": tomorrow.isoformat(), "end": (tomorrow + timedelta(hours=2)).isoformat()}
    submitted = steps.report(
        portal, world.owner, category="wall_seepage", text=LONG, photo_ids=photos, visit_windows=[window]
    )
    visit = steps.report(portal, world.owner, category="plumbing", text="厨房水槽下面漏水")
    steps.assign(portal, visit)
    soon = (tomorrow + timedelta(hours=4)).isoformat()
    steps.move(portal, TECHNICIAN, visit, "paused", pause_reason="appointment", visit_at=soon)
    asked = steps.report(portal, world.owner, category="electrical", text="客厅灯闪")
    steps.assign(portal, asked)
    steps.move(portal, TECHNICIAN, asked, "in_progress")
    steps.move(portal, TECHNICIAN, asked, "paused", pause_reason="waiting_owner", note="您哪天在家？")
    working = steps.report(
        portal, world.owner, category="lift", text="电梯异响", location="二单元", area="public"
    )
    steps.assign(portal, working)
    steps.move(portal, TECHNICIAN, working, "in_progress")
    world.issues |= {"submitted": submitted, "visit": visit, "asked": asked, "in_progress": working}


def _shared(portal: Running, world: World) -> None:
    """At a public place: a lift that a neighbour follows, one that the owner may follow, and danger."""
    with portal.api(world.owner) as api:
        places = api.get("communities/maple/places").json()["items"]
    world.code = next(place["id"] for place in places if place["name"] == "1 号楼电梯")
    at: dict[str, str] = {"place_id": world.code}
    shared = steps.report(portal, world.owner, category="lift", text="电梯门夹人，要按两次", **at)
    steps.report(portal, world.neighbour, category="lift", text=LONG, **at)
    steps.report(portal, world.neighbour, category="lift_trapped", text="两个人困在五楼", **at)
    danger = steps.report(portal, world.owner, category="lift_trapped", text="有人被困", **at)
    with portal.api(world.neighbour) as api:
        api.post(f"issues/{shared}/follow")
    world.issues |= {"shared": shared, "danger": danger}


def _words(portal: Running, world: World) -> None:
    """Complaints on their way, one that is disputed, one that is closed, a suggestion and praise with an answer."""
    owner, say = world.owner, partial(steps.complain, portal, world.owner)
    world.words = {
        "accepted": say(LONG, issue_id=world.issues["submitted"], photo_ids=[photo_of(portal, owner, 0)]),
        "decided": say("保洁三天没来", "environment"),
        "replied": say("电梯修了四次还是响", "product"),
        "disputed": say("收费和合同不一样", "other"),
        "ended": say("前台态度不好"),
        "suggestion": say("门口可以装一个雨棚吗？", "environment", kind="suggestion"),
        "praise": say("王师傅半夜来修水管，谢谢！", kind="praise"),
    }
    ways = {"decided": 3, "replied": 4, "disputed": 4, "ended": 4}
    for name, length in ways.items():
        for do in ("start", "conclude", "decide", "reply")[:length]:
            steps.handle(portal, world.words[name], do)
    steps.handle(portal, world.words["praise"], "answer")
    with portal.api(owner) as api:
        answer = {"version": 5, "reason": "还是没说清楚为什么多收。"}
        api.post(f"complaints/{world.words['disputed']}/dissent", json=answer)
        api.post(f"complaints/{world.words['ended']}/accept", json=answer)


def _fixed(portal: Running, world: World) -> None:
    for name, text in (("resolved", "阳台门关不上"), ("closed", "窗户把手掉了"), ("rated", "门锁坏了")):
        before, after = photo_of(portal, world.owner, 0), photo_of(portal, TECHNICIAN, 1)
        issue = steps.report(portal, world.owner, category="doors_windows", text=text, photo_ids=[before])
        steps.fix(portal, issue, photo_ids=[after], note="换了新的合页，试过开关二十次。")
        world.issues[name] = issue
    with portal.api(world.owner) as api:
        for name in ("closed", "rated"):
            issue = world.issues[name]
            version = api.get(f"issues/{issue}").json()["version"]
            api.post(f"issues/{issue}/confirm", json={"version": version})
        marks = {"professionalism": 5, "attitude": 4, "efficiency": 3, "comment": "很细心，谢谢！"}
        api.put(f"issues/{world.issues['rated']}/rating", json=marks)


def _ended(portal: Running, world: World) -> None:
    declined = steps.report(portal, world.owner, category="contract", text="合同面积不对")
    steps.move(portal, CLERK, declined, "rejected", note="这件事请找开发商的合同部，电话 400-111-2222。")
    joined = steps.report(portal, world.owner, category="lift", text="电梯又响了")
    steps.move(portal, CLERK, joined, "merged", merge_into=world.issues["in_progress"])
    cancelled = steps.report(portal, world.owner, category="noise", text="楼上很吵")
    with portal.api(world.owner) as api:
        version = api.get(f"issues/{cancelled}").json()["version"]
        api.post(f"issues/{cancelled}/cancel", json={"version": version})
    opened = steps.report(portal, world.owner, category="cleaning", text="楼道没人扫")
    steps.fix(portal, opened)
    steps.move(portal, CLERK, opened, "reopened", note="还没扫干净")
    world.issues |= {"declined": declined, "joined": joined, "cancelled": cancelled, "reopened": opened}
