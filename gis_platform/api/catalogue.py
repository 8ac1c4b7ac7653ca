"""The public catalogue as the server holds it: read again when its edition has changed."""

from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection

from gis_platform.core.errors import Gone, NotFound, Text
from gis_platform.opendata.portal.find import Finder
from gis_platform.opendata.public import PublicLayer, edition, public_layers, public_versions
from gis_platform.opendata.quality import Measured, measured_versions


@dataclass
class _Snapshot:
    """What was read at one edition."""

    edition: int
    layers: list[PublicLayer]
    versions: dict[str, list[PublicLayer]] = field(default_factory=dict)
    measured: dict[str, list[Measured]] = field(default_factory=dict)

    @cached_property
    def finder(self) -> Finder:
        """The words of the public layers."""
        return Finder(layer for layer in self.layers if layer.is_current)


class CatalogueCache:
    """Answers from memory as long as the database says that nothing has changed."""

    def __init__(self) -> None:
        self._snapshot: _Snapshot | None = None

    def published(self, connection: Connection) -> list[PublicLayer]:
        """Every layer that is public now, in the order of the portal."""
        return [layer for layer in self._current(connection).layers if layer.is_current]

    def known_of(self, connection: Connection) -> list[PublicLayer]:
        """Every layer the public knows of: those that are public, and those withdrawn."""
        return list(self._current(connection).layers)

    def known(self) -> list[PublicLayer]:
        """The public layers as they were last read; without asking, for pages about errors."""
        if self._snapshot is None:
            return []
        return [layer for layer in self._snapshot.layers if layer.is_current]

    def finder(self, connection: Connection) -> Finder:
        """The public layers, to be found by words."""
        return self._current(connection).finder

    def versions(self, connection: Connection, name: str) -> list[PublicLayer]:
        """Every version of a layer the public may know of, the newest first.

        Raises:
            NotFound: there is no such layer.
        """
        snapshot = self._current(connection)
        if name not in {layer.name for layer in snapshot.layers}:
            raise _unknown(name)
        if name not in snapshot.versions:
            snapshot.versions[name] = public_versions(connection, name)
        return snapshot.versions[name]

    def layer(self, connection: Connection, name: str) -> PublicLayer:
        """The public version of a layer.

        Raises:
            NotFound: there is no such layer.
            Gone: it was withdrawn.
        """
        for layer in self.versions(connection, name):
            if layer.is_current:
                return layer
        raise _withdrawn(self.versions(connection, name)[0])

    def version(self, connection: Connection, name: str, number: int) -> PublicLayer:
        """One version of a layer, public or replaced.

        Raises:
            NotFound: there is no such version.
            Gone: it was withdrawn.
        """
        for layer in self.versions(connection, name):
            if layer.version == number:
                if layer.state == "withdrawn":
                    raise _withdrawn(layer)
                return layer
        raise NotFound(
            Text(
                f"“{name}” katmanının {number}. sürümü yok.",
                f"There is no version {number} of layer “{name}”.",
            )
        )

    def measured(self, connection: Connection, name: str) -> list[Measured]:
        """What was measured of the versions of a layer, the newest first.

        Raises:
            NotFound: there is no such layer.
            Gone: it was withdrawn.
        """
        self.layer(connection, name)
        snapshot = self._current(connection)
        if name not in snapshot.measured:
            snapshot.measured[name] = measured_versions(connection, name)
        return snapshot.measured[name]

    def _current(self, connection: Connection) -> _Snapshot:
        number = edition(connection)
        if self._snapshot is None or self._snapshot.edition != number:
            self._snapshot = _Snapshot(number, public_layers(connection))
        return self._snapshot


def _unknown(name: str) -> NotFound:
    return NotFound(
        Text(f"“{name}” adında bir katman yok.", f"There is no layer “{name}”."),
        remedy=Text("olanlar: /api/v1/layers", "known layers: /api/v1/layers"),
    )


def _withdrawn(layer: PublicLayer) -> Gone:
    day = layer.withdrawn_at.date().isoformat() if layer.withdrawn_at else "?"
    return Gone(
        Text(
            f"“{layer.name}” katmanı {day} günü geri çekildi. Gerekçe: {layer.reason or '–'}",
            f"Layer “{layer.name}” was withdrawn on {day}. Reason: {layer.reason or '–'}",
        )
    )
