"""Handing over: whose click it is, where it is clicked, and to whom everything of it goes."""

from dataclasses import replace

import pytest

from bot.domain.attention import Care, Desk, Settings
from bot.domain.colleagues import ColleagueChosen, ColleagueSought, UserTransferred
from bot.domain.events import FromUser
from bot.domain.policy import Policy, Transfer
from bot.domain.state import Phase
from bot.ports import Contact, EmptyDesk, Entry, User
from tests.domain.build import NOW, TEAMS, left, thread
from tests.engine.build import ANA, BO, CONTACT, GROUP, anas, bos, card, cards, decide, sends, talk

WHO = ("N", "k", NOW, "tenant", "aad-ana", TEAMS)
DOINGS = [ColleagueSought(*WHO, "T", "bo"), ColleagueChosen(*WHO, "T", "bo"), UserTransferred(*WHO, "T", "bo")]
TRANSFER = DOINGS[2]


class Office(EmptyDesk):
    """Everybody there is, and Bo's book."""

    def __init__(self, *people: User, name: str = "") -> None:
        self._people = {user.id: user for user in people}
        self._name = name

    def user(self, user_id: str) -> User | None:
        return self._people.get(user_id)

    def entry(self, user_id: str, contact: Contact) -> Entry | None:
        return Entry("b", user_id, self._name) if user_id == "bo" and self._name else None


@pytest.mark.parametrize("event", DOINGS, ids=lambda event: type(event).__name__)
def test_nobody_hands_over_what_is_not_theirs(event: FromUser) -> None:
    changes = decide(event, anas(bos(), desk=Office(BO)))
    assert cards(changes) == ["forbidden"]
    assert (changes.thread, changes.opened, changes.cares) == (None, None, ())


@pytest.mark.parametrize("event", DOINGS, ids=lambda event: type(event).__name__)
def test_nobody_hands_over_where_others_read_along(event: FromUser) -> None:
    changes = decide(replace(event, reference=GROUP), anas(talk(), desk=Office(BO)))
    assert (cards(changes), changes.opened) == (["personal_only"], None)


@pytest.mark.parametrize("event", DOINGS, ids=lambda event: type(event).__name__)
def test_what_was_left_is_handed_to_nobody(event: FromUser) -> None:
    changes = decide(event, anas(talk(left()), desk=Office(BO)))
    assert (cards(changes), changes.opened) == (["left_already"], None)


def test_each_reads_their_own_cards_and_the_contact_one_notice() -> None:
    changes = decide(TRANSFER, anas(talk(), desk=Office(BO)))
    assert {row.user_id for row in changes.rows if row.lane == "teams/T"} == {"ana"}
    assert {row.user_id for row in changes.rows if row.lane == "teams/N"} == {"bo"}
    his = [row.values["card"] for row in changes.rows if row.user_id == "bo" and not row.again]
    assert his == ["received", "policy", "incoming"]
    assert sends(changes) == ["T.left"]
    assert card(changes, "received").values["alert"]


def test_whoever_wants_no_notifications_gets_none() -> None:
    quiet = replace(BO, settings=Settings(notifications=False))
    assert "alert" not in card(decide(TRANSFER, anas(talk(), desk=Office(quiet))), "received").values


def test_one_thread_ends_and_one_begins() -> None:
    here = replace(talk(), care=Care(3, NOW, place=GROUP))
    user = replace(ANA, desk=Desk("T"))
    changes = decide(TRANSFER, anas(replace(here, user=user), user=user, desk=Office(BO)))
    assert changes.thread is not None and changes.thread.phase is Phase.LEFT
    assert changes.opened is not None and (changes.opened.thread.id, changes.opened.user) == ("N", BO)
    assert changes.desk == ("ana", Desk())
    cares = dict(changes.cares)
    assert (cares["T"].unread, cares["T"].place) == (0, None)
    assert (cares["N"].unread, cares["N"].place) == (1, None)


@pytest.mark.parametrize(("written", "name"), [("", "Li"), ("Mr Li", "Mr Li")])
def test_the_colleagues_book_says_the_name_or_else_it_goes_along(written: str, name: str) -> None:
    about = talk(contact=replace(CONTACT, name="Li", owed=("first",)))
    changes = decide(TRANSFER, anas(about, desk=Office(BO, name=written)))
    assert changes.opened is not None
    assert (changes.opened.contact.name, changes.opened.contact.owed) == (name, ("first",))
    assert changes.contact == changes.opened.contact


def test_a_notice_that_must_wait_is_owed_after_what_was_owed_before() -> None:
    about = talk(thread(), contact=replace(CONTACT, owed=("first",)))
    changes = decide(replace(TRANSFER, at=about.thread.deadline), anas(about, desk=Office(BO)))
    assert changes.contact is not None and changes.opened is not None
    assert changes.contact.owed == changes.opened.contact.owed == ("first", "to_contact.transferred en")


def test_the_picker_finds_and_then_asks() -> None:
    sought = decide(DOINGS[0], anas(talk(), desk=Office(BO)))
    assert card(sought, "transfer").values["find"] == "bo"
    asked = decide(DOINGS[1], anas(talk(), desk=Office(BO)))
    assert card(asked, "transfer_confirm").values["colleague"] == "bo"
    assert {sought.rows[0].post, asked.rows[0].post} == {"transfer.T"}
    assert (asked.opened, asked.audit) == (None, None)


@pytest.mark.parametrize(
    ("colleague", "policies", "why"),
    [
        (None, {}, "transfer_nobody"),
        (replace(BO, enabled=False), {}, "transfer_nobody"),
        (replace(BO, reference=None), {}, "transfer_nobody"),
        (replace(BO, tenant="elsewhere"), {}, "transfer_nobody"),
        (replace(ANA, aad="another"), {}, "transfer_nobody"),
        (BO, {"default": Policy(transfer=Transfer.NOBODY)}, "transfer_off"),
        (replace(BO, policy="p"), {"default": Policy(transfer=Transfer.PEERS), "p": Policy("p")}, "transfer_nobody"),
        (replace(BO, policy="p"), {"default": Policy(), "p": Policy("p", validate_phone=True)}, "transfer_unproved"),
    ],
)
@pytest.mark.parametrize("event", DOINGS[1:], ids=lambda event: type(event).__name__)
def test_why_it_cannot_be_done(
    event: ColleagueChosen, colleague: User | None, policies: dict[str, Policy], why: str
) -> None:
    people = [colleague] if colleague else []
    wanted = replace(event, colleague=colleague.id if colleague else "bo")
    changes = decide(wanted, anas(talk(), desk=Office(*people), policies=policies))
    assert (cards(changes), changes.answer) == ([why], {})
    assert (changes.thread, changes.opened, changes.audit) == (None, None, None)
