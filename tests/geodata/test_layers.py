"""By what coverage is weighed: the layers of an atlas, and those that are laid beside it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from geodata.atlas import Atlas
from geodata.building import build_atlas
from geodata.demand import SAMPLE_M
from geodata.errors import DemandError, LayerError
from geodata.layers import FOLDER, HEAD, added_layers, read_workers, remove_layer, write_layer
from tests.geodata.grids import Drawing, at

TOWN = "a 0 0\nb 3000 0\nc 3000 2500\na-b-c highway=residential"


def points(path: Path, rows: list[tuple[float, float, object]], column: str = "workers") -> Path:
    places = [at(east, north) for east, north, _ in rows]
    lines = [f"{place.lon:.6f},{place.lat:.6f},{row[2]}" for place, row in zip(places, rows, strict=True)]
    path.write_text("\n".join([f"lon,lat,{column}", *lines]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Atlas:
    return build_atlas(Drawing.read(TOWN).write(tmp_path_factory.mktemp("town") / "town.osm.pbf"))


@pytest.fixture
def folder(town, tmp_path) -> Path:
    town.save(tmp_path / "atlas")
    return tmp_path / "atlas"


def add(folder: Path, file: Path, key: str = "couriers", title: str = "") -> None:
    atlas = Atlas.load(folder)
    networks = {mode: atlas.network(mode) for mode in atlas.modes}
    samples = atlas.streets.samples(0, SAMPLE_M)
    layer = read_workers(file, key, title, samples, atlas.townships, networks)
    write_layer(layer, folder, atlas.digest, file.name)


def test_an_atlas_weighs_by_street_and_by_area(town) -> None:
    assert list(town.layers) == ["street", "area"]
    assert town.layer() is town.layer("street")
    assert town.demand is town.layers["street"].demand
    assert town.layers["street"].demand.weight.sum() == pytest.approx(5500, abs=1)
    assert town.layers["area"].demand.unit == "square metres"
    for layer in town.layers.values():
        assert set(layer.on) == {"walk", "ebike"}
        assert len(layer.on["walk"]) == layer.demand.weight.size


def test_with_a_population_an_atlas_weighs_by_people_first(town, tmp_path) -> None:
    extract = Drawing.read(TOWN).write(tmp_path / "town.osm.pbf")
    file = points(tmp_path / "people.csv", [(100, 10, 30), (2000, 10, 12)], "population")
    atlas = build_atlas(extract, population=file)
    assert list(atlas.layers) == ["people", "street", "area"]
    assert (atlas.demand.unit, float(atlas.demand.weight.sum())) == ("people", 42.0)
    assert atlas.layers["street"].digest == town.layers["street"].digest
    assert atlas.layers["area"].digest == town.layers["area"].digest


def test_land_far_from_any_street_is_out_of_reach(town) -> None:
    area = town.layers["area"]
    far = area.demand.lat > at(0, 3100).lat
    assert far.any()
    assert (area.on["walk"].edge[far] < 0).all()


def test_a_layer_that_is_not_there_is_named_with_those_that_are(town) -> None:
    with pytest.raises(LayerError, match=r"“couriers”.*street, area"):
        town.layer("couriers")


def test_layers_come_back_as_they_were_saved(town, folder) -> None:
    again = Atlas.load(folder)
    assert list(again.layers) == list(town.layers)
    for key, layer in town.layers.items():
        assert again.layers[key].digest == layer.digest
        assert np.array_equal(again.layers[key].demand.weight, layer.demand.weight)
        assert np.array_equal(again.layers[key].on["ebike"].offset_m, layer.on["ebike"].offset_m)


def test_a_count_of_workers_is_laid_beside_the_atlas(folder, tmp_path) -> None:
    add(folder, points(tmp_path / "w.csv", [(100, 10, 5), (2900, 0, 8), (3000, 2400, 2)]), title="快递员")
    atlas = Atlas.load(folder)
    layer = atlas.layer("couriers")
    assert list(atlas.layers)[-1] == "couriers"
    assert (layer.title, layer.demand.unit, float(layer.demand.weight.sum())) == ("快递员", "workers", 15.0)
    assert not layer.demand.weight.flags.writeable
    assert atlas.layer().key == "street"
    (told,) = added_layers(folder, atlas.digest)
    assert (told.key, told.state, told.total, told.points, told.source) == ("couriers", "in use", 15.0, 3, "w.csv")


@pytest.mark.parametrize("column", ["workers", "people", "人数", "劳动者人数"])
def test_the_column_of_workers_may_be_called_what_people_call_it(folder, tmp_path, column) -> None:
    add(folder, points(tmp_path / "w.csv", [(100, 10, 5)], column))
    assert Atlas.load(folder).layer("couriers").title == "couriers"


def test_a_layer_of_the_same_name_takes_the_place_of_the_first(folder, tmp_path) -> None:
    for count in (5, 7):
        add(folder, points(tmp_path / "w.csv", [(100, 10, count)]))
    assert Atlas.load(folder).layer("couriers").demand.weight.tolist() == [7.0]
    assert [path.name for path in (folder / FOLDER).iterdir()] == ["couriers"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(100, 10, -3)], "negative"),
        ([(100, 10, "many")], "no number"),
        ([(100, 10, 0)], "0 in every row"),
        ([(900_000, 10, 3)], "wrong place"),
    ],
)
def test_a_wrong_file_leaves_nothing_behind(folder, tmp_path, rows, said) -> None:
    with pytest.raises(DemandError, match=said):
        add(folder, points(tmp_path / "w.csv", rows))
    assert not (folder / FOLDER).exists()


@pytest.mark.parametrize("key", ["", "Couriers", "快递", "../x", "a b", "x" * 33, "9x", "street", "people", "area"])
def test_a_name_that_no_address_can_hold_is_refused(folder, tmp_path, key) -> None:
    with pytest.raises(LayerError):
        add(folder, points(tmp_path / "w.csv", [(100, 10, 5)]), key)
    with pytest.raises(LayerError):
        remove_layer(folder, key)


@pytest.mark.parametrize("title", ["x" * 41, "two\nlines"])
def test_a_title_is_one_short_line(folder, tmp_path, title) -> None:
    with pytest.raises(LayerError, match="title"):
        add(folder, points(tmp_path / "w.csv", [(100, 10, 5)]), title=title)


def test_what_was_removed_is_gone(folder, tmp_path) -> None:
    add(folder, points(tmp_path / "w.csv", [(100, 10, 5)]))
    remove_layer(folder, "couriers")
    assert "couriers" not in Atlas.load(folder).layers
    with pytest.raises(LayerError, match=r"No layer “couriers”.*–"):
        remove_layer(folder, "couriers")


def test_a_layer_of_another_ground_is_not_used(folder, tmp_path) -> None:
    add(folder, points(tmp_path / "w.csv", [(100, 10, 5)]))
    other = build_atlas(Drawing.read(TOWN + "\na-c highway=path").write(tmp_path / "other.osm.pbf"))
    other.save(folder)
    assert "couriers" not in Atlas.load(folder).layers
    assert added_layers(folder, other.digest)[0].state == "of another atlas"


def test_the_same_ground_built_again_keeps_its_layers(town, folder, tmp_path) -> None:
    add(folder, points(tmp_path / "w.csv", [(100, 10, 5)]))
    town.save(folder)
    assert "couriers" in Atlas.load(folder).layers


@pytest.mark.parametrize("harm", ["cut", "lost", "changed", "head"])
def test_a_damaged_layer_stays_away_and_the_atlas_goes_on(folder, tmp_path, harm) -> None:
    add(folder, points(tmp_path / "w.csv", [(100, 10, 5), (300, 10, 6)]))
    place = folder / FOLDER / "couriers"
    weights = place / "layer-couriers.weight.npy"
    if harm == "cut":
        weights.write_bytes(weights.read_bytes()[:-8])
    elif harm == "lost":
        (place / "layer-couriers-walk.edge.npy").unlink()
    elif harm == "changed":
        np.save(weights, np.array([5.0, 7.0]))
    else:
        (place / HEAD).write_text(json.dumps({"format": 1}), encoding="utf-8")
    atlas = Atlas.load(folder)
    assert list(atlas.layers) == ["street", "area"]
    assert added_layers(folder, atlas.digest)[0].state == "damaged"


def test_a_folder_that_cannot_be_written_is_told(folder, tmp_path) -> None:
    (folder / FOLDER).write_text("in the way", encoding="utf-8")
    with pytest.raises(LayerError, match="cannot be written"):
        add(folder, points(tmp_path / "w.csv", [(100, 10, 5)]))
