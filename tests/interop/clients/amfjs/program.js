// Calls every case with the npm package `amfjs`, which writes and reads values; the packet around them is ours.
// The argument says in which encoding, 0 or 3.
"use strict";
const { AMF0, AMF3, AMFDecoder, AMFEncoder, ForcedTypeValue, Serializable } = require("amfjs");

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

function many(number) {
  const course = struct({ id: number, name: `Course ${number}`, tags: ["x", "y"] });
  return struct({
    id: number,
    username: `user${number}`,
    email: `user${number}@example.org`,
    active: number % 2 === 0,
    courses: [course],
  });
}

const NOON = new Date("2026-03-01T12:00:00.123Z");
const ada = struct({
  id: 1,
  username: "ada",
  email: "ada@example.org",
  active: true,
  joined: NOON,
  courses: [
    struct({ id: 1, name: "Algebra & <Logic>", tags: ["a", "b"] }),
    struct({ id: 2, name: "Rhetoric", tags: [] }),
  ],
});
const bob = struct({ username: "bob", active: false, courses: [] });
const cal = struct({ username: "cal", courses: [] });
const jane = struct({
  username: `${process.env.GATEWAY_NAME}.jane`,
  password: "Corr3ct-horse",
  firstname: "Jane",
  lastname: "Doe & Søn",
  email: `${process.env.GATEWAY_NAME}.jane@example.org`,
  city: "Perth",
});
const badAccounts = [
  struct({ username: "Bad Name", email: "a@example.org" }),
  struct({ username: "good", email: "nowhere" }),
];
/** A number that AMF3 is not to take for an integer. */
const double = (number) => (ENCODING === AMF3 ? new ForcedTypeValue(number, AMF3.DOUBLE) : number);

/** AMF0 has no bytes: they travel as base64. */
const octets = (numbers) => (ENCODING === AMF3 ? Buffer.from(numbers) : Buffer.from(numbers).toString("base64"));

const criteria = [
  struct({ key: "username", value: "user02" }),
  struct({ key: "lastname", value: "lind%" }),
];

const CASES = [
  ["int", "interop_echo_int", ["9223372036854775807"]],
  ["int-small", "interop_echo_int", [-5]],
  ["int-5", "interop_echo_int", [5]],
  ["int-32-bits", "interop_echo_int", [-2147483648]],
  ["int-33-bits", "interop_echo_int", [2147483648]],
  ["int-54-bits", "interop_echo_int", ["9007199254740993"]],
  ["int32", "interop_echo_int32", [-2147483648]],
  ["double", "interop_echo_double", [0.1]],
  ["double-1.5", "interop_echo_double", [1.5]],
  ["double-minus-0", "interop_echo_double", [double(-0)]],
  ["decimal", "interop_echo_decimal", ["12345678901234567890.12"]],
  ["decimal-1.50", "interop_echo_decimal", ["1.50"]],
  ["decimal-1E+3", "interop_echo_decimal", ["1000"]],
  ["bool", "interop_echo_bool", [true]],
  ["bool-false", "interop_echo_bool", [false]],
  ["text", "interop_echo_text", ["é€<b>&amp;\"'`]]>\tend"]],
  ["text-markup", "interop_echo_text", ["a<b>&c"]],
  ["text-emoji", "interop_echo_text", ["a😀b"]],
  ["text-crlf", "interop_echo_text", ["a\r\nb"]],
  ["text-blanks", "interop_echo_text", ["  a  b  "]],
  ["text-empty", "interop_echo_text", [""]],
  ["text-illegal", "interop_illegal_text", []],
  ["instant", "interop_echo_instant", [NOON]],
  ["instant-whole", "interop_echo_instant", [new Date("2026-03-01T12:00:00Z")]],
  ["instant-micros", "interop_echo_instant", [new Date("2026-03-01T12:00:00.123456Z")]],
  ["day", "interop_echo_day", ["2026-03-01"]],
  ["choice", "interop_echo_level", ["high"]],
  ["choice-low", "interop_echo_level", ["low"]],
  ["bytes", "interop_echo_bytes", [octets([...Array(256).keys()])]],
  ["bytes-2", "interop_echo_bytes", [octets([0, 255])]],
  ["optional-omitted", "interop_optional", ["x"]],
  ["optional-nil", "interop_optional", ["x", null, null, null, null]],
  ["optional-given", "interop_optional", ["x", 1, "y", 0, [3]]],
  ["list", "interop_echo_numbers", [[1, -2, 3]]],
  ["list-one", "interop_echo_numbers", [[1]]],
  ["list-texts", "interop_echo_texts", [["a", "", "b & c"]]],
  ["list-empty", "interop_echo_numbers", [[]]],
  ["struct", "interop_echo_person", [ada]],
  ["struct-absent", "interop_echo_person", [bob]],
  ["struct-default", "interop_echo_person", [cal]],
  ["structs", "interop_echo_people", [[ada, bob]]],
  ["structs-500", "interop_echo_people", [[...Array(500).keys()].map(many)]],
  ["void", "interop_void", ["x"]],
  ["null", "interop_null", []],
  ["fault-problems", "interop_accounts", [badAccounts]],
  ["fault-declared", "interop_fault", ["an hour & a <half>"]],
  ["fault-token", "interop_echo_int", [1]],
  ["password", "interop_echo_int", [1]],
  ["site-info", "core_webservice_get_site_info", []],
  ["create-users", "core_user_create_users", [[jane]]],
  ["get-users", "core_user_get_users_by_field", ["username", ["user01", "nobody"]]],
  ["find-users", "core_user_get_users", [criteria]],
  ["update-users", "core_user_update_users", [[struct({ id: 21, city: "Perth" })]]],
  ["delete-users", "core_user_delete_users", [[999999]]],
];

const CANNOT = [
  ["instant-zone", "a Date has no zone"],
  ["instant-no-zone", "a Date is an instant"],
];

const LOGINS = {
  "fault-token": token(process.env.GATEWAY_BAD_TOKEN),
  password: credentials(process.env.GATEWAY_USER, process.env.GATEWAY_PASSWORD),
};

/** An answer comes in the encoding of its call: bytes tell. */
function check(name, value) {
  if (name.startsWith("bytes") && Buffer.isBuffer(value) !== (ENCODING === AMF3)) throw new Error("the wrong encoding");
}

async function line(name, method, args) {
  const login = LOGINS[name] ?? token(process.env.GATEWAY_TOKEN);
  try {
    const value = await call(method, args, login);
    check(name, value);
    return { case: name, value: plain(value) };
  } catch (error) {
    if (error instanceof Fault) return { case: name, fault: plain(error.status) };
    throw error;
  }
}

async function main() {
  for (const [name, reason] of CANNOT) console.log(JSON.stringify({ case: name, cannot: reason }));
  for (const each of CASES) console.log(JSON.stringify(await line(...each)));
}

main();
