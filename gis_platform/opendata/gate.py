"""What a layer must be before it may be proposed: whole, in its place, and nobody's secret."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from gis_platform.core.crs import DISTRICT_ENVELOPE_4326
from gis_platform.core.errors import Conflict, Place, Text
from gis_platform.db.queries import catalogue as ask
from gis_platform.opendata.catalogue import (
    Description,
    Entry,
    EntryColumn,
    LayerFile,
    Words,
    column_codes,
)

MARGIN = 0.02
"""How far a layer may reach over the district's envelope, degrees (about 2 km)."""
_DAYS = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "annual": 366}
_MEND = Text("kaydı düzeltip yeniden önerin", "mend the register and propose again")


def check_source(connection: Connection, layer: LayerFile, source: str) -> int:
    """Refuse a source, the table the layer is copied from, that does not fit the layer file.

    Returns:
        Rows without geometry, which cannot be shown and are left out.

    Raises:
        Conflict: columns are missing, the key is empty or not unique, the geometry is of another
            type than the file says.
    """
    known = ask.source_columns(connection, source)
    missing = [name for name in (*layer.columns, "geometry") if name not in known]
    if missing:
        there = ", ".join(known) or "–"
        raise _refused(
            layer,
            Text(
                f"{layer.source} kaynağında şu sütunlar yok: {', '.join(missing)}. Olanlar: "
                f"{there}.",
                f"{layer.source} lacks these columns: {', '.join(missing)}. It has: {there}.",
            ),
            Text("katman dosyasındaki adları düzeltin", "mend the names in the layer file"),
        )
    _check_keys(connection, layer, source)
    _check_types(connection, layer, source)
    return ask.rows_without_shape(connection, source)


def described(connection: Connection, copy: ask.FrozenCopy, layer: LayerFile) -> Entry:
    """The entry of the catalogue for a frozen copy, before anybody looked for personal data."""
    kinds = ask.kinds(connection, copy)
    said: dict[str, Any] = layer.model_dump(exclude={"columns"})
    said["next_due"] = layer.next_due or due_after(datetime.now(UTC).date(), layer)
    columns = tuple(
        EntryColumn(
            name=name, type=kinds[name], meaning=Words(tr=words.tr, en=words.en),
            unit=words.unit, empty=words.empty, codes=column_codes(layer, name),
        )
        for name, words in layer.columns.items()
    )  # fmt: skip
    return Entry(**said, columns=columns, period=_period(connection, copy, layer))


def due_after(day: date, layer: LayerFile) -> date | None:
    """By when the version after one of ``day`` is due; ``None`` where it comes irregularly."""
    days = _DAYS.get(layer.update_frequency)
    return None if days is None else day + timedelta(days=days)


def check_due(layer: LayerFile) -> None:
    """Refuse a promise that is broken already.

    Raises:
        Conflict: the day on which the next version is due has passed.
    """
    if layer.next_due is not None and layer.next_due < datetime.now(UTC).date():
        raise Conflict(
            Text(
                f"Sonraki sürümün günü geçmiş: {layer.next_due}.",
                f"The next version was due on {layer.next_due}.",
            ),
            place=Place(file=f"{layer.name}.toml", field="next_due"),
            remedy=Text("sonraki sürümün gününü yazın", "say when the next version is due"),
        )


def check_copy(connection: Connection, copy: ask.FrozenCopy, entry: Entry) -> None:
    """Refuse a frozen copy the public must not have.

    Raises:
        Conflict: no feature, invalid geometry, or features outside the district.
    """
    _check_features(connection, copy, entry)


def _check_keys(connection: Connection, layer: LayerFile, source: str) -> None:
    missing, twice = ask.key_faults(connection, source, layer.key)
    if missing:
        raise _refused(
            layer,
            Text(
                f"{layer.source} içinde {missing} satırda “{layer.key}” boş.",
                f"In {layer.source} “{layer.key}” is empty in {missing} rows.",
            ),
        )
    if twice:
        keys = ", ".join(twice)
        raise _refused(
            layer,
            Text(
                f"{layer.source} içinde “{layer.key}” tek değil: {keys}.",
                f"In {layer.source} “{layer.key}” is not unique: {keys}.",
            ),
        )


def _check_types(connection: Connection, layer: LayerFile, source: str) -> None:
    wanted = layer.geometry.removeprefix("multi")
    is_multi = layer.geometry.startswith("multi")
    fitting = {wanted, f"multi{wanted}"} if is_multi else {wanted}
    others = ask.shape_types(connection, source) - fitting
    if others:
        found = ", ".join(sorted(others))
        raise _refused(
            layer,
            Text(
                f"Katman dosyası {layer.geometry} diyor, {layer.source} içinde {found} var.",
                f"The layer file says {layer.geometry}, {layer.source} holds {found}.",
            ),
        )


def _check_features(connection: Connection, copy: ask.FrozenCopy, layer: Entry) -> None:
    if not ask.has_rows(connection, copy):
        raise _refused(
            layer,
            Text(
                f"{layer.source} içinde gösterilecek nesne yok.",
                f"{layer.source} holds nothing to show.",
            ),
            Text("önce kaydı yükleyin: gis maks import", "load the register: gis maks import"),
        )
    broken = ask.broken_shapes(connection, copy)
    if broken:
        said = ", ".join(f"{key} ({why})" for key, why in broken.items())
        raise _refused(
            layer, Text(f"Geçersiz geometri: {said}.", f"Geometry is not valid: {said}.")
        )
    west, south, east, north = DISTRICT_ENVELOPE_4326
    box = (west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN)
    outside = ask.outside(connection, copy, box)
    if outside:
        keys = ", ".join(outside)
        raise _refused(
            layer,
            Text(f"İlçenin dışında kalanlar var: {keys}.", f"Some lie outside: {keys}."),
        )


def _period(
    connection: Connection, copy: ask.FrozenCopy, layer: LayerFile
) -> tuple[str, str] | None:
    if layer.time is None:
        return None
    first, last = ask.period(connection, copy, layer.time)
    return None if first is None else (first.isoformat(), last.isoformat())


def _refused(layer: Description, text: Text, remedy: Text = _MEND) -> Conflict:
    return Conflict(text, place=Place(file=f"{layer.name}.toml"), remedy=remedy)
