"""The register goes out as a delivery and comes back: nothing changes, in any format."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from sqlalchemy import text

from gis_platform.core.errors import Conflict, NotFound
from gis_platform.core.pipeline import pipelines
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.load import BatchFacts, begin_batch, merge_layer
from gis_platform.jobs.maks_export import export_delivery
from gis_platform.maks.delivery import read_delivery
from gis_platform.maks.handover import FORMS
from gis_platform.maks.layers import MaksLayers
from gis_platform.maks.model import LAYERS
from tests.builders import EAST, NORTH, a_feature, a_frame, guid
from tests.contract.control_village import village

MOMENT = pd.Timestamp("2024-02-29T10:11:12.123456Z")
LONG = "Ş" * 200 + " " + "ığüşöç" * 8
"""254 letters at most, and more than 254 bytes: a field of a shapefile is too short for it."""


def every_class() -> MaksLayers:
    """The village, and a feature of every class with a value in every column."""
    base = dict(village().items())
    ring = shapely.Polygon(
        [(EAST + x, NORTH + y) for x, y in ((60, 300), (90, 300), (90, 330), (60, 330))],
        [[(EAST + x, NORTH + y) for x, y in ((70, 310), (80, 310), (80, 320), (70, 320))]],
    )
    island = shapely.box(EAST + 100.123456789, NORTH + 300.00005, EAST + 120, NORTH + 320)
    shapes = {
        "POINT": shapely.Point(EAST + 33.333333333, NORTH + 41.00005),
        "LINESTRING": shapely.LineString([(EAST - 50, NORTH + 77.7777777), (EAST, NORTH + 80)]),
        "POLYGON": ring,
        "MULTIPOLYGON": shapely.MultiPolygon([ring, island]),
    }
    for at, (name, layer) in enumerate(LAYERS.items()):
        number = 9_000_000_001 + at
        values: dict[str, Any] = {}
        for column in layer.columns:
            if column.refers_to in LAYERS:
                frame = base.get(column.refers_to)
                has_rows = frame is not None and len(frame)
                values[column.name] = frame["id"].iloc[0] if has_rows else guid(name, number)
            elif column.kind == "guid":
                values[column.name] = guid(name, number)
            elif column.kind == "text":
                longest = column.length or 20
                values[column.name] = LONG[:longest] if longest > 100 else "00Şİ"[:longest]
            elif column.kind == "timestamp":
                values[column.name] = MOMENT
            elif column.kind == "real":
                values[column.name] = 123.45678901234568
            else:
                values[column.name] = number if column.kind == "long" else 4
        values |= {"id": guid(name, number), "kimlik_no": number}
        if layer.geometry:
            # Features enter with outer rings turned one way (maks/shapes.py).
            values["geometry"] = shapely.orient_polygons(shapes[layer.geometry])
        feature = a_frame(name, {**a_feature(name, number), **values})
        known = base.get(name)
        base[name] = feature if known is None else pd.concat([known, feature], ignore_index=True)
    return MaksLayers({name: base[name] for name in LAYERS})


@pytest.fixture
def fill(database: Database) -> Callable[[MaksLayers], None]:
    """Put layers into the register as they are, whatever a control would say."""

    def put(layers: MaksLayers) -> None:
        with database.engine("gis_etl").begin() as connection:
            facts = BatchFacts("maks", "ilk.gdb", "a" * 64, 1)
            batch = begin_batch(connection, facts, started_by="Deneme Kişi")
            for name, frame in layers.items():
                merge_layer(connection, batch, name, frame)

    return put


def target(folder: Path, form: str) -> Path:
    return folder / (form if FORMS[form].is_folder else f"teslim{FORMS[form].suffix}")


@pytest.mark.parametrize("form", FORMS)
def test_importing_an_export_changes_nothing(
    database: Database, settings: Settings, tmp_path: Path, fill: Callable[..., None], form: str
) -> None:
    fill(every_class())
    path = target(tmp_path, form)
    done = export_delivery(settings, database, path, form=form)
    assert done.features == every_class().counts()
    read = read_delivery(path)
    assert read.read == sum(done.features.values())
    assert not len(read.rejected)
    with database.engine("gis_etl").begin() as connection:
        batch = begin_batch(connection, BatchFacts("maks", "geri", "b" * 64, 1), started_by="x")
        for name in LAYERS:
            counts = merge_layer(connection, batch, name, read.layers[name], is_complete=True)
            assert (counts.added, counts.changed, counts.closed) == (0, 0, 0), name
            assert counts.unchanged == done.features[name]


@pytest.mark.parametrize("form", FORMS)
def test_the_import_command_takes_an_export_as_unchanged(
    database: Database, settings: Settings, tmp_path: Path, fill: Callable[..., None], form: str
) -> None:
    fill(village())
    path = target(tmp_path, form)
    export_delivery(settings, database, path, form=form)
    job = pipelines["maks_import"]
    report = job(settings, database, path, is_complete=True, started_by="Deneme Kişi")
    total = sum(village().counts().values())
    assert report.changes == {"added": 0, "changed": 0, "unchanged": total, "closed": 0}
    said = {line.code for line in report.controls if line.code.startswith("delivery.")}
    # A geodatabase knows only multi-part lines and areas.
    assert said <= {"delivery.geometry-unwrapped"}, said


def test_shapefiles_say_utf8_and_cut_names_as_deliveries_do(
    database: Database, settings: Settings, tmp_path: Path, fill: Callable[..., None]
) -> None:
    fill(every_class())
    export_delivery(settings, database, tmp_path / "shp", form="shp")
    assert (tmp_path / "shp" / "NUMARATAJ.cpg").read_text("ascii") == "UTF-8"
    assert (tmp_path / "shp" / "BAGIMSIZ_BOLUM.cpg").read_text("ascii") == "UTF-8"
    assert not (tmp_path / "shp" / "BAGIMSIZ_BOLUM.shp").exists()
    fields = list(pyogrio.read_info(tmp_path / "shp" / "BAGIMSIZ_BOLUM.dbf")["fields"])
    assert {"BAGIMSIZBO", "BAGLIOLDUG", "KULLANIMTU", "KULLANIMAL", "NUMARATAJI"} <= set(fields)
    assert "ISLEMGER_2" in fields


def test_official_names_and_keys_are_in_a_geodatabase(
    database: Database, settings: Settings, tmp_path: Path, fill: Callable[..., None]
) -> None:
    fill(every_class())
    path = tmp_path / "teslim.gdb"
    export_delivery(settings, database, path)
    there = {name for name, _ in pyogrio.list_layers(path)}
    assert there == {layer.official for layer in LAYERS.values()}
    units = pyogrio.read_dataframe(path, layer="BAGIMSIZ_BOLUM", read_geometry=False)
    assert units["KIMLIKNO"].dtype == "int64"
    assert set(units["NUMARATAJID"]) <= set(
        pyogrio.read_dataframe(path, layer="NUMARATAJ", read_geometry=False)["ID"]
    )


def test_an_export_as_of_a_date_is_the_register_of_then(
    database: Database, settings: Settings, tmp_path: Path, fill: Callable[..., None]
) -> None:
    fill(village())
    with database.engine("gis_owner").connect() as connection:
        moment = connection.execute(text("SELECT max(valid_from) FROM maks.yol_version")).scalar()
    with database.engine("gis_etl").begin() as connection:
        batch = begin_batch(connection, BatchFacts("maks", "2", "c" * 64, 1), started_by="x")
        new = village({"set": {"yol": {502: {"ad": "YENİ AD"}}}})
        merge_layer(connection, batch, "yol", new["yol"])
    for as_of, ad in ((moment, "ÇIĞIR"), (None, "YENİ AD")):
        path = tmp_path / f"{ad}.gpkg"
        export_delivery(settings, database, path, as_of=as_of)
        roads = pyogrio.read_dataframe(path, layer="YOL", read_geometry=False)
        assert roads.set_index("KIMLIKNO")["AD"][502] == ad
    early = datetime(2000, 1, 1, tzinfo=UTC)
    with pytest.raises(NotFound):
        export_delivery(settings, database, tmp_path / "0.gpkg", as_of=early)


def test_a_mahalle_comes_with_everything_it_points_to(
    database: Database, settings: Settings, tmp_path: Path, fill: Callable[..., None]
) -> None:
    fill(village())
    path = tmp_path / "merkez.gpkg"
    export_delivery(settings, database, path, mahalle="merkez")
    read = read_delivery(path).layers
    assert set(read["yol"]["kimlik_no"]) == {501, 502}
    assert set(read["mahalle"]["kimlik_no"]) == {40365}
    assert 0 < len(read["numarataj"]) < len(village()["numarataj"])
    for name, frame in read.items():
        for column in LAYERS[name].columns:
            if column.refers_to in read:
                keys = frame[column.name].dropna()
                assert keys.isin(read[column.refers_to]["id"]).all(), (name, column.name)


def test_what_is_there_is_kept_unless_it_may_be_replaced(
    database: Database, settings: Settings, tmp_path: Path, fill: Callable[..., None]
) -> None:
    fill(village())
    path = tmp_path / "teslim.gdb"
    path.mkdir()
    (path / "eski").write_text("eski")
    with pytest.raises(Conflict):
        export_delivery(settings, database, path)
    assert (path / "eski").exists()
    export_delivery(settings, database, path, may_replace=True)
    assert not (path / "eski").exists()
    assert len(gpd.read_file(path, layer="NUMARATAJ"))
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_an_export_that_fails_leaves_what_was_there(
    database: Database,
    settings: Settings,
    tmp_path: Path,
    fill: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(village())
    path = tmp_path / "teslim.gpkg"
    path.write_bytes(b"eski")
    made = iter(range(3))
    real = pyogrio.raw.write

    def fails(*given: Any, **more: Any) -> None:
        if next(made, None) is None:
            raise RuntimeError("no more")
        real(*given, **more)

    monkeypatch.setattr(pyogrio.raw, "write", fails)
    with pytest.raises(RuntimeError):
        export_delivery(settings, database, path, may_replace=True)
    assert path.read_bytes() == b"eski"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []
