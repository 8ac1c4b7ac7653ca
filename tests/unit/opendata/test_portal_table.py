"""What a reader of a table asks, and how values are read and written in each language."""

from datetime import UTC, date, datetime

import pytest

from gis_platform.core.errors import UsageError
from gis_platform.opendata.cql2.check import read_filter
from gis_platform.opendata.portal.conditions import Condition, as_filter, conditions_of
from gis_platform.opendata.portal.layer_table import TableView, table_view
from gis_platform.opendata.portal.values import cell_text
from tests.unit.opendata.test_portal_pages import a_layer

ALL = {"ad": "string", "kat": "integer", "alan": "number", "acik": "boolean", "gun": "date",
       "an": "date-time"}  # fmt: skip


def a_table(row_count=55):
    """A layer with a column of every kind."""
    layer = a_layer("mahalle", row_count=row_count)
    words = {"tr": "Anlamı", "en": "Meaning"}
    columns = tuple(
        layer.entry.columns[0].model_copy(update={"name": name, "type": kind, "meaning": words})
        for name, kind in ALL.items()
    )
    return layer.__class__(**{**layer.__dict__, "entry": layer.entry.model_copy(
        update={"columns": columns, "key": "kat", "label": "ad"})})  # fmt: skip


def asked(*conditions):
    return [
        pair for column, op, value in conditions
        for pair in (("column", column), ("op", op), ("value", value))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([("column", "ad"), ("value", " halic  bulvarı ")], [("ad", "has", "halic bulvarı")]),
        (asked(("ad", "is", "HALİÇ"), ("kat", "least", "3")),
         [("ad", "is", "HALİÇ"), ("kat", "least", "3")]),
        (asked(("kat", "has", "3")), [("kat", "is", "3")]),
        (asked(("ad", "empty", "ne olursa")), [("ad", "empty", "")]),
        (asked(("ad", "yok", "x")), [("ad", "has", "x")]),
        (asked(("yok", "is", "x")), []),
        (asked(("ad", "is", "  ")), []),
        (asked(("ad", "is", "a\0b")), []),
        (asked(("ad", "is", "x" * 900)), [("ad", "is", "x" * 100)]),
        (asked(*[("kat", "is", str(at)) for at in range(9)]),
         [("kat", "is", str(at)) for at in range(5)]),
        (asked(("kat", "is", "1"), ("kat", "is", "1")), [("kat", "is", "1")]),
        ([("value", "x"), ("op", "is")], []),
    ],
)  # fmt: skip
def test_conditions_are_read_one_after_another(said, found):
    assert list(conditions_of(a_table(), said)) == [Condition(*each) for each in found]


def test_in_a_very_large_layer_a_text_is_compared_as_a_whole():
    assert conditions_of(a_table(300_000), asked(("ad", "has", "x"))) == (
        Condition("ad", "is", "x"),
    )


def test_the_address_of_a_view_shows_that_view_again():
    layer = a_table()
    view = TableView(2, "ad", is_descending=True, conditions=(
        Condition("ad", "has", "İ"), Condition("kat", "most", "4"), Condition("gun", "empty"),
    ), chosen="a/b")  # fmt: skip
    assert table_view(layer, view.query()) == view


@pytest.mark.parametrize(
    ("language", "condition", "said"),
    [
        ("tr", ("alan", "least", "1.234,5"), '"alan" >= 1234.5'),
        ("en", ("alan", "most", "12.5"), '"alan" <= 12.5'),
        ("tr", ("gun", "is", "24.11.2026"), "\"gun\" = DATE('2026-11-24')"),
        ("en", ("gun", "least", "2026-11-24"), "\"gun\" >= DATE('2026-11-24')"),
        ("tr", ("an", "least", "1/2/2026"), "\"an\" >= TIMESTAMP('2026-02-01T00:00:00Z')"),
        ("tr", ("acik", "is", "Hayır"), '"acik" = FALSE'),
        ("en", ("acik", "is", "yes"), '"acik" = TRUE'),
        ("tr", ("ad", "is", "O'nun"), "\"ad\" = 'O''nun'"),
        ("tr", ("ad", "empty", ""), '"ad" IS NULL'),
        ("tr", ("ad", "filled", ""), '"ad" IS NOT NULL'),
        ("tr", ("ad", "has", "%5_"), "CASEI(ACCENTI(\"ad\")) LIKE CASEI(ACCENTI('%\\%5\\_%'))"),
    ],
)
def test_a_condition_is_a_filter_that_programs_can_send(language, condition, said):
    layer = a_table()
    text = as_filter(layer, [Condition(*condition)], language)
    assert text == said
    read_filter(text, "cql2-text", tuple(layer.entry.types.items()), 4326)


@pytest.mark.parametrize(
    "condition",
    [("alan", "is", "çok"), ("gun", "is", "31.02.2026"), ("acik", "is", "belki"),
     ("kat", "is", "1,5"), ("acik", "least", "evet"), ("kat", "is", "1 OR 1=1"),
     ("alan", "is", "1e5; DROP"), ("gun", "is", "2026-01-01') OR TRUE")],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused_with_its_column(condition):
    with pytest.raises(UsageError) as caught:
        as_filter(a_table(), [Condition(*condition)], "tr")
    assert caught.value.place.field == condition[0]


@pytest.mark.parametrize(
    ("value", "tr", "en"),
    [
        (None, "", ""),
        (True, "evet", "yes"),
        (740123456, "740123456", "740123456"),
        (1234.5, "1.234,5", "1,234.5"),
        (1000.0, "1.000", "1,000"),
        (0.1 + 0.2, "0,3", "0.3"),
        (-12.25, "-12,25", "-12.25"),
        (date(2026, 11, 4), "04.11.2026", "4 Nov 2026"),
        (datetime(2026, 11, 4, 21, 30, tzinfo=UTC), "05.11.2026 00.30", "5 Nov 2026 00:30"),
        ("ÇIĞIR", "ÇIĞIR", "ÇIĞIR"),
    ],
)
def test_values_are_written_as_each_language_writes_them(value, tr, en):
    assert (cell_text(value, "tr"), cell_text(value, "en")) == (tr, en)
