"""The checks themselves: each takes source text and returns what breaks the plan, as sentences."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture import plan

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "noonmark"
_UNTRACKED = {
    ".git", ".venv", "__pycache__", "node_modules", "demo-out", "build", "dist", ".peers",
    ".hypothesis", ".pytest_cache", ".mypy_cache", ".ruff_cache",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One module: its dotted name inside the package (``geometry.sun``, ``__init__``), and its
    text.
    """

    name: str
    text: str

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The parsed module."""
        return ast.parse(self.text)

    @functools.cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every syntax node of the module, walked once for all rules."""
        return tuple(ast.walk(self.tree))

    @property
    def room(self) -> str:
        """The first part of the name: the room, or the ground module itself."""
        return self.name.partition(".")[0]

    def within(self, prefixes: Iterable[str]) -> bool:
        """Whether this module is one of ``prefixes`` or inside one."""
        return any(self.name == prefix or self.name.startswith(prefix + ".") for prefix in prefixes)


@functools.cache
def package() -> tuple[Source, ...]:
    """Every module of noonmark."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        found.append(Source(name, path.read_text(encoding="utf-8")))
    return tuple(found)


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository: what git knows, or what lies there where git is not."""
    try:
        done = subprocess.run(
            ["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:  # no git on this machine
        done = None
    if done is not None and done.returncode == 0 and done.stdout:
        return tuple(
            path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()
        )
    return tuple(
        p
        for p in sorted(ROOT.rglob("*"))
        if p.is_file() and not _UNTRACKED & set(p.relative_to(ROOT).parts)
    )


def imports(source: Source, *, late: bool = True) -> Iterator[tuple[str, int]]:
    """Each imported dotted name and its line; without ``late``, only what importing the module
    imports.
    """
    pending: list[ast.AST] = [source.tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ("." * node.level) + (node.module or "")
            yield from (
                (f"{base}.{alias.name}" if base else alias.name, node.lineno)
                for alias in node.names
            )
        elif not late and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        elif not late and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            pending += node.orelse
            continue
        pending += ast.iter_child_nodes(node)


def calls(source: Source) -> Iterator[tuple[str, int]]:
    """The dotted name of each call and its line."""
    for node in source.nodes:
        if isinstance(node, ast.Call) and (name := _dotted(node.func)):
            yield name, node.lineno


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := _dotted(node.value)):
        return f"{base}.{node.attr}"
    return ""


def stray_imports(source: Source) -> list[str]:
    """Imports that the plan does not allow, late ones included."""
    if source.room not in plan.MAY_IMPORT:
        return [f"{source.name}: there is no room {source.room!r} in the plan"]
    found = []
    for name, line in imports(source):
        if name.startswith("."):
            found.append(f"{source.name}:{line}: relative import {name}; write it in full")
            continue
        if not name.startswith("noonmark."):
            continue
        room = name.split(".")[1]
        if (
            room != source.room
            and room in plan.MAY_IMPORT
            and room not in plan.MAY_IMPORT[source.room]
        ):
            found.append(f"{source.name}:{line}: {source.room} may not import {room}")
    return found


def cycles(sources: Iterable[Source]) -> list[str]:
    """Circles among the imports that happen when modules are imported."""
    by_name = {source.name: source for source in sources}
    graph = {}
    for name, source in by_name.items():
        targets = {target for found, _ in imports(source) if (target := _module(found, by_name))}
        graph[name] = sorted(targets - {name})
    done: set[str] = set()
    found: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            found.append(" -> ".join((*path[path.index(name) :], name)))
        elif name not in done:
            for target in graph[name]:
                visit(target, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())
    return found


def _module(imported: str, by_name: dict[str, Source]) -> str | None:
    inner = imported.removeprefix("noonmark.") if imported.startswith("noonmark.") else ""
    while inner:
        if inner in by_name:
            return inner
        inner = inner.rpartition(".")[0]
    return None


def _is_of(name: str, modules: Iterable[str]) -> bool:
    return any(name == module or name.startswith(module + ".") for module in modules)


def stray_processes(source: Source) -> list[str]:
    """Processes started outside the sandbox."""
    if source.within((*plan.STARTS_PROCESSES, *plan.SANDBOXED)):
        return []
    found = [
        f"{source.name}:{line}: imports {name}"
        for name, line in imports(source)
        if _is_of(name, plan.PROCESS_MODULES)
    ]
    for name, line in calls(source):
        if name in plan.PROCESS_CALLS or name.startswith(plan.PROCESS_CALL_PREFIXES):
            found.append(f"{source.name}:{line}: calls {name}")
    return found


def stray_sockets(source: Source) -> list[str]:
    """The network reached from where the plan does not say so."""
    if source.within((*plan.OPENS_SOCKETS, *plan.SANDBOXED)):
        return []
    return [
        f"{source.name}:{line}: imports {name}"
        for name, line in imports(source)
        if _is_of(name, plan.SOCKET_MODULES)
    ]


def stray_clocks(source: Source) -> list[str]:
    """Readings of the clock outside values.py, and stopwatches in the pure rooms."""
    found = []
    if not source.within((*plan.READS_THE_CLOCK, *plan.SANDBOXED)):
        found += [
            f"{source.name}:{line}: calls {name}"
            for name, line in calls(source)
            if name in plan.CLOCK_CALLS
        ]
        found += [
            f"{source.name}:{line}: imports {name}"
            for name, line in imports(source)
            if name in plan.CLOCK_CALLS
        ]
    if source.within(plan.PURE):
        found += [
            f"{source.name}:{line}: imports {name}"
            for name, line in imports(source)
            if _is_of(name, ("time",))
        ]
    return found


def stray_decoders(source: Source) -> list[str]:
    """Decoders of hostile files imported where a stranger's bytes could reach them."""
    if source.within(plan.DECODES):
        return []
    return [
        f"{source.name}:{line}: imports {name}"
        for name, line in imports(source)
        if _is_of(name, plan.DECODER_MODULES)
    ]


def stray_prints(source: Source) -> list[str]:
    """Printing outside the one module that prints."""
    if source.within((*plan.PRINTS, *plan.SANDBOXED)):
        return []
    found = [
        f"{source.name}:{line}: calls {name}"
        for name, line in calls(source)
        if name in ("print", "pprint.pprint")
    ]
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and _dotted(node) in ("sys.stdout", "sys.stderr"):
            found.append(f"{source.name}:{node.lineno}: uses {_dotted(node)}")
    return found


def too_complex(source: Source) -> list[str]:
    """Modules, functions and lines beyond what a reader can hold."""
    found = []
    lines = source.text.splitlines()
    most = plan.LONGEST_ALONE if source.within(plan.STANDS_ALONE) else plan.LONGEST_MODULE
    if len(lines) > most:
        found.append(f"{source.name}: {len(lines)} lines, at most {most}")
    widest = plan.WIDEST_ALONE if source.within(plan.STANDS_ALONE) else plan.WIDEST_LINE
    found += [
        f"{source.name}:{number}: {len(line)} columns, at most {widest}"
        for number, line in enumerate(lines, 1)
        if len(line) > widest
    ]
    if source.within(plan.STANDS_ALONE):
        return found
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found += [f"{source.name}:{node.lineno}: {node.name}: {what}" for what in _excess(node)]
    return found


def _excess(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The limits that a function exceeds, each with its measure."""
    measured = (
        ((function.end_lineno or function.lineno) - function.lineno + 1, "lines", plan.MOST_LINES),
        (syntax_nodes(*function.body), "syntax nodes", plan.MOST_NODES),
        (branches(function), "branches", plan.MOST_BRANCHES),
    )
    return [f"{count} {what}, at most {most}" for count, what, most in measured if count > most]


def syntax_nodes(*trees: ast.AST) -> int:
    """How many syntax nodes some trees hold: a measure of size that packing lines can't change."""
    return sum(1 for tree in trees for _ in ast.walk(tree))


def branches(function: ast.AST) -> int:
    """How many ways a function can go: conditions, loops, handlers, operands of and/or."""
    count = 0
    for node in ast.walk(function):
        if isinstance(
            node,
            ast.If
            | ast.IfExp
            | ast.For
            | ast.AsyncFor
            | ast.While
            | ast.ExceptHandler
            | ast.match_case,
        ):
            count += 1
        elif isinstance(node, ast.BoolOp):
            count += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            count += len(node.ifs)
    return count


def nodes_a_line(sources: Iterable[Source]) -> float:
    """Syntax nodes over lines that are not blank: how densely some modules are written."""
    nodes = lines = 0
    for source in sources:
        nodes += len(source.nodes)
        lines += sum(1 for line in source.text.splitlines() if line.strip())
    return nodes / max(lines, 1)


_UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplemented")


def leaning(source: Source) -> list[str]:
    """What a module that must stand alone imports besides the standard library."""
    if not source.within(plan.STANDS_ALONE):
        return []
    strangers = [
        (n, line)
        for n, line in imports(source)
        if n.partition(".")[0] not in sys.stdlib_module_names
    ]
    return [f"{source.name}:{line}: imports {name}" for name, line in strangers]


def unfinished(source: Source) -> list[str]:
    """Marks of work left undone."""
    return [
        f"{source.name}:{i}: {line.strip()}"
        for i, line in enumerate(source.text.splitlines(), 1)
        if _UNFINISHED.search(line)
    ]


def undescribed(source: Source) -> list[str]:
    """Modules, and public classes and functions in them, without a docstring."""
    found = [] if ast.get_docstring(source.tree) else [f"{source.name}: no docstring"]
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in source.tree.body:
        if (
            isinstance(node, defined)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ):
            found.append(f"{source.name}:{node.lineno}: {node.name} has no docstring")
    return found


def error_codes(source: Source) -> set[str]:
    """Every error code that the module can raise or collect, as written there."""
    found = set()
    for node in source.nodes:
        # The code of a finding on footage is no error's.
        if not isinstance(node, ast.Call) or _dotted(node.func).rpartition(".")[2] == "Finding":
            continue
        values = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
        if _dotted(node.func).rpartition(".")[2] == "Problem":
            values += node.args[:1]
        for value in values:
            found |= {part.value for part in _literals(value)}
    return found


def _literals(node: ast.AST) -> Iterator[ast.Constant]:
    # A conditional expression holds two codes; a call inside it holds arguments that are none.
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def headings(text: str, level: int = 2) -> list[str]:
    """The texts of a Markdown page's headings of one level, outside code fences."""
    found, fenced = [], False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced and line.startswith("#" * level + " "):
            found.append(line[level + 1 :].strip().strip("`"))
    return found


def field_names(source: Source) -> Iterator[tuple[str, int]]:
    """Names that hold data: annotated fields, parameters, and string keys of literal dicts."""
    for node in source.nodes:
        if isinstance(node, ast.AnnAssign) and (name := _dotted(node.target)):
            yield name.rpartition(".")[2], node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Dict):
            for key in node.keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, key.lineno


def names_a_person(name: str) -> bool:
    """Whether a name is, or has among its words, one of the forbidden."""
    words = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().replace("-", "_")
    return any(re.search(rf"(?:^|_){word}(?:_|$)", words) for word in plan.FORBIDDEN_WORDS)


def person_fields(source: Source) -> list[str]:
    """Fields that would hold something about a person."""
    return [
        f"{source.name}:{line}: a field named {name!r}"
        for name, line in field_names(source)
        if names_a_person(name)
    ]


def forbidden_packages(text: str) -> list[str]:
    """Packages of a requirement list or lock that identify people."""
    found = []
    for line in text.splitlines():
        name = re.match(r"[\s\"']*([A-Za-z0-9._-]+)", line)
        if name and re.sub(r"[-_.]+", "-", name.group(1)).lower() in {
            p.replace("_", "-") for p in plan.FORBIDDEN_PACKAGES
        }:
            found.append(f"a forbidden package: {name.group(1)}")
    return found


# Written in halves, so that this file does not accuse itself.
_ADDRESSES = re.compile(
    "|".join(
        [
            "pypi" + r"\.org",
            "python" + "hosted",
            "registry" + r"\.npmjs",
            "deb" + r"\.debian",
            "pypi" + "-more",
        ]
    )
)
_MACHINE = re.compile(
    r"(?<![\w./-])/(?:"
    + "|".join(
        [
            "wo" + "rk",
            "ro" + "ot",
            "ho" + r"me/\w+",
            "Us" + r"ers/\w+",
            "opt/" + "wheels",
            "tmp/" + "brief",
        ]
    )
    + r")(?:/|\b)"
)


def leaks(name: str, text: str) -> list[str]:
    """Addresses of package registries and paths of a machine in a text."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        for pattern in (_ADDRESSES, _MACHINE):
            if hit := pattern.search(line):
                found.append(f"{name}:{number}: {hit.group()}")
    return found
