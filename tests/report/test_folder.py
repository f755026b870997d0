"""The folder of an analysis: its page and its files show the same figures, each drawn once."""

from collections import Counter
from dataclasses import replace

import pytest

from alumnistats.figures import FIGURES, figure_files
from alumnistats.report import render_html
from alumnistats.report.folder import folder_contents


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_figures_are_drawn_once_for_file_and_page(awkward_analysis, lang, monkeypatch):
    alone = dict(figure_files(awkward_analysis, lang))
    page = render_html(awkward_analysis, lang)
    drawn = Counter()

    def counting(name, draw):
        def counted(result, *subject, ax, lang):
            drawn[name, subject, lang, round(ax.figure.get_figwidth(), 2)] += 1
            return draw(result, *subject, ax=ax, lang=lang)

        return counted

    for name, kind in FIGURES.items():
        monkeypatch.setitem(FIGURES, name, replace(kind, draw=counting(name, kind.draw)))
    contents = folder_contents(awkward_analysis, lang)
    assert set(drawn.values()) == {1}
    assert len({width for *_, width in drawn}) == 2
    assert contents["report.html"].decode() == page
    assert {k: v for k, v in contents.items() if k.startswith("figures/")} == {
        f"figures/{name}": content for name, content in alone.items()
    }
