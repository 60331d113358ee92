"""At the command line: a clerk imports a list, looks at it, and is told what is wrong."""

import json

import click
import pytest
from click.testing import CliRunner

from geodata.errors import OffStreetError
from geodata.lonlat import LonLat
from stations.commands.importing import street_check
from stations.commands.stations import station_commands
from stations.errors import RegistryError
from stations.registry.log import Registry

LINES = (
    "code,name,lon,lat,datum,host,hours,colour",
    "A,驿站 [甲],116.30,28.30,wgs84,bank,Mo-Fr 08:00-18:00,red",
    "B,驿站乙,116.31,28.31,wgs84,library,,",
)


@pytest.fixture
def run(registry, shanghai):
    def invoke(*arguments, check=lambda: None):
        group = station_commands(lambda: registry, shanghai, check)
        return CliRunner().invoke(group, [str(argument) for argument in arguments], env={"USER": "clerk"})

    return invoke


@pytest.fixture
def taken_in(run, csv_file):
    result = run("import", csv_file(*LINES))
    assert result.exit_code == 0, result.output
    return result


def test_import_says_what_it_did(taken_in, registry):
    assert "2 new, 0 changed, 0 unchanged. Batch 1, revision 2." in taken_in.output
    assert "Not understood, kept as they are: colour" in taken_in.output
    assert registry.history("A")[0].batch.who == "clerk"
    assert registry.history("A")[0].batch.source == "list.csv"


def test_the_same_file_again_changes_nothing(taken_in, run, csv_file, registry):
    result = run("import", csv_file(*LINES))
    assert "0 new, 0 changed, 2 unchanged. Nothing to write." in result.output
    assert registry.snapshot().revision == 2


def test_a_dry_run_changes_nothing(run, csv_file, registry):
    result = run("import", csv_file(*LINES), "--dry-run")
    assert "2 new, 0 changed, 0 unchanged. Dry run: nothing was written." in result.output
    assert registry.snapshot().revision == 0


def test_a_refused_file_lists_its_faults_and_fails(run, csv_file, registry):
    result = run("import", csv_file("code,name,lon,lat,hours", "A,a,0,0,24小时", "A,b,x,28.3,"))
    assert result.exit_code == 1
    assert "row 2, lon: Its position is 0,0" in result.output
    assert "row 2, hours:" in result.output
    assert "row 3, lon: “x” is not a number" in result.output
    assert "row 3, code: Code A already stands in row 2" in result.output
    assert "Nothing was written" in result.output
    assert "Traceback" not in result.output
    assert registry.snapshot().revision == 0


def test_many_faults_are_counted(run, csv_file):
    result = run("import", csv_file("code,name,lon,lat", *(f"S{number},s,x,1" for number in range(80))))
    assert "and 30 more." in result.output


def test_hours_that_cannot_be_read_go_in_when_asked(run, csv_file, registry):
    path = csv_file("name,lon,lat,开放时间", "甲,113.3,34.8,24小时", encoding="gb18030")
    assert run("import", path).exit_code == 1
    assert run("import", path, "--keep-unread-hours", "--datum", "gcj02").exit_code == 0
    (station,) = registry.snapshot().stations
    assert station.extra["opening_hours_unread"] == "24小时"
    assert station.source_datum == "gcj02"


def test_a_file_that_is_not_there(run, tmp_path):
    result = run("import", tmp_path / "nothing.csv")
    assert (result.exit_code, result.output) == (1, "Error: There is no file nothing.csv.\n")


def test_an_unknown_datum_is_a_usage_error(run, csv_file):
    assert run("import", csv_file(*LINES), "--datum", "mars").exit_code == 2


def test_list(taken_in, run):
    result = run("list")
    assert "2 stations, revision 2" in result.output
    assert "驿站 [甲]" in result.output
    assert "unknown" in result.output


def test_list_as_json_and_by_status(taken_in, run):
    assert [record["code"] for record in json.loads(run("list", "--json").output)] == ["A", "B"]
    assert json.loads(run("list", "--json", "--status", "retired").output) == []


def test_show(taken_in, run):
    result = run("show", "A")
    assert "驿站 [甲]" in result.output
    assert "Mo-Fr 08:00-18:00" in result.output
    assert "colour: red" in result.output
    assert "revision 1" in result.output
    assert "clerk" in result.output
    assert json.loads(run("show", "A", "--json").output)["host"] == "bank"


def test_show_what_is_not_there(run):
    result = run("show", "Z9")
    assert (result.exit_code, result.output) == (1, "Error: There is no station Z9.\n")


def test_a_registry_that_cannot_be_opened(shanghai):
    def broken():
        raise RegistryError("The registry {name} is damaged.", name="registry.db")

    result = CliRunner().invoke(station_commands(broken, shanghai), ["list"])
    assert (result.exit_code, result.output) == (1, "Error: The registry registry.db is damaged.\n")


def test_the_group_is_called_stations(shanghai):
    group = station_commands(Registry, shanghai)
    assert isinstance(group, click.Group)
    assert group.name == "stations"
    assert set(group.commands) == {"import", "list", "show"}


# Against the streets of an atlas that lies between 9.4 and 9.6 east, 47.0 and 47.3 north.


def snap(position):
    if not (9.45 < position.lon < 9.55 and 47.1 < position.lat < 47.2):
        raise OffStreetError(
            "No street within {metres} m of {lon}, {lat}.", metres=500, lon=position.lon, lat=position.lat
        )


@pytest.fixture
def check():
    return street_check(snap, (9.4, 47.0, 9.6, 47.3))


def test_on_the_streets(check):
    assert check(LonLat(9.5, 47.15)) is None


@pytest.mark.parametrize("position", [LonLat(9.41, 47.01), LonLat(9.62, 47.15)])
def test_off_the_streets_is_only_told(check, position):
    doubt = check(position)
    assert not doubt.refuse
    assert "500 m" in doubt.template.format(**doubt.values)


def test_far_outside_is_refused(check):
    doubt = check(LonLat(8.0, 47.15))
    assert doubt.refuse
    assert "in the sea, or in another county" in doubt.template.format(**doubt.values)


def test_swapped_into_the_atlas_is_said(check):
    doubt = check(LonLat(47.15, 9.5))
    assert doubt.refuse
    assert "swapped" in doubt.template.format(**doubt.values)


def test_import_asks_the_atlas(run, csv_file, registry, check):
    far = run("import", csv_file(*LINES), check=lambda: check)
    assert far.exit_code == 1
    assert "km outside the atlas" in far.output
    near = run("import", csv_file("code,name,lon,lat", "A,a,9.41,47.01"), check=lambda: check)
    assert near.exit_code == 0
    assert "doubt: row 2, lon: No street within 500 m" in near.output
    assert registry.snapshot().codes == ("A",)
