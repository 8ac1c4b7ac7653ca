"""Where published files are kept: a folder, or an S3-compatible object storage through fsspec.

Files of a version never change. They are put before the catalogue names them and removed when the
layer is withdrawn, so that nobody ever sees half a file; an object appears in S3 when it is whole.
"""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import fsspec

from gis_platform.core.errors import ConfigError, Place, Text, Unavailable
from gis_platform.core.settings import Settings, StorageSettings
from gis_platform.opendata.files import files_folder

PART = 1 << 20
"""Bytes read from an object storage at a time."""
_TRIES_S = 10


class Storage(Protocol):
    """What publishing and downloading need of a storage."""

    def keep(self, layer: str, version: int, files: Sequence[Mapping[str, Any]]) -> None:
        """Take over the files of a version, which lie in its folder."""

    def remove(self, layer: str) -> None:
        """Remove all files of a layer."""

    def local(self, layer: str, version: int, name: str) -> Path | None:
        """The path of a file, where it lies in a folder; ``None`` where it is an object."""

    def parts(self, layer: str, version: int, name: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes ``start`` to ``end`` (not included) of an object, part by part.

        Raises:
            Unavailable: the storage does not answer, or has no such object.
        """


def storage_of(settings: Settings) -> Storage:
    """The storage the settings name.

    Raises:
        ConfigError: the library that speaks S3 is not installed.
    """
    if settings.storage.url is None:
        return FolderStorage(settings)
    return ObjectStorage(settings)


class FolderStorage:
    """Files stay in the folder they were built in."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def keep(self, layer: str, version: int, files: Sequence[Mapping[str, Any]]) -> None:
        """They lie there already."""

    def remove(self, layer: str) -> None:
        """Remove the folder of the layer."""
        shutil.rmtree(files_folder(self._settings, layer), ignore_errors=True)

    def local(self, layer: str, version: int, name: str) -> Path | None:
        """Where it lies."""
        return files_folder(self._settings, layer, version) / name

    def parts(self, layer: str, version: int, name: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes of the file."""
        with (files_folder(self._settings, layer, version) / name).open("rb") as file:
            file.seek(start)
            while start < end and (part := file.read(min(PART, end - start))):
                start += len(part)
                yield part


class ObjectStorage:
    """Files are objects ``layer/vN/name`` below the address of the storage."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        url = settings.storage.url or ""
        self._root = url.removeprefix("s3://").rstrip("/")
        self._system = _system(settings.storage)

    def keep(self, layer: str, version: int, files: Sequence[Mapping[str, Any]]) -> None:
        """Put every file and look that it arrived whole; then the folder is removed."""
        folder = files_folder(self._settings, layer, version)
        with self._asking():
            for file in files:
                key = self._key(layer, version, file["name"])
                media = {"ContentType": file["media_type"]}
                self._system.put_file(str(folder / file["name"]), key, **media)
                self._system.invalidate_cache(key)
                if self._system.size(key) != file["size"]:
                    raise self._failed(key)
        shutil.rmtree(folder, ignore_errors=True)

    def remove(self, layer: str) -> None:
        """Remove the objects of all versions, and what an earlier set-up left in the folder."""
        shutil.rmtree(files_folder(self._settings, layer), ignore_errors=True)
        with self._asking():
            self._system.invalidate_cache()
            if self._system.exists(f"{self._root}/{layer}"):
                self._system.rm(f"{self._root}/{layer}", recursive=True)

    def local(self, layer: str, version: int, name: str) -> Path | None:
        """A file of before the storage was set up lies in the folder still."""
        path = files_folder(self._settings, layer, version) / name
        return path if path.is_file() else None

    def parts(self, layer: str, version: int, name: str, start: int, end: int) -> Iterator[bytes]:
        """Bytes of the object."""
        key = self._key(layer, version, name)
        while start < end:
            with self._asking():
                part: bytes = self._system.cat_file(key, start=start, end=min(start + PART, end))
            if not part:
                raise self._failed(key)
            start += len(part)
            yield part

    def _key(self, layer: str, version: int, name: str) -> str:
        return f"{self._root}/{layer}/v{version}/{name}"

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn what the libraries raise of a storage that fails into one line."""
        failures: tuple[type[Exception], ...] = (OSError, *_client_errors())
        try:
            yield
        except failures as error:
            raise self._failed(str(error)) from error

    def _failed(self, said: str) -> Unavailable:
        return Unavailable(
            Text("Dosya deposu yanıt vermiyor ya da dosya orada yok.",
                 "The file storage does not answer, or the file is not there."),
            place=Place(file=said[:200]),
            remedy=Text("GIS_STORAGE__… ayarlarına ve depoya bakın; sonra yeniden çalıştırın",
                        "look at the settings GIS_STORAGE__… and the storage; then run it again"),
        )  # fmt: skip


def _system(said: StorageSettings) -> Any:
    """The file system of fsspec; it is shared by all who ask with the same settings."""
    client = {"region_name": said.region} if said.region else {}
    try:
        return fsspec.filesystem(
            "s3", key=said.key, secret=said.secret.get_secret_value() if said.secret else None,
            endpoint_url=said.endpoint, client_kwargs=client, use_listings_cache=False,
            config_kwargs={"connect_timeout": _TRIES_S, "retries": {"max_attempts": 2}},
        )  # fmt: skip
    except ImportError as error:
        raise ConfigError(
            Text("S3 için gereken kitaplık kurulu değil.", "The library for S3 is not installed."),
            place=Place(field="GIS_STORAGE__URL"),
            remedy=Text("pip install 'gis-platform[s3]'", "pip install 'gis-platform[s3]'"),
        ) from error


def _client_errors() -> tuple[type[Exception], ...]:
    """What botocore raises when nobody answers or the settings do not fit: no ``OSError``."""
    botocore = sys.modules.get("botocore.exceptions")
    return () if botocore is None else (botocore.BotoCoreError, botocore.ClientError)
