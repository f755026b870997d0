r"""Size vectors that the overall figures can belong to, where few of those drawn without them can.

If every group's share is published, sizes determine counts, and of the size vectors that agree with
the total only few give the published overall share. The pass over sizes does not know that share;
it is guided by an approximation. Given its size a group's count has the mean :math:`\mu_g(n)` and
the variance :math:`v_g(n)`. The sum of counts of the first g groups given the sum of their sizes
has moments that are known approximately, by regression; walking back, a size is drawn with the
normal density that they give to what is left of the overall count. For the last groups to be drawn
the moments are exact, so that their sizes are chosen to fit.

Without a total nothing ties the sizes but the overall shares: what is looked at is how far the sum
of counts is from the published share of the sum of sizes, which is 0 but for rounding. The group
whose size is least told is drawn last, since it can fit any of the others.

Several overall counts have one joint density. Each depends on the make-up of all respondents, so
that they are tied: of three groups left, the sizes that fit two counts determine the third.

The densities of what was drawn are known, so that weights correct the approximation (twisted
forward filtering, backward sampling; Guarniero, Johansen and Lee 2017, Journal of the American
Statistical Association 112, 1636-1647).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from alumnistats.arrays import FloatArray, IntArray, choose, systematic
from alumnistats.reconstruction.conventions import Scenario
from alumnistats.reconstruction.count_tables import Tables
from alumnistats.reconstruction.overall import law_of_totals
from alumnistats.reconstruction.published import Exact, agreeing_range
from alumnistats.reconstruction.question_tree import Tree, base_of
from alumnistats.reconstruction.size_draws import (
    DIRECT,
    LOST,
    SizePass,
    after,
    convolve,
    law_of_group,
    states_to_draw_from,
    support,
    tilted_laws,
)
from alumnistats.reconstruction.size_laws import tilts
from alumnistats.reconstruction.vague_total import VagueTotal

NARROW = 0.2  # a window of totals wider than this share of the total guides nothing
JOINT = 6  # overall counts up to which their covariances are used; of more, variances alone
MANY = 10**9  # respondents of whom every share is a whole number, nearly
SLACK = 0.3  # variance added to an overall count: whole numbers are not normal
EXACT = 4  # groups up to which moments given the sum of sizes are exact


@dataclass(frozen=True, eq=False)
class Target:
    """An overall count, and what each group adds to it by its size.

    Attributes
    ----------
    mean, variance : ndarray, shape (groups, largest + 1)
        Of the group's count given its size and its own figures; without a total, of what the count
        has beyond the overall share of the size.
    value, spread : float
        Mean and variance of the totals that the overall figures allow.
    half_width : float
        Half of the width of the overall shares that are allowed, where the total is unknown.
    """

    mean: FloatArray
    variance: FloatArray
    value: float
    spread: float
    half_width: float = 0.0

    def of_rounding(self, others: FloatArray, size: IntArray | int) -> FloatArray | float:
        """Return the variance of the total that the share of all these respondents allows."""
        if not self.half_width:
            return 0.0
        return np.asarray((self.half_width * (others + size)) ** 2 / 3)


def targets_of(
    trees: Mapping[str, Tree],
    tables: Mapping[str, Tables],
    scenario: Scenario,
    groups: Sequence[str],
    total: int | None,
    vague: VagueTotal | None = None,
) -> list[Target]:
    """Return the overall counts that sizes can be guided by, one a measure published by group."""
    found: list[Target] = []
    if total is None and vague is not None:
        found.append(_vague(vague, tables, groups))
    for name, tree in trees.items():
        if base_of(tree, scenario).tree is not None:
            continue
        if total is None:
            found += _shares_of(tree, tables[name], scenario, groups)
            continue
        allowed = law_of_totals(tree, total, scenario, Exact()).ahead  # as if all were right
        for v in sorted({v for v, _ in tree.group_figures} - {0}):
            totals = np.flatnonzero(allowed[v])
            if 0 < totals.size <= NARROW * total:
                mean, variance = _moments(tables[name], v, groups)
                spread = float(totals.var()) + SLACK
                found.append(Target(mean, variance, float(totals.mean()), spread))
    return found


def _shares_of(
    tree: Tree, table: Tables, scenario: Scenario, groups: Sequence[str]
) -> Iterator[Target]:
    """Yield the overall shares of what groups publish too: a count and its share of all agree."""
    everybody = np.array([MANY])
    for v in sorted({v for v, _ in tree.group_figures} & set(tree.totals) - {0}):
        ends = agreeing_range(tree.totals[v], everybody, scenario.rounding)
        low, high = (float(end[0]) / MANY for end in ends)
        if 0 <= high - low <= NARROW:
            # A sum of rounded shares may be as far off as all of its parts together.
            added = scenario.added(tree.question) and v in tree.measures
            parts = len(tree.parts(v)) if added else 1
            mean, variance = _moments(table, v, groups)
            mean = mean - (low + high) / 2 * np.arange(mean.shape[1])
            yield Target(mean, variance, 0.0, SLACK, parts * (high - low) / 2)


def _vague(vague: VagueTotal, tables: Mapping[str, Tables], groups: Sequence[str]) -> Target:
    """Return what is said of the sum of sizes, which is like an overall count."""
    largest = next(iter(tables.values())).largest
    n = np.tile(np.arange(largest + 1.0), (len(groups), 1))
    return Target(n, np.zeros(n.shape), *vague.moments)


def _moments(table: Tables, node: int, groups: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of each group's count given its size; 0 where it has none."""
    rows: dict[object, tuple[FloatArray, FloatArray]] = {}
    for group in groups:
        key = table.key(node, group)
        if key not in rows:
            rows[key] = table.moments(node, group)
    means, variances = zip(*(rows[table.key(node, group)] for group in groups), strict=True)
    return np.stack(means), np.stack(variances)


def _pairs(targets: Sequence[Target]) -> list[tuple[int, int]]:
    """Return the pairs of overall counts whose covariances are used: each with itself first.

    Counts of groups of different make-up rise and fall together, whatever their own variances are.
    """
    several = range(len(targets)) if len(targets) <= JOINT else ()
    return [*((i, i) for i in range(len(targets))), *combinations(several, 2)]


@dataclass(frozen=True, eq=False)
class Moments:
    """Of every pass, after 0, 1, ... groups: moments of the sums of sizes and of counts.

    Attributes
    ----------
    pairs : list of tuple of int
        The targets of each covariance of `between`.
    size, size_variance : ndarray, shape (passes, groups + 1)
    count, within, covariance : ndarray, shape (passes, groups + 1, targets)
        Mean of the sum of counts; mean of its variance given the sizes; covariance with the sum of
        sizes.
    between : ndarray, shape (passes, groups + 1, pairs)
        Covariances of the means of the sums of counts given the sizes.
    """

    pairs: list[tuple[int, int]]
    size: FloatArray
    size_variance: FloatArray
    count: FloatArray
    within: FloatArray
    covariance: FloatArray
    between: FloatArray

    @classmethod
    def of(
        cls,
        passes: Sequence[SizePass],
        targets: Sequence[Target],
        total: int | None,
        order: IntArray,
    ) -> Moments:
        """Return the moments under laws that are tilted until the sum of all sizes is the total.

        `order` is that of the groups. Without a total the sum of sizes tells nothing of counts.
        """
        likelihood = passes[0].likelihood
        scale = tilts(likelihood.shape, total)
        pairs = _pairs(targets)
        functions = _functions(targets, pairs, likelihood.shape)
        raw = np.empty((len(passes), *functions.shape[:2]))
        models: dict[int, list[int]] = {}
        for i, done in enumerate(passes):
            models.setdefault(id(done.model.off_quota), []).append(i)
        for mine in models.values():
            raw[mine] = _tilted_means([passes[i] for i in mine], functions, scale)
        raw = raw[..., order]
        mean, square = raw[:, 1], raw[:, 2]
        ends = len(targets) * np.arange(1, 4)
        count, within, product, both = np.split(np.moveaxis(raw[:, 3:], 1, 2), ends, axis=2)
        covariance = (product - count * mean[..., None]) * (total is not None)
        i, j = np.transpose(pairs)
        between = both - count[..., i] * count[..., j]
        sums = (mean, square - mean**2, count, within, covariance, between)
        return cls(pairs, *(_running(x) for x in sums))

    def regression(
        self, index: slice | IntArray, groups: int
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return how the counts of the first groups depend on the sum of their sizes.

        Returns
        -------
        intercept, slope : ndarray, shape (passes, targets)
            Of their mean; exact if sizes and counts were normal.
        between : ndarray, shape (passes, pairs)
            Covariances given that sum.
        within : ndarray, shape (passes, targets)
        """
        at = index, groups
        variance, covariance = self.size_variance[at][:, None], self.covariance[at]
        slope = np.where(variance > 0, covariance / np.where(variance > 0, variance, 1.0), 0.0)
        intercept = self.count[at] - slope * self.size[at][:, None]
        i, j = np.transpose(self.pairs)
        between = self.between[at] - slope[:, i] * covariance[:, j]
        alone = slice(slope.shape[1])  # each with itself
        between[:, alone] = np.maximum(between[:, alone], 0.0)
        return intercept, slope, between, self.within[at]


def _running(x: FloatArray) -> FloatArray:
    """Return sums over the first 0, 1, ... groups, which are along the second axis."""
    return np.concatenate([np.zeros_like(x[:, :1]), np.cumsum(x, axis=1)], axis=1)


def _functions(
    targets: Sequence[Target], pairs: Sequence[tuple[int, int]], shape: tuple[int, ...]
) -> FloatArray:
    """Return what is averaged over sizes, (functions, groups, sizes): size and counts' moments."""
    n = np.broadcast_to(np.arange(float(shape[1])), shape)
    rows = [np.ones(shape), n, n**2]
    rows += [target.mean for target in targets] + [target.variance for target in targets]
    rows += [n * target.mean for target in targets]
    rows += [targets[i].mean * targets[j].mean for i, j in pairs]
    return np.stack(rows)


def _tilted_means(
    passes: Sequence[SizePass], functions: FloatArray, scale: FloatArray
) -> FloatArray:
    """Return the mean of each function under each pass's tilted laws, (passes, functions, groups).

    The passes share the law of sizes off the quota.
    """
    likelihood, model = passes[0].likelihood, passes[0].model
    gone = (functions * (model.off_quota * likelihood)) @ scale.T
    rate = np.array([done.model.nodes[done.node] for done in passes])[:, None, None]
    if model.quota is None:
        value = rate[..., None] * gone
        tilt = np.log(value[:, 0]).sum(axis=1).argmin(axis=1)
        value = value[np.arange(len(passes)), :, :, tilt]
    else:
        quota = np.array([done.model.quota for done in passes])
        stays = (1 - rate) * likelihood[:, quota].T[..., None] * scale.T[quota, None]
        with np.errstate(divide="ignore"):  # a pass has a group for which only one tilt is left
            tilt = np.log(rate * gone[0] + stays).sum(axis=1).argmin(axis=1)
        chosen = stays[np.arange(len(passes)), :, tilt]
        value = rate * np.moveaxis(gone, 2, 0)[tilt]
        value += chosen[:, None] * np.moveaxis(functions[:, :, quota], 2, 0)
    return value / value[:, :1]


def moments_of_first(
    done: SizePass, targets: Sequence[Target], total: int
) -> list[tuple[FloatArray, FloatArray]]:
    """Return means and covariances of the counts given each sum of sizes, of the first groups.

    Shapes (targets, total + 1) and (pairs, total + 1), the pairs as of `Moments`.
    """
    if total * done.likelihood.shape[1] > DIRECT:
        return _moments_by_fft(done, targets, total)
    pairs = _pairs(targets)
    mass, first = np.zeros(total + 1), np.zeros((len(targets), total + 1))
    mass[0] = 1.0
    second = np.zeros((len(pairs), total + 1))
    found = [(first, second)]
    reached = range(1)
    for g in range(min(EXACT, len(done.likelihood))):
        law = law_of_group(done.model, done.node, done.likelihood, g)
        used = support(law)
        plain = convolve(np.stack([mass, *first, *second]), law, reached, used)
        new_first, new_second = np.split(plain[1:], [len(first)])
        for i, target in enumerate(targets):
            mine = [p for p, pair in enumerate(pairs) if i in pair]
            others = [first[k if j == i else j] for j, k in (pairs[p] for p in mine)]
            once = convolve(np.stack([mass, *others]), law * target.mean[g], reached, used)
            new_first[i] += once[0]
            new_second[mine] += once[1:]
            new_second[i] += once[1 + mine.index(i)]  # a square holds it twice
        for p, square in enumerate(_squares(targets, pairs, g)):
            new_second[p] += convolve(mass[None], law * square, reached, used)[0]
        mass, first, second = plain[0], new_first, new_second
        reached = after(reached, used, total)
        found.append(_central(mass, first, second, pairs))
    return found


def _squares(
    targets: Sequence[Target], pairs: Sequence[tuple[int, int]], g: int
) -> Iterator[FloatArray]:
    """Yield the mean products of a group's counts given its size."""
    for i, j in pairs:
        product = targets[i].mean[g] * targets[j].mean[g]
        yield product + targets[i].variance[g] if i == j else product


def _central(
    mass: FloatArray, first: FloatArray, second: FloatArray, pairs: Sequence[tuple[int, int]]
) -> tuple[FloatArray, FloatArray]:
    """Return means and covariances from sums of counts and of their products."""
    norm = np.where(mass > 0, mass, 1.0)
    mean = first / norm
    i, j = np.transpose(pairs)
    covariance = second / norm - mean[i] * mean[j]
    covariance[: len(first)] = np.maximum(covariance[: len(first)], 0.0)
    return mean, covariance


def _moments_by_fft(
    done: SizePass, targets: Sequence[Target], total: int
) -> list[tuple[FloatArray, FloatArray]]:
    """Return `moments_of_first` with tilted laws, of which a tilt changes no moment given the sum.

    At sums that rounding errors hide, none of which is drawn (see `tilted_states`), they are 0.
    """
    laws, _ = tilted_laws(done.model, done.node, done.likelihood, total)
    length = next_fast_len(total + laws.shape[1], real=True)
    pairs, ends = _pairs(targets), [1, 1 + len(targets)]
    state = np.zeros((1 + len(targets) + len(pairs), total + 1))
    state[0, 0] = 1.0
    found = [(state[1 : ends[1]], state[ends[1] :])]
    for g in range(min(EXACT, len(laws))):
        own = [np.ones(laws.shape[1]), *(target.mean[g] for target in targets)]
        own += _squares(targets, pairs, g)
        (one,), mean, square = np.split(rfft(laws[g] * np.stack(own), length, axis=1), ends)
        (mass,), first, second = np.split(rfft(state, length, axis=1), ends)
        new = [mass * one, *(first * one + mass * mean)]
        for p, (i, j) in enumerate(pairs):
            cross = first[i] * mean[j] + first[j] * mean[i]
            new.append(second[p] * one + cross + mass * square[p])
        state = irfft(np.stack(new), length, axis=1)[:, : total + 1]
        state = np.where(state[0] > LOST * state[0].max(), state, 0.0)
        found.append(_central(state[0], state[1 : ends[1]], state[ends[1] :], pairs))
    return found


WIDER = 1.3  # factor of the variances of what is ahead, whose law is not normal
PASSES = (8, 100)  # fewest and most passes that are drawn from, between them
DRAWS_OF_A_PASS = 3  # draws for each
DEFENSIVE = 0.1  # share of the draws that go to the passes without regard to the overall figures
CELLS = 2e7  # numbers in forward states and moments that are held at a time
LAWS = 1e6  # numbers in the draws' laws of a size that are held at a time
WIDE = 1000  # sizes from which on a block of them is drawn first
BLOCKS = 256  # how many there are then
TOGETHER = 16  # variances of which one logarithm is taken: a product of more may overflow

# Of the groups before the g-th, by pass and sum of sizes: its probability, means and covariances of
# the counts given it; shapes (passes, total + 1), and this behind targets and behind pairs. Without
# a total one place stands for all sums.
Ahead = Callable[[int], tuple[FloatArray, FloatArray, FloatArray]]


def _log_normal(gap: FloatArray, variance: FloatArray) -> FloatArray:
    return np.asarray(-0.5 * gap**2 / variance - 0.5 * np.log(2 * np.pi * variance))


def _log_joint(
    gaps: Iterable[tuple[FloatArray, FloatArray]],
    covariance: Callable[[int, int], FloatArray],
    *,
    joint: bool,
) -> FloatArray:
    """Return the log of a normal density of several targets, up to a constant.

    Parameters
    ----------
    gaps : iterable of tuple of ndarray
        By target: distance from its mean, and the variance that it shares with no other.
    covariance : callable
        What two targets share; of one with itself alone if not joint.
    joint : bool
    """
    distance, log_variance, product = np.zeros(1), np.zeros(1), np.ones(1)
    residuals: list[FloatArray] = []
    variances: list[FloatArray] = []
    slopes: list[list[FloatArray]] = []
    for i, (gap, alone) in enumerate(gaps):
        variance = alone + covariance(i, i)
        left: list[FloatArray] = []
        slopes.append([])
        for j in range(i) if joint else ():  # what the targets before tell of this one is taken off
            shared = covariance(j, i)
            for one, slope in zip(left, slopes[j], strict=True):
                shared = shared - one * slope
            left.append(shared)
            slopes[i].append(shared / variances[j])
            gap = gap - slopes[i][j] * residuals[j]
            variance = variance - slopes[i][j] * shared
        variance = np.maximum(variance, alone)  # rounding errors may have made it less
        residuals.append(gap)
        variances.append(variance)
        distance = distance + gap**2 / variance
        product = product * variance
        if i % TOGETHER == TOGETHER - 1:
            log_variance, product = log_variance + np.log(product), np.ones(1)
    return np.asarray(-0.5 * (distance + log_variance + np.log(product)))


@dataclass(frozen=True, eq=False)
class _Gaps:
    """How far the overall counts are from what each size of the g-th group leaves of them.

    Attributes
    ----------
    size : ndarray of int, shape (sizes,)
    cell : ndarray of int, shape (draws, sizes)
        Where the pass and the sum of the sizes before are in `mean` and `covariance`.
    mean, covariance : ndarray
        As of `Ahead`.
    value, spread : ndarray, shape (targets, draws)
        What is left of the overall counts.
    others : ndarray, shape (draws,)
        Expected sum of the sizes of all other groups.
    """

    g: int
    size: IntArray
    cell: IntArray
    mean: FloatArray
    covariance: FloatArray
    value: FloatArray
    spread: FloatArray
    others: FloatArray
    targets: Sequence[Target]

    def log_density(self, at: IntArray) -> FloatArray:
        """Return the log of the density at some of the sizes, up to a constant."""
        size, cell = self.size[at], np.take_along_axis(self.cell, at, axis=1)
        pairs, others = _pairs(self.targets), self.others[:, None]

        def gaps() -> Iterator[tuple[FloatArray, FloatArray]]:
            for i, target in enumerate(self.targets):
                gap = self.value[i][:, None] - target.mean[self.g, size] - self.mean[i].take(cell)
                alone = target.variance[self.g, size] + self.spread[i][:, None]
                yield gap, alone + target.of_rounding(others, size)

        def covariance(i: int, j: int) -> FloatArray:
            return WIDER * self.covariance[pairs.index((i, j))].take(cell)

        return _log_joint(gaps(), covariance, joint=len(pairs) > len(self.targets))


def _columns(
    plain: FloatArray, log_factor: Callable[[IntArray], FloatArray], rng: np.random.Generator
) -> tuple[IntArray, FloatArray]:
    """Draw a column of each row, by a weight and a factor that is costly; return its log density.

    Of many columns a block is drawn first, with the factor of its most probable column.
    """
    width = plain.shape[1]
    if width < WIDE:
        return _column(plain, log_factor(np.arange(width)[None]), rng)
    length = -(-width // BLOCKS)
    first = np.arange(0, width, length)
    blocks = np.pad(plain, ((0, 0), (0, -width % length))).reshape(len(plain), -1, length)
    at = first + blocks.argmax(axis=2)
    block, log_block = _column(blocks.sum(axis=2), log_factor(at), rng)
    rows = np.arange(len(plain))
    at = np.minimum(first[block, None] + np.arange(length), width - 1)
    column, log_within = _column(blocks[rows, block], log_factor(at), rng)
    return at[rows, column], log_block + log_within


def _column(
    plain: FloatArray, log_factor: FloatArray, rng: np.random.Generator
) -> tuple[IntArray, FloatArray]:
    """Draw a column of each row by the product of both; return it with its log density."""
    with np.errstate(divide="ignore"):
        log_weight = np.log(plain) + log_factor
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    chosen = choose(weight, rng)
    return chosen, np.log(weight[np.arange(len(plain)), chosen] / weight.sum(axis=1))


def _batches(counts: IntArray, most: int) -> Iterator[IntArray]:
    """Yield how many of each pass's draws are made at a time: no more than `most` in all."""
    ends = np.cumsum(counts)
    for start in range(0, int(ends[-1]), most):
        done = np.clip(ends - counts, start, start + most)
        yield np.clip(ends, start, start + most) - done


@dataclass(frozen=True, eq=False)
class Guide:
    """Draws the size vectors of one scenario, guided by its overall counts.

    Attributes
    ----------
    passes : sequence of SizePass
        All passes of the scenario.
    targets : sequence of Target
        At least one.
    total : int or None
    """

    passes: Sequence[SizePass]
    targets: Sequence[Target]
    total: int | None
    _known: dict[int, tuple[list[FloatArray], list[tuple[FloatArray, FloatArray]]]] = field(
        default_factory=dict, repr=False
    )

    @cached_property
    def _order(self) -> IntArray:
        """The groups, of which the last is drawn first; without a total the least told first."""
        groups = np.arange(len(self.passes[0].likelihood))
        if self.total is not None:
            return groups
        done = self.passes[int(self._plain.argmax())]
        laws = [law_of_group(done.model, done.node, done.likelihood, g) for g in groups.tolist()]
        return np.argsort([-(law.sum() ** 2) / (law @ law) for law in laws], kind="stable")

    @property
    def _reach(self) -> int:
        """The largest sum of sizes that is told from others."""
        return self.total or 0

    @property
    def _at_once(self) -> int:
        """How many passes' states and moments are in memory together."""
        moments = EXACT * (len(self.targets) + len(_pairs(self.targets)))
        return max(int(CELLS // ((len(self._order) + moments) * (self._reach + 1))), 1)

    @cached_property
    def _moments(self) -> Moments:
        return Moments.of(self.passes, self.targets, self.total, self._order)

    @cached_property
    def _plain(self) -> FloatArray:
        """Probability of each pass without the overall counts."""
        plain = np.array([done.log_evidence for done in self.passes])
        return np.asarray(np.exp(plain - np.logaddexp.reduce(plain)))

    @cached_property
    def _shares(self) -> FloatArray:
        """Share of the draws for each pass: by evidence with the overall counts, mainly."""
        pairs = self._moments.pairs
        between = self._moments.regression(slice(None), -1)[2]
        log_density = _log_joint(
            ((gap, WIDER * within) for gap, _, within in self._gaps()),
            lambda i, j: WIDER * between[:, pairs.index((i, j))],
            joint=len(pairs) > len(self.targets),
        )
        guided = self._plain * np.exp(log_density - log_density.max())
        return np.asarray((1 - DEFENSIVE) * guided / guided.sum() + DEFENSIVE * self._plain)

    def _gaps(self) -> Iterator[tuple[FloatArray, FloatArray, FloatArray]]:
        """Yield by target how far each pass is from it, and its variances, shape (passes,) each."""
        intercept, slope, between, within = self._moments.regression(slice(None), -1)
        for i, target in enumerate(self.targets):
            gap = target.value - intercept[:, i] - slope[:, i] * self._reach
            alone = target.spread + target.of_rounding(self._moments.size[:, -1], 0)
            yield gap, between[:, i], within[:, i] + alone

    @property
    def plain_share(self) -> float:
        """Effective share that draws without a guide would have, about.

        Sizes give the overall count a normal density whose mean varies between them; the weights
        are its values at what is published, and their mean squared over their mean square is known.
        """
        share = 1.0
        for gap, between, within in self._gaps():
            mean = np.exp(_log_normal(gap, between + within))
            square = np.exp(_log_normal(gap, between + within / 2)) / (2 * np.sqrt(np.pi * within))
            first, second = float(self._plain @ mean), float(self._plain @ square)
            share *= first * first / second if second > 0 else 0.0
        return share

    def _given_pass(self, i: int) -> tuple[list[FloatArray], list[tuple[FloatArray, FloatArray]]]:
        """Return a pass's forward states, and the moments of its first groups; a few are kept."""
        if self.total is None:
            return [np.ones(1)] * len(self._order), []
        if i not in self._known:
            done = self.passes[i]
            if len(self._known) >= self._at_once:
                self._known.clear()
            states = states_to_draw_from(done.model, done.node, done.likelihood, self.total)
            self._known[i] = states, moments_of_first(done, self.targets, self.total)
        return self._known[i]

    def _ahead(self, index: IntArray) -> Ahead:
        """Return what `_draw` needs of some passes."""
        masses, exact = zip(*(self._given_pass(int(i)) for i in index), strict=True)
        sums = np.arange(self._reach + 1.0)

        def ahead(g: int) -> tuple[FloatArray, FloatArray, FloatArray]:
            mass = np.stack([states[g] for states in masses])
            if g < len(exact[0]):
                mean, covariance = zip(*(one[g] for one in exact), strict=True)
                return mass, np.stack(mean, axis=1), np.stack(covariance, axis=1)
            intercept, slope, between, within = self._moments.regression(index, g)
            line = intercept.T[..., None] + slope.T[..., None] * sums
            between[:, : within.shape[1]] += within
            shape = between.shape[1], *line.shape[1:]
            return mass, line, np.broadcast_to(between.T[..., None], shape)

        return ahead

    def _draw(
        self, index: IntArray, counts: IntArray, ahead: Ahead, rng: np.random.Generator
    ) -> tuple[IntArray, FloatArray]:
        """Draw size vectors from passes; return them with log of (law over density drawn from)."""
        passes, order = [self.passes[i] for i in index], self._order
        draws, reach = int(counts.sum()), self._reach
        who, rows = np.repeat(np.arange(len(passes)), counts), np.arange(draws)
        sizes, log_ratio = np.zeros((draws, len(order)), dtype=np.int64), np.zeros(draws)
        left = np.full(draws, reach)
        value = np.repeat([[target.value] for target in self.targets], draws, axis=1)
        spread = np.repeat([[target.spread] for target in self.targets], draws, axis=1)
        for place in range(len(order) - 1, -1, -1):
            g = int(order[place])
            laws = np.stack([law_of_group(p.model, p.node, p.likelihood, g) for p in passes])
            size = np.flatnonzero(laws.any(axis=0))
            law, before = laws[:, size][who], left[:, None] - size * (self.total is not None)
            cell = (reach + 1) * who[:, None] + np.maximum(before, 0)
            mass, mean, covariance = ahead(place)
            plain = np.where(before >= 0, law * mass.take(cell), 0.0)
            others = sizes.sum(axis=1) + self._moments.size[index[who], place]
            gaps = _Gaps(g, size, cell, mean, covariance, value, spread, others, self.targets)
            chosen, log_density = _columns(plain, gaps.log_density, rng)
            log_ratio += np.log(law[rows, chosen]) - log_density
            sizes[:, g] = size[chosen]
            left = np.take_along_axis(before, chosen[:, None], axis=1)[:, 0]
            for i, target in enumerate(self.targets):
                value[i] -= target.mean[g, sizes[:, g]]
                spread[i] += target.variance[g, sizes[:, g]]
        return sizes, log_ratio

    def draw(self, draws: int, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
        """Draw size vectors, and what each stands for.

        Returns
        -------
        sizes : ndarray of int, shape (draws, groups)
        log_share : ndarray, shape (draws,)
            Log of each draw's share of the passes' evidence: the expected sum of
            ``exp(log_share) * f(sizes)`` is the mean of f given what groups publish.
        """
        evidence = np.logaddexp.reduce([done.log_evidence for done in self.passes])
        # Some passes stand for all: each as often, on average, as its share of the draws.
        most = min(draws, int(np.clip(draws // DRAWS_OF_A_PASS, *PASSES)))
        times = systematic(self._shares, most, rng)
        counts = systematic(times / most, draws, rng)
        drawn = np.flatnonzero(counts)
        width = self.passes[0].likelihood.shape[1]
        parts = []
        for start in range(0, len(drawn), self._at_once):
            index = drawn[start : start + self._at_once]
            some = [self.passes[i] for i in index]
            own = [np.log(p.model.node_weights[p.node]) + p.model.log_weight for p in some]
            each = np.array(own) - np.log(self._shares[index] * draws) - evidence
            ahead = self._ahead(index)
            for batch in _batches(counts[index], max(int(LAWS // width), 1)):
                sizes, log_ratio = self._draw(index, batch, ahead, rng)
                parts.append((sizes, log_ratio + np.repeat(each, batch)))
        return np.concatenate([s for s, _ in parts]), np.concatenate([w for _, w in parts])
