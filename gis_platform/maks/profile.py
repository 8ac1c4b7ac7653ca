"""Profiles: per control whether it blocks, warns, informs or is off, read from TOML."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, cast, get_args

from gis_platform.core.errors import ConfigError, NotFound, Place, Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Control, controls

Action = Literal["block", "warn", "info", "off"]
"""What a profile does with a breach."""

_BY_SEVERITY: dict[Severity, Action] = {
    Severity.ERROR: "block",
    Severity.WARNING: "warn",
    Severity.INFO: "info",
}
_SEVERITY: dict[Action, Severity] = {
    "block": Severity.ERROR,
    "warn": Severity.WARNING,
    "info": Severity.INFO,
    "off": Severity.INFO,
}
_FOLDER = files("gis_platform.maks") / "profiles"


@dataclass(frozen=True)
class Profile:
    """One profile.

    Attributes:
        name: ``register``, ``publication``, ``delivery`` or a file's stem.
        title: what it is for.
        actions: ``CODE`` or ``CODE.kind`` to action; a control it does not name follows its own
            severity.
        limits: ``CODE`` to the limits it sets.
    """

    name: str
    title: Text
    actions: Mapping[str, Action]
    limits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def action(self, control: Control, kind: str = "") -> Action:
        """What happens to a breach of ``control``, of this kind."""
        own = self.actions.get(control.code, _BY_SEVERITY[control.severity])
        if own == "off" or not kind:
            return own
        return self.actions.get(f"{control.code}.{kind}", own)


def severity_of(action: Action) -> Severity:
    """The severity of a finding under that action."""
    return _SEVERITY[action]


def profile_names() -> list[str]:
    """The profiles that come with the platform."""
    return sorted(
        item.name.removesuffix(".toml") for item in _FOLDER.iterdir() if item.name.endswith(".toml")
    )


def read_profile(name: str) -> Profile:
    """A profile of the platform by its name, or one of your own by the path of its TOML.

    Raises:
        NotFound: there is no such profile.
        ConfigError: the file is no TOML, or names a control, action or limit that does not exist.
    """
    if name in profile_names():
        return _parsed(name, (_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    path = Path(name)
    if path.suffix == ".toml" and path.is_file():
        return _parsed(path.stem, path.read_text(encoding="utf-8"))
    known = ", ".join(profile_names())
    raise NotFound(
        Text(
            f"“{name}” adında bir profil yok. Olanlar: {known}.",
            f"There is no profile “{name}”. Known: {known}.",
        ),
        remedy=Text("ya da bir .toml dosyası verin", "or give a .toml file"),
    )


def _parsed(name: str, text: str) -> Profile:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(name, str(error), str(error)) from None
    title = data.get("title", {})
    actions = {str(code): str(action) for code, action in data.get("controls", {}).items()}
    limits = data.get("limits", {})
    _refuse_unknown(name, actions, limits)
    return Profile(
        name,
        Text(str(title.get("tr", name)), str(title.get("en", name))),
        {code: cast("Action", action) for code, action in actions.items()},
        limits,
    )


def _refuse_unknown(
    name: str, actions: Mapping[str, str], limits: Mapping[str, Mapping[str, Any]]
) -> None:
    for key, action in actions.items():
        code, _, kind = key.partition(".")
        if code not in controls or (kind and kind not in controls[code].kinds):
            raise _wrong(name, f"“{key}” diye bir kontrol yok.", f"There is no control “{key}”.")
        if action not in get_args(Action):
            words = ", ".join(get_args(Action))
            raise _wrong(
                name,
                f"“{key}” için “{action}” geçersiz; olabilir: {words}.",
                f"“{action}” is not valid for “{key}”; it can be: {words}.",
            )
    for code, given in limits.items():
        for limit in given:
            if code not in controls or limit not in controls[code].limits:
                raise _wrong(
                    name,
                    f"“{code}” kontrolünün “{limit}” sınırı yok.",
                    f"Control “{code}” has no limit “{limit}”.",
                )


def _wrong(name: str, tr: str, en: str) -> ConfigError:
    return ConfigError(Text(tr, en), place=Place(file=f"{name}.toml"))
