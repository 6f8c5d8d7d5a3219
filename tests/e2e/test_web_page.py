"""The web page in a real browser: on a telephone, at a desk and in print."""

from __future__ import annotations

import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from simulator import load_scenario, simulate
from simulator.charts.study import Study
from simulator.documents.contents import document_of
from simulator.documents.web_page import write_html
from tests.builders import cluster_of, scenario_of
from tests.e2e.command import FLAGSHIP
from tests.unit.documents import document

CHROMIUM = shutil.which("chromium")
# As root in a container, and asking nothing of any network.
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
SMALLEST_LETTERS_PX = 9
SMALLEST_LETTERS_PT, PX_PER_PT = 7, 96 / 72
PAGE_PX = tuple(int((mm / 25.4 - 2 * 0.4) * 96) for mm in (210, 297))
"""A4 within a browser's own margins, 0.4 inches."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not on this machine")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A page whose names are long, and a saver's."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    name = "Huntingdonshire and Peterborough Commissioning Partnership of Practices"
    write_html(
        document(scenario_of(clusters=[cluster_of(name, true_saving_share=0.02), cluster_of("B")])), path
    )
    return path.as_uri()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_has_no_fault_that_axe_can_find_and_can_be_read(browser, address, width):
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # A word of a heading is on one line.
    broken = page.evaluate(
        """[...document.querySelectorAll('th')].flatMap(head => {
            const walker = document.createTreeWalker(head, NodeFilter.SHOW_TEXT), broken = [];
            for (let text = walker.nextNode(); text; text = walker.nextNode())
                for (const word of text.data.matchAll(/\\S+/g)) {
                    const range = document.createRange();
                    range.setStart(text, word.index);
                    range.setEnd(text, word.index + word[0].length);
                    const lines = new Set([...range.getClientRects()].map(box => box.top));
                    if (lines.size > 1) broken.push(word[0]);
                }
            return broken;
        })"""
    )
    assert broken == []
    scales = page.evaluate("[...document.images].map(one => one.width / one.naturalWidth)")
    assert scales
    assert min(scales) * SMALLEST_LETTERS_PT * PX_PER_PT >= SMALLEST_LETTERS_PX
    page.close()


def test_a_page_is_gone_through_by_keyboard(browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.evaluate(
        "[...document.querySelectorAll('.scroll')].find(one => one.scrollWidth > one.clientWidth).focus()"
    )
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    for link in page.locator("nav a").all():
        assert page.locator(str(link.get_attribute("href"))).count() == 1
    with page.expect_download() as saved:
        page.get_by_text("Download its data").first.click()
    assert saved.value.suggested_filename.endswith(".csv")
    page.close()


def test_a_cluster_s_section_is_one_page_in_print(browser, tmp_path):
    """The flagship's: four tables, one of them of ten practices."""
    study = Study(simulate(load_scenario(FLAGSHIP, ["simulation.contracts=400"])))
    write_html(document_of(study), tmp_path / "report.html")
    width, height = PAGE_PX
    page = browser.new_page(viewport={"width": width, "height": height})
    page.emulate_media(media="print")
    page.goto((tmp_path / "report.html").as_uri())
    heights = page.evaluate("[...document.querySelectorAll('section.page')].map(one => one.offsetHeight)")
    assert len(heights) == len(study.clusters)
    assert 0 < max(heights) <= height
