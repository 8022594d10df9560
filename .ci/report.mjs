// Opens report.html in headless Chromium as people will: light and dark, on a phone, printed, with scripts off; the
// network is cut. Fails on any request but the file itself, any message on the console, any dialog, anything that
// is wider than the screen, and any section that does not show.
//
//   node .ci/report.mjs [--shots FOLDER] REPORT.html...
//   node .ci/report.mjs --hostile EXPORT.json OUT.json     writes the export with markup in every text
import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const HOSTILE = `<script>alert(1)</script>]]>--><img src=x onerror=alert(2)>" onload=alert(3) '\u202Egnp.exe\u2066&lt;b&gt;{{7*7}}`;
/** How the page is looked at. */
const VIEWS = {
  light: { width: 1280, height: 900, scheme: "light" },
  dark: { width: 1280, height: 900, scheme: "dark" },
  phone: { width: 390, height: 844, scheme: "light", phone: true },
  print: { width: 1280, height: 900, scheme: "light", print: true },
  "scripts-off": { width: 1280, height: 900, scheme: "light", noScripts: true },
};
/** Longest wait for one answer, in milliseconds. */
const PATIENCE = 60_000;
/** A screenshot shows no more than this of the page, in pixels. */
const TALLEST = 12_000;

/** A browser that is spoken to over two pipes; it has no network of its own. */
class Browser {
  #next = 1;
  #waiting = new Map();
  #listeners = [];
  #rest = "";

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "report-"));
    const chromium = process.env.CHROMIUM ?? "chromium";
    const flags = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
      "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--hide-scrollbars", `--user-data-dir=${this.folder}`, "about:blank",
    ];
    // A namespace without a network, where that is allowed; else names lead nowhere.
    const cut = process.env.CUT === "1";
    const [program, args] = cut
      ? ["unshare", ["--net", chromium, ...flags]]
      : [chromium, ["--host-resolver-rules=MAP * ~NOTFOUND", ...flags]];
    this.process = spawn(program, args, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.process.stdio[4].on("data", (bytes) => this.#hear(bytes.toString("utf8")));
    this.process.on("error", (error) => this.#fail(error));
    this.process.on("exit", (code) => this.#fail(new Error(`chromium ended with ${code}`)));
  }

  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #hear(text) {
    const messages = (this.#rest + text).split("\0");
    this.#rest = messages.pop();
    for (const message of messages.map((line) => JSON.parse(line))) {
      const waiting = this.#waiting.get(message.id);
      if (waiting) {
        this.#waiting.delete(message.id);
        if (message.error) waiting.reject(new Error(`${waiting.method}: ${message.error.message}`));
        else waiting.resolve(message.result);
      } else {
        for (const listen of this.#listeners) listen(message);
      }
    }
  }

  listen(listener) {
    this.#listeners.push(listener);
  }

  say(method, params = {}, sessionId = undefined) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${method}: no answer`)), PATIENCE);
      const done = (end) => (value) => (clearTimeout(late), end(value));
      this.#waiting.set(id, { method, resolve: done(resolve), reject: done(reject) });
      this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  async close() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    await this.say("Browser.close").catch(() => this.process.kill("SIGKILL"));
    await ended;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What the page says of itself, asked inside it: sections by whether they show, and how wide it is. */
const ASK = `(() => ({
  sections: [...document.querySelectorAll("main section[id]")].map((s) => [s.id, s.getBoundingClientRect().height]),
  width: document.documentElement.scrollWidth, screen: window.innerWidth,
  scripts: document.querySelectorAll("script").length, images: document.querySelectorAll("img,iframe,object,embed,link").length,
  handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on"))).length,
  background: getComputedStyle(document.body).backgroundColor, text: document.body.innerText.length,
}))()`;

/** Looks at one page in one way; answers what is wrong with it. */
async function look(browser, file, name, view, shots) {
  const faults = [];
  const { targetId } = await browser.say("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await browser.say("Target.attachToTarget", { targetId, flatten: true });
  const say = (method, params) => browser.say(method, params, sessionId);
  const url = pathToFileURL(resolve(file)).href;
  let loaded;
  const isLoaded = new Promise((resolve) => (loaded = resolve));
  browser.listen((message) => {
    if (message.sessionId !== sessionId) return;
    const { method, params } = message;
    if (method === "Network.requestWillBeSent" && params.request.url !== url) faults.push(`asks for ${params.request.url}`);
    if (method === "Runtime.exceptionThrown") faults.push(`exception: ${params.exceptionDetails.text}`);
    if (method === "Runtime.consoleAPICalled") faults.push(`console.${params.type}`);
    if (method === "Log.entryAdded") faults.push(`${params.entry.level}: ${params.entry.text}`);
    if (method === "Page.javascriptDialogOpening") {
      faults.push(`a dialog: ${params.message}`);
      say("Page.handleJavaScriptDialog", { accept: true }).catch(() => {});
    }
    if (method === "Page.loadEventFired") loaded();
  });
  for (const domain of ["Page", "Network", "Runtime", "Log"]) await say(`${domain}.enable`);
  const { width, height, scheme, phone = false } = view;
  await say("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: phone });
  await say("Emulation.setEmulatedMedia", {
    media: view.print ? "print" : "screen",
    features: [{ name: "prefers-color-scheme", value: scheme }],
  });
  await say("Emulation.setScriptExecutionDisabled", { value: view.noScripts ?? false });
  await say("Page.navigate", { url });
  await isLoaded;
  const { result } = await say("Runtime.evaluate", { expression: ASK, returnByValue: true });
  const page = result.value;
  if (page.sections.length < 10) faults.push(`only ${page.sections.length} sections`);
  for (const [id, tall] of page.sections) if (tall < 20) faults.push(`the section ${id} does not show`);
  if (!view.print && page.width > page.screen) faults.push(`${page.width} pixels wide on a screen of ${page.screen}`);
  if (page.images > 0 || page.handlers > 0) faults.push("elements or handlers that the page does not have");
  const [red] = page.background.match(/\d+/g) ?? ["255"];
  if ((scheme === "dark") !== Number(red) < 128) faults.push(`the background is ${page.background}`);
  if (view.print) {
    const { data } = await say("Page.printToPDF", { preferCSSPageSize: true, printBackground: true });
    const pdf = Buffer.from(data, "base64");
    if (pdf.length < 10_000) faults.push(`the PDF has ${pdf.length} bytes`);
    if (shots) writeFileSync(join(shots, `${name}.pdf`), pdf);
  } else if (shots) {
    const { cssContentSize: size } = await say("Page.getLayoutMetrics");
    const clip = { x: 0, y: 0, width, height: Math.min(size.height, TALLEST), scale: 1 };
    const { data } = await say("Page.captureScreenshot", { captureBeyondViewport: true, clip });
    writeFileSync(join(shots, `${name}.png`), Buffer.from(data, "base64"));
  }
  await browser.say("Target.closeTarget", { targetId });
  return { faults, text: page.text };
}

/** The value with markup behind every text but those that say what something is. */
function hostile(value, key = "") {
  if (Array.isArray(value)) return value.map((item) => hostile(item, key));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, hostile(v, k)]));
  }
  const kept = /(^|_)(id|ids|type|at|date|currency|status)$|^_type$|^date_|url$/.test(key);
  return typeof value === "string" && !kept ? value + HOSTILE : value;
}

const args = process.argv.slice(2);
if (args[0] === "--hostile") {
  writeFileSync(args[2], JSON.stringify(hostile(JSON.parse(readFileSync(args[1], "utf8")))));
  process.exit(0);
}
const shots = args[0] === "--shots" ? args.splice(0, 2)[1] : undefined;
if (shots) mkdirSync(shots, { recursive: true });
const browser = new Browser();
let failed = 0;
try {
  for (const file of args) {
    const bundle = basename(dirname(resolve(file)));
    const texts = {};
    for (const [name, view] of Object.entries(VIEWS)) {
      const { faults, text } = await look(browser, file, `${bundle}-${name}`, view, shots);
      texts[name] = text;
      for (const fault of new Set(faults)) console.log(`${bundle}, ${name}: ${fault}`);
      failed += faults.length;
    }
    // Scripts may hide nothing and bring nothing that is not there without them, but for the search field.
    if (Math.abs(texts.light - texts["scripts-off"]) > 200) {
      console.log(`${bundle}: ${texts.light} characters with scripts, ${texts["scripts-off"]} without`);
      failed += 1;
    }
    console.log(`${bundle}: looked at in ${Object.keys(VIEWS).length} ways, ${texts.light} characters`);
  }
} finally {
  await browser.close();
}
console.log(`${failed} faults`);
process.exit(failed > 0 ? 1 : 0);
