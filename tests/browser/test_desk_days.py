"""A custodian counts on a phone: a press for each thing, and nothing typed is lost without a network."""

from playwright.sync_api import Page, expect


def test_a_shelf_is_counted_on_a_phone(page: Page, desk_server: str, enter, faults: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    enter(page, "custodian", stations=("A1",))
    page.goto(f"{desk_server}/desk/stations/A1/supplies")
    water = page.locator("[name='amount.water']")
    page.get_by_role("button", name="+ 瓶装水").click(click_count=3)
    page.get_by_role("button", name="− 瓶装水").click()
    expect(water).to_have_value("2")
    page.context.set_offline(True)
    page.get_by_role("button", name="点好了").click()
    expect(page.locator(".kept")).to_contain_text("没有网络")
    page.context.set_offline(False)
    faults[:] = [fault for fault in faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    page.reload()
    expect(page.locator(".kept")).to_contain_text("已恢复")
    expect(water).to_have_value("2")
    page.get_by_role("button", name="点好了").click()
    expect(page.locator("#said")).to_contain_text("盘点已记录")
    expect(water).to_have_value("")
    expect(page.locator("#f-water")).to_contain_text("只剩2瓶")
