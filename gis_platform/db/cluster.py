"""The embedded default: a private PostGIS cluster of our own, when no database is named.

It listens on a unix socket only, with ``peer`` authentication: nobody but the user who owns it
gets in (``trust`` on TCP would let every local user in). Every process that uses it holds a
shared lock; the last one to leave stops the server. A process that was killed loses its lock by
itself, its server is found running at the next start and used again.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import URL

from gis_platform.core.errors import ConfigError, Text, Unavailable
from gis_platform.db.binaries import find_binaries

__all__ = ["DATABASE", "OWNER", "ROLES", "Cluster", "find_binaries", "private_cluster"]

DATABASE = "gis"
OWNER = "gis_owner"
ROLES = ("gis_etl", "gis_office", "gis_portal")
_SOCKET_PATH_LIMIT = 90  # the kernel allows 107 bytes, "/.s.PGSQL.5432" and a margin are taken off

_CONF = """\
listen_addresses = ''
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0770
shared_buffers = {shared_buffers}
work_mem = 32MB
maintenance_work_mem = 256MB
max_connections = 60
max_wal_size = 2GB
jit = off
log_timezone = 'UTC'
timezone = 'UTC'
fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}
"""


@dataclass(frozen=True)
class Cluster:
    """A PostGIS cluster in ``folder``, run by the binaries in ``bin_dir``.

    Attributes:
        folder: where cluster, log and locks lie.
        bin_dir: folder with ``initdb``, ``pg_ctl`` and ``postgres``.
        durable: whether a commit survives a power cut; off only for tests.
    """

    folder: Path
    bin_dir: Path
    durable: bool = True

    @property
    def data_dir(self) -> Path:
        """The cluster itself."""
        return self.folder / "pgdata"

    @property
    def socket_dir(self) -> Path:
        """Where the unix socket lies; a short temporary folder where ours is too long."""
        own = self.folder / "socket"
        if len(str(own)) <= _SOCKET_PATH_LIMIT:
            return own
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"gis-{os.geteuid()}-{digest}"

    def url(self, role: str = OWNER, database: str = DATABASE) -> URL:
        """Address of the database for ``role``."""
        return URL.create(
            "postgresql+psycopg",
            username=role,
            database=database,
            query={"host": str(self.socket_dir)},
        )

    @contextmanager
    def running(self) -> Iterator["Cluster"]:
        """Start (or join) the cluster for the time of the block; the last one to leave stops it."""
        self._prepare_folder()
        with (self.folder / "users.lock").open("w") as users:
            with self._gate():
                fcntl.flock(users, fcntl.LOCK_SH)
                self._create()
                self._start()
            try:
                yield self
            finally:
                with self._gate():
                    if self._is_last(users):
                        self._pg_ctl("stop", "-m", "fast", "-w")
                        self._remove_short_socket_dir()

    def is_running(self) -> bool:
        """Whether the server is there and listens.

        ``pg_ctl status`` alone is not enough: after a power cut the number in its file may belong
        to another process.
        """
        done = self._as_server([self._binary("pg_ctl"), "status", "-D", str(self.data_dir)])
        return done.returncode == 0 and self._listens()

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as knock:
            try:
                knock.connect(str(self.socket_dir / ".s.PGSQL.5432"))
            except OSError:
                return False
        return True

    @contextmanager
    def _gate(self) -> Iterator[None]:
        """One process at a time creates, starts or stops."""
        with (self.folder / "gate.lock").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    @staticmethod
    def _is_last(users: IO[str]) -> bool:
        fcntl.flock(users, fcntl.LOCK_UN)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _prepare_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                Text(f"Veri klasörü açılamadı: {error}", f"Cannot make the data folder: {error}"),
                remedy=Text(
                    "GIS_HOME ile yazılabilir bir klasör verin",
                    "name a writable folder with GIS_HOME",
                ),
            ) from error
        self._refuse_planted_socket_dir()
        if os.geteuid() == 0:
            user = _server_user()
            for folder in (self.folder, self.socket_dir):
                os.chown(folder, user.pw_uid, user.pw_gid)
            self._check_reachable(user)

    def _refuse_planted_socket_dir(self) -> None:
        """A short socket folder lies where everybody may write: it has to be a folder of ours."""
        found = self.socket_dir.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {
            os.geteuid(),
            _server_user().pw_uid,
        }:
            raise ConfigError(
                Text(
                    f"{self.socket_dir} başka bir kullanıcının.",
                    f"{self.socket_dir} belongs to another user.",
                ),
                remedy=Text(
                    "onu silin ya da GIS_HOME ile daha kısa bir yol verin",
                    "remove it, or name a shorter path with GIS_HOME",
                ),
            )

    def _remove_short_socket_dir(self) -> None:
        if self.socket_dir.parent != self.folder:
            with suppress(OSError):
                self.socket_dir.rmdir()

    def _check_reachable(self, user: pwd.struct_passwd) -> None:
        """Postgres must be able to walk down to the folder: it cannot from below /root."""
        done = self._as_server(["test", "-w", str(self.folder)])
        if done.returncode != 0:
            raise ConfigError(
                Text(
                    f"{self.folder} klasörüne “{user.pw_name}” kullanıcısı ulaşamıyor.",
                    f"User “{user.pw_name}” cannot reach {self.folder}.",
                ),
                remedy=Text(
                    "GIS_HOME ile /var/lib altında bir klasör verin",
                    "name a folder under /var/lib with GIS_HOME",
                ),
            )

    def _create(self) -> None:
        if (self.data_dir / "PG_VERSION").exists():
            return
        unfinished = self.folder / "pgdata.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        made = ["-D", str(unfinished), "-U", OWNER, "--auth=peer", "--encoding=UTF8"]
        made += ["--locale=C.UTF-8", "--data-checksums" if self.durable else "--no-sync"]
        self._must([self._binary("initdb"), *made])
        self._write_access(unfinished)
        unfinished.rename(self.data_dir)

    def _write_access(self, data_dir: Path) -> None:
        """Who may come in as whom: the owner of the cluster as each of our roles, nobody else."""
        people = sorted({_server_user().pw_name, pwd.getpwuid(os.geteuid()).pw_name})
        roles = (OWNER, *ROLES)
        ident = "".join(f"gis {person} {role}\n" for person in people for role in roles)
        conf = _CONF.format(
            socket_dir=self.socket_dir,
            durable="on" if self.durable else "off",
            shared_buffers="256MB" if self.durable else "128MB",
        )
        for name, content, mode in (
            ("pg_hba.conf", "local all all peer map=gis\n", "w"),
            ("pg_ident.conf", ident, "w"),
            ("postgresql.conf", conf, "a"),
        ):
            with (data_dir / name).open(mode) as file:
                file.write(content)

    def _start(self) -> None:
        if self.is_running():
            return
        options = f"-c unix_socket_directories='{self.socket_dir}'"
        log = str(self.folder / "postgres.log")
        self._pg_ctl("start", "-w", "-t", "60", "-l", log, "-o", options)

    def _pg_ctl(self, action: str, *arguments: str) -> None:
        self._must([self._binary("pg_ctl"), action, "-s", "-D", str(self.data_dir), *arguments])

    def _binary(self, name: str) -> str:
        return str(self.bin_dir / name)

    def _must(self, command: Sequence[str]) -> None:
        done = self._as_server(command)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip().splitlines()
            what = said[-1] if said else f"{Path(command[0]).name} → {done.returncode}"
            raise Unavailable(
                Text(
                    f"Özel PostGIS kümesi çalıştırılamadı: {what}",
                    f"Cannot run the private PostGIS cluster: {what}",
                ),
                remedy=Text(
                    f"{self.folder / 'postgres.log'} dosyasına bakın",
                    f"see {self.folder / 'postgres.log'}",
                ),
            )

    def _as_server(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run as the user who may run postgres: ourselves, or ``postgres`` where we are root."""
        rights: dict[str, object] = {}
        if os.geteuid() == 0:
            user = _server_user()
            rights = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        # Output goes to a file: the server inherits it and would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(  # type: ignore[call-overload]
                list(command),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=_clean_environment(os.environ),
                start_new_session=True,
                check=False,
                **rights,
            )
            out.seek(0)
            return subprocess.CompletedProcess(
                command, done.returncode, stdout=out.read(), stderr=""
            )


def private_cluster(home: Path, bin_dir: Path | None = None) -> Cluster:
    """The cluster that belongs to ``home``, with binaries of the version it was made with."""
    folder = home / "cluster"
    version_file = folder / "pgdata" / "PG_VERSION"
    try:
        version = version_file.read_text().strip() if version_file.exists() else None
    except PermissionError as error:
        raise ConfigError(
            Text(f"{folder} başka bir kullanıcının.", f"{folder} belongs to another user."),
            remedy=Text(
                "GIS_HOME ile kendi klasörünüzü verin", "name your own folder with GIS_HOME"
            ),
        ) from error
    return Cluster(folder.resolve(), find_binaries(bin_dir, version))


def _server_user() -> pwd.struct_passwd:
    """Who runs the server: ourselves; for root, ``postgres``, because postgres refuses root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise ConfigError(
            Text(
                "“postgres” kullanıcısı yok; PostgreSQL root olarak çalışmaz.",
                "There is no user “postgres”; PostgreSQL does not run as root.",
            ),
            remedy=Text("apt install postgresql-postgis", "apt install postgresql-postgis"),
        ) from None


def _clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without variables that would point PostgreSQL elsewhere."""
    return {k: v for k, v in environment.items() if not k.startswith("PG")} | {"LC_ALL": "C.UTF-8"}
