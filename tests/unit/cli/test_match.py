"""``gis match`` on addresses and files, against a small gazetteer of its own."""

import csv
import json
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from click.testing import Result
from typer.testing import CliRunner

from gis_platform.cli.main import build
from gis_platform.core.errors import GisPlatformError
from gis_platform.matching.files import index_of_folder
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import EXPLANATION_COLUMNS, RESULT_COLUMNS
from gis_platform.sources.table import read_whole_table

SHARED = Path(__file__).parents[4] / "shared" / "data"
CSBM = """ilce_kod,ilce,mahalle_kod,mahalle,csbm_kod,csbm,tur_kod
1325,EYÜPSULTAN,40371,NİŞANCI,500001,GÜL,4
1325,EYÜPSULTAN,40371,NİŞANCI,500002,ÇINAR,3
1325,EYÜPSULTAN,40365,MERKEZ,500003,İNCİ,4
"""
MAHALLE = """il,ilce_kod,ilce,mahalle_kod,mahalle
İSTANBUL,1325,EYÜPSULTAN,40371,NİŞANCI
İSTANBUL,1325,EYÜPSULTAN,40365,MERKEZ
"""
KAPI = """numarataj_kimlik_no,csbm_kod,dis_kapi_no,lon,lat
300000001,500001,12,28.931,41.041
300000002,500001,12A,28.932,41.042
300000003,500002,7,28.933,41.043
300000004,500003,4,28.934,41.044
"""
GOOD = "NİŞANCI MAH. GÜL SOKAK NO:12 EYÜPSULTAN/İSTANBUL"


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gazetteer")
    for name, text in (("csbm", CSBM), ("mahalle", MAHALLE), ("kapi", KAPI)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIS_HOME", str(home))


def gis(*words: object) -> Result:
    return CliRunner().invoke(build(), [str(word) for word in words])


def refused(*words: object) -> GisPlatformError:
    error = gis(*words).exception
    assert isinstance(error, GisPlatformError), error
    return error


def addresses(folder: Path, *texts: str, name: str = "in.csv") -> Path:
    frame = pd.DataFrame({"no": [f"0{at}" for at in range(len(texts))], "adres": texts})
    path = folder / name
    if path.suffix == ".xlsx":
        frame.to_excel(path, index=False)
    elif path.suffix == ".gpkg":
        points = [shapely.Point(0, 0)] * len(texts)
        gpd.GeoDataFrame(frame, geometry=points, crs=4326).to_file(path)
    else:
        frame.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path


def test_rows_come_back_in_order_with_their_columns_and_the_answer(
    tmp_path: Path, gazetteer: Path
) -> None:
    path = addresses(tmp_path, "İNCİ SOKAK NO:4 MERKEZ MAH EYÜP", "", GOOD, "falan filan")
    done = gis(
        "match", path, "--column", "adres", "--gazetteer", gazetteer, "-o", tmp_path / "o.csv"
    )
    assert done.exit_code == 0, done.exception
    with (tmp_path / "o.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    assert header == ["no", "adres", *RESULT_COLUMNS]
    assert [row[0] for row in rows] == ["00", "01", "02", "03"]
    by_name = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["numarataj_kimlik_no"] for row in by_name] == ["300000004", "", "300000001", ""]
    assert [row["match_status"] for row in by_name][::2] == ["matched", "matched"]
    assert by_name[1]["reason"] == "empty"
    assert by_name[2]["match_level"] == "kapi"
    assert (by_name[2]["lon"], by_name[2]["lat"]) == ("28.931", "41.041")


def test_components_in_columns_of_their_own(tmp_path: Path, gazetteer: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("Mahalle;Cadde / Sokak;Dış Kapı\nNişancı;GÜL SK.;12/A\n", encoding="utf-8")
    named = "mahalle=mahalle,csbm=Cadde / Sokak,dis_kapi_no=dis kapi"
    done = gis(
        "match", path, "--columns", named, "--gazetteer", gazetteer, "-o", tmp_path / "o.csv"
    )
    assert done.exit_code == 0, done.exception
    assert read_whole_table(tmp_path / "o.csv")["numarataj_kimlik_no"].tolist() == ["300000002"]


def test_columns_of_an_aks_table_are_known_by_their_headers(
    tmp_path: Path, gazetteer: Path
) -> None:
    path = tmp_path / "aks.csv"
    path.write_text("Adres No,Açık Adres\n1234567890," + GOOD + "\n", encoding="utf-8")
    done = gis("match", path, "--gazetteer", gazetteer, "-o", tmp_path / "o.csv")
    assert done.exit_code == 0, done.exception
    assert read_whole_table(tmp_path / "o.csv")["match_level"].tolist() == ["kapi"]


def test_input_columns_with_a_name_of_the_result_are_kept_under_another(
    tmp_path: Path, gazetteer: Path
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"lon,adres,input_lon\n1.5,{GOOD},2\n", encoding="utf-8")
    done = gis(
        "match", path, "--column", "adres", "--gazetteer", gazetteer, "-o", tmp_path / "o.csv"
    )
    table = read_whole_table(tmp_path / "o.csv")
    assert table["input_input_lon"].tolist() == ["1.5"]
    assert table["input_lon"].tolist() == ["2"]
    assert table["lon"].tolist() == ["28.931"]
    assert "lon → input_input_lon" in done.stderr


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx", "gpkg"])
def test_every_format_goes_in_and_out(tmp_path: Path, gazetteer: Path, suffix: str) -> None:
    path = addresses(tmp_path, GOOD, "yok", name=f"in.{suffix}")
    output = tmp_path / f"out.{suffix}"
    done = gis("match", path, "--column", "adres", "--gazetteer", gazetteer, "-o", output)
    assert done.exit_code == 0, done.exception
    if suffix == "gpkg":
        found = gpd.read_file(output)
        assert found.crs.to_epsg() == 4326
        assert found.geometry[0].equals(shapely.Point(28.931, 41.041))
        assert found.geometry[1] is None
        assert list(found.columns) == ["no", "adres", *RESULT_COLUMNS, "geometry"]
    else:
        found = read_whole_table(output)
        assert found["no"].tolist() == ["00", "01"]
        assert found["numarataj_kimlik_no"].tolist() == ["300000001", ""]


def test_explained_rows_say_more(tmp_path: Path, gazetteer: Path) -> None:
    path = addresses(tmp_path, GOOD)
    output = tmp_path / "o.csv"
    gis("match", path, "--column", "adres", "--gazetteer", gazetteer, "-o", output, "--explain")
    assert list(read_whole_table(output).columns[2:-3]) == [*RESULT_COLUMNS, *EXPLANATION_COLUMNS]


def test_summary_for_machines(tmp_path: Path, gazetteer: Path) -> None:
    path = addresses(tmp_path, GOOD, GOOD)
    done = gis(
        "match",
        path,
        "--column",
        "adres",
        "--gazetteer",
        gazetteer,
        "-o",
        tmp_path / "o.csv",
        "--json",
    )
    said = json.loads(done.stdout)
    assert said["rows"] == 2
    assert said["answers"] == [{"match_status": "matched", "match_level": "kapi", "rows": 2}]


def test_a_column_that_is_not_there_is_answered_with_those_that_are(
    tmp_path: Path, gazetteer: Path
) -> None:
    path = addresses(tmp_path, GOOD)
    error = refused(
        "match", path, "--column", "adress", "--gazetteer", gazetteer, "-o", tmp_path / "o.csv"
    )
    assert error.exit_code == 1
    assert "“no”, “adres”" in error.say("tr")
    assert not (tmp_path / "o.csv").exists()


def test_no_column_said_and_none_known(tmp_path: Path, gazetteer: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("a,b\nx,y\n", encoding="utf-8")
    error = refused("match", path, "--gazetteer", gazetteer, "-o", tmp_path / "o.csv")
    assert error.exit_code == 2
    assert "“a”, “b”" in error.say("en")
    assert "--column" in error.say("en")


@pytest.mark.parametrize("wrong", ["sokak=adres", "csbm", "csbm="])
def test_components_nobody_knows_are_refused(tmp_path: Path, gazetteer: Path, wrong: str) -> None:
    path = addresses(tmp_path, GOOD)
    error = refused(
        "match", path, "--columns", wrong, "--gazetteer", gazetteer, "-o", tmp_path / "o.csv"
    )
    assert "dis_kapi_no" in error.say("tr")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 xx", "not a table"),
        (b"adres,adres\nx,y\n", "twice"),
        (b"adres\n\xff\xfe\x81", "encoding"),
    ],
)
def test_what_is_no_table_is_refused_and_leaves_nothing(
    tmp_path: Path, gazetteer: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    error = refused(
        "match", path, "--column", "adres", "--gazetteer", gazetteer, "-o", tmp_path / "o.csv"
    )
    assert error.exit_code == 1
    assert said in error.say("en")
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.csv"]


def test_a_file_that_is_not_there(tmp_path: Path, gazetteer: Path) -> None:
    error = refused(
        "match",
        tmp_path / "x.csv",
        "--column",
        "a",
        "--gazetteer",
        gazetteer,
        "-o",
        tmp_path / "o.csv",
    )
    assert "no such file" in error.say("en")


def test_a_file_without_an_output_is_asked_for_one(tmp_path: Path, gazetteer: Path) -> None:
    path = addresses(tmp_path, GOOD)
    assert "-o" in refused("match", path, "--column", "adres", "--gazetteer", gazetteer).say("en")


@pytest.mark.parametrize("output", ["out.docx", "nowhere/out.csv", "in.csv"])
def test_outputs_that_cannot_be_are_refused(tmp_path: Path, gazetteer: Path, output: str) -> None:
    path = addresses(tmp_path, GOOD)
    before = path.read_bytes()
    error = refused(
        "match", path, "--column", "adres", "--gazetteer", gazetteer, "-o", tmp_path / output
    )
    assert error.exit_code == 2
    assert path.read_bytes() == before


def test_several_layers_need_a_choice(tmp_path: Path, gazetteer: Path) -> None:
    path = addresses(tmp_path, GOOD, name="in.gpkg")
    frame = pd.DataFrame({"adres": [GOOD, GOOD]})
    gpd.GeoDataFrame(frame, geometry=[None, None], crs=4326).to_file(path, layer="other")
    output = tmp_path / "o.csv"
    error = refused("match", path, "--column", "adres", "--gazetteer", gazetteer, "-o", output)
    assert "in, other" in error.say("en")
    gis(
        "match",
        path,
        "--column",
        "adres",
        "--sheet",
        "other",
        "--gazetteer",
        gazetteer,
        "-o",
        output,
    )
    assert len(read_whole_table(output)) == 2


def test_one_address_for_people(gazetteer: Path) -> None:
    done = gis("match", GOOD, "--gazetteer", gazetteer)
    assert done.exit_code == 0, done.exception
    assert "eşleşti · kapı" in done.stdout
    assert "numarataj_kimlik_no 300000001" in done.stdout
    assert "28.931000, 41.041000" in done.stdout


def test_one_address_for_machines(gazetteer: Path) -> None:
    said = json.loads(gis("match", GOOD, "--gazetteer", gazetteer, "--json").stdout)
    assert said["status"] == "matched"
    assert said["best"]["numarataj_kimlik_no"] == 300000001
    assert "words" not in said
    assert "parts" not in said["best"]


def test_explanation_shows_words_and_faults(gazetteer: Path) -> None:
    said = gis(
        "match", "NİŞANCI MAH. ÇINARR CAD. NO:12 ZURNA", "--explain", "--gazetteer", gazetteer
    )
    for title in ("Sözcükler", "Okunan", "Kanıtlar, bit: ", "Tartılan adaylar, bit", "Neden"):
        assert f"\n{title}" in said.stdout
    assert "Kayıtta olmayan bir cadde/sokak rastlantıyla" in said.stdout


def test_the_bars_of_the_evidence_fall_to_the_sum(gazetteer: Path) -> None:
    """Each bar begins where the one before ends; the last ends where the sum does."""
    said = gis("match", GOOD, "--explain", "--gazetteer", gazetteer).stdout
    rows = said.partition("Kanıtlar, bit")[2].partition("Tartılan")[0].splitlines()
    bars = [row for row in rows if "█" in row]
    assert len(bars) > 2
    *parts, total = bars
    for before, after in pairwise(parts):
        assert after.index("█") >= before.rindex("█")
    assert total.rindex("█") == parts[-1].rindex("█")


def test_the_explanation_for_machines_sums_up(gazetteer: Path) -> None:
    said = json.loads(gis("match", GOOD, "--explain", "--json", "--gazetteer", gazetteer).stdout)
    best = said["best"]
    assert sum(part["bits"] for part in best["parts"]) == pytest.approx(best["weight"])
    assert said["parts"] == best["parts"]
    assert said["null_bits"] > 0
    assert set(said["why"][0]) == {"tr", "en"}


def test_without_any_index_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIS_HOME", str(tmp_path))
    error = refused("match", GOOD)
    assert error.exit_code == 2
    assert "gis maks import" in error.say("en")


def test_a_folder_that_is_no_gazetteer(tmp_path: Path) -> None:
    assert "no such folder" in refused("match", GOOD, "--gazetteer", tmp_path / "x").say("en")
    (tmp_path / "mahalle.csv").write_text(MAHALLE, encoding="utf-8")
    assert "csbm.csv" in refused("match", GOOD, "--gazetteer", tmp_path).say("en")


def test_the_index_of_a_folder_is_made_once_and_again_after_a_change(
    tmp_path: Path, gazetteer: Path
) -> None:
    folder = tmp_path / "g"
    folder.mkdir()
    for path in gazetteer.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    index = index_of_folder(folder, tmp_path)
    assert _doors_of(index) == 4
    made = newest(index)
    assert index_of_folder(folder, tmp_path) == index
    assert newest(index) == made
    with (folder / "kapi.csv").open("a", encoding="utf-8") as file:
        file.write("300000009,500001,99,28.9,41.0\n")
    assert _doors_of(index_of_folder(folder, tmp_path)) == 5
    assert len(list((tmp_path / "gazetteers").iterdir())) == 1


def newest(folder: Path) -> int:
    return max(path.stat().st_mtime_ns for path in folder.iterdir())


def _doors_of(index: Path) -> int:
    return len(Matcher.open(index).arrays["door_kimlik"])


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real data under ../shared/data")
def test_the_real_addresses_of_the_district_are_all_answered(tmp_path: Path) -> None:
    output = tmp_path / "o.csv"
    done = gis(
        "match", SHARED / "addresses" / "eyupsultan.csv", "--column", "address",
        "--gazetteer", SHARED / "registry", "-o", output,
    )  # fmt: skip
    assert done.exit_code == 0, done.exception
    table = read_whole_table(output)
    assert len(table) == 298
    assert table["match_status"].isin(["matched", "review", "unmatched"]).all()
    assert (table["match_status"] == "matched").mean() > 0.75
