"""The invented gazetteer, for what holds for any text."""

from tests.gazetteer import matcher

__all__ = ["matcher"]
