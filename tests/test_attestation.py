"""Keys, envelopes and statements: what is signed is what is read, and nothing else passes."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from released import ALGORITHMS, Keys, make_keys, openssl
from upstreams import GOLDEN, assert_golden

from acne04.core.errors import Acne04Error, SchemaError, UnavailableError, UsageError
from acne04.provenance import keys as keys_module
from acne04.provenance.envelope import LARGEST, PAYLOAD_TYPE, SignatureError, open_envelope, sign
from acne04.provenance.keys import PASSPHRASE, load_private, load_public
from acne04.provenance.statement import Attested, from_bytes, to_bytes

EXAMPLES = Path(__file__).parent / "examples" / "verify"
SAID = Attested(
    version="1.0.0",
    serial=7,
    dataset="standin",
    commit="a" * 40,
    dvc_lock="b" * 64,
    ledger="c" * 64,
    subjects={"manifests/holdout.csv": "d" * 64, "SHA256SUMS": "e" * 64},
)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("keys"))


def sealed(folder: Path, keys: Keys, payload: bytes) -> Path:
    file = folder / "attestation.dsse.json"
    file.write_text(sign(payload, load_private(keys.private)))
    return file


@pytest.mark.parametrize("kind", ALGORITHMS)
def test_what_is_signed_is_what_is_read(kind: str, tmp_path: Path) -> None:
    keys = make_keys(tmp_path, kind)
    file = sealed(tmp_path, keys, to_bytes(SAID))
    assert from_bytes(open_envelope(file, [load_public(keys.public)]).payload, "x") == SAID


def test_the_statement_is_the_same_bytes_each_time_and_numbers_stay_whole() -> None:
    document = json.loads(to_bytes(SAID))
    assert to_bytes(SAID) == to_bytes(SAID)
    given = document["predicate"]["buildDefinition"]["externalParameters"]
    assert given["release_serial"] == "7"
    assert b"7.0" not in to_bytes(SAID)


def test_ed25519_gives_the_same_envelope_each_time(pair: Keys) -> None:
    signer = load_private(pair.private)
    assert sign(b"{}", signer) == sign(b"{}", signer)


# --- keys


def encrypted(folder: Path) -> Path:
    file = folder / "encrypted.pem"
    openssl("genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:sesame", "-out", file)
    file.chmod(0o600)
    return file


def test_an_encrypted_key_opens_with_its_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSPHRASE, "sesame")
    assert load_private(encrypted(tmp_path)).public_key.keytype == "ed25519"


def test_an_encrypted_key_is_asked_for_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PASSPHRASE, raising=False)
    monkeypatch.setattr(keys_module.sys.stdin, "isatty", lambda: True)
    asked: list[str] = []
    assert load_private(encrypted(tmp_path), lambda prompt: asked.append(prompt) or "sesame")
    assert "encrypted.pem" in asked[0]


def test_a_wrong_passphrase_and_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = encrypted(tmp_path)
    monkeypatch.setenv(PASSPHRASE, "sesam")
    with pytest.raises(UsageError, match=f"passphrase is wrong; it came from {PASSPHRASE}"):
        load_private(file)
    monkeypatch.delenv(PASSPHRASE)
    monkeypatch.setattr(keys_module.sys.stdin, "isatty", lambda: False)
    with pytest.raises(UsageError, match="nobody can be asked"):
        load_private(file)


def _openssl_key(*words: str) -> Callable[[Path], None]:
    return lambda file: openssl("genpkey", "-algorithm", *words, "-out", file)


def _ssh_key(file: Path) -> None:
    words = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file))
    subprocess.run(words, check=True, capture_output=True)


def _ssh_public(file: Path) -> None:
    _ssh_key(file.with_suffix(".other"))
    shutil.copy(file.with_suffix(".other.pub"), file)


def _public(file: Path) -> None:
    shutil.copy(make_keys(file.parent / "pair").public, file)


def _certificate(file: Path) -> None:
    openssl("req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=x",
            "-keyout", "/dev/null", "-out", file)  # fmt: skip


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (_openssl_key("RSA"), "RSA key"),
        (_openssl_key("X25519"), "X25519 key"),
        (_openssl_key("EC", "-pkeyopt", "ec_paramgen_curve:P-521"), "ECDSA on secp521r1"),
        (_openssl_key("ed25519", "-outform", "DER"), "no line -----BEGIN"),
        (_ssh_key, "an OpenSSH key"),
        (_ssh_public, "an OpenSSH key"),
        (_public, "a public key"),
        (_certificate, "an X.509 certificate"),
        (lambda file: file.write_text(""), "no line -----BEGIN"),
        (lambda file: file.write_text("x" * 100_000), "100,000 bytes"),
        (lambda file: file.write_text("-----BEGIN PRIVATE KEY-----\n@\n"), "PEM"),
    ],
)
def test_other_private_keys_are_refused_by_name(
    make: Callable[[Path], None], found: str, tmp_path: Path
) -> None:
    file = tmp_path / "key.pem"
    make(file)
    with pytest.raises(UsageError) as refused:
        load_private(file)
    assert found in refused.value.found
    assert "openssl genpkey" in refused.value.remedy


def test_a_private_key_is_not_taken_to_verify_with(pair: Keys) -> None:
    with pytest.raises(UsageError, match="a public one is enough") as refused:
        load_public(pair.private)
    assert "-pubout" in refused.value.remedy


def test_other_public_keys_are_refused_by_name(tmp_path: Path) -> None:
    rsa, public = tmp_path / "rsa.pem", tmp_path / "rsa.pub.pem"
    openssl("genpkey", "-algorithm", "RSA", "-out", rsa)
    openssl("pkey", "-in", rsa, "-pubout", "-out", public)
    with pytest.raises(UsageError, match="RSA key"):
        load_public(public)


def test_a_key_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="no such key: the file is not there") as refused:
        load_private(tmp_path / "none.pem")
    assert "openssl genpkey" in refused.value.remedy


def test_whoever_verifies_is_sent_to_the_publisher_and_not_told_to_make_a_key(
    tmp_path: Path,
) -> None:
    (tmp_path / "odd.pem").write_text("not a key")
    for name in ("none.pem", "odd.pem"):
        with pytest.raises((UnavailableError, UsageError)) as refused:
            load_public(tmp_path / name)
        assert "genpkey" not in str(refused.value)
        assert "docs/releasing.md" in refused.value.remedy


# --- hostile envelopes


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.json")))
def test_a_hostile_envelope_is_refused_in_words(name: str, pair: Keys) -> None:
    file = EXAMPLES / f"{name}.json"
    with pytest.raises(Acne04Error) as refused:
        open_envelope(file, [load_public(pair.public)])
    # The key is made for the test, and the folder is somebody's.
    told = str(refused.value).replace(str(EXAMPLES), "RELEASE")
    told = told.replace(load_public(pair.public).keyid, "KEY")
    assert_golden(f"verify/{name}.txt", (refused.value.exit_code, "", f"{told}\n"))


def test_every_golden_file_belongs_to_an_example() -> None:
    golden = {path.stem for path in (GOLDEN / "verify").glob("*.txt")}
    assert golden == {path.stem for path in EXAMPLES.glob("*.json")}


def _envelope(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(file.read_text())
    return document


def test_an_altered_payload(pair: Keys, tmp_path: Path) -> None:
    file = sealed(tmp_path, pair, to_bytes(SAID))
    document = _envelope(file)
    payload = base64.b64decode(document["payload"]).replace(b'"7"', b'"8"')
    document["payload"] = base64.b64encode(payload).decode()
    file.write_text(json.dumps(document))
    with pytest.raises(SignatureError, match="the signature does not hold"):
        open_envelope(file, [load_public(pair.public)])


def test_a_key_that_calls_itself_by_another_name(pair: Keys, tmp_path: Path) -> None:
    other = make_keys(tmp_path / "other")
    file = sealed(tmp_path, other, to_bytes(SAID))
    with pytest.raises(SignatureError, match="a key that is not trusted"):
        open_envelope(file, [load_public(pair.public)])
    document = _envelope(file)
    document["signatures"][0]["keyid"] = load_public(pair.public).keyid
    file.write_text(json.dumps(document))
    with pytest.raises(SignatureError, match="the signature does not hold"):
        open_envelope(file, [load_public(pair.public)])


def test_one_of_several_trusted_keys_is_enough(pair: Keys, tmp_path: Path) -> None:
    other = make_keys(tmp_path / "other", "p256")
    file = sealed(tmp_path, pair, b"{}")
    known = [load_public(other.public), load_public(pair.public)]
    assert open_envelope(file, known).payload == b"{}"


def test_two_signatures(pair: Keys, tmp_path: Path) -> None:
    file = sealed(tmp_path, pair, b"{}")
    second = _envelope(sealed(tmp_path / "x", make_keys(tmp_path / "x"), b"{}"))
    document = _envelope(file)
    document["signatures"] += second["signatures"]
    file.write_text(json.dumps(document))
    with pytest.raises(SchemaError, match="not one signature") as refused:
        open_envelope(file, [load_public(pair.public)])
    assert refused.value.found == "2"


@pytest.mark.parametrize("payload_type", ["application/json", "", None])
def test_another_type_of_payload(payload_type: str | None, pair: Keys, tmp_path: Path) -> None:
    file = sealed(tmp_path, pair, b"{}")
    document = _envelope(file) | {"payloadType": payload_type}
    file.write_text(json.dumps(document))
    with pytest.raises(SchemaError, match="another type of payload") as refused:
        open_envelope(file, [load_public(pair.public)])
    assert refused.value.expected == PAYLOAD_TYPE


def test_a_huge_envelope_is_not_read(pair: Keys, tmp_path: Path) -> None:
    file = tmp_path / "attestation.dsse.json"
    with file.open("wb") as stream:
        stream.truncate(LARGEST + 1)
    with pytest.raises(SchemaError, match="too large") as refused:
        open_envelope(file, [load_public(pair.public)])
    assert refused.value.done == "not read"


# --- hostile statements: signed, and still not ours


def _changed(change: Callable[[dict[str, Any]], Any]) -> bytes:
    document = json.loads(to_bytes(SAID))
    change(document)
    return json.dumps(document).encode()


def _definition(document: dict[str, Any]) -> dict[str, Any]:
    definition: dict[str, Any] = document["predicate"]["buildDefinition"]
    return definition


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d.update(_type="https://in-toto.io/Statement/v0.1"), "['_type']"),
        (lambda d: d.update(predicateType="https://slsa.dev/provenance/v0.2"), ".predicateType"),
        (lambda d: d.pop("subject"), "'subject' is a required property"),
        (lambda d: d.update(subject=[]), ".subject"),
        (lambda d: d["subject"][0].update(digest={"md5": "a" * 32}), ".subject[0].digest"),
        (lambda d: d["subject"][0]["digest"].update(sha256="A" * 64), ".subject[0].digest.sha256"),
        (lambda d: d["subject"][0].update(name="../key.pem"), ".subject[0].name"),
        (lambda d: d["subject"][0].update(name="/etc/passwd"), ".subject[0].name"),
        (lambda d: d["subject"].append(dict(d["subject"][0])), "the same file more than once"),
        (lambda d: d["predicate"]["runDetails"]["builder"].update(id="x"), ".runDetails.builder"),
        (lambda d: _definition(d).update(buildType="x"), ".buildType"),
        (lambda d: _definition(d)["externalParameters"].update(release_serial=7.0), "7.0"),
        (lambda d: _definition(d)["externalParameters"].update(release_serial="0"), "'0'"),
        (lambda d: _definition(d)["externalParameters"].update(tree="dirty"), ".tree"),
        (lambda d: _definition(d)["resolvedDependencies"].pop(0), ".resolvedDependencies"),
    ],
)
def test_a_statement_of_another_form(change: Callable[[dict[str, Any]], Any], place: str) -> None:
    with pytest.raises(SchemaError) as refused:
        from_bytes(_changed(change), "payload")
    assert place in str(refused.value)


@pytest.mark.parametrize("payload", [b"", b"[]", b"\xff", b"[" * 100_000, b'{"a":1,"a":2}', b"NaN"])
def test_a_payload_that_is_no_statement(payload: bytes) -> None:
    with pytest.raises(SchemaError):
        from_bytes(payload, "payload")


@pytest.mark.parametrize("kind", ALGORITHMS)
def test_openssl_alone_agrees_with_the_signature(kind: str, tmp_path: Path) -> None:
    """The envelope is the standard's: pre-authentication encoding, signed."""
    keys = make_keys(tmp_path, kind)
    document = _envelope(sealed(tmp_path, keys, to_bytes(SAID)))
    payload = base64.b64decode(document["payload"])
    signed = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(payload)} ".encode() + payload
    (tmp_path / "signed").write_bytes(signed)
    (tmp_path / "sig").write_bytes(base64.b64decode(document["signatures"][0]["sig"]))
    digest = {"ed25519": (), "p256": ("-digest", "sha256"), "p384": ("-digest", "sha384")}[kind]
    openssl("pkeyutl", "-verify", "-pubin", "-inkey", keys.public, "-rawin", *digest,
            "-in", tmp_path / "signed", "-sigfile", tmp_path / "sig")  # fmt: skip
