"""`/desk/audit`: what was done at the doors of the staff."""

from __future__ import annotations

from flask import Response, request

from stations.people.facts import Action
from stations.people.people import People
from stations.people.rights import areas_of
from stations.web.house import House
from stations.web.people.hanging import Way
from stations.web.people.me import myself
from stations.web.people.sent import page
from stations.web.people.telling import done_told
from stations.web.who import STAFF

A_PAGE = 100
DIGITS = 9


class Trail:
    """The door to the audit trail."""

    def __init__(self, house: House, people: People) -> None:
        self._zone, self._trail = house.zone, people.audit

    def ways(self) -> tuple[Way, ...]:
        """Its address."""
        return (Way("GET", "/audit", self.audit, STAFF, Action.SEE_AUDIT),)

    def audit(self) -> Response:
        """What was done in one's area, the newest first."""
        text = request.args.get("before", "")
        before = int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None
        rows = self._trail.latest(areas=areas_of(myself(), Action.SEE_AUDIT), before=before, limit=A_PAGE + 1)
        more = rows[A_PAGE - 1].number if len(rows) > A_PAGE else None
        told = [(row, row.at.astimezone(self._zone), done_told(row.what)) for row in rows[:A_PAGE]]
        return page("audit", rows=told, more=more)
