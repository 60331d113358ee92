"""How much one may send, before anything reads it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from stations.web import sizes
from stations.web.refusals import Refusals
from stations.web.sizes import MOST_ADDRESS, MOST_BODY, MOST_FIELDS, MOST_PARAMETERS, READ_AT_ONCE, Sizes
from tests.town import PROJECT

PAGE = PROJECT / "templates" / "base" / "refused.html"


@Request.application
def echo(request: Request) -> Response:
    return Response(request.get_data())


@pytest.fixture
def gate() -> Client:
    return Client(Sizes(echo, Refusals(PAGE, ())))


@pytest.mark.parametrize(
    "address",
    ["/" + "a" * MOST_ADDRESS, "/?" + "a" * MOST_ADDRESS, "/?" + "a&" * MOST_PARAMETERS, "/api/nearest?" + "a" * 9000],
)
def test_an_address_that_is_too_long_is_refused(gate, address):
    answer = gate.get(address)
    assert answer.status_code == 414
    assert len(answer.data) < 1500
    assert (answer.mimetype == "application/json") == address.startswith("/api")


def test_an_address_as_long_as_a_question_gets_is_taken(gate):
    assert gate.get("/?" + "&".join(f"amenity={n}" for n in range(MOST_PARAMETERS))).status_code == 200


@pytest.mark.parametrize("host", ["a b", "evil.org/x", "x,y", "<b>", "a@b", "甲".encode().decode("latin-1"), "[::1"])
def test_a_host_that_is_none_is_refused(gate, host):
    answer = gate.get("/", environ_overrides={"HTTP_HOST": host})
    assert answer.status_code == 400
    assert host not in answer.text


@pytest.mark.parametrize("host", ["yizhan.example.org", "localhost:8000", "10.0.0.1", "[2001:db8::1]:8000", "my_host"])
def test_hosts_as_they_are(gate, host):
    assert gate.get("/", environ_overrides={"HTTP_HOST": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/s/A1/report", "/api/nearest"])
def test_a_body_that_is_too_large_is_refused(gate, path):
    assert gate.post(path, data=b"x" * MOST_BODY).data == b"x" * MOST_BODY
    assert gate.post(path, data=b"x" * (MOST_BODY + 1)).status_code == 413


@pytest.mark.parametrize("length", [None, "", "-1", "9" * 400])
def test_a_body_without_an_honest_length_is_measured_as_it_comes(gate, length):
    def send(body: bytes, **said) -> int:
        given = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": length, "wsgi.input_terminated": True} | said
        return gate.open("/", method="POST", environ_overrides=given).status_code

    assert send(b"x" * (MOST_BODY + 1)) == 413
    if length != "9" * 400:
        assert send(b"x" * MOST_BODY) == 200


def test_what_asks_and_sends_nothing_is_not_read(gate):
    class Untouchable:
        def read(self, *_):
            raise AssertionError

    def app(environ, start_response):
        start_response("200 OK", [])
        return [b""]

    client = Client(Sizes(app, Refusals(PAGE, ())))
    for method in ("GET", "HEAD", "OPTIONS"):
        assert client.open("/", method=method, environ_overrides={"wsgi.input": Untouchable()}).status_code == 200


def test_those_who_send_slowly_keep_nobody_waiting(gate):
    """They keep their threads; the next sender is asked to come again, and whoever only asks is served."""
    go_on, reading = threading.Event(), threading.Semaphore(0)

    class Slow:
        def read(self, *_):
            reading.release()
            go_on.wait(20)
            return b""

    def send() -> None:
        given = {"wsgi.input": Slow(), "CONTENT_LENGTH": "10", "wsgi.input_terminated": True}
        gate.open("/", method="POST", environ_overrides=given)

    threads = [threading.Thread(target=send) for _ in range(READ_AT_ONCE)]
    try:
        for thread in threads:
            thread.start()
            assert reading.acquire(timeout=20)
        refused = gate.post("/", data=b"x")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert gate.get("/").status_code == 200
    finally:
        go_on.set()
        for thread in threads:
            thread.join()
    assert gate.post("/", data=b"x").data == b"x"


def test_one_more_who_sends_in_the_same_moment_waits_for_its_turn(monkeypatch):
    monkeypatch.setattr(sizes, "WAITS_S", 60.0)
    sized = Sizes(echo, Refusals(PAGE, ()))
    gate, go_on, reading = Client(sized), threading.Event(), threading.Semaphore(0)

    class Slow:
        def read(self, *_):
            reading.release()
            go_on.wait(20)
            return b""

    def send() -> None:
        given = {"wsgi.input": Slow(), "CONTENT_LENGTH": "10", "wsgi.input_terminated": True}
        gate.open("/", method="POST", environ_overrides=given)

    with ThreadPoolExecutor(READ_AT_ONCE + 1) as threads:
        for _ in range(READ_AT_ONCE):
            threads.submit(send)
            assert reading.acquire(timeout=20)
        third = threads.submit(gate.post, "/", data=b"x")
        while sized._next._value:  # until it is the one who waits
            assert not third.done()
            time.sleep(0.001)
        assert gate.post("/", data=b"x").status_code == 503, "only one waits"
        go_on.set()
        assert third.result().data == b"x"


def test_a_sender_who_hangs_up_leaves_room_for_the_next(gate):
    given = {"wsgi.input": BytesIO(b"x"), "CONTENT_LENGTH": "10"}
    for _ in range(READ_AT_ONCE + 1):
        assert gate.open("/", method="POST", environ_overrides=given).status_code == 400
    assert gate.post("/", data=b"x").data == b"x"


def test_the_app_bounds_what_it_reads(open_house):
    app = open_house()
    assert app.config["MAX_CONTENT_LENGTH"] == MOST_BODY
    assert app.config["MAX_FORM_MEMORY_SIZE"] == MOST_BODY
    assert app.config["MAX_FORM_PARTS"] == MOST_FIELDS
    client = app.test_client()
    many = {f"field{n}": "x" for n in range(MOST_FIELDS + 1)}
    answer = client.post("/api/token", data=many, content_type="multipart/form-data")
    assert answer.status_code in {405, 413}
