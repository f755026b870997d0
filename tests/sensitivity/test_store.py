"""What is read back of finished scenarios, and what is not."""

import json

import pytest

from alumnistats.sensitivity.store import SCHEMA, Store
from alumnistats.sensitivity.units import Finished
from alumnistats.sources import InputNotice

CLAIM = {"id": "half", "verdict": "supported", "p_value": 0.01}
RESULTS = {"one": Finished((CLAIM,), 812.5), "two": Finished((), None, "contradicted")}


def test_what_was_saved_comes_back(tmp_path):
    store = Store(tmp_path / "made")
    assert store.load() == {}
    store.save(RESULTS)
    assert store.load() == RESULTS
    store.save({"three": RESULTS["two"]})
    assert store.load() == RESULTS | {"three": RESULTS["two"]}


@pytest.mark.parametrize("schema", [SCHEMA - 1, SCHEMA + 1, None])
def test_results_in_another_schema_are_not_ours(tmp_path, schema):
    """They may mean something else by the same names."""
    store = Store(tmp_path)
    store.save(RESULTS)
    (path,) = tmp_path.glob("*.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["schema"] == SCHEMA
    path.write_text(json.dumps(document | {"schema": schema}), encoding="utf-8")
    with pytest.warns(InputNotice, match="damaged, or not of this version"):
        assert store.load() == {}
