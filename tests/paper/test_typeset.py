import sys

import pytest

from alumnistats.paper import page_count, typeset
from alumnistats.paper.results import PaperError
from alumnistats.paper.typeset import MissingCompilerError

pytest.importorskip("typst", reason="the extra alumnistats[paper] is not installed")


def changed(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_same_text_gives_the_same_pages(paper_folder, tmp_path):
    first = typeset(paper_folder)
    assert first.startswith(b"%PDF-")
    assert b"CreationDate" not in first
    assert typeset(paper_folder) == first
    moved = paper_folder.rename(tmp_path / "elsewhere")
    assert typeset(moved) == first


def test_it_has_the_pages_of_a_paper(paper_folder):
    assert 8 <= page_count(paper_folder) <= 10
    assert page_count(paper_folder) == len(typeset(paper_folder, "png"))


def test_a_key_that_is_not_there_stops_the_compiler(paper_folder):
    changed(paper_folder, "paper.typ", '#n("total")', '#n("totla")')
    with pytest.raises(PaperError, match="totla"):
        typeset(paper_folder)


def test_a_premise_that_does_not_hold_stops_the_compiler(paper_folder):
    changed(paper_folder, "paper.typ", '#premise("common_groups", "10")',
            '#premise("common_groups", "11")')  # fmt: skip
    with pytest.raises(PaperError, match="relies on common_groups being 11, not 10"):
        typeset(paper_folder)


def test_a_missing_font_is_an_error(paper_folder):
    changed(paper_folder, "layout.typ", "Libertinus Serif", "No Such Serif")
    with pytest.raises(PaperError, match="no such serif"):
        typeset(paper_folder)


def test_a_missing_text_is_an_error(tmp_path):
    with pytest.raises(PaperError, match="expected the repository's paper folder"):
        typeset(tmp_path)


def test_without_the_compiler_the_error_says_what_to_install(paper_folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingCompilerError, match=r"pip install 'alumnistats\[paper\]'"):
        typeset(paper_folder)
