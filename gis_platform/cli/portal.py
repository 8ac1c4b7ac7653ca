"""``gis portal …``: the public side as files of their own."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from gis_platform.api.static_export import export_site
from gis_platform.cli.layer import build_missing, office
from gis_platform.core.errors import Place, Text, UsageError
from gis_platform.core.language import number
from gis_platform.core.progress import progress
from gis_platform.opendata.portal.messages import file_size

DEFAULT_URL = "http://localhost:8000"
"""Where ``python -m http.server`` serves a folder."""


def register(root: typer.Typer) -> None:
    """Add the group to ``gis``."""
    group = typer.Typer(
        help="Portalın durağan kopyası. / A static copy of the portal.", no_args_is_help=True
    )
    group.callback()(lambda: None)
    group.command("export")(export)
    root.add_typer(group, name="portal")


def export(
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Argument(metavar="KLASÖR", help="Kopyanın klasörü. / Folder of the copy."),
    ],
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            metavar="ADRES",
            show_default=False,
            help="Kopyanın sunulacağı adres; katalog ve site haritası onu söyler. / "
            "Address the copy will have; catalogue and sitemap say it. (GIS_SERVER__PUBLIC_URL)",
        ),
    ] = None,
) -> None:
    """Portalı, her sunucunun sunabildiği dosyalara yazar. / Writes the portal as static files."""
    with office(context) as (settings, database):
        base = _address(url or settings.server.public_url or DEFAULT_URL)
        build_missing(settings, database)  # a copy is whole where no server made them yet
        label = "Portal yazılıyor" if settings.language == "tr" else "Writing the portal"
        with progress(label) as advance:
            done = export_site(settings, database, folder, base, advance)
    language = settings.language
    files, changed, removed = (
        number(each, language) for each in (done.files, done.changed, done.removed)
    )
    size = file_size(language, done.size)
    said = Text(
        f"{folder}: {files} dosya, {size}; {changed} yazıldı, {removed} silindi. Adresi: {base}",
        f"{folder}: {files} files, {size}; {changed} written, {removed} removed. Address: {base}",
    )
    typer.echo(said.say(language))
    if url is None and settings.server.public_url is None:
        note = Text(
            "Not: katalog ve site haritası bu adresi söyler; başkaysa --url verin.",
            "Note: catalogue and sitemap say this address; give --url where it is another.",
        )
        typer.echo(note.say(language), err=True)


def _address(said: str) -> str:
    """The address without its last slash.

    Raises:
        UsageError: it is none.
    """
    split = urlsplit(said)
    if split.scheme not in {"http", "https"} or not split.netloc or split.query or split.fragment:
        raise UsageError(
            Text(f"“{said}” bir web adresi değil.", f"“{said}” is no web address."),
            place=Place(field="--url"),
            remedy=Text("örnek: https://veri.example.bel.tr", "e.g. https://data.example.org"),
        )
    return said.rstrip("/")
