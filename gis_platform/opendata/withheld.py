"""What the municipality has and does not publish, with reason and legal basis.

Three sources: a list kept by hand, layer files whose layer is not published yet, and layers that
were withdrawn. A request is answered once, for all (portal.md §8.9). No person is named in it.
"""

import logging
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from gis_platform.core.errors import ConfigError, Place, Text
from gis_platform.core.settings import Settings
from gis_platform.maks.model import LAYERS
from gis_platform.opendata.catalogue import (
    CONTROLLED,
    DERIVED_SOURCES,
    REGISTER,
    Identifier,
    LayerFile,
    Words,
    layer_files,
)
from gis_platform.opendata.error_report import holds_personal_data
from gis_platform.opendata.public import PublicLayer

log = logging.getLogger("gis_platform.opendata")

Cause = Literal[
    "personal", "security", "third_party", "permit", "quality", "preparation", "withdrawn"
]
HandCause = Literal["personal", "security", "third_party", "permit", "quality"]
"""Causes a person may write; the others follow from where a layer stands."""
Reasoned = Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)]
_PREPARED = Words(
    tr="Katman hazırlanıyor; denetlenip onaylandıktan sonra yayımlanacak.",
    en="The layer is being prepared; it will be published once checked and approved.",
)
_PREPARED_ON = Words(
    tr="Yayımlama denetimi: kişisel veri taraması, lisans ve üç ayrı kişinin onayı",
    en="The check before publication: personal-data screen, licence, approval by three persons",
)
_WITHDRAWN_ON = Words(
    tr="Yayından kaldırma kararı; sürümün kaydı saklanır",
    en="Decision to withdraw; the record of the version is kept",
)


class _Reason(Words):
    """Why, in both languages, in a sentence at least."""

    tr: Reasoned
    en: Reasoned


class _Line(BaseModel):
    """A line of the list kept by hand.

    Attributes:
        sources: MAKS layers it speaks of.
        review_on: when the decision is looked at again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Words
    reason: _Reason
    basis: Words
    cause: HandCause
    sources: tuple[Identifier, ...] = ()
    owner_unit: Words | None = None
    since: date | None = None
    review_on: date | None = None


class _Named(BaseModel):
    """A line and its key."""

    name: Identifier
    line: _Line


@dataclass(frozen=True)
class Withheld:
    """Data that are not public.

    Attributes:
        name: key in the list, or name of the layer.
        reason: as the municipality gives it; a withdrawal's is in the language it was written in.
        since: from when; of a withdrawal the day.
        review_on: when it is looked at again.
    """

    name: str
    title: Words
    reason: Words
    basis: Words
    cause: Cause
    sources: tuple[str, ...] = ()
    owner_unit: Words | None = None
    since: date | datetime | None = None
    review_on: date | None = None


@dataclass(frozen=True)
class Register:
    """What is known without the database: the list kept by hand, and every layer file."""

    by_hand: Mapping[str, Withheld]
    layers: Mapping[str, LayerFile]

    def entries(self, layers: Iterable[PublicLayer]) -> list[Withheld]:
        """The register, given every layer the public knows of: by hand, prepared, withdrawn."""
        known = {each.name: each for each in layers}
        said = [each for name, each in self.by_hand.items() if not _is_public(known, name)]
        waiting = [
            _prepared(layer) for name, layer in self.layers.items()
            if name not in known and name not in self.by_hand
        ]  # fmt: skip
        taken = [_withdrawn(each) for each in known.values() if not each.is_current]
        return [*taken, *(each for each in said if each.name not in known), *waiting]


def read_register(settings: Settings) -> Register:
    """The list that comes along, one's own beside it, and the layer files.

    Raises:
        ConfigError: a list is not TOML, lacks something, or holds what looks like personal data;
            a layer file is not valid.
    """
    return Register(_by_hand(settings), layer_files(settings))


def served_register(settings: Settings) -> Register:
    """As :func:`read_register`; a layer file that is not in order does not stop the server.

    Raises:
        ConfigError: a list kept by hand is not in order.
    """
    try:
        layers = layer_files(settings)
    except ConfigError as error:
        log.warning("not published: %s", error)
        layers = {}
    return Register(_by_hand(settings), layers)


def _by_hand(settings: Settings) -> dict[str, Withheld]:
    said = _read(resources.files("gis_platform.opendata") / "data" / "withheld.toml")
    own = settings.portal.withheld_file
    if own is not None:
        if not own.is_file():
            raise ConfigError(
                Text(f"{own} diye bir dosya yok.", f"There is no file {own}."),
                place=Place(field="GIS_PORTAL__WITHHELD_FILE"),
            )
        said |= _read(own)
    return said


def doubts(register: Register, layers: Sequence[PublicLayer], day: date) -> Iterator[Text]:
    """What is not in order: MAKS layers nobody accounts for, published ones in the list, old dates.

    Args:
        register: of this installation.
        layers: every layer the public knows of.
        day: today.
    """
    accounted = {name for each in register.by_hand.values() for name in each.sources}
    for layer in register.layers.values():
        accounted |= _sources_of(layer)
    for name in LAYERS:
        if name not in accounted:
            yield Text(
                f"MAKS katmanı “{name}” ne yayımlanabilir ne de gerekçesi yazılı.",
                f"MAKS layer “{name}” can neither be published nor is a reason written down.",
            )
    public = {each.name for each in layers if each.is_current}
    for line in register.by_hand.values():
        if line.name in public:
            yield Text(
                f"“{line.name}” yayında; listeden çıkarın.",
                f"“{line.name}” is published; take it out of the list.",
            )
        if line.review_on is not None and line.review_on < day:
            yield Text(
                f"“{line.name}”: gözden geçirme günü geçti ({line.review_on}).",
                f"“{line.name}”: the day of review has passed ({line.review_on}).",
            )


def _sources_of(layer: LayerFile) -> set[str]:
    schema, _, name = layer.source.partition(".")
    if schema != REGISTER:
        return set()
    return {
        name, *DERIVED_SOURCES.get(layer.source, ()), *CONTROLLED.get(layer.source, ()),
    }  # fmt: skip


def _is_public(known: Mapping[str, PublicLayer], name: str) -> bool:
    return name in known and known[name].is_current


def _prepared(layer: LayerFile) -> Withheld:
    return Withheld(
        layer.name, layer.title, _PREPARED, _PREPARED_ON, "preparation",
        owner_unit=layer.owner_unit,
    )  # fmt: skip


def _withdrawn(layer: PublicLayer) -> Withheld:
    reason = layer.reason or "–"
    return Withheld(
        layer.name, layer.entry.title, Words.model_construct(tr=reason, en=reason), _WITHDRAWN_ON,
        "withdrawn", owner_unit=layer.entry.owner_unit, since=layer.withdrawn_at,
    )  # fmt: skip


def _read(file: Traversable) -> dict[str, Withheld]:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            Text(f"TOML okunamadı: {error}", f"Not TOML: {error}"), place=Place(file=str(file))
        ) from None
    return {name: _line(str(file), name, given) for name, given in said.items()}


def _line(file: str, name: str, given: object) -> Withheld:
    try:
        line = _Named.model_validate({"name": name, "line": given}).line
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in (name, *first["loc"][1:]))
        raise ConfigError(
            Text(f"geçersiz: {first['msg']}", f"not valid: {first['msg']}"),
            place=Place(file=file, field=field),
            remedy=Text(
                f"[{name}] altında title, reason (20+ harf), basis ve cause gerekli",
                f"below [{name}] title, reason (20+ letters), basis and cause are needed",
            ),
        ) from None
    for key in ("title", "reason", "basis", "owner_unit"):
        words = getattr(line, key)
        if words is not None and holds_personal_data(f"{words.tr}\n{words.en}"):
            raise ConfigError(
                Text("e-posta, telefon ya da T.C. kimlik numarası var gibi görünüyor",
                     "seems to hold an e-mail address, a phone or an identity number"),
                place=Place(file=file, field=f"{name}.{key}"),
                remedy=Text("kişiyi değil birimi yazın", "name the department, not a person"),
            )  # fmt: skip
    return Withheld(
        name, line.title, line.reason, line.basis, line.cause, line.sources, line.owner_unit,
        line.since, line.review_on,
    )  # fmt: skip
