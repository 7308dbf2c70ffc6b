"""Bundles: every change is found by the app and by the one file alike, an insider by what left the
machine.
"""

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from noonmark.errors import EvidenceError, InputError
from noonmark.evidence import verify
from noonmark.evidence.audit import audit_bundle, audit_case
from noonmark.evidence.bundle import write_bundle, write_part
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.note import new_key, read_key
from noonmark.evidence.seal import seal
from noonmark.evidence.vault import open_vault
from tests.evidence.small import both, clock, item, public, small_bundle, small_case, small_part


def codes(problems):
    return {code for code, _ in problems}


@pytest.fixture
def bundle(tmp_path):
    return small_bundle(tmp_path)


@pytest.mark.parametrize("make", [small_bundle, small_part])
def test_a_bundle_as_written_is_sound_with_and_without_the_key(tmp_path, make):
    made = make(tmp_path)
    assert both(made) == both(made, key=public(tmp_path)) == []


def test_the_one_file_says_so_in_a_bare_python(bundle):
    done = subprocess.run(
        [sys.executable, "-I", "-S", bundle / "verify.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "intact, signer not known." in done.stdout
    assert "give it with --key" in done.stdout
    (bundle / "key").write_text("x\n")
    done = subprocess.run(
        [sys.executable, bundle / "verify.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "key-malformed: key: expected" in done.stdout


def test_the_one_file_is_short_and_imports_only_the_standard_library(bundle):
    text = (bundle / "verify.py").read_text("utf-8")
    assert len(text.split("\n")) <= 450
    imports = {
        line.split()[1].split(".")[0]
        for line in text.split("\n")
        if line.startswith(("import ", "from "))
    }
    assert imports <= set(sys.stdlib_module_names) | {"__future__"}


def test_the_auditor_shares_nothing_with_the_writer_but_the_digest():
    folder = Path(audit_bundle.__code__.co_filename).parent
    lines = [line for path in folder.glob("*.py") for line in path.read_text().split("\n")]
    taken = {line.split()[1] for line in lines if line.startswith("from noonmark")}
    assert {name for name in taken if not name.startswith("noonmark.evidence.audit")} <= {
        "noonmark.errors",
        "noonmark.evidence.digest",
    }


@pytest.mark.parametrize("make", [small_bundle, small_part])
def test_no_changed_byte_escapes_either_checker(tmp_path, make):
    # A sample here; benchmarks/evidence_mutations.py flips every byte of both bundles.
    made, key, chance = make(tmp_path), public(tmp_path), random.Random(1)
    for path in sorted(path for path in made.rglob("*") if path.is_file()):
        data = path.read_bytes()
        path.chmod(0o644)
        for place in chance.sample(range(len(data)), min(len(data), 8)):
            changed = bytearray(data)
            changed[place] ^= 1 << chance.randrange(8)
            path.write_bytes(changed)
            assert both(made, key=key), (path.name, place)
        path.write_bytes(data)
    assert both(made, key=key) == []


def test_each_missing_and_each_extra_file_is_named(bundle):
    for path in sorted(path for path in bundle.rglob("*") if path.is_file()):
        name = path.relative_to(bundle).as_posix()
        data = path.read_bytes()
        path.unlink()
        found = both(bundle)
        assert (
            ("manifest-missing", "MANIFEST") in found
            if name == "MANIFEST"
            else ("member-missing", name) in found
        )
        path.write_bytes(data)
    for extra in (
        "log/extra",
        ".DS_Store",
        "objects/zz",
        "objects/00/" + "0" * 64,
        "empty folder/x",
    ):
        (bundle / extra).parent.mkdir(exist_ok=True)
        (bundle / extra).write_bytes(b"")
        assert "member-extra" in codes(both(bundle))
        (bundle / extra).unlink()
        if not any((bundle / extra).parent.iterdir()):
            (bundle / extra).parent.rmdir()
    (bundle / "objects" / "empty").mkdir()
    assert both(bundle) == [("member-extra", "objects/empty/")]


@pytest.mark.parametrize("length", [0, 1, -1, 1000])
def test_each_truncated_or_lengthened_file_is_found(bundle, length):
    for path in sorted(path for path in bundle.rglob("*") if path.is_file()):
        data = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(data[:length] if length < 1000 else data + b"more\n")
        if path.read_bytes() != data:
            assert both(bundle), path.name
        path.write_bytes(data)


def test_a_link_in_place_of_a_file_is_found_though_it_leads_to_the_same_bytes(bundle, tmp_path):
    shutil.move(bundle / "README.txt", tmp_path / "elsewhere")
    (bundle / "README.txt").symlink_to(tmp_path / "elsewhere")
    assert codes(both(bundle)) == {"member-type", "member-missing"}
    shutil.move(bundle / "log", tmp_path / "log")
    (bundle / "log").symlink_to(tmp_path / "log")
    assert "member-type" in codes(both(bundle))


def resigned(bundle, key, change):
    """The bundle with its manifest changed and signed anew, as whoever holds the key can."""
    text = (bundle / "MANIFEST").read_text("utf-8").split("\n\n")[0] + "\n"
    (bundle / "MANIFEST").write_text(key.sign(change(text)), "utf-8")


def test_a_manifest_with_a_member_twice_or_out_of_order_is_refused(bundle, tmp_path):
    key = read_key(tmp_path / "secret.key")
    saved = (bundle / "MANIFEST").read_bytes()
    for change in (
        lambda text: text + text.split("\n")[-2] + "\n",
        lambda text: "\n".join(
            [*text.split("\n")[:6], *sorted(text.split("\n")[6:-1], reverse=True), ""]
        ),
        lambda text: text.replace("members ", "members 0"),
        lambda text: text.replace(" key\n", " ../key\n"),
        lambda text: text.replace(" key\n", " /etc/passwd\n"),
        lambda text: text.replace(" README.txt\n", " README.txt \n"),
        lambda text: text + "\n",
    ):
        resigned(bundle, key, change)
        assert codes(both(bundle)) == {"manifest-malformed"}
        (bundle / "MANIFEST").write_bytes(saved)
    assert both(bundle) == []


def test_a_second_signature_on_the_manifest_or_anothers_alone_is_refused(bundle, tmp_path):
    new_key(tmp_path / "other")
    other, text = read_key(tmp_path / "other"), (bundle / "MANIFEST").read_text("utf-8")
    body = text.split("\n\n")[0] + "\n"
    (bundle / "MANIFEST").write_text(text + other.sign(body).split("\n\n")[1], "utf-8")
    assert codes(both(bundle)) == {"manifest-malformed"}
    (bundle / "MANIFEST").write_text(other.sign(body), "utf-8")
    assert "signature-bad" in codes(both(bundle))


def test_signatures_that_were_swapped_are_found(bundle):
    checkpoint, manifest = bundle / "log" / "checkpoint", bundle / "MANIFEST"
    one, two = (
        checkpoint.read_text("utf-8").split("\n\n"),
        manifest.read_text("utf-8").split("\n\n"),
    )
    checkpoint.chmod(0o644)
    checkpoint.write_text("\n\n".join([one[0], two[1]]), "utf-8")
    manifest.write_text("\n\n".join([two[0], one[1]]), "utf-8")
    assert {"signature-bad", "checkpoint-signature"} <= codes(both(bundle))


def test_a_key_from_elsewhere_that_differs_is_said(bundle, tmp_path):
    other = str(new_key(tmp_path / "other"))
    assert {"key-differs", "signature-bad", "checkpoint-signature"} <= codes(
        both(bundle, key=other)
    )


# ---- whoever holds the key and the case ----


def forged(tmp_path, rewrite_from):
    """The small case as an insider with the key would rebuild it: entries from a number on are
    other ones.
    """
    vault, _digests = small_case(tmp_path)
    with vault:
        old = [
            (seal_folder / "checkpoint").read_bytes()
            for seal_folder in sorted((vault.folder / "seals").iterdir())
        ]
        sizes = sorted(int(path.name) for path in (vault.folder / "seals").iterdir())
    folder = vault.folder
    lines = (folder / "log" / "entries").read_bytes().split(b"\n")[:rewrite_from]
    (folder / "log" / "entries").write_bytes(b"".join(line + b"\n" for line in lines))
    for derived in ("index", "seals"):
        shutil.rmtree(folder / derived)
    for derived in ("tree", "head"):
        (folder / "log" / derived).unlink()
    for path in (folder / "objects").rglob("*"):
        if path.is_file():
            path.unlink()
    key = read_key(tmp_path / "secret.key")
    with open_vault(folder, write=True, now=clock()) as again:
        for entry in list(again.log.entries()):
            if entry.kind == "item":
                data = {9: b"first", 0: b"", 5: b"first", 500: b"third" * 100}.get(
                    entry.facts["size"], b"gone"
                )
                again.store.put_bytes(data)
        while again.log.size < max(sizes) + 2:
            again.append(item(again.store.put_bytes(b"forged"), "forged.jpg"))
        seal(again, key, now=clock())
        out = write_bundle(again, tmp_path / "forged")
    return out.folder, dict(
        zip(sizes, sorted(old, key=lambda data: int(data.split(b"\n")[1])), strict=True)
    )


def test_an_insider_cannot_change_what_is_older_than_a_checkpoint_that_left(tmp_path):
    bundle, left = forged(tmp_path, rewrite_from=2)
    key = public(tmp_path)
    assert both(bundle, key=key) == []  # on its own the forgery is of one piece: the key is his
    for size, checkpoint in left.items():
        assert both(bundle, key=key, checkpoint=checkpoint) == [
            ("history-differs", "the given checkpoint")
        ], size


def test_an_insider_can_change_what_is_newer_and_the_docs_say_so(tmp_path):
    bundle, left = forged(tmp_path, rewrite_from=6)
    first = min(left)
    assert both(bundle, key=public(tmp_path), checkpoint=left[first]) == []
    said = (Path(__file__).parents[2] / "docs" / "spec" / "evidence.md").read_text("utf-8")
    assert "can rewrite whatever is newer than the last checkpoint that left the machine" in said


def test_a_log_that_was_rolled_back_is_found_with_the_later_checkpoint(tmp_path):
    vault, _ = small_case(tmp_path)
    with vault:
        old = write_bundle(vault, tmp_path / "old").folder
        vault.append(fact("note", text="more"))
        later = seal(vault, read_key(tmp_path / "secret.key"), now=clock()).checkpoint.encode()
    assert both(old, checkpoint=later) == [("checkpoint-newer", "the given checkpoint")]


def test_a_checkpoint_of_another_case_is_not_taken_for_this_one(bundle, tmp_path):
    (tmp_path / "other").mkdir()
    shutil.copy(tmp_path / "secret.key", tmp_path / "other" / "secret.key")
    vault, _ = small_case(tmp_path / "other")
    with vault:
        other = (vault.folder / "seals" / "6" / "checkpoint").read_bytes()
    assert {"origin-differs", "history-differs"} == codes(both(bundle, checkpoint=other))


# ---- a part shown ----


def test_a_part_shows_the_chosen_items_and_only_leaf_hashes_of_the_rest(tmp_path):
    part = small_part(tmp_path, shown=1)
    lines = (part / "log" / "entries").read_bytes().split(b"\n")[:-1]
    assert [line.startswith(b"- ") for line in lines] == [False, False, *[True] * (len(lines) - 2)]
    everything = b"".join(
        path.read_bytes() for path in part.rglob("*") if path.is_file() and path.name != "verify.py"
    )
    for hidden in (b"two.jpg", b"three.mp4", b"quiet-heron", b"thirdthird", b"asked by the source"):
        assert hidden not in everything
    assert len(list((part / "objects").rglob("?" * 64))) == 1


def test_a_withheld_entry_cannot_be_guessed_without_its_salt(tmp_path):
    vault, _digests = small_case(tmp_path)
    with vault:
        line = vault.log.entry(2).line
        withheld = vault.log.leaf_hash(2)
    from hashlib import sha256

    assert sha256(b"\x00" + line).digest() == withheld
    assert sha256(b"\x00" + b"0" * 32 + line[32:]).digest() != withheld


def test_a_part_needs_the_key_the_case_was_sealed_with_and_items_it_holds(tmp_path):
    vault, digests = small_case(tmp_path)
    new_key(tmp_path / "other")
    with vault:
        with pytest.raises(InputError) as caught:
            write_part(vault, tmp_path / "p", digests[:1], read_key(tmp_path / "other"))
        assert caught.value.code == "key-differs"
        with pytest.raises(InputError) as caught:
            write_part(vault, tmp_path / "p", ["0" * 64], read_key(tmp_path / "secret.key"))
        assert caught.value.code == "no-such-item"
    assert not (tmp_path / "p").exists()


# ---- writing ----


def test_a_damaged_object_is_not_exported_and_nothing_is_left_behind(tmp_path):
    vault, digests = small_case(tmp_path)
    with vault:
        path = vault.store.get(digests[0])
        path.chmod(0o644)
        path.write_bytes(b"First")
        with pytest.raises(EvidenceError) as caught:
            write_bundle(vault, tmp_path / "out")
    assert caught.value.code == "object-differs"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case", "secret.key"]


def test_an_export_never_writes_over_anything(tmp_path):
    vault, _ = small_case(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("x")
    with vault, pytest.raises(InputError, match="exists already"):
        write_bundle(vault, tmp_path / "out")
    assert (tmp_path / "out" / "mine").read_text() == "x"


def test_a_withdrawal_after_the_seal_asks_for_a_new_one_and_the_log_still_verifies(tmp_path):
    vault, digests = small_case(tmp_path)
    with vault:
        vault.append(fact("withdrawal", sha256=digests[0], reason="r", authority="a"))
        vault.store.remove(digests[0])
        with pytest.raises(InputError) as caught:
            write_bundle(vault, tmp_path / "out")
        assert caught.value.code == "withdrawn-since-seal"
        seal(vault, read_key(tmp_path / "secret.key"), now=clock())
        assert both(write_bundle(vault, tmp_path / "out").folder) == []
    assert audit_case(tmp_path / "case").ok


def test_a_zip_is_refused_with_one_sentence(tmp_path):
    (tmp_path / "bundle.zip").write_bytes(b"PK")
    with pytest.raises(InputError, match="not a folder"):
        audit_bundle(tmp_path / "bundle.zip")
    with pytest.raises(SystemExit):
        verify.main([str(tmp_path / "bundle.zip")])
