"""Threads and events at random, for properties that hold for every one of them."""

from datetime import timedelta

from hypothesis import strategies as st

from bot.domain.colleagues import (
    ColleagueChosen,
    ColleagueSought,
    HandOverAnswered,
    HandOverAsked,
    UserTransferred,
)
from bot.domain.effects import State, Use
from bot.domain.events import (
    Cause,
    ContactUnfollowed,
    ContactWrote,
    Delayed,
    Delivered,
    Due,
    Event,
    FromUser,
    Kind,
    PromptReported,
    QueueCancelled,
    QueueEdited,
    QueueReleased,
    Refused,
    Rejected,
    SentAgain,
    Uncertain,
    UserAsked,
    UserChose,
    UserConnected,
    UserDisconnected,
    UserEdited,
    UserInstalled,
    UserLeft,
    UserListed,
    UserMuted,
    UserOpened,
    UserRemoved,
    UserSettled,
    UserWrote,
)
from bot.domain.policy import OnUncertain, PromptWay, Release, Terms
from bot.domain.state import Phase, Prompt, Queued, Slot, Thread, Why
from tests.domain.build import HEARD, NOW, TEAMS
from tests.engine.build import GROUP

OPENID, TEXT, AAD, TENANT, TOKEN, MEDIA = "oPenId", "my wOrds", "aAd-ana", "tEnant", "tOken", "mEdia"
PRIVATE = (OPENID, TEXT, AAD, TENANT, TOKEN, MEDIA, TEAMS.conversation_id, TEAMS.service_url)

names = st.sampled_from(["m1", "m2", "m3"])
threads_named = st.sampled_from(["T", "U", "V"])
times = st.integers(-1, 50 * 60).map(lambda minutes: HEARD + timedelta(minutes=minutes, microseconds=7))
references = st.sampled_from([TEAMS, GROUP])

terms = st.builds(
    Terms,
    reply_limit=st.integers(2, 6),
    reply_window=st.sampled_from([timedelta(hours=48), timedelta(minutes=90, microseconds=1)]),
    queue_limit=st.integers(0, 3),
    prompt=st.sampled_from([PromptWay.TEMPLATE, PromptWay.RESERVE, PromptWay.OFF]),
    release=st.just(Release.YOUNGER),
    release_age=st.sampled_from([None, timedelta(hours=12)]),
    warn_before=st.sampled_from([timedelta(0), timedelta(hours=1)]),
    on_uncertain=st.sampled_from(OnUncertain),
)


@st.composite
def threads(draw: st.DrawFn, id: str = "T") -> Thread:
    """Any thread whose messages are m1 to m3, each in one place at most."""
    refs = draw(st.permutations(["m1", "m2", "m3"]))
    cut, end = sorted(draw(st.tuples(st.integers(0, 3), st.integers(0, 3))))
    phase = draw(st.sampled_from(Phase))
    prompt = draw(st.sampled_from(Prompt))
    slots = [Slot(ref, Use.MESSAGE, draw(st.integers(0, 1)), draw(st.sampled_from([None, NOW]))) for ref in refs[:cut]]
    if prompt is Prompt.SENDING:
        slots.append(Slot(f"{id}.prompt.1", Use.PROMPT, 1))
    return Thread(
        *(id, draw(terms), HEARD, 1, id, phase),
        why=draw(st.sampled_from(Why)) if phase is Phase.INACTIVE else None,
        slots=tuple(slots),
        queue=tuple(Queued(ref, NOW) for ref in refs[cut:end]),
        uncertain=tuple(refs[end:]),
        prompt=prompt,
        prompt_at=NOW if prompt is Prompt.ASKED else None,
    )


_common = {"id": st.just("e"), "key": st.just("k"), "at": times}
_contact = _common | {"account": st.just("default"), "openid": st.just(OPENID)}
_user = _common | {"tenant": st.just(TENANT), "aad": st.just(AAD), "reference": references}
_thread = _user | {"thread_id": threads_named}
_report = _common | {
    "row": st.just(1),
    "lane": st.just("wechat/T"),
    "token": st.just(TOKEN),
    "thread_id": st.just("T"),
    "ref": st.sampled_from(["m1", "m2", "m3", "T.prompt.1", "T.left"]),
}
_text = st.just(TEXT)
_code = st.sampled_from(["", "45047"])

doings: st.SearchStrategy[FromUser] = st.one_of(
    st.builds(
        UserWrote,
        **_user,
        text=st.sampled_from([TEXT, "", "a" * 2049]),
        thread_id=threads_named | st.just(""),
        quoted=st.sampled_from(["", "activity"]),
    ),
    st.builds(UserOpened, **_thread),
    st.builds(UserMuted, **_thread, muted=st.booleans()),
    st.builds(UserListed, **_user, show=st.sampled_from(["", "unread", "x"]), skip=st.integers(-1, 9), list=names),
    st.builds(UserSettled, **_user, language=st.just("zh"), timezone=st.just("x"), notifications=st.booleans()),
    st.builds(UserConnected, **_user, query=_text),
    st.builds(UserDisconnected, **_user),
    st.builds(UserChose, **_thread, message_id=names),
    st.builds(UserEdited, **_user, activity_key=st.just("a"), deleted=st.booleans(), text=_text),
    st.builds(UserAsked, **_user, what=st.sampled_from(["leave", "queue", "status", "help"]), argument=threads_named),
    st.builds(UserInstalled, **_user),
    st.builds(UserRemoved, **_user),
    st.builds(UserLeft, **_thread),
    st.builds(ColleagueSought, **_thread, words=_text),
    st.builds(ColleagueChosen, **_thread, colleague=names),
    st.builds(UserTransferred, **_thread, colleague=names),
    st.builds(HandOverAsked, **_user, request_id=names, entry_id=names),
    st.builds(HandOverAnswered, **_user, request_id=names, agreed=st.booleans()),
    st.builds(QueueEdited, **_thread, message_id=names, text=_text),
    st.builds(QueueCancelled, **_thread, message_id=names | st.just("")),
    st.builds(QueueReleased, **_thread),
    st.builds(SentAgain, **_thread, message_id=names),
)

steps: st.SearchStrategy[Event] = st.one_of(
    st.builds(UserTransferred, **_thread, colleague=names),
    st.builds(
        ContactWrote,
        **_contact,
        created_at=times,
        order=st.integers(0, 2**63),
        text=_text,
        kind=st.sampled_from(Kind),
        media=st.just(MEDIA),
        tapped=st.booleans(),
    ),
    st.builds(ContactUnfollowed, **_contact),
    st.builds(PromptReported, **_contact, remote_id=st.just("9"), failure=st.sampled_from(["", "blocked"])),
    st.builds(UserWrote, **_user, text=_text, thread_id=st.just("T"), activity_key=st.just("a")),
    st.builds(UserLeft, **_thread),
    st.builds(QueueEdited, **_thread, message_id=names, text=_text),
    st.builds(QueueCancelled, **_thread, message_id=names | st.just("")),
    st.builds(QueueReleased, **_thread),
    st.builds(SentAgain, **_thread, message_id=names),
    st.builds(Due, **_common, thread_id=st.just("T")),
    st.builds(Delivered, **_report, remote_id=st.just("9")),
    st.builds(Refused, **_report, cause=st.sampled_from(Cause), code=_code),
    st.builds(Rejected, **_report, code=_code),
    st.builds(Uncertain, **_report, code=_code),
    st.builds(Delayed, **_report, until=times, code=_code),
)

states = st.none() | st.sampled_from(State)
