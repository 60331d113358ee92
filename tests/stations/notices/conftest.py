"""A county with two stations in the west and one in the east, its staff, and what they are told."""

from __future__ import annotations

import shutil
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from http.server import HTTPServer
from pathlib import Path
from secrets import token_hex
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from geodata.lonlat import LonLat
from stations.desk.desk import Desk
from stations.desk.listed import Asked
from stations.desk.lists import Lists
from stations.errors import MailError, PostError
from stations.mail import Letter
from stations.notices.facts import Kind, Rhythm
from stations.notices.notices import Notices
from stations.notices.posting import Answered
from stations.notices.standing import Books
from stations.notices.webaddress import WebAddress
from stations.people.facts import By, Grant, Person, Role
from stations.people.people import People
from stations.registry.log import Registry
from stations.rounds.facts import Answer, Sheet, Wish
from stations.rounds.facts import State as Found
from stations.rounds.rounds import Rounds
from stations.station import StationReader
from stations.stock.levels import Kind as Counted
from stations.stock.levels import Moved
from stations.stock.scope import Where
from stations.stock.stock import Stock
from stations.upkeep.facts import Aspect, Sender
from stations.upkeep.saying import Upkeep

ZONE = ZoneInfo("Asia/Shanghai")
EVERY = {Aspect.HOURS: 90, Aspect.AMENITIES: 60, Aspect.POSITION: 365}
WEST, EAST, COUNTY, NEXT = "360681101", "360681102", "360681", "360682"
BY = By("root")
OPEN_ADDRESS = "93.184.215.14"
HOOK = WebAddress.read("https://hooks.example.org/in")


@dataclass
class Postbox:
    """A mail server that keeps what it is given, or is away."""

    letters: list[Letter] = field(default_factory=list)
    away: bool = False

    def send(self, letter: Letter, *, at: datetime) -> None:
        if self.away:
            raise MailError("The mail server could not be reached: {said}", later=True, said="nobody there")
        self.letters.append(letter)


@dataclass
class Posted:
    """A webhook that keeps what it is sent, and answers as it is told."""

    status: int = 204
    sent: list[tuple[WebAddress, bytes, dict[str, str]]] = field(default_factory=list)

    def check(self, address: WebAddress) -> None: ...

    def post(self, address: WebAddress, body: bytes, headers) -> Answered:
        if not self.status:
            raise PostError("{said}", said="connection refused")
        self.sent.append((address, body, dict(headers)))
        return Answered(self.status, f"{self.status} said")


@dataclass
class Office:
    """A house with staff, a clock that is turned by hand, and all that is told."""

    registry: Registry
    now: datetime = datetime(2026, 11, 22, 1, tzinfo=UTC)  # nine in the morning
    post: Postbox = field(default_factory=Postbox)
    hook: Posted = field(default_factory=Posted)

    def __post_init__(self) -> None:
        self.desk = Desk(self.registry, EVERY)
        self.people = People(self.registry.store, lambda: self.now, "x" * 32, hasher=PasswordHasher(1, 8, 1))
        self.upkeep = Upkeep(self.registry.store, ZONE)
        self.rounds, self.stock = Rounds(self.registry.store, 30), Stock(self.registry.store)
        self.lists = Lists(self.registry.store)
        self.notices = self.again()

    def again(self) -> Notices:
        """What another process has of the same house."""
        return Notices(
            self.desk, self.people, mail=self.post, poster=self.hook, address="https://yizhan.example.org", zone=ZONE,
            books=Books(self.rounds, self.stock),
        )  # fmt: skip

    def hire(self, login: str, area: str = COUNTY, kinds=tuple(Kind), rhythm=Rhythm.AT_ONCE, **facts) -> Person:
        grant = Grant(facts.pop("role", Role.CLERK), area, frozenset(facts.pop("stations", ())))
        facts = {"mail": f"{login}@example.org", "language": "en"} | facts
        person, _ = self.people.add(login, f"{login} 某", [grant], by=BY, must_change=False, **facts)
        self.notices.choices.choose(login, kinds, rhythm)
        self.notices.look(self.now)
        return person

    def hook_up(self, area: str = COUNTY, kinds=tuple(Kind)):
        hook, secret = self.notices.hooks.add(area, HOOK, kinds, by=BY)
        self.notices.look(self.now)
        return hook, secret

    def edit(self, code: str, who: str = "editor", **facts) -> None:
        snapshot = self.registry.snapshot()
        row = snapshot.index(code)
        changed = replace(snapshot.stations[row], **facts)
        self.desk.write(changed, seen=int(snapshot.revisions[row]), who=who, at=self.now)

    def report(self, code: str = "W1", kind: str = "locked", times: int = 2, first: int = 1) -> None:
        revision = int(self.registry.snapshot().revisions[self.registry.snapshot().index(code)])
        for number in range(first, first + times):
            sender = Sender(f"device {number}", f"203.0.113.{number}")
            self.upkeep.report(code, kind, sender=sender, found=self.now, now=self.now, revision=revision)

    def propose(self, code: str = "W1", who: str = "keeper", **facts):
        snapshot = self.registry.snapshot()
        row = snapshot.index(code)
        station = snapshot.stations[row]
        return self.desk.proposals.propose(
            replace(station, **facts or {"phone": "1"}), revision=int(snapshot.revisions[row]),
            township=station.township, note="手机 13800000000", who=who, at=self.now,
        )  # fmt: skip

    def find_fault(self, code: str = "W1", person: str = "", days: int = 7, who: str = "inspector") -> int:
        """Inspect a station, find its first amenity wanting, and make a task of it; gives its number."""
        checklist = self.rounds.checklist()
        item = next(key for key, one in checklist.items.items() if one.amenity)
        today = self.now.astimezone(ZONE).date()
        row = self.registry.snapshot().index(code)
        station = self.registry.snapshot().stations[row]
        sheet = Sheet(
            token_hex(16), code, station.township, int(self.registry.snapshot().revisions[row]), checklist, who, today,
            {item: Answer(Found.NO, note="手机 13800000000")},
        )  # fmt: skip
        self.rounds.send(sheet, wishes=[Wish(item, today + timedelta(days=days), person)], judged={}, at=self.now)
        return max(task.number for task in self.rounds.tasks.open())

    def count(self, code: str = "W1", expires: date | None = None, **amounts: int) -> None:
        """Count supplies of a station."""
        today = self.now.astimezone(ZONE).date()
        moved = [Moved(item, amount, expires) for item, amount in amounts.items()]
        township = self.registry.snapshot().stations[self.registry.snapshot().index(code)].township
        self.stock.supplies.enter(
            Where(code, township), Counted.COUNT, moved, day=today, today=today, who="counter", at=self.now, mark="",
            seen=self.stock.supplies.shelf(code)[1],
        )  # fmt: skip

    def bring_list(self, area: str = WEST, who: str = "bringer"):
        return self.lists.keep("王某的名单.csv", b"x", Asked(), area=area, who=who, at=self.now)

    def pass_time(self, **by: float) -> None:
        self.now += timedelta(**by)

    def tell(self) -> list[Letter]:
        """Look, and deliver; gives the letters that came of it."""
        before = len(self.post.letters)
        self.notices.look(self.now)
        self.notices.deliver_all(self.now)
        return self.post.letters[before:]


@pytest.fixture(scope="session")
def begun(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("notices") / "begun.db"
    registry = Registry.open(f"sqlite:///{file}", ZONE)
    fill(registry)
    registry.close()
    return file


def fill(registry: Registry) -> None:
    read = StationReader().read_or_raise
    checked = {f"{one}_checked": date(2026, 11, 20) for one in Aspect}
    places = {"W1": WEST, "W2": WEST, "E1": EAST}
    registry.append(
        [
            read({"code": code, "name": f"驿站{code}", "name_en": f"Station {code}", "township": township,
                  "position": LonLat(116.3, 28.3), "hours": "24/7", **checked})
            for code, township in places.items()
        ],
        what="import", who="import", at=datetime(2026, 11, 20, tzinfo=UTC),
    )  # fmt: skip


@pytest.fixture
def open_office(begun, tmp_path) -> Iterator[Callable[..., Office]]:
    made: list[Registry] = []

    def open_(url: str = "") -> Office:
        if not url:
            if not made:
                shutil.copyfile(begun, tmp_path / "office.db")
            url = f"sqlite:///{tmp_path / 'office.db'}"
        made.append(Registry.open(url, ZONE))
        return Office(made[-1])

    yield open_
    for one in made:
        one.close()


@pytest.fixture
def office(open_office) -> Office:
    return open_office()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example.org")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1)).not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example.org")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + plain)
    return file


@contextmanager
def listening(server: HTTPServer, certificate: Path) -> Iterator[None]:
    """Have a server of this machine answer with a certificate for `HOOK`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield
    server.shutdown()
    server.server_close()
