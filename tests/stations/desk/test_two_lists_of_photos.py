"""Two people change the photos of one station: nothing of either is lost, and what both changed is asked."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.lonlat import LonLat
from stations.desk.album import Row, arranged, moved, with_photos
from stations.desk.merging import merge, told, with_theirs
from stations.errors import PhotoError
from stations.facts import MAX_PHOTOS, Photo
from stations.registry.differences import Words
from stations.station import Station, StationReader

READER = StationReader()
BASE = Station(code="A", name="甲", position=LonLat(116.3, 28.3))


def of(names: str, **captions: str) -> Station:
    """A station with a photo for each letter."""
    return dataclasses.replace(BASE, photos=tuple(Photo(file=name, caption=captions.get(name, "")) for name in names))


def shown(station: Station) -> str:
    return "".join(one.file for one in station.photos)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ("ab", "abc", "abd", "abdc"),
        ("ab", "ba", "abd", "bad"),
        ("ab", "abd", "ba", "bad"),
        ("abc", "ac", "abcd", "acd"),
        ("abc", "ac", "ab", "a"),
        ("ab", "", "abc", "c"),
        ("ab", "ab", "b", "b"),
        ("abc", "cba", "bca", "cba"),
    ],
)
def test_both_are_put_together(base, mine, theirs, both):
    merged = merge(of(base), of(mine), of(theirs))
    assert shown(merged.station) == both
    assert not merged.conflicts


def test_what_both_changed_of_one_photo_is_asked():
    mine, theirs = of("ab", a="大门"), of("abc", a="正门", b="里面")
    merged = merge(of("ab"), mine, theirs)
    assert [one.key for one in merged.conflicts] == ["photos:a"]
    assert merged.station == of("abc", a="大门", b="里面")
    assert merge(of("ab"), mine, theirs, {"photos:a"}).station == of("abc", a="正门", b="里面")
    assert with_theirs(merged.station, theirs, ["photos:a"]) == of("abc", a="正门", b="里面")
    gone = merge(of("ab"), of("ab", a="大门"), of("b"))
    assert [one.key for one in gone.conflicts] == ["photos:a"]
    assert with_theirs(gone.station, of("b"), ["photos:a"]) == of("b")


NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True).map("".join)


@given(NAMES, NAMES, NAMES)
def test_whatever_two_do(base, mine, theirs):
    merged = merge(of(base), of(mine), of(theirs)).station
    taken_out = {name for name in base if name not in mine or name not in theirs}
    assert set(shown(merged)) == (set(base) | set(mine) | set(theirs)) - taken_out
    assert merge(of(base), of(mine), of(base)).station == of(mine)
    assert merge(of(base), of(base), of(theirs)).station == of(theirs)


def test_another_order_is_told():
    (difference,) = told(of("ab"), of("ba"))
    assert Words.load("zh").sentence(difference) == "照片：a、b → b、a"
    long = "0123456789abcdef" * 4 + ".jpg"
    (difference,) = told(BASE, dataclasses.replace(BASE, photos=(Photo(file=long, caption="大门"),)))
    assert Words.load("en").sentence(difference) == "Photos, 012345: — → 大门"


def test_photos_are_added_once_and_not_too_many():
    assert with_photos(of("ab"), [Photo(file="b", caption="x"), Photo(file="c"), Photo(file="c")]) == of("abc")
    full = of("abcdefghijklmnopqrst")
    assert len(full.photos) == MAX_PHOTOS
    assert with_photos(full, [Photo(file="a")]) == full
    with pytest.raises(PhotoError, match="20 photos at most, and it has 20"):
        with_photos(full, [Photo(file="z")])
    assert len(merge(of("abcdefghijklmnopqr"), full, of("abcdefghijklmnopqrxyz")).station.photos) == MAX_PHOTOS


def test_a_form_puts_them_in_order():
    rows = [Row("c", " 第三 \n 张 "), Row("a", "", gone=True), Row("x", "没有"), Row("c", "又")]
    assert arranged(of("abcd"), rows, READER) == of("cbd", c="又")
    for caption in ("长" * 201, "a\u2028\u202eb\x00"):
        with pytest.raises(PhotoError):
            arranged(of("a"), [Row("a", caption)], READER)
    assert [row.file for row in moved([Row("a", ""), Row("b", "")], "b", -1)] == ["b", "a"]
    assert [row.file for row in moved([Row("a", ""), Row("b", "")], "b", 1)] == ["a", "b"]
    assert [row.file for row in moved([Row("a", "")], "z", 1)] == ["a"]
