"""Someone before a station says what is wrong, what is right, or that they are there."""

from datetime import UTC, datetime, timedelta

import pytest

from stations.errors import RegistryLockedError
from stations.upkeep.facts import Sender
from tests.town import SHANGHAI, corner

JSON = {"Accept": "application/json"}


class Passer:
    """Someone with a phone of their own, in a network of their own."""

    def __init__(self, app, address):
        self.client = app.test_client()
        self.where = {"REMOTE_ADDR": address}

    def say(self, path, *, headers=JSON, token=True, **fields):
        if token:
            fields["csrf_token"] = self.client.get("/api/token").json["token"]
        return self.client.post(path, data=fields, headers=headers, environ_base=self.where)


@pytest.fixture
def upkeep(upkeeps):
    seconds = iter(range(10**6))
    return upkeeps.new(clock=lambda: next(seconds))


@pytest.fixture
def house(open_house, upkeep):
    return open_house(upkeep=upkeep)


@pytest.fixture
def amy(house):
    return Passer(house, "192.0.2.1")


@pytest.fixture
def bo(house):
    return Passer(house, "192.0.2.2")


def written(upkeep):
    return [(one.code, one.visits, one.reports, one.confirmations) for one in upkeep.months()]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/s/A1/report", {"kind": "locked"}),
        ("/s/A1/report", {"kind": "broken", "amenity": "microwave", "note": "没反应"}),
        ("/s/A1/confirm", {"aspect": "hours"}),
        ("/s/A1/visit", {}),
    ],
)
def test_a_form_leads_back_to_the_page_and_a_program_gets_json(amy, bo, path, fields):
    answer = amy.say(path, headers={}, **fields)
    assert answer.status_code == 303
    said = path.rpartition("/")[2]
    assert answer.headers["Location"] == f"/s/A1?said={said}&outcome=taken#said"
    assert answer.headers["Cache-Control"] == "no-store"
    assert amy.say(path, headers={}, **fields).headers["Location"].endswith("outcome=known#said")
    taken = bo.say(path, **fields)
    assert (taken.status_code, taken.json, taken.mimetype) == (200, {"outcome": "taken"}, "application/json")
    assert bo.say(path, **fields).json == {"outcome": "known"}


def test_browsers_that_take_anything_get_a_page(amy):
    for accept in ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "*/*", ""):
        assert amy.say("/s/A1/visit", headers={"Accept": accept}).status_code == 303


def test_two_people_warn_the_third_and_nobody_learns_how_many_said_so(amy, bo, house, courier):
    here = {"lon": corner(0, 0).lon, "lat": corner(0, 0).lat}

    def cautions():
        found = house.test_client().get("/api/nearest", query_string=here).json
        return {one["code"]: one.get("cautions") for one in [*found["stations"], *found["almost"], *found["later"]]}

    first = amy.say("/s/A3/report", kind="gone")
    assert not any(cautions().values())
    second = bo.say("/s/A3/report", kind="gone")
    assert first.json == second.json
    assert {code for code, told in cautions().items() if told} == {"A3"}
    (told,) = cautions()["A3"]
    assert (told["kind"], told["people"]) == ("gone", 2)


def test_a_thousand_phones_in_one_network_are_one_person(house, upkeep):
    for _ in range(4):
        assert Passer(house, "192.0.2.9").say("/s/A1/report", kind="locked").json == {"outcome": "taken"}
    now = datetime.now(UTC)
    upkeep.report("A1", "locked", sender=Sender("other", "192.0.2.9"), found=now, now=now, revision=7)
    assert upkeep.reports("A1")[0].person == 1


def test_a_header_invents_no_network(house, upkeep):
    for number in range(4):
        passer = Passer(house, "192.0.2.9")
        passer.say("/s/A1/report", headers=JSON | {"X-Forwarded-For": f"198.51.100.{number}"}, kind="locked")
    assert {one.person for one in upkeep.reports("A1")} == {1}


@pytest.mark.parametrize(
    ("path", "fields", "status", "field", "words"),
    [
        ("/s/NOPE/report", {"kind": "locked"}, 404, None, "没有站点 NOPE"),
        ("/s/NOPE/visit", {}, 404, None, "没有站点 NOPE"),
        ("/s/A5/report", {"kind": "locked"}, 400, "code", "A5 没有在用"),
        ("/s/A5/visit", {}, 400, "code", "A5 没有在用"),
        ("/s/A1/report", {"kind": "haunted"}, 400, "kind", "“haunted”不是可以报告的问题"),
        ("/s/A1/report", {}, 400, "kind", "可用的有：locked"),
        ("/s/A1/report", {"kind": "broken"}, 400, "amenity", "请选择是哪一项设施"),
        ("/s/A1/report", {"kind": "broken", "amenity": "dragon"}, 400, "amenity", "“dragon”不是设施"),
        ("/s/A1/report", {"kind": "hard_to_find"}, 400, "note", "请用几个字说明"),
        ("/s/A1/report", {"kind": "locked", "note": "很" * 201}, 400, "note", "201 个字"),
        ("/s/A1/report", {"kind": "locked", "found": "yesterday"}, 400, "found", "yesterday"),
        ("/s/A1/report", {"kind": "locked", "found": "2020-01-01T00:00Z"}, 400, "found", "7 天"),
        ("/s/A1/report", {"kind": "locked", "found": "2099-01-01T00:00Z"}, 400, "found", "手机的时间"),
        ("/s/A1/report", {"kind": "locked", "amenties": "x"}, 400, "amenties", "amenties"),
        ("/s/A1/confirm", {}, 400, "aspect", "position"),
        ("/s/A1/confirm", {"aspect": "taste"}, 400, "aspect", "“taste”不能确认"),
        ("/s/A1/visit", {"aspect": "hours"}, 400, "aspect", "aspect"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words_and_whole(amy, upkeep, path, fields, status, field, words):
    answer = amy.say(path, **fields)
    assert answer.status_code == status, answer.text
    error = answer.json["error"]
    assert (error["status"], error["field"]) == (status, field)
    assert words in error["message"]
    page = amy.say(path, headers={}, **fields)
    assert page.status_code == status
    assert words in page.text
    assert written(upkeep) == []


def test_only_our_own_pages_may_say_something(amy, upkeep):
    refused = amy.say("/s/A1/visit", token=False)
    assert refused.status_code == 403
    assert refused.json["error"]["status"] == 403
    assert amy.client.get("/s/A1/visit").status_code == 405
    assert written(upkeep) == []


def test_what_a_phone_kept_counts_for_when_it_was(amy, bo, upkeep):
    yesterday = datetime.now(SHANGHAI) - timedelta(days=1)
    assert amy.say("/s/A1/visit", found=yesterday.isoformat()).json == {"outcome": "taken"}
    assert bo.say("/s/A1/visit", found=f"{yesterday:%Y-%m-%dT%H:%M}").json == {"outcome": "taken"}
    assert upkeep.visits("A1").by_day == {yesterday.date(): 2}


def test_a_code_that_is_not_ascii_finds_its_way_back(open_house, make_station):
    app = open_house(stations=[make_station("站 1")])
    answer = Passer(app, "192.0.2.1").say("/s/站 1/visit", headers={})
    assert answer.headers["Location"] == "/s/%E7%AB%99%201?said=visit&outcome=taken#said"


def test_while_nothing_can_be_written_one_is_asked_to_send_it_again(amy, upkeep, monkeypatch):
    def busy(*_, **__):
        raise RegistryLockedError("The registry {name} is kept locked by another program.", name="registry.db")

    monkeypatch.setattr(upkeep, "visit", busy)
    answer = amy.say("/s/A1/visit")
    assert answer.status_code == 503
    assert answer.json["error"]["message"] == "现在暂时记不下来。请稍后再发一次。"
    assert int(answer.headers["Retry-After"]) > 0


def test_who_said_it_is_forgotten_as_soon_as_anyone_asks_anything(open_house, upkeep):
    long_ago = datetime.now(UTC) - timedelta(days=3)
    upkeep.visit("A1", sender=Sender("device", "network"), now=long_ago)

    def senders():
        with upkeep._store.reading() as connection:
            return connection.exec_driver_sql("SELECT count(*) FROM sender").scalar()

    assert senders() == 1
    open_house(upkeep=upkeep).test_client().get("/healthz")
    assert senders() == 0
    assert upkeep.visits("A1").total == 1


def test_where_nothing_is_kept_nothing_can_be_said(open_house):
    answer = Passer(open_house(upkeep=None), "192.0.2.1").say("/s/A1/visit")
    assert answer.status_code == 404
