"""A union prints the signs for its doors, and search engines find the pages that they lead to."""

import re
from xml.etree import ElementTree as ET

import pytest
import segno
from flask import Flask

from stations.settings import Settings
from stations.web.qr import QUIET, qr_drawing
from stations.web.station import poster as posters
from stations.web.station import sitemap as maps
from stations.web.station.fitting import HEIGHT, Sizes, height, sizes_of
from tests.stations.web.conftest import Person
from tests.town import PROJECT, corner

KNOWN_AS = Settings(address="https://y.example.org")
LEAST_MM = 40.0


@pytest.fixture(scope="module")
def printers(open_house) -> dict[tuple, Flask]:
    """Houses that were opened already: opening one takes a while."""
    return {}


@pytest.fixture
def printer(open_house, printers):
    """Someone who prints, in a house that people know by an address."""

    def come(*stations, settings=KNOWN_AS) -> Person:
        key = (*(station.to_json() for station in stations), settings.address)
        if key not in printers:
            given = {"stations": list(stations)} if stations else {}
            printers[key] = open_house(settings=settings, **given)
        return Person(printers[key].test_client())

    return come


def matrix_of(svg):
    """The dark modules of a drawn code, without its quiet zone."""
    assert QUIET >= 4
    size = int(svg.attributes["viewbox"].split()[2])
    rows = [bytearray(size) for _ in range(size)]
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg.all("path")[1].attributes["d"]):
        for at in range(int(x), int(x) + int(run)):
            rows[int(y)][at] = 1
    border = [*rows[:QUIET], *rows[-QUIET:]]
    assert not any(map(any, border))
    assert not any(any(row[:QUIET]) or any(row[-QUIET:]) for row in rows)
    return [bytes(row[QUIET:-QUIET]) for row in rows[QUIET:-QUIET]]


@pytest.mark.parametrize(
    ("settings", "code", "read"),
    [
        (KNOWN_AS, "A1", "https://y.example.org/s/A1?from=door"),
        (Settings(), "A1", "http://localhost/s/A1?from=door"),
        (KNOWN_AS, "郑-01 号", "https://y.example.org/s/%E9%83%91-01%20%E5%8F%B7?from=door"),
    ],
)
def test_a_phone_reads_the_stations_address_in_the_code(printer, make_station, settings, code, read):
    page = printer(make_station(code), settings=settings).see(f"/s/{code}/poster")
    expected = segno.make_qr(read, error="q")
    assert matrix_of(page.one("svg", class_="qr")) == [bytes(row) for row in expected.matrix]
    assert expected.error in {"Q", "H"}


@pytest.mark.parametrize("size", posters.SIZES)
@pytest.mark.parametrize("read", ["http://a.cn/s/1?from=door", "https://a.example.org/s/" + "1" * 64])
def test_the_code_is_large_enough_for_an_old_phone(size, read):
    sheet = (PROJECT / "static" / "css" / f"poster_{size}.css").read_text(encoding="utf-8")
    style = (PROJECT / "static" / "css" / "poster.css").read_text(encoding="utf-8")
    (letter_mm,) = map(float, re.findall(r"font-size: ([\d.]+)mm", sheet))
    (width_em,) = map(float, re.findall(r"\.qr { width: ([\d.]+)em", style))
    modules = len(segno.make_qr(read, error="q").matrix)
    assert letter_mm * width_em * modules / (modules + 2 * QUIET) >= LEAST_MM
    assert f"size: {size.upper()} portrait" in sheet


def test_the_label_of_a_code_cannot_break_out():
    assert "<b>" not in qr_drawing("x", '"><b>')


def test_a_sheet_says_what_matters_at_the_door_in_both_languages(printer, make_station):
    station = make_station(
        "B1",
        name="桥头驿站",
        name_en="Bridgehead",
        hours="Mo-Fr 08:00-12:00; Sa 09:00-10:00",
        closures=[
            {"first": "2099-01-01", "last": "2099-01-03", "reason": "粉刷"},
            {"first": "2020-01-01", "last": "2020-01-01"},
        ],
        amenities={"water": "yes", "toilet": "nearby", "aed": "no"},
        access=["qr_door"],
        eligible=["couriers", "drivers"],
        phone="0793-1234567",
        season_from="03-01",
        season_to="11-30",
    )
    for language in ("zh", "en"):
        sheet = printer(station).see("/s/B1/poster", lang=language).one("article")
        for said in (
            "工会驿站 Rest station",
            "桥头驿站 Bridgehead",
            "周一至周五 08:00–12:00",
            "Monday to Friday 08:00–12:00",
            "3月1日至11月30日",
            "2099年1月1日至2099年1月3日停用：粉刷",
            "饮用水 Drinking water",
            "厕所（附近） Toilet, nearby",
            "怎么进：扫码开门 Getting in: QR door",
            "谁能进：快递员和外卖员、司机 For: Couriers, Drivers",
            "0793-1234567",
            "https://y.example.org/s/B1",
        ):
            assert said in sheet.text, said
        assert "2020" not in sheet.text
        assert "AED" not in sheet.text


def test_a_sheet_of_little_known_stays_plain(printer, make_station):
    sheet = printer(make_station()).see("/s/S1/poster").one("article")
    assert "扫码查看 Scan the code to see" in sheet.text
    assert not sheet.all("section", class_="inside")


def test_a_chinese_code_can_be_read_in_the_address(printer, make_station):
    page = printer(make_station("郑-01 号")).see("/s/郑-01 号/poster")
    assert page.one(class_="typed").text == "https://y.example.org/s/郑-01%20号"


def test_more_to_say_is_said_in_smaller_letters(printer, make_station):
    short = printer(make_station(name="甲")).see("/s/S1/poster").one("article")
    assert short.fits({"class_": "name-1"})
    long = printer(
        make_station(
            name="长" * 200,
            hours="; ".join(
                f"{day} 08:00-12:00,13:0{at}-18:00" for at, day in enumerate(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"])
            ),
        )
    )
    assert long.see("/s/S1/poster").one("article").fits({"class_": "name-4"})
    assert not long.see("/s/S1/poster").one("article").fits({"class_": "hours-1"})


def test_a4_and_a5_are_chosen_by_the_address(printer):
    for size in ("a4", "a5"):
        page = printer().see("/s/A1/poster", size=size)
        sheets = [link.attributes["href"] for link in page.all("link", rel="stylesheet")]
        assert any(f"poster_{size}.css" in sheet for sheet in sheets)
        assert page.one("body").fits({"class_": size})
    assert "a4" in printer().see("/s/A1/poster").one("body").attributes["class"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/s/A1/poster?size=a3", 400),
        ("/s/A1/poster?sise=a4", 400),
        ("/s/Z9/poster", 404),
        (f"/s/{'x' * 65}/poster", 404),
        ("/posters?township=999999999", 400),
        ("/posters?township=3606&page=2", 400),
        ("/posters?township=3606&page=0", 400),
        ("/posters?page=x", 400),
        ("/posters?where=x", 400),
        ("/sitemap.xml?part=2", 404),
        ("/sitemap.xml?part=0", 404),
        ("/sitemap.xml?part=x", 400),
    ],
)
def test_what_cannot_be_printed_is_refused_in_words(printer, path, status):
    assert printer().see(path, status=status).one("h1").text


def test_who_prints_is_warned_where_the_address_is_not_set(printer):
    assert "http://localhost" in printer(settings=Settings()).see("/s/A1/poster").one("nav").text
    assert not printer().see("/s/A1/poster").one("nav").all("b")


@pytest.fixture
def two_towns(make_station):
    """Stations of two townships of a county and of none, one of them retired."""
    return [
        make_station("W2", position=corner(1, 0), township="360681101"),
        make_station("W1", position=corner(1, 1), township="360681101"),
        make_station("W3", position=corner(1, 2), township="360681101", status="retired"),
        make_station("E1", position=corner(4, 0), township="360681102"),
        make_station("N1", position=corner(4, 4)),
    ]


def codes_on(page):
    return [sheet.one(class_="typed").text.rpartition("/")[2] for sheet in page.all("article", class_="poster")]


@pytest.mark.parametrize(
    ("township", "codes"),
    [("360681101", ["W1", "W2"]), ("360681", ["E1", "W1", "W2"]), ("none", ["N1"]), ("360681102", ["E1"])],
)
def test_a_township_is_printed_sheet_after_sheet(printer, two_towns, township, codes):
    page = printer(*two_towns).see("/posters", township=township, size="a5")
    assert codes_on(page) == codes


def test_the_townships_to_choose_from(printer, two_towns):
    page = printer(*two_towns).see("/posters", lang="zh")
    assert [row.text for row in page.one("tbody").all("tr")] == [
        "西乡 360681101 2 A4A5",
        "东乡 360681102 1 A4A5",
        "乡镇不详 1 A4A5",
    ]
    links = [link.attributes["href"] for link in page.one("tbody").all("a")]
    assert links[1] == "/posters?township=360681101&size=a5"


def test_many_sheets_come_page_by_page(printer, two_towns, monkeypatch):
    monkeypatch.setattr(posters, "MOST_SHEETS", 2)
    house = printer(*two_towns)
    assert codes_on(house.see("/posters", township="3606")) == ["E1", "W1"]
    assert codes_on(house.see("/posters", township="3606", page=2)) == ["W2"]


def test_a_printed_list_is_asked_for_once(printer, two_towns):
    house = printer(*two_towns)
    first = house.get("/posters", township="3606")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = house.client.get("/posters?township=3606", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    english = house.client.get("/posters?township=3606&lang=en", headers={"If-None-Match": first.headers["ETag"]})
    assert english.status_code == 200


def addresses_in(text):
    return [one.text for one in ET.fromstring(text).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def test_search_engines_find_every_station_in_use(printer, make_station):
    house = printer(make_station("A&1"), make_station("郑"), make_station("R", status="retired"))
    robots = house.get("/robots.txt").text
    assert "Sitemap: https://y.example.org/sitemap.xml" in robots.splitlines()
    answer = house.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    assert addresses_in(answer.text) == ["https://y.example.org/s/A&1", "https://y.example.org/s/%E9%83%91"]
    again = house.client.get("/sitemap.xml", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_more_pages_than_one_list_may_hold_are_parted(printer, monkeypatch):
    monkeypatch.setattr(maps, "MOST_ADDRESSES", 2)
    house = printer()
    parts = addresses_in(house.get("/sitemap.xml").text)
    assert parts == [f"https://y.example.org/sitemap.xml?part={part}" for part in (1, 2, 3)]
    listed = [page for part in (1, 2, 3) for page in addresses_in(house.get("/sitemap.xml", part=part).text)]
    assert [page.rpartition("/")[2] for page in listed] == ["A1", "A2", "A3", "A4", "A6"]


def facts_of_a_sheet(**more):
    few = {"name": "桥头驿站", "english_name": "", "statements": ("全天24小时",), "english": "Open 24 hours"}
    return few | {"closures": 0, "amenities": 6} | more


def test_little_is_said_in_the_largest_letters():
    assert sizes_of(**facts_of_a_sheet()) == Sizes(1, 1, 1)


@pytest.mark.parametrize(
    "more",
    [
        {"amenities": 25},
        {"name": "金水区花园路与农科路交叉口东南角户外劳动者爱心驿站", "english_name": "Huayuan Road"},
        {"statements": tuple(f"周{day} 08:00–12:00、13:00–18:00" for day in "一二三四五六日"), "english": "x" * 250},
        {"closures": 2, "amenities": 18},
    ],
)
def test_what_takes_more_room_is_said_in_smaller_letters_and_fits(more):
    chosen = sizes_of(**facts_of_a_sheet(**more))
    assert chosen != Sizes(1, 1, 1)
    assert height(chosen, **facts_of_a_sheet(**more)) <= HEIGHT


def test_what_cannot_fit_is_said_in_the_smallest():
    assert sizes_of(**facts_of_a_sheet(name="长" * 200)) == Sizes(4, 4, 4)
