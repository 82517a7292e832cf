"""How Alembic reaches the shop's database: through the application's own engine, so its pragmas hold here too."""

from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db


def run() -> None:
    with db.engine.execution_options(writing=True).connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadatas[None], compare_type=True)
        with context.begin_transaction():
            context.run_migrations()


run()
