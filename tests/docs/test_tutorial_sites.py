"""The tutorial on sites: its commands, typed as they stand there, give what it prints."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from noonmark.cli.main import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tutorial-sites.md").read_text(encoding="utf-8")


def commands():
    """The lines that begin with a command, but what takes minutes."""
    for line in PAGE.splitlines():
        if line.startswith(("noonmark ", "python3 -I ")) and " propose " not in line:
            yield shlex.split(line)


def without_digests(text):
    return re.sub(r"-[0-9a-f]{8}", "", text)


@pytest.mark.slow
def test_the_commands_of_the_page_give_what_it_prints(tmp_path, monkeypatch, capsys):
    pytest.importorskip("rasterio", reason="the extra `sites` is not installed")
    from builders import made_site

    monkeypatch.chdir(tmp_path)
    made_site.write(Path("made-site"))
    said = ""
    for program, *words in commands():
        if program == "noonmark":
            assert main(words) == 0, words
        else:
            subprocess.run([sys.executable, *words], check=True, capture_output=True)
        said += capsys.readouterr().out
    blocks = re.findall(
        r"```(?:toml)?\n((?:annex removed|\[\[clue\]\]|2019|20201224).*?)```", PAGE, re.DOTALL
    )
    printed = [line for block in blocks for line in block.splitlines() if line != "..."]
    assert len(printed) > 8
    for line in printed:  # a file's digest is that of its writer's version
        assert without_digests(line) in without_digests(said), line
    report = Path("report/report.html").read_text(encoding="utf-8")
    assert "+800 to +2,400" in report
    assert Path("handed-over/verify.py").is_file()
