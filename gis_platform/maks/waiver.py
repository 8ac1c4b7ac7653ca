"""Waivers: a person lets a breach be, for a reason and until a day; it is shown, never hidden."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from gis_platform.core.errors import NotAllowed, Text, UsageError
from gis_platform.maks.control import EVERY_LAYER, Control
from gis_platform.maks.model import LAYERS


@dataclass(frozen=True)
class Waiver:
    """What one person let be.

    Attributes:
        id: its number; 0 before it is kept.
        code: the control; ``kind`` one of its kinds of breach, every one where ``None``.
        layer: MAKS layer of the features; every one the control speaks of where ``None``.
        kimlik_no: the one feature it holds for.
        mahalle: the one mahalle (identity number) it holds for; with neither it holds everywhere.
        reason: why, in words.
        person: who gave it.
        until: the last day it holds.
        given_on: the day it was given.
    """

    code: str
    reason: str
    person: str
    until: date
    given_on: date
    kind: str | None = None
    layer: str | None = None
    kimlik_no: int | None = None
    mahalle: int | None = None
    id: int = 0

    @property
    def scope(self) -> Text:
        """What it holds for, in words."""
        where = f"{self.layer} " if self.layer else ""
        if self.kimlik_no is not None:
            return Text(f"{where}{self.kimlik_no}", f"{where}{self.kimlik_no}")
        if self.mahalle is not None:
            return Text(f"{where}mahalle {self.mahalle}", f"{where}mahalle {self.mahalle}")
        return Text(f"{where}her yer", f"{where}everywhere")

    @property
    def said(self) -> Text:
        """The waiver in brackets behind a finding: number, person, reason, last day."""
        day = f"{self.until:%d.%m.%Y}"
        return Text(
            f"muafiyet {self.id}: {self.reason} ({self.person}, {day} gününe kadar)",
            f"waiver {self.id}: {self.reason} ({self.person}, until {self.until})",
        )


def refuse_unfit(waiver: Waiver, control: Control) -> None:
    """Raise where such a waiver cannot be given.

    Raises:
        NotAllowed: the register's tables cannot hold a breach of that control.
        UsageError: it ends before it begins, or names a kind or layer the control does not have.
    """
    if not control.can_be_waived:
        raise NotAllowed(
            Text(
                f"{control.code} için muafiyet verilemez: kayıt böyle bir özelliği tutamaz.",
                f"{control.code} cannot be waived: the register cannot hold such a feature.",
            ),
            remedy=control.remedy,
        )
    if waiver.kind and waiver.kind not in control.kinds:
        raise _unknown(control.code, waiver.kind, control.kinds)
    layers = LAYERS if control.layer == EVERY_LAYER else {control.layer, "yol", "yol_orta_hat_yon"}
    if waiver.layer and waiver.layer not in layers:
        raise _unknown(control.code, waiver.layer, layers)
    if waiver.until < waiver.given_on:
        raise UsageError(
            Text(
                f"Bitiş günü geçmiş: {waiver.until:%d.%m.%Y}.",
                f"The last day is past: {waiver.until}.",
            ),
            remedy=Text("ileri bir gün verin", "give a later day"),
        )
    if not waiver.reason.strip() or not waiver.person.strip():
        raise UsageError(
            Text("Gerekçe ve kişi boş olamaz.", "Reason and person must not be empty."),
            remedy=Text('--reason "…" --as "AD SOYAD"', '--reason "…" --as "NAME"'),
        )


def waived_by(violations: pd.DataFrame, waivers: Iterable[Waiver]) -> "pd.Series[int]":
    """Number of the waiver each violation falls under; missing where there is none."""
    found = np.full(len(violations), -1, dtype=np.int64)
    for waiver in sorted(waivers, key=lambda one: -one.id):
        mine = violations["code"].eq(waiver.code).to_numpy(dtype=bool, copy=True)
        for column in ("kind", "layer", "kimlik_no", "mahalle"):
            wanted = getattr(waiver, column)
            if wanted is not None and mine.any():
                mine &= violations[column].eq(wanted).fillna(value=False).to_numpy(dtype=bool)
        found[mine] = waiver.id
    numbers = pd.Series(found, index=violations.index, dtype="Int64")
    return numbers.where(numbers >= 0)


def _unknown(code: str, word: str, known: Iterable[str]) -> UsageError:
    there = ", ".join(sorted(known)) or "–"
    return UsageError(
        Text(
            f"{code} kontrolünde “{word}” yok. Olanlar: {there}.",
            f"Control {code} has no “{word}”. Those it has: {there}.",
        )
    )
