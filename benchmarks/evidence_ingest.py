"""Taking files in, beside `cp -r` and `bagit --sha256`, and checking again, beside hashlib's own
pass.

    python benchmarks/evidence_ingest.py --files 2000 --bagit benchmarks/.peers/bagit/bin/bagit.py

CPU seconds (user and system, of the process and its children) are the honest figure; wall time
depends on who else uses the disk. `--bagit` names the peer's script in an environment of its own;
without it only `cp -r` is run.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

MIB = 1 << 20
HERE = "import sys; sys.path.insert(0, sys.argv[1]); "
ADD = (
    HERE + "from pathlib import Path; from noonmark.questions import cases\n"
    "with cases.new_case(Path(sys.argv[2])) as case:\n"
    "    n = sum(1 for _ in cases.add_files(case, [sys.argv[3]]))\n"
    "import resource; print(n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
)
AUDIT = (
    HERE
    + "from pathlib import Path; from noonmark.evidence.audit import audit_case\n"
    + "assert audit_case(Path(sys.argv[2])).ok"
)


def cpu_of(work: Callable[[], object]) -> tuple[float, float]:
    """(CPU seconds of the work's child processes, wall seconds)."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return round(cpu, 2), round(time.perf_counter() - began, 2)


def hash_all(folder: Path) -> None:
    """hashlib's own pass: every file once, in a child."""
    code = (
        "import sys, os, hashlib\n"
        "for above, _, names in os.walk(sys.argv[1]):\n"
        "    for name in names:\n"
        "        with open(os.path.join(above, name), 'rb', buffering=0) as f: "
        "hashlib.file_digest(f, 'sha256')"
    )
    subprocess.run([sys.executable, "-c", code, folder], check=True)


def run(files: int, root: Path, bagit: str | None) -> dict[str, object]:
    """Every figure."""
    source, package = root / "source", str(Path(__file__).resolve().parents[1] / "src")
    for number in range(files):
        folder = source / f"{number % 20:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.bin").write_bytes(os.urandom(MIB))
    os.sync()
    told: dict[str, object] = {"files": files, "bytes": files * MIB}
    said: list[str] = []

    def add() -> None:
        command = [sys.executable, "-c", ADD, package, root / "case", source]
        said.append(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    told["add, fsync on"] = cpu_of(add)
    told["kept"], told["largest memory MB"] = map(int, said[0].split())
    copy = cpu_of(lambda: subprocess.run(["cp", "-r", source, root / "bag"], check=True))
    told["cp -r"] = copy
    if bagit:
        bag = cpu_of(
            lambda: subprocess.run(
                [str(Path(bagit).with_name("python")), bagit, "--sha256", "--quiet", root / "bag"],
                check=True,
            )
        )
        told["bagit --sha256"] = bag
        told["cp and bagit"] = round(copy[0] + bag[0], 2)
    told["audit"] = cpu_of(
        lambda: subprocess.run([sys.executable, "-c", AUDIT, package, root / "case"], check=True)
    )
    told["hashlib alone"] = cpu_of(lambda: hash_all(root / "case" / "objects"))
    told["audit / hashlib, CPU"] = round(told["audit"][0] / told["hashlib alone"][0], 2)  # type: ignore[index]
    return told


def main() -> int:
    """Run and print one line of JSON; pairs are (CPU s, wall s)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000, help="of 1 MiB each")
    parser.add_argument("--bagit", help="bagit.py in the bin folder of an environment of its own")
    args = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="noonmark-ingest-"))
    try:
        print(json.dumps(run(args.files, root, args.bagit)))
    finally:
        shutil.rmtree(root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
