"""Tables at fault, written by hand: each message names the cell, what is there and what to do."""

import openpyxl
import pytest

from alumnistats.errors import SurveyFileError
from alumnistats.sources.crosstab import survey_of_table
from alumnistats.sources.table_options import TableOptions

PERCENT = 'expected a percentage from 0 to 100, or "-" or nothing where none is published'
GOOD = "g,n,yes,no\na,90,47.8,52.2\nb,60,40.0,60.0\n"


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new, 1)


# Text of the table, options, and what the message must hold.
CASES = {
    "over 100": (changed("47.8", "147.8"), {}, ['C2 ("a", "yes"): found "147.8"; expected a percentage from 0 to 100', "values count"]),
    "percent format of a percentage": (changed("47.8", "4780%"), {}, ['found "4780%"', "A percent format multiplies by 100"]),
    "negative": (changed("47.8", "-3.1"), {}, ['found "-3.1"', PERCENT, "Differences and changes"]),
    "plus": (changed("47.8", "+3.1"), {}, ['found "+3.1"', "Differences and changes"]),
    "a word": (changed("47.8", "many"), {}, [f'C2 ("a", "yes"): found "many"; {PERCENT}']),
    "decimal comma": (changed("47.8", '"47,8"'), {}, ['found "47,8"', 'If "," is the decimal mark of the table, say decimal']),
    "two points": (changed("47.8", "47.8.1"), {}, ['found "47.8.1"', PERCENT]),
    "no digits before the point": (changed("47.8", ".478"), {}, ['found ".478"', PERCENT]),
    "nothing after the point": (changed("47.8", "47."), {}, ['found "47."', PERCENT]),
    "spaces inside": (changed("47.8", "47 .8"), {}, ['found "47 .8"', PERCENT]),
    "an exponent": (changed("47.8", "4.78e1"), {}, ['found "4.78e1"', PERCENT]),
    "a footnote mark": (changed("47.8", "47.8*"), {}, ['found "47.8*"', "If the rest is a footnote mark, leave it out: 47.8."]),
    "a footnote letter": (changed("47.8", "47.8 a"), {}, ['found "47.8 a"', "leave it out: 47.8."]),
    "a raised footnote": (changed("47.8", "47.8²"), {}, ['found "47.8²"', "Leave out what is no digit: 47.8."]),
    "a note in brackets": (changed("47.8", "47.8(注)"), {}, ['found "47.8(注)"', "Leave out what is no digit: 47.8."]),
    "an inequality": (changed("47.8", "<0.5"), {}, ['found "<0.5"', "An inequality cannot be entered"]),
    "less than": (changed("47.8", "less than 1"), {}, ['found "less than 1"', "An inequality"]),
    "about": (changed("47.8", "約48"), {}, ['found "約48"', "An inequality"]),
    "a date": (changed("47.8", "2025-10-12"), {}, ['found "2025-10-12"', "It looks like a date"]),
    "a short date": (changed("47.8", "10/12"), {}, ['found "10/12"', "It looks like a date"]),
    "an English date": (changed("47.8", "12-Oct"), {}, ['found "12-Oct"', "It looks like a date"]),
    "a Japanese date": (changed("47.8", "10月12日"), {}, ['found "10月12日"', "It looks like a date"]),
    "two percentages": (changed("47.8", "47.8/52.2"), {}, ['found "47.8/52.2"', PERCENT]),
    "a range": (changed("47.8", "40-50"), {}, ['found "40-50"', PERCENT]),
    "other digits": (changed("47.8", "٤٧.٨"), {}, ['found "٤٧.٨"', PERCENT]),
    "circled digits": (changed("47.8", "④⑦"), {}, ['found "④⑦"', PERCENT]),
    "kanji digits": (changed("47.8", "四七・八"), {}, ['found "四七・八"', PERCENT]),
    "calculated digits": (changed("47.8", "47.77777778"), {}, ['found "47.77777778"', "at most 6 decimals", "It looks calculated"]),
    "more digits than said": (changed("47.8", "47.83"), {"digits": 1}, ['found "47.83"; expected at most 1 decimals']),
    "an Excel error in text": (changed("47.8", "#DIV/0!"), {}, ['found "#DIV/0!"', PERCENT]),
    "a size of 0": (changed("90", "0"), {}, ['B2 ("a", n): found "0"; expected a whole number of respondents, 1 or more']),
    "a negative size": (changed("90", "-90"), {}, ['B2 ("a", n): found "-90"; expected a whole number of respondents']),
    "a fraction of a size": (changed("90", "90.5"), {}, ['B2 ("a", n): found "90.5"; expected a whole number']),
    "a size with odd groups of digits": (changed("90", '"12,34"'), {}, ['B2 ("a", n): found "12,34"', "decimal mark"]),
    "about a size": (changed("90", "約90"), {}, ['B2 ("a", n): found "約90"', "An inequality"]),
    "a size as a word": (changed("90", "ninety"), {}, ['B2 ("a", n): found "ninety"; expected a whole number']),
    "a size beyond belief": (changed("90", "90000000000"), {}, ["below 1,000,000,000"]),
    "a count above its size": ("g,n,yes,yes count\na,90,47.8,143\n", {}, ['C2 ("a", "yes")', 'found 143; expected at most 90, the respondents']),
    "a count against its percentage": ("g,n,yes,yes count\na,90,47.8,53\n", {}, ['C2 ("a", "yes"): found "47.8", though 53 of 90 answered so; expected about 58.8']),
    "rows above 100": (changed("52.2", "62.2"), {"answers": "single"}, ['C2 ("a", "yes"), D2 ("a", "no")', "percentages that sum to 110.0; expected at most 100.1"]),
    "a group twice": (changed("b,", "a,"), {}, ['A3: found "a" a second time, after A2; expected each group in one row']),
    "a group twice, in two widths": (changed("b,", "ａ,"), {}, ['A3: found "a" a second time, after A2']),
    "a group without a label": (changed("b,", ","), {}, ["A3: found nothing; expected the label of a group"]),
    "two total rows": (GOOD + "Total,150,44.7,55.3\n全体,150,44.7,55.3\n", {}, ['A5: found a second total row, "全体"; expected one total row']),
    "only a total row": ("g,yes\nTotal,50.0\n", {}, ["found no rows of groups; expected at least one group"]),
    "a total smaller than its groups": (GOOD + "Total,149,44.7,55.3\n", {}, ['B4 ("Total", n): found 149; expected 150, the sum of the groups\' sizes', "several groups"]),
    "a total of others too": (GOOD + "Total,151,44.7,55.3\n", {}, ['B4 ("Total", n): found 151; expected 150', "Add a row for those of no listed group"]),
    "a total column of something": ("g,yes,Total\na,47.8,90\n", {}, ['C1: found "Total"; expected a column with a meaning', 'Call it "n"']),
    "a column without a name": (changed("yes,no", "yes,"), {}, ["D1: found nothing; expected the name of a column", "where several rows hold them, say --header-rows"]),
    "a column twice": (changed("yes,no", "yes,yes"), {}, ['D1: found a second column "yes"; expected each column once']),
    "two columns of sizes": (changed("yes,no", "yes,base"), {}, ['D1: found "base"; expected one column of sizes']),
    "a count of which option": (changed("n,yes,no", "count,yes,no"), {}, ['B1: found "count"; expected a count of one option', 'such as "Yes count"']),
    "no header": ("a,47.8\nb,44.5\n", {}, ['B1: found "47.8"; expected the name of a column', "The first row names the columns"]),
    "no percentages": ("g,n\na,90\nb,60\n", {}, ["found no column of percentages; expected at least one"]),
    "nothing published": ("g,yes\na,-\nb,…\n", {}, ["found nothing published in any row; expected at least one percentage"]),
    "a header alone": ("g,yes\n,\n", {}, ["found no table; expected a table of at least two rows"]),
    "proportions": ("g,yes\na,0.478\nb,0.445\n", {}, ["found no percentage above 0.478; expected percentages, not proportions of 1", "Multiply them by 100"]),
    "counts as percentages": ("g,n,yes,no\na,90,43,47\nb,60,20,40\n", {}, ["found whole numbers that sum to n in every row; expected percentages", "values count"]),
    "counts without sizes": ("g,yes,no\na,43,47\nb,20,40\n", {"values": "count"}, ["found counts without sizes; expected a column n", "the sum of the row"]),
    "percentages as counts": (GOOD, {"values": "count"}, ['C2 ("a", "yes count"): found "47.8"; expected a whole number of answers, 0 or more']),
    "an empty file": ("", {}, ["found no table; expected a table of at least two rows and two columns"]),
    "prose": ("The share was 47.8%, in all.\n", {}, ["found no table"]),
    "rows of unequal length": ("g,yes,no\na,47.8\nb,44.5,55.5\n", {}, ["found no table", "a comma within a cell needs quotation marks"]),
    "a thousands separator that splits": ("g,n,yes\na,1,233,47.8\nb,90,40.0\n", {}, ["found no table", "needs quotation marks"]),
    "quotation marks that stay open": ('g,yes\n"a,47.8\nb,44.5\n', {}, ["found text that is not CSV", "Check its quotation marks"]),
    "two delimiters": ("g,h;i\na,b;47.8\n", {}, ["found a table by commas and semicolons alike; expected one delimiter"]),
    "no such delimiter": (GOOD, {"delimiter": "|"}, ['delimiter: found "|"; expected a comma, a semicolon or a tab']),
    "no such encoding": (GOOD, {"encoding": "shift-jisx"}, ['encoding: found "shift-jisx"; expected an encoding that Python knows']),
    "the wrong encoding": ("業界,はい\n製造,50.0\n", {"encoding": "ascii"}, ["found bytes that are not ascii", "Leave encoding out"]),
    "a sheet of a text file": (GOOD, {"sheet": "one"}, ['sheet: found "one"; expected no sheet: this is text']),
}  # fmt: skip


def message(path, options):
    with pytest.raises(SurveyFileError) as caught:
        survey_of_table(path, TableOptions(**options))
    return str(caught.value)


@pytest.mark.parametrize("case", CASES)
def test_message(tmp_path, case):
    text, options, fragments = CASES[case]
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    found = message(path, options)
    for fragment in fragments:
        assert fragment in found, found
    assert all(line.startswith(f"{path}: ") for line in found.split("\n"))


def test_the_cases_are_many_and_the_table_they_spoil_is_good(tmp_path):
    assert len(CASES) >= 60
    path = tmp_path / "table.csv"
    path.write_text(GOOD, encoding="utf-8")
    assert len(survey_of_table(path, TableOptions())[0].figures) == 4


def test_all_problems_come_at_once(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("g,n,yes,no\na,x,47.8*,152\nb,0,-1,…\n", encoding="utf-8")
    assert len(message(path, {}).split("\n")) == 5


FILES = {
    "old Excel": ("t.xls", b"g,yes", "found a file that is not an Excel workbook", "Save it anew as .xlsx"),
    "OpenDocument": ("t.ods", b"g,yes", "found a file that is not an OpenDocument sheet", "Save it anew as .xlsx"),
    "PDF": ("t.pdf", b"", 'found a file ending in ".pdf"', "Copy the table into a spreadsheet"),
    "a survey file": ("t.toml", b"", 'found a file ending in ".toml"', "validate it"),
    "no suffix": ("table", b"", 'found a file ending in ""', ".csv, .tsv, .txt, .xlsx, .xlsm, .xls or .ods"),
    "text as Excel": ("t.xlsx", b"g,yes\na,47.8\n", "a file that is not an Excel workbook", "Save"),
    "a broken workbook": ("t.xlsx", b"PK\x03\x04broken", "not an Excel workbook", "password"),
    "Excel as text": ("t.csv", b"PK\x03\x04\x00\x00", "found a binary file", "Is its suffix right?"),
    "zeros": ("t.csv", b"\x00g\x00,\x00y", "found zero bytes", "say encoding utf-16-be"),
    "Latin text": ("t.csv", "g,yes\nMálaga,47.8\n".encode("cp1252"), "line 2: found the byte 0xe1", 'as cp1252 "Málaga,47.8"'),
    "EUC": ("t.csv", "業界,はい\n製造,47.8\n".encode("euc_jp"), "line 1: found the byte", 'as euc_jp "業界,はい"'),
    "no file": (None, b"", "found no such file", "expected a table"),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_files(tmp_path, case):
    name, data, *fragments = FILES[case]
    path = tmp_path / (name or "missing.csv")
    if name:
        path.write_bytes(data)
    found = message(path, {})
    for fragment in fragments:
        assert fragment in found, found


def test_empty_and_oversized_workbooks(tmp_path, monkeypatch):
    book = openpyxl.Workbook()
    path = tmp_path / "t.xlsx"
    book.save(path)
    assert "found only empty sheets; expected a table" in message(path, {})
    book.active["AA40"] = 1
    book.save(path)
    monkeypatch.setattr("alumnistats.sources.workbooks.MOST_CELLS", 1000)
    assert "found a sheet of 40 rows and 27 columns; expected at most 1000" in message(path, {})


def test_merged_headers_of_excel(tmp_path):
    book = openpyxl.Workbook()
    for row in (["", "Contact", ""], ["g", "yes", "no"], ["a", "47.8", "52.2"]):
        book.active.append(row)
    book.active.append(["b", "40.0", "60.0"])
    path = tmp_path / "t.xlsx"
    book.save(path)
    survey, _ = survey_of_table(path, TableOptions())
    assert survey.title.en == "Contact"  # a row with one cell is a title
    book.active["C1"] = "Other"
    book.save(path)
    assert 'B2: found words only, such as "yes"' in message(path, {})
    survey, _ = survey_of_table(path, TableOptions(header_rows=2))
    assert [q.label.en for q in survey.questions] == ["Contact", "Other"]
