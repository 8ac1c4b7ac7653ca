"""Layer files become the catalogue: what may be published, under which names, and nothing else."""

import re
import tomllib
from collections.abc import Iterable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
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
Described = Annotated[str, StringConstraints(strip_whitespace=True, min_length=80)]

DERIVED_SOURCES = {
    "maks.csbm": ("yol", "yol_orta_hat_yon", "mahalle"),
    "maks.kapi": ("numarataj", "yol", "yol_orta_hat_yon", "mahalle"),
}
"""Views over several MAKS layers: the layers whose columns they may carry under the same name."""
REGISTER = "maks"
RESERVED_COLUMNS = frozenset({"geometry", "lon", "lat", "fid", "ogc_fid"})
"""Names a file format or we ourselves give to the place of a feature or to its row."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """One text in both languages."""

    tr: Said
    en: Said

    def say(self, language: Language) -> str:
        """The text in ``language``."""
        return self.tr if language == "tr" else self.en


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
        persons: 2 = the proposer and the approver; 3 = a checker between them as well.
        profile: profile of controls the data has passed.
        min_zoom: smallest zoom at which the map shows the layer.
        lineage: where the data comes from and what was done to it.
        limits: what the data must not be used for, or does not hold.
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
    profile: Identifier = "register"
    persons: Literal[2, 3] = 2
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
    accuracy: Words | None = None
    legal_basis: Words | None = None
    limits: Words | None = None


class LayerFile(Description):
    """One published layer, as its TOML file says.

    Attributes:
        columns: the allow-list, with what each column means; nothing else leaves the house.
        folder: where the layer file lies, for a ``file:`` source.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[str, Words] = Field(min_length=1)
    folder: Path | None = Field(default=None, exclude=True)

    @model_validator(mode="after")
    def _name_known_columns(self) -> Self:
        wanted = (self.key, self.label, *([self.time] if self.time else []), *self.style_columns)
        missing = [name for name in wanted if name not in self.columns]
        if missing:
            raise ValueError(f"not among the columns / sütunlar arasında değil: {missing[0]}")
        return self


class EntryColumn(_Strict):
    """A column of a published layer: its kind of values and what they mean."""

    name: str
    type: ValueKind
    meaning: Words


class Entry(Description):
    """What the catalogue keeps of a layer version; frozen with the data and approved with it.

    Attributes:
        columns: the columns, in their order.
        period: first and last value of the ``time`` column, ISO 8601.
        answers: findings of the personal-data screen and what the proposer wrote about each.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    columns: tuple[EntryColumn, ...]
    period: tuple[str, str] | None = None
    answers: dict[str, str] = Field(default_factory=dict)

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
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or None
        what = first["msg"].removeprefix("Value error, ")
        raise _refused(path, Text(f"geçersiz: {what}", f"not valid: {what}"), key) from None
    _check_columns(path, layer)
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


def _refused(path: Path | Traversable, text: Text, key: str | None = None) -> ConfigError:
    return ConfigError(text, place=Place(file=path.name, field=key))
