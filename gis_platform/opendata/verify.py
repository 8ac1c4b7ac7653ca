"""Is a file one we published, which version is it, and does that still hold?"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from gis_platform.core.errors import SourceError, Text, UsageError
from gis_platform.db.engine import Database
from gis_platform.db.queries import files as ask
from gis_platform.opendata.approval import STATE_NAMES, State
from gis_platform.opendata.catalogue import Words
from gis_platform.opendata.files import sha256_of

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Verdict:
    """What is known of a file.

    Attributes:
        is_ours: we published exactly these bytes.
        is_valid: they are those of the version that is public now.
        public_version: the version to take instead, where there is one.
    """

    sha256: str
    is_ours: bool = False
    is_valid: bool = False
    layer: str | None = None
    title: Words | None = None
    version: int | None = None
    file: str | None = None
    state: State | None = None
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None
    reason: str | None = None
    public_version: int | None = None

    def as_json(self) -> dict[str, object]:
        """What a program reads; nothing is left out, so that its shape does not change."""
        said = dict(vars(self))
        said["title"] = self.title.model_dump() if self.title else None
        for name in ("published_at", "withdrawn_at"):
            moment: datetime | None = said[name]
            said[name] = moment.isoformat() if moment else None
        return said

    @property
    def text(self) -> Text:
        """The verdict in a sentence."""
        if self.layer is None or self.state is None or self.published_at is None:
            return Text(
                "Bu dosyayı biz yayımlamadık, ya da değiştirilmiş.",
                "We did not publish this file, or it was changed.",
            )
        name, at, state = (
            f"{self.layer} v{self.version}",
            self.published_at,
            STATE_NAMES[self.state],
        )
        reason = f" ({self.reason})" if self.reason else ""
        newer = self.public_version is not None and not self.is_valid
        newer_tr = f" Geçerli sürüm: v{self.public_version}." * newer
        newer_en = f" The valid version is v{self.public_version}." * newer
        return Text(
            f"{name}: {at:%Y-%m-%d} günü yayımlandı; şimdi {state.tr}{reason}.{newer_tr}",
            f"{name}: published on {at:%Y-%m-%d}; now {state.en}{reason}.{newer_en}",
        )


def checksum_of(said: str) -> str:
    """A SHA-256 as a person pasted it: blanks, colons, capitals, a file name behind it.

    Raises:
        UsageError: it is none.
    """
    found = re.sub(r"[\s:-]", "", said.strip()[:200]).lower()  # ASCII: hexadecimal digits
    match = _SHA256.match(found)
    if match is None:
        raise UsageError(
            Text("Bu bir SHA-256 değil.", "That is no SHA-256."),
            remedy=Text("64 onaltılık basamak: sha256sum DOSYA", "64 hex digits: sha256sum FILE"),
        )
    return match[0]


def verify_hash(connection: Connection, sha256: str) -> Verdict:
    """What is known of the file with this SHA-256, asked with the rights of the public."""
    known = ask.file_versions(connection, sha256)
    if not known:
        return Verdict(sha256)
    row = known[0]
    state = State(row["state"])
    title = row["entry"]["title"]
    return Verdict(
        sha256, is_ours=True, is_valid=state is State.PUBLISHED, layer=row["layer"],
        title=Words(tr=title["tr"], en=title["en"]), version=row["version"], file=row["name"],
        state=state, published_at=row["published_at"], withdrawn_at=row["withdrawn_at"],
        reason=row["reason"], public_version=ask.public_version(connection, row["layer"]),
    )  # fmt: skip


def verify_file(database: Database, path: Path) -> Verdict:
    """What is known of a file.

    Raises:
        SourceError: there is no such file.
    """
    if not path.is_file():
        raise SourceError(Text(f"{path} diye bir dosya yok.", f"There is no file {path}."))
    with database.engine("gis_portal").connect() as connection:
        return verify_hash(connection, sha256_of(path))
