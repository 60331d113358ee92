"""Every state that a page may be in: where it is, and what one does there to bring it about. A new one is one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from weakref import WeakKeyDictionary

from playwright.sync_api import Frame, Page, Request, expect

from tests.browser.journey import untuck
from tests.town import A_FRIDAY, CORNER

HERE = f"{CORNER[0]},{CORNER[1]}"
LETTER = "a-letter-that-came"
"""What stands in the letter that `lettered_site` knows of."""
ASKED = f"/?where={HERE}&datum=wgs84&at={A_FRIDAY}T10:00"


ASKED_FOR: WeakKeyDictionary[Page, set[Request]] = WeakKeyDictionary()
"""What pages have asked for that has not come yet; of those that are `watched`."""

LONG_S = 30.0


def watched(page: Page) -> None:
    """Keep account of what a page asks for."""
    asked: set[Request] = set()
    ASKED_FOR[page] = asked

    def begun(request: Request) -> None:
        asked.add(request)

    def ended(request: Request) -> None:
        asked.discard(request)

    def left(frame: Frame) -> None:
        if frame == page.main_frame:  # of what a page that was left had asked for, some ends without a word
            asked.clear()

    page.on("request", begun)
    page.on("requestfinished", ended)
    page.on("requestfailed", ended)
    page.on("framenavigated", left)


def settled(page: Page) -> None:
    """Wait until a page asks for nothing more and nothing fades in; what turns for ever is not waited for.

    A frame in a sandbox is never idle by the browser's own account, and what has not come yet is not in its list.
    """
    until = monotonic() + LONG_S
    quiet = False
    while not quiet:
        quiet = not ASKED_FOR[page]
        page.wait_for_function(
            """() => {
                const asked = performance.getEntriesByType("resource").length;
                const same = window.askedBefore === asked;
                window.askedBefore = asked;
                const fades = one => one.playState === "running" && one.effect.getComputedTiming().endTime !== Infinity;
                return same && !document.getAnimations().some(fades);
            }""",
            polling=150,
        )
        quiet = quiet and not ASKED_FOR[page]
        assert monotonic() < until, f"never came: {[one.url for one in ASKED_FOR[page]]}"


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


SITED = f"/planning/siting?minutes=5&sites=2&spacing=300&point={HERE},柳村站&close=A3"


def proven(page: Page) -> None:
    """The search has ended, and the map stands."""
    expect(page.locator(".proof[data-state='ended']")).to_be_attached(timeout=20_000)
    charted(page)


def sited(page: Page) -> None:
    """A card of a site lies open."""
    proven(page)
    page.locator(".leaflet-marker-icon.site").first.dispatch_event("click")
    expect(page.locator(".plan-card")).to_be_visible()


def placed(page: Page) -> None:
    """The map of a form stands, and its hours are open to be filled in by the week."""
    page.locator("#f-week summary").click()
    page.locator("#map").scroll_into_view_if_needed()
    expect(page.locator("#map[data-drawn]")).to_be_attached()


def wished(page: Page) -> None:
    page.locator("[name=phone]").fill("0793-1")
    page.locator("button[value=look]").click()
    expect(page.locator("#plan")).to_be_visible()


def asked_if_right(page: Page) -> None:
    """Somebody made sure of the hours of a station where the door was reported locked."""
    page.locator("form[action$='/A6/checked']:has([value=hours]) button").first.click()
    expect(page.locator("#h-reported")).to_be_visible()


def mistyped(page: Page) -> None:
    """What one typed cannot be, and that is said where it stands."""
    page.locator("[name=seats]").fill("many")
    untuck(page, "closure.0.last").fill("2026-12-24")
    expect(page.locator("#live-seats")).to_be_visible()


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
    State("siting", SITED, proven),
    State("siting, everything open", f"{SITED}&moment={A_FRIDAY}T10:00", opened("details")),
    State("siting, a card on the map", SITED, sited),
    State("siting, a wrong number", "/planning/siting?sites=many", status=400),
    State("siting, the key", "/planning/siting/enter"),
    State("siting, nothing to compare", "/planning/siting/compare"),
    State("desk, today", "/desk", site="desk_site"),
    State("desk, the list", "/desk/stations?due=overdue&order=-hours", site="desk_site"),
    State("desk, nothing is like that", "/desk/stations?q=nowhere", site="desk_site"),
    State("desk, a station", "/desk/stations/A6", placed, site="desk_site"),
    State("desk, a station with faults", "/desk/stations/A2", mistyped, site="desk_site"),
    State("desk, a check of what was reported", "/desk/stations/A6", asked_if_right, site="reported_site"),
    State("desk, a proposal in the form", "/desk/stations/A3?proposal=1", site="desk_site"),
    State("desk, many at once", "/desk/bulk?of=found&what=phone", wished, site="desk_site"),
    State("desk, a new station", "/desk/stations/new", site="desk_site"),
    State("desk, what was written", "/desk/changes/1", site="desk_site"),
    State("desk, photos of a station", "/desk/stations/A1/photos", site="desk_site"),
    State("what should be different", "/s/A1/suggest", site="desk_site"),
    State("desk, a sheet", "/desk/inspections/sheet/A1?list=rating", site="desk_site"),
    State("desk, inspections", "/desk/inspections", site="desk_site"),
    State("desk, whom to inspect next", "/desk/inspections/next", site="desk_site"),
    State("desk, tasks", "/desk/inspections/tasks", site="desk_site"),
    State("desk, lists", "/desk/lists", site="desk_site"),
    State("desk, supplies", "/desk/supplies", site="desk_site"),
    State("desk, services", "/desk/services", site="desk_site"),
    State("desk, staff", "/desk/people", site="desk_site"),
    State("desk, one of the staff", "/desk/people/county-clerk", site="desk_site"),
    State("desk, my account", "/desk/me", site="desk_site"),
    State("desk, an address to prove", f"/desk/me/mail?letter={LETTER}", site="lettered_site"),
    State("desk, a letter that proves nothing", "/desk/me/mail?letter=old", status=400, site="desk_site"),
    State("desk, trail", "/desk/audit", site="desk_site"),
    State("desk, signing in", "/desk/sign-in", site="desk_server"),
    State("desk, notices", "/desk/notices", site="desk_site"),
    State("desk, a webhook", "/desk/notices/hooks/1", site="desk_site"),
    State("desk, columns of a list", "/desk/lists/1/columns", site="desk_site"),
    State("desk, rows of a list", "/desk/lists/1", site="desk_site"),
    State("desk, supplies of a station", "/desk/stations/A3/supplies", site="desk_site"),
    State("desk, a service", "/desk/services/1", site="desk_site"),
    State("desk, visits", "/desk/visits", site="desk_site"),
    State("desk, proposals", "/desk/proposals", site="desk_site"),
    State("desk, a proposal", "/desk/proposals/1", site="desk_site"),
    State("not here", "/nowhere", status=404),
    State("too often", "/", status=429, site="closed_site"),
)
