"""What a user is told when something they gave cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from simulator.letters import harmless, is_odd

_LONGEST = 1_000
"""Characters of any part of a message: what was given may be a file by mistake."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with what was given.

    Parameters
    ----------
    where : str
        File, line and key, as the user would look for it.
    need : str
        What must hold there.
    got : str
        What was given.
    hint : str, optional
        The most likely repair.
    """

    where: str
    need: str
    got: str
    hint: str = ""

    def __str__(self) -> str:
        parts = (self.where, self.need, self.got, self.hint)
        where, need, got, hint = (harmless(text, _LONGEST).replace("\n", " ") for text in parts)
        lines = [where, f"   must be: {need}", f"   given:   {got}"]
        if hint:
            lines.append(f"   hint:    {hint}")
        return "\n".join(lines)


class InputError(ValueError):
    """Input that cannot be used; carries every problem found, not only the first.

    Parameters
    ----------
    problems : iterable of Problem
        At least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.problems)
        title = "1 problem:" if count == 1 else f"{count} problems:"
        listed = [f"{number}. {problem}" for number, problem in enumerate(self.problems, start=1)]
        return "\n\n".join([title, *listed])

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        """Cross a process boundary whole."""
        return (type(self), (self.problems,))


class WorkersLostError(RuntimeError):
    """Whoever did the work is gone; what is finished is still good."""


class Problems(list[Problem]):
    """Problems of several checks, gathered so that all are told at once."""

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Add the problems of an InputError inside, and go on."""
        try:
            yield
        except InputError as error:
            self.extend(error.problems)

    def report(self) -> None:
        """Raise InputError with every problem, each once, if there is any."""
        if self:
            raise InputError(dict.fromkeys(self))


def unknown(what: str, name: object, known: Sequence[str], most: int | None = None) -> list[Problem]:
    """Return the problem with an unknown name, and what was meant; at most `most` of the known are listed."""
    if name in known:
        return []
    from difflib import get_close_matches  # Only who misspells a name waits for it.

    near = get_close_matches(str(name), known, n=1)
    hint = f'did you mean "{near[0]}"?' if near else ""
    listed = ", ".join([*known[:most], *(["..."] if len(known[:most]) < len(known) else [])])
    return [Problem(what, f"one of {listed}", shown(name), hint)]


def shown(value: object, limit: int = 80) -> str:
    """Return `value` as an error message shows it: one line of at most `limit` characters."""
    match value:
        case None:
            text = "nothing"
        case bool():
            text = str(value).lower()
        case str():
            text = f'"{value}"'
        case Mapping():
            text = f"a table of {', '.join(map(str, value))}" if value else "an empty table"
        case _:
            text = _as_text(value)
    text = "".join(character if character.isprintable() else "?" for character in text)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def _as_text(value: object) -> str:
    """Return a value as Python writes it; what it cannot write, in words."""
    try:
        return str(value)
    except ValueError:
        return (
            "a whole number of thousands of digits"
            if isinstance(value, int)
            else "numbers of too many digits"
        )
    except RecursionError:
        return "lists or tables nested too deep"


def printable(path: object) -> str:
    """Return a path as text that any file or terminal takes, whatever bytes are in the name."""
    text = str(path).encode("utf-8", "backslashreplace").decode()
    return "".join(one.encode("unicode_escape").decode() if is_odd(one) else one for one in text)
