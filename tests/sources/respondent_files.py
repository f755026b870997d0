"""Files of respondents as programs and people write them, each with what is right for it.

A case is a text (CSV), how it is read, and either what is found or a part of what is refused:
groups in order; how many chose each option, by question; how many are in the base; parts of the
notices that are due. No notice is due where none is named.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    text: str
    how: dict
    groups: tuple = ()
    counts: dict = field(default_factory=dict)
    base: dict = field(default_factory=dict)
    notes: tuple = ()
    error: tuple = ()


SURVEYMONKEY = """\
Respondent ID,Collector ID,Start Date,Which region?,Which of these do you use?,,,,What else?
,,,Response,Mail,Phone,Meetings,Other (please specify),Open-Ended Response
101,7,01/02/2025,North,Mail,,Meetings,,nothing
102,7,01/02/2025,South,,Phone,,,
103,7,01/02/2025,South,Mail,Phone,,letters by hand,all fine
104,7,01/02/2025,North,,,,,
"""
QUALTRICS = """\
StartDate,Status,Q1,Q2,Q3_1,Q3_2
Start Date,Response Type,What is your branch?,"Do you keep
in touch?",How? - Mail,How? - Phone
"{""ImportId"":""startDate"",""timeZone"":""America/Denver""}","{""ImportId"":""status""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}","{""ImportId"":""QID3_1""}","{""ImportId"":""QID3_2""}"
2025-01-01,IP Address,Energy,Yes,Mail,
2025-01-02,IP Address,Retail,No,,
2025-01-02,IP Address,Energy,No,Mail,Phone
"""
MERGED = """\
id,Branch,Channels,,
,,Mail,Phone,Letters
1,a,1,0,0
2,b,1,1,0
3,a,0,0,0
"""
LABELS = """\
q0,q1,q2
Which of our branches do you work in?,How satisfied are you with it?,Will you stay for a year?
Energy,high,yes
Retail,low,no
Energy,high,yes
Retail,low,yes
Energy,low,no
Retail,high,no
"""
WITH = {"group": "g", "questions": ["q"]}
MANY = {"group": "g", "multiple": {"m": ["Radio", "TV"]}}

CASES = {
    # Rows of headings
    "surveymonkey": Case(
        SURVEYMONKEY,
        {"group": "Which region?", "questions": ["Which of these do you use?"]},
        ("North", "South"),
        {"Which of these do you use?": {"Mail": 2, "Phone": 2, "Meetings": 1, "Other (please specify)": 1}},
        {"Which of these do you use?": 4},
        ('the second row is one of headings ("Response")',
         "1 rows with nothing chosen stay in its base", "whatever is written there is read as chosen"),
    ),
    "surveymonkey, columns by their options": Case(
        SURVEYMONKEY,
        {"group": "Which region?", "multiple": {"use": ["Mail", "Phone"]}},
        ("North", "South"), {"use": {"Mail": 2, "Phone": 2}}, {"use": 4},
        ("the second row is one of headings", "empty cells are read as not chosen"),
    ),
    "surveymonkey, one answer": Case(
        "Respondent ID,Region,Seen it?\n,Response,Response\n1,N,Yes\n2,S,No\n3,S,Yes\n",
        {"group": "Region", "questions": ["Seen it?"]}, ("N", "S"), {"Seen it?": {"No": 1, "Yes": 2}},
        {"Seen it?": 3}, ("the second row is one of headings",),
    ),
    "surveymonkey, open ends only": Case(
        "Region,Comment\nOpen-Ended Response,Open-Ended Response\nNorth,good\nSouth,bad\n",
        {"group": "Region", "questions": ["Comment"]}, ("North", "South"), {"Comment": {"bad": 1, "good": 1}},
        {}, ("the second row is one of headings",),
    ),
    "an answer called Response": Case(
        "g,q\na,Response\nb,Stimulus\na,Response\n", WITH, ("a", "b"), {"q": {"Response": 2, "Stimulus": 1}},
    ),
    "qualtrics": Case(
        QUALTRICS, {"group": "Q1", "questions": ["Q2"]}, ("Energy", "Retail"), {"Q2": {"No": 2, "Yes": 1}},
        {"Q2": 3}, ("2 rows under the names are Qualtrics' headings",),
    ),
    "qualtrics, several answers": Case(
        QUALTRICS, {"group": "Q1", "multiple": {"how": ["Q3_1", "Q3_2"]}}, ("Energy", "Retail"),
        {"how": {"Q3_1": 2, "Q3_2": 1}}, {"how": 3},
        ("Qualtrics' headings", "empty cells are read as not chosen"),
    ),
    "qualtrics without the texts": Case(
        'g,q\n"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"\na,x\nb,y\n', WITH, ("a", "b"),
        {"q": {"x": 1, "y": 1}}, {}, ("1 rows under the names are Qualtrics' headings",),
    ),
    "names over several columns": Case(
        MERGED, {"group": "Branch", "questions": ["Channels"], "header_rows": 2}, ("a", "b"),
        {"Channels": {"Mail": 2, "Phone": 1, "Letters": 0}}, {"Channels": 3},
    ),
    "a row of texts that nobody counted": Case(
        LABELS, {"group": "q0", "questions": ["q1", "q2"]},
        error=("row 2", "How satisfied are you", "say header_rows=2"),
    ),
    "a row of texts that is counted": Case(
        LABELS, {"group": "q0", "questions": ["q1", "q2"], "header_rows": 2}, ("Energy", "Retail"),
        {"q1": {"high": 3, "low": 3}, "q2": {"no": 3, "yes": 3}},
    ),
    "a first respondent unlike the others": Case(
        LABELS, {"group": "q0", "questions": ["q1"], "header_rows": 1},
        ("Which of our branches do you work in?", "Energy", "Retail"),
        {"q1": {"How satisfied are you with it?": 1, "high": 3, "low": 3}},
    ),
    "a weight under a second heading": Case(
        "g,q,w\nGroup,Question,Weight\na,x,1\nb,y,2\n", {**WITH, "weight": "w"},
        error=('row 2, "w"', 'found "Weight"', "expected a weight"),
    ),
    # Several answers, one column an option
    "text or not selected": Case(
        "g,Radio,TV\na,Radio,Not selected\nb,Not selected,Not selected\nb,Radio,TV\n", MANY, ("a", "b"),
        {"m": {"Radio": 2, "TV": 1}}, {"m": 3},
    ),
    "text or blank": Case(
        "g,Radio,TV\na,Radio at home,\nb,,\nb,Radio at home,Television\n", MANY, ("a", "b"),
        {"m": {"Radio": 2, "TV": 1}}, {"m": 3},
        ("empty cells are read as not chosen, since no cell says 0; 1 rows with nothing chosen",),
    ),
    "checked and unchecked": Case(
        "g,Radio,TV\na,Checked,Unchecked\nb,Unchecked,Unchecked\n", MANY, ("a", "b"),
        {"m": {"Radio": 1, "TV": 0}}, {"m": 2},
    ),
    "yes and no in Japanese": Case(
        "g,Radio,TV\na,はい,いいえ\nb,いいえ,いいえ\nb,,\n", MANY, ("a", "b"), {"m": {"Radio": 1, "TV": 0}},
        {"m": 2}, ("m: 1 rows without an answer are not in its base",),
    ),
    "circles": Case(
        "g,Radio,TV\na,○,\nb,,\nb,○,○\n", MANY, ("a", "b"), {"m": {"Radio": 2, "TV": 1}}, {"m": 3},
        ("empty cells are read as not chosen",),
    ),
    "ones and zeros as floats": Case(
        "g,Radio,TV\na,1.0,0.0\nb,0.0,\nb,1.0,1.0\n", MANY, ("a", "b"), {"m": {"Radio": 2, "TV": 1}},
        {"m": 3}, ("empty cells of 1 rows are read as not chosen",),
    ),
    "true and false": Case(
        "g,Radio,TV\na,TRUE,FALSE\nb,False,True\n", MANY, ("a", "b"), {"m": {"Radio": 1, "TV": 1}},
    ),
    "mentioned and not, in German": Case(
        "g,Radio,TV\na,ja,nein\nb,nein,nein\n", MANY, ("a", "b"), {"m": {"Radio": 1, "TV": 0}},
    ),
    "one and two": Case(
        "g,Radio,TV\na,1,2\nb,2,2\n", MANY, error=('row 3, "Radio"', '"2"', "1 for chosen, 0 for not"),
    ),
    "always two": Case("g,Radio,TV\na,2,2\nb,2,2\n", MANY, error=('row 2, "Radio"', "points of a scale")),
    "texts in every cell": Case(
        "g,Radio,TV\na,agree,disagree\nb,agree,disagree\n", MANY,
        error=('row 2, "Radio": found "agree" in all rows', "write 1 in these cells"),
    ),
    "a column twice": Case(
        "g,Radio,TV\na,1,0\nb,1,1\n", {"group": "g", "multiple": {"m": ["TV", "TV"]}},
        error=('multiple: found "TV" twice',),
    ),
    "not shown, as one service writes": Case(
        "g,Radio,TV\na,Yes,No\nb,N/A,N/A\n", MANY, error=('row 3, "Radio": found "N/A"', 'missing=["N/A"]'),
    ),
    "a scale is no box": Case(
        "g,Radio,TV\na,often,never\nb,never,often\n", MANY, error=('"often"', "row 2"),
    ),
    "the same text in two columns": Case(
        "g,Radio,TV\na,heard,\nb,heard,heard\n", MANY, error=('row 2, "Radio": found "heard"',),
    ),
    "yes beside maybe": Case(
        "g,Radio,TV\na,Yes,No\nb,Maybe,No\n", MANY, error=('row 3, "Radio"', '"Maybe"'),
    ),
    "refused beside the option": Case(
        "g,Radio,TV\na,Radio,TV\nb,Refused,\n", MANY, error=('row 3, "Radio"', '"Refused"', "say missing"),
    ),
    "refused means nothing": Case(
        "g,Radio,TV\na,Yes,No\nb,Refused,Refused\n", {**MANY, "missing": ["Refused"]}, ("a", "b"),
        {"m": {"Radio": 1, "TV": 0}}, {"m": 1}, ("m: 1 rows without an answer",),
    ),
    "NA in boxes": Case(
        "g,Radio,TV\na,1,0\nb,NA,NA\n", MANY, error=('row 3, "Radio": found "NA"', "say missing"),
    ),
    "an option that is a number": Case(
        "g,2019,2020\na,2019,\nb,,2020\n", {"group": "g", "multiple": {"m": ["2019", "2020"]}},
        ("a", "b"), {"m": {"2019": 1, "2020": 1}}, {}, ("empty cells are read as not chosen",),
    ),
    "none of these is an option": Case(
        "g,Radio,No answer\na,Radio,\nb,,No answer\n", {"group": "g", "multiple": {"m": ["Radio", "No answer"]}},
        ("a", "b"), {"m": {"Radio": 1, "No answer": 1}}, {},
        ("empty cells are read as not chosen", '"No answer" stays in the base and is not ranked'),
    ),
    # Several answers in one cell
    "answers with a slash between": Case(
        "g,q\na,Mail/Phone\na,Mail\nb,Phone\nb,Phone/Mail\n", WITH, ("a", "b"),
        {"q": {"Mail/Phone": 1, "Mail": 1, "Phone": 1, "Phone/Mail": 1}}, {},
        ('2 rows look like several answers in one cell, such as "Mail/Phone"',),
    ),
    "codes with a space between": Case(
        "g,q\na,1 2\na,1\nb,2\nb,2 3\nb,3\n", {**WITH, "split": {"q": " "}}, ("a", "b"),
        {"q": {"1": 2, "2": 3, "3": 2}},
    ),
    "codes with a space between, not told": Case(
        "g,q\na,1 2\na,1\nb,2\nb,2 3\nb,3\n", WITH, ("a", "b"),
        {"q": {"1": 1, "2": 1, "3": 1, "1 2": 1, "2 3": 1}}, {},
        ("2 rows look like several answers in one cell",),
    ),
    "texts with spaces are answers": Case(
        "g,q\na,very good\na,good\nb,very bad\nb,bad\n", WITH, ("a", "b"),
        {"q": {"very good": 1, "good": 1, "very bad": 1, "bad": 1}},
    ),
    "a code far above the others": Case(
        "g,q\na,1\na,5\nb,2\nb,99\n", WITH, ("a", "b"), {"q": {"1": 1, "2": 1, "5": 1, "99": 1}},
        {}, ('1 rows say "99", which is taken as it stands',),
    ),
    "mentioned in German": Case(
        "g,Radio,TV\na,genannt,nicht genannt\nb,nicht genannt,genannt\n", MANY, ("a", "b"),
        {"m": {"Radio": 1, "TV": 1}}, {"m": 2},
    ),
    "as many groups as respondents": Case(
        "g,q\n" + "".join(f"r{i},{'xy'[i % 2]}\n" for i in range(30)), WITH,
        tuple(f"r{i}" for i in range(30)), {"q": {"x": 15, "y": 15}}, {},
        ("30 groups of 30 respondents; is it an id",),
    ),
    "commas": Case(
        'g,q\na,"mail,phone"\nb,"phone,visit"\na,visit\nb,mail\n', WITH, ("a", "b"),
        {"q": {"mail": 1, "mail,phone": 1, "phone,visit": 1, "visit": 1}}, {},
        ('such as "mail,phone"; each such cell is read as one answer of its own',),
    ),
    "commas, split": Case(
        'g,q\na,"mail, phone"\nb,"phone,visit,"\na,visit\nb,mail\nb,\n', {**WITH, "split": {"q": ","}},
        ("a", "b"), {"q": {"mail": 2, "phone": 2, "visit": 2}}, {"q": 4},
        ("q: 1 rows without an answer are not in its base",),
    ),
    "semicolons, as some forms write": Case(
        "g,q\na,mail;phone\nb,visit\n", WITH, ("a", "b"), {"q": {"mail;phone": 1, "visit": 1}}, {},
        ('say split={"q": ";"}',),
    ),
    "bars, split everywhere": Case(
        "g,q,r\na,mail|phone,yes\nb,visit,no\n", {"group": "g", "questions": ["q", "r"], "split": "|"},
        ("a", "b"), {"q": {"mail": 1, "phone": 1, "visit": 1}, "r": {"no": 1, "yes": 1}},
    ),
    "a comma within one answer": Case(
        'g,q\na,"Yes, definitely"\nb,"No, not at all"\na,"Perhaps, later"\n', WITH, ("a", "b"),
        {"q": {"No, not at all": 1, "Perhaps, later": 1, "Yes, definitely": 1}},
    ),
    "a mark that is nowhere": Case(
        "g,q\na,mail|phone\nb,visit\n", {**WITH, "split": {"q": ";"}}, error=("split", 'no cell with ";"', '"|"'),
    ),
    "halves of one answer": Case(
        'g,q\na,"books, papers, radio"\nb,"books, papers"\nb,radio\n', {**WITH, "split": {"q": ","}}, ("a", "b"),
        {"q": {"books": 2, "papers": 2, "radio": 2}}, {}, ('"books" and "papers" are only ever given together',),
    ),
    "too many combinations": Case(
        "g,q\n" + "".join(f"a,c{i};c{i + 1}\n" for i in range(70)), WITH,
        error=("70 different answers", 'Say split={"q": ";"}'),
    ),
    # Missing values, nonresponse, labels
    "Namibia": Case(
        "country,q\nNA,yes\nZA,no\nNA,no\n", {"group": "country", "questions": ["q"]}, ("NA", "ZA"),
        {"q": {"no": 2, "yes": 1}}, {}, ('"country": 2 rows say "NA", which is taken as it stands',),
    ),
    "missing where it is said": Case(
        "g,q\na,yes\nb,-99\nb,no\nNULL,no\n", {**WITH, "missing": ["-99", "NULL"]}, ("a", "b"),
        {"q": {"no": 1, "yes": 1}}, {"q": 2},
        ('1 rows without "g" are left out', "q: 1 rows without an answer"),
    ),
    "a weight that is NA": Case(
        "g,q,w\na,yes,NA\nb,no,1\n", {**WITH, "weight": "w"}, error=('row 2, "w": found "NA"', "a weight"),
    ),
    "no answer, in the base": Case(
        "g,q\na,yes\nb,No answer\na,no\n", WITH, ("a", "b"), {"q": {"No answer": 1, "no": 1, "yes": 1}},
        {"q": 3}, ('"No answer" stays in the base and is not ranked',),
    ),
    "no answer in Japanese": Case(
        "g,q\na,はい\nb,無回答\na,いいえ\n", WITH, ("a", "b"), {"q": {"いいえ": 1, "はい": 1, "無回答": 1}},
        {"q": 3}, ('"無回答" stays in the base',),
    ),
    "no answer, taken out": Case(
        "g,q\na,yes\nb,No answer\na,no\n", {**WITH, "missing": ["No answer"]}, ("a", "b"),
        {"q": {"no": 1, "yes": 1}}, {"q": 2}, ("q: 1 rows without an answer",),
    ),
    "no answer by its own word": Case(
        "g,q\na,yes\nb,x9\na,no\n", {**WITH, "nonresponse": ["x9"]}, ("a", "b"), {"q": {"no": 1, "x9": 1, "yes": 1}},
    ),
    "don't know is an answer": Case(
        "g,q\na,yes\nb,Don't know\na,no\n", WITH, ("a", "b"), {"q": {"Don't know": 1, "no": 1, "yes": 1}},
    ),
    "groups in the order of the file": Case(
        "g,q\nRetail,x\nEnergy,y\nRetail,y\n", WITH, ("Retail", "Energy"), {"q": {"x": 1, "y": 2}},
    ),
    "one group typed in two ways": Case(
        "g,q\nEnergy,x\nenergy,y\n", WITH, ("Energy", "energy"), {"q": {"x": 1, "y": 1}}, {},
        ('"Energy" and "energy" are taken as two',),
    ),
    "letters without width": Case(
        "g,q\na\u200b,x\na,y\n", WITH, ("a\u200b", "a"), {"q": {"x": 1, "y": 1}}, {}, ("are taken as two",),
    ),
    "spaces in words for not chosen": Case(
        "g,Radio,TV\na,Radio,Not  Selected\nb,not selected ,TV\n", MANY, ("a", "b"), {"m": {"Radio": 1, "TV": 1}},
    ),
    "nine in boxes": Case(
        "g,Radio,TV\na,1,0\nb,9,9\n", MANY, error=('row 3, "Radio": found "9"', 'missing=["9"]'),
    ),
    "two delimiters": Case("g\tq,1\na\tx,2\nb\ty,3\n", WITH, error=("by commas and tabs alike", "Say delimiter")),
    "a delimiter that is said": Case(
        "g\tq,1\na\tx,2\nb\ty,3\n", {"group": "g", "questions": ["q,1"], "delimiter": "\t"}, ("a", "b"),
        {"q,1": {"x,2": 1, "y,3": 1}},
    ),
    "full-width letters are the same": Case(
        "g,q\nＡ社,x\nA社,y\n", WITH, ("A社",), {"q": {"x": 1, "y": 1}},
    ),
    "scales in their order": Case(
        "g,q\na,10\nb,9\na,-1\nb,1\n", WITH, ("a", "b"), {"q": {"-1": 1, "1": 1, "9": 1, "10": 1}}, {},
        ('1 rows say "-1"',),
    ),
    "weights with a decimal comma": Case(
        "g;q;w\na;x;0,8\nb;y;1,2\n", {**WITH, "weight": "w"}, error=('row 2, "w": found "0,8"', "decimal point"),
    ),
    "rows that are blank": Case(
        "g,q,w\na,x,1\n,,\nb,y,heavy\n", {**WITH, "weight": "w"}, error=('row 4, "w": found "heavy"',),
    ),
    "an id for a group": Case(
        "g,q\n" + "".join(f"id{i},x\n" for i in range(1001)), WITH, error=("1001 groups", "Is it a number or an id?"),
    ),
    "names over columns that nobody counted": Case(
        "id,g,Which?,,\n,,A,B,C\n1,a,A,,\n2,b,,B,C\n", {"group": "g", "questions": ["Which?"]},
        error=('a column without a name after "Which?"', "header_rows=2"),
    ),
    "names over columns that are counted": Case(
        "id,g,Which?,,\n,,A,B,C\n1,a,A,,\n2,b,,B,C\n",
        {"group": "g", "questions": ["Which?"], "header_rows": 2}, ("a", "b"),
        {"Which?": {"A": 1, "B": 1, "C": 1}}, {}, ("empty cells are read as not chosen",),
    ),
    "an empty column without a name": Case("g,q,\na,x,\nb,y,\n", WITH, ("a", "b"), {"q": {"x": 1, "y": 1}}),
    "two files put together": Case(
        "g,q\na,x\ng,q\nb,y\n", WITH, error=("row 3: found the names of the columns again", "Delete that row"),
    ),
    "a row of totals": Case(
        "g,q\na,x\nb,y\nTotal,\n", WITH, error=('row 4, "g": found "Total"', "Delete that row"),
    ),
    "a title above": Case(
        "Survey 2025,\ng,q\na,x\nb,y\n", WITH, error=('no column "g"', "a title above the names"),
    ),
    "a column that is not there": Case(
        "g,q\na,x\nb,y\n", {"group": "g", "questions": ["Q"]}, error=('no column "Q"', 'Did you mean "q"?'),
    ),
}  # fmt: skip
