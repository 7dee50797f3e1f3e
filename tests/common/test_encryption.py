"""Values lie encrypted, keys can be changed, nothing encrypted can be searched."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.db import models

from lscb.common.encryption import (
    BlindIndexField,
    EncryptedDateField,
    EncryptedJSONField,
    EncryptedTextField,
    blind_index,
    blind_indexes,
    decrypt,
    encrypt,
    rotate,
)


class Secret(models.Model):
    text = EncryptedTextField(null=True)
    day = EncryptedDateField(null=True)
    values = EncryptedJSONField(null=True)
    index = BlindIndexField(of=lambda secret: secret.text or "")

    class Meta:
        app_label = "common"
        managed = False


def test_what_is_encrypted_is_read_again_and_never_the_same_twice() -> None:
    assert decrypt(encrypt("Ünïcode £")) == "Ünïcode £"
    assert encrypt("the same") != encrypt("the same")


def test_a_new_key_in_front_reads_the_old_and_rotating_lets_the_old_one_go(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    token = encrypt("secret")
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert decrypt(token) == "secret"
    rotated = rotate(token)
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert decrypt(rotated) == "secret"
    with pytest.raises(InvalidToken):
        decrypt(token)


def test_what_was_changed_is_not_read() -> None:
    token = encrypt("secret")
    with pytest.raises(InvalidToken):
        decrypt(token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1])


def test_a_field_encrypts_on_the_way_in_and_decrypts_on_the_way_out() -> None:
    field: Any = Secret._meta.get_field("text")
    stored = field.get_prep_value("secret")
    assert "secret" not in stored
    assert field.from_db_value(stored, None, None) == "secret"
    assert field.get_prep_value(None) is None
    assert field.from_db_value(None, None, None) is None


def test_an_encrypted_field_is_not_searched() -> None:
    with pytest.raises(TypeError, match="cannot be searched"):
        Secret.objects.filter(text="secret")
    with pytest.raises(TypeError, match="cannot be searched"):
        Secret.objects.filter(text__icontains="secret")
    assert Secret.objects.filter(text__isnull=True).query


def test_dates_and_values_come_back_as_they_went_in() -> None:
    for name, value in (("day", dt.date(2016, 2, 29)), ("values", {"a": ["ü", 1, None]})):
        field: Any = Secret._meta.get_field(name)
        stored = field.get_prep_value(value)
        assert "2016" not in stored
        assert field.from_db_value(stored, None, None) == value


def test_a_blind_index_says_that_two_values_are_equal_and_nothing_else(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    index = blind_index("9990123454", purpose="number")
    assert index == blind_index("9990123454", purpose="number")
    assert index not in (blind_index("9990123455", purpose="number"), blind_index("9990123454", purpose="other"))
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert blind_index("9990123454", purpose="number") != index
    assert index in blind_indexes("9990123454", purpose="number"), "what lies under the old key is still found"


def test_a_blind_index_follows_its_value() -> None:
    field: Any = Secret._meta.get_field("index")
    assert field.pre_save(Secret(text="secret"), add=True) == blind_index("secret", purpose="index")
    assert field.pre_save(Secret(text=""), add=True) == ""
