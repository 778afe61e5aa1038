"""What a node that starts again knows of the wire: the names of its calls, and which Kamailio had them."""

from pathlib import Path
from uuid import UUID

from smartswitch.switch.calls.dialog_journal import FILE_NAME, DialogJournal, WireNames
from smartswitch.switch.calls.live_call import Dialog
from smartswitch.switch.planning.call_plan import Question, TargetName

CALL_ID = UUID(int=7)
QUESTION = Question(1, 2, "one@caller", 3)
DIALOG = Dialog(4, 5, "one@caller")
TARGETS = (TargetName("t1", 7, 70), TargetName("u1", 8, None))


def test_the_next_life_knows_what_this_one_noted(tmp_path: Path) -> None:
    with DialogJournal(tmp_path) as journal:
        journal.note_instance("k:1", "first")
        journal.note_question(CALL_ID, "k:1", QUESTION, TARGETS)
        journal.note_dialog(CALL_ID, "k:1", DIALOG)
        journal.note_instance("k:1", "second")
    with (tmp_path / FILE_NAME).open("ab") as file:
        file.write(b'["kamailio","k:1"')
    with DialogJournal(tmp_path) as journal:
        assert journal.names == {CALL_ID: WireNames("k:1", QUESTION, DIALOG, TARGETS)}
        assert journal.instances == {"k:1": "second"}
        journal.begin_anew(journal.names.items())
    with DialogJournal(tmp_path) as journal:
        assert journal.names == {CALL_ID: WireNames("k:1", QUESTION, DIALOG, TARGETS)}
        journal.begin_anew([])
    with DialogJournal(tmp_path) as journal:
        assert journal.names == {}
        assert journal.instances == {"k:1": "second"}
