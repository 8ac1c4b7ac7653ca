"""A large frozen copy is quick to sort and filter by any column; a small one needs no help."""

import pytest

SOURCE = """
CREATE SCHEMA deneme;
CREATE TABLE deneme.yer AS
SELECT n AS no, 'Çeşme ' || n / 7 AS ad, n % 5 AS kat, repeat('uzun ' || n, 300) AS anlatim,
       ST_SetSRID(ST_MakePoint(28.9 + n / 1e6, 41), 4326)::geometry(point, 4326) AS geometry
FROM generate_series(1, :rows) AS n;
GRANT USAGE ON SCHEMA deneme TO gis_office;
GRANT SELECT ON deneme.yer TO gis_office
"""
FREEZE = (
    "SELECT catalogue.freeze('yer_v1', 'deneme.yer', 'no', "
    "ARRAY['no', 'ad', 'kat', 'anlatim'], 'POINT')"
)
PLAN = (
    "EXPLAIN SELECT * FROM published.yer_v1 WHERE {0} IS NOT NULL ORDER BY {0} {1}, no {1} LIMIT 20"
)


@pytest.fixture
def copied(run):
    """Freezes a copy of so many rows; gives the columns its indexes begin with."""

    def _copied(rows):
        for statement in SOURCE.split(";"):
            run(statement, **({"rows": rows} if ":rows" in statement else {}))
        run(FREEZE, role="gis_office")
        found = run(
            "SELECT pg_get_indexdef(indexrelid, 1, true) FROM pg_index "
            "WHERE indrelid = 'published.yer_v1'::regclass"
        )
        return sorted(name for (name,) in found)

    return _copied


def test_a_large_copy_has_an_index_for_every_column_that_fits_into_one(copied, run):
    assert copied(20_001) == ["ad", "geometry", "kat", "no"]
    for column in ("ad COLLATE turkish_natural", "kat"):
        for way in ("", "DESC"):
            plan = " ".join(line for (line,) in run(PLAN.format(column, way)))
            assert "Index Scan" in plan
            assert "Sort" not in plan


def test_a_small_copy_has_none_beside_key_and_place(copied):
    assert copied(100) == ["geometry", "no"]
