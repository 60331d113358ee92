"""Addresses that webhooks may have, and where they lead: into the open, unless the operator lets them in.

A server that sends what others ask it to, to where others tell it, must not become their way into the network that it
stands in (server-side request forgery). So a name is looked up once, every address that it has is looked at, and the
connection goes to the very address that was looked at: a name that changes its mind between the look and the connection
gains nothing. Answers that lead elsewhere are not followed.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from stations.errors import NoticeError, PostError

LONGEST = 500
HTTPS = 443

LOOK_UP_S, MOST_LOOK_UPS = 5.0, 8
"""How long a name may be looked up, and how many may be at a time."""

NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
PLAIN = re.compile(r"[!-~]+")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a name. Raises `OSError` where it has none."""

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses of IPv4 as they look behind a translator (RFC 6052)."""


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Where a webhook is: scheme `https`, a host, a port, and what follows, which may be a key."""

    host: str
    port: int
    path: str = field(repr=False)

    @classmethod
    def read(cls, text: str) -> WebAddress:
        """Read one as somebody typed it.

        Raises
        ------
        NoticeError
            It cannot be the address of a webhook. Says why.
        """
        url = text.strip()
        if len(url) > LONGEST:
            raise NoticeError("The address has more than {most} characters.", field="url", most=LONGEST)
        try:
            parts = urlsplit(url)
            port = parts.port
            host = (parts.hostname or "").rstrip(".").encode("idna").decode().lower()
        except (ValueError, UnicodeError):
            parts, port, host = urlsplit(""), None, ""
        if parts.scheme != "https" or not host:
            raise NoticeError(
                "Write an address that begins with https://, like https://example.org/yizhan.", field="url"
            )
        if parts.username is not None or parts.password is not None:
            raise NoticeError(
                "Leave the user name and password out of the address. What is sent is signed instead.", field="url"
            )
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if parts.fragment or port == 0 or not (NAME.fullmatch(host) or _literal(host)) or not PLAIN.fullmatch(path):
            raise NoticeError(
                "“{url}” is not an address that something can be sent to. Write other letters of a path as %…, and "
                "nothing behind a #.",
                field="url",
                url=url[:80],
            )
        return cls(host, port or HTTPS, path)

    @property
    def url(self) -> str:
        """The whole of it."""
        return f"https://{self.authority}{self.path}"

    @property
    def authority(self) -> str:
        """Host and port, as a request names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == HTTPS else f"{host}:{self.port}"

    @staticmethod
    def host_of(url: str) -> str:
        """The host of an address that was read before."""
        return urlsplit(url).hostname or ""


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class InTime:
    """Look names up, with an end to it: the system's own way has none, and holds whoever asks.

    Each is asked for in a thread of its own, which is left alone when the time is over. If many are, nobody else asks.

    Parameters
    ----------
    look_up
        How names are looked up.
    within_s
        How long that may take.
    most
        How many look-ups there may be at a time.
    """

    def __init__(self, look_up: Resolve, *, within_s: float = LOOK_UP_S, most: int = MOST_LOOK_UPS) -> None:
        self._look_up, self._within_s, self._room = look_up, within_s, threading.BoundedSemaphore(most)

    def __call__(self, host: str, port: int) -> Sequence[str]:
        """Give the addresses of a name.

        Raises
        ------
        TimeoutError
            Not in time.
        OSError
            It has none.
        """
        if not self._room.acquire(blocking=False):
            raise TimeoutError
        found: Future[Sequence[str]] = Future()

        def run() -> None:
            try:
                found.set_result(self._look_up(host, port))
            except Exception as error:  # noqa: BLE001  raised again where it was asked for
                found.set_exception(error)
            finally:
                self._room.release()

        threading.Thread(target=run, name="look-up", daemon=True).start()
        return found.result(self._within_s)


def reachable(address: WebAddress, *, inside: bool, look_up: Resolve) -> str:
    """The address of IP that one may connect to.

    Parameters
    ----------
    inside
        Whether the operator lets webhooks into networks of one's own.

    Raises
    ------
    PostError
        The name has no address, or none is told in time, or one of them lies in a network of one's own.
    """
    try:
        found = [ipaddress.ip_address(one.partition("%")[0]) for one in look_up(address.host, address.port)]
    except TimeoutError:
        raise PostError("The name {host} could not be looked up in time.", host=address.host) from None
    except (OSError, ValueError, UnicodeError):
        found = []
    if not found:
        raise PostError("The name {host} has no address.", host=address.host)
    if not inside and not all(open_to_all(one) for one in found):
        raise PostError(
            "{host} lies in a network of one's own, where nothing is sent to from here. Whoever runs this house can "
            "allow it with YIZHAN_HOOKS_INSIDE.",
            host=address.host,
        )
    return str(found[0])


def open_to_all(address: Address) -> bool:
    """Whether an address lies in the open network; one that stands for another does only if that one does."""
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if address in NAT64 or int(address) >> 32 == 0:
            within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        # What stood for "of this site" before fc00::/7 did (RFC 3879), and is passed on by nobody else's routers.
        if address.is_site_local or address.teredo is not None or (within is not None and not open_to_all(within)):
            return False
        if within is not None:
            return True
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
