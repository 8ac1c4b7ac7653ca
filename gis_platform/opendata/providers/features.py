"""Features of a published layer for pygeoapi, made by PostGIS like all the public gets."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pygeoapi.provider.base import (
    BaseProvider,
    ProviderInvalidQueryError,
    ProviderItemNotFoundError,
)

from gis_platform.core.errors import UsageError
from gis_platform.db.engine import Database
from gis_platform.opendata.ogc import REFERENCE_SYSTEMS, column_schema
from gis_platform.opendata.public import PageQuery, PublicLayer, feature, features_page


class Source:
    """The database the providers read; pygeoapi copies its configuration, this stays one."""

    def __init__(self, database: Database) -> None:
        self.engine = database.engine("gis_portal")

    def __deepcopy__(self, memo: dict[int, Any]) -> "Source":
        return self


class PublishedFeatures(BaseProvider):  # type: ignore[misc]  # pygeoapi has no types
    """The feature provider of every collection."""

    def __init__(self, provider_def: Mapping[str, Any]) -> None:
        super().__init__(provider_def)
        self.layer: PublicLayer = self.data["layer"]
        self.source: Source = self.data["source"]

    def get_fields(self) -> dict[str, dict[str, str]]:
        """Columns and their kinds, as JSON Schema says them."""
        entry = self.layer.entry
        return {name: column_schema(entry, name, "tr") for name in entry.types}

    @property
    def fields(self) -> dict[str, dict[str, str]]:
        """As :meth:`get_fields`."""
        return self.get_fields()

    def query(self, offset: int = 0, limit: int = 10, **asked: Any) -> dict[str, Any]:
        """A page of features as a FeatureCollection, in the CRS asked for and its axis order.

        Raises:
            ProviderInvalidQueryError: a value does not fit its column.
        """
        is_count = asked.get("resulttype") == "hits"
        query = PageQuery(
            limit=1 if is_count else limit,
            offset=offset,
            bbox=_box(asked.get("bbox") or ()),
            filters=dict(asked.get("properties") or ()),
            columns=tuple(asked.get("select_properties") or ()) or None,
            srid=_srid(asked),
            with_geometry=not asked.get("skip_geometry"),
        )
        try:
            with self.source.engine.connect() as connection:
                page = features_page(connection, self.layer, query)
        except UsageError as error:
            raise ProviderInvalidQueryError(str(error)) from error
        found: dict[str, Any] = json.loads(page.collection())
        return found | {"features": [], "numberReturned": 0} if is_count else found

    def get(self, identifier: str, **asked: Any) -> dict[str, Any]:
        """One feature.

        Raises:
            ProviderItemNotFoundError: there is none of that key.
        """
        with self.source.engine.connect() as connection:
            found = feature(connection, self.layer, identifier, srid=_srid(asked))
        if found is None:
            raise ProviderItemNotFoundError(identifier)
        said: dict[str, Any] = json.loads(found)
        return said


def _box(bbox: Sequence[float]) -> tuple[float, float, float, float] | None:
    """Four edges of a box; heights are left out."""
    if not bbox:
        return None
    half = len(bbox) // 2
    return bbox[0], bbox[1], bbox[half], bbox[half + 1]


def _srid(asked: Mapping[str, Any]) -> int | None:
    wanted = asked.get("crs_transform_spec")
    return None if wanted is None else REFERENCE_SYSTEMS[wanted.target_crs_uri].srid
