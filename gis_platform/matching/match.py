"""The matcher: an index opened once; batches, single addresses, half-typed ones, points."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from gis_platform.address.roles import ROLE_NAMES
from gis_platform.address.tokens import COLUMNS, END, KIND, ROLE, START, fold_table
from gis_platform.address.words import word_table
from gis_platform.matching import answer, kernel, marks
from gis_platform.matching.cells import Column, Texts, Whole
from gis_platform.matching.columns import AddressBatch, frame_batch, table_batch, text_batch
from gis_platform.matching.index import Index, fingerprint_of, open_arrays, read_names, read_whole
from gis_platform.matching.kernel import Out, match_rows, new_out
from gis_platform.matching.model import (
    Action,
    AddressColumns,
    Candidate,
    Match,
    MatchLevel,
    MatchReason,
    MatchStatus,
)  # fmt: skip
from gis_platform.matching.places import DOOR_ACCURACY_M
from gis_platform.matching.reverse import Reverse
from gis_platform.matching.scratch import KEPT
from gis_platform.matching.suggest import Suggest
from gis_platform.matching.weights import weights_for

_CHUNK = 1024
_TYPE_WORDS = {1: "MEYDANI", 2: "BULVARI", 3: "CADDESİ", 4: "SOKAK", 5: "KÜME EVLER"}
_WORD_KINDS = (1, 2)
_REMEMBERED = 100_000


class Matcher:
    """Answers addresses from one index; safe for many threads, shared by several processes."""

    def __init__(self, index: Index, arrays: dict[str, NDArray[Any]], folder: Path, *,
                 accept_score: float, review_score: float) -> None:  # fmt: skip
        self.index = index
        self.arrays = arrays
        self.accept_score = accept_score
        self.review_score = review_score
        self.fingerprint = fingerprint_of(folder)
        self.il_count = int(arrays["il_count"][0])
        self._names = {
            level: read_names(folder, level) for level in ("csbm", "mahalle", "ilce", "il")
        }
        self._bits = weights_for(len(index.csbm_tur))
        self.null_bits = float(self._bits[0])
        self._short: dict[tuple[int, int], str] = {}
        self._suggest = Suggest(self)
        self._reverse = Reverse(self)

    @classmethod
    def open(cls, folder: Path, *, accept_score: float = 0.90, review_score: float = 0.30) -> Self:
        """The matcher of an index folder.

        Args:
            folder: made by ``gazetteer.build_index``.
            accept_score: probability from which an answer is ``matched``.
            review_score: probability from which a person is asked.

        Raises:
            NotFound: there is no index, or one of another version: build it again.
        """
        return read_whole(
            folder,
            lambda: cls(
                *open_arrays(folder)[:2],
                folder,
                accept_score=accept_score,
                review_score=review_score,
            ),
        )

    def match(
        self, frame: pd.DataFrame, columns: AddressColumns, *, explain: bool = False,
        workers: int | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Answer every row, in its order and with its index; see ``RESULT_COLUMNS``.

        Args:
            frame: the rows.
            columns: which column holds what.
            explain: also ``EXPLANATION_COLUMNS``.
            workers: threads; all processors where not given. The answers do not depend on it.

        Raises:
            UsageError: a column named is not there.
        """
        batch = frame_batch(frame, columns)
        return as_frame(self._answer(batch, workers, explain=explain), frame.index)

    def match_table(
        self, table: pa.Table, columns: AddressColumns, *, explain: bool = False
    ) -> dict[str, Column]:
        """``match`` for a table of Arrow, in the calling thread and without pandas.

        Raises:
            UsageError: a column named is not there.
        """
        return self._answer(table_batch(table, columns), 1, explain=explain)

    def _answer(
        self, batch: AddressBatch, workers: int | None, *, explain: bool
    ) -> dict[str, Column]:
        out = self._run(batch, workers)
        answers = answer.decide(self, out, self.accept_score, self.review_score)
        return answer.result_columns(self, batch, out, answers, explain=explain)

    def match_one(self, text: str) -> Match:
        """Answer one address in free text, with all that explains the answer."""
        batch = text_batch([text])
        out = self._run(batch, 1)
        answers = answer.decide(self, out, self.accept_score, self.review_score)
        return self._match(text, batch, out, answers)

    def search(self, text: str, limit: int = 5) -> list[Candidate]:
        """Places a text may mean, best first; half-typed texts too."""
        match = self.match_one(text)
        places = [*([match.best] if match.best else []), *match.candidates]
        if match.status is not MatchStatus.MATCHED:
            places += self.suggest(text, limit)
        seen: dict[tuple[Any, ...], Candidate] = {}
        for place in places:
            key = (place.csbm_kod or 0, place.mahalle_kod, place.numarataj_kimlik_no)
            seen.setdefault(key, place)
        return list(seen.values())[:limit]

    def suggest(self, text: str, limit: int = 5) -> list[Candidate]:
        """Places whose name begins as the text does; the last word may be half typed."""
        return self._suggest(text, limit)

    def reverse(self, lon: float, lat: float, limit: int = 1) -> list[Candidate]:
        """Places at a point (EPSG:4326), nearest first: doors, else csbm, else the mahalle."""
        return self._reverse(lon, lat, limit)

    def name(self, level: str, at: int) -> str:
        """Name of a place of the index."""
        return self._names[level][at]

    def door_text(self, door: int) -> str:
        """A door as registered."""
        text: bytes = self.arrays["door_texts"][self.arrays["door_text"][door]]
        return text.decode(errors="ignore")

    def csbm_name(self, at: int) -> str:
        """A csbm with its type word, as people write it."""
        word = _TYPE_WORDS.get(int(self.index.csbm_tur[at]))
        return f"{self._names['csbm'][at]} {word}" if word else self._names["csbm"][at]

    def short(self, csbm: int, door: int) -> str:
        """A candidate as a cell of a table holds it, in JSON up to its score."""
        known = self._short.get((csbm, door))
        if known is None:
            if len(self._short) >= _REMEMBERED:
                self._short.clear()
            known = self._short[csbm, door] = _in_json(self.candidate(csbm, door, 0.0))
        return known

    def candidate(self, csbm: int, door: int, score: float, weight: float = 0.0) -> Candidate:
        """A csbm or a door of it as a candidate."""
        mahalle = int(self.index.csbm_mahalle[csbm])
        level, text, kimlik = MatchLevel.CSBM, None, None
        lon, lat, accuracy = (self.arrays[f"csbm_{w}"][csbm] for w in ("lon", "lat", "accuracy"))
        if door >= 0:
            level = MatchLevel.KAPI
            text = self.door_text(door)
            kimlik = int(self.arrays["door_kimlik"][door])
            if not np.isnan(self.arrays["door_lon"][door]):
                lon, lat = self.arrays["door_lon"][door], self.arrays["door_lat"][door]
                accuracy = DOOR_ACCURACY_M
        return Candidate(
            level=level, score=score, weight=weight, **self._branch(mahalle),
            csbm=self.csbm_name(csbm), csbm_kod=int(self.index.csbm_kod[csbm]), dis_kapi_no=text,
            numarataj_kimlik_no=kimlik, lon=_number(lon), lat=_number(lat),
            accuracy_m=_number(accuracy),
        )  # fmt: skip

    def mahalle_candidate(self, mahalle: int, score: float) -> Candidate:
        """A mahalle as a candidate."""
        lon, lat, accuracy = (
            self.arrays[f"mahalle_{w}"][mahalle] for w in ("lon", "lat", "accuracy")
        )
        return Candidate(
            level=MatchLevel.MAHALLE, score=score, **self._branch(mahalle), lon=_number(lon),
            lat=_number(lat), accuracy_m=_number(accuracy),
        )  # fmt: skip

    def ilce_candidate(self, ilce: int, score: float) -> Candidate:
        """An ilçe as a candidate."""
        lon, lat, accuracy = (self.arrays[f"ilce_{w}"][ilce] for w in ("lon", "lat", "accuracy"))
        return Candidate(
            level=MatchLevel.ILCE, score=score,
            il=self._names["il"][self.index.ilce_il[ilce]] or None,
            ilce=self._names["ilce"][ilce], ilce_kod=int(self.index.ilce_kod[ilce]),
            lon=_number(lon), lat=_number(lat), accuracy_m=_number(accuracy),
        )  # fmt: skip

    def _branch(self, mahalle: int) -> dict[str, Any]:
        ilce = int(self.index.mahalle_ilce[mahalle])
        return {
            "il": self._names["il"][self.index.ilce_il[ilce]] or None,
            "ilce": self._names["ilce"][ilce],
            "ilce_kod": int(self.index.ilce_kod[ilce]),
            "mahalle": self._names["mahalle"][mahalle],
            "mahalle_kod": int(self.index.mahalle_kod[mahalle]),
        }

    def _run(self, batch: AddressBatch, workers: int | None) -> Out:
        out = new_out(batch.rows)
        csbm = self._places_of(batch.csbm_kod, self.index.csbm_kod, self.index.kod_order)
        mahalle = self._places_of(
            batch.mahalle_kod, self.index.mahalle_kod, self.index.mahalle_order
        )
        starts = range(0, batch.rows, _CHUNK)

        def answer_chunk(first: int) -> None:
            match_rows(
                self.index, batch.codes, batch.starts, batch.fields, first,
                min(first + _CHUNK, batch.rows), fold_table(), word_table(), self._bits, csbm,
                mahalle, batch.keys, self.il_count, out,
            )  # fmt: skip

        count = workers or len(os.sched_getaffinity(0))
        if count == 1 or len(starts) == 1:
            for first in starts:
                answer_chunk(first)
        else:
            with ThreadPoolExecutor(count) as pool:
                list(pool.map(answer_chunk, starts))
        return out

    def _places_of(
        self, codes: NDArray[np.int64], known: NDArray[np.int64], order: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """Places of codes; −1 where none is given, −2 where it is not known."""
        out = np.full(len(codes), -1, np.int32)
        given = np.flatnonzero(codes >= 0)
        if len(given) and len(known):
            place = np.minimum(np.searchsorted(known[order], codes[given]), len(known) - 1)
            at = order[place]
            out[given] = np.where(known[at] == codes[given], at, -2)
        return out

    def _match(self, text: str, batch: AddressBatch, out: Out, answers: answer.Answers) -> Match:
        status = tuple(MatchStatus)[answers.status[0]]
        level = None if answers.level[0] == answer.NOWHERE else tuple(MatchLevel)[answers.level[0]]
        reason = answer.REASONS[answers.reason[0]]
        score = round(float(answers.score[0]), 4)
        best = self._best(answers, out, level, score)
        doors = answer.expressions(out.door_text, marks.DOOR_WIDTH)
        units = answer.units(out)
        gap = float(out.weight[0, 0] - out.weight[0, 1]) if out.csbm[0, 1] >= 0 else 30.0
        return Match(
            text=text, status=status, level=level, score=score, reason=reason,
            action=tuple(Action)[answers.status[0]], best=best,
            dis_kapi_no=(best.dis_kapi_no if best else None) or doors[0] or None,
            ic_kapi_no=units[0] or None,
            gap=round(min(gap, 30.0), 2) if answers.csbm[0] >= 0 else 0.0,
            faults=answer.fault_names(int(answers.flags[0]), reason.value),
            unused_words=answer.unused_words(batch, 0, out.unused[0]),
            candidates=self._others(out, answers),
            **self._explain(batch),
        )  # fmt: skip

    def _best(self, answers: answer.Answers, out: Out, level: MatchLevel | None,
              score: float) -> Candidate | None:  # fmt: skip
        if level is None:
            return None
        if level is MatchLevel.ILCE:
            return self.ilce_candidate(int(answers.ilce[0]), score)
        if level is MatchLevel.MAHALLE:
            return self.mahalle_candidate(int(answers.mahalle[0]), score)
        place = self.candidate(
            int(answers.csbm[0]), int(answers.door[0]), score, float(out.weight[0, 0])
        )
        if level is MatchLevel.INTERPOLASYON:
            doors = answer.expressions(out.door_text, marks.DOOR_WIDTH)
            changed = {**place.__dict__, "level": level, "dis_kapi_no": doors[0],
                       "lon": _number(answers.lon[0]), "lat": _number(answers.lat[0]),
                       "accuracy_m": _number(round(float(answers.accuracy[0]), 1))}  # fmt: skip
            return Candidate(**changed)
        return place

    def _others(self, out: Out, answers: answer.Answers) -> tuple[Candidate, ...]:
        share = answer.shares(out.weight, out.csbm, self.null_bits)[0]
        found = []
        for slot in range(KEPT):
            csbm = int(out.csbm[0, slot])
            if csbm < 0 or share[slot] < 1e-4:  # noqa: PLR2004
                continue
            if slot == 0 and answers.csbm[0] == csbm:
                continue
            found.append(
                self.candidate(csbm, -1, round(float(share[slot]), 4), float(out.weight[0, slot]))
            )
        return tuple(found)

    def _explain(self, batch: AddressBatch) -> dict[str, Any]:
        work, _ = kernel.explain_row(
            self.index, batch.codes, batch.starts, batch.fields, fold_table(), word_table(),
            self._bits, self.il_count,
        )  # fmt: skip
        count = int(work.about[marks.A_COUNT])
        words = tuple(
            (bytes(work.buffer[work.token[at, START] : work.token[at, END]]).decode("ascii"),
             ROLE_NAMES[work.token[at, ROLE]])
            for at in range(count)
            if work.token[at, KIND] in _WORD_KINDS
        )  # fmt: skip
        return {"words": words}


def _in_json(place: Candidate) -> str:
    said: dict[str, Any] = {"label": place.label(), "csbm_kod": place.csbm_kod}
    if place.numarataj_kimlik_no is not None:
        said |= {"dis_kapi_no": place.dis_kapi_no,
                 "numarataj_kimlik_no": place.numarataj_kimlik_no}  # fmt: skip
    return json.dumps(said, ensure_ascii=False)[:-1] + ', "score": '


def as_frame(columns: dict[str, Column], index: pd.Index) -> pd.DataFrame:
    """Answers as a frame: text, whole numbers that may be missing, and numbers."""
    data: dict[str, Any] = {}
    for name, column in columns.items():
        if isinstance(column, Texts):
            data[name] = column.objects()
        elif isinstance(column, Whole):
            data[name] = pd.arrays.IntegerArray(column.values, column.missing)
        else:
            data[name] = np.round(column.values, column.decimals)
    return pd.DataFrame(data, index=index)


def _number(value: Any) -> float | None:
    """A finite float, or ``None``."""
    return None if value is None or not np.isfinite(value) else float(value)


__all__ = ["COLUMNS", "MatchReason", "Matcher"]
