"""Official code lists: data a municipality fills in, never an invention of ours (maks.md §1.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from gis_platform.core.errors import Text
from gis_platform.core.text import fold
from gis_platform.maks.data_files import read_data

_EVERY = "*"
_FOLDER = "codes"


@dataclass(frozen=True)
class Code:
    """One code of a list: its label, whether an official source confirms it, and which."""

    code: str
    label: Text
    is_confirmed: bool
    source: str


@dataclass(frozen=True)
class CodeList:
    """One list; empty where nothing is known yet."""

    name: str
    title: Text
    codes: Mapping[str, Code]

    @property
    def is_confirmed(self) -> bool:
        """Whether a value outside the list is wrong: it has codes, and all are confirmed."""
        return bool(self.codes) and all(code.is_confirmed for code in self.codes.values())

    def code_of(self, label: str) -> str | None:
        """The code with that label, or spelled like it; ``None`` where there is none."""
        return self._by_label.get(fold(label))

    @property
    def _by_label(self) -> dict[str, str]:
        spelled = {fold(code.label.tr): code.code for code in self.codes.values()}
        return {**spelled, **{fold(code): code for code in self.codes}}


def code_list_of(layer: str, column: str) -> CodeList | None:
    """The list a column takes its codes from; ``None`` where its values are no codes."""
    lists = _lists()
    return lists.get((layer, column)) or lists.get((_EVERY, column))


def code_lists() -> list[CodeList]:
    """Every list once, by name."""
    distinct = {one.name: one for one in _lists().values()}
    return [distinct[name] for name in sorted(distinct)]


def codes_of(name: str) -> dict[str, Code]:
    """The codes of a list by its file name."""
    return {
        row["code"]: Code(
            row["code"], Text(row["tr"], row["en"]), row["is_confirmed"] == "true", row["source"]
        )
        for row in read_data(f"{_FOLDER}/{name}.csv")
    }


@cache
def _lists() -> dict[tuple[str, str], CodeList]:
    return {
        (row["layer"], row["column"]): CodeList(
            row["list"], Text(row["tr"], row["en"]), codes_of(row["list"])
        )
        for row in read_data(f"{_FOLDER}/_lists.csv")
    }
