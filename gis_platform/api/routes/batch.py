"""Whole files of addresses: sent, answered as by ``gis match``, fetched; deleted after a while."""

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse, JSONResponse
from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from gis_platform.api.deps import ApiQuery, Service, Visit, VisitDep
from gis_platform.api.problems import PROBLEMS
from gis_platform.api.rights import Caller
from gis_platform.core.disk import writing_to
from gis_platform.core.errors import SourceError, Text, TooLarge, UsageError
from gis_platform.core.text import clean
from gis_platform.jobs.batch import FORMATS, Asked, BatchJob, Jobs, Sent, discarded, result_name

router = APIRouter(prefix="/batch", tags=["batch"], responses=PROBLEMS)
_ROOT = "/api/v1/batch"
_NEVER_KEPT = {"cache-control": "no-store"}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "CSV ya da XLSX dosyasının kendisi / the CSV or XLSX file itself",
        "content": {
            name: {"schema": {"type": "string", "format": "binary"}}
            for name in ("text/csv", FORMATS["xlsx"], "application/octet-stream")
        },
    }
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "yanıtlanmış dosya / the answered file",
        "content": {
            kind.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for kind in FORMATS.values()
        },
    },
    206: {"description": "dosyanın bir parçası / a part of the file"},
}
JobId = Annotated[
    str, PathParameter(pattern=r"^[A-Za-z0-9_-]{24}$", description="işin numarası / id of the job")
]
AnyQuery = Annotated[ApiQuery, Query()]


class BatchQuery(ApiQuery):
    """How a file is to be answered."""

    column: str | None = Field(
        default=None, min_length=1, max_length=200,
        description="adresin tamamının bulunduğu sütun / column with the whole address",
    )  # fmt: skip
    columns: str | None = Field(
        default=None, min_length=1, max_length=2000,
        description="bileşenlerin sütunları / columns of the components: il=İl,csbm=Cadde",
    )  # fmt: skip
    sheet: str | None = Field(
        default=None, min_length=1, max_length=200, description="çalışma sayfası / worksheet"
    )
    format: Literal["csv", "xlsx", "gpkg"] = Field(
        default="csv", description="sonucun biçimi / form of the result"
    )
    explain: bool = Field(default=False, description="gerekçe sütunları / columns with the reasons")
    name: str = Field(
        default="adresler.csv", min_length=1, max_length=200,
        description="dosyanın adı; sonuç onunla adlandırılır / name of the file; names the result",
    )  # fmt: skip

    @field_validator("name", "column", "columns", "sheet")
    @classmethod
    def _readable(cls, said: str | None) -> str | None:
        if said is not None and any(letter < " " for letter in said):
            raise PydanticCustomError("unreadable", "control characters")
        return said


@router.post("", status_code=202, response_class=JSONResponse, openapi_extra=_BODY)
async def send(
    request: Request,
    visit: VisitDep,
    query: Annotated[BatchQuery, Query()],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> JSONResponse:
    """Bir dosya gönderir; iş numarası alır. / Sends a file; answers with a job."""
    jobs, owner = _jobs(visit.service), _owner(visit.caller)
    if idempotency_key is not None and owner is None:
        raise UsageError(
            Text("Idempotency-Key anahtarla birlikte geçer.", "An Idempotency-Key goes with a key.")
        )
    most = visit.service.settings.batch.most_mb * 1_000_000
    _refuse_large(request, most)
    folder = await run_in_threadpool(jobs.arriving)
    with discarded(folder) as keep:
        await _receive(request, folder / "input", most)
        keep()
    asked = Asked(query.column, query.columns, query.sheet, query.format, query.explain)
    sent = Sent(Path(clean(query.name)).name or "adresler.csv", owner, idempotency_key)
    job, is_new = await run_in_threadpool(jobs.submit, folder, asked, sent)
    headers = _NEVER_KEPT | {"location": f"{visit.base_url}{_ROOT}/{job.id}"}
    return JSONResponse(_said(job, visit), 202 if is_new else 200, headers)


@router.get("", response_class=JSONResponse)
def list_jobs(visit: VisitDep, query: AnyQuery) -> JSONResponse:
    """Bu anahtarla gönderilen işler. / Jobs sent with this key."""
    owner = _owner(visit.caller)
    found = _jobs(visit.service).jobs_of(owner) if owner else []
    return JSONResponse({"jobs": [_said(each, visit) for each in found]}, headers=_NEVER_KEPT)


@router.get("/{job}", response_class=JSONResponse)
def where(visit: VisitDep, job: JobId, query: AnyQuery) -> JSONResponse:
    """İş nerede: kaç satır bitti, ne kadar kaldı? / Where a job stands."""
    found = _jobs(visit.service).job(job, _owner(visit.caller))
    return JSONResponse(_said(found, visit), headers=_NEVER_KEPT)


@router.delete("/{job}", response_class=JSONResponse)
def cancel(visit: VisitDep, job: JobId, query: AnyQuery) -> JSONResponse:
    """İşi durdurur; bitmişse dosyalarını siler. / Stops a job, or deletes the files of one."""
    found = _jobs(visit.service).cancel(job, _owner(visit.caller))
    return JSONResponse(_said(found, visit), headers=_NEVER_KEPT)


@router.get("/{job}/result", response_class=FileResponse, responses=_FILE)
def result(visit: VisitDep, job: JobId, query: AnyQuery) -> FileResponse:
    """Yanıtlanmış dosya. / The answered file."""
    found, path = _jobs(visit.service).result(job, _owner(visit.caller))
    kind = FORMATS[found.asked["format"]]
    return FileResponse(path, media_type=kind, filename=result_name(found), headers=_NEVER_KEPT)


def _jobs(service: Service) -> Jobs:
    return Jobs(service.settings, service.database)


def _owner(caller: Caller) -> str | None:
    """A key or token owns what it sent; without one, whoever knows the id of a job."""
    return None if caller.name.startswith("net:") else caller.name


def _refuse_large(request: Request, most: int) -> None:
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said) > most:
        raise _too_large(most)


async def _receive(request: Request, path: Path, most: int) -> None:
    """Write the body to a file as it comes.

    Raises:
        TooLarge: it is larger than allowed.
        SourceError: it is empty, or was broken off.
    """
    size = 0
    with writing_to(path), path.open("wb") as file:
        try:
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise _too_large(most)
                file.write(part)
        except ClientDisconnect:
            raise SourceError(Text("Gönderme yarıda kaldı.", "Sending was broken off.")) from None
    if not size:
        raise SourceError(
            Text("Dosya boş.", "The file is empty."),
            remedy=Text(
                "curl --data-binary @adresler.csv …", "curl --data-binary @addresses.csv …"
            ),
        )


def _too_large(most: int) -> TooLarge:
    said = most // 1_000_000
    return TooLarge(
        Text(f"Dosya {said} MB'tan büyük.", f"The file is larger than {said} MB."),
        remedy=Text("dosyayı bölün ya da sunucuda gis match kullanın",
                    "split the file, or use gis match on the server"),
    )  # fmt: skip


def _said(job: BatchJob, visit: Visit) -> dict[str, Any]:
    base = f"{visit.base_url}{_ROOT}/{job.id}"
    said: dict[str, Any] = {
        "id": job.id,
        "state": job.state,
        "file_name": job.file_name,
        "created_at": job.created_at.isoformat(),
        "expires_at": job.expires_at.isoformat(),
        "rows_done": job.rows_done,
        "rows_total": job.rows_total,
        "links": {"self": base} | ({"result": f"{base}/result"} if job.state == "done" else {}),
    }
    if job.state == "running" and job.started_at is not None and job.rows_done:
        seconds = max((job.now - job.started_at).total_seconds(), 0.001)
        rate = job.rows_done / seconds
        said["rows_per_second"] = round(rate)
        if job.rows_total:
            said["seconds_left"] = round(max(job.rows_total - job.rows_done, 0) / rate, 1)
    if job.result is not None:
        said |= job.result
    if job.error is not None:
        language = visit.language
        said["error"] = {
            "code": job.error["code"],
            "detail": job.error[language],
            "remedy": job.error[f"remedy_{language}"],
        }
    return said
