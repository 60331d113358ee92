"""A SQLite file that is locked, read-only, cut off, overwritten, gone, or was left in the middle of a commit."""

import random
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stations.errors import RegistryError, RegistryLockedError
from stations.registry.latest import CHECK_EVERY_S
from stations.registry.log import Registry
from stations.registry.verifying import verify
from tests.faults.conftest import ROWS, write_list
from tests.faults.deeds import take_in

NOBODY = 65_534


@pytest.fixture
def path(open_folder):
    return open_folder / "registry.db"


@pytest.fixture
def url(path):
    return f"sqlite:///{path}"


@pytest.fixture
def public_list(open_folder):
    return write_list(open_folder / "list.csv", ROWS)


@pytest.fixture
def filled(url, path, public_list):
    registry = Registry.open(url)
    take_in(registry, public_list, 1)
    path.chmod(0o666)
    yield registry
    registry.close()


@pytest.fixture
def as_nobody(nursery):
    """Do a deed as a user without rights; gives the last that it told."""

    def do(deed, *arguments):
        lines, ended_by = nursery.child(deed, *arguments, user=NOBODY).wait()
        assert ended_by == 0
        return lines[-1]

    return do


def test_a_registry_locked_by_another_writer(filled, nursery, url, public_list, open_folder):
    """Whoever writes waits for a while; whoever reads is not held up."""
    waiting = Registry.open(url, wait_s=0.3)
    sign = open_folder / "held"
    sign.touch()
    holder = nursery.child("hold", url, sign)
    assert holder.hear() == "holding"
    with pytest.raises(
        RegistryLockedError,
        match=r"^The registry registry\.db is kept locked by another program\. Try again, or see what holds it\.$",
    ):
        take_in(waiting, public_list, 2)
    assert waiting.snapshot().revision == ROWS
    assert verify(waiting.store).differences == ()
    patient = Registry.open(url, wait_s=10.0)
    with ThreadPoolExecutor(1) as pool:
        taken_in = pool.submit(take_in, patient, public_list, 2)
        with pytest.raises(TimeoutError):
            taken_in.result(0.3)
        sign.unlink()
        assert taken_in.result().revision == 2 * ROWS, "the other ended, and nobody had to help"
    holder.wait()
    assert waiting.snapshot().revision == 2 * ROWS


def test_a_read_only_file(filled, path, url, as_nobody, public_list, proven):
    path.chmod(0o444)
    path.parent.chmod(0o755)
    assert as_nobody("look", url) == f"revision {ROWS}", "what can be read is served"
    assert as_nobody("import_list", url, public_list, 2) == (
        "RegistryError: The registry registry.db may not be written by this user. Nothing was changed."
    )
    path.chmod(0o666)
    path.parent.chmod(0o777)
    assert as_nobody("import_list", url, public_list, 2) == f"written {2 * ROWS}"
    assert proven(url).revision == 2 * ROWS


def test_a_read_only_folder(filled, path, url, as_nobody, public_list, proven):
    """SQLite needs its journal beside the file."""
    path.parent.chmod(0o755)
    assert as_nobody("look", url) == f"revision {ROWS}"
    assert as_nobody("import_list", url, public_list, 2) == (
        "RegistryError: The registry registry.db may not be written by this user. Nothing was changed."
    )
    path.parent.chmod(0o777)
    assert as_nobody("import_list", url, public_list, 2) == f"written {2 * ROWS}"
    assert proven(url).revision == 2 * ROWS


def test_no_registry_can_be_made_in_a_read_only_folder(open_folder, as_nobody, url, path):
    open_folder.chmod(0o755)
    assert as_nobody("look", url) == (
        "RegistryError: The registry registry.db cannot be opened. See that its folder is there and writable."
    )
    assert not path.exists()


def test_a_backup_into_a_read_only_folder(filled, open_folder, as_nobody, url):
    shut = open_folder / "shut"
    shut.mkdir(mode=0o755)
    assert as_nobody("copy", url, shut / "kept.gz") == (
        "BackupError: The backup kept.gz cannot be written: Permission denied. Choose another place."
    )


NO_REGISTRY = r"^registry\.db is not a registry, nor any SQLite database\. Set YIZHAN_DATABASE to another\.$"


def fault_of(url):
    """What is said of a registry by whoever opens, reads, proves or writes it."""
    try:
        registry = Registry.open(url)
        registry.snapshot()
        differences = verify(registry.store).differences
    except RegistryError as error:
        return str(error)
    return str(differences[0]) if differences else ""


def test_a_file_that_was_cut_off(filled, path, url):
    """At any length there is a clear word, also where the lost pages are those of an index."""
    whole = path.read_bytes()
    assert fault_of(url) == ""
    page = 4096
    for length in sorted({100, 512, page, page + 7, *range(2 * page, len(whole), 3 * page), len(whole) - 1}):
        path.write_bytes(whole[:length])
        said = fault_of(url)
        assert said, f"cut at {length} of {len(whole)}"
    path.write_bytes(whole)
    assert fault_of(url) == ""


def test_a_header_that_was_overwritten(filled, path, url):
    with path.open("r+b") as file:
        file.write(b"code,name,lon,lat\n" * 10)
    with pytest.raises(RegistryError, match=NO_REGISTRY):
        Registry.open(url)


def test_pages_that_were_overwritten(filled, path, url):
    """Bytes that changed on the disk: whatever page it was, it is found, or it was in no use."""
    whole = path.read_bytes()
    chance = random.Random(2025)
    for page in range(1, len(whole) // 4096):
        noise = chance.randbytes(4096)
        path.write_bytes(whole[: page * 4096] + noise + whole[(page + 1) * 4096 :])
        said = fault_of(url)
        assert said, f"page {page + 1}"


def test_a_journal_left_behind_by_a_crash(tmp_path, nursery, listed, proven):
    """The next who opens the file finishes what the crash left, by taking it back."""
    path = tmp_path / "registry.db"
    url = f"sqlite:///{path}"
    nursery.child("import_list", url, str(listed), 1).wait()
    size = path.stat().st_size
    lines, ended_by = nursery.child("import_list", url, str(listed), 2, largest_file=size + 1, dies=True).wait()
    assert (lines, ended_by) == (["ready", "writing"], signal.SIGXFSZ)
    journal = Path(f"{path}-journal")
    assert journal.stat().st_size > 4096
    assert path.stat().st_size > size, "the file was being changed"
    assert proven(url).revision == ROWS
    assert not journal.exists()


def test_without_the_journal_the_damage_is_told(tmp_path, nursery, listed):
    """Why a registry is never copied or moved without it."""
    path = tmp_path / "registry.db"
    url = f"sqlite:///{path}"
    nursery.child("import_list", url, str(listed), 1).wait()
    size = path.stat().st_size
    nursery.child("import_list", url, str(listed), 2, largest_file=size + 1, dies=True).wait()
    Path(f"{path}-journal").unlink()
    assert fault_of(url)


def test_a_file_that_is_deleted_under_a_server(filled, path, url, public_list, tmp_path):
    now = [0.0]
    server = Registry.open(url, clock=lambda: now[0])
    assert server.snapshot().revision == ROWS
    kept = tmp_path / "kept.db"
    shutil.move(path, kept)
    now[0] += 10 * CHECK_EVERY_S
    assert server.snapshot().revision == ROWS, "an answer of a moment ago is better than none"
    with pytest.raises(
        RegistryError,
        match=r"^The registry registry\.db cannot be opened\. See that its folder is there and writable\.$",
    ):
        take_in(server, public_list, 2)
    assert not path.exists(), "no empty registry may take its place"
    shutil.move(kept, path)
    now[0] += 10 * CHECK_EVERY_S
    assert take_in(server, public_list, 3).revision == 2 * ROWS
    assert server.snapshot().revision == 2 * ROWS
