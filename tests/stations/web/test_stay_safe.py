"""What a browser is told to allow, and what it may keep."""

import brotli  # type: ignore[import-untyped]
import pytest

from tests.stations.web.reading import read_page


@pytest.mark.parametrize("path", ["/", "/planning", "/nothing"])
def test_a_page_allows_nothing_from_elsewhere_and_no_script_of_its_own(planner, path):
    answer = planner.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    page = read_page(answer.text)
    for one in page.walk():
        assert "style" not in one.attributes
        assert one.tag != "style"
        assert not [name for name in one.attributes if name.startswith("on")]
        assert one.tag != "script" or one.attributes.get("src") or one.attributes["type"] == "application/json"
        for name in ("src", "action"):
            assert not one.attributes.get(name, "").startswith(("http", "//"))


@pytest.mark.parametrize("path", ["/", "/planning", "/api/stations", "/healthz", "/nothing", "/static/css/yizhan.css"])
def test_every_answer_says_how_it_may_be_used(planner, path):
    headers = planner.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert len(headers.getlist("X-Content-Type-Options")) == 1


def test_a_static_file_is_kept_as_long_as_its_address_names_its_content(planner):
    page = planner.see("/")
    (style,) = [one for one in page.all("link", rel="stylesheet") if "yizhan.css" in one.attributes["href"]]
    address = style.attributes["href"]
    assert "?v=" in address
    assert "immutable" in planner.get(address).headers["Cache-Control"]
    assert planner.get("/static/css/yizhan.css").headers["Cache-Control"] == "no-cache"
    assert planner.get("/static/css/yizhan.css?v=000000000000").headers["Cache-Control"] == "no-cache"


def test_the_language_is_remembered_in_a_cookie_that_script_cannot_read(planner):
    (cookie,) = planner.get("/", lang="en").headers.getlist("Set-Cookie")
    assert cookie.startswith("yizhan_lang=en;")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert not planner.get("/").headers.getlist("Set-Cookie")


def test_a_page_in_two_languages_is_kept_apart(planner):
    assert {"Cookie", "Accept-Language"} <= set(planner.get("/").vary)


@pytest.mark.parametrize("path", ["/", "/planning", "/map/ground.geojson", "/static/css/yizhan.css", "/api/stations"])
def test_long_answers_are_sent_compressed(planner, path):
    plain = planner.get(path)
    short = planner.client.get(path, headers={"Accept-Encoding": "br"}, buffered=True)
    assert short.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in short.headers["Vary"]
    assert brotli.decompress(short.data) == plain.data


def test_a_compressed_answer_is_not_sent_again_while_it_holds(planner):
    headers = {"Accept-Encoding": "br"}
    tag = planner.client.get("/api/stations", headers=headers).headers["ETag"]
    again = planner.client.get("/api/stations", headers=headers | {"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
