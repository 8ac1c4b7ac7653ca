"""rapidfuzz: ``token_sort_ratio`` of the text against every door; the best is the answer."""

import sys

import neutral
import numpy as np
import rapidfuzz
from rapidfuzz import fuzz, process

_BLOCK = 50


def main(reference: str, asked: str, answers: str) -> None:
    clock = neutral.Clock()
    with clock.part("build"):
        doors = neutral.read(reference)
        known = [" ".join(sorted(neutral.full_text(row).split())) for row in doors]
    rows = neutral.read(asked)
    found: list[tuple[object, ...]] = []
    with clock.part("match"):
        texts = [" ".join(sorted(neutral.neutral(row["text"]).split())) for row in rows]
        for at in range(0, len(texts), _BLOCK):
            scores = process.cdist(
                texts[at : at + _BLOCK], known, scorer=fuzz.ratio, workers=-1, dtype=np.uint8
            )
            for place, best in enumerate(scores.argmax(axis=1).tolist()):
                score = int(scores[place, best])
                door = doors[best]["numarataj_kimlik_no"]
                found.append((rows[at + place]["row"], door, score, ""))
    neutral.write(answers, found)
    clock.say(version=rapidfuzz.__version__, rows=len(rows))


if __name__ == "__main__":
    main(*sys.argv[1:4])
