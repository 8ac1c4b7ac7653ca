"""``gis settings``: every setting, its value and what it means."""

import json

import typer

from gis_platform.cli.main import settings_of
from gis_platform.core.language import half
from gis_platform.core.settings import known_variables


def register(root: typer.Typer) -> None:
    """Add the command to ``gis``."""
    root.command("settings")(show)


def show(
    context: typer.Context,
    as_json: bool = typer.Option(False, "--json", help="JSON yazar. / Writes JSON."),  # noqa: FBT001, FBT003
) -> None:
    """Ayarları, değerlerini ve anlamlarını yazar. / Prints settings, values and meanings."""
    settings = settings_of(context)
    values = settings.model_dump(mode="json")
    rows = []
    for name, meaning in known_variables().items():
        value: object = values
        for part in name.removeprefix("GIS_").lower().split("__"):  # ASCII: names of variables
            value = value[part] if isinstance(value, dict) else None
        rows.append({"name": name, "value": value, "meaning": half(meaning, settings.language)})
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(
            f"{row['name']} = {'' if row['value'] is None else row['value']}\n    {row['meaning']}"
        )
