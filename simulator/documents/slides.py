"""A document as slides: native charts that whoever shows them may edit, in PowerPoint and its like."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten
from typing import Any
from xml.sax.saxutils import quoteattr

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.text import PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from simulator.answers.files import moment_of
from simulator.charts.look import Theme
from simulator.documents.blocks import Document, Quoted, Slide, SlideChart
from simulator.documents.office_files import without_clock, without_left_overs
from simulator.risk.estimate import Unit
from simulator.risk.in_words import PER_CENT

_WIDE_IN, _HIGH_IN, _SIDE_IN = 13.333, 7.5, 0.6
_TITLE_IN, _BODY_IN, _FOOT_IN = (0.45, 1.25), (1.8, 4.95), (6.8, 0.55)
"""From the top, and how high."""
_TITLE_PT, _BODY_PT, _CHART_PT, _FOOT_PT = 30, 18, 14, 11
_SMALLEST_PT, _APART_PT, _BULLET_IN = 12, 8, 0.6
_LETTER_EM, _LINE_EM = 0.6, 1.2
"""How wide a letter is on average, and how high a line, of the size of the widest font in use."""
_TITLE_SLIDE, _CHART_SLIDE, _POINTS_SLIDE = "Title Slide", "Title Only", "Title and Content"
_FEW_BARS, _FEW_PLACES, _NAME_LETTERS = 16, 9, (64, 44)
_LABEL_ROOM = {"rows": 0.2, "columns": 0.1}
"""Of the length of all bars: what the number beside the longest takes."""
_NUMBER = (
    f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
    "<a:t>1</a:t></a:fld>"
)
"""The number of a slide, which the program that shows it keeps up to date."""
_BAND = (
    f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="90" name="Band"/><p:cNvSpPr/><p:nvPr userDrawn="1"/>'
    "</p:nvSpPr>"
    f'<p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{Inches(_WIDE_IN)}" cy="{Inches(0.14)}"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/></a:solidFill>'
    "</p:spPr></p:sp>"
)
"""A band of colour across the top of every slide."""
_THEME = {"dk2": "dark", "lt2": "pale", "accent1": "dark", "accent2": "light", "accent3": "warm"}
"""Colours of a theme, which charts and headings take, by their names here."""
_THEME |= {"accent4": "grey", "accent5": "ink", "hlink": "dark"}


def write_slides(document: Document, path: Path) -> None:
    """Write a document's slides as a PowerPoint file."""
    show = Presentation()
    _set_house(show, document)
    properties = show.core_properties
    properties.title, properties.subject = document.title, document.subtitle
    properties.author = properties.last_modified_by = document.said.organisation or "cluster-risk"
    properties.language = document.language
    properties.comments, properties.keywords, properties.category, properties.revision = "", "", "", 1
    opening = _new_slide(show, _TITLE_SLIDE, document.title)
    said = [document.subtitle, *(f"{what}: {words}" for what, words in document.cover)]
    _write(opening.placeholders[1].text_frame, said, _BODY_PT)
    if document.theme.logo:
        logo = io.BytesIO(document.theme.logo)
        picture = opening.shapes.add_picture(logo, 0, Inches(0.5), height=Inches(0.8))
        picture.left = Inches(_WIDE_IN - _SIDE_IN) - picture.width
        whose = document.said.organisation or document.theme.organisation
        picture._element.nvPicPr.cNvPr.set("descr", f"Logo of {whose}")  # noqa: SLF001
    for slide in document.slides:
        _add(show, document, slide)
    without_left_overs(show.part.package._rels, show.part.rels)  # noqa: SLF001
    file = io.BytesIO()
    show.save(file)
    path.write_bytes(without_clock(file.getvalue(), moment_of(document.said.date)))


def _set_house(show: Any, document: Document) -> None:
    """Give the library's template a wide shape, the house's colours, and no layout that is not used."""
    show.slide_width, show.slide_height = Inches(_WIDE_IN), Inches(_HIGH_IN)
    used = {_TITLE_SLIDE, _CHART_SLIDE, _POINTS_SLIDE}
    for layout in [one for one in show.slide_layouts if one.name not in used]:
        show.slide_layouts.remove(layout)
    for layout in (show.slide_master, *show.slide_layouts):
        for shape in list(layout.placeholders):
            if shape.placeholder_format.idx in (0, 1) and shape.placeholder_format.type is not None:
                _place(shape, opening=getattr(layout, "name", "") == _TITLE_SLIDE)
            else:
                shape._element.getparent().remove(shape._element)  # noqa: SLF001
    style = show.slide_master._element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")  # noqa: SLF001
    style.set("algn", "l")
    style.find(f".//{qn('a:schemeClr')}").set("val", "tx2")
    show.slide_master.shapes._spTree.append(parse_xml(_BAND))  # noqa: SLF001
    part = next(one.target_part for one in show.slide_master.part.rels.values() if "theme" in one.reltype)
    text = part.blob.decode()
    for name, colour in _THEME.items():
        inside = f'<a:srgbClr val="{_colour(document.theme, colour)}"/>'
        text = re.sub(rf"(<a:{name}>).*?(</a:{name}>)", rf"\g<1>{inside}\g<2>", text)
    if document.font:
        text = re.sub(r'(<a:latin typeface=)"[^"]*"', rf"\g<1>{quoteattr(document.font)}", text)
    part._blob = text.encode()  # noqa: SLF001


def _place(shape: Any, *, opening: bool) -> None:
    """Set where a title or a body stands on every slide."""
    is_title = shape.placeholder_format.idx == 0
    top, high = _TITLE_IN if is_title else _BODY_IN
    if opening:
        top, high = (1.9, 1.6) if is_title else (3.7, 2.8)
    shape.left, shape.width = Inches(_SIDE_IN), Inches(_WIDE_IN - 2 * _SIDE_IN)
    shape.top, shape.height = Inches(top), Inches(high)
    body = shape.text_frame._txBody.bodyPr  # noqa: SLF001
    body.set("anchor", "b" if is_title and opening else "t")
    if opening and not is_title:
        for style in shape._element.iter(qn("a:lvl1pPr")):  # noqa: SLF001
            style.set("algn", "l")


def _new_slide(show: Any, layout: str, title: str) -> Any:
    slide = show.slides.add_slide(show.slide_layouts.get_by_name(layout))
    slide.shapes.title.text_frame.text = title
    paragraph = slide.shapes.title.text_frame.paragraphs[0]
    paragraph.font.size, paragraph.font.bold = Pt(_TITLE_PT), True
    return slide


def _write(frame: Any, said: Sequence[str], size: float) -> None:
    """Write paragraphs into a text frame."""
    frame.text = "\n".join(said)
    for paragraph in frame.paragraphs:
        paragraph.font.size, paragraph.space_after = Pt(size), Pt(_APART_PT)


def fitting_pt(said: Sequence[str]) -> float:
    """Return the size at which paragraphs fit on a slide, in letters as wide as any; at most the usual."""
    wide_pt, high_pt = 72 * (_WIDE_IN - 2 * _SIDE_IN - _BULLET_IN), 72 * _BODY_IN[1]

    def fits(size: float) -> bool:
        lines = sum(math.ceil(len(one) * _LETTER_EM * size / wide_pt) for one in said)
        return lines * _LINE_EM * size + len(said) * _APART_PT <= high_pt

    return next((size for size in range(_BODY_PT, _SMALLEST_PT, -1) if fits(size)), _SMALLEST_PT)


def _add(show: Any, document: Document, slide: Slide) -> None:
    """Add one slide, with its notes and its foot."""
    made = _new_slide(show, _POINTS_SLIDE if slide.chart is None else _CHART_SLIDE, slide.title)
    if slide.chart is None:
        said = [point.text for point in slide.points]
        _write(made.placeholders[1].text_frame, said, fitting_pt(said))
    else:
        _add_chart(made, slide.chart, slide.title, document.theme)
    made.notes_slide.notes_text_frame.text = slide.notes
    _add_foot(made, document)


def _add_chart(made: Any, chart: SlideChart, title: str, theme: Theme) -> None:
    data = CategoryChartData(number_format=_number_format(chart))
    data.categories = _short(chart.places)
    for series in chart.series:
        data.add_series(series.name, [_value(one, chart) for one in series.numbers])
    kinds = {"rows": XL_CHART_TYPE.BAR_CLUSTERED, "columns": XL_CHART_TYPE.COLUMN_CLUSTERED}
    (top, high), left = _BODY_IN, _SIDE_IN
    box = (Inches(size) for size in (left, top, _WIDE_IN - 2 * left, high))
    frame = made.shapes.add_chart(kinds[chart.kind], *box, data)
    about = frame._element.nvGraphicFramePr.cNvPr  # noqa: SLF001 - the library has no other way to an alt text
    about.set("descr", f"{title}. {chart.in_words}")
    about.set("name", chart.axis)
    _set_look(frame.chart, chart, theme)


def _set_look(drawn: Any, chart: SlideChart, theme: Theme) -> None:
    """Set what the numbers are, who is who, and each number beside its bar."""
    drawn.font.size, drawn.font.color.rgb = Pt(_CHART_PT), _colour(theme, "ink")
    drawn.has_title, drawn.chart_title.include_in_layout = True, False
    drawn.chart_title.text_frame.text = chart.axis
    font = drawn.chart_title.text_frame.paragraphs[0].font
    font.size, font.bold, font.color.rgb = Pt(_CHART_PT), False, _colour(theme, "grey")
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    drawn.value_axis.visible = drawn.value_axis.has_major_gridlines = False
    drawn.value_axis.minimum_scale, drawn.value_axis.maximum_scale = _ends(chart)
    names = drawn.category_axis
    names.reverse_order = chart.kind == "rows"
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.format.line.color.rgb = _colour(theme, "grey")
    names.major_tick_mark = XL_TICK_MARK.NONE
    # Each has its name, however many there are.
    skip = parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="1"/>')
    names._element.find(qn("c:noMultiLvlLbl")).addprevious(skip)  # noqa: SLF001
    (plot,) = drawn.plots
    plot.gap_width, plot.overlap = 45, -5
    size = Pt(_CHART_PT if len(chart.places) * len(chart.series) <= _FEW_BARS else _FOOT_PT)
    names.tick_labels.font.size = size
    for made, series, colour in zip(plot.series, chart.series, ("dark", "light"), strict=False):
        made.invert_if_negative = False
        made.format.fill.solid()
        made.format.fill.fore_color.rgb = _colour(theme, colour)
        for at, one in enumerate(series.numbers):
            if one is not None:
                label = made.points[at].data_label
                label.position = XL_LABEL_POSITION.OUTSIDE_END
                label.text_frame.text = chart.label(one)
                label.text_frame.word_wrap = False
                label.text_frame.paragraphs[0].font.size = size


def _short(places: Sequence[str]) -> list[str]:
    """Return names that leave room for bars; whole where they would be the same."""
    most = _NAME_LETTERS[len(places) > _FEW_PLACES]
    short = [name if len(name) <= most else shorten(name, most, placeholder="…") for name in places]
    return short if len({*short}) == len(short) else list(places)


def _ends(chart: SlideChart) -> tuple[float, float]:
    """Return where bars may end: they start at nothing, and have room for their numbers."""
    values = [_value(one, chart) or 0.0 for series in chart.series for one in series.numbers]
    low, high = min(0.0, *values), max(0.0, *values)
    room = _LABEL_ROOM[chart.kind] * ((high - low) or 1.0)
    return low - 1.6 * room * (low < 0), high + room * (high > 0 or low == 0)


def _value(one: Quoted | None, chart: SlideChart) -> float | None:
    """Return a number as a chart's sheet holds it: pounds, shares, or points."""
    return None if one is None else one.value / (PER_CENT if chart.is_points else 1)


def _number_format(chart: SlideChart) -> str:
    """Return how a chart's sheet shows its numbers."""
    units = {one.unit for series in chart.series for one in series.numbers if one is not None}
    return "0.0" if chart.is_points else "£#,##0" if Unit.GBP in units else "0.0%"


def _colour(theme: Theme, name: str) -> RGBColor:
    found: RGBColor = RGBColor.from_string(theme.colours[name].removeprefix("#").upper())
    return found


def _add_foot(made: Any, document: Document) -> None:
    """Write where the numbers come from, and the slide's number."""
    drawn = dict(document.provenance)
    contracts = f"{drawn.get('simulated contracts')} simulated contracts"
    source = (
        f"{document.running_title}: {contracts}; ± is the longer side of a 95% interval of sampling error."
    )
    (top, high), number_in = _FOOT_IN, 0.7
    for left, width, words in (
        (_SIDE_IN, _WIDE_IN - 2 * _SIDE_IN - number_in, source),
        (_WIDE_IN - _SIDE_IN - number_in, number_in, ""),
    ):
        box = made.shapes.add_textbox(*(Inches(size) for size in (left, top, width, high)))
        box.text_frame.word_wrap = True
        paragraph = box.text_frame.paragraphs[0]
        paragraph.font.size, paragraph.font.color.rgb = Pt(_FOOT_PT), _colour(document.theme, "grey")
        if words:
            box.name = "Source"
            paragraph.text = words
        else:
            box.name = "Slide number"
            paragraph.alignment = PP_ALIGN.RIGHT
            paragraph._p.append(parse_xml(_NUMBER))  # noqa: SLF001 - fields have no other way in
