"""Solutions of one measure whose sizes and counts are known."""

from hypothesis import strategies as st

from alumnistats.reconstruction import Solutions


def known(n, k):
    return Solutions.known("x", tuple(f"g{i}" for i in range(len(n))), n, k)


def samples(least):
    """Return a strategy for size and count of each of some groups, `least` of them or more."""
    one = st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
    return st.lists(one, min_size=least, max_size=5)
