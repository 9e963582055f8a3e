"""Addresses in all that is told: no user-info, no query, no secret of the environment."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from acne04.core import addresses, documents, printing
from acne04.core.errors import SchemaError
from acne04.core.sources import load_sources
from snakemake_dvc import addresses as bridge_addresses
from snakemake_dvc import printing as bridge_printing

ROOT = Path(__file__).parents[1]
SECRETS = ("bob", "pa55word", "t0ken")
CITED = [
    ("http://bob:pa55word@host/store?token=t0ken", "http://host/store?..."),
    ("HTTPS://BOB:PA55WORD@HOST:8080/store#access_token=t0ken", "HTTPS://HOST:8080/store"),
    ("(http://bob:pa55word@host/store?token=t0ken)", "(http://host/store?...)"),
    ("see <http://bob:pa55word@host/store?token=t0ken>.", "see <http://host/store?...>."),
    ("[store](http://bob:pa55word@host/a?token=t0ken), too", "[store](http://host/a?...), too"),
    ('{"url": "http://bob:pa55word@host/a?token=t0ken", "a": 1}',
     '{"url": "http://host/a?...", "a": 1}'),
    (r'{"url": "http:\/\/bob:pa55word@host\/a?token=t0ken"}', r'{"url": "http:\/\/host\/a?..."}'),
    ("http://bob:pa55/word@host/a", "http://host/a"),
    ("http://bob:pa55?word@host/a", "http://host/a"),
    ("http://bob:pa55#word@host/a", "http://host/a"),
    ("http://bob:p@55:word@host/a", "http://host/a"),
    ("http://b%6Fb:pa55word@host/a", "http://host/a"),
    ("http://bob:pa55w…", "http://..."),
    ("http://t0ken@host/a", "http://host/a"),
    ("http://t0ken:x-oauth-basic@github.com/a/b.git", "http://github.com/a/b.git"),
    ("http://:pa55word@host/a", "http://host/a"),
    ("http://bob:pa55word@[::1]:80/a?token=t0ken", "http://[::1]:80/a?..."),
    ("http:////bob:pa55word@host/a", "http:////host/a"),
    ("ssh://bob@host/path", "ssh://host/path"),
    ("git+ssh://bob:pa55word@host:22/path", "git+ssh://host:22/path"),
    ("bob@host.org:path/a", "host.org:path/a"),
    ("bob:pa55word@host.org:path/a", "host.org:path/a"),
    ("bob@server:/srv/a", "server:/srv/a"),
    ("s3://bob:pa55word@bucket/key?versionId=t0ken&x=1", "s3://bucket/key?..."),
    ("webdavs://bob:pa55word@host/x, gs://b/x?token=t0ken; ssh://bob@x",
     "webdavs://host/x, gs://b/x?...; ssh://x"),
    ("fatal: unable to access 'https://bob:pa55word@host/x.git/': 401",
     "fatal: unable to access 'https://host/x.git/': 401"),
    ("Max retries exceeded with url: /store/files?token=t0ken&a=b (Caused by x)",
     "Max retries exceeded with url: /store/files?... (Caused by x)"),
    ("url=URL('http://host/store?token=t0ken')", "url=URL('http://host/store?...')"),
    ("http%3A%2F%2Fbob%3Apa55word%40host%2Fa%3Ftoken%3Dt0ken", "http%3A%2F%2Fhost%2Fa%3F..."),
    ("https://h/?next=http%3A%2F%2Fbob%3Apa55word%40host", "https://h/?..."),
]  # fmt: skip
HARMLESS = [
    "Müller's “grade” 3 — ☠ 日本 std::vector http://[::1]/ a\tb\nc",
    "a@example.org: said",
    "https://h.org:80/@name/x@1.0, file:///a/b",
    "fetch@v2: done",
    "what? a=b; is x=1? y=2",
    "https://github.com/acne04/acne04/blob/main/docs/ci.md.",
    "gdrive-folder:1A4b#ACNE.tar",
    "docker://python:3.12-slim-bookworm",
]


@pytest.mark.parametrize(("text", "expected"), CITED, ids=range(len(CITED)))
def test_an_address_is_told_bare(text: str, expected: str) -> None:
    assert addresses.bare(text) == expected
    assert addresses.bare(expected) == expected
    for told in (printing.shown, printing.shown_in_line, bridge_printing.shown):
        assert not any(secret in told(f"x {text} y").lower() for secret in SECRETS)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    assert addresses.bare(text) == text


_WORD = st.text("abcXYZ019-._~%!$&*+,;=", min_size=1, max_size=12)


@given(
    scheme=st.sampled_from(["http", "HTTPS", "ssh", "s3", "git+ssh", "webdav"]),
    user=_WORD,
    password=_WORD,
    token=_WORD,
    frame=st.sampled_from(
        ["{}", "({})", '"{}"', "<{}>", "see {}, there", "'{}':", "{}.", "a {} b"]
    ),
)
def test_both_packages_tell_no_secret(
    scheme: str, user: str, password: str, token: str, frame: str
) -> None:
    address = f"{scheme}://{user}:{password}@host/a?x={token}z"
    text = frame.format(address)
    told = addresses.bare(text)
    assert told == bridge_addresses.bare(text)
    assert told == addresses.bare(told)
    assert told == frame.format(f"{scheme}://host/a?...")


def test_secrets_of_the_environment_are_told_nowhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    monkeypatch.setenv("ACNE04_KEY_PASSPHRASE", "correct horse")
    monkeypatch.setenv("MY_TOKEN", "abc")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(ROOT / "README.md"))
    printing._secrets.cache_clear()
    try:
        printing.say("the server refuses wJalrXUtnFEMI and correct horse", f"abc {ROOT}/README.md")
        documents.show({"correct horse": ["wJalrXUtnFEMI", 1, None]})
    finally:
        printing._secrets.cache_clear()
    said = capsys.readouterr().out
    assert "wJalrXUtnFEMI" not in said
    assert "correct horse" not in said
    # A word too short to be one, and the place of a file, stay.
    assert f"abc {ROOT}/README.md" in said


@pytest.mark.parametrize(
    ("address", "is_refused"),
    [
        ("http://bob:pa55word@host/a.tar", True),
        ("https://t0ken@host/a.tar", True),
        ("https://host/a.tar?token=t0ken", True),
        ("https://host/a.tar?x=1&X-Amz-Signature=t0ken", True),
        ("https://host/a.tar#access_token=t0ken", True),
        ("https://host/a.tar?id=12&download=1", False),
        ("gdrive-folder:1A4b5C6d7E8f#ACNE.tar", False),
        ("file:upstream/standin/a.tar", False),
    ],
)
def test_a_source_with_a_secret_is_refused(address: str, is_refused: bool, tmp_path: Path) -> None:
    """DVC would record it in dvc.lock, and git keep it for ever."""
    document = yaml.safe_load((ROOT / "workflow/sources.yaml").read_text(encoding="utf-8"))
    document["acne04"]["v2"]["delivery"]["files"][0]["urls"] = [address]
    path = tmp_path / "sources.yaml"
    path.write_text(yaml.safe_dump(document))
    if not is_refused:
        load_sources(path, "acne04")
        return
    with pytest.raises(SchemaError, match="a name, a password or a token") as caught:
        load_sources(path, "acne04")
    assert not any(secret in str(caught.value) for secret in SECRETS)
