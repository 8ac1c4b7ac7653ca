"""The conformance declaration: a class is in it only when a test here carries out each of its own.

That the tests pass is theirs to say; this one says that none is missing.
"""

from pathlib import Path

import pytest

from gis_platform.api.ogc_documents import CONFORMS_TO
from tests.conformance.classes import SPEC, WITHOUT_ABSTRACT_TESTS, abstract_tests, known, marked

HERE = Path(__file__).parent
DRAFTS = {
    "features-5:/conf/sorting/sortby-param", "features-5:/conf/features-sorting/filter-sorting",
}  # fmt: skip
"""Of classes that are no standard yet: carried out, not declared."""


@pytest.mark.parametrize("uri", sorted(set(CONFORMS_TO) - WITHOUT_ABSTRACT_TESTS))
def test_every_abstract_test_of_a_declared_class_is_carried_out(uri):
    assert abstract_tests(uri) - marked(HERE) == set()


def test_no_marker_is_misspelt():
    assert {each for each in marked(HERE) if ":/conf/" in each} - known() == DRAFTS


def test_what_is_served_is_the_declaration(ogc):
    assert ogc.json("/conformance")["conformsTo"] == list(CONFORMS_TO)


def test_a_class_of_one_standard_does_not_stand_for_that_of_another():
    """Tiles and Features both have a ``core``."""
    tiles, features = (
        abstract_tests(f"{SPEC}{each}/1.0/conf/core")
        for each in ("ogcapi-tiles-1", "ogcapi-features-1")
    )
    assert not tiles & features
