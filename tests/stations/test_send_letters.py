"""Letters: what may be an address, what a mail server hears, and what it answers."""

import socketserver
import threading
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from stations.errors import MailError, SettingsError
from stations.mail import Letter, Mail, mail_address

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class Listening(socketserver.StreamRequestHandler):
    """A mail server that takes what it is given, or answers as its owner said."""

    server: "Server"

    def handle(self):
        self.say("220 here")
        while line := self.rfile.readline():
            word = line.split()[0].upper()
            self.server.heard.append(line)
            if word == b"DATA":
                self.say("354 go on")
                body = b""
                while (line := self.rfile.readline()) != b".\r\n":
                    body += line.removeprefix(b".")
                self.server.letters.append(message_from_bytes(body, policy=default))
            self.say(self.server.answers.get(word, "250 ok"))
            if word == b"QUIT":
                return

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    """It, with what it `heard`, the `letters` it took and the `answers` it gives."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Listening)
        self.heard, self.letters, self.answers = [], [], {b"QUIT": "221 bye"}


def mail_of(url: str, sender: str) -> Mail:
    """What sends letters by these settings."""
    mail = Mail.from_settings(url, sender)
    assert mail is not None
    return mail


@pytest.fixture
def server():
    """A mail server on this machine, with what it `heard`, the `letters` it took and the `answers` it gives."""
    with Server() as listening:
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield listening
        listening.shutdown()


@pytest.fixture
def mail(server):
    return Mail.from_settings(f"smtp://127.0.0.1:{server.server_address[1]}?tls=none", "户外驿站 <yizhan@example.org>")


def test_a_letter_arrives_as_it_was_written(mail, server):
    mail.send(Letter("Li.Na@Example.ORG", "今天的驿站", "三个驿站的门锁着。\n" * 300, mark="n-7"), at=NOW)
    [letter] = server.letters
    assert letter["from"] == "户外驿站 <yizhan@example.org>"
    assert letter["to"] == "Li.Na@example.org"
    assert letter["subject"] == "今天的驿站"
    assert letter["message-id"] == "<n-7@example.org>"
    assert letter["date"].datetime == NOW
    assert letter.get_content().replace("\r\n", "\n") == "三个驿站的门锁着。\n" * 300


def test_nothing_can_be_put_into_the_headers(mail, server):
    mail.send(Letter("a@example.org", "One\r\nBcc: all@example.org\r\n\r\nTwo\u2028three", "Text.\n.\nMore."), at=NOW)
    [letter] = server.letters
    assert letter["subject"] == "One Bcc: all@example.org Two three"
    assert letter["bcc"] is None
    assert letter.get_content().split() == ["Text.", ".", "More."]
    for address in (
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org, b@example.org",
        "a@x.org>\nRCPT TO:<b@x.org",
    ):
        with pytest.raises(MailError, match="not a mail address"):
            mail.send(Letter(address, "One", "Text."), at=NOW)
    assert len(server.letters) == 1


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "li",
            "li@",
            "@x.org",
            "li@x",
            "a b@x.org",
            '"a"@x.org',
            "a..b@x.org",
            "李@x.org",
            "a@x..org",
            "a@-x.org",
        ),
        *("a@b@x.org", "a@x.org\nb@x.org", "a" * 65 + "@x.org", "a@" + "x." * 130 + "org"),
    ],
)
def test_what_is_no_address(address):
    with pytest.raises(MailError):
        mail_address(address)


def test_an_address_is_told_one_way():
    assert mail_address("  Li.Na+desk@Mail.Example.ORG ") == "Li.Na+desk@mail.example.org"


@pytest.mark.parametrize(
    ("answers", "later"),
    [
        ({b"RCPT": "550 no such person"}, False),
        ({b"RCPT": "451 busy"}, True),
        ({b"DATA": "554 spam"}, False),
        ({b"MAIL": "421 come later"}, True),
    ],
)
def test_a_refusal_says_whether_to_try_again(mail, server, answers, later):
    server.answers.update(answers)
    with pytest.raises(MailError) as caught:
        mail.send(Letter("a@example.org", "One", "Text."), at=NOW)
    assert caught.value.later is later
    assert next(iter(answers.values()))[4:] in str(caught.value)


def test_a_server_that_is_away_may_be_there_later():
    with pytest.raises(MailError, match="could not be reached") as caught:
        mail_of("smtp://127.0.0.1:9?tls=none", "a@example.org").send(Letter("a@b.org", "", ""), at=NOW)
    assert caught.value.later


def test_nothing_is_sent_in_the_clear_unless_that_was_said(server):
    mail = mail_of(f"smtp://me:secret@127.0.0.1:{server.server_address[1]}", "a@example.org")
    with pytest.raises(MailError):
        mail.send(Letter("a@b.org", "", ""), at=NOW)
    assert not any(b"AUTH" in line or b"RCPT" in line for line in server.heard)


def test_the_settings_are_read():
    assert Mail.from_settings("", "") is None
    mail = mail_of("smtp://me%40x.org:p%2Fw@mail.x.org", "a@x.org")
    assert (mail.host, mail.port, mail.tls, mail.user, mail.password) == (
        "mail.x.org", 587, "starttls", "me@x.org", "p/w"
    )  # fmt: skip
    assert mail_of("smtps://mail.x.org", "a@x.org").port == 465
    assert "p/w" not in repr(mail)


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("https://mail.x.org", "a@x.org"),
        ("mail.x.org", "a@x.org"),
        ("smtp://", "a@x.org"),
        ("smtp://x.org:abc", "a@x.org"),
        ("smtp://x.org", ""),
        ("smtp://x.org", "a@x.org\r\nBcc: b@x.org"),
        ("smtp://me:secret@x.org?tls=none", "a@x.org"),
        ("smtp://x.org?tls=off", "a@x.org"),
    ],
)
def test_settings_that_cannot_be_used_say_so_without_the_secret(url, sender):
    with pytest.raises(SettingsError, match="YIZHAN_MAIL") as caught:
        Mail.from_settings(url, sender)
    assert "secret" not in str(caught.value)
