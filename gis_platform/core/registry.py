"""Plug-ins found by themselves: a module in a folder, or an entry point of another package."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from gis_platform.core.errors import Conflict, NotFound, Text

T = TypeVar("T")


class Registry(Generic[T]):
    """Named things of one kind, gathered from a package and from entry points.

    Args:
        kind: what is registered, in words, for messages.
        package: dotted package whose modules are imported on first use; each adds its own.
        entry_point_group: group under which other organisations add modules.
    """

    def __init__(self, kind: str, package: str, entry_point_group: str | None = None) -> None:
        self._kind = kind
        self._package = package
        self._group = entry_point_group
        self._things: dict[str, T] = {}
        self._is_loaded = False

    def put(self, name: str, thing: T) -> T:
        """Register ``thing``; a name can be given once."""
        if self._things.get(name, thing) is not thing:
            raise Conflict(
                Text(
                    f"{self._kind} “{name}” iki kez tanımlı.",
                    f"{self._kind} “{name}” is defined twice.",
                )
            )
        self._things[name] = thing
        return thing

    def add(self, name: str) -> Callable[[T], T]:
        """Decorator form of ``put``."""
        return lambda thing: self.put(name, thing)

    def __getitem__(self, name: str) -> T:
        self._load()
        if name not in self._things:
            known = ", ".join(sorted(self._things)) or "–"
            raise NotFound(
                Text(
                    f"{self._kind} “{name}” yok. Olanlar: {known}.",
                    f"There is no {self._kind} “{name}”. Known: {known}.",
                )
            )
        return self._things[name]

    def __contains__(self, name: object) -> bool:
        self._load()
        return name in self._things

    def __iter__(self) -> Iterator[str]:
        self._load()
        return iter(sorted(self._things))

    def __len__(self) -> int:
        self._load()
        return len(self._things)

    def items(self) -> list[tuple[str, T]]:
        """Name and thing, sorted by name."""
        self._load()
        return sorted(self._things.items())

    def _load(self) -> None:
        if self._is_loaded:
            return
        self._is_loaded = True
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__):
            if not module.name.startswith("_"):
                importlib.import_module(f"{self._package}.{module.name}")
        if self._group:
            for point in entry_points(group=self._group):
                point.load()
