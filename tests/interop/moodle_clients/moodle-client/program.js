// The steps of tests/interop/moodle.py with the npm package `moodle-client`, as its users write them.
"use strict";
const moodle = require("moodle-client");

const { GATEWAY_URL, GATEWAY_USER, GATEWAY_PASSWORD, GATEWAY_SERVICE, GATEWAY_WEAK_TOKEN } = process.env;
const NAME = `${process.env.GATEWAY_NAME}.jane`;
const PERSON = {
  username: NAME,
  password: GATEWAY_PASSWORD,
  firstname: "Jane",
  lastname: "O'Neil é",
  email: `${NAME}@example.org`,
};

const print = (line) => console.log(JSON.stringify(line));

/** The package gives a fault as the answer; what it throws has only a message. */
async function show(step, call) {
  try {
    const value = await call();
    print(value && value.exception ? { step, fault: value } : { step, value: value === undefined ? null : value });
  } catch (error) {
    print({ step, fault: { message: String(error.message) } });
  }
}

async function main() {
  const options = { wwwroot: GATEWAY_URL, service: GATEWAY_SERVICE, username: GATEWAY_USER };
  const client = await moodle.init({ ...options, password: GATEWAY_PASSWORD });
  const call = (wsfunction, args = {}, method = "POST") => client.call({ wsfunction, args, method });
  const weak = await moodle.init({ wwwroot: GATEWAY_URL, token: GATEWAY_WEAK_TOKEN });
  const stranger = await moodle.init({ wwwroot: GATEWAY_URL, token: "0".repeat(32) });
  const find = async () => (await call("core_user_get_users", { criteria: [{ key: "username", value: NAME }] })).users[0];

  await show("token", () => client.token);
  await show("token-wrong", () => moodle.init({ ...options, password: "wrong" }));
  await show("site-info", async () => {
    const info = await client.call({ wsfunction: "core_webservice_get_site_info", settings: { raw: true } });
    return [info.username, info.functions.some((each) => each.name === "core_user_get_users")];
  });
  await show("create", async () => (await call("core_user_create_users", { users: [PERSON] })).map((each) => each.username));
  await show("read", async () => {
    const [user] = await call("core_user_get_users_by_field", { field: "username", values: [NAME] }, "GET");
    return [user.username, user.firstname, user.lastname, user.email];
  });
  const { id } = await find();
  await show("search", async () => [(await find()).fullname, (await find()).confirmed]);
  await show("update", () => call("core_user_update_users", { users: [{ id, lastname: "Roe", city: "Perth" }] }, "GET"));
  await show("read-again", async () => {
    const user = await find();
    return [user.firstname, user.lastname, user.city];
  });
  await show("delete", () => call("core_user_delete_users", { userids: [id] }));
  await show("gone", () => call("core_user_get_users_by_field", { field: "username", values: [NAME] }));
  await show("fault-token", () => stranger.call({ wsfunction: "core_webservice_get_site_info" }));
  await show("fault-function", () => call("core_no_such_function"));
  await show("fault-access", () => call("test_outside"));
  await show("fault-parameter", () => call("core_user_create_users", { users: [{ ...PERSON, email: "none" }] }));
  await show("fault-capability", () => weak.call({ wsfunction: "core_user_delete_users", args: { userids: [1] } }));
  await show("fault-of-the-function", () => call("core_user_delete_users", { userids: [id] }));
}

main();
