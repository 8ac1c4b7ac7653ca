"""``gis content …``: the pages of prose, and whether they keep to the licence."""

import json

import typer

from gis_platform.cli.layer import AsJson
from gis_platform.cli.main import settings_of
from gis_platform.core.errors import Text
from gis_platform.opendata.licence_lint import excuses
from gis_platform.opendata.portal.content_pages import Content, content_path, read_content


def register(root: typer.Typer) -> None:
    """Add the group to ``gis``."""
    group = typer.Typer(
        help="Portalın yazılı sayfaları: hakkında, lisans, gizlilik … / "
        "The portal's pages of prose: about, licence, privacy …",
        no_args_is_help=True,
    )
    group.command("list")(list_pages)
    group.command("check")(check)
    root.add_typer(group, name="content")


def list_pages(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Sayfaları, adreslerini ve dosyalarını yazar. / Lists the pages, addresses and files."""
    content = read_content(settings_of(context).portal)
    rows = [
        {"page": name, "language": language, "path": content_path(name, language),
         "title": page.title, "file": page.source, "own": page.is_own}
        for (name, language), page in sorted(content.pages.items())
    ]  # fmt: skip
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        mark = "*" if row["own"] else " "
        typer.echo(f"{mark} {row['path']!s:<24} {row['title']!s:<36} {row['file']}")


def check(context: typer.Context) -> None:
    """Sayfalar tam mı, lisansla çelişiyor mu: dosya ve satır. / Are the pages whole and true."""
    settings = settings_of(context)
    content = read_content(settings.portal)
    for line in _let_be(content):
        typer.echo(line.say(settings.language))
    said = Text(
        f"{len(content.pages)} sayfa okundu; lisansla çelişen cümle yok.",
        f"{len(content.pages)} pages read; no sentence contradicts the licence.",
    )
    typer.echo(said.say(settings.language))


def _let_be(content: Content) -> list[Text]:
    return [
        Text(f"{page.source}, satır {at}: kabul edildi: {why}",
             f"{page.source}, line {at}: let be: {why}")
        for page in content.pages.values()
        for at, why in excuses(page.markdown)
    ]  # fmt: skip
