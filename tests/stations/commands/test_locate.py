"""At the command line: after a new atlas, every station is told its township again, as one batch."""

import dataclasses
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from stations.commands.locating import locate_command
from tests.stations.exchange.test_settling import EAST, WEST, boundaries


@pytest.fixture
def run(registry, make_station, noon):
    stations = [
        make_station("A", position=WEST),
        make_station("B", position=EAST, township="410102100"),
        make_station("C", position=EAST, township_declared="林山寨"),
    ]
    registry.append(stations, what="import", who="clerk", at=noon)

    def invoke(*arguments, townships=None, atlas=True):
        ground: Any = SimpleNamespace(townships=townships or boundaries(), digest="0123456789abcdef")
        command = locate_command(lambda: registry, lambda: ground if atlas else None)
        return CliRunner().invoke(command, list(arguments), env={"USER": "clerk"})

    return invoke


def test_townships_are_computed_in_one_batch(run, registry):
    result = run()
    assert result.exit_code == 0, result.output
    assert "A: - → 410102001" in result.output
    assert "C: The list says 林山寨, but the position lies in 桃村镇 (410102100)" in result.output
    assert "3 stations, 2 changed, 1 whose list says otherwise, 0 without a township." in result.output
    assert [one.township for one in registry.snapshot().stations] == ["410102001", "410102100", "410102100"]
    last = registry.history("A")[-1].batch
    assert (last.what, last.who, last.source) == ("locate", "clerk", "atlas 0123456789ab")
    assert len(registry.history("B")) == 1


def test_a_second_time_changes_nothing(run, registry):
    run()
    head = registry.snapshot().revision
    result = run()
    assert "Nothing to write." in result.output
    assert registry.snapshot().revision == head


def test_a_dry_run_changes_nothing(run, registry):
    head = registry.snapshot().revision
    result = run("--dry-run")
    assert "A: - → 410102001" in result.output
    assert "Dry run: nothing was written." in result.output
    assert registry.snapshot().revision == head


def test_without_boundaries_it_says_what_to_do(run):
    assert "Build one with flask atlas build" in run(atlas=False).output
    undeclared = dataclasses.replace(boundaries(), declared=False)
    result = run(townships=undeclared)
    assert result.exit_code == 1
    assert "Build it with a file of their boundaries" in result.output


def test_many_changes_are_counted(run, registry, make_station, noon):
    many = [make_station(f"M{number}", position=EAST) for number in range(60)]
    registry.append(many, what="import", who="clerk", at=noon)
    assert "... and 12 more." in run("--dry-run").output
