"""At the command line: whoever runs the registry proves it, keeps it, and gets it back."""

import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner

from stations.commands.registry import registry_commands
from stations.registry.log import Registry
from stations.settings import Settings


@pytest.fixture
def run(database):
    def invoke(*arguments, at=database):
        group = registry_commands(Settings(database=at))
        return CliRunner().invoke(group, [str(argument) for argument in arguments])

    return invoke


@pytest.fixture
def filled(registry, make_station, noon):
    registry.append([make_station(f"S{n}") for n in range(3)], what="import", who="clerk", at=noon)
    registry.remove(["S2"], who="clerk", at=noon)
    return registry


def digest_in(result):
    return next(line for line in result.stdout.splitlines() if line.startswith("Digest of the log: "))


def broken(tmp_path, statement):
    with closing(sqlite3.connect(tmp_path / "registry.db")) as connection:
        connection.execute(statement)
        connection.commit()


def test_verify_says_what_was_proven(filled, run):
    result = run("verify")
    assert result.exit_code == 0, result.output
    assert "Proven: 4 entries in 2 batches, and the 2 stations that stand by them, as of revision 4." in result.stdout


def test_verify_lists_what_is_wrong_and_how_to_mend_it(filled, run, tmp_path):
    broken(tmp_path, "UPDATE station SET name = '别的' WHERE code = 'S1'")
    result = run("verify")
    assert result.exit_code == 1
    assert "wrong: Station S1 has name “别的” in the table, and by the log “驿站 S1”." in result.stderr
    assert "The log is whole, but what was made from it is not. Make it again: flask registry verify --repair" in (
        result.stderr
    )
    mended = run("verify", "--repair")
    assert mended.exit_code == 0, mended.output
    assert "Made again and proven: 4 entries in 2 batches, and the 2 stations" in mended.stdout
    assert "Start the servers anew" in mended.stdout
    assert run("verify").exit_code == 0


def test_a_log_that_is_damaged_is_not_mended(filled, run, tmp_path):
    broken(tmp_path, "UPDATE batch SET count = 5 WHERE id = 1")
    result = run("verify", "--repair")
    assert result.exit_code == 1
    assert "wrong: Batch 1 says that it has 5 entries, and has 3." in result.stderr
    assert "Nothing was changed. The log itself is damaged. Keep this registry" in result.stderr
    assert "restore the last good backup into a new place: flask registry restore FILE" in result.stderr


def test_verify_makes_no_registry_where_there_is_none(run, tmp_path):
    result = run("verify", at=f"sqlite:///{tmp_path / 'other.db'}")
    assert result.exit_code == 1
    assert "There is no registry other.db." in result.stderr
    assert not (tmp_path / "other.db").exists()


def test_backup_and_restore(filled, run, tmp_path):
    kept = tmp_path / "kept.gz"
    made = run("backup", kept)
    assert made.exit_code == 0, made.output
    assert "kept.gz: 4 entries in 2 batches, up to revision 4, 0.0 MB. Read back and found right." in made.stdout

    again = run("backup", kept)
    assert again.exit_code == 1
    assert "There is a file kept.gz already. Choose another name, or add --force." in again.stderr
    assert run("backup", kept, "--force").exit_code == 0

    other = f"sqlite:///{tmp_path / 'other.db'}"
    restored = run("restore", kept, at=other)
    assert restored.exit_code == 0, restored.output
    assert "Restored 4 entries in 2 batches, up to revision 4, as of 20" in restored.stdout
    assert digest_in(restored) == digest_in(made) == digest_in(run("verify", at=other))
    assert Registry.open(other).snapshot().codes == ("S0", "S1")

    refused = run("restore", kept)
    assert refused.exit_code == 1
    assert "The registry registry.db is not empty" in refused.stderr


def test_restore_refuses_what_is_no_backup(run, tmp_path):
    (tmp_path / "list.csv").write_text("code,name\n")
    result = run("restore", tmp_path / "list.csv", at=f"sqlite:///{tmp_path / 'other.db'}")
    assert result.exit_code == 1
    assert "list.csv is not a backup of a registry" in result.stderr
    assert not (tmp_path / "other.db").exists()
