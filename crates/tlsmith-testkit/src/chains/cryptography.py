"""Judges chains: a line a chain on standard input (base64 of the root, the leaf, the rest), a line a verdict on standard output."""

import base64
import datetime
import sys

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
for line in sys.stdin:
    try:
        root, leaf, *rest = [x509.load_der_x509_certificate(base64.b64decode(part)) for part in line.split()]
        builder = PolicyBuilder().store(Store([root])).time(now)
        builder.build_server_verifier(x509.DNSName(sys.argv[1])).verify(leaf, rest)
        print("accepted")
    except Exception as error:  # whatever it is, it is a refusal
        print(type(error).__name__, " ".join(str(error).split()))
