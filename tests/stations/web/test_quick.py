"""The quick door answers what the view behind it would, and leaves to it what it cannot answer."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from stations.web.api.quick import Quick

HERE = "lon=116.3&lat=28.3"


@pytest.fixture
def app(open_house):
    """The town's app, with its quick door in front."""
    return open_house()


@pytest.fixture
def behind(app):
    """A client of the same app without what stands before the framework."""
    door = app.wsgi_app
    while not isinstance(door, Quick):
        door = door._app
    return Client(door._app)


@pytest.mark.parametrize(
    "asked",
    [
        f"{HERE}&at=2026-03-02T10:00",
        f"{HERE}&at=2026-03-02T10:00%2B08:00&mode=ebike&minutes=5&limit=50",
        f"{HERE}&at=2026-03-02T22:00&amenity=water&amenity=toilet&path=1",
        f"{HERE}&at=2026-03-02T10:00&lang=en",
        "",
        "lon=116.3",
        f"{HERE}&minutes=-1",
        f"{HERE}&minutes=-1&lang=en",
        f"{HERE}&strange=1",
        f"{HERE}&amenity=%E6%B0%B4",
        f"{HERE}&amenity=" + "x" * 3000,
        "lon=%ff&lat=%00",
    ],
)
def test_both_say_the_same(app, behind, asked):
    quick, slow = app.test_client().get(f"/api/nearest?{asked}"), behind.get(f"/api/nearest?{asked}")
    assert (quick.status_code, quick.data) == (slow.status_code, slow.data)
    assert dict(quick.headers) == dict(slow.headers)


def test_an_answer_does_not_reach_the_framework(app):
    app.before_request(lambda: ("stopped", 418))
    client = app.test_client()
    assert client.get(f"/api/nearest?{HERE}").status_code == 200
    assert client.get(f"/api/nearest?{HERE}&minutes=0").status_code == 418
    assert client.get("/healthz").status_code == 418


@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "head"])
def test_only_a_plain_question_is_answered(app, behind, method):
    quick, slow = getattr(app.test_client(), method), getattr(behind, method)
    assert quick(f"/api/nearest?{HERE}").status_code == slow(f"/api/nearest?{HERE}").status_code


def test_what_breaks_is_left_to_the_app():
    def broken(_):
        raise ZeroDivisionError

    def app(_environ, start_response):
        start_response("500 INTERNAL SERVER ERROR", [])
        return [b"told"]

    answer = Client(Quick(app, "/api/nearest", broken, ())).get(f"/api/nearest?{HERE}")
    assert (answer.status_code, answer.data) == (500, b"told")
