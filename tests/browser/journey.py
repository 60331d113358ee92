"""Somebody's day at the desk: in either language, at a desk or on a phone, with the words of the product itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import count

from babel.support import NullTranslations
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from stations.desk.desk import Desk
from stations.registry.log import Registry
from stations.station import Station
from stations.web.house import House
from stations.web.language import LOCALES
from stations.web.messages import read_catalogue
from stations.web.who import KEPT_IN
from tests.town import PROJECT, signed_in

DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
WAYS = [f"{language}-{size}" for language in ("zh", "en") for size in ("desk", "phone")]
BROWSERS = {"zh": "zh-CN", "en": "en-GB"}

WIDE = """addEventListener("load", () => {
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) {
        console.error(`wider than the window: ${page.scrollWidth} > ${page.clientWidth}, ${location.pathname}`);
    }
});"""
"""Run in every page, so that each that one comes to is looked at."""

NUMBERS = count(1)


@cache
def words_of(language: str) -> NullTranslations:
    """What the messages of the code are in a language."""
    return read_catalogue(PROJECT / "translations", LOCALES[language])


def sign_in(app: Flask, server: str, page: Page, role: str, area: str, stations: tuple[str, ...], **who: str) -> str:
    """Sign somebody in without the form, in the browser that a page is of; gives the log-in name."""
    client = app.test_client()
    person = signed_in(client, role, area, stations, **who)
    kept = client.get_cookie("yizhan")
    assert kept is not None
    page.context.add_cookies([{"name": "yizhan", "value": kept.value, "url": server}])
    return person.login


def untuck(page: Page, field: str) -> Locator:
    """A field of a form, of what is rarely touched too: with what it is tucked away in opened by a press."""
    found = page.locator(f"[name='{field}']")
    while not found.is_visible():
        page.locator(f"details.tucked:not([open]):has([name='{field}']) > summary").first.click()
    return found


@dataclass
class Journey:
    """Who goes through a day, and the house they do it in.

    Attributes
    ----------
    visit
        Opens a browser.
    number
        Of this day, so that no two leave the same behind.
    """

    app: Flask
    server: str
    desk: Desk
    visit: Callable[..., Page]
    faults: list[str]
    language: str
    phone: bool
    number: int

    def __post_init__(self) -> None:
        """Open the browser of whom it is about."""
        self.page = self.another()

    @property
    def house(self) -> House:
        """What is behind the pages."""
        house: House = self.app.extensions[KEPT_IN]
        return house

    @property
    def registry(self) -> Registry:
        """Where the stations are."""
        return self.desk.registry

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def another(self) -> Page:
        """Open a browser for somebody, of the same language and size."""
        page = self.visit(locale=BROWSERS[self.language], **(PHONE if self.phone else DESK))
        page.emulate_media(reduced_motion="reduce")
        page.context.add_init_script(WIDE)
        return page

    def login(self, role: str) -> str:
        """A log-in name of this day."""
        return f"{role}-{self.number}"

    def enter(
        self, role: str, area: str = "360681", stations: tuple[str, ...] = (), *, page: Page | None = None
    ) -> str:
        """Sign somebody in without the form, and give the log-in name."""
        return sign_in(self.app, self.server, page or self.page, role, area, stations, login=self.login(role))

    def says(self, message: str, **values: object) -> str:
        """What a message of the product is in the language of this day."""
        said = words_of(self.language).gettext(message)
        return said % values if values else said

    def go(self, path: str, status: int = 200) -> None:
        """Go to an address."""
        answer = self.page.goto(self.server + path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        if status >= 400:
            self.forgive(f"status of {status}")

    def forgive(self, fault: str) -> None:
        """A browser tells of every answer that is a refusal; of those that are meant one need not hear."""
        self.faults[:] = [one for one in self.faults if fault not in one]

    def press(self, message: str, within: Page | Locator | None = None) -> None:
        """Press what is called so, and wait for all of the page that comes of it, if one does."""
        place = within or self.page
        place.get_by_role("button", name=self.says(message), exact=True).click()
        (place.page if isinstance(place, Locator) else place).wait_for_load_state()

    def tab(self, message: str) -> None:
        """Go to a page of the bar, on a phone perhaps one that is folded away."""
        self.page.wait_for_load_state()  # before its styles have come, a page shows the bar twice
        bar = self.page.locator(".desk-bar nav:visible")
        link = bar.get_by_role("link", name=self.says(message), exact=True)
        if self.phone and not link.is_visible():
            bar.locator("summary").click()
        link.click()
        self.page.wait_for_load_state()

    def leave(self) -> None:
        """Sign out."""
        if self.phone:
            self.page.locator(".desk-bar .more summary").click()
        self.page.locator(".desk-bar form:visible button").click()
        expect(self.page.locator("[name=password]")).to_be_visible()

    def tick(self, name: str, value: str) -> None:
        """Choose one of several, as who points at its words does."""
        self.page.locator("label", has=self.page.locator(f"[name='{name}'][value='{value}']")).click()

    def told(self, message: str) -> None:
        """Look at what the page says that was done; the eyes and the keys are there."""
        expect(self.page.locator("#said")).to_have_text(self.says(message))

    def stands(self, code: str) -> Station:
        """The record of a station."""
        return self.registry.snapshot().station(code)

    def put(self, code: str, **facts: object) -> Station:
        """Have a station be as this day begins with."""
        snapshot = self.registry.snapshot()
        seen = int(snapshot.revisions[snapshot.index(code)])
        wanted = replace(snapshot.station(code), **facts)
        self.registry.edit(wanted, seen=seen, who="test", at=self.now)
        return wanted
