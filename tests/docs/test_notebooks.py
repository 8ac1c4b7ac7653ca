"""Notebooks run to their end, and are committed without outputs."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_notebook_has_no_outputs_and_ends_in_an_assertion(path: Path) -> None:
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert not [cell for cell in cells if cell.outputs or cell.execution_count]
    assert cells[-1].source.splitlines()[-1].startswith("assert ")


@pytest.mark.filterwarnings("default")  # of the kernel's own machinery
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_notebook_runs(path: Path, environment: dict[str, str], tmp_path: Path) -> None:
    """On the test's own database; ``GIS_HOME`` is the notebook's."""
    environment = {k: v for k, v in environment.items() if k != "GIS_HOME"}
    client = NotebookClient(
        nbformat.read(path, as_version=4),
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    )
    env = environment | {"MPLBACKEND": "agg", "HOME": os.environ.get("HOME", str(tmp_path))}
    with client.setup_kernel(env=env):
        for number, cell in enumerate(client.nb.cells):
            client.execute_cell(cell, number)
