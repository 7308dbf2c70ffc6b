"""The testkit: each bundle's folder is named for what a verifier must say of it, and all verifiers
say the same.
"""

import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evidence.small import both

ROOT = Path(__file__).parents[2]
KIT = ROOT / "testkit" / "evidence"
BUNDLES = sorted(path.name for path in KIT.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_is_judged_as_its_folder_says(name):
    key = (KIT / "KEY").read_text().strip()
    found = {code for code, _ in both(KIT / name, key=key)}
    assert found == set() if name.startswith("sound") else name.split(".")[0] in found


def test_there_is_a_crime_for_every_code_that_a_bundle_can_have():
    text = (ROOT / "src" / "noonmark" / "evidence" / "verify.py").read_text("utf-8")
    codes = {code for code in _headings() if f'"{code}"' in text}
    made = {name for name in BUNDLES if "." not in name} - {"sound", "sound-partial"}
    assert codes - {"key-differs"} == made  # that one needs a key from elsewhere


def test_each_crime_is_told_by_the_file_on_the_command_line():
    for name in ("sound", "member-differs"):
        done = subprocess.run(
            [sys.executable, KIT / name / "verify.py"], capture_output=True, text=True, check=False
        )
        assert done.returncode == (0 if name == "sound" else 1)
        assert ("NOT SOUND" in done.stdout) == (name != "sound")


SHADOWED = [name for name in BUNDLES if "." in name]


@pytest.mark.slow
@pytest.mark.parametrize("name", SHADOWED)
def test_no_code_of_a_bundle_is_run_by_its_check(name):
    for start in (["verify.py"], ["-I", "verify.py"], ["-S", "verify.py"]):
        done = subprocess.run(
            [sys.executable, *start], cwd=KIT / name, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1, done
        assert "NOT SOUND" in done.stdout


def test_a_module_that_is_a_link_is_told_and_not_run(tmp_path):
    """Made here and not kept in the kit: what carries a kit may turn links into plain files."""
    bundle = tmp_path / "bundle"
    shutil.copytree(KIT / "member-extra.json", bundle)
    (bundle / "json.py").rename(bundle / "objects" / "code")
    for name in ("json.py", "__future__.py"):
        (bundle / name).symlink_to("objects/code")
    key = (KIT / "KEY").read_text().strip()
    assert "member-type" in {code for code, _ in both(bundle, key=key)}
    for start in (["verify.py"], ["-I", "verify.py"]):
        done = subprocess.run(
            [sys.executable, *start], cwd=bundle, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert "member-type: json.py" in done.stdout


def test_the_shadowing_code_would_have_run_without_the_first_lines(tmp_path):
    shutil.copytree(KIT / "member-extra.json", tmp_path / "bundle")
    text = (tmp_path / "bundle" / "verify.py").read_text("utf-8")
    head, body = text.split("if __name__", 1)
    open_ = head + "import argparse\n" + body.split("import argparse\n", 1)[1]
    (tmp_path / "bundle" / "verify.py").chmod(0o644)
    (tmp_path / "bundle" / "verify.py").write_text(open_, "utf-8")
    done = subprocess.run(
        [sys.executable, tmp_path / "bundle" / "verify.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "sound.\n")


def test_compiled_modules_and_a_search_path_into_the_bundle_run_nothing(tmp_path):
    bundle = tmp_path / "bundle"
    shutil.copytree(KIT / "sound", bundle)
    (tmp_path / "json.py").write_text("print('sound.')\nraise SystemExit(0)\n")
    py_compile.compile(str(tmp_path / "json.py"), str(bundle / "json.pyc"))
    for name in ("a", "b/json.py"):
        (bundle / name).parent.mkdir(exist_ok=True)
        shutil.copy(tmp_path / "json.py", bundle / name)
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join((str(bundle / "b"), "", "b", "."))}
    for start in (["verify.py"], ["-I", "verify.py"]):
        done = subprocess.run(
            [sys.executable, *start],
            cwd=bundle,
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "member-extra: json.pyc" in done.stdout


def test_the_command_runs_no_code_of_the_bundle_either():
    found = subprocess.run(
        [sys.executable, "-m", "noonmark", "verify", "."],
        cwd=KIT / "member-extra.sitecustomize",
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1
    assert "NOT SOUND" in found.stdout


@pytest.mark.slow
def test_the_builder_makes_the_same_bundles_again(tmp_path):
    for folder in ("src", "builders"):
        shutil.copytree(
            ROOT / folder,
            tmp_path / folder,
            ignore=shutil.ignore_patterns("__pycache__", "data", "*.npz"),
        )
    subprocess.run(
        [sys.executable, tmp_path / "builders" / "evidence_testkit.py"], check=True, cwd=tmp_path
    )
    made = tmp_path / "testkit" / "evidence"
    by_hand = {KIT / "README.md"}
    for path in sorted(path for path in KIT.rglob("*") if path.is_file() and path not in by_hand):
        assert (made / path.relative_to(KIT)).read_bytes() == path.read_bytes(), path.relative_to(
            KIT
        )


def _headings():
    text = (ROOT / "docs" / "codes" / "evidence.md").read_text("utf-8")
    return {line[3:] for line in text.split("\n") if line.startswith("## ")}
