"""Colours of the page: contrast of text with what it stands on, computed from the style sheet."""

import re
from importlib.resources import files

import pytest

CSS = files("alumnistats.report").joinpath("templates", "page.css").read_text(encoding="utf-8")
DARK = CSS[CSS.index("@media screen and (prefers-color-scheme: dark)") :].split("\n}\n")[0]
NAMED = r"--([a-z-]+): (#[0-9a-f]{6});"
THEMES = {
    "light": dict(re.findall(NAMED, CSS.replace(DARK, ""))),
    "dark": dict(re.findall(NAMED, DARK)),
}
TEXT, CONTROL = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
VERDICTS = ("supported", "not-supported", "contradicted", "undetermined")


def luminance(colour):
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rules():
    """Yield the text colour and background of every rule that sets one of them."""
    for body in re.findall(r"\{([^{}]*)\}", CSS):
        ink = re.search(r"(?<![a-z-])color: var\(--([a-z-]+)\)", body)
        paper = re.search(r"(?<![a-z-])background: var\(--([a-z-]+)\)", body)
        if ink or paper:
            yield ink[1] if ink else "ink", paper[1] if paper else None


def test_contrast_is_that_of_the_standard():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the known near miss


@pytest.mark.parametrize("colours", THEMES.values(), ids=THEMES)
def test_every_text_can_be_read_on_every_background_it_may_stand_on(colours):
    pairs = set()
    for ink, paper in rules():
        # A text without a background of its own stands on the page or on the head of a table.
        pairs |= {(ink, paper)} if paper else {(ink, "paper"), (ink, "band")}
    inks_of_badges = {(f"{v}-ink", v) for v in VERDICTS}
    assert inks_of_badges <= pairs
    assert {ink for ink, _ in pairs} >= {"ink", "soft", "link"}
    low = {
        (ink, paper): contrast(colours[ink], colours[paper])
        for ink, paper in pairs
        if contrast(colours[ink], colours[paper]) < TEXT
    }
    assert low == {}


def test_all_colours_are_named_so_that_none_escapes():
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", CSS)) == {
        colour for colours in THEMES.values() for colour in colours.values()
    }
    assert set(THEMES["light"]) == set(THEMES["dark"])


@pytest.mark.parametrize("colours", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("name", ["focus", "line"])
def test_borders_and_focus_are_seen(name, colours):
    assert contrast(colours[name], colours["paper"]) >= CONTROL


def test_focus_is_never_taken_away():
    assert ":focus-visible { outline: 3px solid var(--focus)" in CSS
    assert "outline: none" not in CSS
    assert "outline: 0" not in CSS
