"""The desk under the work of a county: fifty staff at once over 20,000 stations, each at the pace of a person.

They sign in as people do, read Today and the list, open stations and save them, make sure of things, inspect, count
shelves and visitors, change many at once and take it back, propose and settle. Two of them may be at the same station:
whoever comes second is shown both and saves again. Anything that is neither a page, nor that, is an error.

The registry stands in a SQLite file, or where YIZHAN_TEST_POSTGRES is the URL of a server in a database on it.
"""

from __future__ import annotations

import dataclasses
import html
import os
import random
import re
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path

import numpy as np
import requests

from benchmarks.house import Ground, Server, serving
from benchmarks.load import anonymous_mb, every_second
from benchmarks.places import Porto, stations_on, tell
from benchmarks.serving import WITHOUT_LIMIT
from geodata.atlas import Atlas
from stations.people.facts import By, Grant, Role
from stations.people.people import People
from stations.registry.log import Registry
from stations.station import Station
from tests.postgres import Databases

STATIONS, STAFF = 20_000, 50
THINK_S = (0.5, 5.0)
"""How long somebody looks at a page before the next."""

WAIT_S = 60.0
PASSWORD = "five-lanterns-on-the-quay-17"  # noqa: S105  of made-up staff, for the time of a measurement
WORDS = ("Station 1", "B00", "bank", "", "", "")
ORDERS = ("", "name", "-hours", "township", "-amenities", "position")
CLASH = "choose."

ROLES = [Role.CLERK] * 26 + [Role.OFFICER] * 8 + [Role.PLANNER] * 4 + [Role.CUSTODIAN] * 12


class Form(HTMLParser):
    """Reads the fields of one form of a page, as a browser would send them unchanged."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._mark, self._within = mark, False
        self._select = self._area = ""

    @classmethod
    def of(cls, page: str, mark: str) -> Form:
        """The form whose action ends so."""
        form = cls(mark)
        form.feed(page)
        if not form.fields:
            message = f"no form for {mark}"
            raise RuntimeError(message)
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a field."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._within = given.get("action", "").endswith(self._mark)
        if not self._within:
            return
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and name and kind not in {"submit", "button", "file"}:
            if kind not in {"checkbox", "radio"} or "checked" in given:
                self.fields.setdefault(name, []).append(given.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.fields.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            self.fields.setdefault(name, [""])

    def handle_data(self, data: str) -> None:
        """Take in what stands in a larger field."""
        if self._within and self._area:
            self.fields[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        """Leave a field, or the form."""
        if tag == "form":
            self._within = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


class Tally:
    """What came back, by what was done."""

    def __init__(self) -> None:
        self.taken_ms: dict[str, list[float]] = defaultdict(list)
        self.faults: list[str] = []
        self.merged = 0
        self.lock = threading.Lock()


class Member:
    """One of the staff, with a browser."""

    def __init__(self, server: Server, login: str, role: Role, codes: list[str], tally: Tally, seed: int) -> None:
        self.browser = requests.Session()
        self.browser.headers["Accept-Language"] = "zh-CN"
        self._url, self._login, self._tally = server.url, login, tally
        self._codes, self._dice = codes, random.Random(seed)
        edits: list[tuple[Callable[[], None], int]] = [(self.edit, 6), (self.check, 4), (self.inspect, 2)]
        days: list[tuple[Callable[[], None], int]] = [(self.count, 2), (self.visit, 2)]
        self._deeds = {
            Role.CLERK: [(self.today, 3), (self.browse, 4), *edits, *days],
            Role.OFFICER: [(self.today, 3), (self.browse, 3), (self.settle, 6), (self.change_many, 1), *edits],
            Role.PLANNER: [(self.browse, 6), (self.read, 4)],
            Role.CUSTODIAN: [(self.today, 3), (self.edit, 1), (self.check, 1), (self.read, 6), *days],
        }[role]

    def work(self, until: float) -> None:
        """Sign in, and work until then."""
        self.get("/desk/sign-in")
        page = self.get("/desk/sign-in").text
        form = Form.of(page, "/desk/sign-in").fields | {"login": [self._login], "password": [PASSWORD]}
        self.post("sign in", "/desk/sign-in", form)
        deeds, weights = zip(*self._deeds, strict=True)
        while time.monotonic() < until:
            deed = self._dice.choices(deeds, weights)[0]
            try:
                deed()
            except (requests.RequestException, RuntimeError, KeyError, IndexError) as fault:
                with self._tally.lock:
                    self._tally.faults.append(f"{self._login}, {deed.__name__}: {fault!r}")
            time.sleep(self._dice.uniform(*THINK_S))

    def today(self) -> None:
        """See what is to be done."""
        self.get("/desk", "today")

    def browse(self) -> None:
        """Sift the list, sort it, turn a page."""
        asked = {
            "q": self._dice.choice(WORDS),
            "order": self._dice.choice(ORDERS),
            "page": str(self._dice.randint(1, 5)),
            "due": self._dice.choice(("", "", "overdue")),
        }
        self.get("/desk/stations", "the list", {name: value for name, value in asked.items() if value})

    def read(self) -> None:
        """Look at a station."""
        self.get(f"/desk/stations/{self._dice.choice(self._codes)}", "a station")

    def edit(self) -> None:
        """Change a station, or propose it; who comes second sees both and saves again."""
        path = f"/desk/stations/{self._dice.choice(self._codes)}"
        page = self.get(path, "a station").text
        for _ in range(5):
            form = Form.of(page, path).fields | {"note": [f"{self._login} {self._dice.random():.6f}"]}
            time.sleep(self._dice.uniform(*THINK_S))
            answer = self.post("save", path, form, HTTPStatus.CONFLICT)
            if answer.status_code != HTTPStatus.CONFLICT:
                return
            with self._tally.lock:
                self._tally.merged += 1
            page = answer.text
        raise RuntimeError("still somebody else's after five times")

    def check(self) -> None:
        """Make sure that hours are as they are said to be."""
        code = self._dice.choice(self._codes)
        page = self.get(f"/desk/stations/{code}", "a station").text
        form = Form.of(page, f"/{code}/checked").fields | {"aspect": ["hours"]}
        self.post("make sure", f"/desk/stations/{code}/checked", form)

    def settle(self) -> None:
        """Refuse or accept what a custodian proposed."""
        page = self.get("/desk/proposals", "proposals").text
        found = re.findall(r'href="/desk/proposals/(\d+)"', page)
        if not found:
            return
        number = self._dice.choice(found)
        page = self.get(f"/desk/proposals/{number}", "a proposal").text
        try:
            form = Form.of(page, f"/desk/proposals/{number}").fields
        except RuntimeError:
            return  # somebody else was quicker
        form |= {"do": ["refuse"], "reason": ["已核对，现状无误"]}
        self.post("settle", f"/desk/proposals/{number}", form, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)

    def inspect(self) -> None:
        """Go through the first items of a sheet, and send it."""
        path = f"/desk/inspections/sheet/{self._dice.choice(self._codes)}"
        page = self.get(path, "a sheet").text
        items = re.findall(r'type="radio" name="(is\.[^"]+)" value="yes"', page)[:5]
        form = Form.of(page, path).fields | {item: ["yes"] for item in items} | {"do": ["send"]}
        self.post("send a sheet", path, form, HTTPStatus.CONFLICT)

    def count(self) -> None:
        """Count a shelf."""
        path = f"/desk/stations/{self._dice.choice(self._codes)}/supplies"
        page = self.get(path, "a shelf").text
        form = Form.of(page, path).fields
        form |= {name: [str(self._dice.randint(0, 60))] for name in form if name.startswith("amount.")}
        self.post("count a shelf", path, form, HTTPStatus.CONFLICT)

    def visit(self) -> None:
        """Enter who came today."""
        path = f"/desk/stations/{self._dice.choice(self._codes)}/visits"
        page = self.get(path, "visits of a station").text
        form = Form.of(page, path).fields
        fields = re.findall(r'inputmode="numeric" name="([^"]+)"', page)
        form |= {fields[0]: [str(self._dice.randint(1, 90))]}
        self.post("enter visits", path, form, HTTPStatus.CONFLICT)

    def change_many(self) -> None:
        """Change twenty stations at once, and take it back."""
        codes = self._dice.sample(self._codes, 20)
        asked = {"of": ["chosen"], "what": ["note"], "code": codes}
        page = self.get("/desk/bulk", "twenty chosen", asked).text
        path = html.unescape(re.findall(r'class="wish" method="post" action="([^"]+)"', page)[0])
        page = self.post(
            "look at twenty",
            path,
            Form.of(page, path).fields | {"note": [f"{self._login} {self._dice.random()}"], "do": ["look"]},
        ).text
        answer = self.post("change twenty", path, Form.of(page, path).fields | {"do": ["write"]}, HTTPStatus.CONFLICT)
        found = re.search(r'action="(/desk/changes/\d+/(?:own|undo))"', answer.text)
        if found is not None:
            form = Form.of(answer.text, found[1]).fields
            self.post("take it back", found[1], form, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)

    def get(self, path: str, what: str = "", asked: Mapping[str, str | list[str]] | None = None) -> requests.Response:
        """Ask for a page."""
        begun = time.perf_counter()
        answer = self.browser.get(self._url + path, params=asked, timeout=WAIT_S)
        return self._note(what, begun, answer, ())

    def post(self, what: str, path: str, form: dict[str, list[str]], *fine: int) -> requests.Response:
        """Send a form, and follow where it leads."""
        begun = time.perf_counter()
        answer = self.browser.post(self._url + path, data=form, timeout=WAIT_S)
        return self._note(what, begun, answer, fine)

    def _note(self, what: str, begun: float, answer: requests.Response, fine: tuple[int, ...]) -> requests.Response:
        taken_ms = (time.perf_counter() - begun) * 1000.0
        with self._tally.lock:
            if what:
                self._tally.taken_ms[what].append(taken_ms)
            if answer.status_code != HTTPStatus.OK and answer.status_code not in fine:
                self._tally.faults.append(f"{self._login}: {answer.status_code} {answer.request.method} {answer.url}")
        return answer


def run(_: Porto, seconds: float) -> None:
    """Let fifty staff work for so long."""
    with tempfile.TemporaryDirectory() as name, a_database(Path(name) / "county.db") as database:
        small = Ground.demo(Path(name))
        stations = placed(small.atlas, stations_on(small.atlas, STATIONS))
        ground = Ground.of(small.atlas, small.folder, stations, Path(name), database)
        codes = sorted({station.township for station in stations if station.township})
        area = codes[0][:6]
        mine = [station for station in stations if station.township.startswith(area)]
        people_in(ground, area, mine)
        with serving(ground, workers=2, threads=4, settings=WITHOUT_LIMIT) as server:
            work(server, mine, seconds)
        registry = Registry.open(ground.database)
        tell("stations, revisions written meanwhile", f"{STATIONS:,}, {registry.snapshot().revision - STATIONS:,}")
        registry.close()


@contextmanager
def a_database(path: Path) -> Iterator[str]:
    """URL of a new database for as long as it is needed."""
    server = os.environ.get("YIZHAN_TEST_POSTGRES")
    if not server:
        yield f"sqlite:///{path}"
        return
    databases = Databases(server)
    try:
        yield databases.new()
    finally:
        databases.drop_all()


def placed(atlas: Atlas, stations: list[Station]) -> list[Station]:
    """The same stations, each with its township."""
    lon = np.array([station.position.lon for station in stations])
    lat = np.array([station.position.lat for station in stations])
    found = atlas.townships.townships_at(lon, lat).tolist()
    codes = atlas.townships.codes
    return [
        dataclasses.replace(station, township=codes[index] if index >= 0 else "")
        for station, index in zip(stations, found, strict=True)
    ]


def people_in(ground: Ground, area: str, stations: list[Station]) -> None:
    """Open accounts for the staff."""
    registry = Registry.open(ground.database)
    people = People(registry.store, lambda: datetime.now(UTC), "")
    for number, role in enumerate(ROLES):
        kept = frozenset(one.code for one in stations[number * 3 : number * 3 + 3])
        grant = Grant(role, area, kept if role is Role.CUSTODIAN else frozenset())
        people.add(f"staff{number}", f"员工{number}", [grant], by=By("bench"), password=PASSWORD, must_change=False)
    registry.close()


def work(server: Server, stations: list[Station], seconds: float) -> None:
    """Let everybody work at once, and tell what came of it."""
    tally, memory_mb = Tally(), []
    codes = [station.code for station in stations]
    until = time.monotonic() + seconds
    threads = []
    for number, role in enumerate(ROLES):
        own = codes[number * 3 : number * 3 + 3] if role is Role.CUSTODIAN else codes[:400]
        member = Member(server, f"staff{number}", role, own, tally, number)
        threads.append(threading.Thread(target=member.work, args=(until,)))
    with every_second(lambda: memory_mb.append(sum(anonymous_mb(pid) for pid in server.workers()))):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for what, taken in sorted(tally.taken_ms.items()):
        half, slow = np.percentile(taken, [50, 99])
        tell(f"{what}, {len(taken):,} times", f"{half:.0f} ms, 99 % {slow:.0f} ms")
    tell(f"{len(ROLES)} staff, {seconds:.0f} s: errors", f"{len(tally.faults)}", "none")
    tell("met somebody else at the same station", f"{tally.merged} times")
    for fault in tally.faults[:10]:
        print(f"  {fault}")
    quarters = [float(np.mean(part)) for part in np.array_split(memory_mb, 4)]
    tell("memory of the workers, by quarters", ", ".join(f"{one:.0f}" for one in quarters) + " MB", "flat")
