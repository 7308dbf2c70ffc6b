"""The lines of a calendar are the edges of the spans that are told."""

import numpy as np
import pytest

from noonmark.constants import DAY_S
from noonmark.report import calendar_chart
from noonmark.report.calendar_spans import span_field
from noonmark.values import unix_s, utc

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


def test_the_lines_of_a_level_are_the_edges_of_its_spans(make, monkeypatch) -> None:
    """They were drawn from the cells of the calendar, a quarter of an hour off and more."""
    drawn = {}

    def kept(layer, contour, lines):
        drawn[contour.level] = [np.asarray(line) for line in lines]

    plots = []
    plot_of = calendar_chart.plot_of

    def seen(*args, **options):
        plots.append(plot_of(*args, **options))
        return plots[-1]

    monkeypatch.setattr(calendar_chart, "_draw_contour", kept)
    monkeypatch.setattr(calendar_chart, "plot_of", seen)
    data = make("sharp")
    calendar_chart.draw_calendar(data)
    (plot,) = plots
    for region in data.regions:
        rows = np.concatenate(drawn[region.level])[:, 1]
        found_s = plot.hi_s - rows / plot.height_px * (plot.hi_s - plot.lo_s)
        told_s = region.instants % DAY_S
        shown = told_s[(told_s > plot.lo_s) & (told_s < plot.hi_s)]
        assert shown.size
        a_pixel_s = (plot.hi_s - plot.lo_s) / plot.height_px
        for edge_s in shown.ravel().tolist():
            assert np.abs(found_s - edge_s).min() <= a_pixel_s
