"""Photos in a backup: the same bytes, whichever store they come from and go to."""

import gzip
import itertools

import orjson
import pytest

from stations.errors import BackupError
from stations.photos.keeping import Photos
from stations.registry import kept
from stations.registry.backups import back_up, read_backup, restore
from stations.registry.log import Registry
from tests.stations.photos.conftest import NOON, sent

SERVER = pytest.param("server", marks=pytest.mark.postgres)
COLOURS = ("navy", "gold", "pink")


@pytest.fixture
def saved(registry, keep, tmp_path):
    for colour in COLOURS:
        keep(sent(colour=colour))
    keep(sent(colour="navy"), "B2", what="inspection")
    path = tmp_path / "kept.gz"
    assert back_up(registry.store, path, at=NOON).kept == 3 + 4
    return path


def everything(photos):
    places = itertools.product(("A1", "B2"), ("station", "inspection"))
    of = [one for code, what in places for one in photos.of(code, what)]
    return of, [(photos.read(one.name), photos.read(one.name, small=True)) for one in of]


@pytest.mark.parametrize("kind", ["file", SERVER])
def test_photos_come_back(saved, photos, tmp_path, request, kind, monkeypatch):
    monkeypatch.setattr(kept, "BULKY", 2)
    url = request.getfixturevalue("databases").new() if kind == "server" else f"sqlite:///{tmp_path / 'there.db'}"
    restore(url, saved, wait_s=5.0)
    there = Registry.open(url, wait_s=5.0)
    try:
        assert everything(Photos(there.store)) == everything(photos)
        back_up(there.store, tmp_path / "again.gz", at=NOON)
    finally:
        there.close()
    assert (tmp_path / "again.gz").read_bytes() == saved.read_bytes()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("wrong", ["no base64!", 7, None, ["YQ=="]])
def test_what_is_no_photo_in_a_backup_is_refused(saved, wrong):
    lines = gzip.decompress(saved.read_bytes()).splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith(b'{"kept":"photo"'))
    lines[at] = orjson.dumps(orjson.loads(lines[at]) | {"data": wrong}) + b"\n"
    saved.write_bytes(gzip.compress(b"".join(lines)))
    with pytest.raises(BackupError, match="was altered"):
        read_backup(saved)
