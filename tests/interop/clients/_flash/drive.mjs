// Runs program.swf in Ruffle in Chromium, in a page of an origin that is not the gateway's; prints the program's lines.
// usage: node drive.mjs CALLS, the largest number of calls that one packet must have brought
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

const { CLIENT, GATEWAY_NAME, GATEWAY_ORIGIN, GATEWAY_URL, INTEROP } = process.env;
const MODULES = join(INTEROP, "npm", "node_modules");
const SCREENSHOTS = join(INTEROP, "screenshots");
const { chromium } = createRequire(join(MODULES, "/"))("playwright-core");

const FOLDERS = { "": join(CLIENT, "..", "_flash"), "ruffle": join(MODULES, "@ruffle-rs", "ruffle") };
const TYPES = {
  html: "text/html",
  js: "text/javascript",
  swf: "application/x-shockwave-flash",
  wasm: "application/wasm",
};
const MINUTE = 60_000;

/** The page, Ruffle beside it, and the program that was built here. */
async function serve(request, response) {
  const [, folder, name] = /^\/(?:(ruffle)\/)?([\w.-]+)$/.exec(request.url) ?? [];
  const path = name === "program.swf" ? name : name && join(FOLDERS[folder ?? ""], basename(name));
  try {
    const content = await readFile(path ?? "");
    response.writeHead(200, { "Content-Type": TYPES[name.split(".").at(-1)] ?? "text/plain" }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}

async function listen() {
  const server = createServer(serve);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function launch(port) {
  const executablePath = spawnSync("sh", ["-c", "command -v chromium"]).stdout.toString().trim();
  const args = [`--host-resolver-rules=MAP ${new URL(GATEWAY_ORIGIN).host} 127.0.0.1:${port}`];
  return chromium.launch({ executablePath, args, chromiumSandbox: false, timeout: MINUTE });
}

const PARAMETERS = {
  url: `${GATEWAY_URL}/amf`,
  name: GATEWAY_NAME,
  token: process.env.GATEWAY_TOKEN,
  badToken: process.env.GATEWAY_BAD_TOKEN,
  username: process.env.GATEWAY_USER,
  password: process.env.GATEWAY_PASSWORD,
};

/** How many answers a packet holds: the number behind its version and its number of headers, of which it has none. */
async function answers(response) {
  return response.request().method() === "POST" ? (await response.body()).readUInt16BE(4) : 0;
}

async function run(browser) {
  const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
  const counts = [];
  page.setDefaultTimeout(MINUTE);
  page.on("console", (message) => message.type() === "error" && console.error(message.text()));
  page.on("response", (response) => response.url().startsWith(GATEWAY_URL) && counts.push(answers(response)));
  await page.addInitScript((parameters) => Object.assign(window, { parameters }), PARAMETERS);
  await page.goto(`${GATEWAY_ORIGIN}/page.html`);
  await page.waitForFunction(() => ended !== null);
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${GATEWAY_NAME}.png`) });
  const { lines, ended } = await page.evaluate(() => ({ lines, ended }));
  return { lines, ended, calls: Math.max(...(await Promise.all(counts))) };
}

const server = await listen();
const browser = await launch(server.address().port);
try {
  const { lines, ended, calls } = await run(browser);
  for (const line of lines) console.log(JSON.stringify(line));
  if (ended) throw new Error(ended);
  const wanted = Number(process.argv[2]);
  if (calls !== wanted) throw new Error(`one packet brought ${calls} calls, not ${wanted}`);
} finally {
  await browser.close();
  server.close();
}
