// Pictures of every page at two widths in both themes, for people to look at: node screenshots.mjs [part of a name …]
// Start the specs' own world first: FERRY_ADDRESS=127.0.0.1:3117 FERRY_SANDBOX_PORTS=4880 FERRY_SANDBOX_PACE=150 ../.tools/demo --built

import { mkdir } from "node:fs/promises";
import { chromium, request as requests } from "@playwright/test";

const baseURL = `http://127.0.0.1:${process.env.FERRY_TEST_PORT ?? "3117"}`;
const registry = `127.0.0.1:${Number(process.env.FERRY_SANDBOX_PORTS ?? "4880") + 3}`;
const folder = new URL("results/shots/", import.meta.url).pathname;
const wanted = process.argv.slice(2);

const owner = await requests.newContext({ baseURL });
const post = async (endpoint, form) => {
  const answer = await owner.post(`/api/${endpoint}`, { form, headers: { accept: "text/html" }, maxRedirects: 0 });
  if (answer.status() !== 302) throw new Error(`${endpoint} answered ${answer.status()}: ${await answer.text()}`);
  return answer.headers()["location"];
};
const read = async (endpoint, query) => (await owner.get(`/api/${endpoint}`, { params: { organization: "acme", ...query } })).json();
const last = (address) => address.slice(address.lastIndexOf("/") + 1);

await post("session/sign-in", { username: "olivia", token: "dckr_pat_olivia_demo" });
const { rule, destination, runs } = await world();

const pages = [
  ["sign-in", null, "/sign-in"],
  ["overview", "olivia", "/orgs/acme/overview"],
  ["overview-empty", "gus", "/orgs/globex/overview"],
  ["catalog", "olivia", "/orgs/acme/catalog"],
  ["catalog-table", "olivia", "/orgs/acme/catalog?kind=image&view=table"],
  ["catalog-nothing", "olivia", "/orgs/acme/catalog?q=nothing"],
  ["repository", "olivia", "/orgs/acme/catalog/postgres"],
  ["repository-mirror", "olivia", "/orgs/acme/catalog/postgres", (page) => page.locator("summary", { hasText: /^Mirror to/ }).click()],
  ["repository-mirrored", "olivia", "/orgs/acme/catalog/nginx?tag=1.29"],
  ["repository-overview", "olivia", "/orgs/acme/catalog/nginx?tab=overview"],
  ["repository-guides", "mia", "/orgs/acme/catalog/hostile-guide?tab=guides"],
  ["repository-filtered", "mia", "/orgs/acme/catalog/node?shell=no&tool=skopeo"],
  ["repository-nothing", "mia", "/orgs/acme/catalog/hostile-guide"],
  ["mirrors", "olivia", "/orgs/acme/mirrors"],
  ["mirrors-empty", "gus", "/orgs/globex/mirrors"],
  ["mirrors-new", "olivia", "/orgs/acme/mirrors/new?source=vault&source=redis-chart&source=nginx"],
  ["mirrors-stop", "olivia", "/orgs/acme/mirrors/stop?name=dhi-nginx&name=dhi-redis"],
  ["mirror", "olivia", "/orgs/acme/mirrors/dhi-nginx"],
  ["mirror-webhook-none", "mia", "/orgs/acme/mirrors/dhi-redis"],
  ["mirror-rotate", "olivia", "/orgs/acme/mirrors/dhi-nginx", (page) => page.locator("summary", { hasText: /^Rotate$/ }).click()],
  ["mirror-stop", "olivia", "/orgs/acme/mirrors/dhi-nginx", (page) => page.locator("summary", { hasText: /^Stop/ }).click()],
  ["mirror-public", "mia", "/orgs/acme/mirrors/dhi-redis"],
  ["repository-request", "mia", "/orgs/acme/catalog/keycloak", (page) => page.locator("summary", { hasText: /^Request a mirror$/ }).click()],
  ["repository-custom", "carl", "/orgs/acme/catalog/keycloak"],
  ["requests", "olivia", "/orgs/acme/requests"],
  ["requests-member", "mia", "/orgs/acme/requests"],
  ["requests-new", "mia", "/orgs/acme/requests/new?source=vault&source=redis-chart&source=keycloak"],
  ["requests-decided", "olivia", "/orgs/acme/requests?state=decided"],
  ["requests-empty", "gus", "/orgs/globex/requests"],
  ["selections", "olivia", "/orgs/acme/requests/selections"],
  ["selections-empty", "gus", "/orgs/globex/requests/selections"],
  ["selection-preview", "olivia", "/orgs/acme/requests/selections/new", async (page) => {
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByText(/^Matches \d+/).waitFor();
  }],
  ["destinations", "olivia", "/orgs/acme/destinations"],
  ["destinations-empty", "gus", "/orgs/globex/destinations"],
  ["destination-new", "olivia", "/orgs/acme/destinations/new"],
  ["destination", "olivia", destination],
  ["destination-tested", "olivia", destination, async (page) => {
    await page.getByRole("button", { name: "Test connection" }).click();
    await page.getByRole("list", { name: "What was checked" }).waitFor();
  }],
  ["destination-refused", "olivia", "/orgs/acme/destinations/new", async (page) => {
    await page.getByLabel("Name", { exact: true }).fill("Harbor");
    await page.getByLabel("Host", { exact: true }).fill("https://harbor.example.com/");
    await page.getByLabel("Username").fill("robot");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("[aria-invalid]").first().waitFor();
  }],
  ["destination-member", "mia", destination],
  ["rules", "olivia", "/orgs/acme/rules"],
  ["rules-empty", "gus", "/orgs/globex/rules"],
  ["rule-new", "olivia", "/orgs/acme/rules/new"],
  ["rule-new-empty", "gus", "/orgs/globex/rules/new"],
  ["rule", "olivia", rule],
  ["rule-preview", "olivia", `${rule}?preview=true`],
  ["rule-delete", "olivia", rule, (page) => page.locator("summary", { hasText: /^Delete$/ }).click()],
  ["rule-edit", "olivia", `${rule}/edit`],
  ["runs", "olivia", "/orgs/acme/runs"],
  ["runs-empty", "gus", "/orgs/globex/runs"],
  ["runs-filtered", "olivia", "/orgs/acme/runs?q=1.29&trigger=manual"],
  ["runs-refused", "olivia", "/orgs/acme/runs?state=lost&until=soon"],
  ["where", "olivia", "/orgs/acme/where"],
  ["where-found", "olivia", "/orgs/acme/where?q=1.29"],
  ["where-nothing", "gus", "/orgs/globex/where?q=1.29"],
  ["tag", "olivia", "/orgs/acme/mirrors/dhi-nginx/tags/1.29"],
  ["catalog-tag", "mia", "/orgs/acme/catalog/grafana/tags/12.2?page=50"],
  ["catalog-tag-vulnerabilities", "mia", "/orgs/acme/catalog/golang/tags/1.25-dev?tab=vulnerabilities"],
  ["catalog-tag-not-analysed", "mia", "/orgs/acme/catalog/rabbitmq/tags/4?platform=linux%2Farm64&tab=vulnerabilities"],
  ["catalog-tag-attestations", "mia", "/orgs/acme/catalog/nginx/tags/1.29?tab=attestations"],
  ["catalog-tag-statement", "mia", "/orgs/acme/catalog/nginx/tags/1.29?tab=attestations", (page) => page.getByRole("link", { name: "View" }).first().click().then(() => page.getByRole("region", { name: "Statement" }).first().waitFor())],
  ["catalog-tag-configuration", "mia", "/orgs/acme/catalog/nginx/tags/1.29?tab=configuration"],
  ["catalog-tag-compare", "mia", "/orgs/acme/catalog/node/tags/22?tab=compare&compare=22-dev"],
  ["run", "olivia", runs.good],
  ["run-open", "olivia", runs.good, (page) => page.locator("summary", { hasText: "Attestations" }).first().click()],
  ["run-unchanged", "olivia", runs.again],
  ["run-failed", "olivia", runs.bad],
  ["run-held", "olivia", runs.held],
  ["run-held-member", "mia", runs.held],
  ["run-waiting", "olivia", runs.waiting],
  ["run-cancel", "olivia", runs.waiting, (page) => page.locator("summary", { hasText: /^Cancel run$/ }).click()],
  ["run-cancelled", "olivia", runs.cancelled],
  ["run-none", "olivia", `${runs.good}?state=failed`],
  ["deliveries-empty", "gus", "/orgs/globex/deliveries"],
  ["deliveries", "olivia", "/orgs/acme/deliveries"],
  ["connection", "olivia", "/orgs/acme/connection"],
  ["audit", "mia", "/orgs/acme/audit"],
  ["audit-none", "mia", "/orgs/acme/audit?q=nothing-like-it"],
  ["rule-part", "olivia", rule, (page) => page.locator("summary", { hasText: /^Run a part$/ }).click()],
  ["keys", "olivia", "/orgs/acme/keys"],
  ["keys-refused", "olivia", "/orgs/acme/keys", async (page) => {
    await page.getByLabel("Name", { exact: true }).fill("Platform team");
    await page.getByLabel("Public key (PEM)").fill("ssh-rsa AAAA");
    await page.getByRole("button", { name: "Trust this key" }).click();
    await page.locator("[aria-invalid]").first().waitFor();
  }],
  ["not-found", "olivia", "/nowhere"],
  ["not-found-inside", "olivia", "/orgs/acme/mirrors/dhi-nothing"],
  ["menu", "olivia", "/orgs/acme/rules", (page) => page.locator("summary", { hasText: "olivia" }).click()],
];

await mkdir(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const sessions = new Map();
for (const [width, colorScheme] of [[1280, "light"], [1280, "dark"], [390, "light"], [390, "dark"]]) {
  for (const [name, person, address, act] of pages) {
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
    const context = await browser.newContext({ baseURL, colorScheme, viewport: { width, height: width > 600 ? 800 : 844 }, storageState: await session(person) });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    try {
      await page.goto(address);
      // The run page keeps a connection open only while the run goes on.
      await page.waitForLoadState("networkidle");
      if (act) await act(page);
    } catch (error) {
      console.log(`${name} at ${width}: ${error.message.split("\n")[0]}`);
      await context.close();
      continue;
    }
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wider > 0) console.log(`${name} at ${width}: ${wider} px too wide`);
    await page.screenshot({ path: `${folder}${name}-${width}-${colorScheme}.png`, fullPage: true });
    await context.close();
  }
}
await browser.close();
await owner.dispose();
console.log(`The pictures are in ${folder}`);

async function session(person) {
  if (!person) return undefined;
  if (!sessions.has(person)) {
    const context = await requests.newContext({ baseURL });
    await context.post("/api/session/sign-in", { form: { username: person, token: `dckr_pat_${person}_demo` } });
    sessions.set(person, await context.storageState());
    await context.dispose();
  }
  return sessions.get(person);
}

// Two destinations and rules, one of each good and one that cannot work, with their runs.
async function world() {
  const name = `shots-${Date.now().toString(36).slice(-4)}`;
  const one = async (title, password, prefix = name) => {
    await post("destinations/save", {
      organization: "acme", "form[name]": title, "form[host]": registry, "form[prefix]": prefix, "form[username]": "robot",
      "form[secret]": password, "form[plain_http]": "true", intent: "save",
    });
    const { id } = (await read("destinations/list")).find((destination) => destination.name === title);
    const rule = await post("rules/save", {
      organization: "acme", "form[name]": `Nginx to ${title}`, "form[mirrors][]": "acme/dhi-nginx", "form[destination]": id,
      "form[include]": "1*", "form[exclude]": "*-dev", "form[template]": "{mirror}", "form[attestations]": "true",
      "form[enabled]": "true", intent: "save",
    });
    return { destination: `/orgs/acme/destinations/${id}`, rule };
  };
  const run = async (rule) => {
    const run = await post("rules/run", { organization: "acme", id: last(rule) });
    for (;;) {
      const { state } = (await read("runs/get", { id: last(run) })).run;
      if (!["queued", "running"].includes(state)) return run;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  await webhook();
  await wishes(name);
  const [good, bad] = [await one(`Production ${name}`, "robot-demo-password"), await one(`Refused ${name}`, "wrong")];
  const runs = { good: await run(good.rule), again: await run(good.rule), bad: await run(bad.rule) };
  // Docker loses a signature, and a destination that has not seen the image before holds its tags.
  const control = `http://127.0.0.1:${Number(process.env.FERRY_SANDBOX_PORTS ?? "4880") + 4}`;
  await owner.post(`${control}/unsign`, { data: { repository: "acme/dhi-nginx", tag: "1.29" } });
  const third = await one(`Held ${name}`, "robot-demo-password", `${name}-held`);
  const held = await run(third.rule);
  // A registry that asks for a pause of ten minutes, and a run that somebody stopped.
  const pause = { kind: "status", code: 429, retry_after: 600 };
  const fourth = await one(`Busy ${name}`, "robot-demo-password", `${name}-busy`);
  await owner.post(`${control}/faults`, { data: { facade: "destination", method: "PUT", path: `/${name}-busy/dhi-nginx/manifests/`, times: 100_000, trouble: pause } });
  const stopped = async () => post("rules/run", { organization: "acme", id: last(fourth.rule) });
  const cancelled = await stopped();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await post("runs/cancel", { organization: "acme", id: last(cancelled) });
  const waiting = await stopped();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  return { ...good, runs: { ...runs, held, cancelled, waiting } };
}

// The webhook of a mirror, with what it delivered: a push of a tag, and something that was refused.
async function webhook() {
  const about = { organization: "acme", mirror: "dhi-nginx" };
  const get = async () => (await read("hooks/get", { mirror: about.mirror })).hook;
  const { address } = (await get()) ?? (await post("hooks/create", about), await get());
  const body = (tag) => JSON.stringify({
    push_data: { tag, pushed_at: Math.floor(Date.now() / 1000), pusher: "dockerhardenedimages" }, repository: { repo_name: "acme/dhi-nginx" },
  });
  for (const data of [body("1.29"), body("1.29"), body("no tag")]) await owner.post(address, { data });
}

// A request that waits, one that was declined, and a selection that asks for more.
async function wishes(name) {
  const organization = "acme";
  const ask = (wish) => post("requests/ask", { organization, "form[source]": "keycloak", "form[name]": `dhi-${wish}-${name}`, "form[note]": "For the shop's sign-in; it is to be there before the winter sale." });
  await ask("no");
  const { rows } = await read("requests/list");
  await post("requests/decide", { organization, "form[ids][]": rows[0].id, "form[reason]": "The platform team has one: ask there.", intent: "decline" });
  await ask("open");
  await post("selections/save", { organization, "form[name]": `Databases ${name}`, "form[category]": "databases-and-storage", "form[cap]": "1", intent: "save" });
}
