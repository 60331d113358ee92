"""At the command line: a clerk takes the stations out, corrects them in a spreadsheet, and takes them in again."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from stations.commands.stations import station_commands

LINES = (
    "code,name,lon,lat,datum,host,hours,township_code,water,负责人,colour",
    "001,驿站 [甲],116.301234,28.301234,wgs84,bank,Mo-Fr 08:00-18:00,360481001,yes,王某,red",
    "B,图书馆小屋,116.411234,28.311234,wgs84,library,24/7,360481002,no,,",
    "C,江边渔家棚,116.511234,28.411234,wgs84,,,,,,",
)


@pytest.fixture
def run(registry, shanghai):
    def invoke(*arguments):
        group = station_commands(lambda: registry, shanghai)
        return CliRunner().invoke(group, [str(argument) for argument in arguments], env={"USER": "clerk"})

    return invoke


@pytest.fixture(autouse=True)
def taken_in(run, csv_file):
    result = run("import", csv_file(*LINES), "--keep-unknown")
    assert result.exit_code == 0, result.output


def rows(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson", "gpkg"])
def test_what_was_taken_out_goes_in_again_and_changes_nothing(run, tmp_path, form):
    result = run("export", tmp_path / f"out.{form}", "--full")
    assert result.exit_code == 0, result.output
    assert f"out.{form}: 3 stations, every field, private ones too, revision 3." in result.output
    again = run("import", tmp_path / f"out.{form}")
    assert "0 new, 0 changed, 3 unchanged. Nothing to write." in again.output


def test_a_correction_in_a_spreadsheet_is_the_only_change(run, tmp_path, registry):
    path = tmp_path / "out.csv"
    run("export", path)
    path.write_text(path.read_text("utf-8-sig").replace("江边渔家棚", "江边茶棚"), encoding="utf-8-sig")
    assert "0 new, 1 changed, 2 unchanged" in run("import", path).output
    stations = {station.code: station for station in registry.snapshot().stations}
    assert stations["C"].name == "江边茶棚"
    # What a public list does not have stays as it was.
    assert (stations["001"].custodian, stations["001"].extra) == ("王某", {"colour": "red"})


def test_what_is_private_goes_out_only_when_asked_for(run):
    assert "王某" not in run("export", "-").output
    assert "王某" not in run("export", "-", "--public").output
    assert "王某" in run("export", "-", "--full").output


def test_the_words_of_the_list_can_be_chosen(run):
    assert "银行" in run("export", "-").output
    (first, *_) = rows(run("export", "-", "--headers", "en").output)
    assert (first["Name"], first["Kind of host"], first["Drinking water"]) == ("驿站 [甲]", "Bank", "Yes")
    (first, *_) = rows(run("export", "-", "--headers", "key").output)
    assert (first["code"], first["host"], first["amenity:water"]) == ("001", "bank", "yes")


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        (["--host", "bank"], ["001"]),
        (["--host", "银行", "--host", "Library"], ["001", "B"]),
        (["--township", "360481"], ["001", "B"]),
        (["--amenity", "饮用水"], ["001"]),
        (["--open-at", "2026-03-01T08:30"], ["B"]),
        (["--bbox", "116.4,28,117,29"], ["B", "C"]),
        (["--code", "C", "--code", "B"], ["B", "C"]),
        (["--status", "active", "--kind", "rest_station"], ["001", "B", "C"]),
    ],
)
def test_some_stations_only(run, options, codes):
    result = run("export", "-", "--headers", "key", *options)
    assert [row["code"] for row in rows(result.output)] == codes


def test_geojson_to_the_terminal(run):
    assert len(json.loads(run("export", "-", "--form", "geojson").output)["features"]) == 3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["out.txt"], "End it in .csv, .xlsx, .geojson, .gpkg"),
        (["-", "--form", "xlsx"], "cannot be written to a pipe"),
        (["-", "--host", "palace"], "“palace” is not one of the hosts"),
        (["-", "--open-at", "noon"], "Write it like 2026-03-01T08:30"),
        (["-", "--bbox", "1,2,3"], "Give west,south,east,north"),
        (["-", "--bbox", "nan,nan,nan,nan"], "Give west,south,east,north"),
        (["-", "--code", "Z"], "No station fits"),
    ],
)
def test_what_cannot_be_done_is_told(run, options, told):
    result = run("export", *options)
    assert result.exit_code == 1
    assert told in result.output
    assert "Traceback" not in result.output


def test_a_file_that_is_there_is_replaced_only_when_told(run, tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("mine", encoding="utf-8")
    assert "is there already" in run("export", path).output
    assert path.read_text(encoding="utf-8") == "mine"
    assert run("export", path, "--force").exit_code == 0
    assert "驿站" in path.read_text(encoding="utf-8")
