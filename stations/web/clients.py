"""Who asks: the network that a request comes from, seen past the operator's own proxies and no further."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CLIENT = "yizhan.client"
"""Where `Forwarded` leaves the client's network in a request's environment."""

NOBODY = "unknown"
"""The network of a request that does not say where it comes from, as through a socket file: all of them are one."""

LONGEST_ADDRESS = 64
BITS_OF_A_SITE = 64
"""Of an IPv6 address: one connection is given at least so many, and whoever has it may use any address in it."""

HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
"""What a host may be called in an address: a name or a number, and perhaps a port."""


def client_of(environ: WSGIEnvironment, proxies: int) -> str:
    """Give the network of whoever sent a request.

    Parameters
    ----------
    environ
        The request's WSGI environment.
    proxies
        How many proxies of the operator's own stand in front. Each puts the address that it was asked from at the end
        of ``X-Forwarded-For``, so that the client is the entry so many from the right. What stands further left is
        hearsay, written by anybody. Where that entry is missing or no address, the connection's own address counts.

    Returns
    -------
    str
        An IPv4 address, the /64 of an IPv6 address, or `NOBODY`.
    """
    if proxies:
        # Parted at commas alone. Quotes mean nothing here: one that is opened in what the client wrote would swallow
        # what the proxies added.
        entries = environ.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", proxies)
        if len(entries) >= proxies and (said := network_of(entries[-proxies])):
            return said
    return network_of(environ.get("REMOTE_ADDR", "")) or NOBODY


def network_of(text: str) -> str:
    """Read an address as servers and proxies write it, perhaps with a port, into its network; empty if it is none."""
    return _network(text.strip()) if len(text) <= LONGEST_ADDRESS else ""


@lru_cache(maxsize=4096)
def _network(text: str) -> str:
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv4Address):
        return str(address)
    inside = address.ipv4_mapped or address.sixtofour
    return str(inside or IPv6Network((address, BITS_OF_A_SITE), strict=False))


class Forwarded:
    """A WSGI application that tells the one behind it who asks, by which scheme and for which host.

    The client's network is left in the environment as `CLIENT`. Of ``X-Forwarded-Proto`` and ``X-Forwarded-Host``,
    which most proxies replace instead of adding to, the entry of the outermost of the operator's own counts. Without
    proxies none of these headers is looked at; ``Forwarded`` (RFC 7239) never is.

    Parameters
    ----------
    app
        What stands behind.
    proxies
        How many proxies of the operator's own stand in front.
    """

    def __init__(self, app: WSGIApplication, proxies: int) -> None:
        self._app, self._proxies = app, proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Look, note, and pass on."""
        proxies = self._proxies
        environ[CLIENT] = client_of(environ, proxies)
        if proxies:
            scheme = _outermost(environ.get("HTTP_X_FORWARDED_PROTO", ""), proxies).lower()
            if scheme in {"http", "https"}:
                environ["wsgi.url_scheme"] = scheme
            host = _outermost(environ.get("HTTP_X_FORWARDED_HOST", ""), proxies)
            if HOST.fullmatch(host):
                environ["HTTP_HOST"] = host
        return self._app(environ, start_response)


def _outermost(header: str, proxies: int) -> str:
    return header.rsplit(",", proxies)[-proxies:][0].strip()
