"""How often one client may ask: what is counted, for how long, and that neither headers nor floods get past it."""

from __future__ import annotations

import math
import tracemalloc

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from werkzeug.test import Client
from werkzeug.wrappers import Response

from stations.settings import Settings
from stations.web.clients import Forwarded
from stations.web.limits import COST_OF_FOLLOWING, COST_OF_LONG_WORK, TILES_FOR_ONE, Counts, Limits
from stations.web.refusals import Refusals
from tests.town import PROJECT

PAGE = PROJECT / "templates" / "base" / "refused.html"
HERE = "lon=116.3&lat=28.3"


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate(clock):
    """A client of something that is asked through limits."""

    def make(requests: int = 0, reports: int = 0, *, proxies: int = 0, most: int = 1000) -> Client:
        limits = Limits(Response("taken"), Refusals(PAGE, ()), requests, reports, Counts(most, clock))
        return Client(Forwarded(limits, proxies))

    return make


def statuses(client: Client, times: int, path: str = "/", method: str = "GET", peer: str = "203.0.113.9", **headers):
    where = {"REMOTE_ADDR": peer}
    return [
        client.open(path, method=method, environ_overrides=where, headers=headers).status_code for _ in range(times)
    ]


def test_what_is_too_often_is_refused_until_it_is_a_minute_ago(gate, clock):
    client = gate(10)
    clock.now = 1_000_020.0  # a minute begins
    assert statuses(client, 12) == [200] * 10 + [429] * 2
    clock.now += 59.0
    assert statuses(client, 1) == [429]
    clock.now += 31.0  # half a minute into the next one, half of the ten still count
    assert statuses(client, 6) == [200] * 5 + [429]
    clock.now += 120.0
    assert statuses(client, 11) == [200] * 10 + [429]


def test_asking_in_vain_makes_nobody_wait_longer(gate, clock):
    client = gate(10)
    assert statuses(client, 100).count(200) == 10
    clock.now += 120.0
    assert statuses(client, 1) == [200]


@any_of(
    st.integers(1, 30),
    st.lists(st.tuples(st.floats(0.0, 90.0), st.integers(0, 40)), max_size=12),
)
def test_whoever_waits_as_told_is_served_and_not_before(limit, asked):
    clock = Clock()
    counts = Counts(10, clock)
    for pause_s, times in asked:
        clock.now += pause_s
        for _ in range(times):
            counts.acquire_sliding_window_entry("one", limit, 60)
    if counts.acquire_sliding_window_entry("one", limit, 60):
        return
    wait_s = counts.wait_s("one", limit, 60)
    assert 0.0 <= wait_s <= 120.0
    clock.now += max(0.0, wait_s - 0.5)
    if wait_s > 0.5:
        assert not counts.acquire_sliding_window_entry("one", limit, 60)
    clock.now += min(wait_s, 0.5) + 1e-6
    assert counts.acquire_sliding_window_entry("one", limit, 60)


def test_a_refusal_says_how_long_to_wait_in_both_languages(gate):
    client = gate(1)
    statuses(client, 1, peer="unknown")
    page = client.get("/?lon=116.123456")
    assert page.status_code == 429
    assert 1 <= int(page.headers["Retry-After"]) <= 120
    assert "太多" in page.text
    assert "Too many" in page.text
    assert "116.12" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    error = client.get("/api/nearest").get_json()["error"]
    assert (error["status"], error["field"]) == (429, None)
    assert "太多" in error["message"]
    assert client.head("/").data == b""


def test_hours_are_told_in_minutes(gate):
    client = gate(0, 1)
    statuses(client, 1, method="POST", peer="unknown")
    page = client.post("/s/A1/visit").text
    assert "分钟" in page
    assert "minutes" in page


def test_one_client_does_not_use_up_anothers(gate):
    client = gate(2)
    assert statuses(client, 3, peer="203.0.113.9")[-1] == 429
    assert statuses(client, 1, peer="203.0.113.10") == [200]


def test_a_header_makes_nobody_another(gate):
    def ask(client: Client, *said: str) -> list[int]:
        return [statuses(client, 1, **{"X-Forwarded-For": one})[0] for one in said]

    assert ask(gate(2), *(f"198.51.100.{n}" for n in range(4))) == [200, 200, 429, 429]
    behind = gate(2, proxies=1)
    assert ask(behind, *(f"{n}.1.1.1, 203.0.113.9" for n in range(4))) == [200, 200, 429, 429]
    assert ask(behind, *(f"203.0.114.{n}" for n in range(4))) == [200] * 4


def test_all_addresses_of_one_connection_are_one_client(gate):
    client = gate(2)
    assert [statuses(client, 1, peer=f"2001:db8:1:2::{n:x}")[0] for n in range(1, 4)] == [200, 200, 429]
    assert statuses(client, 1, peer="2001:db8:1:3::1") == [200]
    assert [statuses(client, 1, peer=peer)[0] for peer in ("1.2.3.4", "::ffff:1.2.3.4", "1.2.3.4")] == [200, 200, 429]


def test_sending_has_a_limit_of_its_own(gate):
    client = gate(5, 2)
    assert statuses(client, 3, "/s/A1/report", "POST") == [200, 200, 429]
    assert statuses(client, 3, "/s/A2/visit", "POST") == [429] * 3
    assert statuses(client, 6) == [200] * 5 + [429]
    assert statuses(gate(5, 2), 3, method="DELETE") == [200, 200, 429]


@pytest.mark.parametrize(
    "path", ["/static/css/yizhan.css", "/sw.js", "/healthz", "/manifest.webmanifest", "/robots.txt"]
)
def test_what_costs_nothing_is_not_counted(gate, path):
    client = gate(2)
    assert statuses(client, 9, path) == [200] * 9
    assert statuses(client, 3) == [200, 200, 429]


def test_tiles_are_counted_apart(gate):
    client = gate(2)
    assert statuses(client, 2 * TILES_FOR_ONE + 1, "/tiles/m/1/1/1.mvt") == [200] * (2 * TILES_FOR_ONE) + [429]
    assert statuses(client, 1) == [200]


def test_long_work_counts_for_more(gate):
    client = gate(2 * COST_OF_LONG_WORK)
    assert statuses(client, 3, "/download/stations.xlsx") == [200, 200, 429]
    assert statuses(gate(2), 2, "/planning") == [200, 429]


def test_a_pin_may_be_dragged_for_a_while(gate):
    assert statuses(gate(4 * COST_OF_FOLLOWING), 5, "/planning/answer.json") == [200] * 4 + [429]
    assert Settings().requests_per_minute >= 60_000 / 150 * COST_OF_FOLLOWING, "as often as the script asks"


def test_a_search_for_a_proof_counts_for_sixty_and_to_watch_it_for_one(gate):
    client = gate(2 * 60 + 1)
    assert statuses(client, 3, "/planning/siting/search", "POST") == [200, 200, 429]
    assert statuses(client, 2, "/planning/siting/progress.json") == [200, 429]
    assert Settings().requests_per_minute >= 4 * 60 + 120, "a few searches, watched twice a second"


def test_to_enter_the_key_and_to_upload_counts_as_a_report_and_what_the_key_opens_does_not(gate):
    for path in ("enter", "list"):
        assert statuses(gate(100, 2), 3, f"/planning/siting/{path}", "POST") == [200, 200, 429]
    for path in ("save", "remove", "accept", "stop", "leave"):
        assert statuses(gate(100, 1), 3, f"/planning/siting/{path}", "POST") == [200, 200, 200]


def test_zero_is_any_number(gate):
    client = gate(0, 0)
    assert statuses(client, 50) == [200] * 50
    assert statuses(client, 50, method="POST") == [200] * 50


def test_the_quick_door_is_behind_the_limit(open_house):
    client = open_house(settings=Settings(requests_per_minute=3)).test_client()
    assert [client.get(f"/api/nearest?{HERE}").status_code for _ in range(5)] == [200] * 3 + [429] * 2
    assert "default-src 'none'" in client.get("/").headers["Content-Security-Policy"]
    assert client.get("/").status_code == 429
    assert client.get("/healthz").status_code == 200


def test_what_the_settings_say_holds(open_house):
    client = open_house(settings=Settings(reports_per_hour=2, proxies=1)).test_client()
    headers = {"X-Forwarded-For": "203.0.113.9"}
    assert [client.post("/", headers=headers).status_code for _ in range(3)] == [405, 405, 429]
    assert client.post("/", headers={"X-Forwarded-For": "203.0.113.10"}).status_code == 405


def test_a_flood_of_addresses_takes_no_more_memory_than_its_share(clock):
    counts = Counts(500, clock)
    for number in range(500):
        counts.acquire_sliding_window_entry(f"r/10.0.{number >> 8}.{number & 255}/1200/1/minute", 1200, 60)
    tracemalloc.start()
    try:
        for number in range(5_000):
            counts.acquire_sliding_window_entry(f"r/11.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1200, 60)
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 500 * 600
    assert counts.reset() == 500


def test_whoever_asks_all_the_time_is_not_forgotten_in_a_flood(gate):
    client = gate(100, most=50)
    served = 0
    for number in range(300):
        served += statuses(client, 1) == [200]
        for other in range(5):
            statuses(client, 1, peer=f"198.51.{number % 250}.{other}")
    assert served == 100


def test_threads_do_not_get_past_it_together():
    from concurrent.futures import ThreadPoolExecutor

    counts = Counts(10, lambda: 1_000_000.0)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: counts.acquire_sliding_window_entry("one", 500, 60), range(2000)))
    assert taken.count(True) == 500


def test_counts_keep_the_contract_of_the_library(clock):
    counts = Counts(10, clock)
    assert counts.incr("one", 60) == 1
    assert counts.incr("one", 60, 2) == counts.get("one") == 3
    assert counts.get_sliding_window("one", 60)[2] == 3
    assert counts.get_expiry("one") == clock.now
    counts.clear_sliding_window("one", 60)
    assert counts.get("one") == 0
    assert counts.check()
    clock.now += 61.0
    assert counts.get_sliding_window("one", 60) == (0, 0.0, 0, pytest.approx(120.0 - math.fmod(clock.now, 60.0)))
