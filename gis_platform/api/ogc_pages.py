"""The OGC API for people: values for the pages, in the portal's own templates."""

import json
from dataclasses import dataclass
from typing import Any

from gis_platform.api.ogc_catalogue import Edition
from gis_platform.api.ogc_items import Link, Page
from gis_platform.api.ogc_problem import TITLES, Refused
from gis_platform.api.ogc_request import Asked
from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.opendata.portal.paths import LANGUAGES
from gis_platform.opendata.portal.render import Frame, Renderer
from gis_platform.opendata.public import PublicLayer

_WORDS = {
    "service": Text("OGC API", "OGC API"),
    "address": Text("Servis adresi", "Service address"),
    "address_text": Text(
        "QGIS, ArcGIS ve GDAL’da “OGC API – Features” bağlantısına bu adresi yapıştırın.",
        "Paste this address into an “OGC API – Features” connection of QGIS, ArcGIS or GDAL.",
    ),
    "copy_address": Text("Kopyala", "Copy"),
    "copied": Text("Kopyalandı", "Copied"),
    "layers": Text("Katmanlar", "Collections"),
    "no_layers": Text("Şu anda yayımlanmış katman yok.", "No layer is published at the moment."),
    "more": Text("Servis hakkında", "About the service"),
    "conformance": Text("Uyulan standart sınıfları", "Conformance classes"),
    "api": Text("API tanımı", "API description"),
    "features": Text("Detaylar", "Features"),
    "feature": Text("Detay", "Feature"),
    "queryables": Text("Sorgulanabilir özellikler", "Queryables"),
    "sortables": Text("Sıralanabilir özellikler", "Sortables"),
    "schema": Text("Şema", "Schema"),
    "portal_page": Text("Harita, tablo ve dosyalar", "Map, table and files"),
    "as_json": Text("Bu sayfa, JSON", "This page as JSON"),
    "name": Text("Ad", "Name"),
    "kind": Text("Tür", "Type"),
    "meaning": Text("Anlamı", "Meaning"),
    "value": Text("Değer", "Value"),
    "extent": Text("Kapsadığı alan (boylam, enlem)", "Extent (longitude, latitude)"),
    "systems": Text("Koordinat sistemleri", "Coordinate reference systems"),
    "updated": Text("Yayımlandığı gün", "Published on"),
    "licence": Text("Lisans", "Licence"),
    "attribution": Text("Kaynak gösterimi", "Attribution"),
    "geometry": Text("Geometri (GeoJSON)", "Geometry (GeoJSON)"),
    "empty": Text("Bu sorguya uyan detay yok.", "No feature answers this query."),
    "next": Text("Sonraki sayfa", "Next page"),
    "prev": Text("Önceki sayfa", "Previous page"),
    "matched": Text("{matched} detaydan {shown} tanesi", "{shown} of {matched} features"),
    "shown": Text("{shown} detay", "{shown} features"),
    "parameters": Text("Parametreler", "Parameters"),
    "back": Text("Servisin başlangıcına dön", "Back to the start of the service"),
}


@dataclass(frozen=True)
class Pages:
    """Makes the pages; templates and style are the portal's."""

    renderer: Renderer

    def document(self, resource: str, edition: Edition, asked: Asked, said: dict[str, Any]) -> str:
        """The page of a document, from the document itself."""
        name = asked.path.split("/")[3] if asked.path.count("/") > 2 else ""  # noqa: PLR2004
        layer = edition.layers.get(name)
        return self._html(
            resource, asked, _title(resource, layer, asked.language), layer=layer, said=said
        )

    def items(self, asked: Asked, layer: PublicLayer, page: Page, links: list[Link]) -> str:
        """A page of features as a table."""
        features = [json.loads(text) for text in page.features]
        there = {layer.entry.key, *(features[0]["properties"] if features else ())}
        by_rel = {link["rel"]: link["href"] for link in links}
        return self._html(
            "items", asked, _title("items", layer, asked.language), layer=layer, page=page,
            features=features, json_path=by_rel["alternate"], next=by_rel.get("next"),
            columns=[each for each in layer.entry.columns if each.name in there],
            prev=by_rel.get("prev"),
        )  # fmt: skip

    def item(self, asked: Asked, layer: PublicLayer, text: str, links: list[Link]) -> str:
        """One feature."""
        feature = json.loads(text)
        label = feature["properties"].get(layer.entry.label) or feature["id"]
        title = f"{label} – {layer.entry.title.say(asked.language)}"
        by_rel = {link["rel"]: link["href"] for link in links}
        return self._html(
            "item", asked, title, layer=layer, feature=feature,
            geometry=json.dumps(feature["geometry"]), json_path=by_rel["alternate"],
        )  # fmt: skip

    def problem(self, refused: Refused, language: Language) -> str:
        """A request that could not be met."""
        frame = Frame(language, TITLES[refused.status].say(language), is_indexed=False)
        return self.renderer.html(
            "ogc/problem.html", frame, words=_words(language), status=refused.status,
            text=refused.text.say(language),
        )  # fmt: skip

    def _html(self, template: str, asked: Asked, title: str, **values: Any) -> str:
        alternates: dict[Language, str] = {
            each: asked.link(f="html", lang=each).removeprefix(asked.place) for each in LANGUAGES
        }
        frame = Frame(asked.language, title, alternates=alternates)
        tail = f"&lang={asked.language}" if asked.language_said else ""
        return self.renderer.html(
            f"ogc/{template}.html", frame, asked.place, words=_words(asked.language),
            tail=f"?f=html{tail}", json_tail=f"?f=json{tail}", service=f"{asked.place}/ogc",
            **values,
        )  # fmt: skip


def _words(language: Language) -> dict[str, str]:
    return {name: text.say(language) for name, text in _WORDS.items()}


def _title(resource: str, layer: PublicLayer | None, language: Language) -> str:
    names = {"landing": "service", "openapi": "api", "collections": "layers", "items": "features"}
    if layer is not None and resource == "collection":
        return layer.entry.title.say(language)
    said = _WORDS[names.get(resource, resource)].say(language)
    return said if layer is None else f"{layer.entry.title.say(language)}: {said}"
