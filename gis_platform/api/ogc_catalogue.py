"""The public catalogue as pygeoapi serves it, made anew without a stop when it changes."""

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from pygeoapi.api import API, APIRequest
from pygeoapi.error import GenericError
from pygeoapi.openapi import get_oas
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request

from gis_platform.api.ogc_problem import Refused
from gis_platform.core.errors import GisPlatformError, Text
from gis_platform.core.language import Language
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database, unavailable
from gis_platform.db.pool import ReadPool
from gis_platform.db.queries.features import EDITION_SQL
from gis_platform.opendata.ogc import LOCALES, configuration, restored
from gis_platform.opendata.providers.features import Source
from gis_platform.opendata.public import PublicLayer, edition, public_layers

LOOK_EVERY = 1.0
"""Seconds between two looks at the number of the catalogue's edition."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Edition:
    """The catalogue at one moment, and the pygeoapi made from it.

    Attributes:
        number: grows with every change.
        version: digest of what is in it, the same on every worker and after a restart.
        layers: the public and the withdrawn, by name.
        openapi: pygeoapi's own API description, by language.
        kept: finished answers, by whatever their makers call them.
    """

    number: int
    version: str
    layers: Mapping[str, PublicLayer]
    api: API
    openapi: Mapping[Language, dict[str, Any]]
    kept: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def layer(self, name: str) -> PublicLayer:
        """The public layer called ``name``.

        Raises:
            Refused: 404 where there is none, 410 where it was withdrawn.
        """
        known = self.layers.get(name)
        if known is None:
            raise Refused(
                404,
                Text(
                    f"“{name}” adında yayımlanmış bir katman yok.",
                    f"There is no published layer “{name}”.",
                ),
            )
        if not known.is_current:
            raise _withdrawn(known)
        return known

    def ask(
        self,
        function: Callable[..., tuple[dict[str, str], int, str]],
        language: Language,
        *names: str,
    ) -> dict[str, Any]:
        """What a function of pygeoapi says, as JSON, with the signs it turned into entities."""
        query = f"f=json&lang={LOCALES[language]}".encode()
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": query, "headers": []}
        _, status, said = function(self.api, APIRequest(Request(scope), self.api.locales), *names)
        if status != 200:  # noqa: PLR2004
            raise Refused(500, Text("pygeoapi yanıt vermedi.", "pygeoapi gave no answer."))
        found: dict[str, Any] = _restored(json.loads(said))
        return found


class Catalogue:
    """Holds the edition that is served; looks whether there is a newer one, and swaps it in."""

    def __init__(self, settings: Settings, database: Database, pool: ReadPool) -> None:
        self._settings = settings
        self._database = database
        self._pool = pool
        self._edition = read_edition(settings, database)
        self._next_look = time.monotonic() + LOOK_EVERY

    async def current(self) -> Edition:
        """The edition to answer from; at most ``LOOK_EVERY`` seconds behind the catalogue."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + LOOK_EVERY
            await self._look()
        return self._edition

    async def refresh(self) -> Edition:
        """The edition of this very moment: asked for when a layer was found to be gone."""
        await self._look()
        return self._edition

    async def _look(self) -> None:
        """Swap in a newer edition; where that fails the old one stays and it is tried again."""
        try:
            (number,) = (await self._pool.fetch(EDITION_SQL))[0]
            if number != self._edition.number:
                self._edition = await asyncio.to_thread(
                    read_edition, self._settings, self._database
                )
        except (GisPlatformError, GenericError, psycopg.Error, KeyError, ValueError) as error:
            _LOG.error("The catalogue cannot be renewed: %s", error)


def read_edition(settings: Settings, database: Database) -> Edition:
    """The catalogue as it is now, and a pygeoapi made from it.

    Raises:
        Unavailable: the database does not answer.
    """
    try:
        with database.engine("gis_portal").connect() as connection:
            number, layers = edition(connection), public_layers(connection)
    except DBAPIError as error:
        raise unavailable(error) from error
    config = configuration(settings, layers, Source(database))
    openapi = {language: get_oas(_speaking(config, language)) for language in LOCALES}
    parts = [f"{each.name} {each.version} {each.state} {each.metadata_sha256}" for each in layers]
    version = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    by_name = {layer.name: layer for layer in layers}
    with _logging_left_alone():
        api = API(config, openapi["tr"])
    return Edition(number, version, by_name, api, _restored(openapi))


@contextmanager
def _logging_left_alone() -> Iterator[None]:
    """Keep pygeoapi from setting up the logging of the whole process: somebody has, it sees."""
    somebody = logging.NullHandler()
    logging.getLogger().addHandler(somebody)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(somebody)


def _speaking(config: dict[str, Any], language: Language) -> dict[str, Any]:
    """The configuration with ``language`` first: pygeoapi writes its description in that one."""
    ordered = sorted(LOCALES.values(), key=lambda each: each != LOCALES[language])
    return {**config, "server": {**config["server"], "languages": ordered}}


def _restored(said: Any) -> Any:
    if isinstance(said, str):
        return restored(said)
    if isinstance(said, list):
        return [_restored(each) for each in said]
    if isinstance(said, dict):
        return {name: _restored(each) for name, each in said.items()}
    return said


def _withdrawn(layer: PublicLayer) -> Refused:
    day = "" if layer.withdrawn_at is None else f"{layer.withdrawn_at:%Y-%m-%d}"
    return Refused(
        410,
        Text(
            f"“{layer.entry.title.tr}” katmanı {day} günü geri çekildi. Gerekçe: {layer.reason}",
            f"The layer “{layer.entry.title.en}” was withdrawn on {day}. Reason: {layer.reason}",
        ),
    )
