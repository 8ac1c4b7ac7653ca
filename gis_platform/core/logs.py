"""Lines of the log: for people, or one JSON document each; every line knows its request."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

Form = Literal["text", "json"]
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Id of the request that is being answered, in this task and the threads it starts."""
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request_id"}


class JsonLines(logging.Formatter):
    """One document a line: time, level, logger, message, request, and what was given besides."""

    def format(self, record: logging.LogRecord) -> str:
        """A record as a line."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", None),
            **{name: value for name, value in vars(record).items() if name not in _OWN},
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        kept = {name: value for name, value in said.items() if value is not None}
        return json.dumps(kept, ensure_ascii=False, default=str)


class _Lines(logging.Formatter):
    """A line for a person; with the request where it does not name it itself."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        known = getattr(record, "request_id", None)
        return line if known is None or known in line else f"{line} {known}"


def log_to_stderr(form: Form) -> None:
    """Lines of our own from INFO on, of libraries from WARNING on."""
    handler = logging.StreamHandler()
    handler.addFilter(_with_request)
    handler.setFormatter(
        JsonLines() if form == "json" else _Lines("%(asctime)s %(levelname)s %(message)s")
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("gis_platform").setLevel(logging.INFO)


def _with_request(record: logging.LogRecord) -> bool:
    record.request_id = request_id.get()
    return True
