"""What a text typed into the search box may mean."""

import pytest

from salesoffice.search.rules import read_terms


@pytest.mark.parametrize("text", ["", " ", "1", "张", " - ", "a-"])
def test_text_that_is_too_short_means_nothing(text: str) -> None:
    assert read_terms(text) is None


@pytest.mark.parametrize("text", ["3-1802", "3 1802", "3栋1802", "三栋 1802", "３－１８０２", "3号楼1802室"])
def test_room_is_read_with_its_building_in_any_form(text: str) -> None:
    terms = read_terms(text)

    assert terms is not None
    assert terms.rooms == ((("3",), "1802"), ((), "31802"))


def test_room_with_a_section_has_both_words_before_it() -> None:
    terms = read_terms("1-A-101")

    assert terms is not None
    assert terms.rooms[0] == (("1", "a"), "101")


@pytest.mark.parametrize(("text", "person"), [("123", False), ("1234", True), ("zw", True), ("张伟", True)])
def test_digits_are_a_phone_from_four_on(text: str, *, person: bool) -> None:
    terms = read_terms(text)

    assert terms is not None
    assert terms.may_be_person is person


@pytest.mark.parametrize(
    ("text", "queue"), [("A012", ("a", 12)), ("0012", ("", 12)), ("张伟", None), ("1-2", ("", 12))]
)
def test_queue_number_is_read_with_its_letters(text: str, queue: tuple[str, int] | None) -> None:
    terms = read_terms(text)

    assert terms is not None
    assert terms.queue == queue


def test_long_number_is_no_room() -> None:
    terms = read_terms("13800001234")

    assert terms is not None
    assert terms.rooms == ()
