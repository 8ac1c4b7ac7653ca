"""The two languages in which people read the platform."""

from typing import Literal

Language = Literal["tr", "en"]
"""Turkish first, English second."""
