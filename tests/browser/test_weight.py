"""What a first view costs on a weak signal: how many bytes, how many requests, and from whom."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response

from tests.browser.states import ASKED, settled

VIEW_BYTES = 250_000
SCRIPT_BYTES = 120_000
REQUESTS = 40
BEFORE_THE_FIRST_PAINT = 6
"""The page, its styles and what else holds up the first paint."""


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size({"width": 390, "height": 844})
    return page


@pytest.mark.parametrize("path", ["/", ASKED, "/s/A1"], ids=["finder", "found", "station"])
def test_a_first_view_is_light_and_all_from_this_house(phone, site, path) -> None:
    answers: list[Response] = []
    phone.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  playwright wants a function of Python's
    phone.goto(site + path)
    settled(phone)
    hosts = {urlsplit(one.url).netloc for one in answers if not one.url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(site).netloc}
    weights = {one.url: one.request.sizes()["responseBodySize"] for one in answers}
    scripts = {one.url for one in answers if one.request.resource_type == "script"}
    assert sum(weights.values()) <= VIEW_BYTES
    assert sum(weights[url] for url in scripts) <= SCRIPT_BYTES
    assert len(answers) <= REQUESTS


@pytest.mark.parametrize("path", ["/", ASKED, "/s/A1"], ids=["finder", "found", "station"])
def test_nothing_but_styles_holds_up_the_first_paint(phone, site, path) -> None:
    phone.goto(site + path)
    held = phone.evaluate(
        """() => performance.getEntriesByType("resource")
            .filter(one => one.renderBlockingStatus === "blocking").map(one => one.name)"""
    )
    assert held
    assert [url for url in held if ".css" not in url] == []
    assert len(held) < BEFORE_THE_FIRST_PAINT


@pytest.mark.parametrize("path", ["/", ASKED, "/s/A1"], ids=["finder", "found", "station"])
def test_every_text_that_is_worth_it_is_compressed(phone, site, path) -> None:
    answers: list[Response] = []
    phone.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  playwright wants a function of Python's
    phone.goto(site + path)
    settled(phone)
    texts = [one for one in answers if one.request.resource_type in {"document", "script", "stylesheet", "fetch"}]
    assert len(texts) > 4
    plain = [one for one in texts if "content-encoding" not in one.headers]
    assert [one.url for one in plain if one.request.sizes()["responseBodySize"] > 1500] == []
