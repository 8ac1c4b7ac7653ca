"""The exception tree: what stops a job, in one line a person can act on, Turkish and English."""

from dataclasses import dataclass
from typing import Any, ClassVar

from gis_platform.core.language import Language


@dataclass(frozen=True)
class Text:
    """One sentence in the two languages of the platform."""

    tr: str
    en: str

    def say(self, language: Language) -> str:
        """The sentence in ``language``."""
        return self.tr if language == "tr" else self.en

    def fill(self, **values: object) -> "Text":
        """The same sentence with its ``{placeholders}`` filled."""
        return Text(self.tr.format(**values), self.en.format(**values))


@dataclass(frozen=True)
class Place:
    """Where in the input something is wrong: file, row (1 = first data row) and field, as known."""

    file: str | None = None
    row: int | None = None
    field: str | None = None

    def say(self, language: Language) -> str:
        """``dosya X, satır 3, alan Y`` (or in English); empty where nothing is known."""
        names = ("dosya", "satır", "alan") if language == "tr" else ("file", "row", "field")
        parts = zip(names, (self.file, self.row, self.field), strict=True)
        return ", ".join(f"{name} {value}" for name, value in parts if value is not None)


class GisPlatformError(Exception):
    """What stops a job. Carries a stable code, the sentence, the place and the remedy.

    ``exit_code`` is what the command line ends with: 1 for data, 2 for misuse.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 2

    def __init__(
        self, text: Text, *, place: Place | None = None, remedy: Text | None = None
    ) -> None:
        super().__init__(text.en)
        self.text = text
        self.place = place or Place()
        self.remedy = remedy

    def __reduce__(self) -> tuple[Any, ...]:
        """So that it comes whole out of another process."""
        return _again, (type(self), self.text, self.place, self.remedy)

    def say(self, language: Language) -> str:
        """One line: place, what is wrong, what to do."""
        place = self.place.say(language)
        line = f"{place}: {self.text.say(language)}" if place else self.text.say(language)
        if self.remedy is not None:
            line += (" → Çare: " if language == "tr" else " → Remedy: ") + self.remedy.say(language)
        return line

    def __str__(self) -> str:
        return self.say("en")


def _again(
    kind: type[GisPlatformError], text: Text, place: Place, remedy: Text | None
) -> GisPlatformError:
    return kind(text, place=place, remedy=remedy)


class ConfigError(GisPlatformError):
    """A setting is missing, unknown or of the wrong kind."""

    code = "config"


class UsageError(GisPlatformError):
    """The command was called in a way that cannot be carried out."""

    code = "usage"


class SourceError(GisPlatformError):
    """A file or service given as input cannot be read as what it is said to be."""

    code = "source"
    exit_code = 1


class NotFound(GisPlatformError):
    """The thing named does not exist."""

    code = "not-found"


class Gone(NotFound):
    """The thing named existed and was taken back."""

    code = "gone"


class NotAllowed(GisPlatformError):
    """This person or role may not do that."""

    code = "not-allowed"


class Unidentified(GisPlatformError):
    """Who asks did not say who they are, or not in a way that holds."""

    code = "not-identified"


class TooMany(GisPlatformError):
    """More was asked in a time than is allowed; ``wait`` seconds from now it is again."""

    code = "too-many"

    def __init__(
        self, text: Text, *, place: Place | None = None, remedy: Text | None = None,
        wait: float = 1.0,
    ) -> None:  # fmt: skip
        super().__init__(text, place=place, remedy=remedy)
        self.wait = wait


class TooLarge(GisPlatformError):
    """What was sent is larger than is taken."""

    code = "too-large"


class Conflict(GisPlatformError):
    """The thing is in a state in which that cannot be done."""

    code = "conflict"


class Unavailable(GisPlatformError):
    """A part the job needs (database, disk) is not there or went away; running again is safe."""

    code = "unavailable"
    exit_code = 1
