"""Pages to look at: of the embedded survey, and of surveys made to be awkward."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from alumnistats.analysis import analyze
from alumnistats.report import render_html
from alumnistats.sensitivity import sensitivity
from alumnistats.sources import load_survey
from alumnistats.survey import Survey

MANY = 47
SMALL = Path(__file__).parents[1] / "sensitivity" / "small.toml"
CHOICES = {
    "format": 1,
    "draws": 100,
    "designs": [
        {"kind": "grid", "dimensions": {"level": [0.5, 0.95, 0.99], "design_effect": [1.0, 2.0]}},
        {
            "kind": "one-at-a-time",
            "dimensions": {
                "left_out": "each",
                "bias": [0.1, 1.6],
                "replicate": [1],
                "sizes": ["proportional"],  # fails: the survey has no sizes of populations
            },
        },
    ],
}
NASTY = '<b>"Q&A"</b>'
HEBREW = "שירותים"


def text(en, ja=None):
    return {"en": en, "ja": ja or en}


def awkward(groups=MANY, **changes):
    """Return a survey of known counts: no claims, no rankings, labels that break careless pages."""
    sizes = [40 + 3 * (i % 7) for i in range(groups)]
    counts = [5 + (11 * i) % 30 for i in range(groups)]
    labels = {0: text(NASTY, "業種'<i>"), 1: text(HEBREW, HEBREW), 2: text("{x}", "{level}")}
    figures = [
        {"of": "use:yes", "group": f"g{i}", "count": k, "at": "table <1>"}
        for i, k in enumerate(counts)
    ]
    options = [{"id": "yes", "label": text("yes", "はい")}, {"id": "no", "label": text("no", "否")}]
    document = {
        "format": 1,
        "id": "awkward",
        "title": text("A & B </title><script>alert(1)</script>", "調査 < 1"),
        "source": {"publisher": NASTY, "url": "javascript:alert(1)", "cite": "c"},
        "groups": [
            {"id": f"g{i}", "label": labels.get(i, text(f"Group {i}", f"群{i}")), "n": n}
            for i, n in enumerate(sizes)
        ],
        "questions": [
            {"id": "use", "label": text("use", "利用"), "answers": "single", "complete": True,
             "options": options},
        ],
        "figures": figures,
    }  # fmt: skip
    return Survey.model_validate(document | changes)


VOID = {"meta", "img", "br", "link", "input", "hr"}


class Element:
    """A tag with its attributes; children are elements and texts."""

    def __init__(self, tag, attributes=(), parent=None):
        self.tag, self.attributes, self.parent = tag, dict(attributes), parent
        self.children = []

    def __getitem__(self, name):
        return self.attributes[name]

    def get(self, name, default=None):
        return self.attributes.get(name, default)

    def walk(self):
        """Yield this element and all below it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, *tags):
        return [e for e in self.walk() if e.tag in tags]

    def above(self):
        """Yield this element and those around it, from the inside out."""
        element = self
        while element is not None:
            yield element
            element = element.parent

    def text(self, lang=None):
        """Return the text below; with `lang`, without what the other language alone shows."""
        if lang and "t" in self.get("class", "").split() and self.get("lang") != lang:
            return ""
        return "".join(c if isinstance(c, str) else c.text(lang) for c in self.children)


class _Builder(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = self.at = Element("root")

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"<{tag}> has an attribute twice"
        element = Element(tag, attrs, self.at)
        self.at.children.append(element)
        if tag not in VOID:
            self.at = element

    def handle_endtag(self, tag):
        assert self.at.tag == tag, f"</{tag}> closes <{self.at.tag}>"
        self.at = self.at.parent

    def handle_data(self, data):
        self.at.children.append(data)


def read(html):
    """Return the root of a page, which must be well formed."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.at is builder.root
    return builder.root


@pytest.fixture(scope="session")
def page(html):
    return read(html)


@pytest.fixture(scope="session")
def awkward_page(awkward_html):
    return read(awkward_html)


@pytest.fixture(scope="session")
def awkward_survey():
    """Return the function that builds the survey."""
    return awkward


@pytest.fixture(scope="session")
def read_page():
    return read


@pytest.fixture(scope="session")
def analysis():
    """Return that of the embedded survey."""
    return analyze(draws=100)


@pytest.fixture(scope="session")
def html(analysis):
    return render_html(analysis)


@pytest.fixture(scope="session")
def awkward_analysis():
    return analyze(awkward())


@pytest.fixture(scope="session")
def awkward_html(awkward_analysis):
    return render_html(awkward_analysis, "ja")


@pytest.fixture(scope="session")
def choices():
    """Return a small survey under other choices."""
    return sensitivity(load_survey(SMALL), CHOICES)


@pytest.fixture(scope="session")
def explored_html(choices):
    analysis = analyze(choices.survey, draws=100)
    return render_html(analysis, "en", choices, "https://example.org/report.png")


@pytest.fixture(scope="session")
def explored_page(explored_html):
    return read(explored_html)


@pytest.fixture(scope="session")
def small_survey():
    return SMALL
