"""Somebody types a few letters and finds what they mean."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.atlas import Atlas
from geodata.features import Place, Premises
from geodata.gazetteer import Gazetteer
from geodata.landmarks import Landmarks
from geodata.memo import Memo
from stations.questions import stationnames
from stations.questions.search import Kind, SearchQuery, search
from stations.questions.stationnames import names_of
from stations.registry.columns import Row
from stations.registry.snapshot import Snapshot
from stations.station import Station
from tests.town import SHANGHAI, atlas, corner

__all__ = ["atlas"]


@pytest.fixture(scope="module")
def ground(atlas) -> Atlas:
    """The town with named streets and premises: two townships, 西乡 and 东乡, that part in the middle of a block."""
    places = [
        Place("柳村", "village", corner(1, 5), 300, {"name:en": "Willow Village"}),
        Place("桃村", "village", corner(5, 1), 900),
        Place("柳城", "city", corner(3, 3), 90_000),
        Place("老城社区", "neighbourhood", corner(1, 1)),
        # Three pieces of one street, a namesake far off, and one that only begins so.
        Place("如意路", "street", corner(0, 1)),
        Place("如意路", "street", corner(1, 1)),
        Place("如意路", "street", corner(2, 1)),
        Place("如意路", "street", corner(6 + 10, 6)),
        Place("如意路二巷", "street", corner(3, 1)),
        # The township's own name on the map.
        Place("东乡", "town", corner(5, 5)),
    ]
    premises = (
        Premises("柳村邮局", "post_office", corner(1, 4), None, "n1"),
        Premises("柳村邮局", "post_office", corner(1.2, 4), None, "w1"),
        Premises("", "public_toilet", corner(1, 3), None, "n2"),
    )
    return replace(atlas, gazetteer=Gazetteer(places), premises=premises, memo=Memo())


@pytest.fixture(scope="module")
def snapshot(make_station) -> Snapshot:
    return Snapshot.build(
        3,
        [
            make_station("YC-1", name="甘德县如意路工会驿站", position=corner(1, 0), address="一街1号"),
            make_station("YC-2", name="柳堤驿站", name_en="Willow Bank", position=corner(0, 2), host_name="工商银行"),
            make_station("YC-3", name="停用的柳堤驿站", status="retired"),
        ],
        SHANGHAI,
    )


def told(answer) -> list[tuple[str, str]]:
    return [(match.kind.value, match.name) for match in answer.matches]


def test_stations_places_townships_streets_and_premises_are_found(ground, snapshot):
    def first(text: str) -> tuple[str, str]:
        return told(search(SearchQuery(text), snapshot, ground))[0]

    assert first("gdx") == ("station", "甘德县如意路工会驿站")
    assert first("yc-2") == ("station", "柳堤驿站")
    assert first("gongshang") == ("station", "柳堤驿站")
    assert first("一街") == ("station", "甘德县如意路工会驿站")
    assert first("willow village") == ("place", "柳村")
    assert first("xixiang") == ("place", "西乡")
    assert first("ryl") == ("street", "如意路")
    assert first("柳村邮") == ("premises", "柳村邮局")


def test_what_stands_for_more_ground_comes_first_then_the_larger(ground, snapshot):
    assert told(search(SearchQuery("柳"), snapshot, ground)) == [
        ("place", "柳城"),
        ("place", "柳村"),
        ("station", "柳堤驿站"),
        ("premises", "柳村邮局"),
    ]
    assert [name for _, name in told(search(SearchQuery("cun"), snapshot, ground))][:2] == ["桃村", "柳村"]


def test_a_whole_name_comes_before_a_beginning_and_that_before_a_part(ground, snapshot):
    assert told(search(SearchQuery("如意路"), snapshot, ground)) == [
        ("street", "如意路"),
        ("street", "如意路"),
        ("street", "如意路二巷"),
        ("station", "甘德县如意路工会驿站"),
    ]


def test_pieces_of_a_street_are_one_answer_where_they_hang_together(ground, snapshot):
    near, far = search(SearchQuery("如意路"), snapshot, ground).matches[:2]
    assert (near.position, far.position) == (corner(1, 1), corner(16, 6))
    assert (near.township, far.township) == ("西乡", "")
    assert near.near is not None
    assert near.near.name == "老城社区"


def test_the_nearer_of_two_names_comes_first(ground, snapshot):
    for at in (corner(0, 0), corner(16, 6)):
        first = search(SearchQuery("如意路", near=at), snapshot, ground).matches[0]
        assert first.position == (corner(1, 1) if at == corner(0, 0) else corner(16, 6))


def test_a_township_that_is_mapped_as_a_place_is_told_once(ground, snapshot):
    (found,) = search(SearchQuery("东乡"), snapshot, ground).matches
    assert (found.what, found.position) == ("town", corner(5, 5))
    (other,) = search(SearchQuery("西乡"), snapshot, ground).matches
    assert other.what == "township"
    index = ground.townships.names.index("西乡")
    assert ground.townships.township_at(other.position) == index


def test_premises_mapped_twice_are_told_once_and_those_without_a_name_never(ground, snapshot):
    everything = Landmarks.of(ground).all
    assert [one.name for one in everything if one.kind == "premises"] == ["柳村邮局"]


def test_words_find_what_lies_by(ground, snapshot):
    (found,) = search(SearchQuery("老城 如意路"), snapshot, ground).matches
    assert (found.kind, found.position) == (Kind.STREET, corner(1, 1))


def test_only_active_stations_are_found(ground, snapshot):
    assert ("station", "停用的柳堤驿站") not in told(search(SearchQuery("停用"), snapshot, ground))


@pytest.mark.parametrize(
    "text", ["", "  ", "😀", "%", "甲" * 5000, "x" * 5000, "' OR 1=1 --", "<b>柳村</b>" * 50, "\0"]
)
def test_what_is_no_name_finds_nothing(ground, snapshot, text):
    assert search(SearchQuery(text), snapshot, ground).matches == ()


def test_the_limit_holds_and_is_bounded(ground, snapshot):
    assert len(search(SearchQuery("柳", limit=2), snapshot, ground).matches) == 2
    assert len(search(SearchQuery("柳", limit=0), snapshot, ground).matches) == 1
    assert len(search(SearchQuery("柳", limit=10_000), snapshot, ground).matches) == 4


def test_without_ground_the_stations_are_found(snapshot):
    answer = search(SearchQuery("liu"), snapshot, None)
    assert told(answer) == [("station", "柳堤驿站")]
    assert (answer.revision, answer.digest) == (3, None)


def test_the_same_question_has_the_same_answer(ground, snapshot):
    query = SearchQuery("l", near=corner(2, 2), limit=20)
    assert search(query, snapshot, ground) == search(query, snapshot, replace(ground, memo=Memo()))


def test_an_edit_does_not_build_the_index_anew(snapshot, make_station, monkeypatch):
    later = Snapshot.build(3, [make_station(f"A{number:03}", name=f"第{number}站") for number in range(200)], SHANGHAI)
    first = names_of(later)
    edited = later.advanced(4, [Row.of(make_station("A007", name="改名站"), 4)], ["A008"])
    names = names_of(edited)
    assert names.base is first.base
    assert names.fresh is not None
    assert list(names.fresh.codes) == ["A007"]
    assert told(search(SearchQuery("gaiming"), edited, None)) == [("station", "改名站")]
    assert told(search(SearchQuery("第7站"), edited, None)) == []
    assert told(search(SearchQuery("第8站"), edited, None)) == []
    assert told(search(SearchQuery("第9站"), edited, None)) == [("station", "第9站")]
    # The earlier snapshot still answers for itself.
    assert told(search(SearchQuery("第8站"), later, None)) == [("station", "第8站")]


def test_after_many_edits_it_is_built_anew(make_station):
    snapshot = Snapshot.build(1, [make_station(f"A{number:03}") for number in range(100)], SHANGHAI)
    first = names_of(snapshot)
    rows = [Row.of(make_station(f"A{number:03}", name="新站"), 2) for number in range(stationnames.FEW + 1)]
    names = names_of(snapshot.advanced(2, rows))
    assert names.base is not first.base
    assert names.fresh is None


WORDS = ["老城", "如意", "柳", "Willow", "1号"]
edits = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(WORDS), st.sampled_from(["active", "retired", "gone"])), max_size=12
)


@settings(max_examples=40)
@given(
    before=edits,
    after=st.lists(edits, min_size=1, max_size=3),
    text=st.sampled_from(["lao", "liu", "w", "站", "A", "1"]),
)
def test_the_index_is_the_same_whichever_way_it_came(make_station, before, after, text):
    stood: dict[str, Station] = {}

    def apply(some, revision):
        rows: dict[str, Row] = {}
        gone: set[str] = set()
        for number, word, status in some:
            code = f"A{number}"
            rows.pop(code, None)
            stood.pop(code, None)
            gone.add(code)
            if status != "gone":
                stood[code] = make_station(code, name=f"{word}{number}站", status=status)
                rows[code] = Row.of(stood[code], revision)
                gone.discard(code)
        return list(rows.values()), gone

    rows, _ = apply(before, 1)
    snapshot = Snapshot.of_rows(1, [rows] if rows else [], SHANGHAI)
    query = SearchQuery(text, limit=20)
    search(query, snapshot, None)
    for revision, some in enumerate(after, 2):
        snapshot = snapshot.advanced(revision, *apply(some, revision))
        fresh = Snapshot.build(revision, list(stood.values()), SHANGHAI)
        assert search(query, snapshot, None) == search(query, fresh, None)


def test_landmarks_are_kept_with_the_atlas(ground):
    assert Landmarks.of(ground) is Landmarks.of(ground)
    assert np.isfinite(Landmarks.of(ground).lon).all()
