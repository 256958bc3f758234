"""What people do with a deployed portal, by HTTP through the gateway; behind it each function with its own policy."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from chalicelib.db import Put
from chalicelib.due import rows as due_rows
from chalicelib.points import earning
from chalicelib.points.models import EarningEvent
from local.events import object_created
from tests.deployed import consulting
from tests.deployed.cloud import Cloud
from tests.deployed.journey_referrals import before_the_clock, refer
from tests.deployed.triggers import Triggers
from tests.factories import PHONES, People, bring_to, report
from tests.factories_complaints import complain
from tests.factories_photos import make_photo, make_picture
from tests.factories_points import make_reward, redeem

_ZIP_PHOTO = b"PK\x03\x04 no photo at all"
_NOBODYS = "01K00000000000000000000000"


class Someone:
    """A person with an app (the JSON API) and a browser (pages) under one session."""

    def __init__(self, cloud: Cloud, phone: str) -> None:
        self.cloud, self.phone = cloud, phone
        self.http = httpx.Client(base_url=cloud.url, timeout=60)
        self.id = self.token = ""

    def sign_in(self) -> None:
        """By a code that comes as a text message."""
        asked = self.http.post("/api/v1/auth/code", json={"phone": self.phone})
        assert asked.status_code == 202, asked.text
        text = next(text for to, text in reversed(self.cloud.wire.texts) if to == self.phone)
        code = re.search(r"\d{6}", text)
        assert code, text
        answer = self.http.post("/api/v1/auth/session", json={"phone": self.phone, "code": code[0]})
        assert answer.status_code == 201, answer.text
        self.id, self.token = answer.json()["account"]["id"], answer.json()["token"]

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A call of the API; its answer's JSON, None where it has no body."""
        sent = {"Authorization": f"Bearer {self.token}", **headers}
        if isinstance(body, bytes):
            answer = self.http.request(method, f"/api/v1/{path}", content=body, headers=sent)
        else:
            answer = self.http.request(method, f"/api/v1/{path}", json=body, headers=sent)
        assert answer.is_success, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def page(self, path: str, form: dict[str, Any] | None = None) -> httpx.Response:
        """A page, or with `form` what its button does."""
        headers = {
            "Cookie": f"__Host-session={self.token}",
            "Sec-Fetch-Site": "same-origin",
            "Accept": "text/html",
        }
        verb = "GET" if form is None else "POST"
        answer = self.http.request(verb, path, data=form, headers=headers)
        assert answer.status_code in (200, 303), (path, answer.status_code, answer.text[:2000])
        return answer

    def photo(self, data: bytes | None = None) -> str:
        """Send a photo by its presigned form, without anything that happens to it afterwards."""
        data = data or make_photo(picture=make_picture(size=(400, 300)), orientation=6)
        begun = self.api("POST", "photos", {"content_type": "image/jpeg", "size_bytes": len(data)})
        form = begun["upload"]
        sent = httpx.post(form["url"], data=form["fields"], files={"file": ("a.jpg", data)})
        assert sent.status_code == 204, sent.text
        return str(begun["photo_id"])

    def report(self, **more: Any) -> Any:
        """Report an issue."""
        body = {"unit_id": "maple-1-101", "category_id": "plumbing", "description": "水龙头关不紧", **more}
        return self.api("POST", "issues", body)

    def step(self, issue: Any, to: str, **more: Any) -> Any:
        """Take a step at the desk."""
        body = {"to": to, "version": issue["version"], **more}
        return self.api("POST", f"desk/issues/{issue['id']}/transition", body)


class Journey:
    """The people, and what AWS does by itself in between: stream, storage events, clock."""

    def __init__(self, cloud: Cloud, triggers: Triggers) -> None:
        self.cloud, self.triggers = cloud, triggers
        self.settle = triggers.settle
        self.people: list[Someone] = []
        self.seen: dict[str, Any] = {}

    def close(self) -> None:
        """Close everybody's connections."""
        for person in self.people:
            person.http.close()

    def begin(self, step: str) -> None:
        """Name what comes next: in the record of who asked for what."""
        self.cloud.wire.step = step

    def run(self) -> None:
        """All of it."""
        self.arrive()
        self.report()
        self.work()
        self.end()
        self.points()
        self.neighbours()
        self.desk()
        self.consult()
        self.manage()
        self.complain()
        refer(self)
        self.photos_that_fail()
        self.events_that_fail()
        self.clock()
        self.leave()

    def arrive(self) -> None:
        """Everybody signs in by a code."""
        self.begin("sign in")
        for name in ("owner", "neighbour", "clerk", "technician", "manager"):
            self.people.append(Someone(self.cloud, PHONES[name]))
            self.people[-1].sign_in()
        self.owner, self.neighbour, self.clerk, self.technician, self.manager = self.people
        self.seen["health"] = self.owner.http.get("/healthz").json()
        assert self.owner.api("GET", "me")["units"][0]["id"] == "maple-1-101"
        assert self.owner.api("GET", "communities/maple/categories")["items"]

    def report(self) -> None:
        """Photos, a draft, a report sent twice that counts once."""
        self.begin("report")
        owner = self.owner
        first, second = owner.photo(), owner.photo()
        self.settle()
        assert owner.api("GET", f"photos/{first}")["status"] == "ready"
        key = {"Idempotency-Key": "journey-report-1"}
        body = {
            "unit_id": "maple-1-101",
            "category_id": "plumbing",
            "description": "漏水",
            "photo_ids": [first, second],
        }
        self.issue = owner.api("POST", "issues", body, **key)
        assert owner.api("POST", "issues", body, **key) == self.issue
        link = self.issue["photos"][0]["urls"]["full"]
        self.seen["picture"] = httpx.get(link)
        owner.api("DELETE", f"photos/{second}")
        form = {"category_id": "plumbing", "unit_id": "maple-1-101", "description": "浴室也漏"}
        draft = owner.page("/issues/new", form).headers["location"].removeprefix("/api")
        assert "浴室也漏" in owner.page(draft).text
        owner.page("/photos", {"back": draft, "text": "还没写完"})
        self.drafted = owner.page(f"{draft}/send", {}).headers["location"].split("/")[-1].split("?")[0]
        self.settle()

    def work(self) -> None:
        """The desk acknowledges and assigns; the technician works, writes, pauses, and resolves with a proof."""
        self.begin("work")
        clerk, technician, issue = self.clerk, self.technician, self.issue
        issue = clerk.step(issue, "acknowledged")
        to = {"assignee_id": technician.id, "version": issue["version"]}
        issue = clerk.api("POST", f"desk/issues/{issue['id']}/assign", to)
        self.owner.api("POST", f"issues/{issue['id']}/urge")
        self.owner.api("POST", f"issues/{issue['id']}/messages", {"text": "几点到？"})
        clerk.api("POST", f"desk/issues/{issue['id']}/messages", {"text": "带梯子", "internal": True})
        assert clerk.api("POST", f"desk/issues/{issue['id']}/contact")["phone"] == self.owner.phone
        issue = technician.step(issue, "in_progress")
        step = {"id": "journey-1", "issue_id": issue["id"], "at": _ago(60), "message": "马上到"}
        assert technician.api("POST", "desk/steps", {"steps": [step]})["items"][0]["result"] == "done"
        proof = technician.photo()
        self.settle()
        self.issue = technician.step(issue, "resolved", note="换了阀芯", photo_ids=[proof])
        self.settle()

    def end(self) -> None:
        """The owner confirms, rates, and reads what was announced."""
        self.begin("confirm and rate")
        owner, path = self.owner, f"issues/{self.issue['id']}"
        closed = owner.api("POST", f"{path}/confirm", {"version": self.issue["version"]})
        assert closed["status"] == "closed"
        owner.api("PUT", f"{path}/rating", {"professionalism": 5, "attitude": 4, "efficiency": 3})
        again = owner.api("POST", f"{path}/reopen", {"version": closed["version"], "reason": "还在漏"})
        assert again["status"] == "reopened"
        self.issue = again
        self.settle()
        self.begin("read the inbox")
        inbox = owner.api("GET", "inbox?limit=2")
        assert inbox["unread"] > 2
        owner.api("GET", f"inbox?limit=2&cursor={inbox['next_cursor']}")
        owner.api("PUT", "inbox/read", {"read_until": inbox["items"][0]["id"]})
        assert owner.api("GET", "issues?limit=1")["next_cursor"]
        for path in ("/", "/issues", "/inbox", "/me", f"/issues/{self.issue['id']}", "/login"):
            assert owner.page(path).status_code in (200, 303)

    def points(self) -> None:
        """The rating's points and some by hand become a reward, given back, had again and handed out; an event that
        turns out void is taken back; the desk looks at all of it."""
        self.begin("points and rewards")
        owner, manager, operator = self.owner, self.manager, self.cloud.operator
        assert owner.api("GET", "points")["balance"] == 20
        hand = {"community_id": "maple", "phone": owner.phone, "reason": "谢谢"}
        manager.api("POST", "desk/points/adjustments", {**hand, "points": 100})
        asked = manager.api("POST", "desk/points/adjustments", {**hand, "points": 900})
        judged = f"/api/v1/desk/points/adjustments/{asked['id']}"
        sent = {"Authorization": f"Bearer {manager.token}"}
        body = {"community_id": "maple", "approve": True}
        assert manager.http.post(judged, json=body, headers=sent).status_code == 403
        about = {"community_id": "maple", "name": "电影票", "points": 120, "stock": 3}
        reward = manager.api("POST", "desk/rewards", about)
        manager.api(
            "PUT", f"desk/rewards/{reward['id']}", {**about, "stock_seen": 3, "stock": 4, "version": 1}
        )
        had = f"rewards/{reward['id']}/redemptions"
        first = owner.api("POST", had, {}, **{"Idempotency-Key": "journey-reward-1"})
        assert owner.api("POST", f"vouchers/{first['id']}/cancel")["status"] == "cancelled"
        code = owner.api("POST", had, {})["code"]
        assert self.clerk.api("POST", "desk/vouchers/use", {"code": code})["status"] == "used"
        for path in (
            "/points",
            "/rewards",
            f"/rewards/{reward['id']}",
            "/vouchers",
            f"/vouchers/{first['id']}",
        ):
            owner.page(path)
        rules = ("rules", "rules/survey", "adjustments", "rewards", f"rewards/{reward['id']}")
        for path in ("/desk/points", *(f"/desk/points/{one}" for one in rules)):
            manager.page(path)
        void = EarningEvent("survey:journey", "survey", self.neighbour.id, "maple", datetime.now(UTC))
        for asks in (earning.ask(void), earning.ask_reversal(void.id)):
            operator.db.write(asks)
            self.settle()
        assert self.neighbour.api("GET", "points")["balance"] == 0

    def neighbours(self) -> None:
        """A lift that two report: the second follows the first's issue, and no longer, once it is over."""
        self.begin("places and followers")
        manager, neighbour = self.manager, self.neighbour
        manager.page("/desk/places", {"community_id": "maple", "places": "1 号楼电梯"})
        place = re.search(r"/desk/places/([A-Za-z0-9]+)", manager.page("/desk/places").text)
        assert place
        code = place[1]
        change = {"version": 1, "name": "1 号楼南电梯", "building": "1", "act": "save"}
        manager.page(f"/desk/places/{code}", change)
        assert (
            "data:image" in manager.page("/desk/posters").text or "<svg" in manager.page("/desk/posters").text
        )
        assert self.owner.page(f"/p/{code}?category=lift").status_code == 200
        lift = self.owner.report(category_id="lift", area="public", place_id=code)
        found = neighbour.api("GET", f"issues/similar?community_id=maple&category_id=lift&place_id={code}")
        assert [one["id"] for one in found["items"]] == [lift["id"]]
        neighbour.api("POST", f"issues/{lift['id']}/follow")
        neighbour.api("DELETE", f"issues/{lift['id']}/follow")
        self.settle()
        self.clerk.step(self.clerk.api("GET", f"desk/issues/{lift['id']}"), "rejected", note="已有人在修")

    def desk(self) -> None:
        """The queue by each of its indexes, several steps at once and one taken back, merging, kept replies."""
        self.begin("the desk")
        clerk = self.clerk
        first, second = self.owner.report(), self.owner.report()
        pick = [{"issue_id": one["id"], "version": 1, "to": "acknowledged"} for one in (first, second)]
        done = clerk.api("POST", "desk/bulk", {"steps": pick}, **{"Idempotency-Key": "journey-bulk-1"})
        assert [one["status"] for one in done["items"]] == ["acknowledged"] * 2
        back = clerk.api("POST", f"desk/issues/{first['id']}/undo", {"version": 2})
        assert back["status"] == "submitted"
        clerk.step(back, "merged", merge_into=second["number"])
        cancel = {"version": 2, "reason": "好了"}
        assert self.owner.api("POST", f"issues/{second['id']}/cancel", cancel)["status"] == "cancelled"
        for choice in ("", "status=acknowledged", f"assignee_id={self.technician.id}", "overdue=true"):
            clerk.api("GET", f"desk/issues?{choice}")
        self.manager.api("GET", "desk/counts")
        clerk.api("GET", "desk/communities/maple/staff")
        self.outage()
        clerk.page(
            "/desk/replies", {"key": "journey-key-1", "title": "马上", "text": "马上到", "version": "0"}
        )
        shared = {"key": "journey-key-2", "of": "maple", "title": "等", "text": "请稍等", "version": "0"}
        self.manager.page("/desk/replies", shared)
        for path in ("/desk", "/desk/board", "/desk/counts", "/desk/live", "/desk/replies"):
            clerk.page(path)
        self.technician.page("/desk/today")
        self.technician.page(f"/desk/issues/{self.issue['id']}")

    def consult(self) -> None:
        """Consultations, by everybody whom they concern."""
        self.begin("consultations")
        consulting.by_http(self)

    def outage(self) -> None:
        """A building without water: everybody who lives there is told, then the master issue is done with."""
        about = {"community_id": "maple", "category_id": "plumbing", "buildings": ["1"], "text": "1 号楼停水"}
        master = self.clerk.api("POST", "desk/outages", about)
        assert self.owner.api("GET", "outages")["items"][0]["issue_id"] == master["id"]
        self.clerk.step(master, "rejected", note="已恢复供水")
        assert self.owner.api("GET", "outages")["items"] == []

    def manage(self) -> None:
        """Import homes and people, in the bytes that a spreadsheet writes."""
        self.begin("import")
        rows = "community_id,building,unit,unit_id,name,phone,role\nmaple,9,1,maple-9-1,孙晓梅,+8613700000009,owner\n"
        self.seen["import"] = self.manager.api(
            "POST", "desk/import", rows.encode("gb18030"), **{"Content-Type": "text/csv"}
        )
        rules = "desk/communities/maple/policy"
        policy = self.manager.api("GET", rules)["policy"]
        assert self.manager.api("PUT", rules, {"version": 0, "policy": policy})["version"] == 1

    def complain(self) -> None:
        """A complaint with photos, from the first word to the letter; one photo is taken back, others are useless."""
        self.begin("complaints")
        owner, manager, bucket = self.owner, self.manager, self.cloud.names["MediaBucket"]
        kept, gone, broken, given_up = (
            owner.photo(),
            owner.photo(),
            owner.photo(_ZIP_PHOTO),
            owner.photo(_ZIP_PHOTO),
        )
        body = {"kind": "complaint", "category": "service", "content": "等了三天", "unit_id": "maple-1-101"}
        sent = {**body, "photo_ids": [kept, gone, broken, given_up]}
        made = owner.api("POST", "complaints", sent, **{"Idempotency-Key": "journey-complaint-1"})
        self.cloud.wire.uploads[:] = []
        self.triggers.stored(f"uploads/{broken}", len(_ZIP_PHOTO))
        self.cloud.invoke("photo_failed", object_created(bucket, f"uploads/{given_up}", len(_ZIP_PHOTO)))
        owner.api("DELETE", f"photos/{gone}")
        path = f"desk/complaints/{made['id']}"
        for step in ("start", "conclude", "decide", "reply"):
            version = manager.api("GET", path)["version"]
            words = {"text": "安排不当", "decision": "调整排班"}
            manager.api("POST", f"{path}/step", {"step": step, "version": version, **words})
        manager.api("POST", f"{path}/notes", {"text": "电话里说过了"})
        letter = httpx.get(owner.api("GET", f"complaints/{made['id']}/letter")["url"])
        assert letter.content.startswith(b"%PDF-")
        again = owner.api("POST", "complaints", body)
        link = {"version": 1, "number": made["number"]}
        self.clerk.api("POST", f"desk/complaints/{again['id']}/link", link)
        assert len(owner.api("GET", "complaints")["items"]) == 3  # with the dispute about a price
        assert manager.api("GET", "desk/complaints")["items"]
        for page in (f"/feedback/{made['id']}", "/feedback/new?kind=praise"):
            owner.page(page)
        for page in ("/desk/complaints", f"/{path}", "/desk/complaints/hard.csv", "/desk/risks"):
            manager.page(page)
        self.settle()

    def photos_that_fail(self) -> None:
        """Files that are no photos, sent before they were attached or after, found broken or given up."""
        self.begin("photos that fail")
        owner = self.owner
        triggers, bucket = self.triggers, self.cloud.names["MediaBucket"]
        broken, given_up, never_sent = owner.photo(_ZIP_PHOTO), owner.photo(_ZIP_PHOTO), owner.photo()
        issue = owner.report(photo_ids=[broken, given_up, never_sent])
        self.cloud.wire.uploads[:] = []
        for photo_id in (broken, _NOBODYS):
            triggers.stored(f"uploads/{photo_id}", len(_ZIP_PHOTO))
        for photo_id in (given_up, _NOBODYS):
            self.cloud.invoke("photo_failed", object_created(bucket, f"uploads/{photo_id}", len(_ZIP_PHOTO)))
        self.cloud.engine.client("s3").delete_object(Bucket=bucket, Key=f"uploads/{never_sent}")
        gone = object_created(bucket, f"uploads/{never_sent}", 10)
        assert self.cloud.invoke("photo_arrived", gone) == {"status": "gone"}
        self.settle()
        shown = {
            photo["id"]: photo["status"] for photo in owner.api("GET", f"issues/{issue['id']}")["photos"]
        }
        assert (shown[broken], shown[given_up], shown[never_sent]) == ("rejected", "rejected", "pending")

    def events_that_fail(self) -> None:
        """Events that no function can make sense of end in the queues that somebody looks at."""
        self.begin("events that fail")
        self.triggers.arrived({"detail": {"object": {}}})
        odd = {"PK": {"S": "OUTBOX#0"}, "SK": {"S": "odd"}}
        record = {"eventName": "INSERT", "dynamodb": {"Keys": odd, "NewImage": odd, "SequenceNumber": "1"}}
        self.triggers.streamed([record])

    def clock(self) -> None:
        """A week later nobody has said anything: the clock, which stood still meanwhile, delivers what lay about, and
        closes; what is a risk is noted, and open issues are looked through for new rules."""
        past = datetime.now(UTC) - timedelta(days=8)
        long_ago = past - timedelta(days=30)
        operator = self.cloud.operator
        stood = Put({"PK": "SYSTEM", "SK": "TIMERS", "day": str(long_ago.date())}, replace=True)
        operator.db.write(stood, due_rows.put_job("maple", past))  # as if the rules had changed then
        report(portal=operator, by=People(operator).owner, now=long_ago)  # and this was never solved
        before_the_clock(operator, datetime.now(UTC))
        self.begin("clock")
        quiet = bring_to(
            portal=operator, people=People(operator), status="resolved", now=past, category_id="gas"
        )
        consulting.before_the_clock(self)
        self.points_of_long_ago()
        yesterday = datetime.now(UTC) - timedelta(hours=25)
        complain(portal=operator, by=People(operator).owner, now=yesterday)
        self.seen["tick"] = told = self.triggers.tick(datetime.now(UTC))
        assert told["delivered"] >= 4
        assert told["complaints"] == 1
        assert (told["counted"], told["points"]) == (
            3,
            1,
        )  # what the stream missed, and both sides of a referral
        assert self.owner.api("GET", f"issues/{quiet.issue.id}")["status"] == "closed"
        self.settle()

    def points_of_long_ago(self) -> None:
        """Points that have expired meanwhile, some that became real, and an event that the stream has missed."""
        operator, now = self.cloud.operator, datetime.now(UTC)
        for kind, days in (("event", 396), ("decoration", 20)):
            at = now - timedelta(days=days)
            old = EarningEvent(f"{kind}:old", kind, self.neighbour.id, "maple", at, 100_000)  # type: ignore[arg-type]
            earning.earn(operator, old, at)
        missed = EarningEvent("event:missed", "event", self.neighbour.id, "maple", now)
        self.voucher_about_to_end(now - timedelta(days=85))
        mark = {"PK": "SYSTEM", "SK": "POINTTIMERS", "day": str((now - timedelta(days=70)).date())}
        operator.db.write(earning.ask(missed), Put(mark, replace=True))

    def voucher_about_to_end(self, at: datetime) -> None:
        """One of 90 days that was had so long ago that its owner is to be reminded."""
        operator = self.cloud.operator
        people = People(operator)
        gift = EarningEvent("event:gift", "event", people.owner.id, "maple", at, 100)
        earning.earn(operator, gift, at)
        reward = make_reward(portal=operator, by=people.manager, now=at, points=1, voucher_days=90)
        redeem(portal=operator, by=people.owner, reward=reward, now=at + timedelta(hours=1))

    def leave(self) -> None:
        """Choose a language; sign out here, then everywhere."""
        self.begin("sign out")
        self.owner.page("/me/language", {"locale": "en"})
        self.neighbour.api("DELETE", "auth/session")
        answer = self.neighbour.http.get(
            "/api/v1/me", headers={"Authorization": f"Bearer {self.neighbour.token}"}
        )
        assert answer.status_code == 401
        self.owner.api("DELETE", "auth/sessions")
        self.settle()
        self.begin("keep logs")
        self.triggers.write_logs()


def _ago(seconds: int) -> str:
    return (
        (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat(timespec="seconds").replace("+00:00", "Z")
    )
