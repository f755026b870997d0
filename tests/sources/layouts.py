"""Tables as they are met, made by hand after real ones, and what is right for each.

Each case is text, how it is read, and what must come out: groups with their sizes, the total,
options by question, some figures (group/option = percentage, count, own base); or, for what is to
be refused, what the message must hold.
"""

from dataclasses import dataclass, field

from alumnistats.survey import OVERALL


@dataclass(frozen=True)
class Case:
    """One table and what is right for it."""

    text: str
    options: dict = field(default_factory=dict)
    groups: dict | None = None  # label: n or None
    total: int | None = None
    asked: dict | list | None = None  # question: options, or the options of the only question
    figures: dict = field(default_factory=dict)
    notes: tuple = ()
    refused: tuple = ()


def told(survey):
    """Return groups, total, options by question and figures of a survey, by their labels."""
    names = {g.id: g.label.en for g in survey.groups} | {OVERALL: "*"}
    options = {q.id: {o.id: o.label.en for o in q.options} for q in survey.questions}
    figures = {}
    for f in survey.figures:
        question, _, option = f.of.partition(":")
        several = f"{survey.question(question).label.en}: " if len(options) > 1 else ""
        key = f"{names[f.group]}/{several}{options[question][option]}"
        values = (f.percent, f.count, f.n)
        figures[key] = f.percent if values[1:] == (None, None) else values
    return {
        "groups": {g.label.en: g.n for g in survey.groups},
        "total": survey.total,
        "asked": {q.label.en: list(options[q.id].values()) for q in survey.questions},
        "figures": figures,
    }


YES_NO = ["Yes", "No"]
TRADES = {"Manufacturing": 120, "Energy": 80, "Retail": 100}
BODY = "Manufacturing,120,47.5,52.5\nEnergy,80,43.8,56.3\nRetail,100,30.0,70.0\n"
TOP = "Industry,n,Yes,No\n"


def with_total(label, n=300):
    """Return a case of three trades and a row for all of them."""
    text = f"{TOP}{BODY}{label},{n},40.7,59.3\n"
    return Case(text, groups=TRADES, total=n, asked=YES_NO, figures={"*/Yes": "40.7"})


def with_sizes(label, cells=("120", "80", "100")):
    """Return a case whose column of sizes has another name."""
    text = f'Industry,"{label}",Yes,No\nManufacturing,"{cells[0]}",47.5,52.5\nEnergy,"{cells[1]}",43.8,56.3\nRetail,"{cells[2]}",30.0,70.0\n'
    return Case(text, groups=TRADES, asked=YES_NO, figures={"Energy/Yes": "43.8"})


TOTALS = [
    "Grand Total", "All respondents", "Totals", "Sum", "Total sample", "All adults", "全体計",
    "全体(n=300)", "全体（ｎ＝300）", "TOTAL", "Total (n = 300)", "全　体", "【全体】", "総数", "All U.S. adults",
    "All companies", "All firms", "Full sample", "Overall", "ＴＯＴＡＬ", "Total [300]", "All", "全企業(300社)",
    "All industries", "回答者全体", "Grand-total", "全産業", "産業計", "Everyone", "All registered voters",
]  # fmt: skip
SIZES = [
    "Unweighted base", "Base (n)", "Sample size", "No. of respondents", "Cases", "回答者数(人)", "調査数(n)",
    "サンプル数", "n（人）", "該当者数", "母数", "社数", "企業数", "N", "n=", "Base", "UNWEIGHTED BASE", "Unweighted N",
    "Number of companies", "Respondents (n)", "Valid N", "n (unweighted)", "回答企業数", "有効回答数", "有効回答社数（社）",
    "Base: all adults", "Ｎ", "回答社数", "調査対象者数", "標本数", "Sample", "# of respondents", "集計対象企業数", "Count of respondents",
]  # fmt: skip

BANNER = """\
How masculine do you feel?,Total,Men,Women,18-34,35+
Unweighted base,1000,480,520,300,700
Very,37%,29%,44%,42%,35%
Somewhat,46%,47%,45%,46%,46%
Not very,17%,24%,11%,12%,19%
"""
SECTIONS = """\
,n,Yes,No
Total,400,50.0,50.0
Gender,,,
Men,200,55.0,45.0
Women,200,45.0,55.0
Age,,,
18-34,100,60.0,40.0
35-64,200,50.0,50.0
65+,100,40.0,60.0
"""
STACKED = """\
,Total,North,South
Base,300,120,180
Have you heard of it?,,,
Yes,40.0%,45.0%,36.7%
No,60.0%,55.0%,63.3%
Would you buy it?,,,
Certainly,10.0%,12.5%,8.3%
Perhaps,50.0%,50.0%,50.0%
No,40.0%,37.5%,41.7%
"""

CASES: dict[str, Case] = {
    # 1. totals
    **{f"total: {label}": with_total(f'"{label}"') for label in TOTALS},
    **{f"sizes: {label}": with_sizes(label) for label in SIZES},
    "a total that does not say so, last": Case(
        TOP + BODY + "UK,300,40.7,59.3\n",
        refused=('A5: found "UK", whose n is the sum of the other rows\'', '--total "UK"'),
    ),
    "a total that does not say so, first": Case(
        TOP + "Great Britain,300,40.7,59.3\n" + BODY,
        refused=('A2: found "Great Britain"', "--total none"),
    ),
    "a total that is named": Case(
        TOP + BODY + "UK,300,40.7,59.3\n", {"total": "UK"}, TRADES, 300, YES_NO, {"*/Yes": "40.7"}
    ),
    "a group of half of all": Case(
        TOP + BODY + "UK,300,40.7,59.3\n", {"total": "none"}, TRADES | {"UK": 300}, None, YES_NO
    ),
    "two equal groups": Case(
        TOP + "A,100,47.0,53.0\nB,100,43.0,57.0\n", groups={"A": 100, "B": 100}, asked=YES_NO
    ),
    "a total of some": Case(
        TOP + BODY + "Total manufacturing,300,40.7,59.3\n",
        refused=('A5: found "Total manufacturing"', "--total none"),
    ),
    "a subtotal": Case(TOP + BODY + "小計,200,40.7,59.3\n", refused=('A5: found "小計"', "Leave it out")),
    "of which": Case(TOP + BODY + "うち小規模,20,40.0,60.0\n", refused=('A5: found "うち小規模"', "Leave it out")),
    "an average": Case(TOP + BODY + "全国平均,,40.7,59.3\n", refused=('A5: found "全国平均"', "--total")),
    "the total left out": Case(
        TOP + BODY + "Total,310,40.7,59.3\n", {"total": "none"}, TRADES, None, YES_NO,
        notes=("A5: left out, not the total",),
    ),
    # 2. turned, one-way, stacked
    "a banner": Case(
        BANNER, {"groups": "columns"},
        refused=("E1: found groups by sex and by age", "--section all"),
    ),
    "a banner of overlapping groups beside a total": Case(
        BANNER, {"groups": "columns", "section": "all"},
        refused=("the sum of the groups' sizes", "keep those of one breakdown"),
    ),
    "a banner, not said to be one": Case(BANNER, refused=("B1: found", "--groups columns")),
    "a banner without the total": Case(
        BANNER, {"groups": "columns", "total": "none", "section": "all"},
        {"Men": 480, "Women": 520, "18-34": 300, "35+": 700}, None, ["Very", "Somewhat", "Not very"],
        {"Women/Very": "44", "35+/Not very": "19"},
    ),
    "transposed": Case(
        "How masculine do you feel?,Adult men,18-34,35-64,65 and up\nVery,37%,29%,42%,37%\n"
        "Somewhat,46%,47%,46%,47%\nNot very,11%,13%,9%,13%\nNot at all,5%,10%,2%,3%\nNo answer,1%,0%,1%,1%\n",
        refused=("columns that sum to 100, and rows that do not", "--groups columns"),
    ),
    "transposed, told": Case(
        "How masculine do you feel?,Adult men,18-34,35-64,65 and up\nVery,37%,29%,42%,37%\n"
        "Somewhat,46%,47%,46%,47%\nNot very,11%,13%,9%,13%\nNot at all,5%,10%,2%,3%\nNo answer,1%,0%,1%,1%\n",
        {"groups": "columns", "total": "Adult men"},
        {"18-34": None, "35-64": None, "65 and up": None}, None,
        ["Very", "Somewhat", "Not very", "Not at all", "No answer"],
        {"*/Very": "37", "18-34/No answer": "0"},
    ),
    "one way": Case(
        "Answer,n,%\nVery,120,30.0\nSomewhat,180,45.0\nNot at all,100,25.0\n",
        refused=("columns that sum to 100", "--groups columns"),
    ),
    "one way, told": Case(
        "Answer,n,%\nVery,120,30.0\nSomewhat,180,45.0\nNot at all,100,25.0\nTotal,400,100.0\n",
        {"groups": "columns"}, {"All respondents": 400}, None, ["Very", "Somewhat", "Not at all"],
        {"All respondents/Very": ("30.0", 120, 400)},
    ),
    "one way, Japanese": Case(
        "回答,件数,構成比\n重視する,120,30.0%\nやや重視する,180,45.0%\n重視しない,100,25.0%\n計,400,100.0%\n",
        {"groups": "columns"}, {"All respondents": 400}, None, ["重視する", "やや重視する", "重視しない"],
        {"All respondents/重視する": ("30.0", 120, 400)},
    ),
    "one way, SurveyMonkey": Case(
        "Do you keep in touch?,,\nAnswer Choices,Responses,\nYes,47.50%,57\nNo,52.50%,63\n,Answered,120\n,Skipped,4\n",
        {"groups": "columns"}, {"All respondents": 120}, None, YES_NO, {"All respondents/Yes": ("47.50", 57, 120)},
    ),
    "stacked questions": Case(
        STACKED, {"groups": "columns"}, {"North": 120, "South": 180}, 300,
        {"Have you heard of it?": YES_NO, "Would you buy it?": ["Certainly", "Perhaps", "No"]},
        {"*/Have you heard of it?: Yes": "40.0", "South/Would you buy it?: No": "41.7"},
    ),
    "stacked questions, not said": Case(STACKED, refused=("--groups columns",)),
    "stacked, each with its base": Case(
        ",Total,North,South\nHeard of it?,,,\nBase,300,120,180\nYes,40.0,45.0,36.7\nNo,60.0,55.0,63.3\n"
        "Would you buy it?,,,\nBase: heard of it,120,54,66\nYes,50.0,50.0,50.0\nNo,50.0,50.0,50.0\n",
        {"groups": "columns"}, {"North": 120, "South": 180},
        300,
        {"Heard of it?": YES_NO, "Would you buy it?: asked": ["Asked", "Not asked"], "Would you buy it?": YES_NO},
        {"*/Would you buy it?: Yes": ("50.0", None, 120), "North/Heard of it?: No": ("55.0", None, 120), "North/Would you buy it?: asked: Not asked": (None, 66, 120)},
    ),
    "questions side by side": Case(
        ",,Heard of it?,,Would you buy it?,\nTrade,n,Yes,No,Yes,No\nA,120,45.0,55.0,12.5,87.5\nB,180,36.7,63.3,50.0,50.0\n",
        {}, {"A": 120, "B": 180}, None, {"Heard of it?": YES_NO, "Would you buy it?": YES_NO},
        {"B/Would you buy it?: Yes": "50.0"}, ("first 2 rows",),
    ),
    "headings of questions only": Case(
        "Trade,n,Yes,No\nQ1 Heard of it,,,\nA,120,45.0,55.0\nB,180,36.7,63.3\nQ2 Bought it,,,\nA,120,12.5,87.5\nB,180,50.0,50.0\n",
        refused=("groups under several headings", "--section"),
    ),
    "headings of questions, one told": Case(
        "Trade,n,Yes,No\nQ1 Heard of it,,,\nA,120,45.0,55.0\nB,180,36.7,63.3\nQ2 Bought it,,,\nA,120,12.5,87.5\nB,180,50.0,50.0\n",
        {"section": "Q2 Bought it"}, {"A": 120, "B": 180}, None, YES_NO, {"A/Yes": "12.5"},
    ),
    # 3. notes and headings
    "notes below": Case(
        TOP + BODY + "Base: all adults who have a job,,,\n(1) Energy includes water.,,,\n",
        groups=TRADES, asked=YES_NO,
        notes=("A5: left out as a note", "A6: left out as a note"),
    ),
    "a note above the rows": Case(
        TOP + "Base: all adults,,,\n" + BODY, groups=TRADES, asked=YES_NO, notes=("A2: left out as a note",)
    ),
    "one heading": Case(
        TOP + "Industry sectors,,,\n" + BODY, groups=TRADES, asked=YES_NO, notes=("A2: read as a heading",)
    ),
    "sections": Case(SECTIONS, refused=('groups under several headings ("Gender", "Age")', "--section")),
    "a section": Case(
        SECTIONS, {"section": "Age"}, {"18-34": 100, "35-64": 200, "65+": 100}, 400, YES_NO,
        {"65+/Yes": "40.0", "*/Yes": "50.0"},
    ),
    "an unknown section": Case(SECTIONS, {"section": "Region"}, refused=("Gender, Age, or all",)),
    "sections that share no one": Case(
        ",n,Yes,No\nTotal,400,50.0,50.0\nNorth,,,\nLeeds,100,55.0,45.0\nYork,100,45.0,55.0\nSouth,,,\n"
        "Bath,100,60.0,40.0\nDover,100,40.0,60.0\n",
        groups={"Leeds": 100, "York": 100, "Bath": 100, "Dover": 100}, total=400, asked=YES_NO,
        notes=("sizes of all sections sum to the total",),
    ),
    "sections in a column": Case(
        ",,n,Yes,No\n全体,,400,50.0,50.0\n性別,男性,200,55.0,45.0\n,女性,200,45.0,55.0\n年代,20代,150,60.0,40.0\n,30代,250,44.0,56.0\n",
        {"section": "性別"}, {"男性": 200, "女性": 200}, 400, YES_NO, {"女性/No": "55.0"},
    ),
    "sections in a column, not told": Case(
        ",,n,Yes,No\n全体,,400,50.0,50.0\n性別,男性,200,55.0,45.0\n,女性,200,45.0,55.0\n年代,20代,150,60.0,40.0\n,30代,250,44.0,56.0\n",
        refused=('"性別", "年代"',),
    ),
    "crossed groups": Case(
        "Region,Sex,n,Yes,No\nNorth,Men,50,60.0,40.0\nNorth,Women,50,40.0,60.0\nSouth,Men,50,50.0,50.0\nSouth,Women,50,30.0,70.0\n",
        {"section": "all"},
        {"North: Men": 50, "North: Women": 50, "South: Men": 50, "South: Women": 50}, None, YES_NO,
        {"South: Women/Yes": "30.0"},
    ),
    "a banner of two levels": Case(
        ",Total,Gender,,Age,,\n,,Men,Women,18-34,35-64,65+\nUnweighted base,1000,480,520,300,450,250\n"
        "Yes,45%,40%,50%,50%,45%,40%\nNo,55%,60%,50%,50%,55%,60%\n",
        {"groups": "columns", "section": "Gender"}, {"Men": 480, "Women": 520}, 1000, YES_NO,
        {"*/Yes": "45", "Women/No": "50"},
    ),
    "a banner of two levels, no section told": Case(
        ",Total,Gender,,Age,,\n,,Men,Women,18-34,35-64,65+\nUnweighted base,1000,480,520,300,450,250\n"
        "Yes,45%,40%,50%,50%,45%,40%\nNo,55%,60%,50%,50%,55%,60%\n",
        {"groups": "columns"}, refused=('"Gender", "Age"', "--section"),
    ),
    # 4. sizes
    "sizes in labels": Case(
        "Industry,Yes,No\nManufacturing (n=120),47.5,52.5\nEnergy (n = 80),43.8,56.3\n全体（n=200）,46.0,54.0\n",
        groups={"Manufacturing": 120, "Energy": 80}, total=200, asked=YES_NO, figures={"*/Yes": "46.0"},
    ),
    "sizes in labels, across": Case(
        ",Total (n=300),North (n=120),South (n=180)\nYes,40.0,45.0,36.7\nNo,60.0,55.0,63.3\n",
        refused=("--groups columns",),
    ),
    "sizes in labels, across, told": Case(
        ",Total (n=300),North (n=120),South (n=180)\nYes,40.0,45.0,36.7\nNo,60.0,55.0,63.3\n",
        {"groups": "columns"}, {"North": 120, "South": 180}, 300, YES_NO, {"North/Yes": "45.0"},
    ),
    "numbers of companies behind labels": Case(
        "規模,重視する,しない\n全企業（300社）,40.7,59.3\n大企業（100社）,47.0,53.0\n中小企業（200社）,37.5,62.5\n",
        groups={"大企業": 100, "中小企業": 200}, total=300, asked=["重視する", "しない"],
        notes=("numbers in brackets behind the labels are read as sizes",),
    ),
    "numbers behind labels that may be anything": Case(
        "Size,Yes,No\nSmall (50),40.7,59.3\nLarge (500),47.0,53.0\n",
        groups={"Small (50)": None, "Large (500)": None}, asked=YES_NO, notes=("if these are sizes",),
    ),
    "a base row below": Case(
        ",Total,North,South\nYes,40%,45%,37%\nNo,60%,55%,63%\nBase,300,120,180\n",
        {"groups": "columns"}, {"North": 120, "South": 180}, 300, YES_NO,
    ),
    "a base row below, not said": Case(
        ",Total,North,South\nYes,40%,45%,37%\nNo,60%,55%,63%\nBase,300,120,180\n", refused=("--groups columns",)
    ),
    "bases in the header": Case(
        ",Total,North,South\n,n=300,n=120,n=180\nYes,40%,45%,37%\nNo,60%,55%,63%\n",
        {"groups": "columns"}, {"North": 120, "South": 180}, 300, YES_NO,
    ),
    "weighted and unweighted bases": Case(
        ",Total,North,South\nUnweighted base,300,120,180\nWeighted base,301,140,161\nYes,40%,45%,37%\nNo,60%,55%,63%\n",
        {"groups": "columns"}, {"North": 120, "South": 180}, 300, YES_NO, notes=("Weighted base",),
    ),
    "YouGov": Case(
        "Do you agree?,,,\n,Total,North,South\nWeighted Sample,301,140,161\nUnweighted Sample,300,120,180\n,%,%,%\n"
        "Agree,40,45,37\nDisagree,50,45,53\nDon't know,10,10,10\n",
        {"groups": "columns"}, {"North": 120, "South": 180}, 300, ["Agree", "Disagree", "Don't know"],
        {"South/Disagree": "53"},
    ),
    "only a weighted base": Case(
        "Industry,Weighted base,Yes,No\nA,120,47.5,52.5\nB,80,43.8,56.3\n",
        refused=('B1: found "Weighted base"', "not sums of weights"),
    ),
    "whole numbers beside a whole": Case(
        "Industry,Done,Yes,No\nA,82,47.6,52.4\nB,80,43.8,56.3\nC,100,30.0,70.0\n",
        refused=('B1: found "Done", whole numbers beside columns that alone sum to 100', 'Call it "n"'),
    ),
    "whole numbers beside a whole of whole percentages": Case(
        "Industry,Asked,Yes,No\nA,82,48,52\nB,80,44,56\nC,100,30,70\n",
        refused=('B1: found "Asked"',),
    ),
    "whole numbers beside decimals": Case(
        "Industry,Done,Mail,Phone\nA,82,47.6,42.4\nB,80,43.8,46.3\nC,100,30.0,60.1\n",
        refused=('B1: found "Done", whole numbers beside columns with decimals',),
    ),
    "an answer that happens to be whole": Case(
        "Industry,Done,Mail,Phone\nA,82,47.6,42.4\nB,80,43.8,46.3\nC,100,30.0,60.1\n",
        {"answers": "multiple"}, {"A": None, "B": None, "C": None}, None, ["Done", "Mail", "Phone"],
    ),
    "a total column of sizes": Case(
        "業種,全体,はい,いいえ\n製造業,120,47.5,52.5\n小売業,200,43.5,56.5\n",
        groups={"製造業": 120, "小売業": 200}, asked=["はい", "いいえ"], notes=("is read as sizes",),
    ),
    "n and percent of each answer": Case(
        "Trade,n,Yes n,Yes %,No n,No %\nA,120,57,47.5,63,52.5\nB,80,35,43.8,45,56.3\n",
        groups={"A": 120, "B": 80}, asked=YES_NO, figures={"A/Yes": ("47.5", 57, 120)},
        notes=("numbers of answers",),
    ),
    # 5. proportions, signs, pairs
    "proportions of one decimal": Case(
        "Group,Yes,No\nA,0.5,0.5\nB,0.4,0.6\nC,0.3,0.7\n", refused=("not proportions of 1", "--values proportion")
    ),
    "proportions without a nought": Case("Group,Yes,No\nA,.5,.5\nB,.4,.6\n", refused=('B2 ("A", "Yes"): found ".5"',)),
    "proportions, told": Case(
        "Group,n,Yes,No\nA,120,0.475,0.525\nB,10,.4,.6\n", {"values": "proportion"},
        {"A": 120, "B": 10}, None, YES_NO, {"A/Yes": "47.5", "B/No": "60"},
    ),
    "percentages with counts": Case(
        "Trade,n,Yes,No\nA,7,71.4% (5),28.6% (2)\nB,8,62.5% (5),37.5% (3)\n",
        groups={"A": 7, "B": 8}, asked=YES_NO, figures={"A/Yes": ("71.4", 5, 7), "B/No": ("37.5", 3, 8)},
    ),
    "counts with percentages": Case(
        "Trade,n,Yes,No\nA,7,5 (71.4%),2 (28.6%)\nB,8,5 (62.5%),3 (37.5%)\n",
        groups={"A": 7, "B": 8}, asked=YES_NO, figures={"A/Yes": ("71.4", 5, 7)},
    ),
    "n (%)": Case(
        'Trade,n,Yes n (%),No n (%)\nA,7,5 (71.4),2 (28.6)\nB,8,5 (62.5),3 (37.5)\n',
        groups={"A": 7, "B": 8}, asked=YES_NO, figures={"A/Yes": ("71.4", 5, 7)},
    ),
    "percentages with a footnote number": Case(
        "Trade,n,Yes,No\nA,7,71.4% (1),28.6%\nB,8,62.5%,37.5%\n", refused=("C2", "If it is a footnote mark, leave it out"),
    ),
    "a bare number in brackets": Case(
        "Trade,n,Yes,No\nA,7,71.4 (5),28.6 (2)\nB,8,62.5 (5),37.5 (3)\n", refused=("C2", 'name the column "% (n)"')
    ),
    "a star for less than half a percent": Case(
        "Trade,Yes,No\nA,*,99\nB,2,98\n", refused=('B2 ("A", "Yes"): found "*"', "half a percent")
    ),
    # 6. header rows
    "units below the names": Case(
        "業種,回答者数,はい,いいえ\n,人,%,%\n製造業,120,47.5,52.5\n小売業,200,43.5,56.5\n",
        groups={"製造業": 120, "小売業": 200}, asked=["はい", "いいえ"], figures={"製造業/はい": "47.5"},
    ),
    "count and percent below the names": Case(
        ",,Yes,,No,\nTrade,n,Count,%,Count,%\nA,120,57,47.5,63,52.5\nB,80,35,43.8,45,56.3\n",
        groups={"A": 120, "B": 80}, asked=YES_NO, figures={"A/Yes": ("47.5", 57, 120)},
    ),
    "three rows of names": Case(
        ",,Q1 Contact,,,\n,,Yes,,No,\nTrade,n,n,%,n,%\nA,120,57,47.5,63,52.5\nB,80,35,43.8,45,56.3\n",
        groups={"A": 120, "B": 80}, asked=YES_NO, figures={"B/No": ("56.3", 45, 80)},
    ),
    "SPSS custom table": Case(
        ",,Sex,,,\n,,Male,,Female,\n,,Count,Column N %,Count,Column N %\nHeard of it,Yes,48,40.0%,90,50.0%\n,No,72,60.0%,90,50.0%\n,Total,120,100.0%,180,100.0%\n",
        {}, {"Male": 120, "Female": 180}, None, YES_NO, {"Male/Yes": ("40.0", 48, 120), "Female/No": ("50.0", 90, 180)},
    ),
    "SPSS, percentages of rows": Case(
        ",Yes,,No,,Total,\n,Count,Row N %,Count,Row N %,Count,Row N %\nMale,48,40.0%,72,60.0%,120,100.0%\nFemale,90,50.0%,90,50.0%,180,100.0%\n",
        {}, {"Male": 120, "Female": 180}, None, YES_NO, {"Male/Yes": ("40.0", 48, 120)},
    ),
    "counts over percentages": Case(
        ",,全体,はい,いいえ\n全体,,300,138,162\n,,100.0,46.0,54.0\n性別,男性,120,48,72\n,,100.0,40.0,60.0\n,女性,180,90,90\n,,100.0,50.0,50.0\n",
        {}, {"男性": 120, "女性": 180}, 300, ["はい", "いいえ"],
        {"男性/はい": ("40.0", 48, 120), "*/いいえ": ("54.0", 162, 300)},
    ),
    "answers with counts over percentages": Case(
        ",Total,North,South\nBase,300,120,180\nYes,138,48,90\n,46%,40%,50%\nNo,162,72,90\n,54%,60%,50%\n",
        {"groups": "columns"}, {"North": 120, "South": 180}, 300, YES_NO, {"North/Yes": ("40", 48, 120)},
    ),
    "a pivot table": Case(
        "Count of id,Column Labels,,\nRow Labels,No,Yes,Grand Total\nA,63,57,120\nB,45,35,80\nGrand Total,108,92,200\n",
        {"values": "count"}, {"A": 120, "B": 80}, 200, ["No", "Yes"], {"A/Yes": (None, 57, 120), "*/No": (None, 108, 200)},
    ),
    "a pivot table, not said to hold counts": Case(
        "Row Labels,No,Yes,Grand Total\nA,3,7,10\nB,5,5,10\nGrand Total,8,12,20\n", refused=("--values count",)
    ),
    "e-Stat": Case(
        "表1 産業別の回答,,,,\n単位：社,,,,\n産業,総数,増やす,変えない,減らす\n総数,500,200,250,50\n製造業,300,150,120,30\n小売業,200,50,130,20\n",
        {"values": "count"}, {"製造業": 300, "小売業": 200}, 500, ["増やす", "変えない", "減らす"],
        {"製造業/増やす": (None, 150, 300), "*/減らす": (None, 50, 500)}, ("A2: left out, above the table",),
    ),
    "years across": Case(
        "Answer,2023,2024\nYes,40.0,45.0\nNo,60.0,55.0\n", refused=('B1: found "2023"', "--header-rows 1")
    ),
    "years across, told": Case(
        "Answer,2023,2024\nYes,40.0,45.0\nNo,60.0,55.0\n", {"groups": "columns", "header_rows": 1},
        {"2023": None, "2024": None}, None, YES_NO, {"2024/Yes": "45.0"},
    ),
    "a rank before the labels": Case(
        "順位,業種,n,はい,いいえ\n1,製造業,120,47.5,52.5\n2,エネルギー,80,43.8,56.3\n3,小売業,100,30.0,70.0\n",
        {}, {"製造業": 120, "エネルギー": 80, "小売業": 100}, None, ["はい", "いいえ"], notes=("numbers the rows",),
    ),
    "a mean behind the answers": Case(
        "Trade,n,Good,Bad,Mean\nA,120,47.5,52.5,1.5\nB,80,43.8,56.3,1.6\n",
        groups={"A": 120, "B": 80}, asked=["Good", "Bad"], notes=("left out, no share",),
    ),
    "nets among the answers": Case(
        ",Total,North,South\nBase,300,120,180\nNET Good,60%,65%,57%\nVery good,20%,25%,17%\nRather good,40%,40%,40%\nBad,40%,35%,43%\n",
        {"groups": "columns"}, {"North": 120, "South": 180}, 300, ["Very good", "Rather good", "Bad"],
        notes=("the sum of other options",),
    ),
    "a header repeated": Case(
        TOP + "Manufacturing,120,47.5,52.5\nEnergy,80,43.8,56.3\nIndustry,n,Yes,No\nRetail,100,30.0,70.0\n",
        groups=TRADES, asked=YES_NO, notes=("names repeated",),
    ),
    "another table below": Case(
        TOP + BODY + "Industry,n,Often,Never\nManufacturing,120,10.0,90.0\nEnergy,80,20.0,80.0\n",
        refused=("found words only", "another table"),
    ),
    "multiple answers across": Case(
        "手段,全体,20代,30代\nn,300,120,180\nメール,60.0,65.0,56.7\n電話,50.0,55.0,46.7\n",
        {"groups": "columns"}, {"20代": 120, "30代": 180}, 300, ["メール", "電話"], {"20代/メール": "65.0"},
    ),
    "multiple answers across, not said": Case(
        "手段,20代,30代,40代\nメール,60.0,65.0,56.7\n電話,50.0,55.0,46.7\n", refused=("groups of people across",)
    ),
    "Teikoku": Case(
        "業界,有効回答企業数（社）,ある(%),ない(%),分からない(%)\n全体,\"11,014\",49.9,25.3,24.8\n製造,\"2,912\",56.2,20.8,23.0\n卸売,\"8,102\",47.6,26.9,25.5\n※割合は小数第2位を四捨五入,,,,\n",
        {}, {"製造": 2912, "卸売": 8102}, 11014, ["ある", "ない", "分からない"], {"製造/ある": "56.2"},
    ),
    "Pew, with notes and metadata": Case(
        "Table 3,,,\nViews of alumni networks,,,\n% who say alumni networks are …,,,\n,Important,Not important,No answer\nAll adults,54,44,2\nMen,50,48,2\nWomen,58,40,2\n"
        "Note: Figures may not add to 100% due to rounding.,,,\nSource: Survey of adults.,,,\n",
        {}, {"Men": None, "Women": None}, None, ["Important", "Not important", "No answer"], {"*/Important": "54"},
    ),
    "groups by sex and by age": Case(
        "% who say …,,,\n,Very,Somewhat,Not too\nTotal,20,30,50\nMen,25,30,45\nWomen,15,30,55\nAges 18-29,10,30,60\n30-49,20,30,50\n50+,25,30,45\n",
        refused=("A6: found groups by sex and by age",),
    ),
    "a name that may be of sizes": Case(
        "Industry,Companies,Mail,Phone\nA,82,47,62\nB,80,43,70\n", refused=('B1: found "Companies", whole numbers',)
    ),
    "confidence intervals": Case(
        "Group,n,Yes,95% CI,Lower,Upper\nA,120,47.5,38.4-56.6,38.4,56.6\nB,80,43.8,33.0-55.0,33.0,55.0\n",
        groups={"A": 120, "B": 80}, asked=["Yes"], notes=("D1: left out", "E1: left out", "F1: left out"),
    ),
    "a long table": Case(
        "Group,Answer,Percent\nA,Yes,47.5\nA,No,52.5\nB,Yes,40.0\nB,No,60.0\n",
        refused=("one row for each group and answer", "Pivot it"),
    ),
    "marks behind labels": Case(
        "Industry,n,Yes*,No\nManufacturing¹,120,47.5,52.5\nEnergy（注1）,80,43.8,56.3\nTotal†,200,46.0,54.0\n",
        groups={"Manufacturing": 120, "Energy": 80}, total=200, asked=YES_NO,
    ),
    "SPSS crosstabs": Case(
        "Industry * Contact Crosstabulation,,,,,\n,,,Contact,,Total\n,,,Yes,No,\nIndustry,Energy,Count,48,72,120\n"
        ",,% within Industry,40.0%,60.0%,100.0%\n,,% within Contact,34.8%,44.4%,40.0%\n,Retail,Count,90,90,180\n"
        ",,% within Industry,50.0%,50.0%,100.0%\n,,% within Contact,65.2%,55.6%,60.0%\nTotal,,Count,138,162,300\n"
        ",,% within Industry,46.0%,54.0%,100.0%\n,,% within Contact,100.0%,100.0%,100.0%\n",
        groups={"Energy": 120, "Retail": 180}, total=300, asked=YES_NO,
        figures={"Energy/Yes": ("40.0", 48, 120), "*/No": ("54.0", 162, 300)}, notes=("the other direction",),
    ),
    "SPSS frequencies": Case(
        "Contact,,,\n,Frequency,Valid Percent,Cumulative Percent\nYes,120,30.8,30.8\nNo,270,69.2,100.0\nTotal,390,100.0,\n",
        {"groups": "columns"}, {"All respondents": 390}, None, YES_NO, {"All respondents/Yes": ("30.8", 120, 390)},
    ),
    "SPSS frequencies of two kinds": Case(
        "Contact,,,\n,Frequency,Percent,Valid Percent\nYes,120,30.0,30.8\nNo,270,67.5,69.2\n",
        {"groups": "columns"}, refused=('found "Valid Percent"; expected one column of kind percent',),
    ),
    "SurveyMonkey, compared": Case(
        "Q3. Do you keep in touch?,,,,\n,Yes,,No,\n,%,n,%,n\nManufacturing,47.50%,57,52.50%,63\nEnergy,43.75%,35,56.25%,45\n",
        groups={"Manufacturing": 120, "Energy": 80}, asked=YES_NO, figures={"Energy/No": ("56.25", 45, 80)},
        notes=("counts sum to the bases",),
    ),
    "a section with a total of its own": Case(
        ",n,Yes,No\nSex,,,\nMen,200,55.0,45.0\nWomen,200,45.0,55.0\nTotal,400,50.0,50.0\nAge,,,\n18-34,90,60.0,40.0\n"
        "35-64,300,46.7,53.3\nTotal,390,49.7,50.3\n",
        {"section": "Age"}, {"18-34": 90, "35-64": 300}, 390, YES_NO, {"*/Yes": "49.7"},
    ),
    "counts, as a unit tells": Case("回答数（人）,はい,いいえ\n男性,43,47\n女性,20,40\n", refused=("--values count",)),
    "counts, as the total tells": Case("Industry,Yes,No\nA,43,47\nB,20,40\nTotal,63,87\n", refused=("A4", "--values count")),
    "a column of sums near 100": Case(
        "Industry,n,Yes,No,Sum\nA,120,47.5,52.5,100\nB,80,43.8,56.3,100.1\n",
        groups={"A": 120, "B": 80}, asked=YES_NO, notes=("says 100 and is left out",),
    ),
    "answers down, people across, sums both ways": Case(
        ",Men,Women\nYes,47.5,52.5\nNo,52.5,47.5\n", refused=("answers down and groups of people across",)
    ),
    "questions in a column of their own": Case(
        "Question,Answer,Total,North,South\nHeard of it?,Yes,40,45,37\n,No,60,55,63\nWould buy?,Yes,10,12,8\n,No,90,88,92\n",
        {"groups": "columns"}, {"North": None, "South": None}, None, {"Heard of it?": YES_NO, "Would buy?": YES_NO},
        {"*/Would buy?: Yes": "10"},
    ),
    "the sign before the name": Case(
        "Industry,n (unweighted),% Yes,% No\nA,120,47.5,52.5\nC,80,43.8,56.3\n", groups={"A": 120, "C": 80}, asked=YES_NO
    ),
    "a subtotal of answers": Case(
        "Industry,n,Strongly,Rather,Not,Total agree\nA,120,17.5,30.0,52.5,47.5\nB,80,13.8,30.0,56.3,43.8\n",
        groups={"A": 120, "B": 80}, asked=["Strongly", "Rather", "Not"], notes=("the sum of other options",),
    ),
    "letters of significance": Case(
        ",Male (A),Female (B)\nBase,490,515\nYes,42%,39%\nNo,58%,61%A\n", {"groups": "columns"},
        refused=("C4", "leave it out: 61"),
    ),
    "a total of a country": Case(
        "Region,Yes,No\nNortheast,47.5,52.5\nSouth,43.8,56.3\nU.S. total,45.0,55.0\n",
        refused=('A4: found "U.S. total"', "--total"),
    ),
    "all of some": Case(
        "Region,Yes,No\nNortheast,47.5,52.5\nSouth,43.8,56.3\nAll employed adults,45.0,55.0\n",
        refused=('A4: found "All employed adults"',),
    ),
    "all of an age": Case(
        "Region,Yes,No\nNortheast,47.5,52.5\nSouth,43.8,56.3\nAll adults 18+,45.0,55.0\n",
        groups={"Northeast": None, "South": None}, asked=YES_NO, figures={"*/No": "55.0"},
    ),
    "a note in the second column": Case(
        "Region,Yes,No\nNortheast,47.5,52.5\nSouth,43.8,56.3\n,Note: unweighted,\n",
        groups={"Northeast": None, "South": None}, asked=YES_NO, notes=("B4: left out as a note",),
    ),
    "a source with its year": Case(
        TOP + BODY + "Source: survey,2025,,\n", groups=TRADES, asked=YES_NO, notes=("A5: left out as a note",)
    ),
    "respondents behind labels": Case(
        "Region,Yes,No\nNortheast (120 respondents),47.5,52.5\nSouth (80 respondents),43.8,56.3\n",
        groups={"Northeast": 120, "South": 80}, asked=YES_NO,
    ),
    "two tables of one layout": Case(
        "Q1 Heard,,,\nIndustry,n,Yes,No\nA,120,47.5,52.5\nB,80,43.8,56.3\n,,,\nQ2 Bought,,,\nIndustry,n,Yes,No\nA,120,17.5,82.5\nB,80,13.8,86.3\n",
        {"section": "Q2 Bought"}, {"A": 120, "B": 80}, None, YES_NO, {"B/Yes": "13.8"},
    ),
    "two tables of one layout, not told": Case(
        "Q1 Heard,,,\nIndustry,n,Yes,No\nA,120,47.5,52.5\nB,80,43.8,56.3\n,,,\nQ2 Bought,,,\nIndustry,n,Yes,No\nA,120,17.5,82.5\nB,80,13.8,86.3\n",
        refused=('"Q2 Bought"', "--section"),
    ),
    "ranks with ties, and a difference": Case(
        "順位,都道府県,割合(%),前回差(pt)\n1,東京都,47.5,1.2\n2,大阪府,43.8,0.8\n2,京都府,43.8,1.0\n4,沖縄県,30.0,0.1\n",
        groups={"東京都": None, "大阪府": None, "京都府": None, "沖縄県": None}, asked=["割合"], notes=("D1: left out",),
    ),
    "multiple answers of one question, below each other": Case(
        "Channel,Respondents,Percent\nMail,57,47.5\nPhone,63,52.5\nVisit,30,25.0\n",
        refused=("counts and their percentages of one total",),
    ),
    "respondents who all chose several": Case(
        "Which channels?,Men,Women\nMail,60.0%,55.0%\nPhone,50.0%,46.7%\nTotal Respondents,120,180\n",
        {"groups": "columns"}, {"Men": 120, "Women": 180}, None, ["Mail", "Phone"], {"Women/Mail": "55.0"},
    ),
    "industries across": Case(
        "Channel,Manufacturing,Retail,Energy\nMail,60.0,55.0,40.2\nPhone,50.0,47.0,30.1\nVisit,20.0,18.0,12.5\n",
        refused=("groups of people across",),
    ),
    "small percentages whose names have the sign": Case(
        "Industry,n,Yes (%),Maybe (%)\nA,1200,0.8,0.3\nB,800,0.5,0.1\n",
        groups={"A": 1200, "B": 800}, asked=["Yes", "Maybe"], figures={"B/Maybe": "0.1"},
    ),
    "a column % behind each count": Case(
        "Industry,n,Yes,%,No,%\nA,120,57,47.5,63,52.5\nB,80,35,43.8,45,56.3\n",
        groups={"A": 120, "B": 80}, asked=YES_NO, figures={"A/No": ("52.5", 63, 120)},
    ),
    "companies and percentages of each answer": Case(
        "業種,総数(社),はい(社),はい(%),いいえ(社),いいえ(%)\nA,120,57,47.5,63,52.5\nB,80,35,43.8,45,56.3\n",
        groups={"A": 120, "B": 80}, asked=["はい", "いいえ"], figures={"B/はい": ("43.8", 35, 80)},
    ),
    "points of a scale": Case(
        "Trade,n,5,4,3,2,1,Mean\nA,120,10.0,20.0,30.0,25.0,15.0,2.9\nB,80,12.5,17.5,30.0,25.0,15.0,2.9\n",
        {"header_rows": 1}, {"A": 120, "B": 80}, None, ["5", "4", "3", "2", "1"], {"A/5": "10.0"},
    ),
    "sizes of companies as groups": Case(
        "従業員数,n,はい,いいえ\n5-9人,120,47.5,52.5\n10-29人,80,43.8,56.3\n300人以上,100,30.0,70.0\n",
        groups={"5-9人": 120, "10-29人": 80, "300人以上": 100}, asked=["はい", "いいえ"],
    ),
    "an effective sample": Case(
        ",Men,Women\nEffective sample,100,150\nUnweighted sample,120,180\nYes,40%,50%\nNo,60%,50%\n",
        {"groups": "columns"}, {"Men": 120, "Women": 180}, None, YES_NO, notes=("Effective sample",),
    ),
}  # fmt: skip
