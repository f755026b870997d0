"""Fits as ArviZ data and as one netCDF file, for both generations of ArviZ.

ArviZ below 1 calls its container ``InferenceData``; from 1 on it is ``xarray.DataTree``. Files are
the same in both: netCDF with one group for the posterior and one for the constant data. They are
written with xarray alone, since importing ArviZ takes longer than the whole analysis.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from alumnistats.version import __version__

if TYPE_CHECKING:
    import xarray as xr

    from alumnistats.posterior.share_posterior import SharePosterior

DRAWS = 4000


def variable_names(shares: Iterable[str]) -> dict[str, str]:
    """Return a netCDF variable's name for each measure or ``question:option``, all different."""
    found: dict[str, str] = {}
    for of in shares:
        name = of.replace(":", "__").replace("-", "_")
        taken, again = name, 2
        while taken in found.values():
            taken, again = f"{name}_{again}", again + 1
        found[of] = taken
    return found


def posterior_dataset(
    fit: SharePosterior, draws: int = DRAWS, seed: int = 0, name: str = "theta"
) -> xr.Dataset:
    """Return independent posterior draws with the dimensions chain, draw and group."""
    import xarray as xr

    values = fit.draws(draws, seed)[None]
    coords = {"chain": [0], "draw": np.arange(draws), "group": list(fit.groups)}
    data = xr.DataArray(values, coords=coords, dims=("chain", "draw", "group"))
    attributes = {"model": fit.model, "engine": fit.engine, "of": fit.of}
    return xr.Dataset({name: data.assign_attrs(attributes)}, attrs=_attributes())


def constant_dataset(fit: SharePosterior, prefix: str = "") -> xr.Dataset:
    """Return sizes and counts, averaged over the solutions, and the number of solutions."""
    import xarray as xr

    solutions = fit.solutions
    coords = {"group": list(fit.groups)}
    means = {"n": solutions.weight @ solutions.n, "k": solutions.weight @ solutions.k}
    variables = {
        f"{prefix}{key}": xr.DataArray(value, coords=coords, dims=("group",))
        for key, value in means.items()
    }
    return xr.Dataset(variables, attrs=_attributes())


def _attributes() -> dict[str, str]:
    return {
        "inference_library": "alumnistats",
        "inference_library_version": __version__,
    }


def to_arviz(fit: SharePosterior, draws: int = DRAWS, seed: int = 0) -> Any:
    """Return ArviZ data of one fit.

    Parameters
    ----------
    fit : Fit
    draws : int
        Independent draws of the joint posterior, as one chain.
    seed : int

    Returns
    -------
    InferenceData or DataTree
        Groups ``posterior`` (theta, with the dimension group) and ``constant_data`` (mean sizes
        and counts over the solutions).
    """
    import arviz as az

    groups = {
        "posterior": posterior_dataset(fit, draws, seed),
        "constant_data": constant_dataset(fit),
    }
    if hasattr(az, "InferenceData") and not _is_tree(az):
        return az.InferenceData(**groups)
    import xarray as xr

    return xr.DataTree.from_dict(groups)


def _is_tree(az: Any) -> bool:
    import xarray as xr

    return az.InferenceData is getattr(xr, "DataTree", None)


def netcdf_bytes(fits: Mapping[str, SharePosterior], draws: int = DRAWS, seed: int = 0) -> bytes:
    """Return the posterior draws and mean counts of several measures as a netCDF file's content.

    In memory: HDF5 ends the whole process where a disk is full.

    Parameters
    ----------
    fits : dict of Fit
        By measure; all of one survey, so that they share their groups.
    draws, seed : int
        As in `to_arviz`.
    """
    import xarray as xr

    file = io.BytesIO()
    if not fits:
        xr.Dataset(attrs=_attributes()).to_netcdf(file, engine="h5netcdf")
        return file.getvalue()
    names = variable_names(fits)
    posterior = xr.merge(
        [posterior_dataset(fit, draws, seed, names[of]) for of, fit in fits.items()]
    )
    constant = xr.merge([constant_dataset(fit, f"{names[of]}__") for of, fit in fits.items()])
    posterior.to_netcdf(file, mode="w", group="posterior", engine="h5netcdf")
    constant.to_netcdf(file, mode="a", group="constant_data", engine="h5netcdf")
    return file.getvalue()
