"""Acts killed at each step on the disk: the next opening leaves nothing half-done, and says so."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from noonmark.actions import cases
from noonmark.actions.case_import import import_package
from noonmark.actions.case_intake import Collection, add_to_case
from noonmark.actions.signing_keys import new_case_key
from noonmark.errors import InputError, RecoveryWarning
from noonmark.evidence import age, locked_case, pending, recovery, sources
from noonmark.evidence.audit import audit_bundle, audit_case
from noonmark.evidence.digest import sha256_hex
from noonmark.evidence.vault import open_vault
from tests.evidence.kill_points import killed_at

pytest.importorskip("pyrage", reason="pyrage is not installed")
CLEAR = b"a clip that must not lie about in clear"
CLIP = sha256_hex(CLEAR)
Act = Callable[[Path], None]
Check = Callable[[Path], None]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder on which every kill begins, as a copy."""
    root = tmp_path_factory.mktemp("kills")
    make_template(root)
    return root


def make_template(root: Path) -> None:
    """A sealed case of a source and what it gave, a locked case, and more files."""
    secret, recipient = age.new_identity()
    (root / "identity").write_text(secret)
    (root / "recipient").write_text(recipient)
    (root / "more").mkdir()
    (root / "more" / "a.txt").write_bytes(b"more of it")
    (root / "more" / "b.txt").write_bytes(b"and more")
    (root / "in").mkdir()
    (root / "in" / "clip").write_bytes(CLEAR)
    cases.new_case(root / "case")
    with open_vault(root / "case", write=True) as vault:
        alias = sources.add(
            vault, "Somebody of Somewhere", consent="in writing", recipients=[recipient]
        )
    (root / "alias").write_text(alias)
    add_to_case(root / "case", [str(root / "in" / "clip")], collection=Collection(source=alias))
    shutil.rmtree(root / "in")
    new_case_key(root / "desk.key")
    cases.seal_case(root / "case", root / "desk.key")
    shutil.copytree(root / "case", root / "copy")
    locked_case.lock(root / "copy", root / "vault", by="quiet-heron", recipients=[recipient])


def opened(case: Path) -> list[str]:
    """What the next opening says of a crash; after it nothing of the crash is left."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        open_vault(case, write=True).close()
    assert pending.found(case) == []
    assert list((case / "stage").iterdir()) == []
    verdict = audit_case(case)
    assert verdict.ok, verdict.problems
    return [str(one.message) for one in told if issubclass(one.category, RecoveryWarning)]


def no_part(root: Path) -> None:
    """Nothing under a passing name is left anywhere."""
    assert [path for path in root.rglob("*") if path.name.endswith(".part")] == []


def kinds(case: Path) -> list[str]:
    """The kinds of all entries."""
    return [entry.kind for entry in cases.case_history(case)]


def withdraw_source(root: Path) -> None:
    with open_vault(root / "case", write=True) as vault:
        sources.withdraw(vault, (root / "alias").read_text(), reason="asked to")


def source_is_whole_or_gone(root: Path) -> None:
    case = root / "case"
    said = opened(case)
    withdrawn = "withdrawal" in kinds(case)
    texts = [e.facts["text"] for e in cases.case_history(case, kind="note")]
    assert (case / "sources" / f"{(root / 'alias').read_text()}.age").exists() is not withdrawn
    assert any(CLIP in path.name for path in case.rglob("*")) is not withdrawn
    assert any(text.startswith("deleted after") for text in texts) is withdrawn
    assert withdrawn or not said


def withdraw_item(root: Path) -> None:
    cases.withdraw_from_case(root / "case", CLIP, reason="asked to")


def item_is_whole_or_gone(root: Path) -> None:
    opened(root / "case")
    withdrawn = "withdrawal" in kinds(root / "case")
    assert any(CLIP in path.name for path in (root / "case").rglob("*")) is not withdrawn


def lock(root: Path) -> None:
    recipient = (root / "recipient").read_text()
    locked_case.lock(root / "case", root / "locked", by="quiet-heron", recipients=[recipient])


def case_is_open_or_locked(root: Path) -> None:
    try:
        opened(root / "case")
        assert not (root / "locked").exists()
    except InputError as error:
        assert error.code in ("case-locked", "not-a-case")
        assert not any(path.is_file() for path in (root / "case").rglob("*"))
        unlock(root, "locked")
        shutil.rmtree(root / "open" / "pending", ignore_errors=True)
        opened(root / "open")
    no_part(root)


def unlock(root: Path, locked: str = "vault") -> None:
    secret = (root / "identity").read_text()
    locked_case.unlock(root / locked, root / "open", by="quiet-heron", identities=[secret])


def nothing_lies_open(root: Path) -> None:
    if (root / "open").exists():
        opened(root / "open")
    else:
        with warnings.catch_warnings(), pytest.raises(InputError):
            warnings.simplefilter("ignore")
            open_vault(root / "open")
        no_part(root)
        unlock(root)
        opened(root / "open")
    no_part(root)


def export(root: Path) -> None:
    cases.export_case(root / "case", root / "out")


def export_crate(root: Path) -> None:
    cases.export_case(root / "case", root / "out", form="ro-crate")


def get(root: Path) -> None:
    cases.get_item(root / "case", CLIP, root / "out", purpose="to look")


def out_is_whole_or_absent(root: Path) -> None:
    opened(root / "case")
    no_part(root)
    out = root / "out"
    if out.is_file():
        assert out.read_bytes() == CLEAR
    elif out.exists():
        bundle = out / "bundle" if (out / "bundle").exists() else out
        assert audit_bundle(bundle).ok


def seal(root: Path) -> None:
    cases.seal_case(root / "case", root / "desk.key")


def every_seal_stands_or_is_said(root: Path) -> None:
    said = opened(root / "case")
    stated = kinds(root / "case").count("seal")
    standing = len(list((root / "case" / "seals").iterdir()))
    assert stated == standing or "cut off before it was signed" in said[0]
    seal(root)
    opened(root / "case")


def add(root: Path) -> None:
    add_to_case(root / "case", [str(root / "more")])


def take_in(root: Path) -> None:
    import_package(root / "case", root / "more", form="auto-archiver", even_so=True, by="an-alias")


def files_are_in_or_can_be_added(root: Path) -> None:
    opened(root / "case")
    assert add_to_case(root / "case", [str(root / "more")]).files == 2
    opened(root / "case")


def new(root: Path) -> None:
    cases.new_case(root / "fresh")


def fresh_case_can_be_had(root: Path) -> None:
    try:
        open_vault(root / "fresh", write=True).close()
    except InputError as error:
        assert error.code == "not-a-case"
        new(root)
    assert kinds(root / "fresh") == ["case"]
    opened(root / "fresh")


ACTS: dict[str, tuple[Act, Check, int]] = {
    "withdraw a source": (withdraw_source, source_is_whole_or_gone, 4),
    "withdraw an item": (withdraw_item, item_is_whole_or_gone, 7),
    "lock": (lock, case_is_open_or_locked, 11),
    "unlock": (unlock, nothing_lies_open, 23),
    "export": (export, out_is_whole_or_absent, 13),
    "export as a crate": (export_crate, out_is_whole_or_absent, 17),
    "get": (get, out_is_whole_or_absent, 6),
    "seal": (seal, every_seal_stands_or_is_said, 15),
    "add": (add, files_are_in_or_can_be_added, 13),
    "import": (take_in, files_are_in_or_can_be_added, 13),
    "new": (new, fresh_case_can_be_had, 7),
}
"""Each act, what must hold after a kill and an opening, and every how many steps it is tried in the
fast tests.
"""


def every_kill(template: Path, scratch: Path, of: tuple[Act, Check, int]) -> Iterator[int]:
    """Kill an act at every so many steps, each on a fresh copy, and judge what is left."""
    act, check, stride = of
    step = 0
    while True:
        root = scratch / str(step)
        shutil.copytree(template, root)
        killed = killed_at(step, lambda: act(root))  # noqa: B023 - run before the loop goes on
        check(root)
        yield step
        shutil.rmtree(root)
        if not killed:
            return
        step += stride


@pytest.mark.slow
@pytest.mark.parametrize("name", ACTS)
def test_an_act_killed_at_some_steps_is_finished_or_undone(template, tmp_path, name):
    assert len(list(every_kill(template, tmp_path, ACTS[name]))) > 2


def test_without_the_records_a_kill_would_leave_half_of_it(template, tmp_path, monkeypatch):
    monkeypatch.setattr(recovery, "settle", lambda *_: [])
    with pytest.raises(AssertionError):
        list(every_kill(template, tmp_path, ACTS["withdraw a source"]))


@pytest.mark.slow
@pytest.mark.parametrize("name", ACTS)
def test_an_act_killed_at_every_step_is_finished_or_undone(template, tmp_path, name):
    assert len(list(every_kill(template, tmp_path, (*ACTS[name][:2], 1)))) > 10
