"""The compiled address index follows the register: rebuilt when the register has changed."""

from pathlib import Path

from sqlalchemy import Connection

from gis_platform.core.settings import Settings
from gis_platform.db.queries.reference import read_reference, register_fingerprint
from gis_platform.matching.gazetteer import build_index, is_current


def ensure_index(settings: Settings, connection: Connection) -> Path:
    """The folder of an index that holds what the register holds now.

    Args:
        settings: say where the index lies.
        connection: as ``gis_etl``; what the transaction sees is what the index holds.
    """
    fingerprint = register_fingerprint(connection)
    if not is_current(settings.index_dir, fingerprint):
        build_index(read_reference(connection), settings.index_dir, fingerprint=fingerprint)
    return settings.index_dir
