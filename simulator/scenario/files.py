"""Reading a text file that a user names."""

from __future__ import annotations

from pathlib import Path

from simulator.errors import InputError, Problem, printable

LARGEST_BYTES = 20_000_000


def read_text(path: Path, kind: str, largest_bytes: int = LARGEST_BYTES) -> str:
    """Return the text of a UTF-8 file."""

    def refuse(need: str, got: str, hint: str = "") -> InputError:
        return InputError([Problem(printable(path), need, got, hint)])

    try:
        if path.is_dir():
            raise refuse(f"{kind}", "a directory", "name a file in it")
        # No more is read than may be: some files say that they are empty and never end.
        with path.open("rb") as file:
            raw = file.read(largest_bytes + 1)
        if len(raw) > largest_bytes:
            size = max(path.stat().st_size, len(raw))
            raise refuse(f"{kind} of at most {largest_bytes / 1e6:g} MB", f"{size / 1e6:,.1f} MB")
    except FileNotFoundError:
        raise refuse(f"{kind} that exists", "no such file", _nearby(path)) from None
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise refuse(f"{kind} that can be read", str(error).split("] ")[-1]) from None
    if not raw.strip():
        raise refuse(f"{kind}", "an empty file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        hint = "save it as UTF-8" + (" (in Excel: CSV UTF-8)" if path.suffix.lower() == ".csv" else "")
        raise refuse("text in UTF-8", f"byte {raw[error.start]:#04x} on line {line}", hint) from None


def _nearby(path: Path) -> str:
    """Return a hint at files of the same kind that do exist."""
    try:
        others = sorted(other.name for other in path.parent.glob(f"*{path.suffix}") if path.suffix)
    except OSError:
        return ""
    return f"in that folder: {', '.join(others[:5])}" if others else ""
