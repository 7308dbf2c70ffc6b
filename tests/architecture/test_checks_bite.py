"""Each check fails on a planted violation, and passes the honest twin beside it."""

from __future__ import annotations

import pytest

from tests.architecture import checks
from tests.architecture.checks import Source

PLANTED = [
    (
        checks.stray_imports,
        "inference.sky",
        "from noonmark.world import zones",
        "from noonmark.geometry import sun",
    ),
    (
        checks.stray_imports,
        "inference.sky",
        "def f():\n    import noonmark.evidence.log",
        "import math",
    ),
    (
        checks.stray_imports,
        "cli.sun_cmd",
        "from noonmark.geometry.sun import sun_enu",
        "from noonmark import actions",
    ),
    (
        checks.stray_imports,
        "media.probe",
        "from . import sandbox",
        "from noonmark.sandbox import process",
    ),
    (
        checks.stray_imports,
        "evidence.log",
        "from noonmark.questions import marks",
        "from noonmark.values import now",
    ),
    (checks.stray_imports, "cellar.rats", "import math", None),
    (checks.stray_processes, "evidence.seal", "import subprocess", "import hashlib"),
    (
        checks.stray_processes,
        "actions.media",
        "import os\nos.system('ls')",
        "import os\nos.getpid()",
    ),
    (
        checks.stray_processes,
        "actions.media",
        "import os\nos.execv('a', ['a'])",
        "import os\nos.stat('a')",
    ),
    (
        checks.stray_processes,
        "actions.x",
        "from concurrent.futures import ProcessPoolExecutor",
        "from collections import abc",
    ),
    (checks.stray_sockets, "world.zones", "import urllib.request", "import urllib.parse"),
    (checks.stray_sockets, "report.page", "def f():\n    from http import client", "import html"),
    (
        checks.stray_clocks,
        "questions.words",
        "from datetime import datetime\ndatetime.now()",
        "from noonmark.values import now\nnow()",
    ),
    (
        checks.stray_clocks,
        "questions.words",
        "import time\ntime.time()",
        "import time\ntime.monotonic()",
    ),
    (checks.stray_clocks, "questions.words", "from time import time", "from time import sleep"),
    (checks.stray_clocks, "inference.grid", "import time\ntime.monotonic()", "import math"),
    (
        checks.stray_decoders,
        "actions.media",
        "def f():\n    from PIL import Image",
        "from noonmark.sandbox import process",
    ),
    (checks.stray_prints, "actions.answer", "print('hello')", "str('hello')"),
    (
        checks.stray_prints,
        "actions.answer",
        "import sys\nsys.stderr.write('x')",
        "import sys\nsys.stdin.read()",
    ),
    (
        checks.too_complex,
        "actions.answer",
        "def f():\n" + "    x = 1\n" * 60,
        "def f():\n" + "    x = 1\n" * 59,
    ),
    (checks.too_complex, "actions.answer", "x = 1\n" * 401, "x = 1\n" * 400),
    (checks.too_complex, "actions.answer", "x = 1" + "0" * 96, "x = 1" + "0" * 95),
    (
        checks.too_complex,
        "actions.answer",
        "def f(a):\n    return " + " + ".join(["a"] * 120),
        "def f(a):\n    return " + " + ".join(["a"] * 20),
    ),
    (
        checks.too_complex,
        "actions.answer",
        "def f(a):\n    return " + " and ".join(["a"] * 14),
        "def f(a):\n    return " + " and ".join(["a"] * 13),
    ),
    (checks.too_complex, "evidence.verify", "x = 1\n" * 451, "def f(a):\n" + "    if a: a\n" * 60),
    (checks.leaning, "evidence.verify", "import numpy", "import hashlib"),
    (
        checks.leaning,
        "evidence.verify",
        "from noonmark.errors import Problem",
        "from hashlib import sha256",
    ),
    (
        checks.unfinished,
        "actions.answer",
        "raise NotImple" + "mentedError",
        "except ValueError: pass".replace("except", "try: pass\nexcept"),
    ),
    (checks.unfinished, "actions.answer", "# TO" + "DO: the rest", "# done"),
    (
        checks.undescribed,
        "actions.answer",
        '"""A."""\ndef f():\n    return 1',
        '"""A."""\ndef f():\n    """One."""',
    ),
    (
        checks.undescribed,
        "actions.answer",
        '"""A."""\nclass C: ...',
        '"""A."""\nclass C:\n    """C."""\ndef _f(): ...',
    ),
    (
        checks.person_fields,
        "questions.words",
        "class A:\n    person_name: str",
        "class A:\n    source_note: str",
    ),
    (checks.person_fields, "media.redact", "def f(face_embedding): ...", "def f(face_box_px): ..."),
    (checks.person_fields, "questions.words", "x = {'gender': 1}", "x = {'engender': 1}"),
]


@pytest.mark.parametrize(
    ("check", "name", "bad", "good"), PLANTED, ids=lambda v: getattr(v, "__name__", "")[:20]
)
def test_a_planted_violation_is_found_and_its_honest_twin_passes(check, name, bad, good):
    assert check(Source(name, bad))
    if good is not None:
        assert check(Source(name, good)) == []


@pytest.mark.parametrize(
    "check",
    [checks.stray_processes, checks.stray_clocks, checks.stray_prints, checks.stray_sockets],
)
def test_the_places_that_may_are_let_through(check):
    text = "import subprocess, socket, time\ntime.time()\nprint(1)"
    allowed = {
        "stray_processes": "sandbox.process",
        "stray_clocks": "values",
        "stray_prints": "cli.tell",
        "stray_sockets": "evidence.timestamps.server",
    }
    assert check(Source(allowed[check.__name__], text)) == []
    assert check(Source("actions.media", text))


def test_a_circle_is_found_whatever_kind_of_import_closes_it():
    one = Source("questions.one", "from noonmark.questions import two")
    two = Source("questions.two", "from noonmark.questions.one import x")
    late = Source("questions.two", "def f():\n    from noonmark.questions.one import x")
    typed = Source(
        "questions.two",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from noonmark.questions.one "
        "import x",
    )
    assert checks.cycles([one, two]) == ["questions.one -> questions.two -> questions.one"]
    assert checks.cycles([one, late])
    assert checks.cycles([one, typed])


def test_codes_are_found_however_they_are_written():
    text = (
        'raise InputError("x", code="a-b")\np = Problem("c-d", "w", "e", "f")\nraise E("x", '
        'code="e" if y else "f")'
    )
    assert checks.error_codes(Source("x", text)) == {"a-b", "c-d", "e", "f"}


def test_headings_inside_a_fence_are_not_headings():
    assert checks.headings("## `one`\n```\n## two\n```\n## three\n### four") == ["one", "three"]


def test_a_forbidden_package_is_found_in_any_spelling():
    assert checks.forbidden_packages('  "face_recognition>=1",')
    assert checks.forbidden_packages("Face.Recognition==1.3 \\")
    assert checks.forbidden_packages("numpy==2.0\npillow==1") == []


@pytest.mark.parametrize(
    "planted",
    [
        "see " + "/ro" + "ot/x",
        "cd /wo" + "rk/main",
        "https://pypi" + ".org/simple",
        "files.python" + "hosted.org",
        "/ho" + "me/anna/x",
    ],
)
def test_an_address_or_a_machine_path_is_found(planted):
    assert checks.leaks("a.md", planted)


@pytest.mark.parametrize(
    "honest",
    [
        "the root/leaf of the tree",
        "../shared/data/root",
        "https://example.org/work/x",
        "and/or work/life",
    ],
)
def test_honest_words_leak_nothing(honest):
    assert checks.leaks("a.md", honest) == []
