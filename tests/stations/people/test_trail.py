"""What was done at the doors of the staff is written down, and nobody rewrites it."""

import pytest
import sqlalchemy as sa

from stations.errors import RegistryError
from stations.people.audit import area_of_all
from stations.people.facts import By, Grant, Role, area_of
from stations.people.people import People
from stations.registry.log import Registry
from stations.registry.schema import AUDIT
from stations.registry.stores import open_store
from tests.stations.people.conftest import DOOR


@pytest.fixture(params=["sqlite", "postgresql"])
def people(request, upkeeps, clock):
    """Staff on either store."""
    if request.param == "sqlite":
        yield upkeeps.people(clock)
        return
    url = request.getfixturevalue("postgres_registry")
    Registry.open(url).close()
    store = open_store(url, 2.0)
    yield People(store, clock)
    store.close()


@pytest.fixture
def told(people):
    """A trail of a few rows."""
    for number in range(5):
        people.audit.tell(DOOR, "signed in", f"one{number}", "360681")
    return people


@pytest.mark.parametrize("change", [
    sa.update(AUDIT).values(who="another"),
    sa.delete(AUDIT),
    sa.delete(AUDIT).where(AUDIT.c.number == 5),
    sa.insert(AUDIT).values(number=9, at="", who="", what="", about="", area="", network="", mark=""),
])  # fmt: skip
def test_the_database_refuses_to_rewrite_it(told, change) -> None:
    if change.is_insert and told.store.on_server:
        with told.store.writing() as connection:
            connection.execute(change)
        assert told.audit.verify().broken == 6, "a row out of order is taken there, and shown by verifying"
        return
    with pytest.raises(RegistryError), told.store.writing() as connection:
        connection.execute(change)
    assert told.audit.verify().rows == 5


@pytest.mark.parametrize(
    "change", ["UPDATE audit SET who = 'me' WHERE number = 3", "DELETE FROM audit WHERE number = 2"]
)
def test_whoever_is_mightier_breaks_the_chain(told, change) -> None:
    with told.store.writing() as connection:
        for name in ("audit_no_update", "audit_no_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {name}" + (" ON audit" if told.store.on_server else ""))
        connection.exec_driver_sql(change)
    assert told.audit.verify().broken == int(change[-1])


def test_a_trail_that_is_whole_is_verified(told) -> None:
    found = told.audit.verify()
    assert (found.rows, found.broken) == (5, None)
    assert found.mark == told.audit.latest(limit=1)[0].mark


def test_rights_are_written_down_with_what_they_change(people) -> None:
    people.add("zhang", "张某", [Grant(Role.CLERK, "360681101")], by=By("root"))
    people.grant("zhang", Grant(Role.CUSTODIAN, "360681", frozenset({"A1"})), by=By("li"))
    people.revoke("zhang", Role.CLERK, "360681101", by=By("li"))
    rows = [(row.who, row.what, row.about, row.area) for row in reversed(people.audit.latest())]
    assert rows == [
        ("root", "added", "zhang", "360681101"),
        ("root", "granted", "zhang: clerk 360681101", "360681101"),
        ("li", "granted", "zhang: custodian 360681 A1", "360681"),
        ("li", "revoked", "zhang: clerk 360681101", "360681101"),
    ]


def test_what_is_refused_is_not_written_down(people) -> None:
    people.add("zhang", "张某", [Grant(Role.CLERK, "360681101")], by=By("root"))
    before = people.audit.verify().rows
    with pytest.raises(ValueError, match="taken"):
        people.add("ZHANG", "又某", [Grant(Role.CLERK, "360681101")], by=By("root"))
    assert people.audit.verify().rows == before
    assert len(people.all()) == 1


def test_an_area_sees_its_own_rows(told) -> None:
    told.audit.tell(DOOR, "signed in", "beside", "360682")
    told.audit.tell(DOOR, "sign-in failed")
    assert {row.about for row in told.audit.latest(areas=("360682",))} == {"beside"}
    assert len(told.audit.latest(areas=("3606",))) == 6
    assert len(told.audit.latest()) == 7
    assert told.audit.latest(areas=()) == []
    assert [row.number for row in told.audit.latest(before=3)] == [2, 1]


@pytest.mark.parametrize(
    ("written", "meant"), [("360000", "36"), ("360600", "3606"), ("360681", "360681"), (" 360681101000 ", "360681101")]
)
def test_areas_are_read_as_people_write_them(written, meant) -> None:
    assert area_of(written) == meant


@pytest.mark.parametrize("written", ["", "3", "360", "36068", "36068110", "３６", "xx", "00", "3606811011011", "36%"])
def test_what_is_no_area_is_refused(written) -> None:
    with pytest.raises(ValueError, match="is not the code of an area"):
        area_of(written)


def test_an_account_belongs_where_all_its_areas_begin() -> None:
    assert area_of_all([Grant(Role.CLERK, "360681101"), Grant(Role.CLERK, "360682")]) == "36068"
    assert area_of_all([Grant(Role.CLERK, "360681101"), Grant(Role.ADMINISTRATOR)]) == ""
    assert area_of_all([]) == ""
