"""Taking a bundle in, killed at each step on the disk: the case opens, verifies, and taking the
bundle again leads to the state that an undisturbed taking leads to.
"""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import pytest

from noonmark.actions import inquiry_team
from noonmark.actions.signing_keys import new_case_key
from noonmark.evidence.audit import audit_case
from noonmark.evidence.vault import new_vault, open_vault
from noonmark.inquiry.state import read
from tests.evidence.kill_points import killed_at
from tests.inquiry.typed_forms import EVENT, claim, said

EVERY = 3
"""Each third step is tried: the steps of one file of a bundle come in threes and fours."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """An own case in which something is said, a colleague's bundle, and the colleague's key."""
    root = tmp_path_factory.mktemp("take")
    for name in ("own", "other"):
        new_vault(root / name).close()
    said(root / "own", EVENT)
    said(root / "other", EVENT | {"as": "e"}, claim("@e"), by="slow-cedar")
    public = new_case_key(root / "key", name="example.org/colleague")
    inquiry_team.give_inquiry(root / "other", root / "bundle", root / "key")
    return root / "own", root / "bundle", str(public)


def _state(case: Path) -> tuple[object, ...]:
    """What is said in a case, without what taking itself says of its own run."""
    inquiry = read(case)
    return tuple((one.id, one.body, one.state) for one in inquiry.said if one.form != "merge")


def _opens_whole(case: Path) -> None:
    """The next opening mends what the kill left, and the log verifies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        open_vault(case, write=True).close()
    assert list((case / "stage").iterdir()) == []
    verdict = audit_case(case)
    assert verdict.ok, verdict.problems


@pytest.mark.slow
def test_a_killed_taking_is_taken_again_to_the_same_state(shared, tmp_path):
    own, bundle, key = shared
    whole = shutil.copytree(own, tmp_path / "whole")
    inquiry_team.take_inquiry(whole, bundle, key=key)
    wanted, before = _state(whole), _state(own)
    step, kills = 0, 0
    while True:
        case = shutil.copytree(own, tmp_path / f"at-{step}")
        if not killed_at(step, lambda case=case: inquiry_team.take_inquiry(case, bundle, key=key)):
            break
        kills += 1
        _opens_whole(case)
        assert _state(case) in (before, wanted), step
        assert inquiry_team.take_inquiry(case, bundle, key=key)["ok"]
        assert _state(case) == wanted, step
        assert sum(one.form == "merge" for one in read(case).said) == 1
        shutil.rmtree(case)
        step += EVERY
    assert kills > 10
