"""Extras: pyproject, the doctor and the lock agree."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata

from packaging.specifiers import SpecifierSet

from noonmark.actions.doctor import EXTRAS
from noonmark.actions.installed_versions import BASE, versions
from tests.architecture.checks import ROOT, package

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_doctor_knows_every_extra_and_no_other():
    assert {name for name, _, _ in EXTRAS} == set(PROJECT["optional-dependencies"])
    assert {name: len(modules) for name, modules, _ in EXTRAS} == {
        name: len(needs) for name, needs in PROJECT["optional-dependencies"].items()
    }


def test_the_doctor_knows_every_base_dependency():
    assert sorted(re.split(r"[<>=]", need)[0] for need in PROJECT["dependencies"]) == sorted(BASE)
    assert "missing" not in versions().values()


def test_every_hint_to_install_names_an_extra_that_exists():
    named = set(
        re.findall(r"noonmark\[([a-z0-9-]+)\]", "\n".join(source.text for source in package()))
    )
    assert named <= set(PROJECT["optional-dependencies"])


def _asks_for(name: str) -> str:
    """Pythons that an installed package says it runs on; any, for one this system does not need."""
    try:
        return metadata(name)["Requires-Python"] or ""
    except PackageNotFoundError:
        return ""


def test_every_pinned_package_runs_on_the_oldest_python_we_promise():
    # Resolving on 3.11.7 once pinned what 3.11.2, Debian 12's, could not install.
    oldest = PROJECT["requires-python"].removeprefix(">=") + ".0"
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)
    assert len(pinned) > 100
    too_new = {
        name: asks
        for name in pinned
        if (asks := _asks_for(name)) and not SpecifierSet(asks).contains(oldest)
    }
    assert too_new == {}
