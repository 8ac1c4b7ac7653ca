"""Does CKAN's own harvester read the catalogue? Run by Python of a CKAN, before a release.

    python3 -m venv ckan && ckan/bin/pip install "ckan[requirements]==2.11.6" ckanext-dcat==2.4.4
    ckan/bin/python tests/release/in_ckan.py http://127.0.0.1:8000

Every page of the catalogue goes through ``ckanext.dcat``'s parser; title, licence, files,
checksums, place and contact of every data set are asserted.
"""

import sys
from urllib.request import urlopen

from ckan.common import config
from ckanext.dcat.processors import RDFParser

LICENCE = "cc-by"
PROFILES = ["euro_dcat_ap_2"]


def datasets(address: str) -> list[dict]:
    """Every data set, as CKAN would take it in."""
    found = []
    while address:
        parser = RDFParser(profiles=PROFILES)
        parser.parse(urlopen(address).read().decode(), _format="xml")
        found += list(parser.datasets())
        address = parser.next_page()
    return found


def check(dataset: dict) -> list[str]:
    """What is missing of a data set."""
    extras = {each["key"]: each["value"] for each in dataset["extras"]}
    faults = [name for name in ("title", "notes", "tags", "resources") if not dataset.get(name)]
    faults += [name for name in ("spatial_bbox", "contact_email", "publisher_name", "issued",
                                 "frequency", "theme") if not extras.get(name)]  # fmt: skip
    if dataset.get("license_id") != LICENCE:
        faults.append(f"licence: {dataset.get('license_id')!r}")
    for each in dataset["resources"]:
        if each.get("download_url") and not (each.get("hash") and each.get("size")):
            faults.append(f"checksum or size of {each['download_url']}")
    return faults


def main() -> int:
    """Read, print, and end with 1 where something is missing."""
    config.update({"ckan.locale_default": "en"})
    found = datasets(f"{sys.argv[1].rstrip('/')}/katalog.rdf")
    bad = 0
    for dataset in found:
        faults = check(dataset)
        bad += bool(faults)
        said = "; ".join(faults) or "ok"
        print(f"{dataset['title']}: {len(dataset['resources'])} files, {said}")
    print(f"{len(found)} data sets, {bad} with faults")
    return 1 if bad or not found else 0


if __name__ == "__main__":
    sys.exit(main())
