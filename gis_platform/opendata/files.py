"""The files of a published version: built once, named in the catalogue with size and SHA-256."""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from geopandas import GeoDataFrame

from gis_platform.core.settings import Settings
from gis_platform.opendata.catalogue import Entry
from gis_platform.opendata.exporter import ExportFacts, TileMaker, exporters


def files_folder(settings: Settings, layer: str, version: int | None = None) -> Path:
    """Where the files of a layer lie, or those of one version."""
    folder = settings.published_dir / layer
    return folder if version is None else folder / f"v{version}"


def build_files(frame: GeoDataFrame, folder: Path, facts: ExportFacts) -> list[dict[str, Any]]:
    """Write ``frame`` in every format a version begins with into ``folder``, whole or not at all.

    Returns:
        For each file its format, name, media type, size in bytes and SHA-256.
    """
    unfinished = folder.with_name(folder.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    files = [
        write_file(frame, unfinished, facts, name)
        for name in formats_for(len(frame))
        if not exporters[name].is_later
    ]
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
    return files


def export_facts(entry: Entry, moment: datetime, tiles: TileMaker | None = None) -> ExportFacts:
    """What the files of a version say about it; ``moment``: when it was approved."""
    return ExportFacts(
        entry.name, {**entry.types}, entry.geometry, moment, entry.key, entry.label, tiles
    )


def formats_for(row_count: int) -> list[str]:
    """Every format a layer of so many rows fits into, in the order of lists."""
    known = sorted(exporters.items(), key=lambda each: each[1].order)
    return [name for name, exporter in known if exporter.holds(row_count)]


def write_file(frame: GeoDataFrame, folder: Path, facts: ExportFacts, name: str) -> dict[str, Any]:
    """Write one format into a folder; its name, media type, size in bytes and SHA-256."""
    exporter = exporters[name]
    path = folder / f"{facts.name}{exporter.suffix}"
    exporter.write(frame, path, facts)
    return {
        "format": name, "name": path.name, "media_type": exporter.media_type,
        "size": path.stat().st_size, "sha256": sha256_of(path),
    }  # fmt: skip


def sha256_of(path: Path) -> str:
    """The checksum a reader compares with ``sha256sum``."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
