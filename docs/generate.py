"""Writes the pages of the documentation that are made from the program itself.

``python docs/generate.py`` writes them; ``--check`` only compares and fails where one differs.
"""

import importlib
import inspect
import pkgutil
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

import typer
from control_pages import shown
from pydantic import BaseModel

import gis_platform
from gis_platform.cli.main import build
from gis_platform.core.errors import GisPlatformError, Text
from gis_platform.core.glossary import glossary
from gis_platform.core.language import Language, half, number, percent
from gis_platform.core.settings import PREFIX, PublicationSettings, Settings
from gis_platform.maks.control import Control, controls
from gis_platform.maks.profile import profile_names, read_profile
from gis_platform.matching import calibration
from gis_platform.opendata.catalogue import layer_files

DOCS = Path(__file__).parent
FOLDERS: dict[Language, str] = {"tr": "guide", "en": "en"}
MADE = Text(
    "Bu sayfa programın kendisinden üretilir: `python docs/generate.py`.",
    "This page is made from the program itself: `python docs/generate.py`.",
)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; bars and line ends in cells are made harmless."""
    lines = [_row(head), _row("---" for _ in head), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[object]) -> str:
    said = (str(cell).replace("|", "\\|").replace("\n", " ").strip() for cell in cells)
    return f"| {' | '.join(said)} |"


def code(value: object) -> str:
    """``value`` as code, or nothing where there is none."""
    return f"`{value}`" if value not in (None, "") else ""


# --------------------------------------------------------------------------- settings


def settings(language: Language) -> str:
    """Every environment variable with its default and meaning."""
    title = Text("Ayarlar", "Settings").say(language)
    lead = Text(
        "Ayarlar ortam değişkenlerinden okunur. `GIS_` ile başlayıp burada olmayan bir ad "
        "reddedilir. `gis settings` geçerli değerleri yazar; parolalar gizli kalır.",
        "Settings are read from environment variables. A name that begins with `GIS_` and is not "
        "listed here is refused. `gis settings` prints the values in force; secrets stay hidden.",
    ).say(language)
    head = {
        "tr": ("Değişken", "Varsayılan", "Anlamı"),
        "en": ("Variable", "Default", "Meaning"),
    }[language]
    rows = [
        (code(name), code(default), half(meaning, language))
        for name, default, meaning in _fields(Settings, PREFIX)
    ]
    return f"# {title}\n\n{lead}\n\n{table(head, rows)}"


def _fields(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, object, str]]:
    for name, field in model.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            yield from _fields(group, f"{prefix}{name}__")
        else:
            default = "" if field.default_factory else field.default
            yield f"{prefix}{name}".upper(), default, field.description or ""


# --------------------------------------------------------------------------- commands


def commands(language: Language) -> str:
    """Every command with its arguments and options."""
    title = Text("Komutlar", "Commands").say(language)
    lead = Text(
        "Yanıt stdout'a, iletiler stderr'e yazılır. Çıkış kodu: 0 temiz, 1 veride durduran bulgu, "
        "2 yanlış kullanım. `./run gis …` aynı komutu kendi ortamında çalıştırır.",
        "Answers go to stdout, messages to stderr. Exit code: 0 clean, 1 findings in the data that "
        "block, 2 misuse. `./run gis …` runs the same command in its own environment.",
    ).say(language)
    root = typer.main.get_command(build())
    parts = [_command(path, command, language) for path, command in _walk("gis", root)]
    return f"# {title}\n\n{lead}\n\n" + "\n".join(parts)


def _walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    for name, inner in sorted(getattr(command, "commands", {}).items()):
        if inner.hidden:
            continue
        if getattr(inner, "commands", None):
            yield from _walk(f"{path} {name}", inner)
        else:
            yield f"{path} {name}", inner


def _command(path: str, command: Any, language: Language) -> str:
    head = {"tr": ("Seçenek", "Anlamı"), "en": ("Option", "Meaning")}[language]
    rows = [_parameter(each, language) for each in command.params if not each.hidden]
    said = half(" ".join((command.help or "").split()), language)
    places = [each for each in command.params if each.param_type_name == "argument"]
    usage = " ".join([path, *(_place(each) for each in places)])
    body = f"## {path}\n\n{said}\n\n```text\n{usage}\n```\n"
    return body + (f"\n{table(head, rows)}" if rows else "")


def _place(parameter: Any) -> str:
    name = (parameter.metavar or parameter.name).upper() + ("…" if parameter.nargs < 0 else "")
    return name if parameter.required else f"[{name}]"


def _parameter(parameter: Any, language: Language) -> tuple[str, str]:
    name = (
        _place(parameter)
        if parameter.param_type_name == "argument"
        else ", ".join([*parameter.opts, *parameter.secondary_opts])
    )
    meaning = half(" ".join((parameter.help or "").split()), language)
    default = parameter.default
    if isinstance(default, str | int | float | Path) and not isinstance(default, bool):
        meaning += f" ({'varsayılan' if language == 'tr' else 'default'}: `{default}`)"
    return code(name), meaning


# --------------------------------------------------------------------------- controls


ACTIONS: dict[str, Text] = {
    "block": Text("durdurur", "blocks"),
    "warn": Text("uyarır", "warns"),
    "info": Text("bilgi", "informs"),
    "off": Text("kapalı", "off"),
}
EVIDENCE: dict[str, Text] = {
    "C": Text("kaynağında okundu", "read in its source"),
    "C-obs": Text("gerçek sistemlerde görüldü", "seen in real systems"),
    "S": Text("ikinci el kaynak", "secondary source"),
    "I": Text("bizim çıkarımımız", "inferred by us"),
}


def rules(language: Language) -> str:
    """Every control: its rule, source, what it says, and what each profile does with it."""
    title = Text("Kontroller", "Controls").say(language)
    lead = Text(
        "Her kontrol bir kural, her kural bir dosyadır. Profil, kuralı bozan bir kayda ne "
        "yapılacağını söyler: *durdurur* (kayıt bekler), *uyarır*, *bilgi*, *kapalı*. Kontrol "
        "hiçbir şeyi değiştirmez; çareyi bir kişi uygular. `gis maks check` çalıştırır.",
        "Every control is one rule, every rule one file. A profile says what happens to a feature "
        "that breaks it: it *blocks* (the feature waits), *warns*, *informs*, or is *off*. A "
        "control changes nothing; a person applies the remedy. `gis maks check` runs them.",
    ).say(language)
    profiles = [read_profile(name) for name in profile_names()]
    head = [
        *{"tr": ("Kod", "Katman", "Kural"), "en": ("Code", "Layer", "Rule")}[language],
        *(f"{each.title.say(language)} (`{each.name}`)" for each in profiles),
    ]
    rows = [
        (
            f"[`{name}`](controls/{name}.md)",
            code(each.layer),
            each.rule.say(language),
            *(ACTIONS[profile.action(each)].say(language) for profile in profiles),
        )
        for name, each in controls.items()
    ]
    return f"# {title}\n\n{lead}\n\n{table(head, rows)}"


def control_page(control: Control, language: Language) -> str:
    """What one control says, why, what helps, and what it finds and leaves alone."""
    back = Text("Bütün kontroller", "All controls").say(language)
    said = [f"# {control.code}", f"**{control.rule.say(language)}**", f"[{back}](../controls.md)"]
    sentences = [control.text, *control.kinds.values()]
    said.append("\n".join(f"> {each.say(language)}\n>" for each in sentences).removesuffix("\n>"))
    weights = [
        f"`{name}` {ACTIONS[read_profile(name).action(control)].say(language)}"
        for name in profile_names()
    ]
    said.append(f"{Text('Profiller', 'Profiles').say(language)}: {', '.join(weights)}")
    if control.remedy is not None:
        said.append(
            f"**{'Çare' if language == 'tr' else 'Remedy'}:** {control.remedy.say(language)}"
        )
    source = Text("Kaynak", "Source").say(language)
    said.append(f"{source}: {control.source} ({EVIDENCE[control.evidence].say(language)})")
    said.append(_powers(control, language))
    numbers = {n: v for n, v in control.limits.items() if isinstance(v, int | float)}
    if numbers:
        limits = ", ".join(f"`{name}` = {value}" for name, value in numbers.items())
        said.append(f"{Text('Sınırlar', 'Limits').say(language)}: {limits}")
    return "\n\n".join([*said, *shown(control, language)]) + "\n"


def _powers(control: Control, language: Language) -> str:
    """What a person can do about a finding: a computed remedy, a waiver."""
    fix = Text("", "")
    if control.can_be_fixed:
        order = f"`gis maks fix --only {control.code} --dry-run`"
        fix = Text(f"Çaresi hesaplanabilir: {order}. ", f"Its remedy can be computed: {order}. ")
    waive = Text("Muafiyet verilebilir.", "It can be waived.")
    if not control.can_be_waived:
        waive = Text(
            "Muafiyet verilemez: kayıt böyle bir özelliği tutamaz.",
            "It cannot be waived: the register cannot hold such a feature.",
        )
    sure = Text("", "")
    if not control.is_certain:
        sure = Text(
            " Bulgu bir olasılıktır, kesinlik değil.", " A finding is a likelihood, not a fact."
        )
    return fix.say(language) + waive.say(language) + sure.say(language)


# --------------------------------------------------------------------------- layers


def layers(language: Language) -> str:
    """Every published layer, its columns and licence."""
    title = Text("Katmanlar", "Layers").say(language)
    lead = Text(
        "Yayımlanabilen katmanlar, her biri bir TOML dosyası. Sütunlar tek tek adlandırılır; "
        "burada olmayan bir sütun hiçbir çıktıda yer almaz. Yayındaki kopyaların geometrisi "
        "EPSG:4326'dır. Kendi katmanlarınız: `GIS_PUBLICATION__LAYERS_DIR`.",
        "The layers that can be published, each one TOML file. Every column is named; a column "
        "that is not here is in no output. The geometry of published copies is EPSG:4326. Layers "
        "of your own: `GIS_PUBLICATION__LAYERS_DIR`.",
    ).say(language)
    parts = [
        _layer(layer, language)
        for layer in layer_files(Settings(publication=PublicationSettings())).values()
    ]
    return f"# {title}\n\n{lead}\n\n" + "\n".join(parts)


def _layer(layer: Any, language: Language) -> str:
    head = {"tr": ("Sütun", "Anlamı"), "en": ("Column", "Meaning")}[language]
    facts = Text(
        "Kaynak: {source} · geometri: {geometry} · kontrol profili: {profile} · lisans: "
        "[{name}]({uri})",
        "Source: {source} · geometry: {geometry} · profile of controls: {profile} · licence: "
        "[{name}]({uri})",
    ).fill(
        source=code(layer.source),
        geometry=layer.geometry,
        profile=code(layer.profile),
        name=layer.licence.name,
        uri=layer.licence.uri,
    )
    rows = [(code(name), words.say(language)) for name, words in layer.columns.items()]
    return (
        f"## {layer.title.say(language)} (`{layer.name}`)\n\n"
        f"{layer.description.say(language)}\n\n{facts.say(language)}\n\n{table(head, rows)}"
    )


# --------------------------------------------------------------------------- errors, glossary


def error_codes(language: Language) -> str:
    """Every class of error with its code and exit code."""
    title = Text("Hatalar", "Errors").say(language)
    lead = Text(
        "Bir işi durduran her hata tek satırdır: yer (dosya, satır, alan), ne olduğu, çaresi. "
        "Veri hatası işi durdurmaz; o bir bulgudur ve raporda yer alır.",
        "Every error that stops a job is one line: place (file, row, field), what is wrong, the "
        "remedy. Bad data does not stop a job; it becomes a finding and stands in the report.",
    ).say(language)
    head = {"tr": ("Kod", "Çıkış", "Anlamı"), "en": ("Code", "Exit", "Meaning")}[language]
    rows = [
        (code(each.code), each.exit_code, _meaning(each, language)) for each in _error_classes()
    ]
    return f"# {title}\n\n{lead}\n\n{table(head, rows)}"


ERRORS_TR = {
    "account": "Bir adım satır yitirdi ya da uydurdu: verinin değil, programın kusuru.",
    "config": "Bir ayar eksik, bilinmiyor ya da yanlış türde.",
    "conflict": "Nesnenin durumu bu işleme uygun değil.",
    "gone": "Adı verilen şey vardı, yayından çekildi.",
    "not-allowed": "Bu kişi ya da rol bunu yapamaz.",
    "not-found": "Adı verilen şey yok.",
    "not-identified": "Soran kim olduğunu söylemedi ya da anahtarı, belirteci geçerli değil.",
    "too-large": "Gönderilen, alınandan büyük.",
    "too-many": "Bir sürede izin verilenden çok istendi; söylenen süre sonra yeniden olur.",
    "refused": "OGC isteği, standardın dışında bir şey istiyor.",
    "source": "Girdi olarak verilen dosya ya da servis, söylendiği gibi okunamıyor.",
    "unavailable": "Gereken bir parça (veritabanı, disk) yok ya da gitti; "
    "yeniden çalıştırmak güvenli.",
    "usage": "Komut, yürütülemeyecek biçimde çağrıldı.",
}


def _error_classes() -> list[type[GisPlatformError]]:
    """Our errors; every module is imported first, so that none is missed."""
    for module in pkgutil.walk_packages(gis_platform.__path__, "gis_platform."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    found: list[type[GisPlatformError]] = []
    unseen: list[type[GisPlatformError]] = [GisPlatformError]
    while unseen:
        children = unseen.pop().__subclasses__()
        unseen += children
        found += [each for each in children if each.__module__.startswith("gis_platform.")]
    return sorted(found, key=lambda each: each.code)


def _meaning(error: type[GisPlatformError], language: Language) -> str:
    english = (inspect.getdoc(error) or "").partition("\n")[0]
    return ERRORS_TR.get(error.code, english) if language == "tr" else english


def concepts(language: Language) -> str:
    """The glossary."""
    title = Text("Sözlük", "Glossary").say(language)
    lead = Text(
        "Her kavramın kodda, Türkçede ve İngilizcede tek adı vardır; son sütundaki adlar kodda "
        "kullanılmaz.",
        "Every concept has one name in code, in Turkish and in English; nobody uses the names of "
        "the last column in code.",
    ).say(language)
    head = {
        "tr": ("Türkçe", "Kodda", "İngilizce", "Not", "Kullanılmaz"),
        "en": ("English", "In code", "Turkish", "Note", "Not used"),
    }[language]
    rows = [
        (
            each.tr if language == "tr" else each.en,
            code(each.code),
            each.en if language == "tr" else each.tr,
            half(each.note, language),
            ", ".join(code(word) for word in each.banned),
        )
        for each in glossary()
    ]
    return f"# {title}\n\n{lead}\n\n{table(head, rows)}"


# --------------------------------------------------------------------------- entrance

# --------------------------------------------------------------------------- calibration


def calibration_page(language: Language) -> str:
    """How far the score can be trusted: the measured reliability of each source of rows."""
    title = Text("Kalibrasyon", "Calibration").say(language)
    lead = Text(
        "`score`, yanıtın doğru olma olasılığıdır. Aşağıdaki sayılar, ayarlamada kullanılmayan "
        "satırlarda ölçüldü (her kaynağın cadde ve sokaklarının yarısı): `./run bench calibrate`. "
        "Adlar: `town`, `province`, `sample` uydurma; `names` gerçek adlar üstüne üretilmiş, onda "
        "biri kayıttan çıkarılmış; ötekiler gerçek adresler, `_by_hand` elle etiketlenmiş, `_less` "
        "onda biri kayıttan çıkarılmış kayıtla. ECE: puan ile doğru çıkan payın ortalama uzaklığı.",
        "`score` is the probability that the answer is right. The figures below were measured on "
        "rows not used to fit it (half of the csbm of every source): `./run bench calibrate`. "
        "Names: `town`, `province`, `sample` are invented; `names` are generated over real names, "
        "a tenth of them taken out of the reference; the others are real addresses, `_by_hand` "
        "labelled by hand, `_less` with a tenth of the reference taken out. ECE: mean distance of "
        "the score from the share that is right.",
    ).say(language)
    heads = {
        "tr": ("Kaynak", "Satır", "ECE", "Karar", "Kesinlik", "Duyarlılık", "Yokken cevap"),
        "en": ("Source", "Rows", "ECE", "Decided", "Precision", "Recall", "Answered though absent"),
    }[language]
    shares = ("decided", "precision", "recall", "absent_answered")
    said = resources.files("gis_platform.matching").joinpath("data/calibration.toml")
    measured = tomllib.loads(said.read_text(encoding="utf-8"))["reliability"]
    rows = [
        (
            code(one["source"]), number(one["rows"], language), number(one["ece"], language, 4),
            *(percent(one[name], language, 2) if name in one else "–" for name in shares),
        )
        for one in measured
    ]  # fmt: skip
    bins = Text("Puana göre doğru çıkan", "Right by score").say(language)
    inner = {"tr": ("Ortalama puan", "Doğru çıkan", "Satır"),
             "en": ("Mean score", "Right", "Rows")}[language]  # fmt: skip
    parts = [f"# {title}\n\n{lead}\n", f"`{calibration.version()}`\n", table(heads, rows)]
    parts.append(f"## {bins}\n")
    for one in measured:
        cells = [
            (percent(score, language, 1), percent(right, language, 1), number(count, language))
            for count, score, right in one["bins"]
        ]
        parts.append(f"### {one['source']}\n\n{table(inner, cells)}")
    return "\n".join(parts)


PAGES: dict[str, Callable[[Language], str]] = {
    "settings.md": settings,
    "commands.md": commands,
    "controls.md": rules,
    "layers.md": layers,
    "errors.md": error_codes,
    "calibration.md": calibration_page,
    "glossary.md": concepts,
}


def pages() -> dict[Path, str]:
    """Every generated page and its text."""
    made = dict(PAGES)
    for name, each in controls.items():
        made[f"controls/{name}.md"] = partial(control_page, each)
    return {
        DOCS / folder / name: f"{write(language)}\n<small>{MADE.say(language)}</small>\n"
        for language, folder in FOLDERS.items()
        for name, write in made.items()
    }


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or compare them with ``--check``; 1 where one is stale."""
    made = pages()
    stale = [
        path
        for path, text in made.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in arguments:
        for path in stale:
            sys.stderr.write(f"{path.relative_to(DOCS.parent)}: run python docs/generate.py\n")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path], encoding="utf-8")
        sys.stderr.write(f"{path.relative_to(DOCS.parent)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
