import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from gis_platform.core.crs import reproject
from gis_platform.core.errors import NotFound, SourceError
from gis_platform.core.findings import Severity
from gis_platform.maks.delivery import Delivery, read_delivery
from gis_platform.maks.layers import empty_frame
from gis_platform.maks.local_datum import read_local_datum
from gis_platform.maks.model import LAYERS
from tests.contract.control_village import village, write_delivery
from tests.unit.maks.test_local_datum import OFF, points

DOOR = {"ID": "{00000001-0000-4000-8000-000000000001}", "KIMLIKNO": 901, "KAPINO": "5"}
POINT = shapely.Point(405_000, 4_550_000)


def doors(*rows: dict[str, Any], crs: int | None = 5254, point: Any = POINT) -> gpd.GeoDataFrame:
    made = [{**DOOR, "geometry": point, **row} for row in rows or ({},)]
    return gpd.GeoDataFrame(made, geometry="geometry", crs=crs)


def deliver(tmp_path: Path, frame: pd.DataFrame, name: str = "NUMARATAJ", **more: Any) -> Delivery:
    path = tmp_path / "maks.gpkg"
    pyogrio.write_dataframe(frame, path, layer=name)
    return read_delivery(path, **more)


def codes(delivery: Delivery) -> set[str]:
    return {finding.code for finding in delivery.findings}


@pytest.mark.parametrize("driver", ["GPKG", "OpenFileGDB", "ESRI Shapefile"])
def test_a_delivery_reads_the_same_in_every_format(tmp_path: Path, driver: str) -> None:
    suffix = {"GPKG": "maks.gpkg", "OpenFileGDB": "maks.gdb", "ESRI Shapefile": "shp"}[driver]
    path = tmp_path / suffix
    if driver == "ESRI Shapefile":
        path.mkdir()
    read = read_delivery(write_delivery(village(), path, driver))
    assert read.layers.counts() == village().counts()
    assert len(read.rejected) == 0
    for layer, frame in village().items():
        mine = read.layers[layer].sort_values("kimlik_no", ignore_index=True)
        expected = frame.sort_values("kimlik_no", ignore_index=True)
        names = list(LAYERS[layer].names)
        pd.testing.assert_frame_equal(
            pd.DataFrame(mine[names]), pd.DataFrame(expected[names]), check_dtype=True
        )
        if "geometry" in expected:
            assert shapely.equals_exact(
                shapely.normalize(mine.geometry.array), shapely.normalize(expected.geometry.array),
                0.001,
            ).all()  # fmt: skip


def test_a_frame_has_the_columns_types_and_crs_of_its_layer(tmp_path: Path) -> None:
    frame = deliver(tmp_path, doors()).layers["numarataj"]
    assert frame.dtypes.to_dict() == empty_frame("numarataj").dtypes.to_dict()
    assert frame.crs.to_epsg() == 5254
    assert frame[["_file", "_row"]].to_numpy().tolist() == [["maks.gpkg/NUMARATAJ", 1]]


def test_personal_columns_are_held_back_with_their_count(tmp_path: Path) -> None:
    read = deliver(tmp_path, doors({"tc_kimlik": "1", "kontrol": "var"}, {"tc_kimlik": None}))
    assert read.quarantined[["header", "count"]].to_numpy().tolist() == [["tc_kimlik", 1]]
    assert "tc_kimlik" not in read.raw[0].frame
    assert "tc_kimlik" not in read.layers["numarataj"]
    assert "delivery.column-personal" in codes(read)


def test_identity_numbers_are_found_under_any_name(tmp_path: Path) -> None:
    read = deliver(tmp_path, doors({"not1": "10000000146"}))
    assert read.quarantined["header"].tolist() == ["not1"]
    assert "10000000146" not in read.raw[0].frame.to_csv()


def test_unknown_columns_are_kept_with_the_raw_rows(tmp_path: Path) -> None:
    read = deliver(tmp_path, doors({"ekip": "3. ekip"}))
    assert read.unknown[["header", "count"]].to_numpy().tolist() == [["ekip", 1]]
    assert read.raw[0].frame["ekip"].tolist() == ["3. ekip"]
    assert read.raw[0].srid == 5254


def test_a_number_a_spreadsheet_touched_is_whole_again(tmp_path: Path) -> None:
    frame = deliver(tmp_path, doors({"KAPINO": 12.0}), "NUMARATAJ").layers["numarataj"]
    assert frame["kapi_no"].tolist() == ["12"]


def test_a_malformed_key_refuses_the_row_with_field_and_remedy(tmp_path: Path) -> None:
    read = deliver(tmp_path, doors({"KIMLIKNO": "901"}, {"KIMLIKNO": "dokuz"}))
    assert read.layers.counts() == {"numarataj": 1}
    (row,) = read.rejected.to_dict("records")
    assert (row["row"], row["field"], row["code"]) == (2, "KIMLIKNO", "value.malformed")
    assert "dokuz" in row["text"].tr
    assert read.read == 2
    assert any(finding.place.row == 2 for finding in read.all_findings())


def test_another_unreadable_value_is_left_empty_and_said(tmp_path: Path) -> None:
    read = deliver(tmp_path, doors({"BINAKODU": "yok"}))
    assert read.layers["numarataj"]["bina_kodu"].isna().all()
    said = next(f for f in read.findings if f.code == "delivery.value-unreadable")
    assert "1: yok" in said.text.tr


def test_a_label_is_read_as_its_code(tmp_path: Path) -> None:
    road = pd.DataFrame(
        {"ID": ["a", "b"], "KIMLIKNO": [1, 2], "AD": "X", "TIP": ["SOKAK", "cadde"]}
    )
    read = deliver(tmp_path, road, "YOL")
    assert read.layers["yol"]["tip"].tolist() == [4, 3]


def test_pairs_of_code_and_label_are_gathered(tmp_path: Path) -> None:
    read = deliver(tmp_path, doors({"TIP": 1, "TIP_ACIKLAMA": "Bina Ana Giriş"}))
    assert read.labels.to_dict("records") == [
        {"list": "numarataj_tipi", "code": 1, "label": "Bina Ana Giriş", "count": 1}
    ]


def test_the_code_is_taken_from_the_column_that_has_codes(tmp_path: Path) -> None:
    road = pd.DataFrame(
        {"ID": ["a"], "KIMLIKNO": [1], "AD": "X", "TIP": ["Tanımsız"], "TIP_KODU": [4]}
    )
    assert deliver(tmp_path, road, "YOL").layers["yol"]["tip"].tolist() == [4]


@pytest.mark.parametrize(
    ("srid", "code"),
    [(5254, None), (4326, "delivery.crs-transformed"), (2320, "delivery.crs-transformed")],
)
def test_a_declared_crs_is_transformed_and_its_accuracy_told(
    tmp_path: Path, srid: int, code: str | None
) -> None:
    read = deliver(tmp_path, doors().to_crs(srid))
    assert shapely.distance(read.layers["numarataj"].geometry[0], POINT) < 0.01
    assert {c for c in codes(read) if "crs" in c} == ({code} if code else set())
    placing = read.facts[0].placing
    assert placing is not None
    assert placing.operation.accuracy_m == {5254: 0.0, 4326: 1.0, 2320: 2.1}[srid]


@pytest.mark.filterwarnings("ignore:'crs' was not provided:UserWarning")
def test_an_undeclared_crs_is_guessed_aloud(tmp_path: Path) -> None:
    swapped = shapely.Point(POINT.y, POINT.x)
    read = deliver(tmp_path, doors(crs=None, point=swapped))
    assert shapely.equals(read.layers["numarataj"].geometry[0], POINT)
    assert {"delivery.crs-guessed", "delivery.axes-swapped"} <= codes(read)


@pytest.mark.filterwarnings("ignore:'crs' was not provided:UserWarning")
def test_ed50_is_read_where_a_person_says_so(tmp_path: Path) -> None:
    ed50 = doors().to_crs(2320).set_crs(None, allow_override=True)
    told = deliver(tmp_path, ed50, srid=2320).layers["numarataj"].geometry[0]
    assert shapely.distance(told, POINT) < 0.01


@pytest.mark.filterwarnings("ignore:'crs' was not provided:UserWarning")
def test_numbers_of_nowhere_stop_the_reading(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="fit none in the district") as error:
        deliver(tmp_path, doors(crs=None, point=shapely.Point(1, 2)))
    assert error.value.remedy is not None
    assert "--srid" in error.value.remedy.tr


def test_a_delivery_of_another_district_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="outside the district"):
        deliver(tmp_path, doors(crs=4326, point=shapely.Point(32.85, 39.93)))


def test_layers_in_different_crs_are_said(tmp_path: Path) -> None:
    path = tmp_path / "maks.gpkg"
    pyogrio.write_dataframe(doors(), path, layer="NUMARATAJ")
    area = gpd.GeoDataFrame({"ID": ["a"], "KIMLIKNO": [1]}, geometry=[POINT.buffer(9)], crs=5254)
    pyogrio.write_dataframe(area.to_crs(4326), path, layer="YAPI")
    read = read_delivery(path)
    assert "delivery.crs-mixed" in codes(read)
    assert shapely.distance(read.layers["yapi"].geometry[0].centroid, POINT) < 0.01


def test_wrong_and_broken_geometry_is_refused_and_missing_kept(tmp_path: Path) -> None:
    rows = [{}, {"geometry": None}, {"geometry": shapely.LineString([(0, 0), (1, 1)])}]
    read = deliver(tmp_path, doors(*rows))
    assert read.rejected[["row", "code"]].to_numpy().tolist() == [[3, "geometry.wrong-type"]]
    assert read.layers["numarataj"].geometry.isna().tolist() == [False, True]


def test_a_single_part_is_unwrapped_and_heights_are_dropped(tmp_path: Path) -> None:
    line = shapely.MultiLineString([[(405_000, 4_550_000, 7), (405_100, 4_550_000, 8)]])
    frame = gpd.GeoDataFrame({"ID": ["a"], "KIMLIKNO": [1]}, geometry=[line], crs=5254)
    read = deliver(tmp_path, frame, "YOL_ORTA_HAT")
    assert read.layers["yol_orta_hat"].geometry[0].geom_type == "LineString"
    assert {"delivery.geometry-unwrapped", "delivery.geometry-flattened"} <= codes(read)


def test_a_spatial_layer_without_geometry_is_said(tmp_path: Path) -> None:
    read = deliver(tmp_path, pd.DataFrame([DOOR]))
    assert "delivery.geometry-missing" in codes(read)
    assert read.layers["numarataj"].geometry.isna().all()


def test_a_missing_required_column_is_an_error_and_an_empty_table_a_warning(
    tmp_path: Path,
) -> None:
    read = deliver(tmp_path, pd.DataFrame({"ID": pd.Series(dtype="str")}), "YOL")
    weights = {f.code: f.severity for f in read.findings}
    assert weights["delivery.column-missing"] is Severity.ERROR
    assert weights["delivery.table-empty"] is Severity.WARNING
    assert read.layers.counts() == {"yol": 0}


def test_tables_that_are_no_layer_are_left_and_said(tmp_path: Path) -> None:
    path = tmp_path / "maks.gpkg"
    pyogrio.write_dataframe(doors(), path, layer="NUMARATAJ")
    pyogrio.write_dataframe(doors(), path, layer="agaclar")
    read = read_delivery(path)
    assert read.layers.counts() == {"numarataj": 1}
    assert [f.values["table"] for f in read.findings if f.code == "delivery.table-unknown"] == [
        "agaclar"
    ]


def test_nothing_of_maks_names_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"“agaclar”.*YOL_ORTA_HAT"):
        deliver(tmp_path, doors(), "agaclar")


def test_two_deliveries_in_one_folder_are_not_mixed(tmp_path: Path) -> None:
    pyogrio.write_dataframe(doors(), tmp_path / "mart.gpkg", layer="NUMARATAJ")
    shutil.copy(tmp_path / "mart.gpkg", tmp_path / "nisan.gpkg")
    with pytest.raises(SourceError, match=r"mart\.gpkg, nisan\.gpkg"):
        read_delivery(tmp_path)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "name",
    ["layers/fatih_streets.osm", "registry/istanbul_mahalle.geojson", "layers/green_areas.geojson"],
)
def test_odd_real_layers_are_refused_in_one_line(shared_data: Path, name: str) -> None:
    with pytest.raises(SourceError, match="no MAKS layer") as error:
        read_delivery(shared_data / name)
    assert "\n" not in error.value.say("tr")


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "table", "layer", "rows"),
    [
        ("layers/fatih_streets.osm", "lines", "yol_orta_hat", 1_500),
        ("registry/istanbul_mahalle.geojson", "istanbul_mahalle", "mahalle", 900),
        ("registry/istanbul_ilce.geojson", "istanbul_ilce", "ILCE", 30),
    ],
)
def test_an_odd_real_layer_is_read_as_what_a_person_says_it_is(
    shared_data: Path, name: str, table: str, layer: str, rows: int
) -> None:
    read = read_delivery(shared_data / name, tables={table: layer})
    (frame,) = read.layers.values()
    assert len(frame) >= rows
    missing = [f for f in read.findings if f.code == "delivery.column-missing"]
    assert {f.severity for f in missing} == {Severity.ERROR}
    assert "KIMLIKNO" in {f.values["official"] for f in missing}
    assert not frame.geometry.isna().any()


def test_a_misspelt_table_is_taken_aloud_for_the_layer_it_nearly_names(tmp_path: Path) -> None:
    read = deliver(tmp_path, doors(), "NUMARATJ")
    assert read.layers.counts() == {"numarataj": 1}
    said = next(f for f in read.findings if f.code == "delivery.table-misspelt")
    assert "NUMARATAJ" in said.text.tr
    assert said.remedy is not None


def test_two_tables_nearly_named_alike_are_taken_for_neither(tmp_path: Path) -> None:
    path = tmp_path / "maks.gpkg"
    pyogrio.write_dataframe(doors(), path, layer="YOL_ORTA_HAT_YO")
    pyogrio.write_dataframe(doors(), path, layer="YOL_ORTA_HTA_YO")
    with pytest.raises(SourceError, match="no MAKS layer"):
        read_delivery(path)


def test_a_table_that_is_told_must_be_there_and_its_layer_too(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"“x” is not in the delivery.*“NUMARATAJ”"):
        deliver(tmp_path, doors(), tables={"x": "yol"})
    with pytest.raises(NotFound, match="no layer “sokak”"):
        deliver(tmp_path, doors(), tables={"NUMARATAJ": "sokak"})


def test_own_parameters_move_ed50_and_their_residuals_are_said(tmp_path: Path) -> None:
    way = points(tmp_path / "noktalar.csv")
    local = read_local_datum(way)
    read = deliver(tmp_path, doors(crs=2320), local=local)
    said = next(f for f in read.findings if f.code == "delivery.crs-local")
    assert said.severity is Severity.INFO
    assert "P3" in said.text.tr
    x, y = reproject([POINT.x], [POINT.y], 2320, 5254)
    point = read.layers["numarataj"].geometry[0]
    assert (point.x - x[0], point.y - y[0]) == pytest.approx(OFF, abs=0.02)
    (placing,) = [facts.placing for facts in read.facts]
    assert placing is not None
    assert "noktalar.csv" in placing.operation.name
    assert placing.operation.accuracy_m == pytest.approx(0, abs=0.02)


def test_own_parameters_that_nothing_needs_are_said(tmp_path: Path) -> None:
    local = read_local_datum(points(tmp_path / "noktalar.csv"))
    assert "delivery.crs-local-unused" in codes(deliver(tmp_path, doors(), local=local))


@pytest.mark.shared_data
def test_a_real_layer_renamed_is_read_with_what_it_lacks(shared_data: Path, tmp_path: Path) -> None:
    shutil.copy(shared_data / "registry/istanbul_mahalle.geojson", tmp_path / "mahalle.geojson")
    read = read_delivery(tmp_path / "mahalle.geojson")
    assert read.layers.counts()["mahalle"] > 900
    assert "delivery.column-missing" in codes(read)
