"""At the command line: sites are chosen and proven, saved, shown again, compared, accepted and removed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from geodata.atlas import Atlas
from geodata.features import Premises
from geodata.memo import Memo
from stations.commands import proving, sitingfiles
from stations.commands.siting import siting_commands
from stations.handouts.siting.files import PLAN_FILES
from stations.questions.siting import Ended, solve_exactly
from stations.registry.log import Registry
from stations.scenarios import Plans, StoredPlan
from stations.settings import Settings
from stations.station import Status
from stations.web.house import House
from stations.web.language import speak
from tests.town import PROJECT, SHANGHAI, atlas, corner, open_house, town_stations, upkeeps

__all__ = ["atlas", "open_house", "town_stations", "upkeeps"]

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
NAMES = {"n1": ("柳村信用社", corner(0, 5)), "n2": ("桃村信用社", corner(5, 1)), "n3": ("路口信用社", corner(3, 3))}


def at(east: float, north: float) -> str:
    here = corner(east, north)
    return f"{here.lon},{here.lat}"


@pytest.fixture(scope="module")
def terminal() -> Flask:
    """The app of a command, at which nobody knocks."""
    app = Flask("yizhan", root_path=str(PROJECT))
    speak(app, PROJECT / "translations")
    return app


@pytest.fixture(scope="module")
def banked(atlas) -> Atlas:
    """The town with three banks."""
    banks = tuple(Premises(name, "bank", where, "Mo-Fr 09:00-17:00", ref) for ref, (name, where) in NAMES.items())
    return replace(atlas, premises=banks, memo=Memo())


@pytest.fixture
def kept(tmp_path, town_stations) -> Iterator[Registry]:
    registry = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", SHANGHAI)
    registry.append(town_stations[:3], what="import", who="clerk", at=NOW)
    yield registry
    registry.close()


@pytest.fixture
def plans(kept) -> Plans:
    return Plans(kept.store, SHANGHAI, desk=kept)


@pytest.fixture
def ask(terminal, banked, kept, plans):
    def run(*arguments: str, **house: Any) -> Result:
        there = House(Settings(), kept, banked, plans=plans)
        with terminal.app_context():
            return CliRunner().invoke(siting_commands(lambda: replace(there, **house)), arguments)

    return run


@pytest.fixture
def say(ask):
    """Ask in English, and give the lines."""

    def run(*arguments: str) -> list[str]:
        result = ask(*arguments, *([] if "key" in arguments else ["--language", "en"]))
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()

    return run


SIX = ("--sites", "2", "--minutes", "6", "--weight", "street")


def test_where_two_more_should_go_with_the_proof(say):
    lines = say(*SIX)
    assert "With 2 more stations" in lines[0]
    assert lines[1] == "Proven: no other choice of as many among 3 candidates covers more."
    assert "Cover the most with 2 sites · on foot · 6 min" in lines[3]
    assert sum("信用社" in line and "│" in line for line in lines) == 2
    assert any(line.startswith("The search took") for line in lines)


def test_in_chinese_unless_told(ask):
    assert "已证明" in ask(*SIX).stdout


def test_at_once_and_without_a_proof(say):
    assert "Proven" not in say(*SIX, "--quick")[1]


def test_every_option_is_the_page_s_parameter(say, plans, ask):
    say(
        *("--aim", "median", "--sites", "2", "--times", "1", "--mode", "ebike", "--minutes", "7", "--speed", "12"),
        *("--weight", "street", "--amenity", "water", "--host", "bank", "--point", f"{at(6, 0)},东南;24/7"),
        *("--force", "n1", "--forbid", "n3", "--cost", "bank:2", "--cost", "n2:3", "--budget", "9"),
        *("--moment", "2026-11-23T10:00", "--moment", "2026-11-23T22:00;2", "--assume", "24/7", "--farthest", "30"),
        *("--close", "A1", "--hours", "A2;24/7", "--add", f"{at(5, 5)},新", "--move", f"A3,{at(2, 2)}"),
        *("--leave-out", "--anew", "--save", "全部", "--by", "林某", "--note", "为了冬天"),
    )
    saved = plans.scenarios.get("全部")
    asked = {name: list(values) for name, values in saved.query.items()}
    assert asked == {
        "aim": ["median"], "sites": ["2"], "times": ["1"], "mode": ["ebike"], "minutes": ["7"], "speed": ["12"],
        "weight": ["street"], "amenity": ["water"], "host": ["bank"], "point": [f"{at(6, 0)},东南;24/7"],
        "force": ["n1"], "forbid": ["n3"], "cost": ["bank:2", "n2:3"], "budget": ["9"],
        "moment": ["2026-11-23T10:00", "2026-11-23T22:00;2"], "assume": ["24/7"], "farthest": ["30"],
        "close": ["A1"], "hours": ["A2;24/7"], "add": [f"{at(5, 5)},新"], "move": [f"A3,{at(2, 2)}"],
        "leave_out": ["1"], "keep": ["0"],
    }  # fmt: skip
    assert "n1" in saved.plan.keys
    assert "n3" not in saved.plan.keys
    assert (saved.by, saved.note, saved.summary["aim"]) == ("林某", "为了冬天", "median")


def test_what_is_wrong_is_told_and_nothing_is_saved(ask, plans):
    for arguments, told in (
        (("--sites", "0", "--language", "en"), "“0” is not a number of sites"),
        (("--host", "castle", "--language", "en"), "There is no kind of premises “castle”"),
        (("--force", "n1", "--forbid", "n1", "--language", "en"), "both wanted and ruled out"),
        (("--host", "castle"), "没有“castle”这类场所"),
        (("--aim", "fewest", "--minutes", "1", "--weight", "street", "--language", "en"), "cannot be reached"),
        (("--save", "x"), "Say who saves the plan: --by WHO."),
        (("--list", "0123456789abcdef", "--language", "en"), "There is no list"),
    ):
        result = ask(*arguments)
        assert result.exit_code != 0
        assert told in result.stderr
        assert "Traceback" not in result.output
    assert plans.scenarios.all() == ()


def test_without_an_atlas_or_a_place_for_plans(ask):
    assert "flask atlas build" in ask(atlas=None).stderr
    assert "No plans are kept here" in ask("list", plans=None).stderr


def test_a_list_of_candidates(say, plans, csv_file):
    file = csv_file("名称,经度,纬度,造价", f"供销社,{at(5, 5)},2", f"粮站,{at(0, 6)},1")
    say("--candidates", str(file), "--sites", "1", "--save", "名单", "--by", "林某")
    saved = plans.scenarios.get("名单")
    assert saved.plan.keys[0].startswith("listed-")
    assert [row["name"] for row in plans.lists.rows(saved.query["list"][0])] == ["供销社", "粮站"]


def test_ctrl_c_gives_the_best_so_far(say, monkeypatch):

    def interrupted(case, goal, watch):
        before = signal.getsignal(signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        assert watch.stop()
        assert signal.getsignal(signal.SIGINT) == signal.SIG_DFL != before, "a second one ends the program"
        return replace(solve_exactly(case, goal), ended=Ended.CANCELLED, bound=1e9)

    monkeypatch.setattr(proving, "solve_exactly", interrupted)
    before = signal.getsignal(signal.SIGINT)
    lines = say(*SIX, "--save", "半途", "--by", "林某")
    assert lines[1].startswith("Stopped after")
    assert signal.getsignal(signal.SIGINT) == before
    assert say("list")[-2].split("│")[9].strip() == "best so far"


def test_a_time_limit_is_kept(say, monkeypatch):
    limits: list[float | None] = []

    def timed(case, goal, watch):
        limits.append(watch.time_s)
        return solve_exactly(case, goal)

    monkeypatch.setattr(proving, "solve_exactly", timed)
    for arguments in ((), ("--time-limit", "7.5"), ("--time-limit", "0")):
        say(*SIX, *arguments)
    assert limits == [60.0, 7.5, None]


@pytest.fixture
def files(monkeypatch):
    quick = {name: PLAN_FILES[name] for name in ("plan.csv", "plan.geojson")}
    monkeypatch.setattr(sitingfiles, "PLAN_FILES", quick)


def test_a_question_is_asked_again_of_its_revision_and_gives_the_same_bytes(
    ask, say, files, tmp_path, kept, town_stations
):
    first = say(*SIX, "--out", str(tmp_path / "first"))
    there = {path.name: path.read_bytes() for path in (tmp_path / "first").iterdir()}
    assert set(there) == {"plan.csv", "plan.geojson", "question.json"}
    question = json.loads(there["question.json"])
    assert (question["query"], question["revision"]) == ({"sites": "2", "minutes": "6", "weight": "street"}, 3)
    kept.append(town_stations[3:], what="import", who="clerk", at=NOW)
    file = str(tmp_path / "first" / "question.json")
    again = ask("--query", file, "--out", str(tmp_path / "again"), "--language", "en")
    assert "as asked" in again.stdout
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == there
    assert first[0] in again.stdout
    one = ask("--query", file, "--sites", "1", "--language", "en").stdout
    assert "With 1 more station" in one, "what is said beside it comes first"


def test_a_saved_plan_is_shown_as_it_was(say, ask, files, kept, town_stations, tmp_path):
    first = say(*SIX, "--save", "春", "--by", "林某", "--note", "第一稿")
    kept.append(town_stations[3:], what="import", who="clerk", at=NOW)
    shown = say("show", "春", "--out", str(tmp_path / "out"))
    assert shown[0].startswith("春  ")
    assert shown[1].startswith("Version 1, saved by 林某, ")
    assert shown[2] == "第一稿"
    assert shown[4:6] == first[:2], "of the stations of then"
    assert json.loads((tmp_path / "out" / "question.json").read_text())["revision"] == 3
    record = json.loads(ask("show", "春", "--json").stdout)
    assert (record["name"], record["version"], record["revision"], record["removed"]) == ("春", 1, 3, None)
    assert StoredPlan.from_record(record["plan"]).ended == "proven"


def test_the_page_gives_the_same_files_of_a_plan_saved_here_and_of_its_question(
    ask, say, files, open_house, kept, plans, banked, tmp_path
):
    say(*SIX, "--save", "春", "--by", "林某")
    assert ask("show", "春", "--out", str(tmp_path / "shown")).exit_code == 0
    planner = open_house(shelf=kept, plans=plans, ground=banked).test_client()
    saved = plans.scenarios.get("春")
    for name in ("plan.csv", "plan.geojson", "question.json"):
        assert planner.get(f"/planning/siting/{name}?plan={saved.id}").data == (tmp_path / "shown" / name).read_bytes()
    file = tmp_path / "question.json"
    file.write_bytes(planner.get("/planning/siting/question.json?sites=2&minutes=6&weight=street").data)
    assert ask("--query", str(file), "--out", str(tmp_path / "asked")).exit_code == 0
    plain = json.loads((tmp_path / "asked" / "plan.geojson").read_text())
    assert [one["geometry"] for one in plain["features"]] == [
        one["geometry"] for one in json.loads((tmp_path / "shown" / "plan.geojson").read_text())["features"]
    ]


def test_on_another_atlas_the_proof_does_not_hold(say, ask, banked):
    say(*SIX, "--save", "春", "--by", "林某")
    other = replace(banked, digest="e" * 64, memo=Memo())
    shown = ask("show", "春", "--language", "en", atlas=other)
    assert "it is counted anew, and its proof does not hold here" in shown.stderr
    assert "Proven" not in shown.stdout


def test_the_list_and_what_was_removed(say, ask):
    assert say("list") == ["No plan is saved."]
    say(*SIX, "--save", "春", "--by", "林某"), say(*SIX, "--save", "夏", "--by", "林某")
    say(*SIX, "--save", "春", "--by", "周某")
    assert [one["name"] for one in json.loads(ask("list", "--json").stdout)] == ["春", "夏"]
    (row,) = (line for line in say("list") if "│ 春" in line)
    cells = [cell.strip() for cell in row.split("│")[2:-1]]
    assert (cells[0], cells[1], cells[2], cells[4], cells[7:]) == ("春", "2", "周某", "2", ["proven", "0 / 2"])
    assert "was removed" in say("remove", "春", "--by", "李某")[0]
    assert [one["name"] for one in json.loads(ask("list", "--json").stdout)] == ["夏"]
    every = json.loads(ask("list", "--all", "--json").stdout)
    assert [(one["name"], one["version"], one["removed_by"]) for one in every] == [
        ("春", 2, "李某"),
        ("夏", 1, ""),
        ("春", 1, "李某"),
    ]
    assert any("春 (removed)" in line for line in say("list", "--all"))
    assert "Removed by 李某" in "\n".join(say("show", every[0]["id"]))
    assert "没有保存过方案“秋”" in ask("show", "秋").stderr


def test_plans_side_by_side(say, ask):
    say(*SIX, "--save", "两个", "--by", "林某")
    say(*SIX, "--sites", "1", "--save", "一个", "--by", "林某")
    compared = json.loads(ask("compare", "两个", "一个", "--json").stdout)
    assert [one["name"] for one in compared["plans"]] == ["", "两个", "一个"]
    today, two, one = (plan["covered"] for plan in compared["plans"])
    assert today < one < two
    assert compared["shared"] == [[2, 1], [1, 1]]
    lines = say("compare", "两个", "一个")
    assert lines[-1] == "“两个” and “一个” have 1 site in common."
    wider = json.loads(ask("compare", "两个", "一个", "--minutes", "30", "--json").stdout)
    assert wider["plans"][0]["covered"] > today


def test_a_site_becomes_a_planned_station(say, ask, kept):
    say(*SIX, "--save", "春", "--by", "林某")
    (told,) = say("accept", "春", "1", "--by", "周某")
    code = told.split()[0]
    assert told.endswith("is a planned station now.")
    station = kept.snapshot().station(code)
    assert (station.status, station.host, station.hours) == (Status.PLANNED, "bank", "Mo-Fr 09:00-17:00")
    assert station.township in {"360681101", "360681102"}
    assert station.extra["accepted by"] == "周某"
    key = station.extra["plan site"]
    again = ask("accept", "春", key, "--by", "周某")
    assert (again.exit_code, f"已经是站点 {code}" in again.stderr) == (1, True)
    assert f"Site {key} is the planned station {code}." in say("show", "春")
    assert "has no site 9" in ask("accept", "春", "9", "--by", "周某", "--language", "en").stderr


def test_the_key(say, plans):
    assert say("key")[0] == plans.key.key()
