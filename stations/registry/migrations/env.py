"""Where Alembic begins: on the connection, and in the transaction, that `registry.migrating` gives it."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
