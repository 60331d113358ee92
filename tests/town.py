"""A small town whose ways can be worked out by hand, and a house that answers for it.

Seven streets run east and seven north, 200 m apart, so that the way between two
corners is the sum of the blocks, and a block takes 3 minutes at 4 km/h.
"""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import osmium
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache

from geodata.atlas import Atlas
from geodata.building import build_atlas
from geodata.lonlat import LonLat, metres_per_degree
from geodata.memo import Memo
from stations.desk.lists import Lists
from stations.notices.notices import Notices
from stations.notices.posting import Poster
from stations.notices.standing import Books
from stations.people.facts import By, Grant, Person, Role
from stations.people.people import People
from stations.photos.keeping import Photos
from stations.registry.entries import Batch, Changes, Entry
from stations.registry.log import Registry
from stations.registry.snapshot import Snapshot
from stations.registry.stores import open_store
from stations.rounds.rounds import Rounds
from stations.scenarios import Plans
from stations.settings import Settings
from stations.station import Station, StationReader
from stations.stock.stock import Stock
from stations.upkeep.saying import Upkeep
from stations.web.doors import hang
from stations.web.house import House
from stations.web.who import KEPT_IN, TOKEN

PROJECT = Path(__file__).parents[1]
SHANGHAI = ZoneInfo("Asia/Shanghai")
CORNER = (116.3, 28.3)
BLOCK_M = 200.0
BLOCKS = 6
A_FRIDAY = "2026-11-20"
LAST_OF_A_DAY_S = 15.0
WAIT_S = 60.0
"""How long a writer waits for another: many at once take long on a slow disk, and whoever gives up would be no answer
to what is asked here."""


def corner(east: float, north: float) -> LonLat:
    """A position so many blocks from the south-west corner of the town."""
    lon_m, lat_m = metres_per_degree(CORNER[1])
    return LonLat(round(CORNER[0] + east * BLOCK_M / lon_m, 7), round(CORNER[1] + north * BLOCK_M / lat_m, 7))


def today() -> date:
    """The day at the stations; its last seconds are waited out, so that a test ends on the day on which it asked."""
    now = datetime.now(SHANGHAI)
    left_s = (now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - now).total_seconds()
    if left_s < LAST_OF_A_DAY_S:
        time.sleep(left_s + 0.01)
    return datetime.now(SHANGHAI).date()


def write_town(path: Path) -> None:
    """Write the streets and two villages as an OpenStreetMap extract."""
    size = range(BLOCKS + 1)
    number = {(x, y): 1 + x * 100 + y for x in size for y in size}
    with osmium.SimpleWriter(str(path)) as writer:
        for (x, y), ref in number.items():
            at = corner(x, y)
            writer.add_node(osmium.osm.mutable.Node(id=ref, location=(at.lon, at.lat)))
        for ref, name, at in ((9001, "柳村", corner(1, 5)), (9002, "桃村", corner(5, 1))):
            tags = {"place": "village", "name": name}
            writer.add_node(osmium.osm.mutable.Node(id=ref, location=(at.lon, at.lat), tags=tags))
        rows = [[number[x, y] for x in size] for y in size]
        columns = [[number[x, y] for y in size] for x in size]
        for ref, nodes in enumerate(rows + columns, 1):
            writer.add_way(osmium.osm.mutable.Way(id=ref, nodes=nodes, tags={"highway": "residential"}))


def write_townships(path: Path) -> None:
    """Write two townships, west and east of a line in the middle of the third block."""

    def township(name: str, code: str, west: float, east: float) -> dict:
        ring = [corner(west, -1), corner(east, -1), corner(east, 7), corner(west, 7), corner(west, -1)]
        outline = {"type": "Polygon", "coordinates": [[[at.lon, at.lat] for at in ring]]}
        return {"type": "Feature", "properties": {"name": name, "code": code}, "geometry": outline}

    features = [township("西乡", "360681101", -1, 2.5), township("东乡", "360681102", 2.5, 7)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


@pytest.fixture(scope="session")
def atlas(tmp_path_factory) -> Atlas:
    folder = tmp_path_factory.mktemp("town")
    write_town(folder / "town.osm.pbf")
    write_townships(folder / "townships.geojson")
    return build_atlas(folder / "town.osm.pbf", boundaries=folder / "townships.geojson")


@pytest.fixture(scope="session")
def town_stations() -> list[Station]:
    """Six stations, by their way from the south-west corner."""
    reader = StationReader()

    def station(code: str, **facts: object) -> Station:
        return reader.read_or_raise({"code": code} | facts)

    return [
        station("A1", name="近处驿站", position=corner(1, 0), hours="Mo-Su 08:00-18:00",
                     amenities={"microwave": "yes", "water": "yes"}, address="一路1号", custodian="王某"),
        station("A2", name="不详驿站", position=corner(0, 2), amenities={"water": "nearby"}),
        station("A3", name="全天驿站", position=corner(3, 0), hours="24/7", amenities={"microwave": "no"}),
        station("A4", name="<script>alert(1)</script>", name_en="<b>Far</b>", position=corner(6, 6), hours="24/7",
                     amenities={"microwave": "yes"}, address="=1+1"),
        station("A5", name="停用驿站", position=corner(0, 1), hours="24/7", status="retired"),
        station("A6", name="夜间驿站", position=corner(1, 1), hours="Mo-Su 20:00-22:00"),
    ]  # fmt: skip


@pytest.fixture(scope="session")
def made_up(atlas) -> Atlas:
    """The same ground, said to exist only for trying things out."""
    return replace(atlas, summary=replace(atlas.summary, made_up=True), memo=Memo())


@dataclass
class Shelf:
    """A registry that holds what it was given."""

    stations: list[Station]
    revision: int = 7
    trouble: Exception | None = None

    def snapshot(self) -> Snapshot:
        return Snapshot.build(self.revision, self.stations, SHANGHAI)

    def changes(self, since: int, *, limit: int) -> Changes:
        return Changes(since, self.revision, self.revision, ())  # a shelf has no log: nothing was ever written

    def history(self, code: str) -> tuple[Entry, ...]:
        return ()

    def as_of(self, when: datetime | int) -> Snapshot:
        return self.snapshot()  # it was always as it is

    def batches(self, limit: int = 20) -> tuple[Batch, ...]:
        return ()


OpenHouse = Callable[..., Flask]


class Upkeeps:
    """Makes upkeeps of which nothing was said yet, each in a file of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._empty = folder / "empty.db"
        Registry.open(f"sqlite:///{self._empty}", SHANGHAI).close()
        self._made = 0

    def new(self, **options) -> Upkeep:
        self._made += 1
        file = self._folder / f"{self._made}.db"
        shutil.copyfile(self._empty, file)
        return Upkeep(open_store(f"sqlite:///{file}", WAIT_S), SHANGHAI, **options)

    def plans(self, **options) -> Plans:
        """Plans of which none was saved yet, in a file of their own."""
        self._made += 1
        file = self._folder / f"{self._made}.db"
        shutil.copyfile(self._empty, file)
        return Plans(open_store(f"sqlite:///{file}", WAIT_S), SHANGHAI, **options)

    def people(self, clock=lambda: datetime.now(UTC)) -> People:
        """Staff of whom there is nobody yet, in a file of their own; their passwords are hashed in no time."""
        self._made += 1
        file = self._folder / f"{self._made}.db"
        shutil.copyfile(self._empty, file)
        return People(open_store(f"sqlite:///{file}", WAIT_S), clock, hasher=PasswordHasher(1, 8, 1))


@pytest.fixture(scope="session")
def upkeeps(tmp_path_factory) -> Upkeeps:
    return Upkeeps(tmp_path_factory.mktemp("upkeep"))


class Compiled(BytecodeCache):
    """Templates as they were compiled for the first house of a process: a quarter of the time of pages in tests."""

    def __init__(self):
        self.codes = {}

    def load_bytecode(self, bucket):
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket):
        self.codes[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


@pytest.fixture(scope="session")
def open_house(atlas, town_stations, upkeeps) -> OpenHouse:
    """Make an app over the town, or over other ground and other stations.

    What is said at its doors goes to the upkeep that is given, or a new one; with ``None`` nothing can be said.
    So it is with saved plans, and with the staff.
    """

    def make(
        *,
        stations=None,
        ground: Atlas | None = atlas,
        demo: bool = False,
        shelf=None,
        settings=None,
        upkeep="new",
        online=None,
        plans="new",
        people="new",
        desk=None,
        mail=None,
        rounds="over the desk",
        lists="over the desk",
        photos="over the desk",
        stock="over the desk",
        notices="over the desk",
        organisation=None,
    ) -> Flask:
        app = Flask("yizhan", root_path=str(PROJECT))
        app.jinja_env.bytecode_cache = COMPILED
        app.testing = True
        app.config["PROPAGATE_EXCEPTIONS"] = False
        settings = settings or Settings(demo=demo)
        shelf = shelf or Shelf(town_stations if stations is None else stations)
        upkeep = upkeeps.new() if upkeep == "new" else upkeep
        plans = upkeeps.plans() if plans == "new" else plans
        people = upkeeps.people() if people == "new" else people
        if rounds == "over the desk":
            rounds = None if desk is None else Rounds(desk.registry.store, 30)
        if lists == "over the desk":
            lists = None if desk is None else Lists(desk.registry.store)
        if stock == "over the desk":
            stock = None if desk is None else Stock(desk.registry.store)
        if photos == "over the desk":
            photos = None if desk is None else Photos(desk.registry.store)
        if notices == "over the desk":
            without = desk is None or people is None
            about = {"mail": mail, "poster": Poster(), "address": settings.address, "zone": SHANGHAI}
            about["books"] = Books(rounds, stock)
            notices = None if without else Notices(desk, people, **about)
        more = {"notices": notices, "mail": mail, "rounds": rounds, "lists": lists, "stock": stock, "photos": photos}
        more["organisation"] = organisation
        hang(app, House(settings, shelf, ground, upkeep, online, plans, people, desk, **more))
        return app

    return make


AREA = "360681"
"""The county of both townships."""


def token_of(client: FlaskClient) -> str:
    """What a form of the browser that a client is must carry."""
    token: str = client.get("/api/token").get_json()["token"]
    return token


def signed_in(
    client: FlaskClient,
    role: Role | str,
    area: str = AREA,
    stations: tuple[str, ...] = (),
    login: str = "",
    name: str = "",
) -> Person:
    """Sign somebody in, in the browser that a client is, as if they had entered their password.

    A new person of that role and area, unless the log-in name is given and is there already.
    """
    people: People = client.application.extensions[KEPT_IN].people
    login = login or f"{Role(role).value}{len(people.all())}"
    person = people.by_login(login)
    if person is None:
        grants = [Grant(Role(role), area, frozenset(stations))]
        person, _ = people.add(login, name or f"{role}某", grants, by=By("test"), must_change=False)
    with client.session_transaction() as kept:
        kept[TOKEN] = people.sessions.begin(person, "Test/1")
    return person
