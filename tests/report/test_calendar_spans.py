"""The lines of a calendar are the edges of the spans that are told."""

import numpy as np
import pytest

from noonmark.actions.answer_forms import answer_json, report_data_of
from noonmark.actions.answers import locate
from noonmark.constants import DAY_S
from noonmark.inference.instants import united
from noonmark.report import calendar_chart
from noonmark.report.calendar_spans import span_field
from noonmark.values import from_unix_s, unix_s, utc

MONDAY_S = unix_s(utc("2024-05-06T00:00:00Z"))
STARTS_H = [24.0 * day + at for day in (0, 2) for at in (8.0, 11.0)]
TWO_A_DAY = MONDAY_S + 3600.0 * np.array([[start, start + 0.25] for start in STARTS_H])


def test_a_field_holds_the_spans_and_nothing_between_them() -> None:
    dates_s = MONDAY_S + np.arange(0.0, 3.0, 0.25) * DAY_S
    tod_s = np.arange(60.0, DAY_S, 120.0)
    field = span_field(TWO_A_DAY, dates_s, tod_s)
    assert field.shape == (720, 12)
    hours = field.sum(axis=0) * 120.0 / 3600.0
    assert hours == pytest.approx([0.5] * 4 + [0.0] * 4 + [0.5] * 4, abs=0.07)
    at_ten = field[np.searchsorted(tod_s, 10.0 * 3600.0)]
    assert not at_ten.any()


def drawn_lines(data, monkeypatch):
    """The vertices (n, 2) [px of the box] of the lines of each level, and the box."""
    drawn, plots = {}, []
    plot_of = calendar_chart.plot_of

    def kept(layer, contour, lines):
        drawn[contour.level] = np.concatenate([np.asarray(line) for line in lines])

    def seen(*args, **options):
        plots.append(plot_of(*args, **options))
        return plots[-1]

    monkeypatch.setattr(calendar_chart, "_draw_contour", kept)
    monkeypatch.setattr(calendar_chart, "plot_of", seen)
    calendar_chart.draw_calendar(data)
    return drawn, plots[0]


def clock_of(plot, rows):
    return plot.hi_s - rows / plot.height_px * (plot.hi_s - plot.lo_s)


def test_the_lines_of_a_level_are_the_edges_of_its_spans(make, monkeypatch) -> None:
    """They were drawn from the cells of the calendar, a quarter of an hour off and more."""
    data = make("sharp")
    drawn, plot = drawn_lines(data, monkeypatch)
    for region in data.regions:
        found_s = clock_of(plot, drawn[region.level][:, 1])
        told_s = region.instants % DAY_S
        shown = told_s[(told_s > plot.lo_s) & (told_s < plot.hi_s)]
        assert shown.size
        a_pixel_s = (plot.hi_s - plot.lo_s) / plot.height_px
        for edge_s in shown.ravel().tolist():
            assert np.abs(found_s - edge_s).min() <= a_pixel_s


WINDOWS = {
    "all years together": ("2013-01-01T00:00:00Z", 5),
    "rows of two dates": ("2017-01-01T00:00:00Z", 0),
}


@pytest.mark.parametrize("name", WINDOWS)
def test_lines_of_many_dates_are_the_edges_of_the_spans_in_the_json(name, monkeypatch) -> None:
    """They came from cells of two dates, or of a date in all years."""
    start, skipped = WINDOWS[name]
    area = {"lat_deg": 48.2, "lon_deg": 16.4, "radius_km": 1.0}
    prior = {"not_before": start, "not_after": "2018-12-31T00:00:00Z", "area": area}
    sun = {"kind": "sun_elevation", "elevation_deg": 40.0, "sigma_deg": 0.5}
    answer = locate({"clue": [sun], "prior": prior})
    drawn, plot = drawn_lines(report_data_of(answer, command=""), monkeypatch)
    a_pixel_s = (plot.hi_s - plot.lo_s) / plot.height_px
    for level, region in answer_json(answer)["credible"].items():
        x, rows = drawn[float(level)].T
        for column in range(5, plot.width_px, 97):
            share = (column + 0.5) / plot.width_px
            date = from_unix_s(plot.start_s + share * (plot.end_s - plot.start_s)).date()
            told = [
                [unix_s(utc(end)) % DAY_S for end in span]
                for span in region["utc"]
                if span[0][skipped:10] == date.isoformat()[skipped:]
            ]
            found_s = np.sort(clock_of(plot, rows[x == column + 0.5]))
            held = united(np.array(told).reshape(-1, 2))
            edges_s = held.ravel()
            assert (found_s.size > 0) == (edges_s.size > 0), (level, date)
            length = np.diff(found_s.reshape(-1, 2)).sum()
            assert length == pytest.approx(np.diff(held).sum(), abs=2.1 * a_pixel_s * len(held))
            for at_s in found_s.tolist():
                assert np.abs(edges_s - at_s).min() <= a_pixel_s
