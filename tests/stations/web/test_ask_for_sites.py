"""A planner's question where stations should go, read from the address."""

from datetime import datetime

import pytest

from stations.errors import SitingError
from stations.questions.coverage.whatif import Close
from stations.questions.siting import MOST_CANDIDATES, Objective
from stations.web.params import BadParameter, Known
from stations.web.sited import SITING_QUESTION, asked_of, canonical, read_siting, usual_hosts
from tests.town import SHANGHAI

KNOWN = Known(
    frozenset({"walk", "ebike"}),
    frozenset({"water", "microwave"}),
    SHANGHAI,
    weights=frozenset({"street"}),
    host_kinds=frozenset({"bank", "pharmacy", "library"}),
    premises={"bank": 3, "pharmacy": 40},
)
ROWS = ({"lon": "116.30", "lat": "28.30", "name": "老邮局", "cost": "2"}, {"lon": "116.31", "lat": "28.31"})


def read(known=KNOWN, rows=ROWS, **asked):
    args = {name: value if isinstance(value, list) else [value] for name, value in asked.items()}
    return read_siting(args, known, lambda _: rows)


def test_without_a_word_five_sites_among_all_premises_cover_the_most():
    query = read()
    assert query.objective is Objective.MOST
    assert query.candidates.hosts == {"bank", "pharmacy"}
    assert query.candidates.spacing_m is None
    assert (query.sites, query.budget, query.share, query.times, query.keep) == (5, None, 1.0, 1, True)
    assert query.coverage.minutes == 15.0


def test_where_there_are_no_premises_streets_have_candidates():
    query = read(Known(frozenset({"walk"}), frozenset(), SHANGHAI))
    assert (query.candidates.hosts, query.candidates.spacing_m) == (frozenset(), 500.0)


def test_more_premises_than_a_proof_can_weigh_are_not_all_taken():
    assert usual_hosts({"bank": 10, "shop": MOST_CANDIDATES, "library": 20}) == {"bank", "library"}
    assert usual_hosts({"bank": 0}) == frozenset()


def test_fewer_candidates_than_five_are_no_fault_of_who_asked_for_no_number():
    assert read(host="bank").sites == 3
    assert read(host="bank", forbid=["n1", "n2"]).sites == 1
    assert read(host="bank", sites="7").sites == 7


@pytest.mark.parametrize(
    ("asked", "sites"), [({"budget": "9"}, None), ({"aim": "fewest"}, None), ({"aim": "center"}, 5)]
)
def test_a_number_of_sites_is_assumed_only_where_nothing_else_bounds_them(asked, sites):
    assert read(**asked).sites == sites


def test_everything_that_can_be_asked():
    query = read(
        aim="fewest", mode="ebike", minutes="10", close="A1", sites="6", budget="12.5", share="90%", times="2",
        keep="0", host=["bank", "library"], spacing="300", point=["116.3200,28.3000", "116.33,28.31,河边;8:00-20:00"],
        list="0123456789abcdef", force="point-1", forbid=["listed-2", "n5"], cost=["bank:3", "@116.3,28.3:4.5"],
        capacity="100", seats="50", moment=["2026-03-02T22:00;2", "2026-03-03T08:00"],
        wish=["water+microwave;3", "water"], assume="8:00-18:00", leave_out="1", farthest="25",
    )  # fmt: skip
    assert query.objective is Objective.FEWEST
    assert query.coverage.changes == (Close("A1"),)
    assert (query.sites, query.budget, query.share, query.times, query.keep) == (6, 12.5, 0.9, 2, False)
    assert query.candidates.hosts == {"bank", "library"}
    assert query.candidates.spacing_m == 300.0
    first, second, third, fourth = query.candidates.given
    assert (first.key, first.name, first.hours) == ("point-1", "", "")
    assert (second.key, second.name, second.hours) == ("point-2", "河边", "08:00-20:00")
    assert (third.key, third.name, third.cost, fourth.key) == ("listed-1", "老邮局", 2.0, "listed-2")
    assert (query.forced, query.forbidden) == ({"point-1"}, {"listed-2", "n5"})
    assert dict(query.costs) == {"bank": 3.0, "@116.3,28.3": 4.5}
    assert (query.capacity, query.existing_capacity, query.farthest_minutes) == (100.0, 50.0, 25.0)
    assert [(one.at, one.weight) for one in query.moments] == [
        (datetime(2026, 3, 2, 22, tzinfo=SHANGHAI), 2.0),
        (datetime(2026, 3, 3, 8, tzinfo=SHANGHAI), 1.0),
    ]
    assert [(one.amenities, one.weight) for one in query.wishes] == [({"water", "microwave"}, 3.0), ({"water"}, 1.0)]
    assert query.assumed_hours.endswith("08:00-18:00")
    assert query.leave_out


def test_a_plus_that_an_address_turned_into_a_blank_parts_wishes_all_the_same():
    assert read(wish="water microwave;2").wishes == read(wish="water+microwave;2").wishes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("aim", "best"), ("host", "castle"), ("spacing", "10"), ("spacing", "far"), ("point", "116.3"),
        ("point", "116.3,98"), ("point", "116.3,28.3,x;whenever"), ("list", "../etc"), ("sites", "0"), ("sites", "1.5"),
        ("sites", "-2"), ("sites", "1001"), ("budget", "-1"), ("budget", "nan"), ("share", "0"), ("share", "101"),
        ("share", "all"), ("times", "3"), ("keep", "perhaps"), ("cost", "bank"), ("cost", "bank:-2"), ("cost", ":3"),
        ("cost", "bnak:3"),
        ("cost", "bank:many"), ("capacity", "0"), ("seats", "-3"), ("moment", "someday"),
        ("moment", "2026-03-02T22:00;x"), ("wish", "jacuzzi"), ("wish", "water;-1"), ("assume", "whenever"),
        ("leave_out", "a bit"), ("farthest", "0"),
        ("minutes", "0"), ("mode", "fly"), ("add", "116.3"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(name, value):
    with pytest.raises(BadParameter) as caught:
        read(**{name: value})
    assert caught.value.field == name
    assert str(caught.value).endswith(".")


def test_an_empty_field_of_a_form_says_nothing():
    assert read(**dict.fromkeys(SITING_QUESTION, "")) == read()


def test_a_row_of_a_list_that_cannot_be_used_is_named():
    with pytest.raises(SitingError, match="Row 2"):
        read(rows=[{"lon": "116.3", "lat": "28.3"}, {"lon": "x", "lat": "28.3"}], list="0123456789abcdef")


def test_one_question_has_one_form():
    usual = {"minutes": ["15"], "aim": ["most"], "keep": ["1"], "share": ["100"], "lang": ["en"], "force": ["", " "]}
    assert canonical(usual) == {}
    one = {"force": ["b", "a", "b"], "host": ["bank"], "minutes": ["10"], "point": ["116.3,28.3", "116.2,28.2"]}
    other = {"point": ["116.3,28.3", "116.2,28.2"], "minutes": [" 10 "], "host": ["bank"], "force": ["a", "b"]}
    assert canonical(one) == canonical(other)
    assert canonical(one) != canonical(one | {"point": ["116.2,28.2", "116.3,28.3"]})


def test_what_is_carried_on_is_the_question_and_nothing_else():
    assert asked_of({"lang": ["en"], "plan": ["x"], "force": ["a", ""], "aim": [""], "minutes": ["9"]}) == {
        "minutes": ["9"],
        "force": ["a"],
    }
