"""What a browser is told to allow, and what it may keep."""

from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest

from stations.web.headers import page_policy
from tests.stations.web.reading import read_page

PUBLIC_GET = {
    "/", "/s/<code>", "/s/<code>/poster", "/posters", "/offline", "/planning",
    "/planning/answer.json", "/planning/townships.json",
    "/api/nearest", "/api/search", "/api/stations", "/api/changes", "/api/token", "/healthz",
    "/download/stations.csv", "/download/stations.xlsx", "/download/stations.geojson", "/download/stations.gpkg",
    "/planning/map.html", "/planning/coverage.csv", "/planning/gaps.csv", "/planning/coverage.geojson",
    "/planning/gaps.geojson", "/planning/reach.geojson", "/map/ground.geojson",
    "/planning/report", "/planning/report.pdf", "/planning/workbook.xlsx", "/planning/coverage.gpkg",
    "/planning/map.png", "/planning/reach.png", "/planning/question.json",
    "/planning/siting", "/planning/siting/answer.json", "/planning/siting/progress.json",
    "/planning/siting/candidates.geojson", "/planning/siting/reach.geojson",
    "/planning/siting/plan.csv", "/planning/siting/plan.geojson",
    "/planning/siting/plan.xlsx", "/planning/siting/plan.gpkg", "/planning/siting/plan.png",
    "/planning/siting/map.html", "/planning/siting/report", "/planning/siting/report.pdf",
    "/planning/siting/question.json", "/planning/siting/compare", "/planning/siting/enter",
    "/tiles/<mark>/<int:z>/<int:x>/<int:y>.mvt", "/pack.json", "/manifest.webmanifest", "/sw.js",
    "/sitemap.xml", "/robots.txt", "/static/<path:filename>",
}  # fmt: skip
"""What anybody may ask for. Whoever opens a door has to say so here."""

PUBLIC_POST = {
    "/s/<code>/report", "/s/<code>/confirm", "/s/<code>/visit",
    "/planning/siting/search", "/planning/siting/stop", "/planning/siting/list",
    "/planning/siting/enter", "/planning/siting/leave",
}  # fmt: skip
"""What anybody may send to, with the token of a form."""

KEYED_POST = {"/planning/siting/save", "/planning/siting/remove", "/planning/siting/accept"}
"""What takes something only from those who have entered the planners' key."""

HTTPS = {"base_url": "https://localhost/"}


def test_no_door_is_open_that_is_not_meant_to_be(open_house):
    # What is under /desk is held by test_rights: there every address says who may come.
    rules = [rule for rule in open_house().url_map.iter_rules() if not f"{rule.rule}/".startswith("/desk/")]
    assert {rule.rule for rule in rules if "GET" in rule.methods} <= PUBLIC_GET
    taking = {rule.rule for rule in rules if rule.methods & {"POST", "PUT", "PATCH", "DELETE"}}
    assert taking <= PUBLIC_POST | KEYED_POST
    assert all(rule.methods <= {"GET", "HEAD", "OPTIONS", "POST"} for rule in rules)


@pytest.mark.parametrize("path", sorted(PUBLIC_POST | KEYED_POST))
def test_nothing_is_taken_without_the_token_of_a_form(open_house, path):
    client = open_house().test_client()
    answer = client.post(path.replace("<code>", "A1"), data={"kind": "gone", "aspect": "hours"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", sorted(KEYED_POST))
def test_nothing_is_changed_without_the_planners_key(open_house, path):
    client = open_house().test_client()
    token = client.get("/api/token").json["token"]
    assert client.post(path, data={"csrf_token": token}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/planning", "/planning/siting", "/planning/siting/enter", "/nothing"])
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


HELD_BACK = ["/", "/planning", "/healthz", "/api/token", "/nothing", "/static/css/yizhan.css"]
OPEN = ["/api/stations", "/api/nearest", "/api/nearest?lon=116.3&lat=28.3", "/api/changes", "/download/stations.csv"]


@pytest.mark.parametrize("path", HELD_BACK + OPEN)
def test_every_answer_says_how_it_may_be_used(planner, path):
    headers = planner.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin"
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert len(headers.getlist("X-Content-Type-Options")) == 1
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Server"] == "yizhan"
    assert path.startswith("/static/") or "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in headers
    assert "max-age" in planner.client.get(path, **HTTPS, buffered=True).headers["Strict-Transport-Security"]


@pytest.mark.parametrize("path", OPEN)
def test_pages_of_other_sites_may_read_the_public_list(planner, path):
    headers = planner.get(path).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize("path", HELD_BACK)
def test_pages_of_other_sites_may_take_in_nothing_else(planner, path):
    headers = planner.get(path).headers
    assert "Access-Control-Allow-Origin" not in headers
    assert headers["X-Frame-Options"] == "DENY"
    # Files are the same for everybody.
    expected = "cross-origin" if path.startswith("/static/") else "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == expected


def test_another_host_may_give_pictures_and_nothing_else():
    policy = dict(one.split(" ", 1) for one in page_policy("https://tile.example.org").split("; "))
    assert policy.pop("img-src") == "'self' data: https://tile.example.org"
    assert not [name for name, sources in policy.items() if set(sources.split()) - {"'self'", "'none'"}]
    assert "https" not in page_policy()


def test_a_page_is_kept_by_nobody_on_the_way(planner):
    assert "private" in planner.get("/").headers["Cache-Control"]
    assert "private" in planner.get("/?lon=116.3&lat=28.3").headers["Cache-Control"]


def test_the_page_that_refuses_needs_no_script_or_style_of_its_own():
    page = Path(__file__).parents[3] / "templates" / "base" / "refused.html"
    for one in read_page(page.read_text(encoding="utf-8")).walk():
        assert one.tag not in {"script", "style"}
        assert "style" not in one.attributes
        for name in ("src", "href"):
            assert one.attributes.get(name, "/").startswith("/")


def test_a_static_file_is_kept_as_long_as_its_address_names_its_content(planner):
    page = planner.see("/")
    (style,) = [one for one in page.all("link", rel="stylesheet") if "yizhan.css" in one.attributes["href"]]
    address = style.attributes["href"]
    assert "?v=" in address
    assert "immutable" in planner.get(address).headers["Cache-Control"]
    assert planner.get("/static/css/yizhan.css").headers["Cache-Control"] == "no-cache"
    assert planner.get("/static/css/yizhan.css?v=000000000000").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(("scheme", "name"), [("http", "yizhan_lang"), ("https", "__Host-yizhan_lang")])
def test_the_language_is_remembered_in_a_cookie_that_script_cannot_read(planner, scheme, name):
    here = {"base_url": f"{scheme}://localhost/"}
    (cookie,) = planner.client.get("/?lang=en", **here).headers.getlist("Set-Cookie")
    assert cookie.startswith(f"{name}=en;")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert ("Secure" in cookie) == (scheme == "https")
    assert "Domain" not in cookie
    again = planner.client.get("/", **here)
    assert '<html lang="en">' in again.text
    assert not again.headers.getlist("Set-Cookie")


def test_a_page_in_two_languages_is_kept_apart(planner):
    assert {"Cookie", "Accept-Language"} <= set(planner.get("/").vary)


@pytest.mark.parametrize("path", ["/", "/planning", "/static/css/yizhan.css", "/api/stations"])
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
