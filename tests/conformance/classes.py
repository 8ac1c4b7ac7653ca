"""The conformance classes of the OGC standards and the abstract tests each consists of.

Ids are the standards' own: 19-072 and 20-024 (Common 1, 2), 17-069r4, 18-058r1, 19-079r2 and
23-058r2 (Features 1, 2, 3, 5), 20-057 (Tiles 1), 20-004r1 (Records 1), 21-065r2 (CQL2).
"""

import ast
from pathlib import Path

SPEC = "http://www.opengis.net/spec/"
URIS = {
    "common-1": "ogcapi-common-1/1.0",
    "common-2": "ogcapi-common-2/1.0",
    "features-1": "ogcapi-features-1/1.0",
    "features-2": "ogcapi-features-2/1.0",
    "features-3": "ogcapi-features-3/1.0",
    "features-5": "ogcapi-features-5/1.0",
    "tiles-1": "ogcapi-tiles-1/1.0",
    "records-1": "ogcapi-records-1/1.0",
    "cql2": "cql2/1.0",
}
"""What an id begins with, and the standard it stands for."""

WITHOUT_ABSTRACT_TESTS = {f"{SPEC}json-fg-1/1.0/conf/core"}
"""Classes whose standard has no abstract tests yet; ``test_item_formats.py`` holds ours."""

_OAS30 = (
    "oas-definition-1 oas-definition-2 completeness exceptions-codes oas-impl security"
)  # fmt: skip
_CASES = "test-data logical"
_TESTS = {
    "common-1:core": "http query-param-name-known query-param-name-unknown query-param-invalid "
    "query-param-capitalization query-param-list-delimiter query-param-list-empty "
    "query-param-list-escape query-param-value-boolean query-param-value-integer "
    "query-param-value-decimal query-param-value-double query-param-value-special "
    "query-param-value-invalid",
    "common-1:landing-page": "root-op root-success api-definition-op api-definition-success "
    "conformance-op conformance-success",
    "common-1:json": "definition content",
    "common-1:html": "definition content",
    "common-1:oas30": _OAS30,
    "common-2:collections": "collections-list-op collections-list-success collections-list-links "
    "collections-list-collections description-op description-success description-links "
    "description-extent description-extent-multi",
    "features-1:core": "http root-op root-success api-definition-op api-definition-success "
    "conformance-op conformance-success fc-md-op fc-md-success fc-md-links fc-md-items "
    "fc-md-items-links fc-md-extent fc-md-extent-multi sfc-md-op sfc-md-success fc-op "
    "fc-bbox-definition fc-bbox-response fc-limit-definition fc-limit-response "
    "fc-time-definition fc-time-response query-param-invalid query-param-unknown crs84 "
    "fc-response fc-links fc-timeStamp fc-numberMatched fc-numberReturned f-op f-success f-links",
    "features-1:geojson": "definition content",
    "features-1:html": "definition content",
    "features-1:oas30": _OAS30,
    "features-2:crs": "crs-uri default-crs storageCrs crs-parameter crs-parameter-invalid "
    "crs-parameter-default crs-parameter-transform bbox-crs-parameter "
    "bbox-crs-parameter-invalid bbox-crs-parameter-default",
    "features-3:queryables": "get-conformance get-queryables-uris get-queryables",
    "features-3:queryables-query-parameters": "get-conformance query-param",
    "features-3:filter": "get-conformance filter-param filter-lang-default "
    "expression-construction filter-crs-wgs84 filter-crs-param get-functions",
    "features-3:features-filter": "get-conformance get-collections get-collection "
    "filter-on-items mixing-expression",
    "features-5:schemas": "basic-schema-inspection role role-id property-seq unit definition "
    "nullvalues",
    "features-5:returnables-and-receivables": "get-conformance link op-and-response response-1 "
    "response-2",
    "features-5:queryables": "get-conformance link op-and-response",
    "features-5:sortables": "get-conformance link op-and-response",
    "tiles-1:core": "conformance-success tc-op tc-tilematrix-definition tc-tilerow-definition "
    "tc-tilecol-definition tc-success tc-error",
    "tiles-1:tileset": "description",
    "tiles-1:tilesets-list": "tileset-links",
    "tiles-1:geodata-tilesets": "desc-links operation",
    "tiles-1:mvt": "content",
    "tiles-1:oas30": "completeness operationids",
    "records-1:record-core": "mandatory-properties-record contact default-mediatype license links "
    "templated-link templated-link-header time-instant time-interval time-instant-interval "
    "time-zone",
    "records-1:record-core-query-parameters": "bbox datetime limit q-definition q-response "
    "type-definition type-response ids-definition ids-response externalIds-definition "
    "externalIds-response",
    "records-1:record-collection": "mandatory-properties-collection itemType contact "
    "default-mediatype license links links-records links-record links-catalog-hierarchy "
    "links-catalog-related links-catalog-series records records-array-name",
    "records-1:records-api": "catalog-response catalogs-response features-api mandatory-params "
    "record-op record-response records-op resource-name-mapping",
    "records-1:json": "conformance catalog-content catalog-content-profile catalog-response "
    "record-content record-content-profile record-response",
    "records-1:html": "conformance content definition",
    "records-1:oas30": "conformance oas-common",
    "records-1:sorting": "conformance defaultSortOrder-definition get-sortables-op "
    "get-sortables-success sortby-definition sortby-response",
    "records-1:autodiscovery": "links",
    "cql2:cql2-text": "validate escaping",
    "cql2:cql2-json": "validate",
    "cql2:basic-cql2": f"basic-test comparison is-null boolean {_CASES}",
    "cql2:advanced-comparison-operators": f"like between in {_CASES}",
    "cql2:case-insensitive-comparison": f"casei casei-like {_CASES}",
    "cql2:accent-insensitive-comparison": "accenti accenti-like accenti-casei accenti-casei-like "
    f"{_CASES}",
    "cql2:basic-spatial-functions": f"s_intersects {_CASES}",
    "cql2:basic-spatial-functions-plus": "s_intersects test-data",
    "cql2:spatial-functions": "s_intersects s_disjoint s_equals s_touches s_crosses s_within "
    f"s_contains s_overlaps {_CASES}",
    "cql2:temporal-functions": f"temporal-functions-1 temporal-functions-2 {_CASES}",
    "cql2:property-property": "comparison-value-property comparison-property-property "
    f"comparison-value-value {_CASES}",
    "cql2:arithmetic": f"arithmetic {_CASES}",
}


def abstract_tests(uri: str) -> set[str]:
    """Ids of the abstract tests of a class, as ``features-1:/conf/core/http``.

    Raises:
        KeyError: no such class is known here.
    """
    standard, name = next(
        (short, uri.removeprefix(f"{SPEC}{part}/conf/"))
        for short, part in URIS.items()
        if uri.startswith(f"{SPEC}{part}/conf/")
    )
    return {f"{standard}:/conf/{name}/{test}" for test in _TESTS[f"{standard}:{name}"].split()}


def marked(folder: Path) -> set[str]:
    """Ids that the tests of a folder carry in their ``ats`` markers."""
    return {
        str(argument.value)
        for file in folder.glob("test_*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        and call.func.attr == "ats"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }  # fmt: skip


def known() -> set[str]:
    """Ids of every test of every class that is listed here."""
    return {
        f"{standard}:/conf/{name}/{test}"
        for key, tests in _TESTS.items()
        for standard, _, name in [key.partition(":")]
        for test in tests.split()
    }
