"""The page for those who write programs: examples made for this very server, ready to be run."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from gis_platform.core.language import Language
from gis_platform.opendata.portal.messages import message
from gis_platform.opendata.portal.page import frame
from gis_platform.opendata.portal.pages import KnownError
from gis_platform.opendata.portal.render import Page

_PYTHON = """\
import json
from urllib.parse import urlencode
from urllib.request import urlopen

with urlopen("{api}/addresses/search?" + urlencode({{"q": "{said}"}})) as answer:
    found = json.load(answer)
print(found["match"]["status"])
for each in found["features"]:
    print(each["properties"]["label"], each["geometry"])"""
_JAVASCRIPT = """\
const query = new URLSearchParams({{ q: "{said}" }});
const answer = await fetch(`{api}/addresses/search?${{query}}`);
const found = await answer.json();
console.log(found.match.status, found.features[0]?.properties.label);"""
_MAP_BOX = """\
// npm i @maplibre/maplibre-gl-geocoder
const ask = async (query, more) => {{
  const wanted = new URLSearchParams({{ q: query, ...more }});
  const found = await (await fetch(`{api}/addresses/search?${{wanted}}`)).json();
  return {{
    features: found.features.filter((each) => each.geometry).map((each) => ({{
      ...each,
      id: each.properties.label,
      text: each.properties.label,
      place_name: each.properties.label,
      place_type: [each.properties.level],
      center: each.geometry.coordinates,
    }})),
  }};
}};
const box = new MaplibreGeocoder(
  {{
    forwardGeocode: ({{ query }}) => ask(query, {{}}),
    getSuggestions: async ({{ query }}) => {{
      const typed = await ask(query, {{ autocomplete: "1" }});
      return {{ suggestions: typed.features.map((each) => ({{ text: each.text }})) }};
    }},
  }},
  {{ maplibregl, showResultsWhileTyping: true }},
);
map.addControl(box);"""
_LOCATOR = """\
# QGIS > Plugins > Python Console; then Ctrl+K and: adr nişancı 5
from qgis.core import QgsNominatimGeocoder
from qgis.gui import QgsGeocoderLocatorFilter

geocoder = QgsNominatimGeocoder("tr", "{api}/nominatim/search")
locator = QgsGeocoderLocatorFilter("adres", "{name}", "adr", geocoder, iface.mapCanvas())
iface.registerLocatorFilter(locator)"""
_POWER_QUERY = """\
let
    Ara = (adres as text) => Json.Document(Web.Contents("{base}",
        [RelativePath = "api/v1/addresses/match", Query = [q = adres]])),
    Tablo = Excel.CurrentWorkbook(){{[Name = "Adresler"]}}[Content],
    Sonuc = Table.AddColumn(Tablo, "durum", each Ara([Adres])[status])
in
    Sonuc"""
_BATCH = """\
job=$(curl -fsS -H "Authorization: Bearer $KEY" --data-binary @adresler.csv \\
    '{api}/batch?column=adres&name=adresler.csv' | sed 's/.*"id": *"\\([^"]*\\)".*/\\1/')
until curl -fsS -H "Authorization: Bearer $KEY" -o sonuc.csv "{api}/batch/$job/result"
do sleep 1; done"""
_CHANGES = """\
curl '{api}/addresses/changes?since=0&limit=100'"""
_ROWS = """\
curl '{api}/datasets/numarataj/rows?mahalle=nisanci&sort=csbm,-dis_kapi_no&limit=20'
curl '{api}/datasets/numarataj/rows?group=mahalle&count=*&sort=-count'
curl -OJ '{api}/datasets/numarataj/rows?mahalle=nisanci&format=csv_excel'"""
_ROWS_PYTHON = """\
import pandas

doors = pandas.read_csv("{api}/datasets/numarataj/rows?csbm=HAL%C4%B0%C3%87&format=csv")"""
_QGIS = "Layer > Add Layer > Add WFS / OGC API – Features Layer > New > {base}/ogc"


@dataclass(frozen=True)
class Example:
    """A program: what it is written in, and its text."""

    name: str
    text: str


@dataclass(frozen=True)
class Chapter:
    """A part of the page; ``id`` is also its anchor."""

    id: str
    title: str
    text: str
    examples: tuple[Example, ...]


def developers_page(
    language: Language, base_url: str, errors: Sequence[KnownError], example: str | None = None
) -> Page:
    """How programs use the portal.

    Args:
        language: of the page.
        base_url: where the server is, without a slash at the end.
        errors: every code a problem document may carry.
        example: an address that is in the register.
    """
    said = (example or "Haliç 12").replace('"', "")
    values = {"api": f"{base_url}/api/v1", "base": base_url, "said": said,
              "name": message(language, "developers.locator")}  # fmt: skip
    chapters = [
        _chapter(
            language, "address", values, curl=_search(values), Python=_PYTHON,
            JavaScript=_JAVASCRIPT, MapLibre=_MAP_BOX, QGIS=_LOCATOR, Excel=_POWER_QUERY,
        ),
        _chapter(language, "batch", values, curl=_BATCH),
        _chapter(language, "changes", values, curl=_CHANGES),
        _chapter(language, "layers", values, curl="curl {api}/layers",
                 DCAT="curl {base}/katalog.ttl\ncurl {base}/katalog.jsonld"),
        _chapter(language, "rows", values, curl=_ROWS, Python=_ROWS_PYTHON),
        _chapter(language, "ogc", values, QGIS=_QGIS, GDAL="ogrinfo OAPIF:{base}/ogc/"),
        _chapter(language, "tiles", values,
                 URL="{base}/tiles/{{layer}}/{{version}}/{{z}}/{{x}}/{{y}}.mvt"),
        _chapter(language, "openapi", values, URL="{api}/openapi.json"),
    ]  # fmt: skip
    title, lead = message(language, "developers.title"), message(language, "developers.lead")
    shown = {"parts": chapters, "errors": errors}
    return Page("developers.html", frame("developers", language, title, lead), shown)


def _search(values: dict[str, str]) -> str:
    return (
        f"curl '{{api}}/addresses/search?q={quote(values['said'])}'\n"
        f"curl '{{api}}/addresses/match?q={quote(values['said'])}'\n"
        "curl '{api}/addresses/reverse?lon=28.93&lat=41.05'"
    )


def _chapter(language: Language, name: str, values: dict[str, str], **examples: str) -> Chapter:
    title, text = (message(language, f"developers.{name}_{part}") for part in ("title", "text"))
    made = tuple(Example(kind, text.format(**values)) for kind, text in examples.items())
    return Chapter(name, title, text, made)
