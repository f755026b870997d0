"""The style is set for one figure, and put back without undoing what else was set meanwhile."""

import matplotlib as mpl
import pytest

from alumnistats.style import styled


def test_settings_are_put_back_also_after_an_error():
    before, inside = dict(mpl.rcParams), {}

    def fails():
        with styled("ja"):
            inside.update(mpl.rcParams)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert inside["font.size"] != before["font.size"]
    assert inside["font.family"][0] == "IPAexGothic"
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_what_a_backend_sets_inside_stays(lang):
    # A notebook's backend does so with the first figure; undone, it would show no later one.
    before = mpl.rcParams["interactive"]
    try:
        with styled(lang):
            mpl.rcParams["interactive"] = not before
        assert mpl.rcParams["interactive"] is not before
    finally:
        mpl.rcParams["interactive"] = before
