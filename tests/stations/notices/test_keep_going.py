"""The clockwork: huey over the outbox, in one process at a time, and nothing lost when one dies."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from click.testing import CliRunner

from stations.commands.notices import notice_commands
from stations.notices import clockwork
from stations.notices.clockwork import keep_going
from stations.notices.facts import State, mail_to

PROJECT = Path(__file__).parents[3]


def until(what, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_it_finds_and_delivers_until_it_is_stopped(office, open_office, monkeypatch):
    monkeypatch.setattr(clockwork, "KEEPS_SAYING_S", 0.05)
    office.hire("west")
    office.edit("W1", phone="1")
    offices = [office, open_office()]
    said: list[list[str]] = [[], []]
    stops = [threading.Event() for _ in offices]
    threads = [
        threading.Thread(target=keep_going, args=(one.notices, stop, heard.append))
        for one, stop, heard in zip(offices, stops, said, strict=True)
    ]
    for thread in threads:
        thread.start()
    until(lambda: any(one.post.letters for one in offices) and any(said))
    for which in sorted((0, 1), key=lambda number: len(said[number])):  # who is at work last: nobody takes its place
        stops[which].set()
        threads[which].join(60)
    assert sum(len(one.post.letters) for one in offices) == 1
    assert sorted(said) == [[], ["notices: at work", "notices: stopped"]], "one of the two alone"
    assert office.notices.lease.hold("next", office.now), "which let go of it"


def test_nobody_works_where_nobody_wants_to_be_told(office):
    stop = threading.Event()
    thread = threading.Thread(target=keep_going, args=(office.notices, stop))
    thread.start()
    time.sleep(0.2)
    stop.set()
    thread.join(5)
    with office.registry.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM notice_lease").scalar() == 0


def test_the_lease_goes_to_another_after_a_minute_of_silence(office):
    lease = office.notices.lease
    assert lease.hold("one", office.now)
    assert not lease.hold("two", office.now + timedelta(seconds=59))
    assert lease.hold("one", office.now + timedelta(seconds=59))
    assert not lease.hold("two", office.now + timedelta(seconds=61))
    assert lease.hold("two", office.now + timedelta(seconds=120))
    assert not lease.hold("one", office.now + timedelta(seconds=121))


def test_a_command_tells_what_there_is_and_ends(office):
    office.hire("west")
    office.edit("W1", phone="1")
    done = CliRunner().invoke(notice_commands(lambda: office.notices), ["run", "--once"])
    assert (done.exit_code, done.output) == (0, "1 made, 1 tried, 0 wait.\n")
    assert len(office.post.letters) == 1


DIES = """
import os, sys
from datetime import datetime, timedelta
from tests.stations.notices.conftest import Office, ZONE
from stations.registry.log import Registry
office = Office(Registry.open(sys.argv[1], ZONE))
office.post.send = lambda letter, at: print("sent", letter.mark, flush=True)
while True:
    office.edit("W1", phone=str(datetime.now().timestamp()))
    print("edited", flush=True)
    office.notices.look(office.now)
    office.notices.deliver_all(office.now)
"""


def test_a_process_that_is_killed_loses_nothing_and_tells_nothing_twice(office, tmp_path):
    office.hire("west", kinds=("edits",))
    url = f"sqlite:///{tmp_path / 'office.db'}"
    edited, sent = 0, []
    for wait_s in (0.04, 0.13):
        process = subprocess.Popen(
            [sys.executable, "-c", DIES, url], cwd=PROJECT, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
        )  # fmt: skip
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(wait_s)
        process.send_signal(signal.SIGKILL)
        lines = [first, *process.communicate()[0].splitlines()]
        edited += sum(line.startswith("edited") for line in lines)
        sent += [line.split()[1] for line in lines if line.startswith("sent") and len(line.split()) == 2]
    office.pass_time(minutes=6)
    office.tell()
    sent += [letter.mark for letter in office.post.letters]
    rows = sqlite3.connect(tmp_path / "office.db").execute
    events = rows("SELECT number FROM notice_event").fetchall()
    entries = rows("SELECT count(*) FROM entry WHERE revision > 3").fetchone()[0]
    told = rows("SELECT events FROM notice_delivery").fetchall()
    assert len(events) == entries >= edited >= 2
    assert sum(len(json.loads(one)) for (one,) in told) == entries, "each in one letter"
    log = office.notices.outbox.log(mail_to("west"), 10_000)
    assert {one.state for one, _, _ in log} == {State.SENT}
    assert len(set(sent)) == len(log), "each letter was sent"
    assert len(sent) <= len(log) + 2, "and at most one twice for each death, under the same mark"
