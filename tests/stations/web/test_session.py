"""What the house remembers between two requests, and whose forms it takes."""

from __future__ import annotations

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
        app = open_house(settings=Settings(secret=SECRET, **settings))

        @app.post("/told")
        def tell():
            sender = sender_of()
            return jsonify(device=sender.device, network=sender.network)

        return app

    return make


def token_of(client: FlaskClient, **where) -> str:
    return client.get("/api/token", **where).get_json()["token"]


def names(client: FlaskClient) -> set[str]:
    return {cookie.key for cookie in client._cookies.values()}


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
