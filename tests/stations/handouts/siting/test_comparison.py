"""A planner takes home a comparison of plans."""

import csv
import io
from dataclasses import replace

import openpyxl
import pytest

from stations.handouts.siting.comparison import compare_csv, compare_workbook
from stations.questions.coverage import CoverageQuery
from stations.questions.siting import compare_plans, planned_of
from stations.wording.names import Names
from tests.town import SHANGHAI


@pytest.fixture(scope="module")
def compared(plan):
    three = planned_of("三个", plan.grounded, plan.answer.plan)
    two = replace(three, name="=两个", sites=three.sites[:2], cost=2.5)
    ground = plan.grounded
    return compare_plans(CoverageQuery(minutes=5), [three, two], ground.snapshot, ground.atlas)


def test_every_plan_is_a_row_beside_today(compared, plan, speaking) -> None:
    with speaking("zh"):
        head, *rows = list(csv.reader(io.StringIO(compare_csv(compared).decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["现在", "三个", "'=两个"]
    share, cost = head.index("覆盖率（%）"), head.index("费用")
    assert float(rows[1][share]) == pytest.approx(100.0 * plan.answer.after / plan.answer.demand, abs=0.01)
    assert [row[cost] for row in rows] == ["0", "3", "2.5"]


def test_the_workbook_says_by_what_was_measured_and_what_they_share(compared, plan, speaking) -> None:
    with speaking("en"):
        content = compare_workbook(compared, Names.read(), SHANGHAI, plan.naming)
        assert compare_workbook(compared, Names.read(), SHANGHAI, plan.naming) == content
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["About", "Plans", "Townships", "What they share"]
    about = {row[0].value: row[1].value for row in book["About"].iter_rows() if row[0].value}
    assert about["Measured by"] == "on foot · 5 min · whatever the hours"
    assert about["Digest of the atlas"] == compared.digest
    assert [[cell.value for cell in row] for row in book["What they share"].iter_rows(min_row=2)] == [
        ["三个", 3, 2],
        ["=两个", 2, 2],
    ]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    townships = book["Townships"]
    assert [cell.value for cell in townships[4]][1] == "Total"
