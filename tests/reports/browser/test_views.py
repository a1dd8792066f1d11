"""The whole report of a run, as browsers show it."""

import base64
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from cochange.reports.document import write_report


@pytest.fixture(scope="module")
def path(example_run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(example_run.results, tmp_path_factory.mktemp("whole"))


def test_it_opens_from_disk_and_asks_for_nothing_else(browser, path: Path) -> None:
    browser.open(path)
    assert browser.console() == []
    assert [address for address in browser.requests() if not address.startswith("data:")] == [path.as_uri()]
    assert browser.at("said").is_displayed()
    assert browser.script("return [...document.images].every((image) => image.naturalWidth > 0)")


def test_only_the_pages_own_script_may_run(browser, path: Path) -> None:
    browser.open(path)
    browser.script(
        "const added = document.createElement('script'); added.textContent = 'window.foreign = true';"
        "document.body.append(added)"
    )
    assert browser.script("return window.foreign === undefined")
    assert any("Content Security Policy" in message for message in browser.console())


@pytest.mark.parametrize("width", [320, 360, 600, 1200])
def test_it_does_not_scroll_sideways(browser, path: Path, width: int) -> None:
    browser.open(path, width=width)
    content, room, window = browser.script(
        "const page = document.documentElement; return [page.scrollWidth, page.clientWidth, innerWidth]"
    )
    assert window == width
    assert content == room


@pytest.mark.parametrize("dark", [False, True])
def test_paper_and_ink_follow_the_readers_scheme(browser, path: Path, dark: bool) -> None:
    browser.open(path, dark=dark)
    paper, ink = browser.script(
        "const style = getComputedStyle(document.body);"
        "return [style.backgroundColor, style.color].map((colour) => colour.match(/\\d+/g).map(Number))"
    )
    assert (sum(paper) < sum(ink)) == dark


def test_it_prints_black_on_white_without_controls(browser, path: Path) -> None:
    browser.open(path, media="print", dark=True)
    style = browser.script("const style = getComputedStyle(document.body); return [style.backgroundColor, style.color]")
    assert style == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert not browser.driver.find_element(By.TAG_NAME, "nav").is_displayed()
    printed = browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    assert base64.b64decode(printed["data"]).startswith(b"%PDF-")


@pytest.mark.parametrize(("width", "dark"), [(1200, False), (1200, True), (360, False)])
def test_axe_finds_no_barrier(browser, axe: str, path: Path, width: int, dark: bool) -> None:
    browser.open(path, width=width, dark=dark)
    browser.choose("quantity", "joint_change/symptom_change")
    browser.script(axe)
    browser.driver.set_script_timeout(120)
    found: dict[str, Any] = browser.driver.execute_async_script(
        "const done = arguments[arguments.length - 1]; axe.run(document, {resultTypes: ['violations']}).then(done)"
    )
    assert len(found["passes"]) > 20
    barriers = {item["id"]: [node["html"][:200] for node in item["nodes"]] for item in found["violations"]}
    assert barriers == {}
