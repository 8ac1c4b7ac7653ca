"""The catalogue in the words of CKAN, so that what harvests CKAN portals reads ours too.

Read only, and only what harvesters and ``ckanapi`` ask for (Action API, version 3): a data set is
a package, the unit that owns it an organisation, its theme a group, a file a resource.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from gis_platform.core.language import Language
from gis_platform.opendata.ogc import attribution
from gis_platform.opendata.portal.facets import slug
from gis_platform.opendata.portal.find import Finder
from gis_platform.opendata.portal.messages import message
from gis_platform.opendata.portal.paths import file_path, path_of
from gis_platform.opendata.public import PublicFile, PublicLayer
from gis_platform.opendata.records import area_of

LICENCES = {
    "https://creativecommons.org/licenses/by/4.0/": ("cc-by", "CC BY 4.0"),
    "https://creativecommons.org/publicdomain/zero/1.0/": ("cc-zero", "CC0 1.0"),
    "https://creativecommons.org/licenses/by-sa/4.0/": ("cc-by-sa", "CC BY-SA 4.0"),
}
FORMATS = {
    "geojson": "GeoJSON", "gpkg": "GPKG", "csv": "CSV", "csv_excel": "CSV", "shapefile": "SHP",
    "flatgeobuf": "FGB", "geoparquet": "Parquet", "xlsx": "XLSX", "kml": "KML", "kmz": "KMZ",
    "gml": "GML", "dxf": "DXF", "pmtiles": "PMTiles",
}  # fmt: skip
TABLE = "csv"
"""The resource whose rows ``datastore_search`` gives."""
FACETS = ("organization", "groups", "tags", "res_format", "license_id")
Package = dict[str, Any]


def identifier(*parts: str) -> str:
    """The same identifier for the same thing, for ever."""
    return str(uuid5(NAMESPACE_URL, "/".join(("gis-platform", *parts))))


def package(layer: PublicLayer, language: Language, base: str) -> Package:
    """A layer as a package, its files and its service as resources."""
    entry = layer.entry
    licence_id, licence = LICENCES.get(entry.licence.uri, ("other-open", entry.licence.name))
    moment, owner = _moment(layer), organization(layer, language)
    resources = [_resource(layer, file, at, language, base) for at, file in enumerate(layer.files)]
    resources.append(_service(layer, len(resources), language, base))
    return {
        "id": identifier(layer.name), "name": layer.name, "type": "dataset", "state": "active",
        "private": False, "isopen": True, "title": entry.title.say(language),
        "title_translated": {"tr": entry.title.tr, "en": entry.title.en},
        "notes": entry.description.say(language),
        "notes_translated": {"tr": entry.description.tr, "en": entry.description.en},
        "license_id": licence_id, "license_title": licence, "license_url": entry.licence.uri,
        "url": base + path_of("layer", language, name=layer.name),
        "version": layer.semantic_version, "metadata_created": moment,
        "metadata_modified": moment, "maintainer": entry.contact.role.say(language),
        "maintainer_email": entry.contact.email, "author": None, "author_email": None,
        "owner_org": owner["id"], "organization": owner, "groups": [group(layer, language)],
        "tags": [_tag(word) for word in entry.keywords.say(language)],
        "num_tags": len(entry.keywords.say(language)),
        "resources": resources, "num_resources": len(resources), "extras": list(_extras(layer)),
        "relationships_as_object": [], "relationships_as_subject": [],
    }  # fmt: skip


def organization(layer: PublicLayer, language: Language) -> dict[str, Any]:
    """The unit that owns a layer."""
    unit = layer.entry.owner_unit
    name = slug(unit.tr)
    title = unit.say(language)
    return {
        "id": identifier("organization", name), "name": name, "title": title,
        "display_name": title, "description": "", "type": "organization", "state": "active",
        "is_organization": True, "approval_status": "approved", "image_url": "",
    }  # fmt: skip


def group(layer: PublicLayer, language: Language) -> dict[str, Any]:
    """The European theme of a layer."""
    code = layer.entry.theme
    title = message(language, f"theme.{code}")
    return {
        "id": identifier("group", code), "name": slug(code), "title": title,
        "display_name": title, "description": "", "image_display_url": "",
    }  # fmt: skip


def values_of(said: Package) -> dict[str, list[str]]:
    """What ``fq`` and facets know of a package."""
    return {
        "name": [said["name"]], "id": [said["id"]],
        "organization": [said["organization"]["name"]],
        "groups": [each["name"] for each in said["groups"]],
        "tags": [each["name"] for each in said["tags"]],
        "res_format": sorted({each["format"] for each in said["resources"]}),
        "license_id": [said["license_id"]],
    }  # fmt: skip


def search(finder: Finder, said: Mapping[str, str], language: Language, base: str) -> list[Package]:
    """Packages that answer words and conditions, the best or as ``sort`` says first.

    Args:
        finder: of the public layers.
        said: ``q``, ``fq`` (``name:value``, all have to hold) and ``sort``.
        language: of the texts.
        base: where the portal lies.
    """
    words = said.get("q", "").strip()
    layers = finder.layers if words in {"", "*:*", "*"} else finder.find(words)
    found = [package(layer, language, base) for layer in layers]
    wanted = conditions(said.get("fq", ""))
    kept = [each for each in found if all(v in values_of(each).get(k, []) for k, v in wanted)]
    return _sorted(kept, said.get("sort", ""))


def conditions(fq: str) -> list[tuple[str, str]]:
    """``name:value`` pairs of ``fq``; quotes and a leading plus are Solr's and left off.

    Raises:
        ValueError: another part of Solr's language, which is not known here.
    """
    found = []
    for part in _parts(fq):
        name, colon, value = part.lstrip("+").partition(":")
        if not colon or not name.isidentifier() or not value.strip('"()'):
            raise ValueError(part)
        found.append((name, value.strip('"()')))
    return found


def facets_of(packages: Sequence[Package], names: Iterable[str]) -> dict[str, dict[str, int]]:
    """How many packages have each value, by facet."""
    return {
        name: dict(Counter(value for each in packages for value in values_of(each).get(name, [])))
        for name in names
    }


def _parts(fq: str) -> list[str]:
    """Split at spaces outside quotes; AND is what is meant anyway."""
    parts, quoted, part = [], False, ""
    for sign in fq:
        quoted ^= sign == '"'
        if sign == " " and not quoted:
            parts.append(part)
            part = ""
        else:
            part += sign
    return [each for each in (*parts, part) if each and each != "AND"]


def _sorted(packages: list[Package], said: str) -> list[Package]:
    name, _, direction = said.partition(",")[0].strip().partition(" ")
    member = {"title_string": "title"}.get(name, name)
    if member not in {"name", "title", "metadata_modified", "metadata_created"}:
        return packages
    return sorted(packages, key=lambda each: each[member], reverse=direction == "desc")


def _resource(
    layer: PublicLayer, file: PublicFile, at: int, language: Language, base: str
) -> dict[str, Any]:
    moment = _moment(layer)
    return {
        "id": identifier(layer.name, file.format), "package_id": identifier(layer.name),
        "name": file.name, "description": attribution(layer).say(language), "position": at,
        "url": base + file_path(layer.name, layer.version, file.name), "url_type": None,
        "format": FORMATS.get(file.format, file.format.upper()),  # ASCII: names of formats
        "mimetype": file.kind, "size": file.size,
        "hash": f"sha256:{file.sha256}", "created": moment, "last_modified": moment,
        "metadata_modified": moment, "state": "active", "resource_type": "file",
        "datastore_active": file.format == TABLE,
    }  # fmt: skip


def _service(layer: PublicLayer, at: int, language: Language, base: str) -> dict[str, Any]:
    moment = _moment(layer)
    return {
        "id": identifier(layer.name, "ogc"), "package_id": identifier(layer.name),
        "name": "OGC API – Features",
        "description": attribution(layer).say(language), "position": at,
        "url": f"{base}/ogc/collections/{layer.name}", "url_type": None, "format": "OGC API",
        "mimetype": "application/json", "size": None, "hash": "", "created": moment,
        "last_modified": moment, "metadata_modified": moment, "state": "active",
        "resource_type": "api", "datastore_active": False,
    }  # fmt: skip


def _tag(word: str) -> dict[str, Any]:
    return {"id": identifier("tag", word), "name": word, "display_name": word, "state": "active",
            "vocabulary_id": None}  # fmt: skip


def _extras(layer: PublicLayer) -> Iterable[dict[str, str]]:
    entry = layer.entry
    yield {"key": "frequency", "value": entry.update_frequency}
    yield {"key": "theme", "value": entry.theme}
    if layer.extent is not None:
        yield {"key": "spatial", "value": json.dumps(area_of(layer.extent))}


def _moment(layer: PublicLayer) -> str:
    """As CKAN writes them: UTC without saying so."""
    return layer.published_at.astimezone(UTC).replace(tzinfo=None).isoformat()
