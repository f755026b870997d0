"""The page in a browser: switch, sorting, downloads, print, a small screen, and no request at all.

Skipped where the environment variable CI is set, and where there is no Chromium.
"""

import io
import os
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from alumnistats.claims import VERDICT_LABELS
from alumnistats.sensitivity.words import label, value_text

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# None of its own business: no updates, no first run, no GPU, and no sandbox inside of containers.
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SMALL = {"width": 360, "height": 740}
PAPER = {"width": 680, "height": 960}  # A4 within margins of 15 mm, in CSS pixels
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
OVERFLOWS = "[...document.querySelectorAll('.scroll')].map(e => e.scrollWidth - e.clientWidth)"
FIRST_COLUMN = (
    "[...document.querySelectorAll('#table-sizes tbody tr')].map(r => r.cells[{}].innerText.trim())"
)

pytestmark = pytest.mark.slow  # what is recorded has no browser


@pytest.fixture(scope="module")
def browser():
    if os.environ.get("CI"):
        pytest.skip("no browser tests where CI is set")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")
    with api.sync_playwright() as running:
        started = running.chromium.launch(executable_path=program, headless=True, args=OPTIONS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(html, tmp_path_factory):
    path = Path(tmp_path_factory.mktemp("page"), "report.html")
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def awkward_address(awkward_html, tmp_path_factory):
    path = Path(tmp_path_factory.mktemp("awkward"), "report.html")
    path.write_text(awkward_html, encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def explored_address(explored_html, tmp_path_factory):
    path = Path(tmp_path_factory.mktemp("explored"), "report.html")
    path.write_text(explored_html, encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def visit(browser):
    """Return a function that opens an address; complaints and requests fail the test."""
    contexts, complaints, requests = [], [], []

    def opened(url, **options):
        contexts.append(browser.new_context(**options))
        tab = contexts[-1].new_page()
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("request", lambda request: requests.append(request.url))
        tab.goto(url)
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    assert {url.split(":")[0] for url in requests} <= {"file", "data"}
    assert sum(url.startswith("file") for url in requests) == len(contexts)


def shown_languages(tab):
    return {
        lang
        for lang in ("en", "ja")
        if tab.locator(f"h2 > .t[lang={lang}]").first.is_visible()
        and tab.locator(f"figure img[lang={lang}]").first.is_visible()
    }


def test_switch_of_the_language(visit, address):
    tab = visit(address)
    assert shown_languages(tab) == {"en"}
    english = tab.title()
    tab.get_by_role("button", name="日本語").click()
    assert shown_languages(tab) == {"ja"}
    assert tab.locator("html").get_attribute("lang") == "ja"
    assert tab.title() != english
    tab.get_by_role("button", name="English").focus()
    tab.keyboard.press("Enter")
    assert shown_languages(tab) == {"en"}
    assert tab.title() == english
    assert tab.get_by_role("button", name="English").get_attribute("aria-pressed") == "true"


def test_address_asks_for_a_language(visit, address):
    assert shown_languages(visit(address + "?lang=ja")) == {"ja"}


def test_names_that_a_screen_reader_hears_are_in_the_language_shown(visit, address):
    tab = visit(address)
    assert tab.get_by_role("navigation", name="Contents", exact=True).count() == 1
    assert tab.get_by_role("figure", name="Sample size of each group", exact=True).count() == 1
    tab.get_by_role("button", name="日本語").click()
    assert tab.get_by_role("navigation", name="目次", exact=True).count() == 1
    assert tab.get_by_role("figure", name="グループ別の標本サイズ", exact=True).count() == 1


def test_without_scripts_the_page_is_whole_and_has_no_dead_controls(visit, awkward_address):
    tab = visit(awkward_address, java_script_enabled=False)
    assert shown_languages(tab) == {"ja"}
    assert tab.locator("button:visible").count() == 0
    assert tab.locator("#table-sizes tbody tr").count() == 47


def test_sort_by_click_and_by_key(visit, awkward_address, awkward_analysis):
    tab = visit(awkward_address)
    sizes = awkward_analysis.sample_sizes["mode"].tolist()
    column = [int(x) for x in tab.evaluate(FIRST_COLUMN.format(1))]
    assert column == sizes
    head = tab.locator("#table-sizes thead th").nth(1)
    assert head.get_attribute("aria-sort") is None
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert [int(x) for x in tab.evaluate(FIRST_COLUMN.format(1))] == sorted(sizes)
    tab.keyboard.press("Space")  # the button still has the focus
    assert head.get_attribute("aria-sort") == "descending"
    assert [int(x) for x in tab.evaluate(FIRST_COLUMN.format(1))] == sorted(sizes, reverse=True)
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Enter")  # by name, in the language shown
    assert head.get_attribute("aria-sort") is None
    assert tab.locator("#table-sizes [aria-sort]").count() == 1
    names = tab.evaluate(FIRST_COLUMN.format(0))
    assert sorted(names) == sorted(group.label.ja for group in awkward_analysis.survey.groups)
    ours = [name for name in names if name.startswith("群")]
    assert len(ours) == 44
    assert ours == sorted(ours)


def test_empty_cells_stay_last_either_way(visit, address):
    tab = visit(address)
    published = (
        "[...document.querySelectorAll('#table-ranks-1 tbody tr')].map(r => r.cells[1].innerText)"
    )
    head = tab.locator("#table-ranks-1 thead th").nth(1).get_by_role("button")
    for reverse in (False, True):
        head.click()
        shown = tab.evaluate(published)
        filled = [float(x.rstrip("%")) for x in shown if x]
        assert "" in shown
        assert filled
        assert shown[len(filled) :] == [""] * (len(shown) - len(filled))
        assert filled == sorted(filled, reverse=reverse)


def test_download_of_a_table(visit, address, analysis):
    tab = visit(address)
    with tab.expect_download() as waiting:
        tab.locator(".downloads").get_by_role("link", name="sample_sizes.csv").click()
    assert waiting.value.suggested_filename == "sample_sizes.csv"
    read = pd.read_csv(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert read["mode"].tolist() == analysis.sample_sizes["mode"].tolist()


@pytest.mark.parametrize(("form", "start"), [("SVG", b"<svg"), ("PNG", b"\x89PNG")])
def test_download_of_a_picture_in_the_language_shown(visit, address, form, start):
    tab = visit(address + "?lang=ja")
    figure = tab.locator("#picture-sizes")
    with tab.expect_download() as waiting:
        figure.get_by_role("button", name=form).click()
    assert waiting.value.suggested_filename == f"sizes.{form.lower()}"
    content = Path(waiting.value.path()).read_bytes()
    assert content.startswith(start)
    assert form == "PNG" or "標本サイズ" in content.decode()


def test_every_picture_is_drawn(visit, address, awkward_address):
    broken = "[...document.images].filter(e => !e.complete || !e.naturalWidth).length"
    for url in (address, awkward_address):
        tab = visit(url)
        tab.evaluate("Promise.all([...document.images].map(e => e.decode().catch(() => 0)))")
        assert tab.evaluate(broken) == 0


def test_data_of_a_picture(visit, address, analysis):
    tab = visit(address)
    with tab.expect_download() as waiting:
        tab.locator("#picture-sizes").get_by_role("link").click()
    read = pd.read_csv(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert read["mode"].tolist() == analysis.sample_sizes["mode"].tolist()


def test_narrow_drawings_on_a_phone_and_in_print(visit, address):
    tab = visit(address, viewport=SMALL)
    shown = tab.locator("#picture-sizes img:visible")
    for media in ("screen", "print"):
        tab.emulate_media(media=media)
        assert [image.get_attribute("class") for image in shown.all()] == ["t narrow"]
        assert not tab.locator("#picture-claims").is_visible()  # the cards say it, uncut
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.emulate_media(media="screen")
    assert [image.get_attribute("class") for image in shown.all()] == ["t wide"]
    assert tab.locator("#picture-claims").is_visible()


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_print_has_less_than_twelve_pages(visit, address, lang):
    tab = visit(f"{address}?lang={lang}")
    printed = tab.pdf(prefer_css_page_size=True, format="A4")
    assert 1 < len(re.findall(rb"/Type\s*/Page\b", printed)) < 12


@pytest.mark.parametrize("name", ["x" * 120, "a long name " * 10, "とても長い名前" * 15])
def test_a_long_name_leaves_room_for_its_numbers(visit, address, name):
    tab = visit(address, viewport={"width": 1280, "height": 900})
    tab.locator("#table-ranks-1 tbody th bdi").first.evaluate("(e, n) => e.textContent = n", name)
    assert max(tab.evaluate(OVERFLOWS)) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_axe_finds_nothing(visit, address, awkward_address, explored_address, lang, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-core is not installed"
    ).Axe()
    for url in (address, awkward_address, explored_address):
        tab = visit(f"{url}?lang={lang}", color_scheme=scheme)
        for width in (390, 1280):
            tab.set_viewport_size({"width": width, "height": 900})
            found = axe.run(tab).response["violations"]
            told = [
                (one["impact"], one["id"], [node["html"][:200] for node in one["nodes"]])
                for one in found
            ]
            assert told == []


def test_skip_link_comes_first_and_is_seen(visit, address):
    tab = visit(address)
    tab.keyboard.press("Tab")
    link = tab.locator("a.skip")
    assert link.evaluate("e => e === document.activeElement")
    assert link.bounding_box()["y"] >= 0
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


def test_focus_is_drawn(visit, address):
    tab = visit(address)
    for _ in range(12):
        tab.keyboard.press("Tab")
        style = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid", tab.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_small_screen_never_scrolls_sideways(visit, address, awkward_address, explored_address):
    for url in (address, awkward_address, explored_address):
        tab = visit(url, viewport=SMALL)
        for language in ("English", "日本語"):
            tab.get_by_role("button", name=language).click()
            width, room = tab.evaluate(WIDTHS)
            assert width <= room == SMALL["width"]


def test_print_leaves_controls_out_and_cuts_no_table(visit, address):
    tab = visit(address, viewport=PAPER)
    tab.emulate_media(media="print")
    for lang in ("en", "ja"):
        tab.evaluate(f"document.documentElement.lang = '{lang}'")
        for gone in ("nav", ".languages", ".skip", ".downloads"):
            assert not tab.locator(gone).first.is_visible(), gone
        assert max(tab.evaluate(OVERFLOWS)) <= 0
        width, room = tab.evaluate(WIDTHS)
        assert width <= room
        hint = "getComputedStyle(document.querySelector('thead button'), '::after').content"
        assert tab.evaluate(hint) == '""'


def chosen_verdicts(tab, lang):
    """Return the verdict that is shown for each claim under the reader's choices, by its text."""
    rows = tab.locator("#table-explore tbody tr").all()
    cells = [
        (row.locator("th").inner_text(), row.locator("td.chosen").inner_text()) for row in rows
    ]
    labels = {label[lang]: verdict for verdict, label in VERDICT_LABELS.items()}
    return {claim.strip(): labels.get(shown.split(" ", 1)[-1].strip()) for claim, shown in cells}


def verdicts_of(choices, lang, **settings):
    """Return the verdicts of the scenario that differs from the base by these settings."""
    base = choices.plan.scenarios[0].settings()
    wanted = [s.settings() for s in choices.plan.scenarios].index(base | settings)
    found = {claim["id"]: claim["verdict"] for claim in choices.finished[wanted].claims}
    return {claim.text.get(lang): found.get(claim.id) for claim in choices.survey.claims}


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("viewport", [None, SMALL], ids=["screen", "phone"])
def test_another_choice_shows_its_verdicts(visit, explored_address, choices, lang, viewport):
    tab = visit(f"{explored_address}?lang={lang}", **({"viewport": viewport} if viewport else {}))
    assert chosen_verdicts(tab, lang) == verdicts_of(choices, lang)
    status = tab.get_by_role("status")
    assert status.locator("li").count() == 0
    tab.get_by_label(label("level", lang)).select_option(value_text(0.5, lang))
    expected = verdicts_of(choices, lang, level=0.5)
    assert chosen_verdicts(tab, lang) == expected
    before = verdicts_of(choices, lang)
    differ = [text for text, verdict in expected.items() if verdict != before[text]]
    assert differ
    assert status.locator("li").count() == len(differ)
    for item, text in zip(status.locator("li").all(), differ, strict=True):
        assert item.inner_text().startswith(text)
        assert VERDICT_LABELS[expected[text]][lang] in item.inner_text()
    tab.get_by_label(label("design_effect", lang)).select_option("2")
    assert chosen_verdicts(tab, lang) == verdicts_of(choices, lang, level=0.5, design_effect=2.0)
    tab.get_by_role("button", name={"en": "All as usual", "ja": "標準の選択に戻す"}[lang]).click()
    assert chosen_verdicts(tab, lang) == before


def test_choices_by_keyboard_that_were_not_computed_together(visit, explored_address, choices):
    tab = visit(explored_address)
    tab.get_by_label(label("level", "en")).focus()
    tab.keyboard.press("End")
    assert chosen_verdicts(tab, "en") == verdicts_of(choices, "en", level=0.99)
    bias = tab.get_by_label(label("bias", "en"))
    bias.focus()
    tab.keyboard.press("End")
    assert chosen_verdicts(tab, "en") == verdicts_of(choices, "en", bias=1.6)
    said = tab.get_by_role("status").inner_text()
    assert "level = 0.95" in said
    assert tab.get_by_label(label("level", "en")).input_value() == "1"
    tab.get_by_role("button", name="日本語").click()
    assert "信頼水準 = 0.95" in tab.get_by_role("status").inner_text()
    shown = tab.get_by_label(label("left_out", "ja")).locator("option").all_inner_texts()
    assert shown[0] == value_text("none", "ja")


def test_a_choice_without_a_result_says_so(visit, explored_address, choices):
    tab = visit(explored_address)
    tab.locator("details > summary").evaluate_all("all => all.forEach(e => e.click())")
    tab.get_by_label(label("sizes", "en")).select_option(value_text("proportional", "en"))
    assert set(chosen_verdicts(tab, "en").values()) == {None}
    assert "No verdicts" in tab.get_by_role("status").inner_text()
    assert verdicts_of(choices, "en", sizes="proportional") == chosen_verdicts(tab, "en")


def test_choices_are_left_out_of_print(visit, explored_address):
    tab = visit(explored_address)
    tab.emulate_media(media="print")
    assert not tab.locator("#explore").is_visible()
