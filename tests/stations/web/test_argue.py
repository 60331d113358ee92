"""A planner argues with a plan: the address changes, and nothing else."""

from stations.web.siting.arguing import refusing, taking_back, wanting, with_cost, with_point, without_point

ASKED = {"minutes": ["10"], "force": ["n1", "point-1"], "forbid": ["n2", "point-2"], "cost": ["n1:3", "point-2:4"]}


def test_wanting_takes_a_candidate_out_of_what_is_ruled_out():
    assert wanting(ASKED, "n2") == ASKED | {"forbid": ["point-2"], "force": ["n1", "point-1", "n2"]}
    assert wanting(ASKED, "n1")["force"].count("n1") == 1


def test_ruling_out_takes_it_out_of_what_is_wanted():
    assert refusing({"force": ["n1"]}, "n1") == {"forbid": ["n1"]}


def test_taking_back_leaves_nothing():
    assert taking_back({"force": ["n1"], "forbid": ["n1"]}, "n1") == {}


def test_the_question_that_was_asked_stays_as_it_was():
    before = {name: list(values) for name, values in ASKED.items()}
    wanting(ASKED, "n9"), refusing(ASKED, "n1"), with_cost(ASKED, "n1", "")
    assert before == ASKED


def test_points_are_put_on_the_map_to_ten_metres_one_after_another():
    one = with_point({}, 116.123456, 28.3)
    two = with_point(one, 116.123456, 28.3, "河边; 桥头", "24/7")
    assert two == {"point": ["116.1235,28.3000", "116.1235,28.3000,河边  桥头;24/7"]}


def test_a_point_goes_with_all_that_was_said_of_it_and_the_next_take_its_place():
    asked = ASKED | {"point": ["116.3,28.3", "116.4,28.4", "116.5,28.5"]}
    assert without_point(asked, 1) == {
        "minutes": ["10"],
        "force": ["n1"],
        "forbid": ["n2", "point-1"],
        "cost": ["n1:3", "point-1:4"],
        "point": ["116.4,28.4", "116.5,28.5"],
    }
    assert without_point(asked, 4) == asked


def test_a_cost_replaces_the_one_before():
    assert with_cost({"cost": ["bank:3", "n1:2"]}, "bank", "5") == {"cost": ["n1:2", "bank:5"]}
    assert with_cost({"cost": ["bank:3"]}, "bank", "") == {}
