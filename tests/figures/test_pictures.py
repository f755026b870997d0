"""Figures against committed pictures, so that a change of how they look is seen.

Where a change is meant, write them anew: ``python tests/figures/test_pictures.py``.
"""

from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.testing.compare import compare_images

from alumnistats.figures import FIGURES, drawn, figure_bytes

PICTURES = Path(__file__).with_name("baseline")
SHOWN = [
    ("agreement", "en"), ("proportions", "en"), ("ranks", "ja"), ("pairs", "en"), ("claims", "ja"),
]  # fmt: skip
DOTS = 60  # an inch: small files
# matplotlib draws letters by another release of FreeType from one minor version to the next, and
# lays figures out around them: pictures are those of one.
VERSION = "3.10"
# Root mean square of 255 shades. Processors differ in the last digits of a share, which moves an
# edge by less than a pixel: well below 1. A label in the other language is above 8.
TOLERANCE = 3.0


def picture(sources, name, lang):
    kind = FIGURES[name]
    result = getattr(sources, kind.source)
    subject = None if kind.subjects is None else kind.subjects(result)[0]
    return figure_bytes(drawn(name, result, subject, lang, "single"), lang, "png", DOTS)


@pytest.mark.skipif(
    not mpl.__version__.startswith(VERSION + "."), reason=f"pictures of matplotlib {VERSION}"
)
@pytest.mark.parametrize(("name", "lang"), SHOWN)
def test_figure_looks_as_it_did(sources, name, lang, tmp_path):
    found = tmp_path / f"{name}-{lang}.png"
    found.write_bytes(picture(sources, name, lang))
    assert compare_images(str(PICTURES / found.name), str(found), TOLERANCE) is None


def test_the_tolerance_tells_figures_apart(sources, tmp_path):
    files = []
    for lang in ("en", "ja"):
        files.append(tmp_path / f"{lang}.png")
        files[-1].write_bytes(picture(sources, "agreement", lang))
    assert compare_images(*map(str, files), TOLERANCE) is not None


if __name__ == "__main__":
    from alumnistats.analysis import analyze
    from alumnistats.figures import Sources

    PICTURES.mkdir(exist_ok=True)
    small = Path(__file__).parents[1] / "sensitivity" / "small.toml"
    drawn_from = Sources(analyze(small, draws=100))
    for one, language in SHOWN:
        path = PICTURES / f"{one}-{language}.png"
        path.write_bytes(picture(drawn_from, one, language))
