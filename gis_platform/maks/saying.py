"""What reading a delivery says: findings in two languages, and the errors that stop it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.core.findings import Finding, Severity
from gis_platform.maks.local_datum import LocalDatum
from gis_platform.maks.model import LAYERS, Layer
from gis_platform.maks.placing import Fit, Placing
from gis_platform.sources.spatial import TableRef

REJECTIONS: dict[str, tuple[Text, Text]] = {
    "value.malformed": (
        Text(
            "{field} alanının değeri okunamıyor: {value}.",
            "The value of {field} cannot be read: {value}.",
        ),
        Text("değeri kaynağında düzeltin", "mend the value at its source"),
    ),
    "geometry.broken": (
        Text("Geometri bozuk, okunamıyor.", "The geometry is broken and cannot be read."),
        Text("nesneyi yeniden çizin", "draw the object again"),
    ),
    "geometry.wrong-type": (
        Text(
            "Geometri bu katmanın türünde değil.", "The geometry is not of the kind of this layer."
        ),
        Text(
            "nesneyi doğru türde çizin ya da doğru katmana taşıyın",
            "draw it as the right kind, or move it to the right layer",
        ),
    ),
    "geometry.impossible": (
        Text(
            "Koordinat yeryüzünde bir yer göstermiyor.", "The coordinate is no place on the earth."
        ),
        Text("koordinatı düzeltin", "mend the coordinate"),
    ),
}
"""Why a row cannot be a feature, and what to do about it."""

_NAMED_AT_MOST = 8
_COARSE_M = 0.5
"""A residual from here on is said as a warning: a door would leave its parcel."""
CRS_NAMES = {
    5254: "TUREF / TM30",
    5253: "TUREF / TM27",
    5255: "TUREF / TM33",
    2320: "ED50 / TM30",
    2319: "ED50 / TM27",
    2207: "ED50 / 3° GK 10",
    23035: "ED50 / UTM 35N",
    32635: "WGS 84 / UTM 35N",
    3857: "Web Mercator",
    4326: "WGS 84",
}


def crs_name(srid: int) -> str:
    """``EPSG:5254 (TUREF / TM30)``."""
    name = CRS_NAMES.get(srid)
    return f"EPSG:{srid} ({name})" if name else f"EPSG:{srid}"


def placed(layer: Layer, at: Placing, file: str) -> Iterable[Finding]:
    """What was found out about the CRS of a layer."""
    crs = _with_axes(at.fit)
    if at.is_guessed and at.declared is None:
        yield _say(
            "delivery.crs-guessed",
            Severity.WARNING,
            (layer, file, None),
            Text(
                "Koordinat sistemi yazmıyor; sayılara göre {crs} sayıldı.",
                "No CRS is declared; by its numbers it was taken for {crs}.",
            ),
            _TELL_SRID,
            crs=crs,
        )
    elif at.is_guessed:
        yield _say(
            "delivery.crs-wrong",
            Severity.WARNING,
            (layer, file, None),
            Text(
                "{declared} yazıyor ama sayılar ona uymuyor; {crs} sayıldı.",
                "{declared} is declared, but the numbers are not; they were taken for {crs}.",
            ),
            _TELL_SRID,
            declared=crs_name(at.declared or 0),
            crs=crs,
        )
    if at.fit.is_swapped:
        yield _say(
            "delivery.axes-swapped",
            Severity.WARNING,
            (layer, file, None),
            Text(
                "Koordinatlar ters sırada (yukarı, sağa); düzeltilerek okundu.",
                "The axes are swapped (north, east); they were turned round while reading.",
            ),
            Text("dosyayı doğru sırada yeniden yazın", "write the file in the right order"),
        )
    if at.others:
        yield _say(
            "delivery.crs-ambiguous",
            Severity.WARNING,
            (layer, file, None),
            Text(
                "Sayılar başka sistemlere de uyuyor: {others}.",
                "The numbers fit other systems too: {others}.",
            ),
            _TELL_SRID,
            others=", ".join(_with_axes(fit) for fit in at.others),
        )
    if at.local is None and at.operation.accuracy_m is not None and at.operation.accuracy_m > 0:
        yield _say(
            "delivery.crs-transformed",
            Severity.INFO,
            (layer, file, None),
            Text(
                "{crs} sisteminden dönüştürüldü: {operation}; doğruluk {accuracy} m.",
                "Transformed from {crs}: {operation}; accuracy {accuracy} m.",
            ),
            None,
            crs=crs,
            operation=at.operation.name,
            accuracy=f"{at.operation.accuracy_m:g}",
        )


def local_datum(local: LocalDatum) -> Finding:
    """The municipality's own way from ED50, and how far its points end from where they should."""
    off = [f"{one.point} {one.east:+.3f} {one.north:+.3f}" for one in local.residuals]
    worst = max((one.length for one in local.residuals), default=0.0)
    accuracy = "?" if local.accuracy_m is None else f"{local.accuracy_m:.3f}"
    is_coarse = worst > _COARSE_M or (local.accuracy_m or 0.0) > _COARSE_M
    said = "; ".join(off) or "–"
    return Finding(
        "delivery.crs-local",
        "*",
        None,
        Severity.WARNING if is_coarse else Severity.INFO,
        Text(
            f"ED50, kendi parametrelerinizle dönüştürüldü – {local.method.tr}; karesel ortalama "
            f"hata {accuracy} m; artıklar (sağa, yukarı, m): {said}.",
            f"ED50 was transformed by your own parameters – {local.method.en}; root mean square "
            f"{accuracy} m; residuals (east, north, m): {said}.",
        ),
        {"accuracy_m": accuracy, "worst_m": f"{worst:.3f}", "residuals": said},
        Text(
            "artığı büyük noktaları denetleyin ya da çıkarın",
            "check the points with large residuals, or leave them out",
        )
        if is_coarse
        else None,
        Place(file=local.file),
    )


def local_unused(local: LocalDatum) -> Finding:
    """Parameters were given for a delivery that is not in ED50."""
    return Finding(
        "delivery.crs-local-unused",
        "*",
        None,
        Severity.WARNING,
        Text(
            f"“{local.file}” kullanılmadı: hiçbir katman ED50 değil.",
            f"“{local.file}” was not used: no layer is in ED50.",
        ),
        {},
        Text("katmanlar ED50 ise --srid 2320 verin", "if they are in ED50, give --srid 2320"),
        Place(file=local.file),
    )


def mixed_crs(used: Mapping[str, int]) -> Finding:
    """The tables of a delivery are in several CRS."""
    said = ", ".join(f"{file}: EPSG:{srid}" for file, srid in used.items())
    return Finding(
        "delivery.crs-mixed",
        "*",
        None,
        Severity.WARNING,
        Text(
            f"Katmanlar farklı koordinat sistemlerinde: {said}.",
            f"The layers are in different CRS: {said}.",
        ),
        {"crs": said},
        Text("katmanları aynı sistemde isteyin", "ask for all layers in one CRS"),
    )


def unknown_table(ref: TableRef) -> Finding:
    """A table that is no MAKS layer was left unread."""
    return Finding(
        "delivery.table-unknown",
        "*",
        None,
        Severity.INFO,
        Text(
            f"“{ref.table}” tablosu bir MAKS katmanı değil; okunmadı.",
            f"Table “{ref.table}” is no MAKS layer; it was not read.",
        ),
        {"table": ref.table},
        Text("bir katmansa adını MAKS'taki adına çevirin", "if it is one, rename it as MAKS does"),
        Place(file=ref.file),
    )


def empty_table(layer: Layer, file: str) -> Finding:
    """A table without rows."""
    return _say(
        "delivery.table-empty",
        Severity.WARNING,
        (layer, file, None),
        Text("{layer} tablosu boş.", "The table {layer} is empty."),
        Text("dolu tabloyu isteyin", "ask for the table with its rows"),
    )


def guessed_column(layer: Layer, name: str, header: str, file: str) -> Finding:
    """A misspelt header was taken for a column."""
    return _say(
        "delivery.column-misspelt",
        Severity.WARNING,
        (layer, file, header),
        Text(
            "“{header}” sütunu {official} sayıldı.", "Column “{header}” was taken for {official}."
        ),
        Text("sütun adını düzeltin", "mend the name of the column"),
        header=header,
        official=layer.column(name).official,
    )


def missing_column(layer: Layer, name: str, file: str) -> Finding:
    """A column a feature cannot do without is not there."""
    official = layer.column(name).official
    return _say(
        "delivery.column-missing",
        Severity.ERROR,
        (layer, file, official),
        Text(
            "Zorunlu {official} sütunu yok; kayıtlar bekletilecek.",
            "The required column {official} is missing; the features will be held.",
        ),
        Text("tabloyu bu sütunla yeniden isteyin", "ask for the table with that column"),
        official=official,
    )


def unknown_columns(layer: Layer, headers: list[str], file: str) -> Finding:
    """Columns that mean nothing to MAKS were kept aside."""
    return _say(
        "delivery.column-unknown",
        Severity.INFO,
        (layer, file, None),
        Text(
            "MAKS'ta olmayan sütunlar ham veride saklandı: {headers}.",
            "Columns that are not in MAKS were kept with the raw data: {headers}.",
        ),
        None,
        headers=", ".join(headers),
    )


def quarantined(layer: Layer, row: Mapping[str, object]) -> Finding:
    """A column with data of persons was not taken in."""
    return _say(
        "delivery.column-personal",
        Severity.WARNING,
        (layer, str(row["file"]), str(row["header"])),
        Text(
            "“{header}” sütunu kişisel veri sayıldı; {count} değer alınmadı.",
            "Column “{header}” was held for personal data; {count} values were not taken in.",
        ),
        Text("teslimatı bu sütun olmadan isteyin", "ask for the delivery without that column"),
        header=row["header"],
        count=row["count"],
    )


def value_lost(layer: Layer, name: str, header: str, values: pd.Series, file: str) -> Finding:
    """Values that could not be read were left empty."""
    shown = ", ".join(f"{at + 1}: {value}" for at, value in values.head(3).items())
    return _say(
        "delivery.value-unreadable",
        Severity.WARNING,
        (layer, file, header),
        Text(
            "{header} sütununda {count} değer okunamadı, boş bırakıldı (satır: değer – {values}).",
            "{count} values of {header} cannot be read; left empty (row: value – {values}).",
        ),
        Text("değerleri kaynağında düzeltin", "mend the values at their source"),
        header=header,
        column=name,
        count=len(values),
        values=shown,
    )


def no_geometry(layer: Layer, file: str) -> Finding:
    """A spatial layer came as a table without geometry."""
    return _say(
        "delivery.geometry-missing",
        Severity.ERROR,
        (layer, file, None),
        Text(
            "{layer} katmanının geometrisi yok; kayıtlar bekletilecek.",
            "The layer {layer} has no geometry; the features will be held.",
        ),
        Text("katmanı geometrisiyle isteyin", "ask for the layer with its geometry"),
    )


def unpacked(layer: Layer, count: int, file: str) -> Finding:
    """Single parts were taken out of multi-part wrappings."""
    return _say(
        "delivery.geometry-unwrapped",
        Severity.INFO,
        (layer, file, None),
        Text(
            "{count} tek parçalı çoklu geometri tekil yapıldı.",
            "{count} multi-part geometries of one part were made single.",
        ),
        None,
        count=count,
    )


def flattened(layer: Layer, file: str) -> Finding:
    """Heights or measures were left out."""
    return _say(
        "delivery.geometry-flattened",
        Severity.INFO,
        (layer, file, None),
        Text(
            "Yükseklik (Z) ya da ölçü (M) değerleri alınmadı.",
            "Heights (Z) or measures (M) were left out.",
        ),
        None,
    )


def straightened(layer: Layer, count: int, file: str) -> Finding:
    """Arcs became straight pieces."""
    return _say(
        "delivery.geometry-curved",
        Severity.INFO,
        (layer, file, None),
        Text(
            "{count} geometri yay içeriyor; kısa doğru parçalarıyla alındı.",
            "{count} geometries have arcs; they were taken as short straight pieces.",
        ),
        None,
        count=count,
    )


def mixed_letters(layer: Layer, encodings: Iterable[str], file: str) -> Finding:
    """The letters of one table are in several encodings."""
    return _say(
        "delivery.encoding-mixed",
        Severity.WARNING,
        (layer, file, None),
        Text(
            "Tablonun harfleri birden çok kodlamada ({encodings}); her değer kendi kodlamasıyla "
            "okundu.",
            "The letters of the table are in several encodings ({encodings}); each value was read "
            "in its own.",
        ),
        Text("tabloyu UTF-8 olarak isteyin", "ask for the table in UTF-8"),
        encodings=", ".join(encodings),
    )


def misspelt_table(ref: TableRef, layer: Layer) -> Finding:
    """A misspelt table was taken for a layer."""
    return Finding(
        "delivery.table-misspelt",
        layer.name,
        None,
        Severity.WARNING,
        Text(
            f"“{ref.table}” tablosu {layer.official} sayıldı.",
            f"Table “{ref.table}” was taken for {layer.official}.",
        ),
        {"table": ref.table, "official": layer.official},
        Text(
            "yanlışsa --table TABLO=KATMAN ile söyleyin",
            "if that is wrong, say it with --table TABLE=LAYER",
        ),
        Place(file=ref.file),
    )


def no_such_table(path: Path, table: str, tables: list[str]) -> SourceError:
    """A table was named that is not in the delivery."""
    there = ", ".join(f"“{name}”" for name in tables[:_NAMED_AT_MOST])
    return SourceError(
        Text(
            f"“{table}” tablosu teslimatta yok. Olanlar: {there}.",
            f"Table “{table}” is not in the delivery. Its tables: {there}.",
        ),
        place=Place(file=str(path)),
        remedy=Text("tablo adını düzeltin", "mend the name of the table"),
    )


def no_layer(path: Path, tables: list[str]) -> SourceError:
    """Nothing in the delivery is a MAKS layer."""
    there = ", ".join(f"“{name}”" for name in tables[:_NAMED_AT_MOST])
    known = ", ".join(layer.official for layer in LAYERS.values())
    return SourceError(
        Text(
            f"İçinde MAKS katmanı yok. Olan tablolar: {there}. MAKS katmanları: {known}.",
            f"It holds no MAKS layer. Its tables: {there}. MAKS layers: {known}.",
        ),
        place=Place(file=str(path)),
        remedy=Text(
            "tablonun hangi katman olduğunu --table TABLO=KATMAN ile söyleyin",
            "say which layer a table is with --table TABLE=LAYER",
        ),
    )


def several_deliveries(path: Path, layers: list[str], where: list[str]) -> SourceError:
    """A folder holds the same layer in several deliveries."""
    names, files = ", ".join(layers), ", ".join(where)
    return SourceError(
        Text(
            f"Klasörde aynı katmanlar ({names}) birden çok teslimatta var: {files}.",
            f"The folder holds the same layers ({names}) in several deliveries: {files}.",
        ),
        place=Place(file=str(path)),
        remedy=Text("bunlardan birini verin", "give one of them"),
    )


def nowhere(layer: Layer, shapes: NDArray[np.object_], file: str) -> SourceError:
    """No CRS is declared, and the numbers fit none in the district."""
    return SourceError(
        Text(
            f"{layer.official}: koordinat sistemi yazmıyor ve sayılar ({_numbers(shapes)}) ilçede "
            "hiçbir sisteme uymuyor.",
            f"{layer.official}: no CRS is declared, and the numbers ({_numbers(shapes)}) fit none "
            "in the district.",
        ),
        place=Place(file=file, field="geometry"),
        remedy=_TELL_SRID,
    )


def other_district(path: Path, layer: Layer, shapes: NDArray[np.object_] | None) -> SourceError:
    """Nothing of the delivery lies in the district."""
    numbers = "–" if shapes is None else _numbers(shapes)
    return SourceError(
        Text(
            f"Teslimatın tamamı ilçenin dışında ({layer.official}: {numbers}).",
            f"All of the delivery lies outside the district ({layer.official}: {numbers}).",
        ),
        place=Place(file=str(path), field="geometry"),
        remedy=Text(
            "başka bir ilçenin teslimatı mı, koordinat sistemi doğru mu, bakın (--srid)",
            "see whether it is another district's, and whether the CRS is right (--srid)",
        ),
    )


_TELL_SRID = Text(
    "yanlışsa doğrusunu --srid ile verin", "if that is wrong, give the right one with --srid"
)


def _numbers(shapes: NDArray[np.object_]) -> str:
    west, south, east, north = shapely.total_bounds(shapes)
    return f"x {west:,.3f} … {east:,.3f}, y {south:,.3f} … {north:,.3f}"


def _with_axes(fit: Fit) -> str:
    return crs_name(fit.srid) + (" ⇄" if fit.is_swapped else "")


def _say(
    code: str,
    severity: Severity,
    place: tuple[Layer, str, str | None],
    text: Text,
    remedy: Text | None,
    **values: object,
) -> Finding:
    layer, file, header = place
    said = {key: str(value) for key, value in values.items()}
    filled = text.fill(layer=layer.official, **values)
    at = Place(file=file, field=header)
    return Finding(code, layer.name, None, severity, filled, said, remedy, at)
