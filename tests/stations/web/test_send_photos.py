"""Photos of stations: sent by the staff, proposed by a custodian, suggested by a passer-by; and who sees them."""

import io
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.desk import suggesting
from stations.desk.desk import Desk
from stations.errors import ProposalError
from stations.facts import Photo
from stations.people.facts import By, Grant, Role
from stations.photos.keeping import Photos
from stations.registry.log import Registry
from stations.registry.schema import PHOTO, SENDER
from stations.settings import Settings
from stations.upkeep.facts import Aspect, Sender
from stations.upkeep.saying import Upkeep
from stations.web.who import KEPT_IN
from tests.stations.photos.conftest import sent
from tests.stations.web.reading import Element, read_page
from tests.town import SHANGHAI, signed_in, token_of

WEST, EAST = "360681101", "360681102"
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
COLOURS = iter([f"#{number:02x}8040" for number in range(0, 250, 5)])


@pytest.fixture(scope="module")
def written(town_stations, tmp_path_factory) -> Path:
    """The registry as every test finds it."""
    file = tmp_path_factory.mktemp("photos") / "town.db"
    registry = Registry.open(f"sqlite:///{file}", SHANGHAI)
    placed = [replace(one, township=EAST if one.code == "A4" else WEST) for one in town_stations]
    registry.append(placed, what="import", who="import", at=NOW)
    registry.close()
    return file


@pytest.fixture
def registry(written, opened, tmp_path) -> Registry:
    shutil.copyfile(written, tmp_path / "town.db")
    return opened(f"sqlite:///{tmp_path / 'town.db'}", timezone=SHANGHAI)


@pytest.fixture
def photos(registry) -> Photos:
    return Photos(registry.store)


@pytest.fixture
def house(open_house, registry) -> Flask:
    desk = Desk(registry, dict.fromkeys(Aspect, 60))
    settings = Settings(requests_per_minute=0, reports_per_hour=0)
    return open_house(shelf=registry, desk=desk, upkeep=Upkeep(registry.store, SHANGHAI), settings=settings)


class Somebody:
    """A browser that runs no script."""

    def __init__(self, app: Flask, role: str = "", area: str = "360681", stations: tuple[str, ...] = ()) -> None:
        self.client = app.test_client()
        self.login = signed_in(self.client, role, area, stations).login if role else ""

    def see(self, path: str, status: int = 200) -> Element:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text[:500]
        return read_page(answer.text)

    def send(self, path: str, answered: int = 303, /, files=(), **fields):
        token = token_of(self.client)
        data = fields | {"csrf_token": token, "photo": [(io.BytesIO(one), name) for name, one in files]}
        answer = self.client.post(path, data=data, content_type="multipart/form-data")
        assert answer.status_code == answered, (answer.status_code, answer.text[:800])
        return answer

    def status(self, path: str) -> int:
        return self.client.get(path).status_code


def picture() -> tuple[str, bytes]:
    return "门口.jpg", sent(320, 240, colour=next(COLOURS))


@pytest.fixture
def clerk(house) -> Somebody:
    return Somebody(house, "clerk")


@pytest.fixture
def passer_by(house) -> Somebody:
    return Somebody(house)


@pytest.fixture
def neighbour(house) -> Somebody:
    return Somebody(house, "officer", "360682")


def names(registry: Registry, code: str) -> list[str]:
    return [one.file for one in registry.snapshot().station(code).photos]


def test_a_clerk_adds_photos_and_everybody_sees_them(clerk, passer_by, registry):
    page = clerk.see("/desk/stations/A1/photos")
    assert page.one("input", type="file").attributes["name"] == "photo"
    answer = clerk.send("/desk/stations/A1/photos", files=[picture(), picture()], caption="大门 \n 东侧")
    assert answer.location == "/desk/stations/A1/photos?said=added"
    shown = registry.snapshot().station("A1").photos
    assert [one.caption for one in shown] == ["大门 东侧"] * 2
    assert registry.history("A1")[-1].batch.what == "photos"
    public = passer_by.see("/s/A1").one("ul", class_="photos")
    assert [one.attributes["alt"] for one in public.all("img")] == ["大门 东侧"] * 2
    for link, kind in (
        (public.all("img")[0].attributes["src"], "src"),
        (public.all("a")[0].attributes["href"], "href"),
    ):
        answer = passer_by.client.get(link)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg"), kind
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers
        again = passer_by.client.get(link, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_what_is_no_photo_is_told_by_its_name_and_the_others_are_taken(clerk, registry):
    before = len(names(registry, "A3"))
    page = read_page(
        clerk.send(
            "/desk/stations/A3/photos", 422, files=[("a<b.heic", b"\0\0\0\x18ftypheic"), picture()], caption="里面"
        ).text
    )
    told = page.one("div", class_="faults").text
    assert "a<b.heic" in told
    assert page.one("input", name="caption").attributes["value"] == "里面"
    assert len(names(registry, "A3")) == before + 1


def test_photos_are_put_in_order_told_and_taken_out(clerk, passer_by, registry):
    clerk.send("/desk/stations/A2/photos", files=[picture(), picture(), picture()])
    first, second, third = names(registry, "A2")
    seen = clerk.see("/desk/stations/A2/photos").one("input", name="seen").attributes["value"]
    form = {"seen": seen, "file": [first, second, third], f"caption.{first}": "甲", f"caption.{second}": "乙"}
    moved = read_page(clerk.send("/desk/stations/A2/photos/arrange", 200, **form, do=f"up:{third}").text)
    rows = [one.attributes["value"] for one in moved.all("input", name="file")]
    assert rows == [first, third, second]
    assert names(registry, "A2") == [first, second, third], "moved on the page, and not saved yet"
    assert moved.one("input", name=f"caption.{first}").attributes["value"] == "甲", "nothing typed is lost"
    form |= {"file": rows, f"gone.{first}": "1", "do": "save"}
    clerk.send("/desk/stations/A2/photos/arrange", **form)
    assert [(one.file, one.caption) for one in registry.snapshot().station("A2").photos] == [
        (third, ""),
        (second, "乙"),
    ]
    assert passer_by.status(f"/photos/{first}") == 404, "not shown, not public"
    assert clerk.status(f"/desk/photos/{first}") == 200, "kept for the staff, to be put back"


def test_a_caption_that_is_too_long_is_told_where_it_is(clerk, registry):
    clerk.send("/desk/stations/A6/photos", files=[picture()])
    (name,) = names(registry, "A6")
    seen = clerk.see("/desk/stations/A6/photos").one("input", name="seen").attributes["value"]
    form = {"seen": seen, "file": name, f"caption.{name}": "长" * 201, "do": "save"}
    page = read_page(clerk.send("/desk/stations/A6/photos/arrange", 422, **form).text)
    assert "aria-invalid" in page.one("input", name=f"caption.{name}").attributes


def test_two_at_once_lose_nothing(clerk, registry):
    clerk.send("/desk/stations/A5/photos", files=[picture(), picture()])
    first, second = names(registry, "A5")
    seen = clerk.see("/desk/stations/A5/photos").one("input", name="seen").attributes["value"]
    clerk.send("/desk/stations/A5/photos", files=[picture()])
    form = {"seen": seen, "file": [second, first], f"caption.{second}": "我的", "do": "save"}
    clerk.send("/desk/stations/A5/photos/arrange", **form)
    shown = registry.snapshot().station("A5").photos
    assert [one.file for one in shown][:2] == [second, first]
    assert len(shown) == 3
    again = read_page(clerk.send("/desk/stations/A5/photos/arrange", 409, **form | {f"caption.{second}": "又"}).text)
    assert "value" in again.one("input", name="seen").attributes
    assert again.one("input", name=f"caption.{second}").attributes["value"] == "又"


def test_a_photo_is_deleted_for_good_only_when_nothing_shows_it(clerk, registry, photos):
    clerk.send("/desk/stations/A4/photos", files=[picture()])
    (name,) = names(registry, "A4")
    clerk.send(f"/desk/stations/A4/photos/{name}/erase", 409)
    assert photos.read(name)
    seen = clerk.see("/desk/stations/A4/photos").one("input", name="seen").attributes["value"]
    clerk.send("/desk/stations/A4/photos/arrange", seen=seen, file=name, do="save", **{f"gone.{name}": "1"})
    clerk.send(f"/desk/stations/A4/photos/{name}/show")
    assert names(registry, "A4") == [name]
    seen = clerk.see("/desk/stations/A4/photos").one("input", name="seen").attributes["value"]
    clerk.send("/desk/stations/A4/photos/arrange", seen=seen, file=name, do="save", **{f"gone.{name}": "1"})
    clerk.send(f"/desk/stations/A4/photos/{name}/erase")
    clerk.send(f"/desk/stations/A4/photos/{name}/erase", 404)
    assert photos.read(name) is None
    assert clerk.see("/desk/stations/A4/photos").one("section", aria_labelledby="h-shown")


def test_a_proposal_of_something_else_does_not_hold_a_photo_that_was_taken_out(house, clerk, registry, photos):
    clerk.send("/desk/stations/A3/photos", files=[picture()])
    name, keeper = names(registry, "A3")[-1], Somebody(house, "custodian", "360681", ("A3",))
    assert keeper.send("/desk/stations/A3/checked", aspect="hours").status_code == 303
    seen = clerk.see("/desk/stations/A3/photos").one("input", name="seen").attributes["value"]
    clerk.send("/desk/stations/A3/photos/arrange", seen=seen, file=name, do="save", **{f"gone.{name}": "1"})
    clerk.send(f"/desk/stations/A3/photos/{name}/erase")
    assert photos.read(name) is None


def test_photos_do_not_settle_what_people_reported(clerk, registry, photos):
    upkeep, now = Upkeep(registry.store, SHANGHAI), datetime.now(UTC)
    revision = int(registry.snapshot().revisions[registry.snapshot().index("A3")])
    for number in (1, 2):
        sender = Sender(f"device{number}", f"10.{number}.0.1")
        upkeep.report("A3", "locked", sender=sender, found=now, now=now, revision=revision)
    tasks = upkeep.tasks(registry.snapshot(), now)
    before = names(registry, "A3")
    assert clerk.send("/desk/stations/A3/photos", files=[picture()]).location.endswith("said=added")
    name = names(registry, "A3")[-1]
    assert names(registry, "A3") == [*before, name]
    seen = clerk.see("/desk/stations/A3/photos").one("input", name="seen").attributes["value"]
    rows = {"file": [name, *before]}
    clerk.send("/desk/stations/A3/photos/arrange", seen=seen, do="save", **rows, **{f"gone.{name}": "1"})
    assert names(registry, "A3") == before
    clerk.send(f"/desk/stations/A3/photos/{name}/show")
    assert names(registry, "A3") == [*before, name]
    assert len(tasks) == 1
    assert upkeep.tasks(registry.snapshot(), now) == tasks, "the caution stands, as old as it was"
    upkeep.looked("A3", "locked", "", who="lin", now=now)


def test_a_custodian_proposes_and_the_neighbour_sees_nothing(house, clerk, passer_by, neighbour, registry):
    keeper = Somebody(house, "custodian", "360681", ("A6",))
    before = names(registry, "A6")
    answer = keeper.send("/desk/stations/A6/photos", files=[picture()], comment="新拍的")
    assert answer.location.endswith("said=proposed")
    assert names(registry, "A6") == before
    proposal = Desk(registry, {}).proposals.waiting("A6")[-1]
    name = proposal.station.photos[-1].file
    for who, status in ((clerk, 200), (keeper, 200), (neighbour, 404)):
        assert who.status(f"/desk/photos/{name}") == who.status(f"/desk/photos/small/{name}") == status
    assert passer_by.status(f"/photos/{name}") == 404
    assert passer_by.status(f"/desk/photos/{name}") == 303
    officer = Somebody(house, "officer")
    page = officer.see(f"/desk/proposals/{proposal.number}")
    assert page.all("img", src=f"/desk/photos/small/{name}")
    officer.send(f"/desk/proposals/{proposal.number}", do="accept", reason="")
    assert names(registry, "A6") == [*before, name]
    assert passer_by.status(f"/photos/{name}") == 200


def test_a_photo_of_an_inspection_is_public_by_no_way(clerk, passer_by, neighbour, registry, photos):
    kept = photos.keep(picture()[1], code="A2", township=WEST, who="lin", at=NOW, what="inspection")
    stands = registry.snapshot().station("A2")
    shown = replace(stands, photos=(*stands.photos, Photo(file=kept.name)))
    registry.append([shown], what="import", who="import", at=NOW)
    assert passer_by.status(f"/photos/{kept.name}") == 404
    assert clerk.status(f"/desk/photos/{kept.name}") == 200
    assert neighbour.status(f"/desk/photos/{kept.name}") == 404
    clerk.send(f"/desk/stations/A2/photos/{kept.name}/show", 404)


@pytest.mark.parametrize("name", ["0" * 64 + ".jpg", "a1b2.jpg", "..%2F..%2Fetc%2Fpasswd", "%00"])
def test_a_name_that_is_none(clerk, passer_by, name):
    assert passer_by.status(f"/photos/{name}") == clerk.status(f"/desk/photos/{name}") == 404


# What passers-by suggest


def suggest(passer_by, code: str, answered: int = 303, files=(), **fields):
    page = passer_by.see(f"/s/{code}/suggest")
    seen = page.one("input", name="seen").attributes["value"]
    return passer_by.send(f"/s/{code}/suggest", answered, files=files, seen=seen, **fields)


def test_a_passer_by_suggests_and_sees_what_became_of_it(house, clerk, passer_by, registry, photos):
    assert passer_by.see("/s/A1").all("a", href="/s/A1/suggest")
    answer = suggest(
        passer_by, "A1", files=[picture()], hours="每天 9:00–19:00", note="门改到后面了", **{"has.fridge": "yes"}
    )
    link = answer.location
    assert re.fullmatch(r"/s/A1/suggested/[\w-]{32}[?]new=1", link)
    page = passer_by.see(link)
    assert "工作人员还没有处理" in page.text
    assert "王某" not in page.text
    proposal = Desk(registry, {}).proposals.waiting("A1")[-1]
    assert (proposal.who, proposal.station.hours, proposal.note) == ("", "09:00-19:00", "门改到后面了")
    name = proposal.station.photos[-1].file
    assert passer_by.status(f"/photos/{name}") == 404, "not public before somebody has looked"
    listed = clerk.see("/desk/proposals")
    assert "路过的人" in listed.text
    assert "路过的人" in clerk.see("/desk").text
    assert clerk.see(f"/desk/proposals/{proposal.number}").all("img", src=f"/desk/photos/small/{name}")
    clerk.send(f"/desk/suggestions/{proposal.number}", do="accept", reason="谢谢")
    assert registry.snapshot().station("A1").hours == "09:00-19:00"
    assert registry.history("A1")[-1].batch.what == f"suggestion {proposal.number}"
    assert passer_by.status(f"/photos/{name}") == 200
    page = passer_by.see(link)
    assert "谢谢" in page.text
    assert clerk.login not in page.text
    assert passer_by.status(link.replace("/A1/", "/A2/")) == passer_by.status("/s/A1/suggested/x") == 404


def test_what_is_refused_leaves_no_photo(clerk, neighbour, passer_by, registry, photos):
    link = suggest(passer_by, "A1", files=[picture()]).location
    proposal = Desk(registry, {}).proposals.waiting("A1")[-1]
    name = proposal.station.photos[-1].file
    neighbour.send(f"/desk/suggestions/{proposal.number}", 404, do="refuse", reason="不")
    clerk.send(f"/desk/suggestions/{proposal.number}", 422, do="refuse", reason="")
    clerk.send(f"/desk/suggestions/{proposal.number}", do="refuse", reason="看不清门牌")
    assert photos.read(name) is None
    page = passer_by.see(link)
    assert "看不清门牌" in page.text


def test_nothing_typed_is_lost_and_the_photo_need_not_be_sent_again(clerk, passer_by, registry, photos):
    page = read_page(suggest(passer_by, "A2", 422, files=[picture()], hours="随便什么时候", note="见照片").text)
    assert page.one("textarea", name="hours").text == "随便什么时候"
    assert page.one("textarea", name="note").text == "见照片"
    assert page.one("p", id="e-hours").text
    kept = page.one("input", name="photo_kept").attributes["value"]
    suggest(passer_by, "A2", hours="24小时", note="见照片", photo_kept=kept)
    assert Desk(registry, {}).proposals.waiting("A2")[-1].station.photos[-1].file == kept
    clerk.send("/desk/stations/A1/photos", files=[picture()])
    (stolen,) = names(registry, "A1")
    suggest(passer_by, "A2", 422, photo_kept=stolen)


def test_only_what_is_asked_for_can_be_suggested(passer_by, registry):
    suggest(passer_by, "A4", 400, custodian="我")
    suggest(passer_by, "A4", 422, note="  ")
    suggest(passer_by, "A4", name="远处驿站")
    proposal = Desk(registry, {}).proposals.waiting("A4")[-1]
    stands = registry.snapshot().station("A4")
    assert proposal.station == replace(stands, name="远处驿站")
    suggest(passer_by, "A4", name="远处驿站")
    assert len(Desk(registry, {}).proposals.waiting("A4")) == 1, "the same twice is one"
    for number in range(9):
        suggest(passer_by, "A4", note=f"第{number}条")
    assert "10 条建议" in suggest(passer_by, "A4", 409, note="再一条").text
    assert passer_by.status("/s/none/suggest") == 404


def test_one_sender_fills_neither_a_county_nor_the_album_and_all_of_it_goes_at_once(
    clerk, neighbour, passer_by, registry, monkeypatch
):
    monkeypatch.setattr(suggesting, "MOST_OF_NETWORK", 3)
    with registry.store.writing() as connection:
        connection.execute(SENDER.delete().where(SENDER.c.what == "suggest"))
    for number in range(3):
        suggest(passer_by, "A5", note=f"广告{number}")
    with registry.store.reading() as connection:
        before = connection.execute(sa.select(sa.func.count()).select_from(PHOTO)).scalar()
    refused = suggest(passer_by, "A3", 409, note="再来", files=[picture()])
    assert "今天从您的网络" in read_page(refused.text).text
    with registry.store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(PHOTO)).scalar() == before
        whose = {row.network for row in connection.execute(SENDER.select().where(SENDER.c.what == "suggest"))}
    assert len(whose) == 1
    assert len(whose.pop()) == 64, "a keyed hash"

    waiting = Desk(registry, {}).proposals.waiting("A5")
    page = clerk.see(f"/desk/proposals/{waiting[0].number}")
    assert "3 条建议全部不采纳" in page.text
    path, form = f"/desk/suggestions/{waiting[0].number}", {"do": "refuse all", "last": str(waiting[1].number)}
    neighbour.send(path, 404, **form, reason="广告")
    clerk.send(path, 422, **form, reason="")
    clerk.send(path, **form, reason="广告")
    assert Desk(registry, {}).proposals.waiting("A5") == waiting[2:], "what came after one looked waits"


def test_what_waits_for_long_shuts_nobody_out(registry, monkeypatch):
    monkeypatch.setattr(suggesting, "MOST_OF_ALL", 1)
    desk, station = Desk(registry, {}), registry.snapshot().station("A6")

    def suggested(month: int, note: str) -> None:
        at, sender = datetime(2027, month, 1, tzinfo=UTC), Sender("device", "10.9.9.9")
        desk.suggestions.suggest(station, revision=6, township=EAST, note=note, sender=sender, at=at, day=at.date())

    suggested(1, "一")
    suggested(3, "二")
    with pytest.raises(ProposalError, match="Very many"):
        suggested(3, "三")


def test_who_might_write_where_a_station_was_only_proposes_where_it_is(house, clerk, registry):
    clerk.send("/desk/stations/A4/photos", files=[picture()], caption="旧")
    there, seen = registry.snapshot().station("A4"), int(registry.snapshot().revisions[3])
    registry.append([replace(there, township=WEST)], what="edit", who="test", at=NOW)
    before = int(registry.snapshot().revisions[3])
    registry.append([there], what="edit", who="test", at=NOW)
    grants = [Grant(Role.CLERK, WEST), Grant(Role.CUSTODIAN, EAST, frozenset({"A4"}))]
    house.extensions[KEPT_IN].people.add("both", "双某", grants, by=By("test"), must_change=False)
    both = Somebody(house)
    signed_in(both.client, "clerk", WEST, login="both")
    name = there.photos[-1].file
    form = {"seen": str(before), "file": name, "do": "save", f"caption.{name}": "新"}
    assert before > seen
    answer = both.send("/desk/stations/A4/photos/arrange", **form)
    assert answer.headers["Location"].endswith("said=proposed")
    assert registry.snapshot().station("A4").photos[-1].caption == "旧"


def test_a_station_that_is_moved_in_the_moment_of_writing_is_not_written(house, registry, monkeypatch):
    """As the gate looks before, and somebody else may come between."""
    west, write = Somebody(house, "clerk", WEST), Registry.write
    stands, head = registry.snapshot().station("A6"), registry.snapshot().revision

    def moved_first(self, change, **facts):
        monkeypatch.undo()
        self.append([replace(stands, township=EAST)], what="edit", who="test", at=NOW)
        return write(self, change, **facts)

    for path, fields in (("photos", {"files": [picture()]}), ("checked", {"aspect": "hours"})):
        monkeypatch.setattr(Registry, "write", moved_first)
        west.send(f"/desk/stations/A6/{path}", 404, **fields)
        assert registry.snapshot().station("A6") == replace(stands, township=EAST)
        registry.append([stands], what="edit", who="test", at=NOW)
    assert registry.snapshot().revision == head + 4
