"""The files of a published version: built once, named in the catalogue with size and SHA-256."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

from geopandas import GeoDataFrame

from gis_platform.core.settings import Settings
from gis_platform.opendata.exporter import ExportFacts, exporters


def files_folder(settings: Settings, layer: str, version: int | None = None) -> Path:
    """Where the files of a layer lie, or those of one version."""
    folder = settings.published_dir / layer
    return folder if version is None else folder / f"v{version}"


def build_files(frame: GeoDataFrame, folder: Path, facts: ExportFacts) -> list[dict[str, Any]]:
    """Write ``frame`` in every format into ``folder``, whole or not at all.

    Returns:
        For each file its format, name, media type, size in bytes and SHA-256.
    """
    unfinished = folder.with_name(folder.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    files = []
    for format_name, exporter in sorted(exporters.items(), key=lambda each: each[1].order):
        path = unfinished / f"{facts.name}{exporter.suffix}"
        exporter.write(frame, path, facts)
        files.append(
            {
                "format": format_name,
                "name": path.name,
                "media_type": exporter.media_type,
                "size": path.stat().st_size,
                "sha256": sha256_of(path),
            }
        )
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)
    return files


def sha256_of(path: Path) -> str:
    """The checksum a reader compares with ``sha256sum``."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
