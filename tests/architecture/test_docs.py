"""The docs and the code say the same: every command, code, clue and schema, both ways."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from builders import options_page
from noonmark.cli.commands import COMMANDS
from tests.architecture import checks, sessions
from tests.architecture.checks import PACKAGE, ROOT, headings, package, tracked

DOCS = ROOT / "docs"
CLUES = ROOT / "src" / "noonmark" / "inference" / "clues"
PAGES = [path for path in tracked() if path.suffix == ".md"]


def _documented_codes() -> list[str]:
    return [
        code
        for page in sorted((DOCS / "codes").glob("*.md"))
        for code in headings(page.read_text(encoding="utf-8"))
    ]


def test_every_error_code_is_documented():
    raised = set().union(*(checks.error_codes(source) for source in package()))
    assert sorted(raised - set(_documented_codes())) == []


def test_every_documented_code_can_be_raised():
    # A code may be composed in a table; then it stands there as a whole word in quotes.
    text = "\n".join(source.text for source in package())
    assert [code for code in _documented_codes() if f'"{code}"' not in text] == []


def test_no_code_is_documented_twice():
    codes = _documented_codes()
    assert sorted({code for code in codes if codes.count(code) > 1}) == []


def test_the_index_of_codes_names_every_page():
    index = (DOCS / "codes.md").read_text(encoding="utf-8")
    assert [
        page.name
        for page in sorted((DOCS / "codes").glob("*.md"))
        if f"codes/{page.name}" not in index
    ] == []


def test_every_command_has_a_section_and_every_section_a_command():
    sections = headings((DOCS / "commands.md").read_text(encoding="utf-8"))
    assert sorted(sections) == sorted(command.name for command in COMMANDS)


def test_the_page_of_options_is_what_the_parsers_say():
    assert (DOCS / "options.md").read_text(encoding="utf-8") == options_page.page()


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_the_section_of_a_command_holds_an_example_of_it(command):
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    section = re.search(rf"^## `?{command}`?$(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert section and f"$ noonmark {command}" in sessions.fenced(section.group(1))


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("docs/commands.md", marks=pytest.mark.slow),
        pytest.param("docs/tutorial.md", marks=pytest.mark.slow),
        pytest.param("docs/tutorial-documents.md", marks=pytest.mark.slow),
        "README.md",
    ],
)
def test_the_examples_of_a_page_run_and_show_what_it_says(page, tmp_path, monkeypatch):
    where = shutil.copytree(PACKAGE / "examples", tmp_path / "examples")
    steps = sessions.parse(sessions.fenced((ROOT / page).read_text(encoding="utf-8")))
    assert steps
    sessions.play(steps, where, monkeypatch)


def test_the_pages_name_only_commands_and_verbs_that_exist():
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    commands = {command.name for command in COMMANDS} | {"COMMAND", "--help", "--version"}
    wrong = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        code = "\n".join(re.findall(r"`([^`\n]+)`", text) + re.findall(r"^\$ (.*)$", text, re.M))
        wrong += [
            f"{page.name}: noonmark {n}"
            for n in re.findall(r"^noonmark ([a-z][\w-]*)", code, re.M)
            if n not in commands
        ]
        wrong += [
            f"{page.name}: make {v}"
            for v in re.findall(r"^make ([a-z-]+)", code, re.M)
            if v not in verbs
        ]
    assert wrong == []


def test_the_pages_link_only_to_pages_that_exist():
    wrong = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                wrong.append(f"{page.relative_to(ROOT)}: {target}")
    assert wrong == []


@pytest.mark.parametrize("folder", [".", "decisions", "clues"])
def test_every_page_of_a_folder_is_named_in_its_index(folder):
    index = (DOCS / folder / "README.md").read_text(encoding="utf-8")
    pages = [page.name for page in sorted((DOCS / folder).glob("*.md")) if page.name != "README.md"]
    assert [name for name in pages if f"]({name}" not in index] == []


def test_every_kind_of_clue_has_its_page_and_every_page_its_kind():
    kinds = set()
    for path in CLUES.glob("*.py"):
        kinds |= set(
            re.findall(
                r'^\s+kind: ClassVar\[str\] = "([a-z_]+)"', path.read_text(encoding="utf-8"), re.M
            )
        )
    pages = {path.stem for path in (DOCS / "clues").glob("*.md")} - {"README"}
    assert kinds == pages


_FILE = re.compile(r"`((?:src|tests|benchmarks|builders|docs)/[\w./-]+\.\w+|\w+/[\w./-]+\.py)`")
# The decision on the layout lists the paths of before.
_OF_OLD = DOCS / "decisions" / "0015-packages-and-limits.md"


def test_every_file_named_in_the_docs_is_there():
    wrong = []
    for page in PAGES:
        for name in _FILE.findall(page.read_text(encoding="utf-8")):
            # Named from the top, from the page's folder, or from src/noonmark.
            places = (ROOT, page.parent, PACKAGE)
            if page != _OF_OLD and not any((place / name).exists() for place in places):
                wrong.append(f"{page.relative_to(ROOT)}: {name}")
    assert wrong == []


def test_every_package_stands_in_the_map_of_the_architecture():
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    packages = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    assert "inference" in packages
    assert [name for name in packages if f"`{name}/`" not in page] == []


def test_the_version_stands_at_the_head_of_the_changelog():
    import noonmark

    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert headings(changelog)[0].split()[0] in (noonmark.__version__, "Unreleased")


def test_every_extra_is_in_the_developers_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8").lower()
    needs = [need for extra in project.get("optional-dependencies", {}).values() for need in extra]
    names = [re.split(r"[<>=!~;\[ ]", need)[0].lower() for need in needs + project["dependencies"]]
    assert [name for name in names if f"\n{name}==" not in lock] == []


def test_a_missing_page_would_be_noticed(tmp_path: Path):
    page = tmp_path / "a.md"
    page.write_text("[x](b.md)", encoding="utf-8")
    assert not (page.parent / "b.md").exists()
