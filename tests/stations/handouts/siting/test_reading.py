"""A planner reads a plan."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from stations.handouts.siting.proving import Proof, Scale, Sure, say_progress, say_proof, say_worth
from stations.handouts.siting.reading import read_plan
from stations.handouts.siting.tables import firmness_table
from stations.questions.coverage import CoverageQuery
from stations.questions.siting import Ended, Firmness, Moment, Objective, Plan, Wish, explain
from stations.wording.names import Names
from tests.stations.handouts.siting.conftest import OFFERED
from tests.stations.questions.town import MONDAY_NOON
from tests.town import SHANGHAI

PEOPLE = Scale(Objective.MOST, "people", 100_000.0)


def read(report, **plan):
    """The same plan, found another way."""
    answer = replace(report.answer, plan=replace(report.answer.plan, **plan))
    return read_plan(answer, Names.read(), SHANGHAI, report.atlas)


def test_the_finding_is_a_sentence_with_its_figures(plan, tell_plan) -> None:
    assert plan.reading.headline == (
        "再建 3 个驿站，71.1% 的街道步行 5 分钟内能到驿站，现在是 31.4%：多覆盖 6.7 公里街道。"
    )
    assert (plan.reading.figure, plan.reading.label) == ("71.1%", "建成后覆盖")
    assert plan.reading.figures[0] == ("建成后覆盖", "71.1%")
    assert tell_plan("en").reading.headline == (
        "With 3 more stations, 71.1% of the streets are within 5 min on foot of a station instead of 31.4%: "
        "6.7 km of street more."
    )


def test_sites_come_with_what_they_add_where_they_stand_and_when_they_open(plan) -> None:
    bank, corner, bare = plan.reading.sites
    assert [line.number for line in plan.reading.sites] == [1, 2, 3]
    assert (bank.name, bank.kind, bank.hours, bank.township) == ("柳江银行", "银行", "周一至周五 09:00–17:00", "东乡")
    assert bank.sentence == "新增 2.6 公里街道，累计覆盖 46.8%。"
    assert (bank.premises, bank.cost) == ("", "")
    assert (corner.name, corner.hours) == ("地图上的点 1（柳村）", "")
    assert corner.premises == "最近的场所：柳江银行（银行），相距 450 米"
    assert bare.near == "公共厕所（桃村），相距 280 米"
    assert sum(line.adds_part for line in plan.reading.sites) == pytest.approx(1.0)


def test_ways_to_stations_that_have_room_are_told_as_such(tell_plan) -> None:
    report = tell_plan(objective=Objective.MEDIAN, capacity=7000.0, existing_capacity=7000.0)
    told, metres = report.reading, report.answer.plan.value
    assert metres > report.answer.after
    assert told.headline.startswith("再建 3 个驿站，到有空位的驿站的平均路程为 ")
    assert told.figures[0][1] == f"{round(metres / 10) * 10:.0f} 米"
    assert "现状和每个点的作用按到最近驿站的路程计算，不论有没有空位。" in told.notes
    assert "有空位" not in tell_plan(objective=Objective.MEDIAN).reading.headline


def test_a_mean_way_says_how_ways_that_are_too_long_count_and_none_of_today_where_there_is_none(tell_plan) -> None:
    assert "更远或无路可到的按 90 分钟计" in tell_plan(objective=Objective.MEDIAN).reading.conditions
    anew = tell_plan(objective=Objective.MEDIAN, keep=False).reading
    assert anew.headline.startswith("建")
    assert dict(anew.figures)["现在平均路程"] == "没有路可到", anew.figures


def test_a_plan_for_an_hour_speaks_of_open_stations_and_of_hours_that_nobody_knows(tell_plan) -> None:
    told = tell_plan("en", coverage=CoverageQuery(minutes=5, at=MONDAY_NOON), leave_out=True).reading
    assert "of an open station instead of" in told.headline
    assert any("has unknown hours then and is not built upon" in note for note in told.notes), told.notes
    assert "what nothing reaches is left out" not in told.conditions, "a plan for the most leaves nothing out"
    assert any("山里" in note for note in tell_plan().reading.notes), "candidates are told by their names"


def test_hours_that_cannot_be_read_are_given_as_they_are(tell_plan) -> None:
    assert tell_plan(forced=frozenset({"listed-1"})).reading.sites[0].hours == "whenever"


def test_who_gains_what_comes_next_and_how_firm_it_is(plan) -> None:
    reading = plan.reading
    assert reading.gains == "2 个乡镇中有 2 个受益，最多的是东乡：增加 5.0 公里街道，由 21.4% 到 72.5%。"
    assert [line.name for line in reading.townships] == ["东乡", "西乡"]
    assert reading.further_said == "再加一个，首选“名单 1（柳村）”，可新增 0.7 公里街道。"
    assert reading.curve_said == (
        "只建一个，最多带来 2.6 公里街道。最后一个带来 2.0 公里街道。再加一个可带来 0.7 公里街道。"
    )
    assert [line.sites for line in reading.curve if line.chosen] == [3]
    assert reading.firmness_said.startswith("速度或时刻不同时，专为它选的方案最多再多覆盖 0.5 公里街道")
    assert [line.what for line in reading.firmness] == [
        "时速 3.6 公里", "时速 5 公里", "星期三 12:30", "星期三 22:00", "星期日 12:30",
    ]  # fmt: skip
    # At night the bank is closed: what the plan covers then is less than at noon.
    noon, night = (one.covered for one in plan.answer.firmness[2:4])
    assert night < noon


def test_what_was_asked_is_said_in_full(tell_plan) -> None:
    report = tell_plan(
        "en",
        coverage=CoverageQuery(minutes=5, amenities=frozenset({"water"})),
        sites=2,
        budget=5.5,
        times=2,
        keep=False,
        forced=frozenset({"point-1"}),
        forbidden=frozenset({"point-2"}),
        costs=(("bank", 2.5),),
        moments=(Moment(MONDAY_NOON, 2.0), Moment(MONDAY_NOON + timedelta(hours=10))),
        wishes=(Wish(frozenset({"water", "microwave"})), Wish(frozenset())),
        assumed_hours="24/7",
    )
    assert report.reading.conditions == (
        "Cover the most with 2 sites and a budget of 5.5",
        "on foot",
        "5 min",
        "Mar 2, 2026 12:00 ×2, Mar 2, 2026 22:00 ×1",
        "Drinking water+Microwave, anything",
        "two stations within reach",
        "as if there were no station yet",
        "hours not known are taken as 24/7",
        "1 wanted for certain",
        "1 ruled out",
    )
    assert report.reading.among == "6 candidates: Bank, Public toilet, 3 points on the map, 1 of a list"
    assert report.reading.figures[-1][0] == "They cost"
    assert report.reading.sites[0].wanted
    assert any("means over the moments" in note for note in report.reading.notes)
    assert [line.what for line in report.reading.firmness][-2:] == [
        "Mar 2, 2026 12:00 alone",
        "Mar 2, 2026 22:00 alone",
    ]


@pytest.mark.parametrize(
    ("asked", "headline", "proof"),
    [
        (
            {"objective": Objective.FEWEST, "share": 0.6, "sites": None},
            "再建 3 个驿站，就有 63.3% 的街道步行 5 分钟内能到驿站；现在是 31.4%。",
            "已证明：6 个候选点中，再少就覆盖不了这么多。",
        ),
        (
            {"objective": Objective.FEWEST, "share": 0.2, "sites": None},
            "不必再建：现在已有 31.4% 的街道步行 5 分钟内能到驿站。",
            "已证明：6 个候选点中，再少就覆盖不了这么多。",
        ),
        (
            {"objective": Objective.MEDIAN},
            "再建 3 个驿站，到最近驿站的平均路程由 500 米（8 分钟）变为 260 米（4 分钟）。",
            "已证明：6 个候选点中，没有别的选法让平均路程更短。",
        ),
        (
            {"objective": Objective.CENTER},
            "再建 3 个驿站，最远的人到驿站也只有 590 米（9 分钟），现在最远 990 米（15 分钟）。",
            "已证明：6 个候选点中，没有别的选法让最远的路更短。",
        ),
        (
            {"objective": Objective.CENTER, "keep": False},
            "再建 3 个驿站，最远的人到驿站也只有 1.24 公里（19 分钟），现在有人根本到不了。",
            "已证明：6 个候选点中，没有别的选法让最远的路更短。",
        ),
        (
            {"budget": 2.0, "sites": None},
            "再建 2 个驿站（费用 2），59.3% 的街道步行 5 分钟内能到驿站，现在是 31.4%：多覆盖 4.7 公里街道。",
            "已证明：6 个候选点中，在这个预算内没有别的选法覆盖更多。",
        ),
    ],
)
def test_every_aim_has_its_finding_and_its_proof(tell_plan, asked, headline, proof) -> None:
    reading = tell_plan(**asked).reading
    assert reading.headline == headline
    assert reading.proof == proof
    assert reading.sure is Sure.PROVEN


def test_ways_are_told_as_ways(tell_plan) -> None:
    reading = tell_plan(objective=Objective.MEDIAN).reading
    assert not reading.covers
    assert reading.sites[0].adds.startswith("缩短")
    assert "平均路程" in reading.sites[0].sentence
    assert reading.sites[0].alone.startswith("变长")
    center = tell_plan(objective=Objective.CENTER, keep=False).reading
    assert center.sites[0].adds == "人人可达"
    assert center.sites[0].adds_part == 0.0
    assert center.figures[1] == ("现在最远", "没有路可到")


def test_nothing_to_gain_is_said(tell_plan) -> None:
    report = tell_plan(candidates=replace(OFFERED, hosts=frozenset(), given=OFFERED.given[:1]), sites=1)
    empty = explain(report.grounded, Plan(np.empty(0, np.int64), 0.0, 0.0, Ended.PROVEN, 0.1))
    reading = read_plan(empty, Names.read(), SHANGHAI)
    assert reading.sites == ()
    assert reading.firmness_said == ""
    assert all(one.at is None for one in empty.firmness)


def test_a_plan_that_was_not_proven_says_how_much_better_it_could_be(plan, speaking) -> None:
    more = plan.answer.plan.value + 0.01 * plan.answer.demand
    with speaking("en"):
        reading = read(plan, ended=Ended.TIME, bound=more, seconds=30.0)
        assert reading.sure is Sure.BOUNDED
        assert reading.proof == (
            "The best that was found in 30 s. Nothing can be better than 72.1%, so at most 0.2 km of street "
            "(1.0 percentage points) more is possible."
        )
        assert read(plan, ended=Ended.CANCELLED, bound=more, seconds=2.0).proof.startswith("Stopped after 2.0 s")
        unknown = read(plan, ended=Ended.TIME, bound=float("inf"))
        assert (unknown.gap, unknown.bound) == ("", "")
        assert "before it could say" in unknown.proof
        met = read(plan, ended=Ended.CANCELLED, bound=plan.answer.plan.value * (1 + 1e-15), seconds=2.0)
        assert met.proof.startswith("Proven: ")


def test_a_greedy_choice_says_what_it_guarantees(tell_plan) -> None:
    reading = tell_plan("en", greedy=True).reading
    assert reading.sure is Sure.GREEDY
    assert "it gains at least 63% of what the best choice gains." in reading.proof


def test_a_bound_of_the_first_picture_is_told_but_equals_prove_nothing(tell_plan, speaking) -> None:
    report = tell_plan("en", greedy=True)
    value = report.answer.plan.value
    with speaking("en"):
        bounded = read(report, bound=value + 0.02 * report.answer.demand)
        assert bounded.proof.endswith("so at most 0.3 km of street (2.0 percentage points) more is possible.")
        assert bounded.figures[-1][1].endswith("more at most")
        for bound in (value, float("nan")):
            bare = read(report, bound=bound)
            assert bare.figures[-1] == ("Possible beyond that", "not proven yet")
            assert (bare.bound, bare.gap) == ("", "")
            assert bare.proof.endswith("what the best choice gains.")


def test_how_firm_a_plan_of_ways_is_is_told_in_ways(tell_plan, speaking) -> None:
    report = tell_plan("en", objective=Objective.MEDIAN)
    answer = replace(report.answer, firmness=(Firmness(3.6, None, 1200.0, 1100.0, 2),))
    with speaking("en"):
        reading = read_plan(answer, Names.read(), SHANGHAI)
        table = firmness_table(answer, reading)
    assert reading.firmness[0].sentence == (
        "At 3.6 km/h the way is 1.20 km with the plan; 1.10 km with one made for it, with 2 of the 3 sites."
    )
    assert reading.firmness_said.startswith(
        "If speed or hours are otherwise, a choice made for it makes the way at most 100 m"
    )
    assert table.rows[0][1:3] == (1200.0, 1100.0)


@pytest.mark.parametrize(
    ("scale", "value", "bound", "sentence"),
    [
        (PEOPLE, float("nan"), float("inf"), "Nothing is found yet."),
        (PEOPLE, 5e4, float("inf"), "Best so far: 50.0%. How much better is possible is not known yet."),
        (PEOPLE, 5e4, 5e4, "Best so far: 50.0%, and nothing is better."),
        (
            PEOPLE,
            5e4,
            51_234.0,
            "Best so far: 50.0%. Nothing can be better than 51.2%: at most 1,234 people (1.23 percentage points) more.",
        ),
        (
            Scale(Objective.FEWEST, "people", 1e5),
            9.0,
            7.0,
            "Best so far: 9 sites. Nothing can do with less than 7 sites: at most 2 sites fewer.",
        ),
        (
            Scale(Objective.FEWEST, "people", 1e5, money=True),
            9.5,
            7.25,
            "Best so far: 9.5. Nothing can do with less than 7.25: at most 2.25 less.",
        ),
        (
            Scale(Objective.MEDIAN, "people", 1e5),
            1234.0,
            1200.0,
            "Best so far: 1.23 km. Nothing can do with less than 1.20 km: at most 30 m shorter.",
        ),
    ],
)
def test_progress_is_told_in_words(speaking, scale, value, bound, sentence) -> None:
    with speaking("en"):
        assert say_progress(scale, value, bound).sentence == sentence


def test_in_chinese_a_limit_of_less_is_no_limit_of_more(speaking) -> None:
    with speaking("zh"):
        said = say_progress(Scale(Objective.FEWEST, "people", 1000.0), 9.0, 7.0).sentence
        assert "再好也不会低于 7 个点" in said
        said = say_progress(Scale(Objective.MOST, "people", 1000.0), 500.0, 600.0).sentence
        assert "再好也不会超过 60.0%" in said


def test_a_saved_proof_is_told_like_a_fresh_one(plan, speaking) -> None:
    found = plan.answer.plan
    scale = Scale(Objective.MOST, plan.answer.unit, plan.answer.demand)
    proof = Proof(found.value, found.bound, "proven", found.seconds, plan.answer.candidates)
    with speaking("zh"):
        assert say_proof(scale, proof) == plan.reading.proof
        assert say_worth(scale, found.value) == plan.reading.value


def test_what_must_be_known_is_noted(tell_plan) -> None:
    report = tell_plan("en", coverage=CoverageQuery(minutes=5, at=MONDAY_NOON), sites=6)
    assert report.reading.notes == (
        "6 sites were asked for; 4 sites do as much, and more would bring nothing.",
        "Of 2 of the sites the hours are not known: stations there are taken to be open as asked.",
        "1 station has unknown hours then and is not built upon: a site near it may serve whom it serves.",
        "1 candidate reaches nobody, as no street is near or nobody is within reach: 山里.",
    )
    full = tell_plan("en", capacity=2000.0).reading
    assert any("finds room" in note for note in full.notes)
