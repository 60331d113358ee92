"""A planner saves a plan under a name, finds it again, and nothing that was saved is ever written over."""

import pytest

from stations.errors import ScenarioError, UnknownScenarioError
from stations.scenarios import StoredPlan, saving
from tests.stations.scenarios.conftest import DAY, NOON, PLAN


def test_a_saved_plan_is_found_with_all_that_it_follows_from(office):
    saved = office.save(note="  为了冬天\n第二行 ", by="  林  某 ")
    for one in (office.scenarios.get(saved.id), office.scenarios.get("六个新站"), office.scenarios.all()[0]):
        assert one == saved
    assert len(saved.id) == 8
    assert saved.id.isascii()
    assert (saved.name, saved.by, saved.note) == ("六个新站", "林 某", "为了冬天\n第二行")
    assert saved.made == NOON
    assert saved.made.utcoffset().total_seconds() == 8 * 3600, "told in the stations' time"
    assert saved.plan == PLAN
    assert dict(saved.query) == {"aim": ("most",), "sites": ("2",), "host": ("bank", "post"), "lang": ("en",)}
    assert (saved.revision, saved.digest) == (7, "d" * 64)
    assert dict(saved.summary) == {"unit": "people", "after": 1200.0}
    assert (saved.version, saved.removed, dict(saved.accepted)) == (1, None, {})


def test_saved_again_it_is_the_next_version_and_the_first_stays(office):
    first = office.save()
    office.now += DAY
    other = office.save("另一个")
    office.now += DAY
    second = office.save(by="周某", plan=StoredPlan(("n9",), 1.0, 1.0, "proven", 2.0))
    assert office.scenarios.all() == (second, other), "the one saved last first"
    assert office.scenarios.get("六个新站") == second
    assert office.scenarios.get(first.id) == first
    assert [(one.version, one.by) for one in office.scenarios.versions("六个新站")] == [(2, "周某"), (1, "林某")]


def test_a_removed_plan_is_out_of_the_list_and_still_there(office):
    first, second = office.save(), office.save()
    removed = office.scenarios.remove("六个新站", "周某", NOON + DAY)
    assert (removed.id, removed.removed, removed.removed_by) == (second.id, NOON + DAY, "周某")
    assert office.scenarios.all() == ()
    with pytest.raises(UnknownScenarioError, match="No plan “六个新站” was saved"):
        office.scenarios.get("六个新站")
    kept = office.scenarios.get(first.id)
    assert (kept.plan, kept.by, kept.removed_by) == (PLAN, "林某", "周某"), "and so are the versions before it"
    assert office.scenarios.remove(second.id, "李某", NOON).removed_by == "周某", "once is enough"
    assert len(office.rows("scenario_event")) == 1
    third = office.save()
    assert (third.version, third.removed) == (3, None)
    assert office.scenarios.all() == (third,)


def test_rows_are_only_ever_added(desk):
    saved = desk.save()
    before = desk.rows("scenario")
    desk.save()
    desk.scenarios.remove(saved.id, "周某", NOON)
    desk.scenarios.accepted(saved.id, "n7", "P-1", "周某", NOON)
    assert desk.rows("scenario")[:1] == before
    assert [row[2:6] for row in desk.rows("scenario_event")] == [
        ("removed", "", "", "周某"),
        ("accepted", "n7", "P-1", "周某"),
    ]


def test_an_id_comes_before_a_name(desk):
    first = desk.save()
    desk.save(first.id)
    assert desk.scenarios.get(first.id) == first


@pytest.mark.parametrize(
    ("facts", "field", "told"),
    [
        ({"name": " \n"}, "name", "Give the plan a name"),
        ({"name": "名" * 61}, "name", "The name has 61 characters. Say it in 60."),
        ({"by": ""}, "by", "Say who you are"),
        ({"by": "\u202e\u200b"}, "by", "Say who you are"),
        ({"by": "x" * 61}, "by", "61 characters"),
        ({"note": "x" * 1001}, "note", "The note has 1001 characters. Say it in 1000."),
        ({"query": {"point": ["116.3,28.3"] * 6000}}, "", "too long to be saved"),
        ({"query": {"list": ["0123456789abcdef"]}}, "list", "is not kept any more. Upload it again."),
    ],
)
def test_what_cannot_be_saved_is_told(desk, facts, field, told):
    with pytest.raises(ScenarioError, match=told) as caught:
        desk.save(**facts)
    assert caught.value.field == field
    assert desk.scenarios.all() == ()


def test_signs_that_turn_a_line_around_are_left_out(desk):
    assert desk.save("夏\u202e天\u0000").name == "夏天"


def test_there_is_an_end_to_it(desk, monkeypatch):
    monkeypatch.setattr(saving, "MOST_SCENARIOS", 2)
    desk.save(), desk.save()
    with pytest.raises(ScenarioError, match="2 plans were saved, and there is no room for more"):
        desk.save()


def test_what_was_never_saved(desk):
    with pytest.raises(LookupError, match="No plan “x” was saved"):
        desk.scenarios.get("x")
    with pytest.raises(UnknownScenarioError):
        desk.scenarios.remove("x", "周某", NOON)


def test_accepting_is_noted_once_for_each_site(office):
    saved = office.save()
    assert dict(office.scenarios.accepted(saved.id, "n7", "P-1", "周某", NOON).accepted) == {"n7": "P-1"}
    assert dict(office.scenarios.accepted(saved.id, "n7", "P-1", "李某", NOON).accepted) == {"n7": "P-1"}
    assert len(office.rows("scenario_event")) == 1, "the same again changes nothing"
    with pytest.raises(ScenarioError, match="is the planned station P-1 already"):
        office.scenarios.accepted(saved.id, "n7", "P-2", "李某", NOON)
    with pytest.raises(ScenarioError, match=r"has no site n8\. Its sites are: n7, @116"):
        office.scenarios.accepted(saved.id, "n8", "P-2", "李某", NOON)


def test_many_plans_are_read_at_once(desk):
    for number in range(30):
        desk.save(f"方案 {number % 10}")
    assert [one.version for one in desk.scenarios.all()] == [3] * 10
