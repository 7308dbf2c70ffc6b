#!/usr/bin/env python3
"""Check a Noonmark evidence bundle with nothing but Python's standard library (3.9 or later).

    python3 -I verify.py                                check the bundle this file lies in
    python3 -I verify.py BUNDLE --key KEY               ... against a key you have from elsewhere
    python3 -I verify.py BUNDLE --checkpoint FILE       ... against a checkpoint you were given earlier

Exit code 0: nothing is wrong. 1: something is, and every problem is named. 2: it could not be asked.
-I keeps Python from running any other file that lies here; without it this file does so itself, first of all.
The form is noonmark-evidence/v1. In short: MANIFEST lists every file with its SHA-256 and is signed. log/entries
has one line for each act; the hashes of the lines form a Merkle tree (RFC 6962), whose root stands in the signed
log/checkpoint. Everything under objects/ is named by its SHA-256, and by an entry of the log.
"""

import sys  # built in: no file is looked for. Even __future__ is one, so annotations are quoted below

if __name__ == "__main__":
    # ---- 0. Before any other import: nothing that lies beside this file, or is named from here, may run ----
    if not sys.flags.isolated and not getattr(sys.flags, "safe_path", False):
        del sys.path[:1]  # the folder of this file
    import os

    HERE = os.path.realpath(os.path.dirname(os.path.abspath(__file__))) + os.sep
    OUTSIDE = [p for p in sys.path if os.path.isabs(p) and not (os.path.realpath(p) + os.sep).startswith(HERE)]
    sys.path[:] = OUTSIDE

import argparse
import binascii
import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# ---- 1. Ed25519 signatures, RFC 8032: the curve -x^2 + y^2 = 1 + d x^2 y^2 over the integers modulo P ----
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ZERO = (0, 1, 1, 0)  # points are (X, Y, Z, T): x = X/Z, y = Y/Z, x y = T/Z

def add(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The sum of two points (section 5.1.4)."""
    p, q = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    r, s = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = q - p, s - r, s + r, q + p
    return (e * f % P, g * h % P, f * g % P, e * h % P)

def times(number: int, point: tuple[int, ...]) -> tuple[int, ...]:
    """A multiple of a point, by doubling and adding."""
    if number == 0:
        return ZERO
    half = times(number >> 1, add(point, point))
    return add(half, point) if number & 1 else half

def point_of(data: bytes) -> "tuple[int, ...] | None":
    """The point that 32 bytes stand for (section 5.1.3), if they are its one canonical encoding."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    return (x, y, 1, x * y % P)

def bytes_of(point: tuple[int, ...]) -> bytes:
    """The 32 bytes that stand for a point (section 5.1.2)."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")

BASE = point_of(bytes.fromhex("58" + "66" * 31)) or ZERO

def signature_holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature on a message is by a key (section 5.1.7); keys of low order are refused."""
    point = point_of(key)
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if point is None or len(signature) != 64 or s >= ORDER or bytes_of(times(8, point)) == bytes_of(ZERO):
        return False
    k = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % ORDER
    minus = (P - point[0], point[1], 1, P - point[3])
    return bytes_of(add(times(s, BASE), times(k, minus))) == r

# ---- 2. Keys, signed notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint) ----
Key = tuple[str, bytes, bytes]  # name, ID, Ed25519 key
Note = tuple[str, list[tuple[str, bytes, bytes]]]  # text, [(name, key ID, signature)]
Checkpoint = tuple[str, int, bytes]  # origin, size, root
CRLF = "line ends of Windows: something copied this as text, copy it again as it is"
SPRINKLED = re.compile(r"(?:.*/)?(?:[.]DS_Store|[.]_[^/]*|Thumbs[.]db|desktop[.]ini|[.]directory)|__MACOSX/")
NUMBER = "(?:0|[1-9][0-9]{0,17})"
BASE64 = "([A-Za-z0-9+/=]+)"
INSTANT = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z"
ENTRY_SHAPES = {"at": INSTANT, "by": "(?s:.{1,64})", "kind": "[a-z][a-z0-9_-]{0,63}", "tool": "(?s:.+)"}

def unbase64(text: str) -> bytes:
    """The bytes of a base64 text; only the canonical encoding will do. What is malformed raises ValueError."""
    data = binascii.a2b_base64(text)
    if binascii.b2a_base64(data, newline=False).decode() != text:
        raise ValueError("not canonical base64")
    return data

def parse_key(text: str) -> Key:
    """(name, ID, Ed25519 key) from the text name+id+base64."""
    parts = re.fullmatch(r"([!-*,-~]{1,128})\+([0-9a-f]{8})\+" + BASE64, text)
    typed = unbase64(parts[3]) if parts else b""
    key_id = hashlib.sha256(parts[1].encode() + b"\n" + typed).digest()[:4] if parts else b""
    if not parts or len(typed) != 33 or typed[0] != 1 or key_id.hex() != parts[2]:
        raise ValueError("expected the name, ID and bytes of an Ed25519 key")
    return parts[1], key_id, typed[1:]

def text_of(key: Key) -> str:
    """The one text of a key."""
    return f"{key[0]}+{key[1].hex()}+{binascii.b2a_base64(bytes([1]) + key[2], newline=False).decode()}"

def parse_note(data: bytes) -> Note:
    """A signed note as (text, [(name, key ID, signature)]): the text, an empty line, signature lines."""
    text, gap, below = data.decode("utf-8").rpartition("\n\n")
    lines = below.split("\n")
    if b"\r\n" in data:
        raise ValueError(CRLF)
    if re.search(rb"[\x00-\x09\x0b-\x1f]", data) or not gap or lines.pop() != "" or not 1 <= len(lines) <= 16:
        raise ValueError("expected a text, an empty line and 1 to 16 signatures")
    signatures = []
    for line in lines:
        parts = re.fullmatch(r"— ([^\s+]+) " + BASE64, line)
        signature = unbase64(parts[2]) if parts else b""
        if not parts or len(signature) < 5:
            raise ValueError("a line below the text is not a signature")
        signatures.append((parts[1], signature[:4], signature[4:]))
    return text + "\n", signatures

def signed_by(note: Note, keys: list[Key]) -> bool:
    """Whether one of the keys signed the note, and no signature by one of them is bad. Unknown ones are ignored."""
    known = [(key[2], sig) for *who, sig in note[1] for key in set(keys) if tuple(who) == key[:2]]
    return bool(known) and all(signature_holds(key, note[0].encode(), sig) for key, sig in known)

def parse_checkpoint(text: str) -> Checkpoint:
    """A checkpoint's three lines: whose log, how many entries, the root of its tree."""
    parts = re.fullmatch(rf"([^\n]+)\n({NUMBER})\n{BASE64}\n", text)
    root = unbase64(parts[3]) if parts else b""
    if not parts or len(root) != 32:
        raise ValueError("expected origin, size and root")
    return parts[1], int(parts[2]), root

# ---- 3. The log: lines, entries, and the tree over them (RFC 6962) ----
LONGEST_LINE = 1 << 20
encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

def well_formed(value: Any, depth: int = 1) -> bool:
    """Whether a value is made of what canonical JSON allows, at most 16 deep."""
    if isinstance(value, (dict, list)):
        names, inner = (value, value.values()) if isinstance(value, dict) else ((), value)
        named = all(re.fullmatch("[a-z][a-z0-9_]{0,63}", name) for name in names)
        return named and depth <= 16 and all(well_formed(one, depth + 1) for one in inner)
    return isinstance(value, str) or (isinstance(value, int) and abs(value) < 2**53)  # True and False are integers

def entry_shaped(entry: dict[str, Any]) -> bool:
    """Whether an entry has the keys of one, and such values."""
    right = all(isinstance(entry.get(k), str) and re.fullmatch(shape, entry[k]) for k, shape in ENTRY_SHAPES.items())
    right = right and type(back := entry.get("clock_back_ms", 1)) is int and back > 0
    return right and isinstance(entry.get("facts"), dict) and set(entry) - {"clock_back_ms"} == {*ENTRY_SHAPES, "facts"}

def parse_entry(line: bytes) -> dict[str, Any]:
    """The entry on a salted line."""
    entry: dict[str, Any] = json.loads(line[33:].decode("utf-8"))
    canonical = isinstance(entry, dict) and well_formed(entry) and encode(entry).encode("utf-8") == line[33:]
    if not canonical or not re.match(rb"[0-9a-f]{32} ", line):
        raise ValueError("not a salt and canonical JSON")
    if not entry_shaped(entry):
        raise ValueError("not the keys and values of an entry")
    facts, kind = entry["facts"], entry["kind"]
    named = kind not in ("item", "withdrawal") or re.fullmatch("[0-9a-f]{64}", str(facts.get("sha256")))
    if not named or (kind == "item" and (type(facts.get("size")) is not int or facts["size"] < 0)):
        raise ValueError("no digest or no size")
    return entry

def parse_members(text: str, count: int) -> dict[str, tuple[str, int]]:
    """Digest and size of each of so many members, as a manifest lists them."""
    rows = [row for row in map(MEMBER.fullmatch, text.split("\n")[:-1]) if row]
    named = {row[3]: (row[1], int(row[2])) for row in rows}
    if [row[3] for row in rows] != sorted(named) or "MANIFEST" in named or not text.count("\n") == len(rows) == count:
        raise ValueError("members that are not as specified, out of order, or of another number")
    return named

def fold(peaks: list[bytes]) -> bytes:
    """The root above the complete subtrees of a log, given from the left."""
    root = peaks[-1] if peaks else hashlib.sha256(b"").digest()
    for peak in reversed(peaks[:-1]):
        root = hashlib.sha256(b"\x01" + peak + root).digest()
    return root

# ---- 4. The bundle ----
NEEDED = {"README.txt", "key", "log/checkpoint", "log/entries", "verify.py"}
MANIFEST = re.compile(
    rf"noonmark-bundle/v1\norigin ([^\n]+)\ndisclosure (full|partial)\nsealed ({INSTANT})\n"
    rf"log ({NUMBER}) {BASE64}\nmembers ({NUMBER})\n((?:[^\n]+\n)*)"
)
MEMBER = re.compile(rf"([0-9a-f]{{64}}) ({NUMBER}) (?=.{{1,200}}$)((?:\w[\w.-]*/)*\w[\w.-]*)", re.ASCII)

class Bundle:
    """One check of one bundle. Problems gather in ``problems``; nothing stops at the first."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.problems: list[dict[str, str]] = []
        self.members: dict[str, tuple[str, int]] = {}
        self.objects: dict[str, int] = {}  # sizes by digest; -1: withdrawn
        self.found: set[str] = set()  # members that are there
        self.roots = {0: fold([])}
        self.files = self.bytes = self.entries = self.withheld = 0
        self.disclosure = self.sealed = self.origin = "unknown"

    def problem(self, code: str, where: str, expected: object, found: object) -> None:
        """Note one thing that is wrong."""
        said = {"code": code, "where": where, "expected": expected, "found": found}
        self.problems.append({k: str(v).encode("utf-8", "backslashreplace").decode() for k, v in said.items()})

    def read(self, path: str) -> "bytes | None":
        """The bytes of a small regular file of the bundle, if it is there."""
        full = Path(self.folder, path)
        return full.read_bytes() if full.is_file() and not full.is_symlink() else None

    def check(self, given_key: "Key | None", given: "bytes | None") -> dict[str, Any]:
        """Take the steps of the specification in order."""
        self.keys = [given_key] if given_key else []
        self.vouched: list[Key] = []  # keys that the log names
        self.step_1_key()
        if self.step_2_manifest():
            self.step_3_members()
            notes = self.step_4_checkpoints(given)
            if {"log/checkpoint", "log/entries"} <= self.found:
                self.step_5_lines({size for _, _, (_, size, _) in notes})
            self.step_6_roots(notes)
            self.step_7_objects()
        checked = {"files": self.files, "bytes": self.bytes, "log_entries": self.entries}
        word = "not sound" if self.problems else "sound" if given_key else "intact, signer not known"
        verdict = {"ok": not self.problems, "verdict": word, "judged": self.judged(given_key), "checked": checked}
        return {**verdict, "problems": self.problems}

    def judged(self, given_key: "Key | None") -> dict[str, Any]:
        """What was judged: how much of the case the bundle shows, when it was sealed, and by which key."""
        return {
            "form": "bundle", "origin": self.origin, "sealed": self.sealed, "disclosure": self.disclosure,
            "entries": self.entries, "entries_shown": self.entries - self.withheld,
            "objects": sum(path.startswith("objects/") for path in self.members),
            "keys": [text_of(key) for key in self.keys],
            "keys_from": "given" if given_key else "bundle" if self.keys else "nowhere",
        }

    def step_1_key(self) -> None:
        """The key to check with: the one given, or else the bundle's own."""
        try:
            text = (self.read("key") or b"").decode("ascii", "replace")
            own = parse_key(text[:-1] if text.endswith("\n") else "")
        except ValueError as error:
            self.problem("key-malformed", "key", "a verifier key and a newline", error)
            return
        if self.keys and self.keys[0] != own:
            self.problem("key-differs", "key", "the key you gave", "another")
        self.keys = self.keys or [own]

    def step_2_manifest(self) -> bool:
        """The list of members, and its signature."""
        try:
            note = parse_note(self.read("MANIFEST") or b"")
            parts = MANIFEST.fullmatch(note[0])
            if not parts or len(note[1]) != 1:
                raise ValueError("not a manifest with one signature")
            self.head = parse_checkpoint(f"{parts[1]}\n{parts[4]}\n{parts[5]}\n")
            self.members = parse_members(parts[7], int(parts[6]))
            self.origin, self.disclosure, self.sealed = parts[1], parts[2], parts[3]
        except ValueError as error:
            code = "manifest-missing" if self.read("MANIFEST") is None else "manifest-malformed"
            self.problem(code, "MANIFEST", "a manifest as specified", error)
            self.members = {}
            return False
        if not signed_by(note, self.keys):
            self.problem("signature-bad", "MANIFEST", "a signature by the key", "none that holds")
        return True

    def step_3_members(self) -> None:
        """Every listed file is there with its bytes, and nothing else is."""
        folders = {path[: i + 1] for path in self.members for i, c in enumerate(path) if c == "/"}
        for path, regular in self.walk("", folders):
            if regular and path in self.members:
                self.found.add(path)
            elif not regular and path[-1] != "/":
                self.problem("member-type", path, "a file", "a link or something else")
            elif path != "MANIFEST" and path not in folders:
                cause = "a file that a system made by itself: delete it" if SPRINKLED.fullmatch(path) else "more"
                self.problem("member-extra", path, "only what MANIFEST lists", cause)
        for path, listed in self.members.items():
            real = self.digest_of(path) if path in self.found else ("no file", 0)
            if real != listed:
                code = "member-differs" if path in self.found else "member-missing"
                self.problem(code, path, "{}, {} bytes".format(*listed), "{}, {} bytes".format(*real))
            if not (path in NEEDED or path.startswith("objects/") or re.fullmatch(f"log/seals/{NUMBER}", path)):
                self.problem("member-extra", path, "only what a bundle holds", "listed, and no part of one")
        for path in sorted(NEEDED - set(self.members)):
            self.problem("member-unlisted", path, "a member", "not listed")

    def walk(self, above: str, folders: set[str]) -> Iterator[tuple[str, bool]]:
        """Every path, and whether it is a regular file; folders end in a slash. Only listed folders are entered."""
        for entry in sorted(os.scandir(os.path.join(self.folder, above)), key=lambda entry: entry.name):
            path = above + entry.name + ("/" if entry.is_dir(follow_symlinks=False) else "")
            yield path, entry.is_file(follow_symlinks=False)
            if path in folders:
                yield from self.walk(path, folders)

    def digest_of(self, path: str) -> tuple[str, int]:
        """The SHA-256 and the size of a member."""
        state, size = hashlib.sha256(), 0
        with open(os.path.join(self.folder, path), "rb") as file:
            for chunk in iter(lambda: file.read(1 << 18), b""):
                state.update(chunk)
                size += len(chunk)
        self.files, self.bytes = self.files + 1, self.bytes + size
        return state.hexdigest(), size

    def step_4_checkpoints(self, given: "bytes | None") -> list[tuple[str, Note, Checkpoint]]:
        """The checkpoint of this seal, the earlier ones, and one from elsewhere."""
        notes = []
        seals = sorted(p for p in self.found if re.fullmatch(f"log/checkpoint|log/seals/{NUMBER}", p))
        asked = [] if given is None else [("the given checkpoint", given)]
        for path, data in [*((p, self.read(p)) for p in seals), *asked]:
            try:
                note = parse_note(data or b"")
                checkpoint = parse_checkpoint(note[0])
                if path.startswith("log/seals/") and path[10:] != str(checkpoint[1]):
                    raise ValueError("another size than its name")
            except ValueError as error:
                self.problem("checkpoint-malformed", path, "a checkpoint", error)
                continue
            if checkpoint[0] != self.head[0]:
                self.problem("origin-differs", path, self.head[0], checkpoint[0])
            notes.append((path, note, checkpoint))
        return notes

    def step_5_lines(self, sizes: set[int]) -> None:
        """Every line of the log is well formed, and the tree over them is built."""
        before = ""
        peaks: list[bytes] = []
        with open(os.path.join(self.folder, "log", "entries"), "rb") as file:
            for line in iter(lambda: file.readline(LONGEST_LINE + 2), b""):
                if not line.endswith(b"\n"):
                    self.problem("log-torn", "log/entries", "whole lines of at most 1 MiB", "another")
                    return
                withheld = re.fullmatch(rb"- ([0-9a-f]{64})\n", line)
                leaf = bytes.fromhex(line[2:66].decode()) if withheld else hashlib.sha256(b"\x00" + line[:-1]).digest()
                before = "" if withheld else self.step_5_entry(line[:-1], before)
                self.withheld += bool(withheld)
                if withheld and self.disclosure == "full":
                    self.problem("entry-withheld", f"entry {self.entries}", "every entry shown", "withheld")
                number, self.entries = self.entries, self.entries + 1
                while number & 1:  # two complete subtrees of one size make a larger one
                    leaf, number = hashlib.sha256(b"\x01" + peaks.pop() + leaf).digest(), number >> 1
                peaks.append(leaf)
                if self.entries in sizes:
                    self.roots[self.entries] = fold(peaks)

    def step_5_entry(self, line: bytes, before: str) -> str:
        """One shown entry; returns its time."""
        where = f"entry {self.entries}"
        try:
            entry = parse_entry(line)
            facts, kind = entry["facts"], entry["kind"]
            if kind == "seal":  # earlier seals may be by other keys; the log vouches for them
                self.vouched.append(parse_key(str(facts.get("key"))))
        except (ValueError, RecursionError) as error:
            self.problem("entry-malformed", where, "an entry as specified", error)
            return ""
        if before and (entry["at"] < before) != ("clock_back_ms" in entry):
            self.problem("clock-unsaid", where, f"not before {before} without saying so", entry["at"])
        right = {"format": "noonmark-evidence/v1", "origin": self.head[0]}
        if (kind == "case") != (self.entries == 0) or (kind == "case" and facts != right):
            self.problem("case-entry", where, "one case entry, the first, with the origin", kind)
        if kind in ("item", "withdrawal"):
            self.objects[facts["sha256"]] = facts["size"] if kind == "item" else -1
        return str(entry["at"])

    def step_6_roots(self, notes: list[tuple[str, Note, Checkpoint]]) -> None:
        """Every checkpoint is signed, and its root is that of the log at its size."""
        for path, note, (_, size, signed) in notes:
            root, here = self.roots.get(size), path == "log/checkpoint"
            if not signed_by(note, self.keys + (self.vouched if path.startswith("log/seals/") else [])):
                self.problem("checkpoint-signature", path, "a signature by the key", "none that holds")
            if here and size != self.entries:
                self.problem("log-size", "log/entries", f"{size} entries", self.entries)
            if here and (size, signed) != self.head[1:]:
                self.problem("manifest-log", "MANIFEST", "size and root of log/checkpoint", "others")
            if root is None and not here:
                self.problem("checkpoint-newer", path, f"a log of {size} entries or more", self.entries)
            elif root is not None and root != signed:
                self.problem("log-root" if here else "history-differs", path, signed.hex(), root.hex())

    def step_7_objects(self) -> None:
        """Objects and log speak of the same bytes."""
        listed = {d: size for path, (d, size) in self.members.items() if path == f"objects/{d[:2]}/{d}"}
        for digest, size in self.objects.items():
            if size < 0 and digest in listed:
                self.problem("object-withdrawn", digest, "no bytes: it was withdrawn", "bytes")
            elif size >= 0 and digest not in listed:
                self.problem("object-missing", digest, "a member", "not listed")
            elif listed.get(digest, size) != size:
                self.problem("object-size", digest, f"{size} bytes", f"{listed[digest]} bytes")
        for path, (digest, _) in self.members.items():
            if path.startswith("objects/") and path != f"objects/{digest[:2]}/{digest}":
                self.problem("object-name", path, f"objects/{digest[:2]}/{digest}", path)
            elif path.startswith("objects/") and digest not in self.objects:
                self.problem("object-unlogged", digest, "an entry that names it", "none")

# ---- 5. The command line ----
def key_given(text: str) -> Key:
    """The key that the user named: its text, or a file that holds it."""
    return parse_key(Path(text).read_text("ascii").rstrip("\n") if os.path.isfile(text) else text)

def main(words: list[str]) -> int:
    """Check one bundle and say what was found."""
    parser = argparse.ArgumentParser(description="Check a Noonmark evidence bundle.")
    parser.add_argument("bundle", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--key", type=key_given, help="the signer's public key, or a file with it, from elsewhere")
    parser.add_argument("--checkpoint", type=argparse.FileType("rb"), help="one that you were given earlier")
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    args = parser.parse_args(words)
    if not os.path.isdir(args.bundle):
        parser.error(f"{args.bundle} is not a folder")
    verdict = Bundle(args.bundle).check(args.key, args.checkpoint and args.checkpoint.read())
    said = json.dumps(verdict) + "\n" if args.json else in_words(verdict, known=bool(args.key))
    sys.stdout.write(said.encode("ascii", "backslashreplace").decode())
    return 0 if verdict["ok"] else 1

def in_words(verdict: dict[str, Any], *, known: bool) -> str:
    """What was found, for a person."""
    judged = verdict["judged"]
    said = "".join("{code}: {where}: expected {expected}, found {found}\n".format(**p) for p in verdict["problems"])
    said += "{disclosure} bundle of {origin}, sealed {sealed}\n".format(**judged)
    said += "shown: {entries_shown} of {entries} log entries, {objects} objects\n".format(**judged)
    said += "".join(f"key ({'you gave it' if known else 'found in the bundle'}): {key}\n" for key in judged["keys"])
    said += "{files} files, {bytes} bytes, {log_entries} log entries: ".format(**verdict["checked"])
    said += f"{verdict['verdict']}.\n" if verdict["ok"] else f"NOT SOUND, {len(verdict['problems'])} problems.\n"
    warning = "Anybody can make a bundle and put a key into it: get the key from its owner and give it with --key.\n"
    return said if known else said + warning

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
