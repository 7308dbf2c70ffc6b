"""Write requirements.lock and requirements-dev.lock: every wheel's hash, no address, markers for
3.11 to 3.13.

    make lock

Resolved with pip-tools on the oldest supported Python, because a version that runs there runs on
the newer ones too; what only a newer Python or another system needs is then checked by installing
there (`.ci/run` does so on every interpreter it finds).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OPTIONS = [
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
    "--no-emit-options",
    "--no-header",
    "--no-annotate",
    "--strip-extras",
    "--allow-unsafe",
]
ADDRESS = re.compile(r"^--|https?://|file://", re.MULTILINE)


def compile_lock(wanted: list[str], target: Path, what: str) -> None:
    """Resolve ``wanted`` and write ``target``."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "wanted.in"), Path(folder, "out.lock")
        source.write_text("\n".join(wanted) + "\n", encoding="utf-8")
        if target.exists():
            out.write_text(target.read_text(encoding="utf-8"), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "piptools",
            "compile",
            *OPTIONS,
            *sys.argv[1:],
            "-o",
            str(out),
            str(source),
        ]
        subprocess.run(command, check=True)
        text = out.read_text(encoding="utf-8")
    if found := ADDRESS.search(text):
        raise SystemExit(f"{target.name}: an address got in: {found.group()}")
    target.write_text(
        f"# {what}\n# Made by `make lock` from pyproject.toml; do not edit.\n{text}",
        encoding="utf-8",
    )
    print(f"{target.name}: {text.count('==')} packages, {text.count('--hash')} hashes")


def main() -> None:
    """Both lock files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups, extras = (
        project["dependency-groups"],
        project["project"].get("optional-dependencies", {}),
    )
    base = project["project"]["dependencies"] + groups["build"]
    everything = base + groups["dev"] + [need for extra in extras.values() for need in extra]
    compile_lock(base, ROOT / "requirements.lock", "What noonmark runs on, and what builds it.")
    compile_lock(
        everything,
        ROOT / "requirements-dev.lock",
        "The same, every extra, and the tools of its developers.",
    )


if __name__ == "__main__":
    main()
