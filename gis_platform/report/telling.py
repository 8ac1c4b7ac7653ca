"""Words, numbers, dates and sentences of a conformity file, as its language writes them."""

from datetime import date

from gis_platform.core.language import Language, number, percent
from gis_platform.report.conformity import Conformity, ControlLine, OriginLine
from gis_platform.report.words import WORDS

_KB, _MB = 1 << 10, 1 << 20


class Telling:
    """A conformity file in one language."""

    def __init__(self, report: Conformity, language: Language) -> None:
        self._report = report
        self.language: Language = language

    def word(self, key: str, **values: object) -> str:
        """A word of ``WORDS`` with its values."""
        text = WORDS[key].say(self.language)
        return text.format(**values) if values else text

    def number(self, value: float) -> str:
        """A whole number."""
        return number(value, self.language)

    def percent(self, share: float, decimals: int = 1) -> str:
        """A share, 0 to 1; never 100 % where something is missing."""
        if share < 1 and round(share * 100, decimals) >= 100:  # noqa: PLR2004 - per cent
            share = 1 - 10 ** (-2 - decimals)
        return percent(share, self.language, decimals)

    def day(self, value: date) -> str:
        """A date."""
        return value.strftime("%d.%m.%Y" if self.language == "tr" else "%Y-%m-%d")

    def size(self, size: int) -> str:
        """Bytes."""
        return f"{max(1, size // _KB)} KB" if size < _MB else f"{self.number(size // _MB)} MB"

    def verdict(self) -> str:
        """The one sentence a reader wants first."""
        report = self._report
        if report.conforms:
            return self.word("conforms")
        return self.word(
            "does_not_conform",
            features=self.number(report.with_error),
            errors=self.number(report.errors),
        )

    def outcome(self, line: ControlLine) -> str:
        """Whether a control passes."""
        if line.action == "off":
            return self.word("not_run")
        if not line.findings:
            return self.word("passes")
        said = (("fails", line.errors), ("warning", line.warnings), ("info", line.notes))
        return next(self.word(key) for key, count in said if count)

    def tone(self, line: ControlLine) -> str:
        """How the outcome of a control is coloured: good, warn, bad or nothing."""
        if line.action == "off":
            return ""
        return "bad" if line.errors else "warn" if line.warnings else "good"

    def crs(self, line: OriginLine) -> str:
        """The CRS of a file, and how it came into the register's."""
        crs = line.crs or self.word("not_declared")
        if not line.operation:
            return f"{crs}; {self.word('in_register_crs')}"
        accuracy = ""
        if line.accuracy_m:
            metres = number(line.accuracy_m, self.language, 2)
            accuracy = f"; {self.word('accuracy', metres=metres)}"
        return f"{crs}; {line.operation}{accuracy}"
