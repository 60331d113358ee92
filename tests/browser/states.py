"""Every state that a page may be in: where it is, and what one does there to bring it about. A new one is one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.town import A_FRIDAY, CORNER

HERE = f"{CORNER[0]},{CORNER[1]}"
ASKED = f"/?where={HERE}&datum=wgs84&at={A_FRIDAY}T10:00"


def settled(page: Page) -> None:
    """Wait until a page asks for nothing more. A frame in a sandbox is never idle by the browser's own account."""
    page.wait_for_function(
        """() => {
            const asked = performance.getEntriesByType("resource").length;
            const same = window.askedBefore === asked;
            window.askedBefore = asked;
            return same;
        }""",
        polling=150,
    )


@dataclass(frozen=True)
class State:
    """A state of a page.

    Attributes
    ----------
    name
        What a person would call it.
    path
        The address, with no host.
    then
        What one does there.
    status
        With what the server answers.
    site
        Fixture that gives the address of the server.
    """

    name: str
    path: str
    then: Callable[[Page], object] = lambda _: None
    status: int = 200
    site: str = "site"

    def reach(self, page: Page, site: str, faults: list[str], language: str = "zh") -> None:
        """Go there. What a browser says of a page with a status of its own is no fault."""
        mark = "&" if "?" in self.path else "?"
        address = self.path if language == "zh" else f"{self.path}{mark}lang={language}"
        answer = page.goto(site + address)
        assert answer is not None
        assert answer.status == self.status, f"{address}: {answer.status}"
        if self.status >= 400:
            faults[:] = [fault for fault in faults if f"status of {self.status}" not in fault]
        self.then(page)
        settled(page)


def opened(selector: str) -> Callable[[Page], None]:
    """Open what is folded away."""

    def open_all(page: Page) -> None:
        page.evaluate("which => document.querySelectorAll(which).forEach(one => { one.open = true; })", selector)

    return open_all


def suggested(page: Page) -> None:
    page.locator("#where").fill("柳")
    expect(page.get_by_role("option").first).to_be_visible()


def mapped(page: Page) -> None:
    page.locator("#map").scroll_into_view_if_needed()
    expect(page.locator(".pin.here")).to_be_visible()


def nothing_kept(page: Page) -> None:
    """Come again while the list of stations cannot be had."""
    page.route("**/pack.json", lambda route: route.fulfill(status=204))
    page.reload()
    expect(page.locator("#age")).not_to_be_empty()


PLANNED = f"/planning?minutes=5&at={A_FRIDAY}T10:00"
TRIED = f"{PLANNED}&add={HERE},;24/7&close=A3"


def charted(page: Page) -> None:
    """The map of the planning page stands."""
    page.locator("#plan-map").scroll_into_view_if_needed()
    expect(page.locator("#plan-map[data-drawn]")).to_be_attached()


def carded(page: Page) -> None:
    charted(page)
    page.locator(".leaflet-marker-icon[data-code='A3']").dispatch_event("click")
    expect(page.locator(".plan-card")).to_be_visible()


def placing(page: Page) -> None:
    charted(page)
    page.locator("#place").click()
    expect(page.locator("#placing")).to_be_visible()
    expect(page.locator("#follow")).not_to_be_empty()


STATES = (
    State("finder", "/"),
    State("finder, when and who", "/", opened("details.more")),
    State("finder, suggestions", "/", suggested),
    State("found", ASKED),
    State("found, the question open", ASKED, opened("details")),
    State("found, the map", ASKED, mapped),
    State("only almost", f"{ASKED}&amenity=microwave&minutes=5"),
    State("nothing in reach", "/?where=117.9,28.3&datum=wgs84"),
    State("an unknown place", "/?where=没有这个地方", status=400),
    State("a wrong number", f"{ASKED}&minutes=many", status=400),
    State("which datum", f"/?where={HERE}&at={A_FRIDAY}T10:00"),
    State("without a network", "/offline"),
    State("without a network, nothing kept", "/offline", nothing_kept),
    State("station", "/s/A1"),
    State("station, hours not known", "/s/A2"),
    State("station, closed for good", "/s/A5"),
    State("station, everything open", "/s/A1", opened("details")),
    State("station, reported", "/s/A1?said=report&outcome=taken"),
    State("station, at the door", "/s/A1?from=poster"),
    State("no such station", "/s/NOPE", status=404),
    State("poster", "/s/A1/poster"),
    State("posters", "/posters"),
    State("posters of a township", "/posters?township=none"),
    State("planning", "/planning?minutes=5", charted),
    State("planning, everything open", f"{TRIED}&vs=before", opened("details")),
    State("planning, a card on the map", PLANNED, carded),
    State("planning, placing a station", PLANNED, placing),
    State("planning, gaps", f"{PLANNED}&part=gaps"),
    State("planning, stations", f"{PLANNED}&part=stations"),
    State("planning, the clock", f"{PLANNED}&part=clock", charted),
    State("planning, how sure", f"{PLANNED}&part=sure"),
    State("planning, compared", f"{TRIED}&part=compare"),
    State("planning, a wrong number", "/planning?minutes=many", status=400),
    State("not here", "/nowhere", status=404),
    State("too often", "/", status=429, site="closed_site"),
)
