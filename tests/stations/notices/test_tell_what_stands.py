"""Tasks, supplies and lists: told when they begin to wait for somebody, to whom they wait for, and once."""

from __future__ import annotations

import json
from datetime import date, timedelta

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from stations.notices.facts import Kind, Rhythm
from stations.notices.gathering import WATCHED
from stations.people.facts import Role
from stations.registry.migrations.versions import r0013_standing
from stations.rounds.facts import Standing
from stations.stock.scope import Where
from tests.stations.notices.conftest import COUNTY, EAST, NEXT, WEST
from tests.stations.notices.test_tell_the_staff import told


def test_a_fault_is_told_to_whose_task_it_became_and_overdue_to_all(office) -> None:
    office.hire("mender", WEST, language="zh")
    office.hire("west", WEST)
    office.hire("east", EAST)
    number = office.find_fault("W1", person="mender", days=3)
    [letter] = office.tell()
    assert told([letter]) == ["mender"]
    assert letter.subject == "户外驿站：有待整改的问题"
    assert "驿站W1 W1：" in letter.text
    assert "请在2026-11-25前整改" in letter.text
    assert f"https://yizhan.example.org/desk/inspections/tasks/{number}" in letter.text
    assert "13800000000" not in letter.text
    office.pass_time(days=3)
    assert office.tell() == [], "until the end of the day"
    office.pass_time(hours=20)
    assert office.tell() == [], "at five in the morning"
    office.pass_time(hours=3)
    letters = office.tell()
    assert told(letters) == ["mender", "west"]
    assert "was to be put right by 2026-11-25" in letters[1].text
    office.pass_time(days=2)
    assert office.tell() == [], "and not each day anew"


def test_a_task_is_told_again_to_whom_it_is_given_and_not_when_it_is_done(office) -> None:
    for name in ("first", "second", "inspector"):
        office.hire(name, WEST)
    number = office.find_fault(person="first")
    assert told(office.tell()) == ["first"]
    task = office.rounds.tasks.get(number)
    office.rounds.tasks.plan(number, due=task.due, person="second")
    assert told(office.tell()) == ["second"]
    office.rounds.tasks.plan(number, due=task.due + timedelta(days=1), person="second")
    assert office.tell() == []
    office.rounds.tasks.settle(number, Standing.DONE, note="", who="second", at=office.now)
    assert office.tell() == []
    office.find_fault(person="inspector")
    assert office.tell() == [], "who made it for oneself knows it"
    office.find_fault()
    assert told(office.tell()) == ["first", "second"], "what is nobody's is everybody's"


def test_a_custodian_is_told_of_the_tasks_of_the_own_station_alone(office) -> None:
    office.hire("keeper", WEST, role=Role.CUSTODIAN, stations=("W2",))
    office.find_fault("W1", days=1)
    assert office.tell() == []
    office.find_fault("W2", days=1)
    assert told(office.tell()) == ["keeper"]
    office.pass_time(days=2)
    [letter] = office.tell()
    assert "W1" not in letter.text


def test_supplies_are_told_when_they_run_out_and_not_while_they_stay_so(office) -> None:
    office.hire("west", WEST, language="zh")
    office.hire("east", EAST)
    office.count("W1", water=200)
    office.count("E1", water=200)
    assert office.tell() == []
    office.count("W1", water=1)
    office.count("W2", water=0)
    [letter] = office.tell()
    assert told([letter]) == ["west"]
    assert letter.subject == "户外驿站：物资要补充等2件事"
    assert "驿站W1 W1：瓶装水不多了" in letter.text
    assert "驿站W2 W2：瓶装水没有了" in letter.text
    assert letter.text.count("https://yizhan.example.org/desk/supplies\n") == 1
    office.pass_time(days=1)
    assert office.tell() == []
    office.count("W1", water=0)
    [letter] = office.tell()
    assert "W2" not in letter.text
    assert "https://yizhan.example.org/desk/stations/W1/supplies" in letter.text
    office.count("W1", water=200)
    assert office.tell() == []
    office.pass_time(minutes=1)
    office.count("W1", water=0)
    assert len(office.tell()) == 1, "anew, as it was otherwise meanwhile"
    office.count("W1", water=200)
    assert office.tell() == []
    office.pass_time(minutes=1)
    office.stock.supplies.set_targets(Where("W1", WEST), {"water": (400, 300)}, who="x", at=office.now)
    assert len(office.tell()) == 1, "as more shall be there than did"


def test_what_goes_out_of_date_is_told_in_the_morning_of_that_day(office) -> None:
    office.hire("west", WEST)
    item = next(key for key, one in office.stock.supplies.items.items() if one.expires)
    office.count("W1", expires=date(2026, 12, 24), **{item: 1000})
    assert office.tell() == []
    office.pass_time(days=31, hours=15)
    assert office.notices.clock().isoformat() == "2026-12-23T16:00:00+00:00", "midnight"
    soon = office.tell()
    assert ["soon out of date" in letter.text for letter in soon] == [True], "some days before"
    office.pass_time(days=1, hours=6)
    assert office.tell() == []
    office.pass_time(hours=2)
    assert [": out of date" in letter.text for letter in office.tell()] == [True]


def test_a_list_is_told_to_who_may_take_it_in(office) -> None:
    office.hire("officer", COUNTY, role=Role.OFFICER, language="zh")
    office.hire("township", WEST, role=Role.OFFICER)
    office.hire("clerk", COUNTY)
    office.hire("beside", NEXT, role=Role.OFFICER)
    office.hire("bringer", COUNTY, role=Role.OFFICER)
    brought = office.bring_list(COUNTY)
    [letter] = office.tell()
    assert told([letter]) == ["officer"]
    assert f"第{brought.number}号名单已上传" in letter.text
    assert f"https://yizhan.example.org/desk/lists/{brought.number}" in letter.text
    assert "王某" not in letter.text
    office.lists.drop(brought.number)
    assert office.tell() == []
    office.bring_list(WEST)
    assert told(office.tell()) == ["officer", "township"]


def test_who_begins_is_told_of_nothing_that_waits_already(office) -> None:
    office.find_fault(days=-1, person="west")
    office.count("W1", water=0)
    office.bring_list()
    office.hire("west", WEST)
    office.hire("officer", WEST, role=Role.OFFICER)
    office.hook_up()
    assert office.tell() == []
    assert office.hook.sent == []


def test_the_daily_letter_says_each_thing_once(office) -> None:
    office.hire("west", WEST, kinds=(Kind.SUPPLIES, Kind.TASKS), rhythm=Rhythm.DAILY)
    for amount in (0, 200, 0):
        office.count("W1", water=amount)
        office.tell()
        office.pass_time(minutes=1)
    office.pass_time(days=1)
    [letter] = office.tell()
    assert letter.text.count("Bottled water: none left") == 1
    office.pass_time(days=1)
    assert office.tell() == [], "it is as it was"


def test_two_that_look_at_once_tell_once(office, open_office) -> None:
    from stations.notices.gathering import keep, look

    office.hire("west", WEST)
    office.count("W1", water=0)
    roll = office.desk.roll()
    matters = office.notices.books.matters(office.registry.store, roll, office.notices.today())
    about = {"now": office.now, "today": office.notices.today(), "morning": True}
    with office.registry.store.reading() as connection:
        found = look(connection, roll.lines, office.desk.every, matters, **about)
    assert keep(office.registry.store, found) == 1
    assert keep(office.registry.store, found) == 0
    assert len(office.tell()) == 1


def test_a_program_is_told_without_anybodys_name(office) -> None:
    office.hook_up()
    number = office.find_fault("W1", person="mender")
    office.count("W2", water=0)
    brought = office.bring_list(COUNTY)
    office.tell()
    sent = {said["event"]: said for said in (json.loads(body) for _, body, _ in office.hook.sent)}
    assert sent["tasks"]["task"] == number
    [station] = sent["tasks"]["stations"]
    assert station["due"] == "2026-11-29"
    assert station["fault"]["zh"]
    [station] = sent["supplies"]["stations"]
    assert station["supplies"] == [{"item": "water", "zh": "瓶装水", "en": "Bottled water", "want": "out"}]
    assert (sent["lists"]["list"], sent["lists"]["count"], sent["lists"]["stations"]) == (brought.number, 0, [])
    words = b"".join(body for _, body, _ in office.hook.sent).decode()
    for word in ("mender", "inspector", "counter", "bringer", "13800000000", "王某"):
        assert word not in words


def test_proposals_that_were_watched_before_an_upgrade_are_so_after_it() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE person (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE notice_watched (proposal INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO notice_watched VALUES (7), (12)")
        with Operations.context(MigrationContext.configure(connection)):
            r0013_standing.upgrade()
        marks = connection.exec_driver_sql("SELECT mark FROM notice_standing").scalars().all()
    assert sorted(marks) == [f"{WATCHED}12", f"{WATCHED}7"]
