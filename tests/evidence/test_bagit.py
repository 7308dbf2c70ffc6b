"""BagIt against the conformance suite of the Library of Congress, and bags of our own against
hostile hands.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.errors import InputError
from noonmark.evidence.packages import bagit, bagit_write, tree

SUITE = Path(__file__).parents[3] / "shared/data/custody/bagit-conformance-suite"
KINDS = ("valid", "warning", "invalid", "linux-only")
BAGS = sorted(p for kind in KINDS for p in SUITE.glob(f"v*/{kind}/*") if p.is_dir())
needs_suite = pytest.mark.skipif(not BAGS, reason="third-party data is not there")


@pytest.mark.shared
@needs_suite
def test_the_suite_has_the_54_bags_that_apply_to_linux() -> None:
    assert len(BAGS) == 54


@pytest.mark.shared
@needs_suite
@pytest.mark.parametrize(
    "bag", BAGS, ids=[f"{b.parent.parent.name}/{b.parent.name}/{b.name}" for b in BAGS]
)
def test_a_bag_of_the_suite_is_judged_as_labelled(bag: Path) -> None:
    judged = bagit.judge(bag)
    kind = bag.parent.name
    assert judged.ok is (kind in ("valid", "warning")), judged.problems
    if kind == "warning":
        assert judged.warnings


def small_bag(folder: Path, names: tuple[str, ...] = ("a.txt", "sub/b.bin")) -> Path:
    source = folder / "source"
    source.mkdir()
    members = []
    for number, name in enumerate(names):
        (source / str(number)).write_bytes(f"bytes of {number}".encode())
        members.append((name, source / str(number)))
    bagit_write.write(
        folder / "bag",
        members,
        info=[("Source-Organization", "two\nlines")],
        hashes=("sha256", "sha512"),
    )
    return folder / "bag"


def test_a_bag_of_ours_is_sound_and_carries_its_digests(tmp_path: Path) -> None:
    judged, files = bagit.carried(small_bag(tmp_path))
    assert judged.ok and not judged.warnings
    assert {f.name: sorted(f.stated) for f in files} == {
        "a.txt": ["sha256", "sha512"],
        "sub/b.bin": ["sha256", "sha512"],
    }


def test_the_reference_implementation_accepts_a_bag_of_ours(tmp_path: Path) -> None:
    reference = pytest.importorskip("bagit", reason="bagit-python is not installed")
    bag = small_bag(
        tmp_path, ("a.txt", "名前/x.txt", "é.txt", "two\nlines")
    )  # it does not decode %25
    assert reference.Bag(str(bag)).validate()


@pytest.mark.slow
def test_every_byte_flipped_in_a_bag_of_ours_is_found(tmp_path: Path) -> None:
    bag = small_bag(tmp_path)
    for name, _ in list(tree.walk(bag)):
        # The tag manifests themselves are listed nowhere: a change there shows in what they list,
        # or as a bad line.
        path = bag / name
        good = path.read_bytes()
        for at in range(len(good)):
            path.write_bytes(good[:at] + bytes((good[at] ^ 1,)) + good[at + 1 :])
            judged = bagit.judge(bag)
            assert judged.problems or (name.startswith("tagmanifest") and judged.warnings), (
                name,
                at,
            )
        path.write_bytes(good)
    assert bagit.judge(bag).ok


def test_a_member_more_or_less_is_found(tmp_path: Path) -> None:
    bag = small_bag(tmp_path)
    (bag / "data/extra").write_bytes(b"")
    assert {p.code for p in bagit.judge(bag).problems} == {"bag-unlisted", "bag-oxum"}
    (bag / "data/extra").unlink()
    (bag / "data/a.txt").unlink()
    assert {p.code for p in bagit.judge(bag).problems} == {"bag-missing", "bag-oxum"}


@pytest.mark.parametrize(
    "name", ["zip", "idna", "unicode_escape", "rot13", "base64", "undefined", "no-such"]
)
def test_an_encoding_that_is_no_character_set_is_refused(tmp_path: Path, name: str) -> None:
    bag = small_bag(tmp_path)
    (bag / "bagit.txt").write_text(f"BagIt-Version: 1.0\nTag-File-Character-Encoding: {name}\n")
    assert [p.code for p in bagit.judge(bag).problems] == ["bag-declaration"]


def test_links_and_pipes_in_a_bag_are_named_and_never_followed(tmp_path: Path) -> None:
    bag = small_bag(tmp_path)
    (bag / "data/a.txt").unlink()
    (bag / "data/a.txt").symlink_to("/etc/hostname")
    os.mkfifo(bag / "data/pipe")
    (bag / "data/loop").symlink_to("..")
    codes = [p.code for p in bagit.judge(bag).problems]
    assert codes.count("bag-link") == 3 and "bag-missing" in codes


def test_names_in_any_script_and_with_line_ends_survive(tmp_path: Path) -> None:
    names = (
        "اسم.mp4",
        "名前.jpg",
        "100%.txt",
        "100%25.txt",
        "two\nlines\r.txt",
        "é.txt",
        "x" * 255,
    )
    bag = small_bag(tmp_path, names)
    judged, files = bagit.carried(bag)
    assert judged.ok and {f.name for f in files} == set(names)


@pytest.mark.parametrize("name", ["../up", "/abs", "~home", "a/../../b", "a//b", "", "c:\\x", "."])
def test_a_name_that_leaves_the_bag_is_not_written(tmp_path: Path, name: str) -> None:
    source = tmp_path / "s"
    source.write_bytes(b"x")
    with pytest.raises(InputError, match="can not be a name"):
        bagit_write.write(tmp_path / "bag", [(name, source)], info=[])


@given(
    st.binary(max_size=80),
    st.sampled_from(["bagit.txt", "manifest-sha256.txt", "fetch.txt", "bag-info.txt"]),
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_in_a_tag_file_give_a_verdict(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    bag = small_bag(tmp_path_factory.mktemp("bag"))
    (bag / name).write_bytes(data)
    assert isinstance(bagit.judge(bag).ok, bool)
