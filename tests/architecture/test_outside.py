"""What strangers meet: no machine path in the tree, nothing that identifies people, a bare install
that helps.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys

import pytest

from tests.architecture import checks
from tests.architecture.checks import PACKAGE, ROOT, tracked

HEAVY = (
    "numpy",
    "scipy",
    "matplotlib",
    "PIL",
    "erfa",
    "cryptography",
    "tifffile",
    "tzfpy",
    "unicodedata",
    "difflib",
)


def _text(path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_registry_and_no_machine_is_named_anywhere():
    # Third-party authorities may quote what they like; they are data.
    found = [
        leak
        for path in tracked()
        for leak in checks.leaks(str(path.relative_to(ROOT)), _text(path))
    ]
    assert found == []


def test_no_dependency_identifies_people():
    found = []
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        found += checks.forbidden_packages((ROOT / name).read_text(encoding="utf-8"))
    assert found == []


def test_no_schema_has_a_field_about_a_person():
    found = []
    for path in (PACKAGE / "schemas").glob("*.json"):
        keys = re.findall(r'"(\w+)"\s*:', path.read_text(encoding="utf-8"))
        found += [f"{path.name}: {key}" for key in keys if checks.names_a_person(key)]
    assert found == []


def _bare(code: str) -> subprocess.CompletedProcess[str]:
    # -S: no site-packages at all, as in an install without dependencies.
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); from noonmark.cli.main import "
        f"main; {code}"
    )
    return subprocess.run(
        [sys.executable, "-S", "-c", script],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_help_works_in_a_bare_install():
    done = _bare("sys.exit(main(['--help']))")
    assert done.returncode == 0, done.stderr
    assert "locate" in done.stdout or "sun" in done.stdout


@pytest.mark.parametrize(
    "name", ["errors", "values", "cli.main", "cli.commands", "cli.tell", "cli.parser", "actions"]
)
def test_the_command_line_starts_without_heavy_imports(name):
    done = _bare(
        f"import importlib; importlib.import_module('noonmark.{name}'); print([m for m in {HEAVY} "
        "if m in sys.modules])"
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_a_shadow_is_answered_and_drawn_without_scipy(tmp_path):
    """It takes a fifth of a second to load, an eighth of such an answer with all its files."""
    clue = ROOT / "src" / "noonmark" / "examples" / "shadow.toml"
    script = (
        "import sys; from noonmark.cli.main import main; "
        f"code = main(['locate', {str(clue)!r}, '--out', {str(tmp_path / 'out')!r}]); "
        "sys.exit(code or any(name.startswith('scipy') for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report.html").exists()


def test_help_takes_less_than_a_third_of_a_second():
    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "noonmark", "--help"], capture_output=True, check=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)

    assert min(once() for _ in range(3)) < 0.3


def test_a_missing_dependency_is_said_in_one_sentence():
    done = _bare("sys.exit(main(['sun', '0,0', '2020-01-01T00:00:00Z']))")
    assert done.returncode == 3
    assert re.match(r"noonmark: .*numpy", done.stderr)
    assert "Traceback" not in done.stderr
