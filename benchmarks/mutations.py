"""Mutants of a module, and which of them its tests notice.

Each mutant changes one operator, comparison, connective or whole number. It runs in a process of
its own that is forked after the heavy imports, so that a mutant costs what its tests cost until the
first fails:

    python benchmarks/mutations.py rounding claims.outcome --mutants 60
    python benchmarks/mutations.py --again   # those of all modules that survived without a reason

Results are added to benchmarks/mutations.csv; a survivor keeps the reason that was written beside
it. A mutant whose tests do not end in time counts as noticed: whoever runs them would see it. The
share that is noticed, by package, goes to benchmarks/results/mutations.csv, for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import csv
import importlib.abc
import importlib.util
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).with_suffix(".csv")
SUMMARY = TABLE.parent / "results" / TABLE.name
COLUMNS = ("module", "line", "code", "before", "after", "outcome", "reason")
SUMMED = ("package", "modules", "mutants", "noticed", "equivalent", "share", "share_of_others")
Row = dict[str, str]
MUTANTS = 12  # of a module
# Seconds of a processor that the tests of a mutant may take, whatever else the machine does: so
# many times what they take without it, and some more; and seconds by the clock, asleep or not.
TIMES, SECONDS, WAITING = 3.0, 5.0, 1800.0
MEMORY = 4 * 2**30  # bytes that a mutant may ask for
SMALL = "test_small_surveys::test_sizes_and_conventions_are_those_of_the_enumeration"
BANDS = (
    "test_bands::test_bands_hold_what_squares_do_of_sums_of_rounded_parts "
    "test_bands::test_prior_of_counts_without_squares test_bands::test_floor_sums "
    "test_bands::test_law_of_the_only_figure_is_that_of_squares "
    "test_bands::test_two_rounded_parts_by_counting test_bands::test_bands_hold_what_squares_do "
    "test_bands::test_two_rounded_parts_of_every_small_base "
    "test_bands::test_whole_reconstructions_against_enumeration"
)
MISPRINTS = (
    "test_misprints::test_known_counts_show_which_percentage_is_wrong "
    "test_misprints::test_probabilities_are_those_of_complete_enumeration"
)
WHOLE = (
    f"test_overall {MISPRINTS} test_subtotals::test_questions_may_differ "
    "test_brute_force::test_sizes_conventions_and_evidence[0]"
)
PASSES = (
    "test_parts::test_size_pass_and_its_draws test_parts::test_bounds_are_bounds "
    "test_parts::test_evidence_on_the_circle_is_that_of_the_direct_pass "
    "test_parts::test_states_by_fft_are_those_of_the_direct_pass_up_to_a_factor "
    "test_parts::test_draws_of_a_large_problem_follow_its_pass "
    "test_parts::test_evidence_of_hundreds_of_groups_stays_within_floats "
    "test_parts::test_passes_of_prints_less_probable_than_any_float test_overall"
)
NUMBER = (
    "test_parts::test_number_of_solutions_by_enumeration "
    "test_parts::test_numbers_beyond_a_machine_word test_parts::test_count_of_a_tiny_survey "
    "test_parts::test_reference_counts_of_three_groups"
)
GUIDED = (
    "test_guided_sizes::test_the_joint_density_is_that_of_scipy "
    "test_guided_sizes::test_moments_of_the_first_groups_by_enumeration "
    "test_guided_sizes::test_moments_of_several_passes_stand_side_by_side "
    "test_guided_sizes::test_moments_by_fft_are_those_of_direct_convolutions "
    "test_guided_sizes::test_columns_are_drawn_with_the_density_that_is_told "
    "test_guided_sizes::test_several_overall_counts_are_met_together "
    "test_guided_sizes::test_no_pass_is_forsaken_by_the_guide "
    "test_guided_sizes::test_sizes_against_the_pass_over_sizes_and_counts"
)
TOTALS = (
    "test_total_pass test_parts::test_total_pass_and_its_draws "
    "test_parts::test_total_pass_of_several_allowed_totals_and_impossible_particles "
    "test_parts::test_total_pass_where_allowed_totals_are_spread_wider_than_sums "
    "test_parts::test_total_pass_of_a_batch_in_which_no_particle_is_possible"
)
MIXTURE = (
    "test_mixture::test_the_mixture_is_a_law_given_the_total "
    "test_mixture::test_probability_of_the_total_is_that_of_the_pass "
    "test_mixture::test_posterior_of_the_parts_by_enumeration"
)
STRATA = (
    "test_size_strata::test_rows_given_the_total_by_enumeration "
    "test_size_strata::test_probability_of_the_totals test_size_strata::test_one_stratum_is_none "
    "test_size_strata::test_evidence_is_that_of_direct_passes "
    "test_size_strata::test_overall_figures_by_enumeration_of_everything "
    "test_size_strata::test_what_lies_beyond_the_tables_is_bounded"
)
UNKNOWN = (
    "test_unknown_total::test_a_total_is_looked_for_where_something_is_said_of_it "
    "test_unknown_total::test_totals_that_have_next_to_no_score_are_not_looked_at "
    "test_unknown_total::test_draws_of_a_total_give_its_share_the_error_that_is_aimed_at "
    "test_unknown_total::test_the_prior_of_a_total_has_sizes_beyond_the_tables "
    "test_unknown_total::test_without_overall_figures_nothing_tells_the_total "
    "test_unknown_total::test_inclusion_probabilities_sum_to_the_number "
    "test_unknown_total::test_vague_totals_are_checked "
    "test_unknown_total::test_the_overall_figures_leave_few_totals "
    "test_unknown_total::test_totals_are_those_of_the_enumeration"
)
# The tests that speak of a module, in a folder of its package's name: files, or single tests of
# them where others take long; what else would fail is not asked. The quickest first: a mutant
# costs what runs until the first failure.
TESTS = {
    "rounding": "test_rounding",
    "intervals": "test_intervals",
    "identification.blocks": "test_places test_small_surveys",
    "identification.bounds": "test_bounds " + SMALL,
    "identification.claims": "test_claims",
    "identification.conditions": "test_conditions test_claims " + SMALL,
    "identification.conflicts": "test_conflicts test_cases::test_separate_conflicts_are_told_apart "
    + SMALL,
    "identification.feasibility": "test_feasibility " + SMALL,
    "identification.linear": "test_linear test_claims " + SMALL,
    "identification.places": "test_places",
    "identification.published": "test_published test_places " + SMALL,
    "identification.survey_model": "test_survey_model test_claims " + SMALL,
    "identification.witness": "test_witness "
    "test_cases::test_embedded_surveys_have_a_solution " + SMALL,
    "reconstruction.agreement": "test_agreement",
    "reconstruction.bands": BANDS,
    "reconstruction.banded_tables": BANDS,
    "reconstruction.beyond_tables": "test_beyond_tables "
    "test_size_strata::test_what_lies_beyond_the_tables_is_bounded",
    "reconstruction.conventions": "test_conventions test_subtotals::test_questions_may_differ",
    "reconstruction.count_draws": WHOLE,
    "reconstruction.count_prior": "test_count_prior " + BANDS,
    "reconstruction.count_tables": "test_count_tables " + WHOLE,
    "reconstruction.exact_number": "test_exact_number " + NUMBER,
    "reconstruction.forced_sums": "test_forced_sums "
    "test_forced::test_every_figure_agrees_with_the_size_that_it_was_forced_from",
    "reconstruction.guided_sizes": GUIDED,
    "reconstruction.information": "test_information",
    "reconstruction.means": "test_means::test_ties_of_means_follow_the_rule "
    "test_means::test_the_mean_of_one_group_at_a_tie_follows_the_rule "
    "test_means::test_means_are_rounded_as_one_fraction_whatever_the_order "
    "test_means::test_sizes_counts_and_conventions_by_enumeration[0]",
    "reconstruction.misprinted": "test_misprints::test_misprints_follow_the_documented_law "
    "test_misprints::test_what_is_shown_is_a_law "
    "test_misprints::test_the_share_of_a_single_respondent_is_all_or_nothing " + MISPRINTS,
    "reconstruction.misprints": "test_misprints::test_weights_of_right_values_add_up "
    "test_misprints::test_what_is_surely_wrong_has_no_error_and_names_what_is_right "
    "test_misprints::test_figures_of_all_respondents_alone " + MISPRINTS,
    "reconstruction.overall": WHOLE
    + " test_parts::test_possible_bases_are_those_with_feasible_totals",
    "reconstruction.overall_counts": "test_overall_counts "
    "test_forced::test_totals_below_what_groups_print_by_enumeration " + WHOLE,
    "reconstruction.published": "test_published_counts " + WHOLE,
    "reconstruction.published_counts": "test_published_counts",
    "reconstruction.question_tree": "test_question_tree "
    "test_parts::test_trees_hold_nested_sets_only test_conventions",
    "reconstruction.rounded_parts": BANDS,
    "reconstruction.size_draws": "test_size_draws " + PASSES,
    "reconstruction.size_laws": "test_quota::test_sizes_by_enumeration " + STRATA,
    "reconstruction.size_mixture": "test_size_mixture " + PASSES,
    "reconstruction.size_priors": "test_size_priors test_quota::test_sizes_by_enumeration "
    + MIXTURE,
    "reconstruction.size_strata": STRATA,
    "reconstruction.sums_of_rounded": "test_sums_of_rounded test_agreement",
    "reconstruction.total_pass": TOTALS,
    "reconstruction.total_prior": "test_total_prior " + UNKNOWN,
    "reconstruction.unknown_total": UNKNOWN,
    "reconstruction.weighted": "test_weighted",
    "comparisons.adjust": "test_adjust",
    "comparisons.asymptotic": "test_pairs test_one_sided",
    "comparisons.clustered": "test_clustered",
    "comparisons.conditional": "test_one_sided test_exact_pairs",
    "comparisons.contrasts": "test_contrasts",
    "comparisons.dependent": "test_dependent",
    "comparisons.differences": "test_differences",
    "comparisons.odds": "test_odds test_one_sided",
    "comparisons.omnibus": "test_omnibus",
    "comparisons.ratio": "test_ratio",
    "comparisons.score": "test_pairs test_one_sided test_differences",
    "comparisons.simultaneous": "test_simultaneous",
    "comparisons.unconditional": "test_one_sided test_exact_pairs",
    "comparisons.variances": "test_variances",
    "claims.changes": "test_changes",
    "claims.decisions": "test_decisions",
    "claims.differences": "test_differences test_bounds test_bases",
    "claims.gamma_order": "test_bounds",
    "claims.group_contrasts": "test_group_contrasts",
    "claims.group_pairs": "test_group_pairs",
    "claims.multiplicity": "test_multiplicity",
    "claims.option_counts": "test_option_counts test_bounds",
    "claims.options": "test_options test_claims test_bounds",
    "claims.outcome": "test_outcome test_unions",
    "claims.ranges": "test_unions test_bounds",
    "claims.rankings": "test_rankings test_properties",
    "claims.share_tests": "test_share_tests",
    "claims.shares": "test_unions test_level test_about",
    "claims.threshold": "test_threshold test_share_tests test_unions test_about",
    "claims.two_shares": "test_changes test_group_contrasts",
    "claims.weighted": "test_weighted test_weight_bounds",
}  # fmt: skip
PRELOADED = ("survey", "comparisons", "reconstruction", "posterior", "ranking", "planning")
SWAPPED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div, ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}  # fmt: skip
HEAVY = (
    "hypothesis", "numpy", "pandas", "pydantic", "pytest", "scipy.optimize", "scipy.special",
    "scipy.stats",
)  # fmt: skip


def changed(node: ast.AST) -> ast.AST | None:
    """Return a mutant of a node, or None if it has none."""
    new = copy.copy(node)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED:
        new.ops = [SWAPPED[type(node.ops[0])](), *node.ops[1:]]
    elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPPED:
        new.op = SWAPPED[type(node.op)]()
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        return node.operand
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        new.value = node.value + 1
    else:
        return None
    return new


class Swap(ast.NodeTransformer):
    """Puts a mutant in the place of one node."""

    def __init__(self, target: ast.AST, mutant: ast.AST) -> None:
        self.target, self.mutant = target, mutant

    def visit(self, node: ast.AST) -> ast.AST:
        """Return the mutant for its target, all else as it is."""
        return self.mutant if node is self.target else self.generic_visit(node)


def code_of(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes that are run: neither annotations nor the texts of errors."""
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        yield node
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list") or isinstance(node, ast.Raise):
                continue
            if isinstance(node, ast.Assign) and "Literal" in ast.unparse(node.value):
                continue
            children = value if isinstance(value, list) else [value]
            left += [child for child in children if isinstance(child, ast.AST)]


def mutants_of(path: Path, most: int, seed: int) -> list[tuple[tuple[str, ...], str]]:
    """Return what each of a sample is (line, its code, text before and after), and its source."""
    text = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    places = [(node, new) for node in code_of(tree) if (new := changed(node)) is not None]
    chosen = random.Random(seed).sample(places, min(most, len(places)))
    found = []
    for node, new in sorted(chosen, key=lambda place: (place[0].lineno, place[0].col_offset)):
        memo: dict[int, object] = {}
        whole = copy.deepcopy(tree, memo)
        mutant = ast.fix_missing_locations(ast.copy_location(copy.deepcopy(new), node))
        source = ast.unparse(ast.fix_missing_locations(Swap(memo[id(node)], mutant).visit(whole)))
        code = lines[node.lineno - 1].strip()
        found.append(((str(node.lineno), code, ast.unparse(node), ast.unparse(new)), source))
    return found


class Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from a mutated source."""

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source

    def find_spec(self, name: str, *_place: object) -> ModuleSpec | None:
        """Return the spec of the mutated module only."""
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the mutated source."""
        exec(compile(self.source, f"<mutant of {self.name}>", "exec"), module.__dict__)


class Missing(importlib.abc.MetaPathFinder):
    """Lets nothing import one module."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find_spec(self, name: str, *_place: object) -> None:
        """Refuse it."""
        if name == self.name:
            raise ImportError(name)


def load_others(name: str) -> None:
    """Import what of the package does without a module: once, and not for each mutant of it."""
    for loaded in [one for one in sys.modules if one.split(".")[0] == "alumnistats"]:
        del sys.modules[loaded]
    missing = Missing(f"alumnistats.{name}")
    sys.meta_path.insert(0, missing)
    for one in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(f"alumnistats.{one}")
    sys.meta_path.remove(missing)
    for loaded in [one for one in sys.modules if one.startswith("alumnistats.")]:
        if loaded.rpartition(".")[0] not in sys.modules:  # its package needs the module
            del sys.modules[loaded]


def outcome(
    name: str, source: str | None, tests: list[str], seconds: float = WAITING
) -> tuple[str, float]:
    """Return whether the tests notice a mutant, in a process of its own, and what they took."""
    child = os.fork()
    if child == 0:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        os.chdir(ROOT)
        if source is not None:
            sys.meta_path.insert(0, Mutated(f"alumnistats.{name}", source))
        import pytest

        flags = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider"]
        flags += ["--benchmark-disable", "--hypothesis-seed=0"]
        os._exit(int(pytest.main([*flags, *tests])))
    end = time.monotonic() + WAITING
    done = 0
    while not done:
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
        done, status, spent = os.wait4(child, os.WNOHANG)
        time.sleep(0.05)
    code, took = os.waitstatus_to_exitcode(status), spent.ru_utime + spent.ru_stime
    return "survived" if code == 0 else "killed (time)" if code < 0 else "killed", took


def tests_of(name: str) -> list[str]:
    """Return the files, or single tests, that speak of a module."""
    folder = "/".join(["tests", *name.split(".")[:-1]])
    places = (one.partition("::") for one in TESTS[name].split())
    return [f"{folder}/{stem}.py{colons}{test}" for stem, colons, test in places]


def run(name: str, most: int, seed: int, open_: set[tuple[str, ...]] | None) -> list[Row]:
    """Return a row for each mutant of a module, or for those that are open."""
    path = ROOT / "alumnistats" / f"{name.replace('.', '/')}.py"
    load_others(name)
    tests = tests_of(name)
    found, took = outcome(name, None, tests)
    if found != "survived":
        raise SystemExit(f"{name}: its tests fail without a mutant")
    rows = []
    for mutant, source in mutants_of(path, most, seed):
        row = dict(zip(COLUMNS, (name, *mutant, "", ""), strict=True))
        if open_ is not None and what(row) not in open_:
            continue
        row["outcome"], _ = outcome(name, source, tests, TIMES * took + SECONDS)
        rows.append(row)
        sys.stderr.write(" | ".join((name, *mutant, row["outcome"])) + "\n")
        sys.stderr.flush()
    return rows


def kept() -> list[Row]:
    """Return the rows of earlier runs."""
    if not TABLE.exists():
        return []
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def what(row: Row) -> tuple[str, ...]:
    """Return what tells a mutant from others, wherever its line has moved."""
    return row["module"], row["code"], row["before"], row["after"]


def save(path: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    """Write rows to a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def summary(rows: list[Row]) -> list[Row]:
    """Return how many mutants of each package are noticed."""
    found = []
    for package in dict.fromkeys(row["module"].split(".")[0] for row in rows):
        own = [row for row in rows if row["module"].split(".")[0] == package]
        noticed = sum(row["outcome"] != "survived" for row in own)
        same = sum(row["reason"].startswith("equivalent") for row in own)
        values = (package, len({row["module"] for row in own}), len(own), noticed, same)
        shares = (f"{100 * noticed / n:.0f}%" for n in (len(own), len(own) - same))
        found.append(dict(zip(SUMMED, (*map(str, values), *shares), strict=True)))
    return found


def main() -> None:
    """Run the mutants of the modules that are named, and write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("modules", nargs="*", choices=[*TESTS, []])
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--mutants", type=int, default=MUTANTS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    for heavy in HEAVY:
        importlib.import_module(heavy)
    open_ = {what(row) for row in kept() if row["outcome"] == "survived" and not row["reason"]}
    names = options.modules or sorted({name for name, *_ in open_} if options.again else [])
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = folder
        for name in names:
            most = 10**6 if options.again else options.mutants
            rows = run(name, most, options.seed, open_ if options.again else None)
            before, done = kept(), {what(row) for row in rows}
            reasons = {what(row): row["reason"] for row in before}
            for row in rows:
                if row["outcome"] == "survived":
                    row["reason"] = reasons.get(what(row), "")
            others = [
                row
                for row in before
                if row["module"] != name or (options.again and what(row) not in done)
            ]
            every = sorted([*others, *rows], key=lambda row: (row["module"], int(row["line"])))
            save(TABLE, COLUMNS, every)
            noticed = sum(row["outcome"] != "survived" for row in rows)
            sys.stdout.write(f"{name}: {noticed} of {len(rows)} noticed\n")
            sys.stdout.flush()
    save(SUMMARY, SUMMED, summary(kept()))


if __name__ == "__main__":
    main()
