"""A PostgreSQL server of the tests' own: made in a temporary folder, started, stopped, and thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.sql import SQL, Composable, Identifier

SETTINGS = {
    "listen_addresses": "''",  # a socket in its own folder; no port that another could have
    "fsync": "off",  # a machine that fails takes the tests with it
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "jit": "off",
    "lc_messages": "C",
    "log_min_messages": "fatal",
}
OWNER = "postgres"
HBA = f"local all {OWNER} trust\nlocal all all scram-sha-256\n"

WATCH = (
    'read -r _; if test -e "$2/data/postmaster.pid"; then "$1/pg_ctl" stop -m immediate -D "$2/data"; fi; rm -rf "$2"'
)
"""Waits until whoever holds its other end lets go or is killed, whatever the way; then takes the server away."""


def find_programs() -> Path | None:
    """Folder of initdb and pg_ctl, the newest version where there are several; None where none is installed."""
    on_path = shutil.which("initdb")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False).stdout.strip()
        candidates.append(Path(told))
    candidates += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True
    )
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


class Cluster:
    """A server in a folder of its own. Made stopped; `start` it.

    Attributes
    ----------
    folder
        Where its data, its socket and its log are.
    """

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        # Not under the folder of pytest, which nobody else may enter: the server refuses to run as root.
        self.folder = Path(tempfile.mkdtemp(prefix="yizhan-pg-"))
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self._run(
            "initdb", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", f"--username={OWNER}",
            f"--pgdata={self.data}",
        )  # fmt: skip
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
            conf.write(f"unix_socket_directories = '{self.folder}'\n")
        (self.data / "pg_hba.conf").write_text(HBA, encoding="utf-8")
        self._watch = subprocess.Popen(
            ["sh", "-c", WATCH, "watch", str(programs), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,  # so that it outlives a Ctrl-C
            **self._as_user,
        )

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres", user: str = OWNER, password: str = "") -> str:
        """URL of a database on it."""
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._run("pg_ctl", "start", "--wait", f"--pgdata={self.data}", f"--log={self.folder / 'log'}")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: ``fast`` lets go of everyone in good order, ``immediate`` is a crash."""
        self._run("pg_ctl", "stop", "--wait", f"--mode={mode}", f"--pgdata={self.data}")

    def restart(self, mode: str = "fast") -> None:
        """Stop it and start it again."""
        self.stop(mode)
        self.start()

    @property
    def running(self) -> bool:
        return (self.data / "postmaster.pid").exists()

    def remove(self) -> None:
        """Stop it and take all of it away."""
        if self.running:
            self.stop("immediate")
        self._watch.communicate(timeout=60.0)
        assert not self.folder.exists()

    @property
    def _as_user(self) -> dict[str, Any]:
        return {"user": self._user, "group": self._user, "extra_groups": []} if self._user else {}

    def _run(self, program: str, *arguments: str) -> None:
        # Its output goes to a file: a server keeps a pipe open for as long as it runs.
        with (self.folder.parent / f"{self.folder.name}.out").open("w+", encoding="utf-8") as said:
            done = subprocess.run(
                [str(self._programs / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=self.folder,
                check=False,
                **self._as_user,
            )
            said.seek(0)
            text = said.read()
        Path(said.name).unlink()
        if done.returncode:
            message = f"{program} failed: {text.strip() or 'it said nothing'}"
            raise RuntimeError(message)


@contextmanager
def cluster(programs: Path | None = None) -> Iterator[Cluster]:
    """A running server, for as long as it is needed."""
    programs = programs or find_programs()
    assert programs is not None
    made = Cluster(programs)
    try:
        made.start()
        yield made
    finally:
        made.remove()


class Databases:
    """Makes databases on a server, each a copy of a new registry, and takes them away again.

    Parameters
    ----------
    url
        Of any database on the server, as a user who may make others.
    """

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url).set(drivername="postgresql")
        self._mark = f"yizhan_test_{uuid.uuid4().hex[:8]}"
        self._made: list[str] = []
        self._count = 0
        self._template = ""

    def new(self) -> str:
        """URL of a new registry, empty."""
        if not self._template:
            from stations.registry.log import Registry

            made = self.empty()
            Registry.open(made).close()
            self._template = self._made[-1]
        return self._create(self._template)

    def empty(self) -> str:
        """URL of a new database with nothing in it, not even PostGIS."""
        return self._create("template0")

    def drop(self, url: str) -> None:
        """Take a database away, whoever uses it."""
        name = sa.make_url(url).database or ""
        self.do(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
        self._made = [made for made in self._made if made != name]

    def drop_all(self) -> None:
        """Take away every database that was made."""
        for name in self._made:
            self.do(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def _create(self, template: str) -> str:
        self._count += 1
        name = f"{self._mark}_{self._count}"
        statement = SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(Identifier(name), Identifier(template))
        # Twice as quick without fsync, and what older versions do anyway.
        self.do(statement, SQL("STRATEGY file_copy"))
        self._made.append(name)
        return self._url.set(database=name).render_as_string(hide_password=False)

    def do(self, statement: Composable, from_version_15: Composable | None = None) -> None:
        """Run a statement outside any transaction."""
        with psycopg.connect(self._url.render_as_string(hide_password=False), autocommit=True) as connection:
            if from_version_15 and connection.info.server_version >= 150_000:
                statement += SQL(" ") + from_version_15
            connection.execute(statement.as_string(connection).encode())
