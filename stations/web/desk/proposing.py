"""Proposals: what custodians would have changed, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, abort, request, url_for

from stations.desk.merging import told
from stations.desk.proposals import Proposal, Standing
from stations.desk.roll import lines_for
from stations.errors import EntryError, ProposalError, StaleEdit, StationsError, UnknownProposalError
from stations.people.facts import Action
from stations.station import Station
from stations.web.desk.record import clash_of
from stations.web.deskwords import Told, say_moment, say_standing, tell
from stations.web.errors import say
from stations.web.house import House
from stations.web.params import given, one_of, read_page, refuse_unknown
from stations.web.room import Room, asker, lead, number_of, page, sent, text_of
from stations.web.who import STAFF, About, Place, Values, allowed, needs

ACCEPT, CHOOSE, REFUSE, REFUSE_ALL = "accept", "choose", "refuse", "refuse all"
"""What may become of a proposal; the last, of all that passers-by suggest of its station."""

ON_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal in a list."""

    proposal: Proposal
    name: str
    when: str
    standing: str
    settled: str
    told: tuple[Told, ...]


def the_proposal(room: Room) -> About:
    """Find where a proposal belongs: where its station stands now, or stood when it was made."""

    def about(_house: House, values: Values) -> Place:
        try:
            proposal = room.desk.proposals.get(int(values["suggestion" if "suggestion" in values else "number"]))
        except UnknownProposalError:
            abort(404)
        if "suggestion" in values and proposal.who:
            abort(404)
        stands = room.desk.registry.snapshot().find(proposal.code)
        return Place(proposal.township if stands is None else stands.township, proposal.code)

    return about


def proposing_views(door: Blueprint, room: Room) -> None:
    """Hang the pages of proposals."""
    where = the_proposal(room)

    @door.get("/proposals")
    @needs(Action.SEE_PRIVATE, STAFF)
    def proposals() -> Response:
        """The proposals of one's area, those that wait first."""
        args, person = given(request.args), asker()
        refuse_unknown(args, frozenset({"page", "lang"}))
        mine = {line.code for line in lines_for(room.desk.roll().lines, person)}
        waiting = [one for one in room.desk.proposals.waiting() if one.code in mine]
        number = read_page(args, len(waiting), ON_A_PAGE)
        settled = (
            room.desk.proposals.settled([grant.area for grant in person.grants], person.login) if number == 1 else ()
        )
        known = [one for one in settled if one.code in mine or one.who == person.login]
        return page(
            "desk/proposals.html",
            count=len(waiting),
            waiting=shown(room, waiting[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]),
            before=url_for("desk.proposals", page=number - 1) if number > 1 else "",
            after=url_for("desk.proposals", page=number + 1) if number * ON_A_PAGE < len(waiting) else "",
            settled=shown(room, known[:ON_A_PAGE]),
        )

    @door.get("/proposals/<int:number>")
    @needs(Action.SEE_PRIVATE, where)
    def proposal(number: int) -> Response:
        """One proposal, beside what stands."""
        found = room.desk.proposals.get(number)
        person = asker()
        if found.who == person.login and not found.waits and not found.seen:
            room.desk.proposals.read([number], person.login)
        return show(room, found)

    @door.post("/proposals/<int:number>")
    @needs(Action.APPROVE, where)
    def settle_proposal(number: int) -> Response:
        """Accept a proposal as it is, or refuse it with a reason."""
        return settle(room, number)

    @door.post("/suggestions/<int:suggestion>")
    @needs(Action.EDIT, where)
    def settle_suggestion(suggestion: int) -> Response:
        """The same of what a passer-by suggests, by whoever may write it anyway."""
        return settle(room, suggestion)

    @door.post("/proposals/<int:number>/withdraw")
    @needs(Action.PROPOSE, where)
    def withdraw(number: int) -> Response:
        """Take one's own proposal back."""
        sent()
        person, found = asker(), room.desk.proposals.get(number)
        if found.who != person.login:
            raise ProposalError("Only who made a proposal can withdraw it; it can be refused.")
        try:
            room.desk.proposals.settle(number, Standing.WITHDRAWN, who=person.login, at=room.now)
        except ProposalError as fault:
            return show(room, room.desk.proposals.get(number), 422, fault)
        return lead(url_for("desk.proposal", number=number))


def settle(room: Room, number: int) -> Response:
    """Read what shall become of a proposal, and lead back to it."""
    fields = sent({"do", "reason", "last"})
    found = room.desk.proposals.get(number)
    known = (ACCEPT, CHOOSE, REFUSE) if found.who else (ACCEPT, CHOOSE, REFUSE, REFUSE_ALL)
    do, reason = one_of("do", text_of(fields, "do"), known), text_of(fields, "reason")
    if do == CHOOSE:  # what was said already goes along to the form
        return lead(url_for("desk.station", code=found.code, proposal=number, comment=reason or None))
    try:
        if do == REFUSE_ALL:
            for one in suggested(room, found.code, number_of(fields, "last")):
                room.desk.proposals.settle(one.number, Standing.REFUSED, reason=reason, who=asker().login, at=room.now)
            return lead(url_for("desk.proposals"))
        if do == REFUSE:
            room.desk.proposals.settle(number, Standing.REFUSED, reason=reason, who=asker().login, at=room.now)
        else:
            accept(room, found, reason)
    except StaleEdit:
        return show(room, found, 409, EntryError("Somebody changed the station just now. Look once more."))
    except (ProposalError, EntryError) as fault:
        return show(room, room.desk.proposals.get(number), 422, fault, reason)
    return lead(url_for("desk.proposal", number=number))


def suggested(room: Room, code: str, last: int) -> list[Proposal]:
    """What passers-by suggest of a station and nobody has settled, up to the last that somebody was told of."""
    return [one for one in room.desk.proposals.waiting(code) if not one.who and one.number <= last]


def settled_by(proposal: Proposal) -> Action:
    """What one must be allowed to settle a proposal: of a passer-by's, to write it oneself."""
    return Action.APPROVE if proposal.who else Action.EDIT


def accept(room: Room, proposal: Proposal, reason: str) -> None:
    """Put what was proposed in place.

    Raises
    ------
    EntryError
        It cannot be as it is: the station is gone, somebody else changed the same, or it would leave the area.
    ProposalError, StaleEdit
        It is settled already; the record was changed this moment.
    """
    if proposal.code not in room.desk.registry.snapshot().codes:
        raise EntryError("The station is not in the list any more. The proposal can only be refused.")
    stands, revision = room.station(proposal.code)
    merged = room.desk.proposed(proposal, stands)
    if merged.conflicts:
        raise EntryError("Somebody has changed the same since. Choose between the two in the form of the station.")
    if not allowed(settled_by(proposal), Place(merged.station.township, merged.station.code)):
        raise EntryError("It would move the station to where you may change nothing. Ask who may.")
    room.desk.accept(proposal, merged.station, seen=revision, who=asker().login, reason=reason, at=room.now)


def show(
    room: Room, proposal: Proposal, status: int = 200, fault: StationsError | None = None, reason: str = ""
) -> Response:
    """Show one proposal."""
    stands = room.desk.registry.snapshot().find(proposal.code)
    now, person = room.now, asker()
    base = room.desk.seen_ever(proposal.code, proposal.revision)
    merged = None if stands is None or base is None else room.desk.proposed(proposal, stands)
    here = stands or proposal.station
    may_settle = proposal.waits and allowed(settled_by(proposal), Place(here.township, here.code))
    alike = [one for one in room.desk.proposals.waiting(proposal.code) if not one.who and not proposal.who]
    return page(
        "desk/proposal.html",
        status,
        proposal=proposal,
        station=here,
        name=room.names.station(here),
        gone=stands is None,
        told=tell(told(base, proposal.station)),
        theirs=() if merged is None or not proposal.waits else tell(merged.theirs),
        conflicts=[clash_of(one) for one in merged.conflicts] if merged is not None and proposal.waits else [],
        standing=say_standing(proposal.standing),
        when=say_moment(proposal.at, room.house, now),
        settled="" if proposal.settled is None else say_moment(proposal.settled, room.house, now),
        may_settle=may_settle,
        alike=len(alike),
        last=max((one.number for one in alike), default=0),
        may_withdraw=proposal.waits and proposal.who == person.login,
        settling=url_for(
            "desk.settle_proposal" if proposal.who else "desk.settle_suggestion",
            **{"number" if proposal.who else "suggestion": proposal.number},  # type: ignore[arg-type]  # a number
        ),
        fault="" if fault is None else say(fault),
        reason=reason,
    )


def shown(room: Room, proposals: Iterable[Proposal]) -> list[Shown]:
    """Put proposals into words."""
    now = room.now
    return [
        Shown(
            one,
            room.names.station(one.station),
            say_moment(one.at, room.house, now),
            say_standing(one.standing),
            "" if one.settled is None else say_moment(one.settled, room.house, now),
            tell(told(_base(room, one), one.station)),
        )
        for one in proposals
    ]


def _base(room: Room, proposal: Proposal) -> Station | None:
    return room.desk.seen_ever(proposal.code, proposal.revision)
