"""At the command line: adding a count of workers to the atlas, listing it, taking it away."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geodata.atlas import Atlas
from geodata.building import build_atlas
from stations.commands.demand import demand_commands
from stations.settings import Settings
from tests.geodata.grids import Drawing, at


@pytest.fixture
def folder(tmp_path) -> Path:
    extract = Drawing.read("a 0 0\nb 3000 0\na-b highway=residential").write(tmp_path / "town.osm.pbf")
    build_atlas(extract).save(tmp_path / "atlas")
    return tmp_path / "atlas"


@pytest.fixture
def workers(tmp_path) -> Path:
    place = at(500, 20)
    file = tmp_path / "workers.csv"
    file.write_text(f"lon,lat,人数\n{place.lon:.6f},{place.lat:.6f},120\n", encoding="utf-8")
    return file


def run(folder: Path, *arguments: object) -> Result:
    return CliRunner().invoke(demand_commands(Settings(atlas=folder)), [str(one) for one in arguments])


def test_workers_are_added_listed_and_taken_away(folder, workers) -> None:
    added = run(folder, "add", workers, "--name", "couriers", "--title", "快递员")
    assert added.exit_code == 0, added.output
    assert "couriers: 120 workers at 1 points, by population points" in added.output
    assert "started again" in added.output
    assert Atlas.load(folder).layer("couriers").title == "快递员"
    listed = run(folder, "list").output
    for word in ("street", "area", "couriers", "快递员", "120", "workers.csv", "in use"):
        assert word in listed
    assert run(folder, "remove", "couriers").exit_code == 0
    assert "couriers" not in run(folder, "list").output


def test_a_name_is_taken_again_only_on_purpose(folder, workers) -> None:
    assert run(folder, "add", workers, "--name", "couriers").exit_code == 0
    again = run(folder, "add", workers, "--name", "couriers")
    assert again.exit_code == 1
    assert "--replace" in again.output
    assert run(folder, "add", workers, "--name", "couriers", "--replace").exit_code == 0


def test_what_cannot_be_used_is_told_and_nothing_is_written(folder, workers) -> None:
    workers.write_text("lon,lat,workers\n116.3,28.3,-5\n", encoding="utf-8")
    for arguments in ((workers, "--name", "couriers"), (folder / "none.csv", "--name", "x"), (workers, "--name", "快")):
        told = run(folder, "add", *arguments)
        assert told.exit_code == 1
        assert told.output.startswith("Error: ")
        assert "Traceback" not in told.output
    assert not (folder / "layers").exists()


def test_without_an_atlas_there_is_nothing_to_add_to(tmp_path, workers) -> None:
    for arguments in (("add", workers, "--name", "couriers"), ("list",)):
        told = run(tmp_path / "county", *arguments)
        assert told.exit_code == 1
        assert "flask atlas build" in told.output


def test_what_is_not_used_is_said_with_what_to_do(folder, workers) -> None:
    run(folder, "add", workers, "--name", "couriers")
    (folder / "layers" / "couriers" / "layer.json").write_text("{", encoding="utf-8")
    assert "couriers is damaged and not used. Add it again" in run(folder, "list").output
