"""How each schema of the registry is made from the one before; run by Alembic through `registry.migrating`."""
