"""Extras: pyproject, the doctor and the lock agree."""

from __future__ import annotations

import re
import tomllib

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
