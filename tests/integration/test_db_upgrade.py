from sqlalchemy import text

from gis_platform.db.upgrade import upgrade


def test_an_upgraded_database_has_nothing_left_to_do(database):
    assert upgrade(database) is False


def test_an_empty_database_is_upgraded_once(empty_database):
    assert upgrade(empty_database) is True
    assert upgrade(empty_database) is False
    with empty_database.engine("gis_office").connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM maks.kapi")).scalar_one() == 0
