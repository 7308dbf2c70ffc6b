"""Make testkit/evidence: bundles with one crime each, in folders named for the code a verifier must
report. What stands after a full stop tells crimes of one code apart.

    python builders/evidence_testkit.py

Salts and keys are fixed here, so that the same bundles come out each time; a real case draws them
at random. Each crime is done to the sound bundle by hand, and where only the holder of the key
could do it, signed anew.
"""

# ruff: noqa: E402 - the package is found by this script itself
from __future__ import annotations

import base64
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from noonmark.evidence.bundle import write_bundle, write_part
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.merkle import leaf_hash, root_of_leaves
from noonmark.evidence.note import SigningKey, _signing, checkpoint_text, public_key
from noonmark.evidence.seal import packaged, seal
from noonmark.evidence.vault import Vault, new_vault

OUT = ROOT / "testkit" / "evidence"
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ITEMS = (("one.txt", b"one"), ("two.txt", b"two"), ("empty", b""))


def main() -> None:
    """Make every folder anew."""
    for old in OUT.glob("*/"):
        shutil.rmtree(old)
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, fixed_randomness():
        key = _signing("example.org/testkit", b"\x01" * 32)
        other = _signing("example.org/testkit", b"\x02" * 32)
        sound, part = make(Path(scratch), key)
        shutil.copytree(sound, OUT / "sound")
        shutil.copytree(part, OUT / "sound-partial")
        for name, crime in CRIMES.items():
            shutil.copytree(sound, OUT / name)
            crime(OUT / name, key, other)
    (OUT / "KEY").write_text(f"{key.public}\n")
    assert public_key((OUT / "KEY").read_text().strip()) == key.public


class fixed_randomness:
    """Salts and origins by a counter, so that the output does not change from day to day."""

    def __enter__(self) -> None:
        self.count = 0
        self.patches = [
            mock.patch("os.urandom", self.bytes),
            mock.patch("noonmark.evidence.vault.token_hex", lambda size: self.bytes(size).hex()),
            mock.patch("noonmark.evidence.log.TOOL", "noonmark 0.1.0"),
        ]
        for patch in self.patches:
            patch.start()

    def __exit__(self, *_: object) -> None:
        for patch in self.patches:
            patch.stop()

    def bytes(self, size: int) -> bytes:
        """The next bytes of the counter's stream."""
        self.count += 1
        return hashlib.shake_256(f"testkit {self.count}".encode()).digest(size)


def make(scratch: Path, key: SigningKey) -> tuple[Path, Path]:
    """A sound bundle, full and partial."""
    ticks = (START + timedelta(seconds=second) for second in range(1000))

    def now() -> datetime:
        return next(ticks)

    vault: Vault = new_vault(scratch / "case", now=now)
    with vault:
        digests = []
        for name, data in ITEMS:
            stored = vault.store.put_bytes(data)
            claims = {"name": name}
            vault.append(
                fact("item", sha256=stored.sha256, size=len(data), role="original", claims=claims)
            )
            digests.append(stored.sha256)
        seal(vault, key, now=now)
        vault.append(
            fact(
                "withdrawal",
                sha256=digests[1],
                reason="asked by the source",
                authority="quiet-heron",
            )
        )
        vault.store.remove(digests[1])
        seal(vault, key, now=now)
        full = write_bundle(vault, scratch / "full").folder
        return full, write_part(vault, scratch / "part", digests[:1], key, now=now).folder


# ---- crimes: each takes the folder, the right key, and another ----

Crime = Callable[[Path, SigningKey, SigningKey], None]


def edit(path: str, change: Callable[[bytes], bytes]) -> Crime:
    """A file's bytes changed, nothing signed anew."""

    def crime(folder: Path, key: SigningKey, other: SigningKey) -> None:
        target = folder / path
        target.chmod(0o644)
        target.write_bytes(change(target.read_bytes()))

    return crime


def signed_anew(path: str, change: Callable[[bytes], bytes]) -> Crime:
    """A file's bytes changed, and the manifest mended and signed by the holder of the key."""

    def crime(folder: Path, key: SigningKey, other: SigningKey) -> None:
        edit(path, change)(folder, key, other)
        data = (folder / path).read_bytes()
        sign_manifest(
            folder,
            key,
            lambda row: f"{hashlib.sha256(data).hexdigest()} {len(data)} {path}",
            only=path,
        )

    return crime


def sign_manifest(
    folder: Path, key: SigningKey, change: Callable[[str], str], *, only: str = ""
) -> None:
    """The manifest with its member rows (or one) changed, signed anew."""
    body = (folder / "MANIFEST").read_text("utf-8").split("\n\n")[0].split("\n")
    rows = [change(row) if not only or row.endswith(f" {only}") else row for row in body[6:]]
    rows = sorted((row for row in rows if row), key=lambda row: row.split(" ")[2])
    text = "\n".join([*body[:5], f"members {len(rows)}", *rows, ""])
    (folder / "MANIFEST").write_text(key.sign(text), "utf-8")


def an_object(folder: Path) -> Path:
    """The object with the bytes ``one``."""
    digest = hashlib.sha256(b"one").hexdigest()
    return folder / "objects" / digest[:2] / digest


def cut_object(folder: Path, key: SigningKey, other: SigningKey) -> None:
    path = an_object(folder).relative_to(folder).as_posix()
    edit(path, lambda data: b"One")(folder, key, other)


def hide_object(folder: Path, key: SigningKey, other: SigningKey) -> None:
    path = an_object(folder)
    path.unlink()
    path.parent.rmdir()
    sign_manifest(folder, key, lambda row: "", only=path.relative_to(folder).as_posix())


def plant(data: bytes, path: str | None = None) -> Crime:
    """An object that no entry speaks of, or one under a wrong name, listed and signed."""

    def crime(folder: Path, key: SigningKey, other: SigningKey) -> None:
        digest = hashlib.sha256(data).hexdigest()
        name = path or f"objects/{digest[:2]}/{digest}"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        row = f"{digest} {len(data)} {name}"
        body = (folder / "MANIFEST").read_text("utf-8").split("\n\n")[0].split("\n")
        (folder / "MANIFEST").write_text("\n".join([*body, row]) + "\n\nx\n", "utf-8")
        sign_manifest(folder, key, lambda old: old)

    return crime


def remove(path: str) -> Crime:
    """A file taken away."""
    return lambda folder, key, other: (folder / path).unlink()


def add(path: str) -> Crime:
    """A file that nobody listed."""
    return lambda folder, key, other: (folder / path).write_bytes(b"")  # type: ignore[return-value]


SHADOW = b"""# A program that lies beside the checker, under the name of a module that it imports.
print("sound.")
raise SystemExit(0)
"""


def shadow(*paths: str) -> Crime:
    """Code under the names of Python's own modules: none of it may ever run."""

    def crime(folder: Path, key: SigningKey, other: SigningKey) -> None:
        for path in paths:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(SHADOW)

    return crime


def signed_shadow(folder: Path, key: SigningKey, other: SigningKey) -> None:
    """A module that the holder of the key listed and signed."""
    plant(SHADOW, "hashlib.py")(folder, key, other)


def unlist(path: str) -> Crime:
    """A file that every bundle has, neither there nor listed."""

    def crime(folder: Path, key: SigningKey, other: SigningKey) -> None:
        (folder / path).unlink()
        sign_manifest(folder, key, lambda row: "", only=path)

    return crime


def other_signs(folder: Path, key: SigningKey, other: SigningKey) -> None:
    text = (folder / "MANIFEST").read_text("utf-8").split("\n\n")[0] + "\n"
    (folder / "MANIFEST").write_text(other.sign(text), "utf-8")


def checkpoint(
    change: Callable[[list[str]], list[str]], path: str = "log/checkpoint", *, signer: int = 0
) -> Crime:
    """A checkpoint with other lines, signed by the key (0) or another (1), listed as it is."""

    def crime(folder: Path, key: SigningKey, other: SigningKey) -> None:
        lines = (folder / path).read_text("utf-8").split("\n")[:3]
        text = (key, other)[signer].sign("\n".join(change(lines)) + "\n").encode()
        signed_anew(path, lambda data: text)(folder, key, other)

    return crime


def manifest_head(folder: Path, key: SigningKey, other: SigningKey) -> None:
    text = (folder / "MANIFEST").read_text("utf-8").split("\n\n")[0] + "\n"
    lines = text.split("\n")
    lines[4] = lines[4].rsplit(" ", 1)[0] + " " + "A" * 43 + "="
    (folder / "MANIFEST").write_text(key.sign("\n".join(lines)), "utf-8")


def swap_lines(data: bytes) -> bytes:
    """Two entries in the other order."""
    lines = data.split(b"\n")
    lines[1], lines[2] = lines[2], lines[1]
    return b"\n".join(lines)


def withhold(data: bytes) -> bytes:
    """An entry replaced by its leaf hash."""
    lines = data.split(b"\n")
    lines[2] = b"- " + hashlib.sha256(b"\x00" + lines[2]).hexdigest().encode()
    return b"\n".join(lines)


def fresh(folder: Path, key: SigningKey, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Other lines in the log; root, checkpoint and manifest made to fit, as the holder of the key
    can.
    """
    origin = (folder / "log" / "checkpoint").read_text("utf-8").split("\n")[0]
    lines = change((folder / "log" / "entries").read_bytes().split(b"\n")[:-1])
    root = root_of_leaves([leaf_hash(line) for line in lines])
    (folder / "log" / "checkpoint").chmod(0o644)
    (folder / "log" / "checkpoint").write_text(
        key.sign(checkpoint_text(origin, len(lines), root)), "utf-8"
    )
    (folder / "log" / "entries").write_bytes(b"".join(line + b"\n" for line in lines))
    for path in (folder / "log" / "seals").iterdir():
        path.unlink()
    (folder / "log" / "seals").rmdir()
    body = (folder / "MANIFEST").read_text("utf-8").split("\n\n")[0].split("\n")
    body[4] = f"log {len(lines)} {base64.b64encode(root).decode()}"
    (folder / "MANIFEST").write_text(
        "\n".join(row for row in body if "log/seals" not in row) + "\n\nx\n", "utf-8"
    )
    for path in ("log/checkpoint", "log/entries"):
        data = (folder / path).read_bytes()
        row = f"{hashlib.sha256(data).hexdigest()} {len(data)} {path}"
        sign_manifest(folder, key, lambda _, row=row: row, only=path)  # type: ignore[misc]


def relog(change: Callable[[list[bytes]], list[bytes]]) -> Crime:
    """The log rewritten by the holder of the key, everything else made to fit."""
    return lambda folder, key, other: fresh(folder, key, change)


def replaced(number: int, old: bytes, new: bytes) -> Callable[[list[bytes]], list[bytes]]:
    """One entry's text changed."""

    def change(lines: list[bytes]) -> list[bytes]:
        assert old in lines[number]
        return [*lines[:number], lines[number].replace(old, new), *lines[number + 1 :]]

    return change


def newer(folder: Path, key: SigningKey, other: SigningKey) -> None:
    """A checkpoint of a longer log among the earlier ones: the log was rolled back."""
    lines = (folder / "log" / "checkpoint").read_text("utf-8").split("\n")
    plant(key.sign(f"{lines[0]}\n99\n{lines[2]}\n").encode(), "log/seals/99")(folder, key, other)


def link(folder: Path, key: SigningKey, other: SigningKey) -> None:
    (folder / "log" / "extra").symlink_to("entries")


CRIMES: dict[str, Crime] = {
    "key-malformed": edit("key", lambda data: data[:-2] + b"\n"),
    "manifest-missing": remove("MANIFEST"),
    "manifest-malformed": edit("MANIFEST", lambda data: data.replace(b"members ", b"members 0")),
    "signature-bad": other_signs,
    "member-missing": remove("README.txt"),
    "member-extra": add("log/notes.txt"),
    "member-extra.json": shadow("json.py"),
    "member-extra.modules": shadow(
        "__future__.py", "argparse.py", "binascii.py", "hashlib.py", "os.py", "pathlib.py", "re.py"
    ),
    "member-extra.packages": shadow("json/__init__.py", "encodings/__init__.py"),
    "member-extra.pycache": shadow("__pycache__/json.py", "__pycache__/argparse.py"),
    "member-extra.pth": shadow("run.pth", "python._pth", "pyvenv.cfg"),
    "member-extra.sitecustomize": shadow("sitecustomize.py", "usercustomize.py"),
    "member-extra.signed": signed_shadow,
    "member-type": link,
    "member-differs": cut_object,
    "member-unlisted": unlist("README.txt"),
    "checkpoint-malformed": checkpoint(lambda lines: [lines[0], f"0{lines[1]}", lines[2]]),
    "checkpoint-signature": checkpoint(lambda lines: lines, signer=1),
    "checkpoint-newer": newer,
    "origin-differs": checkpoint(lambda lines: [lines[0][:-1] + "x", *lines[1:]]),
    "history-differs": checkpoint(lambda lines: [*lines[:2], "A" * 43 + "="], "log/seals/5"),
    "entry-malformed": relog(replaced(1, b'"size":3', b'"size":3.0')),
    "entry-withheld": signed_anew("log/entries", withhold),
    "clock-unsaid": relog(replaced(2, b"2026-03-01", b"2025-03-01")),
    "case-entry": relog(lambda lines: [*lines, lines[0]]),
    "log-torn": signed_anew("log/entries", lambda data: data + b"0123"),
    "log-size": checkpoint(lambda lines: [lines[0], str(int(lines[1]) + 1), lines[2]]),
    "log-root": signed_anew("log/entries", swap_lines),
    "manifest-log": manifest_head,
    "object-missing": hide_object,
    "object-unlogged": plant(b"nobody logged this"),
    "object-name": plant(b"under a wrong name", "objects/zz/wrong"),
    "object-withdrawn": plant(b"two"),
    "object-size": relog(replaced(1, b'"size":3', b'"size":4')),
}

if __name__ == "__main__":
    os.umask(0o022)
    assert packaged("verify.py")
    main()
