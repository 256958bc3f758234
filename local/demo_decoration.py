"""The demo's decoration: a project under way with a report, a price board, and a commitment to sign."""

from datetime import datetime, timedelta

from chalicelib.accounts.models import Person
from chalicelib.portal import Portal
from chalicelib.prices import board
from chalicelib.prices import service as commitments
from chalicelib.prices.models import AddItem, Offer, SetPrice
from chalicelib.projects import service as projects
from chalicelib.projects import store
from chalicelib.projects.models import Day, SaveStages, Say, Stage, StartProject, WriteReport

_HOME = "maple-1-101"
_PRICES = (
    ("package", "精装套餐 A", "套", 8_600_000, "硬装全包：水电、瓷砖、橱柜、卫浴、油漆。"),
    ("package", "精装套餐 B", "套", 12_800_000, "在套餐 A 上加全屋定制与中央空调。"),
    ("item", "乳胶漆", "m²", 2_500, "两遍面漆"),
    ("item", "强化地板", "m²", 12_800, ""),
)
#: Days before and after today: planned from, planned until, began, done.
_STAGES: tuple[tuple[str, tuple[int, int, int | None, int | None]], ...] = (
    ("设计", (-60, -45, -60, -44)),
    ("拆改", (-44, -35, -43, -36)),
    ("水电", (-34, -15, -33, -16)),
    ("泥木", (-14, 14, -12, None)),
    ("油漆", (15, 30, None, None)),
    ("验收", (45, 47, None, None)),
)


def tell(portal: Portal, designer: Person, manager: Person, owner: Person, now: datetime) -> None:
    """All of it for the owner's home; doing it again changes nothing."""
    if store.get(portal.db, portal.keys, _HOME):
        return
    _project(portal, designer, owner, now)
    today = projects.today_in(portal, "maple", now)
    for kind, name, measure, fen, words in _PRICES:
        fields = {"kind": kind, "name": name, "measure": measure, "fen": fen, "words": words, "since": today}
        item = board.add(portal, manager, AddItem(community_id="maple", **fields), None, now)
        dearer = SetPrice(
            community_id="maple", fen=fen + fen // 20, since=today + timedelta(days=60), reason="材料涨价"
        )
        board.set_price(portal, manager, item.id, dearer, None, now)
    offer = Offer(
        community_id="maple", unit_id=_HOME, title="精装套餐 A 不增项", text="按套餐 A 施工，水电不增项，价格不变。",
        valid_until=today + timedelta(days=120),
    )  # fmt: skip
    commitments.offer(portal, designer, offer, None, now)


def _project(portal: Portal, designer: Person, owner: Person, now: datetime) -> None:
    begun = now - timedelta(days=60)
    body = StartProject(community_id="maple", unit_id=_HOME)
    project = projects.start(portal, designer, body, None, begun)
    today = projects.today_in(portal, "maple", now)

    def day(ahead: int | None) -> Day | None:
        return None if ahead is None else today + timedelta(days=ahead)

    names = ("planned_from", "planned_until", "began", "done")
    stages = [Stage(name=name, **dict(zip(names, map(day, days), strict=True))) for name, days in _STAGES]
    projects.save(portal, designer, _HOME, SaveStages(version=1, stages=stages), None, now)
    first = WriteReport(month=project.first_month, text="设计定稿，拆改完成。下月做水电。")
    projects.report(portal, designer, _HOME, first, None, begun)
    words = Say(text="厨房插座能不能再加一个？")
    projects.comment(portal, owner, project, "owner", project.first_month, words, None, now)
