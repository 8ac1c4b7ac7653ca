"""Errors the public reports: taken without an account or a name, answered by the owner unit.

What looks like personal data is sent back to the writer before anything is stored (KVKK art. 4:
no more than the purpose needs); a text is kept a year at most.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from gis_platform.core.errors import Conflict, NotFound, Place, Text, TooMany, UsageError
from gis_platform.core.people import person_name
from gis_platform.core.text import clean
from gis_platform.db.engine import Database
from gis_platform.db.queries import reports as ask
from gis_platform.opendata.screen import digits_of, is_tckn

Verdict = Literal["corrected", "rejected"]
SHORTEST, LONGEST = 15, 2000
_FEATURE_LIMIT = 100
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_HOUR = 3600.0
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"(?<!\d)(?:\+?90|0)?[ (]*5\d{2}[ )-]*\d{3}[ -]*\d{2}[ -]*\d{2}(?!\d)")
_TCKN = re.compile(r"(?<!\d)[1-9]\d{10}(?!\d)")


@dataclass(frozen=True)
class ErrorReport:
    """A report as the office sees it; ``feature`` is a key, ``None`` = the whole layer."""

    number: str
    at: datetime
    layer: str
    version: int
    feature: str | None
    said: str | None
    state: str
    answer: str | None
    answered_at: datetime | None
    answered_by: str | None


@dataclass(frozen=True)
class Sent:
    """What a writer sent: about a version of a layer, a feature of it or the whole.

    Attributes:
        sender: hash of the network it came from.
    """

    layer: str
    version: int
    feature: str
    said: str
    sender: str


def hand_in(database: Database, sent: Sent) -> str:
    """Take a report; its number, by which the writer can follow it.

    Raises:
        UsageError: too short, too long, or it holds what looks like personal data.
        TooMany: this network, or everybody together, has sent enough for now.
    """
    values = {
        "number": _new_number(), "layer": sent.layer, "version": sent.version,
        "feature": clean(sent.feature)[:_FEATURE_LIMIT].strip() or None,
        "said": checked(sent.said), "sender": sent.sender,
    }  # fmt: skip
    # The public role reads only; the function it calls here is the one through which it may write.
    with database.engine("gis_portal").connect() as plain:
        connection = plain.execution_options(postgresql_readonly=False)
        taken = ask.add(connection, values)
        connection.commit()
    if not taken:
        raise TooMany(
            Text("Bu ağdan şimdilik yeterince bildirim geldi.",
                 "Enough reports came from this network for now."),
            remedy=Text("bir saat sonra yeniden deneyin ya da e-posta yazın",
                        "try again in an hour, or write an e-mail"),
            wait=_HOUR,
        )  # fmt: skip
    return str(values["number"])


def checked(said: str) -> str:
    """The text of a report, if it can be taken.

    Raises:
        UsageError: too short, too long, or it holds what looks like personal data.
    """
    text = "\n".join(clean(line).strip() for line in said.splitlines()).strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise UsageError(
            Text(f"Yanlışı {SHORTEST} ile {LONGEST} harf arasında anlatın.",
                 f"Tell the error in {SHORTEST} to {LONGEST} letters."),
            place=Place(field="said"),
        )  # fmt: skip
    if holds_personal_data(text):
        raise UsageError(
            Text("Metinde e-posta, telefon ya da T.C. kimlik numarası var gibi görünüyor.",
                 "The text seems to hold an e-mail address, a phone or an identity number."),
            place=Place(field="said"),
            remedy=Text("bunları çıkarın; takip için bildirim numarası yeter",
                        "take them out; the number of the report is enough to follow it"),
        )  # fmt: skip
    return text


def holds_personal_data(text: str) -> bool:
    """Whether a text seems to hold an e-mail address, a phone or an identity number."""
    return bool(_EMAIL.search(text) or _PHONE.search(text)) or _has_tckn(text)


def standing(connection: Connection, number: str) -> dict[str, object]:
    """What the public may know of a report: when, on what, its state and answer.

    Raises:
        NotFound: there is no report of that number.
    """
    found = ask.state(connection, normal(number))
    if found is None:
        raise _unknown(number)
    return found


def normal(number: str) -> str:
    """A number as it is kept, however it was typed."""
    letters = "".join(c for c in number.strip()[:40].upper() if c in _ALPHABET)  # ASCII
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def reports_of(database: Database, layer: str | None, *, only_open: bool) -> list[ErrorReport]:
    """Reports for the owner unit, the oldest first."""
    with database.engine("gis_office").connect() as connection:
        rows = ask.reports(connection, layer, only_open=only_open)
    return [ErrorReport(**row) for row in rows]


def report_of(database: Database, number: str) -> ErrorReport:
    """One report.

    Raises:
        NotFound: there is none of that number.
    """
    with database.engine("gis_office").connect() as connection:
        found = ask.report(connection, normal(number))
    if found is None:
        raise _unknown(number)
    return ErrorReport(**found)


def answer_report(
    database: Database, number: str, verdict: Verdict, said: str, person: str
) -> ErrorReport:
    """Answer a report; the public sees the answer, not who gave it.

    Raises:
        NotFound: there is none of that number.
        Conflict: it has been answered.
        UsageError: the answer is empty.
        NotAllowed: nobody is named.
    """
    text, who = clean(said).strip(), person_name(person)
    if not text:
        raise UsageError(Text("Yanıt boş.", "The answer is empty."), place=Place(field="answer"))
    report_of(database, number)
    with database.engine("gis_office").begin() as connection:
        values = {"state": verdict, "answer": text, "person": who}
        if not ask.answer(connection, normal(number), values):
            raise Conflict(Text("Bu bildirim yanıtlanmış.", "This report has been answered."))
    return report_of(database, number)


def _new_number() -> str:
    """Twelve letters and digits (60 bits of chance) that cannot be taken for one another."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return normal(letters)


def _has_tckn(text: str) -> bool:
    numbers = _TCKN.findall(text)
    return bool(numbers) and bool(is_tckn(digits_of(numbers, 11)).any())


def _unknown(number: str) -> NotFound:
    return NotFound(
        Text(f"“{number[:40]}” numaralı bir bildirim yok.", f"There is no report “{number[:40]}”.")
    )
