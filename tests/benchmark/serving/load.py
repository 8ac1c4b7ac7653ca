"""wrk from a process of its own: requests a second over many addresses in turn."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

CONNECTIONS, SECONDS = 8, 4
_SCRIPT = """
local asked, at = {}, 0
function init()
  for path in io.lines("%s") do asked[#asked + 1] = wrk.format("GET", path) end
end
function request() at = at %% #asked + 1 return asked[at] end
"""


def check_wrk() -> None:
    """End with a remedy where wrk is not installed."""
    if shutil.which("wrk") is None:
        sys.exit("wrk yok: apt install wrk / wrk is missing: apt install wrk")


def rate(address: str, paths: Sequence[str], headers: Mapping[str, str] | None = None) -> float:
    """Requests a second over the paths in turn, after a second of warming up.

    Raises:
        RuntimeError: an answer was an error, or a socket failed: the figure would mean nothing.
    """
    extra = [part for name, said in (headers or {}).items() for part in ("-H", f"{name}: {said}")]
    with tempfile.TemporaryDirectory() as given:
        script, lines = Path(given, "asked.lua"), Path(given, "paths")
        lines.write_text("\n".join(paths) + "\n", "utf-8")
        script.write_text(_SCRIPT % lines, "utf-8")
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", "--timeout", "20s", *extra, "-s", str(script)]
        subprocess.run([*command, "-d1", address], check=True, capture_output=True)
        said = subprocess.run(
            [*command, f"-d{SECONDS}", address], check=True, capture_output=True, text=True
        ).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None or "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"{address}{paths[0]}\n{said}")
    return float(found[1])
