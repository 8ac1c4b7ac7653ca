"""``gis match``: one address explained, or a file of addresses answered row by row."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gis_platform.cli.main import settings_of
from gis_platform.core.errors import NotFound, Place, Text, UsageError
from gis_platform.core.language import Language, number, percent
from gis_platform.core.progress import progress
from gis_platform.core.settings import Settings
from gis_platform.maks.address_file import COLUMN_NAMES, address_columns
from gis_platform.matching.files import (
    MatchedFile,
    index_of_folder,
    match_file,
    open_file,
    row_count,
)
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import (
    EXPLAINED,
    Candidate,
    Match,
    MatchLevel,
    MatchStatus,
)
from gis_platform.matching.parts import first_part, match_parts
from gis_platform.matching.reading import GEOPACKAGE
from gis_platform.report.explanation import explanation_lines
from gis_platform.sources.table import tables


class Engine(StrEnum):
    """Who answers the parts of a dataset."""

    PLAIN = "plain"
    DASK = "dask"


STATUS_TEXTS = {
    MatchStatus.MATCHED: Text("eşleşti", "matched"),
    MatchStatus.REVIEW: Text("incelenecek", "review"),
    MatchStatus.UNMATCHED: Text("eşleşmedi", "unmatched"),
}
LEVEL_TEXTS = {
    MatchLevel.KAPI: Text("kapı", "door"),
    MatchLevel.INTERPOLASYON: Text("iki kapı arası", "between two doors"),
    MatchLevel.CSBM: Text("cadde/sokak", "csbm"),
    MatchLevel.MAHALLE: Text("mahalle", "mahalle"),
    MatchLevel.ILCE: Text("ilçe", "ilçe"),
}

Gazetteer = Annotated[
    Path | None,
    typer.Option(
        help="csbm.csv ve mahalle.csv (varsa kapi, orta_hat, mahalle) bulunan klasör; verilmezse "
        "kayıttan yapılmış dizin. / Folder with csbm.csv and mahalle.csv (doors, centre-lines and "
        "polygons where present); without it, the index made from the register.",
    ),
]
Column = Annotated[
    str | None,
    typer.Option(help="Adresin tamamının bulunduğu sütun. / Column with the whole address."),
]
Columns = Annotated[
    str | None,
    typer.Option(
        metavar="il=…,csbm=…",
        help=f"Hangi bileşen hangi sütunda: {', '.join(COLUMN_NAMES)}. / "
        f"Which component is in which column: {', '.join(COLUMN_NAMES)}.",
    ),
]
Sheet = Annotated[
    str | None,
    typer.Option(help="Çalışma sayfası ya da GeoPackage katmanı. / Worksheet or layer."),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Kaç işlemci kullanılsın; verilmezse hepsi. Sonuç değişmez. / How many processors "
        "work; all where not given. The result is the same.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON yazar. / Writes JSON.")]
_LABEL = Text("Eşleme", "Matching")


def register(root: typer.Typer) -> None:
    """Add the command to ``gis``."""
    root.command("match")(match)


def match(  # noqa: PLR0913, PLR0917 (options)
    context: typer.Context,
    address: Annotated[
        str, typer.Argument(metavar="ADRES|DOSYA", help="Adres ya da dosya. / Address or file.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Sonuç dosyası. / File of results: .csv, .tsv, .xlsx, .parquet, .geoparquet, "
            ".gpkg",
        ),
    ] = None,
    column: Column = None,
    columns: Columns = None,
    gazetteer: Gazetteer = None,
    sheet: Sheet = None,
    explain: Annotated[  # noqa: FBT002
        bool, typer.Option("--explain", help="Nedenini de söyler. / Also says why.")
    ] = False,
    workers: Workers = None,
    engine: Annotated[
        Engine,
        typer.Option(
            help="Parça klasörlerini kim yanıtlar: plain (bu makine), dask. / "
            "Who answers folders of parts: plain (this machine), dask."
        ),
    ] = Engine.PLAIN,
    scheduler: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS|local",
            help="Dask kümesinin adresi ya da local. / Address of the Dask cluster, or local.",
        ),
    ] = "local",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Bir adresin ya da dosyadaki adreslerin yerini bulur. / Finds the place of addresses."""
    settings = settings_of(context)
    if not _is_file(address, output):
        _refuse_file_options(output, column, columns)
        matcher = open_matcher(settings, gazetteer)
        found = matcher.explain(address) if explain else matcher.match_one(address)
        typer.echo(_as_json(found, explain) if as_json else said(found, settings.language, explain))
        return
    if output is None:
        raise UsageError(
            Text("Sonucun yazılacağı dosya belirtilmedi.", "No file for the results was named."),
            remedy=Text("-o SONUC.csv verin", "give -o RESULT.csv"),
        )
    path = Path(address)
    file = first_part(path) if path.is_dir() else open_file(path, sheet)
    if engine is Engine.DASK and not path.is_dir():
        raise _no_parts(path)
    chosen = address_columns(file, column, columns)
    begin = time.perf_counter()
    if path.is_dir():
        index, scores = open_index(settings, gazetteer), settings.matching
        with _watched(settings.language, None) as advance:
            done = match_parts(
                index, (scores.accept_score, scores.review_score), path, output, chosen,
                explain=explain, workers=workers, advance=advance,
                scheduler=scheduler if engine is Engine.DASK else None,
            )  # fmt: skip
    else:
        matcher = open_matcher(settings, gazetteer)
        begin = time.perf_counter()
        with _watched(settings.language, row_count(file)) as advance:
            done = match_file(
                matcher, file, output, chosen, explain=explain, workers=workers, advance=advance
            )
    seconds = time.perf_counter() - begin
    _report(done, output, seconds, None if as_json else settings.language)


def _no_parts(path: Path) -> UsageError:
    return UsageError(
        Text(
            "Küme yalnızca Parquet parçalarından oluşan bir klasörü yanıtlar.",
            "A cluster answers a folder of Parquet parts only.",
        ),
        place=Place(file=str(path)),
        remedy=Text("parçaların klasörünü verin", "give the folder of the parts"),
    )


@contextmanager
def _watched(language: Language, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar; where a person stops the job, how to go on."""
    rows = 0

    def answered(more: int) -> None:
        nonlocal rows
        rows += more
        advance(more)

    try:
        with progress(_LABEL.say(language), total=total) as advance:
            yield answered
    except (KeyboardInterrupt, SystemExit):
        text = Text(
            "Durduruldu: {rows} satır hazır. Aynı komut kaldığı yerden sürdürür.",
            "Stopped: {rows} rows are done. The same command goes on from there.",
        )
        sys.stderr.write(text.fill(rows=number(rows, language)).say(language) + "\n")
        raise


def open_matcher(settings: Settings, gazetteer: Path | None) -> Matcher:
    """The matcher of a gazetteer folder, or of the register's index.

    Raises:
        NotFound: there is no index made from the register.
        SourceError: the folder cannot be used.
    """
    index = open_index(settings, gazetteer)
    scores = settings.matching
    try:
        return Matcher.open(
            index, accept_score=scores.accept_score, review_score=scores.review_score
        )
    except NotFound as error:
        if gazetteer is not None:
            raise
        raise NotFound(
            error.text,
            place=error.place,
            remedy=Text(
                "önce gis maks import ile kaydı yükleyin ya da --gazetteer KLASÖR verin",
                "load the register first with gis maks import, or give --gazetteer FOLDER",
            ),
        ) from None


def open_index(settings: Settings, gazetteer: Path | None) -> Path:
    """The folder of the index: of a gazetteer folder, made where it is not current, or ours.

    Raises:
        SourceError: the folder cannot be used.
    """
    return settings.index_dir if gazetteer is None else index_of_folder(gazetteer, settings.home)


def _is_file(address: str, output: Path | None) -> bool:
    """Whether a file is meant: it is there, or an output was named, or it is called like one."""
    suffix = Path(address).suffix
    looks = " " not in address and (suffix.lstrip(".") in tables or suffix == GEOPACKAGE)
    return output is not None or looks or (len(address) < 256 and Path(address).exists())  # noqa: PLR2004


def _refuse_file_options(output: Path | None, column: str | None, columns: str | None) -> None:
    if output or column or columns:
        raise UsageError(
            Text("Böyle bir dosya yok.", "There is no such file."),
            remedy=Text("yolu denetleyin", "check the path"),
        )


def _report(done: MatchedFile, output: Path, seconds: float, language: Language | None) -> None:
    """What became of the rows: lines on stderr, or JSON on stdout where no language is given."""
    if language is None:
        by_answer = [
            {"match_status": status, "match_level": level or None, "rows": rows}
            for (status, level), rows in done.by_answer.items()
        ]
        facts = {"file": str(output), "rows": done.rows, "seconds": round(seconds, 3)}
        more = {"answers": by_answer, "renamed": done.renamed, "resumed": done.resumed}
        typer.echo(json.dumps({**facts, **more}, ensure_ascii=False))
        return
    rows, rate = number(done.rows, language), number(done.rows / max(seconds, 1e-9), language)
    said_seconds = number(seconds, language, 1)
    lines = [
        Text(
            f"{output}: {rows} satır, {said_seconds} sn, saniyede {rate} satır",
            f"{output}: {rows} rows in {said_seconds} s, {rate} rows/s",
        ).say(language)
    ]
    for (status, level), count in done.by_answer.items():
        name = STATUS_TEXTS[MatchStatus(status)].say(language)
        if level:
            name += f", {LEVEL_TEXTS[MatchLevel(level)].say(language)}"
        share = percent(count / max(done.rows, 1), language)
        lines.append(f"  {name:<32} {number(count, language):>10}  {share:>7}")
    if done.resumed:
        told = Text(
            "{rows} satır önceki çalışmada yanıtlanmıştı",
            "{rows} rows had been answered by the run before",
        )
        lines.append(f"  {told.fill(rows=number(done.resumed, language)).say(language)}")
    if done.renamed:
        names = ", ".join(f"{old} → {new}" for old, new in done.renamed.items())
        told = Text("Girdinin adı çakışan sütunları", "Input columns with a name of the result")
        lines.append(f"  {told.say(language)}: {names}")
    sys.stderr.write("\n".join(lines) + "\n")


def said(found: Match, language: Language, explain: bool) -> str:  # noqa: FBT001
    """The answer to one address, in lines for a person."""
    lines = [_headline(found, language)]
    if found.best is not None:
        lines.extend(_place_lines(found, found.best, language))
    if explain:
        return "\n".join([*lines, *explanation_lines(found, language)])
    if found.candidates and found.status is not MatchStatus.MATCHED:
        lines.append(Text("Başka adaylar:", "Other candidates:").say(language))
        lines.extend(
            f"  {percent(one.score, language):>7}  {one.label(language)}"
            for one in found.candidates
        )
    return "\n".join(lines)


def _headline(found: Match, language: Language) -> str:
    status = STATUS_TEXTS[found.status].say(language)
    level = f" · {LEVEL_TEXTS[found.level].say(language)}" if found.level else ""
    score = percent(found.score, language)
    return f"{status}{level} · {score} · {found.reason.say(language)}"


def _place_lines(found: Match, best: Candidate, language: Language) -> list[str]:
    lines = [f"  {best.label(language)}"]
    codes = [
        f"{name} {value}"
        for name, value in (
            ("ilce_kod", best.ilce_kod),
            ("mahalle_kod", best.mahalle_kod),
            ("csbm_kod", best.csbm_kod),
            ("numarataj_kimlik_no", best.numarataj_kimlik_no),
            ("ic_kapi_no", found.ic_kapi_no),
        )
        if value is not None
    ]
    lines.append("  " + " · ".join(codes))
    if best.lon is not None and best.lat is not None:
        radius = "" if best.accuracy_m is None else f" ± {number(best.accuracy_m, language)} m"
        lines.append(f"  {best.lon:.6f}, {best.lat:.6f}{radius}")
    return lines


def _as_json(found: Match, explain: bool) -> str:  # noqa: FBT001
    facts = asdict(found)
    if not explain:
        for name in EXPLAINED:
            facts.pop(name)
        for place in (facts["best"], *facts["candidates"]):
            if place is not None:
                place.pop("parts")
    return json.dumps(facts, ensure_ascii=False)
