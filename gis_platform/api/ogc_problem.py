"""What the OGC API answers when it cannot do what was asked: a problem document (RFC 9457)."""

import json
from typing import Any, ClassVar

from gis_platform.core.errors import GisPlatformError, Text
from gis_platform.core.language import Language

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: Text("İstek geçersiz", "The request is not valid"),
    404: Text("Böyle bir şey yok", "There is no such thing"),
    405: Text("Bu yöntem kullanılamaz", "This method cannot be used"),
    406: Text("Bu biçimde verilemez", "Not available in this format"),
    410: Text("Geri çekildi", "Withdrawn"),
    500: Text("Sunucuda hata oluştu", "Something went wrong in the server"),
    503: Text("Şu anda verilemiyor", "Not available at the moment"),
}
# The codes pygeoapi and the OGC use, for clients that look for them.
CODES = {400: "InvalidParameterValue", 404: "NotFound", 410: "Gone", 500: "NoApplicableCode"}


class Refused(GisPlatformError):
    """A request that is answered with a problem document.

    Attributes:
        status: HTTP status, 4xx or 5xx.
        parameter: query parameter that is wrong, where it is one.
        headers: further headers of the answer.
    """

    code: ClassVar[str] = "refused"

    def __init__(
        self,
        status: int,
        text: Text,
        *,
        parameter: str | None = None,
        headers: dict[str, str] | None = None,
        remedy: Text | None = None,
    ) -> None:
        super().__init__(text, remedy=remedy)
        self.status = status
        self.parameter = parameter
        self.headers = headers or {}

    def document(self, language: Language) -> dict[str, Any]:
        """The members of the problem document."""
        detail = self.text.say(language)
        said: dict[str, Any] = {
            "type": "about:blank",
            "title": TITLES.get(self.status, TITLES[500]).say(language),
            "status": self.status,
            "detail": detail,
            "code": CODES.get(self.status, "NoApplicableCode"),
            "description": detail,
        }
        if self.parameter is not None:
            said["parameter"] = self.parameter
        return said

    def body(self, language: Language) -> bytes:
        """The problem document as JSON."""
        return json.dumps(self.document(language), ensure_ascii=False).encode()


def bad(parameter: str, tr: str, en: str, *, remedy: Text | None = None) -> Refused:
    """The refusal of a query parameter; the sentences go on after its name."""
    said = Text(f"“{parameter}”: {tr}", f"“{parameter}”: {en}")
    return Refused(400, said, parameter=parameter, remedy=remedy)
