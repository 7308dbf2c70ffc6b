"""The testkit: each bundle's folder is named for what a verifier must say of it, and all verifiers say the same."""

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
    assert found == set() if name.startswith("sound") else name in found


def test_there_is_a_crime_for_every_code_that_a_bundle_can_have():
    text = (ROOT / "src" / "noonmark" / "evidence" / "verify.py").read_text("utf-8")
    codes = {code for code in _headings() if f'"{code}"' in text}
    made = set(BUNDLES) - {"sound", "sound-partial"}
    assert codes - {"key-differs"} == made  # that one needs a key from elsewhere


def test_each_crime_is_told_by_the_file_on_the_command_line():
    for name in ("sound", "member-differs"):
        done = subprocess.run([sys.executable, KIT / name / "verify.py"], capture_output=True, text=True, check=False)
        assert done.returncode == (0 if name == "sound" else 1)
        assert ("NOT SOUND" in done.stdout) == (name != "sound")


@pytest.mark.slow
def test_the_builder_makes_the_same_bundles_again(tmp_path):
    for folder in ("src", "builders"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "data", "*.npz"))
    subprocess.run([sys.executable, tmp_path / "builders" / "evidence_testkit.py"], check=True, cwd=tmp_path)
    made = tmp_path / "testkit" / "evidence"
    by_hand = {KIT / "README.md"}
    for path in sorted(path for path in KIT.rglob("*") if path.is_file() and path not in by_hand):
        assert (made / path.relative_to(KIT)).read_bytes() == path.read_bytes(), path.relative_to(KIT)


def _headings():
    text = (ROOT / "docs" / "codes" / "evidence.md").read_text("utf-8")
    return {line[3:] for line in text.split("\n") if line.startswith("## ")}
