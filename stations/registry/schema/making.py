"""What the tables of the registry are made of."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

METADATA = sa.MetaData()

# By code point on both stores, whatever the language of a server; SQLite does so anyway.
BY_CODE_POINT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def once_made(table: sa.Table, statements: Mapping[str, tuple[str, ...]]) -> None:
    """Have statements run when a table is made, by store."""
    for dialect, ddl in statements.items():
        for statement in ddl:
            sa.event.listen(
                table,
                "after_create",
                sa.DDL(statement.replace("%", "%%")).execute_if(dialect=dialect),  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
            )
