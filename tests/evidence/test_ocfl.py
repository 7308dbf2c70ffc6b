"""OCFL against the fixtures of its editors, and objects of ours against ocfl-py."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from noonmark.errors import EvidenceError, InputError
from noonmark.evidence.packages import ocfl, ocfl_write, tree

FIXTURES = Path(__file__).parents[3] / "shared/data/custody/ocfl-fixtures"
OBJECTS = sorted(p for p in FIXTURES.glob("1.*/*-objects/*") if p.is_dir())
needs_fixtures = pytest.mark.skipif(not OBJECTS, reason="third-party data is not there")


@pytest.mark.shared
@needs_fixtures
def test_there_are_156_objects_to_judge() -> None:
    assert len(OBJECTS) == 156


@pytest.mark.shared
@needs_fixtures
@pytest.mark.parametrize(
    "folder", OBJECTS, ids=[f"{p.parent.parent.name}/{p.name}" for p in OBJECTS]
)
def test_a_fixture_is_judged_as_labelled_with_every_code_in_its_name(folder: Path) -> None:
    judged = ocfl.judge(folder)
    codes = set(re.findall(r"[EW][0-9]{3}", folder.name))
    kind = folder.parent.name
    if kind == "bad-objects":
        assert codes <= {p.code for p in judged.problems}
    else:
        assert judged.ok, judged.problems
        assert codes <= {w.code for w in judged.warnings}
        assert bool(judged.warnings) is (kind == "warn-objects")


SAID = {
    "identifier": "urn:uuid:7c0c5b7e-0d6c-4e3a-9a53-9a0c6c1f5c11",
    "created": "2026-11-22T05:00:00Z",
    "message": "a test",
    "user": "quiet-desk",
}


def small_object(folder: Path, names: tuple[str, ...] = ("a.txt", "sub/b.bin", "same.txt")) -> Path:
    content = folder / "object/v1/content"
    known = {}
    for number, name in enumerate(names):
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        data = b"same" if number != 1 else b"other"
        (content / name).write_bytes(data)
        known[name] = hashlib.sha256(data).hexdigest()
    ocfl_write.finish(folder / "object", known, **SAID)
    return folder / "object"


def test_an_object_of_ours_is_sound(tmp_path: Path) -> None:
    judged = ocfl.judge(small_object(tmp_path))
    assert judged.ok and not judged.warnings


def test_ocfl_py_accepts_an_object_of_ours(tmp_path: Path) -> None:
    reference = pytest.importorskip("ocfl.validator", reason="ocfl-py is not installed")
    made = small_object(tmp_path, ("اسم.mp4", "sub/名前", "two\nlines"))
    validator = reference.Validator(log_warnings=True)
    assert validator.validate_object(str(made)), str(validator)


@pytest.mark.slow
def test_every_byte_flipped_in_an_object_of_ours_is_found(tmp_path: Path) -> None:
    made = small_object(tmp_path)
    for name, _ in list(tree.walk(made)):
        path = made / name
        good = path.read_bytes()
        for at in range(0, len(good), 3):
            path.write_bytes(good[:at] + bytes((good[at] ^ 1,)) + good[at + 1 :])
            assert not ocfl.judge(made).ok, (name, at)
        path.write_bytes(good)
    assert ocfl.judge(made).ok


def test_links_in_an_object_are_named_and_never_followed(tmp_path: Path) -> None:
    made = small_object(tmp_path)
    (made / "v1/content/a.txt").unlink()
    (made / "v1/content/a.txt").symlink_to("/etc/hostname")
    assert {"E090", "E092"} <= {p.code for p in ocfl.judge(made).problems}


def test_an_inventory_nested_ten_thousand_deep_is_one_problem(tmp_path: Path) -> None:
    made = small_object(tmp_path)
    (made / "inventory.json").write_bytes(b"[" * 10_000 + b"]" * 10_000)
    assert "E033" in {p.code for p in ocfl.judge(made).problems}


@pytest.mark.parametrize(
    "value",
    [
        [],
        3,
        {"versions": []},
        {"digestAlgorithm": []},
        {"versions": {"v1": [], "v2": {"state": []}}},
        {"id": 3},
    ],
)
def test_an_inventory_of_the_wrong_shape_is_a_verdict_not_a_crash(
    tmp_path: Path, value: object
) -> None:
    made = small_object(tmp_path)
    good = json.loads((made / "inventory.json").read_text())
    whole = (
        value
        if not isinstance(value, dict)
        else good | value | {"manifest": value, "fixity": [value]}
    )
    (made / "inventory.json").write_text(json.dumps(whole))
    assert not ocfl.judge(made).ok


def test_a_name_that_leaves_the_object_or_other_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can not be a name"):
        ocfl_write.finish(tmp_path, {"../up": "0" * 64}, **SAID)
    made = small_object(tmp_path)
    with pytest.raises(EvidenceError, match="not what was sealed"):
        ocfl_write.finish(made, {"a.txt": "0" * 64}, **SAID)
