"""Where the lines of a page break."""

import pytest

WIDTHS = range(320, 521, 40)
# Pieces of the page's texts that go over two lines.
BROKEN = """
const found = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const node = walk.currentNode;
  if (node.parentElement.closest("script, style, pre, option")) continue;
  for (const match of node.textContent.matchAll(new RegExp(arguments[0], "g"))) {
    const range = document.createRange();
    range.setStart(node, match.index);
    range.setEnd(node, match.index + match[0].length);
    if (new Set([...range.getClientRects()].map((place) => place.top)).size > 1) found.push(match[0]);
  }
}
return found;
"""


@pytest.mark.parametrize("pattern", ["IL-6", "PHQ-9", "R-hat", "[\N{MINUS SIGN}-]\\d"])
def test_neither_names_nor_negative_numbers_break(browser, on_disk, report, pattern: str) -> None:
    path = on_disk(report.page)
    for width in WIDTHS:
        browser.open(path, width=width)
        assert browser.script(BROKEN, pattern) == [], width


def test_names_would_break_at_their_hyphens(browser, on_disk, report) -> None:
    path = on_disk(report.page.replace(".name { white-space: nowrap; }", ""))
    broken = []
    for width in WIDTHS:
        browser.open(path, width=width)
        broken += browser.script(BROKEN, "IL-6")
    assert broken


def test_a_copied_name_has_its_plain_hyphen(browser, on_disk, report) -> None:
    browser.open(on_disk(report.page))
    copied = browser.script("getSelection().selectAllChildren(document.body); return getSelection().toString()")
    assert "geometric mean of IL-6" in copied
