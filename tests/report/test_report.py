"""The page: whole, self-contained, complete in both languages, accessible, and escaped."""

import base64
import hashlib
import io
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from urllib.parse import unquote

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alumnistats.analysis import analyze
from alumnistats.claims import VERDICT_LABELS
from alumnistats.errors import ArgumentError
from alumnistats.report import render_html, write_html
from alumnistats.report.pictures import FAMILIES, compact_svg, svg_address
from alumnistats.report.sections import place_words
from alumnistats.report.words import words

pytestmark = pytest.mark.slow  # the page with all of its pictures takes 26 s to make

LARGEST = 3_000_000  # bytes
DRAWN = {"svg", "g", "defs", "style", "path", "use", "text", "tspan", "clipPath", "rect", "image"}
NEUTRAL = re.compile(r"[\d\s.,:;%+−–…·<>≤≥=()∞↕✓✕?/-]*|n|p")  # reads the same in both languages


@pytest.fixture(params=["page", "awkward_page", "explored_page"])
def any_page(request):
    return request.getfixturevalue(request.param)


def test_one_file_of_moderate_size_that_fetches_nothing(any_page, html):
    assert len(html.encode()) < LARGEST
    for element in any_page.walk():
        assert element.tag not in ("link", "iframe", "object", "embed", "base", "form")
        assert "srcset" not in element.attributes
        assert not any(name.startswith("on") or name == "style" for name in element.attributes)
        assert element.get("src", "data:").startswith("data:")
    for style in any_page.all("style", "script"):
        assert not re.search(r"url\(|@import|https?:|fetch|XMLHttp|Storage|cookie", style.text())


def test_policy_admits_this_style_and_script_and_no_address(any_page):
    policy = next(m for m in any_page.all("meta") if m.get("http-equiv"))["content"]
    assert policy.startswith("default-src 'none'; img-src data:;")
    for tag in ("style", "script"):
        [element] = [e for e in any_page.all(tag) if e.get("type") != "application/json"]
        digest = base64.b64encode(hashlib.sha256(element.text().encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_links_lead_to_the_source_or_into_the_page(page, analysis):
    ids = {e["id"] for e in page.walk() if "id" in e.attributes}
    for link in page.all("a"):
        address = link["href"]
        if address.startswith("#"):
            assert address[1:] in ids
        else:
            assert address == analysis.survey.source.url or address.startswith("data:text/csv")


def test_ids_are_unique_and_references_lead_somewhere(any_page):
    ids = [e["id"] for e in any_page.walk() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in any_page.walk():
        if "aria-labelledby" in element.attributes:
            assert set(element["aria-labelledby"].split()) <= set(ids)  # a list of ids


def test_headings_landmarks_and_skip_link(any_page):
    levels = [int(e.tag[1]) for e in any_page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for tag in ("header", "nav", "main", "footer"):
        assert len(any_page.all(tag)) == 1
    [body] = any_page.all("body")
    first = next(c for c in body.children if not isinstance(c, str))
    assert (first.tag, first["href"]) == ("a", "#main")
    order = [h["id"] for h in any_page.all("main")[0].all("h2")]
    assert [id for id in order if id != "explore"] == [
        "verdicts",
        "rankings",
        "sizes",
        "comparisons",
        "method",
        "downloads",
    ]


def test_pictures_say_what_they_show_in_both_languages(any_page):
    figures = any_page.all("figure")
    assert figures
    for figure in figures:
        images = figure.all("img")
        kinds = ["wide"] if figure.get("class") == "wide" else ["wide", "narrow"]
        assert [(image["class"], image["lang"]) for image in images] == [
            (f"t {kind}", lang) for kind in kinds for lang in ("en", "ja")
        ]
        assert images[0]["alt"] != images[1]["alt"]
        assert all(len(image["alt"]) > 20 for image in images)
        [caption] = figure.all("figcaption")
        assert caption.text("en").strip()
        assert caption.text("ja").strip()
        for image in images:
            root = ET.fromstring(unquote(image["src"].removeprefix("data:image/svg+xml,")))
            assert root.tag.endswith("svg")
            start = {"en": "Source: ", "ja": "出典："}[image["lang"]]
            assert any((e.text or "").startswith(start) for e in root.iter())


def test_tables_name_their_columns_and_rows(any_page):
    tables = any_page.all("table")
    assert tables
    for table in tables:
        assert len(table.all("caption")) == 1
        assert all(h["scope"] == "col" for h in table.all("thead")[0].all("th"))
        for row in table.all("tbody")[0].all("tr"):
            assert [h["scope"] for h in row.all("th")] == ["row"]
            assert len(row.all("th", "td")) == len(table.all("thead")[0].all("th"))
        around = next(e for e in table.above() if e.get("role") == "region")
        assert around["tabindex"] == "0"


def test_no_text_is_there_in_one_language_only(any_page):
    for element in any_page.walk():
        if element.tag in ("style", "script", "title"):
            continue
        marked = [
            c for c in element.children
            if not isinstance(c, str) and "t" in c.get("class", "").split()
        ]  # fmt: skip
        assert [c["lang"] for c in marked] == ["en", "ja"] * (len(marked) // 2)
        for child in marked:
            assert child.tag == "img" or child.text().strip()
        around = list(element.above())
        told = any("lang" in e.attributes and e.tag != "html" for e in around)
        # What the survey wrote once, such as a citation; or the same label in both languages.
        own = any(e.get("translate") == "no" or e.tag == "bdi" for e in around)
        if element.tag == "option":  # the script changes it with the language
            lang = next(e["lang"] for e in around if e.tag == "html")
            assert element.text() == element[f"data-{lang}"]
            assert {"data-en", "data-ja"} < set(element.attributes)
            continue
        for text in (c for c in element.children if isinstance(c, str)):
            assert told or own or NEUTRAL.fullmatch(text), text
        assert "aria-label" not in element.attributes  # could only be in one


def test_language_of_the_page(awkward_page, page, analysis):
    assert page.all("html")[0]["lang"] == "en"
    assert awkward_page.all("html")[0]["lang"] == "ja"
    assert awkward_page.all("title")[0].text() == "独立検証：調査 < 1"
    with pytest.raises(ArgumentError, match="lang"):
        render_html(analysis, "de")


def test_works_without_a_script(page):
    assert "hidden" in next(e for e in page.walk() if e.get("class") == "languages").attributes
    assert [b["lang"] for b in page.all("button")] == ["en", "ja"]  # nothing else needs one


def test_every_claim_with_its_verdict_in_words(page, analysis):
    [table] = [t for t in page.all("table") if t["id"] == "table-claims"]
    rows = table.all("tbody")[0].all("tr")
    assert len(rows) == len(analysis.judged)
    for lang in ("en", "ja"):
        shown = {
            row.all("th")[0].text(lang): row.all("td")[0].text(lang).split(" ", 1)[1]
            for row in rows
        }
        for judged in analysis.judged:
            said = judged.claim.text.get(lang) + getattr(judged.grounds, lang)
            said += place_words(judged.claim.at)[lang]
            assert shown[said] == VERDICT_LABELS[judged.verdict][lang]


def test_numbers_are_those_of_the_tables(page, analysis):
    [table] = [t for t in page.all("table") if t["id"] == "table-sizes"]
    shown = [
        int(row.all("td")[0].text().replace(",", ""))
        for row in table.all("tbody")[0].all("tr")
    ]  # fmt: skip
    assert shown == analysis.sample_sizes["mode"].tolist()
    pairs = analysis.comparisons[analysis.comparisons["test"] == "fisher-mid-p"]
    for place, of in enumerate(analysis.ranked, start=1):
        mine = pairs[pairs["of"] == of]
        said = f"Of {len(mine)} pairs of groups, {mine['significant'].sum()} differ"
        heading = next(h for h in page.all("h3") if h.get("id") == f"comparison-{place}")
        assert heading.text("en") == analysis.survey.label(of)
        assert said in heading.parent.text("en")


def test_downloads_are_the_tables(page, analysis):
    links = {a["download"]: a["href"] for a in page.all("a") if "download" in a.attributes}
    assert set(links) == {f"{name}.csv" for name in analysis.tables()}
    for name in ("sample_sizes", "claims"):
        data = base64.b64decode(links[f"{name}.csv"].split("base64,")[1])
        read = pd.read_csv(io.BytesIO(data))
        assert len(read) == len(analysis.tables()[name])
        assert list(read.columns) == list(analysis.tables()[name].columns)


def test_awkward_survey_is_shown_as_it_is(awkward_page, awkward_html, awkward_analysis):
    labels = awkward_analysis.survey.groups
    [sizes] = [t for t in awkward_page.all("table") if t["id"] == "table-sizes"]
    assert len(sizes.all("thead")[0].all("th")) == 2  # published sizes have no probability
    for table in ("table-sizes", "table-ranks-1"):
        [found] = [t for t in awkward_page.all("table") if t["id"] == table]
        names = {h.text("en") for h in found.all("tbody")[0].all("th")}
        assert names == {group.label.en for group in labels}
    assert "<script>alert(1)" not in awkward_html
    assert len(awkward_page.all("script")) == 1
    assert not [a for a in awkward_page.all("a") if a["href"].startswith("javascript")]
    assert "主張がない" in awkward_page.all("main")[0].text("ja")
    assert not [t for t in awkward_page.all("table") if t["id"] == "table-conventions"]


def test_pictures_show_labels_as_they_are(awkward_page, awkward_analysis):
    labels = [group.label for group in awkward_analysis.survey.groups[:3]]  # tags, Hebrew, braces
    [figure] = [f for f in awkward_page.all("figure") if f["id"] == "picture-sizes"]
    for image in figure.all("img"):
        root = ET.fromstring(unquote(image["src"].removeprefix("data:image/svg+xml,")))
        texts = {(e.text or "") for e in root.iter()}
        assert {label.get(image["lang"]) for label in labels} <= texts
        assert {e.tag.split("}")[1] for e in root.iter()} <= DRAWN


def test_survey_that_publishes_nothing_by_group(awkward_survey, read_page):
    whole = [{"of": "use:yes", "group": "overall", "percent": "43.5", "at": "t"}]
    survey = awkward_survey(groups=3, figures=whole)
    shown = read_page(render_html(analyze(survey, draws=100)))
    assert "no groups are ranked" in shown.all("main")[0].text("en")


@given(st.text(st.characters(exclude_categories=["C"])))
def test_address_of_a_picture_decodes_to_the_picture(text):
    svg = "<svg>" + text.translate({ord("<"): "&lt;", ord("&"): "&amp;"}) + "</svg>"
    address = svg_address(svg)
    assert not set(address) & set('"<>&#\n')
    decoded = ET.fromstring(unquote(address.split(",", 1)[1])).text or ""
    assert decoded.replace("'", '"') == text.replace("'", '"')


def test_compact_picture_keeps_its_paths_to_a_hundredth_and_names_its_fonts_once():
    long = '<?xml version="1.0"?>\n<svg width="10.12345">\n <metadata>x</metadata><!-- c -->\n'
    long += ' <path d="M 1.23456 2 \nL -3.98765 4"/>\n <text style="font-size: 8px; font-family: '
    long += (
        '\'A\', \'B\'; text-anchor: end" x="1" transform="rotate(-0 1.25 2)">1.2345</text></svg>\n'
    )
    assert compact_svg(long, "ja") == (
        f'<svg font-family="{FAMILIES["ja"]}" width="10.12345"><path d="M 1.23 2 L -3.98 4"/>'
        '<text style="font-size: 8px; text-anchor: end" x="1">1.2345</text></svg>'
    )


def test_pictures_can_be_searched_and_lead_to_their_data(page, analysis):
    group = analysis.survey.groups[0].label.en
    figures = {f["id"]: f for f in page.all("figure")}
    shares = unquote(figures["picture-shares-1"].all("img")[0]["src"])
    assert f">{group}</text>" in shares
    for figure in figures.values():
        [link] = figure.all("a")
        assert link.text() == f"{link['href'].removeprefix('#file-')}.csv"
        [key] = [e for e in figure.walk() if e.get("class") == "note"]
        assert len(key.text("en")) > 20
    files = [e["data-name"] for e in page.walk() if "data-name" in e.attributes]
    assert len(files) == len(set(files)) == len(figures)


def test_columns_beside_a_claim_are_explained(page):
    [table] = [t for t in page.all("table") if t["id"] == "table-claims"]
    heads = [head.text("en") for head in table.all("thead")[0].all("th")]
    section = next(e for e in table.above() if e.tag == "section")
    assert {"Verdict", "Claim", *(dt.text("en") for dt in section.all("dt"))} >= set(heads)


def test_right_to_left_labels_are_isolated_in_sentences():
    said = words("at {x}: 1", "{x}:1", x={"en": "שלום", "ja": "b"})
    assert said == {"en": "at \u2068שלום\u2069: 1", "ja": "b:1"}


def test_written_file_is_the_page(analysis, tmp_path, monkeypatch):
    monkeypatch.setattr("alumnistats.report.html.render_html", lambda *given: f"{given[1]} 判定")
    path = write_html(analysis, tmp_path / "report.html", "ja")
    assert path.read_text(encoding="utf-8") == "ja 判定"


def test_places_are_said_in_both_languages():
    shown = place_words(["section 6, paragraph 2", "closing, paragraph 7"])
    assert shown == {
        "en": "section 6, paragraph 2; closing, paragraph 7",
        "ja": "第6節第2段落、結び第7段落",
    }
    assert place_words(["annex B"])["ja"] == "annex B"


def test_page_says_what_it_is_and_what_was_found(page):
    assert page.all("h1")[0].text("en").startswith("An independent check of: ")
    leads = [p for p in page.all("p") if p.get("class") == "lead"]
    assert "statements about rank are supported" in leads[0].text("en")
    described = [m for m in page.all("meta") if m.get("name") == "description"]
    assert described[0]["content"] == leads[0].text("en")


def test_cells_of_cards_say_their_column(page):
    [table] = [t for t in page.all("table") if t["id"] == "table-claims"]
    heads = [[head.text(lang) for head in table.all("thead")[0].all("th")] for lang in ("en", "ja")]
    for row in table.all("tbody")[0].all("tr"):
        cells = [c for c in row.children if getattr(c, "tag", "") in ("td", "th")]
        assert [[c[f"data-{lang}"] for c in cells] for lang in ("en", "ja")] == heads


def test_brackets_of_the_publisher_are_those_of_the_language(page):
    [head] = page.all("header")
    publisher = head.all("dd")[0]
    assert publisher.text("en") == "株式会社ハッカズーク (Hackazouk Co., Ltd.)"
    assert publisher.text("ja") == "株式会社ハッカズーク（Hackazouk Co., Ltd.）"
