"""Times of the main job on the embedded survey, each in a process of its own.

Budgets: docs/benchmarks.md.
"""

import subprocess
import sys

from alumnistats.analysis import analyze
from alumnistats.reconstruction import reconstruct
from alumnistats.sources import load_survey

PEAK = """
import resource
import alumnistats as al
al.reconstruct(al.load_survey())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def python(*arguments, **environment):
    """Run Python and return what it prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment or None,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_import_alumnistats(benchmark):
    benchmark.pedantic(python, args=("-c", "import alumnistats"), rounds=7, warmup_rounds=1)


def test_python_alone(benchmark):
    benchmark.pedantic(python, args=("-c", "pass"), rounds=7, warmup_rounds=1)


def test_reconstruct_in_a_new_process(benchmark):
    printed = []
    benchmark.pedantic(
        lambda: printed.append(python("-c", PEAK, **ONE_CORE)), rounds=5, warmup_rounds=1
    )
    benchmark.extra_info["peak_mb"] = max(round(float(peak)) for peak in printed)


def test_analyze_command(benchmark):
    benchmark.pedantic(python, args=("-m", "alumnistats", "analyze"), rounds=5, warmup_rounds=1)


def test_reconstruct(benchmark):
    survey = load_survey()
    benchmark.pedantic(reconstruct, args=(survey,), rounds=5, warmup_rounds=1)


def test_analyze(benchmark):
    survey = load_survey()
    benchmark.pedantic(analyze, args=(survey,), rounds=3, warmup_rounds=1)
