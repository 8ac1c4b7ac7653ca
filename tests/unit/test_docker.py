"""The image and the services, read as text: no engine is needed to see what must not be."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gis_platform.core.settings import known_variables

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"


def instructions() -> list[tuple[str, str]]:
    """Every instruction of the Dockerfile with its words, continued lines joined."""
    said = (DOCKER / "Dockerfile").read_text("utf-8")
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in joined]


def last_stage() -> list[tuple[str, str]]:
    said = instructions()
    start = max(number for number, (word, _) in enumerate(said) if word == "FROM")
    return said[start:]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yml").read_text("utf-8"))
    return read["services"]  # type: ignore[no-any-return]


def test_only_known_instructions_are_used() -> None:
    known = {"FROM", "RUN", "COPY", "ENV", "WORKDIR", "VOLUME", "USER", "EXPOSE", "HEALTHCHECK"}
    assert {word for word, _ in instructions()} <= known | {"ENTRYPOINT", "CMD"}


def test_every_base_is_pinned_to_a_version() -> None:
    bases = [words.split()[0] for word, words in instructions() if word == "FROM"]
    assert bases
    assert not [base for base in bases if ":" not in base or base.endswith(":latest")]


def test_image_runs_as_an_ordinary_user() -> None:
    users = [words for word, words in last_stage() if word == "USER"]
    assert users
    assert users[-1].split(":")[0] not in {"0", "root"}
    after = last_stage()[[word for word, _ in last_stage()].index("USER") :]
    assert "RUN" not in {word for word, _ in after}


def test_nothing_is_fetched_that_the_locks_do_not_name() -> None:
    runs = " ".join(words for word, words in instructions() if word == "RUN")
    assert "curl" not in runs
    assert "wget" not in runs
    assert "apt-get" not in runs
    assert runs.count("--require-hashes") == 2
    assert "npm ci --omit=dev --ignore-scripts" in runs


def test_everything_copied_is_there_and_let_through() -> None:
    allowed = (DOCKER / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    copied = [words.split()[:-1] for word, words in instructions() if word == "COPY"]
    for source in [each for words in copied if not words[0].startswith("--") for each in words]:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in allowed, source


def test_image_says_whether_it_is_healthy() -> None:
    health = dict(last_stage())["HEALTHCHECK"]
    assert "/health" in health
    assert "--start-period" in health


def test_settings_of_image_and_services_exist(services: dict[str, Any]) -> None:
    env = dict(re.findall(r"(GIS_\w+)=(\S+)", dict(last_stage())["ENV"]))
    example = re.findall(r"^(GIS_\w+)=", (DOCKER / "example.env").read_text("utf-8"), re.MULTILINE)
    names = {*env, *example, *(n for n in services["app"]["environment"] if n.startswith("GIS_"))}
    assert names
    assert names <= set(known_variables())


def test_services_are_pinned_restarted_and_watched(services: dict[str, Any]) -> None:
    assert services["db"]["image"].startswith("postgis/postgis:")
    assert not [s for s in services.values() if s["image"].partition(":")[2] in {"", "latest"}]
    assert all(service["restart"] == "unless-stopped" for service in services.values())
    assert "pg_isready" in services["db"]["healthcheck"]["test"]
    assert services["app"]["depends_on"]["db"]["condition"] == "service_healthy"


def test_only_the_app_is_reached_and_only_from_the_machine(services: dict[str, Any]) -> None:
    assert "ports" not in services["db"]
    assert all(port.startswith("127.0.0.1:") for port in services["app"]["ports"])


def test_data_outlives_the_containers(services: dict[str, Any]) -> None:
    kept = [each.split(":")[0] for service in services.values() for each in service["volumes"]]
    declared = yaml.safe_load((DOCKER / "compose.yml").read_text("utf-8"))["volumes"]
    assert sorted(kept) == sorted(declared)
    assert dict(last_stage())["VOLUME"] in {v.split(":")[1] for v in services["app"]["volumes"]}


def test_no_password_is_written_down(services: dict[str, Any]) -> None:
    example = (DOCKER / "example.env").read_text("utf-8")
    assert re.search(r"^POSTGRES_PASSWORD=$", example, re.MULTILINE)
    assert all(service["env_file"] == ".env" for service in services.values())
    assert "${POSTGRES_PASSWORD:?" in services["app"]["environment"]["GIS_DB__URL"]
    assert ".env" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
