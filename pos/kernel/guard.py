"""kernel/guard.py — the triggers that keep a ledger table append-only, for migrations from 0002 on.

What a migration made stays as it is: a better guard would get a name of its own, and a migration that sets it.
"""

from alembic import op

# What the function does that PostgreSQL's triggers call, as revision 0001 made it.
REFUSE_CHANGE = "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END"


def trigger_texts(table: str, dialect: str) -> dict[str, str]:
    """The statements that guard a table on that database, by the trigger's name: what `verify` compares with."""
    sqlite = dialect == "sqlite"
    texts = {}
    for what in ("UPDATE", "DELETE") if sqlite else ("UPDATE", "DELETE", "TRUNCATE"):
        each = "STATEMENT" if what == "TRUNCATE" else "ROW"
        act = (
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            if sqlite
            else f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )
        name = f"{table}_no_{what.lower()}"
        texts[name] = f"CREATE TRIGGER {name} BEFORE {what} ON {table} {act}"
    return texts


def guard(table: str) -> None:
    """Refuse UPDATE, DELETE and (on PostgreSQL, whose function is there since 0001) TRUNCATE of a table."""
    for statement in trigger_texts(table, op.get_bind().dialect.name).values():
        op.execute(statement)
