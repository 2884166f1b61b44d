"""Tables as xarray: labelled dimensions, units and meanings, figures and sources in the attributes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nodecalc.errors import InputError
from nodecalc_kernels.loading import load_whole

from .arrow import described
from .rows import apart

if TYPE_CHECKING:
    import xarray as xr

    from .table import Table


def dataset(table: Table) -> xr.Dataset:
    """Return the results over labelled axes; an output that is an axis as well is that coordinate alone.

    All attributes are texts, so that `to_netcdf` and `to_zarr` take them.
    """
    try:
        module = load_whole("xarray")
    except ModuleNotFoundError:
        raise InputError("to_xarray needs xarray: pip install 'nodecalc[xarray]'") from None
    dims = tuple(axis.key for axis in table.axes)
    arrays = table.arrays()
    # Names as Python texts: every file format of xarray takes those.
    coords = {
        axis.key: (axis.key, axis.values().astype(object) if axis.is_names else axis.values(), labels(axis.key))
        for axis in table.axes
    }
    results = {key: (dims, arrays[key], labels(key)) for key in apart(table.outputs, table.axes)}
    found: xr.Dataset = module.Dataset(results, coords, attributes(json.loads(table.metadata())))
    return found


def labels(key: str) -> dict[str, str]:
    """Return the attributes of one array, under the names that plotting and the CF conventions know."""
    known = described(key)
    names = {"unit": "units", "meaning": "long_name"}
    return {names[name]: text for name, text in known.items()}


def attributes(about: Mapping[str, Any]) -> dict[str, str]:
    """Return version, question, figures, sources, marks and notes as texts."""
    return {
        "nodecalc_version": about["version"],
        "spec": json.dumps(about["spec"], sort_keys=True),
        "figures": json.dumps(about["figures"], sort_keys=True),
        "sources": "\n".join(source_line(source) for source in about["sources"]),
        "assumed": ", ".join(about["assumed"]),
        "estimated": ", ".join(about["estimated"]),
        "unverified": ", ".join(about["unverified"]),
        "notes": "\n".join(about["notes"]),
    }


def source_line(source: Mapping[str, Any]) -> str:
    """Return a source in one line."""
    parts = (source["title"], source["publisher"], source["year"], source["address"])
    return f"{source['id']}: " + ", ".join(str(part) for part in parts if part)
