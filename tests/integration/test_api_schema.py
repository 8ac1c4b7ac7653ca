"""Whatever the OpenAPI lets one ask is answered as it says: no server error, nothing undocumented.

``API_EXAMPLES`` asks for more examples of each operation than the few that time allows here.
"""

import os
from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gis_platform.api.app import create_app
from gis_platform.core.settings import Settings
from gis_platform.jobs.index import ensure_index
from tests.server import OPEN, running

EXAMPLES = int(os.environ.get("API_EXAMPLES", "6"))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip


@pytest.fixture(scope="module")
def described(_server, _town_template, tmp_path_factory):
    rules = OPEN.model_copy(update={"public_scopes": "search,match,register,batch"})
    own = Settings(home=tmp_path_factory.mktemp("schema"), access=rules)
    with _server.clone(_town_template) as database:
        with database.engine("gis_etl").connect() as connection:
            ensure_index(own, connection)
        with running(create_app(own, database)) as address:
            yield schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")


def faults_of(operation, mode):
    """What is wrong with the answers to an operation, asked as it should be, or otherwise."""
    found = []

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES < 10, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        try:
            case.call_and_validate(checks=CHECKS)
        except FailureGroup as group:
            found.extend(f"{operation.label}: {each}" for each in group.exceptions)

    with suppress(Unsatisfiable):  # what takes anything cannot be asked otherwise
        ask()
    return found


def test_every_answer_is_one_that_is_described(described):
    operations = [each.ok() for each in described.get_all_operations()]
    assert len(operations) > 25
    found = [
        fault for each in operations for mode in GenerationMode for fault in faults_of(each, mode)
    ]
    assert not found, "\n".join(found[:5])
