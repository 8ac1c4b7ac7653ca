"""Rows and groups of a data set are read, and become JSON or a file."""

import asyncio
import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from gis_platform.api.ogc_items import Counts, Page, read_page
from gis_platform.api.ogc_problem import Refused, bad
from gis_platform.api.rows_query import RowsAsked
from gis_platform.core.errors import Text
from gis_platform.core.text import fold
from gis_platform.db.pool import ReadPool
from gis_platform.db.queries.features import Shape, page_sql, row_sql
from gis_platform.db.queries.groups import Grouping, groups_sql
from gis_platform.opendata.exporters.csv import Dialect
from gis_platform.opendata.public import PublicLayer
from gis_platform.opendata.tabular import harmless_text

NAME, CODE = "mahalle", "mahalle_kodu"
_MOST_MAHALLE = 2_000
_MOST_KEPT = 2_000
_MOST_BYTES = 200_000


class RowsReader:
    """Asks the database; keeps what costs much and stays right: a published copy never changes."""

    def __init__(self, pool: ReadPool, counts: Counts) -> None:
        self._pool, self._counts = pool, counts
        self._groups: dict[tuple[Any, ...], list[str]] = {}

    async def page(self, layer: PublicLayer, asked: RowsAsked, *, with_place: bool) -> Page:
        """The rows as objects, or as GeoJSON features where they are wanted with their place."""
        sql_of = page_sql if with_place else row_sql
        return await read_page(self._pool, self._counts, layer, asked.query, sql_of)

    async def groups(self, asked: RowsAsked, grouping: Grouping) -> list[str]:
        """Each group as JSON; one more than the limit where further ones follow."""
        query = asked.query
        sql = groups_sql(query.counted_shape, grouping)
        paged = {"limit": query.limit + 1, "offset": query.position.passed}
        return await self._ask(sql, {**query.values, **paged})

    async def in_mahalle(self, layer: PublicLayer, said: Mapping[str, str]) -> Mapping[str, str]:
        """The parameters with ``mahalle``, a name however it is typed or a code, as a column.

        Raises:
            Refused: 400, the layer knows no mahalle, or not this one.
        """
        if NAME not in said:
            return said
        types, wanted = layer.entry.types, said[NAME].strip()
        others = {name: value for name, value in said.items() if name != NAME}
        if wanted.isascii() and wanted.isdigit() and CODE in types:
            if CODE in said:
                raise bad(NAME, f"{CODE} ile birlikte verilmez", f"goes not with {CODE}")
            return {**others, CODE: wanted}
        if types.get(NAME) != "string":
            raise _unknown_here(layer)
        names = await self._mahalle_of(layer)
        for name in names:
            if fold(name) == fold(wanted):
                return {**others, NAME: name}
        there = ", ".join(names)
        raise bad(NAME, f"“{wanted}” yok; olanlar: {there}", f"no “{wanted}”; there are: {there}")

    async def _mahalle_of(self, layer: PublicLayer) -> list[str]:
        """Every name there is, by the Turkish alphabet."""
        sql = groups_sql(Shape(layer.served), Grouping((NAME,), (("count", "*"),)))
        found = await self._ask(sql, {"limit": _MOST_MAHALLE, "offset": 0})
        names = (json.loads(text)[NAME] for text in found)
        return [name for name in names if name is not None]

    async def _ask(self, sql: str, values: Mapping[str, Any]) -> list[str]:
        key = (sql, *values.items())
        if key not in self._groups:
            found = [row[0] for row in await self._pool.fetch(sql, values, plan_anew=True)]
            if sum(map(len, found)) > _MOST_BYTES:
                return found
            if len(self._groups) >= _MOST_KEPT:
                self._groups.clear()
            self._groups[key] = found
        return self._groups[key]


def rows_body(
    layer: PublicLayer, rows: list[str], *, matched: int | None, following: str | None
) -> bytes:
    """The JSON answer; the rows go in as the database wrote them."""
    head = {"dataset": layer.name, "version": layer.version, "returned": len(rows)}
    head |= {"matched": matched, "next": following}
    members = json.dumps(head, ensure_ascii=False, separators=(",", ":"))[1:-1]
    return f'{{{members},"rows":[{",".join(rows)}]}}'.encode()


async def groups_csv(rows: list[str], dialect: Dialect) -> bytes:
    """The groups as CSV of this kind."""
    return await asyncio.to_thread(_csv, rows, dialect)


def _csv(rows: list[str], dialect: Dialect) -> bytes:
    objects = [json.loads(text) for text in rows]
    said = io.StringIO(newline="")
    writer = csv.writer(said, delimiter=dialect.separator, lineterminator="\r\n")
    if objects:
        writer.writerow(objects[0])
    writer.writerows([_cell(value, dialect) for value in each.values()] for each in objects)
    return said.getvalue().encode(dialect.encoding)


def _cell(value: object, dialect: Dialect) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).replace(".", dialect.decimal)
    return harmless_text(value) if isinstance(value, str) else str(value)


def _unknown_here(layer: PublicLayer) -> Refused:
    knows_code = CODE in layer.entry.types
    remedy = (
        Text("mahallenin kodunu verin", "give the code of the mahalle")
        if knows_code
        else Text("bbox ya da filter kullanın", "use bbox or filter")
    )
    return bad(
        NAME, "bu katmanda mahallenin adı yok", "this layer has no name of a mahalle",
        remedy=remedy,
    )  # fmt: skip
