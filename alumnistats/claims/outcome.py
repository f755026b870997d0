"""What is said of a claim: its grounds, the verdict they add up to, and the rule between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alumnistats.claims.ranges import ANYTHING, Range
from alumnistats.planning import NeededSize

Verdict = Literal["supported", "not supported", "contradicted", "undetermined"]


Unit = Literal["per group", "in all", "per survey"]


@dataclass(frozen=True, slots=True)
class Needed:
    """The respondents that a claim needs.

    Attributes
    ----------
    size : NeededSize
        Median and middle 80% over the solutions, for a power of 80% in each.
    unit : {"per group", "in all", "per survey"}
    assurance : float or None
        Probability that a survey of the median size settles the claim, averaged over what is known
        of the shares; None where the median is infinite or very large, or was only approximated.
    """

    size: NeededSize
    unit: Unit
    assurance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What the data say about one claim; None where nothing is known.

    Attributes
    ----------
    in_sample : Range, optional
        Probability, over the solutions, that the claim holds among the respondents themselves.
    p : Range, optional
        P-value of the test whose rejection establishes the claim in the population, averaged over
        the solutions; a range where only bounds follow from what is published.
    significant : Range, optional
        Share of the solutions' probability in which that test rejects.
    posterior : Range, optional
        Posterior probability of the claim in the population.
    prior : float, optional
        Prior probability of the claim, under the prior of the posterior.
    needed : Needed, optional
        Respondents from whom on the claim's test rejects with a probability of 80%, over the
        solutions.
    refuted : Range, optional
        Posterior probability that the opposite holds, where the claim has a plain opposite.
    en, ja : str
        One sentence with the figures.
    """

    in_sample: Range | None = None
    p: Range | None = None
    significant: Range | None = None
    posterior: Range | None = None
    prior: float | None = None
    needed: Needed | None = None
    refuted: Range | None = None
    en: str = ""
    ja: str = ""

    @property
    def needed_n(self) -> float | None:
        """The median of the respondents needed."""
        return None if self.needed is None else self.needed.size.median

    @property
    def p_value(self) -> float | None:
        """The p-value, where it is more than a bound."""
        return None if self.p is None else self.p.value

    @property
    def probability(self) -> float | None:
        """The posterior probability, where it is more than a bound."""
        return None if self.posterior is None else self.posterior.value

    @property
    def bayes_factor(self) -> Range | None:
        """Posterior odds over prior odds: by what factor the data made the claim more probable."""
        if self.posterior is None or self.prior is None:
            return None
        return self.posterior.odds_ratio(self.prior)


NOTHING = Grounds()
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
        ``contradicted`` when the claim fails among the respondents in every solution, or when its
        opposite has posterior probability of at least ``1 - alpha``; ``supported`` when the
        one-sided test rejects at `alpha` in at least `level` of the solutions and the posterior
        probability reaches ``1 - alpha``; ``not supported`` when neither can be, whatever the
        grounds of which only bounds are known are; ``undetermined`` otherwise.

    Examples
    --------
    >>> decide(Grounds(in_sample=Range.exact(0.0)), 0.95)
    'contradicted'
    """
    certain = 1 - one_sided(level) - ROUNDING
    often = grounds.significant or ANYTHING
    posterior = grounds.posterior or ANYTHING
    refuted = grounds.refuted or Range.exact(0.0)
    fails = Range.exact(0.0) if grounds.in_sample is None else _failing(grounds.in_sample)
    if fails.lower >= 1 or refuted.lower >= certain:
        return "contradicted"
    if often.lower >= level - ROUNDING and posterior.lower >= certain:
        return "supported"
    supportable = often.upper >= level - ROUNDING and posterior.upper >= certain
    contradictable = fails.upper >= 1 or refuted.upper >= certain
    unknown = grounds.p is None and grounds.posterior is None
    return "undetermined" if supportable or contradictable or unknown else "not supported"


ROUNDING = 1e-9  # a sum of weights that should be a level may fall short of it by so much


def _failing(in_sample: Range) -> Range:
    """Return whether a claim fails in every solution: 1 if so, 0 if not, both if it may.

    Of a probability between 0 and 1 some solutions are known in which it holds.
    """
    never = float(in_sample.upper <= 0)
    return Range(never, max(never, float(in_sample.lower <= 0 < in_sample.upper - in_sample.lower)))
