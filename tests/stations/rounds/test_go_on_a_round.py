"""Inspections as they are kept: saved, sent once, and what comes of them."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from geodata.lonlat import LonLat
from stations.errors import RoundError, TaxonomyError, UnknownRoundError
from stations.facts import AmenityState
from stations.registry.backups import back_up, restore
from stations.registry.log import Registry
from stations.rounds.checklists import load_checklists
from stations.rounds.facts import Answer, Judged, Standing, State, Wish
from stations.rounds.finding import as_found, judged, ratings
from stations.rounds.rounds import Rounds
from stations.standards import load_standards
from stations.station import StationReader
from stations.taxonomy import Taxonomy
from tests.stations.rounds.conftest import FRIDAY, NOON, sheet_of

DUE = Wish("water", FRIDAY + timedelta(days=2), "keeper")
THREE_STARS = {"stars": Judged("星级", "Stars", "met", "三星", "Three stars")}


def station(**facts):
    return StationReader().read_or_raise({"code": "A1", "name": "一站", "position": LonLat(116.3, 28.3)} | facts)


def test_a_draft_is_found_again_and_is_no_inspection(rounds: Rounds) -> None:
    rounds.save(sheet_of(rounds), at=NOON, photos={"water": ["a.jpg"]})
    again = replace(sheet_of(rounds), answers={"water": Answer(State.YES)})
    kept = rounds.save(again, at=NOON + timedelta(hours=1), photos={"water": ["b.jpg"]})
    assert kept.number == 1
    assert kept.begun == NOON
    assert kept.answers["water"] == Answer(State.YES, photos=("a.jpg", "b.jpg"))
    assert rounds.draft("A1", "quick", "clerk") == kept
    assert rounds.draft("A1", "quick", "other") is None
    assert rounds.between(FRIDAY, FRIDAY) == ()
    assert dict(rounds.last_days()) == {}
    rounds.drop(kept.mark, who="other")
    assert rounds.drafts("clerk") == (kept,)
    rounds.drop(kept.mark, who="clerk")
    assert rounds.drafts("clerk") == ()


def test_an_inspection_is_sent_once_with_its_tasks(on_both: Rounds) -> None:
    sheet = sheet_of(on_both)
    first = on_both.send(sheet, wishes=[DUE, Wish("clean", FRIDAY)], judged=THREE_STARS, at=NOON)
    late = replace(sheet, remark="anders", answers={"clean": Answer(State.NO)})
    assert on_both.send(late, wishes=[Wish("clean", FRIDAY)], judged={}, at=NOON + timedelta(days=3)) == first
    assert on_both.save(late, at=NOON) == first
    assert on_both.get(first.number) == first
    assert (first.faults, first.remark, first.judged) == (("water",), "很热", THREE_STARS)
    (task,) = on_both.tasks.of(first.number)
    assert (task.item, task.due, task.person, task.made_by) == ("water", DUE.due, "keeper", "clerk")
    assert on_both.of("A1") == (first,)
    assert on_both.between(FRIDAY, FRIDAY) == (first,)
    fine = replace(sheet_of(on_both, 2), answers={"water": Answer(State.YES, '"state": "no"')})
    on_both.send(fine, judged={}, at=NOON)
    assert [one.faulty for one in on_both.briefs(FRIDAY, FRIDAY)] == [False, True]
    assert dict(on_both.last_days()) == {"A1": FRIDAY}
    assert on_both.due(FRIDAY, FRIDAY + timedelta(days=30))
    assert not on_both.due(FRIDAY, FRIDAY + timedelta(days=29))


def test_the_same_sheet_sent_by_eight_at_once_counts_once(on_both: Rounds) -> None:
    def send() -> None:
        on_both.send(sheet_of(on_both), wishes=[DUE], judged={}, at=NOON)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(on_both.between(FRIDAY, FRIDAY)) == len(on_both.tasks.open()) == 1


def test_a_sheet_belongs_to_who_began_it_and_to_its_station(rounds: Rounds) -> None:
    rounds.save(sheet_of(rounds), at=NOON)
    for changed in ({"who": "other"}, {"code": "A2"}, {"mark": "short"}):
        with pytest.raises(RoundError):
            rounds.send(sheet_of(rounds, **changed), judged={}, at=NOON)


def test_what_cannot_be_taken_says_where(rounds: Rounds) -> None:
    for changed, field in (
        ({"answers": {"water": Answer(State.NO, "水" * 501)}}, "note.water"),
        ({"remark": "长" * 2001}, "remark"),
        ({"answers": {}}, ""),
    ):
        with pytest.raises(RoundError) as refused:
            rounds.send(sheet_of(rounds, **changed), judged={}, at=NOON)
        assert refused.value.field == field
    with pytest.raises(RoundError) as refused:
        rounds.save(sheet_of(rounds), at=NOON, photos={"water": [f"{number}.jpg" for number in range(7)]})
    assert refused.value.field == "photo.water"
    with pytest.raises(UnknownRoundError):
        rounds.get(1)


def test_old_drafts_are_cleared_away_when_another_is_begun(rounds: Rounds) -> None:
    rounds.save(sheet_of(rounds), at=NOON)
    rounds.save(sheet_of(rounds, 2, code="A2"), at=NOON + timedelta(days=61))
    assert [one.code for one in rounds.drafts("clerk")] == ["A2"]


def test_a_task_is_settled_once_and_says_by_whom(rounds: Rounds) -> None:
    rounds.send(sheet_of(rounds), wishes=[DUE], judged={}, at=NOON)
    assert rounds.tasks.get(1).overdue(DUE.due + timedelta(days=1))
    assert not rounds.tasks.get(1).overdue(DUE.due)
    assert rounds.tasks.plan(1, due=FRIDAY, person="").due == FRIDAY
    with pytest.raises(RoundError):
        rounds.tasks.settle(1, Standing.DROPPED, note=" ", who="clerk", at=NOON)
    done = rounds.tasks.settle(1, Standing.DONE, note="换了新桶", photos=["c.jpg"], who="keeper", at=NOON)
    assert (done.standing, done.done_by, done.photos) == (Standing.DONE, "keeper", ("c.jpg",))
    for again in (
        lambda: rounds.tasks.settle(1, Standing.DONE, note="", who="clerk", at=NOON),
        lambda: rounds.tasks.plan(1, due=FRIDAY, person="clerk"),
    ):
        with pytest.raises(RoundError, match="settled already, by keeper"):
            again()
    assert rounds.tasks.open() == ()
    assert rounds.tasks.settled() == (done,)


def test_a_backup_holds_inspections_and_tasks(rounds: Rounds, tmp_path) -> None:
    registry = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", ZoneInfo("Asia/Shanghai"))
    registry.append([station()], what="import", who="import", at=NOON)
    sent = rounds.send(sheet_of(rounds), wishes=[DUE], judged=THREE_STARS, at=NOON)
    back_up(registry.store, tmp_path / "backup.gz", at=NOON)
    restore(f"sqlite:///{tmp_path / 'again.db'}", tmp_path / "backup.gz", wait_s=1.0)
    again = Registry.open(f"sqlite:///{tmp_path / 'again.db'}", ZoneInfo("Asia/Shanghai"))
    there = Rounds(again.store, 30)
    assert there.get(sent.number) == sent
    assert there.tasks.open() == rounds.tasks.open()
    registry.close()
    again.close()


# What an inspection makes of a record


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return Taxonomy.load()


@pytest.fixture(scope="module")
def standards(taxonomy):
    return load_standards(taxonomy)


@pytest.fixture(scope="module")
def items(taxonomy, standards):
    return load_checklists(taxonomy, standards)["rating"].items


def yes_to_all(items) -> dict[str, Answer]:
    return {
        key: Answer(State.YES, number={"seats": 20.0, "area_m2": 30.0}.get(item.number)) for key, item in items.items()
    }


def test_a_station_where_all_is_well_gets_all_stars(taxonomy, standards, items) -> None:
    found = as_found(station(hours="24/7", host_name="银行"), items, yes_to_all(items), FRIDAY, taxonomy)
    stands = ratings(found, standards.values(), taxonomy)
    assert {key: judged(one).verdict for key, one in stands.items()} == {"six": "met", "eight": "met", "stars": "met"}
    assert judged(stands["stars"]).level_en == "Five stars"
    assert (found.hours_checked, found.amenities_checked, found.position_checked) == (FRIDAY, FRIDAY, FRIDAY)


def test_one_item_that_is_missing_says_which_star_it_costs(taxonomy, standards, items) -> None:
    answers = yes_to_all(items) | {"charging": Answer(State.NO)}
    found = as_found(station(hours="24/7"), items, answers, FRIDAY, taxonomy)
    stars = ratings(found, [standards["stars"]], taxonomy)["stars"]
    assert judged(stars).level_en == "Three stars"
    assert stars.next_level is not None
    assert stars.next_level.en == "Four stars"
    (finding,) = stars.open_in(stars.next_level)
    assert [need.amenity for need in finding.missing] == ["charging"]


def test_what_nobody_looked_at_stays_and_what_does_not_apply_says_nothing(taxonomy, items) -> None:
    before = station(
        amenities={"water": "no", "fridge": "yes"}, extra={"是否有管理制度": "无"}, hours_checked="2026-12-01"
    )
    answers = {
        "open": Answer(State.YES),
        "water": Answer(State.NOT_APPLICABLE),
        "toilet": Answer(State.NEARBY),
        "rules": Answer(State.YES),
        "legal_advice": Answer(State.YES),
        "seat_count": Answer(State.YES, number=8.0),
        "clean": Answer(State.NO),
    }
    after = as_found(before, items, answers, FRIDAY, taxonomy)
    assert after.amenities == {"water": AmenityState.NO, "fridge": AmenityState.YES, "toilet": AmenityState.NEARBY}
    assert after.extra == {"是否有管理制度": "有"}, "the column that the list brought is written, not a second one"
    assert [one.key for one in after.services] == ["legal_advice"]
    assert (after.seats, after.hours_checked, after.amenities_checked) == (8, date(2026, 12, 1), None)
    assert as_found(before, items, {}, FRIDAY, taxonomy) == before
    assert as_found(after, items, {"legal_advice": Answer(State.NO)}, FRIDAY, taxonomy).services == ()


def test_a_rating_list_asks_for_all_that_its_standards_need(taxonomy, standards) -> None:
    for checklist in load_checklists(taxonomy, standards).values():
        asked = {
            word for item in checklist.items.values() for word in (item.amenity, item.kept, item.service, item.number)
        }
        for key in checklist.standards:
            for need in (need for level in standards[key].levels for item in level.items for need in item.needs):
                for one in [need, *(need.any or ()), *(need.of or ())]:
                    words = {one.amenity, one.service, *(one.kept or ())} - {None}
                    assert not words or words & asked or one.service in {"training", "policy_advice"}, (key, one)


ITEM = '[items]\na = {{ zh = "甲", en = "A"{tie} }}\n'
LIST = '[checklists.x]\nzh = "表"\nen = "X"\nsections = [{{ zh = "一", en = "I", items = {items} }}]'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "own.toml"),
        (ITEM.format(tie=', amenity = "sauna"') + LIST.format(items='["a"]'), "sauna"),
        (ITEM.format(tie="") + LIST.format(items='["b"]'), "there is no b"),
        (ITEM.format(tie="") + LIST.format(items='["a", "a"]'), "twice"),
        (ITEM.format(tie=', amenity = "water", service = "breakfast"') + LIST.format(items='["a"]'), "one is enough"),
    ],
)
def test_an_office_is_told_what_is_wrong_with_its_own_lists(taxonomy, standards, tmp_path, text, said) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TaxonomyError, match=said):
        load_checklists(taxonomy, standards, path)
