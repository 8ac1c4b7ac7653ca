"""The register, as it is or was, is handed over as a delivery."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gis_platform.core.errors import NotFound, Text, UsageError
from gis_platform.core.progress import progress
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.queries.history import moment_in
from gis_platform.db.queries.register import read_layers
from gis_platform.maks.check import find_mahalle
from gis_platform.maks.cut import of_mahalle
from gis_platform.maks.handover import FORMS, form_of, hand_over
from gis_platform.maks.layers import MaksLayers
from gis_platform.maks.model import LAYERS

_LABEL = Text("Teslimatın yazılması", "Writing the delivery")


@dataclass(frozen=True)
class Exported:
    """A delivery written.

    Attributes:
        path: where it lies.
        form: one of ``handover.FORMS``.
        features: per layer.
        personal: official columns in it that may hold data of persons (KVKK).
    """

    path: Path
    form: str
    features: dict[str, int]
    personal: tuple[str, ...]


def export_delivery(  # noqa: PLR0913 - options of the command, all named
    settings: Settings,
    database: Database,
    path: Path,
    *,
    form: str | None = None,
    as_of: datetime | None = None,
    mahalle: str | None = None,
    may_replace: bool = False,
) -> Exported:
    """Write the register as a delivery, whole or not at all.

    Args:
        settings: language of the progress.
        database: the register.
        path: file or folder to write.
        form: ``gdb``, ``gpkg``, ``shp`` or ``gml``; by the suffix of ``path`` where not given.
        as_of: the features in force then; now if not given.
        mahalle: only this one, with what its features point to; name or kimlik no.
        may_replace: what lies at ``path`` gives way.

    Raises:
        NotFound: nothing was in force then, or there is no such mahalle.
        Conflict: something lies at ``path``.
    """
    chosen = form_of(path, form)
    with database.engine("gis_etl").connect() as connection:
        layers = read_layers(connection, as_of=as_of)
    if not sum(layers.counts().values()):
        raise _nothing(as_of)
    if mahalle is not None:
        layers = of_mahalle(layers, find_mahalle(layers, mahalle))
    rows = sum(layers.counts().values())
    with progress(_LABEL.say(settings.language), total=rows) as advance:
        written = hand_over(layers, path, FORMS[chosen], may_replace=may_replace, advance=advance)
    return Exported(path, chosen, written, _personal(layers))


def moment_of(said: str) -> datetime:
    """A date as its last moment, here; a time as it is, here where it has no zone.

    Raises:
        UsageError: it is neither.
    """
    moment = moment_in(said)
    if moment is None:
        raise UsageError(
            Text(f"“{said}” bir tarih değil.", f"“{said}” is no date."),
            remedy=Text("örneğin 2026-01-31", "for example 2026-01-31"),
        )
    return moment


def _personal(layers: MaksLayers) -> tuple[str, ...]:
    return tuple(
        f"{LAYERS[name].official}.{column.official}"
        for name in layers
        for column in LAYERS[name].columns
        if column.personal and layers[name][column.name].notna().any()
    )


def _nothing(as_of: datetime | None) -> NotFound:
    if as_of is None:
        return NotFound(
            Text("Kayıtta hiç özellik yok.", "There is nothing in the register."),
            remedy=Text("önce gis maks import", "run gis maks import first"),
        )
    then = as_of.astimezone().strftime("%Y-%m-%d %H:%M")
    return NotFound(
        Text(f"Kayıtta {then} anında hiç özellik yoktu.", f"The register was empty on {then}."),
        remedy=Text("daha sonraki bir tarih verin", "give a later date"),
    )
