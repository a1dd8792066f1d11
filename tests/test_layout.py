"""The house itself: direction of imports, packages, what ships, what must not be in the tree."""

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import cochange

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SETUPTOOLS = PYPROJECT["tool"]["setuptools"]
ROOMS = ("data", "models", "inference", "reports", "api")
MAY_IMPORT = {
    "data": set(),
    "models": {"data"},
    "inference": {"data", "models"},
    "reports": {"data", "models", "inference"},
    "api": {"data", "models", "inference", "reports"},
}
ARVIZ = {"arviz", "arviz_base", "arviz_plots", "arviz_stats"}
HEAVY = ARVIZ | {"matplotlib", "numba", "nutpie", "pandas", "pymc", "pytensor", "scipy", "xarray"}
NOT_SHIPPED = {".ci", "benchmarks", "docs", "tests"}
LONGEST_FILE = 400


def tracked_files() -> list[Path]:
    """The tracked files, relative to the root; where git cannot say, every file that is not a product."""
    command = ["git", "ls-files", "-z"]
    listing = shutil.which("git") and subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listing and listing.returncode == 0:
        names = [Path(name) for name in listing.stdout.split("\0") if name]
    else:
        products = {".git", "__pycache__", "runs", "build", "dist", "site"}
        ignored = products | set(re.findall(r"^(\..*)/$", read(".gitignore"), re.M))
        paths = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
        names = [path for path in paths if not ignored & set(path.parts) and ".egg-info" not in str(path)]
    return [name for name in names if (ROOT / name).is_file()]


def read(path: Path | str) -> str:
    return (ROOT / path).read_text("utf-8")


def sources(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def folder_of(package: str) -> str:
    """The folder a package lives in, by the longest entry of package-dir that leads to it."""
    mapping = SETUPTOOLS["package-dir"]
    parent = package
    while parent not in mapping:
        parent = parent.rpartition(".")[0]
    return "/".join([mapping[parent], *package.removeprefix(parent).strip(".").split(".")]).rstrip("/")


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported, wherever it stands; `from a import b` gives a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{'.' * node.level}{node.module or ''}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"import_module", "__import__"}:
            texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
            yield from ((node.lineno, text) for text in texts if isinstance(text, str) and text.startswith("cochange"))


def without_script(tree: ast.Module) -> ast.Module:
    """The module without its `if __name__ == "__main__"` block, which hands a model's name to the front door."""
    script = ast.dump(ast.parse('__name__ == "__main__"', mode="eval").body)
    kept = [node for node in tree.body if not (isinstance(node, ast.If) and ast.dump(node.test) == script)]
    return ast.Module(kept, tree.type_ignores)


def room_of(imported: str) -> str:
    """The room an imported name of ours belongs to; the front door for `cochange` and its own modules."""
    parts = imported.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else "api"


def eager_imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The imports that run when the module is imported: not those in functions or under TYPE_CHECKING."""

    def runs(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from (found for child in node.orelse for found in runs(child))
            return
        yield node
        yield from (found for child in ast.iter_child_nodes(node) for found in runs(child))

    for node in runs(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports(node)


def module_files() -> list[Path]:
    return [path for room in ROOMS for path in sources(room)]


def distribution(requirement: str) -> str:
    """The normalised name of a distribution, without what follows it in a requirement."""
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def in_ci() -> bool:
    return bool(os.environ.get("COCHANGE_CI"))


def test_the_tests_run_on_the_installed_package_or_on_this_tree() -> None:
    package = Path(cochange.__file__).resolve().parent
    installed = Path(sysconfig.get_path("purelib")).resolve() / "cochange"
    assert package in ({installed} if in_ci() else {installed, ROOT / "api"})


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_one_way(room: str) -> None:
    wrong = [
        f"{label(path)}:{line} imports {name}"
        for path in sources(room)
        for line, name in imports(without_script(ast.parse(path.read_text("utf-8"))))
        if name.split(".")[0] == "cochange" and room_of(name) not in MAY_IMPORT[room] | {room}
    ]
    assert wrong == []


def test_import_rule_sees_each_form() -> None:
    code = "\n".join(
        [
            "import cochange.reports.document",
            "from cochange.reports import document",
            "from cochange import reports",
            "from cochange import fit",
            "def later():\n    from cochange.models.joint import build",
            "import_module(f'cochange.inference.{name}')",
            "if __name__ == '__main__':\n    from cochange.data import names",
        ]
    )
    rooms = sorted(room_of(name) for _, name in imports(without_script(ast.parse(code))))
    assert rooms == ["api", "inference", "models", "reports", "reports", "reports"]


def test_no_relative_imports_and_no_room_by_its_bare_name() -> None:
    wrong = [
        f"{label(path)}:{line} imports {name}"
        for path in module_files()
        for line, name in imports(ast.parse(path.read_text("utf-8")))
        if name.split(".")[0] in {"", *ROOMS}
    ]
    assert wrong == []


@pytest.mark.parametrize("path", sources("api"), ids=label)
def test_the_front_door_imports_nothing_heavy(path: Path) -> None:
    eager = {name.split(".")[0] for _, name in eager_imports(ast.parse(path.read_text("utf-8")))}
    assert eager & HEAVY == set()


def test_the_eager_rule_sees_through_blocks() -> None:
    code = "\n".join(
        [
            "if TYPE_CHECKING:\n    import pandas",
            "def later():\n    import pymc",
            "try:\n    import xarray\nexcept ImportError:\n    raise",
        ]
    )
    assert [name for _, name in eager_imports(ast.parse(code))] == ["xarray"]


def test_starting_the_command_loads_nothing_heavy() -> None:
    module = PYPROJECT["project"]["scripts"]["cochange"].partition(":")[0]
    program = f"import sys, {module}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout.strip()) == (0, ""), result.stderr


def test_every_module_imports_without_a_warning() -> None:
    names = [
        ".".join([package, *([path.stem] if path.stem != "__init__" else [])])
        for package in SETUPTOOLS["packages"]
        for path in sorted((ROOT / folder_of(package)).glob("*.py"))
        if path.stem != "__main__"
    ]
    program = f"import importlib\nfor name in {names!r}:\n    importlib.import_module(name)"
    command = [sys.executable, "-W", "error", "-c", program]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", ""), result.stderr


def test_what_is_imported_is_declared() -> None:
    declared = {distribution(requirement) for requirement in PYPROJECT["project"]["dependencies"]}
    providers = packages_distributions()
    wrong = []
    for path in module_files():
        for line, name in imports(ast.parse(path.read_text("utf-8"))):
            top = name.split(".")[0]
            if top in sys.stdlib_module_names or top in {"cochange", "__future__", ""}:
                continue
            if not {distribution(found) for found in providers.get(top, [])} & declared:
                wrong.append(f"{label(path)}:{line} imports {top}")
    assert wrong == []


def test_the_lock_holds_pins_and_hashes_only_and_meets_what_is_declared() -> None:
    lines = read("requirements.lock").splitlines()
    pin = re.compile(r"([a-z0-9-]+)==([^ ;]+)( ; [^\\]+)? \\")
    pins = {hit[1]: hit[2] for line in lines if (hit := pin.fullmatch(line))}
    rest = [line for line in lines if not pin.fullmatch(line)]
    assert [line for line in rest if not re.fullmatch(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?", line)] == []

    groups = PYPROJECT["dependency-groups"]
    declared = [*PYPROJECT["project"]["dependencies"], *groups["dev"], *groups["docs"]]
    required = [Requirement(text) for text in [*declared, *PYPROJECT["build-system"]["requires"]]]
    unmet = [str(need) for need in required if pins.get(distribution(need.name), "0") not in need.specifier]
    assert unmet == [], "run make lock"


def test_the_package_list_is_the_folders_that_hold_python() -> None:
    held = {path.parent.relative_to(ROOT) for path in module_files()}
    held |= {path.parent for path in tracked_files() if path.suffix == ".py" and path.parts[0] not in NOT_SHIPPED}
    listed = {Path(folder_of(package)) for package in SETUPTOOLS["packages"]}
    assert held == listed


@pytest.mark.parametrize("package", SETUPTOOLS["packages"])
def test_each_package_is_typed(package: str) -> None:
    assert (ROOT / folder_of(package) / "py.typed").is_file()
    assert "py.typed" in SETUPTOOLS["package-data"][package]


def test_package_data_is_named_file_by_file() -> None:
    named = [name for names in SETUPTOOLS["package-data"].values() for name in names]
    assert [name for name in named if set(name) & set("*?[")] == []


def built(what: str, source: Path, into: Path) -> Path:
    """A wheel or an sdist, built as pip builds it."""
    into.mkdir(exist_ok=True)
    command = f"from setuptools.build_meta import build_{what}; build_{what}({str(into)!r})"
    result = subprocess.run([sys.executable, "-c", command], cwd=source, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    (made,) = into.glob("*.whl" if what == "wheel" else "*.tar.gz")
    return made


def test_wheel_and_sdist_hold_the_packages_and_the_named_data_only(tmp_path: Path) -> None:
    copy = tmp_path / "source"
    for name in tracked_files():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    strays = ["data/patients.csv", "data/example/patients.csv", "reports/templates/patients.csv", "patients.csv"]
    for stray in strays:
        (copy / stray).parent.mkdir(parents=True, exist_ok=True)
        (copy / stray).write_text("id,il6_0,madrs_0\n1,2.3,31\n", "utf-8")

    with tarfile.open(built("sdist", copy, tmp_path)) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    from_checkout, from_sdist = (
        {Path(name) for name in zipfile.ZipFile(built("wheel", folder, tmp_path / folder.name)).namelist()}
        for folder in (copy, source)
    )
    assert from_sdist == from_checkout
    shipped = from_sdist

    modules = [path for path in tracked_files() if path.suffix == ".py"]
    expected = set()
    for package in SETUPTOOLS["packages"]:
        names = [path.name for path in modules if path.parent == Path(folder_of(package))]
        names += SETUPTOOLS["package-data"].get(package, [])
        expected |= {f"{package.replace('.', '/')}/{name}" for name in names}
    metadata = {str(name) for name in shipped if name.parts[0].endswith(".dist-info")}
    assert {str(name) for name in shipped} - metadata == expected
    assert not [name for name in shipped if name.name == "patients.csv"]


def test_no_file_of_code_is_too_long() -> None:
    suffixes = {".py", ".jinja", ".css", ".js", ".sh"}
    lengths = {str(name): read(name).count("\n") for name in tracked_files() if name.suffix in suffixes}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_registry_hosts_and_no_machine_paths() -> None:
    host = "|".join(
        rf"{name}\.org" for name in ["python[h]osted", "pypi", r"registry\.npmjs", r"deb\.debian", "anaconda"]
    )
    folders = "|".join(["home", "root", "Users", "work", "tmp", "opt", "mnt", "var/folders", "private/var"])
    forbidden = re.compile(rf"{host}|(?<![\w./~$}}%-])/(?:{folders})/\w|\b[A-Z]:\\Users\\")
    found = []
    for name in tracked_files():
        try:
            text = read(name)
        except UnicodeDecodeError:
            continue
        found += [f"{name}:{text[: hit.start()].count(chr(10)) + 1} {hit[0]}" for hit in forbidden.finditer(text)]
    assert found == []
