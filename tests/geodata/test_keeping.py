"""Keeping on disk: what was written is what is read, and what cannot be used is as good as nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from geodata.keeping import UNFINISHED, Keep

ARRAYS: dict[str, np.ndarray] = {"metres": np.arange(1000, dtype=np.float32), "none": np.empty((0, 2), np.int64)}


def entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_what_is_kept_is_read_again_by_another_process_without_a_copy(tmp_path) -> None:
    written = Keep(tmp_path / "kept").write("walk 1000", "here", ARRAYS)
    read = Keep(tmp_path / "kept").read("walk 1000", "here")
    for arrays in (written, read):
        assert arrays is not None
        assert {name: array.tolist() for name, array in arrays.items()} == {
            name: array.tolist() for name, array in ARRAYS.items()
        }
        assert isinstance(arrays["metres"].base, np.memmap)
        assert not arrays["metres"].flags.writeable


def test_an_entry_is_found_by_both_its_names_alone(tmp_path) -> None:
    keep = Keep(tmp_path)
    keep.write("walk", "here", ARRAYS)
    assert keep.read("walk", "there") is None
    assert keep.read("ebike", "here") is None


def test_of_a_family_the_one_used_last_is_the_newest(tmp_path) -> None:
    keep = Keep(tmp_path)
    for name, value in (("a", 1), ("b", 2), ("c", 3)):
        keep.write("walk", name, {"value": np.array([value])})
        time.sleep(0.01)
    keep.write("ebike", "d", {"value": np.array([4])})
    keep.read("walk", "b")
    newest = keep.newest("walk")
    assert newest is not None
    assert newest["value"].tolist() == [2]
    assert keep.newest("bus") is None


@pytest.mark.parametrize("harm", ["cut", "changed", "lost", "head", "headless", "other"])
def test_a_damaged_entry_is_none_and_is_made_again(tmp_path, harm) -> None:
    keep = Keep(tmp_path)
    keep.write("walk", "here", ARRAYS)
    (place,) = entries(tmp_path)
    file, head = place / "metres.npy", place / "head.json"
    whole = bytearray(file.read_bytes())
    if harm == "cut":
        file.write_bytes(whole[:-1])
    elif harm == "changed":
        whole[-2] ^= 1
        file.write_bytes(whole)
    elif harm == "lost":
        file.unlink()
    elif harm == "head":
        head.write_text("{", encoding="utf-8")
    elif harm == "headless":
        head.unlink()
    else:
        np.save(file, np.arange(3))
    assert keep.read("walk", "here") is None
    assert keep.newest("walk") is None
    assert keep.write("walk", "here", ARRAYS) is not None
    assert keep.read("walk", "here") is not None


def test_what_was_used_longest_ago_makes_room(tmp_path) -> None:
    keep = Keep(tmp_path, most_bytes=12_000)
    for name in "abc":
        keep.write("walk", name, ARRAYS)
        time.sleep(0.01)
        keep.read("walk", "a")
        time.sleep(0.01)
    assert [keep.read("walk", name) is not None for name in "abc"] == [True, False, True]
    alone = Keep(tmp_path, most_bytes=1)
    assert alone.write("walk", "d", ARRAYS) is not None, "the newest stays in any case"
    assert len(entries(tmp_path)) == 1


def test_what_a_killed_process_left_is_swept_away_after_a_while(tmp_path) -> None:
    left, fresh = tmp_path / f"{UNFINISHED}left", tmp_path / f"{UNFINISHED}fresh"
    for folder in (left, fresh):
        folder.mkdir()
    os.utime(left, (0, 0))
    Keep(tmp_path).write("walk", "here", ARRAYS)
    assert not left.exists()
    assert fresh.exists(), "another process may be at it"


def test_without_a_folder_nothing_is_kept() -> None:
    keep = Keep()
    assert keep.write("walk", "here", ARRAYS) is None
    assert keep.read("walk", "here") is None
    assert keep.newest("walk") is None


def test_where_nothing_can_be_written_one_does_without(tmp_path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    keep = Keep(tmp_path / "file" / "kept")
    assert keep.write("walk", "here", ARRAYS) is None
    assert keep.read("walk", "here") is None


def test_a_full_disk_leaves_nothing_half_written(tmp_path) -> None:
    """A limit on the size of files stands for the disk."""
    code = (
        "import resource, signal, sys, pathlib, numpy as np; from geodata.keeping import Keep;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000));"
        "print(Keep(pathlib.Path(sys.argv[1])).write('walk', 'here', {'a': np.zeros(9000)}))"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "None"
    assert entries(tmp_path) == []


def test_two_that_write_the_same_at_once_leave_one_whole_entry(tmp_path) -> None:
    code = (
        "import sys, pathlib, numpy as np; from geodata.keeping import Keep;"
        "keep = Keep(pathlib.Path(sys.argv[1]));"
        "print(all(keep.write('walk', 'here', {'a': np.arange(5000)}) is not None for _ in range(30)))"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [run.communicate()[0].strip() for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert set(said) <= {"True", "False"}
    assert len(entries(tmp_path)) == 1
    read = Keep(tmp_path).read("walk", "here")
    assert read is not None
    assert read["a"].tolist() == list(range(5000))
