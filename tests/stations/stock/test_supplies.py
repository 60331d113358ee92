"""Supplies: what was counted, brought and taken, and what is there by it."""

import random
from datetime import date, timedelta
from threading import Thread

import pytest

from stations.errors import SettingsError, StaleStock, StockError
from stations.people.facts import Grant, Person, Role
from stations.stock.items import load_items
from stations.stock.levels import Held, Kind, Level, Moved, Movement, Want, level_of
from stations.stock.scope import Scope, Where
from tests.stations.stock.conftest import EAST, NOON, ON_BOTH, TODAY, WEST

A1 = Where("A1", WEST)
ITEMS = load_items()


@pytest.fixture
def enter(stock):
    def enter_(kind, *moved, place=A1, day=TODAY, mark="", seen=10**9, **facts):
        found = [Moved(*one) for one in moved]
        return stock.supplies.enter(
            place, Kind(kind), found, day=day, today=TODAY, who="zhang", at=NOON, mark=mark, seen=seen, **facts
        )

    return enter_


@pytest.fixture
def there(stock):
    def there_(item, code="A1"):
        held, _ = stock.supplies.shelf(code)
        return next(one for one in held if one.key == item).level

    return there_


def line(number, kind, amount, days_ago, expires=None):
    moved = Moved("plasters", amount, expires)
    return Movement(number, "A1", Kind(kind), moved, TODAY - timedelta(days=days_ago), "", "zhang", NOON)


def test_a_count_is_what_it_says_and_later_lines_go_on_from_it() -> None:
    lines = [line(1, "brought", 50, 9), line(2, "count", 12, 5), line(3, "brought", 20, 3), line(4, "taken", 2, 1)]
    assert level_of(lines) == Level(30, None, TODAY - timedelta(days=5), 4)


def test_what_is_written_late_counts_by_its_day() -> None:
    # Brought three days ago and written down today: the count of yesterday saw it already.
    assert level_of([line(1, "count", 12, 1), line(2, "brought", 20, 3)]).there == 12


def test_lines_count_by_day_and_number_in_whatever_order_they_come() -> None:
    rolls = random.Random(7)
    kinds = ["count", "brought", "taken"]
    for _ in range(200):
        lines = [line(number, rolls.choice(kinds), rolls.randrange(20), rolls.randrange(4)) for number in range(1, 9)]
        reckoned = 0
        for one in sorted(lines, key=lambda one: (one.day, one.number)):
            step = {"count": one.moved.amount - reckoned, "brought": one.moved.amount, "taken": -one.moved.amount}
            reckoned = max(0, reckoned + step[one.kind.value])
        shuffled = rolls.sample(lines, len(lines))
        assert level_of(shuffled).there == reckoned
        assert level_of(shuffled) == level_of(lines)


def test_the_earliest_date_of_use_is_known_until_a_count_says_another() -> None:
    soon, later = TODAY + timedelta(days=9), TODAY + timedelta(days=400)
    assert level_of([line(1, "count", 5, 3, later), line(2, "brought", 5, 2, soon)]).expires == soon
    assert level_of([line(1, "count", 5, 3, soon), line(2, "count", 5, 2, later)]).expires == later
    assert level_of([line(1, "count", 5, 3, soon), line(2, "taken", 5, 2)]).expires is None


def test_what_was_out_of_date_is_what_was_taken_away() -> None:
    past = TODAY - timedelta(days=1)
    assert level_of([line(1, "count", 5, 3, past), line(2, "taken", 2, 0)]) == Level(
        3, None, TODAY - timedelta(days=3), 2
    )
    # One box less of what is still good changes nothing about the date.
    good = TODAY + timedelta(days=30)
    assert level_of([line(1, "count", 5, 3, good), line(2, "taken", 2, 0)]).expires == good


def test_what_is_wanted_follows_from_target_low_mark_and_date() -> None:
    def wants(there, expires=None, target=10, low=3):
        held = Held("plasters", ITEMS["plasters"], target, low, False, Level(there, expires, TODAY, 1))
        return [one.value for one in held.wants(TODAY)], held.to_bring(TODAY)

    assert wants(4) == ([], 0)
    assert wants(3) == (["low"], 7)
    assert wants(0) == (["out"], 10)
    assert wants(4, TODAY) == (["soon"], 0)
    assert wants(4, TODAY - timedelta(days=1)) == (["expired"], 0)
    assert wants(4, TODAY + timedelta(days=31)) == ([], 0)
    assert wants(0, target=0) == ([], 0), "what a station is not to hold is never missing"
    never = Held("plasters", ITEMS["plasters"], 10, 3, False, None)
    assert never.wants(TODAY) == (), "what nobody counted is not known, which is not none"


def test_the_book_and_what_is_there_by_it(enter, stock, there) -> None:
    assert enter("count", ("water", 40), ("plasters", 8, date(2027, 5, 1)), note="  周五  盘点 ")
    assert enter("brought", ("water", 24))
    assert there("water") == Level(64, None, TODAY, 3)
    assert there("plasters") == Level(8, date(2027, 5, 1), TODAY, 2)
    assert there("cups") is None
    assert [(one.number, one.moved.item, one.note) for one in stock.supplies.book("A1")] == [
        (3, "water", ""),
        (2, "plasters", "周五 盘点"),
        (1, "water", "周五 盘点"),
    ]
    assert stock.supplies.book("A2") == ()


def test_what_is_sent_twice_counts_once(enter, there) -> None:
    assert enter("brought", ("water", 24), mark="m1")
    assert not enter("brought", ("water", 24), mark="m1")
    assert enter("brought", ("water", 24), mark="m2")
    assert there("water").there == 48


def test_a_count_does_not_hide_what_somebody_else_wrote_meanwhile(enter, stock, there) -> None:
    enter("count", ("water", 10), ("cups", 10))
    _, seen = stock.supplies.shelf("A1")
    enter("brought", ("water", 24))
    with pytest.raises(StaleStock) as stale:
        enter("count", ("water", 9), ("cups", 5), seen=seen)
    assert stale.value.keys == ("water",)
    assert (there("water").there, there("cups").there) == (34, 10), "all of it or nothing"
    enter("count", ("cups", 5), seen=seen)
    _, seen = stock.supplies.shelf("A1")
    enter("count", ("water", 33), seen=seen)
    assert (there("water").there, there("cups").there) == (33, 5)


@ON_BOTH
def test_many_who_bring_at_once_bring_all_of_it(enter, there) -> None:
    people = [Thread(target=enter, args=("brought", ("water", 1)), kwargs={"mark": f"m{n}"}) for n in range(8)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert there("water").there == 8


@pytest.mark.parametrize(("kind", "moved", "facts", "field"), [
    ("count", ("gold", 1), {}, "amount.gold"),
    ("count", ("water", -1), {}, "amount.water"),
    ("count", ("water", 100_001), {}, "amount.water"),
    ("brought", ("water", 0), {}, "amount.water"),
    ("count", ("water", 1, TODAY), {}, "expires.water"),
    ("count", ("water", 1), {"day": TODAY + timedelta(days=1)}, "day"),
    ("count", ("water", 1), {"day": TODAY - timedelta(days=367)}, "day"),
    ("count", ("water", 1), {"note": "x" * 201}, "note"),
    ("count", ("water", 1), {"note": "a\x00b"}, "note"),
    ("count", ("balm", 1, date(9999, 12, 31)), {}, "expires.balm"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_its_field(enter, there, kind, moved, facts, field) -> None:
    with pytest.raises(StockError) as refused:
        enter(kind, moved, **facts)
    assert refused.value.field == field
    assert there("water") is None


def test_nothing_entered_is_said_so(enter) -> None:
    with pytest.raises(StockError, match="Nothing was entered"):
        enter("count")


@ON_BOTH
def test_the_round_knows_what_is_few_by_the_stations_own_targets(enter, stock) -> None:
    b1 = Where("B1", EAST)
    enter("count", ("water", 13), ("balm", 6, TODAY + timedelta(days=5)))
    enter("count", ("water", 12), ("cups", 200), place=b1)
    everything = Scope()
    needed = stock.supplies.needed(everything, TODAY)
    assert {code: [(one.key, *one.wants(TODAY)) for one in held] for code, held in needed.items()} == {
        "A1": [("balm", Want.SOON)],
        "B1": [("water", Want.LOW)],
    }
    stock.supplies.set_targets(Where("A1", WEST), {"water": (100, 20), "balm": (0, 0)}, who="li", at=NOON)
    needed = stock.supplies.needed(everything, TODAY)
    assert [(one.key, one.to_bring(TODAY), one.own) for one in needed["A1"]] == [("water", 87, True)]
    stock.supplies.set_targets(Where("A1", WEST), {"water": (48, 12), "balm": (6, 1)}, who="li", at=NOON)
    assert not any(one.own for one in stock.supplies.shelf("A1")[0]), "as in the list is none of its own"
    assert stock.supplies.counted(everything) == {"A1": TODAY, "B1": TODAY}
    assert stock.supplies.in_need(everything, TODAY) == ("A1", "B1")
    assert stock.supplies.in_need(everything.narrowed(codes=("A2", "B1")), TODAY) == ("B1",)


@ON_BOTH
def test_the_round_holds_nothing_of_other_areas(enter, stock) -> None:
    for code, township in (("A1", WEST), ("A2", WEST), ("B1", EAST)):
        enter("count", ("water", 0), place=Where(code, township))

    def seen_by(*grants):
        scope = Scope.of(Person(1, "one", "一某", "zh", grants))
        return set(stock.supplies.needed(scope, TODAY)), set(stock.supplies.counted(scope))

    county = Grant(Role.CLERK, "360681")
    assert seen_by(county) == ({"A1", "A2", "B1"}, {"A1", "A2", "B1"})
    assert seen_by(Grant(Role.CLERK, WEST)) == ({"A1", "A2"}, {"A1", "A2"})
    assert seen_by(Grant(Role.OFFICER, "360682")) == (set(), set())
    assert seen_by(Grant(Role.CUSTODIAN, "360681", frozenset({"A2"}))) == ({"A2"}, {"A2"})
    assert seen_by(Grant(Role.CUSTODIAN, "360682", frozenset({"A2"}))) == (set(), set())
    assert seen_by() == (set(), set())
    assert set(stock.supplies.needed(Scope().narrowed(inside=EAST), TODAY)) == {"B1"}


def test_an_office_may_have_a_list_of_its_own(tmp_path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        '[tea]\nzh = "茶叶"\nen = "Tea"\nunit_zh = "罐"\nunit_en = "tin"\nunits_en = "tins"\ntarget = 2\nlow = 0\n',
        "utf-8",
    )
    assert list(load_items(file)) == ["tea"]
    for wrong, said in (
        ("[tea", "cannot be read"),
        ("", "has 0 entries"),
        ('[tea]\nzh = "茶叶"\n', "tea"),
        (
            '[tea]\nzh = "茶"\nen = "Tea"\nunit_zh = "罐"\nunit_en = "tin"\nunits_en = "tins"\ntarget = -2\nlow = 0\n',
            "tea.target",
        ),
    ):
        file.write_text(wrong, "utf-8")
        with pytest.raises(SettingsError, match=said):
            load_items(file)
    with pytest.raises(SettingsError, match="cannot be read"):
        load_items(tmp_path / "gone.toml")


def test_the_list_that_comes_with_the_program_can_be_kept() -> None:
    for key, item in ITEMS.items():
        assert item.low < item.target, key
    assert {key for key, item in ITEMS.items() if item.expires} >= {"heatstroke_medicine", "plasters"}
