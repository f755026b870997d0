"""A probability in print, with no more digits than its Monte Carlo error supports."""

from __future__ import annotations

import math

MOST_DECIMALS = 3


def probability_text(value: float, error: float = 0.0) -> str:
    """Return a probability with the decimals that its error supports, or a bound near 0 and 1.

    Parameters
    ----------
    value : float
        In [0, 1].
    error : float
        Its standard error; 0 where it is exact, which gets three decimals.

    Returns
    -------
    str
        The last decimal is worth one standard error or more, but there is one at least. What would
        print as 0 or 1, or is surely within a unit of it, is a bound, such as "<0.001" or ">0.99".

    Examples
    --------
    >>> probability_text(0.508), probability_text(0.508, 0.03), probability_text(1.0, 0.002)
    ('0.508', '0.5', '>0.99')
    """
    decimals = MOST_DECIMALS
    if error > 0:
        decimals = min(max(math.floor(-math.log10(error)), 1), MOST_DECIMALS)
    unit = 10.0**-decimals
    end = min(value, 1 - value)
    if end + error >= unit - 1e-12 and end >= unit / 2:
        return f"{value:.{decimals}f}"
    bound = max(math.ceil((end + error) / unit - 1e-9), 1) * unit
    bound = min(bound, 0.5)
    return f"<{bound:.{decimals}f}" if value < 0.5 else f">{1 - bound:.{decimals}f}"
