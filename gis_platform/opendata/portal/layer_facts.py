"""What a layer's page shows of its content: charts, quality, code lists, changes, the frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gis_platform.core.language import Language
from gis_platform.opendata.catalogue import CodeLabel
from gis_platform.opendata.portal.charts_part import charts_part
from gis_platform.opendata.portal.embed_page import embed_code
from gis_platform.opendata.portal.paths import facts_path, path_of
from gis_platform.opendata.portal.quality_part import quality_part
from gis_platform.opendata.public import PublicLayer
from gis_platform.opendata.quality import Measured


@dataclass(frozen=True)
class CodeList:
    """The codes of a column, and where they are as CSV."""

    column: str
    codes: tuple[CodeLabel, ...]
    path: str


def layer_facts(
    versions: Sequence[PublicLayer],
    measured: Sequence[Measured],
    asked: tuple[Language, date, str],
) -> dict[str, Any]:
    """Values for the templates ``layer_*.html``.

    Args:
        versions: of the layer, the newest first.
        measured: what was counted in them.
        asked: the language, today, and where the portal lies.
    """
    language, on, base_url = asked
    layer = next(each for each in versions if each.is_current)
    return {
        "charts": charts_part(layer, measured, language),
        "quality": quality_part(versions, measured, language, on),
        "quality_path": facts_path(layer.name, "quality"),
        "code_lists": [
            CodeList(each.name, each.codes, facts_path(layer.name, f"codes/{each.name}.csv"))
            for each in layer.entry.columns if each.codes
        ],
        "changes_path": path_of("changes", language, name=layer.name)
        if len(readable(versions)) > 1 else None,
        "embed_code": embed_code(layer, language, base_url),
    }  # fmt: skip


def readable(versions: Sequence[PublicLayer]) -> list[PublicLayer]:
    """The versions that were not withdrawn, the newest first."""
    return [each for each in versions if each.state != "withdrawn"]
