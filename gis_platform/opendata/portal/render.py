"""Turns finished values into HTML: one cached Jinja environment, every value escaped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from gis_platform.core.language import Language
from gis_platform.core.settings import Settings
from gis_platform.opendata.portal import messages
from gis_platform.opendata.portal.assets import Assets
from gis_platform.opendata.portal.paths import FEEDS, LANGUAGES, path_of

AddedPages = Mapping[Language, Sequence[tuple[str, str]]]
"""Path and title of the pages a municipality added, by language."""


@dataclass(frozen=True)
class Frame:
    """What stands around the content of a page.

    Attributes:
        title: of this page, without the name of the portal.
        alternates: path of the same page in each language; empty where there is only this one.
        current: entry of the menu the page belongs to.
        is_indexed: whether search engines may list it.
    """

    language: Language
    title: str
    description: str = ""
    alternates: dict[Language, str] = field(default_factory=dict)
    current: str = ""
    is_indexed: bool = True

    @property
    def other_language(self) -> Language:
        """The language that is not this one."""
        return "en" if self.language == "tr" else "tr"

    @property
    def other_path(self) -> str:
        """The same page in the other language; the front page where there is none."""
        other = self.other_language
        return self.alternates.get(other) or path_of("home", other)


@dataclass(frozen=True)
class Page:
    """A template and the finished values it shows."""

    template: str
    frame: Frame
    values: dict[str, Any] = field(default_factory=dict)


class Renderer:
    """Templates, texts and addresses of files, bound together once per application."""

    def __init__(
        self,
        settings: Settings,
        assets: Assets,
        added: AddedPages | None = None,
        *,
        is_copy: bool = False,
    ) -> None:
        self._added = added or {}
        self._environment = Environment(
            loader=PackageLoader("gis_platform.opendata.portal"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._portal = settings.portal
        self._environment.globals["asset"] = assets.path
        self._environment.globals["feeds"] = FEEDS
        self._environment.globals["is_copy"] = is_copy
        self._speech = {language: self._speak(language) for language in LANGUAGES}

    def html(self, template: str, frame: Frame, base_url: str = "", **values: Any) -> str:
        """The page as HTML.

        Args:
            template: its name below ``templates``.
            frame: what stands around the content.
            base_url: scheme and host for absolute links, without a slash at the end.
            values: finished values; the templates compute nothing.
        """
        speech = self._speech[frame.language]
        page = self._environment.get_template(template)
        return page.render(speech | {"frame": frame, "base_url": base_url} | values)

    def page(self, page: Page, base_url: str) -> str:
        """A page with its values, as HTML."""
        return self.html(page.template, page.frame, base_url, **page.values)

    def svg(self, template: str, **values: Any) -> str:
        """A picture."""
        return self._environment.get_template(template).render(values)

    def _speak(self, language: Language) -> dict[str, Any]:
        said = self._portal
        is_turkish = language == "tr"
        return {
            "language": language,
            "t": partial(messages.message, language),
            "number": partial(messages.number, language),
            "percent": partial(messages.percent, language),
            "file_size": partial(messages.file_size, language),
            "date": partial(messages.date, language),
            "link": lambda page, query=None, **parts: path_of(page, language, query, **parts),
            "organisation": said.organisation_tr if is_turkish else said.organisation_en,
            "notice": said.notice_tr if is_turkish else said.notice_en,
            "contact": said.contact,
            "added_pages": self._added.get(language, ()),
        }
