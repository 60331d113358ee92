"""Letters by mail: plain text, to one person each, over a mail server that the operator names.

A letter is refused rather than changed into one that nobody meant: what goes into its headers is an address of the
plain kind, and a subject of one line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from stations.errors import MailError, SettingsError

if TYPE_CHECKING:
    import smtplib
    from datetime import datetime

LONGEST_ADDRESS, LONGEST_LOCAL = 254, 64
"""Characters of an address, and of what stands before its @ (RFC 5321, 4.5.3.1)."""

LONGEST_SUBJECT = 200

TIMEOUT_S = 20.0

PORTS = {"implicit": 465, "starttls": 587, "none": 25}

HERE = frozenset({"localhost", "127.0.0.1", "::1"})

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"

LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

ADDRESS = re.compile(rf"(?P<local>{ATOM}(?:\.{ATOM})*)@(?P<domain>{LABEL}(?:\.{LABEL})+|localhost)")

NOT_A_LINE = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")

FIRST_REFUSAL = 500
"""Answers of a mail server from here on mean: not now and not later (RFC 5321, 4.2.1)."""


def mail_address(text: str) -> str:
    """Read a mail address, like ``li.na@example.org``; the part behind the @ is told in lower case.

    Quoted names, comments, several addresses and letters outside ASCII are refused: few mail servers take them, and
    each has been a way to smuggle something in.

    Raises
    ------
    MailError
        It is not an address of that kind.
    """
    address = text.strip()
    read = ADDRESS.fullmatch(address)
    if read is None or len(address) > LONGEST_ADDRESS or len(read["local"]) > LONGEST_LOCAL:
        raise MailError("“{address}” is not a mail address; write it like li.na@example.org.", address=text[:80])
    return f"{read['local']}@{read['domain'].lower()}"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one person.

    Attributes
    ----------
    to
        The address.
    subject
        One line; what would break it into several is made a space.
    text
        Plain text, lines parted by line feeds.
    mark
        What this letter is known by: sent twice under one mark, a mail program may show it once. Letters, digits and
        hyphens; empty where it does not matter.
    """

    to: str
    subject: str
    text: str = field(repr=False)
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """The mail server that letters are given to.

    Attributes
    ----------
    host, port
        Where it listens.
    tls
        ``starttls`` and ``implicit`` check the server's certificate and go no further without; ``none`` is for a server
        on the same machine or in one's own network.
    user, password
        With which one signs in there; empty for none.
    sender, name
        Address, and name, that letters come from.
    """

    host: str
    port: int
    tls: Literal["starttls", "implicit", "none"]
    sender: str
    name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_settings(cls, url: str, sender: str) -> Mail | None:
        """Read the two settings; None where no mail server is named.

        Parameters
        ----------
        url
            ``smtp://USER:PASSWORD@HOST:PORT``, with STARTTLS on port 587 unless told otherwise (``?tls=none``: in the
            clear, on port 25), or ``smtps://…`` (port 465). A sign in a password that means something in an address is
            written as in one: ``%40`` for @.
        sender
            ``yizhan@example.org``, or with a name: ``Yizhan <yizhan@example.org>``.

        Raises
        ------
        SettingsError
            They cannot be used. What it says holds nothing of the URL, as it is a secret.
        """
        if not url:
            return None
        try:
            parts = urlsplit(url)
            host, port, asked = parts.hostname or "", parts.port, dict(parse_qsl(parts.query))
        except ValueError:
            parts, host, port, asked = urlsplit(""), "", None, {}
        if not host or parts.scheme not in {"smtp", "smtps"} or parts.path.strip("/"):
            raise SettingsError(
                "YIZHAN_MAIL is not the address of a mail server; write smtp://USER:PASSWORD@HOST:587 "
                "or smtps://USER:PASSWORD@HOST:465."
            )
        tls: Literal["starttls", "implicit", "none"]
        if parts.scheme == "smtps":
            tls = "implicit"
        else:
            chosen = asked.get("tls", "starttls")
            if chosen not in {"starttls", "none"}:
                raise SettingsError("YIZHAN_MAIL says tls={tls}; write tls=starttls or tls=none.", tls=chosen[:20])
            tls = "none" if chosen == "none" else "starttls"
        if tls == "none" and parts.password and host not in HERE:
            raise SettingsError(
                "YIZHAN_MAIL would send its password in the clear; leave tls=none out, or the user and password."
            )
        name, address = parseaddr(sender)
        try:
            address = mail_address(address if one_line(sender) == sender.strip() else "")
        except MailError:
            raise SettingsError(
                "YIZHAN_MAIL_FROM is not a mail address; letters need one to come from, like yizhan@example.org."
            ) from None
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(host, port or PORTS[tls], tls, address, one_line(name), user, password)

    def send(self, letter: Letter, *, at: datetime) -> None:
        """Give a letter to the server, which takes it or does not.

        Parameters
        ----------
        at
            Now, for its date.

        Raises
        ------
        MailError
            It was not taken; `later` says whether it may be another time.
        """
        import smtplib

        written = self.written(letter, at)
        try:
            with self._connected() as connection:
                connection.send_message(written, self.sender, [letter.to])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise MailError(
                "The mail server refused the address: {code} {said}",
                later=code < FIRST_REFUSAL,
                code=code,
                said=told(said),
            ) from None
        except smtplib.SMTPResponseException as error:
            raise MailError(
                "The mail server answered: {code} {said}",
                later=error.smtp_code < FIRST_REFUSAL or isinstance(error, smtplib.SMTPAuthenticationError),
                code=error.smtp_code,
                said=told(error.smtp_error),
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise MailError(
                "The mail server could not be reached: {said}",
                later=True,
                said=told(str(error)) or type(error).__name__,
            ) from None

    def written(self, letter: Letter, at: datetime) -> EmailMessage:
        """Put a letter into the form that mail servers read.

        Raises
        ------
        MailError
            Its address is none.
        """
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(self.name, addr_spec=self.sender)
        message["To"] = Address(addr_spec=mail_address(letter.to))
        message["Subject"] = one_line(letter.subject)[:LONGEST_SUBJECT]
        message["Date"] = format_datetime(at)
        if letter.mark:
            message["Message-ID"] = f"<{re.sub('[^A-Za-z0-9-]', '-', letter.mark)}@{self.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="base64" if not letter.text.isascii() else "quoted-printable")
        return message

    def _connected(self) -> smtplib.SMTP:
        """Reach the server and sign in there."""
        import smtplib
        import ssl

        connection: smtplib.SMTP
        if self.tls == "implicit":
            connection = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=ssl.create_default_context())
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        try:
            if self.tls == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if self.user:
                connection.login(self.user, self.password)
        except BaseException:
            connection.close()
            raise
        return connection


def one_line(text: str) -> str:
    """Make one line of a text: every run of signs that end a line, or are none, becomes a space."""
    return " ".join(NOT_A_LINE.sub(" ", text).split())


def told(said: bytes | str) -> str:
    """What a server said, short enough for a log."""
    return one_line(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)[:200]
