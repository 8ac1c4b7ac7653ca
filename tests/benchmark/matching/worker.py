"""One worker in a process of its own: open an index, answer a file; seconds and memory as JSON.

``python worker.py INDEX CSV``: CSV has a column ``text``. Memory in MB: ``rss`` counts pages that
workers share too, ``private`` only its own.
"""

import json
import resource
import sys
import time
from pathlib import Path

from gis_platform.matching.files import match_file, open_file
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import AddressColumns


def main(index: Path, file: Path) -> dict[str, float]:
    """Open, answer one address, then the file twice (the second time is warm)."""
    begin, used = time.perf_counter(), time.process_time()
    matcher = Matcher.open(index)
    opened, opened_cpu = time.perf_counter() - begin, time.process_time() - used
    matcher.match_one("DENEME SOKAK NO: 1")
    rows, runs = 0, []
    for _ in range(2):
        begin, used = time.perf_counter(), time.process_time()
        done = match_file(matcher, open_file(file), file.with_suffix(".out.csv"),
                          AddressColumns(text="text"), explain=True)  # fmt: skip
        rows = done.rows
        runs.append((time.perf_counter() - begin, time.process_time() - used))
    wall, cpu = min(runs)
    return {
        "open_s": round(opened, 3), "open_cpu_s": round(opened_cpu, 3), "rows": rows,
        "batch_s": round(wall, 3), "batch_cpu_s": round(cpu, 3), **memory(),
    }  # fmt: skip


def memory() -> dict[str, float]:
    """Resident and private memory now, and the most there was."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    try:
        status = Path("/proc/self/status").read_text("ascii")  # getrusage counts the parent too
        most = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        lines = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()[1:]
    except OSError:
        return {"peak_mb": round(most), "rss_mb": round(most), "private_mb": round(most)}
    kilobytes = {line.split(":")[0]: float(line.split()[1]) for line in lines}
    private = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    return {"peak_mb": round(most), "rss_mb": round(kilobytes["Rss"] / 1024),
            "private_mb": round(private / 1024)}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
