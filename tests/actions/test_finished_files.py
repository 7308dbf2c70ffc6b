"""A file has its final name only when it is complete and checked."""

import pytest

from noonmark.actions.finished_files import finished


def test_a_file_gets_its_name_at_the_end_and_a_remainder_goes(tmp_path):
    (tmp_path / ".film.unchecked.mp4").write_bytes(b"of a crash")
    with finished(tmp_path / "film.mp4") as part:
        assert not part.exists()
        part.write_bytes(b"whole")
        assert not (tmp_path / "film.mp4").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_what_fails_its_check_leaves_nothing(tmp_path):
    with pytest.raises(ValueError, match="leaks"), finished(tmp_path / "film.mp4") as part:
        part.write_bytes(b"with a place")
        raise ValueError("leaks")
    assert list(tmp_path.iterdir()) == []
