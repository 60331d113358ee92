"""At the command line: whoever runs the server adds people, takes rights away, and reads the trail."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from stations.commands.people import people_commands
from stations.people.facts import By
from stations.people.signing import Signing
from tests.town import SHANGHAI, upkeeps

__all__ = ["upkeeps"]


@pytest.fixture
def people(upkeeps):
    return upkeeps.people()


@pytest.fixture
def run(people, monkeypatch):
    monkeypatch.setenv("USER", "root")

    def typed(*arguments: str, fails: bool = False) -> str:
        result = CliRunner().invoke(people_commands(lambda: people, SHANGHAI), arguments)
        assert (result.exit_code != 0) == fails, result.output
        return result.output

    return typed


def password_in(output: str) -> str:
    return output.strip().rpartition(" ")[2]


def test_somebody_is_added_with_a_password_that_is_told_once(people, run) -> None:
    password = password_in(run("add", "Zhang", "张某", "--role", "officer", "--area", "360681"))
    person, _ = Signing(people).password("zhang", password, by=By(""))
    assert person.must_change
    listed = json.loads(run("list", "--json"))
    assert listed[0]["grants"] == [{"role": "officer", "area": "360681", "stations": []}]
    assert password not in run("list")
    assert password not in run("audit", "--json")


def test_a_right_without_an_area_is_for_administrators(run) -> None:
    assert "Say for which area" in run("add", "zhang", "张某", "--role", "officer", fails=True)
    assert "administrator of everywhere" in run("add", "li", "李某", "--role", "administrator")


def test_a_new_password_ends_the_old_one(people, run) -> None:
    first = password_in(run("add", "zhang", "张某", "--role", "clerk", "--area", "360681101"))
    token = people.sessions.begin(people.by_login("zhang"))
    second = password_in(run("reset", "zhang"))
    assert first != second
    assert people.sessions.person(token) is None


def test_rights_are_given_and_taken_away(people, run) -> None:
    run("add", "zhang", "张某", "--role", "clerk", "--area", "360681101")
    run("grant", "zhang", "--role", "custodian", "--area", "360681", "--station", "A1", "--station", "A2")
    assert "custodian of 360681 (A1 A2)" in run("list")
    run("revoke", "zhang", "--role", "clerk", "--area", "360681101")
    assert [grant.role for grant in people.by_login("zhang").grants] == ["custodian"]
    assert "is no planner" in run("revoke", "zhang", "--role", "planner", "--area", "36", fails=True)


def test_somebody_is_shut_out_and_let_in(people, run) -> None:
    run("add", "zhang", "张某", "--role", "clerk", "--area", "360681101")
    run("disable", "zhang")
    assert "[shut out]" in run("list")
    run("enable", "zhang")
    assert "[shut out]" not in run("list")
    assert "Nobody has the log-in name wang" in run("disable", "wang", fails=True)


def test_the_trail_says_who_did_it_and_is_verified(run) -> None:
    run("add", "zhang", "张某", "--role", "clerk", "--area", "360681101")
    assert "root (server)  added  zhang" in run("audit")
    assert run("audit", "--verify").startswith("2 rows, all as they were written.")
