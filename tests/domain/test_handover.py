"""A hand-over request: how long it stands, whom it speaks of, and when asking again is nothing new."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.handover import LIFE, PAUSE, Request, Stage, answerable, asked, came_to, pending
from tests.domain.build import NOW

MOMENT = timedelta(microseconds=1)
OFFERED = Request("r", "contact", "bo", "T", Stage.OFFERED, NOW)
ASKED = replace(OFFERED, stage=Stage.ASKED)


def test_a_first_request() -> None:
    assert asked(None, "r", "contact", "bo", "T", NOW) == ASKED


def test_an_offer_that_is_taken_stays_the_same_request() -> None:
    later = NOW + timedelta(hours=1)
    assert asked(OFFERED, "new", "contact", "bo", "T", later) == replace(ASKED, at=later)


@pytest.mark.parametrize("known", [ASKED, came_to(ASKED, Stage.DECLINED, NOW, "ana")])
def test_asking_again_changes_nothing(known: Request) -> None:
    assert pending(known, "T", NOW + PAUSE - MOMENT)
    assert asked(known, "new", "contact", "bo", "T", NOW + PAUSE - MOMENT) is known


@pytest.mark.parametrize(
    ("known", "now", "thread"),
    [
        (ASKED, NOW + LIFE, "T"),
        (OFFERED, NOW + LIFE, "T"),
        (came_to(ASKED, Stage.DECLINED, NOW), NOW + PAUSE, "T"),
        (came_to(ASKED, Stage.FREED, NOW), NOW, "T"),
        (came_to(ASKED, Stage.AGREED, NOW), NOW, "T"),
        (ASKED, NOW, "U"),
        (came_to(ASKED, Stage.DECLINED, NOW), NOW, "U"),
    ],
)
def test_when_it_is_a_new_request(known: Request, now: datetime, thread: str) -> None:
    assert not pending(known, thread, now)
    assert asked(known, "new", "contact", "bo", thread, now) == Request(
        "new", "contact", "bo", thread, Stage.ASKED, now
    )


@pytest.mark.parametrize("stage", Stage)
def test_only_what_waits_expires(stage: Stage) -> None:
    request = replace(OFFERED, stage=stage)
    assert request.stage_at(NOW + LIFE - MOMENT) is stage
    over = {Stage.OFFERED: Stage.MISSED, Stage.ASKED: Stage.EXPIRED}
    assert request.stage_at(NOW + LIFE) is over.get(stage, stage)


def test_an_answer_counts_while_it_is_asked_for_this_very_thread() -> None:
    assert answerable(ASKED, "T", NOW + LIFE - MOMENT)
    assert not answerable(ASKED, "T", NOW + LIFE)
    assert not answerable(ASKED, "U", NOW)
    assert not answerable(OFFERED, "T", NOW)
    assert not answerable(came_to(ASKED, Stage.DECLINED, NOW), "T", NOW)


def test_who_decided_is_kept() -> None:
    assert came_to(ASKED, Stage.AGREED, NOW + LIFE, "ana") == replace(
        ASKED, stage=Stage.AGREED, at=NOW + LIFE, by="ana"
    )
