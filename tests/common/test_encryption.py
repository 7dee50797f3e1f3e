"""Values lie encrypted, keys can be changed, nothing encrypted can be searched."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.db import models

from lscb.common.encryption import EncryptedTextField, decrypt, encrypt, rotate


class Secret(models.Model):
    text = EncryptedTextField(null=True)

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
