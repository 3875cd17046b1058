// Calls every case with the npm package `soap`.
"use strict";
const soap = require("soap");

// [docs:connect]
/** Without these, numbers beyond 2^53, long decimals, microseconds, and blanks at the ends of texts are lost. */
const OPTIONS = {
  forceSoap12Headers: process.env.GATEWAY_SOAP === "12",
  preserveWhitespace: true,
  customDeserializer: {
    long: (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text),
    decimal: (text) => text,
    dateTime: (text) => text,
  },
};

async function connect(token) {
  const client = await soap.createClientAsync(process.env.GATEWAY_WSDL, OPTIONS);
  client.setSecurity(new soap.BearerSecurity(token));
  return client;
}
// [docs:end]

// [docs:password]
async function connectWithPassword() {
  const client = await soap.createClientAsync(process.env.GATEWAY_WSDL, OPTIONS);
  client.setSecurity(new soap.WSSecurity(process.env.GATEWAY_USER, process.env.GATEWAY_PASSWORD));
  return client;
}
// [docs:end]

// [docs:call]
/** The one member of the answer, named after the function; a void function has none. */
async function call(client, name, args) {
  const [answer] = await client[`${name}Async`](args);
  return answer ? answer[`${name}Result`] : null;
}

/** A list, which stands in a member named like its items' type. */
const items = (item) => (list) => (list ? (list[item] ?? []) : []);
// [docs:end]

const person = (found) => ({
  ...found,
  courses: items("InteropCourse")(found.courses).map((each) => ({ ...each, tags: items("string")(each.tags) })),
});
const people = (list) => items("InteropPerson")(list).map(person);

function many(number) {
  const course = { id: number, name: `Course ${number}`, tags: { string: ["x", "y"] } };
  return {
    id: number,
    username: `user${number}`,
    email: `user${number}@example.org`,
    active: number % 2 === 0,
    courses: { InteropCourse: [course] },
  };
}

// [docs:fault]
function readFault(error) {
  const fault = error.root.Envelope.Body.Fault;
  const { apiFault } = fault.detail ?? fault.Detail; // SOAP 1.2 has other names
  const message = fault.faultstring ?? fault.Reason.Text.$value;
  return { message, ...apiFault, problems: items("Problem")(apiFault.problems) };
}
// [docs:end]

const NOON = "2026-03-01T12:00:00.123";
const ada = {
  id: 1,
  username: "ada",
  email: "ada@example.org",
  active: true,
  joined: `${NOON}Z`,
  courses: {
    InteropCourse: [
      { id: 1, name: "Algebra & <Logic>", tags: { string: ["a", "b"] } },
      { id: 2, name: "Rhetoric", tags: { string: [] } },
    ],
  },
};
const bob = { username: "bob", active: false, courses: { InteropCourse: [] } };
const cal = { username: "cal", courses: { InteropCourse: [] } };
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
const criteria = [
  { key: "username", value: "user02" },
  { key: "lastname", value: "lind%" },
];
const octets = Buffer.from([...Array(256).keys()]).toString("base64");

const CASES = [
  ["int", "interop_echo_int", { value: "9223372036854775807" }],
  ["int-small", "interop_echo_int", { value: -5 }],
  ["int-5", "interop_echo_int", { value: 5 }],
  ["int-32-bits", "interop_echo_int", { value: -2147483648 }],
  ["int-33-bits", "interop_echo_int", { value: 2147483648 }],
  ["int-54-bits", "interop_echo_int", { value: "9007199254740993" }],
  ["int32", "interop_echo_int32", { value: -2147483648 }],
  ["double", "interop_echo_double", { value: 0.1 }],
  ["double-1.5", "interop_echo_double", { value: 1.5 }],
  ["double-minus-0", "interop_echo_double", { value: "-0" }, (found) => (Object.is(found, -0) ? "-0" : found)],
  ["decimal", "interop_echo_decimal", { value: "12345678901234567890.12" }],
  ["decimal-1.50", "interop_echo_decimal", { value: "1.50" }],
  ["decimal-1E+3", "interop_echo_decimal", { value: "1000" }],
  ["bool", "interop_echo_bool", { value: true }],
  ["bool-false", "interop_echo_bool", { value: false }],
  ["text", "interop_echo_text", { value: "é€<b>&amp;\"'`]]>\tend" }],
  ["text-markup", "interop_echo_text", { value: "a<b>&c" }],
  ["text-emoji", "interop_echo_text", { value: "a😀b" }],
  ["text-crlf", "interop_echo_text", { value: "a\r\nb" }],
  ["text-blanks", "interop_echo_text", { value: "  a  b  " }],
  ["text-empty", "interop_echo_text", { value: "" }],
  ["text-illegal", "interop_illegal_text", {}],
  ["instant", "interop_echo_instant", { value: `${NOON}Z` }],
  ["instant-whole", "interop_echo_instant", { value: "2026-03-01T12:00:00Z" }],
  ["instant-zone", "interop_echo_instant", { value: "2026-03-01T14:00:00.123+02:00" }],
  ["instant-no-zone", "interop_echo_instant", { value: NOON }],
  ["instant-micros", "interop_echo_instant", { value: `${NOON}456Z` }],
  ["day", "interop_echo_day", { value: "2026-03-01" }],
  ["choice", "interop_echo_level", { value: "high" }],
  ["choice-low", "interop_echo_level", { value: "low" }],
  ["bytes", "interop_echo_bytes", { value: octets }],
  ["bytes-2", "interop_echo_bytes", { value: "AP8=" }],
  ["optional-omitted", "interop_optional", { a: "x" }],
  ["optional-nil", "interop_optional", { a: "x", b: null, c: null, d: null, e: null }],
  // [docs:use]
  ["optional-given", "interop_optional", { a: "x", b: 1, c: "y", d: 0, e: { long: [3] } }],
  // [docs:end]
  ["list", "interop_echo_numbers", { values: { long: [1, -2, 3] } }, items("long")],
  ["list-one", "interop_echo_numbers", { values: { long: [1] } }, items("long")],
  ["list-texts", "interop_echo_texts", { values: { string: ["a", "", "b & c"] } }, items("string")],
  ["list-empty", "interop_echo_numbers", { values: { long: [] } }, items("long")],
  ["struct", "interop_echo_person", { person: ada }, person],
  ["struct-absent", "interop_echo_person", { person: bob }, person],
  ["struct-default", "interop_echo_person", { person: cal }, person],
  ["structs", "interop_echo_people", { people: { InteropPerson: [ada, bob] } }, people],
  ["structs-500", "interop_echo_people", { people: { InteropPerson: [...Array(500).keys()].map(many) } }, people],
  ["void", "interop_void", { value: "x" }],
  ["null", "interop_null", {}],
  ["fault-problems", "interop_accounts", { accounts: { InteropAccount: badAccounts } }],
  ["fault-declared", "interop_fault", { text: "an hour & a <half>" }],
  ["fault-token", "interop_echo_int", { value: 1 }],
  ["password", "interop_echo_int", { value: 1 }],
  [
    "site-info",
    "core_webservice_get_site_info",
    {},
    (info) => ({ ...info, functions: items("CoreWebserviceSiteFunction")(info.functions) }),
  ],
  ["create-users", "core_user_create_users", { users: { CoreUserNewUser: [jane] } }, items("CoreUserCreatedUser")],
  [
    "get-users",
    "core_user_get_users_by_field",
    { field: "username", values: { string: ["user01", "nobody"] } },
    items("CoreUserUserDetail"),
  ],
  [
    "find-users",
    "core_user_get_users",
    { criteria: { CoreUserCriterion: criteria } },
    (found) => ({ ...found, users: items("CoreUserUserDetail")(found.users) }),
  ],
  ["update-users", "core_user_update_users", { users: { CoreUserChangedUser: [{ id: 21, city: "Perth" }] } }],
  ["delete-users", "core_user_delete_users", { userids: { long: [999999] } }],
];

async function main() {
  const gateway = await connect(process.env.GATEWAY_TOKEN);
  const others = {
    "fault-token": await connect(process.env.GATEWAY_BAD_TOKEN),
    password: await connectWithPassword(),
  };
  for (const [name, method, args, read = (found) => found] of CASES) {
    const line = { case: name };
    // [docs:catch]
    try {
      line.value = read(await call(others[name] ?? gateway, method, args)) ?? null;
    } catch (error) {
      if (!error.root) throw error;
      line.fault = readFault(error);
    }
    // [docs:end]
    console.log(JSON.stringify(line));
  }
}

main();
