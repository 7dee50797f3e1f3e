"""What a password must not be (trust: "Passwords of 12 or more, no composition rules, common ones refused")."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError


def is_refused(password: str) -> bool:
    try:
        validate_password(password)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    "password", ["liverpool2016!", "!!Football!!12", "dragondragon", "abcabcabcabc1", "123123123123", "Password12345"]
)
def test_a_common_password_made_longer_is_refused(password: str) -> None:
    assert is_refused(password)


@pytest.mark.parametrize(
    "password", ["correct horse battery", "four-purple-ferries", "Ilikemyteawith2sugars", "ÄäÖöÜü 12345"]
)
def test_words_that_do_not_belong_together_are_welcome_and_nothing_is_asked_of_their_letters(password: str) -> None:
    assert not is_refused(password)


def test_of_the_passwords_long_enough_that_people_choose_most_three_thousand_are_refused() -> None:
    """ASVS 6.2.4. What people do to a common one that is too short is put a year behind it."""
    common = [word for word in CommonPasswordValidator().passwords if word.isalpha() and len(word) >= 7]
    assert len([word for word in common if is_refused(f"{word}20167")]) == len(common) >= 3000
