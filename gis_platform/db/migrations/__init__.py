"""Alembic migrations: tables and columns only; functions, views and grants are in ``db/sql``."""
