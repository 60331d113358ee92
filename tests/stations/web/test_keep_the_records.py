"""The staff keep the records true: they see what needs them, change a station, propose, accept and put back."""

import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from stations.desk.desk import Desk
from stations.people.facts import Role
from stations.registry.log import Registry
from stations.settings import Settings
from stations.upkeep.facts import Aspect, Sender
from stations.upkeep.saying import Upkeep
from tests.stations.web.conftest import Person
from tests.stations.web.reading import Element, read_page
from tests.town import corner, signed_in, today

ZONE = ZoneInfo("Asia/Shanghai")
EVERY = {Aspect.HOURS: 90, Aspect.AMENITIES: 60, Aspect.POSITION: 365}
WEST, EAST = "360681101", "360681102"
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
UNCOUNTED = Settings(requests_per_minute=0, reports_per_hour=0)  # all tests come from one place


class Lent:
    """Stands for something that each test has of its own, in an app that is made once: to make one takes a second."""

    def __init__(self) -> None:
        self.now: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.now, name)


@pytest.fixture(scope="module")
def lent() -> dict[str, Lent]:
    return {"shelf": Lent(), "desk": Lent(), "upkeep": Lent()}


@pytest.fixture(scope="module")
def made() -> dict[str, Flask]:
    return {}


@pytest.fixture(scope="module")
def written(tmp_path_factory, town_stations) -> Path:
    """The registry as every test finds it."""
    file = tmp_path_factory.mktemp("desk") / "registry.db"
    registry = Registry.open(f"sqlite:///{file}", ZONE)
    middle = corner(2.5, 0).lon
    placed = [replace(one, township=WEST if one.position.lon < middle else EAST) for one in town_stations]
    registry.append(placed, what="import", who="import", at=NOW)
    registry.close()
    return file


@pytest.fixture
def registry(tmp_path, written):
    shutil.copyfile(written, tmp_path / "registry.db")
    registry = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", ZONE)
    yield registry
    registry.close()


@pytest.fixture
def office(lent, made, open_house, registry):
    """Hand out browsers of the staff, who write into a registry of the test's own."""
    lent["shelf"].now, lent["desk"].now = registry, Desk(registry, EVERY)
    lent["upkeep"].now = Upkeep(registry.store, ZONE)
    app = made.get("app") or made.setdefault("app", open_house(settings=UNCOUNTED, **lent))

    def hire(role: Role | str, area: str = "360681", stations: tuple[str, ...] = ()) -> Staff:
        client = app.test_client()
        who = signed_in(client, role, area, stations)
        return Staff(client, who.login)

    return hire


class Staff(Person):
    """Somebody of the staff, with a browser that runs no script."""

    def __init__(self, client, login: str) -> None:
        super().__init__(client)
        self.login = login

    def token(self) -> str:
        return str(self.client.get("/api/token").get_json()["token"])

    def send(self, path: str, answered: int = 303, /, **fields):
        answer = self.client.post(path, data={"csrf_token": self.token()} | fields)
        assert answer.status_code == answered, (answer.status_code, answer.text[:600])
        return answer

    def form(self, code: str, page: Element | None = None) -> dict[str, object]:
        """What a browser would send of a station's form, with nothing typed."""
        page = page or self.see(f"/desk/stations/{code}")
        return filled_in(page.one("form", id="form"))

    def save(self, code: str, answered: int = 303, /, *, form=None, **typed):
        """Type into the form, and press the button."""
        fields = dict(form or self.form(code)) | {name.replace("__", "."): text for name, text in typed.items()}
        return self.send(f"/desk/stations/{code}", answered, **(fields | {"do": "save"}))


def filled_in(form: Element) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for one in form.walk():
        name, kind = one.attributes.get("name"), one.attributes.get("type", "")
        if not name or kind == "submit" or one.tag == "button":
            continue
        if one.tag == "textarea":
            text = "".join(part for part in one.inside if isinstance(part, str))
            fields[name] = text.removeprefix("\n")
        elif one.tag == "select":
            chosen = [option.attributes["value"] for option in one.all("option") if "selected" in option.attributes]
            fields[name] = (chosen or [one.all("option")[0].attributes["value"]])[0]
        elif kind in {"radio", "checkbox"} and "checked" not in one.attributes:
            continue
        elif name in {"access", "eligible"}:
            fields[name] = [*fields.get(name, []), one.attributes.get("value", "")]
        else:
            fields[name] = one.attributes.get("value", "")
    return fields


@pytest.fixture
def clerk(office) -> Staff:
    return office("clerk")


@pytest.fixture
def officer(office) -> Staff:
    return office("officer")


@pytest.fixture
def teller(office) -> Staff:
    """Keeps the station at the bank."""
    return office("custodian", stations=("A1",))


@pytest.fixture
def neighbour(office) -> Staff:
    return office("officer", "360682")


def test_today_says_what_needs_one(clerk, registry) -> None:
    upkeep = Upkeep(registry.store, ZONE)
    now = datetime.now(UTC)
    for number in (1, 2):
        sender = Sender(f"device{number}", f"10.{number}.0.1")
        upkeep.report("A1", "locked", sender=sender, found=now, now=now, revision=1)
    page = clerk.see("/desk")
    assert "近处驿站" in page.one("section", class_="reported").text
    assert "从未核实" in page.one("section", class_="overdue").text
    clerk.send("/desk/stations/A1/settle", kind="locked", back="today")
    assert not clerk.see("/desk").all("section", class_="reported")


def test_a_check_is_one_action_away(clerk, registry) -> None:
    day = today()
    assert clerk.send("/desk/stations/A1/checked", aspect="hours", back="today").location == "/desk?said=checked"
    assert registry.snapshot().station("A1").hours_checked == day
    assert registry.history("A1")[-1].batch.who == clerk.login
    assert "clerk某" in clerk.see("/desk/stations/A1").one("section", aria_labelledby="h-checked").text


def test_today_tells_area_by_area_what_waits_and_leads_to_it(office, registry) -> None:
    def rows(staff: Staff) -> dict[str, list[str]]:
        lines = [line for table in staff.see("/desk").all("table", class_="areas") for line in table.all("tr")[1:]]
        return {line.one("th").text.strip(): [cell.text.strip() for cell in line.all("td")] for line in lines}

    assert rows(office("officer")) == {"西乡": ["3", "0", "3"], "东乡": ["2", "0", "2"]}
    assert not rows(office("clerk", EAST)), "all lie in one township"
    assert not rows(office("custodian", stations=("A1", "A3"))), "single stations are no areas"

    moved = replace(registry.snapshot().station("A3"), township="360602101")
    registry.append([moved], what="edit", who="test", at=NOW)
    upkeep, now = Upkeep(registry.store, ZONE), datetime.now(UTC)
    for number in (1, 2):
        sender = Sender(f"device{number}", f"10.{number}.0.1")
        upkeep.report("A3", "locked", sender=sender, found=now, now=now, revision=1)
    city = office("officer", "3606")
    assert rows(city) == {"鹰潭市贵溪市": ["4", "0", "4"], "鹰潭市月湖区": ["1", "1", "1"]}
    there = {one.attributes.get("href", "") for one in city.see("/desk").one("table", class_="areas").all("a")}
    assert there == {
        *(f"/desk/stations?township={county}" for county in ("360681", "360602")),
        *(f"/desk/stations?township={county}&due=overdue" for county in ("360681", "360602")),
        "/desk/stations?township=360602&due=reported",
    }
    listed = city.see("/desk/stations?township=360602&due=reported")
    assert [one.all("small")[0].text.split(" ")[0] for one in listed.all("th", scope="row")] == ["A3"]
    [chosen] = [one for one in listed.one("select", name="township").all("option") if "selected" in one.attributes]
    assert chosen.text == "鹰潭市月湖区 (360602)"


def test_nothing_waits_for_who_has_no_stations(neighbour) -> None:
    assert "没有事情等着您" in neighbour.see("/desk").text
    assert "还没有" in neighbour.see("/desk/stations").text


def test_the_list_is_filtered_sorted_and_ones_own(office) -> None:
    def codes(staff: Staff, **asked) -> list[str]:
        page = read_page(staff.get("/desk/stations", **asked).text)
        return [one.all("small")[0].text.split(" ")[0] for one in page.all("th", scope="row")]

    clerk = office("clerk")
    assert codes(clerk) == ["A1", "A2", "A3", "A4", "A5", "A6"]
    assert codes(clerk, q="一路") == ["A1"]
    assert codes(clerk, township=EAST, order="-name") == ["A3", "A4"]
    assert codes(clerk, status="retired") == ["A5"]
    assert codes(office("clerk", EAST)) == ["A3", "A4"]
    assert codes(office("custodian", stations=("A2",))) == ["A2"]
    clerk.see("/desk/stations", due="everything", status=400)
    clerk.see("/desk/stations", page="x", status=400)
    assert clerk.get("/desk/stations", colour="red").status_code == 400


def test_what_a_list_brings_is_text_and_no_script(clerk) -> None:
    for path in ("/desk", "/desk/stations", "/desk/stations/A4"):
        page = clerk.see(path)
        assert "<script>alert(1)</script>" in page.text
        run = [one for one in page.all("script") if one.attributes.get("type") != "application/json"]
        assert not any(one.inside for one in run)


def test_a_clerk_corrects_a_station(clerk, registry) -> None:
    answer = clerk.save(
        "A1", phone="0793-5", hours="周一至周五 8:30-17:30", has__microwave="no", closure__0__first="2027-02-10"
    )
    assert answer.location == "/desk/stations/A1?said=saved"
    after = registry.snapshot().station("A1")
    assert (after.phone, after.hours) == ("0793-5", "Mo-Fr 08:30-17:30")
    assert after.amenities["microwave"] == "no"
    assert after.closures[0].first == date(2027, 2, 10)
    assert after.custodian == "王某"
    assert registry.history("A1")[-1].batch.who == clerk.login
    assert "已保存" in clerk.see(answer.location).one(id="said").text


def test_the_head_of_the_form_leads_to_each_of_its_parts(clerk) -> None:
    page = clerk.see("/desk/stations/A1")
    parts = page.one("nav", class_="parts").all("a")
    places = [page.one(id=link.attributes["href"].removeprefix("#")) for link in parts]
    headed = [heading.attributes["id"] for heading in page.one("form", id="form").all("h2")]
    assert [one.attributes["id"] for one in places] == [*headed, "beside"]
    assert [link.text for link in parts[:-1]] == [one.text for one in places[:-1]]


def test_what_is_rarely_touched_is_open_where_it_holds_something_or_is_wrong(clerk) -> None:
    def opened(page: Element) -> set[str]:
        tucked = page.all("details", class_="tucked")
        return {one.all("summary")[0].text for one in tucked if "open" in one.attributes}

    assert not opened(clerk.see("/desk/stations/A6"))
    clerk.save("A6", name_en="West", dates="6月1日至9月30日", has__water="yes", note__water="二楼")
    page = clerk.see("/desk/stations/A6")
    assert opened(page) == {"英文名称、依托单位、建设方式", "自助时间、服务日期"}
    [water] = [one for one in page.all("div", class_="amenity") if one.all("input", name="note.water")]
    assert water.one("input", name="note.water").attributes["value"] == "二楼"
    wrong = clerk.save("A6", 422, lon="east", closure__0__first="tomorrow")
    assert opened(read_page(wrong.text)) >= {"经度、纬度 (WGS-84)", "以下日期停用"}


def test_a_clerk_says_on_which_days_a_station_is_there(clerk, registry) -> None:
    wrong = clerk.save("A1", 422, dates="每月第一个周六 9:00-16:00")
    assert "几点到几点请写在开放时间里" in read_page(wrong.text).one(id="e-dates").text
    assert filled_in(read_page(wrong.text).one("form", id="form"))["dates"] == "每月第一个周六 9:00-16:00"
    clerk.save("A1", dates="每月第一个周六；2027年1月28日至2月1日")
    assert registry.snapshot().station("A1").dates == "Sa[1]; 2027 Jan 28-2027 Feb 1"
    page = clerk.see("/desk/stations/A1")
    assert filled_in(page.one("form", id="form"))["dates"] == "每月第一个周六；2027年1月28日至2月1日"
    assert "仅每月第一个周六，以及2027年1月28日至2月1日开放" in page.one(id="meant").text
    assert "每月第一个周六" in page.one("ol", class_="history").text
    clerk.save("A1", dates="6月1日至9月30日")
    summer = registry.snapshot().station("A1")
    assert (summer.season_from, summer.season_to, summer.dates) == ("06-01", "09-30", "")


def test_saving_without_a_change_writes_nothing(clerk, registry) -> None:
    before = registry.snapshot().revision
    for code in ("A1", "A2", "A3", "A4", "A5", "A6"):
        assert clerk.save(code).location.endswith("said=nothing")
    assert registry.snapshot().revision == before


def test_faults_are_said_where_they_are_and_nothing_typed_is_lost(clerk, registry) -> None:
    answer = clerk.save("A1", 422, hours="后天", seats="many", address="二路2号")
    page = read_page(answer.text)
    assert len(page.one(id="faults").all("li")) == 2
    assert "many" in page.one(id="e-seats").text
    assert page.one("input", name="seats").attributes["aria-invalid"] == "true"
    again = filled_in(page.one("form", id="form"))
    assert (again["hours"], again["seats"], again["address"]) == ("后天", "many", "二路2号")
    assert registry.snapshot().station("A1").address == "一路1号"


def test_one_can_look_before_one_leaps(clerk, registry) -> None:
    form = clerk.form("A1") | {"phone": "0793-5"}
    said = clerk.send("/desk/stations/A1/look", 200, **(form | {"hours": "每天8点到20点"})).json
    assert said["hours"]["sentence"] == "每天 08:00–20:00"
    assert said["hours"]["days"][0]["bars"] == [{"start": 480, "length": 720, "way": "open"}]
    assert [one.partition("：")[0] for one in said["changes"]] == ["开放时间", "服务电话"]
    assert "多少" in str(
        clerk.send("/desk/stations/A1/look", 200, **(form | {"seats": "多少"})).json["faults"]["seats"]
    )
    page = clerk.send("/desk/stations/A1", 200, **(form | {"do": "look"})).text
    assert "0793-5" in page
    assert registry.snapshot().station("A1").phone == ""


def test_the_second_of_two_sees_what_the_first_changed_and_both_are_kept(office, registry) -> None:
    first, second = office("clerk"), office("clerk")
    forms = [one.form("A1") for one in (first, second)]
    first.save("A1", form=forms[0], phone="0793-1", has__water="no")
    answer = second.save("A1", 409, form=forms[1], address="二路2号", has__microwave="nearby")
    page = read_page(answer.text)
    clash = page.one(id="clash").text
    assert "0793-1" in clash
    assert first.login in page.one("ol", class_="history").text
    assert registry.snapshot().station("A1").address == "一路1号"
    second.save("A1", form=filled_in(page.one("form", id="form")))
    after = registry.snapshot().station("A1")
    assert (after.phone, after.address) == ("0793-1", "二路2号")
    assert after.amenities == {"water": "no", "microwave": "nearby"}


@pytest.mark.parametrize(("choice", "phone"), [("", "0793-2"), ("phone", "0793-1")])
def test_where_both_changed_the_same_a_person_chooses(office, registry, choice, phone) -> None:
    first, second = office("clerk"), office("clerk")
    forms = [one.form("A1") for one in (first, second)]
    first.save("A1", form=forms[0], phone="0793-1")
    page = read_page(second.save("A1", 409, form=forms[1], phone="0793-2", address="二路2号").text)
    assert {"0793-1", "0793-2"} <= set(re.findall(r"0793-\d", page.one("fieldset", class_="choose").text))
    second.save("A1", form=filled_in(page.one("form", id="form")), choose__1=choice)
    after = registry.snapshot().station("A1")
    assert (after.phone, after.address) == (phone, "二路2号")


def test_a_station_is_moved_only_to_where_one_may_write(office, registry) -> None:
    west = office("clerk", WEST)
    there = corner(4, 4)
    place = f"{there.lon},{there.lat}"
    answer = west.save("A1", 422, place=place, datum="wgs84")
    assert "东乡" in answer.text
    county = office("clerk")
    county.save("A1", place=place, datum="wgs84")
    assert registry.snapshot().station("A1").township == EAST
    assert west.get("/desk/stations/A1").status_code == 404


def test_a_custodian_proposes_and_reads_the_outcome(teller, officer, registry) -> None:
    answer = teller.save("A1", has__microwave="no", comment="坏了，已报修")
    assert answer.location.endswith("said=proposed")
    assert registry.snapshot().station("A1").amenities["microwave"] == "yes"
    waiting = officer.see("/desk").one("section", aria_labelledby="h-waiting")
    assert "坏了" in waiting.text
    page = officer.see("/desk/proposals/1")
    assert "微波炉" in page.one("dl", class_="changes").text
    officer.send("/desk/proposals/1", do="accept", reason="谢谢")
    assert registry.snapshot().station("A1").amenities["microwave"] == "no"
    entry = registry.history("A1")[-1]
    assert entry.batch.who == officer.login
    assert teller.login in entry.batch.what
    news = teller.see("/desk").one("section", class_="news")
    assert "谢谢" in news.text
    teller.send("/desk/news")
    assert not teller.see("/desk").all("section", class_="news")


def test_a_refusal_needs_a_reason(teller, officer, registry) -> None:
    teller.save("A1", phone="1")
    officer.send("/desk/proposals/1", 422, do="refuse")
    officer.send("/desk/proposals/1", do="refuse", reason="号码不对")
    assert "号码不对" in teller.see("/desk/proposals/1").text
    officer.send("/desk/proposals/1", 422, do="accept")
    assert registry.snapshot().station("A1").phone == ""


def test_a_proposal_is_changed_and_accepted(teller, officer, registry) -> None:
    teller.save("A1", phone="0793-1", seats="4")
    page = officer.see("/desk/stations/A1", proposal=1)
    form = officer.form("A1", page)
    assert (form["phone"], form["seats"]) == ("0793-1", "4")
    officer.save("A1", form=form, seats="6", comment="实为6座")
    after = registry.snapshot().station("A1")
    assert (after.phone, after.seats) == ("0793-1", 6)
    assert "修改" in teller.see("/desk/proposals/1").text


def test_a_proposal_and_a_later_edit_are_both_kept(teller, officer, registry) -> None:
    teller.save("A1", seats="4")
    officer.save("A1", phone="0793-9")
    officer.send("/desk/proposals/1", do="accept")
    after = registry.snapshot().station("A1")
    assert (after.phone, after.seats) == ("0793-9", 4)


def test_a_proposal_about_the_same_fact_must_be_chosen(teller, officer, registry) -> None:
    teller.save("A1", seats="4")
    officer.save("A1", seats="5")
    officer.send("/desk/proposals/1", 422, do="accept")
    led = officer.send("/desk/proposals/1", do="choose", reason="以实地为准").headers["Location"]
    page = read_page(officer.client.get(led).text)
    form = officer.form("A1", page)
    assert form["comment"] == "以实地为准", "what was said already is not lost on the way"
    officer.save("A1", form=form, choose__1="seats")
    assert registry.snapshot().station("A1").seats == 5
    assert "以实地为准" in teller.see("/desk/proposals/1").text


def test_one_withdraws_ones_own_proposal_and_no_other(office, teller, officer) -> None:
    teller.save("A1", seats="4")
    other = office("custodian", stations=("A1",))
    other.send("/desk/proposals/1/withdraw", 409)
    teller.send("/desk/proposals/1/withdraw")
    officer.send("/desk/proposals/1", 422, do="accept")


def test_many_proposals_are_told_page_by_page(teller, officer) -> None:
    for seats in range(1, 33):
        teller.save("A1", seats=str(seats))
    first = officer.get("/desk/proposals").text
    second = officer.get("/desk/proposals", page="2").text
    assert (first.count("proposal-list"), first.count('class="called"'), second.count('class="called"')) == (1, 30, 2)
    assert 'class="count">32<' in first
    assert officer.get("/desk/proposals", page="x").status_code == 400


def test_a_custodian_has_nothing_to_do_with_other_stations(teller) -> None:
    assert teller.get("/desk/stations/A2").status_code == 404
    teller.send("/desk/stations/A2", 404, do="save", seen="2")
    teller.send("/desk/stations/A2/checked", 404, aspect="hours")


def test_an_officer_puts_an_earlier_record_back_and_a_clerk_cannot(clerk, officer, registry) -> None:
    clerk.save("A1", phone="0793-1")
    clerk.send("/desk/stations/A1/restore", 404, revision="1")
    officer.send("/desk/stations/A1/restore", revision="1")
    assert registry.snapshot().station("A1").phone == ""
    assert len(registry.history("A1")) == 3
    officer.send("/desk/stations/A1/restore", 410, revision="2")


def test_a_record_is_not_put_back_to_where_one_may_change_nothing(office, registry) -> None:
    there = corner(4, 4)
    office("officer").save("A1", place=f"{there.lon},{there.lat}", datum="wgs84")
    east = office("officer", EAST)
    assert east.see("/desk/stations/A1")
    east.send("/desk/stations/A1/restore", 404, revision="1")


def test_the_neighbour_gets_in_nowhere(neighbour, teller, registry) -> None:
    teller.save("A1", seats="4")
    before = registry.snapshot().revision
    for path in ("stations/A1", "proposals/1"):
        assert neighbour.get(f"/desk/{path}").status_code == 404
    for path, fields in (
        ("stations/A1", {"seen": "1", "do": "save", "phone": "1"}),
        ("stations/A1/look", {"seen": "1"}),
        ("stations/A1/checked", {"aspect": "hours"}),
        ("stations/A1/settle", {"kind": "locked"}),
        ("stations/A1/restore", {"revision": "1"}),
        ("proposals/1", {"do": "accept"}),
        ("proposals/1/withdraw", {}),
    ):
        neighbour.send(f"/desk/{path}", 404, **fields)
    assert "近处" not in neighbour.see("/desk/proposals").text + neighbour.see("/desk/stations").text
    assert registry.snapshot().revision == before


def test_what_there_is_not_is_answered_like_what_one_may_not_see(neighbour) -> None:
    for there, absent in (("stations/A1", "stations/Z9"), ("proposals/1", "proposals/99")):
        answers = [neighbour.get(f"/desk/{path}") for path in (there, absent)]
        texts = [re.sub(r"[AZ][19]", "", answer.text) for answer in answers]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert texts[0].replace(there, "") == texts[1].replace(absent, "")


def test_a_planner_reads_and_writes_nothing(office, registry) -> None:
    planner = office("planner")
    page = planner.see("/desk/stations/A1")
    assert not page.all("button", name="do")
    assert "disabled" in page.one("fieldset", class_="whole").attributes
    planner.send("/desk/stations/A1", 404, seen="1", do="save", phone="1")


def test_a_field_that_does_not_exist_is_refused(clerk) -> None:
    clerk.send("/desk/stations/A1", 400, seen="1", do="save", phonee="1")


def test_a_form_without_its_token_changes_nothing(clerk, registry) -> None:
    answer = clerk.client.post("/desk/stations/A1", data={"seen": "1", "do": "save", "phone": "1"})
    assert answer.status_code in {400, 403}
    assert registry.snapshot().station("A1").phone == ""


def reported_by_two(registry, code: str, kind: str, amenity: str = "") -> Upkeep:
    upkeep, now = Upkeep(registry.store, ZONE), datetime.now(UTC)
    for number in (1, 2):
        sender = Sender(f"device{number}", f"10.{number}.0.1")
        revision = int(registry.snapshot().revisions[registry.snapshot().index(code)])
        upkeep.report(code, kind, amenity=amenity, sender=sender, found=now, now=now, revision=revision)
    return upkeep


def tasks(upkeep, registry) -> list[str]:
    return [one.caution.kind for one in upkeep.tasks(registry.snapshot(), datetime.now(UTC))]


def test_a_check_of_one_thing_leaves_what_was_reported_of_another_as_it_was(clerk, registry) -> None:
    day, upkeep = today(), reported_by_two(registry, "A1", "locked")
    answer = clerk.send("/desk/stations/A1/checked", aspect="amenities", back="today")
    assert answer.location == "/desk?said=checked"
    assert registry.snapshot().station("A1").amenities_checked == day
    assert tasks(upkeep, registry) == ["locked"]
    clerk.save("A1", checked__position="1")
    assert tasks(upkeep, registry) == ["locked"], "nor does one that is ticked in the form"
    clerk.save("A1", phone="0793-7")
    assert tasks(upkeep, registry) == [], "but a record that says something else"


@pytest.mark.parametrize(("answer", "left"), [("right", []), ("stands", ["broken"])])
def test_who_made_sure_of_just_what_was_reported_is_asked_about_that(clerk, registry, answer, left) -> None:
    day, upkeep = today(), reported_by_two(registry, "A1", "broken", "toilet")
    asked = clerk.send("/desk/stations/A1/checked", 200, aspect="amenities", back="today")
    page = read_page(asked.text)
    assert "厕所" in page.one("section", class_="reported").text
    assert len(registry.history("A1")) == 1, "nothing is written before the answer"
    form = filled_in(page.one("section", class_="reported").one("form"))
    form.pop("csrf_token")
    clerk.send("/desk/stations/A1/checked", 200, **(form | {"reported": answer, "seen": "broken.water"}))
    clerk.send("/desk/stations/A1/checked", **(form | {"reported": answer}))
    assert registry.snapshot().station("A1").amenities_checked == day
    assert tasks(upkeep, registry) == left


def test_a_custodian_says_what_is_right_and_whoever_accepts_it_settles_the_report(teller, officer, registry) -> None:
    day, upkeep = today(), reported_by_two(registry, "A1", "broken", "toilet")
    assert teller.send("/desk/stations/A1/checked", aspect="hours", back="today").location == "/desk?said=proposed"
    page = read_page(teller.send("/desk/stations/A1/checked", 200, aspect="amenities").text)
    form = filled_in(page.one("section", class_="reported").one("form"))
    form.pop("csrf_token")
    teller.send("/desk/stations/A1/checked", **(form | {"reported": "right"}))
    assert "已经恢复正常" in officer.see("/desk/proposals/2").one("p", class_="notes").text
    for number in (1, 2):
        officer.send(f"/desk/proposals/{number}", do="accept")
    station = registry.snapshot().station("A1")
    assert station.hours_checked == station.amenities_checked == day
    assert tasks(upkeep, registry) == ["broken"]


def test_who_settles_what_is_settled_is_told_so(clerk) -> None:
    answer = clerk.send("/desk/stations/A1/settle", kind="locked", back="today")
    assert "已经" in clerk.see(answer.location).one(id="said").text


def test_hours_are_filled_in_by_the_week_without_a_script(clerk, registry) -> None:
    clerk.save("A1", hours="周一至周五 8:30-12:00,13:00-17:30；周六 9:00-12:00")
    before, path = registry.snapshot().revision, "/desk/stations/A1"
    form = clerk.form("A1")
    assert [form[f"week.fr.{part}"] for part in ("way", "from2", "to2")] == ["times", "13:00", "17:30"]
    assert (form["week.su.way"], form["week.ph.way"]) == ("closed", "usual")
    form |= {"week.mo.to2": "00:00", "week.ph.way": "closed", "phone": "0793-5"}
    left = read_page(clerk.save("A1", 422, form=form).text)
    assert "还没有填入开放时间" in left.one(id="faults").text
    carried = read_page(clerk.send(path, 200, **(form | {"do": "week:mo:weekdays"})).text)
    put = read_page(clerk.send(path, 200, **(clerk.form("A1", carried) | {"do": "week"})).text)
    form = clerk.form("A1", put)
    phrase = "周一至周五 08:30–12:00、13:00–24:00；周六 09:00–12:00；周日休息；法定节假日休息"
    assert (form["hours"], form["phone"]) == (phrase, "0793-5")
    assert phrase in put.one(id="meant").text
    assert registry.snapshot().revision == before, "nothing is written by it"
    clerk.save("A1", form=form)
    after = registry.snapshot().station("A1")
    assert after.hours == "Mo-Fr 08:30-12:00,13:00-24:00; Sa 09:00-12:00; Su closed; PH closed"


def test_self_service_has_a_week_of_its_own(clerk, registry) -> None:
    path = "/desk/stations/A1"
    form = clerk.form("A1") | {"alone.mo.from": "17:30", "alone.mo.to": "08:30", "week.mo.from": "9:00"}
    carried = read_page(clerk.send(path, 200, **(form | {"do": "alone:mo:days"})).text)
    box = carried.one("details", id="f-alone")
    assert "open" in box.attributes
    assert "open" not in carried.one("details", id="f-week").attributes
    form = clerk.form("A1", carried)
    assert [form[name] for name in ("alone.su.to", "week.mo.from", "week.su.from")] == ["08:30", "9:00", "08:00"]
    said = clerk.send(f"{path}/look", 200, **(form | {"do": "alone"})).json
    assert (said["phrase"], said["week"]["rows"]["mo"]["way"]) == ("每天 17:30–次日08:30", "times")
    put = clerk.form("A1", read_page(clerk.send(path, 200, **(form | {"do": "alone"})).text))
    assert put["self_service_hours"] == "每天 17:30–次日08:30"
    assert "自助时间" not in read_page(clerk.save("A1", 422, form=put).text).one(id="faults").text, (
        "but the other week is"
    )
    clerk.save("A1", form=put | {"week.mo.from": "08:00"})
    assert registry.snapshot().station("A1").self_service_hours == "17:30-08:30"
    left = read_page(clerk.save("A1", 422, alone__mo__from="18:00").text)
    assert "还没有填入自助时间" in left.one(id="faults").text
    never = clerk.form("A1") | {
        f"alone.{day}.way": "closed" for day in ("mo", "tu", "we", "th", "fr", "sa", "su", "ph")
    }
    put = clerk.form("A1", read_page(clerk.send(path, 200, **(never | {"do": "alone"})).text))
    assert put["self_service_hours"] == ""


def test_a_new_station_has_its_hours_by_the_week_too(clerk, registry) -> None:
    path = "/desk/stations/new"
    page = clerk.see(path)
    form = filled_in(page.one("form", id="new")) | {"name": "新站", "place": "116.31,28.31", "week.mo.from": "8:30"}
    form.pop("csrf_token")
    short = read_page(clerk.send(path, 422, **(form | {"do": "week"})).text)
    assert "两个时间" in short.one(id="e-week-mo").text
    form |= {"week.mo.to": "17:30"}
    form = filled_in(read_page(clerk.send(path, 200, **(form | {"do": "week:mo:weekdays"})).text).one("form", id="new"))
    form |= {f"week.{day}.way": "closed" for day in ("sa", "su")}
    form.pop("csrf_token")
    assert "还没有填入" in read_page(clerk.send(path, 422, **(form | {"do": "add"})).text).one(id="faults").text
    said = clerk.send(f"{path}/look", 200, **(form | {"do": "week"})).json
    assert said["phrase"] == "周一至周五 08:30–17:30；周末休息"
    assert said["hours"]["days"]
    page = read_page(clerk.send(path, 200, **(form | {"do": "week"})).text)
    assert "周一至周五" in page.one(id="meant").text
    form = filled_in(page.one("form", id="new"))
    form.pop("csrf_token")
    assert form["name"] == "新站", "nothing typed is lost"
    code = clerk.send(path, **(form | {"do": "add"})).location.rpartition("/")[2].partition("?")[0]
    assert registry.snapshot().station(code).hours == "Mo-Fr 08:30-17:30; Sa-Su closed"
    clerk.send(f"{path}/look", 400, hourss="x")


def test_a_stall_of_some_days_is_never_there_on_others_not_even_while_it_is_added(clerk, registry) -> None:
    path = "/desk/stations/new"
    form = filled_in(clerk.see(path).one("form", id="new"))
    form |= {"name": "春运服务点", "place": "116.312,28.312", "hours": "8:00-18:00", "kind": "mobile_point"}
    form |= {"datum": "wgs84", "dates": "下个月"}
    form.pop("csrf_token")
    page = read_page(clerk.send(path, 422, **(form | {"do": "add"})).text)
    assert page.one(id="e-dates").text
    form["dates"] = "2031年1月28日至2月1日"
    said = clerk.send(f"{path}/look", 200, **form).json
    assert not said["faults"]
    assert "2031年1月28日" in said["hours"]["sentence"]
    code = clerk.send(path, **(form | {"do": "add"})).location.rpartition("/")[2].partition("?")[0]
    [entry] = registry.history(code)
    assert entry.station.dates == "2031 Jan 28-2031 Feb 1"


def test_what_is_wrong_in_a_week_is_said_at_its_day(clerk) -> None:
    path = "/desk/stations/A1"
    clerk.save("A1", hours="6月至8月 8:00-20:00")
    form = clerk.form("A1")
    assert form["week.was"] == ""
    assert "hidden" not in clerk.see(path).one(id="week-beyond").attributes
    clerk.save("A1", form=form | {"phone": "0793-5"})
    form = clerk.form("A1") | {f"week.{day}.way": "closed" for day in ("mo", "tu", "we", "th", "fr", "sa")}
    wrong = [
        ({}, "或者选“全天”"),
        ({"week.su.from": "8:00"}, "两个时间"),
        ({"week.su.from": "8点", "week.su.to": "9:00"}, "“8点”不是钟点"),
        ({"week.su.from": "08:00", "week.su.to": "08:00"}, "不成一段"),
        ({"week.su.from": "08:00", "week.su.to": "12:00", "week.su.from2": "11:00", "week.su.to2": "13:00"}, "第二段"),
        ({"week.su.way": "often"}, "“often”"),
    ]
    for typed, said in wrong:
        page = read_page(clerk.send(path, 422, **(form | typed | {"do": "week"})).text)
        assert said in page.one(id="e-week-su").text
        again = clerk.form("A1", page)
        assert again["hours"] == form["hours"]
        assert again["week.su.from"] == typed.get("week.su.from", "")
    good = form | {"week.su.from": "22:00", "week.su.to": "02:00"}
    said = clerk.send(f"{path}/look?lang=en", 200, **(good | {"do": "week"})).json
    assert said["phrase"] == "Closed on Monday to Saturday; Sunday 22:00–02:00 next day"
    assert said["week"]["rows"]["su"]["spans"][0] == ["22:00", "02:00"]
    refilled = read_page(clerk.send(path, 200, **(good | {"do": "week:fill"})).text)
    assert clerk.form("A1", refilled)["week.su.from"] == ""
