"""Where PostgreSQL with PostGIS is installed on this machine."""

import subprocess
from pathlib import Path

from gis_platform.core.errors import ConfigError, Text

_SEARCHED = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin",
             "/usr/local/opt/postgresql@*/bin", "/usr/local/pgsql/bin")  # fmt: skip


def find_binaries(bin_dir: Path | None = None, version: str | None = None) -> Path:
    """The newest PostgreSQL on this machine that has PostGIS.

    Args:
        bin_dir: take this folder and no other.
        version: major version an existing cluster was made with; only that one can run it.

    Raises:
        ConfigError: there is none.
    """
    candidates = (
        [bin_dir] if bin_dir else [p for pattern in _SEARCHED for p in Path("/").glob(pattern[1:])]
    )
    found = sorted(
        (_version_of(p), p) for p in candidates if (p / "initdb").exists() and _has_postgis(p)
    )
    if version is not None:
        found = [(number, path) for number, path in found if str(number) == version]
    if not found:
        wanted = f" {version}" if version else ""
        raise ConfigError(
            Text(
                f"Bu makinede PostGIS'li PostgreSQL{wanted} yok.",
                f"No PostgreSQL{wanted} with PostGIS here.",
            ),
            remedy=Text(
                "apt install postgresql-postgis, brew install postgis, docker/compose.yml "
                "ya da GIS_DB__URL",
                "apt install postgresql-postgis, brew install postgis, docker/compose.yml, "
                "or GIS_DB__URL",
            ),
        )
    return found[-1][1]


def _version_of(bin_dir: Path) -> int:
    done = subprocess.run(
        [bin_dir / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    digits = "".join(c if c.isdigit() else " " for c in done.stdout).split()
    return int(digits[0]) if digits else 0


def _has_postgis(bin_dir: Path) -> bool:
    """Whether the PostGIS extension is installed beside these binaries."""
    share = subprocess.run(
        [bin_dir / "pg_config", "--sharedir"], capture_output=True, text=True, check=False
    )
    folders = [Path(share.stdout.strip())] if share.returncode == 0 else []
    # Debian's pg_config belongs to the -dev package: without it the place follows from the layout.
    folders += [
        bin_dir.parents[2] / "share" / "postgresql" / bin_dir.parent.name,
        bin_dir.parent / "share" / "postgresql",
    ]
    return any((folder / "extension" / "postgis.control").exists() for folder in folders)
