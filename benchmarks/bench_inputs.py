"""Tables with sizes and counts: reading and reconstructing them costs no inference."""

import pytest

from alumnistats.reconstruction import reconstruct
from alumnistats.sources.crosstab import TableOptions, survey_of_table


@pytest.mark.parametrize(("groups", "size"), [(50, 400), (200, 100), (50, 20_000)])
def test_table_with_counts(benchmark, tmp_path, groups, size):
    path = tmp_path / "table.csv"
    rows = [f"group {g},{size},{(7 * g) % size},{size - (7 * g) % size}" for g in range(groups)]
    path.write_text("\n".join(["g,n,yes count,no count", *rows]), encoding="utf-8")

    def run():
        survey, _ = survey_of_table(path, TableOptions())
        return reconstruct(survey).counts

    assert len(benchmark(run)) == 2 * groups
