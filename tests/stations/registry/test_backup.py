"""A backup: consistent while somebody writes, private, whole or not there, and good for either store."""

import gzip
import hashlib
import itertools
import os
import stat
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import orjson
import pytest
from hypothesis import HealthCheck, given, settings

from geodata.lonlat import LonLat
from stations.errors import BackupError, RegistryError
from stations.registry import backups, transcript
from stations.registry import kept as keeping
from stations.registry.backups import back_up, read_backup, restore
from stations.registry.log import Registry
from stations.registry.transcript import log_digest, row_of
from stations.registry.verifying import verify
from stations.scenarios import Plans, StoredPlan
from stations.station import AmenityState, Station, Status
from stations.upkeep.facts import Aspect, Sender
from stations.upkeep.saying import Upkeep

SERVER = pytest.param("server", marks=pytest.mark.postgres)


@pytest.fixture
def place(request, tmp_path):
    """URLs of empty registries, of either kind."""
    numbers = itertools.count(1)

    def make(kind):
        if kind == "file":
            return f"sqlite:///{tmp_path / f'place-{next(numbers)}.db'}"
        databases = request.getfixturevalue("databases")
        return databases.new() if kind == "server" else databases.empty()

    return make


@pytest.fixture
def open_there():
    made = []

    def open_(url):
        made.append(Registry.open(url, wait_s=5.0))
        return made[-1]

    yield open_
    for registry in made:
        registry.close()


@pytest.fixture
def filled(registry, make_station, noon):
    registry.append([make_station(f"S{n}", custodian="某人") for n in range(5)], what="import", who="clerk", at=noon)
    registry.append([make_station("S1", seats=4)], what="edit", who="clerk", at=noon)
    registry.remove(["S3"], who="clerk", at=noon)
    return registry


@pytest.fixture
def kept(filled, tmp_path, noon):
    path = tmp_path / "kept.gz"
    back_up(filled.store, path, at=noon)
    return path


def rewritten(path, change):
    """The same backup with other lines in it, well compressed."""
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(change(lines))))


def log_of(registry):
    return list(registry.entries()), [
        (b.id, b.what, b.source, b.digest, b.at, b.who, b.count) for b in registry.batches(10**6)
    ]


def columns_of(registry):
    snapshot = registry.snapshot()
    return snapshot.revision, snapshot.codes, snapshot.records, list(snapshot.revisions), list(snapshot.lon)


def test_what_a_backup_says_of_itself(filled, kept, noon):
    contents = read_backup(kept)
    assert (contents.head, contents.entries, contents.batches) == (7, 7, 3)
    assert contents.made == noon.isoformat()
    assert contents.log == log_digest(filled.store.reading) == verify(filled.store).log


def test_only_its_owner_may_read_it(kept, filled, noon):
    """Whatever the umask, and also when it takes the place of a file that others could read."""
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    kept.chmod(0o644)
    before = os.umask(0)
    try:
        back_up(filled.store, kept, at=noon, overwrite=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_not_overwritten_unasked(filled, kept, noon, make_station):
    before = kept.read_bytes()
    with pytest.raises(BackupError, match=r"There is a file kept\.gz already\. Choose another name, or add --force\."):
        back_up(filled.store, kept, at=noon)
    assert kept.read_bytes() == before
    filled.append([make_station("new")], what="edit", who="x", at=noon)
    assert back_up(filled.store, kept, at=noon, overwrite=True).head == 8
    assert read_backup(kept).head == 8
    assert [path.name for path in kept.parent.iterdir() if "kept" in path.name] == ["kept.gz"]


def test_a_folder_is_never_overwritten(filled, tmp_path, noon):
    with pytest.raises(BackupError, match="There is a file"):
        back_up(filled.store, tmp_path, at=noon, overwrite=True)


def test_a_place_that_is_not_there(filled, tmp_path, noon):
    with pytest.raises(BackupError, match=r"The backup b\.gz cannot be written: No such file or directory"):
        back_up(filled.store, tmp_path / "nowhere" / "b.gz", at=noon)


def test_a_backup_that_fails_leaves_nothing(filled, tmp_path, noon, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(filled.store, tmp_path / "b.gz", at=noon, progress=fail)
    assert not [path.name for path in tmp_path.iterdir() if "b.gz" in path.name]


def test_an_empty_registry_too(registry, place, tmp_path, noon):
    assert back_up(registry.store, tmp_path / "b.gz", at=noon).entries == 0
    assert restore(place("file"), tmp_path / "b.gz", wait_s=1.0).head == 0


def test_it_is_a_consistent_beginning_of_the_log_while_somebody_writes(
    database, make_station, noon, tmp_path, place, open_there
):
    done = Event()
    registry = open_there(database)

    def write():
        writer = open_there(database)
        for number in range(10_000):
            batch = [make_station(f"S{number % 50 + n}", seats=number) for n in range(3)]
            writer.append(batch, what="edit", who="x", at=noon)
            if done.is_set():
                break

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        made: list[backups.Contents] = []
        for number in range(4):
            while registry.changes(0, limit=1).head <= (made[-1].head if made else 0) and not writing.done():
                time.sleep(0.01)
            made.append(back_up(registry.store, tmp_path / f"{number}.gz", at=noon))
        done.set()
        writing.result()
    assert len({one.head for one in made}) == 4
    for number, one in enumerate(made):
        assert one.head % 3 == 0, "no batch is cut in two"
        assert one.log == log_digest(registry.store.reading, one.head)
        url = place("file")
        restore(url, tmp_path / f"{number}.gz", wait_s=1.0)
        assert list(open_there(url).entries()) == list(registry.entries(1, one.head))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
facts = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["A", "B", "C", "站-1", "d'e", "z"]),
        "name": st.sampled_from(["驿站", 'a "b" \\ %s', "é"]),
        "position": st.builds(
            LonLat,
            st.floats(73, 135).map(lambda value: round(value, 7)),
            st.floats(18, 53).map(lambda value: round(value, 7)),
        ),
        "note": texts,
        "extra": st.dictionaries(texts, texts, max_size=2),
        "amenities": st.dictionaries(st.sampled_from(["water", "toilet"]), st.sampled_from(AmenityState)),
        "hours": st.sampled_from(["", "24/7", "Mo-Fr 08:00-18:00"]),
        "status": st.sampled_from(Status),
    }
)
steps = st.lists(
    st.one_of(
        st.lists(facts.map(lambda values: Station(**values)), max_size=4, unique_by=lambda one: one.code),
        st.sampled_from(["remove", "undo"]),
    ),
    max_size=6,
)


def live_through(registry, history):
    """Write whatever a history says, as far as the registry lets it."""
    for number, step in enumerate(history):
        at = datetime(2025, 3, 1 + number, 12, number, tzinfo=UTC)
        if step == "remove":
            registry.remove(registry.snapshot().codes[::2], who="clerk", at=at)
        elif step == "undo":
            last = registry.batches(1)
            if last:
                registry.undo(last[0].id, who="站长", at=at)
        else:
            registry.append(step, what="import", who="clerk", at=at, source=f"{number}.csv", digest="abc")


@pytest.mark.postgres
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps)
def test_any_history_goes_to_the_other_store_and_back(place, open_there, databases, tmp_path_factory, history):
    folder = tmp_path_factory.mktemp("kept")
    first = open_there(place("file"))
    live_through(first, history)
    at = datetime(2025, 4, 1, tzinfo=UTC)
    back_up(first.store, folder / "1.gz", at=at)

    on_server = place("server")
    restore(on_server, folder / "1.gz", wait_s=5.0)
    second = open_there(on_server)
    back_up(second.store, folder / "2.gz", at=at)
    assert (folder / "1.gz").read_bytes() == (folder / "2.gz").read_bytes()

    url = place("file")
    restore(url, folder / "2.gz", wait_s=5.0)
    third = open_there(url)
    proofs = {verify(one.store) for one in (first, second, third)}
    assert len(proofs) == 1
    assert proofs.pop().differences == ()
    assert log_of(first) == log_of(second) == log_of(third)
    assert columns_of(first) == columns_of(second) == columns_of(third)
    second.close()
    databases.drop(on_server)


@pytest.mark.parametrize("kind", ["file", pytest.param("server without PostGIS", marks=pytest.mark.postgres)])
def test_a_restored_registry_goes_on(kept, place, open_there, kind, make_station, noon):
    url = place(kind)
    assert restore(url, kept, wait_s=5.0) == read_backup(kept)
    registry = open_there(url)
    written = registry.append([make_station("new")], what="edit", who="x", at=noon)
    assert (written.revision, written.batch.id) == (8, 4)
    assert registry.snapshot().codes == ("S0", "S1", "S2", "S4", "new")
    assert verify(registry.store).differences == ()


@pytest.mark.parametrize("kind", ["file", SERVER])
def test_only_into_an_empty_place(kept, place, open_there, kind, make_station, noon):
    url = place(kind)
    there = open_there(url)
    there.append([make_station("mine")], what="edit", who="x", at=noon)
    with pytest.raises(RegistryError, match="is not empty, and a backup is restored only into an empty place"):
        restore(url, kept, wait_s=5.0)
    assert there.snapshot().codes == ("mine",)
    assert next(there.entries()).code == "mine"


def test_a_backup_that_was_cut_off_is_refused(kept, place, tmp_path):
    whole = kept.read_bytes()
    for length in {0, 1, 5, 10, 20, *range(30, len(whole), max(1, len(whole) // 25)), len(whole) - 9, len(whole) - 1}:
        kept.write_bytes(whole[:length])
        with pytest.raises(BackupError, match=r"ends too early|not a backup of a registry") as caught:
            restore(place("file"), kept, wait_s=1.0)
        assert "kept.gz" in str(caught.value)
    assert not list(tmp_path.glob("place-*")), "nothing was even begun"


def test_a_changed_byte_anywhere_is_refused(kept, place, tmp_path):
    whole = kept.read_bytes()
    refused = 0
    for at in range(10, len(whole), max(1, len(whole) // 60)):
        kept.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        if says_the_same(kept.read_bytes(), whole):
            continue
        with pytest.raises(BackupError, match=r"kept\.gz"):
            restore(place("file"), kept, wait_s=1.0)
        refused += 1
    assert refused > 50
    assert not list(tmp_path.glob("place-*"))


def says_the_same(changed, whole):
    """Whether a changed bit packs the same: as one that points to another place where the same words stand."""
    with suppress(EOFError, OSError, zlib.error):
        return gzip.decompress(changed) == gzip.decompress(whole)
    return False


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [*lines[:3], lines[3].replace("驿站".encode(), "假站".encode()), *lines[4:]],
        lambda lines: [*lines[:3], *lines[4:]],
        lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]],
        lambda lines: [*lines, lines[3]],
        lambda lines: lines[:-1],
        lambda lines: [lines[0].replace(b'"made":"2025', b'"made":"2035'), *lines[1:]],
        lambda lines: [*lines[:3], b"[]\n", *lines[3:]],
        lambda lines: [*lines[:3], b'{"revision":"3"}\n', *lines[3:]],
        lambda lines: [*lines[:3], b"no line at all", *lines[3:]],
        lambda lines: [*lines[:-1], lines[-1].rstrip()],
    ],
)
def test_other_lines_in_it_are_refused(kept, place, change):
    rewritten(kept, change)
    with pytest.raises(BackupError, match=r"The backup kept\.gz (was altered|ends too early)"):
        restore(place("file"), kept, wait_s=1.0)


@pytest.mark.parametrize(("name", "value"), [("version", 3), ("schema", "0099")])
def test_a_newer_format_is_told(kept, place, name, value):
    def newer(lines):
        return [orjson.dumps(orjson.loads(lines[0]) | {name: value}) + b"\n", *lines[1:]]

    rewritten(kept, newer)
    with pytest.raises(
        BackupError, match=r"was made by a newer version of this program\. Restore it with that version"
    ):
        restore(place("file"), kept, wait_s=1.0)


@pytest.mark.parametrize(
    "content",
    [b"", b"code,name\n", gzip.compress(b"code,name\n"), gzip.compress(b"[1]\n")],
    ids=["empty", "csv", "compressed", "json"],
)
def test_any_other_file_is_told(tmp_path, place, content):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(BackupError, match=r"list\.csv (is not a backup of a registry|ends too early)"):
        restore(place("file"), path, wait_s=1.0)
    with pytest.raises(BackupError, match=r"The backup none\.gz cannot be read: No such file"):
        restore(place("file"), tmp_path / "none.gz", wait_s=1.0)


@pytest.mark.parametrize("kind", ["file", SERVER])
def test_a_log_that_does_not_hold_together_is_not_restored(kept, place, open_there, kind, monkeypatch):
    """Its digests are right, as whoever made it saw to that."""

    def forged(lines):
        lines[3] = lines[3].replace(b'\\"lat\\":28.3', b'\\"lat\\":28.30000004')
        log = hashlib.sha256(b"".join(lines[1:-1])).hexdigest()
        whole = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
        return [*lines[:-1], orjson.dumps(orjson.loads(lines[-1]) | {"log": log, "sha256": whole}) + b"\n"]

    rewritten(kept, forged)
    url = place(kind)
    with pytest.raises(
        BackupError, match=r"does not hold together, and nothing was restored\. The record of revision 2"
    ):
        restore(url, kept, wait_s=5.0)
    assert open_there(url).snapshot().revision == 0


def test_a_backup_that_changes_while_it_is_read_restores_nothing(kept, place, open_there, make_station, noon, filled):
    filled.append([make_station("new")], what="edit", who="x", at=noon)
    other = kept.with_name("other.gz")
    back_up(filled.store, other, at=noon)

    def swap(stage, *_):
        if stage == "check" and other.exists():
            other.replace(kept)

    url = place("file")
    with pytest.raises(BackupError, match=r"The backup kept\.gz changed while it was read\. Nothing was restored\."):
        restore(url, kept, wait_s=1.0, progress=swap)
    assert open_there(url).snapshot().revision == 0


@given(st.binary(max_size=60))
def test_no_line_breaks_the_reading_of_rows(line):
    with pytest.raises(ValueError, match=r"\w"):
        row_of(line)


def test_pages_give_the_same_as_one_reading(filled, monkeypatch):
    whole = log_digest(filled.store.reading)
    monkeypatch.setattr(transcript, "PAGE", 2)
    assert log_digest(filled.store.reading) == whole
    rows = [row for page in transcript.transcript(filled.store.reading, 4, 7) for row in page]
    assert [row_of(row.line()) for row in rows] == rows
    assert [row.revision for row in rows if isinstance(row, transcript.EntryRow)] == [4, 5, 6, 7]
    assert [row.id for row in rows if isinstance(row, transcript.BatchRow)] == [2, 3]


# What people said


KEPT = ("report", "confirmed", "day_count")


def rows_of(registry, table):
    """Rows of a table but for what means something in one store alone."""
    with registry.store.reading() as connection:
        rows = connection.exec_driver_sql(f"SELECT * FROM {table}").mappings().all()
    return sorted(tuple(value for name, value in row.items() if name != "change") for row in rows)


@pytest.fixture
def talked(filled, noon):
    """The same stations, and people who say things of them: S0 is locked, S1 is right."""
    upkeep = Upkeep(filled.store)
    snapshot = filled.snapshot()
    for number in range(3):
        sender = Sender(f"device {number}", f"network {number}")
        facts = {"sender": sender, "now": noon, "revision": int(snapshot.revisions[0])}
        upkeep.report("S0", "locked", note=f"说明 {number}", found=noon, **facts)
        upkeep.confirm("S1", "position", **(facts | {"revision": 6}))
        upkeep.visit("S1", sender=sender, now=noon)
    upkeep.secret()
    return filled


@pytest.mark.parametrize("kind", ["file", SERVER])
def test_what_people_said_comes_along_and_who_they_were_does_not(talked, tmp_path, noon, place, open_there, kind):
    path = tmp_path / "kept.gz"
    assert back_up(talked.store, path, at=noon).kept == 3 + 1 + 2
    text = gzip.decompress(path.read_bytes()).decode()
    with talked.store.reading() as connection:
        secrets = [*connection.exec_driver_sql("SELECT value FROM secret").scalars()]
        secrets += connection.exec_driver_sql("SELECT device FROM sender").scalars()
        secrets += connection.exec_driver_sql("SELECT network FROM sender").scalars()
    assert len(secrets) > 10
    assert not any(secret in text for secret in secrets)

    url = place(kind)
    restore(url, path, wait_s=5.0)
    there = open_there(url)
    assert all(rows_of(there, table) == rows_of(talked, table) for table in KEPT)
    assert rows_of(there, "sender") == rows_of(there, "secret") == []
    upkeep = Upkeep(there.store)
    before = Upkeep(talked.store)
    assert upkeep.cautions(there.snapshot(), noon) == before.cautions(talked.snapshot(), noon) != {}
    assert upkeep.tasks(there.snapshot(), noon) == before.tasks(talked.snapshot(), noon)
    assert upkeep.confirmed("S1", there.snapshot())[Aspect.POSITION].times == 3
    assert upkeep.visits("S1").total == 3
    back_up(there.store, tmp_path / "again.gz", at=noon)
    assert (tmp_path / "again.gz").read_bytes() == path.read_bytes()
    upkeep.report("S0", "gone", sender=Sender("x", "y"), found=noon, now=noon, revision=1)
    assert upkeep.reports("S0")[0].kind == "gone", "and it goes on"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_about_a_later_record_than_the_backup_has_is_left_out(talked, tmp_path, noon, make_station):
    upkeep = Upkeep(talked.store)
    rows = [row for page in keeping.kept_rows(talked.store.reading, talked.snapshot().revision) for row in page]
    revision = talked.append([make_station("S0", seats=9)], what="edit", who="x", at=noon).revision
    upkeep.report("S0", "gone", sender=Sender("x", "y"), found=noon, now=noon, revision=revision)
    again = [row for page in keeping.kept_rows(talked.store.reading, revision - 1) for row in page]
    assert [row for row in again if row.table == "report"] == [row for row in rows if row.table == "report"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_people_said_is_read_in_pages_as_well(talked, monkeypatch):
    whole = [row for page in keeping.kept_rows(talked.store.reading, 7) for row in page]
    monkeypatch.setattr(keeping, "PAGE", 1)
    assert [row for page in keeping.kept_rows(talked.store.reading, 7) for row in page] == whole
    assert [keeping.kept_row(row.line()) for row in whole] == whole


@pytest.mark.parametrize("kind", ["file", SERVER])
def test_saved_plans_come_along_and_the_key_to_them_does_not(filled, tmp_path, noon, place, open_there, kind):
    plans = Plans(filled.store, ZoneInfo("Asia/Shanghai"))
    listed = plans.lists.keep([{"lon": "116.3", "lat": "28.3", "name": "供销社"}], noon)
    found = StoredPlan(("listed-1",), 12.0, 12.0, "proven", 0.5)
    facts = {"query": {"list": [listed], "sites": ["1"]}, "digest": "d", "plan": found, "now": noon}
    first, later = (
        plans.scenarios.save("春", "林某", "", revision=revision, summary={"unit": "people"}, **facts)
        for revision in (7, 8)
    )
    plans.scenarios.accepted(first.id, "listed-1", "S1", "周某", noon)
    plans.searches.begin("m", {}, noon)
    path = tmp_path / "kept.gz"
    assert back_up(filled.store, path, at=noon).kept == 1 + 1 + 2
    assert plans.key.key()[:11] not in gzip.decompress(path.read_bytes()).decode()

    url = place(kind)
    restore(url, path, wait_s=5.0)
    there = Plans(open_there(url).store, ZoneInfo("Asia/Shanghai"))
    assert there.scenarios.history() == (plans.scenarios.get(first.id),), "one of a later revision is left out"
    assert there.lists.rows(listed) == plans.lists.rows(listed)
    assert there.searches.get("m") is None
    assert there.key.key() != plans.key.key()
    back_up(open_there(url).store, tmp_path / "again.gz", at=noon)
    assert (tmp_path / "again.gz").read_bytes() == path.read_bytes()
    assert there.scenarios.save("春", "林某", "", revision=7, summary={}, **facts).version == 2, "and it goes on"
    assert plans.scenarios.get("春") == later


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_of_before_people_could_say_something_is_restored(kept, place, open_there):
    """As version 1 of the format wrote it."""

    def older(lines):
        header = orjson.loads(lines[0]) | {"version": 1, "schema": "0002"}
        lines = [orjson.dumps(header) + b"\n", *lines[1:]]
        footer = orjson.loads(lines[-1]) | {"sha256": hashlib.sha256(b"".join(lines[:-1])).hexdigest()}
        del footer["kept"]
        return [*lines[:-1], orjson.dumps(footer) + b"\n"]

    rewritten(kept, older)
    url = place("file")
    assert restore(url, kept, wait_s=1.0).kept == 0
    assert open_there(url).snapshot().revision == 7


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b'"person":1', b'"person":9'),
        lambda line: line.replace(b'"kept":"report"', b'"kept":"secret"'),
        lambda line: line.replace(b'"person":1', b'"person":"1"'),
        lambda line: line.replace(b'"person":1,', b""),
        lambda line: b"",
    ],
)
def test_other_lines_of_what_people_said_are_refused(talked, tmp_path, noon, place, change):
    path = tmp_path / "kept.gz"
    back_up(talked.store, path, at=noon)
    rewritten(path, lambda lines: [change(line) if b'"person":1' in line else line for line in lines])
    with pytest.raises(BackupError, match=r"The backup kept\.gz was altered"):
        restore(place("file"), path, wait_s=1.0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_place_of_which_something_was_said_is_not_empty(kept, place, open_there, noon):
    url = place("file")
    Upkeep(open_there(url).store).visit("S1", sender=Sender("x", "y"), now=noon)
    with pytest.raises(RegistryError, match="is not empty"):
        restore(url, kept, wait_s=1.0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_place_that_was_served_from_is_still_empty(kept, place, open_there):
    url = place("file")
    Upkeep(open_there(url).store).secret()
    assert restore(url, kept, wait_s=1.0).head == 7
