"""Data packages, checked row by row with ``frictionless`` over HTTP."""

import hashlib
import json
import subprocess
import sys

import pytest

CHECK = """
import sys, json
from frictionless import Package, validate
report = validate(sys.argv[1])
found = [[task.name, e.type, e.message] for task in report.tasks for e in task.errors] + [
    [e.type, e.message] for e in report.errors]
rows = Package(sys.argv[1]).resources[0].read_rows()
print(json.dumps({"valid": report.valid, "errors": found[:5], "rows": len(rows),
                  "first": {k: str(v) for k, v in rows[0].items()}}))
"""


def checked(url):
    """What frictionless says, in a process of its own: it warns of what is its own affair."""
    done = subprocess.run(
        [sys.executable, "-c", CHECK, url], capture_output=True, text=True, timeout=120, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("layer", ["park", "numarataj"])
def test_frictionless_reads_every_row_of_a_package(ogc, layer):
    base = ogc.url.removesuffix("/ogc")
    said = checked(f"{base}/katman/{layer}/datapackage.json")
    assert said["errors"] == []
    assert said["valid"] is True
    assert said["rows"] == ogc.json(f"/collections/{layer}/items", limit=1)["numberMatched"]


def test_the_dictionary_names_every_column_in_both_languages(ogc, name):
    base = ogc.url.removesuffix("/ogc")
    columns = set(ogc.json(f"/collections/{name}/schema")["properties"]) - {"geometry"}
    told = []
    for page in ("katman", "en/layer"):
        answer = ogc.client.get(f"{base}/{page}/{name}/datapackage.json")
        table = answer.json()["resources"][0]
        fields = {each["name"]: each["description"] for each in table["schema"]["fields"]}
        assert set(fields) == columns | {"lon", "lat"}
        told.append(fields)
        contents = {
            each["name"]: ogc.client.get(each["path"]) for each in answer.json()["resources"]
        }
        assert {each.status_code for each in contents.values()} == {200}
        content = contents[table["name"]].content
        assert table["bytes"] == len(content)
        assert table["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert told[0] != told[1]
