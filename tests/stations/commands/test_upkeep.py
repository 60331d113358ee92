"""At the command line: the staff see what was reported, say that they looked, and count who came."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from stations.commands.upkeep import upkeep_commands
from stations.upkeep.facts import Sender
from stations.upkeep.saying import Upkeep

HOUR = timedelta(hours=1)


@pytest.fixture
def run(registry, shanghai):
    def invoke(*arguments):
        return CliRunner().invoke(upkeep_commands(lambda: registry, shanghai), arguments)

    return invoke


@pytest.fixture
def said(registry, make_station, shanghai):
    """Two people found the microwave of S1 broken, and one the door of S2 locked."""
    return say(datetime.now(UTC), registry, make_station, shanghai)


def say(now, registry, make_station, shanghai):
    registry.append([make_station("S1"), make_station("S2")], what="import", who="clerk", at=now - timedelta(days=30))
    upkeep = Upkeep(registry.store, shanghai)
    people = [Sender(f"device {number}", f"network {number}") for number in range(2)]
    for sender, note in zip(people, ["=1+1", "不转"], strict=True):
        facts = {"sender": sender, "found": now - HOUR, "now": now, "revision": 1}
        upkeep.report("S1", "broken", amenity="microwave", note=note, **facts)
        upkeep.visit("S1", sender=sender, now=now)
    upkeep.report("S2", "locked", sender=people[0], found=now - HOUR, now=now, revision=2)
    return upkeep, (now - HOUR).astimezone(shanghai)


def rows_of(result):
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(result.stdout[1:])))


def test_tasks(run, said):
    _, found = said
    clock = f"{found:%Y-%m-%d %H:%M}"
    assert run("tasks").stdout.splitlines() == [
        "S1  驿站 S1",
        f"    Something is broken (Microwave): 2 people, from {clock} to {clock}",
        "        “不转”",
        "        “=1+1”",
        "    Once looked at: flask upkeep looked S1 broken microwave",
    ]
    assert f"    设施坏了 (微波炉)：2 人，{clock} 至 {clock}" in run("tasks", "--language", "zh").stdout
    (task,) = json.loads(run("tasks", "--json").stdout)
    assert (task["code"], task["kind"], task["amenity"], task["people"], task["told"]) == (
        "S1",
        "broken",
        "microwave",
        2,
        True,
    )
    (row,) = rows_of(run("tasks", "--csv", "--language", "zh"))
    assert (row["代码"], row["问题"], row["是否提示公众"]) == (
        "S1",
        "设施坏了 (微波炉)",
        "是",
    )
    assert row["说明汇总"] == "不转; =1+1"


def test_no_note_runs_as_a_formula(run, said):
    notes = [row["Note"] for row in rows_of(run("reports", "S1", "--csv"))]
    assert notes == ["不转", "'=1+1"]


def test_reports_of_one_station_and_what_became_of_them(run, said, monkeypatch):
    monkeypatch.setenv("USER", "clerk")
    upkeep, _ = said
    assert "Locked in posted hours" in run("reports", "S2").stdout
    looked = run("looked", "S1", "broken", "microwave")
    assert looked.stdout == "Looked at: 2 reports count no more.\n"
    assert run("tasks").stdout == "Nothing to look at.\n"
    lines = run("reports", "S1").stdout.splitlines()
    assert len(lines) == 2
    assert all("looked at by clerk, " in line for line in lines)
    now = datetime.now(UTC)
    upkeep.confirm("S2", "hours", sender=Sender("another", "elsewhere"), now=now, revision=2)
    assert "counts no more since" in run("reports", "S2").stdout
    (report,) = json.loads(run("reports", "S2", "--json").stdout)
    assert report["cleared"] is not None
    assert report["by"] == ""


def test_looking_at_what_nobody_reported(run, said):
    result = run("looked", "S1", "gone", "--language", "zh")
    assert result.exit_code == 1
    assert "驿站 S1 没有待处理的“gone”报告" in result.stderr


def test_visits_by_station_and_month(run, registry, make_station, shanghai, noon):
    say(noon, registry, make_station, shanghai)
    assert "2025-03  S1  驿站 S1  2 visits, 2 reports, 0 confirmations" in run("visits").stdout
    assert "S1" not in run("visits", "S2").stdout
    (row,) = rows_of(run("visits", "S1", "--csv", "--language", "zh"))
    assert (row["服务人次"], row["月份"]) == ("2", "2025-03")
    assert json.loads(run("visits", "S1", "--json").stdout)[0]["visits"] == 2


def test_nothing_was_said_yet(run, registry, make_station, noon):
    registry.append([make_station("S1")], what="import", who="clerk", at=noon)
    assert run("visits").stdout == "Nothing was counted.\n"
    assert run("reports", "S1").stdout == "Nothing was reported.\n"
    for command in (("reports", "S9"), ("visits", "S9")):
        result = run(*command)
        assert result.exit_code == 1
        assert "There is no station S9" in result.stderr


def test_of_a_station_that_was_removed_the_counts_stay(run, said, registry, noon):
    registry.remove(["S1"], who="clerk", at=noon)
    assert run("tasks").stdout == "Nothing to look at.\n"
    assert "2 visits" in run("visits", "S1").stdout
    assert len(run("reports", "S1").stdout.splitlines()) == 2
