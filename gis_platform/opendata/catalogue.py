"""Layer files become the catalogue: what may be published, under which names, and nothing else."""

import re
import tomllib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gis_platform.core.errors import ConfigError, NotFound, Place, Text
from gis_platform.core.language import Language
from gis_platform.maks.model import LAYERS

Geometry = Literal[
    "point", "multipoint", "linestring", "multilinestring", "polygon", "multipolygon"
]
Frequency = Literal["daily", "weekly", "monthly", "quarterly", "annual", "irregular"]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)]

DERIVED_SOURCES = {"maks.csbm": ("yol", "yol_orta_hat_yon", "mahalle"),
                   "maks.kapi": ("numarataj", "yol", "yol_orta_hat_yon", "mahalle")}  # fmt: skip
"""Views over several MAKS layers: the layers whose columns they may carry under the same name."""

class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """One text in both languages."""

    tr: Said
    en: Said

    def say(self, language: Language) -> str:
        """The text in ``language``."""
        return self.tr if language == "tr" else self.en


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


class LayerFile(_Strict):
    """One published layer, as its TOML file says.

    Attributes:
        source: view in the register the layer is copied from.
        key: column that identifies a feature, unique and never empty.
        label: column written on the map.
        columns: the allow-list, with what each column means; nothing else leaves the house.
        profile: profile of controls the data has passed.
        min_zoom: smallest zoom at which the map shows the layer.
    """

    name: Identifier
    source: Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z][a-z0-9_]*$")]
    key: Identifier
    label: Identifier
    geometry: Geometry
    profile: Identifier = "publication"
    order: int = 100
    min_zoom: int = Field(default=0, ge=0, le=22)
    update_frequency: Frequency
    title: Words
    description: Words
    keywords: Keywords
    owner_unit: Words
    licence: Licence
    columns: dict[str, Words] = Field(min_length=1)


def read_layer_file(path: Path | Traversable) -> LayerFile:
    """The layer a TOML file describes.

    Raises:
        ConfigError: not TOML, unknown or missing key, ``*``, or a column that may be personal.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        layer = LayerFile(name=path.name.removesuffix(".toml"), **said)
    except tomllib.TOMLDecodeError as error:
        raise _refused(path, Text(f"TOML okunamadı: {error}", f"Not TOML: {error}")) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise _refused(path, Text(f"geçersiz: {first['msg']}", f"not valid: {first['msg']}"), key) from None
    except TypeError:
        raise _refused(path, Text("ad dosyadan gelir", "the name comes from the file"), "name") from None
    _check_columns(path, layer)
    return layer


@cache
def layer_files() -> dict[str, LayerFile]:
    """Every layer of this installation, in the order of the portal."""
    folder = resources.files("gis_platform.opendata") / "layers"
    found = [read_layer_file(file) for file in folder.iterdir() if file.name.endswith(".toml")]
    return {layer.name: layer for layer in sorted(found, key=lambda each: (each.order, each.name))}


def layer_file(name: str) -> LayerFile:
    """The layer called ``name``.

    Raises:
        NotFound: no file names it, so it cannot become public.
    """
    layers = layer_files()
    if name not in layers:
        known = ", ".join(layers)
        raise NotFound(
            Text(f"“{name}” adında bir katman yok. Olanlar: {known}.",
                 f"There is no layer “{name}”. Known: {known}.")
        )  # fmt: skip
    return layers[name]


def _check_columns(path: Path | Traversable, layer: LayerFile) -> None:
    for column in layer.columns:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,47}", column) or column == "geometry":
            raise _refused(
                path,
                Text(
                    f"“{column}” bir sütun adı değil; her sütun tek tek yazılır",
                    f"“{column}” is not a column name; every column is named on its own",
                ),
                "columns",
            )
        if column in personal_columns(layer.source):
            raise _refused(
                path,
                Text(
                    f"“{column}” kişisel veri içerebilir, yayımlanamaz",
                    f"“{column}” may hold personal data and cannot be published",
                ),
                "columns",
            )
    for role in ("key", "label"):
        if getattr(layer, role) not in layer.columns:
            raise _refused(path, Text("sütunlar arasında değil", "is not among the columns"), role)


def personal_columns(source: str) -> frozenset[str]:
    """Columns of ``source`` that ``maks/model.py`` marks personal.

    A source that is no single MAKS layer is refused every name that is personal in any layer it
    is made from; where that is unknown, in any layer at all.
    """
    name = source.partition(".")[2]
    if name in LAYERS:
        return frozenset(column.name for column in LAYERS[name].columns if column.personal)
    layers = DERIVED_SOURCES.get(source, tuple(LAYERS))
    return frozenset(c.name for each in layers for c in LAYERS[each].columns if c.personal)


def _refused(path: Path | Traversable, text: Text, key: str | None = None) -> ConfigError:
    return ConfigError(text, place=Place(file=path.name, field=key))
