"""The matcher: an index opened once; batches, single addresses, half-typed ones, points."""

import json
import math
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from gis_platform.address.tokens import fold_table
from gis_platform.address.words import word_table
from gis_platform.matching import answer
from gis_platform.matching.calibration import coefficients
from gis_platform.matching.cells import Column, Texts, Whole
from gis_platform.matching.columns import AddressBatch, frame_batch, table_batch
from gis_platform.matching.decide import decide, points_of
from gis_platform.matching.index import Index, fingerprint_of, open_arrays, read_names, read_whole
from gis_platform.matching.kernel import Out, match_rows, new_out
from gis_platform.matching.ledger import NO_LEDGER
from gis_platform.matching.model import (
    AddressColumns,
    Candidate,
    Match,
    MatchLevel,
    MatchStatus,
    finite,
)
from gis_platform.matching.one import OneAddress
from gis_platform.matching.places import DOOR_ACCURACY_M
from gis_platform.matching.reverse import Reverse
from gis_platform.matching.scratch import new_scratch
from gis_platform.matching.suggest import Suggest
from gis_platform.matching.weights import weights_for

_CHUNK = 1024
_TYPE_WORDS = {1: "MEYDANI", 2: "BULVARI", 3: "CADDESİ", 4: "SOKAK", 5: "KÜME EVLER"}
_REMEMBERED = 100_000


class Matcher:
    """Answers addresses from one index; safe for many threads, shared by several processes."""

    def __init__(  # noqa: PLR0913 (an index, and how to decide)
        self,
        index: Index,
        arrays: dict[str, NDArray[Any]],
        manifest: dict[str, Any],
        folder: Path,
        *,
        accept_score: float,
        review_score: float,
    ) -> None:
        self.index = index
        self.arrays = arrays
        self.points = points_of(index, arrays)
        self.accept_score = accept_score
        self.review_score = review_score
        self.fingerprint = fingerprint_of(folder)
        self.il_count = int(arrays["il_count"][0])
        self._names = {
            level: read_names(folder, level) for level in ("csbm", "mahalle", "ilce", "il")
        }
        self.bits = np.concatenate(
            [weights_for(len(index.csbm_tur)), coefficients(manifest.get("recalibration"))]
        )
        self.null_bits = float(self.bits[0])
        self._branches: dict[int, dict[str, Any]] = {}
        self._short: dict[tuple[int, int], str] = {}
        self._one = OneAddress(self)
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
                *open_arrays(folder),
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
        out = self.run(batch, workers)
        answers = decide(self, out, self.accept_score, self.review_score)
        return answer.result_columns(self, batch, out, answers, explain=explain)

    def match_one(self, text: str) -> Match:
        """Answer one address in free text."""
        return self._one(text)

    def explain(self, text: str) -> Match:
        """Answer one address in free text, with all that explains the answer.

        Every candidate weighed to the end is there, and of each the parts its weight is the sum of.
        """
        return self._one.explain(text)

    def search(self, text: str, limit: int = 5) -> list[Candidate]:
        """Places a text may mean, best first; half-typed texts too."""
        return self.places(self.match_one(text), limit)

    def places(self, match: Match, limit: int = 5) -> list[Candidate]:
        """Places an answered text may mean, best first, and those that are named alike."""
        places = [*([match.best] if match.best else []), *match.candidates]
        if match.status is not MatchStatus.MATCHED:
            places += self.suggest(match.text, limit)
        seen: dict[tuple[Any, ...], Candidate] = {}
        for place in places:
            key = (place.csbm_kod or 0, place.mahalle_kod, place.numarataj_kimlik_no)
            seen.setdefault(key, place)
        return list(seen.values())[:limit]

    def warm(self) -> None:
        """Compile, or load what was compiled, and make all that is made on first use."""
        self._one.warm()
        self.suggest("ab")
        self.reverse(0.0, 0.0)

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
        points, level, text, kimlik = self.points, MatchLevel.CSBM, None, None
        lon, lat = float(points.csbm_lon[csbm]), float(points.csbm_lat[csbm])
        accuracy = float(points.csbm_accuracy[csbm])
        if door >= 0:
            level = MatchLevel.KAPI
            text = self.door_text(door)
            kimlik = int(self.arrays["door_kimlik"][door])
            if not math.isnan(points.door_lon[door]):
                lon, lat = float(points.door_lon[door]), float(points.door_lat[door])
                accuracy = DOOR_ACCURACY_M
        return Candidate(
            level=level, score=score, weight=weight,
            **self._branch(int(self.index.csbm_mahalle[csbm])),
            csbm=self.csbm_name(csbm), csbm_kod=int(self.index.csbm_kod[csbm]), dis_kapi_no=text,
            numarataj_kimlik_no=kimlik, lon=finite(lon), lat=finite(lat),
            accuracy_m=finite(accuracy),
        )  # fmt: skip

    def mahalle_candidate(self, mahalle: int, score: float) -> Candidate:
        """A mahalle as a candidate."""
        lon, lat, accuracy = (
            self.arrays[f"mahalle_{w}"][mahalle] for w in ("lon", "lat", "accuracy")
        )
        return Candidate(
            level=MatchLevel.MAHALLE, score=score, **self._branch(mahalle), lon=finite(lon),
            lat=finite(lat), accuracy_m=finite(accuracy),
        )  # fmt: skip

    def ilce_candidate(self, ilce: int, score: float) -> Candidate:
        """An ilçe as a candidate."""
        lon, lat, accuracy = (self.arrays[f"ilce_{w}"][ilce] for w in ("lon", "lat", "accuracy"))
        return Candidate(
            level=MatchLevel.ILCE, score=score,
            il=self._names["il"][self.index.ilce_il[ilce]] or None,
            ilce=self._names["ilce"][ilce], ilce_kod=int(self.index.ilce_kod[ilce]),
            lon=finite(lon), lat=finite(lat), accuracy_m=finite(accuracy),
        )  # fmt: skip

    def _branch(self, mahalle: int) -> dict[str, Any]:
        known = self._branches.get(mahalle)
        if known is None:
            ilce = int(self.index.mahalle_ilce[mahalle])
            known = self._branches[mahalle] = {
                "il": self._names["il"][self.index.ilce_il[ilce]] or None,
                "ilce": self._names["ilce"][ilce],
                "ilce_kod": int(self.index.ilce_kod[ilce]),
                "mahalle": self._names["mahalle"][mahalle],
                "mahalle_kod": int(self.index.mahalle_kod[mahalle]),
            }
        return known

    def run(self, batch: AddressBatch, workers: int | None = None) -> Out:
        """What the core writes for every row of a batch, before anything is decided."""
        out = new_out(batch.rows)
        csbm = self.csbm_at(batch.csbm_kod)
        mahalle = self._places_of(
            batch.mahalle_kod, self.index.mahalle_kod, self.index.mahalle_order
        )
        starts = range(0, batch.rows, _CHUNK)

        def answer_chunk(first: int) -> None:
            match_rows(
                self.index, batch.codes, batch.starts, batch.fields, first,
                min(first + _CHUNK, batch.rows), fold_table(), word_table(), self.bits, csbm,
                mahalle, batch.keys, self.il_count, out,
                new_scratch(len(self.index.mahalle_kod), len(self.index.ilce_kod)), NO_LEDGER,
            )  # fmt: skip

        count = workers or len(os.sched_getaffinity(0))
        if count == 1 or len(starts) == 1:
            for first in starts:
                answer_chunk(first)
        else:
            with ThreadPoolExecutor(count) as pool:
                list(pool.map(answer_chunk, starts))
        return out

    def csbm_at(self, codes: NDArray[np.int64]) -> NDArray[np.int32]:
        """Places of csbm by code; −1 where none is given, −2 where it is not known."""
        return self._places_of(codes, self.index.csbm_kod, self.index.kod_order)

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
