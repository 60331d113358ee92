"""A site of a saved plan becomes a planned station: once, with its plan and who accepted it in the record."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from geodata.lonlat import LonLat
from stations.errors import RegistryAwayError, ScenarioError
from stations.registry.verifying import verify
from stations.station import Status
from tests.stations.scenarios.conftest import BANK, CORNER, NOON


@pytest.fixture
def saved(desk):
    return desk.save()


def stations(office):
    return {one.code: one for one in office.registry.snapshot().stations}


def test_premises_become_a_planned_station(office):
    plan = office.save()
    accepted = office.accept()
    code = f"P-{plan.id}-1"
    assert (accepted.code, accepted.name, dict(accepted.scenario.accepted)) == (code, "中国银行", {"n7": code})
    station = stations(office)[code]
    assert station.status is Status.PLANNED
    assert (station.position, station.host, station.host_name) == (BANK.position, "bank", "中国银行")
    assert (station.hours, station.township) == ("Mo-Fr 09:00-17:00", "361102001")
    assert dict(station.extra) == {"plan": f"{plan.id} 六个新站", "plan site": "n7", "accepted by": "周某"}
    (entry,) = office.registry.history(code)
    assert (entry.batch.who, entry.batch.at, entry.batch.what) == ("周某", NOON, "accept site n7")
    assert entry.batch.source == f"plan {plan.id} 六个新站"
    assert not office.registry.snapshot().active.any(), "nobody is sent there"
    assert verify(office.registry.store).differences == ()


def test_a_bare_point_is_called_after_its_plan_or_as_one_likes(desk, saved):
    assert desk.accept(CORNER, township="").name == "六个新站 1"
    second = desk.save("又一个")
    desk.registry.remove([f"P-{saved.id}-1"], who="x", at=NOON)
    named = desk.accept(CORNER, "又一个", township="abc", name=" 路口 驿站 ")
    station = stations(desk)[f"P-{second.id}-1"]
    assert (named.name, station.host, station.host_name, station.hours, station.township) == (
        "路口 驿站",
        "",
        "",
        "",
        "",
    )


def test_each_site_has_a_number_of_its_own(desk, saved):
    codes = [desk.accept(CORNER).code, desk.accept(BANK).code]
    assert codes == [f"P-{saved.id}-1", f"P-{saved.id}-2"]
    assert dict(desk.scenarios.get(saved.id).accepted) == {CORNER.key: codes[0], BANK.key: codes[1]}


def test_hours_that_cannot_be_read_are_left_for_the_staff(desk, saved):
    code = desk.accept(replace(BANK, hours="nach Vereinbarung, usw")).code
    station = stations(desk)[code]
    assert (station.hours, station.extra["hours as tagged"]) == ("", "nach Vereinbarung, usw")


def test_twice_is_refused(office):
    plan = office.save()
    code = office.accept().code
    with pytest.raises(ScenarioError, match=f"Site n7 of the plan “六个新站” is station {code} already"):
        office.accept()
    assert len(office.registry.snapshot().codes) == 1
    assert dict(office.scenarios.get(plan.id).accepted) == {"n7": code}


def test_of_many_who_accept_at_once_one_does(office):
    plan = office.save()

    def try_to(who):
        try:
            return office.accept(by=who).code
        except ScenarioError:
            return ""

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(try_to, ["甲", "乙", "丙", "丁"]))
    made = f"P-{plan.id}-1"
    assert set(codes) <= {made, ""}
    assert made in codes
    assert len(office.registry.history(made)) == 1
    assert len(office.rows("scenario_event")) == 1


def test_one_that_is_retired_is_put_in_use_again_instead(desk, saved):
    code = desk.accept().code
    desk.registry.append([replace(stations(desk)[code], status=Status.RETIRED)], what="edit", who="x", at=NOON)
    with pytest.raises(ScenarioError, match=f"became station {code}, which is retired"):
        desk.accept()


def test_one_that_was_taken_back_may_be_accepted_again(desk, saved):
    code = desk.accept().code
    desk.registry.undo(1, who="x", at=NOON)
    assert desk.accept().code == code
    assert stations(desk)[code].name == "中国银行"


def test_the_number_of_one_that_was_taken_back_is_nobody_else_s(desk, saved):
    first = desk.accept().code
    desk.registry.undo(1, who="x", at=NOON)
    assert desk.accept(CORNER).code == f"P-{saved.id}-2"
    assert desk.accept().code == first


def test_what_stands_there_already_is_named(desk, saved, make_station):
    near = LonLat(BANK.position.lon + 0.0002, BANK.position.lat)  # 20 m
    desk.registry.append([make_station("S1", position=near)], what="edit", who="x", at=NOON)
    with pytest.raises(ScenarioError, match=r"Station S1 驿站 S1 stands 20 m from there already\. Choose another site"):
        desk.accept()
    assert dict(desk.scenarios.get(saved.id).accepted) == {}
    assert desk.accept(anyway=True).code == f"P-{saved.id}-1", "a second one may be wanted"


def test_the_same_name_farther_off_is_the_same(desk, saved, make_station):
    there = LonLat(BANK.position.lon + 0.001, BANK.position.lat)  # 98 m
    desk.registry.append([make_station("S1", position=there)], what="edit", who="x", at=NOON)
    facts = {"position": there, "host_name": "中国 银行"}
    desk.registry.append([make_station("S2", **facts)], what="edit", who="x", at=NOON)
    with pytest.raises(ScenarioError, match="Station S2"):
        desk.accept()
    desk.registry.append([make_station("S2", **facts, status="retired")], what="edit", who="x", at=NOON)
    with pytest.raises(ScenarioError, match=r"Station S2 .*stood 98 m from there and is retired"):
        desk.accept()


def test_two_plans_do_not_make_two_stations_of_one_site(desk, saved):
    desk.accept()
    desk.save("又一个")
    with pytest.raises(ScenarioError, match="stands 0 m from there already"):
        desk.accept(plan="又一个")


def test_a_plan_that_was_removed_and_a_site_that_it_has_not(desk, saved):
    with pytest.raises(ScenarioError, match=r"has no site n8\. Its sites are"):
        desk.accept(replace(BANK, key="n8"))
    with pytest.raises(ScenarioError, match="Say who you are"):
        desk.accept(by=" ")
    desk.scenarios.remove(saved.id, "林某", NOON)
    with pytest.raises(ScenarioError, match="was removed by 林某"):
        desk.accept(plan=saved.id)
    assert stations(desk) == {}


def test_one_that_was_cut_off_between_station_and_plan_is_finished(desk, saved, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(desk.scenarios, "accepted", cut_off)
        with pytest.raises(RegistryAwayError):
            desk.accept()
    code = f"P-{saved.id}-1"
    assert (list(stations(desk)), dict(desk.scenarios.get(saved.id).accepted)) == ([code], {})
    assert desk.accept(by="李某").code == code
    assert (list(stations(desk)), dict(desk.scenarios.get(saved.id).accepted)) == ([code], {"n7": code})


def cut_off(*_):
    raise RegistryAwayError("The server is away.")
