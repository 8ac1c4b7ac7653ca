"""Published files in an S3 storage: a real server of moto on a port, asked over HTTP.

Publishing puts every file, downloads stream it with parts and tags, withdrawal removes it; a folder
does the same, which the tests of publishing show.
"""

import hashlib
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from gis_platform.api.app import create_app
from gis_platform.api.static_export import export_site
from gis_platform.core.errors import Unavailable
from gis_platform.core.settings import Settings, StorageSettings
from gis_platform.db.engine import Database
from tests.server import running
from tests.town import publish_layers, withdraw_layer

BUCKET, FOLDER = "acik-veri", "portal/dosyalar"
SECRET = "parola"  # noqa: S105


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str):
    httpx.post(f"{endpoint}/moto-api/reset")
    resource = boto3.resource(
        "s3", endpoint_url=endpoint, region_name="us-east-1",
        aws_access_key_id="anahtar", aws_secret_access_key=SECRET,
    )  # fmt: skip
    bucket = resource.Bucket(BUCKET)
    bucket.create()
    return bucket


@pytest.fixture
def stored(settings: Settings, endpoint: str, bucket) -> Settings:
    storage = StorageSettings(
        url=f"s3://{BUCKET}/{FOLDER}", endpoint=endpoint, region="us-east-1", key="anahtar",
        secret=SecretStr(SECRET),
    )  # fmt: skip
    return settings.model_copy(update={"storage": storage})


def keys(bucket) -> set[str]:
    return {each.key for each in bucket.objects.all()}


def test_files_are_put_streamed_in_parts_and_removed(
    stored: Settings, town: Database, bucket
) -> None:
    publish_layers(stored, town, "mahalle", "csbm")
    assert f"{FOLDER}/mahalle/v1/mahalle.gpkg" in keys(bucket)
    assert not list(stored.published_dir.rglob("*.*"))
    with running(create_app(stored, town)) as address, httpx.Client(base_url=address) as client:
        said = client.get("/api/v1/layers/mahalle").json()
        assert len(said["files"]) == sum("/mahalle/" in key for key in keys(bucket))
        for file in said["files"]:
            path = urlsplit(file["url"]).path
            whole = client.get(path)
            assert whole.status_code == 200
            assert hashlib.sha256(whole.content).hexdigest() == file["sha256"]
            assert int(whole.headers["content-length"]) == file["size"] == len(whole.content)
            assert "attachment" in whole.headers["content-disposition"]
            head = client.head(path)
            assert head.headers["content-length"] == whole.headers["content-length"]
            assert head.content == b""
            known = client.get(path, headers={"If-None-Match": whole.headers["etag"]})
            assert known.status_code == 304
        _ask_for_parts(client, path, whole)
        withdraw_layer(stored, town, "mahalle", "Deneme")
        gone = client.get(path)
        assert gone.status_code == 410
    assert {key.split("/")[2] for key in keys(bucket)} == {"csbm"}


def _ask_for_parts(client: httpx.Client, path: str, whole: httpx.Response) -> None:
    size = len(whole.content)
    for asked, start, end in (
        ("bytes=0-9", 0, 10), ("bytes=5-", 5, size), ("bytes=-7", size - 7, size),
        (f"bytes=10-{size * 2}", 10, size),
    ):  # fmt: skip
        part = client.get(path, headers={"Range": asked})
        assert part.status_code == 206, asked
        assert part.content == whole.content[start:end]
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
    assert client.get(path, headers={"Range": f"bytes={size}-"}).status_code == 416
    for asked in ("bytes=0-1,4-5", "satir=1-2", "bytes=9-2"):
        assert client.get(path, headers={"Range": asked}).status_code in {200, 416}
    old = {"Range": "bytes=0-9", "If-Range": '"eski"'}
    assert client.get(path, headers=old).content == whole.content


def test_readers_are_sent_to_the_cdn_until_the_layer_is_withdrawn(
    stored: Settings, town: Database, endpoint: str, bucket
) -> None:
    readable = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{BUCKET}/*"}  # fmt: skip
    bucket.Policy().put(Policy=json.dumps({"Version": "2012-10-17", "Statement": [readable]}))
    public = f"{endpoint}/{BUCKET}/{FOLDER}"
    storage = stored.storage.model_copy(update={"public_url": public})
    settings = stored.model_copy(update={"storage": storage})
    publish_layers(settings, town, "mahalle")
    with running(create_app(settings, town)) as address, httpx.Client(base_url=address) as client:
        sent = client.get("/files/mahalle/v1/mahalle.csv")
        assert sent.status_code == 307
        assert sent.headers["location"] == f"{public}/mahalle/v1/mahalle.csv"
        assert sent.headers["cache-control"] == "no-cache"
        arrived = client.get(sent.headers["location"])
        assert arrived.status_code == 200
        withdraw_layer(settings, town, "mahalle", "Deneme")
        assert client.get("/files/mahalle/v1/mahalle.csv").status_code == 410
        assert client.get(sent.headers["location"]).status_code == 404


def test_the_static_copy_holds_the_files_themselves(
    stored: Settings, town: Database, tmp_path, endpoint: str
) -> None:
    storage = stored.storage.model_copy(update={"public_url": endpoint})
    settings = stored.model_copy(update={"storage": storage})
    publish_layers(settings, town, "mahalle")
    export_site(settings, town, tmp_path / "copy", "https://kopya.example")
    assert (tmp_path / "copy" / "files" / "mahalle" / "v1" / "mahalle.gpkg").stat().st_size > 0


def test_a_storage_that_does_not_take_a_file_leaves_nothing_published(
    stored: Settings, town: Database, bucket
) -> None:
    missing = stored.storage.model_copy(update={"url": "s3://olmayan-kova/x"})
    settings = stored.model_copy(update={"storage": missing})
    with pytest.raises(Unavailable) as caught:
        publish_layers(settings, town, "mahalle")
    assert "GIS_STORAGE__" in caught.value.say("tr")
    with running(create_app(stored, town)) as address:
        assert httpx.get(f"{address}/api/v1/layers/mahalle").status_code == 404


def test_an_object_that_went_away_is_told_before_anything_is_sent(
    stored: Settings, town: Database, bucket
) -> None:
    publish_layers(stored, town, "mahalle")
    bucket.Object(f"{FOLDER}/mahalle/v1/mahalle.csv").delete()
    with running(create_app(stored, town)) as address:
        answer = httpx.get(f"{address}/files/mahalle/v1/mahalle.csv")
    assert answer.status_code == 503


def test_files_of_before_are_found_in_the_folder(stored: Settings, town: Database) -> None:
    folder = stored.model_copy(update={"storage": StorageSettings()})
    publish_layers(folder, town, "mahalle")
    with running(create_app(stored, town)) as address:
        assert httpx.get(f"{address}/files/mahalle/v1/mahalle.csv").status_code == 200
