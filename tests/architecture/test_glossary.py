"""One word, one thing: the glossary's classes exist, and no two public classes share a name."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable

from tests.architecture.checks import ROOT, Source, package

GLOSSARY = ROOT / "docs" / "glossary.md"
SECTION = "## Classes of the code"


def public_classes(sources: Iterable[Source]) -> dict[str, set[str]]:
    """The modules that define each public class name."""
    found = defaultdict(set)
    for source in sources:
        for node in source.nodes:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].add(source.name)
    return dict(found)


def named_classes(glossary: str) -> list[str]:
    """The class names in the first column of the glossary's table of classes."""
    rows = glossary.partition(SECTION)[2].partition("\n## ")[0]
    first_cells = re.findall(r"^\| (.*?) \|", rows, re.M)
    return [name for cell in first_cells for name in re.findall(r"`([A-Z]\w+)`", cell)]


def shared(classes: dict[str, set[str]]) -> set[str]:
    """Names that more than one module gives to a class."""
    return {name for name, modules in classes.items() if len(modules) > 1}


def test_every_class_of_the_glossary_exists():
    named = named_classes(GLOSSARY.read_text(encoding="utf-8"))
    defined = public_classes(package())
    assert len(named) > 80
    assert [name for name in named if name not in defined] == []


def test_no_class_stands_twice_in_the_glossary():
    named = named_classes(GLOSSARY.read_text(encoding="utf-8"))
    assert sorted({name for name in named if named.count(name) > 1}) == []


def test_no_two_public_classes_share_a_name():
    assert shared(public_classes(package())) == set()


def test_a_shared_name_is_noticed():
    planted = [Source("media.a", "class Kept: ...\n"), Source("evidence.b", "class Kept: ...\n")]
    assert shared(public_classes(planted)) == {"Kept"}


def test_a_class_that_is_gone_is_noticed():
    page = (
        f"{SECTION}\n\n| class | meaning |\n|---|---|\n| `Gone`, `Place` | x |\n\n## More\n`No`\n"
    )
    assert named_classes(page) == ["Gone", "Place"]
