"""At the command line: a saved question is asked again, and all of it written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from geodata.lonlat import LonLat
from stations.commands.coverage import coverage_commands
from stations.registry.log import Registry
from stations.settings import Settings
from stations.web.house import House
from stations.web.language import speak
from stations.web.planning.printing import PRINTED_FILES
from tests.town import PROJECT, Shelf, atlas, open_house, town_stations, upkeeps

__all__ = ["atlas", "open_house", "town_stations", "upkeeps"]

WRITTEN = {
    "report.pdf", "report.html", "workbook.xlsx", "coverage.gpkg", "map.png", "reach.png", "map.html", "question.json",
    "townships.csv", "double15.csv", "gaps.csv", "clock.csv", "clock_if.csv", "clock_townships.csv", "worth.csv",
    "pairs.csv", "sureness.csv", "fairness.csv", "seats.csv", "coverage.geojson", "gaps.geojson", "reach.geojson",
}  # fmt: skip


@pytest.fixture(scope="module")
def terminal() -> Flask:
    """The app of a command, at which nobody knocks."""
    app = Flask("yizhan", root_path=str(PROJECT))
    speak(app, PROJECT / "translations")
    return app


@pytest.fixture
def ask(terminal, atlas, town_stations, tmp_path):
    def run(query: object, *options: str, shelf=None, out: Path | None = None) -> Result:
        file = tmp_path / "question.json"
        file.write_text(query if isinstance(query, str) else json.dumps(query), encoding="utf-8")
        house = House(Settings(), shelf or Shelf(town_stations), atlas)
        arguments = ["report", "--query", str(file), "--out", str(out or tmp_path / "out"), *options]
        with terminal.app_context():
            return CliRunner().invoke(coverage_commands(lambda: house), arguments)

    return run


def question(**query: object) -> dict[str, object]:
    return {"format": 1, "query": query, "revision": 7, "digest": "", "day": "2026-11-20"}


def test_everything_is_written_and_the_same_again(ask, tmp_path):
    saved = question(minutes="5")
    result = ask(saved)
    assert result.exit_code == 0, result.output
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert set(first) == WRITTEN
    assert "西乡" in first["townships.csv"].decode()
    again = ask(json.loads(first["question.json"]), out=tmp_path / "again")
    assert again.exit_code == 0, again.output
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == first


def test_it_is_what_the_page_gives(ask, open_house, tmp_path):
    client = open_house().test_client()
    saved = client.get("/planning/question.json?minutes=5&mode=ebike").text
    assert ask(saved).exit_code == 0
    for one in PRINTED_FILES.values():
        if one.file in {"workbook.xlsx", "coverage.gpkg"}:
            assert (
                client.get(f"/planning/{one.file}?minutes=5&mode=ebike").data
                == (tmp_path / "out" / one.file).read_bytes()
            )


def test_it_speaks_english_when_asked(ask, tmp_path):
    assert ask(question(minutes="5"), "--language", "en").exit_code == 0
    assert "of the streets lie within 5 min" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_another_atlas_and_a_lost_revision_are_said(ask):
    result = ask(question(minutes="5") | {"digest": "0" * 64, "revision": 9}, shelf=Forgetful.of())
    assert result.exit_code == 0, result.output
    assert "atlas 000000000000" in result.output
    assert "no revision 9" in result.output


class Forgetful(Shelf):
    """A registry that knows only how it is now."""

    @classmethod
    def of(cls) -> Forgetful:
        return cls([])

    def as_of(self, when):
        from stations.errors import UnknownRevisionError

        raise UnknownRevisionError("The log ends before.")


def test_an_earlier_revision_is_asked_as_it_was(ask, database, make_station, noon, tmp_path, shanghai):
    registry = Registry.open(database, shanghai)
    for number in (1, 2):
        station = make_station(f"S{number}", position=LonLat(116.3, 28.3), hours="24/7")
        registry.append([station], what="edit", who="tester", at=noon)
    result = ask(question(minutes="5") | {"revision": 1}, shelf=registry)
    registry.close()
    assert result.exit_code == 0, result.output
    assert "of revision 1, as asked" in result.output
    text = (tmp_path / "out" / "worth.csv").read_text(encoding="utf-8-sig")
    assert "S1" in text
    assert "S2" not in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("{", "no JSON"),
        (question(minutes="many"), "many"),
        (question(colour="red"), "colour"),
        (question(close="NOBODY"), "NOBODY"),
    ],
)
def test_a_question_that_cannot_be_asked_writes_nothing(ask, tmp_path, query, said):
    result = ask(query)
    assert result.exit_code != 0
    assert said in result.output
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_said(ask, tmp_path):
    (tmp_path / "out").write_text("in the way", encoding="utf-8")
    result = ask(question(minutes="5"))
    assert result.exit_code != 0
    assert "is a file" in result.output
