"""Visits by how one knows of them, and services with the days on which they are held."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from stations.errors import StaleStock, StockError, UnknownServiceError
from stations.facts import Service
from stations.registry.backups import back_up, restore
from stations.stock.levels import Kind, Moved
from stations.stock.offers import Offer, totals
from stations.stock.scope import Scope, Where
from stations.stock.stock import Stock
from stations.stock.sums import Came, in_all
from stations.stock.visits import Entered, Source
from stations.upkeep.facts import Sender
from stations.upkeep.saying import Upkeep
from tests.stations.stock.conftest import EAST, NOON, ON_BOTH, TODAY, WEST

A1, B1 = Where("A1", WEST), Where("B1", EAST)
YESTERDAY = TODAY - timedelta(days=1)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def enter(stock):
    def enter_(*entered, mark="", seen=10**9):
        found = [Entered(place, day, Source(source), people) for place, day, source, people in entered]
        return stock.visits.enter(found, today=TODAY, who="zhang", at=NOON, mark=mark, seen=seen)

    return enter_


@ON_BOTH
def test_of_a_day_the_largest_source_counts_and_none_is_added(enter, stock, registry) -> None:
    upkeep = Upkeep(registry.store, ZONE)
    for number in range(3):
        upkeep.visit("A1", sender=Sender(f"device{number}", f"network{number}"), now=NOON)
    enter((A1, TODAY, "door", 40), (A1, TODAY, "paper", 25), (A1, YESTERDAY, "paper", 2), (B1, TODAY, "paper", 5))
    week = (TODAY - timedelta(days=6), TODAY)
    assert stock.visits.by_day(Scope(), *week) == {YESTERDAY: Came(2, 0, 0, 2), TODAY: Came(45, 3, 40, 30)}
    assert stock.visits.sums(Scope(), *week).by_station == {"A1": Came(42, 3, 40, 27), "B1": Came(5, 0, 0, 5)}
    assert stock.visits.sums(Scope(), *week).by_township_and_day == {
        (WEST, YESTERDAY): Came(2, 0, 0, 2),
        (WEST, TODAY): Came(40, 3, 40, 25),
        (EAST, TODAY): Came(5, 0, 0, 5),
    }
    assert in_all([Came(42, 3, 40, 27), Came(5, 0, 0, 5)]) == Came(47, 3, 40, 32)
    assert stock.visits.by_day(Scope().narrowed(inside=EAST), *week) == {TODAY: Came(5, 0, 0, 5)}
    assert stock.visits.by_day(Scope().narrowed(codes=("A1",)), YESTERDAY, YESTERDAY) == {YESTERDAY: Came(2, 0, 0, 2)}
    assert [(code, day, came.people) for code, day, came in stock.visits.each(Scope(), *week)] == [
        ("A1", YESTERDAY, 2),
        ("A1", TODAY, 40),
        ("B1", TODAY, 5),
    ]
    assert stock.visits.by_day(Scope(areas=("360682",)), *week) == {}
    assert stock.visits.by_day(Scope(areas=()), *week) == {}


def test_a_correction_leaves_what_stood_before(enter, stock) -> None:
    enter((A1, TODAY, "door", 40))
    enter((A1, TODAY, "door", 14))
    assert stock.visits.by_day(Scope(), TODAY, TODAY) == {TODAY: Came(14, 0, 14, 0)}
    enter((A1, TODAY, "door", None))
    assert stock.visits.by_day(Scope(), TODAY, TODAY) == {}
    assert [(one.people, one.stands) for one in stock.visits.notes("A1", TODAY, TODAY)] == [
        (None, True),
        (14, False),
        (40, False),
    ]


def test_what_stands_already_and_what_was_sent_already_is_not_written_again(enter, stock) -> None:
    assert enter((A1, TODAY, "door", 40), (B1, TODAY, "door", 0), mark="m") == 2
    assert enter((A1, TODAY, "door", 41), mark="m") == 0
    assert enter((A1, TODAY, "door", 40), (A1, YESTERDAY, "door", None), mark="n") == 0
    assert stock.visits.newest() == 2
    assert stock.visits.sums(Scope(), TODAY, TODAY).by_station["B1"].people == 0, "nobody came, which is known"


@ON_BOTH
def test_two_who_enter_the_same_day_see_each_other(enter, stock) -> None:
    seen = stock.visits.newest()
    enter((A1, TODAY, "door", 40))
    with pytest.raises(StaleStock) as stale:
        enter((A1, YESTERDAY, "door", 3), (A1, TODAY, "door", 4), seen=seen)
    assert stale.value.keys == ("door.2026-11-20.A1",)
    assert set(stock.visits.by_day(Scope(), YESTERDAY, TODAY)) == {TODAY}, "all of it or nothing"
    assert enter((A1, TODAY, "door", 40), seen=seen) == 0, "who enters the same has nothing to look at"


@pytest.mark.parametrize(("day", "source", "people"), [
    (TODAY + timedelta(days=1), "door", 1),
    (TODAY - timedelta(days=400), "door", 1),
    (TODAY, "door", -1),
    (TODAY, "paper", 100_001),
    (TODAY, "said", 5),
])  # fmt: skip
def test_visits_that_cannot_be_are_refused(enter, stock, day, source, people) -> None:
    with pytest.raises(StockError) as refused:
        enter((A1, day, source, people))
    assert refused.value.field == f"{source}.{day.isoformat()}.A1"
    assert stock.visits.newest() == 0


def offer(hours="Mo-Fr 06:30-08:30", first=date(2026, 11, 1), last=None, **facts):
    places = facts.pop("places", None)
    return Offer(Service(key="breakfast", hours=hours, **facts), first, last, places)


@pytest.fixture
def put(stock):
    def put_(one=None, place=A1, mark="", **facts):
        return stock.services.put(place, one or offer(), who="zhang", at=NOON, mark=mark, **facts)

    return put_


def test_a_service_is_held_on_the_days_of_its_hours() -> None:
    def days(begin, end, **facts):
        held = offer(**facts).held_on(date.fromisoformat(begin), date.fromisoformat(end), ZONE)
        return [day.isoformat()[5:] for day in held]

    assert days("2026-11-13", "2026-11-20") == ["11-13", "11-16", "11-17", "11-18", "11-19", "11-20"]
    assert days("2026-10-28", "2026-11-03") == ["11-02", "11-03"], "it began on the first"
    assert days("2026-11-13", "2026-11-20", last=date(2026, 11, 16)) == ["11-13", "11-16"]
    assert days("2026-11-01", "2026-11-30", hours="Sa[1] 09:00-11:00") == ["11-07"]
    assert days("2026-09-30", "2026-10-09", first=date(2026, 1, 1), hours="Mo-Fr 06:30-08:30; PH off") == [
        "09-30", "10-08", "10-09",
    ]  # fmt: skip


def test_a_service_is_kept_as_it_was_entered_with_all_it_was_before(put, stock) -> None:
    made = put(offer(price_yuan=2.0, eligible=("sanitation",), places=120, note="凭卡", last=date(2026, 12, 31)))
    assert stock.services.get(made.service) == made
    changed = put(offer(price_yuan=3.0), service=made.service, seen=made.number)
    assert stock.services.get(made.service) == changed
    assert [one.offer.service.price_yuan for one in stock.services.entries(made.service)] == [3.0, 2.0]
    ended = put(changed.offer, service=made.service, seen=changed.number, on=False)
    assert not stock.services.get(made.service).on
    with pytest.raises(StaleStock):
        put(offer(), service=made.service, seen=made.number)
    assert stock.services.get(made.service) == ended
    with pytest.raises(UnknownServiceError):
        stock.services.get(99)
    with pytest.raises(UnknownServiceError):
        put(service=99)


@ON_BOTH
def test_a_service_that_is_sent_twice_is_one(put, stock) -> None:
    assert put(mark="m") == put(mark="m")
    put(place=B1, mark="n")
    assert [one.code for one in stock.services.of(Scope())] == ["A1", "B1"]
    assert [one.code for one in stock.services.of(Scope(areas=(WEST,)))] == ["A1"]
    assert stock.services.of(Scope(areas=())) == ()


@pytest.mark.parametrize(("facts", "field"), [
    ({"hours": ""}, "hours"),
    ({"hours": "sometimes"}, "hours"),
    ({"last": date(2026, 10, 31)}, "last"),
    ({"first": date(1900, 1, 1)}, "first"),
    ({"places": 0}, "places"),
])  # fmt: skip
def test_a_service_that_cannot_be_is_refused(put, stock, facts, field) -> None:
    with pytest.raises(StockError) as refused:
        put(offer(**facts))
    assert refused.value.field == field
    assert stock.services.of(Scope()) == ()


@ON_BOTH
def test_meals_are_counted_by_day_and_corrected(put, stock) -> None:
    breakfast, other = put(), put(place=B1)

    def count(entry, served, seen=10**9, mark=""):
        return stock.services.count(entry, served, today=TODAY, who="li", at=NOON, mark=mark, seen=seen)

    assert count(breakfast, {TODAY: 80, YESTERDAY: 75}, mark="m") == 2
    assert count(breakfast, {TODAY: 99}, mark="m") == 0
    assert count(breakfast, {TODAY: 82, YESTERDAY: 75}) == 1
    count(other, {TODAY: 10})
    assert {day: one.served for day, one in stock.services.served(breakfast.service, YESTERDAY, TODAY).items()} == {
        YESTERDAY: 75,
        TODAY: 82,
    }
    everything = stock.services.served_in(Scope(), YESTERDAY, TODAY)
    assert totals([breakfast, other], everything) == {breakfast.service: (2, 157), other.service: (1, 10)}
    assert [one.service for one in stock.services.served_in(Scope(areas=(EAST,)), YESTERDAY, TODAY)] == [other.service]
    with pytest.raises(StaleStock) as stale:
        count(breakfast, {TODAY: 1}, seen=0)
    assert stale.value.keys == ("served.2026-11-20",)
    count(breakfast, {TODAY: None})
    assert TODAY not in stock.services.served(breakfast.service, YESTERDAY, TODAY)
    assert [one.served for one in stock.services.notes(breakfast.service, TODAY, TODAY)] == [None, 82, 80]
    for day, served in ((TODAY + timedelta(days=1), 1), (TODAY, -1)):
        with pytest.raises(StockError):
            count(breakfast, {day: served})


@ON_BOTH
def test_a_backup_holds_all_of_it(put, enter, stock, registry, tmp_path, opened) -> None:
    breakfast = put()
    stock.services.count(breakfast, {TODAY: 80}, today=TODAY, who="li", at=NOON, mark="", seen=0)
    enter((A1, TODAY, "door", 40))
    enter((A1, TODAY, "door", 41))
    facts = {"day": TODAY, "today": TODAY, "who": "li", "at": NOON, "mark": ""}
    stock.supplies.enter(A1, Kind.BROUGHT, [Moved("balm", 5, TODAY)], **facts)
    stock.supplies.set_targets(A1, {"water": (9, 3)}, who="li", at=NOON)
    back_up(registry.store, tmp_path / "backup.gz", at=NOON)
    url = f"sqlite:///{tmp_path / 'restored.db'}"
    restore(url, tmp_path / "backup.gz", wait_s=5.0)
    other = Stock(opened(url).store)
    assert other.supplies.shelf("A1") == stock.supplies.shelf("A1")
    assert other.supplies.book("A1") == stock.supplies.book("A1")
    assert other.services.entries(breakfast.service) == (breakfast,)
    assert other.services.served_in(Scope(), TODAY, TODAY) == stock.services.served_in(Scope(), TODAY, TODAY)
    assert other.visits.notes("A1", TODAY, TODAY) == stock.visits.notes("A1", TODAY, TODAY)
    assert other.visits.by_day(Scope(), TODAY, TODAY) == stock.visits.by_day(Scope(), TODAY, TODAY) != {}
