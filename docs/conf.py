"""How Sphinx builds the pages: `make docs`.

The source folder is the repository, so that links between the pages, the notebooks and the
changelog are the same here and in the built pages. Nothing is fetched: no fonts, no scripts, no
inventories.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

import alumnistats

project = "alumnistats"
author = "alumnistats maintainers"
copyright = author  # noqa: A001 (the name that Sphinx reads)
version = release = alumnistats.__version__
language = "en"

root_doc = "docs/index"
include_patterns = ["docs/**.md", "docs/gallery.py", "notebooks/*.py", "CHANGELOG.md"]
exclude_patterns = [".*", "build", "results", "alumnistats", "tests", "benchmarks", "paper"]

extensions = [
    "myst_nb",  # pages in Markdown, notebooks as scripts
    "numpydoc",  # docstrings; brings autodoc
    "sphinx_click",  # the commands' own help
    "citation",  # CITATION.cff as text and BibTeX
    "formulas",  # formulas as pictures inside the page
]
nitpicky = True  # a reference that leads nowhere is a warning, and those are errors
default_role = "code"  # `name` in a docstring

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4

nb_custom_formats = {".py": ["jupytext.reads", {"fmt": "py:percent"}]}
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300  # seconds for a cell
nb_merge_streams = True
nb_ipywidgets_js = {}  # would come from the network; there are no widgets

autodoc_typehints = "none"  # the docstrings say more: shapes, units, ranges
autodoc_member_order = "bysource"
numpydoc_show_class_members = False  # autodoc lists them

html_theme = "furo"
html_title = f"alumnistats {version}"
html_static_path = ["static"]
html_css_files = ["tables.css"]
html_math_renderer = "svg"
html_show_sourcelink = False
html_copy_source = False


def setup(app):
    """Show tables in CSV as the plain text that they are; Pygments has no lexer for them."""
    from pygments.lexers.special import TextLexer

    app.add_lexer("csv", TextLexer)
