"""What ``noonmark sun`` prints: each time with the clock that tells it, and its day."""

from __future__ import annotations

from noonmark.cli.main import main


def _printed(capsys, *words: str) -> list[str]:
    """The lines that ``noonmark sun`` prints."""
    assert main(["sun", *words]) == 0
    return capsys.readouterr().out.splitlines()


def _line(lines: list[str], event: str) -> str:
    (found,) = (line for line in lines if line.startswith(event))
    return " ".join(found.split())


def test_a_time_of_another_date_says_so(capsys):
    """Tonga is 13 hours ahead: the sunrise of the 2nd is on the 1st of UTC."""
    lines = _printed(capsys, "-21.1,-175.2", "2026-12-02", "--day")
    assert lines[0] == "2026-12-02 on the clocks of Pacific/Tongatapu"
    sunrise = "sunrise 2026-12-01 16:50:21 UTC 05:50:21 Pacific/Tongatapu azimuth"
    assert _line(lines, "sunrise").startswith(sunrise)
    sunset = "sunset 06:09:47 UTC 19:09:47 Pacific/Tongatapu azimuth"
    assert _line(lines, "sunset").startswith(sunset)
    assert len({line.index("azimuth") for line in lines[1:-2]}) == 1


def test_two_clocks_of_one_place_may_be_on_two_dates(capsys):
    lines = _printed(capsys, "43.8,87.6", "2026-12-02", "--day")
    both = "01:58:42 Asia/Shanghai 2026-12-01 23:58:42 Asia/Urumqi azimuth"
    assert both in _line(lines, "midnight")


def test_before_a_first_rule_and_at_sea_the_clock_is_named_in_words(capsys):
    """It was called Etc/GMT+4, beside an offset of minus 4 h 12 min."""
    before = _printed(capsys, "10,-63", "1850-11-13T07:35")
    assert before[-1] == "local      1850-11-13T07:35:00-04:12  mean time of the place"
    day = _printed(capsys, "10,-63", "1850-11-13", "--day")
    assert day[0] == "1850-11-13 by mean time of the place"
    assert _printed(capsys, "0,-140", "2020-03-01T20:00Z")[-1].endswith("-09:00  UTC\u22129 at sea")
