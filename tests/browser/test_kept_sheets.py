"""Sheets that were taken along are for who took them alone: not for who was shut out since, nor for who comes next."""

from collections.abc import Callable, Iterable, Iterator
from threading import Event
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from stations.people.facts import By
from stations.web.who import KEPT_IN
from tests.browser.test_inspect import TAKING_MS
from tests.browser.test_offline import until

KEPT = "caches.has('yizhan-round')"
LONGEST_S = 60.0


class Slow:
    """The house behind a network that can be slow for the pages of a round: until it flows again."""

    def __init__(self, app: Flask) -> None:
        self.app, self.flows = app, Event()

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/desk/inspections/"):
            self.flows.wait(LONGEST_S)
        return self.app(environ, start)


@pytest.fixture(scope="module")
def slow(desk_app: Flask) -> Slow:
    return Slow(desk_app)


@pytest.fixture(scope="module")
def house(serve: Callable[[object], str], slow: Slow) -> str:
    return serve(slow)


@pytest.fixture
def phone(chromium: Browser, house: str, slow: Slow, enter: Callable[..., str]) -> Iterator[tuple[Page, str]]:
    """A phone on which a clerk took the sheets of a round along."""
    slow.flows.set()
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 390, "height": 844})
    page = context.new_page()
    login = enter(page, "clerk", "360681101")
    page.goto(f"{house}/desk/inspections/next?list=rating")
    until(page, "navigator.serviceWorker.controller ? 1 : 0")
    page.get_by_role("button", name="把这些检查表带上").click()
    expect(page.locator("#take [role=status]")).to_contain_text("已存在手机上", timeout=TAKING_MS)
    yield page, login
    slow.flows.set()
    context.close()


def test_who_is_shut_out_sees_no_sheet_any_more(
    phone: tuple[Page, str], house: str, desk_app: Flask, slow: Slow
) -> None:
    page, login = phone
    slow.flows.clear()
    page.goto(f"{house}/desk/inspections/sheet/A1?list=rating", wait_until="commit")
    expect(page.locator("#i-water")).to_be_visible()  # as it was taken along
    slow.flows.set()
    page.wait_for_timeout(1000)
    assert page.evaluate(KEPT), "whose it is keeps it"

    desk_app.extensions[KEPT_IN].people.disable(login, by=By("test"))
    slow.flows.clear()
    page.goto(f"{house}/desk/inspections/sheet/A1?list=rating", wait_until="commit")
    slow.flows.set()
    expect(page.locator("input[type=password]")).to_be_visible()
    until(page, "document.readyState === 'complete'")
    assert not page.evaluate(KEPT)


def test_who_asks_for_another_page_without_a_network_is_led_back_to_the_sheets(
    phone: tuple[Page, str], house: str
) -> None:
    page, _ = phone
    back = page.get_by_role("link", name="打开带上的检查表")
    page.context.set_offline(True)
    page.goto(f"{house}/planning")
    expect(page.get_by_text("那个页面需要网络")).to_be_visible()
    expect(back).to_be_hidden()
    page.goto(f"{house}/desk")
    expect(back).to_be_visible()
    back.click()
    expect(page.get_by_role("heading", name="下一站去哪？")).to_be_visible()
    page.locator(".choices a").first.click()
    expect(page.locator("#i-water")).to_be_visible()
    page.goto(f"{house}/desk")
    page.evaluate("caches.delete('yizhan-round')")
    page.reload()
    expect(page.get_by_text("那个页面需要网络")).to_be_visible()
    expect(back).to_be_hidden()


def test_who_comes_next_is_shown_no_sheet_of_another(
    phone: tuple[Page, str], house: str, slow: Slow, enter: Callable[..., str]
) -> None:
    page, _ = phone
    enter(page, "clerk", "360681102")  # where A1 is nobody's business
    page.goto(f"{house}/nothing")
    answer = page.goto(f"{house}/desk/inspections/sheet/A1?list=rating")
    assert answer is not None
    assert answer.status == 404
    assert not page.evaluate(KEPT)
    page.context.set_offline(True)
    page.goto(f"{house}/desk/inspections/sheet/A1?list=rating")
    assert page.locator("#i-water").count() == 0
