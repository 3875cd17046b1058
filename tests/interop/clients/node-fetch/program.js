// Calls every case with fetch, as JSON.
"use strict";

// [docs:call]
/** What a fault says: exception, errorcode, message, cause, problems, request_id. */
class Fault extends Error {
  constructor(problem) {
    super(problem.message);
    this.problem = problem;
  }
}

async function call(authorization, name, args) {
  const answer = await fetch(`${process.env.GATEWAY_URL}/rest/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: authorization },
    body: JSON.stringify(args),
  });
  const found = await answer.json();
  if (!answer.ok) throw new Fault(found);
  return found;
}
// [docs:end]

// [docs:token]
const withToken = (token) => `Bearer ${token}`;
// [docs:end]

// [docs:password]
const withPassword = (username, password) => `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
// [docs:end]

/** An instant there and back. */
async function echo(authorization, instant) {
  // [docs:dates]
  const found = new Date(await call(authorization, "interop_echo_instant", { value: instant.toISOString() }));
  // [docs:end]
  return found.toISOString();
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

const NOON = "2026-03-01T12:00:00.123Z";
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

const criteria = [
  { key: "username", value: "user02" },
  { key: "lastname", value: "lind%" },
];

const CASES = [
  ["int", "interop_echo_int", { value: Number("9223372036854775807") }],
  ["int-small", "interop_echo_int", { value: -5 }],
  ["int-5", "interop_echo_int", { value: 5 }],
  ["int-32-bits", "interop_echo_int", { value: -2147483648 }],
  ["int-33-bits", "interop_echo_int", { value: 2147483648 }],
  ["int-54-bits", "interop_echo_int", { value: Number("9007199254740993") }],
  ["int32", "interop_echo_int32", { value: -2147483648 }],
  ["double", "interop_echo_double", { value: 0.1 }],
  ["double-1.5", "interop_echo_double", { value: 1.5 }],
  ["double-minus-0", "interop_echo_double", { value: -0 }],
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
  ["instant-zone", "interop_echo_instant", { value: "2026-03-01T14:00:00.123+02:00" }],
  ["instant-no-zone", "interop_echo_instant", { value: "2026-03-01T12:00:00.123" }],
  ["instant-micros", "interop_echo_instant", { value: "2026-03-01T12:00:00.123456Z" }],
  ["day", "interop_echo_day", { value: "2026-03-01" }],
  ["choice", "interop_echo_level", { value: "high" }],
  ["choice-low", "interop_echo_level", { value: "low" }],
  ["bytes", "interop_echo_bytes", { value: Buffer.from([...Array(256).keys()]).toString("base64") }],
  ["bytes-2", "interop_echo_bytes", { value: Buffer.from([0, 255]).toString("base64") }],
  ["optional-omitted", "interop_optional", { a: "x" }],
  ["optional-nil", "interop_optional", { a: "x", b: null, c: null, d: null, e: null }],
  ["optional-given", "interop_optional", { a: "x", b: 1, c: "y", d: 0, e: [3] }],
  ["list", "interop_echo_numbers", { values: [1, -2, 3] }],
  ["list-one", "interop_echo_numbers", { values: [1] }],
  ["list-texts", "interop_echo_texts", { values: ["a", "", "b & c"] }],
  ["list-empty", "interop_echo_numbers", { values: [] }],
  ["struct", "interop_echo_person", { person: ada }],
  ["struct-absent", "interop_echo_person", { person: bob }],
  ["struct-default", "interop_echo_person", { person: cal }],
  ["structs", "interop_echo_people", { people: [ada, bob] }],
  ["structs-500", "interop_echo_people", { people: [...Array(500).keys()].map(many) }],
  ["void", "interop_void", { value: "x" }],
  ["null", "interop_null", {}],
  ["fault-problems", "interop_accounts", { accounts: badAccounts }],
  ["fault-declared", "interop_fault", { text: "an hour & a <half>" }],
  ["fault-token", "interop_echo_int", { value: 1 }],
  ["password", "interop_echo_int", { value: 1 }],
  ["site-info", "core_webservice_get_site_info", {}],
  ["create-users", "core_user_create_users", { users: [jane] }],
  ["get-users", "core_user_get_users_by_field", { field: "username", values: ["user01", "nobody"] }],
  ["find-users", "core_user_get_users", { criteria }],
  ["update-users", "core_user_update_users", { users: [{ id: 21, city: "Perth" }] }],
  ["delete-users", "core_user_delete_users", { userids: [999999] }],
];

async function main() {
  const token = withToken(process.env.GATEWAY_TOKEN);
  const others = {
    "fault-token": withToken(process.env.GATEWAY_BAD_TOKEN),
    password: withPassword(process.env.GATEWAY_USER, process.env.GATEWAY_PASSWORD),
  };
  for (const [name, method, args] of CASES) {
    const line = { case: name };
    try {
      line.value = await call(others[name] ?? token, method, args);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      line.fault = error.problem;
    }
    console.log(JSON.stringify(line));
  }
  console.log(JSON.stringify({ case: "instant", value: await echo(token, new Date(NOON)) }));
  const whole = await echo(token, new Date("2026-03-01T12:00:00Z"));
  console.log(JSON.stringify({ case: "instant-whole", value: whole }));
}

main();
