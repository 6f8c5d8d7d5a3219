"""What a reader changes on the page: the browser's own controls, each with its label."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from simulator.errors import Problem, Problems
from simulator.lab.controls import Control, Kind
from simulator.lab.views import problems_html
from simulator.plain_words import capitalised, spaced

Set = Callable[[str, str | None], None]
"""Takes a key, and its value in TOML; None for one that is to be as given."""
_THROTTLE_SECONDS = 0.08
_TOLD = "emit(event.target.value);"
_VALUE = f"(event) => {{{_TOLD}}}"
_CHECKED = "(event) => emit(event.target.checked)"


class Words(TextElement):
    """An element of plain text."""

    def __init__(self, tag: str, words: str, classes: str = "") -> None:
        super().__init__(tag=tag, text=words)
        self.classes(classes)


def tag(name: str, classes: str = "", **props: object) -> Element:
    """Return an element of HTML; `for_` and the like are written without what stands behind them."""
    made = Element(name).classes(classes)
    for prop, value in props.items():
        made.props[prop.rstrip("_").replace("_", "-")] = value
    return made


def field(control: Control, given: object, set_key: Set) -> None:
    """Show a control with its label, what it means and what it is as given: a box, a slider, a choice."""
    with tag("div", "field"):
        if control.kind is Kind.SWITCH:
            made = switch(control.label, control.value, lambda on: set_key(control.key, str(on).lower()))
        elif control.kind is Kind.CHOICE:
            names = {one: capitalised(spaced(one)) for one in control.choices}
            value = None if control.value is None else str(control.value)
            made = Chooser(control.label, lambda one: set_key(control.key, one)).show(names, value)
        else:
            made = _number(control, set_key)
        # Always there: one that came and went with the focus would move what is about to be pressed.
        hint = Words("p", control.meaning, "hint")
        made.props["aria-describedby"] = hint.html_id
        if control.value is None and control.usual is not None:
            Words("p", f"Left empty: by the rule, about £{float(f'{control.usual:.3g}'):,.0f} now.", "given")
        if given != control.value:
            Words("p", f"As given: {_as_read(control, given)}", "given")


_SEND = """async (event) => {
    const form = new FormData();
    for (const file of event.target.files) form.append("files", file, file.name);
    try {
        const answer = await fetch("/upload/%s", {method: "POST", body: form});
        emit(answer.ok ? "" : await answer.text());
    } catch (error) {
        emit("files that can be sent");
    }
}"""
"""Sends what was chosen, and tells the page when it has arrived, or what must hold for it to."""


def files(
    label: str,
    key: str,
    arrived: Callable[[GenericEventArguments], object],
    *,
    accept: str,
    several: bool = False,
) -> None:
    """Show where files are chosen; they are sent under a reader's key, and `arrived` is told."""
    words = Words("label", label)
    made = tag("input", "files", type="file", accept=accept, multiple=several)
    words.props["for"] = made.html_id
    made.on("change", arrived, js_handler=_SEND % key)


def problems_of_sending(event: GenericEventArguments) -> list[Problem]:
    """Return why files have not arrived; nothing where they have."""
    return [Problem("files", str(event.args), "others")] if event.args else []


class Chooser:
    """A list to choose from, left as it is while it says what is so: its reader keeps their place."""

    def __init__(self, label: str, choose: Callable[[str], None]) -> None:
        self._label, self._choose = label, choose
        self._shown: tuple[dict[str, str], str | None] | None = None
        self._place = self._list = tag("div", "choice")

    def show(self, names: Mapping[str, str], value: str | None) -> Element:
        """Show what there is to choose from, and what is chosen; nothing where there is nothing to choose."""
        if self._shown != (names, value):
            self._shown = dict(names), value
            self._place.clear()
            if names:
                with self._place:
                    self._list = self._made(names, value)
        return self._list

    def _made(self, names: Mapping[str, str], value: str | None) -> Element:
        words = Words("label", self._label)
        with tag("select") as made:
            if value not in names:
                none = Words("option", "Not set")
                none.props.update({"value": "", "selected": True, "disabled": True})
            for one, name in names.items():
                option = Words("option", name)
                option.props["value"] = one
                if one == value:
                    option.props["selected"] = True
        words.props["for"] = made.html_id
        made.on("change", self._chosen, js_handler=_VALUE)
        return made

    def _chosen(self, event: GenericEventArguments) -> None:
        self._shown = (self._shown or ({}, None))[0], str(event.args)
        self._choose(str(event.args))


def switch(label: str, value: object, change: Callable[[bool], None]) -> Element:
    """Show a box to tick."""
    with tag("div", "tick"):
        made = tag("input", type="checkbox", checked=bool(value))
        Words("label", label).props["for"] = made.html_id
    made.on("change", lambda event: change(bool(event.args)), js_handler=_CHECKED)
    return made


def button(words: str, press: Callable[[], object], classes: str = "") -> Words:
    """Show a button."""
    made = Words("button", words, classes)
    made.props["type"] = "button"
    made.on("click", lambda _: press())
    return made


def _number(control: Control, set_key: Set) -> Element:
    """Show a box that takes any number, and a slider over the usual ones; each moves the other."""

    def change(event: GenericEventArguments) -> None:
        set_key(control.key, written(control, str(event.args)))

    size = 100.0 if control.kind is Kind.SHARE else 1.0
    value = None if control.value is None else size * float(control.value)
    unit = {Kind.SHARE: " (%)", Kind.GBP: " (£)"}.get(control.kind, "")
    with tag("div", "pair"):
        words = Words("label", f"{control.label}{unit}")
        box = tag("input", "box", type="text", inputmode="decimal", autocomplete="off")
        box.props["^value"] = "" if value is None else f"{value:,.12g}"
        box.props["placeholder"] = "not set" if control.usual is None else f"{control.usual:,.0f}"
        words.props["for"] = box.html_id
        box.on("change", change, js_handler=_VALUE)
        if control.has_slider:
            _slider(control, size, box, change)
    return box


def _slider(
    control: Control, size: float, box: Element, change: Callable[[GenericEventArguments], None]
) -> None:
    now = control.value if control.value is not None else control.usual
    made = tag("input", "slider", type="range", min="0", max=f"{control.reach * size:.12g}")
    made.props["step"] = f"{control.step * size:.6g}"
    # After its range: a browser keeps a value within the range of the moment.
    made.props["^value"] = f"{size * float(now or 0.0):.12g}"
    made.props["aria-label"] = f"{control.label}, slider" + (", per cent" if size > 1 else ", pounds")
    # The box follows in the browser, at once: what comes back from here comes later.
    follows = f"document.getElementById('{box.html_id}').value = event.target.value; {_TOLD}"
    made.on("input", change, throttle=_THROTTLE_SECONDS, js_handler=f"(event) => {{{follows}}}")
    bare = "event.target.value.replace(/[,%£ ]/g, '')"
    leads = f"(event) => {{document.getElementById('{made.html_id}').value = {bare};}}"
    box.on("change", js_handler=leads)


def written(control: Control, given: str) -> str | None:
    """Return what a reader wrote in a box as the value of a setting; None for an empty box.

    A share is read in per cent. What is no number goes on as it is, and is refused as the command does.
    """
    bare = given.strip().replace(",", "").strip("%£ ")
    if not bare:
        return None
    try:
        number = Decimal(bare) / (100 if control.kind is Kind.SHARE else 1)
    except InvalidOperation:
        return given.strip()
    return f"{number.normalize():f}" if number.is_finite() else given.strip()


def _as_read(control: Control, value: object) -> str:
    """Return a value as the page shows it."""
    match value:
        case None:
            return "not set"
        case bool():
            return "yes" if value else "no"
        case int() | float() if control.kind is Kind.SHARE:
            return f"{100 * value:.12g}%"
        case int() | float():
            return f"{'£' if control.kind is Kind.GBP else ''}{value:,.12g}"
        case _:
            return spaced(str(value))


def show_problems(place: Element, problems: Sequence[Problem]) -> None:
    """Show problems; nothing where there are none."""
    place.clear()
    if problems:
        with place:
            ui.html(problems_html(problems), sanitize=False)


@contextmanager
def problems_shown(place: Element, known: Sequence[Problem] = ()) -> Iterator[Problems]:
    """Show the problems of what is inside, after those that are known; nothing where all is well."""
    problems = Problems(known)
    with problems.noted():
        yield problems
    show_problems(place, problems)


def focus(element: Element) -> None:
    """Move the reader to an element: where what they were at is gone."""
    ui.run_javascript(f"document.getElementById('{element.html_id}')?.focus()")
