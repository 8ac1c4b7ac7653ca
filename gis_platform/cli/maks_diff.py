"""``gis maks diff``: what changed in the register between two batches or dates."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import geopandas as gpd
import numpy as np
import pandas as pd
import typer

from gis_platform.cli.main import settings_of
from gis_platform.cli.maks_rows import print_rows, write_json
from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, reproject_geometry
from gis_platform.core.errors import Text
from gis_platform.core.language import Language, number
from gis_platform.db.engine import open_database
from gis_platform.db.queries.history import DIFF_COLUMNS, moment_of, read_diff
from gis_platform.db.upgrade import upgrade
from gis_platform.maks.describe import find_layer
from gis_platform.maks.map_file import MAP_SUFFIXES, write_map
from gis_platform.sources.table import write_table

CHANGES = {
    "added": Text("eklendi", "added"),
    "changed": Text("değişti", "changed"),
    "closed": Text("kapandı", "closed"),
    "moved": Text("taşındı", "moved"),
}
_SHOWN = 20


def diff(  # noqa: PLR0913 - one option each
    context: typer.Context,
    a: Annotated[str, typer.Argument(help="Tarih ya da parti numarası. / A date or batch number.")],
    b: Annotated[
        str | None,
        typer.Argument(help="Verilmezse şimdi. / A date or batch number; now if not given."),
    ] = None,
    *,
    layer: Annotated[
        list[str] | None,
        typer.Option(help="Yalnız bu MAKS katmanı (yinelenebilir). / This layer only."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o",
            help="Farkları .csv, .xlsx, .gpkg ya da .geojson dosyasına yazar. / "
            "Writes the differences to a .csv, .xlsx, .gpkg or .geojson file.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON yazar. / Writes JSON.")] = False,
) -> None:  # fmt: skip
    """Kayıtta iki parti ya da tarih arasında ne değiştiğini yazar. / Tells what changed."""
    settings = settings_of(context)
    language = settings.language
    names = None if not layer else [find_layer(one).name for one in layer]
    with open_database(settings) as database:
        upgrade(database)
        with database.engine("gis_etl").connect() as connection:
            begin = moment_of(connection, a)
            end = moment_of(connection, b) if b else datetime.now(UTC)
            found = read_diff(connection, begin, end, names)
    if output is not None:
        _write(found, output, language)
    if as_json:
        write_json([_json(row) for row in found.to_dict("records")])
        return
    _print(found, language)


def _print(found: gpd.GeoDataFrame, language: Language) -> None:
    if not len(found):
        typer.echo(Text("Hiçbir şey değişmemiş.", "Nothing has changed.").say(language))
        return
    counts = found.groupby(["layer", "change"], sort=False)["metres"].agg(["size", "median", "max"])
    rows = [
        {
            Text("katman", "layer").say(language): layer,
            Text("değişiklik", "change").say(language): CHANGES[change].say(language),
            Text("sayı", "count").say(language): number(size, language),
            Text("metre (orta, en çok)", "metres (median, most)").say(language): (
                f"{number(median, language, 2)}, {number(most, language, 2)}"
                if change == "moved" else ""
            ),
        }
        for (layer, change), size, median, most in counts.itertuples()
    ]  # fmt: skip
    print_rows(rows)
    for row in found.head(_SHOWN).to_dict("records"):
        typer.echo(_line(row, language))
    if len(found) > _SHOWN:
        left = number(len(found) - _SHOWN, language)
        typer.echo(Text(f"… {left} tane daha", f"… {left} more").say(language))


def _line(row: dict[str, object], language: Language) -> str:
    """``numarataj 901 moved 3.20 m: kapi_no 5 → 5/A``."""
    change = CHANGES[str(row["change"])].say(language)
    moved = "" if pd.isna(row["metres"]) else f" {number(float(str(row['metres'])), language, 2)} m"
    told = _told(row["changes"])
    return f"{row['layer']} {row['kimlik_no']} {change}{moved}" + (f": {told}" if told else "")


def _told(changes: object) -> str:
    if not isinstance(changes, dict):
        return ""
    said = (f"{name} {_value(old)} → {_value(new)}" for name, (old, new) in changes.items())
    return ", ".join(said)


def _value(value: object) -> str:
    return "–" if value is None else str(value)


def _json(row: dict[str, object]) -> dict[str, object]:
    return {name: None if _is_missing(row[name]) else row[name] for name in DIFF_COLUMNS}


def _is_missing(value: object) -> bool:
    return not isinstance(value, dict) and bool(pd.isna(value))


def _write(found: gpd.GeoDataFrame, path: Path, language: Language) -> None:
    table = pd.DataFrame(
        {
            "katman": found["layer"],
            "kimlik_no": found["kimlik_no"].astype("str"),
            "degisiklik": found["change"].map(
                {k: text.say(language) for k, text in CHANGES.items()}
            ),
            "metre": found["metres"].round(3),
            "ayrinti": found["changes"].map(_told),
            "parti": found["batch_id"].astype("str"),
            "json": found["changes"].map(lambda one: json.dumps(one, ensure_ascii=False)),
        }
    )
    if path.suffix in MAP_SUFFIXES:
        shapes = reproject_geometry(np.asarray(found.geometry), REGISTER_SRID, PUBLISHED_SRID)
        write_map(gpd.GeoDataFrame(table, geometry=shapes, crs=PUBLISHED_SRID), path, "degisiklik")
    else:
        write_table([table.astype("str").replace({"nan": "", "<NA>": ""})], path)
