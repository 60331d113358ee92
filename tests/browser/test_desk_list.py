"""The list of stations in a browser: cells, ticks, the map beside it, and a place found by its name."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

DESK = {"width": 1440, "height": 900}


@pytest.fixture
def clerk(page: Page, enter) -> Page:
    page.set_viewport_size(DESK)
    enter(page, "clerk")
    return page


def test_a_clerk_works_through_the_list_by_keyboard(
    clerk: Page, desk_server: str, desk_registry, faults: list[str]
) -> None:
    clerk.goto(f"{desk_server}/desk/stations?order=name&q=驿站")
    row = clerk.locator("tr[data-code=A2]")
    cells = row.locator("button.cell")
    cells.nth(1).focus()
    clerk.keyboard.press("ArrowRight")
    expect(row.locator("button[data-field=hours]")).to_be_focused()
    clerk.keyboard.press("Enter")
    clerk.keyboard.type("后天")
    clerk.keyboard.press("Enter")
    expect(row.get_by_role("alert")).to_contain_text("后天")
    faults[:] = [fault for fault in faults if "status of 422" not in fault]
    clerk.keyboard.press("Control+a")
    clerk.keyboard.type("每天 9:00-17:00")
    clerk.keyboard.press("Enter")
    expect(row.locator("button[data-field=hours]")).to_be_focused()
    expect(row.locator("button[data-field=hours]")).to_have_text("每天 09:00–17:00")
    stands = desk_registry.snapshot().station("A2")
    assert stands.hours == "09:00-17:00"

    # Somebody else is quicker with the telephone: nothing is overwritten unseen.
    seen = desk_registry.snapshot().revisions[desk_registry.snapshot().index("A2")]
    clerk.keyboard.press("ArrowRight")
    clerk.keyboard.press("ArrowRight")
    expect(row.locator("button[data-field=phone]")).to_be_focused()
    quicker = replace(stands, phone="0793-1")
    desk_registry.edit(quicker, seen=int(seen), who="other", at=datetime.now(UTC))
    clerk.keyboard.press("Enter")
    clerk.keyboard.type("0793-2")
    clerk.keyboard.press("Enter")
    expect(row.get_by_role("alert")).to_contain_text("0793-1")
    faults[:] = [fault for fault in faults if "status of 409" not in fault]
    clerk.keyboard.press("Enter")
    expect(row.locator("button[data-field=phone]")).to_have_text("0793-2")
    assert desk_registry.snapshot().station("A2").phone == "0793-2"
    clerk.keyboard.press("Enter")
    clerk.keyboard.type("9")
    clerk.keyboard.press("Escape")
    expect(row.locator("button[data-field=phone]")).to_have_text("0793-2")


def test_ticked_stations_are_changed_together_and_taken_back(clerk: Page, desk_server: str, desk_registry) -> None:
    clerk.goto(f"{desk_server}/desk/stations")
    expect(clerk.locator("#map[data-drawn='6']")).to_be_attached()
    expect(clerk.locator("#of-chosen")).to_be_disabled()
    clerk.locator("input[name=code][value=A3]").check()
    clerk.locator("input[name=code][value=A5]").click(modifiers=["Shift"])
    expect(clerk.locator("#chosen")).to_have_text("已选 3 个")
    clerk.locator(".tools select[name=what]").select_option("note")
    clerk.locator("#of-chosen").click()
    clerk.locator("[name=note]").fill("春节前检修")
    clerk.get_by_role("button", name="先看会改什么").click()
    expect(clerk.locator("#plan .count").first).to_have_text("3")
    clerk.get_by_role("button", name="确认改动这 3 个站点").click()
    expect(clerk.locator("#said")).to_be_visible()
    snapshot = desk_registry.snapshot()
    assert [one.code for one in snapshot.stations if one.note == "春节前检修"] == ["A3", "A4", "A5"]
    clerk.get_by_role("button", name="撤回").click()
    expect(clerk.locator("#said")).to_contain_text("已撤回")
    assert not any(one.note == "春节前检修" for one in desk_registry.snapshot().stations)

    # A new one, by the name of a place; then its dot leads to it.
    clerk.goto(f"{desk_server}/desk/stations/new")
    clerk.locator("[name=name]").fill("桃村小屋")
    clerk.locator("#search").fill("桃村")
    clerk.locator(".suggest-list [role=option]").first.click()
    expect(clerk.locator("[name=lon]")).not_to_have_value("")
    clerk.locator(".save button").click()
    expect(clerk.locator("#said")).to_be_visible()
    expect(clerk.locator("h1")).to_have_text("桃村小屋")
    code = clerk.locator("#form").get_attribute("data-code")
    number = desk_registry.history(str(code))[-1].batch.id
    desk_registry.undo(number, who="test", at=datetime.now(UTC))
