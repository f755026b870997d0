"""Counts and sizes of two samples: all there are, and some to search among."""

import numpy as np
from hypothesis import strategies as st


def all_tables(n1, n2):
    k1, k2 = np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij")
    return k1.ravel(), k2.ravel()


@st.composite
def tables(draw, largest):
    n1, n2 = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2
