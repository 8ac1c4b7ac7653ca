"""``gis batch …``: the worker that answers files sent to the address service."""

import sys
import time
from typing import Annotated

import typer

from gis_platform.cli.main import settings_of
from gis_platform.core.errors import Text
from gis_platform.db.engine import open_database
from gis_platform.db.upgrade import upgrade
from gis_platform.jobs.batch import Jobs

LOOK_EVERY = 0.5
"""Seconds between two looks for a job."""


def register(root: typer.Typer) -> None:
    """Add the group to ``gis``."""
    group = typer.Typer(
        help="Adres servisine gönderilen dosyalar. / Files sent to the address service.",
        no_args_is_help=True,
    )
    group.callback()(lambda: None)
    group.command("work")(work)
    root.add_typer(group, name="batch")


def work(
    context: typer.Context,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Kaç işlemci kullanılsın; verilmezse hepsi. / How many processors work; all "
            "where not given.",
        ),
    ] = None,
    *,
    is_once: Annotated[
        bool,
        typer.Option(
            "--once", help="Bekleyenleri yanıtlayıp çıkar. / Answers what waits, then leaves."
        ),
    ] = False,
) -> None:
    """Gönderilen dosyaları yanıtlar; gis serve de bunu yapar. / Answers files that were sent."""
    settings = settings_of(context)
    with open_database(settings) as database:
        upgrade(database)
        jobs, answered = Jobs(settings, database), 0
        while True:
            jobs.sweep()
            if jobs.work_once(workers):
                answered += 1
            elif is_once:
                break
            else:
                time.sleep(LOOK_EVERY)
    said = Text(f"{answered} dosya yanıtlandı.", f"{answered} files were answered.")
    sys.stdout.write(said.say(settings.language) + "\n")
