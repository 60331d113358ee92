"""A planner looks at the map, and keeps it as one file."""

import re
from dataclasses import replace
from itertools import pairwise

import folium
import pytest

from geodata.gazetteer import Gazetteer
from geodata.memo import Memo
from stations.handouts.colours import COVERAGE_CLASSES, colour_of
from tests.stations.web.reading import read_page
from tests.town import A_FRIDAY, corner

LAYERS = ["乡镇街道覆盖率", "底图", "沿街可达范围", "服务半径圆圈", "覆盖空白", "驿站"]


@pytest.fixture
def kept(planner):
    return planner.get("/planning/map.html")


def said(html):
    """What the page says, with the escapes of its script undone."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), html)


def test_every_theme_is_a_layer_of_its_own(kept):
    html = said(kept.text)
    control = html[html.index("overlays") :]
    places = [control.index(f'"{layer}"') for layer in LAYERS]
    assert places == sorted(places)
    assert html.count("L.featureGroup(") == len(LAYERS)
    assert "L.tileLayer" not in html.replace("L.tileLayer=", "")[html.index("folium-map") :]


def test_the_kept_map_needs_nothing_else(kept):
    assert "attachment" in kept.headers["Content-Disposition"]
    page = read_page(kept.text)
    assert not page.all("link")
    assert not [one for one in page.walk() if one.tag != "a" and {"src", "href"} & one.attributes.keys()]
    assert all(address.startswith(("data:", "#")) for address in re.findall(r"url\(([^)]*)\)", kept.text))
    assert "sourceMappingURL" not in kept.text
    (policy,) = [one for one in page.all("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy"]
    assert policy.attributes["content"].startswith("default-src 'none'")
    assert "'self'" not in policy.attributes["content"]


def test_names_never_become_part_of_the_page(kept):
    html = kept.text
    assert "alert(1)" in html  # the name is there ...
    assert "<script>alert(1)" not in html  # ... as text


def test_the_map_page_is_shut_in(kept):
    policy = kept.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts")
    assert "allow-same-origin" not in policy
    assert "frame-ancestors 'none'" in policy


def test_folium_itself_is_left_as_it_was(planner):
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    planner.get("/planning/map.html")
    assert (list(folium.Map.default_js), list(folium.Map.default_css)) == before


def test_the_map_says_what_was_asked_and_of_what(planner, atlas):
    html = said(planner.get("/planning/map.html", minutes=9, amenity="water", at=f"{A_FRIDAY}T10:00").text)
    title = read_page(html).one("header").text
    for part in ("步行", "9 分钟", "2026年11月20日", "饮用水", "第 7 版", atlas.digest[:12]):
        assert part in title
    assert [item.text for item in read_page(html).all("ul")[1].all("li")] == ["5 分钟", "9 分钟"]


def stations_of(html):
    """Code, place and title of each mark of the layer of stations."""
    found = re.findall(r'\{"geometry": \{"coordinates": \[([^\]]*)\], "type": "Point"\}, "id": "([^"]*)", '
                       r'"properties": \{"rows": (\[\[.*?\]\]), "title": "([^"]*)"', html)  # fmt: skip
    return {code: (place, rows, title) for place, code, rows, title in found}


def test_the_kept_map_has_the_stations_as_supposed(planner):
    new, there = corner(4, 3), corner(5, 0)
    html = said(
        planner.get(
            "/planning/map.html",
            minutes=5,
            add=f"{new.lon},{new.lat},;24/7",
            move=f"A3,{there.lon},{there.lat}",
            close="A4",
        ).text
    )
    drawn = stations_of(html[html.index("yizhanTownship") :])
    assert "A4" not in drawn
    assert drawn["+1"][0] == f"{new.lon}, {new.lat}"
    assert drawn["+1"][2] == "新驿站 1"
    assert drawn["A3"][0] == f"{there.lon}, {there.lat}"
    assert {code for code, (_, rows, _) in drawn.items() if "试设的驿站" in rows} == {"+1", "A3"}
    assert "试设的驿站" in read_page(html).one("details").text


def test_a_map_of_what_stands_speaks_of_nothing_supposed(kept):
    assert "试设的驿站" not in said(kept.text)


def test_the_map_in_english(planner):
    answer = planner.get("/planning/map.html", lang="en")
    assert read_page(answer.text).one("html").attributes["lang"] == "en"
    assert '"Within reach by street"' in answer.text


def test_a_darker_township_is_better_covered():
    colours = [colour for _, colour in COVERAGE_CLASSES]
    assert [colour_of(share) for share in (0.0, 0.2, 0.5, 0.6, 1.0)] == [colours[at] for at in (0, 1, 2, 3, 4)]
    assert colour_of(None) not in colours

    def lightness(colour):
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    steps = [lightness(colour) for colour in colours]
    assert all(above - below > 25 for above, below in pairwise(steps))


@pytest.mark.parametrize("text", ["{{7*7}}", "{% x %}", "{# gone #}", "A{{B", "{{ none.x.y }}", "}}{{", "\ue000 7"])
def test_no_name_is_run_as_a_template(open_house, make_station, atlas, text):
    """Folium compiles what it writes. Names come from lists, boundary files and OpenStreetMap: anybody's."""
    sound = make_station(name=text, address=text, position=corner(1, 1))
    station = replace(sound, code=text)  # as an older record may have it
    townships = replace(atlas.townships, names=tuple(text for _ in atlas.townships.names))
    places = Gazetteer([replace(place, name=text) for place in atlas.gazetteer.places])
    ground = replace(atlas, townships=townships, gazetteer=places, memo=Memo())
    answer = open_house(stations=[station], ground=ground).test_client().get("/planning/map.html")
    assert answer.status_code == 200
    plain = answer.text.replace("\\u007b", "{").replace("\\u007d", "}")
    if "\ue000" not in text:
        assert plain.count(text) >= 5, "code, name, address, township and place are there, letter by letter"
