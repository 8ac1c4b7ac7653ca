"""The invented gazetteer for every test of the room."""

from tests.gazetteer import matcher

__all__ = ["matcher"]
