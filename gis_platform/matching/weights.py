"""The weights of the evidence: a versioned TOML becomes one array the compiled core reads."""

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

BITS = (
    "null", "name_cap", "form_no_title", "form_part", "form_initial", "form_dropped",
    "form_alias", "form_extended", "form_weak", "form_last", "form_unnumbered", "edit",
    "edit_known", "type_agrees",
    "type_differs", "type_missing", "open_end", "as_mahalle", "as_building", "in_tail",
    "in_brackets", "left_word", "left_title", "left_plain", "other_after", "other_before",
    "not_named",
    "mahalle_cap", "mahalle_partial", "mahalle_unmarked", "mahalle_form", "mahalle_alias",
    "mahalle_edit", "mahalle_differs", "mahalle_elsewhere", "mahalle_unknown",
    "mahalle_bare_differs", "ilce_cap", "ilce_weak", "ilce_differs", "ilce_differs_homonym",
    "homonym_share", "il_differs",
    "door_found", "door_split", "door_not_found", "code_agrees", "code_differs",
    "mahalle_code_agrees", "mahalle_code_differs",
)  # fmt: skip


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    path = resources.files("gis_platform.matching") / "data" / "weights.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def version() -> str:
    """Which weights these are."""
    return str(_file()["version"])


@lru_cache(maxsize=1)
def weights() -> NDArray[np.float64]:
    """Bits in the order of ``BITS``; read-only."""
    said = _file()
    if set(said["bits"]) != set(BITS):
        raise ValueError(f"weights.toml: {sorted(set(said['bits']) ^ set(BITS))}")
    array = np.array([said["bits"][name] for name in BITS], np.float64)
    array.flags.writeable = False
    return array


def weights_for(csbm_count: int) -> NDArray[np.float64]:
    """The bits for a reference of this size.

    A name is worth log2(csbm / csbm of this name): in a small reference every name is worth less,
    and a wrong csbm gathers less by chance too. ``null`` holds for ``null_csbm`` csbm and moves
    with the logarithm of their number.
    """
    array = weights().copy()
    array[BITS.index("null")] += np.log2(max(1, csbm_count) / float(_file()["null_csbm"]))
    array.flags.writeable = False
    return array
