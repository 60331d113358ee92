"""Whoever asks the same question shares one search, in whatever worker it runs; one that died may be begun anew."""

import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from stations.errors import RegistryError
from stations.scenarios import SearchState, StoredPlan, searching
from tests.stations.scenarios.conftest import DAY, PLAN, QUESTION

MARK = "0" * 32
PROVEN = StoredPlan(("n7",), 9.0, 9.0, "proven", 12.0)


def begin(office, mark=MARK, by=None, **options):
    return (by or office.plans).searches.begin(mark, QUESTION, office.now, **options)


def test_from_the_queue_to_a_plan(office):
    assert office.searches.get(MARK) is None
    first = begin(office)
    assert (first.new, first.state, first.begun) == (True, SearchState.WAITING, office.now)
    assert dict(first.query) == {"aim": ("most",), "sites": ("2",), "host": ("bank", "post"), "lang": ("en",)}
    other = begin(office, by=office.worker())
    assert (other.new, other.state, other.going) == (False, SearchState.WAITING, True), "who asks the same shares it"

    office.searches.tell(MARK)
    assert office.searches.get(MARK).state is SearchState.RUNNING
    office.searches.tell(MARK, 8.0, math.inf, 0.5, 2)
    running = office.worker().searches.get(MARK)
    assert (running.value, running.bound, running.seconds, running.sites) == (8.0, None, 0.5, 2)

    office.searches.end(MARK, PLAN)
    ended = begin(office)
    assert (ended.new, ended.going, ended.state) == (False, False, SearchState.ENDED)
    assert (ended.plan, ended.value, ended.bound, ended.seconds, ended.sites) == (PLAN, 1200.0, 1300.0, 30.5, 2)


def test_of_many_who_ask_at_once_one_searches(office):
    workers = [office.worker() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        begun = list(pool.map(lambda worker: begin(office, by=worker), workers * 2))
    assert sum(one.new for one in begun) == 1


def test_anybody_may_ask_it_to_stop(office):
    begin(office)
    office.searches.tell(MARK, 1.0, 2.0, 1.0, 1)
    assert not office.searches.asked_to_stop(MARK)
    office.worker().searches.ask_to_stop(MARK)
    assert office.searches.asked_to_stop(MARK)
    assert office.searches.get(MARK).stopping
    assert not office.searches.asked_to_stop("another")
    office.searches.end(MARK, PLAN)
    again = begin(office, again=True)
    assert (again.new, again.stopping, again.plan) == (True, False, None), "it had not come to its end"


def test_what_is_proven_needs_no_second_search(desk):
    begin(desk)
    desk.searches.end(MARK, PROVEN)
    assert not begin(desk, again=True).new


def test_a_search_without_a_word_is_lost_and_begun_anew(desk):
    begin(desk)
    for _ in range(5):
        desk.wait(14)
        desk.searches.wait(MARK)
    assert desk.searches.get(MARK).state is SearchState.WAITING
    desk.searches.tell(MARK, 1.0, 2.0, 3.0, 4)
    desk.wait(15)
    assert desk.searches.get(MARK).state is SearchState.RUNNING
    desk.wait(1)
    assert desk.searches.get(MARK).state is SearchState.LOST
    other = begin(desk)
    assert (other.new, other.state, other.value) == (True, SearchState.WAITING, None)


def test_one_that_was_only_slow_may_still_end(desk):
    begin(desk)
    desk.wait(60)
    desk.searches.end(MARK, PROVEN)
    assert desk.searches.get(MARK).plan == PROVEN
    desk.searches.tell(MARK, 1.0, 2.0, 3.0, 4)
    desk.searches.wait(MARK)
    desk.searches.end(MARK, "late")
    desk.searches.end(MARK, PLAN)
    assert desk.searches.get(MARK).plan == PROVEN, "what was found first stays"
    assert desk.searches.get(MARK).state is SearchState.ENDED


def test_why_it_failed_is_kept_and_one_may_try_again(office):
    begin(office)
    office.searches.end(MARK, "没有候选")
    failed = office.searches.get(MARK)
    assert (failed.state, failed.fault, failed.plan, failed.going) == (SearchState.FAILED, "没有候选", None, False)
    assert begin(office).new


def test_a_word_of_how_far_it_is_never_ends_a_search(desk):
    begin(desk)
    with desk.registry.store.writing(), ThreadPoolExecutor(1) as another:
        another.submit(desk.searches.tell, MARK, 1.0).result()
        another.submit(desk.searches.wait, MARK).result()
        with pytest.raises(RegistryError, match="locked"):
            another.submit(desk.searches.end, MARK, PLAN).result()
    assert desk.searches.get(MARK).state is SearchState.WAITING


def test_old_searches_are_forgotten(desk, monkeypatch):
    begin(desk, "old")
    desk.wait((30 * DAY).total_seconds())
    begin(desk, "new")
    assert desk.searches.get("old") is None
    monkeypatch.setattr(searching, "MOST_KEPT", 3)
    for number in range(5):
        desk.wait(1)
        begin(desk, f"{number}")
    assert [desk.searches.get(mark) is None for mark in ("new", "1", "2", "3", "4")] == [
        True,
        True,
        False,
        False,
        False,
    ]
