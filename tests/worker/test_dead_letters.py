"""When a card or template is laid aside, and what the log lines tell of each delivery."""

import logging

import pytest

from bot.domain.events import Delayed, Rejected, Uncertain
from bot.ports import Outcome, TryLater, Unknown
from bot.teams.outcomes import GONE
from bot.worker import DEAD_AFTER, SCHEDULE, report
from tests.worker.build import START, Office, Outside, hired, job, run


@pytest.mark.parametrize("kind", ["card", "template"])
@pytest.mark.parametrize("outcome", [TryLater("500"), TryLater("card not drawn"), Unknown("timeout")])
def test_what_was_tried_too_often_is_laid_aside(kind: str, outcome: Outcome) -> None:
    last = report(job(kind=kind, tries=DEAD_AFTER - 1), outcome, START, "e", 0.5)
    assert isinstance(last, Delayed)
    dead = report(job(kind=kind, tries=DEAD_AFTER), outcome, START, "e", 0.5)
    assert isinstance(dead, Rejected) and dead.code == getattr(outcome, "code", None)


@pytest.mark.parametrize(
    "outcome",
    [
        TryLater("403 BotNotInConversationRoster", GONE),
        TryLater("404 ConversationNotFound"),
        TryLater("not installed", GONE),
        TryLater("401 BotNotRegistered"),
        TryLater("no token: invalid_client"),
        TryLater("429", SCHEDULE[0]),
    ],
)
def test_what_is_not_the_cards_fault_waits(outcome: Outcome) -> None:
    assert isinstance(report(job(kind="card", tries=1000), outcome, START, "e", 0.5), Delayed)


def test_what_a_person_wrote_is_never_laid_aside() -> None:
    assert isinstance(report(job(tries=1000), TryLater("-1"), START, "e", 0.5), Delayed)
    assert isinstance(report(job(tries=1000), Unknown("timeout"), START, "e", 0.5), Uncertain)


def test_a_dead_letter_is_half_a_day_old() -> None:
    waits = [SCHEDULE[min(tries, len(SCHEDULE) - 1)] for tries in range(DEAD_AFTER)]
    assert 12 <= sum(wait.total_seconds() for wait in waits) / 3600 <= 16


def test_a_delivery_names_the_event_that_caused_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    cause = {"event": "event-7"}
    office = Office(job("m1", values=cause), job("m2", "teams/T", kind="card", tries=DEAD_AFTER, values=cause))
    run(hired(office, Outside(), Outside(m2=TryLater("500"))).drain())
    lines = [vars(record) for record in caplog.records if getattr(record, "action", "") == "delivered"]
    told = [(line["event_id"], line["row"], line["outcome"], line["code"], line["levelname"]) for line in lines]
    assert sorted(told) == [("event-7", 1, "Delivered", "", "INFO"), ("event-7", 2, "Rejected", "500", "ERROR")]
