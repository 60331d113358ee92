"""Webhooks: what they are sent, how it is signed, where they may lead, and what happens when they do not answer."""

from __future__ import annotations

import hmac
import ipaddress
import json
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stations.errors import NoticeError, PostError, UnknownHookError
from stations.notices import posting
from stations.notices.facts import HookState, Kind, State, hook_at
from stations.notices.outbox import WAITS
from stations.notices.posting import Poster, signature
from stations.notices.webaddress import WebAddress, open_to_all, reachable
from tests.stations.notices.conftest import BY, EAST, HOOK, OPEN_ADDRESS, WEST, listening

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def bodies(office):
    return [json.loads(body) for _, body, _ in office.hook.sent]


def test_a_program_is_told_of_its_area_with_a_signature_of_the_moment(office):
    _, secret = office.hook_up(WEST)
    office.report("W1")
    office.edit("E1", phone="1")
    office.edit("W2", custodian="王某", phone="0701-1", note="x")
    office.tell()
    edit, report = bodies(office)
    assert report == {
        "id": report["id"],
        "event": "reports",
        "number": report["number"],
        "at": "2026-11-22T01:00:00+00:00",
        "area": WEST,
        "township": WEST,
        "count": 1,
        "stations": [
            {"code": "W1", "name": "驿站W1", "name_en": "Station W1", "report": "locked", "amenity": "", "people": 2,
             "url": "https://yizhan.example.org/s/W1"}
        ],
    }  # fmt: skip
    assert edit["stations"][0]["fields"] == ["note", "phone"], "and nothing of private fields"
    address, body, headers = office.hook.sent[0]
    assert address == HOOK
    assert headers["X-Yizhan-Delivery"] == edit["id"]
    told = dict(part.split("=") for part in headers["X-Yizhan-Signature"].split(","))
    assert int(told["t"]) == int(office.now.timestamp())
    assert told["v1"] == hmac.new(secret.encode(), f"{told['t']}.".encode() + body, "sha256").hexdigest()


def test_nothing_of_people_is_sent(office):
    office.hook_up()
    proposal = office.propose("W1")
    office.edit("W1", who="wang.wu", phone="0701-7654321")
    office.tell()
    sent = b"".join(body for _, body, _ in office.hook.sent).decode()
    assert len(office.hook.sent) == 2
    for word in ("13800000000", "keeper", "wang.wu", "7654321", proposal.note):
        assert word not in sent


def test_a_program_that_does_not_answer_is_tried_for_three_days_and_then_given_up(office):
    hook, _ = office.hook_up()
    office.hook.status = 500
    office.edit("W1", phone="1")
    office.tell()
    begun, state = office.now, State.WAITING
    for wait in WAITS:
        office.now += wait - timedelta(seconds=1)
        assert office.notices.deliver_next(office.now) is None
        office.now += timedelta(seconds=1)
        state = office.notices.deliver_next(office.now)
    assert state is State.GIVEN_UP
    assert timedelta(hours=60) < office.now - begun < timedelta(hours=72)
    [(delivery, _, tries)] = office.notices.outbox.log(hook_at(hook.number))
    assert len(tries) == len(WAITS) + 1
    assert tries[0].answer == "500 said"
    assert office.notices.outbox.given_up([hook_at(hook.number)]) == {hook_at(hook.number): 1}
    office.hook.status = 200
    office.notices.outbox.again(delivery.number, hook_at(hook.number), office.now)
    assert office.notices.deliver_next(office.now) is State.SENT
    assert len({headers["X-Yizhan-Delivery"] for _, _, headers in office.hook.sent}) == 1
    with pytest.raises(UnknownHookError):
        office.notices.outbox.again(delivery.number, hook_at(99), office.now)


def test_a_program_that_is_away_over_a_weekend_is_told_all_of_it_and_nobody_has_to_do_anything(office):
    office.hook_up()
    office.hook.status = 0
    for hour in range(60):  # from Friday evening to Monday morning
        if hour % 7 == 0:
            office.edit("W1", phone=str(hour))
        office.tell()
        office.pass_time(hours=1)
    assert office.hook.sent == []
    office.hook.status = 200
    office.pass_time(hours=12)
    office.tell()
    assert office.notices.outbox.waiting() == 0
    assert len(office.hook.sent) == len(range(0, 60, 7))


def test_all_that_was_given_up_is_sent_again_with_one_press_and_nothing_else(office):
    hook, _ = office.hook_up()
    office.edit("W1", phone="0")
    office.tell()
    office.hook.status = 410
    for number in range(1, 4):
        office.edit("W1", phone=str(number))
        office.tell()
    while office.notices.outbox.waiting():
        office.pass_time(hours=12)
        office.tell()
    assert office.notices.outbox.given_up([hook_at(hook.number)]) == {hook_at(hook.number): 3}
    office.hook.status, before = 200, len(office.hook.sent)
    office.notices.outbox.all_again(hook_at(99), office.now)
    assert office.notices.deliver_all(office.now) == 0
    office.notices.outbox.all_again(hook_at(hook.number), office.now)
    assert office.notices.deliver_all(office.now) == 3
    assert len(office.hook.sent) == before + 3
    assert office.notices.outbox.given_up([hook_at(hook.number)]) == {}


def test_a_fault_of_ours_counts_as_a_try_and_is_not_tried_for_ever(office, monkeypatch, caplog):
    said = "words of a message"

    def fails(*_, **__):
        raise KeyError(said)

    monkeypatch.setattr(office.notices.poster, "post", fails)
    hook, _ = office.hook_up()
    office.edit("W1", phone="1")
    office.tell()
    state = State.WAITING
    for wait in WAITS:
        office.now += wait
        state = office.notices.deliver_next(office.now)
    assert state is State.GIVEN_UP
    [(_, _, tries)] = office.notices.outbox.log(hook_at(hook.number))
    assert len(tries) == len(WAITS) + 1
    assert "its log says why" in tries[0].answer
    assert "KeyError" in caplog.text
    assert said not in caplog.text


def test_what_waits_behind_a_failure_waits_with_it_and_goes_when_it_is_heard_again(office):
    office.hook_up()
    office.hook.status = 0
    office.edit("W1", phone="1")
    office.edit("W2", phone="1")
    office.notices.look(office.now)
    assert office.notices.deliver_all(office.now) == 1
    office.hook.status = 204
    office.pass_time(minutes=1)
    assert office.notices.deliver_all(office.now) == 2
    assert len(office.hook.sent) == 2


def test_what_happens_while_it_rests_is_kept_and_what_it_is_not_told_of_is_not(office):
    hook, _ = office.hook_up(EAST, kinds=(Kind.EDITS,))
    office.edit("E1", phone="1")
    office.notices.look(office.now)
    office.notices.set_state(hook, HookState.PAUSED, by=BY)
    office.edit("E1", phone="2")
    office.propose("E1")
    assert office.tell() == []
    assert office.hook.sent == []
    office.pass_time(hours=3)
    office.notices.set_state(hook, HookState.ON, by=BY)
    office.tell()
    assert [one["event"] for one in bodies(office)] == ["edits", "edits"]
    office.edit("E1", phone="3")
    office.notices.look(office.now)
    office.notices.set_state(hook, HookState.GONE, by=BY)
    assert office.notices.deliver_all(office.now) == 0
    with pytest.raises(UnknownHookError):
        office.notices.hooks.secret(hook.number)


def test_a_secret_is_kept_so_that_the_database_alone_gives_nothing_away(office, open_office):
    hook, secret = office.hook_up()
    content = (office.registry.store.engine.connect().exec_driver_sql("SELECT secret FROM notice_hook")).scalar()
    assert secret not in content
    assert office.notices.hooks.secret(hook.number) == secret
    assert office.notices.hooks.new_secret(hook.number, by=BY) != secret
    other, _ = office.hook_up()
    with office.registry.store.writing() as connection:
        connection.exec_driver_sql(
            f"UPDATE notice_hook SET secret = (SELECT secret FROM notice_hook WHERE number = {hook.number}) "
            f"WHERE number = {other.number}"
        )
    with pytest.raises(NoticeError, match="cannot be read"):
        office.notices.hooks.secret(other.number)
    assert [one.what for one in office.people.audit.latest()][:1] == ["webhook added"]


@pytest.mark.parametrize(
    "text",
    [
        "http://example.org/", "ftp://example.org", "example.org", "https://", "https:///x", "https://a b.org",
        "https://me:pw@example.org/", "https://me@example.org", "https://example.org/#x", "https://example.org:0/",
        "https://example.org:99999/", "https://exa_mple.org/", "https://example.org/路", "https://example.org/a b",
        "https://example.org/\r\nX: y", "https://" + "a" * 600, "javascript:alert(1)", "https://[::1", "https://-a.org",
    ],
)  # fmt: skip
def test_what_can_be_no_address_is_refused(text):
    with pytest.raises(NoticeError):
        WebAddress.read(text)


def test_addresses_are_read():
    assert WebAddress.read(" https://Example.ORG:8443/a?b=1 ") == WebAddress("example.org", 8443, "/a?b=1")
    assert WebAddress.read("https://bücher.example.org").host == "xn--bcher-kva.example.org"
    assert WebAddress.read("https://[2606:4700::1]/").url == "https://[2606:4700::1]/"


@pytest.mark.parametrize(
    "inside",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::1",
        "2001:0:5ef5:79fd:0:0:0:1", "::127.0.0.1", "2001:db8::1", "fec0::1",
    ],
)  # fmt: skip
def test_no_network_of_ones_own_is_reached(inside):
    assert not open_to_all(ipaddress.ip_address(inside))
    address = WebAddress("hooks.example.org", 443, "/")
    for found in ([inside], [OPEN_ADDRESS, inside]):
        with pytest.raises(PostError, match="network of one's own"):
            reachable(address, inside=False, look_up=lambda *_, found=found: found)
    let_in = reachable(address, inside=True, look_up=lambda *_: [inside])
    assert ipaddress.ip_address(let_in) == ipaddress.ip_address(inside)


@pytest.mark.parametrize("outside", [OPEN_ADDRESS, "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_open_network_is_reached(outside):
    assert open_to_all(ipaddress.ip_address(outside))


def test_a_literal_address_inside_is_refused_as_a_name_is():
    poster = Poster()
    for url in ("https://127.0.0.1/", "https://[::1]/", "https://localhost/"):
        with pytest.raises(PostError):
            poster.check(WebAddress.read(url))


# A real server, with a certificate


class Listening(ThreadingHTTPServer):
    """A server that keeps what it `heard`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hearing)
        self.heard: list[tuple[str, dict[str, str], bytes]] = []


class Hearing(BaseHTTPRequestHandler):
    server: Listening

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers), body))
        if self.path == "/slow":
            time.sleep(1)
        self.send_response(302 if self.path == "/elsewhere" else 200)
        self.send_header("Location", "https://169.254.169.254/")
        self.end_headers()
        self.wfile.write("收到 <b>\n".encode() + b"x" * 5000)

    def log_message(self, *_):
        return


@pytest.fixture(scope="module")
def hearing(certificate):
    server = Listening()
    with listening(server, certificate):
        yield server


@pytest.fixture
def here(hearing, certificate):
    trusting = ssl.create_default_context(cafile=certificate)
    poster = Poster(inside=True, context=trusting, look_up=lambda *_: ["127.0.0.1"])
    return lambda path, host="hooks.example.org": poster.post(
        WebAddress(host, hearing.server_port, path), b'{"a": 1}', {"X-Yizhan-Signature": signature("s", b"", NOW)}
    )


def test_a_request_goes_to_the_address_that_was_looked_at_with_the_name_that_was_meant(here, hearing):
    answered = here("/in?a=1")
    assert answered.good
    assert answered.words.startswith("200 OK 收到 <b> xxx")
    assert len(answered.words) <= 200
    path, headers, body = hearing.heard[-1]
    assert (path, body) == ("/in?a=1", b'{"a": 1}')
    assert headers["Host"] == f"hooks.example.org:{hearing.server_port}"


def test_an_answer_that_leads_elsewhere_is_not_followed(here):
    answered = here("/elsewhere")
    assert not answered.good
    assert answered.words.startswith("302")


def test_a_certificate_of_another_name_is_not_taken(here, hearing):
    before = len(hearing.heard)
    with pytest.raises(PostError, match="ertificate"):
        here("/in", host="other.example.org")
    assert len(hearing.heard) == before


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (None, "refused: no program listens"),
        (b"", "broke the connection off"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "Does the program speak https"),
    ],
)
def test_what_is_usually_wrong_is_said_in_words_that_can_be_translated(answers, words):
    poster = Poster(inside=True, look_up=lambda *_: ["127.0.0.1"])
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = WebAddress("hooks.example.org", server.getsockname()[1], "/")

        def answer() -> None:
            other, _ = server.accept()
            with other:
                other.recv(2000)
                other.sendall(answers)

        if answers is None:
            server.close()
        else:
            threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(PostError, match=words) as raised:
            poster.post(address, b"", {})
    assert raised.value.template != "{said}"


def test_a_certificate_that_nobody_vouches_for_is_told_as_such(hearing):
    poster = Poster(inside=True, look_up=lambda *_: ["127.0.0.1"])
    with pytest.raises(PostError, match="certificate of the program was not accepted: self-signed"):
        poster.post(WebAddress("hooks.example.org", hearing.server_port, "/"), b"", {})


def test_who_answers_for_ever_is_cut_off(monkeypatch, certificate):
    monkeypatch.setattr(posting, "WHOLE_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        poster = Poster(inside=True, look_up=lambda *_: ["127.0.0.1"])
        begun = time.monotonic()
        with pytest.raises(PostError, match="in time"):
            poster.post(WebAddress("hooks.example.org", silent.getsockname()[1], "/"), b"", {})
    assert time.monotonic() - begun < 20
