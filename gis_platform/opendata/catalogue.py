"""Layer files become the catalogue: what may be published, under which names, and nothing else."""

import csv
import re
import tomllib
from collections.abc import Iterable
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from gis_platform.core.errors import ConfigError, NotFound, Place, Text
from gis_platform.core.language import Language
from gis_platform.core.settings import Settings
from gis_platform.maks.codes import CodeList, code_list_of, code_lists
from gis_platform.maks.model import LAYERS

GeometryKind = Literal[
    "point", "multipoint", "linestring", "multilinestring", "polygon", "multipolygon"
]
ValueKind = Literal["string", "integer", "number", "boolean", "date", "date-time"]
"""Kinds of values a published column has, named as JSON Schema names them."""
Frequency = Literal["daily", "weekly", "monthly", "quarterly", "annual", "irregular"]
Theme = Literal[
    "AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "INTR", "JUST", "REGI", "SOCI", "TECH",
    "TRAN",
]  # fmt: skip
"""Data themes of the European Union's authority table ``data-theme``."""
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)]
Unit = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Described = Annotated[str, StringConstraints(strip_whitespace=True, min_length=80)]

DERIVED_SOURCES = {
    "maks.csbm": ("yol", "yol_orta_hat_yon", "mahalle"),
    "maks.kapi": ("numarataj", "yol", "yol_orta_hat_yon", "mahalle"),
}
"""Views over several MAKS layers: the layers whose columns they may carry under the same name."""
REGISTER = "maks"
CONTROLLED = {
    "maks.csbm": ("yol", "yol_orta_hat", "yol_orta_hat_yon"),
    "maks.kapi": ("numarataj",),
}
"""Views over several MAKS layers: the layers whose breaches speak of a feature of the view."""
REQUIRED = (
    "tucbs_theme", "third_party_rights", "source_crs", "accuracy", "permit", "personal_data",
    "limits",
)  # fmt: skip
"""What a layer file must say though a catalogue entry of earlier days may lack it."""
EXAMPLES = {
    "source": 'source = "file:parklar.csv"',
    "key": 'key = "no"',
    "label": 'label = "ad"',
    "geometry": 'geometry = "point"',
    "title": 'title = { tr = "Parklar", en = "Parks" }',
    "description": 'description = { tr = "…", en = "…" }  # 80+',
    "keywords": 'keywords = { tr = ["park"], en = ["park"] }',
    "theme": 'theme = "ENVI"',
    "tucbs_theme": 'tucbs_theme = "arazi_kullanimi"',
    "owner_unit": 'owner_unit = { tr = "Park ve Bahçeler Müdürlüğü", en = "Parks Directorate" }',
    "contact": 'contact = { role = { tr = "…", en = "…" }, email = "acikveri@…" }',
    "licence": 'licence = { uri = "https://creativecommons.org/licenses/by/4.0/", '
    'name = "CC BY 4.0", attribution = { tr = "…", en = "…" } }',
    "third_party_rights": 'third_party_rights = { tr = "Yok", en = "None" }',
    "temporal": "temporal = { start = 2024-01-01 }",
    "update_frequency": 'update_frequency = "annual"',
    "next_due": "next_due = 2027-12-31",
    "lineage": 'lineage = { tr = "…", en = "…" }',
    "source_crs": "source_crs = 5254",
    "accuracy": 'accuracy = { tr = "1 m", en = "1 m" }',
    "columns": 'columns = { no = { tr = "…", en = "…" } }',
    "permit": 'permit = { matrix_theme = "adres", responsible = { tr = "…", en = "…" }, '
    'basis = { tr = "…", en = "…" } }',
    "personal_data": 'personal_data = { verdict = "none", reason = { tr = "…", en = "…" } }',
    "limits": 'limits = { tr = "…", en = "…" }',
}
"""What to write, by the key that is missing."""
RESERVED_COLUMNS = frozenset({"geometry", "lon", "lat", "fid", "ogc_fid"})
"""Names a file format or we ourselves give to the place of a feature or to its row."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def tucbs_themes() -> dict[str, dict[str, str]]:
    """Themes of TUCBS: code to its names, ``tr`` and ``en``."""
    file = resources.files("gis_platform.opendata") / "data" / "tucbs_themes.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {row["code"]: {"tr": row["tr"], "en": row["en"]} for row in rows}


def _known_theme(code: str) -> str:
    themes = tucbs_themes()
    if code not in themes:
        raise ValueError(f"unknown theme / bilinmeyen tema; {', '.join(themes)}")
    return code


TucbsTheme = Annotated[str, AfterValidator(_known_theme)]
"""Theme of the national geographic information system (TUCBS), by its code in the CSV."""


class Words(_Strict):
    """One text in both languages."""

    tr: Said
    en: Said

    def say(self, language: Language) -> str:
        """The text in ``language``."""
        return self.tr if language == "tr" else self.en


def _known_list(name: str) -> str:
    known = [each.name for each in code_lists()]
    if name not in known:
        raise ValueError(f"unknown code list / bilinmeyen kod listesi; {', '.join(known)}")
    return name


MaksCodes = Annotated[str, AfterValidator(_known_list)]
"""A code list of MAKS, by its file name."""


class ColumnWords(Words):
    """What a column means, in which unit, and what an empty value says; a line of the dictionary.

    Attributes:
        unit: unit of its numbers.
        empty: what it means where there is no value.
        codes: what its codes mean: name of a list of MAKS, or code to label; a column a MAKS layer
            has under the same name takes its list by itself.
    """

    unit: Unit | None = None
    empty: Words | None = None
    codes: MaksCodes | dict[str, Words] | None = None


class LongWords(Words):
    """A description in both languages, of at least 80 characters (portal.md §6.3)."""

    tr: Described
    en: Described


class Keywords(_Strict):
    """Keywords in both languages."""

    tr: tuple[Said, ...] = Field(min_length=1)
    en: tuple[Said, ...] = Field(min_length=1)

    def say(self, language: Language) -> tuple[str, ...]:
        """The keywords in ``language``."""
        return self.tr if language == "tr" else self.en


class Licence(_Strict):
    """Under which licence, and the sentence a user copies; ``{title}`` and ``{version}`` filled."""

    uri: Annotated[str, StringConstraints(pattern=r"^https://")]
    name: Said
    attribution: Words


class Permit(_Strict):
    """Why the municipality may share the data (Coğrafi Veri İzinleri Yönetmeliği).

    Attributes:
        matrix_theme: theme in the Ulusal Coğrafi Veri Sorumluluk Matrisi, as TUCBS names it.
        responsible: body the matrix makes responsible for it.
        basis: law, article or decision on which the sharing rests.
    """

    matrix_theme: TucbsTheme
    responsible: Words
    basis: Words


class PersonalData(_Strict):
    """What the owner unit says about personal data (KVKK), beside what the screen finds.

    Attributes:
        verdict: ``none`` = never had any; ``removed`` = the columns stay inside; ``aggregated``.
        reason: why, or what was done.
    """

    verdict: Literal["none", "removed", "aggregated"]
    reason: Words


class Span(_Strict):
    """From which day to which the data speaks; an open end means until the version's day."""

    start: date
    end: date | None = None

    @model_validator(mode="after")
    def _run_forward(self) -> Self:
        if self.end is not None and self.end < self.start:
            raise ValueError("the end is before the start / bitiş başlangıçtan önce")
        return self


class Contact(_Strict):
    """Whom the public asks: a role and its address, never a person."""

    role: Words
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]


class Description(BaseModel):
    """What a layer file and a catalogue entry have in common.

    Attributes:
        source: view in the register the layer is copied from, or ``file:`` and a file beside the
            layer file.
        key: column that identifies a feature, unique and never empty.
        label: column written on the map.
        time: column that says when a feature is from, for questions about time.
        style_columns: columns the map has at every zoom, beside key and label.
        profile: profile of controls run over a source in the register when the layer is drafted.
        min_zoom: smallest zoom at which the map shows the layer.
        theme: of the European Union; ``tucbs_theme`` that of the national system.
        next_due: by when the next version is due; follows from the frequency where that has one.
        third_party_rights: rights of others in the data; “Yok” and “None” where there are none.
        temporal: from when to when the data speaks, where no column of time says it.
        lineage: where the data comes from and what was done to it.
        source_crs: EPSG code of the coordinates as they were measured or drawn.
        accuracy: how far from the truth a coordinate may be.
        permit: theme in the responsibility matrix, responsible body and legal basis.
        personal_data: what the owner unit says about personal data.
        limits: what the data must not be used for, or does not hold.
        corrects: what was wrong in the version before; it is then called corrected.
        charts: columns of which the page draws a chart; chosen by their values where nothing is
            said, none where the list is empty.
    """

    model_config = ConfigDict(frozen=True)

    name: Identifier
    source: Annotated[
        str, StringConstraints(pattern=r"^([a-z_]+\.[a-z][a-z0-9_]*|file:[^/\\]+\.\w+)$")
    ]
    key: Identifier
    label: Identifier
    time: Identifier | None = None
    style_columns: tuple[Identifier, ...] = ()
    geometry: GeometryKind
    profile: Identifier = "publication"
    order: int = 100
    min_zoom: int = Field(default=0, ge=0, le=22)
    update_frequency: Frequency
    theme: Theme
    title: Words
    description: LongWords
    keywords: Keywords
    owner_unit: Words
    contact: Contact
    licence: Licence
    lineage: Words
    tucbs_theme: TucbsTheme | None = None
    next_due: date | None = None
    third_party_rights: Words | None = None
    temporal: Span | None = None
    source_crs: int | None = Field(default=None, ge=1024, le=32767)
    accuracy: Words | None = None
    permit: Permit | None = None
    personal_data: PersonalData | None = None
    limits: Words | None = None
    corrects: Said | None = None
    charts: tuple[Identifier, ...] | None = None


class LayerFile(Description):
    """One published layer, as its TOML file says.

    Attributes:
        columns: the allow-list, with what each column means; nothing else leaves the house.
        folder: where the layer file lies, for a ``file:`` source.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[str, ColumnWords] = Field(min_length=1)
    folder: Path | None = Field(default=None, exclude=True)

    @model_validator(mode="after")
    def _name_known_columns(self) -> Self:
        time, charts = [self.time] if self.time else [], self.charts or ()
        wanted = (self.key, self.label, *time, *self.style_columns, *charts)
        missing = [name for name in wanted if name not in self.columns]
        if missing:
            raise ValueError(f"not among the columns / sütunlar arasında değil: {missing[0]}")
        return self


class CodeLabel(Words):
    """A code and what it means."""

    code: str


class EntryColumn(_Strict):
    """A column of a published layer: its kind of values and what they mean.

    Attributes:
        codes: its code list, in order; ``None`` where its values are no codes.
    """

    name: str
    type: ValueKind
    meaning: Words
    unit: str | None = None
    empty: Words | None = None
    codes: tuple[CodeLabel, ...] | None = None

    def label_of(self, value: object, language: Language) -> str | None:
        """What a value means, where it is one of the column's codes."""
        said = next((each for each in self.codes or () if each.code == str(value)), None)
        return None if said is None else said.say(language)


class Entry(Description):
    """What the catalogue keeps of a layer version; frozen with the data and approved with it.

    Attributes:
        columns: the columns, in their order.
        period: first and last value of the ``time`` column, ISO 8601.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    columns: tuple[EntryColumn, ...]
    period: tuple[str, str] | None = None

    @property
    def types(self) -> dict[str, ValueKind]:
        """Kind of values by column name, in order."""
        return {column.name: column.type for column in self.columns}

    def column(self, name: str) -> EntryColumn:
        """The column called ``name``; ``KeyError`` where there is none."""
        return {column.name: column for column in self.columns}[name]


def read_layer_file(path: Path | Traversable) -> LayerFile:
    """The layer a TOML file describes.

    Raises:
        ConfigError: not TOML, unknown or missing key, ``*``, or a column that may be personal.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refused(path, Text(f"TOML okunamadı: {error}", f"Not TOML: {error}")) from None
    for given in ("name", "folder"):
        if given in said:
            raise _refused(path, Text("dosyanın kendisinden bilinir", "known from the file"), given)
    folder = path.parent if isinstance(path, Path) else None
    try:
        layer = LayerFile(name=path.name.removesuffix(".toml"), folder=folder, **said)
    except ValidationError as error:
        raise _at_fault(path, error) from None
    _check_columns(path, layer)
    _check_complete(path, layer)
    return layer


def layer_files(settings: Settings) -> dict[str, LayerFile]:
    """Every layer of this installation, in the order of the portal.

    Raises:
        ConfigError: a layer file is not valid, or the folder of one's own does not exist.
    """
    own = settings.publication.layers_dir
    if own is not None and not own.is_dir():
        raise ConfigError(
            Text(f"{own} diye bir klasör yok.", f"There is no folder {own}."),
            place=Place(field="GIS_PUBLICATION__LAYERS_DIR"),
        )
    found = {layer.name: layer for layer in _read_folder(_built_in().iterdir())}
    found |= {layer.name: layer for layer in _read_folder(own.iterdir() if own else ())}
    return {each.name: each for each in sorted(found.values(), key=lambda e: (e.order, e.name))}


def layer_file(settings: Settings, name: str) -> LayerFile:
    """The layer called ``name``.

    Raises:
        NotFound: no file names it, so it cannot become public.
    """
    layers = layer_files(settings)
    if name not in layers:
        known = ", ".join(layers)
        raise NotFound(
            Text(
                f"“{name}” adında bir katman dosyası yok. Olanlar: {known}.",
                f"There is no layer file “{name}”. Known: {known}.",
            ),
            remedy=Text(
                f"GIS_PUBLICATION__LAYERS_DIR klasörüne {name}.toml koyun",
                f"put {name}.toml into the folder GIS_PUBLICATION__LAYERS_DIR",
            ),
        )
    return layers[name]


def personal_columns(source: str) -> frozenset[str]:
    """Columns of a source in the register that ``maks/model.py`` marks personal.

    A view that is no single MAKS layer is refused every name that is personal in any layer it is
    made from; where that is unknown, in any layer at all. What is not from the register is left to
    the personal-data screen, which sees names and values.
    """
    schema, _, name = source.partition(".")
    if schema != REGISTER:
        return frozenset()
    layers = (name,) if name in LAYERS else DERIVED_SOURCES.get(source, tuple(LAYERS))
    return frozenset(c.name for each in layers for c in LAYERS[each].columns if c.personal)


def column_codes(layer: LayerFile, name: str) -> tuple[CodeLabel, ...] | None:
    """The code list of a column: the layer file's own, the one it names, or that of MAKS."""
    said = layer.columns[name].codes
    if isinstance(said, dict):
        return tuple(CodeLabel(code=code, tr=each.tr, en=each.en) for code, each in said.items())
    schema, _, source = layer.source.partition(".")
    found: CodeList | None = None
    if said is not None:
        found = next(each for each in code_lists() if each.name == said)
    elif schema == REGISTER and source in LAYERS:
        found = code_list_of(source, name)
    if found is None or not found.codes:
        return None
    return tuple(
        CodeLabel(code=each.code, tr=each.label.tr, en=each.label.en)
        for each in found.codes.values()
    )


def _built_in() -> Traversable:
    return resources.files("gis_platform.opendata") / "layers"


def _read_folder(files: Iterable[Path | Traversable]) -> list[LayerFile]:
    return [read_layer_file(file) for file in files if file.name.endswith(".toml")]


def _check_columns(path: Path | Traversable, layer: LayerFile) -> None:
    personal = personal_columns(layer.source)
    for column in layer.columns:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,47}", column) or column in RESERVED_COLUMNS:
            raise _refused(
                path,
                Text(
                    f"“{column}” bir sütun adı olamaz; her sütun tek tek yazılır",
                    f"“{column}” cannot be a column name; every column is named on its own",
                ),
                "columns",
            )
        if column in personal:
            raise _refused(
                path,
                Text(
                    f"“{column}” kişisel veri içerebilir, yayımlanamaz",
                    f"“{column}” may hold personal data and cannot be published",
                ),
                "columns",
            )


def _check_complete(path: Path | Traversable, layer: LayerFile) -> None:
    """Refuse a description without what the public, or whoever approves, has to know."""
    for name in REQUIRED:
        if getattr(layer, name) is None:
            raise _missing(path, name)
    if layer.temporal is None and layer.time is None:
        raise _missing(path, "temporal")
    if layer.update_frequency == "irregular" and layer.next_due is None:
        raise _missing(path, "next_due")


def _at_fault(path: Path | Traversable, error: ValidationError) -> ConfigError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"]) or None
    if first["type"] == "missing" and key is not None:
        return _missing(path, key)
    what = first["msg"].removeprefix("Value error, ")
    return _refused(path, Text(f"geçersiz: {what}", f"not valid: {what}"), key)


def _missing(path: Path | Traversable, key: str) -> ConfigError:
    example = EXAMPLES.get(key.partition(".")[0], "…")
    return ConfigError(
        Text(f"“{key}” yazılmamış; onsuz yayımlanmaz", f"“{key}” is missing; nothing is published "
             "without it"),
        place=Place(file=path.name, field=key),
        remedy=Text(f"{path.name} dosyasına ekleyin: {example}", f"add to {path.name}: {example}"),
    )  # fmt: skip


def _refused(path: Path | Traversable, text: Text, key: str | None = None) -> ConfigError:
    return ConfigError(text, place=Place(file=path.name, field=key))
