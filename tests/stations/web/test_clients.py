"""Who a request comes from, whatever its headers claim."""

from __future__ import annotations

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from stations.web.clients import CLIENT, NOBODY, Forwarded, client_of, network_of

HERE = "10.0.0.1"


def asked(said: str | None = None, *, peer: str = HERE) -> dict[str, str]:
    return {"REMOTE_ADDR": peer} | ({} if said is None else {"HTTP_X_FORWARDED_FOR": said})


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        (" 203.0.113.9 ", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("[::ffff:203.0.113.9]:80", "203.0.113.9"),
        ("2002:cb00:7109::1", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::6]:443", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::6]", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_an_address_is_read_however_it_is_written(text, network):
    assert network_of(text) == network


@pytest.mark.parametrize(
    "text",
    ["", "unknown", "_hidden", "-", "256.1.1.1", "01.2.3.4", "1.2.3", "１.2.3.4", '"203.0.113.9"', "[", "[]:1",
     "1::2::3", "203.0.113.9, 1.1.1.1", "203.0.113.9 x", "\x00", "1" * 5000, "203.0.113.9" + " " * 90],
)  # fmt: skip
def test_what_is_no_address_is_none(text):
    assert network_of(text) == ""


@any_of(st.text())
def test_any_text_is_an_address_or_none(text):
    network = network_of(text)
    assert network == "" or network_of(network.removesuffix("/64")) == network


def test_without_proxies_the_connection_alone_counts():
    assert client_of(asked("203.0.113.9"), 0) == HERE


@pytest.mark.parametrize(
    ("proxies", "said", "client"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6,7.7.7.7,203.0.113.9", "203.0.113.9"),
        (2, "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (3, "6.6.6.6, 203.0.113.9, 10.0.0.3, 10.0.0.2", "203.0.113.9"),
        (1, "6.6.6.6, 2001:db8:1:2::9", "2001:db8:1:2::/64"),
        (1, '", 203.0.113.9', "203.0.113.9"),  # a quote that is opened must not swallow what comes after it
        (1, 'for="6.6.6.6;, 203.0.113.9', "203.0.113.9"),
    ],
)
def test_the_entry_of_the_outermost_of_ones_own_proxies_counts(proxies, said, client):
    assert client_of(asked(said), proxies) == client


@pytest.mark.parametrize(
    ("proxies", "said"),
    [(1, None), (1, ""), (1, "unknown"), (1, "6.6.6.6, unknown"), (1, "6.6.6.6,"), (2, "6.6.6.6"), (10, "1.1.1.1,2.2")],
)
def test_where_the_proxies_did_not_say_the_connection_counts(proxies, said):
    assert client_of(asked(said), proxies) == HERE


@any_of(st.text(st.characters(codec="latin-1"), max_size=60), st.integers(1, 3))
def test_nothing_that_a_client_writes_changes_who_it_is(claim, proxies):
    """Its own claims stand first; each proxy adds the address that it was asked from."""
    chain = ["203.0.113.9", "10.0.0.3", "10.0.0.2"][:proxies]
    assert client_of(asked(", ".join([claim, *chain])), proxies) == "203.0.113.9"


def test_another_header_is_never_looked_at():
    others = ("HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_CLIENT_IP", "HTTP_CF_CONNECTING_IP")
    environ = asked("203.0.113.9") | dict.fromkeys(others, "6.6.6.6")
    assert client_of(environ, 1) == "203.0.113.9"


def test_a_socket_file_has_no_address():
    assert client_of(asked(peer=""), 0) == client_of({}, 0) == NOBODY
    assert client_of(asked("203.0.113.9", peer=""), 1) == "203.0.113.9"


@pytest.fixture
def told():
    """What stands behind is told of a request."""

    def ask(proxies: int, **headers: str) -> str:
        @Request.application
        def tell(request: Request) -> Response:
            return Response(f"{request.environ[CLIENT]} {request.scheme} {request.host}")

        said = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client(Forwarded(tell, proxies)).get("/", headers=said).text

    return ask


def test_scheme_and_host_are_taken_from_ones_own_proxy(told):
    said = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "yizhan.example.org"}
    assert told(1, **said) == "unknown https yizhan.example.org"
    assert told(0, **said) == "unknown http localhost"


@pytest.mark.parametrize(
    ("proxies", "proto", "scheme"),
    [
        (1, "http, https", "https"),
        (1, "https, http", "http"),
        (2, "https, http", "https"),
        (2, "https", "https"),  # most proxies replace it, so that one entry stands for all of them
        (1, "javascript", "http"),
        (1, "", "http"),
        (1, "HTTPS", "https"),
    ],
)
def test_the_scheme_is_that_of_the_outermost_of_ones_own_proxies(told, proxies, proto, scheme):
    assert told(proxies, X_Forwarded_Proto=proto).split()[1] == scheme


@pytest.mark.parametrize("host", ["", "a b", "evil/", "a@b", "<script>", "x,", "x:99999999", "[::1"])
def test_a_host_that_is_none_is_not_taken(told, host):
    assert told(1, X_Forwarded_Host=host).split()[2] == "localhost"
