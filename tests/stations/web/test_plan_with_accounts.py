"""In a house with accounts, planners change plans of their area, and the key opens nothing."""

from datetime import UTC, datetime

import pytest

from stations.people.facts import By, Grant, Role
from stations.registry.log import Registry
from stations.scenarios import Plans
from tests.stations.web.test_plan_the_next import ASKED, HERE, UNCOUNTED, Planner
from tests.town import AREA, SHANGHAI, signed_in

NEXT = "360682"


@pytest.fixture(scope="module")
def registered(tmp_path_factory, town_stations):
    registry = Registry.open(f"sqlite:///{tmp_path_factory.mktemp('accounts') / 'town.db'}", SHANGHAI)
    registry.write(lambda _: town_stations, what="import", who="test", at=datetime(2026, 11, 1, tzinfo=UTC))
    return registry


@pytest.fixture(scope="module")
def plans(registered):
    return Plans(registered.store, SHANGHAI, desk=registered)


@pytest.fixture(scope="module")
def people(upkeeps):
    found = upkeeps.people()
    found.add("root", "根某", [Grant(Role.ADMINISTRATOR)], by=By("test"), must_change=False)
    return found


@pytest.fixture(scope="module")
def house(open_house, registered, plans, people):
    return open_house(shelf=registered, plans=plans, people=people, settings=UNCOUNTED)


@pytest.fixture
def somebody(house):
    def make(role: str = "", area: str = AREA, stations: tuple[str, ...] = ()) -> Planner:
        planner = Planner(house.test_client())
        if role:
            signed_in(planner.client, role, area, stations, login=f"{role}-{area or 0}")
        return planner

    return make


@pytest.fixture(scope="module")
def kept(house):
    """A plan of sites in both townships, saved by a planner of the county."""
    planner = Planner(house.test_client())
    signed_in(planner.client, "planner", AREA, login="first")
    saved = planner.send("/save", name="第一", **ASKED)
    assert saved.status_code == 201, saved.text
    return saved.json["plan"]


def test_a_plan_is_saved_under_the_log_in_name(plans, people, kept) -> None:
    assert plans.scenarios.get(kept).by == "first"
    assert [row.what for row in people.audit.latest(limit=1000) if row.who == "first"] == ["plan saved"]


@pytest.mark.parametrize(
    ("role", "area", "fits"),
    [
        ("", AREA, False),
        ("custodian", AREA, False),
        ("clerk", AREA, False),
        ("planner", AREA, True),
        ("officer", AREA, True),
        ("administrator", "", True),
        ("planner", NEXT, False),
        ("officer", NEXT, False),
        ("administrator", NEXT, False),
        ("planner", "360681101", False),
    ],
)
def test_who_changes_plans_of_the_county(somebody, plans, kept, role, area, fits) -> None:
    one = somebody(role, area, ("A1",) if role == "custodian" else ())
    saved = one.send("/save", name=f"{role}{area}", by="somebody else", **ASKED)
    assert saved.status_code == (201 if fits else 403), saved.text
    if fits:
        assert plans.scenarios.get(saved.json["plan"]).by == f"{role}-{area or 0}", "whatever the form says"
        assert one.send("/remove", plan=saved.json["plan"]).status_code == 200
    else:
        assert one.send("/remove", plan=kept).status_code == 403
        key = one.answer(**ASKED)["plan"]["sites"][0]["key"]
        assert one.send("/accept", plan=kept, key=key, name="新站").status_code == 403
    assert plans.scenarios.get(kept).removed is None


def test_a_site_is_accepted_in_the_own_area_alone(somebody, registered, kept) -> None:
    planner = somebody("planner")
    sites = planner.answer(plan=kept)["plan"]["sites"]
    made = planner.send("/accept", plan=kept, key=sites[0]["key"], name="新站")
    assert made.status_code == 201, made.text
    assert registered.history(made.json["code"])[-1].batch.who == "planner-360681"


def test_the_key_opens_nothing_where_there_are_accounts(somebody, plans) -> None:
    one = somebody()
    assert one.send("/enter", key=plans.key.key()).status_code == 403
    assert one.client.get(f"{HERE}/enter").headers["Location"].startswith("/desk/sign-in?next=/planning/siting")


def test_a_key_that_was_entered_before_opens_nothing_any_more(open_house, registered, plans, upkeeps) -> None:
    people = upkeeps.people()
    one = Planner(open_house(shelf=registered, plans=plans, people=people, settings=UNCOUNTED).test_client())
    assert one.send("/enter", key=plans.key.key()).status_code == 200
    assert one.send("/save", name="mine", by="me", **ASKED).status_code == 201
    people.add("root", "根某", [Grant(Role.ADMINISTRATOR)], by=By("test"))
    assert one.send("/save", name="mine", by="me", **ASKED).status_code == 403
