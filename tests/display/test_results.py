"""What results show of themselves in a notebook: their own numbers, escaped, and not too many."""

import ast
import html
import importlib
import inspect
import itertools
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd
import pytest

import alumnistats as al
from alumnistats.accessors import CONVENIENCES
from alumnistats.display import FIRST, rows_table

SMALL = Path(__file__).parents[1] / "sensitivity" / "small.toml"
NASTY = '<img src=x onerror="alert(1)"> & $x$'


@pytest.fixture(scope="module")
def survey():
    plain = al.load_survey(SMALL)
    title = plain.title.model_copy(update={"en": NASTY})
    return plain.model_copy(update={"title": title})


@pytest.fixture(scope="module")
def analysis(survey):
    return al.analyze(survey, draws=100)


@pytest.fixture(scope="module")
def results(survey, analysis):
    of = next(iter(analysis.ranked))
    design = {"kind": "grid", "dimensions": {"level": [0.9, 0.95]}}
    return {
        "survey": survey,
        "reconstruction": analysis.reconstruction,
        "fit": analysis.pooled[of],
        "ranks": analysis.ranked[of],
        "rank table": al.rank(estimates=[0.5, 0.4], variance=[0.01, 0.02]),
        "analysis": analysis,
        "claim": analysis.judged[0],
        "sensitivity": al.sensitivity(survey, {"format": 1, "draws": 100, "designs": [design]}),
        "plan": al.plan(analysis),
    }


def test_every_result_is_one_card_of_escaped_tables(results):
    for name, result in results.items():
        shown = result._repr_html_()
        assert shown.startswith('<div class="tex2jax_ignore'), name
        assert shown.count("<div") == 1, name
        assert "<strong>" in shown, name
        assert "<table" in shown, name
        assert "<img" not in shown, name
        assert len(shown) < 20_000, name


def test_cards_hold_the_numbers_of_their_tables(results, analysis):
    sizes = analysis.sample_sizes
    for name in ("reconstruction", "analysis"):
        shown = results[name]._repr_html_()
        for row in sizes.head(FIRST).to_dict("records"):
            label = analysis.survey.label(row["group"])
            assert re.search(rf">{label}</th><td[^>]*>{row['mode']:,}<", shown), name
    first = results["fit"].summary().iloc[0]
    assert f">{first['median']:.3f}</td>" in results["fit"]._repr_html_()
    for judged in analysis.judged[:FIRST]:
        assert f">{judged.claim.id}</th>" in results["analysis"]._repr_html_()
    claim = analysis.judged[0]
    assert claim.verdict in claim._repr_html_()
    assert claim.claim.text.ja in claim._repr_html_()
    assert "scenarios: 2" in results["sensitivity"]._repr_html_()


def test_ranks_are_one_line_a_group_the_first_expected_first(results):
    ranks = results["ranks"]
    shown = ranks._repr_html_()
    lines = re.findall(r'<th scope="row"[^>]*>([^<]+)</th>', shown)
    table = ranks.table[ranks.table["method"] == "posterior"]
    expected = table.sort_values("expected", kind="stable")["group"]
    assert lines == [ranks.labels("en")[group] for group in expected]
    for row in ranks.table.to_dict("records"):
        assert f">{row['lower']} to {row['upper']}<" in shown
    assert ranks.fit.solutions.label(ranks.fit.of, "en") in shown


WORDS = re.compile(r"[A-Za-z]{4,}")
CODE = re.compile(r"[a-z]+\.[a-z_]+(?:\([a-z]*\))?")  # where the numbers are: analysis.claims


def test_every_card_is_there_in_japanese(results, analysis):
    """No English is left in what cards say themselves: labels, methods and code aside."""
    for name, result in results.items():
        shown = result.card("ja")
        assert shown._repr_html_() == shown
        shown = shown.replace(analysis.judged[0].claim.id, "")
        assert result.card()._repr_html_() == result._repr_html_()
        heads = re.findall(r"<(?:th scope=.col.|caption|strong)[^>]*>([^<]*)<", shown)
        facts = re.findall(r"<p>(.*?)</p>", shown)[0].split(" · ")
        own = [*heads, *(fact.split("：")[0] for fact in facts)]
        left = [word for text in own for word in WORDS.findall(CODE.sub("", text))]
        assert left == [], name
        assert "：" in shown, name
        with pytest.raises(al.ArgumentError, match="lang"):
            result.card("fr")
    survey = analysis.survey
    assert survey.label(survey.group_ids[0], "ja") in analysis.card("ja")
    assert analysis.judged[0].claim.text.ja in analysis.card("ja")
    assert analysis.judged[0].claim.text.ja in results["sensitivity"].card("ja")
    assert analysis.judged[0].claim.text.ja in results["plan"].card("ja")


def test_a_card_imports_nothing_heavy():
    code = (
        "import sys; from alumnistats.display import card, rows_table;"
        "card('t', {'a': 1.5}, rows_table(['x'], [[1]])); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pandas", "numpy", "matplotlib", "jinja2"} & set(done.stdout.split())


def test_a_line_is_enough_in_a_console(results):
    for name, result in results.items():
        if name != "claim":
            assert len(repr(result)) < 400, name
            assert "\n" not in repr(result), name
            assert type(result).__name__ in repr(result), name


def test_numbers_of_a_column_have_equally_many_decimals():
    shown = rows_table(["x", "y"], [["a", 0.5], ["b", 0.1234], ["c", None], ["d", 0.0001]])
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", shown)
    assert cells == ["0.500", "0.123", "", "&lt;0.001"]
    assert "tabular-nums" in shown


def test_conventions_are_said_in_words(results):
    shown = results["reconstruction"]._repr_html_()
    assert "halves are rounded up" in shown
    assert "half-up" not in shown


PICTURES = {
    "analysis": {"agreement", "claims", "overview", "pairs", "proportions", "rank_intervals",
                 "ranks", "sizes"},
    "plan": {"needed", "power"},
    "sensitivity": {"specification_curve", "tornado"},
}  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_listed_and_shown(results, name):
    import matplotlib.pyplot as plt

    plot = results[name].plot
    offered = {one for one in dir(plot) if not one.startswith("_")}
    assert offered == PICTURES[name]
    assert all(one in repr(plot) for one in offered)
    if name == "analysis":
        ax = plot.ranks(lang="ja")
        assert plt.fignum_exists(ax.figure.number)  # what pyplot knows of, a notebook shows
        plt.close("all")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_main_tables_are_stylers(analysis, lang):
    label = analysis.survey.label(analysis.survey.group_ids[0], lang)
    for table in (analysis.show.sizes(lang), analysis.show.ranks(lang=lang)):
        assert label in table.to_html()
        assert label in table.to_latex()
    for judged in analysis.judged:
        assert judged.claim.text.get(lang) in analysis.show.claims(lang).to_string()
    with pytest.raises(al.ArgumentError, match="nothing"):
        analysis.show.ranks("nothing")


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", ["sizes", "ranks", "claims"])
def test_main_tables_are_written_for_word_latex_and_excel(analysis, tmp_path, name, lang):
    table = getattr(analysis.show, name)(lang=lang)
    texts = [list(map(str, row)) for row in table.data.to_numpy()]
    heads = list(table.data.columns)

    table.to_html(tmp_path / "table.html", doctype_html=True)  # Word reads HTML files by their head
    page = (tmp_path / "table.html").read_text(encoding="utf-8")
    assert '<meta charset="utf-8">' in page
    assert not re.search(r"<[^a-z/!]", page, re.IGNORECASE)  # "<0.001" is no tag
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", page)
    assert [html.unescape(cell) for cell in cells] == [*heads, *itertools.chain(*texts)]

    table.to_excel(tmp_path / "table.xlsx")
    sheet = pd.read_excel(tmp_path / "table.xlsx", dtype=str, keep_default_na=False)
    assert sheet.to_numpy().tolist() == texts
    assert sheet.columns.tolist() == heads

    rows = [line for line in table.to_latex().splitlines() if line.endswith(r" \\")]
    assert len(rows) == len(texts) + 1
    assert all(line.count(" & ") == len(heads) - 1 for line in rows)
    assert not any(re.search(r"(?<!\\)%|[<>](?!\$)", line) for line in rows)


def test_a_page_is_written(analysis, tmp_path):
    path = analysis.report(tmp_path / "page.html", lang="ja")
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_folder_holds_what_the_command_writes(analysis, tmp_path):
    from click.testing import CliRunner

    from alumnistats.cli import main

    written = analysis.save(tmp_path / "results", lang="ja")
    names = {path.relative_to(tmp_path / "results").as_posix() for path in written}
    assert {
        "claims.csv",
        "analysis.json",
        "figures.json",
        "report.html",
        "figures/sizes.svg",
    } <= names
    options = ["--draws", "100", "--out", str(tmp_path / "results")]
    done = CliRunner().invoke(main, ["analyze", str(SMALL), *options])
    assert done.exit_code == 0, done.output
    assert (
        f"in the place of an analysis of {analysis.survey.id} (level 0.95, seed 0)" in done.stderr
    )


@pytest.mark.parametrize("route", ["import alumnistats.analysis", "al.analyze"])
def test_what_shows_results_is_bound_by_any_route_and_loaded_by_none(route):
    code = f"import sys; import alumnistats as al; {route}; print(*sys.modules);"
    code += "print(hasattr(sys.modules['alumnistats.analysis'].Analysis, 'plot'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded, bound = done.stdout.splitlines()
    assert bound == "True"
    shows = {"display", "figures", "tables", "report", "sensitivity"}
    assert not {"matplotlib", *(f"alumnistats.{name}" for name in shows)} & set(loaded.split())


@pytest.mark.parametrize(
    ("home", "result"), [(home, one) for home, own in CONVENIENCES.items() for one in own]
)
def test_classes_know_nothing_of_what_shows_them(home, result):
    made = getattr(importlib.import_module(f"alumnistats.{home}"), result)
    source = textwrap.dedent(inspect.getsource(made))
    written = {node.name for node in ast.walk(ast.parse(source)) if hasattr(node, "name")}
    assert not written & set(CONVENIENCES[home][result])
    assert all(getattr(made, name) is what for name, what in CONVENIENCES[home][result].items())
