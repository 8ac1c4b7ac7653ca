"""Runs the migrations on the connection that ``db/upgrade.py`` hands over."""

from alembic import context

from gis_platform.db.upgrade import COMPARISON

context.configure(connection=context.config.attributes["connection"], **COMPARISON)
with context.begin_transaction():
    context.run_migrations()
