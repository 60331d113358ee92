"""Robots of chat groups: known by their address, signed as their houses ask, in few and short messages."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from stations.errors import NoticeError, PostError
from stations.notices.facts import HookState, Kind, State, hook_at
from stations.notices.outbox import TRIES
from stations.notices.posting import Answered, Poster
from stations.notices.robots import Form, form_of, shown
from stations.notices.webaddress import InTime, WebAddress, reachable
from tests.stations.notices.conftest import BY, WEST, listening

KEY = "693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa"
SECRET = "SECf0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5"
WECOM = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"
DINGTALK = f"https://oapi.dingtalk.com/robot/send?access_token={KEY}"
FEISHU = f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}"
FINE = {"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"}


class Houses(ThreadingHTTPServer):
    """WeCom, DingTalk and Feishu as their pages describe them, each with one robot, two of which ask for a sign."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), House)
        self.heard: list[str] = []
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)


class House(BaseHTTPRequestHandler):
    server: Houses

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        parts = urlsplit(self.path)
        said = {name: value for name, (value,) in parse_qs(parts.query).items()}
        answer = {
            "/cgi-bin/webhook/send": self.wecom,
            "/robot/send": self.dingtalk,
            f"/open-apis/bot/v2/hook/{KEY}": self.feishu,
        }[parts.path](said, body)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def wecom(self, said, body) -> dict[str, object]:
        if said != {"key": KEY}:
            return {"errcode": 93000, "errmsg": "invalid webhook url, hint: [1], from ip: 1.2.3.4"}
        return self.told(body["text"]["content"], 2048, body["msgtype"])

    def dingtalk(self, said, body) -> dict[str, object]:
        moment, sign = said.pop("timestamp"), said.pop("sign")
        # https://open.dingtalk.com/document/robots/customize-robot-security-settings
        meant = base64.b64encode(hmac.new(SECRET.encode(), f"{moment}\n{SECRET}".encode(), hashlib.sha256).digest())
        assert said == {"access_token": KEY}
        if sign.encode() != meant or abs(int(moment) / 1000 - self.server.clock().timestamp()) > 3600:
            return {"errcode": 310000, "errmsg": "description:机器人发送签名不匹配"}
        return self.told(body["text"]["content"], 20_000, body["msgtype"])

    def feishu(self, said, body) -> dict[str, object]:
        # https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
        asked = f"{body['timestamp']}\n{SECRET}".encode()
        meant = base64.b64encode(hmac.new(asked, b"", hashlib.sha256).digest()).decode()
        if body["sign"] != meant or abs(int(body["timestamp"]) - self.server.clock().timestamp()) > 3600:
            return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
        return {"code": self.told(body["content"]["text"], 20_000, body["msg_type"])["errcode"], "msg": "x", "data": {}}

    def told(self, text: str, most: int, sort: str) -> dict[str, object]:
        if sort != "text" or len(text.encode()) > most:
            return {"errcode": 40058, "errmsg": "text.content exceed max length"}
        self.server.heard.append(text)
        return {"errcode": 0, "errmsg": "ok"}

    def log_message(self, *_) -> None:
        return


@pytest.fixture(scope="module")
def houses(certificate):
    server = Houses()
    with listening(server, certificate):
        yield server


@pytest.fixture
def group(office, houses, certificate):
    """The office, with the real sender, before houses that listen on this machine."""
    houses.clock, houses.heard = (lambda: office.now), []
    office.notices.poster = Poster(
        inside=True, context=ssl.create_default_context(cafile=certificate), look_up=lambda *_: ["127.0.0.1"]
    )
    return lambda url, sign="": office.notices.hooks.add(
        WEST,
        # A house that an office runs itself: it is known by what stands behind its name.
        WebAddress.read(url.replace(urlsplit(url).netloc, f"hooks.example.org:{houses.server_port}")),
        ("edits", "reports"),
        sign=sign,
        by=BY,
    )[0]


def said_of(office, hook):
    [(delivery, _, tries), *_] = office.notices.outbox.log(hook_at(hook.number))
    return delivery.state, tries[0].answer if tries else ""


@pytest.mark.parametrize(("url", "sign"), [(WECOM, ""), (DINGTALK, SECRET), (FEISHU, SECRET)])
def test_a_group_is_told_in_one_short_message_with_a_link(office, group, houses, url, sign) -> None:
    hook = group(url, sign)
    office.notices.look(office.now)
    office.report("W1")
    office.edit("W2", phone="0701-1", custodian="王某")
    office.tell()
    [text] = houses.heard
    assert text.startswith("户外驿站：有人反映问题等2件事\n")
    assert "· 驿站W1 W1：" in text
    assert "· 驿站W2 W2：改了" in text
    assert "https://yizhan.example.org/desk/stations/W1" in text
    assert "0701" not in text
    assert "王某" not in text
    assert said_of(office, hook)[0] is State.SENT
    office.notices.try_out(hook, office.now)
    office.tell()
    assert houses.heard[1:] == ["户外驿站：试发"]


@pytest.mark.parametrize(
    ("url", "sign", "words"),
    [
        (WECOM.replace(KEY, KEY[::-1]), "", "no such robot"),
        (DINGTALK, SECRET[::-1], "settings refuse it"),
        (FEISHU, SECRET[::-1], "settings refuse it"),
    ],
)
def test_what_will_never_be_taken_is_given_up_at_once_and_said(office, group, url, sign, words) -> None:
    hook = group(url, sign)
    office.notices.look(office.now)
    office.edit("W1", phone="1")
    office.tell()
    state, answer = said_of(office, hook)
    assert state is State.GIVEN_UP
    assert words in answer
    assert KEY not in answer


def test_what_was_sent_too_often_is_tried_again_and_what_happens_meanwhile_goes_with_it(office) -> None:
    hook, secret = office.notices.hooks.add(WEST, WebAddress.read(DINGTALK), ("edits",), by=BY)
    assert secret == ""
    office.notices.look(office.now)
    busy = {"status": 1111, "errcode": 130101, "errmsg": f"send too fast, {KEY}"}
    answers = [busy, busy, FINE]

    def post(address, body, headers):
        office.hook.sent.append((address, body, headers))
        text = json.dumps(answers[min(len(office.hook.sent), len(answers)) - 1])
        return Answered(200, f"200 OK {text}", text)

    office.hook.post = post
    for number in range(5):
        office.edit("W1", phone=str(number))
        office.tell()
        office.pass_time(seconds=30)
    assert len(office.hook.sent) == 2, "at the start and after a minute; then it waits for five"
    state, answer = said_of(office, hook)
    assert state is State.WAITING
    assert "too much at a time" in answer
    assert KEY not in answer
    office.pass_time(minutes=5)
    office.tell()
    assert len(office.hook.sent) == 3
    assert said_of(office, hook)[0] is State.SENT
    text = json.loads(office.hook.sent[-1][1])["text"]["content"]
    assert text.count("驿站W1 W1") == 1, "the same thing once, however often it happened"
    assert "timestamp" not in office.hook.sent[-1][0].path, "no sign without a secret"


def test_a_group_is_told_of_everything_that_there_is_to_tell(office) -> None:
    hook, _ = office.notices.hooks.add(WEST, WebAddress.read(WECOM), tuple(Kind), by=BY)
    office.notices.look(office.now)
    office.hook.post = lambda _, body, __: office.hook.sent.append(body) or Answered(200, "", json.dumps(FINE))
    office.report()
    office.propose()
    office.find_fault()
    brought = office.bring_list()
    office.tell()
    [body] = office.hook.sent
    text = json.loads(body)["text"]["content"]
    assert f"https://yizhan.example.org/desk/lists/{brought.number}" in text
    assert not re.search("13800000000|王某|None", text)
    assert said_of(office, hook)[0] is State.SENT


def test_a_key_that_is_also_a_part_of_the_address_is_taken_out_where_it_stands() -> None:
    assert shown(WebAddress.read(WECOM.replace(KEY, "send"))) == WECOM.replace(KEY, "***")


def test_no_piece_of_a_key_is_left_where_an_answer_is_cut(office) -> None:
    hook, _ = office.notices.hooks.add(WEST, WebAddress.read(WECOM), ("edits",), by=BY)
    office.notices.look(office.now)
    text = "x" * 180 + KEY
    office.hook.post = lambda *_: Answered(404, f"404 {text}"[:200], text)
    office.edit("W1", phone="1")
    office.tell()
    assert KEY[:8] not in said_of(office, hook)[1]


@pytest.mark.parametrize(
    "answer",
    ["", "<html>", "[]", '{"errcode": -1, "errmsg": "system busy"}', '{"errcode": []}', '{"errmsg": "ok"}'],
)
def test_an_answer_that_is_none_is_a_failure(office, answer) -> None:
    hook, _ = office.notices.hooks.add(WEST, WebAddress.read(WECOM), ("edits",), by=BY)
    office.notices.look(office.now)
    office.hook.post = lambda *_: Answered(200, f"200 OK {answer}", answer)
    office.edit("W1", phone="1")
    office.tell()
    assert said_of(office, hook)[0] is State.WAITING


def test_a_message_keeps_to_what_a_robot_takes_and_calls_nobody(office) -> None:
    from dataclasses import replace

    from geodata.lonlat import LonLat
    from stations.station import StationReader

    hook, _ = office.notices.hooks.add(WEST, WebAddress.read(WECOM), ("edits", "imports"), by=BY)
    office.notices.look(office.now)
    one = StationReader().read_or_raise(
        {"code": "X", "name": '<@all><at user_id="all">' + "很长的名字" * 15, "township": WEST,
         "position": LonLat(116.3, 28.3), "hours": "24/7"}
    )  # fmt: skip
    office.registry.append(
        [replace(one, code=f"X{number}") for number in range(40)], what="import", who="x", at=office.now
    )
    office.hook.post = lambda address, body, _: (
        office.hook.sent.append((address, body, {})) or Answered(200, "200", json.dumps(FINE))
    )
    office.tell()
    [(_, body, _)] = office.hook.sent
    text = json.loads(body)["text"]["content"]
    assert "（共40处）" in text
    assert 300 < len(text.encode()) <= 2048
    assert not set("<>@") & set(text)
    assert said_of(office, hook)[0] is State.SENT


def test_the_key_of_a_robot_is_in_nothing_that_is_kept_in_the_clear(office) -> None:
    hook, _ = office.notices.hooks.add(WEST, WebAddress.read(DINGTALK), ("edits",), sign=SECRET, by=BY)
    with office.registry.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM notice_hook").all()
        rows += connection.exec_driver_sql("SELECT * FROM audit").all()
    assert not any(word in str(rows) for word in (KEY, SECRET))
    assert hook.url == "https://oapi.dingtalk.com/robot/send?access_token=***5aaa"
    assert KEY not in repr(WebAddress.read(DINGTALK))
    address, sign = office.notices.hooks.robot(hook.number)
    assert (address.url, sign) == (DINGTALK, SECRET)
    with pytest.raises(NoticeError, match="own secret"):
        office.notices.hooks.new_secret(hook.number, by=BY)
    office.notices.hooks.set_state(hook.number, HookState.GONE, by=BY)
    with office.registry.store.reading() as connection:
        assert not connection.exec_driver_sql("SELECT secret FROM notice_hook").scalar()


def test_robots_are_known_by_their_address() -> None:
    known = {WECOM: Form.WECOM, DINGTALK: Form.DINGTALK, FEISHU: Form.FEISHU}
    known[FEISHU.replace("feishu.cn", "larksuite.com")] = Form.FEISHU
    known["https://example.org/robot"] = Form.OURS
    for url, form in known.items():
        assert form_of(url) is form
        assert form is Form.OURS or form_of(shown(WebAddress.read(url))) is form


@pytest.mark.parametrize(
    ("url", "sign", "words"),
    [
        ("https://oapi.dingtalk.com/robot/send", "", "whole address"),
        (f"{DINGTALK}&timestamp=1&sign=x", "", "whole address"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/", "", "whole address"),
        (WECOM, SECRET, "Only robots of"),
        ("https://hooks.example.org/in", SECRET, "Only robots of"),
        (DINGTALK, "密钥", "not the secret"),
        (DINGTALK, "SEC a b c d", "not the secret"),
    ],
)
def test_a_robot_that_cannot_be_is_refused(office, url, sign, words) -> None:
    with pytest.raises(NoticeError, match=words):
        office.notices.hooks.add(WEST, WebAddress.read(url), ("edits",), sign=sign, by=BY)


def test_a_name_that_is_looked_up_for_ever_holds_nobody() -> None:
    let_go = threading.Event()
    slow = InTime(lambda *_: [let_go.wait(5)] and ["93.184.215.14"], within_s=0.05, most=2)
    address, begun = WebAddress("hooks.example.org", 443, "/"), time.monotonic()
    for _ in range(4):
        with pytest.raises(PostError, match="in time"):
            reachable(address, inside=False, look_up=slow)
    assert time.monotonic() - begun < 4, "the last two did not even wait"
    let_go.set()
    for _ in range(100):
        try:
            assert reachable(address, inside=False, look_up=slow) == "93.184.215.14"
            break
        except PostError:
            time.sleep(0.01)
    else:
        pytest.fail("it never came back")


def test_a_robot_that_never_answers_is_given_up_and_the_next_message_begins_anew(office) -> None:
    hook, _ = office.notices.hooks.add(WEST, WebAddress.read(WECOM), ("edits",), by=BY)
    office.notices.look(office.now)
    office.hook.status = 0
    for number in range(26):
        if number % 2 == 0:
            office.edit("W1", phone=str(number))
        office.tell()
        office.pass_time(hours=4)
    log = office.notices.outbox.log(hook_at(hook.number))
    assert {one.state for one, _, _ in log} == {State.WAITING, State.GIVEN_UP}
    assert len(log) == 2
    assert sum(len(events) for _, events, _ in log) == 13
    assert log[1][0].tries == TRIES
