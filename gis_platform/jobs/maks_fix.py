"""Remedies controls have computed are written into the register as a batch, and taken back."""

import getpass
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from gis_platform import __version__
from gis_platform.core.errors import Conflict, Text, UsageError
from gis_platform.core.findings import Account, StepAccount
from gis_platform.db.decide import read_waivers
from gis_platform.db.engine import Database
from gis_platform.db.load import (
    BatchFacts,
    begin_batch,
    begin_run,
    finish_batch,
    finish_run,
    merge_layer,
)
from gis_platform.db.queries.register import read_layers
from gis_platform.db.queries.work import batch_facts
from gis_platform.maks.check import CheckResult, check
from gis_platform.maks.layers import MaksLayers

STILL_BROKEN = Text("çare bulguyu gidermiyor", "the remedy does not clear the finding")
BREAKS_ANOTHER = Text("çare başka bir kuralı bozuyor: {code}", "the remedy breaks another: {code}")
CONTRADICTED = Text("iki çare çelişiyor", "two remedies contradict each other")
_KEY = ["code", "layer", "kimlik_no"]
_SHOWN = 10


@dataclass(frozen=True)
class Change:
    """New values of one feature.

    Attributes:
        code: the control whose remedy it is.
        before, after: column to value, of the columns that change only.
    """

    layer: str
    kimlik_no: int
    code: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class Fixed:
    """What was done, or would be.

    Attributes:
        batch_id: the batch that holds it; ``None`` for a dry run, or where there was nothing.
        changes: what was written.
        skipped: what was left alone, with the reason.
        undoes: the batch it takes back.
    """

    batch_id: int | None
    changes: tuple[Change, ...]
    skipped: tuple[tuple[Change, Text], ...] = ()
    undoes: int | None = None


@dataclass
class _Plan:
    changes: list[Change] = field(default_factory=list)
    skipped: list[tuple[Change, Text]] = field(default_factory=list)


def fix_register(  # noqa: PLR0913 - options of the command, all named
    database: Database,
    codes: Sequence[str],
    *,
    profile: str = "delivery",
    mahalle: int | None = None,
    is_dry_run: bool = False,
    person: str | None = None,
) -> Fixed:
    """Write the remedies that these controls compute; each becomes a new version of its feature.

    A remedy that does not clear its own finding, or brings a new one of any control of the
    profile, is left alone and said.

    Args:
        database: the register.
        codes: controls whose remedies are wanted.
        profile: the controls nothing may newly break.
        mahalle: identity number; only features of it.
        is_dry_run: everything is worked out and told, nothing written.
        person: who does it.

    Raises:
        NotFound: there is no such control or profile.
    """
    with database.engine("gis_etl").begin() as connection:
        layers = read_layers(connection)
        waivers = read_waivers(connection, on=datetime.now(UTC).date())
        before = check(layers, profile, waivers=waivers)
        wanted = check(layers, profile, only=codes, mahalle=mahalle, waivers=waivers)
        plan = _sound(_planned(wanted, layers), layers, before, profile)
        if is_dry_run or not plan.changes:
            return Fixed(None, tuple(plan.changes), tuple(plan.skipped))
        facts = {"codes": sorted(set(codes)), "profile": profile}
        batch_id = _write(connection, layers, plan, facts, person)
        return Fixed(batch_id, tuple(plan.changes), tuple(plan.skipped))


def undo_fix(
    database: Database, batch_id: int, *, is_dry_run: bool = False, person: str | None = None
) -> Fixed:
    """Give the features of a fix the values they had; as a batch of its own, which can be undone.

    Raises:
        NotFound: there is no such batch.
        UsageError: the batch is no fix.
        Conflict: a feature was changed or closed since; nothing is undone then.
    """
    with database.engine("gis_etl").begin() as connection:
        kind, facts = batch_facts(connection, batch_id)
        if kind != "fix":
            raise UsageError(
                Text(
                    f"{batch_id} numaralı parti bir düzeltme değil; geri alınamaz.",
                    f"Batch {batch_id} is no fix; it cannot be undone.",
                ),
                remedy=Text(
                    "gis maks fix’in yazdığı numarayı verin", "give a number of gis maks fix"
                ),
            )
        done = [Change(**one) for one in facts["changes"]]
        layers = read_layers(connection, sorted({one.layer for one in done}))
        _refuse_changed_since(done, layers)
        back = [Change(c.layer, c.kimlik_no, c.code, c.after, c.before) for c in done]
        if is_dry_run:
            return Fixed(None, tuple(back), undoes=batch_id)
        plan = _Plan(back)
        number = _write(connection, layers, plan, {**_without_changes(facts), "undoes": batch_id},
                        person)  # fmt: skip
        return Fixed(number, tuple(back), undoes=batch_id)


def _planned(result: CheckResult, layers: MaksLayers) -> _Plan:
    """One change per feature; remedies that contradict each other are skipped."""
    plan = _Plan()
    found = result.violations
    found = found[found["fix"].notna() & found["kimlik_no"].notna()]
    for (layer, index), group in found.groupby(["layer", "index"], sort=False):
        code, kimlik_no = str(group["code"].iloc[0]), int(group["kimlik_no"].iloc[0])
        row = layers[layer].loc[index]
        after: dict[str, Any] = {}
        is_contradicted = False
        for fix in group["fix"]:
            is_contradicted |= any(after.get(name, value) != value for name, value in fix.items())
            after.update(fix)
        before = {name: _plain(row[name]) for name in after}
        change = Change(layer, kimlik_no, code, before, {k: _plain(v) for k, v in after.items()})
        if is_contradicted:
            plan.skipped.append((change, CONTRADICTED))
        elif change.before != change.after:
            plan.changes.append(change)
    return plan


def _sound(plan: _Plan, layers: MaksLayers, before: CheckResult, profile: str) -> _Plan:
    """The plan without what does not help or does harm, as the controls see it."""
    if not plan.changes:
        return plan
    after = check(_with(layers, plan.changes), profile)
    known = set(before.violations[_KEY].itertuples(index=False, name=None))
    if before.waived is not None:
        known |= set(before.waived[_KEY].itertuples(index=False, name=None))
    left = after.violations[after.violations["index"].notna()]
    now = set(left[_KEY].itertuples(index=False, name=None))
    new = {(layer, number): code for code, layer, number in now - known}
    mine = {(change.layer, change.kimlik_no) for change in plan.changes}
    blocking = left[left["action"] == "block"][_KEY].itertuples(index=False, name=None)
    elsewhere = sorted({code for code, *its in set(blocking) - known if tuple(its) not in mine})
    kept = _Plan(skipped=plan.skipped)
    for change in plan.changes:
        its = (change.layer, change.kimlik_no)
        broken = new.get(its) or next(iter(elsewhere), None)
        if (change.code, *its) in now:
            kept.skipped.append((change, STILL_BROKEN))
        elif broken is not None:
            kept.skipped.append((change, BREAKS_ANOTHER.fill(code=broken)))
        else:
            kept.changes.append(change)
    return kept


def _with(layers: MaksLayers, changes: Iterable[Change]) -> MaksLayers:
    """The layers with the new values in their place."""
    by_layer: dict[str, list[Change]] = {}
    for change in changes:
        by_layer.setdefault(change.layer, []).append(change)
    return layers.with_frames(
        **{name: _frame_with(layers[name], mine) for name, mine in by_layer.items()}
    )


def _frame_with(frame: pd.DataFrame, changes: Sequence[Change]) -> pd.DataFrame:
    frame = frame.copy()
    place = pd.Series(frame.index, index=frame["kimlik_no"])
    for column in sorted({name for change in changes for name in change.after}):
        mine = {c.kimlik_no: c.after[column] for c in changes if column in c.after}
        values = pd.Series(list(mine.values()), index=place[list(mine)], dtype=frame[column].dtype)
        frame.loc[values.index, column] = values
    return frame


def _write(
    connection: Connection,
    layers: MaksLayers,
    plan: _Plan,
    facts: Mapping[str, Any],
    person: str | None,
) -> int:
    """The changed features as a batch; its number."""
    who, now = person or getpass.getuser(), datetime.now(UTC)
    told = {**facts, "changes": [asdict(change) for change in plan.changes]}
    content = json.dumps({**told, "at": now.isoformat(), "by": who}, sort_keys=True).encode()
    name = " ".join(("undo", str(facts["undoes"])) if "undoes" in facts else facts["codes"])
    digest = hashlib.sha256(content).hexdigest()
    batch = begin_batch(
        connection, BatchFacts("fix", name, digest, len(content), more=told), started_by=who
    )
    run = begin_run(
        connection, "maks_fix", batch, started_by=who, versions={"gis-platform": __version__}
    )
    changed = _with(layers, plan.changes)
    counts = {}
    for layer in changed:
        mine = {change.kimlik_no for change in plan.changes if change.layer == layer}
        if mine:
            frame = changed[layer][changed[layer]["kimlik_no"].isin(mine)]
            merge_layer(connection, batch, layer, frame)
            counts[layer] = len(frame)
    finish_batch(connection, batch, counts)
    applied, skipped = len(plan.changes), len(plan.skipped)
    account = Account((StepAccount("fix", applied + skipped, applied, held=skipped),))
    finish_run(connection, run, account)
    return batch.id


def _refuse_changed_since(done: Sequence[Change], layers: MaksLayers) -> None:
    """Raise where a feature no longer has the values the fix gave it."""
    changed = []
    for layer in sorted({one.layer for one in done}):
        rows = layers[layer].drop_duplicates("kimlik_no").set_index("kimlik_no")
        for one in done:
            if one.layer != layer:
                continue
            row = rows.loc[one.kimlik_no] if one.kimlik_no in rows.index else None
            if row is None or any(_plain(row[k]) != v for k, v in one.after.items()):
                changed.append(f"{layer} {one.kimlik_no}")
    if changed:
        more = "…" if len(changed) > _SHOWN else ""
        told = ", ".join(changed[:_SHOWN]) + more
        raise Conflict(
            Text(
                f"Düzeltmeden sonra değişen kayıtlar var: {told}.",
                f"Features were changed since the fix: {told}.",
            ),
            remedy=Text("bu kayıtları elle düzeltin", "mend these features by hand"),
        )


def _without_changes(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "changes"}


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if value is None or pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
