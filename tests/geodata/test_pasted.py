"""People paste where they are, from wherever they copied it."""

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geodata.datum import Datum, inside_china, lonlat_from_wgs84
from geodata.errors import PositionError
from geodata.lonlat import LonLat, distance_m
from geodata.maplinks import degrees_of_baidu
from geodata.pasted import LONGEST, Pasted, read_pasted

HERE = LonLat(116.3234, 28.2912)
"""In Jiangxi."""


def read(text: str) -> Pasted:
    pasted = read_pasted(text)
    assert pasted is not None, text
    return pasted


@pytest.mark.parametrize(
    "text",
    [
        "116.3234, 28.2912",
        "28.2912,116.3234",
        "28.2912，116.3234",
        "（28.2912、116.3234）",
        "[116.3234,28.2912]",
        "116.3234 28.2912",
        "116.3234;28.2912",
        "１１６．３２３４，２８．２９１２",
        "我在 28.2912,116.3234 附近，快来",
        "经度：116.3234 纬度：28.2912",
        "lat: 28.2912, lng: 116.3234",
        '{"latitude": 28.2912, "longitude": 116.3234}',
        "POINT(116.3234 28.2912)",
    ],
)
def test_two_numbers_in_either_order_of_no_known_datum(text):
    pasted = read(text)
    assert (pasted.lon, pasted.lat) == (116.3234, 28.2912)
    assert pasted.datum is None
    assert pasted.is_in_doubt
    assert pasted.read_as() is Datum.GCJ02  # what people copy from a map in China
    assert pasted.read_as(Datum.BD09) is Datum.BD09


@pytest.mark.parametrize(
    "text",
    [
        "28°17'28.32\"N 116°19'24.24\"E",
        "116°19′24.24″E, 28°17′28.32″N",
        "北纬28°17′28.32″ 东经116°19′24.24″",
        "北纬28度17分28.32秒，东经116度19分24.24秒",
        "N28.2912 E116.3234",
        "28.2912°N 116.3234°E",
        "28.2912°, 116.3234°",
        "28°17.472'N 116°19.404'E",
    ],
)
def test_degrees_are_what_a_gps_shows(text):
    pasted = read(text)
    assert distance_m(LonLat(pasted.lon, pasted.lat), HERE) < 0.1
    assert pasted.read_as() is Datum.WGS84
    assert pasted.is_in_doubt  # some copy them from elsewhere all the same


def test_south_and_west_are_negative():
    pasted = read("33°27'S 70°40'W")
    assert (pasted.lat, pasted.lon) == pytest.approx((-33.45, -70.6667), abs=1e-4)


def test_what_is_given_coarsely_is_taken_as_it_stands():
    pasted = read("116.32, 28.29")
    assert not pasted.is_in_doubt
    assert pasted.position() == LonLat(116.32, 28.29)
    assert pasted.position(Datum.BD09) == LonLat(116.32, 28.29)


@pytest.mark.parametrize("text", ["-8.61099, 41.14961", "139.69171, 35.6895", "-58.3816,-34.6037"])
def test_nobody_is_asked_for_a_datum_outside_china(text):
    pasted = read(text)
    assert not pasted.is_in_doubt
    assert (pasted.position().lon, pasted.position().lat) == (pasted.lon, pasted.lat)


GCJ = tuple(f"{degrees:.6f}" for degrees in lonlat_from_wgs84(HERE, Datum.GCJ02))
BD = tuple(f"{degrees:.6f}" for degrees in lonlat_from_wgs84(HERE, Datum.BD09))
G_LON, G_LAT = GCJ
B_LON, B_LAT = BD
W_LON, W_LAT = "116.323400", "28.291200"
NAME = quote("老城社区")

LINKS = [
    # AMap
    f"https://uri.amap.com/marker?position={G_LON},{G_LAT}&name={NAME}&src=x&coordinate=gaode&callnative=0",
    f"https://uri.amap.com/marker?position={W_LON},{W_LAT}&name={NAME}&coordinate=wgs84",
    f"https://uri.amap.com/navigation?from=116.4,39.9,a&to={G_LON},{G_LAT},{NAME}&mode=walk",
    f"https://ditu.amap.com/regeo?lng={G_LON}&lat={G_LAT}&name={NAME}",
    f"https://wb.amap.com/?q={G_LAT},{G_LON},{NAME}",
    f"https://wb.amap.com/?p=B031C0J5L4,{G_LAT},{G_LON},{NAME},{NAME}",
    f"https://m.amap.com/share/index/__q={G_LAT},{G_LON},{NAME}&src=app",
    f"https://www.amap.com/dir?to%5Blnglat%5D={G_LON},{G_LAT}&to%5Bname%5D={NAME}",
    f"androidamap://viewMap?sourceApplication=x&poiname={NAME}&lat={G_LAT}&lon={G_LON}&dev=0",
    f"iosamap://viewMap?sourceApplication=x&poiname={NAME}&lat={W_LAT}&lon={W_LON}&dev=1",
    f"amapuri://route/plan/?dlat={G_LAT}&dlon={G_LON}&dname={NAME}&dev=0&t=2",
    # Baidu
    f"http://api.map.baidu.com/marker?location={B_LAT},{B_LON}&title={NAME}&content=x&output=html",
    f"http://api.map.baidu.com/marker?location={G_LAT},{G_LON}&title={NAME}&coord_type=gcj02&output=html",
    f"http://api.map.baidu.com/marker?location={W_LAT},{W_LON}&title={NAME}&coord_type=wgs84&output=html",
    f"http://api.map.baidu.com/direction?origin=latlng:34.2,108.9|name:x&destination=latlng:{B_LAT},{B_LON}|name:y",
    f"http://api.map.baidu.com/direction?destination=name:y|latlng:{B_LAT},{B_LON}&coord_type=bd09ll",
    f"baidumap://map/marker?location={B_LAT},{B_LON}&title={NAME}",
    f"bdapp://map/direction?destination={B_LAT},{B_LON}&mode=walking",
    f"https://map.baidu.com/?latlng={B_LAT},{B_LON}&title={NAME}&autoOpen=true",
    # Tencent, and what WeChat passes on
    f"https://apis.map.qq.com/uri/v1/marker?marker=coord:{G_LAT},{G_LON};title:{NAME};addr:x&referer=y",
    f"https://apis.map.qq.com/uri/v1/marker?marker=coord:{W_LAT},{W_LON};title:{NAME}&coord_type=1",
    f"https://apis.map.qq.com/uri/v1/routeplan?type=walk&from=x&fromcoord=39.9,116.3&to={NAME}&tocoord={G_LAT},{G_LON}",
    f"https://map.qq.com/?type=marker&isopeninfowin=1&pointx={G_LON}&pointy={G_LAT}&name={NAME}&ref=WeChat",
    f"qqmap://map/marker?marker=coord:{G_LAT},{G_LON};title:{NAME}",
    f'<msg><location x="{G_LAT}" y="{G_LON}" scale="16" label="x" poiname="y" /></msg>',
    # Apple, in China on AMap's maps
    f"https://maps.apple.com/?ll={G_LAT},{G_LON}&q={NAME}",
    f"https://maps.apple.com/place?coordinate={G_LAT},{G_LON}&name={NAME}",
    f"http://maps.apple.com/?daddr={G_LAT},{G_LON}&dirflg=w",
    # WGS-84
    f"https://www.openstreetmap.org/#map=17/{W_LAT}/{W_LON}",
    f"https://www.openstreetmap.org/?mlat={W_LAT}&mlon={W_LON}#map=12/28.0/116.0",
    f"geo:{W_LAT},{W_LON}",
    f"geo:{W_LAT},{W_LON};u=35",
    f"geo:0,0?q={W_LAT},{W_LON}({NAME})",
    f"GEO:{W_LAT},{W_LON}?z=17",
]


@pytest.mark.parametrize("link", LINKS)
def test_a_link_is_read_in_its_own_datum_and_order(link):
    pasted = read(link)
    assert pasted.datum is not None
    assert not pasted.is_in_doubt
    assert distance_m(pasted.position(), HERE) < 1.0


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("around", ["{}", "我的位置：{}，快来", "【地图】老城社区 {}", " {}\n"])
def test_a_link_is_found_in_the_words_around_it(link, around):
    assert distance_m(read(around.format(link)).position(), HERE) < 1.0


@pytest.mark.parametrize("link", [link for link in LINKS if link.startswith(("http", "androidamap")) and NAME in link])
def test_a_link_names_the_place(link):
    assert read(link).name == "老城社区"


GOOGLE = [
    "https://www.google.com/maps/@28.2912,116.3234,17z",
    "https://www.google.com/maps/place/X/@28.1,116.1,17z/data=!3m1!4b1!4m6!3m5!1s0x0:0x0!8m2!3d28.2912!4d116.3234",
    "https://maps.google.com/?q=28.2912,116.3234",
    "https://maps.google.com/maps?q=loc:28.2912,116.3234",
    "https://www.google.com.hk/maps/search/28.2912,+116.3234",
    "https://www.google.com/maps/search/?api=1&query=28.2912%2C116.3234",
    "https://www.google.com/maps/dir/?api=1&destination=28.2912,116.3234",
    "https://yizhan.example.org/?lon=116.3234&lat=28.2912&mode=walk",
]


@pytest.mark.parametrize("link", GOOGLE)
def test_the_datum_of_some_links_cannot_be_known(link):
    pasted = read(link)
    assert (pasted.lon, pasted.lat) == (116.3234, 28.2912)
    assert pasted.is_in_doubt


def test_baidus_own_addresses_are_in_its_metres():
    # From what Baidu's public JavaScript API gives for 116.404, 39.915 BD-09: the gate of Tian'anmen.
    lon, lat = degrees_of_baidu(12_958_175.0, 4_825_923.77)
    assert (lon, lat) == pytest.approx((116.404, 39.915), abs=3e-5)
    pasted = read("https://map.baidu.com/poi/x/@12958175,4825923.77,19z?uid=1")
    assert pasted.datum is Datum.BD09
    assert (pasted.lon, pasted.lat) == (lon, lat)


@pytest.mark.parametrize(
    "text",
    [
        "https://surl.amap.com/4kAB3m1x8",
        "https://j.map.baidu.com/a1/B2c",
        "https://maps.app.goo.gl/AbCdEf",
        "https://maps.apple/p/abc",
        "老城社区 https://surl.amap.com/4kAB3m1x8",
        "https://www.amap.com/place/B0FFG",
        "geo:here",
    ],
)
def test_a_link_without_a_position_says_what_to_do(text):
    with pytest.raises(PositionError, match="holds no position; short links do not"):
        read_pasted(text)


@pytest.mark.parametrize(
    "text", ["12", "999, 999", "116.3.4, 5", "1,2,3", "https://uri.amap.com/marker?position=500,28"]
)
def test_numbers_that_are_no_position_say_so(text):
    with pytest.raises(PositionError):
        read_pasted(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "老城社区",
        "解放路116号28栋",
        "G206国道",
        "E",
        "5 N 6",
        "24小时便利店 3",
        "😀",
        "甲" * 10_000,
        "<script>",
    ],
)
def test_a_name_is_no_position(text):
    assert read_pasted(text) is None


@given(st.text(max_size=200))
@example("http://[")
@example("geo:")
@example("https://maps.google.com/?q=１,２")
@example("9" * 500)
@example("°" * 500)
@example("&" * LONGEST)
@example("http://a.bc/" + "?a=1&" * 400)
@example("N" * LONGEST)
def test_no_text_breaks_it(text):
    try:
        pasted = read_pasted(text)
    except PositionError:
        return
    assert pasted is None or isinstance(pasted.position(), LonLat)


@given(st.sampled_from([*LINKS, *GOOGLE]), st.data())
def test_no_link_breaks_it_however_it_was_cut_or_garbled(link, data):
    at = data.draw(st.integers(0, len(link)))
    garbled = link[:at] + data.draw(st.text(max_size=5)) + link[data.draw(st.integers(at, len(link))) :]
    try:
        pasted = read_pasted(garbled)
    except PositionError:
        return
    assert pasted is None or isinstance(pasted.position(), LonLat)


@given(lon=st.floats(-180, 180), lat=st.floats(-85, 85))
def test_a_position_is_in_doubt_where_maps_bend_it(lon, lat):
    pasted = Pasted(lon, lat, None)
    if pasted.is_in_doubt:
        assert inside_china(*(axis for axis in ([pasted.position().lon], [pasted.position().lat])))
    else:
        assert pasted.position() == LonLat(lon, lat)
