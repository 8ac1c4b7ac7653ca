"""CKAN's Action API, read by ``ckanapi`` as a harvester reads it."""

import json

import pytest
from ckanapi import NotFound, RemoteCKAN, ValidationError

from tests.conformance.conftest import COLLECTIONS, NASTY


@pytest.fixture(scope="module", params=[True, False], ids=["GET", "POST"])
def portal(ogc, request):
    with RemoteCKAN(
        ogc.url.removesuffix("/ogc"), user_agent="a test", get_only=request.param
    ) as client:
        yield client.action


def test_every_layer_is_a_package_with_its_files(ogc, portal):
    assert sorted(portal.package_list()) == sorted(COLLECTIONS)
    park = portal.package_show(id="park")
    assert park["title_translated"] == {"tr": "Parklar <yeşil>", "en": "Parks & <green>"}
    assert park["license_id"] == "cc-by"
    assert park["organization"]["title"] == "Park Bahçe"
    assert [each["name"] for each in park["groups"]] == ["envi"]
    assert [each["name"] for each in park["tags"]] == ["park"]
    assert portal.package_show(id=park["id"]) == park
    for resource in park["resources"]:
        assert portal.resource_show(id=resource["id"]) == resource
        answer = ogc.client.head(resource["url"])
        assert answer.status_code == 200
        if resource["resource_type"] == "file":
            assert int(answer.headers["content-length"]) == resource["size"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"q": "yesil"}, {"park"}),
        ({"q": "*:*", "fq": 'organization:park-bahce'}, {"park"}),
        ({"fq": '+tags:"park" groups:envi'}, {"park"}),
        ({"fq": "groups:envi organization:yok"}, set()),
        ({"fq": "res_format:GPKG"}, set(COLLECTIONS)),
        ({"q": "kuantum"}, set()),
    ],
)  # fmt: skip
def test_packages_are_searched_and_narrowed(portal, asked, names):
    found = portal.package_search(rows=100, **asked)
    assert {each["name"] for each in found["results"]} == names
    assert found["count"] == len(names)


def test_pages_and_facets_of_a_search(portal):
    first = portal.package_search(rows=2, sort="name asc", **{"facet.field": '["res_format"]'})
    rest = portal.package_search(rows=100, start=2, sort="name asc")
    names = [each["name"] for each in (*first["results"], *rest["results"])]
    assert names == sorted(COLLECTIONS)
    assert first["facets"]["res_format"]["GPKG"] == len(COLLECTIONS)
    assert first["search_facets"]["res_format"]["items"]


def test_organisations_groups_and_tags_are_listed(portal):
    assert "park-bahce" in portal.organization_list()
    (park,) = [
        each for each in portal.organization_list(all_fields=True) if each["name"] == "park-bahce"
    ]
    assert park["package_count"] == 1
    assert portal.organization_show(id="park-bahce")["title"] == "Park Bahçe"
    assert "envi" in portal.group_list()
    assert "park" in portal.tag_list()


def test_rows_are_had_as_from_a_datastore(portal):
    (table,) = [
        each for each in portal.package_show(id="park")["resources"] if each["datastore_active"]
    ]
    said = portal.datastore_search(resource_id=table["id"], limit=3, sort="kod asc")
    assert said["total"] == 60
    assert [each["id"] for each in said["fields"]] == [
        "kod", "ad", "acilis", "alan", "is_open", "bank_sayisi",
    ]  # fmt: skip
    assert said["records"][0] == {
        "kod": "P/1", "ad": NASTY, "acilis": "2020-01-31", "alan": 10.5, "is_open": False,
        "bank_sayisi": 1,
    }  # fmt: skip
    narrowed = portal.datastore_search(
        resource_id=table["id"], fields="kod,alan",
        filters=json.dumps({"is_open": True, "bank_sayisi": 2}),
    )  # fmt: skip
    assert narrowed["total"] == len(narrowed["records"]) == 6
    assert set(narrowed["records"][0]) == {"kod", "alan"}


@pytest.mark.parametrize(
    ("action", "asked", "error"),
    [
        ("package_show", {"id": "yok"}, NotFound),
        ("package_show", {}, ValidationError),
        ("resource_show", {"id": "yok"}, NotFound),
        ("package_search", {"rows": "çok"}, ValidationError),
        ("package_search", {"fq": "title:(a OR b) {!x}"}, ValidationError),
        ("package_search", {"facet.field": "[1]"}, ValidationError),
        ("datastore_search", {"resource_id": "yok"}, NotFound),
    ],
)
def test_what_is_asked_wrongly_is_refused_as_ckan_does(portal, action, asked, error):
    with pytest.raises(error):
        portal(action, asked) if callable(portal) else getattr(portal, action)(**asked)


@pytest.mark.parametrize(
    "asked",
    [{"fields": "bekci_adi"}, {"filters": '{"bekci_adi": "x"}'}, {"sort": "bekci_adi"},
     {"filters": "[1"}, {"filters": '{"alan": "çok"}'}],
)  # fmt: skip
def test_only_approved_columns_can_be_asked_about(portal, asked):
    (table,) = [
        each for each in portal.package_show(id="park")["resources"] if each["datastore_active"]
    ]
    with pytest.raises(ValidationError):
        portal.datastore_search(resource_id=table["id"], **asked)


@pytest.mark.parametrize(("body", "status"), [(b"[", 400), (b"[1]", 400), (b"\xff", 400)])
def test_a_body_that_is_no_object_is_refused(ogc, body, status):
    base = ogc.url.removesuffix("/ogc")
    answer = ogc.client.post(f"{base}/api/3/action/package_list", content=body)
    assert answer.status_code == status
    assert answer.json()["success"] is False
    assert ogc.client.get(f"{base}/api/3/action/user_list").status_code == 400
