"""Robots of group chats that offices use instead of a program of their own: WeCom, DingTalk, Feishu.

Each takes a short text at an address that is a key, and answers with 200 whether it took it or not; a number in the
answer says which. What is asked of a message, how it is signed, and what the numbers mean:

- WeCom (企业微信群机器人): https://developer.work.weixin.qq.com/document/path/91770, numbers at path/90313. Text of up
  to 2,048 bytes, 20 messages a minute, no signature.
- DingTalk (钉钉自定义机器人): https://open.dingtalk.com/document/robots/custom-robot-access, the signature at
  /document/robots/customize-robot-security-settings. 20 messages a minute, or none are taken for ten minutes. With a
  secret, ``timestamp`` (milliseconds) and ``sign`` stand in the address: HMAC-SHA256 with the secret as key over
  timestamp, line feed and secret, in Base64.
- Feishu (飞书自定义机器人): https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot. Body of up to 20 KB, 100
  messages a minute. With a secret, ``timestamp`` (seconds) and ``sign`` stand in the body: HMAC-SHA256 over nothing,
  with timestamp, line feed and secret as key, in Base64.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote_plus, urlsplit

import orjson

from stations.errors import NoticeError, PostError
from stations.mail import told
from stations.notices.posting import Answered
from stations.notices.webaddress import WebAddress

MOST_BYTES = 2048
"""Of the text of a message: what WeCom takes, and more than anybody reads in a chat."""

SHOWN = 4
"""Last signs of a key that are shown, so that one robot can be told from another."""

SECRET = re.compile(r"[!-~]{8,100}")


class Form(StrEnum):
    """What a webhook is sent: our signed JSON, or a message for a robot."""

    OURS = "ours"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


@dataclass(frozen=True, slots=True)
class Robot:
    """What there is to know of one kind of robot.

    Attributes
    ----------
    hosts
        Of the house that offers it. One that an office runs by itself has another, and the same paths.
    path
        What an address looks like behind its host; ``key`` is the secret part.
    code, says
        Names of the number and of the words in an answer.
    signs
        Whether it may ask for a signature.
    busy, refused, gone
        Numbers that mean: sent too much; not as its settings ask; no such robot.
    """

    hosts: tuple[str, ...]
    path: re.Pattern[str]
    code: str
    says: str
    signs: bool
    busy: frozenset[int]
    refused: frozenset[int]
    gone: frozenset[int]


ROBOTS: Mapping[Form, Robot] = {
    Form.WECOM: Robot(
        ("qyapi.weixin.qq.com",),
        re.compile(r"/cgi-bin/webhook/send\?key=(?P<key>[\w*-]+)", re.ASCII),
        "errcode",
        "errmsg",
        signs=False,
        busy=frozenset({45009, 45033}),
        refused=frozenset(),
        gone=frozenset({93000, 93004, 93008}),
    ),
    Form.DINGTALK: Robot(
        ("oapi.dingtalk.com",),
        re.compile(r"/robot/send\?access_token=(?P<key>[\w*-]+)", re.ASCII),
        "errcode",
        "errmsg",
        signs=True,
        busy=frozenset({130101, 410100}),
        refused=frozenset({310000}),
        gone=frozenset({300001, 300005, 400013, 400101, 400102, 400106}),
    ),
    Form.FEISHU: Robot(
        ("open.feishu.cn", "open.larksuite.com"),
        re.compile(r"/open-apis/bot/v2/hook/(?P<key>[\w*-]+)", re.ASCII),
        "code",
        "msg",
        signs=True,
        busy=frozenset({11232, 99991400}),
        refused=frozenset({19021, 19022, 19024}),
        gone=frozenset({19001}),
    ),
}


def form_of(url: str) -> Form:
    """Tell from an address what a webhook is sent, also from one that `shown` has made.

    By the path, so that a WeCom or a DingTalk that an office runs in its own house is known too.
    """
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return next((form for form, robot in ROBOTS.items() if robot.path.fullmatch(path)), Form.OURS)


def checked(address: WebAddress, secret: str) -> str:
    """See that an address of a robot is whole, and that a secret can be one; gives the secret.

    Raises
    ------
    NoticeError
        Part of the address is missing, or the secret is none.
    """
    form, secret = form_of(address.url), secret.strip()
    if form is Form.OURS and any(address.host in robot.hosts for robot in ROBOTS.values()):
        raise NoticeError(
            "That is not the whole address of a robot. Copy it once more from the settings of the group.", field="url"
        )
    if not secret:
        return ""
    if form is Form.OURS or not ROBOTS[form].signs:
        raise NoticeError(
            "Only robots of DingTalk and Feishu have a secret that is entered here. Leave it empty.", field="sign"
        )
    if not SECRET.fullmatch(secret):
        raise NoticeError("That is not the secret of a robot. Copy it once more from its settings.", field="sign")
    return secret


def shown(address: WebAddress) -> str:
    """An address of a robot without its key, of which the last signs stay."""
    key = _key(address)
    return address.url.removesuffix(key) + "***" + (key[-SHOWN:] if len(key) > 2 * SHOWN else "")


def message(address: WebAddress, secret: str, text: str, at: datetime) -> tuple[WebAddress, bytes]:
    """Write what a robot is sent, and where to.

    Parameters
    ----------
    secret
        With which it is signed; empty for no signature.
    text
        Up to `MOST_BYTES` bytes.
    """
    form = form_of(address.url)
    body: dict[str, Any] = {"msgtype": "text", "text": {"content": text}}
    if form is Form.FEISHU:
        body = {"msg_type": "text", "content": {"text": text}}
    if secret and form is Form.FEISHU:
        second = str(int(at.timestamp()))
        body = {"timestamp": second, "sign": _base64(f"{second}\n{secret}", "")} | body
    elif secret and form is Form.DINGTALK:
        moment = round(at.timestamp() * 1000)
        sign = quote_plus(_base64(secret, f"{moment}\n{secret}"))
        address = replace(address, path=f"{address.path}&timestamp={moment}&sign={sign}")
    return address, orjson.dumps(body)


def heard(address: WebAddress, answered: Answered) -> str:
    """What a robot said, without its key, where it has taken what it was sent.

    Raises
    ------
    NoticeError
        It will not take it, however often it is tried.
    PostError
        It did not; it may another time.
    """
    robot = ROBOTS[form_of(address.url)]
    # Cut only then: what is left of a key that was cut would be known no more.
    words = told(hide(address, f"{answered.status} {answered.text}"))
    try:
        said = orjson.loads(answered.text)
        code = said[robot.code]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise PostError("{said}", said=words) from None
    if not isinstance(code, int):
        raise PostError("{said}", said=words)
    if code == 0 and answered.good:
        return words
    values = {"said": told(hide(address, f"{code} {said.get(robot.says, '')}"))}
    if code in robot.gone:
        raise NoticeError("There is no such robot any more. Add it anew, and take this one away. ({said})", **values)
    if code in robot.refused:
        raise NoticeError(
            "The robot’s settings refuse it. Its keyword has to be 户外驿站, its secret the one that was entered here, "
            "and its list of addresses has to allow this server. ({said})",
            **values,
        )
    if code in robot.busy:
        raise PostError("The robot was sent too much at a time. ({said})", **values)
    raise PostError("{said}", **values)


def hide(address: WebAddress, text: str) -> str:
    """Take the key of a robot out of a text."""
    return text.replace(_key(address), "***")


def _key(address: WebAddress) -> str:
    found = ROBOTS[form_of(address.url)].path.fullmatch(address.path)
    return "" if found is None else found["key"]


def _base64(key: str, text: str) -> str:
    return b64encode(hmac.digest(key.encode(), text.encode(), "sha256")).decode()
