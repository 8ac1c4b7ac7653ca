"""The steps of the main job: which rows can be used, what they match, which units may enter."""

from collections.abc import Callable

import pandas as pd

from gis_platform.core.errors import Text
from gis_platform.core.pipeline import CODE, Parted, RowStep, Step, WholeStep
from gis_platform.db.load import store_matches
from gis_platform.jobs.aks import UNIT_LAYER, VALUES, AksRun
from gis_platform.jobs.review import is_placed
from gis_platform.jobs.summary import TO_BE_DELETED
from gis_platform.maks.aks import RowCheck, adres_no_of
from gis_platform.maks.assemble import assemble_bagimsiz_bolum
from gis_platform.maks.check import CODES, check, split
from gis_platform.maks.layers import FILE, MaksLayers
from gis_platform.maks.layers import ROW as FEATURE_ROW
from gis_platform.sources.table import OURS, ROW

_PLACE = ["mahalle_kod", "csbm_kod", "match_level", "lon", "lat"]


def usable_rows(run: AksRun) -> Step:
    """Refuse rows without a proper adres no or without an address, and ragged ones."""
    rows = RowCheck(run.columns)

    def part(frame: pd.DataFrame) -> Parted:
        faults = rows.faults(frame)
        refused = frame.loc[faults.index].drop(columns=list(OURS))
        faults[VALUES] = pd.Series(refused.to_dict("records"), index=faults.index, dtype=object)
        return Parted(frame.drop(index=faults.index), rejected=faults)

    return RowStep("rows", Text("Satır denetimi", "Check of rows"), part)


def placed_rows(run: AksRun) -> Step:
    """Match addresses; those placed at a door for sure go on, all others wait for a person.

    So does an address that a person, comparing with UAVT, said is to be deleted.
    """

    def part(frame: pd.DataFrame) -> Parted:
        found = run.matcher.match(frame, run.columns.address, explain=True)
        store_matches(run.connection, run.batch, frame[ROW].tolist(), found)
        answers = found.assign(**_own_columns(run, frame))
        goes = answers["adres_no"].isin(run.to_be_deleted)
        stands = is_placed(answers) & ~goes
        held = answers[~stands]
        code = "match." + held["match_status"].astype("str") + "." + held["reason"].astype("str")
        code = code.mask(goes[~stands], TO_BE_DELETED)
        return Parted(answers[stands], held=held.assign(**{CODE: code}))

    return RowStep("match", Text("Eşleme", "Matching"), part)


def controlled_units(profile: str) -> Callable[[AksRun], Step]:
    """Assemble units and hold those that break a blocking control of the profile."""

    def make(run: AksRun) -> Step:
        def part(rows: pd.DataFrame) -> Parted:
            known = run.register
            units = assemble_bagimsiz_bolum(rows, known["numarataj"], register=known[UNIT_LAYER])
            layers = MaksLayers({UNIT_LAYER: units})
            result = check(layers, profile, register=known, waivers=run.waivers)
            parted = split(layers, result, register=known)
            run.findings += result.findings()
            waiting = parted.held.get(UNIT_LAYER)
            passed = parted.clean[UNIT_LAYER].join(rows[_PLACE])
            if waiting is None:
                return Parted(passed)
            run.held_units = waiting
            codes = "control." + waiting[CODES].str.split(";").str[0]
            return Parted(passed, held=rows.loc[waiting.index].assign(**{CODE: codes}))

        return WholeStep("control", Text("MAKS kontrolleri", "MAKS controls"), part)

    return make


def _own_columns(run: AksRun, frame: pd.DataFrame) -> dict[str, object]:
    """What units need of a row beside its match."""
    columns = run.columns
    kat_no = frame[columns.kat_no] if columns.kat_no else ""
    return {
        "adres_no": adres_no_of(frame[columns.adres_no]),
        "kat_no": kat_no,
        FILE: run.source.path.name,
        FEATURE_ROW: frame[ROW],
    }
