"""Cells as clerks type them, and every field of a record as one cell that comes back as it was."""

import datetime as dt
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geodata.datum import Datum
from geodata.lonlat import LonLat
from stations.exchange import cells, clauses
from stations.exchange.cells import CellError
from stations.exchange.fieldcells import FieldCells
from stations.fields import Fields
from stations.hours import Hours
from stations.station import AmenityState, Closure, Photo, Service, Station, StationReader, Status
from stations.taxonomy import Taxonomy


@pytest.fixture(scope="module")
def read_hours(shanghai):
    @cache
    def read(text):
        return Hours.parse(text, shanghai).text

    return read


@pytest.fixture(scope="module")
def field_cells(taxonomy, read_hours):
    return FieldCells(taxonomy, read_hours)


@pytest.fixture(scope="module")
def reader():
    return StationReader()


# Closures.


def closure(first, last=None, reason=""):
    return Closure(first=dt.date.fromisoformat(first), last=dt.date.fromisoformat(last or first), reason=reason)


@pytest.mark.parametrize(
    ("text", "closures"),
    [
        ("2026-02-14..2026-02-20 装修", [closure("2026-02-14", "2026-02-20", "装修")]),
        (
            "2026-02-14..2026-02-20 装修; 2026-10-01 检修",
            [closure("2026-02-14", "2026-02-20", "装修"), closure("2026-10-01", None, "检修")],
        ),
        ("2026年2月14日至2月20日春节放假", [closure("2026-02-14", "2026-02-20", "春节放假")]),
        ("2026年2月14日至20日", [closure("2026-02-14", "2026-02-20")]),
        ("２０２６/２/１４～２０２６/２/２０：装修", [closure("2026-02-14", "2026-02-20", "装修")]),
        ("2026.2.14-2026.2.20", [closure("2026-02-14", "2026-02-20")]),
        ("2026-12-28 to 01-03 stocktaking", [closure("2026-12-28", "2027-01-03", "stocktaking")]),
        ('2026-10-01 "装修；检修 ""二""次"', [closure("2026-10-01", None, '装修；检修 "二"次')]),
        ("2026-10-01 日常检修\n2026-11-01", [closure("2026-10-01", None, "日常检修"), closure("2026-11-01")]),
        ("", []),
    ],
)
def test_closures_as_clerks_type_them(text, closures):
    assert clauses.read_closures(text) == tuple(closures)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("装修", "“装修” is not a closure. Write its first and last day and the reason, like 2026-02-14..2026-02-20"),
        ("2月14日至20日", "is not a closure"),
        ("2026-02-30", "day is out of range"),
        ("2026-13-01", "month must be in 1..12"),
        ("2026-02-20..2026-02-14", "must not end before it begins"),
        ("2026-02-14至今 装修", "is not a closure"),
        ("2026-10-01; 装修", "“装修” is not a closure"),
    ],
)
def test_a_closure_that_cannot_be_read_is_told_with_an_example(text, told):
    with pytest.raises(CellError, match=told) as caught:
        clauses.read_closures(text)
    assert "2026-02-14..2026-02-20" in str(caught.value)


# Services.


def service(key, **facts):
    return Service(key=key, **facts)


@pytest.mark.parametrize(
    ("text", "services"),
    [
        (
            "早餐 2元 [环卫工人, 快递员] (06:00-08:30) 每天限量",
            [
                service(
                    "breakfast",
                    price_yuan=2.0,
                    eligible=("sanitation", "couriers"),
                    hours="06:00-08:30",
                    note="每天限量",
                )
            ],
        ),
        (
            "早餐2元（06:00-08:30）【环卫工人】",
            [service("breakfast", price_yuan=2.0, eligible=("sanitation",), hours="06:00-08:30")],
        ),
        ("早餐 ￥２.５ 06:00-08:30", [service("breakfast", price_yuan=2.5, hours="06:00-08:30")]),
        ("早餐：2元/份", [service("breakfast", price_yuan=2.0)]),
        ("免费早餐", [service("breakfast", price_yuan=0.0)]),
        ("理发免费；体检 每月15日", [service("haircut", price_yuan=0.0), service("health_check", note="每月15日")]),
        ("理发、法律咨询，心理咨询", [service("haircut"), service("legal_advice"), service("counselling")]),
        (
            "早餐 (06:00-08:30,12:00-13:00)、理发",
            [service("breakfast", hours="06:00-08:30,12:00-13:00"), service("haircut")],
        ),
        ("早餐 2元 限量，先到先得", [service("breakfast", price_yuan=2.0, note="限量，先到先得")]),
        ("其他：修鞋 5元", [service("other", name="修鞋", price_yuan=5.0)]),
        ('其他："修 鞋" 5元', [service("other", name="修 鞋", price_yuan=5.0)]),
        (
            "Legal advice free [Everyone] by phone",
            [service("legal_advice", price_yuan=0.0, eligible=("everyone",), note="by phone")],
        ),
        (
            "breakfast 2 yuan (Mo-Fr 06:00-08:30; Sa 07:00-08:30)",
            [service("breakfast", price_yuan=2.0, hours="Mo-Fr 06:00-08:30; Sa 07:00-08:30")],
        ),
    ],
)
def test_services_as_clerks_type_them(text, services, taxonomy, read_hours):
    assert clauses.read_services(text, taxonomy, read_hours) == tuple(services)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("桑拿 2元", "“桑拿 2元” is not one of the services. Write one of: breakfast"),
        ("理发、桑拿", "“桑拿” is not one of the services"),
        ("早餐 [火星人]", "“火星人” is not one of the eligible"),
        ("早餐 (06:00-08:30", "a bracket does not close"),
        ("早餐 (早上)", "早上"),
        ("理发、饮水机", "“饮用水” is not one of the services"),
    ],
)
def test_a_service_that_cannot_be_read_is_told(text, told, taxonomy, read_hours):
    with pytest.raises(ValueError, match=told):
        clauses.read_services(text, taxonomy, read_hours)


def test_amenities_among_services_are_told_apart(taxonomy, read_hours):
    services, amenities = clauses.read_offers("饮水、热饭、理发；充电、早餐 2元", taxonomy, read_hours)
    assert [one.key for one in services] == ["haircut", "breakfast"]
    assert amenities == ("water", "microwave", "charging")


# Notes on amenities, and photos.


def test_notes_on_amenities(taxonomy):
    text = '饮用水：早晚各一壶; 厕所:在隔壁；wifi="密码; 8个8"'
    assert clauses.read_notes(text, taxonomy) == {"water": "早晚各一壶", "toilet": "在隔壁", "wifi": "密码; 8个8"}
    for wrong in ("早晚各一壶", "桑拿：有"):
        with pytest.raises(CellError, match=f"“{wrong}” is not a remark on an amenity.*like 饮用水：早晚各一壶"):
            clauses.read_notes(wrong, taxonomy)


def test_photos():
    assert clauses.read_photos("a1b2.jpg 2026-03-01 门口; c3d4.jpg; e5.png 里面") == (
        Photo(file="a1b2.jpg", taken=dt.date(2026, 3, 1), caption="门口"),
        Photo(file="c3d4.jpg"),
        Photo(file="e5.png", caption="里面"),
    )
    with pytest.raises(CellError, match=r"like a1b2\.jpg 2026-03-01 门口"):
        clauses.read_photos("a1b2.jpg 2026-02-30")


# Single facts.


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("kind", "", "rest_station"),
        ("kind", "未知", ""),
        ("host", "不详", ""),
        ("status", "", "active"),
        ("seats", "20.0", 20),
        ("seats", "", None),
        ("area_m2", "20.5平方米", 20.5),
        ("hours_checked", "2025年3月1日", "2025-03-01"),
        ("access", "扫码、直接进入", ("qr_door", "walk_in")),
        ("source_datum", "GCJ-02", Datum.GCJ02),
        ("position", "28.29N 116.32E", LonLat(116.32, 28.29)),
        ("position", "116.32, 28.29", LonLat(116.32, 28.29)),
        ("amenities", "", {}),
        ("note", "", ""),
        ("note", "任何话", "任何话"),
    ],
)
def test_single_facts(field_cells, name, text, value):
    assert field_cells.read(name, text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("kind", "马戏团"),
        ("seats", "许多"),
        ("area_m2", "大"),
        ("lon", "东边"),
        ("position", "市中心"),
        ("source_datum", "北京54"),
        ("hours_checked", "昨天"),
        ("season_from", "夏天"),
        ("extra", "更新=昨天"),
        ("hours", "每天开门"),
    ],
)
def test_what_cannot_be_read_is_quoted(field_cells, name, text):
    with pytest.raises(ValueError, match=text):
        field_cells.read(name, text)


def test_cells_read_as_a_clerk_would_write_them(field_cells, make_station):
    station = make_station(
        kind="",
        access=("qr_door", "walk_in"),
        amenities={"toilet": "nearby", "water": "yes", "aed": "no"},
        services=[{"key": "breakfast", "price_yuan": 2, "eligible": ["sanitation"], "hours": "06:00-08:30"}],
        closures=[{"first": "2026-10-01", "last": "2026-10-07", "reason": "装修"}],
        area_m2=20,
        seats=8,
    )
    names = ("kind", "access", "amenities", "services", "closures", "area_m2", "seats", "lon", "lat", "host")
    assert field_cells.write_all(station, names) == [
        "未知",
        "扫码开门、直接进入",
        "自动体外除颤器=无、厕所=附近有、饮用水",
        "爱心早餐 2元 [环卫工人] (06:00-08:30)",
        "2026-10-01..2026-10-07 装修",
        "20",
        "8",
        "116.3",
        "28.3",
        "",
    ]
    in_english = field_cells.write("services", station.services, "en")
    assert in_english == "Breakfast 2 yuan [Sanitation workers] (06:00-08:30)"
    assert [field_cells.write_state(state) for state in AmenityState] == ["有", "无", "附近有", ""]


@pytest.mark.parametrize(
    ("degrees", "text"), [(1e-7, "0.0000001"), (-1e-9, "0"), (-116.3, "-116.3"), (180.0, "180"), (100.0, "100")]
)
def test_degrees_are_written_without_powers_of_ten(degrees, text):
    assert cells.read_number(text) == round(degrees, 7)
    assert FieldCells(Taxonomy.load(), str).write("lon", degrees) == text


# Whatever a record holds.

TAXONOMY = Taxonomy.load()
MARKS = ";；\"＂“()（）[]【】、,，|/:：=.-~～至到日元¥免费 0123456789\u3000'"
SIGNS = st.sampled_from([*MARKS, *"²¼年\uf98eⅣ", "to", "free", "..", "2元", "2026-01-01"])
LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"))
LINES = st.lists(SIGNS | LETTERS, max_size=12).map(lambda parts: "".join(parts).strip())
TEXTS = st.lists(SIGNS | LETTERS | st.just("\n"), max_size=12).map(lambda parts: "".join(parts).strip())
NAMES = LINES.filter(bool)
CODES = st.from_regex(r"[A-Za-z0-9驿站_-]{1,12}", fullmatch=True)
HOURS = st.sampled_from(
    ["", "24/7", "Mo-Fr 08:00-18:00; PH off", 'Su[1] 10:00-12:00 "by call (ask; or come)"', "sunrise-20:00"]
)
DAYS = st.none() | st.dates(dt.date(1950, 1, 1), dt.date(2900, 12, 31))
MONTH_DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 31)).map(lambda day: f"{day:%m-%d}")


def keys(vocabulary):
    return st.lists(st.sampled_from(list(vocabulary.terms)), unique=True, max_size=4).map(tuple)


def one_or_none(vocabulary):
    return st.just("") | st.sampled_from(list(vocabulary.terms))


CLOSURES = st.builds(
    lambda first, days, reason: Closure(first=first, last=first + dt.timedelta(days), reason=reason),
    st.dates(dt.date(1950, 1, 1), dt.date(2900, 12, 31)),
    st.integers(0, 400),
    LINES,
)
SERVICES = st.builds(
    Service,
    key=st.sampled_from(list(TAXONOMY.services.terms)),
    name=LINES,
    price_yuan=st.none() | st.integers(0, 10_000_000).map(lambda fen: fen / 100),
    eligible=keys(TAXONOMY.eligible),
    hours=HOURS,
    note=TEXTS,
)
PHOTOS = st.builds(
    Photo, file=st.from_regex(r"[A-Za-z0-9_-]{1,8}(\.[a-z0-9]{1,4})?", fullmatch=True), caption=LINES, taken=DAYS
)
RECORDS = st.fixed_dictionaries(
    {
        "code": CODES,
        "name": NAMES,
        "position": st.builds(LonLat, st.floats(-180, 180), st.floats(-90, 90)),
    },
    optional={
        "name_en": LINES,
        "kind": one_or_none(TAXONOMY.kinds),
        "host": one_or_none(TAXONOMY.hosts),
        "host_name": LINES,
        "source_datum": st.sampled_from(Datum),
        "address": TEXTS,
        "township": st.sampled_from(["", "990121100", "990121100201"]),
        "township_declared": TEXTS,
        "built_by": one_or_none(TAXONOMY.built_by),
        "hours": HOURS,
        "self_service_hours": HOURS,
        "closures": st.lists(CLOSURES, max_size=4),
        "access": keys(TAXONOMY.access),
        "eligible": keys(TAXONOMY.eligible),
        "amenities": st.dictionaries(
            st.sampled_from(list(TAXONOMY.amenities.terms)), st.sampled_from(AmenityState), max_size=4
        ),
        "amenity_notes": st.dictionaries(st.sampled_from(list(TAXONOMY.amenities.terms)), TEXTS, max_size=4),
        "services": st.lists(SERVICES, max_size=4),
        "photos": st.lists(PHOTOS, max_size=4),
        "note": TEXTS,
        "seats": st.none() | st.integers(0, 10_000),
        "area_m2": st.none() | st.floats(0.1, 1e5),
        "phone": LINES,
        "custodian": LINES,
        "status": st.sampled_from(Status),
        "position_checked": DAYS,
        "hours_checked": DAYS,
        "amenities_checked": DAYS,
        "extra": st.dictionaries(NAMES, TEXTS, max_size=3),
    },
)
NO_SEASON: dict[str, str] = {}
SEASONS = (
    st.just(NO_SEASON)
    | st.fixed_dictionaries({"season_from": MONTH_DAYS, "season_to": MONTH_DAYS})
    | st.fixed_dictionaries({"dates": st.sampled_from(["Sa[1]", "2027 Jan 28-2027 Feb 1", "Jun-Sep; PH", "week01-10"])})
)

FACTS = Fields.load().facts


@given(RECORDS, SEASONS, st.sampled_from(["zh", "en"]))
def test_a_record_written_as_cells_comes_back_as_the_same_record(field_cells, reader, record, season, language):
    station = reader.read_or_raise(record | season)
    written = field_cells.write_all(station, FACTS, language)
    read = {name: field_cells.read(name, text) for name, text in zip(FACTS, written, strict=True)}
    assert reader.read_or_raise({name: value for name, value in read.items() if value is not None}) == station


@given(st.lists(CLOSURES, max_size=5))
@example([closure("2000-01-01", reason="日\u3000“"), closure("2000-01-01", reason="²")])
def test_closures_come_back(closures):
    assert clauses.read_closures(clauses.write_closures(closures)) == tuple(closures)


@given(st.lists(SERVICES, max_size=5), st.sampled_from(["zh", "en"]))
@example([service("breakfast", note="A("), service("breakfast", name="¼")], "zh")
def test_services_come_back(services, language):
    back = clauses.read_services(clauses.write_services(services, TAXONOMY, language), TAXONOMY, str)
    assert back == tuple(services)


@given(
    st.dictionaries(st.sampled_from(list(TAXONOMY.amenities.terms)), TEXTS.filter(bool)), st.sampled_from(["zh", "en"])
)
def test_notes_come_back(notes, language):
    assert clauses.read_notes(clauses.write_notes(notes, TAXONOMY, language), TAXONOMY) == notes


@given(st.lists(PHOTOS, max_size=5))
def test_photos_come_back(photos):
    assert clauses.read_photos(clauses.write_photos(photos)) == tuple(photos)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_position_comes_back_to_seven_decimals(lon, lat):
    field_cells = FieldCells(TAXONOMY, str)
    for name, degrees in (("lon", lon), ("lat", lat)):
        assert field_cells.read(name, field_cells.write(name, degrees)) == round(degrees, 7)
    back = field_cells.read("position", field_cells.write("position", LonLat(lon, lat)))
    assert back == LonLat(round(lon, 7), round(lat, 7))


@given(st.text(max_size=40))
def test_no_cell_breaks_the_reading(text):
    for read in (
        clauses.read_closures,
        clauses.read_photos,
        lambda text: clauses.read_services(text, TAXONOMY, str),
        lambda text: clauses.read_notes(text, TAXONOMY),
    ):
        with suppress(CellError):
            read(text)


def test_every_field_has_its_own_cell(make_station):
    assert {one for one in Station.__dataclass_fields__ if not one.startswith("_")} == set(FACTS)
    assert FieldCells(TAXONOMY, str).write_all(make_station(), FACTS).count("") == len(FACTS) - 6


def test_a_number_of_seats_or_an_area_may_carry_its_unit():
    assert cells.read_area("２０㎡") == 20.0
    assert cells.read_area("约30平") == cells.read_area("30平方米左右") == 30.0


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", AmenityState.UNKNOWN),
        ("√", AmenityState.YES),
        ("齐全", AmenityState.YES),
        ("２台", AmenityState.YES),
        ("暂无", AmenityState.NO),
        ("旁边有", AmenityState.NEARBY),
        ("附近公厕", AmenityState.NEARBY),
        ("不清楚", AmenityState.UNKNOWN),
    ],
)
def test_whether_something_is_there_as_clerks_write_it(text, state, taxonomy):
    assert cells.read_state(text, taxonomy) is state


@pytest.mark.parametrize("text", ["坏了", "0台", "报修中"])
def test_what_does_not_say_whether_it_is_there_is_refused(text, taxonomy):
    with pytest.raises(CellError, match=text):
        cells.read_state(text, taxonomy)
