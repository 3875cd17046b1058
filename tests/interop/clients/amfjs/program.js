// Calls every case with the npm package `amfjs`, which writes and reads values; the packet around them is ours.
// The argument says in which encoding, 0 or 3.
"use strict";
const { AMF0, AMF3, AMFDecoder, AMFEncoder, ForcedTypeValue, Serializable } = require("amfjs");
const { NO_ZONES, cases, run } = require("../_node/cases.js");

const URL = `${process.env.GATEWAY_URL}/amf`;
const ENCODING = process.argv[2] === "3" ? AMF3 : AMF0;
const AVM_PLUS = 0x11;

// [docs:mend]
/** The package writes wrong counts (AMF0 from 16 items on, AMF3 from 64), and reads two items from an empty array. */
AMF0.STRICT_ARRAY.encode = function encode(items) {
  this.writeInt32BE(items.length);
  for (const each of items) this.encode(each, AMF0);
};
AMF3.ARRAY.encode = function encode(items) {
  this.serialize((items.length << 1) | 1, AMF3);
  this.serialize("", AMF3); // no associative part
  for (const each of items) this.encodeAmf3(each);
};
/** It does not count the names of members, so its references to texts name others. */
AMF3.STRING.referencable = false;
AMF0.STRICT_ARRAY.decode = function decode() {
  const items = Array.from({ length: this.readInt32BE() }, () => this.decode(AMF0));
  this.amf0References.push(items);
  return items;
};
// [docs:end]

// [docs:packet]
/** Bytes that an AMFEncoder writes to. */
class Packet {
  parts = [];

  write(bytes) {
    this.parts.push(Buffer.from(bytes));
  }

  short(number) {
    this.write([number >> 8, number & 255]);
  }

  text(text) {
    this.short(Buffer.byteLength(text));
    this.write(Buffer.from(text));
  }

  /** A value of a header or body, behind its length, which nobody looks at. */
  value(value, encoding) {
    this.write([0, 0, 0, 0]);
    if (encoding === AMF3) this.write([AVM_PLUS]);
    new AMFEncoder(this).writeObject(value, encoding);
  }
}

/** Bytes that an AMFDecoder reads from. */
class Bytes {
  at = 0;

  constructor(bytes) {
    this.bytes = bytes;
  }

  read(count) {
    this.at += count;
    return this.at > this.bytes.length ? null : this.bytes.subarray(this.at - count, this.at);
  }

  text() {
    return this.read(this.read(2).readUInt16BE()).toString();
  }
}

/** A packet of one call; `login` is a header: its name and value. */
function request(name, args, login) {
  const packet = new Packet();
  packet.short(ENCODING === AMF3 ? 3 : 0);
  packet.short(1);
  packet.text(login.name);
  packet.write([0]);
  packet.value(login.value, AMF0);
  packet.short(1);
  packet.text(name);
  packet.text("/1");
  packet.value(args, ENCODING);
  return Buffer.concat(packet.parts);
}
// [docs:end]

// [docs:call]
const token = (secret) => ({ name: "wstoken", value: secret });
const credentials = (userid, password) => ({ name: "Credentials", value: { userid, password } });

/** The result of a call; throws the fault. */
async function call(name, args, login) {
  const headers = { "Content-Type": "application/x-amf" };
  const answer = await fetch(URL, { method: "POST", headers, body: request(name, args, login) });
  const bytes = new Bytes(Buffer.from(await answer.arrayBuffer()));
  bytes.read(6); // version, no headers, one body
  const target = bytes.text();
  bytes.text();
  bytes.read(4);
  const value = new AMFDecoder(bytes).decode(AMF0); // which goes on in AMF3 where the answer says so
  if (target.endsWith("/onStatus")) throw new Fault(value);
  return value;
}

class Fault extends Error {
  constructor(status) {
    super(status.message);
    this.status = status;
  }
}
// [docs:end]

/** An anonymous object; a plain one goes as an associative array. */
const struct = (members) => Object.assign(new Serializable(), members);

/** What came, as JSON; members that begin with __ are the package's own. */
function plain(value) {
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (Object.is(value, -0)) return "-0"; // which JSON.stringify writes as 0
  if (value === null || typeof value !== "object") return value ?? null;
  const members = Object.entries(value).filter(([name]) => !name.startsWith("__"));
  return Object.fromEntries(members.map(([name, each]) => [name, plain(each)]));
}

const FORMS = {
  struct,
  instant: (text) => new Date(text),
  /** AMF3 is not to take it for an integer. */
  minusZero: ENCODING === AMF3 ? new ForcedTypeValue(-0, AMF3.DOUBLE) : -0,
  /** AMF0 has no bytes: they travel as base64. */
  octets: (buffer) => (ENCODING === AMF3 ? buffer : buffer.toString("base64")),
};

const LOGINS = {
  "fault-token": token(process.env.GATEWAY_BAD_TOKEN),
  password: credentials(process.env.GATEWAY_USER, process.env.GATEWAY_PASSWORD),
};

/** An answer comes in the encoding of its call: bytes tell. */
function check(name, value) {
  if (name.startsWith("bytes") && Buffer.isBuffer(value) !== (ENCODING === AMF3)) throw new Error("the wrong encoding");
}

async function outcome(name, method, args) {
  const login = LOGINS[name] ?? token(process.env.GATEWAY_TOKEN);
  try {
    const value = await call(method, Object.values(args), login);
    check(name, value);
    return { value: plain(value) };
  } catch (error) {
    if (error instanceof Fault) return { fault: plain(error.status) };
    throw error;
  }
}

run(cases(FORMS), outcome, NO_ZONES);
