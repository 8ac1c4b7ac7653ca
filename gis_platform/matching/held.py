"""All that answering one address needs, handed to the core as one thing.

Eighty arrays cost more to hand over than an address to answer. A thread makes what it holds once;
the core finds its index, its memory and the places for the answer in it.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.experimental import structref
from numpy.typing import NDArray

from gis_platform.address.compiled import IS_COMPILED, compiled
from gis_platform.address.roles import FIELD_TEXT
from gis_platform.address.tokens import fold_table
from gis_platform.address.words import WordTable, word_table
from gis_platform.matching import marks
from gis_platform.matching.decide import Answers, Points, empty_answers, settle
from gis_platform.matching.index import Index
from gis_platform.matching.kernel import Out, match_rows, new_out
from gis_platform.matching.ledger import NO_LEDGER
from gis_platform.matching.scratch import Scratch, new_scratch

_WORD = 8


class Desk(NamedTuple):
    """What one thread answers single addresses with; rows of one."""

    reference: Index
    points: Points
    folds: NDArray[Any]
    table: WordTable
    bits: NDArray[np.float64]
    il_count: int
    out: Out
    answers: Answers
    work: Scratch
    fields: NDArray[np.int64]
    starts: NDArray[np.int64]
    no_code: NDArray[np.int32]
    no_key: NDArray[np.uint64]
    no_ledger: NDArray[np.float64]
    now: NDArray[np.uint8]
    blank: NDArray[np.uint8]
    between: NDArray[np.bool_]


if IS_COMPILED:

    @structref.register
    class _HeldType(types.StructRef):
        """A desk behind one pointer."""

    class Held(structref.StructRefProxy):
        """A desk as the compiled core takes it."""

        desk: Desk

    structref.define_proxy(Held, _HeldType, ["desk"])  # type: ignore[no-untyped-call]
else:

    class Held(NamedTuple):  # type: ignore[no-redef]
        """A desk as the twin takes it."""

        desk: Desk


@compiled
def hold(desk: Desk) -> Held:
    """A desk behind one pointer."""
    return Held(desk)  # type: ignore[no-untyped-call]


def _in_one_block(arrays: tuple[NDArray[Any], ...]) -> tuple[NDArray[np.uint8], list[NDArray[Any]]]:
    """The arrays side by side in one, to be set back at a stroke."""
    sizes = [-(-array.nbytes // _WORD) * _WORD for array in arrays]
    block = np.zeros(sum(sizes), np.uint8)
    ends = np.cumsum(sizes).tolist()
    views = []
    for array, size, end in zip(arrays, sizes, ends, strict=True):
        view = block[end - size : end - size + array.nbytes].view(array.dtype)
        views.append(view.reshape(array.shape))
        views[-1][...] = array
    return block, views


def new_desk(index: Index, points: Points, bits: NDArray[np.float64], il_count: int) -> Desk:
    """A desk for one thread."""
    now, out = _in_one_block(new_out(1))
    answers = empty_answers(Out(*out))
    return Desk(
        index, points, fold_table(), word_table(), bits, il_count, Out(*out), answers,
        new_scratch(len(index.mahalle_kod), len(index.ilce_kod)), np.array([FIELD_TEXT], np.int64),
        np.zeros(2, np.int64), np.full(1, -1, np.int32), np.zeros(1, np.uint64), NO_LEDGER, now,
        now.copy(), np.zeros(1, np.bool_),
    )  # fmt: skip


@compiled
def answer_one(
    held: Held, codes: NDArray, accept: float, review: float, mahalle_score: float, ledger: NDArray
) -> bool:  # type: ignore[type-arg]
    """Answer one text; true where it is certain and may lie between two known doors."""
    desk = held.desk
    out, answers = desk.out, desk.answers
    desk.now[:] = desk.blank
    desk.starts[1] = len(codes)
    desk.between[0] = False
    match_rows(
        desk.reference, codes, desk.starts, desk.fields, np.int64(0), np.int64(1), desk.folds,
        desk.table, desk.bits, desk.no_code, desk.no_code, desk.no_key, desk.il_count, out,
        desk.work, ledger,
    )  # fmt: skip
    settle(
        desk.points,
        out,
        desk.between,
        accept,
        review,
        desk.bits[marks.NULL],
        mahalle_score,
        answers,
    )
    has_neighbours = out.near[0, 0] >= 0 and out.near[0, 1] >= 0 and out.door[0] < 0
    is_decided = out.flags[0] >> marks.F_DECIDED & 1
    return has_neighbours and not is_decided and out.score[0] >= accept


@compiled
def settle_between(held: Held, accept: float, review: float, mahalle_score: float) -> None:
    """Settle the answer once more, now that it is known to lie between two doors."""
    desk = held.desk
    desk.between[0] = True
    settle(
        desk.points, desk.out, desk.between, accept, review, desk.bits[marks.NULL], mahalle_score,
        desk.answers,
    )  # fmt: skip
