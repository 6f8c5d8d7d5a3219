"""The lab's JSON API, in process: jobs, problems as the command tells them, and who may ask."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from fastapi import FastAPI

import simulator
from simulator.lab import jobs as queue
from simulator.lab.api import make_api
from simulator.lab.guard import MOST_BYTES, Guard
from simulator.lab.lab import open_lab
from tests.builders import checked, scenario_of

DRAWS = simulator.Draws(400, 3)
TOKEN = "a-secret"  # noqa: S105 - of a test
SHARE = "rules.surplus.practice_share"


@pytest.fixture(scope="module")
def lab():
    with open_lab(checked(scenario_of()), DRAWS, at_once=1) as opened:
        yield opened


class Client:
    """A browser without a window: it keeps cookies, and follows nothing."""

    def __init__(self, lab, token=None, address="http://127.0.0.1:8765"):
        app = FastAPI()
        app.mount("/api", make_api(lab))
        self.app, self.address, self.cookies = Guard(app, token), address, httpx.Cookies()

    def request(self, method, path, **given):
        async def ask():
            transport = httpx.ASGITransport(self.app)
            how = {"base_url": self.address, "cookies": self.cookies}
            async with httpx.AsyncClient(transport=transport, **how) as client:
                answer = await client.request(method, path, **given)
                self.cookies = client.cookies
                return answer

        return asyncio.run(ask())

    def get(self, path, **given):
        return self.request("GET", path, **given)

    def post(self, path, **given):
        return self.request("POST", path, **given)

    def delete(self, path):
        return self.request("DELETE", path)


@pytest.fixture(scope="module")
def client(lab):
    return Client(lab)


def over(client, job):
    """Return a job when it is over."""
    for _ in range(3_600):
        told = client.get(f"/api/jobs/{job['job']}").json()
        if told["state"] not in {"waiting", "running"}:
            return told
        time.sleep(0.05)
    raise AssertionError(told)


def test_jobs_answer_as_python_does(client, lab):
    asked = {"settings": [f"{SHARE}=0.2"]}
    waiting = [
        client.post("/api/run", json=asked),
        client.post("/api/bond", json={"cluster": "North"}),
        client.post("/api/sweep", json={"vary": {SHARE: [0.2, 0.3]}}),
        client.post("/api/compare", json={"policies": [asked]}),
    ]
    assert [one.status_code for one in waiting] == [202] * 4
    run, bond, sweep, compare = (over(client, one.json()) for one in waiting)
    assert {one["state"] for one in (run, bond, sweep, compare)} == {"done"}
    # What is asked again has been answered.
    assert client.post("/api/run", json=asked).json() == run
    summary = simulator.simulate(lab.scenario.vary(f"{SHARE}=0.2"), DRAWS).summary()
    assert run["result"]["summary"]["practice_share_gbp"] == summary["practice_share_gbp"].tolist()
    answer = simulator.bond(lab.scenario, "North", draws=DRAWS)
    assert bond["result"]["sentences"] == list(answer.sentences())
    needed = next(iter(answer.needed_gbp.values()))
    cell = {"value": needed.value, "low": needed.low, "high": needed.high}
    assert bond["result"]["tables"][0]["columns"][1]["cells"][0] == cell
    assert sweep["result"]["estimates"][SHARE][-1] == 0.3
    assert (sweep["done"], sweep["of"]) == (2, 2)
    headings = [one["heading"] for one in compare["result"]["tables"][0]["columns"]]
    assert any(one.startswith("less ") for one in headings)


def test_a_look_is_what_the_page_shows(client, lab):
    told = client.post("/api/look", json={"settings": [f"{SHARE}=0.2"]}).json()["estimates"]
    found = next(one for one in told if (one["cluster"], one["measure"]) == ("North", "practice_share_gbp"))
    summary = simulator.simulate(lab.scenario.vary(f"{SHARE}=0.2"), DRAWS).summary()
    assert found["value"] == summary.at["North", "practice_share_gbp"]
    assert found["beyond_chance"] is True


@pytest.mark.parametrize(
    ("question", "asked", "where"),
    [
        ("run", {"settings": [f"{SHARE}=2", "rules.bond.top_up=5"]}, f"--set {SHARE}=2 ({SHARE})"),
        ("run", {"contracts": 60_000}, "contracts"),
        ("look", {"contracts": 60_000}, "contracts"),
        ("run", {"contracts": "many"}, "body.contracts"),
        ("run", {"regimes": ["../../secret"]}, "regime"),
        ("bond", {"cluster": "Nowhere"}, "cluster"),
        ("sweep", {"vary": {SHARE: "0.0001:0.1:0.0001"}}, "vary"),
        ("annex", {"formats": ["exe"]}, "--format"),
    ],
)
def test_what_is_wrong_is_told_as_the_command_tells_it(client, question, asked, where):
    refused = client.post(f"/api/{question}", json=asked)
    assert refused.status_code == 422
    problems = refused.json()["problems"]
    assert problems[0]["where"] == where
    assert set(problems[0]) == {"where", "need", "got", "hint"}
    assert len(problems) == max(len(asked.get("settings", [])), 1)


def test_what_only_the_question_can_check_is_a_job_that_is_refused(client):
    refused = over(
        client, client.post("/api/bond", json={"settings": ["clusters.*.takes_share=false"]}).json()
    )
    assert refused["state"] == "refused"
    assert "takes the share" in refused["problems"][0]["need"]


def test_every_problem_is_told_at_once(client):
    asked = {"settings": [f"{SHARE}=much"], "contracts": 60_000, "vary": {SHARE: "0.0001:0.1:0.0001"}}
    found = [one["where"] for one in client.post("/api/sweep", json=asked).json()["problems"]]
    assert found[0].startswith(f"--set {SHARE}=much")
    assert found[1:] == ["contracts", "vary"]
    asked = {
        "settings": [f"{SHARE}=2"],
        "policies": [{"settings": [f"{SHARE}={one}"]} for one in ("3", "0.2", "4")],
    }
    found = [one["got"] for one in client.post("/api/compare", json=asked).json()["problems"]]
    assert sorted(found) == ["2", "3", "4"]


def test_a_job_is_cancelled_and_a_full_queue_says_so(client, monkeypatch):
    monkeypatch.setattr(queue, "MOST_WAITING", 2)
    long = client.post("/api/annex", json={"formats": ["html"]}).json()
    behind = client.post("/api/run", json={}).json()
    full = client.post("/api/run", json={})
    assert (full.status_code, full.json()["problems"][0]["where"]) == (422, "jobs")
    started = time.monotonic()
    assert client.delete(f"/api/jobs/{behind['job']}").json()["state"] == "cancelled"
    client.delete(f"/api/jobs/{long['job']}")
    assert over(client, long)["state"] == "cancelled"
    assert time.monotonic() - started < 5
    assert client.get(f"/api/jobs/{long['job']}/files/report.html").status_code == 404
    assert client.get("/api/jobs/nothing").status_code == 404


def test_the_api_describes_itself_without_another_machine(client):
    page = client.get("/api/").text
    assert "http" not in page.replace("http-equiv", "")
    assert client.get("/api/static-offline-docs/swagger-ui-bundle.js").status_code == 200
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {"/run", "/bond", "/sweep", "/compare", "/schema", "/jobs/{name}"} <= set(paths)
    assert client.get("/api/schema").json() == simulator.scenario.schema.ScenarioFile.model_json_schema()
    assert client.get("/api/scenario").json()["clusters"] == ["North", "South"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:8765"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"host": "evil.example:8765"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 200),
        ({"content-length": str(MOST_BYTES + 1)}, 413),
    ],
)
def test_a_foreign_page_is_refused(client, headers, status):
    answer = client.get("/api/schema", headers=headers)
    assert answer.status_code == status
    assert "access-control-allow-origin" not in answer.headers
    if status == 200:
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_beyond_this_machine_a_token_is_needed(lab):
    client = Client(lab, TOKEN, address="http://pct-desk.example:8765")
    assert client.get("/api/schema").status_code == 401
    assert client.get("/api/schema", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/api/schema", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    opened = client.get(f"/api/schema?token={TOKEN}&a=b")
    assert (opened.status_code, opened.headers["location"]) == (303, "/api/schema?a=b")
    assert client.get("/api/schema").status_code == 200  # with the cookie that it was given
