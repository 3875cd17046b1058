// Calls every case with fetch, as JSON.
"use strict";
const { cases, run } = require("../_node/cases.js");

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
async function echo(authorization, text) {
  const instant = new Date(text);
  // [docs:dates]
  const found = new Date(await call(authorization, "interop_echo_instant", { value: instant.toISOString() }));
  // [docs:end]
  return found.toISOString();
}

/** The instants that a Date holds wholly; others go as texts. */
const DATES = ["instant", "instant-whole"];

async function main() {
  const token = withToken(process.env.GATEWAY_TOKEN);
  const others = {
    "fault-token": withToken(process.env.GATEWAY_BAD_TOKEN),
    password: withPassword(process.env.GATEWAY_USER, process.env.GATEWAY_PASSWORD),
  };
  const outcome = async (name, method, args) => {
    try {
      if (DATES.includes(name)) return { value: await echo(token, args.value) };
      return { value: await call(others[name] ?? token, method, args) };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { fault: error.problem };
    }
  };
  await run(cases({ long: Number }), outcome);
}

main();
