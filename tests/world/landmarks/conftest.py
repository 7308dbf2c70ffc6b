"""Small maps made by code, and a folder of maps made of them."""

from __future__ import annotations

import importlib
import os
from contextlib import ExitStack
from dataclasses import asdict

import pytest

pytest.importorskip("osmium", reason="the extra `world` is not installed")

from noonmark.sandbox import descriptors
from noonmark.sandbox.worker_end import WorkerAnswer
from noonmark.world.landmarks import raw_columns
from noonmark.world.landmarks.map_store import add_map
from tests.world.landmarks.made_maps import Town


def read_here(task, *, payload, files, outputs, limits, readable=()):
    """The task in this process: starting a locked one costs more than the reading."""
    module = importlib.import_module(f"noonmark.sandbox.tasks.{task}")
    before = os.dup(0)
    try:
        with ExitStack() as stack:
            fds = [stack.enter_context(descriptors.opened(path)) for path in files]
            fds += [stack.enter_context(descriptors.created(path)) for path in outputs]
            value = module.main(dict(payload) | {"limits": asdict(limits)}, fds)
    finally:
        os.dup2(before, 0)
        os.close(before)
    return WorkerAnswer(value, cpu_s=0.0, wall_s=0.0, peak_bytes=0, locks=())


@pytest.fixture(autouse=True)
def in_this_process(request, monkeypatch):
    """No locked process, but in a test that is marked for it."""
    if "locked" not in request.fixturenames:
        monkeypatch.setattr(raw_columns.process, "run", read_here)


@pytest.fixture
def locked():
    """For a test that reads in the locked process."""


@pytest.fixture(scope="session")
def town(tmp_path_factory):
    """A store with the map of a made town, and the town."""
    folder = tmp_path_factory.mktemp("maps")
    made = Town.random(seed=7)
    source = folder / "town.osm"
    source.write_text(made.xml(), encoding="utf-8")
    add_map(source, folder / "store")
    return folder / "store", made
