"""The checker finds what it is there to find."""

from __future__ import annotations

from tests.crash.histories import HEADS, Attempt, count

TRIED = [Attempt("li", "a", True), Attempt("wu", "x", True), Attempt("li", "b", True), Attempt("li", "c", True)]


def test_all_is_well() -> None:
    found = count(TRIED, {"li": ["a", "b", "c"], "wu": ["x"]})
    assert found.row() == (4, 4, 0, 0, 0, 0, 0, 0)
    assert len(found.row()) == len(HEADS)
    assert found.wrong(kills=0) == []


def test_a_lost_message_is_found() -> None:
    found = count(TRIED, {"li": ["a", "c"], "wu": ["x"]})
    assert found.lost == ("li: b",)
    assert found.wrong(kills=9) == ["lost: li: b"]


def test_what_was_not_acknowledged_is_not_lost() -> None:
    assert count([Attempt("li", "a", False)], {}).wrong(kills=0) == []


def test_what_was_not_acknowledged_and_seen_is_recovered() -> None:
    found = count([Attempt("li", "a", False)], {"li": ["a"]})
    assert found.recovered == ("li: a",)
    assert found.wrong(kills=0) == []


def test_an_unexpected_message_is_found() -> None:
    found = count(TRIED, {"li": ["a", "b", "c", "d"], "wu": ["x"]})
    assert found.unexpected == ("li: d",)
    assert found.wrong(kills=9)


def test_a_message_in_the_wrong_thread_is_lost_in_one_and_unexpected_in_the_other() -> None:
    found = count(TRIED, {"li": ["a", "b", "c", "x"]})
    assert found.lost == ("wu: x",)
    assert found.unexpected == ("li: x",)


def test_a_duplicated_message_is_found_and_a_kill_excuses_one_in_each_thread() -> None:
    found = count(TRIED, {"li": ["a", "a", "b", "c"], "wu": ["x", "x"]})
    assert found.duplicated == ("li: a", "wu: x")
    assert found.wrong(kills=0)
    assert found.wrong(kills=1) == []


def test_each_further_copy_counts() -> None:
    found = count(TRIED, {"li": ["a", "a", "a", "b", "c"], "wu": ["x"]})
    assert found.duplicated == ("li: a", "li: a")
    assert found.wrong(kills=1)
    assert found.wrong(kills=2) == []


def test_a_reordered_message_is_found() -> None:
    found = count(TRIED, {"li": ["b", "a", "c"], "wu": ["x"]})
    assert found.disordered == (
        "li: a (1 tries, 0.00-0.00 s, acknowledged) after b (1 tries, 0.00-0.00 s, acknowledged)",
    )
    assert found.wrong(kills=9) == [f"disordered: {found.disordered[0]}"]


def test_what_was_given_up_and_comes_after_a_later_one_is_late_and_breaks_no_order() -> None:
    given_up = Attempt("li", "a", False, tries=3, began=1.5, ended=2)
    found = count([given_up, *TRIED[2:]], {"li": ["b", "a", "c"]})
    assert (found.disordered, found.recovered) == ((), ("li: a",))
    assert found.late == ("li: a (3 tries, 1.50-2.00 s, given up) after b (1 tries, 0.00-0.00 s, acknowledged)",)
    assert found.wrong(kills=0) == []


def test_what_was_given_up_excuses_nobody_else() -> None:
    tried = [TRIED[0], Attempt("li", "b", False), TRIED[3]]
    assert count(tried, {"li": ["c", "b", "a"]}).disordered[0].startswith("li: a ")
    assert count(tried, {"li": ["b", "a", "c"]}).disordered[0].startswith("li: a ")


def test_order_is_that_of_each_thread_alone_and_of_first_arrivals() -> None:
    found = count(TRIED, {"wu": ["x"], "li": ["a", "b", "a", "c"]})
    assert found.disordered == ()
    assert found.duplicated == ("li: a",)
