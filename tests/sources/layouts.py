"""Tables of people: totals, banners, headings and sizes, and what is right for each.

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
SHARES = "Industry,Yes,No\nManufacturing,47.5,52.5\nEnergy,43.8,56.3\nRetail,30.0,70.0\n"


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

OF_PEOPLE: dict[str, Case] = {
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
    "one way without sizes": Case(
        "Reason,Share\nPay,45.5\nHours,30.2\nLocation,55.0\n",
        refused=("answers down, as the first column is headed", "--groups columns"),
    ),
    "groups, or one way without sizes": Case(
        "Industry,Share\nEnergy,45.5\nRetail,30.2\nEducation,55.0\n", {},
        {"Energy": None, "Retail": None, "Education": None}, None, ["Share"], {"Energy/Share": "45.5"},
        ("are read as groups whose shares have no name; if they are answers, say groups columns",),
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
    # 1. totals of other names, which no sizes tell
    **{
        f"a total without sizes: {label}": Case(
            SHARES + f"{label},40.7,59.3\n",
            groups=dict.fromkeys(TRADES), asked=YES_NO, figures={"*/Yes": "40.7"},
        )
        for label in ("Gesamtsumme", "Alle Befragten", "Ensemble des répondants", "全員", "全業界計", "Итого")
    },
    **{
        f"perhaps a total, without sizes: {label}": Case(
            SHARES + f"{label},40.7,59.3\n", refused=(f'A5: found "{label}"', "--total none")
        )
        for label in ("Industry average", "全産業平均", "Average of all industries", "Japan", "World", "Toutes les entreprises")
    },
    "a country among countries": Case(
        "Country,Yes,No\nBrazil,47.5,52.5\nChile,43.8,56.3\nJapan,30.0,70.0\n",
        groups={"Brazil": None, "Chile": None, "Japan": None}, asked=YES_NO,
    ),
    "below average, a group": Case(
        "Income,Yes,No\nBelow average,47.5,52.5\nAbove average,43.8,56.3\n",
        groups={"Below average": None, "Above average": None}, asked=YES_NO,
    ),
    # 3. respondents in two rows, without headings
    "a sum of the rows below it": Case(
        ",n,Yes,No\nEurope,300,50.0,50.0\nFrance,100,45.0,55.0\nSpain,200,52.5,47.5\n"
        "Asia,200,55.0,45.0\nIran,120,60.0,40.0\nKorea,80,47.5,52.5\n",
        refused=('A2: found "Europe"', '"France" to "Spain"', "--total none"),
    ),
    "two breakdowns of the same": Case(
        "属性,n,はい,いいえ\n製造業,200,55.0,45.0\n小売業,200,45.0,55.0\n大企業,150,60.0,40.0\n中小企業,250,44.0,56.0\n",
        refused=('A4: found "大企業" and below', "--total none"),
    ),
    "sizes that sum by chance": Case(
        "T,n,Yes,No\nA,200,55.0,45.0\nB,200,45.0,55.0\nC,150,60.0,40.0\nD,250,24.0,76.0\n",
        groups={"A": 200, "B": 200, "C": 150, "D": 250}, asked=YES_NO,
    ),
    **{
        f"a row of no shares: {row}": Case(
            TOP + BODY + row + "\n", refused=("A5: found", "no shares")
        )
        for row in ("p-value,,0.03,", "Margin of error,,3.1,3.1", "標準誤差,,1.1,1.1")
    },
    "codes of countries": Case(
        "C,n,Yes,No\nSE,120,47.5,52.5\nCI,100,30.0,70.0\n", groups={"SE": 120, "CI": 100}, asked=YES_NO
    ),
    # 4. sizes that no word tells
    "those who answered, no sum of answers": Case(
        "Trade,Total answering,Yes,No\nA,82,47.6,52.4\nB,80,43.8,56.3\nC,100,30.0,70.0\n",
        refused=('B1: found "Total answering"', 'Call it "n"'),
    ),
    "two columns of whole numbers beside decimals": Case(
        "Trade,Visits,Done,Mail,Phone\nA,82,40,47.6,42.4\nB,80,41,43.8,46.3\nC,100,50,30.0,60.1\n",
        refused=('B1: found "Visits"', 'C1: found "Done"'),
    ),
    # 5. proportions, and what is no percentage
    "proportions above a total in percent": Case(
        "G,Yes,No\nA,0.475,0.525\nB,0.44,0.56\nTotal,46.0,54.0\n", refused=("proportions of 1",)
    ),
    "one row of proportions": Case(
        "G,Yes,No\nA,0.475,0.525\nB,44.0,56.0\n", refused=("A2: found a row that sums to 1",)
    ),
    "proportions without a zero": Case("G,Yes,No\nA,.5,.5\nB,.4,.6\n", refused=("Write 0.5", "--values proportion")),
    "a count over a base": Case("G,n,Yes\nA,7,5/7 (71.4%)\nB,8,50.0\n", refused=("Yes count",)),
    "per mille": Case("G,n,Yes\nA,7,475‰\nB,8,50.0\n", refused=("10‰ are 1%",)),
    "intervals beside percentages": Case(
        "G,n,Yes,95% CI lower,95% CI upper,Average years\nA,80,47.5,40.1,55.5,5.5\nB,90,43.8,34.1,54.1,5.1\n",
        groups={"A": 80, "B": 90}, asked=["Yes"], notes=("D1: left out, no share", "F1: left out, no share"),
    ),
    "columns of two years": Case(
        "G,n,Yes 2024,Yes 2025\nA,80,47.5,52.5\nB,90,43.8,50.1\n",
        refused=('D1: found "Yes 2025" beside "Yes 2024"', "one survey"),
    ),
    "this survey beside the last": Case(
        "業種,前回,今回\nA,47.5,52.5\nB,43.8,50.1\n", refused=('C1: found "今回" beside "前回"',)
    ),
    # 6. letters of significance
    "rows of letters of significance": Case(
        "Q,Total,North,South\n,,(A),(B)\nBase,300,120,180\nYes,40%,45%,37%\n,,B,\nNo,60%,55%,63%\n,,,A\n",
        {"groups": "columns"}, {"North": 120, "South": 180}, 300, YES_NO, {"South/No": "63"},
        notes=("A2, A5, A7: left out, letters",),
    ),
}  # fmt: skip
