"""The picture of a shared page: of the size that sites ask for, nothing cut, and named in it."""

import struct
from collections import Counter
from itertools import combinations

import pytest

from alumnistats.errors import ArgumentError
from alumnistats.report import write_html
from alumnistats.report.share import (
    HEIGHT,
    WIDTH,
    drawn_share,
    picture_address,
    share_picture,
)
from alumnistats.style import styled


def metas(page):
    return {m.get("property") or m.get("name"): m.get("content") for m in page.all("meta")}


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("kind", ["analysis", "awkward_analysis"])
def test_texts_are_inside_and_apart(request, kind, lang):
    given = request.getfixturevalue(kind)
    with styled(lang, width=WIDTH / 100):
        figure = drawn_share(given, lang)
        renderer = figure.canvas.get_renderer()
        texts = [t for t in figure.axes[0].texts if t.get_text()]
        boxes = [text.get_window_extent(renderer) for text in texts]
    for box in boxes:
        assert 0 <= box.x0 < box.x1 <= WIDTH
        assert 0 <= box.y0 < box.y1 <= HEIGHT
    assert not [1 for one, other in combinations(boxes, 2) if one.overlaps(other)]
    shown = [text.get_text() for text in texts]
    counts = Counter(one.verdict for one in given.judged).values()
    assert sorted(int(t) for t in shown if t.isdigit()) == sorted(counts)
    assert not any("…" in text for text in shown)


def test_picture_has_the_size_that_sites_ask_for(analysis):
    picture = share_picture(analysis, "ja")
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (WIDTH, HEIGHT) == (1200, 630)


def test_address_of_the_picture_is_full():
    assert picture_address("https://a.org/b/report.html", "c.png") == "https://a.org/b/c.png"
    assert picture_address("https://a.org/b/", "c.png") == "https://a.org/b/c.png"
    with pytest.raises(ArgumentError, match="full address"):
        picture_address("report.html", "c.png")


def test_page_names_its_picture_and_finding(explored_page, page):
    said = metas(explored_page)
    assert said["og:image"] == "https://example.org/report.png"
    assert said["og:title"] == explored_page.all("title")[0].text()
    [lead] = [p for p in explored_page.all("p") if p.get("class") == "lead"]
    assert said["og:description"] == lead.text("en")
    assert said["og:locale"] == "en_US"
    assert "og:image" not in metas(page)  # its address is not known


def test_picture_is_written_beside_a_page_whose_address_is_known(analysis, tmp_path, monkeypatch):
    monkeypatch.setattr("alumnistats.report.html.render_html", lambda *given: given[3])
    monkeypatch.setattr("alumnistats.report.html.share_picture", lambda *given: given[1].encode())
    write_html(analysis, tmp_path / "page.html", "ja")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    path = write_html(analysis, tmp_path / "page.html", "ja", url="https://a.org/page.html")
    assert path.read_text() == "https://a.org/page.png"
    assert (tmp_path / "page.png").read_text() == "ja"
