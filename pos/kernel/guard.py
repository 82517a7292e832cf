"""kernel/guard.py — the triggers that keep a ledger table append-only, for migrations from 0002 on.

What a migration made stays as it is: a better guard would get a name of its own, and a migration that sets it.
"""

from alembic import op


def guard(table: str) -> None:
    """Refuse UPDATE, DELETE and (on PostgreSQL, whose function is there since 0001) TRUNCATE of a table."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for what in ("UPDATE", "DELETE") if sqlite else ("UPDATE", "DELETE", "TRUNCATE"):
        each = "STATEMENT" if what == "TRUNCATE" else "ROW"
        act = (
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            if sqlite
            else f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} {act}")
