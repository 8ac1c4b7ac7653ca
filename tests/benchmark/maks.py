"""Import and controls of a MAKS delivery, beside a plain read of the same file and a bare COPY.

``python tests/benchmark maks [doors]``: 150,000 doors where nothing is said, 400,000 units with
them, and a tenth of that to see how the time grows. Every part runs in a process of its own, which
tells its peak memory. The planted violations must be found, all of them and no others.
"""

import csv
import resource
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio

from gis_platform.core.pipeline import pipelines
from gis_platform.core.settings import Settings
from gis_platform.db.copy import copy_rows, ewkb_of, values_of
from gis_platform.db.engine import open_database
from gis_platform.db.queries.register import read_layers
from gis_platform.db.upgrade import upgrade
from gis_platform.jobs.maks_report import Asked, conformity
from gis_platform.maks.check import check
from gis_platform.maks.delivery import read_delivery
from gis_platform.report.conformity_write import write_conformity
from gis_platform.sample.make import make_sample

DOORS, UNITS_PER_DOOR = 150_000, 400_000 / 150_000
IMPORT_S, CONTROLS_S, REPORT_S, PEAK_GB, GROWTH = 60.0, 60.0, 30.0, 3.0, 12.0
INFORMING = {"R-NUM-10", "R-SP-13", "M-03"}
"""Rules that say something about any delivery under way (see the sample's README)."""
SHOWN = 25


@dataclass(frozen=True)
class Measured:
    """What one part took: wall seconds, processor seconds of its process, peak memory, answer."""

    wall: float
    cpu: float
    peak_gb: float
    answer: Any


def main(arguments: list[str]) -> None:
    """Measure, print, and end with 1 where a bound is broken."""
    doors = int(arguments[0]) if arguments else DOORS
    folder = Path(tempfile.mkdtemp(prefix="gis-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        small = measure(folder / "small", max(1_000, doors // 10))
        large = measure(folder / "large", doors)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("== ten times the data")
    broken = [*large]
    for name in ("import", "controls", "report"):
        ratio = TIMES[doors, name] / TIMES[max(1_000, doors // 10), name]
        print(f"{name:<10} {ratio:5.1f} times the time (at most {GROWTH:.0f})")
        broken += [f"{name} grows"] if ratio > GROWTH else []
    if broken or small:
        sys.exit("broken: " + ", ".join([*broken, *small]))


TIMES: dict[tuple[int, str], float] = {}


def measure(folder: Path, doors: int) -> list[str]:
    """Measure one size and print it; the bounds it breaks."""
    delivery = make_delivery(folder, doors)
    read = apart(plain_read, delivery)
    copied = apart(bare_copy, delivery, folder / "copy")
    done = apart(import_delivery, delivery, folder / "home")
    found = apart(run_controls, delivery)
    of_register = apart(check_register, folder / "home")
    report = apart(write_report, folder / "home")
    counts = ", ".join(f"{layer} {count:,}" for layer, count in done.answer["counts"].items())
    TIMES[doors, "import"], TIMES[doors, "controls"] = done.wall, found.answer["seconds"]
    TIMES[doors, "report"] = report.wall
    limit = read.wall + copied.wall
    print(f"== {doors:,} doors: {counts}")
    line("plain read (pyogrio)", read)
    line("bare COPY", copied)
    line("import", done, f"{done.wall / limit:.1f} × read + COPY")
    line("controls", found, f"{found.answer['seconds']:.1f} s, "
         f"{found.answer['seconds'] / read.wall:.1f} × plain read")  # fmt: skip
    line("controls of register", of_register, f"{of_register.answer:.1f} s")
    line("report", report, f"{report.wall / of_register.wall:.1f} × controls of register")
    for code, seconds in sorted(found.answer["each"].items(), key=lambda one: -one[1])[:SHOWN]:
        print(f"    {code:<10} {seconds:6.2f} s")
    rest = sum(sorted(found.answer["each"].values(), reverse=True)[SHOWN:])
    print(f"    {'others':<10} {rest:6.2f} s")
    missed, false = judged(folder, found.answer["found"])
    planted = planted_in(folder)
    recall = 1 - len(missed) / max(1, len(planted))
    precision = 1 - len(false) / max(1, len(found.answer["found"]))
    print(f"planted {len(planted)}: recall {recall:.2%}, precision {precision:.2%}")
    for text in [*(f"missed {one}" for one in missed), *(f"false {one}" for one in false)][:10]:
        print(f"    {text}")
    peak = max(done.peak_gb, found.peak_gb, of_register.peak_gb, report.peak_gb)
    bounds = {
        "import": done.wall > IMPORT_S, "controls": found.answer["seconds"] > CONTROLS_S,
        "report": report.wall > REPORT_S,
        "memory": peak > PEAK_GB, "recall": bool(missed), "precision": bool(false),
    }  # fmt: skip
    return [name for name, is_broken in bounds.items() if is_broken]


def line(name: str, part: Measured, more: str = "") -> None:
    """One line of the table."""
    print(f"{name:<22}{part.wall:7.1f} s  cpu {part.cpu:6.1f} s  "
          f"{part.peak_gb:5.2f} GB  {more}")  # fmt: skip


def make_delivery(folder: Path, doors: int) -> Path:
    """The sample's GeoPackage with as many units as a district of flats has."""
    make_sample(folder / "sample", doors=doors, seed=42)
    path = folder / "delivery.gpkg"
    shutil.copy(folder / "sample" / "maks.gpkg", path)
    units = pyogrio.read_dataframe(path, layer="BAGIMSIZ_BOLUM", read_geometry=False)
    door = pyogrio.read_dataframe(path, layer="NUMARATAJ", read_geometry=False)
    listed = {int(row[2]) for row in violations(folder) if row[2].isdigit()}
    buildings = pyogrio.read_dataframe(path, layer="YAPI", read_geometry=False)
    touched = set(buildings.loc[buildings["KIMLIKNO"].isin(listed), "ID"])
    free = door[door["BAGLIOLDUGUNUMARATAJID"].isna() & door["YAPIID"].notna()]
    free = free[~free["KIMLIKNO"].isin(listed) & ~free["YAPIID"].isin(touched)]
    free = free[~free["YAPIID"].duplicated(keep=False) & ~free["YAPIID"].isin(units["YAPIID"])]
    free = free[~free["ID"].isin(units["NUMARATAJID"])]
    wanted = max(0, int(doors * UNITS_PER_DOOR) - len(units))
    each = -(-wanted // len(free))
    at = np.repeat(np.arange(len(free)), each)[:wanted]
    rng = np.random.default_rng(42)
    number = 4_000_000_000 + np.sort(rng.choice(900_000_000, wanted, replace=False)) * 6
    number = number[~np.isin(number, units["KIMLIKNO"])]
    at = at[: len(number)]
    more = pd.DataFrame(
        {
            "ID": [f"{{{str(uuid.UUID(int=int(n))).upper()}}}" for n in number],
            "KIMLIKNO": number,
            "BAGIMSIZBOLUMNO": (np.arange(len(at)) % each + 1).astype(str),
            "DURUM": 1,
            "TIP": 1,
            "KULLANIMTURU": 1,
            "NUMARATAJID": free["ID"].to_numpy()[at],
            "YAPIID": free["YAPIID"].to_numpy()[at],
        }
    )
    pyogrio.write_dataframe(pd.concat([units, more], ignore_index=True), path,
                            layer="BAGIMSIZ_BOLUM", driver="GPKG")  # fmt: skip
    return path


def violations(folder: Path) -> list[list[str]]:
    """Rows of the truth: code, layer, kimlik no, note, kind."""
    with (folder / "sample" / "truth" / "violations.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        return list(csv.reader(file))[1:]


def planted_in(folder: Path) -> set[tuple[str, str, str]]:
    """What must be found."""
    return {(row[0], row[1], row[2]) for row in violations(folder) if row[4] == "planted"}


def judged(
    folder: Path, found: set[tuple[str, str, str | None]]
) -> tuple[list[tuple[str, ...]], list[tuple[str | None, ...]]]:
    """Planted and not found; found and neither planted nor a consequence."""
    listed = {(row[0], row[1], row[2]) for row in violations(folder)}
    return sorted(planted_in(folder) - found), sorted(found - listed, key=str)


def plain_read(path: Path) -> dict[str, int]:
    """The raw limit of reading: every table by pyogrio, nothing done with it."""
    return {name: len(pyogrio.read_dataframe(path, layer=name))
            for name, _ in pyogrio.list_layers(path)}  # fmt: skip


def bare_copy(path: Path, home: Path) -> None:
    """The raw limit of loading: the same rows by COPY into tables without keys or history."""
    layers = read_delivery(path).layers
    with open_database(Settings(home=home)) as database:
        upgrade(database)
        with database.engine("gis_owner").begin() as connection:
            _TIMER.restart()
            for name, frame in layers.items():
                names = [each for each in frame.columns if each != "geometry"]
                columns = [values_of(frame[each].astype("str")) for each in names]
                kinds = ", ".join(f'"{each}" text' for each in names)
                if "geometry" in frame:
                    kinds += ", geometry geometry"
                    names.append("geometry")
                    columns.append(list(ewkb_of(frame.geometry.to_numpy(), 5254)))
                order = f"CREATE TEMPORARY TABLE bare_{name} ({kinds})"
                connection.exec_driver_sql(order)
                copy_rows(connection, f"bare_{name}", names, zip(*columns, strict=True))


def import_delivery(path: Path, home: Path) -> dict[str, Any]:
    """``gis maks import`` into an empty register; making the cluster is not measured."""
    settings = Settings(home=home)
    job = pipelines["maks_import"]
    with open_database(settings) as database:
        upgrade(database)
        _TIMER.restart()
        report = job(settings, database, path, started_by="benchmark")
        _TIMER.stop()
        with database.engine("gis_etl").connect() as connection:
            counts = read_layers(connection).counts()
    return {"loaded": report.account.loaded, "counts": {k: n for k, n in counts.items() if n}}


def run_controls(path: Path) -> dict[str, Any]:
    """Every control over the delivery: profile of acceptance; found by that of the register."""
    layers = read_delivery(path).layers
    _TIMER.restart()
    result = check(layers, "delivery")
    _TIMER.stop()
    listed = check(layers, "register").violations
    listed = listed[~listed["code"].isin(INFORMING)]
    keys = zip(listed["code"], listed["layer"], listed["kimlik_no"], strict=True)
    found = {(code, layer, None if pd.isna(n) else str(n)) for code, layer, n in keys}
    seconds = dict(result.seconds)
    return {"seconds": sum(seconds.values()), "each": seconds, "found": found}


def check_register(home: Path) -> float:
    """``gis maks check`` over what was imported, reading included; seconds of the controls."""
    with open_database(Settings(home=home)) as database:
        with database.engine("gis_etl").connect() as connection:
            layers = read_layers(connection)
        return sum(check(layers, "delivery").seconds.values())


def write_report(home: Path) -> None:
    """``gis maks report``: read, check, count, draw, and write HTML, PDF and XLSX."""
    asked = Asked(datetime.now(UTC).date())
    write_conformity(conformity(Settings(home=home), asked), home / "report", "uygunluk", "tr")


class Timer:
    """The clock of a part, which may begin again when what comes before is not measured."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin from here."""
        self._begun, self._ended = (time.perf_counter(), time.process_time()), None

    def stop(self) -> None:
        """What comes after is not measured."""
        self._ended = (time.perf_counter(), time.process_time())

    def taken(self) -> tuple[float, float]:
        """Wall and processor seconds."""
        ended = self._ended or (time.perf_counter(), time.process_time())
        return ended[0] - self._begun[0], ended[1] - self._begun[1]


_TIMER = Timer()


def apart(part: Callable[..., Any], *arguments: object) -> Measured:
    """Run a part in a process of its own."""
    here, there = get_context("spawn").Pipe(duplex=False)
    process = get_context("spawn").Process(target=_run, args=(there, part, arguments))
    process.start()
    there.close()
    try:
        measured: Measured = here.recv()
    except EOFError:
        sys.exit(f"{part.__name__} failed")
    finally:
        process.join()
    return measured


def _run(answer: Connection, part: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    module = sys.modules[part.__module__]
    module._TIMER.restart()
    said = part(*arguments)
    wall, cpu = module._TIMER.taken()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    answer.send(Measured(wall, cpu, peak, said))
