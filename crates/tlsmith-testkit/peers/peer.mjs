// A TLS peer that is told what to do on standard input, a line an order, and answers with a line.
//
// Orders and answers are a word and `key=value` fields, separated by tabs; see src/peers/script.rs.

import crypto from 'node:crypto';
import fs from 'node:fs';
import readline from 'node:readline';
import tls from 'node:tls';

const CHUNK = 1 << 16;
const ALLOWED = { x25519: 'X25519', secp256r1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
const REPORTED = { X25519: 'x25519', prime256v1: 'secp256r1' };

function answer(word, fields) {
  const parts = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== false);
  process.stdout.write([word, ...parts.map(([key, value]) => `${key}=${value}`)].join('\t').replaceAll('\n', ' ') + '\n');
}

function options(order) {
  const all = { minVersion: order.tls12 ? 'TLSv1.2' : 'TLSv1.3' };
  if (order.cert) Object.assign(all, { cert: fs.readFileSync(order.cert), key: fs.readFileSync(order.key) });
  if (order.ca) all.ca = fs.readFileSync(order.ca);
  if (order.suite) all.ciphers = order.suite;
  if (order.group) all.ecdhCurve = ALLOWED[order.group] ?? order.group;
  if (order.scheme) all.sigalgs = order.scheme;
  if (order.alpn) all.ALPNProtocols = order.alpn.split(',');
  return all;
}

function facts(socket) {
  const group = socket.getEphemeralKeyInfo()?.name; // a client's knowledge only
  return {
    protocol: socket.getProtocol(),
    suite: socket.getCipher()?.standardName,
    group: REPORTED[group] ?? group,
    alpn: socket.alpnProtocol,
    peer: socket.getPeerCertificate()?.subject?.CN,
  };
}

// Bytes of a stream in pieces of the caller's choice.
function reader(socket) {
  const iterator = socket.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);
  const some = async (count) => {
    if (rest.length === 0) {
      const { value, done } = await iterator.next();
      if (done) throw new Error(`the stream ended, ${count} bytes are missing`);
      rest = value;
    }
    const part = rest.subarray(0, count);
    rest = rest.subarray(part.length);
    return part;
  };
  return {
    async exactly(count) {
      const parts = [];
      for (let part; count > 0; count -= part.length) parts.push((part = await some(count)));
      return Buffer.concat(parts);
    },
    async digest(count) {
      const hash = crypto.createHash('sha256');
      for (let part; count > 0; count -= part.length) hash.update((part = await some(count)));
      return hash.digest();
    },
    async end() {
      if (rest.length > 0 || !(await iterator.next()).done) throw new Error('more data than announced');
    },
  };
}

async function send(socket, count) {
  const hash = crypto.createHash('sha256');
  for (; count > 0; count -= Math.min(count, CHUNK)) {
    const part = crypto.randomBytes(Math.min(count, CHUNK));
    hash.update(part);
    if (!socket.write(part)) await new Promise((resume) => socket.once('drain', resume));
  }
  return hash.digest();
}

async function serve(socket, id) {
  try {
    const from = reader(socket);
    const header = await from.exactly(16);
    const received = await from.digest(Number(header.readBigUInt64BE(0)));
    socket.write(received);
    const sent = await send(socket, Number(header.readBigUInt64BE(8)));
    const known = facts(socket);
    socket.end();
    await from.end();
    answer('done', { id, sent: sent.toString('hex'), received: received.toString('hex'), ...known });
  } catch (error) {
    answer('failed', { id, error: `${error.code ?? error.name}: ${error.message}` });
  }
}

function listen(order) {
  const auth = { requestCert: order.auth !== undefined, rejectUnauthorized: order.auth === 'require' };
  // A server of Node refuses unknown protocols only if asked to choose by itself.
  const server = tls.createServer({ ...options(order), ...auth, allowHalfOpen: true });
  server.on('tlsClientError', (error) => answer('failed', { id: order.id, error: `${error.code}: ${error.message}` }));
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {});
    serve(socket, order.id);
  });
  server.listen(0, '127.0.0.1', () => answer('listening', { id: order.id, port: server.address().port }));
}

function connect(order) {
  const failed = (error) => answer('failed', { id: order.id, error: `${error.code ?? error.name}: ${error.message}` });
  const where = { host: '127.0.0.1', port: Number(order.port), servername: order.name };
  const socket = tls.connect({ ...options(order), ...where, allowHalfOpen: true });
  let over = false;
  socket.on('error', (error) => { if (!over) { over = true; failed(error); } });
  socket.on('secureConnect', async () => {
    try {
      socket.setNoDelay(true);
      const header = Buffer.alloc(16);
      header.writeBigUInt64BE(BigInt(order.up), 0);
      header.writeBigUInt64BE(BigInt(order.down), 8);
      socket.write(header);
      const from = reader(socket);
      const sent = await send(socket, Number(order.up));
      if (!(await from.exactly(32)).equals(sent)) throw new Error('the server received something else than was sent');
      const received = await from.digest(Number(order.down));
      const known = facts(socket);
      await from.end();
      over = true;
      socket.end();
      answer('done', { id: order.id, sent: sent.toString('hex'), received: received.toString('hex'), ...known });
    } catch (error) {
      if (!over) { over = true; failed(error); }
      socket.destroy();
    }
  });
}

answer('ready', { version: `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}` });
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const [word, ...fields] = line.split('\t');
  const order = Object.fromEntries(fields.map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]));
  ({ listen, connect })[word](order);
}).on('close', () => process.exit(0));
