"""The app as it is made: with an atlas, without one, with a broken one; and its commands as they are typed."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import create_app, without_question
from geodata.atlas import HEAD, Atlas
from geodata.building import build_atlas
from geodata.errors import AtlasError
from stations.registry.schema import NEWEST
from stations.settings import Settings
from tests.geodata.grids import Drawing, at
from tests.stations.registry.test_migrations import lay_first_schema

HERE = Path(__file__).resolve().parent.parent
TOWN = "a 0 0\nb 6000 0\na-b highway=residential"
LIST = f"code,name,lon,lat\nA,驿站甲,{at(300, 0).lon:.6f},{at(300, 0).lat:.6f}\n"


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(atlas=tmp_path / "atlas", database=f"sqlite:///{tmp_path / 'registry.db'}")


@pytest.fixture
def built(settings, tmp_path) -> Atlas:
    atlas = build_atlas(Drawing.read(TOWN).write(tmp_path / "town.osm.pbf"))
    atlas.save(settings.atlas)
    return atlas


def flask(tmp_path: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``flask`` in a process of its own, as a person does."""
    known = {"YIZHAN_ATLAS": str(tmp_path / "atlas"), "YIZHAN_DATABASE": f"sqlite:///{tmp_path / 'registry.db'}"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YIZHAN_")}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *(str(argument) for argument in arguments)],
        cwd=HERE,
        env=kept | known | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_an_atlas_the_house_is_open_and_times_are_estimates(settings) -> None:
    client = create_app(settings).test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/api/nearest", query_string={"lon": at(0, 0).lon, "lat": at(0, 0).lat}).get_json()
    assert (answer["stations"], answer["digest"]) == ([], None)


def test_with_an_atlas_answers_carry_its_digest(settings, built) -> None:
    client = create_app(settings).test_client()
    answer = client.get("/api/nearest", query_string={"lon": at(0, 0).lon, "lat": at(0, 0).lat}).get_json()
    assert answer["digest"] == built.digest


def test_a_broken_atlas_is_not_passed_over_in_silence(settings, built) -> None:
    (settings.atlas / HEAD).write_text("{")
    with pytest.raises(AtlasError, match="cannot be read"):
        create_app(settings)


def test_a_setting_that_cannot_be_used_is_told_to_whoever_starts_a_server(monkeypatch) -> None:
    monkeypatch.setenv("YIZHAN_TIMEZONE", "Mars/Olympus")
    with pytest.raises(SystemExit, match="YIZHAN_TIMEZONE is “Mars/Olympus”"):
        create_app()


def test_an_older_registry_names_the_command_that_brings_it_up_to_date(tmp_path) -> None:
    lay_first_schema(tmp_path / "registry.db")
    started = flask(tmp_path, "run", "--port", "1")
    assert started.returncode == 1
    assert "run: flask registry upgrade" in started.stderr
    assert "Traceback" not in started.stderr
    upgraded = flask(tmp_path, "registry", "upgrade")
    assert upgraded.stdout == f"The registry is upgraded from schema 0001 to {NEWEST}.\n"


def test_every_command_is_there(tmp_path) -> None:
    listed = {line.split()[0] for line in flask(tmp_path, "--help").stdout.splitlines() if line.startswith("  ")}
    assert {"atlas", "stations", "registry", "nearest", "coverage", "demo"} <= listed


def imported_by(code: str, folder: Path) -> set[str]:
    """Modules, and the packages they are of, that a process has imported after some code."""
    code += "; import sys; print(*{name.split('.')[0] for name in sys.modules} | set(sys.modules))"
    known = {"YIZHAN_ATLAS": str(folder / "atlas"), "YIZHAN_DATABASE": f"sqlite:///{folder / 'registry.db'}"}
    started = [sys.executable, "-c", code]
    done = subprocess.run(started, env=os.environ | known, cwd=HERE, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_server_imports_neither_the_commands_nor_what_prints_and_draws(tmp_path) -> None:
    loaded = imported_by("import app; app.create_app()", tmp_path)
    slow = {
        "alembic",
        "authlib",
        "babel.messages",
        "cryptography",
        "folium",
        "geopandas",
        "geopy",
        "google",
        "huey",
        "matplotlib",
        "openpyxl",
        "osmium",
        "pandas",
        "PIL",
        "requests",
        "smtplib",
    }
    slow |= {"psycopg", "pypinyin", "reportlab"}
    assert not loaded & (slow | {"stations.commands.stations"})
    assert "stations.web.doors" in loaded


def test_the_app_itself_imports_neither_the_doors_nor_what_they_stand_on(tmp_path) -> None:
    assert not imported_by("import app", tmp_path) & {"numpy", "scipy", "shapely", "sqlalchemy", "stations.web"}


def test_a_template_is_compiled_once_for_all_starts(settings, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "compiled"))
    create_app(settings)
    compiled = {path.name.split(".jinja")[0] for path in (tmp_path / "compiled").rglob("*.pyc")}
    assert {"index.html", "layout.html"} <= compiled


def test_from_an_extract_and_a_list_to_an_answer(tmp_path) -> None:
    """The whole way at the command line, each step in a process of its own."""
    extract = Drawing.read(TOWN).write(tmp_path / "town.osm.pbf")
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    built = flask(tmp_path, "atlas", "build", "--osm", extract, "--out", tmp_path / "atlas")
    assert built.returncode == 0, built.stderr
    taken_in = flask(tmp_path, "stations", "import", tmp_path / "list.csv")
    assert taken_in.returncode == 0, taken_in.stderr
    found = flask(tmp_path, "nearest", "--lon", at(0, 0).lon, "--lat", at(0, 0).lat)
    assert found.returncode == 0, found.stderr
    assert "驿站甲" in found.stdout
    assert "street" in found.stdout
    counted = flask(tmp_path, "coverage", "--out", tmp_path / "out")
    assert counted.returncode == 0, counted.stderr
    assert "乡镇" in (tmp_path / "out" / "coverage.csv").read_text(encoding="utf-8-sig")
    assert json.loads((tmp_path / "out" / "reach.geojson").read_text(encoding="utf-8"))["features"]


def test_a_damaged_atlas_can_be_built_anew(tmp_path, settings, built) -> None:
    (settings.atlas / HEAD).write_text('{"format": 0}')
    broken = flask(tmp_path, "nearest", "--lon", "116.3", "--lat", "28.3")
    assert broken.returncode == 1
    assert "of another format" in broken.stderr
    assert "Traceback" not in broken.stderr
    again = flask(tmp_path, "atlas", "build", "--osm", tmp_path / "town.osm.pbf", "--out", settings.atlas)
    assert again.returncode == 0, again.stderr
    assert Atlas.load(settings.atlas).digest == built.digest


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"YIZHAN_TIMEZONE": "Mars/Olympus"}, "YIZHAN_TIMEZONE"),
        ({"YIZHAN_ATLSA": "/tmp"}, "Did you mean YIZHAN_ATLAS"),
        ({"YIZHAN_DATABASE": "not a url"}, "not the URL of a registry"),
    ],
)
def test_a_broken_setting_ends_a_command_with_a_message(tmp_path, environment, message) -> None:
    result = flask(tmp_path, "stations", "list", **environment)
    assert result.returncode != 0
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_the_log_of_flask_run_leaves_out_what_was_asked() -> None:
    said, values = '%s "GET %s HTTP/1.1" 200', ("::1", "/?lon=116.3&lat=28.3")
    record = logging.LogRecord("werkzeug", logging.INFO, "", 0, said, values, None)
    assert without_question(record)
    assert record.getMessage() == '::1 "GET / HTTP/1.1" 200'
