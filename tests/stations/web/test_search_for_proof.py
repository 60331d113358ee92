"""A planner asks for the proof, watches it come, stops it, and shares it with whoever asks the same."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from stations.errors import InfeasibleError, RegistryLockedError
from stations.questions.siting import Progress, solve_exactly
from stations.settings import Settings
from stations.web.siting import searching as module
from stations.web.siting.searching import MOST_WAITING, fault_of, fault_text
from tests.stations.web.conftest import Person

JSON = {"Accept": "application/json"}
SOON_S = 60.0
SEARCHING = {"siting", "siting-word"}
UNCOUNTED = Settings(requests_per_minute=0, reports_per_hour=0)


class Planner(Person):
    """Sends forms, too, with the token that a page would have."""

    def read(self, path, **asked) -> Any:
        return self.get(path, **asked).json

    def send(self, path, headers=JSON, **fields):
        token = self.read("/api/token")["token"]
        return self.client.post(path, data=fields | {"csrf_token": token}, headers=headers)

    def watch(self, until, **asked):
        """How the search stands once it is in one of some states."""
        end = time.monotonic() + SOON_S
        search: dict[str, Any] = {"state": "never begun"}
        while time.monotonic() < end:
            search = self.read("/planning/siting/progress.json", **asked)["search"]
            if search["state"] in until:
                return search
            time.sleep(0.02)
        pytest.fail(f"it stayed {search['state']}")


@pytest.fixture(scope="module")
def plans(upkeeps):
    return upkeeps.plans()


@pytest.fixture(scope="module")
def workers(open_house, plans):
    """Two workers of one house; uncounted, as all tests come from one place."""
    return [open_house(plans=plans, settings=UNCOUNTED) for _ in range(2)]


@pytest.fixture
def planner(workers):
    return Planner(workers[0].test_client())


@pytest.fixture
def asked(request):
    """A question that no other test asks."""
    number = sorted(name for name in dir(request.module) if name.startswith("test_")).index(request.function.__name__)
    return {"minutes": 5 + number / 100, "sites": 2}


def await_quiet():
    """Let the searches of other tests end, and the threads with them."""
    end = time.monotonic() + SOON_S
    while SEARCHING & {thread.name for thread in threading.enumerate()} and time.monotonic() < end:
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(module, "WORD_EVERY_S", 0.02)
    monkeypatch.setattr(module, "BETWEEN_TRIES_S", 0.01)
    yield
    await_quiet()


@pytest.fixture
def slow(monkeypatch):
    """Searches go on until they are let go, or stopped; gives how many there were, and the switch."""

    class Slow:
        go, started, begun, most, now = threading.Event(), threading.Event(), 0, 0, 0

    solve, lock = solve_exactly, threading.Lock()

    def wait(case, goal, watch):
        with lock:
            Slow.begun, Slow.now = Slow.begun + 1, Slow.now + 1
            Slow.most = max(Slow.most, Slow.now)
        Slow.started.set()
        watch.tell(Progress(1.5, 100.0, 120.0))
        while not Slow.go.is_set() and watch.over is None:
            time.sleep(0.005)
        ended = watch.over
        plan = solve(case, goal)
        with lock:
            Slow.now -= 1
        return plan if ended is None else replace(plan, ended=ended, bound=plan.value * 1.1)

    monkeypatch.setattr(module, "solve_exactly", wait)
    yield Slow
    Slow.go.set()


def test_the_greedy_answer_is_there_at_once_and_the_proof_takes_its_place(planner, asked):
    first = planner.read("/planning/siting/answer.json", **asked)
    assert first["search"]["state"] == "quick"
    assert first["search"]["can_search"]
    assert not first["plan"]["proven"]
    assert first["plan"]["bound"] is None or first["plan"]["bound"] > first["plan"]["value"]
    begun = planner.send("/planning/siting/search", **asked)
    assert begun.status_code == 202
    assert begun.json["search"]["state"] == "waiting"
    ended = planner.watch({"ended"}, **asked)
    assert ended["ended"] == "proven"
    assert ended["gap"] == 0.0
    assert not ended["can_search"]
    proven = planner.read("/planning/siting/answer.json", **asked)
    assert proven["plan"]["proven"]
    assert proven["plan"]["value"] == proven["plan"]["bound"] >= first["plan"]["value"]
    assert [site["rank"] for site in proven["plan"]["sites"]] == [1, 2]


def test_a_form_leads_back_to_the_page(planner):
    answer = planner.send("/planning/siting/search", headers={}, minutes=4, sites=2, aim="most")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/planning/siting?minutes=4&aim=most&sites=2&said=searching#search"


def test_word_of_how_far_it_is_comes_in_figures_and_in_words(planner, asked, slow):
    planner.send("/planning/siting/search?lang=en", **asked)
    search = planner.watch({"running"}, **asked, lang="en")
    while search["value"] is None:
        search = planner.watch({"running"}, **asked, lang="en")
    assert (search["value"], search["bound"]) == (100.0, 120.0)
    assert search["gap"] == pytest.approx(0.2)
    assert search["can_stop"]
    assert "Best so far" in search["said"]["sentence"]


def test_a_search_that_says_nothing_yet_has_the_plan_that_is_seen_already(planner, asked, monkeypatch):
    go, solve = threading.Event(), solve_exactly

    def silent(case, goal, watch):
        go.wait(SOON_S)
        return solve(case, goal)

    monkeypatch.setattr(module, "solve_exactly", silent)
    seen = planner.read("/planning/siting/answer.json", **asked)["plan"]["value"]
    planner.send("/planning/siting/search", **asked)
    until = time.monotonic() + SOON_S / 2
    while (search := planner.watch({"running"}, **asked))["value"] is None and time.monotonic() < until:
        pass
    go.set()
    assert search["value"] == seen
    assert "目前最好" in search["said"]["sentence"]


def test_whoever_stops_it_gets_the_best_so_far_and_may_go_on_later(planner, asked, slow):
    planner.send("/planning/siting/search", **asked)
    planner.watch({"running"}, **asked)
    assert planner.send("/planning/siting/stop", **asked).json["search"]["can_stop"] is False
    ended = planner.watch({"ended"}, **asked)
    assert ended["ended"] == "cancelled"
    assert ended["can_search"]
    assert planner.send("/planning/siting/search", **asked).json["search"]["ended"] == "cancelled"
    slow.go.set()
    planner.send("/planning/siting/search", **asked, again="1")
    assert planner.watch({"ended"}, **asked)["ended"] == "proven"


def test_the_time_that_one_gives_it_ends_it(planner, asked, slow):
    planner.send("/planning/siting/search", **asked, time_limit="1")
    assert planner.watch({"ended"}, **asked)["ended"] == "time"


@pytest.mark.parametrize("seconds", ["0", "61", "-1", "1.5", "long"])
def test_nobody_gives_it_more_than_a_minute(planner, asked, seconds):
    answer = planner.send("/planning/siting/search", **asked, time_limit=seconds)
    assert answer.status_code == 400
    assert answer.json["error"]["field"] == "time_limit"


def test_equal_questions_share_one_search_however_they_are_written(workers, slow):
    one, other = (Planner(workers[0].test_client()) for _ in range(2))
    one.send("/planning/siting/search?minutes=4.5&sites=2&forbid=&keep=1")
    one.watch({"running"}, minutes=4.5, sites=2)
    assert other.send("/planning/siting/search", sites="2", minutes="4.5").json["search"]["state"] == "running"
    assert slow.started.wait(60.0)
    assert slow.begun == 1


def test_another_worker_sees_the_search_and_may_stop_it(workers, asked, slow):
    one, other = (Planner(worker.test_client()) for worker in workers)
    one.send("/planning/siting/search", **asked)
    other.watch({"running"}, **asked)
    other.send("/planning/siting/stop", **asked)
    assert other.watch({"ended"}, **asked)["ended"] == "cancelled"
    assert other.read("/planning/siting/answer.json", **asked)["plan"]["ended"] == "cancelled"


def test_one_runs_and_the_others_wait_in_turn_until_there_are_too_many(planner, slow):
    questions = [{"minutes": 4 + at / 10, "sites": 1} for at in range(MOST_WAITING + 2)]
    planner.send("/planning/siting/search", **questions[0])
    planner.watch({"running"}, **questions[0])
    for one in questions[1:-1]:
        assert planner.send("/planning/siting/search", **one).json["search"]["state"] == "waiting"
    refused = planner.send("/planning/siting/search", **questions[-1])
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    # Whoever asks what is in the line is let into it.
    assert planner.send("/planning/siting/search", **questions[3]).json["search"]["state"] == "waiting"
    slow.go.set()
    for one in questions[:-1]:
        assert planner.watch({"ended"}, **one)["ended"] == "proven"
    assert slow.most == 1


def test_what_cannot_be_done_is_said_in_the_language_of_whoever_reads_it(planner, asked, monkeypatch):
    def refuse(case, goal, watch):
        raise InfeasibleError("{sites} sites are not enough for that. Ask for more sites, for a smaller share, or give "
                              "more minutes.", sites=2)  # fmt: skip

    monkeypatch.setattr(module, "solve_exactly", refuse)
    planner.send("/planning/siting/search", **asked)
    failed = planner.watch({"failed"}, **asked)
    assert failed["fault"].startswith("2 个")
    english = planner.read("/planning/siting/progress.json", **asked, lang="en")["search"]
    assert english["fault"].startswith("2 sites are not enough")
    assert english["can_search"]


def test_a_search_that_breaks_says_so_and_the_next_one_runs(planner, asked, monkeypatch, caplog):
    def break_down(case, goal, watch):
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(module, "solve_exactly", break_down)
        planner.send("/planning/siting/search", **asked)
        assert "日志" in planner.watch({"failed"}, **asked)["fault"]
    assert "ZeroDivisionError" in caplog.text
    planner.send("/planning/siting/search", **asked)
    assert planner.watch({"ended"}, **asked)["ended"] == "proven"


def test_a_search_of_a_process_that_is_gone_may_be_begun_anew(open_house, upkeeps, asked):
    now = [1_000_000.0]
    plans = upkeeps.plans(clock=lambda: now[0])
    planner = Planner(open_house(plans=plans).test_client())
    mark = planner.read("/planning/siting/progress.json", **asked)["mark"]
    plans.searches.begin(mark, {}, datetime.now(UTC))
    now[0] += 60.0
    lost = planner.read("/planning/siting/progress.json", **asked)["search"]
    assert (lost["state"], lost["can_search"], lost["can_stop"]) == ("lost", True, False)
    planner.send("/planning/siting/search", **asked)
    assert planner.watch({"ended"}, **asked)["ended"] == "proven"


def test_while_the_store_is_away_the_greedy_answer_is_given_and_nothing_is_begun(planner, asked, plans, monkeypatch):
    def away(*_, **__):
        raise RegistryLockedError("The registry is locked.")

    monkeypatch.setattr(plans.searches, "get", away)
    monkeypatch.setattr(plans.searches, "begin", away)
    assert planner.read("/planning/siting/answer.json", **asked)["search"]["state"] == "quick"
    assert planner.send("/planning/siting/search", **asked).status_code == 503


def test_a_plan_that_was_found_is_written_down_though_the_store_was_busy(planner, asked, plans, monkeypatch):
    end, tries = plans.searches.end, []

    def busy(*found):
        tries.append(found)
        if len(tries) < 3:
            raise RegistryLockedError("The registry is locked.")
        end(*found)

    monkeypatch.setattr(plans.searches, "end", busy)
    planner.send("/planning/siting/search", **asked)
    assert planner.watch({"ended"}, **asked)["ended"] == "proven"


def test_threads_end_with_the_last_search(planner, asked, slow):
    planner.send("/planning/siting/search", **asked)
    planner.watch({"running"}, **asked)
    assert {thread.name for thread in threading.enumerate()} >= SEARCHING
    slow.go.set()
    planner.watch({"ended"}, **asked)
    await_quiet()
    assert not SEARCHING & {thread.name for thread in threading.enumerate()}


def test_a_house_that_keeps_nothing_answers_greedily(open_house, asked):
    planner = Planner(open_house(plans=None).test_client())
    answer = planner.read("/planning/siting/answer.json", **asked)
    assert not answer["search"]["can_search"]
    assert len(answer["plan"]["sites"]) == 2
    assert planner.send("/planning/siting/search", **asked).status_code == 400


def test_why_a_search_failed_survives_being_written_down():
    fault = InfeasibleError("{lost:,.0f} of {total:,.0f}", lost=1234.0, total=5e6)
    assert str(fault_of(fault_text(fault))) == str(fault)
    assert str(fault_of("as an older version {wrote} it")) == "as an older version {wrote} it"
