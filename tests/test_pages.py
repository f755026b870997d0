"""The built pages, without building them: what is reachable, what the interface page holds."""

import importlib
import importlib.util
import inspect
import re
import sys
from pathlib import Path

import pytest

import alumnistats as al

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
API = (DOCS / "api.md").read_text(encoding="utf-8")


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def formulas():
    return load(DOCS / "extensions" / "formulas.py")


@pytest.fixture(scope="module")
def citation():
    return load(DOCS / "extensions" / "citation.py")


@pytest.fixture(scope="module")
def build():
    return load(DOCS / "build.py")


def entries(page):
    """Return the pages that a page's toctrees name."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^```\{toctree\}\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line and not line.startswith(":") and line != "self":
                found = [(page.parent / f"{line}{end}").resolve() for end in (".md", ".py")]
                named = [path for path in found if path.is_file()]
                assert len(named) == 1, f"{page.name} names {line}"
                yield named[0]


def test_every_page_can_be_reached():
    reached, left = set(), [DOCS / "index.md"]
    while left:
        page = left.pop()
        reached.add(page)
        left += [entry for entry in entries(page) if entry not in reached]
    pages = {*DOCS.glob("**/*.md"), *ROOT.glob("notebooks/*.py"), DOCS / "gallery.py"}
    assert pages | {ROOT / "CHANGELOG.md"} == reached


def documented():
    return set(re.findall(r"^\.\. auto\w+:: (\S+)$", API, re.MULTILINE))


def test_every_public_name_is_in_the_interface_page():
    names = {name.removeprefix("alumnistats.") for name in documented()}
    names = {"sensitivity" if name == "sensitivity.sensitivity" else name for name in names}
    assert set(al.__all__) - names == set()


def resolved(name):
    home, _, last = name.rpartition(".")
    return getattr(importlib.import_module(home), last)


def test_every_entry_of_the_interface_page_is_there_and_has_a_docstring():
    for name in documented():
        assert inspect.getdoc(resolved(name)), name


def test_what_public_functions_return_is_in_the_interface_page():
    classes = {resolved(name) for name in documented() if inspect.isclass(resolved(name))}
    for name in al.__all__:
        value = getattr(al, name)
        if inspect.isfunction(value):
            kind = getattr(inspect.getmodule(value), inspect.signature(value).return_annotation, 0)
            own = inspect.isclass(kind) and kind.__module__.startswith("alumnistats")
            assert not own or kind in classes, (name, kind)


def test_gallery_shows_every_picture_of_the_package():
    from alumnistats import figures

    gallery = (DOCS / "gallery.py").read_text(encoding="utf-8")
    drawn = [name for name in figures.__all__ if name.startswith("plot_")]
    assert [name for name in drawn if f"{name}(" not in gallery] == []


def test_every_formula_can_be_drawn(formulas):
    drawn = 0
    for page in DOCS.glob("**/*.md"):
        text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for block, inline in re.findall(r"\$\$(.+?)\$\$|\$([^$]+)\$", text, re.DOTALL):
            picture = formulas.drawing(block or inline)
            assert picture.startswith("<svg role=")
            assert 'd="M' in picture
            drawn += 1
    assert drawn > 100


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        (r"\tfrac12", r"\frac{1}{2}"),
        (r"a \le b \ne c", r"a \leq b \neq c"),
        (r"\left\lfloor x \right\rfloor", r"\left\lfloor x \right\rfloor"),
        (r"\sqrt d + \mathbf 1", r"\sqrt{d} + \mathbf{1}"),
        (r"\sqrt\theta", r"\sqrt{\theta}"),
    ],
)
def test_formulas_are_put_in_words_that_are_known(formulas, written, set_as):
    assert formulas.known(written) == set_as


def test_formula_that_cannot_be_drawn_is_an_error(formulas):
    with pytest.raises(ValueError, match="nonsense"):
        formulas.drawing(r"\nonsense x")


def test_citation_holds_the_fields_of_the_file(citation):
    import yaml

    record = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    for text in (citation.sentence(record), citation.bibtex(record)):
        for part in (record["title"], record["version"], record["authors"][0]["name"]):
            assert part in text
        assert str(record["date-released"].year) in text


def test_what_pages_load_from_the_network_is_found(build, tmp_path):
    (tmp_path / "page.html").write_text(
        '<a href="https://example.org/">may be named</a><script src="here.js"></script>'
        '<script async src="https://example.org/far.js"></script><img src="//example.org/x.png">',
        encoding="utf-8",
    )
    (tmp_path / "style.css").write_text("a { background: url(https://example.org/y.png) }")
    assert build.loaded_from_the_network(tmp_path) == [
        "page.html: loads https://example.org/far.js",
        "page.html: loads //example.org/x.png",
        "style.css: loads https://example.org/y.png",
    ]


def at_a_glance():
    """Return the rows of the table of top-level names: what each takes and returns."""
    table = API.split("## At a glance")[1].split("\n## ")[0]
    return {
        name: (takes, gives)
        for name, takes, gives in re.findall(
            r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", table, re.MULTILINE
        )
    }


def test_the_table_of_names_is_complete():
    names = re.findall(r"^\| `(\w+)` \|", API.split("## At a glance")[1], re.MULTILINE)
    assert sorted(names) == sorted(al.__all__)
    assert set(at_a_glance()) == set(al.__all__)


def callable_of(name):
    found = importlib.import_module("alumnistats.sensitivity") if name == "sensitivity" else al
    return getattr(found, name)


def is_made(name):
    """Whether nobody makes one by hand: results, errors and notices."""
    found = callable_of(name)
    return inspect.isclass(found) and (
        issubclass(found, al.AlumniStatsError | Warning) or "made by" in at_a_glance()[name][0]
    )


@pytest.mark.parametrize("name", [name for name in al.__all__ if not is_made(name)])
def test_the_table_names_what_is_taken(name):
    """Every argument that it names exists, and whatever must be given is named."""
    words = set(re.findall(r"`(\w+)`", at_a_glance()[name][0]))
    taken = inspect.signature(callable_of(name)).parameters
    if name == "Solutions":  # from other results, or from counts
        assert callable(al.Solutions.known)
        return
    assert words - set(al.__all__) <= {*taken, "str"}
    assert {p.name for p in taken.values() if p.default is p.empty and p.kind < 2} <= words


@pytest.mark.parametrize("name", [n for n in al.__all__ if inspect.isfunction(callable_of(n))])
def test_the_table_names_what_is_returned(name):
    annotation = str(inspect.signature(callable_of(name)).return_annotation)
    returned = {part.split(".")[-1] for part in re.findall(r"[\w.]+", annotation)}
    assert returned & set(re.findall(r"`(\w+)`", at_a_glance()[name][1]))


@pytest.mark.parametrize("name", ["Microdata", "WeightedShares", "Analysis", "Plan", "Sensitivity"])
def test_the_table_names_what_makes_a_result(name):
    maker = re.search(r"made by `(\w+)`", at_a_glance()[name][0])[1]
    assert inspect.signature(callable_of(maker)).return_annotation == name
