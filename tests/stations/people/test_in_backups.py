"""The staff are in a backup with what they may do and what was done; no way in that was open is."""

import gzip
from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pyotp
import pytest
from argon2 import PasswordHasher

from stations.people.facts import By, Grant, Role
from stations.people.identities import Identities
from stations.people.organisation import Identity
from stations.people.people import People
from stations.people.resetting import Resets
from stations.people.signing import Signing
from stations.registry import kept
from stations.registry.backups import back_up, restore
from stations.registry.log import Registry

SECRET = "0c9f1e7ab35d24680c9f1e7ab35d2468"
PASSWORD = "words of my own"
BOUND = Identity("https://id.example.org", "4711", "")


@pytest.fixture
def staffed(tmp_path, clock):
    """A house with a clerk who has everything, in a file."""
    registry = Registry.open(f"sqlite:///{tmp_path / 'first.db'}", ZoneInfo("Asia/Shanghai"))
    people = People(registry.store, clock, SECRET, hasher=PasswordHasher(1, 8, 1))
    grants = [Grant(Role.CLERK, "360681"), Grant(Role.PLANNER, "3606")]
    clerk, _ = people.add(
        "clerk", "办某", grants, by=By("root"), mail="ban@example.org", password=PASSWORD, must_change=False
    )
    secret, sealed = people.factors.offer(clerk)
    codes = people.factors.set_up(clerk, sealed, pyotp.TOTP(secret).at(clock()), by=By("clerk"))
    Identities(people).bind(clerk, BOUND, by=By("clerk"))
    token = people.sessions.begin(clerk)
    [(_, link)] = Resets(people).links("clerk", by=By(""))
    people.tries.count({"somebody": 3})
    path = tmp_path / "kept.gz"
    back_up(registry.store, path, at=datetime.now(UTC))
    yield SimpleNamespace(people=people, path=path, codes=codes, secret=secret, token=token, link=link)
    registry.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def restored(request, staffed, tmp_path, clock):
    url = f"sqlite:///{tmp_path / 'second.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_empty")
    restore(url, staffed.path, wait_s=5.0)
    registry = Registry.open(url)
    yield People(registry.store, clock, SECRET, hasher=PasswordHasher(1, 8, 1))
    registry.close()


def test_the_staff_come_along(staffed, restored, clock) -> None:
    assert restored.all() == staffed.people.all()
    clerk, _ = Signing(restored).password("clerk", PASSWORD, by=By(""))
    clock.on(minutes=2)
    assert restored.factors.fits(clerk, pyotp.TOTP(staffed.secret).at(clock()), by=By("clerk"))
    assert restored.factors.fits(clerk, staffed.codes[0], by=By("clerk"))
    assert Identities(restored).of(clerk, BOUND.issuer) is not None


def test_the_trail_comes_along_and_goes_on(staffed, restored) -> None:
    before = staffed.people.audit.verify()
    assert restored.audit.verify() == before
    assert before.broken is None
    restored.audit.tell(By("root"), "restored")
    assert restored.audit.verify().rows == before.rows + 1


def test_what_was_open_does_not(staffed, restored) -> None:
    assert staffed.people.sessions.person(staffed.token) is not None
    assert restored.sessions.person(staffed.token) is None
    assert Resets(staffed.people).person(staffed.link) is not None
    assert Resets(restored).person(staffed.link) is None
    restored.tries.count({"somebody": 1})  # nothing that failed is held against anybody


def test_no_secret_stands_in_it_as_it_is(staffed) -> None:
    text = gzip.decompress(staffed.path.read_bytes()).decode()
    for secret in (PASSWORD, staffed.secret, staffed.token, staffed.link, staffed.codes[0], SECRET):
        assert secret not in text
    assert '"password":"$argon2id$' in text


def test_somebody_added_while_it_was_made_leaves_no_right_without_an_owner(tmp_path, staffed) -> None:
    people, seen = staffed.people, []
    for page in kept.kept_rows(people.store.reading, 10**9):
        seen += page
        if page[0].table == "person":
            people.add("late", "迟某", [Grant(Role.CLERK, "360681")], by=By("root"))
    assert any(row.table == "person_grant" and row.values[0] == 2 for row in seen), "or this shows nothing"
    url = f"sqlite:///{tmp_path / 'third.db'}"
    other = Registry.open(url)
    with other.store.writing() as connection:
        for row in seen:
            kept.put_back(connection, [row])
    assert [one.login for one in People(other.store, lambda: datetime.now(UTC), SECRET).all()] == ["clerk"]
    other.close()
