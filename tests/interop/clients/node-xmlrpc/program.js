// Calls every case with the npm package `xmlrpc`.
"use strict";
const { NO_ZONES, cases, run } = require("../_node/cases.js");

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

const instant = (text) => new Date(text);
const octets = (buffer) => buffer;

/** The cases that only XML-RPC has. */
const INTROSPECTION = {
  methods: ["system.listMethods", {}],
  "method-signature": ["system.methodSignature", { name: "interop_optional" }],
  multicall: [
    "system.multicall",
    {
      calls: [
        { methodName: "interop_echo_int", params: [5] },
        { methodName: "interop_echo_text", params: ["tea"] },
      ],
    },
  ],
};

async function main() {
  const gateway = connect(process.env.GATEWAY_TOKEN);
  const others = {
    "fault-token": connect(process.env.GATEWAY_BAD_TOKEN),
    password: connectWithPassword(process.env.GATEWAY_USER, process.env.GATEWAY_PASSWORD),
  };
  const outcome = async (name, method, args) => {
    // By position, or once all in one structure.
    const sent = name === "optional-given" ? [args] : Object.values(args);
    try {
      return { value: plain(await call(others[name] ?? gateway, method, sent)) };
    } catch (error) {
      if (!error.faultString) throw error;
      return { fault: readFault(error) };
    }
  };
  const all = { ...cases({ long, minusZero: double("-0.0"), instant, octets }), ...INTROSPECTION };
  await run(all, outcome, NO_ZONES);
}

main();
