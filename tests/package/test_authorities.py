"""The package's folder of authorities: whom botocore's file trusts is trusted, and nobody else."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.outcomes import Answer, Failure
from chalicelib.transport import Transport
from infra.package.authorities import authorities
from tests.factories import NOW
from tests.packages import Package

Signed = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def _signed(name: str, by: Signed | None = None) -> Signed:
    """A certificate for this machine's own address, by an authority or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
    ])  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[0].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=9000))
        .not_valid_after(NOW + timedelta(days=9000))
        .add_extension(x509.BasicConstraints(by is None, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key((by[1] if by else key).public_key()),
            critical=False,
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    )
    return made.sign(by[1] if by else key, hashes.SHA256()), key


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture
def authority() -> Signed:
    return _signed("An  Ordinary AUTHORITY ")


@pytest.fixture
def url(authority: Signed, tmp_path: Path) -> Iterator[str]:
    """A server whose certificate that authority signed; it answers each connection once."""
    certificate, key = _signed("server", authority)
    file = tmp_path / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_text(_pem(certificate) + secret.decode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=[listener, context], daemon=True).start()
        yield f"https://localhost:{listener.getsockname()[1]}"


def _serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    try:
        plain, _ = listener.accept()
        with context.wrap_socket(plain, server_side=True) as connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
    except OSError:  # refused by the other side, or closed
        return


def _folder(tree: Path, *trusted: x509.Certificate) -> str:
    (tree / "botocore").mkdir(parents=True)
    (tree / "botocore" / "cacert.pem").write_text("".join(f"# A label\n{_pem(one)}" for one in trusted))
    authorities(tree)
    return str(tree / "authorities")


def _asked(url: str, folder: str) -> Answer | Failure:
    wire: Any = Transport("dynamodb", url, "us-east-1", lambda: ("a", "b", None), lambda: folder)
    found: Answer | Failure = wire._ask({}, b"{}")
    return found


def test_a_server_signed_by_one_of_many_authorities_is_trusted(
    authority: Signed, url: str, tmp_path: Path
) -> None:
    # Another of the same name stands first: OpenSSL looks at both.
    namesake, other = _signed("an ordinary authority"), _signed("Another")
    found = _asked(url, _folder(tmp_path / "tree", namesake[0], other[0], authority[0]))
    assert isinstance(found, Answer)
    assert found.body == b"{}"


def test_a_server_signed_by_nobody_known_is_refused(url: str, tmp_path: Path) -> None:
    found = _asked(url, _folder(tmp_path / "tree", _signed("an ordinary authority")[0]))
    assert isinstance(found, Failure)
    assert found.name == "SSLError"


def test_the_package_trusts_all_whom_botocore_trusts(package: Package) -> None:
    file = (package.tree / "botocore" / "cacert.pem").read_text()
    kept = sorted((package.tree / "authorities").iterdir())
    assert len(kept) == file.count("BEGIN CERTIFICATE") > 100
    assert all(one.read_text() in file for one in kept)
    # Called as `openssl x509 -subject_hash` says.
    amazon = x509.load_pem_x509_certificate((package.tree / "authorities" / "ce5e74ef.0").read_bytes())
    assert amazon.subject.rfc4514_string() == "CN=Amazon Root CA 1,O=Amazon,C=US"
