"""People and programs send what cannot be used, and are told what to do."""

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from stations.web.params import BadParameter, Known, read_bbox, read_moment, read_nearest
from tests.town import CORNER, SHANGHAI, Shelf

HERE = {"lon": str(CORNER[0]), "lat": str(CORNER[1])}
KNOWN = Known(frozenset({"walk", "ebike"}), frozenset({"water", "microwave"}), SHANGHAI)

REFUSED = [
    ("lon", "abc"), ("lon", "nan"), ("lon", "inf"), ("lon", "1e999"), ("lon", "181"), ("lon", "-200"), ("lon", ""),
    ("lon", "１１６"), ("lon", "1_16.3"), ("lon", "116.3,28.3"), ("lon", "0x74"), ("lon", "9" * 400),
    ("lat", "91"), ("lat", "NaN"), ("lat", "28°18'"),
    ("minutes", "0"), ("minutes", "-1"), ("minutes", "1e9"), ("minutes", "nan"), ("minutes", "ten"), ("minutes", "121"),
    ("mode", "fly"), ("mode", "WALK"), ("mode", "<script>"),
    ("amenity", "jacuzzi"), ("amenity", "water,microwave"),
    ("limit", "0"), ("limit", "51"), ("limit", "-5"), ("limit", "1.5"), ("limit", "²"), ("limit", "many"),
    ("at", "yesterday"), ("at", "2026-02-30T10:00"), ("at", "25:00"), ("at", "1799-01-01T00:00"),
    ("at", "9999-12-31T23:59"), ("at", "2026-11-20T10:00+99:00"),
    ("path", "maybe"),
    ("minute", "15"), ("amenities", "water"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), REFUSED)
def test_the_api_says_which_value_and_what_to_do(courier, field, value):
    answer = courier.get("/api/nearest", **(HERE | {field: value, "lang": "en"}))
    assert answer.status_code == 400
    assert answer.mimetype == "application/json"
    error = answer.json["error"]
    assert error["status"] == 400
    assert error["field"] == field
    assert error["value"] == value[:80]
    assert error["message"].endswith(".")
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(("field", "value"), REFUSED)
def test_the_message_is_chinese_for_chinese_readers(courier, field, value):
    message = courier.get("/api/nearest", **(HERE | {field: value})).json["error"]["message"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in message)


def test_a_missing_position_is_named(courier):
    assert courier.get("/api/nearest", lat="28.3").json["error"]["field"] == "lon"
    assert courier.get("/api/nearest", lon="116.3").json["error"]["field"] == "lat"


def test_swapped_axes_are_suspected(courier):
    answer = courier.get("/api/nearest", lon="28.3", lat="116.3", lang="en")
    assert answer.status_code == 400
    assert "swapped" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("field", "value"), [pair for pair in REFUSED if pair[0] in {"minutes", "mode", "amenity", "at"}]
)
def test_the_pages_say_it_beside_the_form(courier, planner, field, value):
    for page in (courier.find(status=400, **{field: value}), planner.see("/planning", status=400, **{field: value})):
        assert page.one(role="alert").text
        assert page.one("form")


PLANNING = [
    "map.html", "coverage.csv", "gaps.csv", "coverage.geojson", "gaps.geojson", "reach.geojson", "question.json",
]  # fmt: skip


@pytest.mark.parametrize("address", ["/planning", *(f"/planning/{name}" for name in PLANNING)])
@pytest.mark.parametrize("field", ["minute", "amenities", "limit"])
def test_planning_refuses_a_parameter_that_does_not_exist(planner, address, field):
    page = planner.see(address, status=400, lang="en", **{field: "5"})
    assert f"There is no parameter “{field}”." in page.text
    known = {"mode": "ebike", "minutes": 5, "at": "2026-11-20T10:00", "amenity": "water", "lang": "en"}
    assert planner.get(address, **known).status_code == 200


def test_planning_takes_what_its_own_form_sends_when_nothing_was_filled_in(planner):
    names = {one.attributes["name"] for one in planner.see("/planning").one("form").walk() if "name" in one.attributes}
    assert names == {"mode", "minutes", "at", "amenity", "weight", "speed", "vs"}
    planner.see("/planning", mode="walk", minutes=15, at="", weight="", speed="", vs="")


@pytest.mark.parametrize("text", ["", "nowhere at all", "<img src=x>", "999, 999", "12", "甲" * 800])
def test_a_place_that_cannot_be_found_is_said_beside_its_field(courier, text):
    page = courier.see("/", status=400, where=text)
    field = page.one("input", id="where")
    assert "aria-invalid" in field.attributes
    assert page.one(id=field.attributes["aria-describedby"]).text
    assert not page.all("li", class_="card")


@pytest.mark.parametrize("box", ["", "1,2,3", "a,b,c,d", "116,28,115,29", "116,29,117,28", "1,2,3,nan", "-181,0,0,1"])
def test_a_box_that_is_none_is_refused(courier, box):
    answer = courier.get("/api/stations", bbox=box)
    assert answer.status_code == 400
    assert answer.json["error"]["field"] == "bbox"


@pytest.mark.parametrize("path", ["/nothing", "/planning/nothing", "/static/nothing.css", "/.env", "/static/../app.py"])
def test_an_address_that_leads_nowhere_is_a_page(courier, path):
    answer = courier.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "没有这个页面" in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/static/css", "/static/", "/static/%00", "/static/css/..", "/s/..", "/s/%00"])
def test_a_folder_is_no_address(courier, path, method):
    assert courier.client.open(path, method=method).status_code in {200, 308, 404} - (
        {200} if method == "GET" else set()
    )


def test_an_api_address_that_leads_nowhere_is_an_error_form(courier):
    answer = courier.get("/api/nothing")
    assert answer.status_code == 404
    assert answer.json["error"]["status"] == 404


def test_a_wrong_method_keeps_its_status_and_says_what_is_allowed(courier):
    answer = courier.client.post("/api/nearest")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.json["error"]["status"] == 405


@pytest.mark.parametrize("path", ["/", "/api/nearest?lon=116.3&lat=28.3", "/planning", "/healthz"])
def test_what_breaks_inside_is_never_shown(open_house, path):
    class Broken(Shelf):
        def snapshot(self):
            raise RuntimeError("/secret/registry.db is on fire")

    answer = open_house(shelf=Broken([])).test_client().get(path)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_where_even_the_page_that_says_so_breaks_a_line_is_left(open_house):
    app = open_house()

    @app.context_processor
    def broken():
        raise RuntimeError("/secret is on fire")

    answer = app.test_client().get("/")
    assert answer.status_code == 500
    assert "Try again" in answer.text
    assert "secret" not in answer.text


def test_without_ground_coverage_is_said_to_be_out_of_reach(open_house):
    client = open_house(ground=None).test_client()
    answer = client.get("/planning")
    assert answer.status_code == 503
    assert "还没有载入街道数据" in answer.text
    assert client.get("/planning/coverage.csv").status_code == 503


FIELDS = ["lon", "lat", "mode", "minutes", "at", "amenity", "limit", "path"]


@any_of(st.dictionaries(st.sampled_from(FIELDS), st.text()))
def test_any_text_is_read_or_refused(args):
    now = read_moment("2026-11-20T10:00", SHANGHAI)
    try:
        query = read_nearest({key: [value] for key, value in args.items()}, KNOWN, now)
    except BadParameter as refusal:
        fault = refusal
    else:
        assert 0 < query.minutes <= 120
        assert 1 <= query.limit <= 50
        assert query.at.tzinfo is not None
        return
    assert fault.field in args or fault.field in {"lon", "lat"}


@any_of(st.floats(-180, 180), st.floats(-90, 90))
def test_any_number_that_python_writes_is_read(lon, lat):
    query = read_nearest({"lon": [repr(lon)], "lat": [repr(lat)]}, KNOWN, read_moment("2026-11-20T10:00", SHANGHAI))
    assert (query.origin.lon, query.origin.lat) == (lon, lat)


@any_of(st.text())
def test_any_box_is_read_or_refused(text):
    try:
        west, south, east, north = read_bbox(text)
    except BadParameter:
        return
    assert west <= east
    assert south <= north


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-11-20T10:00", "2026-11-20T10:00:00+08:00"),
        ("2026-11-20 10:00", "2026-11-20T10:00:00+08:00"),
        ("2026-11-20T10:00:30", "2026-11-20T10:00:30+08:00"),
        ("2026-11-20T10:00Z", "2026-11-20T10:00:00+00:00"),
        ("2026-11-20T10:00+05:30", "2026-11-20T10:00:00+05:30"),
        ("2026-11-20T10:00 08:00", "2026-11-20T10:00:00+08:00"),  # a plus sign that the address lost
    ],
)
def test_moments_as_forms_and_programs_write_them(text, iso):
    assert read_moment(text, SHANGHAI).isoformat() == iso


@pytest.mark.parametrize("asked", ["lon=116.3&lon=117&lat=28.3", "lon=116.3&lat=28.3&mode=walk&mode=ebike"])
def test_what_is_given_twice_is_refused(open_house, asked):
    answer = open_house().test_client().get(f"/api/nearest?{asked}&lang=en")
    assert answer.status_code == 400
    assert "given more than once" in answer.get_json()["error"]["message"]


def test_a_long_name_is_not_sent_back_whole(open_house):
    answer = open_house().test_client().get(f"/api/nearest?{'a' * 7_000}")
    assert (answer.status_code, len(answer.data) < 1000) == (400, True)
