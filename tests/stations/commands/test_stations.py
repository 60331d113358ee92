"""At the command line: a clerk looks at the stations, and is told what is wrong."""

import json
from datetime import timedelta

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
    assert {"import", "export", "list", "show", "history", "batches", "undo", "restore", "remove"} <= set(
        group.commands
    )


# Looking back, and going back


@pytest.fixture
def changed(registry, make_station, noon):
    """A imported at noon, then corrected the next day; B imported with it and removed."""
    day = timedelta(days=1)
    first = [make_station("A", seats=4, amenities={"microwave": "yes"}), make_station("B")]
    registry.append(first, what="import", who="clerk", at=noon, source="list.csv", digest="abc")
    registry.append(
        [make_station("A", seats=6, amenities={"microwave": "no"}, note="one\ntwo")],
        what="edit",
        who="warden",
        at=noon + day,
    )
    registry.remove(["B"], who="keeper", at=noon + 2 * day)
    return registry


def test_the_history_of_a_station_in_readable_differences(changed, run):
    lines = run("history", "A").output.splitlines()
    assert lines[0] == "revision 1  2025-03-01 20:00  clerk  import list.csv  batch 1"
    assert "    Seat count: — → 4" in lines
    second = lines.index("revision 3  2025-03-02 20:00  warden  edit  batch 2")
    assert lines[second + 1 :] == [
        "    Amenities, Microwave: Yes → No",
        "    Note: — → one / two",
        "    Seat count: 4 → 6",
    ]
    assert run("history", "B").output.splitlines()[-1] == "    removed"
    assert "    设施·微波炉：有 → 无" in run("history", "A", "--language", "zh").output


def test_the_history_as_json(changed, run):
    first, second = json.loads(run("history", "A", "--json").output)
    assert (first["revision"], first["batch"]["source"], first["batch"]["digest"]) == (1, "list.csv", "abc")
    assert second["station"]["seats"] == 6
    assert {"field": "seats", "part": "", "label": "Seat count", "before": 4, "after": 6, "private": False} in second[
        "differences"
    ]


def test_no_history_of_what_was_never_there(run):
    assert run("history", "Z9").output == "Error: There is no station Z9.\n"


def test_batches(changed, run):
    assert run("batches").output.splitlines() == [
        "2025-03-03 20:00  keeper  remove  batch 3  1 station",
        "2025-03-02 20:00  warden  edit  batch 2  1 station",
        "2025-03-01 20:00  clerk  import list.csv  batch 1  2 stations",
    ]
    assert [one["id"] for one in json.loads(run("batches", "--json", "--limit", "1").output)] == [3]


@pytest.mark.parametrize(
    ("when", "codes"),
    [
        ("2025-03-01T19:59", []),
        ("2025-03-01T20:00", ["A", "B"]),
        ("2025-03-01T12:00+00:00", ["A", "B"]),
        ("2025-03-02", ["A", "B"]),
        ("2025-03-03", ["A"]),
        ("0", []),
        ("1", ["A"]),
    ],
)
def test_the_list_as_it_was(changed, run, when, codes):
    result = run("list", "--json", "--at", when)
    assert [record["code"] for record in json.loads(result.output)] == codes


def test_a_station_as_it_was(changed, run):
    then = run("show", "A", "--at", "2025-03-01").output
    assert "seats  4" in then
    assert "revision 1" in then
    assert "then  unknown" in then
    assert "seats  6" in run("show", "A").output
    assert json.loads(run("show", "B", "--json", "--at", "2").output)["code"] == "B"


@pytest.mark.parametrize("when", ["yesterday", "2025-13-01", ""])
def test_a_moment_that_cannot_be_read(changed, run, when):
    result = run("list", "--at", when)
    assert result.exit_code == 2
    assert "nor a revision" in result.output


def test_a_revision_that_is_not_there(changed, run):
    assert "the log goes from 0 to 4" in run("list", "--at", "99").output


def test_undo_says_what_comes_back_and_asks(changed, run, registry):
    asked = run("undo", "2")
    assert "A  as before" in asked.output
    assert "    Seat count: 6 → 4" in asked.output
    assert "Take batch 2 back (1 station)?" in asked.output
    assert asked.exit_code == 1
    assert registry.snapshot().revision == 4
    assert "Dry run" in run("undo", "2", "--dry-run").output
    assert registry.snapshot().revision == 4
    done = run("undo", "2", "--yes")
    assert "0 removed, 1 put back as they were. Batch 4, revision 5." in done.output
    assert registry.snapshot().station("A").seats == 4
    assert registry.history("A")[-1].batch.who == "clerk"


def test_undo_refuses_with_a_list_of_what_stands_in_the_way(changed, run, registry):
    result = run("undo", "1", "--yes")
    assert result.exit_code == 1
    assert "A  revision 3  2025-03-02 20:00  warden  edit  batch 2" in result.output
    assert "B  revision 4  2025-03-03 20:00  keeper  remove  batch 3  removed" in result.output
    assert "Error: Batch 1 cannot be taken back: 2 of its stations" in result.output
    assert registry.snapshot().revision == 4


def test_many_stations_are_counted(registry, run, make_station, noon):
    registry.append([make_station(f"S{number:03}") for number in range(70)], what="import", who="x", at=noon)
    assert "and 20 more lines." in run("undo", "1", "--dry-run").output
    assert "70 removed, 0 put back" in run("undo", "1", "--yes").output


def test_restore(changed, run, registry):
    result = run("restore", "A", "1")
    assert "Seat count: 6 → 4" in result.output
    assert "Batch 4, revision 5." in result.output
    assert "It is so already." in run("restore", "A", "1").output
    assert "It has 1, 3, 5" in run("restore", "A", "2").output


def test_remove_asks_first(changed, run, registry):
    assert run("remove", "A").exit_code == 1
    assert registry.snapshot().codes == ("A",)
    result = run("remove", "A", "--yes")
    assert "A  驿站 A" in result.output
    assert "1 removed. Batch 4, revision 5." in result.output
    assert len(registry.snapshot()) == 0
    assert "There is no station A." in run("remove", "A", "--yes").output


def test_every_kind_of_fact_is_shown_in_a_line(registry, run, make_station, noon):
    closure = {"first": "2025-02-01", "last": "2025-02-03", "reason": "装修"}
    registry.append([make_station("A", closures=[closure], address="a\nb")], what="edit", who="x", at=noon)
    output = run("show", "A").output
    assert "closures  first: 2025-02-01, last: 2025-02-03, reason: 装修" in output
    assert "address  a / b" in output
