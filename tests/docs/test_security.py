"""What SECURITY.md says against the program. Escaping has tests of its own, form by form, in tests/reports."""

import ast
import shutil
from pathlib import Path
from typing import Any

import pytest

from cochange.data.simulate import example_path
from cochange.inference.machine_code import folder

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("data", "models", "inference", "reports", "api")
NETWORK = {"aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "ssl", "urllib3"}
EVALUATING = {"eval", "exec", "compile", "os.system", "os.popen"}


def trees() -> dict[str, ast.Module]:
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in files}


def test_nothing_opens_a_network_connection_but_the_cluster() -> None:
    """Dask's client is imported by name, so that one can do without it."""
    modules = [(name, item) for name, tree in trees().items() for item in imported(tree)]
    assert [(name, item) for name, item in modules if item.split(".")[0] in NETWORK or item == "urllib.request"] == []
    by_name = {
        name
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "distributed"
    }
    assert by_name == {"inference/many/cluster.py"}


def test_no_text_is_evaluated_and_no_program_started() -> None:
    calls = {
        (name, ast.unparse(node.func))
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in EVALUATING
    }
    assert calls == set()
    # The interpreter itself, once more, to draw figures on a second processor.
    assert [name for name, tree in trees().items() if "subprocess" in imported(tree)] == ["reports/plots/together.py"]


def imported(tree: ast.Module) -> set[str]:
    """Dotted names of the modules that are imported anywhere."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {item.name for item in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.fixture
def study_with_own_model(tmp_path: Path) -> Path:
    """The example with a model file that leaves a trace when it is run."""
    shutil.copytree(example_path().parent, tmp_path / "study")
    path = tmp_path / "study" / "study.toml"
    own = tmp_path / "own.py"
    own.write_text(f"from pathlib import Path\nPath({str(tmp_path / 'trace')!r}).touch()\n", "utf-8")
    text = path.read_text("utf-8").replace("[analysis] ", f"[analysis]\nmodels = [{str(own)!r}] ")
    path.write_text(text, "utf-8")
    return path


def test_a_model_file_named_in_a_study_file_is_run_by_check(study_with_own_model: Path, command: Any) -> None:
    trace = study_with_own_model.parents[1] / "trace"
    code, _, err = command("check", str(study_with_own_model))
    # It is run, and then refused for what it lacks.
    assert trace.is_file()
    assert (code, "does not meet the contract" in err) == (2, True)


def test_no_other_key_of_a_study_file_runs_it(study_with_own_model: Path, command: Any) -> None:
    text = study_with_own_model.read_text("utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("models = ")]
    without = text.replace(line, "# " + line)
    own = str(study_with_own_model.parents[1] / "own.py")
    study_with_own_model.write_text(without.replace('unit = "pg/mL"', f"unit = {own!r}"), "utf-8")
    command("check", str(study_with_own_model))
    assert not (study_with_own_model.parents[1] / "trace").exists()


def test_checking_writes_nothing_beside_the_study(tmp_path: Path, command: Any) -> None:
    shutil.copytree(example_path().parent, tmp_path / "study")
    before = sorted(path.name for path in (tmp_path / "study").iterdir())
    code, _, _ = command("check", str(tmp_path / "study" / "study.toml"), "--out", str(tmp_path / "out"))
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "study").iterdir()) == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["audit.csv"]


def test_compiled_code_that_others_could_have_written_is_not_used(tmp_path: Path, monkeypatch: Any) -> None:
    place = tmp_path / "kept"
    monkeypatch.setenv(folder.ENVIRONMENT, str(place))
    folder.write("key", [1, 2])
    assert folder.read("key") == [1, 2]
    (file,) = place.iterdir()
    file.chmod(0o640)
    with pytest.raises(ValueError, match="open to others"):
        folder.read("key")
    file.chmod(0o600)
    place.chmod(0o770)
    with pytest.raises(ValueError, match="open to others"):
        folder.read("key")
    place.chmod(0o700)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(ValueError, match="damaged"):
        folder.read("key")


def test_a_page_allows_no_network_and_no_script_but_its_own() -> None:
    template = (ROOT / "reports" / "templates" / "report.html.jinja").read_text("utf-8")
    assert "default-src 'none'; img-src data:;" in template
    assert "script-src 'sha256-" in template
    assert "'unsafe-inline'" not in template.replace("style-src 'unsafe-inline'", "")
