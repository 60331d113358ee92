"""What the house remembers between two requests, and whose forms it takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from flask import jsonify
from flask.testing import FlaskClient

from stations.settings import Settings
from stations.web.session import sender_of

SECRET = "a secret of thirty-two characters"
HTTPS = {"base_url": "https://localhost/"}


@pytest.fixture
def told(open_house):
    """An app with a door where one may send something, and is told as whom."""

    def make(**settings):
        app = open_house(settings=Settings(**{"secret": SECRET} | settings))

        @app.post("/told")
        def tell():
            sender = sender_of()
            return jsonify(device=sender.device, network=sender.network)

        return app

    return make


def token_of(client: FlaskClient, **where) -> str:
    return client.get("/api/token", **where).get_json()["token"]


def send(client: FlaskClient, *, headers=(), form=None, **where):
    return client.post(
        "/told", data={"csrf_token": token_of(client, **where)} | (form or {}), headers=dict(headers), **where
    )


def test_what_carries_its_token_is_taken(told):
    answer = send(told().test_client())
    assert answer.status_code == 200
    assert len(answer.get_json()["device"]) >= 16


def test_the_token_may_stand_in_a_header(told):
    client = told().test_client()
    assert client.post("/told", headers={"X-CSRFToken": token_of(client)}).status_code == 200


def test_a_device_is_known_again_and_another_is_another(told):
    app = told()
    one, other = app.test_client(), app.test_client()
    first, again, else_ = (send(client).get_json()["device"] for client in (one, one, other))
    assert first == again != else_


def test_workers_know_each_others_cookies(told):
    one, other = told(), told()
    client = one.test_client()
    device = send(client).get_json()["device"]
    moved = other.test_client()
    moved.set_cookie("yizhan", client.get_cookie("yizhan").value)
    assert send(moved).get_json()["device"] == device


def test_another_secret_only_forgets(told):
    client = told().test_client()
    device = send(client).get_json()["device"]
    rotated = told(secret="another secret, as long as the first").test_client()
    rotated.set_cookie("yizhan", client.get_cookie("yizhan").value)
    answer = send(rotated)
    assert answer.status_code == 200
    assert answer.get_json()["device"] != device


def test_without_a_secret_the_store_has_one_for_all_workers(open_house, upkeeps):
    shared = upkeeps.new()
    one, other = open_house(upkeep=shared), open_house(upkeep=shared)
    assert one.secret_key == other.secret_key
    assert len(one.secret_key) == 32
    assert one.secret_key != open_house().secret_key
    assert one.secret_key != shared.secret()
    assert one.secret_key != open_house(settings=Settings(secret=SECRET)).secret_key
    assert SECRET.encode() not in open_house(settings=Settings(secret=SECRET)).secret_key


@pytest.mark.parametrize(("scheme", "name"), [("http", "yizhan"), ("https", "__Host-yizhan")])
def test_the_cookie_is_for_this_house_alone(told, scheme, name):
    client = told().test_client()
    (cookie,) = send(client, base_url=f"{scheme}://localhost/").headers.getlist("Set-Cookie")
    assert cookie.startswith(f"{name}=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert ("Secure" in cookie.split("; ")) == (scheme == "https")
    assert "Domain" not in cookie


def test_over_https_a_cookie_of_the_plain_name_is_not_read(told):
    app = told()
    plain = app.test_client()
    token = token_of(plain)
    forged = app.test_client()
    forged.set_cookie("yizhan", plain.get_cookie("yizhan").value)
    assert forged.post("/told", data={"csrf_token": token}).status_code == 200
    assert forged.post("/told", data={"csrf_token": token}, **HTTPS).status_code == 403


@pytest.mark.parametrize("path", ["/", "/planning", "/api/stations", "/healthz", "/nothing", "/static/css/yizhan.css"])
def test_whoever_only_looks_is_given_no_cookie(open_house, path):
    client = open_house().test_client()
    assert not client.get(path, buffered=True).headers.getlist("Set-Cookie")
    assert not client.get(f"{path}?lon=116.3&lat=28.3", buffered=True).headers.getlist("Set-Cookie")


def test_a_cookie_ends_two_days_after_the_last_thing_that_was_sent(told):
    client = told().test_client()
    said = {part.partition("=")[0]: part.partition("=")[2] for part in send(client).headers["Set-Cookie"].split("; ")}
    ends = parsedate_to_datetime(said["Expires"])
    assert timedelta(hours=47) < ends - datetime.now(UTC) <= timedelta(hours=48)


@pytest.mark.parametrize("token", ["", "x", "ImZha2Ui.aaaaaa.bbbbbbbb", "\x00", "甲" * 100])
def test_what_carries_no_token_of_ours_is_refused(told, token):
    client = told().test_client()
    token_of(client)
    answer = client.post("/told", data={"csrf_token": token} if token else {})
    assert answer.status_code == 403
    assert "请返回" in answer.text
    spoken = client.post("/told?lang=en", headers={"Accept": "application/json"})
    assert spoken.get_json()["error"]["status"] == 403
    assert "Go back" in spoken.get_json()["error"]["message"]


def test_the_token_of_another_is_refused(told):
    app = told()
    mine, theirs = app.test_client(), app.test_client()
    token_of(mine)
    assert mine.post("/told", data={"csrf_token": token_of(theirs)}).status_code == 403


STRANGE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:8000"},
    {"Origin": "http://["},
]
OURS = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
    {"Origin": "https://localhost"},
    {"Origin": "https://yizhan.example.org"},
]


@pytest.mark.parametrize("headers", STRANGE)
def test_what_another_sites_page_sends_is_refused_whatever_it_carries(told, headers):
    assert send(told(address="https://yizhan.example.org").test_client(), headers=headers).status_code == 403


@pytest.mark.parametrize("headers", OURS)
def test_what_our_own_page_sends_is_taken(told, headers):
    assert send(told(address="https://yizhan.example.org").test_client(), headers=headers).status_code == 200


def test_over_https_no_referrer_is_needed(told):
    assert send(told().test_client(), **HTTPS).status_code == 200


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml"])
def test_only_forms_are_read(told, kind):
    client = told().test_client()
    answer = client.post("/told", data=b"{}", content_type=kind, headers={"X-CSRFToken": token_of(client)})
    assert answer.status_code == 415


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_other_methods_are_refused_clearly(told, method):
    client = told().test_client()
    for path in ("/told", "/", "/api/nearest"):
        answer = client.open(path, method=method)
        assert answer.status_code == 405
        assert answer.headers["Allow"]


def test_a_sender_is_its_network_and_not_its_address(told):
    app = told(proxies=1)
    client = app.test_client()
    answer = send(client, headers={"X-Forwarded-For": "6.6.6.6, 2001:db8:1:2::9"})
    assert answer.get_json()["network"] == "2001:db8:1:2::/64"


def test_a_token_may_not_be_kept(open_house):
    answer = open_house().test_client().get("/api/token")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_what_no_text_has_is_refused_in_words(told):
    client = told().test_client()
    answer = send(client, form={"note": "a\x00b"})
    assert answer.status_code == 400
    assert "note" in answer.text
    assert "\x00" not in answer.text
