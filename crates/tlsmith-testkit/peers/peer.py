"""A TLS peer that is told what to do on standard input, a line an order, and answers with a line.

    python3 peer.py ssl|pyopenssl|tlslite

Orders and answers are a word and `key=value` fields, separated by tabs; see src/peers/script.rs. Suites and groups come
from the file that OPENSSL_CONF names: the `ssl` module has no call for them.
"""

import hashlib
import os
import socket
import struct
import sys
import threading

CHUNK = 1 << 16
output = threading.Lock()


def answer(word, **fields):
    line = "\t".join([word] + [f"{key}={value}" for key, value in fields.items() if value is not None])
    with output:
        sys.stdout.write(line.replace("\n", " ") + "\n")
        sys.stdout.flush()


class Standard:
    """The `ssl` module."""

    def __init__(self):
        import ssl

        self.ssl = ssl

    def version(self):
        return self.ssl.OPENSSL_VERSION

    def context(self, order, server):
        ssl = self.ssl
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2 if "tls12" in order else ssl.TLSVersion.TLSv1_3
        if "cert" in order:
            context.load_cert_chain(order["cert"], order["key"])
        if "ca" in order:
            context.load_verify_locations(order["ca"])
        if server:
            context.verify_mode = {"require": ssl.CERT_REQUIRED, "request": ssl.CERT_OPTIONAL}.get(
                order.get("auth"), ssl.CERT_NONE
            )
        if "alpn" in order:
            context.set_alpn_protocols(order["alpn"].split(","))
        return context

    def accept(self, context, sock):
        return context.wrap_socket(sock, server_side=True)

    def connect(self, context, sock, name):
        return context.wrap_socket(sock, server_hostname=name)

    def facts(self, tls):
        subject = dict(part for rdn in (tls.getpeercert() or {}).get("subject", ()) for part in rdn)
        return {
            "protocol": tls.version(),
            "suite": tls.cipher()[0],
            "alpn": tls.selected_alpn_protocol(),
            "peer": subject.get("commonName"),
        }

    def read(self, tls, count):
        return tls.recv(count)

    def close(self, tls):
        # The second half waits for the peer's close_notify.
        tls.unwrap().close()


class PyOpenSSL:
    """pyOpenSSL, for the OpenSSL that comes with the package `cryptography`."""

    def __init__(self):
        from OpenSSL import SSL

        self.SSL = SSL

    def version(self):
        return self.SSL.SSLeay_version(0).decode()

    def context(self, order, server):
        SSL = self.SSL
        context = SSL.Context(SSL.TLS_SERVER_METHOD if server else SSL.TLS_CLIENT_METHOD)
        context.set_min_proto_version(SSL.TLS1_2_VERSION if "tls12" in order else SSL.TLS1_3_VERSION)
        if "cert" in order:
            context.use_certificate_chain_file(order["cert"])
            context.use_privatekey_file(order["key"])
        if "ca" in order:
            context.load_verify_locations(order["ca"])
        if not server:
            context.set_verify(SSL.VERIFY_PEER)
        elif order.get("auth") == "require":
            context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT)
        elif order.get("auth") == "request":
            context.set_verify(SSL.VERIFY_PEER)
        if "alpn" in order:
            wanted = [name.encode() for name in order["alpn"].split(",")]
            if server:
                context.set_alpn_select_callback(
                    lambda _, offered: next((name for name in wanted if name in offered), SSL.NO_OVERLAPPING_PROTOCOLS)
                )
            else:
                context.set_alpn_protos(wanted)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        return context

    def accept(self, context, sock):
        tls = self.SSL.Connection(context, sock)
        tls.set_accept_state()
        tls.do_handshake()
        return tls

    def connect(self, context, sock, name):
        tls = self.SSL.Connection(context, sock)
        tls.set_tlsext_host_name(name.encode())
        tls.set_verify(self.SSL.VERIFY_PEER)
        tls.set_connect_state()
        tls.do_handshake()
        return tls

    def facts(self, tls):
        peer = tls.get_peer_certificate(as_cryptography=True)
        group = tls.get_group_name()
        return {
            "protocol": tls.get_protocol_version_name(),
            "suite": tls.get_cipher_name(),
            "group": group,
            "alpn": tls.get_alpn_proto_negotiated().decode() or None,
            "peer": peer and ",".join(attribute.value for attribute in peer.subject if attribute.oid.dotted_string == "2.5.4.3"),
        }

    def read(self, tls, count):
        try:
            return tls.recv(count)
        except self.SSL.ZeroReturnError:
            return b""

    def close(self, tls):
        if not tls.shutdown():
            self.read(tls, 1)
        tls.close()


class TlsLite:
    """tlslite-ng: TLS in Python itself. It verifies no chains, so it is a peer of the protocol alone."""

    def __init__(self):
        import tlslite.api

        self.api = tlslite.api

    def version(self):
        return "tlslite-ng " + self.api.__version__

    def context(self, order, server):
        settings = self.api.HandshakeSettings()
        settings.minVersion = (3, 3) if "tls12" in order else (3, 4)
        chain = key = None
        if "cert" in order:
            chain = self.api.X509CertChain()
            with open(order["cert"]) as file:
                chain.parsePemList(file.read())
            with open(order["key"]) as file:
                key = self.api.parsePEMKey(file.read(), private=True)
        return settings, chain, key

    def accept(self, context, sock):
        settings, chain, key = context
        tls = self.api.TLSConnection(sock)
        tls.handshakeServer(certChain=chain, privateKey=key, settings=settings)
        return tls

    def connect(self, context, sock, name):
        settings, chain, key = context
        tls = self.api.TLSConnection(sock)
        tls.handshakeClientCert(certChain=chain, privateKey=key, settings=settings, serverName=name)
        return tls

    def facts(self, tls):
        return {"protocol": {(3, 3): "TLSv1.2", (3, 4): "TLSv1.3"}.get(tls.version)}

    def read(self, tls, count):
        return bytes(tls.recv(count))

    def close(self, tls):
        tls.closeSocket = False
        tls.close()
        tls.sock.close()


def read_exactly(backend, tls, count):
    data = b""
    while len(data) < count:
        part = backend.read(tls, count - len(data))
        if not part:
            raise EOFError(f"{len(data)} of {count} bytes came")
        data += part
    return data


def receive(backend, tls, count):
    digest = hashlib.sha256()
    while count:
        part = backend.read(tls, min(count, CHUNK))
        if not part:
            raise EOFError(f"{count} bytes are missing")
        digest.update(part)
        count -= len(part)
    return digest


def send(tls, count):
    digest = hashlib.sha256()
    while count:
        part = os.urandom(min(count, CHUNK))
        digest.update(part)
        tls.sendall(part)
        count -= len(part)
    return digest


def serve(backend, context, sock, ident):
    try:
        tls = backend.accept(context, sock)
        up, down = struct.unpack(">QQ", read_exactly(backend, tls, 16))
        received = receive(backend, tls, up)
        tls.sendall(received.digest())
        sent = send(tls, down)
        facts = backend.facts(tls)
        backend.close(tls)
        answer("done", id=ident, sent=sent.hexdigest(), received=received.hexdigest(), **facts)
    except Exception as error:
        sock.close()
        answer("failed", id=ident, error=f"{type(error).__name__}: {error}")


def listen(backend, order):
    context = backend.context(order, server=True)
    listener = socket.create_server(("127.0.0.1", 0))
    answer("listening", id=order["id"], port=listener.getsockname()[1])

    def accept():
        while True:
            sock, _ = listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(backend, context, sock, order["id"]), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def connect(backend, order):
    try:
        context = backend.context(order, server=False)
        sock = socket.create_connection(("127.0.0.1", int(order["port"])))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tls = backend.connect(context, sock, order["name"])
        up, down = int(order["up"]), int(order["down"])
        tls.sendall(struct.pack(">QQ", up, down))
        sent = send(tls, up)
        if read_exactly(backend, tls, 32) != sent.digest():
            raise ValueError("the server received something else than was sent")
        received = receive(backend, tls, down)
        facts = backend.facts(tls)
        backend.close(tls)
        answer("done", id=order["id"], sent=sent.hexdigest(), received=received.hexdigest(), **facts)
    except Exception as error:
        answer("failed", id=order["id"], error=f"{type(error).__name__}: {error}")


def main():
    backend = {"ssl": Standard, "pyopenssl": PyOpenSSL, "tlslite": TlsLite}[sys.argv[1]]()
    answer("ready", version=backend.version())
    for line in sys.stdin:
        word, *fields = line.rstrip("\n").split("\t")
        order = dict(field.split("=", 1) for field in fields)
        {"listen": listen, "connect": connect}[word](backend, order)


main()
