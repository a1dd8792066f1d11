"""One version everywhere, and a source archive from which the same wheel is built."""

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_one_version_everywhere() -> None:
    version = PROJECT["version"]
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.M)
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert cited is not None
    assert newest is not None
    assert {cited[1], newest[1]} == {version}


def test_the_citation_names_the_licence() -> None:
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"license: {PROJECT['license']}\n" in text
    assert "cff-version: 1.2.0" in text


def build(what: str, source: Path, target: Path) -> Path:
    program = f"from setuptools.build_meta import build_{what}; print(build_{what}({str(target)!r}))"
    command = [sys.executable, "-c", program]
    built = subprocess.run(command, cwd=source, capture_output=True, text=True, check=True)
    return target / built.stdout.splitlines()[-1]


def test_the_source_archive_gives_the_same_wheel(tmp_path: Path) -> None:
    source = tmp_path / "source"
    products = ("build", "dist", "runs", "site", "__pycache__", "*.egg-info", ".git", ".venv", ".cache", ".*_cache")
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*products))
    archive = build("sdist", source, tmp_path)
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    names = ("README.md", "CITATION.cff", "SECURITY.md", "mkdocs.yml", "docs/examples/trial.xlsx", "tests/conftest.py")
    assert [name for name in names if not (unpacked / name).is_file()] == []
    (tmp_path / "direct").mkdir()
    wheels = [build("wheel", unpacked, tmp_path), build("wheel", source, tmp_path / "direct")]
    first, second = ({item.filename: item.CRC for item in zipfile.ZipFile(path).infolist()} for path in wheels)
    assert {name: crc for name, crc in first.items() if "dist-info" not in name} == {
        name: crc for name, crc in second.items() if "dist-info" not in name
    }
