"""Addresses in what is printed: nothing that lets somebody in."""

from __future__ import annotations

import pytest

from acne04.inspection.addresses import without_secrets


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://bob:geheim@host:8080/store", "http://host:8080/store"),
        ("https://geheim@host/store", "https://host/store"),
        ("https://host/store?token=geheim", "https://host/store"),
        ("https://host/store#geheim", "https://host/store"),
        ("s3://bucket/folder@2/x", "s3://bucket/folder@2/x"),
        ("ssh://bob:ge%2Fheim@host/~/x", "ssh://host/~/x"),
        ("https://bob:ge/heim@host/x", "https://host/x"),
        ("https://bob:ge@heim@host/x", "https://host/x"),
        ("https://bob:geheim?x@host/x", "https://host/x"),
        ("webdavs://bob:geheim@höst/x", "webdavs://höst/x"),
        ("bob:geheim@host:/store", "host:/store"),
        ("two: http://a:geheim@b/c and ssh://d:geheim@e", "two: http://b/c and ssh://e"),
        ("'https://bob:geheim@host/x' (401)", "'https://host/x' (401)"),
        ("/plain/folder", "/plain/folder"),
        ("../../acne04-store", "../../acne04-store"),
    ],
)
def test_an_address_is_shown_without_its_secrets(address: str, shown: str) -> None:
    assert without_secrets(address) == shown
    assert "heim" not in without_secrets(address)
