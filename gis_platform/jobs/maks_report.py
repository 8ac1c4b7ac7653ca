"""The conformity file of the register, or of a delivery before it enters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyproj

from gis_platform import __version__
from gis_platform.core.crs import REGISTER_SRID
from gis_platform.core.errors import NotFound, Text
from gis_platform.core.progress import progress
from gis_platform.core.settings import Settings
from gis_platform.db.decide import read_waiver_ends, read_waivers
from gis_platform.db.engine import Database, open_database
from gis_platform.db.queries.conformity import (
    WHOLE,
    Counted,
    Origin,
    earlier_reports,
    origins,
    server_versions,
    store_report,
)
from gis_platform.db.queries.register import read_layers
from gis_platform.db.upgrade import upgrade
from gis_platform.jobs.received import received
from gis_platform.maks.check import CheckResult, check, find_mahalle
from gis_platform.maks.delivery import Delivery, read_delivery
from gis_platform.maks.layers import MaksLayers
from gis_platform.maks.profile import Profile, read_profile
from gis_platform.maks.saying import crs_name
from gis_platform.report.conformity import Conformity, OriginLine, TrendLine
from gis_platform.report.gather import About, gather

MOST_EARLIER = 24
"""Earlier reports shown in the trend."""
_LABEL = Text("Uygunluk dosyası", "Conformity file")
_REGISTER = Text("kayıt", "the register")


@dataclass(frozen=True)
class Asked:
    """What a conformity file is wanted of.

    Attributes:
        delivery: a file or folder; the register where not given.
        srid: EPSG code of the delivery's coordinates, where it does not declare the right one.
        profile: name or TOML file.
        mahalle: only this one; name or kimlik no.
        reported_on: the date of the file.
    """

    reported_on: date
    profile: str = "delivery"
    mahalle: str | None = None
    delivery: Path | None = None
    srid: int | None = None


def conformity(settings: Settings, asked: Asked) -> Conformity:
    """Check, count and gather; a file of the register is remembered for the trend of later ones.

    Raises:
        NotFound: the register is empty, or there is no such mahalle or profile.
        SourceError: the delivery cannot be read.
    """
    profile = read_profile(asked.profile)
    with progress(_LABEL.say(settings.language)) as advance:
        if asked.delivery is not None:
            return _of_delivery(settings, asked, profile)
        with open_database(settings) as database:
            upgrade(database)
            report = _of_register(settings, database, asked, profile)
        advance(report.features)
        return report


def _of_register(
    settings: Settings, database: Database, asked: Asked, profile: Profile
) -> Conformity:
    with database.engine("gis_etl").begin() as connection:
        layers = read_layers(connection)
        if not sum(layers.counts().values()):
            raise NotFound(
                Text("Kayıtta hiç özellik yok.", "There is nothing in the register."),
                remedy=Text("önce gis maks import", "run gis maks import first"),
            )
        number = None if asked.mahalle is None else find_mahalle(layers, asked.mahalle)
        where = WHOLE if number is None else number
        ended = read_waiver_ends(connection)
        known = [one for one in read_waivers(connection) if one.id not in ended]
        past = [one for one in known if one.until < asked.reported_on]
        in_force = read_waivers(connection, on=asked.reported_on)
        result = check(layers, profile, mahalle=number, waivers=in_force)
        earlier = earlier_reports(connection, profile.name, where, asked.reported_on, MOST_EARLIER)
        about = About(
            organisation=_organisation(settings),
            subject=_subject(_REGISTER, layers, number),
            reported_on=asked.reported_on,
            origins=tuple(map(_origin_line, origins(connection))),
            versions=_versions(profile) | server_versions(connection),
            earlier=tuple(map(_trend_line, earlier)),
            mahalle=number,
            past_waivers=tuple(past),
        )
        report = gather(layers, result, about, settings.language)
        counted = _counted(report, result)
        store_report(connection, profile.name, where, counted, about.versions or {})
        return report


def _of_delivery(settings: Settings, asked: Asked, profile: Profile) -> Conformity:
    path = Path(asked.delivery or "")
    source = received(path)
    delivery = read_delivery(path, srid=asked.srid)
    layers = delivery.layers
    number = None if asked.mahalle is None else find_mahalle(layers, asked.mahalle)
    about = About(
        organisation=_organisation(settings),
        subject=_subject(Text(f"teslimat {path.name}", f"delivery {path.name}"), layers, number),
        reported_on=asked.reported_on,
        origins=(_delivered(delivery, path, source.sha256, source.size),),
        versions=_versions(profile),
        mahalle=number,
    )
    result = check(layers, profile, mahalle=number)
    return gather(layers, result, about, settings.language)


def _organisation(settings: Settings) -> Text:
    return Text(settings.portal.organisation_tr, settings.portal.organisation_en)


def _subject(what: Text, layers: MaksLayers, number: int | None) -> Text:
    if number is None:
        return what
    known = layers["mahalle"]
    ad = str(known["ad"][known["kimlik_no"] == number].iloc[0])
    return Text(f"{what.tr}, {ad} ({number})", f"{what.en}, {ad} ({number})")


def _versions(profile: Profile) -> dict[str, str]:
    return {
        "gis-platform": __version__,
        "profil": profile.name,
        "PROJ": pyproj.proj_version_str,
    }


def _origin_line(origin: Origin) -> OriginLine:
    return OriginLine(
        file=origin.file_name,
        sha256=origin.sha256,
        size=origin.size,
        received=origin.received_at.astimezone().strftime("%Y-%m-%d %H:%M"),
        person=origin.started_by,
        crs="" if origin.srid is None else crs_name(origin.srid),
        operation=_operation(origin.srid, origin.operation),
        accuracy_m=origin.accuracy_m,
        features=origin.features,
    )


def _delivered(delivery: Delivery, path: Path, sha256: str, size: int) -> OriginLine:
    placing = next((f.placing for f in delivery.facts if f.placing is not None), None)
    srid = None if placing is None else placing.fit.srid
    return OriginLine(
        file=path.name,
        sha256=sha256,
        size=size,
        received="–",
        person="",
        crs="" if srid is None else crs_name(srid),
        operation=_operation(srid, None if placing is None else placing.operation.name),
        accuracy_m=None if placing is None else placing.operation.accuracy_m,
        features=sum(delivery.layers.counts().values()),
    )


def _operation(srid: int | None, name: str | None) -> str:
    """The operation, where there was one."""
    return "" if srid in {None, REGISTER_SRID} else name or ""


def _trend_line(counted: Counted) -> TrendLine:
    return TrendLine(
        counted.reported_on,
        counted.features,
        counted.clean,
        _sum(counted.counts, "block"),
        _sum(counted.counts, "warn"),
    )


def _sum(counts: Mapping[str, Mapping[str, int]], action: str) -> int:
    return sum(by.get(action, 0) for by in counts.values())


def _counted(report: Conformity, result: CheckResult) -> Counted:
    counts: dict[str, dict[str, int]] = {}
    for row in result.counts().itertuples(index=False):
        by = counts.setdefault(str(row.code), {})
        by[str(row.action)] = by.get(str(row.action), 0) + int(row.count)
    return Counted(report.reported_on, report.features, report.features - report.with_error, counts)
