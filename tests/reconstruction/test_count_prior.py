"""The prior of counts: beta-binomial, whichever way it is computed."""

import numpy as np
import pytest
from scipy import stats

from alumnistats.reconstruction.count_prior import prior_of_counts
from alumnistats.reconstruction.question_tree import Tree, split_nodes

CLOSE = 1e-9  # relative


@pytest.mark.parametrize("square", [0, 1000])
@pytest.mark.parametrize("options", ["ab", "abc", "abcde"])
def test_counts_of_equally_likely_answers_are_beta_binomial(monkeypatch, options, square):
    """Every option is split off in turn: the last one is as many splits down as there can be."""
    monkeypatch.setattr("alumnistats.reconstruction.count_prior.SQUARE", square)
    tree = Tree("q", "q", split_nodes(tuple(options), []), ())
    size, count = np.array([[30], [17]]), np.array([[0, 3, 17, 11]])
    for option in options:
        found = prior_of_counts(tree, tree.index(option), size, count)
        law = stats.betabinom(size, 1, len(options) - 1)
        np.testing.assert_allclose(found, law.pmf(count), rtol=CLOSE)


@pytest.mark.parametrize("square", [0, 1000])
def test_where_all_respondents_share_is_known_counts_lie_about_it(monkeypatch, square):
    """The law is the average over four concentrations of 1, 4, 16 and 64."""
    monkeypatch.setattr("alumnistats.reconstruction.count_prior.SQUARE", square)
    nodes = split_nodes(("a", "b"), [])
    tree = Tree("q", "q", nodes, (), shares={0: 1.0, 1: 0.3, 2: 0.7})
    size, count = np.array([[20]]), np.arange(21)[None, :]
    expected = np.mean(
        [stats.betabinom(20, 0.3 * kappa, 0.7 * kappa).pmf(count) for kappa in (1, 4, 16, 64)],
        axis=0,
    )
    np.testing.assert_allclose(prior_of_counts(tree, 1, size, count), expected, rtol=CLOSE)
    np.testing.assert_allclose(prior_of_counts(tree, 2, size, 20 - count), expected, rtol=CLOSE)
    everybody = prior_of_counts(tree, 0, np.array([20, 20]), np.array([20, 19]))
    assert everybody.tolist() == [1.0, 0.0]
