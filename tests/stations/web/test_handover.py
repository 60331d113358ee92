"""Every map program is given the place in its own datum and axis order, and inside WeChat only what works there."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from geodata.datum import Datum, lonlat_to_wgs84
from geodata.lonlat import LonLat, distance_m
from stations.web.handover import links_to

GUIXI = LonLat(117.2136, 28.2927)
VADUZ = LonLat(9.5209, 47.1410)
NAME = "老城 (邮政)&驿站"

ANDROID = "Mozilla/5.0 (Linux; Android 9; V1818A) AppleWebKit/537.36 Chrome/87.0 Mobile"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) AppleWebKit/605.1"
WECHAT = ANDROID + " MicroMessenger/8.0.40 XWEB/1160117"


def address_of(program: str, position: LonLat = GUIXI, mode: str = "walk", agent: str = IPHONE) -> str:
    links = links_to(position, NAME, mode, agent)
    return {link.program: link.address for link in (links.first, *links.others)}[program]


def asked(address: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}


def pair_of(program: str, position: LonLat) -> tuple[float, float]:
    """Longitude and latitude in a link."""
    given = asked(address_of(program, position, agent=ANDROID if program == "geo" else IPHONE))
    if program == "amap":
        lon, lat = given["to"].split(",")[:2]
    elif program == "geo":
        lat, lon = address_of(program, position, agent=ANDROID).split(":")[1].split("?")[0].split(",")
    else:
        lat, lon = given[{"tencent": "tocoord", "baidu": "location", "apple": "daddr"}[program]].split(",")
    return float(lon), float(lat)


@pytest.mark.parametrize(
    ("program", "datum"),
    [
        ("amap", Datum.GCJ02),
        ("tencent", Datum.GCJ02),
        ("apple", Datum.GCJ02),
        ("baidu", Datum.BD09),
        ("geo", Datum.WGS84),
    ],
)
@pytest.mark.parametrize("position", [GUIXI, VADUZ])
def test_a_link_leads_to_the_same_place(program, datum, position):
    lon, lat = pair_of(program, position)
    if position is GUIXI and datum is not Datum.WGS84:
        assert distance_m(LonLat(lon, lat), position) > 300
    assert distance_m(lonlat_to_wgs84(lon, lat, datum), position) < 1.0


def test_walking_and_riding():
    assert asked(address_of("amap"))["mode"] == "walk"
    assert asked(address_of("amap", mode="ebike"))["mode"] == "ride"
    assert asked(address_of("tencent"))["type"] == "walk"
    assert asked(address_of("tencent", mode="ebike"))["type"] == "bike"
    assert asked(address_of("apple"))["dirflg"] == "w"


def test_a_name_stays_a_name():
    assert asked(address_of("tencent"))["to"] == NAME
    assert asked(address_of("baidu"))["title"] == NAME
    assert asked(address_of("amap"))["to"].split(",", 2)[2] == NAME
    assert unquote(address_of("geo", agent=ANDROID)).endswith(f"({NAME})")


def test_what_is_offered_depends_on_the_phone():
    def programs(agent: str) -> list[str]:
        links = links_to(GUIXI, NAME, "walk", agent)
        return [links.first.program, *(link.program for link in links.others)]

    assert programs(ANDROID) == ["amap", "baidu", "tencent", "geo"]
    assert programs(IPHONE) == ["amap", "baidu", "tencent", "apple"]
    assert programs(WECHAT) == ["tencent", "amap", "baidu"]
    assert "callnative=1" in links_to(GUIXI, NAME, "walk", ANDROID).first.address
    assert not any("callnative" in link.address for link in links_to(GUIXI, NAME, "walk", WECHAT).others)
