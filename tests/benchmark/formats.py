"""Every format of download of a layer of points: time, memory and size, beside the bare library.

``./run bench formats [points] [format…]``: publishes a layer (a million points where nothing is
said) and writes each format in a process of its own: seconds of processor and of the clock, the
most memory it took above what the frame takes, and the size. In the same run bare pyogrio or
pyarrow writes the same frame, without dates, names, checks and order of ours; for PMTiles that is
GDAL's driver, for XLSX openpyxl. Then all later files are made as ``gis serve`` makes them.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pyogrio
from geopandas import GeoDataFrame
from ogc import publish_points
from openpyxl import Workbook
from sqlalchemy import text

from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database, open_database
from gis_platform.db.queries import catalogue as ask
from gis_platform.opendata.catalogue import Entry
from gis_platform.opendata.exporter import ExportFacts, exporters
from gis_platform.opendata.files import export_facts
from gis_platform.opendata.later_files import _tiles, make_files, missing_files
from gis_platform.opendata.public import public_versions
from gis_platform.opendata.publish import copy_of

MOST_CPU, MOST_MB = 180, 1500
MOST_BARE_TILES = 100_000
"""GDAL's own tiles take ten minutes of a million points: with more than this it is not asked."""
DRIVERS = {
    "geojson": ("GeoJSON", {}), "gpkg": ("GPKG", {}), "flatgeobuf": ("FlatGeobuf", {}),
    "shapefile": ("ESRI Shapefile", {}), "kml": ("KML", {}), "kmz": ("KML", {}), "dxf": ("DXF", {}),
    "gml": ("GML", {"FORMAT": "GML3.2"}), "pmtiles": ("PMTiles", {"MINZOOM": 8, "MAXZOOM": 15}),
}  # fmt: skip
Measured = tuple[float, float, float, int]


def main(arguments: list[str]) -> None:
    """Measure and print a table."""
    points = int(arguments[0]) if arguments else 1_000_000
    wanted = arguments[1:] or [
        name for name, _ in sorted(exporters.items(), key=lambda each: each[1].order)
    ]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gis-", dir="/tmp")))
        folder.chmod(0o755)
        settings = publish_points(folder, points, stack)
        database = stack.enter_context(open_database(settings))
        began = time.process_time()
        frame, facts = contents(database)
        print(f"{points} points, read in {time.process_time() - began:.1f} s of this process")
        print(f"{'':12}{'CPU s':>8}{'clock s':>9}{'MB above':>10}{'size MB':>9}{'bare s':>8}"
              f"{'ratio':>7}{'bare MB':>9}")  # fmt: skip
        total = 0.0
        for name in wanted:
            ours = measured(database, lambda name=name: write(database, frame, facts, folder, name))
            bare = measured(database, lambda name=name: write_bare(frame, folder, name))
            total += ours[0]
            print(line(name, ours, bare), flush=True)
        print(f"{'all':12}{total:8.1f}  limit {MOST_CPU} for a million points")
        if len(arguments) < 2:
            later(settings, database)


def contents(database: Database) -> tuple[GeoDataFrame, ExportFacts]:
    """The frozen copy as the worker reads it."""
    with database.engine("gis_office").connect() as connection:
        (row,) = ask.versions(connection, "kapi")
        entry = Entry.model_validate(row["entry"])
        frame = ask.read_copy(connection, copy_of(entry, 1), {**entry.types})
    return frame, export_facts(entry, row["approved_at"])


def measured(database: Database, write: Callable[[], Path | None]) -> Measured:
    """Seconds of processor and clock, MB above what was there, bytes: in a process of its own."""
    mine, its = multiprocessing.Pipe(duplex=False)

    def work() -> None:
        database.dispose()
        before = psutil.Process().memory_info().rss
        cpu, clock = time.process_time() + database_seconds(database), time.perf_counter()
        path = write()
        spent = time.process_time() + database_seconds(database) - cpu
        took = time.perf_counter() - clock
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        size = path.stat().st_size if path else 0
        if path:
            path.unlink()
        its.send((spent, took, max(0, most - before) / 1e6, size))

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    its.close()
    try:
        found: Measured = mine.recv()
    except EOFError:
        found = (float("nan"), float("nan"), float("nan"), 0)
    process.join()
    return found


def database_seconds(database: Database) -> float:
    """Seconds of processor of all processes of our PostgreSQL, those that have ended as well."""
    with database.engine("gis_owner").connect() as connection:
        number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        server = psutil.Process(number).parent()
        assert server is not None
        known = server.cpu_times()
        spent = known.user + known.system + known.children_user + known.children_system
        for each in server.children():
            with suppress(psutil.Error):
                times = each.cpu_times()
                spent += times.user + times.system
    database.dispose()
    return float(spent)


def write(
    database: Database, frame: GeoDataFrame, facts: ExportFacts, folder: Path, name: str
) -> Path:
    """One format, as it is published."""
    path = folder / f"kapi{exporters[name].suffix}"
    if name != "pmtiles":
        exporters[name].write(frame, path, facts)
        return path
    with database.engine("gis_office").connect() as connection:
        (layer,) = public_versions(connection, "kapi")
        made = ExportFacts(**(vars(facts) | {"tiles": _tiles(connection, layer)}))
        exporters[name].write(frame, path, made)
    return path


def write_bare(frame: GeoDataFrame, folder: Path, name: str) -> Path | None:
    """The same rows by the library alone."""
    path = folder / f"bare{exporters[name].suffix}"
    if name == "pmtiles" and len(frame) > MOST_BARE_TILES:
        return None
    if name in DRIVERS:
        driver, options = DRIVERS[name]
        if name == "dxf":
            frame = frame[["geometry"]]
        if name == "shapefile":
            path = folder / "bare.shp"
        if name == "kmz":
            path = folder / "bare.kml"
        pyogrio.write_dataframe(frame, path, driver=driver, **options)
        return path
    if name == "geoparquet":
        pq.write_table(pa.table(frame.to_arrow(index=False)), path, compression="zstd")
        return path
    table = pd.DataFrame(frame.drop(columns="geometry"))
    table = table.assign(lon=frame.geometry.x, lat=frame.geometry.y)
    if name in {"csv", "csv_excel"}:
        pyarrow.csv.write_csv(pa.Table.from_pandas(table, preserve_index=False), path)
        return path
    if name == "xlsx":
        book = Workbook(write_only=True)
        page = book.create_sheet("kapi")
        page.append(list(table))
        for row in table.astype(object).itertuples(index=False):
            page.append(row)
        book.save(path)
        return path
    return None


def line(name: str, ours: Measured, bare: Measured) -> str:
    """A line of the table."""
    ratio = ours[0] / bare[0] if bare[3] else float("nan")
    return (f"{name:12}{ours[0]:8.1f}{ours[1]:9.1f}{ours[2]:10.0f}{ours[3] / 1e6:9.1f}"
            f"{bare[0]:8.1f}{ratio:7.2f}{bare[3] / 1e6:9.1f}")  # fmt: skip


def later(settings: Settings, database: Database) -> None:
    """All later files at once, as they are made for a public version."""
    (missing,) = missing_files(database)

    def work() -> None:
        made = make_files(settings, database, missing)
        if made.faults:
            sys.exit(f"not made: {made.faults}")

    spent, took, _, _ = measured(database, work)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"made later, all together: {spent:.1f} s of processor, {took:.1f} s by the clock; the "
          f"largest process of this run took {most:.0f} MB, limit {MOST_MB}")  # fmt: skip
    files = list((settings.published_dir / "kapi" / "v1").iterdir())
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{len(files)} files, {size:.0f} MB")
