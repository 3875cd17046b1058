// Calls every case with the npm package `soap`.
"use strict";
const soap = require("soap");
const { cases, run } = require("../_node/cases.js");

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

// [docs:fault]
function readFault(error) {
  const fault = error.root.Envelope.Body.Fault;
  const { apiFault } = fault.detail ?? fault.Detail; // SOAP 1.2 has other names
  const message = fault.faultstring ?? fault.Reason.Text.$value;
  return { message, ...apiFault, problems: items("Problem")(apiFault.problems) };
}
// [docs:end]

// [docs:list]
/** A list in the arguments: { e: list("long", [3]) }. */
const list = (type, found) => ({ [type]: found });
// [docs:end]

/** Results that JSON has in another form. */
const READERS = {
  "double-minus-0": (found) => (Object.is(found, -0) ? "-0" : found),
  list: items("long"),
  "list-one": items("long"),
  "list-texts": items("string"),
  "list-empty": items("long"),
  struct: person,
  "struct-absent": person,
  "struct-default": person,
  structs: people,
  "structs-500": people,
  "site-info": (info) => ({ ...info, functions: items("CoreWebserviceSiteFunction")(info.functions) }),
  "create-users": items("CoreUserCreatedUser"),
  "get-users": items("CoreUserUserDetail"),
  "find-users": (found) => ({ ...found, users: items("CoreUserUserDetail")(found.users) }),
};

async function main() {
  const gateway = await connect(process.env.GATEWAY_TOKEN);
  const others = {
    "fault-token": await connect(process.env.GATEWAY_BAD_TOKEN),
    password: await connectWithPassword(),
  };
  const outcome = async (name, method, args) => {
    const read = READERS[name] ?? ((found) => found);
    // [docs:catch]
    try {
      return { value: read(await call(others[name] ?? gateway, method, args)) ?? null };
    } catch (error) {
      if (!error.root) throw error;
      return { fault: readFault(error) };
    }
    // [docs:end]
  };
  await run(cases({ minusZero: "-0", list }), outcome);
}

main();
