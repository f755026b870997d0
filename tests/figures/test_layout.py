"""Nothing overlaps, nothing is cut, no type is too small: in both languages and every width."""

from dataclasses import replace
from functools import partial

import pytest

from alumnistats.figures import FIGURES, WIDTHS, drawn
from alumnistats.style import new_axes, styled
from alumnistats.survey import Survey

LONG = {
    "en": "Manufacturing of unusually long-named instruments, and their distribution, in the ",
    "ja": "とても長い名前を持つ器具の製造業およびその流通に関する業界のうち",
}


def subject_of(kind, result):
    return None if kind.subjects is None else kind.subjects(result)[0]


def check(problems, name, sources, lang, width):
    kind = FIGURES[name]
    result = getattr(sources, kind.source)
    figure = drawn(name, result, subject_of(kind, result), lang, width)
    assert figure.get_figwidth() == WIDTHS[width]
    with styled(lang, width=figure.get_figwidth()):
        assert problems(figure) == []  # a missing glyph is a warning, and warnings are errors
    return figure


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", FIGURES)
def test_layout(problems, sources, name, lang, width):
    figure = check(problems, name, sources, lang, width)
    assert figure.axes[0].get_title(loc="left")
    assert figure.get_supxlabel().startswith({"en": "Source", "ja": "出典"}[lang])


@pytest.fixture(scope="module")
def long(sources):
    """The same analysis with labels that no row can hold."""
    document = sources.analysis.survey.model_dump(by_alias=True, mode="json", exclude_none=True)
    for record in [*document["groups"], *document["measures"]]:
        record["label"] = {lang: LONG[lang] + record["label"][lang] for lang in record["label"]}
    for claim in document["claims"]:
        claim["text"] = {lang: 3 * LONG[lang] + claim["text"][lang] for lang in claim["text"]}
    survey = Survey.model_validate(document)
    judged = [replace(one, claim=survey.claim(one.claim.id)) for one in sources.analysis.judged]
    return replace(sources, analysis=replace(sources.analysis, survey=survey, judged=judged))


@pytest.mark.parametrize("width", ["single", "double"])
@pytest.mark.parametrize(
    ("name", "lang"),
    [
        ("agreement", "en"),
        ("proportions", "ja"),
        ("ranks", "en"),
        ("pairs", "ja"),
        ("claims", "en"),
    ],
)
def test_long_labels_are_broken_or_shortened(problems, long, name, lang, width):
    figure = check(problems, name, long, lang, width)
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert all("\n" in text or text.endswith("…") for text in names)


def test_what_is_wrong_is_found(problems):
    ax = new_axes(3, 2)
    ax.text(0.5, 0.5, "one text", transform=ax.transAxes)
    ax.text(0.52, 0.5, "another", transform=ax.transAxes)
    ax.text(0.9, 0.2, "cut, as it is too long", transform=ax.transAxes).set_in_layout(False)
    ax.text(0.1, 0.1, "tiny", transform=ax.transAxes, fontsize=4)
    ax.plot([0, 1], label="a line")
    ax.legend(loc="upper left")
    found = " ".join(problems(ax.figure))
    for words in ("overlap: 'one text'", "outside the canvas: 'cut", "4.0 points", "covers data"):
        assert words in found


RESULTS = {
    "forest": lambda sources: sources.analysis.pooled["visits"].plot_forest,
    "shrinkage": lambda sources: sources.analysis.pooled["visits"].plot_shrinkage,
    "ranks": lambda sources: sources.analysis.ranked["visits"].plot,
    "intervals": lambda sources: sources.analysis.ranked["visits"].plot_intervals,
    "pairwise": lambda sources: sources.analysis.ranked["visits"].plot_pairwise,
    "comparisons": lambda sources: partial(
        sources.analysis.ranked["visits"].plot_comparisons, sources.analysis.survey.group_ids[0]
    ),
    "tornado": lambda sources: partial(
        sources.sensitivity.plot_tornado, sources.sensitivity.varying_claims()[0]
    ),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", RESULTS)
def test_results_draw_themselves_on_axes_of_any_make(problems, sources, name, lang, width):
    ax = new_axes(WIDTHS[width], 5)  # made under other settings, as a reader's own are
    RESULTS[name](sources)(ax=ax, lang=lang)
    assert problems(ax.figure) == []  # drawn under other settings, too: no glyph is missing
    names = [label.get_text() for label in ax.get_yticklabels()]
    if name != "tornado":
        label = sources.analysis.survey.label(sources.analysis.survey.group_ids[0], lang)
        assert any(label in text for text in names)
