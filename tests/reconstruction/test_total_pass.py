"""Laws of left counts without the zeros around them (the pass itself: `test_parts`)."""

import numpy as np

from alumnistats.reconstruction.total_pass import compress


def test_laws_begin_at_their_first_positive_value():
    weight = np.array([[0.0, 0.0, 0.4, 0.6], [0.2, 0.0, 0.8, 0.0], [0.0, 1.0, 0.0, 0.0]])
    found, start = compress(weight)
    assert start.tolist() == [2, 0, 1]
    np.testing.assert_array_equal(found, [[0.4, 0.6, 0.0], [0.2, 0.0, 0.8], [1.0, 0.0, 0.0]])
