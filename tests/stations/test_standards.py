"""Standards are data; what a record does not say is not known, and never counts as missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.errors import TaxonomyError
from stations.fields import Fields
from stations.standards import FILE, Met, Verdict, lines, load_standards, rate
from stations.station import AmenityState
from stations.taxonomy import Taxonomy

TAXONOMY = Taxonomy.load()
STANDARDS = load_standards(TAXONOMY)

BASIC = dict.fromkeys(["water", "microwave", "seats", "first_aid", "charging", "heating"], "yes") | {"toilet": "nearby"}
SAID = {"统一标识": "有", "站点布局": "是", "是否有管理制度": "√"}


def test_the_standards_of_the_file_are_there():
    assert list(STANDARDS) == ["six", "eight", "stars"]
    assert [len(STANDARDS[key].levels[0].items) for key in ("six", "eight")] == [6, 8]
    assert [level.zh for level in STANDARDS["stars"].levels] == ["三星", "四星", "五星"]


def test_an_empty_record_is_never_said_to_lack_anything(make_station):
    for standard in STANDARDS.values():
        rating = rate(make_station(), standard, TAXONOMY)
        assert rating.verdict is Verdict.CANNOT_BE_SAID
        assert not any(one.missing for one in rating.findings)
        assert rating.possible is standard.levels[-1]


def test_six_haves_are_met_when_all_is_known(make_station):
    rating = rate(make_station(amenities=BASIC, extra=SAID), STANDARDS["six"], TAXONOMY)
    assert rating.verdict is Verdict.MET
    assert {one.met for one in rating.findings} == {Met.MET}


def test_what_is_known_not_to_be_there_is_missing(make_station):
    station = make_station(amenities=BASIC | {"water": "no", "first_aid": "no"}, extra=SAID)
    rating = rate(station, STANDARDS["six"], TAXONOMY)
    assert rating.verdict is Verdict.NOT_MET
    (facilities,) = (one for one in rating.findings if one.met is Met.MISSING)
    assert [need.amenity for need in facilities.missing] == ["water"]
    assert len(facilities.not_known) == 1  # first aid is not there, but of medicine nothing is said


def test_nearby_is_enough_only_where_the_standard_says_so(make_station):
    near = make_station(amenities=BASIC | {"water": "nearby"}, extra=SAID)
    assert rate(near, STANDARDS["six"], TAXONOMY).verdict is Verdict.NOT_MET


def test_a_list_may_say_that_there_are_no_rules(make_station):
    station = make_station(amenities=BASIC, extra=SAID | {"管理制度": "无"})
    assert rate(station, STANDARDS["six"], TAXONOMY).verdict is Verdict.NOT_MET
    told = make_station(amenities=BASIC, extra=SAID | {"是否有管理制度": "在写"})
    assert rate(told, STANDARDS["six"], TAXONOMY).verdict is Verdict.CANNOT_BE_SAID


def test_eight_haves_ask_who_runs_it_and_for_something_to_read(make_station):
    station = make_station(amenities=BASIC | {"books": "yes"}, extra=SAID, host_name="郑州银行伊河路支行")
    assert rate(station, STANDARDS["eight"], TAXONOMY).verdict is Verdict.MET
    by_service = make_station(amenities=BASIC, extra=SAID, built_by="union", services=[{"key": "training"}])
    assert rate(by_service, STANDARDS["eight"], TAXONOMY).verdict is Verdict.MET


@pytest.mark.parametrize(
    ("more", "level", "possible", "verdict"),
    [
        ({}, "三星", "五星", Verdict.CANNOT_BE_SAID),
        ({"area_m2": 20}, "三星", "四星", Verdict.CANNOT_BE_SAID),
        ({"area_m2": 20, "services": [{"key": "legal_advice"}, {"key": "breakfast"}]}, "四星", "四星", Verdict.MET),
        (
            {"area_m2": 30, "seats": 20, "services": [{"key": "legal_advice"}, {"key": "breakfast"}]},
            "四星",
            "五星",
            Verdict.CANNOT_BE_SAID,
        ),
        ({"amenities": BASIC | {"microwave": "no"}, "area_m2": 300}, None, None, Verdict.NOT_MET),
        ({"hours": ""}, None, "五星", Verdict.CANNOT_BE_SAID),
    ],
)
def test_stars(make_station, more, level, possible, verdict):
    rating = rate(make_station(**{"amenities": BASIC, "hours": "24/7"} | more), STANDARDS["stars"], TAXONOMY)
    assert [one and one.zh for one in (rating.level, rating.possible)] == [level, possible]
    assert rating.verdict is verdict


def test_five_stars(make_station):
    services = [{"key": "legal_advice"}, {"key": "breakfast"}]
    facts = {"amenities": BASIC | {"aed": "yes"}, "hours": "24/7", "area_m2": 30, "seats": 20, "services": services}
    rating = rate(make_station(**facts), STANDARDS["stars"], TAXONOMY)
    assert (rating.verdict, rating.level) == (Verdict.MET, STANDARDS["stars"].levels[-1])


def test_a_rating_is_told_with_what_it_lacks(make_station):
    rating = rate(make_station(amenities=BASIC, hours="24/7", area_m2=20), STANDARDS["stars"], TAXONOMY)
    told = lines(rating, TAXONOMY, Fields.load())
    assert told[0] == "Stars: cannot be said (Three stars); perhaps Four stars"
    assert "  missing: 30 square metres or more (Area m2 ≥ 30)" in told
    assert "  not known: An AED (AED)" in told
    in_chinese = lines(rating, TAXONOMY, Fields.load(), "zh")
    assert in_chinese[0] == "星级: 尚不能判定 (三星); 最高可能 四星"
    assert "  缺: 面积不少于30平方米 (面积 ≥ 30)" in in_chinese


STATES = st.dictionaries(st.sampled_from(sorted(TAXONOMY.amenities.terms)), st.sampled_from(["yes", "no", "nearby"]))


@given(STATES, st.sampled_from(sorted(TAXONOMY.amenities.terms)), st.sampled_from(list(STANDARDS)))
def test_learning_a_fact_never_turns_a_certain_verdict(make_station, amenities, learnt, key):
    """Whatever is learnt of an amenity, what was certain before stays certain."""
    before = rate(make_station(amenities=amenities), STANDARDS[key], TAXONOMY)
    if learnt not in amenities:
        for state in AmenityState:
            after = rate(make_station(amenities=amenities | {learnt: state}), STANDARDS[key], TAXONOMY)
            assert before.verdict in {Verdict.CANNOT_BE_SAID, after.verdict}
            for one, other in zip(before.findings, after.findings, strict=True):
                assert one.met in {Met.NOT_KNOWN, other.met}


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('{ amenity = "aed" }', '{ amenity = "sauna" }', "there is no sauna"),
        ('{ service = "training" }', '{ service = "sauna" }', "there is no sauna"),
        ('{ fact = "hours" }', '{ fact = "colour" }', "there is no colour"),
        ("{ seats = 20 }", "{ seats = 20, area_m2 = 3 }", "a need is one of"),
        ("{ seats = 20 }", "{ seats = 0 }", "greater than 0"),
        ("{ at_least = 2, of = [", "{ at_least = 9, of = [", "asks for 9 of 7"),
        ('amenity = "toilet", nearby = true', 'amenity = "toilet", nearly = true', "nearly"),
        ("[standards.stars.levels.five]", "[standards.stars.levels.four]", "cannot be read"),
        ("items = [", "things = [", "things"),
    ],
)
def test_a_file_that_does_not_follow_its_schema_is_refused(tmp_path, was, becomes, told):
    text = FILE.read_text(encoding="utf-8")
    assert was in text
    path = tmp_path / "standards.toml"
    path.write_text(text.replace(was, becomes), encoding="utf-8")
    with pytest.raises(TaxonomyError, match=told):
        load_standards(TAXONOMY, path)


def test_an_operator_may_add_a_standard(tmp_path, make_station):
    text = FILE.read_text(encoding="utf-8")
    added = """
[standards.seven]
zh = "七个一"
en = "Seven ones"
items = [{ zh = "冰箱", en = "Fridge", needs = [{ amenity = "fridge" }] }]
"""
    path = tmp_path / "standards.toml"
    path.write_text(text + added, encoding="utf-8")
    standards = load_standards(TAXONOMY, path)
    assert rate(make_station(amenities={"fridge": "yes"}), standards["seven"], TAXONOMY).verdict is Verdict.MET
