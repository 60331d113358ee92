"""Photos in the registry's database, on both stores."""

from datetime import timedelta

import pytest

from stations.errors import PhotoError
from stations.photos import keeping
from stations.registry.schema import PHOTO
from tests.stations.photos.conftest import NOON, sent


def test_what_is_kept_can_be_read(photos, keep):
    kept = keep(sent())
    read = photos.read(kept.name)
    assert (read.width, read.height, len(read.data)) == (kept.width, kept.height, kept.bytes)
    assert len(photos.read(kept.name, small=True).data) < kept.bytes
    assert photos.read("0" * 64 + ".jpg") is photos.read("../passwd") is photos.read(kept.name[:64]) is None
    assert photos.there([kept.name, "a1b2.jpg", "0" * 64 + ".jpg"]) == {kept.name}


def test_the_same_photo_is_kept_once_and_belongs_to_each(photos, keep):
    first = keep(sent(), "A1")
    assert keep(sent(), "A1", who="chen") == first == keep(sent(), "B2", what="inspection")
    assert [(one.code, one.what, one.who) for one in photos.belongings(first.name)] == [
        ("A1", "station", "lin"),
        ("B2", "inspection", "lin"),
    ]
    assert photos.remove(first.name, code="A1", what="station")
    assert photos.read(first.name)
    assert not photos.remove(first.name, code="A1", what="station")
    assert photos.remove(first.name, code="B2", what="inspection")
    assert photos.read(first.name) is None


def test_too_many_make_room_but_for_what_is_shown_and_what_is_new(photos, keep, monkeypatch):
    monkeypatch.setitem(keeping.MOST, "station", 3)
    old = [keep(sent(colour=colour), at=NOON - timedelta(days=9 - day)) for day, colour in enumerate(("navy", "gold"))]
    new = keep(sent(colour="white"))
    keep(sent(colour="black"), shown={old[0].name})
    assert [bool(photos.read(one.name)) for one in (*old, new)] == [True, False, True]
    with pytest.raises(PhotoError, match="3 photos of this station are kept already"):
        keep(sent(colour="pink"), shown={old[0].name})
    keep(sent(colour="pink"), "B2")
    assert len(photos.of("A1", "station")) == 3


@pytest.mark.parametrize("what", ["suggestion", "inspection"])
def test_of_what_was_suggested_the_old_makes_room_and_of_inspections_nothing_does(keep, monkeypatch, what):
    monkeypatch.setitem(keeping.MOST, what, 1)
    keep(sent(), what=what, at=NOON - timedelta(days=30))
    if what == "inspection":
        with pytest.raises(PhotoError):
            keep(sent(colour="pink"), what=what)
    else:
        keep(sent(colour="pink"), what=what)
        with pytest.raises(PhotoError):
            keep(sent(colour="gold"), what=what)


def test_nothing_is_kept_of_what_is_refused(photos, keep):
    with pytest.raises(PhotoError):
        keep(b"nothing")
    assert photos.of("A1", "station") == ()


def test_a_damaged_photo_is_found(registry, photos, keep, monkeypatch):
    monkeypatch.setattr(keeping, "PAGE", 2)
    names = sorted(keep(sent(colour=colour)).name for colour in ("navy", "gold", "pink"))
    assert photos.verify() == (3, ())
    with registry.store.writing() as connection:
        connection.execute(PHOTO.update().where(PHOTO.c.name == names[1]), {"data": b"spoilt"})
    assert photos.verify() == (3, (names[1],))
