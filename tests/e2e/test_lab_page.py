"""The lab in a real browser, at a desk and on a telephone: figures, keyboard, screen reader, foreign pages.

Without Debian's `chromium` these tests are skipped: `apt-get install chromium`.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import tomllib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.e2e.command import PROGRAM, ROOT, SMALL, cluster_risk
from tests.e2e.test_web_page import CHROMIUM, QUIET

SHARE = "rules.surplus.practice_share"
STARTER = ROOT / "simulator" / "scenario" / "starter"
DRAWN = ("--contracts", "400", "--seed", "3")
WAIT_MS = 120_000
SOCKET = "_nicegui_ws/socket.io/?EIO=4&transport=websocket"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not here: apt-get install chromium")


@pytest.fixture(scope="module")
def address():
    """Where a lab is, started as a user starts it; it ends quietly when it is told to."""
    asked = [PROGRAM, "lab", SMALL, "--port", "0", "--no-browser", *DRAWN]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as lab:
        try:
            yield lab.stdout.readline().removeprefix("lab: ").strip()
        finally:
            lab.terminate()
        assert lab.wait(60) == 0
        assert "Traceback" not in lab.stderr.read()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def page(browser):
    with browser.new_page(viewport={"width": 1280, "height": 900}) as opened:
        opened.set_default_timeout(WAIT_MS)
        yield opened


def open_at(page, address, **state):
    page.goto(f"{address}?{urlencode(state, doseq=True)}")
    page.locator("h1:not(:empty)").wait_for()


def test_figures_are_the_commands(page, address, tmp_path):
    settings = [f"{SHARE}=0.3", "rules.bond.share_of_annual_budget=0.05"]
    open_at(page, address, set=settings)
    given = [word for one in settings for word in ("--set", one)]
    done = cluster_risk("run", SMALL, *DRAWN, *given, "--out", tmp_path / "result")
    assert done.returncode == 0, done.stderr
    with (tmp_path / "result" / "summary.csv").open(encoding="utf-8-sig") as file:
        rows = {row["cluster"]: row for row in csv.DictReader(file)}
    table = page.get_by_role("region", name="By cluster")
    for name, row in rows.items():
        shown = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True))
        values = shown.locator("data").evaluate_all("all => all.map(one => Number(one.value))")
        for measure in ("overspend_probability", "bond_posted_gbp", "practice_net_gain_gbp"):
            assert float(row[measure]) in values, (name, measure)
    # What the page says in words is what the command prints.
    net = page.locator(".first dd", has_text="£").first.locator("data").inner_text()
    assert net.split(" ±")[0].removeprefix("-£").rstrip("mk") in done.stdout
    assert (
        page.get_by_label("The same on the command line", exact=True)
        .input_value()
        .endswith(f"--contracts 400 --seed 3 {' '.join(given)}")
    )


def test_a_slider_is_moved_by_keyboard_and_all_follows(page, address):
    open_at(page, address)
    moved = page.locator(".first dd", has_text="beyond chance").first
    assert moved.count() == 0
    page.get_by_role("slider", name="Practice share, slider").focus()
    page.keyboard.press("ArrowRight")
    moved.wait_for()
    box = page.get_by_label("Practice share (%)", exact=True)
    assert box.input_value() == "10.5"
    # The link follows the figures.
    page.wait_for_function("location.search.includes('set=')")
    assert parse_qs(urlsplit(page.url).query)["set"] == [f"{SHARE}=0.105"]
    page.keyboard.press("Shift+Tab")
    assert box.evaluate("one => one === document.activeElement")
    page.keyboard.type("12.5")
    page.keyboard.press("Enter")
    page.wait_for_function(f"location.search.includes('{SHARE}%3D0.125')")
    assert page.get_by_role("slider", name="Practice share, slider").input_value() == "12.5"
    box.fill("a lot")
    page.keyboard.press("Enter")
    problem = page.get_by_role("alert").filter(has_text="1 problem").first
    problem.wait_for()
    assert f"--set {SHARE}=a lot" in problem.inner_text()
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")
    problem.wait_for(state="detached")
    assert page.get_by_label("Practice share (%)", exact=True).input_value() == "12.5"
    assert undo.evaluate("one => one === document.activeElement")


def test_what_is_pressed_after_a_box_stays_under_the_pointer(page, address):
    open_at(page, address)
    page.locator(".verdict").wait_for()
    page.get_by_label("PCT return share (%)", exact=True).fill("50")
    ticked = page.get_by_label("Needs bond").first
    ticked.scroll_into_view_if_needed()
    place = ticked.bounding_box()
    page.mouse.move(place["x"] + 8, place["y"] + 8)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_function("location.search.includes('needs_bond%3Dfalse')")
    assert not ticked.is_checked()
    told = page.locator(".verdict", has_text="Gain")
    told.wait_for()
    # Who gains and who loses is what the table says, mark and all.
    row = page.get_by_role("row").filter(
        has=page.get_by_role("rowheader", name="PCT's net position", exact=True)
    )
    change = row.get_by_role("cell").last.inner_text()
    assert change.endswith(" *")
    assert change.removesuffix(" *").replace("±", "± ") in told.inner_text().replace("\xa0", " ")


def test_a_link_that_cannot_be_read_says_so(page, address):
    open_at(page, address, set=["nothing"])
    page.locator("svg.chart").first.wait_for()
    assert "--set" in page.get_by_role("alert").filter(has_text="1 problem").first.inner_text()


def test_a_policy_is_taken_away_as_a_file_and_opened_again_by_its_link(page, address, tmp_path):
    open_at(page, address, set=f"{SHARE}=0.3")
    page.get_by_role("button", name="Set a second policy beside it").click()
    page.get_by_label("The controls change").wait_for()
    page.get_by_text("Add a rule").click()
    page.get_by_role("button", name="Add: corridor").click()
    page.wait_for_function("location.search.includes('b.set=rules.corridor')")
    page.get_by_role("columnheader", name="Policy B").wait_for()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download the policy (TOML)").click()
    saved.value.save_as(tmp_path / "policy.toml")
    rules = tomllib.loads((tmp_path / "policy.toml").read_text(encoding="utf-8"))["rules"]
    assert [one["rule"] for one in rules] == ["corridor", "surplus", "bond", "pool"]
    assert cluster_risk("check", SMALL, "--with", tmp_path / "policy.toml").returncode == 0
    page.reload()
    page.get_by_role("columnheader", name="Policy B").wait_for()
    assert page.get_by_label("The controls change").input_value() == "1"
    page.get_by_role("button", name="Make an Excel workbook").click()
    with page.expect_download() as workbook:
        page.get_by_role("link", name="policies.xlsx").click()
    assert workbook.value.suggested_filename == "policies.xlsx"


@pytest.mark.parametrize("width", [390, 1280])
def test_no_tab_has_a_fault_that_axe_can_find(browser, address, width):
    with browser.new_page(viewport={"width": width, "height": 844}) as page:
        page.set_default_timeout(WAIT_MS)
        asked = set()
        page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
        # With two policies, one of which is wrong, there is most to see.
        state = {"set": f"{SHARE}=0.3", "b": "", "b.set": f"{SHARE}=0.2", "cluster": "Small"}
        open_at(page, address, **state)
        for tab, sign in {
            "Policy": "Take it with you",
            "My cluster": "To be 95% sure that one bond",
            "Data": "Your own data",
            "Documents": "The prospectus annex",
        }.items():
            page.get_by_role("tab", name=tab).click()
            page.get_by_text(sign).first.wait_for()
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") == width
        assert asked == {urlsplit(address).netloc}


def test_a_readers_own_data_are_checked_shown_and_used(page, address, tmp_path):
    open_at(page, address)
    page.get_by_role("tab", name="Data").click()
    page.get_by_label("Actual spend to date").set_input_files(SMALL.with_name("two-clusters-actuals.csv"))
    page.get_by_text("The forecast is ready.").wait_for()
    assert page.get_by_role("region", name="Where will").is_visible()
    names = ("scenario.toml", "practices.csv", "need_weights.csv")
    files = [shutil.copy(STARTER / name, tmp_path) for name in names]
    chooser = page.get_by_label("Files: up to")
    (tmp_path / "practices.csv").write_text("practice_code,list_size\nA1,many\nA2,2000\n", encoding="utf-8")
    chooser.set_input_files(files)
    problems = page.get_by_role("alert").filter(has_text="problem")
    problems.wait_for()
    assert "practices.csv, line 2, list_size" in problems.inner_text()
    assert str(tmp_path) not in problems.inner_text()
    shutil.copy(STARTER / "practices.csv", tmp_path)
    chooser.set_input_files([])
    chooser.set_input_files(files)
    page.get_by_text("Read without a problem").wait_for()
    assert page.get_by_role("region", name="People").is_visible()
    page.get_by_role("button", name="Use this scenario").click()
    page.get_by_role("heading", name="My clusters", level=1).wait_for()


def test_a_history_is_fitted_and_the_fitted_scenario_used(page, address):
    past = STARTER / "history_example"
    open_at(page, address, tab="data")
    scenario = [past / name for name in ("clusters.toml", "practices.csv", "need_weights.csv")]
    page.get_by_label("Files: up to").set_input_files(scenario)
    page.get_by_role("button", name="Use this scenario").click()
    page.get_by_role("heading", name="Four clusters", level=1).wait_for()
    chooser = page.get_by_label("History, and lists of people")
    chooser.set_input_files(past / "lists.csv")
    problem = page.get_by_role("alert").filter(has_text="lists.csv")
    problem.wait_for()
    chooser.set_input_files([past / "history.csv", past / "lists.csv"])
    page.get_by_role("region", name="What does the history say of each figure").wait_for()
    assert page.get_by_role("columnheader", name="From", exact=True).is_visible()
    assert page.get_by_role("link", name="fitted-scenario.zip").is_visible()
    page.get_by_role("button", name="Use the fitted scenario").click()
    page.get_by_role("region", name="What does the history say").wait_for(state="detached")
    page.get_by_role("tab", name="Policy").click()
    starts = "one => one.value.startsWith('cluster-risk run fitted.toml ')"
    page.wait_for_function(f"[...document.querySelectorAll('input')].some({starts})")


def test_an_annex_shows_how_far_it_is_and_is_cancelled(page, address):
    open_at(page, address, tab="documents")
    page.get_by_role("button", name="Make the annex").click()
    page.locator("progress[max]").wait_for()
    page.get_by_role("button", name="Cancel").last.click()
    page.get_by_text("was cancelled; nothing was kept").wait_for()
    assert page.get_by_role("link", name="report.html").count() == 0


def test_a_page_of_somebody_else_cannot_use_it(page, address):
    page.goto("data:text/html,<title>somebody else's</title>")
    asked = f"""async () => {{
        const how = {{method: "POST", body: "{{}}", headers: {{"content-type": "text/plain"}}}};
        const fetched = await fetch("{address}api/run", how).then(() => "answered", () => "refused");
        const socket = new WebSocket("{address.replace("http", "ws")}{SOCKET}");
        const opened = await new Promise(tell => {{
            socket.onopen = () => tell("answered"); socket.onerror = () => tell("refused");
        }});
        return [fetched, opened];
    }}"""
    assert page.evaluate(asked) == ["refused", "refused"]
