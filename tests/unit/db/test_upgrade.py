from importlib import resources

from alembic.script import ScriptDirectory

from gis_platform.db.upgrade import alembic_config


def test_migrations_are_one_line_without_forks():
    script = ScriptDirectory.from_config(alembic_config())
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_sql_files_have_numbers_of_their_own():
    names = [f.name for f in (resources.files("gis_platform.db") / "sql").iterdir()]
    numbers = [name.partition("_")[0] for name in names if name.endswith(".sql")]
    assert len(numbers) == len(set(numbers))
    assert all(len(number) == 3 and number.isdigit() for number in numbers)
