"""A server as `make run` starts it, whose processes may be killed, and somebody who sends it forms."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import requests
from urllib3.exceptions import NewConnectionError

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
STARTS_WITHIN_S = 180.0
ANSWERS_WITHIN_S = 60.0
PAUSE_S = 0.02


class CutOffError(Exception):
    """What was sent got no answer: whoever was to give it is dead."""


class Server:
    """A server over a registry, with no atlas.

    Parameters
    ----------
    database
        URL of the registry.
    folder
        Empty, for what it keeps beside.

    Attributes
    ----------
    made_at
        When those that answer now were seen first, by the monotonic clock.
    """

    def __init__(self, database: str, folder: Path) -> None:
        # Held, and never listened at, while no worker is there: nobody else is given the port meanwhile.
        self.held = socket.socket()
        for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            self.held.setsockopt(socket.SOL_SOCKET, option, 1)
        self.held.bind((HOST, 0))
        self.port = self.held.getsockname()[1]
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("YIZHAN_")} | {
            "YIZHAN_DATABASE": database,
            "YIZHAN_ATLAS": str(folder / "no-atlas"),
            "YIZHAN_REQUESTS_PER_MINUTE": "0",
            "YIZHAN_REPORTS_PER_HOUR": "0",
            "YIZHAN_PROXIES": "1",
        }
        self.said = (folder / "said.log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None
        self.made_at = 0.0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def command(self) -> list[str]:
        """What `make run` does at its end."""
        made = ["make", "-n", "--no-print-directory", "run", "READY=", f"PORT={self.port}"]
        made.append(f"BIN={Path(sys.executable).parent}")
        told = subprocess.run(made, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True).stdout
        return shlex.split(told[told.index("exec env") :].removeprefix("exec ").replace("\\\n", " "))

    def start(self) -> float:
        """Start it, and wait until it answers; gives the seconds."""
        self.process = subprocess.Popen(
            self.command(), cwd=ROOT, env=self.environment, stdout=self.said, stderr=self.said
        )
        return self.wait()

    def wait(self, instead_of: Sequence[int] = ()) -> float:
        """Wait until both workers answer, others than those that were killed; gives the seconds."""
        begun, self.made_at = time.monotonic(), 0.0
        while time.monotonic() < begun + STARTS_WITHIN_S:
            assert self.process is not None
            assert self.process.poll() is None, "the server has ended by itself"
            # A new worker listens only when it has opened the registry: those that do have a thread for each request.
            workers = self.workers()
            if len(workers) == 2 and not set(workers) & set(instead_of):
                self.made_at = self.made_at or time.monotonic()
                if self.answers():
                    return time.monotonic() - begun
            time.sleep(PAUSE_S)
        message = "The server did not come back."
        raise AssertionError(message)

    def answers(self) -> bool:
        """Whether whoever comes is answered."""
        try:
            return requests.get(f"{self.url}/healthz", timeout=20.0).ok
        except requests.RequestException:
            return False

    def workers(self) -> list[int]:
        """Processes that answer."""
        assert self.process is not None
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return [int(child) for child in children if b"resource_tracker" not in command_of(child)]

    def kill(self, pids: Sequence[int]) -> None:
        """Kill processes of it with no warning."""
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """Kill all of it, first who would start workers anew."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        workers = self.workers()
        self.kill([self.process.pid, *workers])
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        """Stop it in good order, and whatever of it is left."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(20.0)
            except subprocess.TimeoutExpired:
                self.kill_all()
        self.said.close()
        self.held.close()


def command_of(pid: str) -> bytes:
    """The command line of a process; empty if it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


class Sender:
    """Somebody with a browser, who sends forms; each on a connection of its own, so that any worker may get it.

    Attributes
    ----------
    longest_s
        What they waited longest for an answer, with the time in which nobody listened.
    sending
        Whether a form of theirs is on its way.
    network
        Where they come from, as a proxy would tell.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.longest_s = 0.0
        self.sending = False
        self.network = HOST

    def sign_in(self, login: str, password: str) -> None:
        """Sign in by the form."""
        there = self.post("/desk/sign-in", {"login": login, "password": password}).headers["Location"]
        assert there.startswith("/desk"), there
        self.token = ""  # who comes in begins anew

    def get(self, path: str) -> requests.Response:
        """Look at a page."""
        return self._ask("GET", path)

    def post(
        self, path: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]] | None = None
    ) -> requests.Response:
        """Send a form, with the token that every form carries.

        Raises
        ------
        CutOffError
            Nobody answered.
        """
        if not self.token:
            self.token = self.get("/api/token").json()["token"]
        return self._ask("POST", path, {**fields, "csrf_token": self.token}, files)

    def _ask(
        self,
        verb: str,
        path: str,
        fields: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> requests.Response:
        """Ask, and again in a moment when told so: ten at once are many for a server that just came."""
        give_up_at = time.monotonic() + ANSWERS_WITHIN_S
        while True:
            self.sending = verb == "POST"
            try:
                answer = self._ask_once(verb, path, fields, files)
            finally:
                self.sending = False
            if answer.status_code != 503 or time.monotonic() > give_up_at:
                return answer
            time.sleep(0.5)

    def _ask_once(
        self,
        verb: str,
        path: str,
        fields: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> requests.Response:
        begun = time.monotonic()
        while True:
            try:
                answer = requests.request(
                    verb,
                    self.server.url + path,
                    data=fields,
                    files=files,
                    cookies=self.cookies,
                    headers={"Connection": "close", "X-Forwarded-For": self.network},
                    allow_redirects=False,
                    timeout=ANSWERS_WITHIN_S,
                )
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as fault:
                if not nobody_there(fault):
                    raise CutOffError(path) from fault
                assert time.monotonic() < begun + STARTS_WITHIN_S, "nobody listens any more"
                time.sleep(PAUSE_S)
                continue
            self.longest_s = max(self.longest_s, time.monotonic() - begun)
            self.cookies |= answer.cookies.get_dict()
            return answer


def nobody_there(fault: Exception) -> bool:
    """Whether a connection was not even made, so that nothing was sent."""
    inside = fault.args[0] if fault.args else None
    return isinstance(getattr(inside, "reason", None), NewConnectionError)
