"""A million broken clue documents: each is a question or a polite refusal, never a traceback, never
a hang.

    python benchmarks/fuzz_clues.py [--inputs 1000000] [--seconds 3600]

With atheris installed (``pip install atheris``) the inputs are guided by coverage; without it they
are honest documents with bytes (a third) or their tree (two thirds) changed by a seeded generator.
One input may take at most a second of CPU.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HONEST = sorted((ROOT / "src" / "noonmark" / "examples").glob("*.toml"))
SLOWEST_S = 1.0
WORDS = [
    b"kind",
    b"at",
    b"offset_s",
    b"outlier",
    b"nan",
    b"inf",
    b"-inf",
    b"1e999",
    b"-0.0",
    b"9" * 400,
    b"true",
    b"null",
    b'""',
    b"[]",
    b"{}",
    b"[[clue]]",
    b"[prior]",
    b"\x00",
    b"\xff",
    b"\xe2\x80\xae",
    b"\\u0000",
    b"2018-08-20T01:20:00Z",
    b"2018-08-20",
    b"12:41:00",
    b"0001-01-01T00:00:00+23:59",
    b"shadow_track",
    b"clock",
    b"area",
    b"candidates",
    b"[" * 50,
]


def judge(data: bytes) -> str:
    """Read one input; the code of the refusal, or "read". Anything but a refusal of ours goes up."""
    from noonmark.errors import InputError
    from noonmark.questions.clue_file import read_clues

    began = time.process_time()
    try:
        read_clues(data)
        said = "read"
    except InputError as trouble:
        said = trouble.code
        trouble.as_json()
    took_s = time.process_time() - began
    if took_s > SLOWEST_S:
        raise RuntimeError(f"{took_s:.1f} s for {len(data)} bytes: {data[:200]!r}")
    return said


def mutated(rng: random.Random, seeds: list[bytes]) -> bytes:
    """One honest document with a few changes: bytes flipped, words planted, pieces cut, doubled or
    swapped in.
    """
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(6)
        if kind == 0 and data:
            data[at % len(data)] = rng.randrange(256)
        elif kind == 1:
            data[at:at] = rng.choice(WORDS)
        elif kind == 2:
            del data[at : at + rng.randint(1, 40)]
        elif kind == 3:
            data[at:at] = data[at : at + rng.randint(1, 200)]
        elif kind == 4:
            other = rng.choice(seeds)
            start = rng.randrange(len(other))
            data[at : at + rng.randint(0, 30)] = other[start : start + rng.randint(1, 80)]
        else:
            data[at : at + rng.randint(1, 12)] = rng.choice(WORDS)
    return bytes(data)


VALUES = [
    None,
    True,
    False,
    0,
    -1,
    1,
    1e-300,
    1e300,
    -1e300,
    10**400,
    2**53 + 1,
    0.5,
    90.0,
    91.0,
    180.0,
    360.0,
    -0.0,
    "",
    " ",
    "x" * 3000,
    "\u202e",
    "\x00",
    "nan",
    "NaN",
    "2018-08-20T01:20:00Z",
    "2018-08-20T01:20:00",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "1600-01-01T00:00:00Z",
    "2100-12-31T23:59:59Z",
    "24:00",
    "23:59:59.999999",
    "2018-02-30",
    "world",
    "NO",
    "../../etc",
    "a.geojson",
    "local",
    "unknown",
    "Asia/Nowhere",
    [],
    {},
    [[]],
    [{}],
    [1.0] * 6000,
    [[1.0, 0.0], [0.0, 1.0]],
    [[1.0, 2.0], [2.0, 1.0]],
    [[0.0, 0.0], [0.0, 0.0]],
    {"lat_deg": 0.0, "lon_deg": 0.0},
    {"south": 1, "north": -1, "west": 0, "east": 0},
    ["2018-08-20T01:20:00Z"] * 3,
    [0, 180, 360],
    [3, 2, 1],
]


def reshaped(rng: random.Random, documents: list[dict]) -> bytes:
    """One honest document with its tree changed: values replaced, keys renamed, taken away or
    moved, clues mixed.
    """
    import copy
    import json

    tree = copy.deepcopy(rng.choice(documents))
    tree["clue"] += [
        copy.deepcopy(rng.choice(rng.choice(documents)["clue"]))
        for _ in range(rng.choice((0, 0, 1, 2)))
    ]
    for _ in range(rng.randint(1, 4)):
        node = tree
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = rng.choice(keys)
            if isinstance(node[key], dict | list) and rng.random() < 0.75:
                node = node[key]
                continue
            act = rng.randrange(5)
            if act < 3:
                node[key] = copy.deepcopy(rng.choice(VALUES))
            elif act == 3:
                del node[key]
            elif isinstance(node, dict):
                node[str(rng.choice([*keys, "sigma", "at", "offset_s", "outlier", "mirror"]))] = (
                    node.pop(key)
                )
            break
    return json.dumps(tree).encode("utf-8", "surrogatepass")


def seeds() -> list[bytes]:
    """The examples, and one clue of each kind as JSON."""
    import json

    sys.path.insert(0, str(ROOT))
    from tests.actions.test_clue_schema import HONEST as KINDS
    from tests.actions.test_clue_schema import document

    return [path.read_bytes() for path in HONEST] + [
        json.dumps(document(kind)).encode() for kind in KINDS
    ]


def guided(inputs: int) -> int:
    """Atheris over the same judge."""
    import atheris

    corpus = ROOT / "benchmarks" / ".peers" / "fuzz_clues"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (corpus / f"seed{number}").write_bytes(seed)
    with atheris.instrument_imports(
        include=["noonmark.questions", "noonmark.inference.clues", "tomllib"]
    ):
        import noonmark.questions.clue_file  # noqa: F401
    atheris.Setup(
        [sys.argv[0], f"-atheris_runs={inputs}", "-max_len=4096", "-timeout=5", str(corpus)],
        judge_quietly,
    )
    atheris.Fuzz()
    return 0


def judge_quietly(data: bytes) -> None:
    """What atheris calls."""
    judge(data)


def main() -> int:
    """Fuzz and count what was said."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--atheris", action="store_true", help="guide by coverage (needs atheris)")
    args = parser.parse_args()
    if args.atheris:
        return guided(args.inputs)
    from noonmark.questions.input_files import parse_document

    faulthandler.enable()
    rng, honest = random.Random(args.seed), seeds()
    documents = [found for seed in honest if "clue" in (found := parse_document(seed, name="seed"))]
    counts: dict[str, int] = {}
    began = time.monotonic()
    done = 0
    while done < args.inputs and time.monotonic() - began < args.seconds:
        data = reshaped(rng, documents) if done % 3 else mutated(rng, honest)
        faulthandler.dump_traceback_later(300, exit=True)
        try:
            said = judge(data)
        except Exception:
            print(f"input {done} of seed {args.seed}: {data!r}")
            raise
        counts[said] = counts.get(said, 0) + 1
        done += 1
    faulthandler.cancel_dump_traceback_later()
    print(
        f"{done} inputs in {time.monotonic() - began:.0f} s: no traceback, none over "
        f"{SLOWEST_S:g} CPU s"
    )
    for said, count in sorted(counts.items(), key=lambda pair: -pair[1]):
        print(f"  {count:>9}  {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
