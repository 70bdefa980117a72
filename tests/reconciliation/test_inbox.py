"""Files that arrive: new, twice, corrected, held and late, alone and in archives."""

from pathlib import Path

from sqlalchemy import text

from config.database import Database
from reconciliation.errors import HeldBack
from reconciliation.inbox import Bringer, State, held_file
from reconciliation.inbox.preview import preview, take_bytes, take_previewed
from reconciliation.night import run_night
from tests.reconciliation import camt_xml as xml
from tests.reconciliation.delivered_files import (
    CLERK,
    FIRST,
    a_zip,
    bring,
    bring_one,
    day,
    deliveries_of,
    file_of,
    line,
    live_lines,
    statement,
)

CHANGED = statement(
    line("1.00", "R1"), line("5.00", "R2"), line("4.00", "R3"),
    number=1, opening="0", closing="10.00",
)  # fmt: skip


def test_a_statement_is_taken_with_its_references(city: Database, tmp_path: Path) -> None:
    found = bring_one(city, file_of(tmp_path, xml.document(FIRST)))

    assert (found.state, found.source) == (State.TAKEN, "camt")
    assert [(part.series, part.line_count, part.diff.new) for part in found.parts] == [
        ("bank:181000", 2, 2)
    ]
    assert live_lines(city) == [(100, "R1"), (200, "R2")]


def test_the_same_file_again_is_known_and_changes_nothing(city: Database, tmp_path: Path) -> None:
    path = file_of(tmp_path, xml.document(FIRST))
    bring(city, path)

    again = bring_one(city, path.rename(tmp_path / "again.xml"))

    assert again.state is State.KNOWN
    assert again.data is not None
    assert "first" in again.data
    assert len(live_lines(city)) == 2
    assert deliveries_of(city) == ["taken", "known"]


def test_the_same_statement_in_other_bytes_is_known_too(city: Database, tmp_path: Path) -> None:
    bring(city, file_of(tmp_path, xml.document(FIRST)))

    again = bring_one(city, file_of(tmp_path, xml.document(FIRST).replace(b"M-1", b"M-2")))

    assert again.state is State.KNOWN
    assert len(live_lines(city)) == 2


def test_another_content_under_the_same_identity_is_held(city: Database, tmp_path: Path) -> None:
    bring(city, file_of(tmp_path, xml.document(FIRST)))

    held = bring_one(city, file_of(tmp_path, xml.document(CHANGED)))

    assert (held.state, held.code) == (State.HELD, "held_back")
    assert isinstance(held.trouble, HeldBack)
    assert live_lines(city) == [(100, "R1"), (200, "R2")]


def test_a_named_version_replaces_the_first_as_a_whole(city: Database, tmp_path: Path) -> None:
    bring(city, file_of(tmp_path, xml.document(FIRST), "auszug.xml"))

    found = bring_one(city, file_of(tmp_path, xml.document(CHANGED), "auszug_v2.xml"))

    [part] = found.parts
    assert (found.state, part.version) == (State.CORRECTED, 2)
    assert (part.diff.changed, part.diff.new, part.diff.gone) == (1, 1, 0)
    assert [(one.before_cents, one.after_cents) for one in part.diff.changes] == [
        (200, 500),
        (None, 400),
    ]
    assert live_lines(city) == [(100, "R1"), (500, "R2"), (400, "R3")]
    with city.read_only() as session:
        assert (
            session.scalar(
                text("SELECT count(*) FROM bank_statement WHERE superseded_by IS NOT NULL")
            )
            == 1
        )


def test_what_a_correction_leaves_as_it_was_stays_booked_once(
    city: Database, tmp_path: Path
) -> None:
    bring(city, file_of(tmp_path, xml.document(FIRST), "auszug.xml"))
    run_night(city.transaction, day(20))
    with city.read_only() as session:
        before = session.execute(text("SELECT bank_line_id, entry_id FROM bank_match")).all()

    bring(city, file_of(tmp_path, xml.document(CHANGED), "auszug_v2.xml"))

    with city.read_only() as session:
        ended = session.scalars(
            text("SELECT bank_line_id FROM bank_line_ended WHERE reason = 'superseded'")
        ).all()
        live = set(session.scalars(text("SELECT id FROM live_bank_line")))
    assert {row.bank_line_id for row in before} - set(ended) == {before[0].bank_line_id}
    assert before[0].bank_line_id in live


def test_an_older_version_that_comes_late_changes_nothing(city: Database, tmp_path: Path) -> None:
    bring(city, file_of(tmp_path, xml.document(CHANGED), "auszug_v2.xml"))

    late = bring_one(city, file_of(tmp_path, xml.document(FIRST), "auszug.xml"))

    assert late.state is State.OUTDATED
    assert live_lines(city) == [(100, "R1"), (500, "R2"), (400, "R3")]


def test_a_person_releases_a_held_file_once(city: Database, tmp_path: Path) -> None:
    bring(city, file_of(tmp_path, xml.document(FIRST)))
    held = bring_one(city, file_of(tmp_path, xml.document(CHANGED)))
    right = Bringer("upload", "a clerk", is_correction=True, releases=held.id)

    with city.transaction() as session:
        name_and_content = held_file(session, held.id)
        assert name_and_content is not None
        [taken] = take_bytes(session, name_and_content[1], name_and_content[0], right)

    assert taken.state is State.CORRECTED
    assert live_lines(city) == [(100, "R1"), (500, "R2"), (400, "R3")]
    with city.transaction() as session:
        assert held_file(session, held.id) is None


def test_every_file_of_an_archive_is_a_delivery_of_its_own(city: Database, tmp_path: Path) -> None:
    second = statement(line("4.00", "R4"), number=2, opening="3.00", closing="7.00")
    archive = a_zip(
        tmp_path, ("a.xml", xml.document(FIRST)), ("b.xml", xml.document(second)),
        ("liesmich.txt", b"Guten Tag"),
    )  # fmt: skip

    found = bring(city, archive)

    assert [(one.name, one.archive, one.state) for one in found] == [
        ("a.xml", "auszuege.zip", State.TAKEN),
        ("b.xml", "auszuege.zip", State.TAKEN),
        ("liesmich.txt", "auszuege.zip", State.REFUSED),
    ]
    alone = file_of(tmp_path, xml.document(FIRST))
    assert bring_one(city, alone).state is State.KNOWN


def test_a_preview_books_nothing_and_what_was_seen_is_taken(city: Database, tmp_path: Path) -> None:
    path = file_of(tmp_path, xml.document(FIRST))
    with city.transaction() as session:
        seen = preview(session, path, "auszug.xml", "a clerk")
    assert seen.is_kept
    assert seen.found[0].parts[0].diff.new == 2
    assert (live_lines(city), deliveries_of(city)) == ([], [])

    with city.transaction() as session:
        taken = take_previewed(session, seen.sha256, CLERK)

    assert taken is not None
    assert [one.state for one in taken] == [State.TAKEN]
    assert len(live_lines(city)) == 2


def test_a_preview_of_another_content_shows_what_a_correction_would_change(
    city: Database, tmp_path: Path
) -> None:
    bring(city, file_of(tmp_path, xml.document(FIRST)))
    with city.transaction() as session:
        seen = preview(session, file_of(tmp_path, xml.document(CHANGED)), "a.xml", "a clerk")

    assert [one.state for one in seen.found] == [State.HELD]
    [right] = seen.as_correction
    assert (right.parts[0].diff.changed, right.parts[0].diff.new) == (1, 1)
    assert deliveries_of(city) == ["taken"]
