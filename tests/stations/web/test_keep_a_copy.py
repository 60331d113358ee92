"""A program keeps a copy of the public stations, and learns what changed since it last looked."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from geodata.lonlat import LonLat
from stations.registry.log import Registry
from stations.station import Status
from tests.stations.web.conftest import Person

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.fixture
def registry(tmp_path):
    opened = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}")
    yield opened
    opened.close()


@pytest.fixture
def program(open_house, registry):
    return Person(open_house(shelf=registry).test_client())


def follow(program, copy: dict, since: int = 0, limit: int = 1000) -> int:
    """Bring a copy up to date as the documentation says; gives the revision to go on from."""
    while True:
        page = program.get("/api/changes", since=since, limit=limit).json
        for change in page["changes"]:
            if change["gone"]:
                copy.pop(change["code"], None)
            else:
                copy[change["code"]] = change["station"]
        since = page["upto"]
        if not page["more"]:
            return since


def listed(program) -> dict:
    return {feature["id"]: feature for feature in program.get("/api/stations").json["features"]}


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_a_copy_that_follows_is_the_list(program, registry, make_station, limit):
    def write(*stations):
        registry.append(stations, what="edit", who="tester", at=AT)

    copy: dict = {}
    a, b, c = (make_station(code, custodian="王某") for code in "ABC")
    write(a, b, c)
    since = follow(program, copy, 0, limit)
    assert copy == listed(program)
    assert since == 3

    write(replace(a, name="新名"), replace(b, position=LonLat(116.4, 28.4)))
    write(replace(c, status=Status.RETIRED), make_station("D"))
    registry.remove(["B"], who="tester", at=AT)
    since = follow(program, copy, since, limit)
    assert copy == listed(program)
    assert set(copy) == {"A", "D"}
    assert program.get("/api/changes", since=since).json["changes"] == []


def test_what_is_gone_leaves_only_its_code(program, registry, make_station):
    registry.append([make_station("A", address="一路1号")], what="edit", who="王某", at=AT)
    registry.remove(["A"], who="王某", at=AT)
    answer = program.get("/api/changes")
    assert answer.json["changes"] == [{"revision": 2, "at": "2026-03-02T02:00:00+00:00", "code": "A", "gone": True}]
    assert "一路" not in answer.text
    assert "王某" not in answer.text


def test_what_was_corrected_is_not_told_as_it_was(program, registry, make_station):
    registry.append([make_station("A", note="王某的手机 13800000000")], what="edit", who="tester", at=AT)
    registry.append([make_station("A", note="")], what="edit", who="tester", at=AT)
    for limit in (1, 1000):
        assert "13800000000" not in program.get("/api/changes", limit=limit).text


def test_a_station_that_is_only_planned_is_not_told(program, registry, make_station):
    registry.append([make_station("A", status="planned", name="秘密")], what="edit", who="tester", at=AT)
    answer = program.get("/api/changes")
    assert [change["gone"] for change in answer.json["changes"]] == [True]
    assert "秘密" not in answer.text


@pytest.mark.parametrize(
    "question", [{"since": "-1"}, {"since": "x"}, {"since": "1.5"}, {"limit": "0"}, {"limit": "1001"}, {"sinse": "1"}]
)
def test_a_question_that_cannot_be_meant_is_refused(program, question):
    answer = program.get("/api/changes", **question)
    assert answer.status_code == 400
    assert answer.json["error"]["field"] in question


def test_a_copy_from_a_log_that_is_no_more_is_told_to_begin_anew(program, registry, make_station):
    registry.append([make_station("A")], what="edit", who="tester", at=AT)
    answer = program.get("/api/changes", since=9)
    assert answer.status_code == 410
