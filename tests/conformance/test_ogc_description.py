"""Whatever the description of the OGC API lets one ask is answered as it says."""

import schemathesis
from schemathesis.generation import GenerationMode

from tests.integration.test_api_schema import faults_of

OF_ONE_LAYER = "park"


def test_every_answer_of_the_ogc_api_is_one_that_is_described(ogc):
    described = schemathesis.openapi.from_url(f"{ogc.url}/openapi?f=json")
    operations = [
        each.ok()
        for each in described.get_all_operations()
        if "/collections/" not in each.ok().path or f"/{OF_ONE_LAYER}" in each.ok().path
        or "veri-katalogu" in each.ok().path
    ]  # fmt: skip
    assert len(operations) > 15
    found = [
        fault for each in operations for mode in GenerationMode for fault in faults_of(each, mode)
    ]
    assert not found, "\n".join(found[:5])
