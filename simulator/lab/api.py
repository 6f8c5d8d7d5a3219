"""The lab as a JSON API: the questions of the command, with its checks and its errors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel, ConfigDict, Field

from simulator.errors import InputError, Problem, Problems, shown
from simulator.lab.controls import controls_of
from simulator.lab.jobs import Job
from simulator.lab.lab import Lab
from simulator.lab.policy import Policy
from simulator.lab.tasks import (
    AnnexTask,
    BondTask,
    CompareTask,
    RunTask,
    SweepTask,
    Task,
    estimate_json,
)
from simulator.risk.estimation import beyond_chance
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import ScenarioFile
from simulator.simulation.draws import Draws

_ABOUT = (
    "The questions of `cluster-risk`, asked of the scenario that the lab was opened with. What takes long is "
    "a job: ask for it, look at it until its state is done, refused, failed or cancelled, or cancel it. What "
    "is wrong with a question is told with status 422, every problem at once: where, what must hold, what "
    "was given, and a hint."
)


class Asked(BaseModel):
    """A policy of the scenario, and how it is drawn."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    settings: list[str] = []
    """As `--set` takes them: `rules.surplus.practice_share=0.2`."""
    regimes: list[str] = []
    """Names of regimes that the lab knows, as `--with` lays them over the scenario."""
    contracts: int | None = None
    """Simulated contracts; the lab's own number when left out."""
    seed: int | None = None
    """Seed of chance; the lab's own when left out."""

    @property
    def policy(self) -> Policy:
        """The policy that is asked about."""
        return Policy.of(self.settings, self.regimes)


class BondAsked(Asked):
    """How big a bond."""

    cluster: str | None = None
    """One cluster for the whole answer; all beside each other when left out."""


class SweepAsked(Asked):
    """What many policies do."""

    vary: dict[str, str | list[Any]]
    """By key, its values: `{"rules.surplus.practice_share": [0.05, 0.1]}`, or text as `--vary` takes it."""
    together: bool = False
    """Whether the keys' values step side by side."""
    measures: list[str] | None = None
    clusters: list[str] | None = None


class PolicyAsked(BaseModel):
    """A policy to compare."""

    model_config = ConfigDict(extra="forbid")

    settings: list[str] = []
    regimes: list[str] = []


class CompareAsked(Asked):
    """Policies side by side: the one above is what the others are compared with."""

    policies: list[PolicyAsked] = Field(min_length=1, max_length=20)
    measures: list[str] | None = None
    clusters: list[str] | None = None


class AnnexAsked(Asked):
    """A prospectus annex."""

    formats: list[str] = ["html"]
    title: str | None = None


def make_api(lab: Lab) -> FastAPI:
    """Return the API of a lab, with a page that describes it."""
    api = FastAPIOffline(docs_url="/", redoc_url=None, title="cluster-risk lab", description=_ABOUT)
    api.add_exception_handler(InputError, _refused)
    api.add_exception_handler(RequestValidationError, _badly_formed)
    _add_scenario(api, lab)
    _add_questions(api, lab)
    _add_jobs(api, lab)
    return api


def _add_scenario(api: FastAPI, lab: Lab) -> None:
    @api.get("/scenario", summary="The scenario, and what can be changed of it")
    def scenario() -> dict[str, Any]:
        settled = lab.draws.of(lab.scenario)
        return {
            "title": lab.scenario.settings.title,
            "question": lab.scenario.settings.question,
            "fingerprint": lab.scenario.fingerprint,
            "clusters": [one.name for one in lab.scenario.settings.clusters],
            "contracts": settled.contracts,
            "seed": settled.seed,
            "regimes": {name: one.title for name, one in lab.regimes.items()},
            "keys": [
                {"key": one.key, "meaning": one.meaning, "value": one.value}
                for one in controls_of(lab.scenario)
            ],
        }

    @api.get("/schema", summary="The JSON Schema of scenario files")
    def schema() -> dict[str, Any]:
        return ScenarioFile.model_json_schema()

    @api.post("/look", summary="A policy's main figures at once, beside the scenario as given")
    async def look(asked: Asked) -> dict[str, Any]:
        engine = lab.engine(draws=_draws(lab, asked))
        found = await asyncio.to_thread(engine.look, asked.policy)
        return {
            "estimates": [
                {
                    "cluster": row,
                    "measure": measure,
                    **estimate_json(paired.estimate),
                    "difference": estimate_json(paired.difference) if paired.difference else None,
                    "beyond_chance": bool(paired.difference and beyond_chance(paired.difference)),
                }
                for (row, measure), paired in found.estimates.items()
            ]
        }


def _add_questions(api: FastAPI, lab: Lab) -> None:
    def taken_on(
        asked: Asked, made: Callable[[Scenario, Draws], Task], found: Iterable[Problem] = ()
    ) -> dict[str, Any]:
        """Take a task on; InputError with every problem, of the policy and of what is asked about it."""
        problems, scenario = Problems(found), lab.scenario
        with problems.noted():
            scenario = _over(lab, asked)
        with problems.noted():
            made(scenario, _draws(lab, asked)).check()
        problems.report()
        return told(lab.jobs.submit(made(scenario, _draws(lab, asked))))

    @api.post("/run", status_code=202, summary="Each cluster's risk, and who gains and loses")
    def run(asked: Asked) -> dict[str, Any]:
        return taken_on(asked, RunTask)

    @api.post("/bond", status_code=202, summary="How big a bond, and is the share worth it?")
    def bond(asked: BondAsked) -> dict[str, Any]:
        return taken_on(asked, partial(BondTask, cluster=asked.cluster))

    @api.post("/sweep", status_code=202, summary="What many policies do")
    def sweep(asked: SweepAsked) -> dict[str, Any]:
        how = {"measures": asked.measures, "clusters": asked.clusters, "together": asked.together}
        return taken_on(asked, partial(SweepTask, vary=asked.vary, **how))  # type: ignore[arg-type]

    @api.post("/compare", status_code=202, summary="Policies side by side")
    def compare(asked: CompareAsked) -> dict[str, Any]:
        problems, others = Problems(), list[Scenario]()
        for one in asked.policies:
            with problems.noted():
                others.append(_over(lab, one))
        how = {"others": tuple(others), "measures": asked.measures, "clusters": asked.clusters}
        return taken_on(asked, partial(CompareTask, **how), problems)  # type: ignore[arg-type]

    @api.post("/annex", status_code=202, summary="A prospectus annex")
    def annex(asked: AnnexAsked) -> dict[str, Any]:
        return taken_on(asked, partial(AnnexTask, formats=tuple(asked.formats), title=asked.title))


def _add_jobs(api: FastAPI, lab: Lab) -> None:
    def known(name: str) -> Job:
        try:
            return lab.jobs.get(name)
        except KeyError:
            raise HTTPException(404, "There is no such job, or not any more.") from None

    @api.get("/jobs/{name}", summary="How far a job is, and its answer")
    def job(name: str) -> dict[str, Any]:
        return told(known(name))

    @api.delete("/jobs/{name}", summary="Cancel a job")
    def cancel(name: str) -> dict[str, Any]:
        known(name).cancel()
        return told(known(name))

    @api.get("/jobs/{name}/files/{file}", summary="A file that a job has written")
    def file(name: str, file: str) -> FileResponse:
        # Names are looked up among those that are there, and never make a path.
        there = {path.name: path for path in known(name).folder.glob("*") if path.is_file()}
        if file not in there or not known(name).state.is_over:
            raise HTTPException(404, "There is no such file.")
        return FileResponse(there[file], filename=file)


def told(job: Job) -> dict[str, Any]:
    """Return a job as the API tells it."""
    return {
        "job": job.name,
        "state": job.state,
        "done": job.done,
        "of": job.of,
        "result": None if job.result is None else job.result.json,
        "problems": _told(job.problems),
    }


def _over(lab: Lab, asked: Asked | PolicyAsked) -> Scenario:
    return Policy.of(asked.settings, asked.regimes).over(lab.scenario, lab.regimes)


def _draws(lab: Lab, asked: Asked) -> Draws:
    own = lab.draws.of(lab.scenario)
    contracts = own.contracts if asked.contracts is None else asked.contracts
    return Draws(contracts, own.seed if asked.seed is None else asked.seed)


def _told(problems: Iterable[Problem]) -> list[dict[str, str]]:
    return [{"where": one.where, "need": one.need, "got": one.got, "hint": one.hint} for one in problems]


async def _refused(_: Request, error: Exception) -> JSONResponse:
    problems = error.problems if isinstance(error, InputError) else ()
    return JSONResponse({"problems": _told(problems)}, 422)


async def _badly_formed(_: Request, error: Exception) -> JSONResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    problems = [
        Problem(
            ".".join(map(str, one["loc"])),
            one["msg"].removeprefix("Input should be "),
            shown(one.get("input")),
        )
        for one in found
    ]
    return JSONResponse({"problems": _told(problems)}, 422)
