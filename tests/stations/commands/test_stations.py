"""At the command line: a clerk looks at the stations, and is told what is wrong."""

import json

import click
import pytest
from click.testing import CliRunner

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
    def invoke(*arguments):
        group = station_commands(lambda: registry, shanghai)
        return CliRunner().invoke(group, [str(argument) for argument in arguments], env={"USER": "clerk"})

    return invoke


@pytest.fixture
def taken_in(run, csv_file):
    result = run("import", csv_file(*LINES), "--keep-unknown")
    assert result.exit_code == 0, result.output
    return result


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
