"""The public names: typed, documented, and the same for a type checker as at run time."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import noonmark
from noonmark import actions

WRONG = """
from noonmark import Place, actions, locate
actions.locate(3, sed="x")
locate(3.5)
actions.no_such_name()
"""
RIGHT = """
from pathlib import Path
from noonmark import Place, actions, check, locate, verify
answer = locate("clues.toml", seed=1)
check("clues.toml", Place(1.0, 2.0), radius_km=3.0)
verify(Path("bundle"))
actions.answer_json(answer)["modes"]
"""


def _typed_names(module) -> set[str]:
    """The names that the TYPE_CHECKING block of a module imports."""
    tree = ast.parse(inspect.getsource(module))
    block = next(
        node
        for node in tree.body
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
    )
    imported = [alias for node in block.body for alias in getattr(node, "names", ())]
    return {alias.asname or alias.name for alias in imported}


@pytest.mark.parametrize("module", [noonmark, actions], ids=lambda module: module.__name__)
def test_type_checkers_see_the_names_that_exist_at_run_time(module):
    assert _typed_names(module) == set(module._HOME)
    assert set(module.__all__) - {"actions"} == set(module._HOME)


@pytest.mark.parametrize("module", [noonmark, actions], ids=lambda module: module.__name__)
def test_every_public_name_can_be_imported_and_has_a_docstring(module):
    for name in module._HOME:
        found = getattr(module, name)
        if inspect.isclass(found) or inspect.isfunction(found):
            assert inspect.getdoc(found), name


def test_no_public_name_of_actions_is_the_name_of_one_of_its_modules():
    modules = {path.stem for path in Path(actions.__file__).parent.glob("*.py")}
    assert modules & set(actions._HOME) == set()


def test_an_unknown_name_is_an_attribute_error():
    for module in (noonmark, actions):
        with pytest.raises(AttributeError, match="no_such_name"):
            module.no_such_name  # noqa: B018


@pytest.mark.slow  # mypy reads the whole package: half a minute
def test_wrong_arguments_to_the_public_api_fail_under_strict_mypy(tmp_path):
    pytest.importorskip("mypy")
    (tmp_path / "wrong.py").write_text(WRONG, encoding="utf-8")
    (tmp_path / "right.py").write_text(RIGHT, encoding="utf-8")
    root = Path(noonmark.__file__).parents[2]
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        str(root / "pyproject.toml"),
    ]
    command += ["--cache-dir", str(tmp_path / "cache")]
    for name, expected in (("right.py", 0), ("wrong.py", 1)):
        done = subprocess.run(
            [*command, str(tmp_path / name)], cwd=root, capture_output=True, text=True, check=False
        )
        assert done.returncode == expected, done.stdout + done.stderr
    for said in ('"sed"', '"locate" has incompatible type "float"', '"no_such_name"'):
        assert said in done.stdout, done.stdout
