"""A headless Chromium that opens reports from disk."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

AXE = Path(__file__).resolve().parents[3] / ".cache" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
DESK, PHONE = 1200, 360


def absent(reason: str) -> None:
    """Skip for want of a tool, or fail where browser tests are required."""
    if "browser" in os.environ.get("COCHANGE_REQUIRE", ""):
        pytest.fail(reason)
    pytest.skip(reason)


class Browser:
    """One browser window."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(
        self,
        path: Path,
        fragment: str = "",
        width: int = DESK,
        dark: bool = False,
        media: str = "screen",
        scripts: bool = True,
    ) -> None:
        """Open a file in a window of a width, as a reader with these settings would."""
        command = self.driver.execute_cdp_cmd
        self.driver.get("about:blank")
        self.console()
        self.requests()
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == PHONE}
        command("Emulation.setDeviceMetricsOverride", size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        command("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})
        command("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        self.driver.get(path.as_uri() + fragment)

    def console(self) -> list[str]:
        """What the console was told since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Every address asked for since this was last asked, of whatever kind."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [item["params"]["request"]["url"] for item in events if item["method"] == "Network.requestWillBeSent"]

    def script(self, text: str, *arguments: Any) -> Any:
        """Run a script in the page, and what it returns."""
        return self.driver.execute_script(text, *arguments)

    def at(self, name: str) -> WebElement:
        """An element of the explorer."""
        return self.driver.find_element(By.ID, f"explore-{name}")

    def text(self, name: str) -> str:
        """Its text, seen or not."""
        return str(self.at(name).get_property("textContent"))

    def choose(self, name: str, value: str) -> None:
        """Choose from a list."""
        Select(self.at(name)).select_by_value(value)

    def type(self, name: str, text: str) -> None:
        """Write over what a field holds, and leave it."""
        self.at(name).send_keys(Keys.CONTROL + "a")
        self.at(name).send_keys(text or Keys.DELETE)
        self.script("document.activeElement.blur()")

    def table(self, name: str) -> dict[str, list[tuple[str, str]]]:
        """Rows of a table by their names: each cell as it is printed, and the number behind it."""
        rows = self.script(
            "return [...arguments[0].tBodies[0].rows].map((row) => [row.cells[0].textContent, "
            "[...row.querySelectorAll('data')].map((cell) => [cell.textContent, cell.value])])",
            self.at(name),
        )
        return {label: [tuple(cell) for cell in cells] for label, cells in rows}


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Skips where Chromium or its driver is absent, fails where they are required."""
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        absent("chromium and chromedriver are not on the path; make browser installs them")
    options = webdriver.ChromeOptions()
    options.binary_location = str(chromium)
    profile = tmp_path_factory.mktemp("profile")
    for argument in ("headless=new", "no-sandbox", "disable-dev-shm-usage", f"user-data-dir={profile}"):
        options.add_argument(f"--{argument}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(chromedriver)))
    try:
        yield Browser(driver)
    finally:
        driver.quit()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core; skips where it is absent, fails where it is required."""
    if not AXE.is_file():
        absent(f"axe-core is not at {AXE}; make browser fetches it")
    return AXE.read_text("utf-8")


@pytest.fixture(scope="session")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Write a page to a folder of its own."""

    def write(page: str) -> Path:
        path = tmp_path_factory.mktemp("page") / "report.html"
        path.write_text(page, "utf-8")
        return path

    return write
