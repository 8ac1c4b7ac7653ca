"""What a change of the reference does to the answers of a file: before and after, row by row."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from gis_platform.matching.gazetteer import Reference, build_index, today
from gis_platform.matching.learned import Learned, Lesson, with_learned
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns

_TOLD = ("match_status", "match_level", "csbm_kod", "dis_kapi_no", "numarataj_kimlik_no", "reason")
_BEYOND = 1 << 40
"""Numbers for lessons that are only tried: later than all there are."""
_WHAT = ("match_status", "match_level", "csbm_kod", "numarataj_kimlik_no")


def changed_answers(
    matcher: Matcher, reference: Reference, lessons: Sequence[Lesson], rows: pd.DataFrame,
    columns: AddressColumns,
) -> pd.DataFrame:  # fmt: skip
    """The rows whose answer the lessons would change, with ``before_…`` and ``after_…``.

    Args:
        matcher: of the reference as it is.
        reference: as it is.
        lessons: what would be learnt.
        rows: addresses; the answer kept on their index.
        columns: which column holds what.
    """
    now = datetime.now(UTC)
    made = [Learned(_BEYOND + at, one, now, "") for at, one in enumerate(lessons)]
    with tempfile.TemporaryDirectory() as folder:
        build_index(with_learned(reference, made, today()), Path(folder) / "index")
        then = Matcher.open(
            Path(folder) / "index",
            accept_score=matcher.accept_score,
            review_score=matcher.review_score,
        )
        before, after = (one.match(rows, columns) for one in (matcher, then))
    differs = pd.Series(data=False, index=rows.index)
    for name in _WHAT:
        differs |= before[name].astype("str") != after[name].astype("str")
    return pd.concat(
        [
            before.loc[differs, list(_TOLD)].add_prefix("before_"),
            after.loc[differs, list(_TOLD)].add_prefix("after_"),
        ],
        axis=1,
    )
