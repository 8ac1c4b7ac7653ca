"""Style, scripts, font and map library, served from our own host.

Their address holds a digest of all of them, so that a browser may keep them for ever.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path

import gis_platform
from gis_platform.core.errors import ConfigError, Text
from gis_platform.core.settings import Settings

_MAP = "maplibre-gl/dist/"
_FONT = "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-"
_FROM_PACKAGES = {
    "maplibre/maplibre-gl.mjs": f"{_MAP}maplibre-gl.mjs",
    "maplibre/maplibre-gl-worker.mjs": f"{_MAP}maplibre-gl-worker.mjs",
    "maplibre/maplibre-gl.css": f"{_MAP}maplibre-gl.css",
    "font/latin.woff2": f"{_FONT}latin-wght-normal.woff2",
    "font/latin-ext.woff2": f"{_FONT}latin-ext-wght-normal.woff2",
}
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_COMPRESSIBLE = {".css", ".mjs", ".svg"}


@dataclass(frozen=True)
class Asset:
    """One file, kept in memory."""

    name: str
    content: bytes

    @property
    def media_type(self) -> str:
        """What it is served as."""
        return _MEDIA_TYPES[Path(self.name).suffix]

    @cached_property
    def compressed(self) -> bytes | None:
        """The file under gzip, where that is worth while."""
        return gzip.compress(self.content, 9, mtime=0) if self.is_compressible else None

    @property
    def is_compressible(self) -> bool:
        """Whether it is text."""
        return Path(self.name).suffix in _COMPRESSIBLE


@dataclass(frozen=True)
class Assets:
    """All files, by name, and the digest that stands in their address."""

    files: dict[str, Asset]
    digest: str

    def path(self, name: str) -> str:
        """The address of a file.

        Raises:
            KeyError: there is no such file.
        """
        return f"/static/{self.digest}/{self.files[name].name}"


def read_assets(settings: Settings) -> Assets:
    """Read our own files and those of the npm packages.

    Raises:
        ConfigError: the npm packages are not installed.
    """
    files = {name: Asset(name, content) for name, content in (*_own(), *_packaged(settings))}
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + files[name].content)
    return Assets(files, digest.hexdigest()[:12])


def _own() -> list[tuple[str, bytes]]:
    folder = resources.files("gis_platform.opendata.portal") / "static"
    return [(file.name, file.read_bytes()) for file in folder.iterdir() if file.is_file()]


def _packaged(settings: Settings) -> list[tuple[str, bytes]]:
    beside = Path(gis_platform.__file__).parents[1] / "node_modules"
    folder = settings.server.packages_dir or beside
    try:
        return [(name, (folder / path).read_bytes()) for name, path in _FROM_PACKAGES.items()]
    except FileNotFoundError as error:
        raise ConfigError(
            Text(
                f"Harita ve yazı tipi dosyaları yok: {error.filename}",
                f"The files of map and font are missing: {error.filename}",
            ),
            remedy=Text(
                "./run setup ya da npm ci --ignore-scripts; başka yerdeyse "
                "GIS_SERVER__PACKAGES_DIR",
                "./run setup, or npm ci --ignore-scripts; GIS_SERVER__PACKAGES_DIR if elsewhere",
            ),
        ) from error
