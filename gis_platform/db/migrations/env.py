"""Runs the migrations on the connection that ``db/upgrade.py`` hands over."""

from alembic import context
from geoalchemy2 import alembic_helpers

from gis_platform.db.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    include_schemas=True,
    version_table_schema="public",
    compare_server_default=True,
    include_object=alembic_helpers.include_object,
    process_revision_directives=alembic_helpers.writer,
    render_item=alembic_helpers.render_item,
)
with context.begin_transaction():
    context.run_migrations()
