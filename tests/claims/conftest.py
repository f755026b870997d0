"""What tests of claims share."""

import pytest


@pytest.fixture(scope="module")
def judged(analysis):
    """Return the judged claims of a module's `analysis`, by id."""
    return {one.claim.id: one for one in analysis.judged}
