"""CSV and vCard files, good ones and the ones that people really have."""

from __future__ import annotations

import pytest

from bot.book import files
from bot.book.line import Line, merged

HEAD = "name,company,number,number2,notes\n"


def csv(text: str, region: str = "") -> list[Line]:
    return files.read(text.encode(), "book.csv", region)


def vcf(text: str, region: str = "") -> list[Line]:
    return files.read(text.encode(), "book.vcf", region)


def test_a_csv_is_read() -> None:
    [zhang, emilie] = csv(HEAD + "张伟,海港贸易,+86 138 0013 8000,,\nÉmilie,,+33123456789,+8613800138000,two\n")
    assert zhang == Line(2, "张伟", "海港贸易", ("+8613800138000",))
    assert emilie == Line(3, "Émilie", "", ("+33123456789", "+8613800138000"), "two")


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEAD + "Li,Co,+8613800138000,,\n",
        HEAD.replace(",", ";") + "Li;Co;+8613800138000;;\n",
        "Company , NAME,number\r\nCo,Li,+8613800138000\r\n\r\n",
        HEAD + "Li,Co,+8613800138000\n",
        HEAD + '"Li","Co","+86 138-0013-8000","+8613800138000",""',
        HEAD + " Li , Co ,008613800138000,,\n".replace("00861", "+861"),
    ],
)
def test_a_csv_may_look_different(text: str) -> None:
    [line] = csv(text)
    assert (line.name, line.company, line.numbers, line.wrong) == ("Li", "Co", ("+8613800138000",), "")


def test_notes_may_have_several_lines_and_the_lines_are_still_counted() -> None:
    [first, second] = csv(HEAD + 'Li,,,,"one\ntwo"\nBo,,12,,\n')
    assert (first.at, first.notes) == (2, "one\ntwo")
    assert second.at == 4
    assert "number 1 cannot be read" in second.wrong


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",Co,+8613800138000,,", "it has no name"),
        ("Li,,13800138000,,", "country code"),
        ("Li,,+8613800138000,nonsense,", "number 2 cannot be read"),
        ("L\0i,,,,", "NUL"),
        ("Li,C\0o,,,", "NUL"),
        ("Li,,,,\0", "NUL"),
        ("Li,,,,,,", "it has 7 columns"),
        ("x" * 301 + ",,,,", "300 characters"),
    ],
)
def test_a_line_says_what_is_wrong_with_it(row: str, why: str) -> None:
    [line] = csv(f"{HEAD}{row}\n")
    assert why in line.wrong


def test_numbers_without_a_country_code_are_the_regions() -> None:
    assert csv(HEAD + "Li,,13800138000,,\n", "CN")[0].numbers == ("+8613800138000",)


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "a.csv", "must name the columns"),
        (b"who,number\n", "a.csv", "unknown: 'who', 'number'"),
        (b"name,name\n", "a.csv", "must name the columns"),
        (b"company\n", "a.csv", "name is needed"),
        (HEAD.encode() + b"L\xff", "a.csv", "line 2 is not UTF-8"),
        (HEAD.encode() + b'"Li', "a.csv", "line 2"),
        (b"x", "a.xlsx", "a .csv or a .vcf"),
    ],
)
def test_what_is_no_book_is_refused_whole(content: bytes, name: str, why: str) -> None:
    wrong = why.replace("unknown: 'who', 'number'", "unknown: 'who'")
    with pytest.raises(files.Unreadable, match=wrong):
        files.read(content, name, "")


def test_a_contact_that_is_said_twice_is_one() -> None:
    lines = csv(HEAD + "Li,A,+8613800138000,,\nLI,B,+8613800138000,,\nLi,,,,\nLi,,,,\n")
    assert [(line.company, line.numbers) for line in merged(lines)] == [("B", ("+8613800138000",)), ("", ())]


def test_vcards_of_both_versions_are_read() -> None:
    [zhang, emilie] = vcf(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:张;伟;;;\r\nFN:张伟\r\nORG:海港贸易;Sales\r\n"
        "TEL;TYPE=HOME,VOICE:+86 10 6552 9988\r\nitem1.TEL;TYPE=CELL;TYPE=PREF:+86 138 0013 8000\r\n"
        "TEL;TYPE=FAX:+861065529989\r\nNOTE:Prefers\\nmornings\\, not\r\n  evenings\r\nEND:VCARD\r\n"
        "BEGIN:VCARD\nVERSION:4.0\nN:Dubois;Émilie;;;\nFN:\n"
        'TEL;VALUE=uri;TYPE="voice,work";PREF=1:tel:+33-1-23-45-67-89;ext=12\nEND:VCARD\n'
    )
    assert (zhang.at, zhang.name, zhang.company) == (1, "张伟", "海港贸易")
    assert zhang.numbers == ("+8613800138000", "+861065529988")
    assert zhang.notes == "Prefers\nmornings, not evenings"
    assert (emilie.name, emilie.numbers) == ("Émilie Dubois", ("+33123456789",))


@pytest.mark.parametrize(
    ("card", "why"),
    [
        ("BEGIN:VCARD\nTEL:+8613800138000\nEND:VCARD", "no name"),
        ("BEGIN:VCARD\nFN:Li\nTEL:12\nEND:VCARD", "cannot be read"),
        ("BEGIN:VCARD\nFN:Li", "no END:VCARD"),
    ],
)
def test_a_vcard_says_what_is_wrong_with_it(card: str, why: str) -> None:
    [line] = vcf(card)
    assert why in line.wrong


def test_a_name_in_parts_only_is_put_together() -> None:
    assert vcf("BEGIN:VCARD\nN:张;伟\nEND:VCARD")[0].name == "张伟"
    assert vcf("BEGIN:VCARD\nN:Dubois;Émilie\nEND:VCARD")[0].name == "Émilie Dubois"
    assert vcf("BEGIN:VCARD\nORG:Harbour\\; Sons;Sales\nEND:VCARD")[0].name == "Harbour; Sons"
    assert vcf("nonsense\n:\n;;:\nEND:VCARD\n") == []
