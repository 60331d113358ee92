"""A planner of the county: reads all of it, takes it home, keeps a plan, and changes no station."""

import openpyxl
from playwright.sync_api import expect

from tests.browser.journey import Journey


def test_a_planner_reads_everything_keeps_a_plan_and_changes_nothing(journey: Journey, tmp_path) -> None:
    page, before = journey.page, journey.registry.snapshot().revision
    planner = journey.enter("planner")
    journey.go("/desk")
    journey.tab("Station list")
    expect(page.locator("#roll tbody tr")).to_have_count(6)
    expect(page.get_by_role("link", name=journey.says("New station"))).to_have_count(0)
    page.locator("details.take summary").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name=journey.says("Workbook (XLSX)")).click()
    taken.value.save_as(tmp_path / "list.xlsx")
    assert openpyxl.load_workbook(tmp_path / "list.xlsx").worksheets[0].max_row > 6
    page.get_by_role("link", name="近处驿站").first.click()
    expect(page.locator("[name=phone]")).to_be_disabled()
    expect(page.locator("button[value=save]")).to_have_count(0)

    # Coverage, and from there where the next stations should go.
    page.get_by_role("navigation", name=journey.says("Main")).get_by_role("link", name=journey.says("Coverage")).click()
    expect(page.locator("#figure")).to_contain_text("%")
    journey.go("/planning/siting?minutes=5&sites=2&spacing=300")
    name = f"北边两处 {journey.number}"
    page.locator("#save [name=name]").fill(name)
    journey.press("Save the plan")
    expect(page.locator(".opened")).to_contain_text(name)
    plans = journey.house.plans
    assert plans is not None
    [kept] = [one for one in plans.scenarios.all() if one.name == name]
    assert kept.by == planner

    # Who knows the addresses is told that nothing is there.
    fields = {"csrf_token": page.locator("[name=csrf_token]").first.get_attribute("value") or ""}
    for there, more in (
        ("/stations/A1", {"seen": "1", "phone": "1", "do": "save"}),
        ("/stations/A1/checked", {"aspect": "hours"}),
        ("/stations/A1/retire", {"seen": "1"}),
        ("/stations/new", {"name": "x", "lon": "116.3", "lat": "28.3"}),
        ("/bulk", {"of": "found", "what": "note", "note": "x"}),
        ("/proposals/1", {"do": "accept"}),
        ("/lists", {}),
        ("/inspections/sheet/A1", {}),
        ("/people", {"name": "x", "login": "x", "role": "clerk", "area": "360681"}),
    ):
        answer = page.request.post(f"{journey.server}/desk{there}", form=fields | more, max_redirects=0)
        assert answer.status == 404, there
    assert journey.registry.snapshot().revision == before
