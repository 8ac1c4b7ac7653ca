"""What the matcher matches against: names, doors, lines and areas of the register; decisions."""

import hashlib
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy import (
    Connection,
    Select,
    Text,
    and_,
    column,
    exists,
    func,
    literal,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import BYTEA, aggregate_order_by

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, reproject, reproject_geometry
from gis_platform.db.queries.learned import read_learned
from gis_platform.db.tables import LAYER_TABLES, REVIEW_DECISION
from gis_platform.matching import learned
from gis_platform.matching.gazetteer import Reference, today

REFERENCE_LAYERS = ("il", "ilce", "mahalle", "yol", "yol_orta_hat", "yol_orta_hat_yon", "numarataj")
"""Layers whose content the address index holds; units are not among them."""

_CSBM = table(
    "csbm_name", column("ilce_kod"), column("ilce"), column("mahalle_kod"), column("mahalle"),
    column("csbm_kod"), column("csbm"), column("tur_kod"), column("il"), schema="maks",
)  # fmt: skip
_KAPI = table(
    "kapi", column("kimlik_no"), column("csbm_kodu"), column("dis_kapi_no"), column("geometry"),
    schema="maks",
)  # fmt: skip
_CSBM_LINE = table("csbm", column("kimlik_no"), column("geometry"), schema="maks")
_FORMER_NAME = table("former_name", column("level", Text), column("kod"), column("alias"),
                     schema="maks")  # fmt: skip
_MAHALLE, _ILCE, _IL = (LAYER_TABLES[name] for name in ("mahalle", "ilce", "il"))


def read_reference(connection: Connection) -> Reference:
    """The register as the matcher's reference; coordinates in EPSG:4326, longitude first.

    Former names of mahalle and csbm come with it as aliases, the newest accepted decision about
    each address as decisions, the places refused for it as refusals; and what was learnt.
    """
    register = Reference(
        csbm=_read_csbm(connection),
        mahalle=_read_mahalle(connection),
        kapi=_read_kapi(connection),
        orta_hat=_read_orta_hat(connection),
        mahalle_alan=_read_areas(connection, "mahalle"),
        ilce_alan=_read_areas(connection, "ilce"),
        aliases=_read_aliases(connection),
        decisions=_read_decisions(connection),
        refusals=_read_refusals(connection),
    )
    known: Reference = learned.with_learned(register, read_learned(connection), today())
    return known


def register_fingerprint(connection: Connection) -> str:
    """A value that changes when and only when what ``read_reference`` gives may change.

    It is made of the content in force, not of its history or ids: a register restored or filled
    again from the same deliveries has the same.
    """
    digest = hashlib.sha256()
    for name in REFERENCE_LAYERS:
        versions = LAYER_TABLES[name]
        in_order = aggregate_order_by(literal(b"", BYTEA), versions.c.kimlik_no)
        content = select(func.sha256(func.string_agg(versions.c.content_hash, in_order)))
        in_force = content.where(versions.c.valid_to.is_(None))
        digest.update(name.encode() + bytes(connection.execute(in_force).scalar() or b""))
    for former in connection.execute(_former_names()):
        digest.update(repr(tuple(former)).encode())
    decisions = select(func.max(REVIEW_DECISION.c.id))
    digest.update(str(connection.execute(decisions).scalar_one()).encode())
    holding = learned.in_force(read_learned(connection), today())
    digest.update(repr([one.lesson for one in holding]).encode())
    return digest.hexdigest()


def register_pulse(connection: Connection) -> str | None:
    """A value that changes whenever what ``read_reference`` gives may have; cheap to ask for.

    ``None`` of a register in which nothing has ever been.
    """
    newest = connection.execute(select(func.address.newest())).scalar_one()
    if not newest:
        return None
    parts = [newest, connection.execute(select(func.max(REVIEW_DECISION.c.id))).scalar_one()]
    for name in ("il", "ilce"):
        its = LAYER_TABLES[name].c
        times = select(func.count(), func.max(its.valid_from), func.max(its.valid_to))
        parts.append(tuple(connection.execute(times).one()))
    parts.append([one.lesson for one in learned.in_force(read_learned(connection), today())])
    return repr(parts)


def _read_csbm(connection: Connection) -> pd.DataFrame:
    question = select(
        _CSBM.c.ilce_kod, _CSBM.c.ilce, _CSBM.c.mahalle_kod, _CSBM.c.mahalle, _CSBM.c.csbm_kod,
        _CSBM.c.csbm, _CSBM.c.tur_kod,
    )  # fmt: skip
    has_branch = and_(_CSBM.c.mahalle_kod.is_not(None), _CSBM.c.ilce_kod.is_not(None))
    return _frame(connection, question.where(has_branch).order_by(_CSBM.c.csbm_kod))


def _read_mahalle(connection: Connection) -> pd.DataFrame:
    question = (
        select(
            _ILCE.c.kimlik_no.label("ilce_kod"), _ILCE.c.ad.label("ilce"),
            _MAHALLE.c.kimlik_no.label("mahalle_kod"), _MAHALLE.c.ad.label("mahalle"),
            _IL.c.ad.label("il"),
        )
        .join(_ILCE, and_(_ILCE.c.id == _MAHALLE.c.ilce_id, _ILCE.c.valid_to.is_(None)))
        .outerjoin(_IL, and_(_IL.c.id == _ILCE.c.il_id, _IL.c.valid_to.is_(None)))
        .where(_MAHALLE.c.valid_to.is_(None))
        .order_by(_MAHALLE.c.kimlik_no)
    )  # fmt: skip
    return _frame(connection, question)


def _read_kapi(connection: Connection) -> pd.DataFrame:
    """Doors with a number and a csbm, and where they stand."""
    is_known = and_(_KAPI.c.csbm_kodu.is_not(None), _KAPI.c.dis_kapi_no.is_not(None))
    question = select(
        _KAPI.c.kimlik_no.label("numarataj_kimlik_no"), _KAPI.c.csbm_kodu.label("csbm_kod"),
        _KAPI.c.dis_kapi_no, func.ST_X(_KAPI.c.geometry).label("lon"),
        func.ST_Y(_KAPI.c.geometry).label("lat"),
    ).where(is_known)  # fmt: skip
    frame = _frame(connection, question.order_by(_KAPI.c.kimlik_no))
    lon, lat = reproject(frame["lon"], frame["lat"], REGISTER_SRID, PUBLISHED_SRID)
    return frame.assign(lon=lon, lat=lat)


def _read_orta_hat(connection: Connection) -> gpd.GeoDataFrame:
    question = select(
        _CSBM_LINE.c.kimlik_no.label("csbm_kod"),
        func.ST_AsBinary(_CSBM_LINE.c.geometry).label("geometry"),
    )
    return _shapes(connection, question.order_by(_CSBM_LINE.c.kimlik_no))


def _read_areas(connection: Connection, layer: str) -> gpd.GeoDataFrame:
    versions = LAYER_TABLES[layer]
    question = select(
        versions.c.kimlik_no.label(f"{layer}_kod"),
        func.ST_AsBinary(versions.c.geometry).label("geometry"),
    )
    in_force = versions.c.valid_to.is_(None)
    return _shapes(connection, question.where(in_force).order_by(versions.c.kimlik_no))


def _read_aliases(connection: Connection) -> pd.DataFrame:
    return _frame(connection, _former_names())


def _former_names() -> Select[Any]:
    names = _FORMER_NAME.c
    return select(names.level, names.kod, names.alias).order_by(names.level, names.kod, names.alias)


def _read_decisions(connection: Connection) -> pd.DataFrame:
    """The newest decision about each key; one that refuses every place is none to match by."""
    said = REVIEW_DECISION.c
    newest = select(func.max(said.id)).group_by(said.key)
    question = select(said.key, said.numarataj_kimlik_no, said.csbm_kod, said.decided_by,
                      said.decided_at)  # fmt: skip
    is_in_force = and_(said.id.in_(newest), said.decision == "accept")
    return _frame(connection, question.where(is_in_force).order_by(said.key))


def _read_refusals(connection: Connection) -> pd.DataFrame:
    """Places refused for a key, unless something was accepted for it later."""
    said, later = REVIEW_DECISION.c, REVIEW_DECISION.alias("later").c
    accepted = exists().where(later.key == said.key, later.id > said.id, later.decision == "accept")
    question = select(said.key, said.numarataj_kimlik_no, said.csbm_kod)
    is_refused = and_(said.decision == "refuse", said.csbm_kod.is_not(None), ~accepted)
    return _frame(connection, question.where(is_refused).distinct().order_by(said.key))


def _frame(connection: Connection, question: Select[Any]) -> pd.DataFrame:
    """The answer as a frame: codes are nullable whole numbers, text is ``str``."""
    found = connection.execute(question)
    names = list(found.keys())
    columns = list(zip(*found.fetchall(), strict=True)) or [()] * len(names)
    return pd.DataFrame(
        {name: _series(name, values) for name, values in zip(names, columns, strict=True)}
    )


def _series(name: str, values: tuple[Any, ...]) -> "pd.Series[Any]":
    if name.endswith(("_kod", "_kimlik_no")) or name == "kod":
        return pd.Series(values, dtype="Int64")
    if name in {"lon", "lat"}:
        return pd.Series(values, dtype="float64")
    if name == "decided_at":
        return pd.Series(values, dtype="datetime64[us, UTC]")
    return pd.Series(values, dtype="str" if name != "geometry" else object)


def _shapes(connection: Connection, question: Select[Any]) -> gpd.GeoDataFrame:
    frame = _frame(connection, question)
    in_register = gpd.GeoSeries.from_wkb(frame.pop("geometry"), crs=REGISTER_SRID)
    shapes = reproject_geometry(in_register.to_numpy(), REGISTER_SRID, PUBLISHED_SRID)
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, crs=PUBLISHED_SRID))
