"""A table holds each figure once, and tells it the same wherever it is told."""

import ast
import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from stations.handouts import tables
from stations.handouts.tables import Column, Kind, Table, printed, table_csv
from stations.handouts.townshiptables import say_why
from stations.questions.coverage.reasons import Reason

SHARE = Column("share", "Share", Kind.SHARE)
AMOUNT = Column("amount", "Amount", Kind.AMOUNT)


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_numbers_are_held_to_the_digits_of_their_kind() -> None:
    table = Table("t", "T", [SHARE, AMOUNT], [[1 / 3, 1234.5678]], [2 / 3, None])
    assert table.rows == ((0.333333, 1234.6),)
    assert table.total == (0.666667, None)


def test_minutes_are_rounded_up_as_on_the_page() -> None:
    assert printed(18.2, Column("minutes", "Minutes", Kind.MINUTES), "people") == "19"


def test_nothing_is_told_apart_from_nought() -> None:
    table = Table("t", "T", [SHARE, AMOUNT], [[None, 0.0]])
    assert printed(None, SHARE, "people") == "–"
    assert printed(0.0, SHARE, "people") == "0%"
    assert rows_of(table_csv(table))[1] == ["", "0"]


@pytest.mark.parametrize(
    ("share", "said"), [(0.99961, "99.9%"), (1.0, "100%"), (0.0004, "0.1%"), (0.0, "0%"), (0.7293, "72.9%")]
)
def test_nearly_all_is_not_all_and_hardly_any_is_not_none(share, said) -> None:
    assert printed(share, SHARE, "people") == said


def test_a_difference_has_its_sign() -> None:
    gained = Column("d", "D", Kind.AMOUNT, signed=True)
    assert [printed(value, gained, "people") for value in (1230.0, -40.0, 0.0)] == ["+1,230", "−40", "0"]
    points = Column("p", "P", Kind.POINTS, signed=True)
    assert printed(0.053, points, "") == "+5.3"


def test_csv_names_units_tells_per_cent_and_runs_no_formula() -> None:
    table = Table("t", "T", [Column("name", "Name"), SHARE, AMOUNT], [["=1+1", 0.72934, 3.0]], unit="people")
    head, row = rows_of(table_csv(table))
    assert head == ["Name", "Share (per cent)", "Amount (people)"]
    assert row == ["'=1+1", "72.93", "3"]


def test_every_table_has_a_value_for_each_column(report, supposed) -> None:
    assert {"townships", "double15", "gaps", "clock", "worth", "pairs", "sureness", "fairness", "seats"} <= set(
        report.tables
    )
    assert "comparison" not in report.tables
    assert "comparison" in supposed.tables
    for table in (*report.tables.values(), *supposed.tables.values()):
        assert len({column.key for column in table.columns}) == len(table.columns)
        for line in table.lines:
            assert len(line) == len(table.columns)


def test_the_tables_say_what_the_answer_says(report) -> None:
    townships, total = report.tables["townships"], report.answer.total
    keys = [column.key for column in townships.columns]
    assert townships.total[keys.index("covered")] == pytest.approx(total.covered, abs=0.05)
    assert sum(townships.column("covered")) == pytest.approx(total.covered, abs=0.2)
    assert townships.column("name") == ["西乡", "东乡"]
    clock = report.tables["clock"]
    assert len(clock.rows) == 24
    assert clock.column("day1") == [pytest.approx(share, abs=1e-6) for share in report.week.shares[:24]]


def test_what_is_supposed_is_compared_with_what_is(supposed) -> None:
    keys = [column.key for column in supposed.tables["comparison"].columns]
    total = dict(zip(keys, supposed.tables["comparison"].total, strict=True))
    assert total["gained"] > 0
    assert total["lost"] > 0
    assert total["gained"] - total["lost"] == pytest.approx(total["difference"], abs=0.2)
    assert len(supposed.changes) == 2


SLOW = {"matplotlib", "openpyxl", "PIL", "pyogrio", "reportlab"}


def test_what_draws_and_prints_is_imported_only_where_something_is_drawn_or_printed() -> None:
    modules = sorted(Path(tables.__file__).parent.glob("*.py"))
    assert len(modules) > 10
    for module in modules:
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            names = {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
            names |= {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
            assert not {name.partition(".")[0] for name in names} & SLOW, module.name


def test_a_gap_that_no_street_leads_out_of_is_cut_off_and_not_far(report, speaking) -> None:
    answer = report.answer
    far = replace(answer.gaps[0], nearest=None, seconds=None, metres=None, why=((Reason.DISTANCE, 1.0),))
    with speaking("en"):
        assert say_why(far, answer) == "cut off: no way by street"
        nobody = replace(answer, total=replace(answer.total, stations=0))
        assert say_why(far, nobody) == "no station near", "where no station counts at all"
        assert say_why(replace(far, nearest="A1"), answer) == "no station near"
