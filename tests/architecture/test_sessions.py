"""The comparison of sessions: what it lets pass, and what not."""

from __future__ import annotations

import pytest

from tests.architecture.sessions import matches, parse


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("a\n...\nc", "a\nb\nb\nc"),
        ("  90 %    3.04 million km2", "  90 %    3.03 million km2"),
        ("  50 %          49,300 km2", "  50 %          49,900 km2"),
        ("0 sun_azimuth        9.9 sigma", "0 sun_azimuth       10.1 sigma"),
        ("at 2022-10-07T09:40:00Z", "at 2022-10-07T09:40:00Z"),
        ("azimuth      90.504 deg", "azimuth      90.504 deg"),
    ],
)
def test_what_says_the_same_passes(wanted, found):
    assert matches(wanted.splitlines(), found)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("a\n...\nc", "a\nb"),
        ("  90 %    3.04 million km2", "  90 %    3.24 million km2"),
        ("  90 %    3.04 million km2", "  99 %    3.04 million km2"),
        ("  50 %          49,300 km2", "  50 %          4,930 km2"),
        ("1900-04-28 to 1900-05-05, 22:34", "1900-04-28 to 1900-05-06, 22:34"),
        ("1900-04-28 to 1900-05-05, 22:34", "1900-04-28 to 1900-05-05, 22:35"),
        ("longitude -87.71", "longitude 87.71"),
        ("noonmark 0.1.0", "noonmark 0.1.1"),
    ],
)
def test_what_differs_does_not(wanted, found):
    assert not matches(wanted.splitlines(), found)


def test_a_session_is_read_line_by_line():
    steps = parse("# a story\n$ noonmark locate - < a.toml\nfound\n! note\n? 2\n$ ls")
    assert [(s.words, s.stdout, s.stderr, s.exit_code, s.feed) for s in steps] == [
        (["noonmark", "locate", "-"], ["found"], ["note"], 2, "a.toml"),
        (["ls"], [], [], 0, None),
    ]
