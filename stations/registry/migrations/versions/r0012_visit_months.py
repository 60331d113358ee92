"""The twelfth schema: how many came to each station, a row for each month.

What `schema` says is written out here again on purpose: a migration keeps to the
schema of its day, whatever becomes of the newest. A test holds the two alike.
"""

from collections.abc import Iterable
from itertools import chain

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

AT_ONCE = 200
SOURCES = {"said": 0, "door": 1, "paper": 2}
DAYS, BYTES = 31, 4


def upgrade() -> None:
    """Add the table, and fill it from what is known."""
    connection = op.get_bind()
    by_code_point = sa.Text(collation="C") if connection.dialect.name == "postgresql" else sa.Text()
    table = op.create_table(
        "visit_month",
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("month", by_code_point, nullable=False),
        sa.Column("days", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("code", "month", name="visit_month_pkc"),
    )
    codes = connection.execute(sa.text("SELECT code FROM day_count UNION SELECT code FROM visit_count ORDER BY 1"))
    for some in codes.scalars().partitions(AT_ONCE):
        asked = {"codes": list(some)}
        counts = chain.from_iterable(connection.execute(query, asked) for query in (SAID, ENTERED))
        rows = laid_out(tuple(row) for row in counts)
        if rows:
            connection.execute(
                table.insert(), [{"code": code, "month": month, "days": days} for (code, month), days in rows.items()]
            )
    op.create_index("visit_month_month", "visit_month", ["month", "code"])


SAID, ENTERED = (
    sa.text(query).bindparams(sa.bindparam("codes", expanding=True))
    for query in (
        "SELECT code, day, 'said', visits FROM day_count WHERE visits > 0 AND code IN :codes",
        "SELECT code, day, source, people FROM visit_count WHERE stands = 1 AND taken_back = 0 AND code IN :codes",
    )
)


def laid_out(counts: Iterable[tuple[str, str, str, int]]) -> dict[tuple[str, str], bytes]:
    """Three times 31 numbers of four bytes, the lowest first: 0 where nothing is known, else one more than came."""
    rows: dict[tuple[str, str], bytearray] = {}
    for code, day, source, people in counts:
        days = rows.setdefault((code, day[:7]), bytearray(len(SOURCES) * DAYS * BYTES))
        at = (SOURCES[source] * DAYS + int(day[8:]) - 1) * BYTES
        days[at : at + BYTES] = (people + 1).to_bytes(BYTES, "little")
    return {month: bytes(days) for month, days in rows.items()}
