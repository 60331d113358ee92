"""The words about the program keep up with it: what one may type or ask is described, and links lead somewhere."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock
from urllib.parse import unquote

import click
import pytest
from flask import Flask

from app import add_commands
from stations.exchange import columns
from stations.questions.nearest import Why
from stations.settings import PREFIX, Settings
from stations.station import PRIVATE_FIELDS, Station
from stations.taxonomy import Taxonomy
from stations.web.api.changes import CHANGES_PARAMETERS
from stations.web.api.stations import STATIONS_PARAMETERS
from stations.web.finder.suggest import SEARCH_PARAMETERS
from stations.web.params import NEAREST_PARAMETERS
from stations.web.planning.findings import PLANNING_PARAMETERS
from stations.web.siting.findings import PAGE_PARAMETERS
from tests.town import atlas, corner, open_house, town_stations, upkeeps

__all__ = ["atlas", "open_house", "town_stations", "upkeeps"]

HERE = Path(__file__).resolve().parent.parent
READMES = (HERE / "README.md", HERE / "README.zh.md")
PAGES = (*READMES, HERE / "CHANGELOG.md", *sorted((HERE / "docs").rglob("*.md")))
DECISIONS = sorted((HERE / "docs" / "decisions").glob("*.md"))
OPERATING = HERE / "docs" / "operating.md"
API = HERE / "docs" / "api.md"

ONE_SCREEN = 60
LONGEST_LINE_OF_ONE_SCREEN = 1200
"""A paragraph is one line here, so lines alone would not bound a page."""

LARGEST_PICTURE = 400_000

HEADING = re.compile(r"^(#{1,6}) (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
OUTSIDE = re.compile(r"(?<![\w./])(?:\.\./|~/|/(?:home|mnt|root|tmp|Users)(?:/|\b))")
"""A path that means something on one machine alone. A way up inside a link is looked at as a link."""


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose(path: Path) -> str:
    """A page without what is quoted from a terminal, where ``#`` and brackets mean other things."""
    return FENCED.sub("", read(path))


def section(path: Path, title: str) -> str:
    """What stands under a heading, up to the next of its rank or a higher one."""
    text = read(path)
    found = next((one for one in HEADING.finditer(text) if one[2] == title), None)
    assert found is not None, f"{path.name} has no heading “{title}”"
    rest = text[found.end() :]
    end = next((one.start() for one in HEADING.finditer(rest) if len(one[1]) <= len(found[1])), len(rest))
    return rest[:end]


def quoted(text: str) -> set[str]:
    """Every `thing` in backticks, and the words in it."""
    spans = re.findall(r"`([^`\n]+)`", FENCED.sub("", text))
    return {word for span in spans for word in (span, *re.split(r"[\s=?]", span))}


def anchors(path: Path) -> set[str]:
    """What headings are called in an address: small letters, no punctuation, a hyphen for each blank."""
    titles = [title for _, title in HEADING.findall(prose(path))]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def commands_of(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from commands_of(command, (*path, name))
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield " ".join(("flask", *path, name)), command


@pytest.fixture(scope="module")
def commands() -> dict[str, click.Command]:
    """Every command of the program, by what one types."""
    app = Flask("yizhan")
    add_commands(app, Settings())
    return dict(commands_of(app.cli))


@pytest.fixture(scope="module")
def asked(open_house) -> dict[str, Any]:
    """An answer with every kind of field in it."""
    here = corner(0, 0)
    question = {"lon": here.lon, "lat": here.lat, "path": 1, "amenity": "microwave", "at": "2026-11-20T12:00"}
    return open_house().test_client().get("/api/nearest", query_string=question).get_json()


def test_every_command_has_a_section_with_every_option(commands) -> None:
    assert len(commands) >= 8
    for name, command in commands.items():
        said = quoted(section(OPERATING, f"`{name}`"))
        arguments = [one for one in command.params if isinstance(one, click.Argument)]
        assert not arguments or " ".join((name, *(one.metavar or one.human_readable_name for one in arguments))) in said
        for parameter in command.params:
            if not isinstance(parameter, click.Argument):
                assert said.issuperset(parameter.opts), f"{name}: {parameter.opts} is not described"


def test_no_section_describes_a_command_that_is_gone(commands) -> None:
    described = re.findall(r"^### `(flask [^`]+)`$", read(OPERATING), re.MULTILINE)
    assert set(described) == set(commands)
    for name in described:
        options = {word for word in quoted(section(OPERATING, f"`{name}`")) if re.fullmatch(r"--\S+", word)}
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert options <= known | {"--help"}, f"{name} has no {options - known}"


def test_every_setting_is_described() -> None:
    said = quoted(section(OPERATING, "Settings"))
    for name in Settings.model_fields:
        assert PREFIX + name.upper() in said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HERE)))
def test_no_setting_is_mentioned_that_does_not_exist(page) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | {"YIZHAN_DATA", "YIZHAN_TEST_POSTGRES"}
    assert set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", read(page))) <= known


def test_every_address_is_described(open_house) -> None:
    whole = open_house(
        desk=MagicMock(),
        mail=MagicMock(),
        organisation=MagicMock(),
        settings=Settings(address="https://yizhan.example.org"),
    )
    rules = {rule.rule for rule in whole.url_map.iter_rules() if rule.endpoint != "static"}
    assert {"/", "/api/nearest", "/planning/reach.geojson"} <= rules
    said = quoted(read(API))
    assert rules <= said, f"not described: {rules - said}"
    told = re.findall(r"^\| \[?`(/[^`]*)`", section(API, "The API").partition("## ")[0], re.MULTILINE)
    assert set(told) <= rules, f"described, but gone: {set(told) - rules}"


@pytest.mark.parametrize(
    ("title", "parameters"),
    [
        ("`/api/nearest`", NEAREST_PARAMETERS),
        ("`/api/search`", SEARCH_PARAMETERS),
        ("`/api/stations`", STATIONS_PARAMETERS),
        ("`/api/changes`", CHANGES_PARAMETERS),
        ("`/planning` and its downloads", PLANNING_PARAMETERS),
        ("`/planning/siting` and its downloads", PAGE_PARAMETERS),
    ],
)
def test_every_parameter_is_described_where_it_belongs(title, parameters) -> None:
    table = section(API, title).partition("### ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `") and "`/" not in line[:4]]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(parameters)


def test_every_reason_is_described() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", section(API, "Reasons").partition("|---")[2], re.MULTILINE)
    assert set(rows) == {str(why) for why in Why}


def test_every_field_of_an_answer_is_described(asked) -> None:
    assert asked["stations"]
    assert asked["almost"]
    said = quoted(section(API, "What is in an answer"))
    for found in (asked, *asked["stations"], *asked["almost"]):
        assert set(found) <= said, f"not described: {set(found) - said}"
    reasons = quoted(section(API, "Reasons"))
    for found in asked["almost"]:
        for reason in found["reasons"]:
            assert set(reason) <= reasons


def test_every_public_field_of_a_station_is_described() -> None:
    said = quoted(section(API, "`/api/stations`"))
    public = {one.name for one in fields(Station)} - PRIVATE_FIELDS - {"position"}
    assert public <= said, f"not described: {public - said}"


def test_every_example_is_json() -> None:
    examples = re.findall(r"^```json\n(.*?)^```$", read(API), re.MULTILINE | re.DOTALL)
    assert len(examples) >= 5
    for example in examples:
        for text in [example] if example.startswith("{\n") else example.splitlines():
            json.loads(text)


def test_every_amenity_has_its_key_listed() -> None:
    assert quoted(section(API, "Amenities")) - {"stations/amenities.toml"} == set(Taxonomy.load().amenities.terms)


def test_every_column_of_a_list_is_described() -> None:
    names = tomllib.loads(columns.FILE.read_text(encoding="utf-8"))["columns"]
    said = section(OPERATING, "Columns")
    assert set(names) <= quoted(said), f"not described: {set(names) - quoted(said)}"
    known = {word for words in names.values() for word in words}
    for line in said.splitlines():
        row = [cell.strip() for cell in line.split("|")[1:-1]]
        if row and row[0].startswith("`"):
            also = set(row[1].split(", ")) - {""}
            assert also <= known, f"{row[0]}: {also - known} are not recognised"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HERE)))
def test_links_lead_somewhere(page) -> None:
    for link in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(HERE), f"{link} leaves the project"
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in anchors(target), f"{link}: {target.name} has no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HERE)))
def test_no_page_names_a_path_of_one_machine(page) -> None:
    assert not OUTSIDE.findall(LINK.sub("", read(page)))


@pytest.mark.parametrize("text", ["see ../other/data", "`/home/someone/x`", "in /tmp", "(~/county)", "cd /root/yizhan"])
def test_a_path_of_one_machine_would_be_found(text) -> None:
    assert OUTSIDE.search(text)


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_is_one_screen_and_carries_its_number(page) -> None:
    lines = read(page).splitlines()
    assert len(lines) <= ONE_SCREEN
    assert max(map(len, lines)) <= LONGEST_LINE_OF_ONE_SCREEN
    assert lines[0].startswith(f"# {int(page.name[:4])}. ")
    assert "**Choice.**" in lines[2]


def test_decisions_are_numbered_through() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert len(DECISIONS) >= 21


def test_both_readmes_say_the_same_things_in_the_same_order() -> None:
    english, chinese = map(read, READMES)
    ranks = [[rank for rank, _ in HEADING.findall(FENCED.sub("", text))] for text in (english, chinese)]
    assert ranks[0] == ranks[1]

    def commands_in(text: str) -> list[str]:
        lines = "\n".join(FENCED.findall(text)).splitlines()
        return [line.partition("#")[0].strip() for line in lines]

    assert commands_in(english) == commands_in(chinese)
    targets = [{link.replace(".zh.md", ".md") for link in LINK.findall(text)} for text in (english, chinese)]
    assert targets[0] == targets[1]


@pytest.mark.parametrize(("page", "title"), [(READMES[0], "Where things are"), (READMES[1], "目录")])
def test_every_folder_is_in_the_readmes(page, title) -> None:
    named = {word for word in quoted(section(page, title)) if word.endswith("/")}
    assert {f"{path.parent.name}/" for path in HERE.glob("[a-z]*/*.py")} <= named
    for folder in named - {"instance/"}:  # which is made at the first start
        assert (HERE / folder).is_dir(), f"there is no {folder}"


def test_every_picture_is_shown_and_small() -> None:
    pictures = sorted((HERE / "docs" / "images").iterdir())
    shown = {(page.parent / link).resolve() for page in PAGES for link in LINK.findall(prose(page))}
    assert pictures
    for picture in pictures:
        assert picture in shown, f"{picture.name} is shown nowhere"
        assert picture.stat().st_size < LARGEST_PICTURE
