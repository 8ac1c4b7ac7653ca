"""How the OpenAPI describes the rows of a data set: each parameter, in both languages."""

from typing import Any

from gis_platform.api.ogc_components import MAX_OFFSET
from gis_platform.api.rows_query import DEFAULT_ROWS, MEASURES, MOST_ROWS
from gis_platform.opendata.cql2.check import LANGUAGES
from gis_platform.opendata.exporter import exporters
from gis_platform.opendata.ogc import CRS84, MOST_IN_FILE, REFERENCE_SYSTEMS

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_SYSTEM: dict[str, Any] = {"type": "string", "enum": list(REFERENCE_SYSTEMS), "default": CRS84}
_MEASURE = {
    "count": "satır sayısı: * ya da dolu değerleri sayılacak sütunlar / number of rows: *, or the "
    "columns whose values are counted",
    "sum": "toplamı / sum of", "min": "en küçüğü / least of", "max": "en büyüğü / greatest of",
    "avg": "ortalaması / mean of",
}  # fmt: skip
_SAID: dict[str, tuple[dict[str, Any], str]] = {
    "columns": (_TEXT, "sütunlar, virgülle; yoksa hepsi / columns, comma between; else all"),
    "sort": (
        _TEXT,
        "sıra: -alan,ad (- azalan; boşlar sonda; metinler Türk alfabesiyle) / order: -alan,ad "
        "(- descending; empty last; texts by the Turkish alphabet)",
    ),
    "filter": (_TEXT, "süzgeç, CQL2: alan > 100 AND ad LIKE 'A%' / filter, CQL2"),
    "filter-lang": ({"type": "string", "enum": list(LANGUAGES)}, "dili / its language"),
    "filter-crs": (_SYSTEM, "süzgeçteki koordinatların sistemi / CRS of the filter’s shapes"),
    "bbox": (
        {"type": "string", "example": "28.9,41.0,29.0,41.1"},
        "kutuyla kesişenler: batı,güney,doğu,kuzey / what meets the box: west,south,east,north",
    ),
    "bbox-crs": (_SYSTEM, "kutunun sistemi / CRS of the box"),
    "datetime": (_TEXT, "an ya da aralık (RFC 3339) / instant or interval"),
    "mahalle": (
        _TEXT,
        "mahallenin adı (nasıl yazılırsa yazılsın) ya da kodu / name, however it is typed, or code",
    ),
    "group": (_TEXT, "gruplar: sütunlar, virgülle / groups: columns, comma between"),
    **{name: (_TEXT, said) for name, said in _MEASURE.items()},
    "limit": (
        {"type": "integer", "minimum": 1, "maximum": MOST_IN_FILE, "default": DEFAULT_ROWS},
        f"en çok kaç satır: {MOST_ROWS}, dosyada {MOST_IN_FILE} / rows at most: {MOST_ROWS}, in a "
        f"file {MOST_IN_FILE}",
    ),
    "offset": (
        {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0},
        "atlanacak satır; derinde “next” hızlıdır / rows to pass over; deep down “next” is quick",
    ),
    "token": (_TEXT, "nereden devam edileceği; “next” verir / where to go on; from “next”"),
    "format": (
        {"type": "string", "enum": sorted({"json", *exporters}), "default": "json"},
        "cevabın biçimi; json dışındakiler dosyadır / format of the answer; all but json are files",
    ),
    "lang": ({"type": "string", "enum": ["tr", "en"]}, "mesajların dili / language of messages"),
}  # fmt: skip
_COLUMNS = {
    "name": "columns of the data set", "in": "query", "style": "form", "explode": True,
    "description": "sütun=değer: bu değeri taşıyan satırlar / column=value: rows of this value",
    "schema": {
        "type": "object", "additionalProperties": {"type": "string"}, "example": {"csbm": "HALİÇ"},
    },
}  # fmt: skip
OPENAPI: dict[str, Any] = {
    "parameters": [
        *(
            {"name": name, "in": "query", "required": False, "schema": schema, "description": said}
            for name, (schema, said) in _SAID.items()
        ),
        _COLUMNS,
    ]
}
_ROWS: dict[str, Any] = {
    "type": "object",
    "required": ["dataset", "version", "returned", "matched", "next", "rows"],
    "properties": {
        "dataset": {"type": "string"},
        "version": {"type": "integer"},
        "returned": {"type": "integer"},
        "matched": {
            "type": ["integer", "null"],
            "description": "süzgece uyanlar; çoksa sayılmaz / rows that answer; not counted where "
            "they are many",
        },
        "next": {"type": ["string", "null"], "format": "uri"},
        "rows": {"type": "array", "items": {"type": "object"}},
    },
}
_FILE = {"schema": {"type": "string", "format": "binary"}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "satırlar ya da gruplar / rows or groups",
        "content": {
            **{exporters[each].media_type.partition(";")[0]: _FILE for each in exporters},
            "application/json": {"schema": _ROWS},
        },
    },
    304: {"description": "elinizdeki doğru / what you hold is right"},
}
assert set(MEASURES) == set(_MEASURE)  # noqa: S101 (each has its words)
