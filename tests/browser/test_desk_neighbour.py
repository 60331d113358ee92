"""The neighbour, an officer of the next county: gets in nowhere, and is told nothing of what is there."""

import re

from playwright.sync_api import expect

from tests.browser.journey import Journey
from tests.town import signed_in

EMPTY = (
    "",
    "/stations",
    "/proposals",
    "/inspections",
    "/inspections/next",
    "/inspections/tasks",
    "/supplies",
    "/services",
    "/visits",
    "/lists",
    "/notices",
    "/people",
    "/audit",
    "/changes",
)
"""Pages that everybody of the staff has: those of the neighbour hold nothing of ours."""

GONE = (
    *(f"/stations/A1{there}" for there in ("", "/photos", "/supplies", "/services", "/visits")),
    "/inspections/sheet/A1",
    "/services/1",
    "/proposals/1",
    "/lists/1",
    "/lists/1/columns",
    "/changes/1",
    "/notices/hooks/1",
    "/people/county-clerk",
)
"""Pages of ours: there are none for the neighbour."""


def test_the_neighbour_gets_in_nowhere(journey: Journey) -> None:
    page = journey.page
    signed_in(journey.app.test_client(), "clerk", login="county-clerk", name="吴某")  # as `desk_site` has it
    before = journey.registry.snapshot().revision
    journey.enter("officer", "360682")
    for there in EMPTY:
        journey.go(f"/desk{there}")
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("main")).not_to_contain_text(re.compile("近处|不详|全天|夜间|county-"))
    for there in GONE:
        journey.go(f"/desk{there}", status=404)
        expect(page.locator("main")).not_to_contain_text(re.compile("近处|不详|全天|夜间"))
    token = page.request.get(f"{journey.server}/api/token").json()["token"]
    for there in ("", "/checked", "/retire", "/photos", "/supplies"):
        answer = page.request.post(f"{journey.server}/desk/stations/A1{there}", form={"csrf_token": token})
        assert answer.status == 404, there
    assert journey.registry.snapshot().revision == before
