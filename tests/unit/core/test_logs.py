"""Lines of the log."""

import json
import logging

from gis_platform.core.logs import JsonLines, request_id


def test_a_json_line_holds_what_was_given_and_nothing_empty() -> None:
    record = logging.makeLogRecord({
        "name": "gis_platform.access", "levelname": "INFO", "msg": "%s %d", "args": ("GET", 200),
        "path": "/ogc", "status": 200, "request_id": "r-1", "created": 0.0,
    })  # fmt: skip
    said = json.loads(JsonLines().format(record))
    assert said == {
        "time": "1970-01-01T00:00:00.000+00:00", "level": "INFO", "logger": "gis_platform.access",
        "message": "GET 200", "request_id": "r-1", "path": "/ogc", "status": 200,
    }  # fmt: skip


def test_a_failure_has_its_trace_in_the_same_line() -> None:
    try:
        int("x\ny")
    except ValueError as error:
        record = logging.makeLogRecord({"exc_info": (type(error), error, error.__traceback__)})
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "ValueError" in json.loads(line)["exception"]


def test_outside_a_request_there_is_no_id() -> None:
    assert request_id.get() is None
