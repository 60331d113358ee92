"""The atlas: built, saved, loaded; the same digest for the same ground; the old one kept until the new one is whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from geodata.access import load_modes
from geodata.atlas import HEAD, Atlas, read_summary
from geodata.building import build_atlas
from geodata.errors import AtlasError, GeodataError, OsmFileError, UnknownModeError
from tests.geodata.grids import Drawing, at

TOWN = """
    a 0 0
    b 3000 0
    c 3000 2500
    d 0 2500
    w 1500 0 barrier=gate access=private
    v 1000 1000 place=village name=金寨村
    p 100 100 amenity=bank name=农商行
    a-w-b highway=primary name=建设路
    b-c-d-a highway=residential
    d-b highway=footway
"""


@pytest.fixture
def extract(tmp_path) -> Path:
    return Drawing.read(TOWN).write(tmp_path / "town.osm.pbf")


@pytest.fixture
def atlas(extract) -> Atlas:
    return build_atlas(extract)


@pytest.fixture
def saved(atlas, tmp_path) -> Path:
    folder = tmp_path / "atlas"
    atlas.save(folder)
    return folder


def data_of(folder: Path) -> Path:
    return folder / json.loads((folder / HEAD).read_text())["data"]


def other_atlas(tmp_path: Path) -> Atlas:
    return build_atlas(Drawing.read(TOWN + "a-c highway=path").write(tmp_path / "other.osm.pbf"))


# Building


def test_a_build_says_what_it_found(atlas) -> None:
    summary = atlas.summary
    assert summary.modes["walk"].km == pytest.approx(11.0 + np.hypot(3.0, 2.5), abs=0.02)
    assert summary.modes["ebike"].km == pytest.approx(11.0, abs=0.02)
    assert summary.modes["walk"].largest_share == 1.0
    assert summary.refused["ebike"] == {"highway=footway": 1}
    assert (summary.premises, summary.places) == (1, 2)
    assert (summary.townships, summary.townships_declared) == (1, False)
    assert summary.demand_total == pytest.approx(summary.modes["walk"].km * 1000, rel=1e-3)
    assert set(summary.seconds) == {"read", "streets", "townships", "demand", "surface", "names", "map", "in all"}


def test_stages_are_timed_by_the_clock_that_is_given(extract) -> None:
    ticks = iter(range(100))
    seconds = build_atlas(extract, clock=lambda: float(next(ticks))).summary.seconds
    assert seconds["in all"] == 15.0, "the clock is read when the build begins and ends, and twice for each of 7 stages"
    assert seconds["read"] == seconds["streets"] == 1.0


def test_every_stage_is_told_from_beginning_to_end(extract) -> None:
    told: list[tuple[str, int]] = []
    build_atlas(extract, progress=lambda stage, done, total: told.append((stage, done)))
    stages = list(dict.fromkeys(stage for stage, _ in told))
    assert [stage for stage in stages if stage != "surface"] == [
        "read",
        "streets",
        "townships",
        "demand",
        "names",
        "map",
    ]
    assert stages.index("surface") >= 2, "the mesh is laid beside what comes after the streets"
    assert all((stage, 0) in told and (stage, 1) in told for stage in stages)


def test_there_is_no_network_of_a_mode_that_was_not_built(extract) -> None:
    atlas = build_atlas(extract, modes={"walk": load_modes()["walk"]})
    assert list(atlas.modes) == ["walk"]
    with pytest.raises(UnknownModeError):
        atlas.network("ebike")


@pytest.mark.parametrize("street", ["highway=footway", "highway=cycleway foot=no"])
def test_a_place_for_one_mode_alone_can_be_built(tmp_path, street) -> None:
    path = Drawing.read(f"a 0 0\nb 3000 0\na-b {street}").write(tmp_path / "town.osm.pbf")
    atlas = build_atlas(path)
    atlas.save(tmp_path / "atlas")
    assert Atlas.load(tmp_path / "atlas").digest == atlas.digest
    assert sorted(mode.km for mode in atlas.summary.modes.values()) == [0.0, pytest.approx(3.0, abs=0.01)]


def test_streets_of_no_length_are_no_streets(tmp_path) -> None:
    path = Drawing.read("a 0 0\nb 0 0\na-b highway=residential").write(tmp_path / "town.osm.pbf")
    with pytest.raises(GeodataError, match="no street"):
        build_atlas(path)


def test_demand_off_the_streets_of_a_mode_is_told(tmp_path) -> None:
    """A footpath leads 2 km from the only road: riders stay more than 500 m away from most of it."""
    path = Drawing.read("a 0 0\nb 6000 0\nc 0 2000\na-b highway=residential\na-c highway=footway")
    off = build_atlas(path.write(tmp_path / "town.osm.pbf")).summary.demand_off
    assert off["walk"] == 0.0
    assert off["ebike"] == pytest.approx(1500.0, abs=120.0)


@pytest.mark.parametrize("content", [b"", b"not a map", None])
def test_a_file_that_is_no_extract_is_refused(tmp_path, content) -> None:
    path = tmp_path / "town.osm.pbf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(OsmFileError):
        build_atlas(path)


# The digest


def test_the_same_ground_has_the_same_digest(extract, atlas) -> None:
    assert build_atlas(extract).digest == atlas.digest
    assert len(atlas.digest) == 64
    assert int(atlas.digest, 16)


def test_the_same_ground_under_other_way_numbers_has_the_same_digest(tmp_path, atlas) -> None:
    for order in ((2, 1, 0), (1, 2, 0)):
        again = Drawing.read(TOWN).write(tmp_path / "again.osm.pbf", way_order=order)
        assert build_atlas(again).digest == atlas.digest


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("b 3000 0", "b 3001 0"),
        ("highway=primary", "highway=secondary"),
        ("highway=primary", "highway=primary oneway=yes"),
        ("access=private", "access=yes"),
        ("name=金寨村", "name=新寨村"),
    ],
)
def test_another_ground_has_another_digest(tmp_path, atlas, line, instead) -> None:
    path = Drawing.read(TOWN.replace(line, instead)).write(tmp_path / "other.osm.pbf")
    assert build_atlas(path).digest != atlas.digest


def test_the_digest_does_not_hang_on_the_machine_s_hash_seed(extract, atlas) -> None:
    code = (
        "import pathlib as p, sys; from geodata.building import build_atlas as b; print(b(p.Path(sys.argv[1])).digest)"
    )
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code, str(extract)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        assert run.stdout.decode().strip() == atlas.digest


# Saving and loading


def test_what_was_saved_is_what_is_loaded(atlas, saved) -> None:
    again = Atlas.load(saved)
    assert (again.digest, again.summary, again.premises) == (atlas.digest, atlas.summary, atlas.premises)
    assert again.ground == atlas.ground
    assert again.modes == atlas.modes
    for name, array in atlas.streets.to_arrays().items():
        assert np.array_equal(again.streets.to_arrays()[name], array), name
    assert again.townships.names == atlas.townships.names
    assert np.array_equal(again.demand.weight, atlas.demand.weight)
    for mode, snaps in atlas.demand_on.items():
        assert np.array_equal(again.demand_on[mode].offset_m, snaps.offset_m)
    assert again.gazetteer.name_near(at(1000, 900)) == atlas.gazetteer.name_near(at(1000, 900))
    assert again.network("walk").snap(at(500, 20)) == atlas.network("walk").snap(at(500, 20))


def test_loaded_arrays_are_mapped_and_cannot_be_written(saved) -> None:
    streets = Atlas.load(saved).streets
    assert not streets.edge_m.flags.writeable
    assert isinstance(streets.edge_m.base, np.memmap)


def test_the_summary_is_read_without_the_rest(atlas, saved) -> None:
    for file in data_of(saved).iterdir():
        file.unlink()
    assert read_summary(saved) == (atlas.digest, atlas.summary)


def test_another_atlas_takes_the_place_of_the_first(saved, tmp_path) -> None:
    other = other_atlas(tmp_path)
    other.save(saved)
    assert Atlas.load(saved).digest == other.digest
    assert len(list(saved.iterdir())) == 2, "the head and one data folder"


def test_what_is_loaded_goes_on_when_it_is_replaced(atlas, saved, tmp_path) -> None:
    loaded = Atlas.load(saved)
    other_atlas(tmp_path).save(saved)
    assert float(loaded.streets.edge_m.sum()) == pytest.approx(float(atlas.streets.edge_m.sum()))


# What can be wrong with a folder


def test_no_atlas_says_how_to_build_one(tmp_path) -> None:
    for load in (Atlas.load, read_summary):
        with pytest.raises(AtlasError, match=r"no atlas in “county”.*flask atlas build"):
            load(tmp_path / "county")


@pytest.mark.parametrize(
    "part",
    [
        "streets.edge_m",
        "streets.shape_x",
        "index.cell_key",
        "mesh.triangle",
        "layer-street.weight",
        "layer-area-walk.edge",
    ],
)
@pytest.mark.parametrize("left", [0, 7, 64, 0.5, 0.99, None])
def test_an_array_cut_off_or_lost_is_a_damaged_atlas(saved, part, left) -> None:
    path = data_of(saved) / f"{part}.npy"
    whole = path.read_bytes()
    path.unlink()
    if left is not None:
        path.write_bytes(whole[: left if isinstance(left, int) else int(len(whole) * left)])
    with pytest.raises(AtlasError, match=r"damaged.*Build it again"):
        Atlas.load(saved)


@pytest.mark.parametrize("file", ["premises.json", "ground.json"])
def test_a_text_lost_is_a_damaged_atlas(saved, file) -> None:
    (data_of(saved) / file).unlink()
    with pytest.raises(AtlasError, match="damaged"):
        Atlas.load(saved)


def test_an_array_of_another_shape_is_a_damaged_atlas(saved) -> None:
    np.save(data_of(saved) / "streets.edge_m.npy", np.zeros(3))
    with pytest.raises(AtlasError, match="damaged"):
        Atlas.load(saved)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"format": 99}', '"x"'])
def test_a_head_that_is_none_is_an_error_that_says_so(saved, content) -> None:
    (saved / HEAD).write_text(content)
    for load in (Atlas.load, read_summary):
        with pytest.raises(AtlasError, match=r"[Bb]uild it again"):
            load(saved)


@pytest.mark.parametrize("lost", ["digest", "data", "modes", "arrays", "summary"])
def test_a_head_that_lacks_something_is_a_damaged_atlas(saved, lost) -> None:
    head = json.loads((saved / HEAD).read_text())
    del head[lost]
    (saved / HEAD).write_text(json.dumps(head))
    with pytest.raises(AtlasError):
        Atlas.load(saved)


@pytest.mark.parametrize("part", ["streets", "index", "layer-street", "layer-area-walk"])
def test_a_head_that_lacks_a_part_is_a_damaged_atlas(saved, part) -> None:
    head = json.loads((saved / HEAD).read_text())
    del head["arrays"][part]
    (saved / HEAD).write_text(json.dumps(head))
    with pytest.raises(AtlasError):
        Atlas.load(saved)


def test_nothing_is_written_over_other_files(atlas, tmp_path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    with pytest.raises(AtlasError, match="“documents” holds other files"):
        atlas.save(folder)
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_nothing_but_atlas_data_is_cleared_away(saved, tmp_path) -> None:
    kept = saved / "my-notes"
    kept.mkdir()
    (kept / "letter.txt").write_text("dear")
    other_atlas(tmp_path).save(saved)
    assert (kept / "letter.txt").exists()


def test_a_file_in_the_way_is_told(atlas, tmp_path) -> None:
    (tmp_path / "atlas").write_text("x")
    with pytest.raises(AtlasError, match="cannot be written"):
        atlas.save(tmp_path / "atlas")


# Builds that end half-way


@pytest.mark.parametrize("step", ["numpy.save", "pathlib.Path.write_text", "pathlib.Path.rename"])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_disk_that_is_full_leaves_the_old_atlas(atlas, saved, tmp_path, monkeypatch, step, nth) -> None:
    other = other_atlas(tmp_path)
    with monkeypatch.context() as patch:
        fail_at(patch, step, nth)
        with pytest.raises(AtlasError, match="cannot be written"):
            other.save(saved)
    assert Atlas.load(saved).digest == atlas.digest
    other.save(saved)
    assert Atlas.load(saved).digest == other.digest
    assert len(list(saved.iterdir())) == 2


@pytest.mark.parametrize("step", ["numpy.save", "pathlib.Path.write_text", "pathlib.Path.rename"])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_first_build_that_ended_half_way_can_be_made_again(atlas, tmp_path, monkeypatch, step, nth) -> None:
    folder = tmp_path / "new"
    with monkeypatch.context() as patch:
        fail_at(patch, step, nth)
        with pytest.raises(AtlasError, match="cannot be written"):
            atlas.save(folder)
    with pytest.raises(AtlasError, match="no atlas"):
        Atlas.load(folder)
    atlas.save(folder)
    assert Atlas.load(folder).digest == atlas.digest


def fail_at(patch: pytest.MonkeyPatch, step: str, nth: int) -> None:
    """Let the nth call of a function find the disk full."""
    owner, name = (np, "save") if step == "numpy.save" else (Path, step.rpartition(".")[2])
    original, calls = getattr(owner, name), []

    def full(*args, **kwargs):
        calls.append(1)
        if len(calls) == nth:
            raise OSError(28, "No space left on device")
        return original(*args, **kwargs)

    patch.setattr(owner, name, full)


@pytest.mark.parametrize("after_arrays", [0, 3, 20])
def test_a_build_that_is_killed_leaves_the_old_atlas(atlas, saved, tmp_path, after_arrays) -> None:
    path = Drawing.read(TOWN + "a-c highway=path").write(tmp_path / "other.osm.pbf")
    code = f"""
import os, signal
import numpy as np
from pathlib import Path
from geodata.building import build_atlas
other = build_atlas(Path({str(path)!r}))
save, count = np.save, [0]
def dying(file, array):
    if count[0] == {after_arrays}:
        Path(file).write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    count[0] += 1
    save(file, array)
np.save = dying
other.save(Path({str(saved)!r}))
"""
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert run.returncode == -signal.SIGKILL
    assert Atlas.load(saved).digest == atlas.digest
    other = build_atlas(path)
    other.save(saved)
    assert Atlas.load(saved).digest == other.digest
    assert len(list(saved.iterdir())) == 2, "what the killed build left is cleared away"


def test_whoever_loads_during_a_rebuild_gets_the_old_atlas_or_the_new(atlas, saved, tmp_path) -> None:
    """A worker that is started again while the operator builds must not fail."""
    other = other_atlas(tmp_path)
    done, seen, faults = threading.Event(), set(), []

    def load_again_and_again() -> None:
        while not done.is_set():
            try:
                seen.add(Atlas.load(saved).digest)
            except AtlasError as fault:
                faults.append(fault)

    threads = [threading.Thread(target=load_again_and_again) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(8):
        other.save(saved)
        atlas.save(saved)
    done.set()
    for thread in threads:
        thread.join()
    assert not faults
    assert seen <= {atlas.digest, other.digest}


# Real places


@pytest.mark.parametrize(
    ("place", "walk_km", "townships"),
    [
        ("guixi_jiangxi", 116, 1),
        ("ninghua_fujian", 19, 1),
        ("beijing_tsinghua", 109, 1),
        ("monaco", 119, 6),
        ("liechtenstein", 1180, 11),
    ],
)
def test_a_real_place_becomes_an_atlas(real_atlas, tmp_path, place, walk_km, townships) -> None:
    atlas = real_atlas(place)
    assert atlas.summary.modes["walk"].km == pytest.approx(walk_km, rel=0.05)
    assert atlas.summary.townships == townships
    assert atlas.summary.modes["walk"].largest_share > 0.9
    assert atlas.summary.demand_total == pytest.approx(atlas.summary.modes["walk"].km * 1000, rel=0.1)
    atlas.save(tmp_path / "atlas")
    again = Atlas.load(tmp_path / "atlas")
    assert again.digest == atlas.digest


def test_a_city_is_built_within_the_time_and_found_again(real_data, tmp_path) -> None:
    atlas = build_atlas(real_data / "osm/porto.osm.pbf")
    assert atlas.summary.modes["walk"].km == pytest.approx(9686, rel=0.05)
    atlas.save(tmp_path / "atlas")
    assert Atlas.load(tmp_path / "atlas").digest == atlas.digest
