"""Fits as ArviZ data and as one netCDF file, for both generations of ArviZ.

ArviZ below 1 calls its container ``InferenceData``; from 1 on it is ``xarray.DataTree``. Files are
the same in both: netCDF with one group for the posterior and one for the constant data. They are
written with xarray alone, since importing ArviZ takes longer than the whole analysis.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import alumnistats

if TYPE_CHECKING:
    import xarray as xr

    from alumnistats.posterior.fit import Fit

DRAWS = 4000


def variable_name(of: str) -> str:
    """Return a netCDF variable name for a measure or ``question:option``."""
    return of.replace(":", "__").replace("-", "_")


def posterior_dataset(
    fit: Fit, draws: int = DRAWS, seed: int = 0, name: str = "theta"
) -> xr.Dataset:
    """Return independent posterior draws with the dimensions chain, draw and group."""
    import xarray as xr

    values = fit.draws(draws, seed)[None]
    coords = {"chain": [0], "draw": np.arange(draws), "group": list(fit.groups)}
    data = xr.DataArray(values, coords=coords, dims=("chain", "draw", "group"))
    attributes = {"model": fit.model, "engine": fit.engine, "of": fit.of}
    return xr.Dataset({name: data.assign_attrs(attributes)}, attrs=_attributes())


def constant_dataset(fit: Fit, prefix: str = "") -> xr.Dataset:
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
        "inference_library_version": alumnistats.__version__,
    }


def to_arviz(fit: Fit, draws: int = DRAWS, seed: int = 0) -> Any:
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


def write_netcdf(fits: Mapping[str, Fit], path: Path, draws: int = DRAWS, seed: int = 0) -> None:
    """Write the posterior draws and mean counts of several measures to one netCDF file.

    Parameters
    ----------
    fits : dict of Fit
        By measure; all of one survey, so that they share their groups.
    path : Path
    draws, seed : int
        As in `to_arviz`.
    """
    import xarray as xr

    if not fits:
        xr.Dataset(attrs=_attributes()).to_netcdf(path, engine="h5netcdf")
        return
    posterior = xr.merge(
        [posterior_dataset(fit, draws, seed, variable_name(of)) for of, fit in fits.items()]
    )
    constant = xr.merge(
        [constant_dataset(fit, f"{variable_name(of)}__") for of, fit in fits.items()]
    )
    posterior.to_netcdf(path, mode="w", group="posterior", engine="h5netcdf")
    constant.to_netcdf(path, mode="a", group="constant_data", engine="h5netcdf")
