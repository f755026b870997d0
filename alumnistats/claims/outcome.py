"""What is said of a claim: its grounds, the verdict they add up to, and the rule between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["supported", "not supported", "contradicted", "undetermined"]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the data say about one claim.

    Attributes
    ----------
    in_sample : float or None
        Probability, over the solutions, that the claim holds among the respondents themselves;
        None when nothing published decides it.
    p_value : float or None
        Of the test whose rejection establishes the claim in the population, averaged over the
        solutions.
    significant : float or None
        Share of the solutions' probability in which that test rejects.
    probability : float or None
        Posterior probability of the claim in the population.
    needed_n : float or None
        Respondents (a group, for claims about groups) from whom on the claim's test rejects with a
        probability of 80% if the shares are as observed (`planning.needed_size`); infinite for an
        exact tie.
    refuted : float or None
        Posterior probability that the opposite holds, where the claim has a plain opposite.
    en, ja : str
        One sentence with the figures.
    """

    in_sample: float | None
    p_value: float | None
    significant: float | None
    probability: float | None
    needed_n: float | None
    en: str
    ja: str
    refuted: float | None = None


NOTHING = Grounds(None, None, None, None, None, "", "")
"""Of a claim of which nothing is published."""


def one_sided(level: float) -> float:
    """Return what a two-sided interval of this level leaves out on one side."""
    return (1 - level) / 2


def decide(grounds: Grounds, level: float) -> Verdict:
    """Return the verdict that the grounds add up to.

    Parameters
    ----------
    grounds : Grounds
    level : float
        Of the two-sided intervals shown, such as 0.95: a claim is established when they exclude its
        opposite, so with ``alpha = (1 - level) / 2`` on the one side.

    Returns
    -------
    str
        ``contradicted`` when the claim is false among the respondents in all but `alpha` of the
        solutions, or when its opposite has posterior probability of at least ``1 - alpha``;
        ``supported`` when the one-sided test rejects at `alpha` in at least `level` of the
        solutions and the posterior probability reaches ``1 - alpha``; ``undetermined`` when either ground
        cannot be had from what is published; ``not supported`` otherwise.
    """
    alpha = one_sided(level)
    if grounds.in_sample is not None and grounds.in_sample <= alpha:
        return "contradicted"
    if grounds.refuted is not None and grounds.refuted >= 1 - alpha:
        return "contradicted"
    if grounds.p_value is None or grounds.probability is None:
        return "undetermined"
    established = grounds.significant is not None and grounds.significant >= level
    if established and grounds.probability >= 1 - alpha:
        return "supported"
    return "not supported"
