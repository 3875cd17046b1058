// Calls every case with the npm package `xmlrpc`.
"use strict";
// [docs:connect]
const xmlrpc = require("xmlrpc");

// Instants are sent as 20260301T12:00:00.123Z.
xmlrpc.dateFormatter.setOpts({ colons: true, hyphens: false, local: false, ms: true, offset: false });
process.env.TZ = "UTC"; // those of answers are UTC and do not say so

function connect(token) {
  return xmlrpc.createClient({
    url: `${process.env.GATEWAY_URL}/xmlrpc`,
    headers: { Authorization: `Bearer ${token}` },
  });
}

function call(client, name, args) {
  return new Promise((resolve, reject) => {
    client.methodCall(name, args, (error, value) => (error ? reject(error) : resolve(value)));
  });
}
// [docs:end]

// [docs:password]
function connectWithPassword(user, pass) {
  return xmlrpc.createClient({ url: `${process.env.GATEWAY_URL}/xmlrpc`, basic_auth: { user, pass } });
}
// [docs:end]

// [docs:fault]
/** The parts of a faultString: the message, then labelled parts, those that are empty left out. */
function readFault(error) {
  const [message, ...rest] = error.faultString.split(" | ");
  const parts = Object.fromEntries(rest.map((part) => part.split(/: (.*)/s, 2)));
  return {
    message,
    exception: parts.EXCEPTION,
    errorcode: parts.ERRORCODE,
    cause: parts["DEBUG INFO"],
    problems: JSON.parse(parts.PROBLEMS ?? "[]"),
    request_id: parts.REQUEST,
  };
}
// [docs:end]

// [docs:types]
/** A number that the package would not write as its own type: digits beyond 2^53, a double without fraction. */
class Typed extends xmlrpc.CustomType {
  constructor(tagName, text) {
    super(text);
    this.tagName = tagName;
  }
}
const long = (digits) => new Typed("i8", digits);
const double = (text) => new Typed("double", text);
// [docs:end]

/** A value as JSON: Date has a form of its own, Buffer has none that is base64. */
function plain(value) {
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (Object.is(value, -0)) return "-0";
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

function many(number) {
  return {
    id: number,
    username: `user${number}`,
    email: `user${number}@example.org`,
    active: number % 2 === 0,
    courses: [{ id: number, name: `Course ${number}`, tags: ["x", "y"] }],
  };
}

const NOON = new Date("2026-03-01T12:00:00.123Z");
const ada = {
  id: 1,
  username: "ada",
  email: "ada@example.org",
  active: true,
  joined: NOON,
  courses: [
    { id: 1, name: "Algebra & <Logic>", tags: ["a", "b"] },
    { id: 2, name: "Rhetoric", tags: [] },
  ],
};
const bob = { username: "bob", active: false, courses: [] };
const cal = { username: "cal", courses: [] };
const jane = {
  username: `${process.env.GATEWAY_NAME}.jane`,
  password: "Corr3ct-horse",
  firstname: "Jane",
  lastname: "Doe & Søn",
  email: `${process.env.GATEWAY_NAME}.jane@example.org`,
  city: "Perth",
};
const badAccounts = [
  { username: "Bad Name", email: "a@example.org" },
  { username: "good", email: "nowhere" },
];

const calls = [
  { methodName: "interop_echo_int", params: [5] },
  { methodName: "interop_echo_text", params: ["tea"] },
];

const criteria = [
  { key: "username", value: "user02" },
  { key: "lastname", value: "lind%" },
];

const CASES = [
  ["int", "interop_echo_int", [long("9223372036854775807")]],
  ["int-small", "interop_echo_int", [-5]],
  ["int-5", "interop_echo_int", [5]],
  ["int-32-bits", "interop_echo_int", [-2147483648]],
  ["int-33-bits", "interop_echo_int", [2147483648]],
  ["int-54-bits", "interop_echo_int", [long("9007199254740993")]],
  ["int32", "interop_echo_int32", [-2147483648]],
  ["double", "interop_echo_double", [0.1]],
  ["double-1.5", "interop_echo_double", [1.5]],
  ["double-minus-0", "interop_echo_double", [double("-0.0")]],
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
  ["bytes", "interop_echo_bytes", [Buffer.from([...Array(256).keys()])]],
  ["bytes-2", "interop_echo_bytes", [Buffer.from([0, 255])]],
  ["optional-omitted", "interop_optional", ["x"]],
  ["optional-nil", "interop_optional", ["x", null, null, null, null]],
  ["optional-given", "interop_optional", [{ a: "x", b: 1, c: "y", d: 0, e: [3] }]],
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
  ["update-users", "core_user_update_users", [[{ id: 21, city: "Perth" }]]],
  ["delete-users", "core_user_delete_users", [[999999]]],
  ["methods", "system.listMethods", []],
  ["method-signature", "system.methodSignature", ["interop_optional"]],
  ["multicall", "system.multicall", [calls]],
];

async function main() {
  const gateway = connect(process.env.GATEWAY_TOKEN);
  const others = {
    "fault-token": connect(process.env.GATEWAY_BAD_TOKEN),
    password: connectWithPassword(process.env.GATEWAY_USER, process.env.GATEWAY_PASSWORD),
  };
  for (const [name, method, args] of CASES) {
    const line = { case: name };
    try {
      line.value = plain(await call(others[name] ?? gateway, method, args));
    } catch (error) {
      if (!error.faultString) throw error;
      line.fault = readFault(error);
    }
    console.log(JSON.stringify(line));
  }
  console.log(JSON.stringify({ case: "instant-zone", cannot: "a Date has no zone" }));
  console.log(JSON.stringify({ case: "instant-no-zone", cannot: "a Date is an instant" }));
}

main();
