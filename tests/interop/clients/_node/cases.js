// What the programs of node's share: the cases (tests/interop/cases.py), and how lines are printed.
"use strict";

const NOON = "2026-03-01T12:00:00.123";
const JANE = `${process.env.GATEWAY_NAME}.jane`;

/** How values are written, unless a program has forms of its own: as JSON has them. */
const JSON_FORMS = {
  /** An integer that no number of JavaScript's is equal to. */
  long: (digits) => digits,
  minusZero: -0,
  /** An instant with a zone. */
  instant: (text) => text,
  octets: (buffer) => buffer.toString("base64"),
  struct: (members) => members,
  /** A list; its items' type by the name that it has in the WSDL. */
  list: (type, items) => items,
};

function persons({ instant, struct, list }) {
  const course = (id, name, ...tags) => struct({ id, name, tags: list("string", tags) });
  const courses = (...items) => list("InteropCourse", items);
  const ada = struct({
    id: 1,
    username: "ada",
    email: "ada@example.org",
    active: true,
    joined: instant(`${NOON}Z`),
    courses: courses(course(1, "Algebra & <Logic>", "a", "b"), course(2, "Rhetoric")),
  });
  const bob = struct({ username: "bob", active: false, courses: courses() });
  const cal = struct({ username: "cal", courses: courses() });
  const many = (number) =>
    struct({
      id: number,
      username: `user${number}`,
      email: `user${number}@example.org`,
      active: number % 2 === 0,
      courses: courses(course(number, `Course ${number}`, "x", "y")),
    });
  return { ada, bob, cal, crowd: [...Array(500).keys()].map(many) };
}

function users(struct) {
  const jane = {
    username: JANE,
    password: "Corr3ct-horse",
    firstname: "Jane",
    lastname: "Doe & Søn",
    email: `${JANE}@example.org`,
    city: "Perth",
  };
  const bad = [
    { username: "Bad Name", email: "a@example.org" },
    { username: "good", email: "nowhere" },
  ];
  const criteria = [
    { key: "username", value: "user02" },
    { key: "lastname", value: "lind%" },
  ];
  return { jane: struct(jane), bad: bad.map(struct), criteria: criteria.map(struct) };
}

/** Function and named arguments of each case. */
function cases(forms) {
  const all = { ...JSON_FORMS, ...forms };
  const { long, minusZero, instant, octets, struct, list } = all;
  const { ada, bob, cal, crowd } = persons(all);
  const { jane, bad, criteria } = users(struct);
  const echo = (type, value) => [`interop_echo_${type}`, { value }];
  const numbers = (...items) => ["interop_echo_numbers", { values: list("long", items) }];
  const person = (each) => ["interop_echo_person", { person: each }];
  const people = (items) => ["interop_echo_people", { people: list("InteropPerson", items) }];
  return {
    int: echo("int", long("9223372036854775807")),
    "int-small": echo("int", -5),
    "int-5": echo("int", 5),
    "int-32-bits": echo("int", -2147483648),
    "int-33-bits": echo("int", 2147483648),
    "int-54-bits": echo("int", long("9007199254740993")),
    int32: echo("int32", -2147483648),
    double: echo("double", 0.1),
    "double-1.5": echo("double", 1.5),
    "double-minus-0": echo("double", minusZero),
    decimal: echo("decimal", "12345678901234567890.12"),
    "decimal-1.50": echo("decimal", "1.50"),
    "decimal-1E+3": echo("decimal", "1000"),
    bool: echo("bool", true),
    "bool-false": echo("bool", false),
    text: echo("text", "é€<b>&amp;\"'`]]>\tend"),
    "text-markup": echo("text", "a<b>&c"),
    "text-emoji": echo("text", "a😀b"),
    "text-crlf": echo("text", "a\r\nb"),
    "text-blanks": echo("text", "  a  b  "),
    "text-empty": echo("text", ""),
    "text-illegal": ["interop_illegal_text", {}],
    instant: echo("instant", instant(`${NOON}Z`)),
    "instant-whole": echo("instant", instant("2026-03-01T12:00:00Z")),
    "instant-zone": echo("instant", "2026-03-01T14:00:00.123+02:00"),
    "instant-no-zone": echo("instant", NOON),
    "instant-micros": echo("instant", instant(`${NOON}456Z`)),
    day: echo("day", "2026-03-01"),
    choice: echo("level", "high"),
    "choice-low": echo("level", "low"),
    bytes: echo("bytes", octets(Buffer.from([...Array(256).keys()]))),
    "bytes-2": echo("bytes", octets(Buffer.from([0, 255]))),
    "optional-omitted": ["interop_optional", { a: "x" }],
    "optional-nil": ["interop_optional", { a: "x", b: null, c: null, d: null, e: null }],
    "optional-given": ["interop_optional", { a: "x", b: 1, c: "y", d: 0, e: list("long", [3]) }],
    list: numbers(1, -2, 3),
    "list-one": numbers(1),
    "list-texts": ["interop_echo_texts", { values: list("string", ["a", "", "b & c"]) }],
    "list-empty": numbers(),
    struct: person(ada),
    "struct-absent": person(bob),
    "struct-default": person(cal),
    structs: people([ada, bob]),
    "structs-500": people(crowd),
    void: ["interop_void", { value: "x" }],
    null: ["interop_null", {}],
    "fault-problems": ["interop_accounts", { accounts: list("InteropAccount", bad) }],
    "fault-declared": ["interop_fault", { text: "an hour & a <half>" }],
    "fault-token": echo("int", 1),
    password: echo("int", 1),
    "site-info": ["core_webservice_get_site_info", {}],
    "create-users": ["core_user_create_users", { users: list("CoreUserNewUser", [jane]) }],
    "get-users": ["core_user_get_users_by_field", { field: "username", values: list("string", ["user01", "nobody"]) }],
    "find-users": ["core_user_get_users", { criteria: list("CoreUserCriterion", criteria) }],
    "update-users": [
      "core_user_update_users",
      { users: list("CoreUserChangedUser", [struct({ id: 21, city: "Perth" })]) },
    ],
    "delete-users": ["core_user_delete_users", { userids: list("long", [999999]) }],
  };
}

/** The cases that a library cannot send whose instants are Dates. */
const NO_ZONES = {
  "instant-zone": { cannot: "a Date has no zone" },
  "instant-no-zone": { cannot: "a Date is an instant" },
};

/** Print what comes of each case: what `known` says already, or the value or fault that `outcome` returns. */
async function run(all, outcome, known = {}) {
  for (const [name, [method, args]] of Object.entries(all)) {
    const found = known[name] ?? (await outcome(name, method, args));
    console.log(JSON.stringify({ case: name, ...found }));
  }
}

module.exports = { NO_ZONES, cases, run };
