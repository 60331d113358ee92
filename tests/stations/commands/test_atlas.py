"""At the command line: an operator builds an atlas, looks at it, and is told what is wrong with a file."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geodata.atlas import Atlas
from stations.commands.atlas import atlas_commands, demo_commands
from stations.commands.demologins import add_demo_log_ins
from stations.people.facts import Action, By, Role
from stations.people.people import People
from stations.people.signing import Signing
from stations.registry.log import Registry
from stations.settings import Settings
from stations.stock.scope import Scope
from stations.stock.stock import Stock
from tests.geodata.grids import Drawing

TOWN = """
    a 0 0
    b 3000 0
    c 3000 2500
    v 1000 50 place=village name=金寨村
    a-b-c highway=residential
    a-c highway=footway
    b-c highway=service access=private
"""


@pytest.fixture
def extract(tmp_path) -> Path:
    return Drawing.read(TOWN).write(tmp_path / "town.osm.pbf")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(atlas_commands(), [str(argument) for argument in arguments])


def refused(result: Result) -> str:
    """What the command says as it gives up, having told it in a message and not in a traceback."""
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


def test_a_build_writes_an_atlas_and_tells_what_is_in_it(extract, tmp_path) -> None:
    result = run("build", "--osm", extract, "--out", tmp_path / "atlas")
    assert result.exit_code == 0, result.output
    atlas = Atlas.load(tmp_path / "atlas")
    assert f"Digest      {atlas.digest}" in result.output
    for told in ("walk", "ebike", "9.4", "100.0%", "access=private", "highway=footway", "none declared", "Seconds"):
        assert told in result.output
    for stage in ("Reading the extract", "Folding streets", "Placing demand", "Writing"):
        assert stage in result.output


def test_show_prints_the_same_again(extract, tmp_path) -> None:
    built = run("build", "--osm", extract, "--out", tmp_path / "atlas")
    shown = run("show", tmp_path / "atlas")
    assert shown.exit_code == 0
    assert shown.output.strip()
    assert shown.output.strip() in built.output


def test_townships_and_population_are_taken_in(extract, tmp_path) -> None:
    (tmp_path / "people.csv").write_text("lon,lat,population\n116.305,28.3,1200\n", encoding="utf-8")
    result = run("build", "--osm", extract, "--population", tmp_path / "people.csv", "--out", tmp_path / "atlas")
    assert result.exit_code == 0, result.output
    assert "1,200 people" in result.output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "There is no file “county.osm.pbf”"),
        (b"", "“county.osm.pbf” is empty"),
        (b"lon,lat\n1,2\n", "cannot be read as OpenStreetMap data"),
        ("half", "cut off"),
        ("no streets", "no street that one may walk or ride"),
    ],
)
def test_a_file_that_is_no_extract_ends_the_build_with_a_message(tmp_path, extract, content, message) -> None:
    path = tmp_path / "county.osm.pbf"
    if content == "half":
        whole = extract.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
    elif content == "no streets":
        Drawing.read("a 0 0\nb 9 0\na-b waterway=river").write(path)
    elif content is not None:
        path.write_bytes(content)
    assert message in refused(run("build", "--osm", path, "--out", tmp_path / "atlas"))
    assert not (tmp_path / "atlas").exists()


@pytest.mark.parametrize("option", ["--boundaries", "--population"])
@pytest.mark.parametrize("content", [None, b"", b"\x00\x01nothing", b"{}"])
def test_another_file_that_is_none_ends_it_too(tmp_path, extract, option, content) -> None:
    path = tmp_path / "given.geojson"
    if content is not None:
        path.write_bytes(content)
    told = refused(run("build", "--osm", extract, option, path, "--out", tmp_path / "atlas"))
    assert "given.geojson" in told


def test_a_build_that_fails_leaves_the_atlas_that_was_there(tmp_path, extract) -> None:
    run("build", "--osm", extract, "--out", tmp_path / "atlas")
    digest = Atlas.load(tmp_path / "atlas").digest
    (tmp_path / "broken.osm.pbf").write_bytes(extract.read_bytes()[:50])
    refused(run("build", "--osm", tmp_path / "broken.osm.pbf", "--out", tmp_path / "atlas"))
    assert Atlas.load(tmp_path / "atlas").digest == digest


@pytest.mark.parametrize(
    "arguments",
    [
        ("build",),
        ("build", "--osm", "x.osm.pbf"),
        ("build", "--osm", "x.osm.pbf", "--out", "y", "--boundary-datum", "mars"),
        ("build", "--osm", "x.osm.pbf", "--out", "y", "--admin-level", "many"),
        ("show",),
    ],
)
def test_a_command_that_is_not_whole_says_how_it_is_used(arguments) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage" in result.output


def test_show_of_no_atlas_says_how_to_build_one(tmp_path) -> None:
    assert "flask atlas build" in refused(run("show", tmp_path / "nowhere"))


def test_show_of_a_damaged_atlas_says_so(tmp_path) -> None:
    (tmp_path / "atlas.json").write_text('{"format": 1')
    assert "cannot be read" in refused(run("show", tmp_path))


def test_nothing_is_built_over_other_files(tmp_path, extract) -> None:
    assert "holds other files" in refused(run("build", "--osm", extract, "--out", tmp_path))
    assert extract.exists()


def test_the_demo_county_is_built_and_says_that_it_is_made_up(tmp_path) -> None:
    settings = Settings(atlas=tmp_path / "atlas", database=f"sqlite:///{tmp_path / 'registry.db'}")
    registry = Registry.open(settings.database, settings.timezone)
    people = People(registry.store, lambda: datetime.now(UTC))
    build = demo_commands(settings, lambda: registry, lambda: people)
    result = CliRunner().invoke(build, ["build", "--files", str(tmp_path / "files")])
    assert result.exit_code == 0, result.output
    assert "made up" in result.output
    assert "109 stations are in the registry" in result.output
    atlas = Atlas.load(tmp_path / "atlas")
    assert atlas.summary.made_up
    assert len(registry.snapshot()) == 109
    told = dict(re.findall(r"^    (demo-\w+) +(\S+)", result.output, re.MULTILINE))
    assert [one.login for one in people.all()] == sorted(told)
    assert {grant.role for one in people.all() for grant in one.grants} == set(Role)
    today = datetime.now(settings.timezone).date()
    stock, anywhere = Stock(registry.store), Scope.of(people.by_login("demo-administrator"), Action.SEE_PRIVATE)
    assert len(stock.visits.sums(anywhere, today - timedelta(days=40), today).by_station) == 24
    signing = Signing(people)
    for login, password in told.items():
        assert not signing.password(login, password, by=By(""))[0].must_change
    add_demo_log_ins(people, registry.snapshot())
    assert len(people.all()) == len(Role)  # those that are there may be somebody's
