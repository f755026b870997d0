"""The page: whole, self-contained, in both languages, and escaped."""

import base64
import io
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from markupsafe import escape

from alumnistats.analysis import analyze
from alumnistats.report import render_html, write_html
from alumnistats.sources import load_survey
from alumnistats.survey import Text

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.stack, self.addresses, self.images = [], [], []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.addresses += [(tag, found[k]) for k in ("src", "href") if k in found]
        if tag == "img":
            self.images.append(found)
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag


@pytest.fixture(scope="module")
def analysis():
    return analyze(draws=150)


@pytest.fixture(scope="module")
def html(analysis):
    return render_html(analysis)


def test_well_formed_and_needs_no_network(analysis, html):
    page = Page()
    page.feed(html)
    assert not page.stack
    for tag, address in page.addresses:
        assert address.startswith("data:") or (tag, address) == ("a", analysis.survey.source.url)
    assert page.images
    assert all(image["alt"] for image in page.images)


def test_every_claim_in_both_languages(analysis, html):
    for judged in analysis.judged:
        assert f'id="claim-{judged.claim.id}"' in html
        assert escape(judged.grounds.ja) in html
        assert escape(judged.claim.text.ja) in html


def test_downloads_are_the_tables(analysis, html):
    links = re.findall(r'href="data:text/csv;base64,([^"]+)" download="([^"]+)"', html)
    addresses = {name: data for data, name in links}
    assert set(addresses) == {f"{name}.csv" for name in analysis.tables()}
    sizes = pd.read_csv(io.BytesIO(base64.b64decode(addresses["sample_sizes.csv"])))
    assert sizes["mode"].tolist() == analysis.sample_sizes["mode"].tolist()


def test_labels_cannot_inject_anything():
    survey = load_survey()
    bad = Text(en="<script>alert(1)</script>", ja="<b>x</b>")
    groups = tuple(
        g.model_copy(update={"label": bad}) if g.id == "retail" else g for g in survey.groups
    )
    page = render_html(analyze(survey.model_copy(update={"groups": groups}), draws=150))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_written_file_is_the_page(analysis, html, tmp_path):
    path = write_html(analysis, tmp_path / "report.html")
    assert path.read_text(encoding="utf-8") == html
