"""Custodians propose, officers decide: what is proposed waits until it is settled, whoever does what meanwhile."""

from dataclasses import replace

import pytest

from stations.desk import desk as module
from stations.desk import proposals
from stations.desk.desk import Desk
from stations.desk.proposals import MOST_OPEN, Standing
from stations.errors import ProposalError, RegistryError, StaleEdit, UnknownProposalError
from tests.stations.desk.conftest import NOON


def proposed(desk: Desk, code: str = "A1", who: str = "teller", **facts: object):
    stands = desk.registry.snapshot().station(code)
    revision = int(desk.registry.snapshot().revisions[desk.registry.snapshot().index(code)])
    wanted = replace(stands, **(facts or {"seats": 4}))
    return desk.proposals.propose(wanted, revision=revision, township=stands.township, note="椅子", who=who, at=NOON)


def accept(desk: Desk, proposal, **facts):
    row = desk.registry.snapshot().index(proposal.code)
    stands = desk.registry.snapshot().stations[row]
    wanted = replace(desk.proposed(proposal, stands).station, **facts)
    seen = int(desk.registry.snapshot().revisions[row])
    return desk.accept(proposal, wanted, seen=seen, who="officer", reason="好", at=NOON)


def test_a_proposal_waits_and_is_accepted(desk) -> None:
    one = proposed(desk)
    assert desk.proposals.waiting() == (one,)
    assert desk.proposals.waiting("A2") == ()
    done = accept(desk, one)
    assert (done.standing, done.settled_by, done.reason) == (Standing.ACCEPTED, "officer", "好")
    assert desk.registry.snapshot().station("A1").seats == 4
    assert done.result == desk.registry.history("A1")[-1].revision
    assert not desk.proposals.waiting()
    assert [each.number for each in desk.proposals.news_for("teller")] == [one.number]
    desk.proposals.read([one.number], "somebody")
    assert desk.proposals.news_for("teller")
    desk.proposals.read([one.number], "teller")
    assert not desk.proposals.news_for("teller")


def test_what_is_accepted_otherwise_is_said_so(desk) -> None:
    assert accept(desk, proposed(desk), seats=6).standing is Standing.CHANGED


def test_a_later_edit_of_something_else_is_no_change_of_the_proposal(desk) -> None:
    one = proposed(desk)
    stands = desk.registry.snapshot().station("A1")
    desk.registry.append([replace(stands, phone="1")], what="edit", who="clerk", at=NOON)
    assert accept(desk, one).standing is Standing.ACCEPTED
    after = desk.registry.snapshot().station("A1")
    assert (after.phone, after.seats) == ("1", 4)


def test_a_proposal_is_settled_once(desk) -> None:
    one = proposed(desk)
    desk.proposals.settle(one.number, Standing.REFUSED, reason="不对", who="officer", at=NOON)
    with pytest.raises(ProposalError, match="settled already"):
        accept(desk, one)
    with pytest.raises(ProposalError, match="settled already"):
        desk.proposals.settle(one.number, Standing.WITHDRAWN, who="teller", at=NOON)
    assert desk.registry.snapshot().station("A1").seats is None


def test_a_refusal_needs_a_reason(desk) -> None:
    with pytest.raises(ProposalError, match="why"):
        desk.proposals.settle(proposed(desk).number, Standing.REFUSED, reason="  ", who="officer", at=NOON)


def test_whoever_dies_between_the_two_writes_has_written_neither(desk, monkeypatch) -> None:
    one, before = proposed(desk), desk.registry.snapshot().revision
    with monkeypatch.context() as killed:
        killed.setattr(module, "settle_in", lambda *_, **__: (_ for _ in ()).throw(RegistryError("gone")))
        with pytest.raises(RegistryError):
            accept(desk, one)
    assert desk.registry.snapshot().revision == before
    assert desk.proposals.get(one.number).waits
    assert accept(desk, one).standing is Standing.ACCEPTED
    assert desk.registry.snapshot().station("A1").seats == 4


def test_what_is_so_already_is_accepted_without_an_entry(desk) -> None:
    one, stands = proposed(desk), desk.registry.snapshot().station("A1")
    desk.registry.append([replace(stands, seats=4)], what="edit", who="clerk", at=NOON)
    before = desk.registry.snapshot().revision
    done = accept(desk, one)
    assert (done.standing, done.result) == (Standing.ACCEPTED, 0)
    assert desk.registry.snapshot().revision == before


def test_what_was_refused_in_the_same_moment_is_not_written(desk, monkeypatch) -> None:
    one, before = proposed(desk), desk.registry.snapshot().revision
    refuse, check = desk.proposals.settle, desk.proposals.check_waits

    def refused_meanwhile(number: int) -> None:
        check(number)
        refuse(number, Standing.REFUSED, reason="不对", who="other", at=NOON)

    monkeypatch.setattr(desk.proposals, "check_waits", refused_meanwhile)
    with pytest.raises(ProposalError, match="settled already"):
        accept(desk, one)
    assert desk.proposals.get(one.number).standing is Standing.REFUSED
    assert desk.registry.snapshot().revision == before


def test_a_reason_too_long_to_keep_is_refused_and_nothing_is_written(desk) -> None:
    one, before = proposed(desk), desk.registry.snapshot()
    with pytest.raises(ProposalError, match="characters"):
        desk.accept(one, one.station, seen=one.revision, who="officer", reason="好" * 501, at=NOON)
    assert desk.registry.snapshot().revision == before.revision
    assert desk.proposals.get(one.number).waits


def test_an_edit_in_the_same_moment_is_seen(desk) -> None:
    one = proposed(desk)
    stands = desk.registry.snapshot().station("A1")
    desk.registry.append([replace(stands, phone="1")], what="edit", who="clerk", at=NOON)
    with pytest.raises(StaleEdit):
        desk.accept(one, one.station, seen=one.revision, who="officer", reason="", at=NOON)
    assert desk.proposals.get(one.number).waits


def test_nobody_floods_the_officers(desk) -> None:
    for number in range(MOST_OPEN):
        proposed(desk, seats=number)
    with pytest.raises(ProposalError, match="wait already"):
        proposed(desk)
    proposed(desk, who="another")


def test_there_is_none_of_that_number(desk) -> None:
    with pytest.raises(UnknownProposalError):
        desk.proposals.get(99)


def test_what_others_settle_pushes_nothing_out(desk, monkeypatch) -> None:
    monkeypatch.setattr(proposals, "TOLD", 2)
    snapshot = desk.registry.snapshot()
    for number, (township, who) in enumerate([("360681101", "teller"), *[("360682101", "neighbour")] * 3], start=1):
        one = desk.proposals.propose(
            snapshot.station("A1"), revision=1, township=township, note=f"{number}", who=who, at=NOON
        )
        desk.proposals.settle(one.number, Standing.REFUSED, reason="否", who="officer", at=NOON)
    assert [one.number for one in desk.proposals.settled()] == [4, 3]
    assert [one.number for one in desk.proposals.settled(["360681"])] == [1]
    assert [one.number for one in desk.proposals.settled([], "teller")] == [1]
    assert desk.proposals.settled([]) == ()
