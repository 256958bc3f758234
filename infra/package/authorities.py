"""botocore's trusted authorities as OpenSSL's folder of hashed names: it reads the one that signed, not all 126.

Reading the file takes 13 ms, a tenth of a cold start; the folder takes none, and trusts the same.
"""

import hashlib
import re
import string
import warnings
from collections import Counter
from pathlib import Path

from cryptography import x509
from cryptography.x509.name import _ASN1Type

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL)
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
#: Where `chalicelib/aws.py` looks.
FOLDER = "authorities"


def authorities(tree: Path) -> None:
    """Write each authority of botocore's file as `<hash of its name>.<number>`."""
    folder, seen = tree / FOLDER, Counter[str]()
    folder.mkdir()
    for text in _CERTIFICATE.findall((tree / "botocore" / "cacert.pem").read_text()):
        with warnings.catch_warnings(action="ignore"):  # some old ones have odd serial numbers
            name = name_hash(x509.load_pem_x509_certificate(text.encode()).subject)
        (folder / f"{name}.{seen[name]}").write_text(text)
        seen[name] += 1


def name_hash(subject: x509.Name) -> str:
    """As `openssl x509 -subject_hash`: of the name in UTF-8, lower case, single spaces, without the outer header."""
    parts = [
        x509.RelativeDistinguishedName(
            [x509.NameAttribute(a.oid, _canonical(str(a.value)), _ASN1Type.UTF8String) for a in part]
        )
        for part in subject.rdns
    ]
    der = x509.Name(parts).public_bytes()
    header = 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)
    digest = hashlib.sha1(der[header:], usedforsecurity=False).digest()
    return f"{int.from_bytes(digest[:4], 'little'):08x}"


def _canonical(value: str) -> str:
    return re.sub(r"[ \t\n\v\f\r]+", " ", value).strip(" ").translate(_LOWER)
