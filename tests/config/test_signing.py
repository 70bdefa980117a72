"""The keys of guest codes: made once, kept from others, renewed without losing a code."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.settings import Settings
from config.signing import FILE, SigningKeyTrouble, add_key, key_ring
from terminals.qr.keys import public_text, with_new_key
from terminals.qr.tokens import read, sign
from tests.terminals.qr.codes import NOW, a_card_code


def test_a_ring_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "state")
    first, again = key_ring(settings), key_ring(settings)
    assert public_text(first.public[1]) == public_text(again.public[1])
    file = settings.state_dir / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(settings.state_dir.iterdir()) == [file]


def test_processes_that_start_together_have_one_ring(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(key_ring, [settings] * 8))
    assert len({public_text(ring.public[1]) for ring in rings}) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / FILE]


def test_the_environment_goes_first_and_leaves_no_file(tmp_path: Path) -> None:
    text = with_new_key(with_new_key()).replace("\n", ",")
    settings = Settings.from_environment(
        {"STADTKASSE_STATE": str(tmp_path), "STADTKASSE_SIGNING_KEY": text}
    )
    assert key_ring(settings).signing.id == 2
    assert list(tmp_path.iterdir()) == []
    assert text.split()[1][:20] not in repr(settings)
    with pytest.raises(SigningKeyTrouble, match="STADTKASSE_SIGNING_KEY"):
        add_key(settings)


def test_a_new_key_signs_and_the_old_one_is_still_known(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    old = sign(a_card_code(), key_ring(settings).signing, now=NOW)
    renewed = add_key(settings)
    assert renewed.signing.id == 2
    assert read(old, key_ring(settings).public, NOW) == a_card_code()
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "\n", "1 short", "no ring at all", "\x00"])
def test_a_ring_that_was_damaged_is_not_made_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    for act in (key_ring, add_key):
        with pytest.raises(SigningKeyTrouble, match=FILE):
            act(Settings(tmp_path))
    assert (tmp_path / FILE).read_text() == text
