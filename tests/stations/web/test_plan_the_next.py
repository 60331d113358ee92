"""A planner asks where the next stations should go, argues, keeps the plan, and makes stations of it."""

import io
import json
import re
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from stations.errors import RegistryLockedError
from stations.registry.log import Registry
from stations.scenarios import Plans
from stations.settings import Settings
from tests.stations.web.conftest import Person
from tests.town import SHANGHAI, corner

JSON = {"Accept": "application/json"}
HERE = "/planning/siting"
UNCOUNTED = Settings(requests_per_minute=0, reports_per_hour=0)
ASKED = {"minutes": 5, "sites": 2, "spacing": 400}


class Planner(Person):
    """Sends forms, too, with the token that a page would have."""

    def read(self, path, **asked) -> Any:
        return self.get(path, **asked).json

    def send(self, path, headers=JSON, **fields):
        token = self.read("/api/token")["token"]
        data = fields | {"csrf_token": token}
        return self.client.post(f"{HERE}{path}", data=data, headers=headers)

    def answer(self, **asked):
        answer = self.get(f"{HERE}/answer.json", **(asked or ASKED))
        assert answer.status_code == 200, answer.text[:300]
        return answer.json

    def prove(self, **asked):
        self.send("/search", **asked)
        while (state := self.read(f"{HERE}/progress.json", **asked)["search"]["state"]) in {"waiting", "running"}:
            time.sleep(0.02)
        assert state == "ended"
        return self.answer(**asked)


@pytest.fixture(scope="module")
def registered(tmp_path_factory, town_stations):
    """A registry with the stations of the town, in a file of its own."""
    registry = Registry.open(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'town.db'}", SHANGHAI)
    registry.write(lambda _: town_stations, what="import", who="test", at=datetime(2026, 11, 1, tzinfo=UTC))
    return registry


@pytest.fixture(scope="module")
def plans(registered):
    return Plans(registered.store, SHANGHAI, desk=registered)


@pytest.fixture(scope="module")
def house(open_house, registered, plans):
    return open_house(shelf=registered, plans=plans, settings=UNCOUNTED)


@pytest.fixture
def planner(house):
    return Planner(house.test_client())


@pytest.fixture
def keeper(planner, plans):
    """One who has entered the planners' key."""
    assert planner.send("/enter", key=plans.key.key()).json == {"entered": True}
    return planner


def test_the_page_answers_before_anything_was_asked(planner):
    assert planner.see(HERE).one("h1").text
    assert planner.read(f"{HERE}/answer.json")["plan"]["candidates"] == 9  # points 500 m apart


@pytest.mark.parametrize("way", ["page", "answer.json", "plan.csv", "progress.json", "candidates.geojson"])
def test_what_cannot_be_asked_is_said_everywhere(planner, way):
    path = HERE if way == "page" else f"{HERE}/{way}"
    answer = planner.get(path, sites="0", lang="en")
    assert answer.status_code == 400
    if way.endswith("json"):
        assert answer.json["error"]["field"] == "sites"
    assert "number of sites" in answer.text
    unknown = planner.get(path, side="3", lang="en")
    assert unknown.status_code == 400
    assert "There is no parameter" in unknown.text


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"sites": 99}, 400, "99 sites cannot be chosen"),
        ({"force": "n1"}, 400, "There is no candidate n1"),
        ({"force": "point-1", "forbid": "point-1", "point": "116.3020,28.3010"}, 400, "both wanted and ruled out"),
        ({"budget": "0.5"}, 400, "buys nothing"),
        ({"aim": "fewest", "minutes": 1}, 422, "cannot be reached from any candidate"),
        ({"weight": "gold"}, 400, "Nothing is counted by"),
    ],
)
def test_a_question_that_does_not_go_together_is_answered_with_why(planner, asked, status, words):
    refused = planner.get(f"{HERE}/answer.json", **({"spacing": 400, "lang": "en"} | asked))
    assert refused.status_code == status
    assert words in refused.json["error"]["message"]
    page = planner.get(HERE, **({"spacing": 400, "lang": "en"} | asked))
    assert page.status_code == status
    assert words in page.text


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("budget", "两万", "“预算”请用阿拉伯数字"),
        ("capacity", "0", "“新驿站最多服务”不能是“0”"),
        ("share", "many", "“覆盖率，%”请用阿拉伯数字"),
        ("speed", "fast", "“速度（公里/时）”请用阿拉伯数字"),
    ],
)
def test_what_is_typed_wrong_is_said_of_the_field_as_the_form_has_it(planner, field, typed, words):
    for path in (HERE, "/planning") if field == "speed" else (HERE,):
        assert words in planner.see(path, status=400, **{field: typed}).text
    # A program knows it by the name in the address.
    assert field in planner.get(f"{HERE}/answer.json", **{field: typed, "lang": "en"}).json["error"]["message"]


def test_demand_that_nobody_can_reach_is_left_out_by_a_link(planner):
    asked = {"aim": "fewest", "minutes": 1, "spacing": 400, "lang": "en"}
    page = planner.get(HERE, **asked).text
    assert "Leave them out, and plan for all others" in page
    assert "leave_out=1" in page
    assert "Leave them out" not in planner.get(HERE, **(asked | {"aim": "most", "sites": 99})).text
    assert planner.get(f"{HERE}/answer.json", **asked, leave_out="1").status_code == 200


def test_demand_that_nobody_can_reach_is_listed_by_place_with_a_candidate_to_put_there(planner):
    asked = {"aim": "fewest", "minutes": 1, "spacing": 400}
    page = planner.see(HERE, status=422, **asked)
    assert page.one(id="h-missing").text == "谁也到不了的地方"
    # The town has no townships: places are called after what is near, or by where they are.
    assert "whole area" not in page.text
    put = page.one(class_="missing").all("a")[0].attributes["href"]
    assert "point=116." in put
    assert "spacing=400" in put
    with_it = planner.get(f"{put}&lang=en")

    def cannot(text: str) -> int:
        found = re.search(r"at (\d+) points? cannot", text)
        return int(found[1]) if found else 0

    assert cannot(with_it.text) < cannot(planner.get(HERE, **asked, lang="en").text)


def test_where_there_is_no_room_nothing_is_offered_that_does_not_help(planner):
    asked = {"aim": "fewest", "share": 50, "minutes": 15, "spacing": 400, "capacity": 1, "keep": "0", "lang": "en"}
    page = planner.get(HERE, **asked)
    assert page.status_code == 422
    assert "For whom there is no room" in page.text
    assert "Leave them out" not in page.text


def test_the_answer_gives_every_figure(planner):
    answer = planner.answer(**ASKED, lang="en")
    assert {"revision", "digest", "mark", "search", "plan", "said"} == answer.keys()
    plan = answer["plan"]
    assert plan["before"] < plan["after"] == plan["value"] <= plan["demand"]
    assert sum(site["adds"] for site in plan["sites"]) == pytest.approx(plan["after"] - plan["before"])
    assert plan["sites"][0]["adds"] >= plan["sites"][1]["adds"]
    assert {town["name"] for town in plan["townships"]} == {"西乡", "东乡"}
    assert sum(town["gained"] for town in plan["townships"]) == pytest.approx(plan["after"] - plan["before"])
    assert [point["sites"] for point in plan["curve"]][:3] == [0, 1, 2]
    assert plan["further"][0]["adds"] >= plan["further"][-1]["adds"]
    assert answer["said"]["headline"]


def test_what_is_infinite_is_null(open_house, town_stations):
    planner = Planner(open_house(stations=[]).test_client())
    plan = planner.answer(aim="center", sites=2, spacing=400)["plan"]
    assert plan["before"] is None
    assert plan["after"] > 0
    json.dumps(plan, allow_nan=False)


def test_arguing_changes_the_answer(planner):
    first = planner.answer()["plan"]["sites"][0]["key"]
    without = planner.answer(**ASKED, forbid=first)["plan"]
    assert first not in [site["key"] for site in without["sites"]]
    far = planner.read(f"{HERE}/candidates.geojson", **ASKED)["features"][0]["properties"]["key"]
    forced = planner.answer(**ASKED, force=far)["plan"]["sites"][0]
    assert (forced["key"], forced["wanted"]) == (far, True)
    own = planner.answer(minutes=5, sites=1, point=[f"{corner(5, 1).lon:.4f},{corner(5, 1).lat:.4f},桃村"])["plan"]
    assert [(site["key"], site["name"], site["kind"]) for site in own["sites"]] == [("point-1", "桃村", "point")]


def test_candidates_are_points_with_those_chosen_by_number(planner):
    shapes = planner.read(f"{HERE}/candidates.geojson", **ASKED)
    numbers = [one["properties"]["chosen"] for one in shapes["features"]]
    assert len(numbers) == planner.answer()["plan"]["candidates"]
    assert sorted(filter(None, numbers)) == [1, 2]


def test_whoever_has_no_key_changes_nothing(house, planner, plans):
    before = plans.scenarios.all()
    for path, fields in (
        ("/save", ASKED | {"name": "x", "by": "y"}),
        ("/remove", {"plan": "x", "by": "y"}),
        ("/accept", {"plan": "x", "key": "y", "by": "z"}),
    ):
        refused = planner.send(path, **fields)
        assert refused.status_code == 403
        assert "规划口令" in refused.json["error"]["message"]
        assert planner.send(path, headers={}, **fields).status_code == 403
    assert plans.scenarios.all() == before


def test_every_door_that_takes_something_needs_the_key_unless_it_is_open_by_name(house, planner):
    taking = {
        rule.rule
        for rule in house.url_map.iter_rules()
        if rule.rule.startswith(HERE) and "POST" in (rule.methods or ())
    }
    free = {f"{HERE}/{name}" for name in ("search", "stop", "list", "enter", "leave")}
    assert taking - free == {f"{HERE}/{name}" for name in ("save", "remove", "accept")}
    for path in taking - free:
        assert planner.send(path.removeprefix(HERE)).status_code == 403


def test_nothing_is_taken_from_another_sites_page(keeper):
    forged = keeper.client.post(f"{HERE}/save", data=ASKED | {"name": "x", "by": "y"}, headers=JSON)
    assert forged.status_code == 403
    elsewhere = keeper.send("/save", headers=JSON | {"Origin": "https://elsewhere.example"}, name="x", by="y", **ASKED)
    assert elsewhere.status_code == 403


def test_a_wrong_key_is_refused_in_words_and_the_right_one_is_remembered(planner, plans):
    wrong = planner.send("/enter", headers={}, key="not the key", back="sites=2&side=9")
    assert wrong.status_code == 403
    assert "不是规划口令" in wrong.text
    assert planner.send("/save", **ASKED, name="x", by="y").status_code == 403
    right = planner.send("/enter", headers={}, key=f" {plans.key.key().upper()} ", back="sites=2&side=9&said=saved")
    assert right.status_code == 303
    assert right.headers["Location"] == f"{HERE}?sites=2&said=entered"
    assert planner.send("/save", **ASKED, name="x", by="y").status_code == 201
    planner.send("/leave")
    assert planner.send("/save", **ASKED, name="x", by="y").status_code == 403


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "sites=2\r\nSet-Cookie: a=b", "%"]
)
def test_one_is_led_back_to_the_page_and_nowhere_else(keeper, back):
    answer = keeper.send("/leave", headers={}, back=back)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{HERE}?")
    assert "elsewhere" not in answer.headers["Location"]
    assert [name for name, _ in answer.headers].count("Set-Cookie") <= 1


def test_another_key_shuts_out_who_entered_the_old_one(open_house, registered):
    def app(key):
        settings = Settings(secret="a secret of thirty-two characters and more")
        return open_house(
            shelf=registered, plans=Plans(registered.store, SHANGHAI, key, desk=registered), settings=settings
        )

    old = Planner(app("the key of the first year, long enough").test_client())
    old.send("/enter", key="the key of the first year, long enough")
    assert old.send("/save", **ASKED, name="轮换", by="y").status_code == 201
    moved = Planner(app("the key of the second year, long too").test_client())
    kept = old.client.get_cookie("yizhan")
    assert kept is not None
    moved.client.set_cookie("yizhan", kept.value)
    assert moved.send("/save", **ASKED, name="轮换", by="y").status_code == 403


def test_the_key_is_in_no_cookie(keeper, plans):
    kept = keeper.client.get_cookie("yizhan")
    assert kept is not None
    assert plans.key.key() not in kept.decoded_value


def test_a_plan_is_saved_opened_and_the_same_after_the_stations_change(keeper, registered, plans):
    proven = keeper.prove(**ASKED)
    saved = keeper.send("/save", headers={}, **ASKED, name="城东六站", by="陈", note="给下周的会")
    assert saved.status_code == 303
    plan = plans.scenarios.get("城东六站")
    assert saved.headers["Location"] == f"{HERE}?plan={plan.id}&said=saved"
    assert (plan.by, plan.note, plan.plan.ended) == ("陈", "给下周的会", "proven")
    assert plan.query == {"minutes": ("5",), "sites": ("2",), "spacing": ("400",)}
    assert plan.summary["after"] == pytest.approx(proven["plan"]["after"])
    moved = replace(registered.snapshot().station("A3"), position=corner(6, 0))
    registered.write(lambda _: [moved], what="edit", who="test", at=plan.made)
    newer = keeper.answer()
    assert newer["revision"] == plan.revision + 1
    assert newer["search"]["state"] == "quick"
    assert newer["plan"]["before"] != proven["plan"]["before"]
    again = keeper.answer(plan=plan.id)
    assert again["plan"] == proven["plan"] | {"sites": again["plan"]["sites"]}
    assert [site["key"] for site in again["plan"]["sites"]] == [site["key"] for site in proven["plan"]["sites"]]
    assert again["revision"] == plan.revision
    assert keeper.see(HERE, plan=plan.id)


def test_a_plan_that_is_only_greedy_says_so_when_it_is_opened(keeper):
    saved = keeper.send("/save", name="匆忙", by="陈", minutes=6, sites=1, spacing=400).json
    answer = keeper.answer(plan=saved["plan"])
    assert answer["search"]["state"] == "quick"
    assert not answer["plan"]["proven"]
    assert answer["plan"]["bound"] is None or answer["plan"]["gap"] > 0


def test_what_a_plan_needs_to_be_saved_is_asked_for(keeper):
    for name, by, field in (("", "陈", "name"), ("x", " ", "by"), ("x" * 61, "y", "name")):
        refused = keeper.send("/save", **ASKED, name=name, by=by)
        assert refused.status_code == 400
        assert refused.json["error"]["field"] == field
    assert keeper.send("/save", **ASKED, nmae="x").json["error"]["field"] == "nmae"


def test_a_saved_plan_is_opened_alone(keeper):
    plan = keeper.send("/save", **ASKED, name="单独", by="陈").json["plan"]
    assert keeper.get(HERE, plan=plan, minutes=10).status_code == 400
    assert keeper.get(HERE, plan=[plan, plan]).status_code == 400
    assert keeper.get(HERE, plan="nothere2").status_code == 404
    for path in ("/search", "/stop", "/list"):
        assert keeper.send(path, plan=plan).json["error"]["field"] == "plan"


def test_a_plan_may_be_saved_again_under_another_name(keeper, plans):
    first = keeper.send("/save", **ASKED, name="草案", by="陈").json["plan"]
    second = keeper.send("/save", plan=first, name="定稿", by="李").json["plan"]
    one, other = plans.scenarios.get(first), plans.scenarios.get(second)
    assert (one.plan, one.query, one.revision) == (other.plan, other.query, other.revision)
    assert (other.name, other.by) == ("定稿", "李")


def test_a_plan_that_is_removed_is_listed_no_more(keeper, plans):
    plan = keeper.send("/save", **ASKED, name="作废", by="陈").json["plan"]
    assert keeper.send("/remove", plan=plan, by="李").json == {"removed": plan}
    assert plan not in [one.id for one in plans.scenarios.all()]
    assert keeper.get(f"{HERE}/answer.json", plan=plan).status_code == 200


def test_a_plan_of_another_atlas_is_counted_anew(keeper, plans):
    saved = keeper.send("/save", **ASKED, name="旧图", by="陈").json["plan"]
    there = plans.scenarios.get(saved)
    old = plans.scenarios.save(
        "旧图二", "陈", "", there.query, there.revision, "0" * 64, there.plan, there.summary, datetime.now(UTC)
    )
    answer = keeper.answer(plan=old.id)
    assert not answer["plan"]["proven"]
    assert answer["search"]["state"] == "quick"
    assert keeper.see(HERE, plan=old.id)


def test_a_site_becomes_a_planned_station_once(keeper, registered, plans):
    plan = keeper.send("/save", **ASKED, name="开工", by="陈").json["plan"]
    key = keeper.answer(plan=plan)["plan"]["sites"][0]["key"]
    made = keeper.send("/accept", plan=plan, key=key, by="李", name="桥头驿站")
    assert made.status_code == 201
    station = registered.snapshot().station(made.json["code"])
    assert (station.name, station.status.value) == ("桥头驿站", "planned")
    assert station.township
    sites = keeper.answer(plan=plan)["plan"]["sites"]
    assert [site["station"] for site in sites] == [station.code, None]
    again = keeper.send("/accept", plan=plan, key=key, by="李")
    assert again.status_code == 400
    assert again.json["error"]["field"] == "key"
    assert keeper.send("/accept", plan=plan, key="n99", by="李").json["error"]["field"] == "key"
    page = keeper.send("/accept", headers={}, plan=plan, key=sites[1]["key"], by="李")
    assert page.headers["Location"] == f"{HERE}?plan={plan}&said=accepted#sites"


def test_planned_stations_are_counted_as_if_they_stood_by_a_link(open_house, registered, plans):
    house = open_house(shelf=registered, plans=plans, settings=UNCOUNTED)
    keeper = Planner(house.test_client())
    keeper.send("/enter", key=plans.key.key())
    asked = {"minutes": 5, "sites": 1, "point": ["116.3020,28.3010,桥头;08:00-20:00", "116.3060,28.3030"], "host": []}
    plan = keeper.send("/save", **asked, name="先建一个", by="陈").json["plan"]
    (chosen,) = keeper.answer(plan=plan)["plan"]["sites"]
    assert keeper.send("/accept", plan=plan, key=chosen["key"], by="李", anyway="1").status_code == 201
    page = keeper.see(HERE, **asked)
    link = page.one(id="finding").all("a", class_="jump")[0].attributes["href"]
    assert "规划中的驿站还没有建成，没有计入" in page.one(id="finding").text
    # With it there, and what others have planned, choosing it again would bring nothing.
    before = keeper.answer(**asked)["plan"]
    after = keeper.read(link.replace(f"{HERE}?", f"{HERE}/answer.json?"))["plan"]
    assert after["before"] >= before["after"] > before["before"]
    assert chosen["key"] not in [site["key"] for site in after["sites"]]
    assert "规划中" not in keeper.see(link).one(id="finding").text
    # A saved plan says what it said, and as if there were none yet nothing of it counts.
    assert "规划中" not in keeper.see(HERE, plan=plan).one(id="finding").text
    assert "规划中" not in keeper.see(HERE, **asked, keep="0").one(id="finding").text


def test_plans_are_held_against_today_and_each_other(keeper):
    one = keeper.send("/save", **ASKED, name="两站", by="陈").json["plan"]
    other = keeper.send("/save", minutes=5, sites=4, spacing=400, name="四站", by="陈").json["plan"]
    assert keeper.see(f"{HERE}/compare")
    page = keeper.see(f"{HERE}/compare", plan=[one, other])
    assert "两站" in page.text
    assert "四站" in page.text
    assert keeper.get(f"{HERE}/compare", plan=[one, "nothere2"]).status_code == 404
    assert keeper.get(f"{HERE}/compare", plan=[f"x{n}" for n in range(7)]).status_code == 400
    assert keeper.get(f"{HERE}/compare", sites=3).status_code == 400


def listed(planner, content, name="候选点.csv", headers=JSON, query="", **fields):
    token = planner.client.get("/api/token").json["token"]
    file = FileStorage(io.BytesIO(content), filename=name)
    boundary, data = encode_multipart(fields | {"csrf_token": token, "file": file})
    kind = f"multipart/form-data; boundary={boundary}"
    return planner.client.post(f"{HERE}/list{query}", data=data, headers=headers, content_type=kind)


def at(east, north):
    position = corner(east, north)
    return f"{position.lon:.5f},{position.lat:.5f}"


def test_an_uploaded_list_is_what_sites_are_chosen_among(planner):
    rows = f"经度,纬度,名称,类型,营业时间,造价（万元）\n{at(5, 5)},桃村银行,银行,8:00-18:00,3\n{at(1, 4)},柳村小店,,,\n"
    taken = listed(planner, rows.encode(), query="?minutes=5&sites=1")
    assert taken.status_code == 201, taken.text
    assert taken.json["rows"] == 2
    assert taken.json["address"] == f"{HERE}?minutes=5&sites=1&list={taken.json['list']}"
    answer = planner.answer(minutes=5, sites=2, list=taken.json["list"])["plan"]
    sites = {site["key"]: site for site in answer["sites"]}
    assert sites["listed-1"]["name"] == "桃村银行"
    assert (sites["listed-1"]["kind"], sites["listed-1"]["cost"], sites["listed-1"]["hours"]) == (
        "bank",
        3,
        "08:00-18:00",
    )
    page = listed(planner, rows.encode(), headers={}, minutes="5")
    assert page.headers["Location"] == f"{HERE}?minutes=5&list={taken.json['list']}&said=listed"
    assert planner.see(HERE, minutes=5, sites=1, list=taken.json["list"])


def test_every_cell_that_cannot_be_used_is_named(planner):
    rows = f"lon,lat,name,hours,cost\nfar,28.3,a,,\n{at(1, 1)},b,sometimes,\n{at(1, 2)},c,,-5\n{at(2, 2)},d,,1\n"
    refused = listed(planner, rows.encode(), query="?lang=en")
    assert refused.status_code == 400
    message = refused.json["error"]["message"]
    assert refused.json["error"]["field"] == "file"
    assert all(words in message for words in ("Row 2, lon", "Row 3, hours", "Row 4, cost", "候选点.csv"))
    assert "第 2 行" in listed(planner, rows.encode()).json["error"]["message"]


@pytest.mark.parametrize(
    "content", [b"", b"name,address\na,b\n", b"\x00\x01\x02", b"lon,lat\n", b"PK\x03\x04 no archive", b"{}"]
)
def test_what_is_no_list_is_refused(planner, content):
    refused = listed(planner, content)
    assert refused.status_code == 400
    assert refused.json["error"]["field"] == "file"


def test_a_workbook_that_would_fill_the_memory_is_not_unpacked(planner):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 80_000_000)
    assert len(packed.getvalue()) < 200_000
    assert "太大" in listed(planner, packed.getvalue(), "bomb.xlsx").json["error"]["message"]


def test_a_list_may_be_as_large_as_lists_are_and_nothing_else_may(planner):
    rows = "lon,lat,name\n" + "".join(f"{at(n % 7, n % 5)},{'候选点' * 8}{n}\n" for n in range(4000))
    assert 64 * 1024 < len(rows.encode()) < 2_000_000
    assert listed(planner, rows.encode()).json["rows"] == 4000
    assert listed(planner, b"lon,lat\n" + b"1,1\n" * 600_000).status_code == 413
    assert planner.send("/search", point="x" * 70_000).status_code == 413


def test_positions_of_other_datums_are_brought_to_ours(planner):
    rows = f"经度,纬度\n{at(3, 3)}\n"
    names = {
        listed(planner, rows.encode()).json["list"],
        listed(planner, rows.encode(), datum="高德").json["list"],
        listed(planner, "经度(GCJ02),纬度(GCJ02)\n".encode() + at(3, 3).encode()).json["list"],
    }
    assert len(names) == 2
    assert listed(planner, rows.encode(), datum="mars").json["error"]["field"] == "datum"


def test_a_list_that_is_gone_is_said(planner):
    gone = planner.get(f"{HERE}/answer.json", list="0123456789abcdef")
    assert gone.status_code == 404
    assert gone.json["error"]["field"] == "list"


def test_the_question_is_taken_home_and_asks_the_same(planner):
    file = planner.get(f"{HERE}/question.json", **ASKED)
    assert file.json["query"] == {"minutes": "5", "sites": "2", "spacing": "400"}
    assert planner.answer(**file.json["query"])["plan"] == planner.answer()["plan"]
    assert "yizhan-siting-question.json" in file.headers["Content-Disposition"]


def test_while_the_store_is_away_one_can_still_ask(planner, plans, monkeypatch):
    def away(*_, **__):
        raise RegistryLockedError("The registry is locked.")

    monkeypatch.setattr(plans.scenarios, "all", away)
    monkeypatch.setattr(plans.searches, "get", away)
    assert planner.see(HERE, **ASKED)


def test_without_streets_nobody_is_sent_anywhere(open_house):
    planner = Planner(open_house(ground=None).test_client())
    assert planner.get(HERE).status_code == 503
    assert planner.get(f"{HERE}/answer.json").status_code == 503


def test_where_nothing_is_kept_one_can_still_ask(open_house):
    planner = Planner(open_house(plans=None).test_client())
    assert planner.see(HERE, **ASKED).one("h1").text
    assert planner.see(f"{HERE}/compare").one("h1").text
    assert planner.get(HERE, plan="abcdefgh").status_code == 400
    assert listed(planner, b"lon,lat\n1,1\n").status_code == 400


FILES = {
    "plan.csv": ("text/csv", "\ufeff".encode()),
    "plan.geojson": ("application/geo+json", b"{"),
    "candidates.geojson": ("application/geo+json", b"{"),
    "plan.xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    "plan.gpkg": ("application/geopackage+sqlite3", b"SQLite"),
    "plan.png": ("image/png", b"\x89PNG"),
    "map.html": ("text/html", b"<!DOCTYPE html>"),
    "report": ("text/html", b"<!doctype html>"),
    "report.pdf": ("application/pdf", b"%PDF"),
    "question.json": ("application/json", b"{"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_plan_is_taken_home_in_every_form(planner, name):
    kind, begins = FILES[name]
    file = planner.get(f"{HERE}/{name}", **ASKED)
    assert file.status_code == 200, file.text[:300]
    assert file.mimetype == kind
    assert file.data.lower().startswith(begins.lower())
    assert file.headers["Cache-Control"] == "private, no-cache"
    shown = name in {"candidates.geojson", "report"}
    assert ("Content-Disposition" in file.headers) is not shown
    assert planner.get(f"{HERE}/{name}", **ASKED).data == file.data
    assert planner.get(f"{HERE}/{name}", **ASKED, side=1).status_code == 400


def test_what_is_taken_home_of_a_saved_plan_bears_its_name(keeper):
    plan = keeper.send("/save", **ASKED, name="城北方案", by="陈").json["plan"]
    page = keeper.see(f"{HERE}/report", plan=plan)
    assert "城北方案" in page.text
    assert "城北方案" not in keeper.see(f"{HERE}/report", **ASKED).text
    assert keeper.read(f"{HERE}/question.json", plan=plan)["query"]["sites"] == "2"


def test_an_error_leads_back_to_the_question_that_was_sent(planner):
    page = planner.send("/list", headers={"Accept-Language": "zh-CN"}, minutes="5", sites="2")
    assert page.status_code == 400
    assert f'href="{HERE}?minutes=5&amp;sites=2"' in page.text
    assert "回到方案" in page.text


def test_a_list_that_is_too_large_is_refused_so_that_script_can_read_it(planner):
    body, kind = b"x" * 2_100_000, "multipart/form-data; boundary=x"
    answer = planner.client.post(f"{HERE}/list", data=body, content_type=kind, headers=JSON)
    assert answer.status_code == 413
    assert "太大" in answer.json["error"]["message"] or "太长" in answer.json["error"]["message"]
