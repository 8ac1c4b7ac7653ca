"""The model and the controls told to a person: tables, columns, codes, sources, weights."""

from collections.abc import Sequence

from gis_platform.core.errors import NotFound, Text
from gis_platform.core.language import Language
from gis_platform.maks.codes import code_list_of
from gis_platform.maks.columns import layer_of_table
from gis_platform.maks.control import Control
from gis_platform.maks.model import LAYERS, Column, Layer
from gis_platform.maks.profile import Profile, profile_names, read_profile

Row = dict[str, str]

ACTION_TEXTS = {
    "block": Text("durdurur", "blocks"),
    "warn": Text("uyarır", "warns"),
    "info": Text("bilgi", "info"),
    "off": Text("kapalı", "off"),
}
EVIDENCE_TEXTS = {
    "C": Text("doğrulandı", "confirmed"),
    "C-obs": Text("gerçek sistemlerde görüldü", "observed in real systems"),
    "S": Text("ikincil kaynak", "secondary source"),
    "I": Text("çıkarım", "inferred"),
}


def find_layer(name: str) -> Layer:
    """The MAKS layer of that name, ours or the official one.

    Raises:
        NotFound: MAKS has no such layer; the message names those it has.
    """
    layer = LAYERS.get(name) or layer_of_table(name)
    if layer is not None:
        return layer
    known = ", ".join(LAYERS)
    raise NotFound(
        Text(
            f"MAKS'ta “{name}” adında bir katman yok. Olanlar: {known}.",
            f"MAKS has no layer “{name}”. Those it has: {known}.",
        )
    )


def layer_row(layer: Layer, language: Language) -> Row:
    """One layer: name, official name, what it is, geometry, columns, what it refers to."""
    refers_to = dict.fromkeys(c.refers_to for c in layer.columns if c.refers_to)
    return {
        Text("katman", "layer").say(language): layer.name,
        Text("tablo", "table").say(language): layer.official,
        Text("ne", "what").say(language): layer.title.say(language),
        Text("geometri", "geometry").say(language): layer.geometry or "–",
        Text("sütun", "columns").say(language): str(len(layer.columns)),
        Text("bağlı olduğu", "refers to").say(language): ", ".join(refers_to) or "–",
    }


def column_row(layer: Layer, column: Column, language: Language) -> Row:
    """One column: names, kind, what it holds, codes, whether it is required or personal."""
    kind = column.kind + (f"({column.length})" if column.length else "")
    marks = [
        Text("zorunlu", "required").say(language) if column.required else "",
        Text("kişisel", "personal").say(language) if column.personal else "",
        f"→ {column.refers_to}" if column.refers_to else "",
    ]
    return {
        Text("sütun", "column").say(language): column.name,
        "MAKS": column.official,
        "shp": column.short,
        Text("tür", "kind").say(language): kind,
        Text("anlam", "meaning").say(language): column.meaning.say(language),
        Text("kodlar", "codes").say(language): _codes(layer, column, language),
        Text("not", "note").say(language): ", ".join(mark for mark in marks if mark),
    }


def control_row(one: Control, profiles: Sequence[Profile], language: Language) -> Row:
    """One control: rule, layer, source and how sure it is, and what each profile does with it."""
    return {
        Text("kod", "code").say(language): one.code,
        Text("katman", "layer").say(language): one.layer,
        **{p.name: ACTION_TEXTS[p.action(one)].say(language) for p in profiles},
        Text("kural", "rule").say(language): one.rule.say(language),
        Text("kaynak", "source").say(language): one.source,
        Text("dayanak", "evidence").say(language): EVIDENCE_TEXTS[one.evidence].say(language),
    }


def control_details(one: Control, language: Language) -> Row:
    """Everything about one control: also its sentences, kinds, remedy and limits."""
    row = control_row(one, [read_profile(name) for name in profile_names()], language)
    row[Text("bulgu", "finding").say(language)] = one.text.say(language)
    for kind, text in one.kinds.items():
        row[f"{one.code}.{kind}"] = text.say(language)
    if one.remedy is not None:
        row[Text("çare", "remedy").say(language)] = one.remedy.say(language)
    for name, value in one.limits.items():
        row[Text(f"sınır {name}", f"limit {name}").say(language)] = str(value)
    return row


def _codes(layer: Layer, column: Column, language: Language) -> str:
    codes = code_list_of(layer.name, column.name)
    if codes is None:
        return ""
    if not codes.codes:
        return Text("liste bilinmiyor", "list unknown").say(language)
    said = ", ".join(
        key if key == code.label.say(language) else f"{key} {code.label.say(language)}"
        for key, code in codes.codes.items()
    )
    doubt = "" if codes.is_confirmed else Text(" (doğrulanmadı)", " (unconfirmed)").say(language)
    return said + doubt
