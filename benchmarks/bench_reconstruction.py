"""Times of the main job on the embedded survey; ``make bench``. Budgets: docs/benchmarks.md."""

import resource

from alumnistats.analysis import analyze
from alumnistats.reconstruction import reconstruct
from alumnistats.sources import load_survey


def test_reconstruct(benchmark):
    survey = load_survey()
    benchmark.pedantic(reconstruct, args=(survey,), rounds=5, warmup_rounds=1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    benchmark.extra_info["peak_mb"] = round(peak)


def test_analyze(benchmark):
    survey = load_survey()
    benchmark.pedantic(analyze, args=(survey,), rounds=3, warmup_rounds=1)
