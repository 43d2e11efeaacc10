"""Imports that may be absent or costly, each with an error that says what to install."""

import importlib
from types import ModuleType

from ecgviz.errors import MissingPackageError

__all__ = ["need"]


def need(module: str, package: str | None = None) -> ModuleType:
    """Import a module at the moment it is needed; MissingPackageError names the package to install."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        name = package or module.partition(".")[0]
        raise MissingPackageError(f"This needs the package {name}: run `pip install {name}`.") from error
