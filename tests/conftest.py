"""What every test stands on: no network, no silent skips, and the folders and servers that some tests need."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.postgres import Databases, cluster, find_programs

IN_CI = os.environ.get("CI") == "true"
MARKED_BY_FIXTURE = {"chromium": "browser", "postgres_url": "postgres", "real_data": "real_data"}

# Other work on the same machine must not fail a property for being slow.
hypothesis.settings.register_profile("yizhan", deadline=None, derandomize=IN_CI)
hypothesis.settings.load_profile("yizhan")


class NetworkError(RuntimeError):
    """A test reached for another machine. Not an OSError, so that no code under test takes it for a bad line."""


def is_here(address: object) -> bool:
    """Tell whether a socket address, or a host name, is this machine."""
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    return host in {None, "", "localhost", "::1"} or (isinstance(host, str) and host.startswith(("127.", "/", "\0")))


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Let sockets reach this machine alone."""

    def only_here(original: Callable, address_of: Callable) -> Callable:
        def guarded(*args, **kwargs):
            address = address_of(*args)
            if not is_here(address):
                message = f"A test reached for {address}. Tests use no network."
                raise NetworkError(message)
            return original(*args, **kwargs)

        return guarded

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            original = getattr(socket.socket, name)
            patch.setattr(socket.socket, name, only_here(original, lambda _, address: address))
        patch.setattr(socket, "getaddrinfo", only_here(socket.getaddrinfo, lambda host, *_: host))
        yield


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real extracts, boundaries and station lists."""
    folder = os.environ.get("YIZHAN_DATA")
    if not folder:
        pytest.skip("YIZHAN_DATA names no folder of real data")
    assert Path(folder).is_dir(), f"YIZHAN_DATA={folder} is not a folder"
    return Path(folder)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of a PostgreSQL server's database, as a user who may make others; a server of the tests' own, unless told."""
    url = os.environ.get("YIZHAN_TEST_POSTGRES")
    if url:
        yield url
        return
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed, and YIZHAN_TEST_POSTGRES gives no URL of a server for tests")
    with cluster(programs) as server:
        yield server.url()


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Iterator[Databases]:
    """Makes databases on the server."""
    made = Databases(postgres_url)
    yield made
    made.drop_all()


@pytest.fixture
def postgres_registry(databases: Databases) -> Iterator[str]:
    """URL of an empty registry on PostgreSQL."""
    url = databases.new()
    yield url
    databases.drop(url)


@pytest.fixture
def postgres_empty(databases: Databases) -> Iterator[str]:
    """URL of a PostgreSQL database with nothing in it, not even PostGIS."""
    url = databases.empty()
    yield url
    databases.drop(url)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they ask for, so that ``-m "not browser"`` needs no second declaration.

    What takes a minute by itself comes first: at the end one process would be at it, and the others idle.
    """
    items.sort(key=lambda item: "faults" not in item.path.parts)
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKED_BY_FIXTURE:
                item.add_marker(MARKED_BY_FIXTURE[fixture])


def fail_if_skipped(report):
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}. Nothing may be skipped in CI."
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """In CI, a skipped test is a failed one."""
    report = yield
    return fail_if_skipped(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    """In CI, a skipped module is a failed one."""
    report = yield
    return fail_if_skipped(report)
