r"""What one more published figure would tell of a group's sample size.

A figure that is not published yet has a distribution: that of the group's size n, as the figures
leave it, and of the count given n. Its expected information about n (Lindley 1956, Annals of
Mathematical Statistics 27, 986-1005) is

.. math:: I = H(n) - E[H(n \mid \text{figure})]
            = \sum_{n, f} P(n, f) \log_2 \frac{P(n, f)}{P(n) P(f)},

in bits: 1 bit halves the sizes that are left. The size itself would tell all of H(n). What a figure
tells of other groups, through the total, comes on top and is left out; so is what the overall
figures say of counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np

from alumnistats.arrays import FloatArray, IntArray
from alumnistats.reconstruction.beyond_tables import TOLERATED
from alumnistats.reconstruction.count_tables import Tables
from alumnistats.reconstruction.question_tree import Published, base_of, locate
from alumnistats.reconstruction.result import Reconstruction
from alumnistats.reconstruction.solutions import FEWEST_EFFECTIVE
from alumnistats.rounding import RoundingRule, round_share
from alumnistats.survey.fields import MAX_DECIMALS

if TYPE_CHECKING:
    import pandas as pd


Candidate = Literal["size", "share", "decimal"]

PINNED = 0.95  # probability of a size from which a group's size counts as pinned
SETTLED = 0.01  # bits below which nothing is left to be told
SHOWN = 3  # figures that the sentence names
USUAL_DECIMALS = 1  # of a share that is published as counts only


def mutual_information(joint: FloatArray) -> float:
    """Return the mutual information of rows and columns, in bits.

    Parameters
    ----------
    joint : ndarray, shape (rows, columns)
        Joint probabilities; they need not be normalised.
    """
    joint = joint / joint.sum()
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    some = joint > 0
    return max(float(joint[some] @ np.log2(joint[some] / apart[some])), 0.0)


def entropy(mass: FloatArray) -> float:
    """Return the entropy of a distribution in bits; it need not be normalised."""
    some = mass[mass > 0] / mass.sum()
    return max(float(-(some @ np.log2(some))), 0.0)


def information_in_figure(
    sizes: IntArray, mass: FloatArray, law: FloatArray, digits: int, rule: RoundingRule
) -> float:
    """Return what a published percentage tells of the size, in bits.

    Parameters
    ----------
    sizes : ndarray of int, shape (sizes,)
        Possible sizes, at least 1.
    mass : ndarray, shape (sizes,)
        Their probabilities.
    law : ndarray, shape (sizes, counts)
        Probability of the count given the size; 0 beyond the size.
    digits : int
        Decimals that would be published.
    rule : RoundingRule
    """
    count = np.minimum(np.arange(law.shape[1]), sizes[:, None])
    units, column = np.unique(round_share(count, sizes[:, None], digits, rule), return_inverse=True)
    joint = np.zeros((len(sizes), len(units)))
    rows = np.broadcast_to(np.arange(len(sizes))[:, None], law.shape)
    np.add.at(joint, (rows, column.reshape(law.shape)), mass[:, None] * law)
    return mutual_information(joint)


def informative_figures(recon: Reconstruction) -> pd.DataFrame:
    """Return what every figure that could be published as well would tell of its group's size.

    Parameters
    ----------
    recon : Reconstruction

    Returns
    -------
    DataFrame
        group; figure ("size", "share" of a measure published for other groups, or one more
        "decimal" of a published one); of (empty for a size); digits (decimals that would be
        published, missing for a size); bits, the expected information about the group's size; left,
        the bits that are unknown now. The most informative first. Questions that were not asked of
        all are left out; everything is, if too few draws carry the weight.

    Examples
    --------
    >>> import alumnistats as al
    >>> survey = al.load_survey("america-1969")
    >>> found = informative_figures(al.reconstruct(survey, draws=100))
    >>> found.columns.tolist()
    ['group', 'figure', 'of', 'digits', 'bits', 'left']
    """
    import pandas as pd

    likely = int(np.bincount(recon.particles.scenario, recon.particles.weight).argmax())
    scenario, problem = recon.scenarios[likely], recon.problem
    asked = [tree for tree in problem.trees.values() if base_of(tree, scenario).tree is None]
    tables = {tree.name: problem.tables(tree, scenario) for tree in asked}
    groups = range(len(recon.survey.group_ids))
    rows = [row for g in groups for row in _of_group(recon, g, tables)]
    rows = rows if recon.recovered_sizes else []
    table = pd.DataFrame(rows, columns=["group", "figure", "of", "digits", "bits", "left"])
    table["digits"] = table["digits"].astype("Int64")
    return table.sort_values("bits", ascending=False, kind="stable").reset_index(drop=True)


def _of_group(
    recon: Reconstruction, g: int, tables: Mapping[str, Tables]
) -> Iterator[tuple[str, Candidate, str, int | None, float, float]]:
    group = recon.survey.group_ids[g]
    sizes, inverse = np.unique(recon.particles.sizes[:, g], return_inverse=True)
    mass: FloatArray = np.bincount(inverse.reshape(-1), weights=recon.particles.weight).astype(
        float
    )
    left = entropy(mass)
    if left < SETTLED:
        return
    yield group, "size", "", None, left, left
    if not recon.problem.figures.tell_sizes:
        return
    if not sizes[0]:  # a group of nobody has no shares
        sizes, mass = sizes[1:], mass[1:]
    for of in recon.recovered:
        tree, node = locate(recon.survey, recon.trees, of)
        if tree.name not in tables:
            continue
        figure, digits = _candidate(recon, of, tree.group_figures.get((node, group)))
        if digits > MAX_DECIMALS:
            continue
        table = tables[tree.name]
        law = table.count_law(node, group, sizes)
        bits = information_in_figure(sizes, mass, law, digits, table.scenario.rounding)
        yield group, figure, of, digits, bits, left


def _candidate(
    recon: Reconstruction, of: str, published: Published | None
) -> tuple[Candidate, int]:
    """Return which figure of a group could be published, and with how many decimals."""
    if published is None or published.low is None or published.low != published.high:
        others = [f.digits for f in recon.survey.figures if f.of == of and f.percent is not None]
        return "share", max(others, default=USUAL_DECIMALS)
    return "decimal", published.digits + 1


def unpinned(recon: Reconstruction) -> tuple[str, ...]:
    """Return the groups no size of which has a probability of 0.95 or more."""
    table = recon.sample_sizes
    return tuple(table.loc[~(table["probability"] >= PINNED), "group"])


SENTENCES = {
    "beyond": {
        "en": "Sizes above {largest:,} were not looked at, and up to {share}% of the probability "
        "may lie there: --largest (in Python, largest=) looks further.",
        "ja": "{largest:,}人を超える標本サイズは調べていない。確率の最大{share}%がそこにある"
        "可能性がある（--largest、Pythonではlargest=で範囲を広げられる）。",
    },
    "withheld": {
        "en": "Sizes and counts are not recovered: of {draws:,} solutions drawn {ess:.0f} "
        "are effective, and {fewest} are needed. More draws or another prior on sizes may help.",
        "ja": "標本サイズと人数は復元できなかった（抽出された{draws:,}個の解のうち"
        "実効{ess:.0f}個、{fewest}個が必要）。抽出数を増やすか、標本サイズの別の事前分布を試すこと。",
    },
    "pinned": {
        "en": "The figures pin every group's size.",
        "ja": "公表値から、すべてのグループの標本サイズが定まる。",
    },
    "unpinned": {
        "en": "The figures do not pin the size of {few} of {all} groups: none of its sizes has a "
        "probability of {limit} or more.",
        "ja": "{all}グループのうち{few}グループの標本サイズは、公表値からは定まらない"
        "（確率{limit}以上の値がない）。",
    },
    "more": {
        "en": " Beside the sizes themselves, these figures would tell most: {figures}.",
        "ja": "標本サイズそのもののほかに、次の値が公表されれば最も絞り込める：{figures}。",
    },
    "share": {
        "en": "{of} of {group} ({bits:.1f} of {left:.1f} bits)",
        "ja": "{group}の「{of}」（{left:.1f}ビット中{bits:.1f}）",
    },
    "decimal": {
        "en": "one more decimal of {of} of {group} ({bits:.1f} of {left:.1f} bits)",
        "ja": "{group}の「{of}」の小数をもう1桁（{left:.1f}ビット中{bits:.1f}）",
    },
}


def pinning_sentence(recon: Reconstruction, table: pd.DataFrame, lang: str) -> str:
    """Return whether the figures pin the sizes, and if not, what would help most.

    Empty if the sizes are not recovered.

    Parameters
    ----------
    recon : Reconstruction
    table : DataFrame
        Its `informative_figures`.
    lang : {"en", "ja"}
    """
    if not recon.recovered_sizes:
        return ""
    open_ = unpinned(recon)
    if not open_:
        return SENTENCES["pinned"][lang]
    groups = len(recon.survey.group_ids)
    text = SENTENCES["unpinned"][lang].format(few=len(open_), all=groups, limit=PINNED)
    helpful = table[(table["figure"] != "size") & (table["bits"] >= SETTLED)].head(SHOWN)
    if helpful.empty:
        return text
    named = [
        SENTENCES[row["figure"]][lang].format(
            of=recon.survey.label(row["of"], lang),
            group=recon.survey.label(row["group"], lang),
            bits=row["bits"],
            left=row["left"],
        )
        for row in helpful.to_dict("records")
    ]
    figures = {"en": "; ", "ja": "、"}[lang].join(named)
    return text + SENTENCES["more"][lang].format(figures=figures)


def withheld_sentence(recon: Reconstruction, lang: str) -> str:
    """Return why sizes and counts are withheld; empty if they are recovered."""
    if recon.recovered_sizes:
        return ""
    particles = recon.particles
    return SENTENCES["withheld"][lang].format(
        ess=particles.ess, draws=len(particles.weight), fewest=FEWEST_EFFECTIVE
    )


def beyond_sentence(recon: Reconstruction, lang: str) -> str:
    """Return what the largest size in the tables may leave out; empty where that is little."""
    if recon.left_out <= TOLERATED:
        return ""
    share = math.ceil(100 * recon.left_out)
    return SENTENCES["beyond"][lang].format(largest=recon.problem.largest, share=share)
