"""Identities of sources, withdrawal, locked cases, and the age vectors of C2SP."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.errors import EvidenceError, InputError, NoonmarkError, OutsideError
from noonmark.evidence import age, aliases, locked_case, sources
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.vault import Vault, new_vault, open_vault

pytest.importorskip("pyrage", reason="pyrage is not installed")

VECTORS = Path(__file__).parents[3] / "shared/data/custody/cctv/age/testdata"
NAMES = sorted(os.listdir(VECTORS)) if VECTORS.is_dir() else []
# Sound files that the library refuses: it fails closed, and none of them is of a kind that we
# write.
REFUSED = {
    "armor_hybrid",
    "armor_whitespace_outside",
    "hybrid",
    "hybrid_and_x25519",
    "hybrid_grease",
    "hybrid_multiple_recipients",
}


@pytest.mark.shared
@pytest.mark.skipif(not NAMES, reason="third-party data is not there")
def test_there_are_143_age_vectors() -> None:
    assert len(NAMES) == 143 and set(NAMES) >= REFUSED


@pytest.mark.shared
@pytest.mark.parametrize("name", NAMES)
def test_an_age_vector_is_opened_or_refused_as_it_says(name: str) -> None:
    head, _, body = (VECTORS / name).read_bytes().partition(b"\n\n")
    said: dict[str, list[str]] = {}
    for line in head.decode().split("\n"):
        key, _, value = line.partition(": ")
        said.setdefault(key, []).append(value)
    data = zlib.decompress(body) if said.get("compressed") == ["zlib"] else body
    passphrases = said.get("passphrase", [])
    keys = said.get("identity", [])
    ways = [{"passphrase": p} for p in passphrases] or [{"identities": keys}]
    opened = None
    for way in ways:
        try:
            opened = age.decrypt(data, **way)  # type: ignore[arg-type]
            break
        except NoonmarkError as error:
            assert "\n" not in error.message
    if said["expect"] == ["success"] and name not in REFUSED:
        assert opened is not None and hashlib.sha256(opened).hexdigest() == said["payload"][0]
    else:
        assert opened is None


IDENTITY = "Farida Quennell-Osei\n+49 (0)171 555-0142\nfarida.qosei@example.org"
CANARIES = ("Farida", "Quennell", "Osei", "555-0142", "5550142", "farida.qosei", "qosei@example")
# Cheap to open in tests; that a passphrase costs a second is scrypt's purpose.
SECRET, RECIPIENT = age.new_identity()


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with new_vault(tmp_path / "case", by="quiet-desk") as opened:
        yield opened


def everything(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every name and every byte below a folder, with what is inside gzip and base64 laid open."""
    for path in root.rglob("*"):
        yield "a name", str(path.relative_to(root)).encode("utf-8", "surrogateescape")
        if path.is_file():
            yield from laid_open(str(path.relative_to(root)), path.read_bytes())


def laid_open(name: str, data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    yield name, data
    if depth > 2:
        return
    at = data.find(b"\x1f\x8b\x08")
    while at >= 0:
        with contextlib.suppress(zlib.error):
            yield from laid_open(
                f"{name} gunzipped", zlib.decompressobj(wbits=31).decompress(data[at:]), depth + 1
            )
        at = data.find(b"\x1f\x8b\x08", at + 1)
    if depth == 0:
        for run in re.findall(rb"[A-Za-z0-9+/=_-]{16,}", data):
            for start in range(4):
                piece = run[start:].replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
                piece = piece[: len(piece) // 4 * 4]
                try:
                    yield f"{name} from base64", base64.b64decode(piece, validate=True)
                except ValueError:
                    continue


def found_in(root: Path) -> set[str]:
    """Where a canary shows below a folder, in any of the spellings a leak could take."""
    spellings = {
        spelled.lower()
        for canary in CANARIES
        for spelled in (
            canary.encode(), canary.encode("utf-16-le"), canary.encode("utf-16-be"),
            canary.encode("utf-32-le"),
            canary.encode().hex().encode(), canary.encode()[::-1],
        )
    }  # fmt: skip
    return {
        name
        for name, data in everything(root)
        if any(s in data.lower() for s in spellings if len(s) >= 6 or ".age" not in name)
    }


def test_only_one_canary_is_too_short_to_seek_in_ciphertext() -> None:
    """Four letters stand in 4 KiB of random bytes once in some ten thousand runs; six never do."""
    assert sum(len(canary) >= 6 for canary in CANARIES) == len(CANARIES) - 1


def test_the_search_for_canaries_would_find_them(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text(f"x {IDENTITY}")
    (tmp_path / "wide").write_bytes(IDENTITY.encode("utf-16"))
    (tmp_path / "zipped").write_bytes(b"head" + gzip.compress(IDENTITY.encode()))
    (tmp_path / "b64").write_bytes(b"x: " + base64.b64encode(b"abc" + IDENTITY.encode()))
    (tmp_path / "farida.qosei").write_text("")
    assert len(found_in(tmp_path)) == 5


def test_an_identity_is_in_its_age_file_and_nowhere_else(vault: Vault) -> None:
    alias = sources.add(
        vault, IDENTITY, consent="to publish without a name", recipients=[RECIPIENT]
    )
    assert found_in(vault.folder) == set()
    assert (
        sources.reveal(vault, alias, purpose="a question of the desk", identities=[SECRET])
        == IDENTITY
    )
    assert found_in(vault.folder) == set()
    said = [e.facts for e in vault.log.entries() if e.kind in ("source", "note")]
    assert said[0]["alias"] == alias and "a question of the desk" in said[1]["text"]


@pytest.fixture(scope="session")
def sealed_to_a_passphrase() -> bytes:
    """The one file that the library seals to a passphrase here, at its own work factor."""
    return age.encrypt(b"what is sealed", passphrase="correct horse")


@pytest.mark.slow
def test_a_passphrase_opens_what_it_sealed_and_another_does_not(
    sealed_to_a_passphrase: bytes,
) -> None:
    assert age.decrypt(sealed_to_a_passphrase, passphrase="correct horse") == b"what is sealed"
    with pytest.raises(EvidenceError, match="does not open"):
        age.decrypt(sealed_to_a_passphrase, passphrase="wrong")


@pytest.mark.usefixtures("cheap_passphrases")
def test_a_passphrase_opens_an_identity_and_another_does_not(vault: Vault) -> None:
    alias = sources.add(vault, IDENTITY, passphrase="correct horse")
    assert sources.reveal(vault, alias, purpose="x", passphrase="correct horse") == IDENTITY
    with pytest.raises(EvidenceError) as refused:
        sources.reveal(vault, alias, purpose="x", passphrase="wrong")
    assert refused.value.code == "age-refused"


def test_the_length_of_an_identity_does_not_show(vault: Vault) -> None:
    sizes = []
    for text in ("A.", IDENTITY, "x" * 3000):
        alias = sources.add(vault, text, recipients=[RECIPIENT])
        sizes.append((vault.folder / "sources" / f"{alias}.age").stat().st_size)
    # 4096 of padded text and the header, which age lengthens at random.
    assert all(4096 + 180 < size < 4096 + 700 for size in sizes)


@pytest.mark.parametrize(
    "slip",
    ["ask Farida", "FARIDA", "farída", "call 0171 5550142", "the Osei video", "qosei at example"],
)
def test_a_slip_into_the_log_is_refused_before_anything_is_written(vault: Vault, slip: str) -> None:
    before = vault.log.size
    with pytest.raises(InputError) as refused:
        sources.add(vault, IDENTITY, restriction=slip, recipients=[RECIPIENT])
    assert refused.value.code == "source-leak" and vault.log.size == before
    assert not (vault.folder / "sources").exists()
    assert not any(c.lower() in str(refused.value).lower() for c in CANARIES)


def put(vault: Vault, data: bytes, **facts: object) -> str:
    stored = vault.store.put_bytes(data)
    vault.append(
        fact(
            "item",
            sha256=stored.sha256,
            size=stored.size_bytes,
            role="original",
            claims={"name": "clip"},
            **facts,
        )
    )
    return stored.sha256


def given_by(vault: Vault, alias: str, data: bytes) -> str:
    receipt = vault.append(
        fact("collection", method="handed over", means="unknown", url="unknown",
        collected_at="unknown",
             time_basis="unknown", collector="quiet-desk", legal_basis="unknown", source=alias)
    )[0]  # fmt: skip
    return put(vault, data, collection=receipt.index)


def test_withdrawal_deletes_identity_and_bytes_and_the_log_still_verifies(vault: Vault) -> None:
    alias = sources.add(vault, IDENTITY, recipients=[RECIPIENT])
    theirs, other = given_by(vault, alias, b"their clip"), put(vault, b"another clip")
    frame = put(vault, b"a frame of their clip")
    vault.append(
        fact("derivation", child=frame, parent=theirs, relation="frame", means="x", parameters={})
    )
    root, size = vault.log.root(), vault.log.size
    done = sources.withdraw(vault, alias, reason="asked to")
    assert set(done.items) == {theirs, frame} and done.identity_deleted
    assert not vault.store.has(theirs) and not vault.store.has(frame) and vault.store.has(other)
    assert set(vault.present()) == {other}
    assert vault.log.root(size) == root and list((vault.folder / "sources").iterdir()) == []
    assert [s.sealed for s in sources.listed(vault)] == [False]
    with pytest.raises(InputError, match="is not kept here"):
        sources.reveal(vault, alias, purpose="x", identities=[SECRET])
    vault.close()
    with open_vault(vault.folder) as again:
        kinds = [e.kind for e in again.log.entries()]
        assert kinds.count("withdrawal") == 2 and again.log.root(size) == root


@pytest.mark.parametrize("alias", ["../../etc/passwd", "no-such", "", "Farida", "a/b"])
def test_an_alias_that_is_none_is_refused_without_being_repeated(vault: Vault, alias: str) -> None:
    with pytest.raises(InputError, match="no source by this alias"):
        sources.reveal(vault, alias, purpose="x", identities=[SECRET])


def test_aliases_are_two_plain_words_and_never_the_same(vault: Vault) -> None:
    assert (
        len(set(aliases.FIRST)) == len(aliases.FIRST) >= 80
        and len(set(aliases.SECOND)) == len(aliases.SECOND) >= 120
    )
    assert all(w.isascii() and w.isalpha() and w.islower() for w in aliases.FIRST + aliases.SECOND)
    taken: set[str] = set()
    for _ in range(300):
        taken.add(aliases.new_alias(taken))
    assert len(taken) == 300
    assert (
        aliases.new_alias({"amber-oak"}, choice=lambda w: "amber" if w is aliases.FIRST else "oak")
        == "amber-oak-2"
    )


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_any_identity_survives_padding(text: str) -> None:
    if text.strip():
        assert sources._unpadded(sources._padded("quiet-oak", text)) == text


def test_without_pyrage_one_sentence_says_what_to_install(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyrage", None)
    with pytest.raises(OutsideError) as refused:
        sources.add(vault, IDENTITY, recipients=[RECIPIENT])
    assert refused.value.code == "age-missing" and vault.log.size == 1


def case_with_things(folder: Path) -> Path:
    with new_vault(folder, by="quiet-desk") as made:
        put(made, b"a clip called holiday")
        put(made, os.urandom(3_000_000))
        sources.add(made, IDENTITY, recipients=[RECIPIENT])
    return folder


def test_a_locked_case_shows_nothing_and_opens_again_as_it_was(tmp_path: Path) -> None:
    case = case_with_things(tmp_path / "case")
    before = {
        p.relative_to(case).as_posix(): p.read_bytes() for p in case.rglob("*") if p.is_file()
    }
    locked_case.lock(case, tmp_path / "locked", by="quiet-desk", recipients=[RECIPIENT])
    assert not case.exists()
    assert sorted(p.name for p in (tmp_path / "locked").iterdir()) == [
        "README.txt",
        "case.age",
        "key.age",
    ]
    whole = b"".join(p.read_bytes() for p in (tmp_path / "locked").iterdir())
    assert not any(mark in whole for mark in (b"holiday", b"objects/", b"quiet-desk", b"sources/"))
    locked_case.unlock(tmp_path / "locked", case, by="quiet-desk", identities=[SECRET])
    after = {p.relative_to(case).as_posix(): p.read_bytes() for p in case.rglob("*") if p.is_file()}
    moving = {"log/entries", "log/tree", "log/head", "log/lock"}
    fixed = {n: d for n, d in before.items() if n not in moving and not n.startswith("index/")}
    assert {n: after[n] for n in fixed} == fixed and after["log/entries"].startswith(
        before["log/entries"]
    )
    with open_vault(case) as opened:
        texts = [e.facts["text"] for e in opened.log.entries() if e.kind == "note"]
        assert texts == ["the case was locked", "the case was unlocked"]
    assert list(tmp_path.glob(".*.part")) == []


@pytest.mark.usefixtures("cheap_passphrases")
def test_a_locked_case_opens_with_a_passphrase_and_not_with_another(tmp_path: Path) -> None:
    case = case_with_things(tmp_path / "case")
    locked_case.lock(case, tmp_path / "locked", by="quiet-desk", passphrase="correct horse")
    with pytest.raises(EvidenceError):
        locked_case.unlock(tmp_path / "locked", case, by="quiet-desk", passphrase="wrong")
    assert not case.exists()
    locked_case.unlock(tmp_path / "locked", case, by="quiet-desk", passphrase="correct horse")
    assert (case / "log/entries").is_file()


@pytest.fixture(scope="session")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A locked case to copy from."""
    folder = tmp_path_factory.mktemp("locked")
    case = case_with_things(folder / "case")
    locked_case.lock(case, folder / "locked", by="quiet-desk", recipients=[RECIPIENT])
    return folder / "locked"


def _tar(*members: tarfile.TarInfo) -> io.BytesIO:
    """An archive of some files of three bytes and of folders, whatever they are called."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for member in members:
            member.size = 3 if member.isreg() else 0
            archive.addfile(member, io.BytesIO(b"one"))
    return io.BytesIO(out.getvalue())


@pytest.mark.parametrize("name", ["../outside", "log/../../outside", "/tmp/outside"])
def test_an_archive_writes_nothing_outside_the_case(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvidenceError, match="outside the case") as refused:
        locked_case._unpack(_tar(tarfile.TarInfo(name)), tmp_path / "case")
    assert refused.value.code == "not-locked"
    assert not (tmp_path / "outside").exists()


def test_an_archive_with_a_link_is_refused(tmp_path: Path) -> None:
    link = tarfile.TarInfo("log")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    with pytest.raises(EvidenceError, match="a link or a device"):
        locked_case._unpack(_tar(link, tarfile.TarInfo("log/entry")), tmp_path / "case")


def test_files_and_folders_come_back_with_what_their_owner_could_do(tmp_path: Path) -> None:
    folder, kept, bare = (tarfile.TarInfo(name) for name in ("log", "log/entry", "deep/down/file"))
    folder.type, folder.mode, kept.mode = tarfile.DIRTYPE, 0o500, 0o400
    assert locked_case._unpack(_tar(folder, kept, bare), tmp_path / "case") == 2
    assert (tmp_path / "case/log/entry").read_bytes() == b"one"
    assert (tmp_path / "case/log/entry").stat().st_mode & 0o777 == 0o400
    assert (tmp_path / "case/deep/down/file").read_bytes() == b"one"


@pytest.mark.parametrize("at", [0.1, 0.5, 0.999])
@pytest.mark.parametrize("crime", ["flip", "cut"])
def test_a_damaged_archive_opens_to_nothing(
    tmp_path: Path, locked: Path, at: float, crime: str
) -> None:
    case = tmp_path / "case"
    shutil.copytree(locked, tmp_path / "locked")
    path = tmp_path / "locked/case.age"
    data = bytearray(path.read_bytes())
    place = int(len(data) * at)
    if crime == "flip":
        data[place] ^= 1
    else:
        del data[place:]
    path.write_bytes(data)
    with pytest.raises((EvidenceError, OutsideError)) as refused:
        locked_case.unlock(tmp_path / "locked", case, by="quiet-desk", identities=[SECRET])
    assert "\n" not in refused.value.message
    assert not case.exists() and list(tmp_path.glob(".*.part")) == []


def test_a_case_that_is_being_written_is_not_locked_away(tmp_path: Path) -> None:
    case = case_with_things(tmp_path / "case")
    with (
        open_vault(case, write=True, by="quiet-desk"),
        pytest.raises(OutsideError, match="another process"),
    ):
        locked_case.lock(case, tmp_path / "locked", by="quiet-desk", recipients=[RECIPIENT])
    assert case.is_dir() and not (tmp_path / "locked").exists()


@pytest.mark.parametrize("inside", ["locked", "objects/locked", "log/../locked"])
def test_a_case_is_not_locked_into_itself(tmp_path: Path, inside: str) -> None:
    case = case_with_things(tmp_path / "case")
    with pytest.raises(InputError, match="lies inside"):
        locked_case.lock(case, case / inside, by="quiet-desk", recipients=[RECIPIENT])
    assert (case / "log/entries").is_file()


def test_a_file_that_is_lost_on_the_way_keeps_the_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_with_things(tmp_path / "case")
    whole = locked_case._anonymous
    monkeypatch.setattr(
        locked_case, "_anonymous", lambda m: None if m.name == "log/entries" else whole(m)
    )
    with pytest.raises(EvidenceError):
        locked_case.lock(case, tmp_path / "locked", by="quiet-desk", recipients=[RECIPIENT])
    assert (case / "log/entries").is_file() and not (tmp_path / "locked").exists()


def test_age_and_tar_open_a_locked_case_without_us(tmp_path: Path) -> None:
    if shutil.which("age") is None:
        pytest.skip("the age program is not installed")
    case = case_with_things(tmp_path / "case")
    entries = (case / "noonmark-case").read_bytes()
    locked_case.lock(case, tmp_path / "locked", by="quiet-desk", recipients=[RECIPIENT])
    (tmp_path / "id").write_text(SECRET)
    run = (
        "age -d -i id locked/key.age > key.txt && age -d -i key.txt locked/case.age | tar x "
        "noonmark-case"
    )
    subprocess.run(["sh", "-c", run], cwd=tmp_path, check=True)
    assert (tmp_path / "noonmark-case").read_bytes() == entries


@pytest.mark.parametrize("text", ["", "age1", "AGE-SECRET-KEY-1XYZ", "x" * 500])
def test_a_key_that_is_none_is_one_sentence_and_a_secret_is_not_repeated(text: str) -> None:
    with pytest.raises(InputError) as refused:
        age.encrypt(b"x", recipients=[text])
    assert refused.value.code == "age-key"
    with pytest.raises(InputError) as refused:
        age.decrypt(age.encrypt(b"x", recipients=[RECIPIENT]), identities=[text])
    assert refused.value.code == "age-key" and (not text or text not in refused.value.message)
