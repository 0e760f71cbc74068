"""Lists of people: what a file says, line by line, and what taking it comes to."""

from itertools import count
from uuid import UUID

import pytest

from bot.commands import Mistake
from bot.commands.roster import Plan, candidates, plan, rows
from bot.ports import User

TENANT = "c0a7e4d2-91b6-4f58-8d3a-6b1f2e9c5a07"
HEAD = "aad_object_id,name,number"


def aad(number: int) -> str:
    return str(UUID(int=number))


def line(number: int, name: str = "Anna Schmidt", phone: str = "") -> str:
    return f"{aad(number)},{name},{phone or f'+4915112{number:06}'}"


def taken(text: str, *present: User, tenant: str = TENANT, encoding: str = "utf-8") -> Plan:
    ids = count(1)
    found = candidates(rows(text.encode(encoding)), tenant, {"default", "desk"}, lambda: f"u{next(ids)}")
    return plan(found, present)


def wrong(text: str, *present: User) -> list[str]:
    return [f"{each.where} {each.why}" for each in taken(text, *present).wrong]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_a_good_file_however_it_was_saved(encoding: str, end: str, comma: str) -> None:
    text = f"{HEAD}{end}{line(1, 'Zoë 王')}{end}{end}{line(2)}{end}".replace(",", comma)
    found = taken(text, encoding=encoding)
    assert found.wrong == ()
    assert found.new[0] == User("u1", TENANT, aad(1), "Zoë 王", "+4915112000001")
    assert len(found.new) == 2


def test_every_column() -> None:
    text = f"AAD-Object-Id,Name,Number,Tenant,UPN,Policy,WeChat\n{line(1)},{aad(9)},a@b.example,desk,no\n"
    assert taken(text).new == (
        User("u1", aad(9), aad(1), "Anna Schmidt", "+4915112000001", "desk", enabled=False, upn="a@b.example"),
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "aad_object_id is missing; name is missing; number is missing"),
        (b"name,phone\n", "phone is no column; aad_object_id is missing; number is missing"),
        (b"aad_object_id,name,number,name\n", "name is there twice"),
        ("aad_object_id,name,number\n1,Zoë,2".encode("latin-1"), "not UTF-8 (byte 30): save it as 'CSV UTF-8'"),
        ("aad_object_id,name,number\n".encode("utf-16"), "not UTF-8"),
        (b"aad_object_id,name,number\n1,A,2\n1," + b"x" * 200_000, "line 3 of the file: field larger than field limit"),
    ],
)
def test_a_file_that_is_no_list_of_people(content: bytes, complaint: str) -> None:
    with pytest.raises(Mistake) as raised:
        rows(content)
    assert complaint in str(raised.value)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("x,Anna,+4915112345678", "aad_object_id 'x' is no id"),
        (f"{aad(1)},,+4915112345678", "name is empty"),
        (f"{aad(1)},An\0na,+4915112345678", "holds a NUL character"),
        (f"{aad(1)},Anna,015112345678", "write it with its country code"),
        (f"{aad(1)},Anna,+49", "is no phone number"),
        (f"{aad(1)},Anna", "has 2 cells, not 3"),
        (f"{aad(1)},Anna,+4915112345678,desk", "has 4 cells, not 3"),
    ],
)
def test_a_line_that_is_wrong_is_named(row: str, why: str) -> None:
    (told,) = wrong(f"{HEAD}\n{row}\n")
    assert told.startswith("line 2 ") and why in told


def test_a_wrong_line_is_found_where_it_stands_in_the_file() -> None:
    text = f'{HEAD}\n\n{aad(1)},"Anna\nSchmidt",+4915112345678\n\n{aad(2)},,+4915112345679\n'
    assert wrong(text) == ["line 6 name is empty"]


def test_wrong_values_of_columns_that_may_be_there() -> None:
    text = f"{HEAD},policy,wechat,tenant\n{line(1)},gone,,\n{line(2)},,maybe,\n{line(3)},,,x\n"
    assert [told.partition(" is no id")[0] for told in wrong(text)] == [
        "line 2 there is no policy 'gone'",
        "line 3 wechat is yes or no, not 'maybe'",
        "line 4 tenant 'x'",
    ]


def test_nobody_and_no_number_is_taken_twice() -> None:
    text = f"{HEAD}\n{line(1)}\n{line(1)}\n{line(2, phone='+4915112000001')}\n"
    assert wrong(text) == [
        "line 3 is the same person as line 2",
        "line 4 the number +4915112000001 is Anna Schmidt's already",
    ]


def test_who_is_there_already_is_left_enabled_again_or_wrong() -> None:
    there = [
        User("a", TENANT, aad(1), "Anna Schmidt", "+4915112000001"),
        User("b", TENANT.upper(), aad(2), "Bob Ray", "+4915112000002", enabled=False),
        User("c", TENANT, aad(3), "Cat Li", "+4915112999999"),
        User("d", TENANT, aad(9), "Dan Ko", "+4915112000004"),
    ]
    found = taken("\n".join([HEAD, *(line(number) for number in (1, 2, 3, 4))]), *there)
    assert (found.unchanged, [user.id for user in found.again], found.new) == (1, ["b"], ())
    assert [each.why for each in found.wrong] == [
        "Cat Li is there already, with the number +4915112999999",
        "the number +4915112000004 is Dan Ko's already",
    ]


def test_each_candidate_is_seen() -> None:
    seen: list[int] = []
    plan([("line 2", "wrong"), ("line 3", User("a", "t", "a", "A", "+1"))], [], lambda: seen.append(1))
    assert len(seen) == 2
