"""Where a lock that is needed does not hold, no byte of a stranger's file is read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from noonmark.errors import InputError, OutsideError
from noonmark.sandbox import process, required_locks, surroundings
from tests.sandbox import withheld

_SHIM = str(Path(withheld.__file__))
_PROBE = """
import sys
from pathlib import Path
from noonmark.errors import NoonmarkError
from noonmark.sandbox import process
try:
    answer = process.run("selfcheck", payload={"misbehave": "strings"}, files=[Path(sys.argv[1])])
    print("answered", *answer.locks)
except NoonmarkError as error:
    print(error.code, error.message)
"""
_REFUSED = [name for name in withheld.LOCKS if name in required_locks.NEEDED["linux"]]


def _without(names, words, **environment):
    """What a Python that lacks some locks prints, errors and exit code too."""
    done = subprocess.run(
        [sys.executable, _SHIM, ",".join(names), sys.executable, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | environment,
    )
    if done.returncode == 77:
        pytest.skip("this machine has no filters of system calls to withhold a lock with")
    return done


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff\xd9")
    return path


def test_the_shim_withholds_nothing_that_it_was_not_asked_for(photo):
    done = _without(["none"], ["-c", _PROBE, str(photo)])
    assert done.stdout.startswith("answered")
    assert {"landlock", "seccomp", "memory"} <= set(done.stdout.split())


@pytest.mark.parametrize("name", _REFUSED)
def test_each_needed_lock_that_is_missing_alone_is_refused(name, photo):
    done = _without([name], ["-c", _PROBE, str(photo)])
    assert done.stdout.startswith("sandbox-locks-missing"), done.stdout + done.stderr
    assert done.stdout.strip().endswith(f"(the lock that does not hold: {name})")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the locks of Linux")
def test_each_lock_that_a_worker_closes_is_named_as_needed_or_extra(photo):
    answer = process.run("selfcheck", payload={"misbehave": "strings"}, files=[photo])
    named = {*required_locks.NEEDED["linux"], *required_locks.EXTRA["linux"]}
    assert set(required_locks.NEEDED["linux"]) <= set(answer.locks) <= named


def test_namespaces_are_extra_for_containers_forbid_them(photo):
    done = _without(["namespaces"], ["-c", _PROBE, str(photo)])
    assert done.stdout.startswith("answered") and "namespaces" not in done.stdout.split()


def test_the_doctor_fails_and_a_probe_refuses_without_namespaces_landlock_and_seccomp(photo):
    names = ["namespaces", "landlock", "seccomp"]
    doctor = _without(names, ["-m", "noonmark", "doctor", "--json"])
    assert doctor.returncode == 1
    found = json.loads(doctor.stdout)
    assert not found["ok"]
    failed = [check for check in found["checks"] if not check["ok"]]
    assert [check["code"] for check in failed] == ["sandbox-locks-missing"]
    assert "landlock, seccomp" in failed[0]["detail"]

    probe = _without(names, ["-m", "noonmark", "probe", str(photo), "--json"])
    assert probe.returncode == 3
    assert json.loads(probe.stdout)["code"] == "sandbox-locks-missing"


def test_the_override_is_explicit_and_said(photo):
    words = ["-c", _PROBE, str(photo)]
    named = {required_locks.VARIABLE: "landlock"}
    done = _without(["landlock"], words, **named)
    assert done.stdout.startswith("answered") and "landlock" not in done.stdout.split()
    assert "without the lock landlock" in done.stderr
    # it covers what it names, and no more
    assert _without(["landlock", "seccomp"], words, **named).stdout.startswith("sandbox-locks")


def test_the_doctor_is_not_well_with_an_override():
    named = {required_locks.VARIABLE: "landlock"}
    doctor = _without(["landlock"], ["-m", "noonmark", "doctor"], **named)
    assert doctor.returncode == 1 and "read another file" in doctor.stdout


def test_an_override_that_names_no_lock_is_refused(monkeypatch):
    monkeypatch.setenv(required_locks.VARIABLE, "landlok")
    with pytest.raises(InputError, match="'landlok'") as caught:
        process.run("selfcheck", payload={"misbehave": "strings"})
    assert caught.value.code == "no-such-lock"


def test_what_is_made_without_a_lock_says_so(monkeypatch):
    from noonmark.actions.case_items import means

    assert "without" not in means()
    name = required_locks.needed()[0]
    monkeypatch.setenv(required_locks.VARIABLE, name)
    assert means().endswith(f", without the lock {name}")


def test_a_mac_without_its_sandbox_is_refused(monkeypatch, photo):
    """As a Mac: only the limits and the program around the worker count, and that one is gone."""
    monkeypatch.setattr(surroundings, "_MACOS_SANDBOX", "/nowhere/sandbox-exec")
    needed = required_locks.NEEDED["darwin"]
    monkeypatch.setitem(required_locks.NEEDED, sys.platform, needed)
    with pytest.raises(OutsideError, match="does not hold: sandbox-exec") as caught:
        process.run("selfcheck", payload={"misbehave": "strings"}, files=[photo])
    assert caught.value.code == "sandbox-locks-missing"


def test_a_system_without_locks_opens_nothing(monkeypatch):
    monkeypatch.setitem(required_locks.NEEDED, sys.platform, ())
    with pytest.raises(OutsideError) as caught:
        process.run("selfcheck", payload={"misbehave": "strings"})
    assert caught.value.code == "sandbox-unsupported"
