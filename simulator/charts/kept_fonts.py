"""Fonts that were cut are kept beside matplotlib's list of fonts: to cut one takes longer than a chart.

Nothing hangs on them. What is not there, damaged or not to be written is cut anew.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile

_FOLDER = "cluster-risk-fonts"
_MOST = 200
"""Fonts that are kept, of some 10 to 50 kB each; the oldest go first."""
_DIGEST_BYTES = sha256().digest_size


def kept(font: bytes, letters: str, form: str | None, cut: Callable[[], bytes]) -> bytes:
    """Return a font that is cut, kept from an earlier time or cut now."""
    asked = repr((version("fonttools"), letters, form)).encode()
    path = _folder() / sha256(asked + font).hexdigest()
    with suppress(OSError):
        whole = path.read_bytes()
        digest, found = whole[:_DIGEST_BYTES], whole[_DIGEST_BYTES:]
        if sha256(found).digest() == digest:
            return found
    made = cut()
    with suppress(OSError):
        _keep(path, sha256(made).digest() + made)
    return made


def _keep(path: Path, whole: bytes) -> None:
    """Write a file whole, and remove the oldest of too many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(whole)
            file.close()
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink()
            raise
    by_age = sorted(path.parent.iterdir(), key=lambda one: one.stat().st_mtime)
    for one in by_age[:-_MOST]:
        one.unlink(missing_ok=True)


def _folder() -> Path:
    import matplotlib as mpl

    return Path(mpl.get_cachedir()) / _FOLDER
