"""One request to a webhook: signed, to an address that was looked at, with an end to it."""

from __future__ import annotations

import errno
import hmac
import http.client
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from stations.errors import PostError
from stations.mail import told
from stations.notices.webaddress import InTime, Resolve, WebAddress, reachable, resolve

if TYPE_CHECKING:
    import ssl

CONNECT_S, WHOLE_S = 10.0, 20.0
"""How long a connection may take, and all of it."""

NO_WAY = (errno.EHOSTUNREACH, errno.ENETUNREACH)

ANSWER_BYTES = 4000
GOOD = range(200, 300)
SIGNATURE, ID, KIND = "X-Yizhan-Signature", "X-Yizhan-Delivery", "X-Yizhan-Event"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the other side said.

    Attributes
    ----------
    words
        Status, reason and the beginning of the text.
    text
        As it came, cut.
    """

    status: int
    words: str
    text: str = ""

    @property
    def good(self) -> bool:
        """Whether it took what it was sent."""
        return self.status in GOOD


class Poster:
    """Sends to webhooks. Threads may share it.

    Parameters
    ----------
    inside
        Whether networks of one's own may be reached.
    context
        How certificates are checked, where not as always.
    look_up
        How names are looked up, where not by the system, which is given a time for it.
    """

    def __init__(
        self, *, inside: bool = False, context: ssl.SSLContext | None = None, look_up: Resolve | None = None
    ) -> None:
        self.inside, self._context, self._look_up = inside, context, look_up or InTime(resolve)

    def check(self, address: WebAddress) -> None:
        """See that an address may be sent to.

        Raises
        ------
        PostError
            It may not.
        """
        reachable(address, inside=self.inside, look_up=self._look_up)

    def post(self, address: WebAddress, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Send something.

        Raises
        ------
        PostError
            It could not be sent, or there was no answer in time.
        """
        where = reachable(address, inside=self.inside, look_up=self._look_up)
        connection = _Pinned(address, where, self._context or _context())
        # Whoever answers a byte at a time would otherwise keep a worker for ever.
        end = threading.Timer(WHOLE_S, connection.cut)
        end.daemon = True
        end.start()
        try:
            connection.request("POST", address.path, body, dict(headers) | {"Host": address.authority})
            answer = connection.getresponse()
            text = answer.read(ANSWER_BYTES).decode("utf-8", "replace")
            return Answered(answer.status, told(f"{answer.status} {answer.reason} {text}"), text)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, TimeoutError) or connection.was_cut:
                raise PostError("Nothing was answered in time.") from None
            raise fault_of(error) from None
        finally:
            end.cancel()
            connection.close()


def fault_of(error: Exception) -> PostError:
    """Say what kept a request from being answered, for who set the webhook: what is usual in words of ours."""
    import ssl

    said = told(str(error)) or type(error).__name__
    if isinstance(error, ConnectionRefusedError):
        return PostError("The connection was refused: no program listens at this address and port.")
    if isinstance(error, ssl.SSLCertVerificationError):
        return PostError("The certificate of the program was not accepted: {said}", said=told(error.verify_message))
    if isinstance(error, ConnectionError | ssl.SSLEOFError):
        return PostError("The other side broke the connection off without an answer.")
    if isinstance(error, ssl.SSLError):
        return PostError("No encrypted connection came about. Does the program speak https there? {said}", said=said)
    if isinstance(error, OSError) and error.errno in NO_WAY:
        return PostError("No way leads to this address from here.")
    return PostError("{said}", said=said)


class _Pinned(http.client.HTTPSConnection):
    """A connection to one address of IP, with the certificate of the name that stood for it; no proxy is asked."""

    def __init__(self, address: WebAddress, where: str, context: ssl.SSLContext) -> None:
        super().__init__(address.host, address.port, timeout=CONNECT_S, context=context)
        self._where, self._checked_by = where, context
        self.was_cut = False

    def connect(self) -> None:
        plain = socket.create_connection((self._where, self.port), CONNECT_S)
        self.sock = plain
        shaken = self._checked_by.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = shaken  # before the two speak, so that it can be cut while they do
        shaken.do_handshake()

    def cut(self) -> None:
        """End it, whatever it is doing."""
        self.was_cut = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:  # it had ended by itself
                return


def signature(secret: str, body: bytes, at: datetime) -> str:
    """Sign what is sent: ``t=`` the second of sending, ``v1=`` HMAC-SHA256 over that second, a full stop, the body."""
    second = int(at.timestamp())
    return f"t={second},v1={hmac.digest(secret.encode(), f'{second}.'.encode() + body, 'sha256').hex()}"


def _context() -> ssl.SSLContext:
    import ssl

    return ssl.create_default_context()
