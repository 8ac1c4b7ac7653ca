"""The names under which people act."""

from gis_platform.core.errors import NotAllowed, Text
from gis_platform.core.text import clean


def person_name(said: str) -> str:
    """The name under which a person acts.

    Raises:
        NotAllowed: no name; nothing is done in nobody's name.
    """
    name = clean(said)
    if not any(letter.isalpha() for letter in name):
        raise NotAllowed(
            Text("İşlemi yapan kişi belirtilmedi.", "The person who acts is not named."),
            remedy=Text('--as "Ad Soyad"', '--as "First Last"'),
        )
    return name
