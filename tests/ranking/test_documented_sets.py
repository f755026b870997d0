"""The examples of the pages on ranks give what the pages show."""

import doctest
from pathlib import Path

import matplotlib as mpl
import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"ranking.md": 31, "ranking/confidence-sets.md": 9, "ranking/pictures.md": 10}


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_run(page):
    import matplotlib.pyplot as plt

    mpl.use("agg")
    result = doctest.testfile(str(DOCS / page), module_relative=False)
    plt.close("all")
    assert result.attempted >= PAGES[page]
    assert result.failed == 0


def test_the_page_of_questions_leads_to_every_page_on_ranks():
    text = (DOCS / "ranking.md").read_text(encoding="utf-8")
    for page in (DOCS / "ranking").glob("*.md"):
        assert f"(ranking/{page.name})" in text
    assert "(methods/ranking-references.md)" in text
    assert "(ranking.md)" in (DOCS / "index.md").read_text(encoding="utf-8")
