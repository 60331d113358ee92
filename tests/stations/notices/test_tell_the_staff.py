"""What happens is told to whom it concerns, once, and to nobody else."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from geodata.lonlat import LonLat
from stations.desk.proposals import Standing
from stations.errors import NoticeError
from stations.notices.facts import Kind, Rhythm, State, mail_to
from stations.notices.gathering import keep, look
from stations.people.facts import Grant, Role
from stations.registry.log import Registry
from stations.station import StationReader
from tests.stations.notices.conftest import BY, EAST, EVERY, NEXT, WEST, ZONE, Office, fill


def told(letters):
    return sorted(letter.to.partition("@")[0] for letter in letters)


def test_a_caution_is_told_in_its_area_once(office):
    office.hire("west", WEST)
    office.hire("east", EAST)
    office.hire("county")
    office.report(times=1)
    assert office.tell() == []
    office.report(times=1, first=2)
    letters = office.tell()
    assert told(letters) == ["county", "west"]
    assert "Station W1 W1: Locked in posted hours (2 people said so)" in letters[0].text
    assert "https://yizhan.example.org/desk/stations/W1" in letters[0].text
    assert letters[0].subject == "Yizhan: People found something wrong"
    office.report(times=1, first=3)
    assert office.tell() == []


def test_a_caution_that_comes_back_is_told_again(office):
    office.hire("west", WEST)
    office.report()
    assert len(office.tell()) == 1
    office.upkeep.looked("W1", "locked", "", who="west", now=office.now)
    office.pass_time(hours=1)
    office.report(first=5)
    assert len(office.tell()) == 1


def test_an_edit_is_told_to_all_but_who_made_it(office):
    office.hire("west", WEST)
    office.hire("editor", WEST)
    office.hire("east", EAST)
    office.edit("W1", phone="0701-1234567", custodian="王某")
    [letter] = office.tell()
    assert told([letter]) == ["west"]
    assert "changed Telephone, Custodian" in letter.text.replace("Phone", "Telephone")
    assert "0701" not in letter.text
    assert "王某" not in letter.text


def test_a_list_is_one_letter_whatever_is_in_it(office):
    office.hire("county", language="zh")
    office.hire("keeper", WEST, role=Role.CUSTODIAN, stations=("W2",))
    stations = office.registry.snapshot().stations
    from dataclasses import replace

    office.registry.append([replace(one, note="新") for one in stations], what="import", who="root", at=office.now)
    letters = {letter.to.partition("@")[0]: letter.text for letter in office.tell()}
    assert letters.keys() == {"county", "keeper"}
    assert "批量改动（共3处）" in letters["county"]
    assert "W1" not in letters["keeper"]
    assert "W2" in letters["keeper"]


def test_a_station_that_leaves_an_area_is_told_on_both_sides(office):
    office.hire("west", WEST)
    office.hire("east", EAST)
    office.edit("W1", township=EAST)
    assert told(office.tell()) == ["east", "west"]


def test_proposals_are_told_when_they_come_and_when_they_are_settled(office):
    office.hire("officer", role=Role.OFFICER)
    office.hire("keeper", WEST, role=Role.CUSTODIAN, stations=("W1",))
    office.hire("other", WEST, role=Role.CUSTODIAN, stations=("W2",))
    proposal = office.propose("W1")
    [letter] = office.tell()
    assert told([letter]) == ["officer"]
    assert "13800000000" not in letter.text
    assert "keeper" not in letter.text
    office.desk.proposals.settle(proposal.number, Standing.REFUSED, reason="不对", who="officer", at=office.now)
    [letter] = office.tell()
    assert told([letter]) == ["keeper"]
    assert "turned down" in letter.text
    withdrawn = office.propose("W1")
    office.tell()
    office.desk.proposals.settle(withdrawn.number, Standing.WITHDRAWN, who="keeper", at=office.now)
    assert office.tell() == []


def test_a_proposal_made_and_settled_between_two_looks_is_told_both(office):
    office.hire("clerk")
    proposal = office.propose("W1")
    office.desk.proposals.settle(proposal.number, Standing.REFUSED, reason="不对", who="officer", at=office.now)
    [letter] = office.tell()
    assert "proposed and waits" in letter.text
    assert "turned down" in letter.text


def test_checks_are_told_in_the_morning_on_which_they_become_overdue(office):
    office.hire("west", WEST, language="zh")
    office.pass_time(days=59)  # 61 days after they were made sure of, which was two days before
    office.now = office.now.replace(hour=22)  # six in the morning of the next day
    assert office.tell() == []
    office.pass_time(hours=1, minutes=30)
    [letter] = office.tell()
    assert "驿站W1 W1：请核对设施" in letter.text
    assert "E1" not in letter.text
    assert office.tell() == []
    office.pass_time(days=1)
    assert office.tell() == []


def test_a_daily_letter_comes_in_the_morning_with_all_of_the_day(office):
    office.hire("county", rhythm=Rhythm.DAILY, language="zh")
    office.pass_time(hours=1)
    office.report("W1")
    office.edit("E1", phone="1")
    office.pass_time(hours=12)
    assert office.tell() == []
    office.now = office.now.replace(day=22, hour=22, minute=50)  # 06:50
    assert office.tell() == []
    office.pass_time(minutes=15)
    [letter] = office.tell()
    assert letter.subject == "户外驿站：2026-11-23的通知，2件事"
    assert "驿站W1" in letter.text
    assert "驿站E1" in letter.text
    office.pass_time(days=1)
    assert office.tell() == [], "a day on which nothing happened brings no letter"


def test_who_wants_nothing_or_has_no_address_gets_nothing(office):
    office.hire("silent", rhythm=Rhythm.NEVER)
    office.hire("nowhere", mail="")
    office.hire("few", kinds=(Kind.IMPORTS,))
    office.edit("W1", phone="1")
    assert office.tell() == []
    with pytest.raises(NoticeError, match="at least one"):
        office.notices.choices.choose("few", (), Rhythm.DAILY)


def test_who_begins_is_not_told_of_what_was(office):
    office.edit("W1", phone="1")
    office.hire("late")
    assert office.tell() == []
    office.notices.choices.choose("late", (), Rhythm.NEVER)
    office.edit("W1", phone="2")
    office.tell()
    office.notices.choices.choose("late", (Kind.EDITS,), Rhythm.AT_ONCE)
    assert office.tell() == []
    office.edit("W1", phone="3")
    assert len(office.tell()) == 1


def test_who_begins_is_told_of_what_comes_before_anybody_looks(office):
    office.propose("W1", who="other")
    office.people.add("early", "早", [Grant(Role.CLERK, WEST)], by=BY, mail="early@example.org", must_change=False)
    office.notices.choices.choose("early", tuple(Kind), Rhythm.AT_ONCE)
    office.edit("W2", phone="1")
    [letter] = office.tell()
    assert "W2" in letter.text
    assert "W1" not in letter.text
    assert office.desk.proposals.settle(1, Standing.REFUSED, reason="不", who="x", at=office.now)
    assert "W1" in office.tell()[0].text, "which waited before"


def test_a_right_that_was_taken_away_counts_before_the_letter_goes(office):
    office.hire("moved", WEST)
    office.edit("W1", phone="1")
    office.notices.look(office.now)
    office.people.revoke("moved", Role.CLERK, WEST, by=BY)
    office.people.grant("moved", Grant(Role.CLERK, NEXT), by=BY)
    office.notices.deliver_all(office.now)
    assert office.post.letters == []
    [(delivery, _, tries)] = office.notices.outbox.log(mail_to("moved"))
    assert delivery.state is State.DROPPED
    assert len(tries) == 1


def test_a_letter_waits_until_the_mail_server_is_back(office):
    office.hire("west", WEST)
    office.edit("W1", phone="1")
    office.post.away = True
    office.tell()
    office.pass_time(seconds=59)
    office.post.away = False
    assert office.tell() == []
    office.pass_time(seconds=2)
    assert len(office.tell()) == 1
    [(delivery, _, tries)] = office.notices.outbox.log(mail_to("west"))
    assert delivery.state is State.SENT
    assert [one.good for one in tries] == [True, False]
    assert "nobody there" in tries[1].answer


def test_nothing_is_told_twice_by_two_processes_or_after_a_restart(office, open_office):
    office.hire("west", WEST)
    office.edit("W1", phone="1")
    other = open_office()
    other.post = office.post
    second = other.again()
    first_found = office.notices.look(office.now)
    assert first_found + second.look(office.now) == 1
    taken = office.notices.outbox.take(office.now)
    assert second.outbox.take(office.now) is None, "held by the first"
    assert second.outbox.take(office.now + timedelta(minutes=6)).number == taken.number, "who died in between"


@pytest.mark.postgres
def test_so_it_is_on_postgresql(postgres_registry):
    registry = Registry.open(postgres_registry, ZONE)
    fill(registry)
    office = Office(registry)
    office.hire("west", WEST)
    hook, _ = office.hook_up(WEST)
    office.report()
    office.edit("E1", phone="1")
    office.edit("W2", phone="1")
    proposal = office.propose("W2")
    office.desk.proposals.settle(proposal.number, Standing.REFUSED, reason="不对", who="officer", at=office.now)
    [letter] = office.tell()
    assert letter.subject.startswith("Yizhan: People found something wrong")
    assert [one[2]["X-Yizhan-Event"] for one in office.hook.sent] == ["edits", "reports", "proposed", "settled"]
    for amount in (0, 200, 0):
        office.count("W1", water=amount)
        office.tell()
        office.pass_time(minutes=1)
    office.find_fault("W1")
    office.bring_list(WEST)
    office.tell()
    assert [one[2]["X-Yizhan-Event"] for one in office.hook.sent[4:]] == ["supplies", "supplies", "lists", "tasks"]
    office.pass_time(days=200)
    office.notices.outbox.forget(office.now)
    assert office.notices.outbox.log(f"hook {hook.number}") == ()
    assert office.notices.lease.hold("one", office.now)
    registry.close()


def test_of_two_who_look_at_once_one_keeps_what_both_found(office):
    office.hire("west", WEST)
    office.edit("W1", phone="1")
    lines, day = office.desk.roll().lines, date(2026, 11, 22)
    with office.registry.store.reading() as connection:
        found = look(connection, lines, EVERY, {}, now=office.now, today=day, morning=False)
    later = replace(found, events=tuple(replace(one, mark=f"{one.mark} again") for one in found.events))
    assert (keep(office.registry.store, found), keep(office.registry.store, later)) == (1, 0)
    assert len(office.tell()) == 1


def test_letters_hold_no_more_names_than_one_reads(office):
    office.hire("west", WEST, kinds=("imports",))
    read = StationReader().read_or_raise
    place = {"position": LonLat(116.3, 28.3), "township": WEST}
    office.registry.append(
        [read({"code": f"N{number}", "name": "新驿站"} | place) for number in range(40)],
        what="import",
        who="root",
        at=office.now,
    )
    [letter] = office.tell()
    assert letter.subject == "Yizhan: Many changes at once, 40 things in all"
    assert letter.text.count("added") == 12
    assert "… and 28 more" in letter.text
