"""``python tests/benchmark [name] [arguments]``: runs one measurement, or all of them."""

import importlib
import sys
from pathlib import Path

if __name__ == "__main__":
    folder = Path(__file__).parent
    known = sorted(
        path.stem
        for path in folder.glob("[a-z]*")
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    )
    wanted = sys.argv[1:2] or known
    if not set(wanted) <= set(known):
        sys.exit(f"olanlar / known: {', '.join(known)}")
    for name in wanted:
        print(f"== {name}")
        importlib.import_module(name).main(sys.argv[2:])
