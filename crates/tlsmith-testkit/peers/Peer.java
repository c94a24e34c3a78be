// A TLS peer that is told what to do on standard input, a line an order, and answers with a line.
//
// Orders and answers are a word and `key=value` fields, separated by tabs; see src/peers/script.rs. The groups are the
// process's (-Djdk.tls.namedGroups=...).

import java.io.*;
import java.net.*;
import java.nio.ByteBuffer;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.security.spec.*;
import java.util.*;
import javax.net.ssl.*;

public class Peer {
    static final int CHUNK = 1 << 14;
    static final SecureRandom RANDOM = new SecureRandom();

    static synchronized void answer(String word, String... fields) {
        StringBuilder line = new StringBuilder(word);
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i + 1] != null && !fields[i + 1].isEmpty()) line.append('\t').append(fields[i]).append('=').append(fields[i + 1]);
        }
        System.out.println(line.toString().replace('\n', ' '));
        System.out.flush();
    }

    static PrivateKey key(String file) throws Exception {
        String pem = Files.readString(Path.of(file)).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        byte[] der = Base64.getDecoder().decode(pem);
        for (String algorithm : new String[] {"EC", "RSASSA-PSS", "RSA"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException notThisOne) {
                continue;
            }
        }
        throw new InvalidKeyException(file);
    }

    static Certificate[] certificates(String file) throws Exception {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).toArray(new Certificate[0]);
        }
    }

    static SSLContext context(Map<String, String> order) throws Exception {
        KeyManager[] keys = null;
        if (order.containsKey("cert")) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("own", key(order.get("key")), new char[0], certificates(order.get("cert")));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(store, new char[0]);
            keys = factory.getKeyManagers();
        }
        TrustManager[] trust = null;
        if (order.containsKey("ca")) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("ca", certificates(order.get("ca"))[0]);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            trust = factory.getTrustManagers();
        }
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys, trust, RANDOM);
        return context;
    }

    static void parameters(SSLSocket socket, Map<String, String> order) {
        SSLParameters all = socket.getSSLParameters();
        all.setProtocols(order.containsKey("tls12") ? new String[] {"TLSv1.3", "TLSv1.2"} : new String[] {"TLSv1.3"});
        if (order.containsKey("suite")) all.setCipherSuites(new String[] {order.get("suite")});
        if (order.containsKey("alpn")) all.setApplicationProtocols(order.get("alpn").split(","));
        if (order.containsKey("name")) {
            all.setServerNames(List.of(new SNIHostName(order.get("name"))));
            all.setEndpointIdentificationAlgorithm("HTTPS");
        }
        if ("require".equals(order.get("auth"))) all.setNeedClientAuth(true);
        if ("request".equals(order.get("auth"))) all.setWantClientAuth(true);
        socket.setSSLParameters(all);
    }

    static String peer(SSLSession session) {
        try {
            return ((X509Certificate) session.getPeerCertificates()[0]).getSubjectX500Principal().getName();
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
    }

    static MessageDigest receive(InputStream from, long count) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[CHUNK];
        while (count > 0) {
            int part = from.read(buffer, 0, (int) Math.min(count, CHUNK));
            if (part < 0) throw new EOFException(count + " bytes are missing");
            digest.update(buffer, 0, part);
            count -= part;
        }
        return digest;
    }

    static MessageDigest send(OutputStream to, long count) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[CHUNK];
        RANDOM.nextBytes(buffer);
        while (count > 0) {
            int part = (int) Math.min(count, CHUNK);
            buffer[0]++;
            digest.update(buffer, 0, part);
            to.write(buffer, 0, part);
            count -= part;
        }
        return digest;
    }

    static void done(SSLSocket socket, String id, byte[] sent, byte[] received) {
        SSLSession session = socket.getSession();
        answer("done", "id", id, "sent", HexFormat.of().formatHex(sent), "received", HexFormat.of().formatHex(received),
            "protocol", session.getProtocol(), "suite", session.getCipherSuite(),
            "alpn", socket.getApplicationProtocol(), "peer", peer(session));
    }

    static void failed(String id, Exception error) {
        answer("failed", "id", id, "error", error.getClass().getSimpleName() + ": " + error.getMessage());
    }

    static void serve(SSLSocket socket, String id) {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.startHandshake();
            InputStream from = socket.getInputStream();
            OutputStream to = socket.getOutputStream();
            ByteBuffer header = ByteBuffer.wrap(from.readNBytes(16));
            byte[] received = receive(from, header.getLong()).digest();
            to.write(received);
            byte[] sent = send(to, header.getLong()).digest();
            socket.shutdownOutput();
            if (from.read() >= 0) throw new IOException("more data than announced");
            done(socket, id, sent, received);
        } catch (Exception error) {
            failed(id, error);
        }
    }

    static void listen(Map<String, String> order) throws Exception {
        SSLContext context = context(order);
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        answer("listening", "id", order.get("id"), "port", "" + listener.getLocalPort());
        start(() -> {
            while (true) {
                try {
                    Socket plain = listener.accept();
                    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, true);
                    socket.setUseClientMode(false);
                    parameters(socket, order);
                    start(() -> serve(socket, order.get("id")));
                } catch (Exception error) {
                    failed(order.get("id"), error);
                }
            }
        });
    }

    static void connect(Map<String, String> order) {
        String id = order.get("id");
        try (SSLSocket socket = (SSLSocket) context(order).getSocketFactory().createSocket(
                new Socket("127.0.0.1", Integer.parseInt(order.get("port"))), order.get("name"), 0, true)) {
            socket.setTcpNoDelay(true);
            parameters(socket, order);
            socket.startHandshake();
            InputStream from = socket.getInputStream();
            OutputStream to = socket.getOutputStream();
            long up = Long.parseLong(order.get("up")), down = Long.parseLong(order.get("down"));
            to.write(ByteBuffer.allocate(16).putLong(up).putLong(down).array());
            byte[] sent = send(to, up).digest();
            if (!Arrays.equals(from.readNBytes(32), sent)) throw new IOException("the server received something else than was sent");
            byte[] received = receive(from, down).digest();
            socket.shutdownOutput();
            if (from.read() >= 0) throw new IOException("more data than announced");
            done(socket, id, sent, received);
        } catch (Exception error) {
            failed(id, error);
        }
    }

    static void start(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    public static void main(String[] arguments) throws Exception {
        answer("ready", "version", "Java " + System.getProperty("java.version"));
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = orders.readLine()) != null;) {
            String[] fields = line.split("\t");
            Map<String, String> order = new HashMap<>();
            for (int i = 1; i < fields.length; i++) {
                String[] field = fields[i].split("=", 2);
                order.put(field[0], field[1]);
            }
            if (fields[0].equals("listen")) listen(order);
            else start(() -> connect(order));
        }
        System.exit(0);
    }
}
