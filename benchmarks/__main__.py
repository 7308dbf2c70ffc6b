"""Run the benchmarks, one after the other, and say which failed.

python -m benchmarks            all of them (make bench)
python -m benchmarks sun cold   those whose name holds one of the words
python -m benchmarks --list     their names and first lines
"""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def found() -> dict[str, str]:
    """The name and the first line of every script that can be run by itself."""
    scripts = {}
    for path in sorted(HERE.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        if path.stem != "__main__" and 'if __name__ == "__main__"' in text:
            scripts[path.stem] = (ast.get_docstring(ast.parse(text)) or "").split("\n")[0]
    return scripts


def main(words: list[str]) -> int:
    """Run what the words choose; exit 1 if any failed."""
    scripts = found()
    if "--list" in words:
        for name, line in scripts.items():
            print(f"{name:<24}{line}")
        return 0
    chosen = [name for name in scripts if not words or any(word in name for word in words)]
    failed = []
    for name in chosen:
        print(f"\n=== {name}: {scripts[name]}", flush=True)
        began = time.monotonic()
        done = subprocess.run([sys.executable, HERE / f"{name}.py"], check=False, cwd=HERE.parent)
        print(
            f"--- {name}: {'done' if done.returncode == 0 else 'FAILED'} in "
            f"{time.monotonic() - began:.0f} s",
            flush=True,
        )
        failed += [name] if done.returncode else []
    print(
        f"\n{len(chosen) - len(failed)} passed, {len(failed)} failed"
        + (f": {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
