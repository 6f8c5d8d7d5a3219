"""Importing quickly: what is imported is no garbage, and some of it nobody uses."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import LazyLoader, find_spec, module_from_spec

_UNUSED = ("numpy.f2py", "numpy.testing", "numpy.ma", "numpy.polynomial")
"""What scipy imports for names that it does not use then, a compiler of Fortran among it: a tenth of all that
a run imports."""


@contextmanager
def quick_imports() -> Iterator[None]:
    """Import what a command needs; a program that is about to do so alone, not one that imports us.

    Python would look through all that is imported for garbage, again and again as more is imported, and once
    more as the program ends.
    """
    if "scipy" in sys.modules:
        yield
        return
    gc.disable()
    try:
        for name in _UNUSED:
            _put_off(name)
        yield
    finally:
        gc.freeze()
        gc.enable()


def _put_off(name: str) -> None:
    """Have a part of a package imported when something of it is first asked for."""
    package, _, part = name.rpartition(".")
    spec = None if name in sys.modules else find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = loader = LazyLoader(spec.loader)
    module = sys.modules[name] = module_from_spec(spec)
    loader.exec_module(module)
    setattr(import_module(package), part, module)
