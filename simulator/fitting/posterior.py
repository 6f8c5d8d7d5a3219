"""What is known after a history was seen: joint draws of everything, kept in a file bound by a digest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from simulator.errors import InputError, Problem, printable
from simulator.fitting.priors import NormalPrior, Priors, SizePrior
from simulator.fitting.states import States
from simulator.records import BoolArray, FloatArray

Float32Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ModelDraws:
    """Joint draws of one model, of volumes or of prices; logs. Rows of both models belong together."""

    level: Float32Array  # shape (row, line); of the last year of history, drift in it
    growth: Float32Array  # shape (row, line); a year at the end of history, drift in it
    shock: Float32Array  # shape (row, line); PCT-wide shock of the last year
    cluster_level: Float32Array  # shape (row, cluster, line); what lasts: C + K
    cluster_state: Float32Array  # shape (row, cluster); D of the last year; nothing for prices
    cluster_line_state: Float32Array  # shape (row, cluster, line); F of the last year
    theta: Float32Array  # shape (row, parameter); SDs and correlations, in the order of `parameters`
    line_scales: Float32Array  # shape (line,); times tau; 0 for a line without shocks
    cluster_scales: Float32Array  # shape (line,); times epsilon; 0 for a line without cluster effects
    parameters: tuple[str, ...]  # names
    free: tuple[str, ...]  # those of them that were learned
    learned: tuple[float, ...]  # share of each one's prior variance that the history took away
    effective: float  # effective number of points
    method: str  # how the points were found

    def values(self, rows: NDArray[np.intp]) -> dict[str, FloatArray]:
        """Return the parameters of some rows, each of shape (row,)."""
        return {name: self.theta[rows, at].astype(float) for at, name in enumerate(self.parameters)}

    def at_estimate(self) -> Self:
        """Return one row: means of states, medians of SDs and correlations."""
        means = {name: getattr(self, name).mean(0, dtype=float)[None] for name in States.__dataclass_fields__}
        theta = np.median(self.theta.astype(float), axis=0)[None]
        return replace(
            self, **{name: one.astype(np.float32) for name, one in (means | {"theta": theta}).items()}
        )


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What a fit gives. Shapes as of `ModelDraws`."""

    clusters: tuple[str, ...]
    lines: tuple[str, ...]
    years: tuple[int, ...]  # of the history; the last is the base year
    volume: ModelDraws  # log cases per weighted person and year (pounds for a line of `spend_only`)
    price: ModelDraws  # log pounds a case; nan for a line of `unpriced`
    rare: tuple[str, ...]  # lines with a rate alone: no shocks, no cluster effects
    spend_only: tuple[str, ...]  # lines without counts: volumes are pounds, and prices one
    unpriced: tuple[str, ...]  # lines without spend
    prior_only: tuple[str, ...]  # parameters of volumes of which this history can tell nothing
    priors: Priors

    @property
    def rows(self) -> int:
        """Number of draws."""
        return len(self.volume.level)

    def at_estimate(self) -> Posterior:
        """Return the posterior as if all were known: one row."""
        return replace(self, volume=self.volume.at_estimate(), price=self.price.at_estimate())

    def save(self, path: Path) -> str:
        """Write all to a file and return its SHA-256; the same bytes for the same posterior."""
        arrays: dict[str, Any] = {}
        told: dict[str, Any] = {}
        for model in ("volume", "price"):
            for name, one in _parts(getattr(self, model)).items():
                (arrays if isinstance(one, np.ndarray) else told)[f"{model}.{name}"] = one
        told |= {one.name: getattr(self, one.name) for one in fields(self) if one.name not in _MODELS}
        told["priors"] = asdict(self.priors)
        buffer = BytesIO()
        np.savez(buffer, told=np.array(json.dumps(told)), **arrays)
        path.write_bytes(buffer.getvalue())
        return sha256(buffer.getvalue()).hexdigest()

    @classmethod
    def load(cls, path: Path, digest: str) -> Self:
        """Read what `save` wrote.

        Parameters
        ----------
        path : Path
            The file.
        digest : str
            Its SHA-256.

        Returns
        -------
        Posterior
            As it was.

        Raises
        ------
        InputError
            Without the file, or when it is another.
        """
        hint = "fit the history again, or put the file back beside the scenario"
        try:
            written = path.read_bytes()
        except OSError as error:
            given = str(error.strerror or error)
            raise InputError([Problem(printable(path), "a file that `fit` wrote", given, hint)]) from None
        found = sha256(written).hexdigest()
        if found != digest:
            raise InputError([Problem(printable(path), f"the file with SHA-256 {digest}", found, hint)])
        with np.load(BytesIO(written)) as stored:
            told: dict[str, Any] = json.loads(str(stored["told"]))
            arrays = {name: stored[name] for name in stored.files if name != "told"}
        models: dict[str, Any] = {name: _model(name, told, arrays) for name in _MODELS}
        others: dict[str, Any] = {name: tuple(told[name]) for name in _NAMES}
        return cls(**others, **models, priors=_priors(told["priors"]))


_MODELS = ("volume", "price")
_NAMES = ("clusters", "lines", "years", "rare", "spend_only", "unpriced", "prior_only")


def _parts(model: ModelDraws) -> dict[str, Any]:
    return {one.name: getattr(model, one.name) for one in fields(model)}


def _model(model: str, told: Mapping[str, Any], arrays: Mapping[str, Any]) -> ModelDraws:
    found: dict[str, Any] = {}
    for one in fields(ModelDraws):
        key = f"{model}.{one.name}"
        value = arrays[key] if key in arrays else told[key]
        found[one.name] = tuple(value) if isinstance(value, list) else value
    return ModelDraws(**found)


def _priors(told: Mapping[str, Any]) -> Priors:
    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if "centre" in value:
            return SizePrior(**value)
        return NormalPrior(**value) if "mean" in value else {name: read(one) for name, one in value.items()}

    return Priors(**{name: read(value) for name, value in told.items()})


def model_draws(
    states: States,
    theta: Mapping[str, FloatArray],
    scales: tuple[FloatArray, FloatArray],
    modelled: BoolArray,
    told: Mapping[str, Any],
) -> ModelDraws:
    """Return draws of all lines from those of the lines that a model holds; nothing for the others.

    Parameters
    ----------
    states : States
        Of the modelled lines.
    theta : Mapping[str, FloatArray]
        Every parameter, each of shape (row,).
    scales : tuple of FloatArray
        Of lines, and of clusters in lines, each of shape (modelled line,).
    modelled : BoolArray
        Which lines the model holds, shape (line,).
    told : Mapping[str, Any]
        `free`, `learned`, `effective`, `method`.

    Returns
    -------
    ModelDraws
        Of all lines.
    """

    def spread(one: FloatArray) -> Float32Array:
        whole = np.zeros((*one.shape[:-1], modelled.size), dtype=np.float32)
        whole[..., modelled] = one
        return whole

    by_line: dict[str, Any] = {
        name: getattr(states, name) for name in States.__dataclass_fields__ if name != "cluster_state"
    }
    by_line |= {"line_scales": scales[0], "cluster_scales": scales[1]}
    spread_out: dict[str, Any] = {name: spread(one) for name, one in by_line.items()}
    return ModelDraws(
        **spread_out,
        cluster_state=states.cluster_state.astype(np.float32),
        theta=np.stack(list(theta.values()), axis=1).astype(np.float32),
        parameters=tuple(theta),
        **told,
    )
