"""Pages for everyone: what axe finds, large text, large targets, high contrast, no motion, in every state of a page."""

from __future__ import annotations

from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page

from stations.settings import Settings
from stations.web import limits
from tests.browser.states import STATES, State, settled
from tests.town import PROJECT

AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESK = (390, 844), (1440, 900)
MEASURES = Path(__file__).with_name("measures.js")

ALL_RULES = {"rules": {"target-size": {"enabled": True}}}
"""Of WCAG 2.0 to 2.2, A and AA, and best practice."""

LAYOUT = {
    "runOnly": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"],
    "rules": {"target-size": {"enabled": True}},
}
"""What may differ between a phone and a desk: the rest is in the page itself."""

CONTRAST = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""What may differ between light and dark."""

HIGH_CONTRAST = {"runOnly": ["color-contrast-enhanced"]}
"""7 to 1."""


def found_by_axe(page: Page, options: dict[str, object]) -> list[str]:
    """What axe finds. Marks on a map may touch: where they stand is what they say, and each is in the list too."""
    found = page.evaluate("options => axe.run(document, options)", {"resultTypes": ["violations"]} | options)
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
        if not (rule["id"] == "target-size" and "leaflet-marker-icon" in node["html"])
    ]


def measured(page: Page, what: str) -> list[str]:
    """What one of our own measures finds."""
    return page.evaluate(f"measures.{what}()")


def sized(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


@pytest.fixture(scope="session")
def closed_site(serve, open_house) -> str:
    """Serve a house that has answered enough, and where the minute never ends: whoever asks, asks too often."""
    counts = limits.Counts(clock=lambda: 0.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "Counts", lambda: counts)
        address = serve(open_house(settings=Settings(requests_per_minute=1)))
    with urlopen(address) as answer:
        assert answer.status == 200
    return address


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_nobody_is_shut_out(page, request, faults, state: State, language: str) -> None:
    """One visit for all of it: to come there takes longer than to look. In Chinese on a phone, in English at a desk."""
    assert AXE.exists(), "axe is missing: run make test, or npm ci"
    for script in (AXE, MEASURES):
        page.add_init_script(path=script)
    first, other = (PHONE, DESK) if language == "zh" else (DESK, PHONE)
    sized(page, first)
    state.reach(page, request.getfixturevalue(state.site), faults, language)
    found = [f"{first}: {one}" for one in found_by_axe(page, ALL_RULES)]
    page.emulate_media(color_scheme="dark")
    found += [f"{first}, dark: {one}" for one in found_by_axe(page, CONTRAST)]
    page.emulate_media(color_scheme="light")
    sized(page, other)
    settled(page)
    found += [f"{other}: {one}" for one in found_by_axe(page, LAYOUT)]
    sized(page, PHONE)
    found += [f"{PHONE}: {one}" for one in measured(page, "smallTargets") + measured(page, "outOfSight")]
    found += as_large_text(page)
    if language == "zh":  # no word of a language changes a colour
        found += as_colours_are_asked_for(page)
    assert not found, "\n".join(found)


def as_large_text(page: Page) -> list[str]:
    """Twice as large: as a browser does it, by a page half as wide; and as a phone's settings do it, by its letters."""
    sized(page, (PHONE[0] // 2, PHONE[1] // 2))
    found = [f"magnified: {one}" for one in measured(page, "outOfSight")]
    sized(page, PHONE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found += [f"with larger letters: {one}" for one in measured(page, "outOfSight")]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found


def as_colours_are_asked_for(page: Page) -> list[str]:
    """High contrast in both themes, a system's own colours, no motion."""
    found = []
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme, contrast="more")
        found += [f"more contrast, {theme}: {one}" for one in found_by_axe(page, HIGH_CONTRAST)]
    page.emulate_media(color_scheme="light", contrast="no-preference", forced_colors="active")
    found += [f"forced colours: {one}" for one in measured(page, "chosenUnseen")]
    page.emulate_media(forced_colors="none", reduced_motion="reduce")
    found += [f"no motion: {one}" for one in measured(page, "moving")]
    return found
