"""What a reader does with the explorer, apart from reading its numbers."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from cochange.reports.numbers import ABSENT, MINUS

TITLE = "Explore the answers"
SCORE, RATIO = "symptom_change/symptom_change/ancova", "marker_change/geometric_mean_ratio"


@pytest.fixture(scope="module")
def path(results, make_report, on_disk) -> Path:
    return on_disk(make_report(results, TITLE).page)


def given(browser) -> dict[str, str]:
    """What the address says of the explorer."""
    return {name: values[0] for name, values in parse_qs(urlsplit(browser.driver.current_url).fragment[8:]).items()}


def test_it_says_what_it_computed_from_what(browser, path: Path) -> None:
    browser.open(path)
    said = browser.text("aside")
    assert said.startswith(
        "With the study file's values, numbers are those of all 2,400 stored draws. The dots, and what other values "
        "give, are computed in this browser from 1,000 of them, taken at even steps in order of size: a share differs "
        "from that of all draws by about 0.0005 at most, and the last digit of a limit may differ."
    )
    assert "Tables and figures elsewhere in the report come from all draws and do not change." in said
    assert said.endswith("All values are those of the study file.")


def test_what_differs_from_the_study_file_is_said_and_taken_back(browser, path: Path) -> None:
    browser.open(path)
    before = browser.table("answers")
    browser.choose("quantity", SCORE)
    browser.choose("prior", "sceptical")
    browser.choose("group", "vigorous")
    browser.type("mass", "80")
    browser.type("smallest", "5")
    assert browser.text("aside").endswith(
        "Differs from the study file: mass 80% instead of 95%; prior set sceptical instead of reference; smallest "
        "important difference of symptom_change 5 instead of 3."
    )
    browser.at("reset").click()
    assert browser.text("aside").endswith("All values are those of the study file.")
    assert browser.table("answers") == before
    assert [browser.at(name).get_property("value") for name in ("quantity", "group", "prior", "mass", "smallest")] == [
        SCORE, "overall", "reference", "95", "3",
    ]  # fmt: skip


def test_its_address_leads_back_to_what_was_chosen(browser, path: Path) -> None:
    browser.open(path)
    browser.choose("quantity", RATIO)
    browser.choose("prior", "sceptical")
    browser.type("mass", "90")
    browser.type("smallest", "1.3")
    kept, address = browser.table("priors"), urlsplit(browser.driver.current_url).fragment
    assert given(browser) == {
        "quantity": RATIO, "group": "overall", "prior": "sceptical", "mass": "0.9",
        "smallest.geometric_mean_ratio": "1.3",
    }  # fmt: skip
    browser.open(path, f"#{address}")
    assert browser.table("priors") == kept
    browser.script("location.hash = arguments[0]", address.replace("0.9", "0.5"))
    WebDriverWait(browser.driver, 5).until(lambda _: browser.at("mass").get_property("value") == "50")
    assert browser.table("priors") != kept


def test_an_address_that_names_what_is_not_there_is_no_harm(browser, path: Path) -> None:
    browser.open(path)
    usual = browser.table("answers")
    browser.open(
        path,
        "#explore?quantity=<img src=x onerror=alert(1)>&group=nobody&prior=none&mass=7&smallest.symptom_change=-2"
        "&smallest.nothing=3&smallest.response_probability=0.1",
    )
    assert browser.table("answers") == usual
    assert browser.console() == []


def test_a_difference_can_be_taken_away(browser, path: Path) -> None:
    browser.open(path)
    browser.choose("quantity", SCORE)
    browser.type("smallest", "")
    assert [text for text, _ in browser.table("priors")["reference"][3:]] == [ABSENT] * 3
    assert given(browser)["smallest.symptom_change"] == "none"


@pytest.mark.parametrize(
    ("field", "bad", "usual"), [("mass", "20", "95"), ("mass", "99.5", "95"), ("smallest", "-1", "3")]
)
def test_what_cannot_be_is_marked_and_changes_nothing(browser, path: Path, field: str, bad: str, usual: str) -> None:
    browser.open(path)
    browser.choose("quantity", SCORE)
    before = browser.table("answers")
    browser.type(field, usual)
    browser.at(field).send_keys(Keys.CONTROL + "a")
    # Digit by digit, what is there in between may be possible: only the last is judged.
    browser.script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
        browser.at(field), bad,
    )  # fmt: skip
    assert browser.at(field).get_attribute("aria-invalid") == "true"
    assert browser.table("answers") == before
    browser.script("document.activeElement.blur()")
    WebDriverWait(browser.driver, 5).until(lambda _: browser.at(field).get_property("value") == usual)
    assert browser.at(field).get_attribute("aria-invalid") is None


def test_the_keyboard_alone_reaches_and_moves_everything(browser, path: Path) -> None:
    browser.open(path)
    browser.choose("quantity", SCORE)
    browser.script("arguments[0].focus()", browser.at("quantity"))
    reached = []
    for _ in range(7):
        reached.append(browser.script("return document.activeElement.id.replace('explore-', '')"))
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
    assert reached == ["quantity", "group", "prior", "mass-slide", "mass", "smallest-slide", "smallest"]
    browser.at("mass-slide").send_keys(Keys.ARROW_LEFT * 5)
    assert browser.at("mass").get_property("value") == "90"
    assert browser.at("mass-slide").get_attribute("aria-valuetext") == "90%"
    start = float(browser.at("smallest").get_property("value"))
    browser.at("smallest-slide").send_keys(Keys.ARROW_RIGHT * 2)
    moved = float(browser.at("smallest").get_property("value"))
    assert moved > start
    assert f"Under {MINUS}{moved:g}" in browser.text("priors")


def test_a_screen_reader_is_told_once_the_reader_rests(browser, path: Path) -> None:
    browser.open(path)
    browser.at("mass-slide").send_keys(Keys.ARROW_LEFT * 15)
    WebDriverWait(browser.driver, 5).until(lambda _: "80% equal-tailed interval" in browser.text("status"))
    assert browser.text("status") == f"{browser.text('said')} {browser.text('aside')}"
    assert browser.at("status").get_attribute("aria-live") == "polite"
    assert browser.text("said") in browser.text("figure-title")


@pytest.mark.parametrize(("scripts", "media"), [(False, "screen"), (True, "print"), (True, "screen")])
def test_the_study_files_values_stand_where_nothing_can_be_computed(
    browser, path: Path, scripts: bool, media: str
) -> None:
    browser.open(path, scripts=scripts, media=media)
    shown = [browser.driver.find_element(By.ID, name).is_displayed() for name in ("explore", "table-explore")]
    live = scripts and media == "screen"
    assert shown == [live, not live]


def test_a_failed_fit_says_so(browser, fabricate, make_report, on_disk, study) -> None:
    path = on_disk(make_report(fabricate(study, spoil="symptom_change"), TITLE).page)
    browser.open(path)
    assert not browser.at("warning").is_displayed()
    browser.choose("quantity", SCORE)
    assert browser.at("warning").text == (
        "Do not report: the fit of symptom_change under the reference prior failed its diagnostics."
    )
    assert list(browser.table("priors")) == ["reference (do not report)", "sceptical (do not report)"]


def test_names_of_the_study_file_stay_text(browser, fabricate, make_report, on_disk, variant) -> None:
    hostile = "IL-6</script><b>x</b>"
    study = variant({'name = "IL-6"': f"name = '{hostile}'"})
    browser.open(on_disk(make_report(fabricate(study, priors=("reference",)), TITLE).page))
    assert hostile in browser.text("said")
    assert hostile in browser.text("figure")
    assert browser.driver.find_elements(By.TAG_NAME, "b") == []
    assert browser.console() == []
