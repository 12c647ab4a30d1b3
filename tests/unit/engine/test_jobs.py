"""Which commands a new engine is given."""

from __future__ import annotations

from app.core.asking import Query
from app.core.changes import SetMarks
from app.core.messages import CancelJob, ChangeLibrary, PauseJob, Search, StartIndex
from app.engine.jobs import JobTable


def test_numbers_grow_and_are_never_used_twice() -> None:
    jobs = JobTable()
    ids = [jobs.new_id() for _ in range(5)]
    assert ids == sorted(set(ids))
    assert ids[0] > 0


def test_finishing_twice_is_harmless() -> None:
    jobs = JobTable()
    jobs.add(StartIndex(1), sent=True)
    assert jobs.finish(1)
    assert not jobs.finish(1)
    jobs.set_paused(1, True)
    jobs.set_cancelled(1)
    assert jobs.take_over() == ([], [])


def test_a_new_engine_gets_the_jobs_in_order_with_their_state() -> None:
    jobs = JobTable()
    jobs.add(StartIndex(1, (b"/a",)), sent=True)
    jobs.add(StartIndex(2, (b"/b",)), sent=True)
    jobs.add(Search(3, Query("x")), sent=True)
    jobs.set_paused(1, True)
    jobs.set_cancelled(2)
    again, given_up = jobs.take_over()
    assert again == [
        StartIndex(1, (b"/a",)),
        PauseJob(1),
        StartIndex(2, (b"/b",)),
        CancelJob(2),
        Search(3, Query("x")),
    ]
    assert given_up == []


def test_questions_are_given_up_after_two_lives_and_index_jobs_never() -> None:
    jobs = JobTable()
    jobs.add(StartIndex(1), sent=True)
    jobs.add(Search(2, Query("x")), sent=True)
    assert jobs.take_over() == ([StartIndex(1), Search(2, Query("x"))], [])
    for given_up in ([2], [], []):
        assert jobs.take_over() == ([StartIndex(1)], given_up)
    assert jobs.index_job_ids() == (1,)


def test_what_people_made_is_never_given_up() -> None:
    jobs = JobTable()
    command = ChangeLibrary(1, SetMarks((5,), favourite=True))
    jobs.add(command, sent=True)
    for _ in range(5):
        assert jobs.take_over() == ([command], [])
    assert jobs.finish(1)
    assert jobs.take_over() == ([], [])


def test_a_question_asked_before_the_first_life_has_two_lives_too() -> None:
    jobs = JobTable()
    jobs.add(Search(1, Query("x")), sent=False)
    assert [jobs.take_over()[1] for _ in range(3)] == [[], [], [1]]
