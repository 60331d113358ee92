"""At the command line: which station is nearest, who is covered."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass

import pytest
from click.testing import CliRunner, Result

from geodata.atlas import Atlas
from stations.commands.questions import question_commands
from stations.registry.snapshot import Snapshot
from stations.settings import Settings
from stations.web.house import House
from tests.geodata.grids import at
from tests.stations.questions.town import snapshot_of, station, town_of

TOWN = """
    a 0 0
    b 6000 0
    v 5000 100 place=village name=金寨村
    a-b highway=residential
"""
STATIONS = [
    station("A", 300, hours="24/7", amenities={"toilet": "yes"}),
    station("B", 600, hours="Su 08:00-09:00"),
    station("C", 900),
]


@dataclass(frozen=True)
class Kept:
    """A registry that holds what it was given."""

    now: Snapshot

    def snapshot(self) -> Snapshot:
        return self.now


def run(command: str, *arguments: object, atlas: Atlas | None = None, without_atlas: bool = False) -> Result:
    ground = None if without_atlas else atlas or town_of(TOWN)
    house = House(Settings(), Kept(snapshot_of(STATIONS)), ground)
    (chosen,) = (one for one in question_commands(lambda: house) if one.name == command)
    return CliRunner().invoke(chosen, [str(argument) for argument in arguments])


HERE = ("--lon", at(0, 0).lon, "--lat", at(0, 0).lat, "--at", "2026-03-02T12:00")


def test_nearest_lists_what_fits_and_why_the_rest_does_not() -> None:
    result = run("nearest", *HERE)
    assert result.exit_code == 0, result.output
    lines = [line for line in result.output.splitlines() if "驿站" in line]
    assert [line.split()[1] for line in lines] == ["A", "C", "B"]
    assert "300" in lines[0]
    assert "street" in lines[0]
    assert "unknown" in lines[1]
    assert "closed" in lines[2]
    assert f"Revision 7, atlas {town_of(TOWN).digest[:12]}" in result.output


def test_nearest_as_json_is_what_the_api_gives() -> None:
    answer = json.loads(run("nearest", *HERE, "--json", "--path", "--amenity", "toilet", "--limit", 1).output)
    assert (answer["revision"], answer["digest"]) == (7, town_of(TOWN).digest)
    (found,) = answer["stations"]
    assert (found["code"], found["basis"], found["state"]) == ("A", "street", "open")
    assert found["metres"] == pytest.approx(300, abs=1)
    assert found["path"]


def test_nearest_without_an_atlas_is_an_estimate() -> None:
    result = run("nearest", *HERE, without_atlas=True)
    assert result.exit_code == 0, result.output
    assert "circle" in result.output


def test_nearest_with_nothing_in_reach_says_so() -> None:
    result = run("nearest", *HERE[:4], "--at", "2026-03-02T12:00", "--minutes", "1")
    assert result.exit_code == 0
    assert "Nothing that fits is within reach" in result.output
    assert "beyond 1 min" in result.output


@pytest.mark.parametrize("command", ["nearest", "coverage"])
@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--minutes", "0"),
        ("--minutes", "-1"),
        ("--minutes", "1e9"),
        ("--minutes", "nan"),
        ("--minutes", "soon"),
        ("--mode", "rocket"),
        ("--at", "noon"),
        ("--at", "2026-02-30T12:00"),
        ("--amenity", "jacuzzi"),
    ],
)
def test_a_value_that_cannot_be_is_named(command, option, value) -> None:
    here = HERE[:4] if command == "nearest" else ()
    result = run(command, *here, option, value)
    assert result.exit_code == 1
    assert "Error:" in result.output
    assert value in result.output
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(("lon", "lat"), [("x", "28"), ("nan", "28"), ("181", "28"), ("116", "-91"), ("", "28")])
def test_a_place_that_is_none_is_refused(lon, lat) -> None:
    result = run("nearest", "--lon", lon, "--lat", lat)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("limit", ["0", "51", "-1", "many"])
def test_a_limit_is_one_to_fifty(limit) -> None:
    assert run("nearest", *HERE, "--limit", limit).exit_code == 1


def test_coverage_shows_rows_totals_and_gaps() -> None:
    result = run("coverage")
    assert result.exit_code == 0, result.output
    assert "metres of street" in result.output
    (total,) = (line for line in result.output.splitlines() if line.strip("│ ").startswith("total"))
    figures = [word.replace(",", "") for word in total.replace("│", " ").split()[1:]]
    assert figures[0] == "6000"
    assert float(figures[1]) == pytest.approx(1900, abs=110)
    assert figures[-1] == "3"
    assert "Gap  1" in result.output
    assert "金寨村" in result.output


def test_coverage_at_a_moment_tells_of_unknown_hours() -> None:
    assert "1 stations are of unknown hours" in run("coverage", "--at", "2026-03-02T12:00").output


def test_coverage_is_written_to_files(tmp_path) -> None:
    result = run("coverage", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out" / "coverage.csv").read_text(encoding="utf-8-sig"))))
    assert rows
    assert (tmp_path / "out" / "gaps.csv").read_text(encoding="utf-8-sig").count("\n") > 1
    for name in ("coverage", "gaps", "reach"):
        layer = json.loads((tmp_path / "out" / f"{name}.geojson").read_text(encoding="utf-8"))
        assert layer["type"] == "FeatureCollection"
        assert layer["features"]
        assert "© OpenStreetMap contributors" in layer["attribution"]


def test_coverage_needs_an_atlas() -> None:
    result = run("coverage", without_atlas=True)
    assert result.exit_code == 1
    assert "flask atlas build" in result.output


def test_a_folder_that_cannot_be_written_is_told(tmp_path) -> None:
    (tmp_path / "out").write_text("in the way")
    result = run("coverage", "--out", tmp_path / "out")
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)


def test_a_folder_that_cannot_be_made_is_told(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    result = run("coverage", "--out", tmp_path / "file" / "inside")
    assert result.exit_code == 1
    assert "cannot be written to" in result.output
