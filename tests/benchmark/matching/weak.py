"""Where the matcher is weak: outcomes by kind of noise, with examples, and every bad row as CSV."""

from pathlib import Path

import pandas as pd

from .judge import outcomes

_NAMES = ("right", "coarse", "missed", "wrong", "refused")
_ANSWER = ("match_status", "match_level", "reason", "faults", "unused_words", "candidates")


def by_kind(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows per outcome for every kind of noise, the worst first; a row counts for all its kinds."""
    said = rows.assign(outcome=outcomes(rows), kind=rows["kinds"].str.split(";")).explode("kind")
    table = said.groupby(["kind", "outcome"]).size().unstack(fill_value=0)
    table = table.reindex(columns=list(_NAMES), fill_value=0)
    table.index = [name or "(none)" for name in table.index]
    table.insert(0, "rows", table.sum(axis=1))
    bad = (table["missed"] + table["coarse"] + 3 * table["wrong"]) / table["rows"]
    return table.assign(bad=bad.round(3)).sort_values("bad", ascending=False)


def bad_rows(rows: pd.DataFrame, answers: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """What was wrong, missed, or coarser than meant: the text, what it means, what was said."""
    told = rows.assign(outcome=outcomes(rows), said=labels.to_numpy())
    for name in _ANSWER:
        told[name] = answers[name].astype(str).to_numpy()
    names = ("outcome", "text", "meant", "expected", "said", "score", "kinds", *_ANSWER)
    return told.loc[~told["outcome"].isin(["right", "refused"]), list(names)]


def labels_of(answers: pd.DataFrame, csbm: pd.DataFrame) -> pd.Series:
    """What each answer names, in words."""
    names = csbm.astype({"csbm_kod": "float"}).set_index("csbm_kod")
    found = names.reindex(pd.to_numeric(answers["csbm_kod"]).astype("Float64").astype(float))
    label = found["mahalle"] + " | " + found["csbm"] + " " + found["tur_kod"].astype(str) + " | "
    return (label + answers["dis_kapi_no"].astype(str).to_numpy() + " | " + found["ilce"]).fillna(
        ""
    )


def report(name: str, rows: pd.DataFrame, bad: pd.DataFrame, examples: int) -> str:
    """The table of a noise and its worst kinds with examples, as text."""
    table = by_kind(rows)
    lines = [f"-- {name}: outcomes by kind of noise (a row counts for each of its kinds)",
             table.head(28).to_string()]  # fmt: skip
    for kind in table.index[:8]:
        key = "" if kind == "(none)" else kind
        mine = bad[bad["kinds"].str.split(";").map(lambda kinds, key=key: key in kinds)]
        lines.append(f"{kind}:")
        lines += [
            f"   {row.outcome:<7} {row.score:.3f} {row.text}\n"
            f"           meant {row.meant}; said {row.said or '–'} "
            f"({row.match_status}, {row.reason}) {row.faults} {row.unused_words}"
            for row in mine.sort_values("outcome", ascending=False).head(examples).itertuples()
        ]
    return "\n".join(lines)


def write_bad(folder: Path, name: str, bad: pd.DataFrame) -> None:
    """``wrong_<name>.csv`` and ``missed_<name>.csv``."""
    folder.mkdir(parents=True, exist_ok=True)
    wrong = bad["outcome"] == "wrong"
    bad[wrong].to_csv(folder / f"wrong_{name}.csv", index=False)
    bad[~wrong].to_csv(folder / f"missed_{name}.csv", index=False)
