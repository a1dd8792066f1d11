"""Names with a hyphen keep to one line of the page, and stay plain text."""

from html.parser import HTMLParser

import pytest

from cochange.reports.document import NAME

# Their texts are no text of the page, or keep their lines.
APART = ("title", "style", "script", "pre")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Change of IL-6 (pg/mL)", ["IL-6"]),
        ("hs-CRP, HAM-D17 and TNF-alpha", ["hs-CRP", "HAM-D17", "TNF-alpha"]),
        ("R-hat of a single-arm follow-up", ["R-hat"]),
        ("cochange compare-priors --out DIR", []),
        ("\N{MINUS SIGN}3.1 to -0.2 on 2026-12-01", ["2026-12-01"]),
        ("a-very-long-file-of-IL-6-and-more.csv", []),
    ],
)
def test_names_are_told_from_other_words_with_a_hyphen(text: str, names: list[str]) -> None:
    pieces = NAME.split(text)
    assert pieces[1::2] == names
    assert "".join(pieces) == text


class _Texts(HTMLParser):
    """Texts of a page inside and outside of names."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.others: list[str] = []
        self.place: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img", "input", "br"):
            self.place.append((tag, ("class", "name") in attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self.place.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, is_name = self.place[-1] if self.place else ("", False)
        if tag not in APART:
            (self.names if is_name else self.others).append(data)


def test_every_name_of_the_page_keeps_to_one_line(report) -> None:
    texts = _Texts(report.page)
    assert {"IL-6", "PHQ-9", "R-hat"} <= set(texts.names)
    assert not [text for text in texts.others if NAME.search(text)]
    assert ".name { white-space: nowrap; }" in report.page
