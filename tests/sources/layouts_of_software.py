"""Tables as programs and offices write them: shares, counts, names in several rows, and oddities."""

from layouts import BODY, TOP, TRADES, YES_NO, Case

OF_SOFTWARE: dict[str, Case] = {
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
        notes=("sums of counts",),
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
    "all as an answer": Case(
        "Trade,n,None,Some,All\nA,120,20,30,50\nB,80,25,30,45\n", groups={"A": 120, "B": 80}, asked=["None", "Some", "All"]
    ),
    "interviews as an answer": Case(
        "Trade,n,Interviews,Tests,References\nA,120,45,30,25\nB,80,40,35,25\n",
        groups={"A": 120, "B": 80}, asked=["Interviews", "Tests", "References"],
    ),
    "interviews, of what": Case(
        "Trade,Interviews,Tests,References\nA,45,70,25\nB,40,65,35\n", refused=('B1: found "Interviews", numbers of at most 100',)
    ),
    "sizes with a percent sign": Case("Trade,n,Yes,No\nA,12%,47.5,52.5\nB,80%,43.8,56.3\n", refused=('B2 ("A", n): found "12%"',)),
    "a share of something else": Case(
        "Trade,n,Share of firms,Yes,No\nA,120,60.0%,47.5%,52.5%\nB,80,40.0%,43.8%,56.3%\n",
        refused=('C1: found "Share of firms", beside columns that alone sum to 100',),
    ),
    "words in a column": Case(
        "Industry,Sector,n,Yes,No\nA,Public,120,47.5,52.5\nB,Private,80,43.8,56.3\n", refused=("B2", "Words are no shares")
    ),
    "one answer without a name above the labels": Case(
        ",Yes\nA,50.5\nB,40.2\n", groups={"A": None, "B": None}, asked=["Yes"], figures={"B/Yes": "40.2"}
    ),
    "labels that end in n and a number": Case(
        "Region,Yes,No\nRegion: 5,45,55\nRegion: 6,40,60\n", groups={"Region: 5": None, "Region: 6": None}, asked=YES_NO
    ),
    "two rows of all": Case(
        TOP + "Total,300,40.7,59.3\n" + BODY + "All respondents,300,40.7,59.3\n", refused=("a second total row", "--total")
    ),
    "two rows of all, one named": Case(
        TOP + "Total,300,40.7,59.3\n" + BODY + "All respondents,300,40.7,59.3\n", {"total": "Total"}, TRADES, 300, YES_NO
    ),
    "numbers in the place of labels": Case("Yes,No\n47.5,52.5\n40.2,59.8\n", refused=('A2: found "47.5"', "labels")),
    "counts whose sums are the sizes": Case(
        "Trade,No,Yes\nA,63,57\nB,45,35\n", {"values": "count", "answers": "single"},
        {"A": 120, "B": 80}, None, ["No", "Yes"], {"A/Yes": (None, 57, 120)}, ("sums of counts",),
    ),
    "counts whose sums may be anything": Case(
        "Trade,No,Yes\nA,63,57\nB,45,35\n", {"values": "count"}, refused=("counts without sizes", "--answers single")
    ),
}  # fmt: skip
