"""Processes that may be killed by the hundred: each is forked from one that has imported everything already.

Not from that of the tests itself, which may have threads, and connections that a
child must not share.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults import deeds

ROOT = Path(__file__).parents[2]
LONGEST = 65_536


class Child:
    """A process that does one deed and tells, line by line, how far it is."""

    def __init__(self, nursery: Nursery, pid: int, told: int) -> None:
        self._nursery = nursery
        self._told = os.fdopen(told, encoding="utf-8")
        self._pid = pid

    def hear(self) -> str:
        """The next line that it tells, or nothing when it has ended."""
        return self._told.readline().rstrip("\n")

    def kill(self) -> list[str]:
        """Kill it with no warning, and give what it had told that nobody heard yet."""
        self._nursery.ask({"kill": self._pid})
        return self._rest()

    def wait(self) -> tuple[list[str], int]:
        """Let it end, and give what it told, and the signal that ended it or 0."""
        status = self._nursery.ask({"wait": self._pid})
        return self._rest(), os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0

    def _rest(self) -> list[str]:
        with self._told:
            return self._told.read().splitlines()


class Nursery:
    """Makes children; close it at the end."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery", str(theirs.fileno())],
                cwd=ROOT,
                pass_fds=[theirs.fileno()],
            )

    def child(self, deed: str, *arguments: object, user: int = 0, largest_file: int = -1, dies: bool = False) -> Child:
        """Begin a deed, one of `deeds`.

        Parameters
        ----------
        user
            Number of the user to become, where we may.
        largest_file
            Bytes beyond which no file may be written.
        dies
            Whether such a write kills the process at once; otherwise it fails.
        """
        reading, writing = os.pipe()
        how = {"deed": deed, "arguments": arguments, "user": user, "largest_file": largest_file, "dies": dies}
        pid = self.ask(how, writing)
        os.close(writing)
        return Child(self, pid, reading)

    def ask(self, what: dict[str, object], *handles: int) -> int:
        socket.send_fds(self._line, [json.dumps(what, default=str).encode()], handles)
        return json.loads(self._line.recv(LONGEST))

    def close(self) -> None:
        self._line.close()
        self._process.wait(10)


def main(handle: int) -> None:
    warm()
    gc.collect()
    gc.freeze()  # so that a child need not copy what it does not change
    with socket.socket(fileno=handle) as line:
        while True:
            said, handles, *_ = socket.recv_fds(line, LONGEST, 1)
            if not said:
                return
            line.send(json.dumps(answer(json.loads(said), handles, line)).encode())


def warm() -> None:
    """Do it all once, so that whatever is imported late is there: a child without rights could not read it."""
    with tempfile.TemporaryDirectory() as folder:
        path, url = Path(folder) / "list.csv", f"sqlite:///{folder}/registry.db"
        path.write_text("code,name,lon,lat,datum\nS,驿站,116.3,28.3,wgs84\n", encoding="utf-8")
        told: list[object] = []
        deeds.import_list(told.append, url, str(path), 1)
        deeds.copy(told.append, url, f"{folder}/kept.gz")
        deeds.report(told.append, url, 0)
        deeds.bring_back(told.append, f"sqlite:///{folder}/other.db", f"{folder}/kept.gz")


def answer(asked: dict, handles: list[int], line: socket.socket) -> int:
    if "deed" not in asked:
        pid = asked.get("kill") or asked["wait"]
        if "kill" in asked:
            os.kill(pid, signal.SIGKILL)
        return os.waitpid(pid, 0)[1]
    pid = os.fork()
    if pid == 0:
        line.close()
        do(asked, handles[0])
    os.close(handles[0])
    return pid


def do(asked: dict, handle: int) -> None:
    def tell(text: object) -> None:
        os.write(handle, f"{text}\n".encode())

    try:
        if asked["user"]:
            os.setgroups([])
            os.setgid(asked["user"])
            os.setuid(asked["user"])
        if asked["largest_file"] >= 0:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL if asked["dies"] else signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (asked["largest_file"], asked["largest_file"]))
        getattr(deeds, asked["deed"])(tell, *asked["arguments"])
    except BaseException as error:  # noqa: BLE001  nothing may escape into the loop of the nursery
        tell(f"{type(error).__name__}: {error}")
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
