"""A disk that is full: told plainly, nothing lost, and once there is room the same import goes in without help."""

import re
import subprocess
from datetime import UTC, datetime

import pytest
from psycopg.sql import SQL, Identifier, Literal

from stations.errors import BackupError, RegistryError
from stations.registry.backups import back_up, read_backup, restore
from stations.registry.log import Registry
from tests.faults.conftest import ROWS, write_list
from tests.faults.deeds import take_in

MANY = 1_500


@pytest.fixture
def long_list(tmp_path):
    return write_list(tmp_path / "long.csv", MANY)


def refused_until_there_is_room(registry, name, url, disk, long_list, proven):
    says = f"The disk that holds the registry {name} is full. Make room; nothing was written."
    with pytest.raises(RegistryError, match=f"^{re.escape(says)}$"):
        take_in(registry, long_list, 2)
    assert registry.snapshot().revision == ROWS
    assert proven(url).revision == ROWS, "it can be read and proven while the disk is full"
    disk.make_room()
    assert take_in(registry, long_list, 2).revision == ROWS + MANY
    assert registry.snapshot().revision == proven(url).revision == ROWS + MANY


@pytest.mark.parametrize("room", [0, 12_000, 100_000, 400_000])
def test_an_import_on_a_full_disk_sqlite(disk, listed, long_list, proven, room):
    """At the first byte, while the journal is written, and while the file grows."""
    url = f"sqlite:///{disk.folder / 'registry.db'}"
    registry = Registry.open(url)
    take_in(registry, listed, 1)
    disk.fill(but=room)
    refused_until_there_is_room(registry, "registry.db", url, disk, long_list, proven)


@pytest.mark.postgres
def test_an_import_on_a_full_disk_postgresql(disk, server, on_server, listed, long_list, proven):
    space = disk.folder / "space"
    space.mkdir()
    subprocess.run(["chown", "postgres:", str(space)], check=True)
    url = on_server.new()
    name = url.partition("?")[0].rpartition("/")[2]
    on_server.do(SQL("CREATE TABLESPACE small LOCATION {}").format(Literal(str(space))))
    on_server.do(SQL("ALTER DATABASE {} SET TABLESPACE small").format(Identifier(name)))
    try:
        registry = Registry.open(url)
        take_in(registry, listed, 1)
        disk.fill(but=200_000)
        refused_until_there_is_room(registry, name, url, disk, long_list, proven)
        registry.close()
    finally:
        on_server.drop(url)
        on_server.do(SQL("DROP TABLESPACE small"))


def test_a_file_that_may_not_grow(nursery, tmp_path, listed, long_list, proven):
    """A quota, or a file system with a largest file."""
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    nursery.child("import_list", url, str(listed), 1).wait()
    limit = (tmp_path / "registry.db").stat().st_size + 20_000
    lines, ended_by = nursery.child("import_list", url, str(long_list), 2, largest_file=limit).wait()
    assert ended_by == 0
    assert lines[-1] == "RegistryError: The disk that holds the registry registry.db fails. Nothing was changed."
    assert proven(url).revision == ROWS
    lines, _ = nursery.child("import_list", url, str(long_list), 2).wait()
    assert lines[-1] == f"written {ROWS + MANY}"
    assert proven(url).revision == ROWS + MANY


@pytest.mark.parametrize("room", [0, 5_000])
def test_a_backup_on_a_full_disk_leaves_no_half_file(disk, tmp_path, long_list, room):
    registry = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}")
    take_in(registry, long_list, 1)
    at = datetime.now(UTC)
    kept = disk.folder / "kept.gz"
    kept.write_bytes(b"the one before")
    disk.fill(but=room)
    with pytest.raises(
        BackupError, match=r"^There is no room for the backup kept\.gz\. Make room or choose another disk"
    ):
        back_up(registry.store, kept, at=at, overwrite=True)
    assert {path.name for path in disk.folder.iterdir()} == {"ballast", "kept.gz"}
    assert kept.read_bytes() == b"the one before"
    disk.make_room()
    assert back_up(registry.store, kept, at=at, overwrite=True) == read_backup(kept)


def test_a_restore_on_a_full_disk_leaves_an_empty_place(disk, tmp_path, long_list, proven):
    registry = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}")
    take_in(registry, long_list, 1)
    back_up(registry.store, tmp_path / "kept.gz", at=datetime.now(UTC))
    url = f"sqlite:///{disk.folder / 'registry.db'}"
    disk.fill(but=600_000)
    with pytest.raises(RegistryError, match=r"^The disk that holds the registry registry\.db is full\."):
        restore(url, tmp_path / "kept.gz", wait_s=1.0)
    assert proven(url).revision == 0
    disk.make_room()
    restore(url, tmp_path / "kept.gz", wait_s=1.0)
    assert proven(url).revision == MANY
