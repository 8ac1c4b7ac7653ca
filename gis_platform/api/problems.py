"""How the OpenAPI describes the errors that every address may answer with."""

from typing import Any

from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"


class ParameterFault(BaseModel):
    """One parameter and what is wrong with it."""

    parameter: str
    message: str


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(description="açıklaması / its description")
    title: str
    status: int
    code: str = Field(description="değişmeyen kod / stable code")
    request_id: str
    detail: str | None = None
    remedy: str | None = None
    errors: list[ParameterFault] | None = None


def _described(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "model": Problem, "content": {MEDIA_TYPE: {"schema": schema}}}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": _described("İstek karşılanamadı. / The request was not met."),
    "5XX": _described("Sunucu cevap veremedi. / The server could not answer."),
}
