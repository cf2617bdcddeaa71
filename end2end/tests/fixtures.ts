// What every spec starts from: a page that notices trouble, people who sign in, and a world of their own.

import AxeBuilder from "@axe-core/playwright";
import { expect, test as base, type APIRequestContext, type Locator, type Page } from "@playwright/test";

export { expect };

/** The sandbox's own handles; Playwright's config starts it at these ports. */
const CONTROL = "http://127.0.0.1:4884";

/** The registry of the sandbox that rules forward to. */
export const REGISTRY = { host: "127.0.0.1:4883", username: "robot", password: "robot-demo-password" };

export type Person = "olivia" | "adam" | "carl" | "mia" | "gus";

/** Where a rule and its destination can be found. */
export interface Written {
  destination: string;
  rule: string;
}

interface Fixtures {
  /** Whether pages have their script. */
  script: boolean;
  /** What the browser's console may say in a test that breaks something on purpose. */
  excused: RegExp | undefined;
  /** A word that no other test uses in a name, and that reads like one. */
  unique: string;
  /** Signs somebody in without the form. */
  as: (person: Person) => Promise<void>;
  /** Opens an address and waits until the page is alive. */
  open: (address: string) => Promise<void>;
}

/** What all tests of a worker share. */
interface Shared {
  /** Olivia at work elsewhere: her session goes on whoever signs in on the page, and runs need it. */
  owner: APIRequestContext;
}

let counter = 0;

export const test = base.extend<Fixtures, Shared>({
  owner: [
    async ({ playwright }, use, info) => {
      const owner = await playwright.request.newContext({ baseURL: info.project.use.baseURL });
      await signIn(owner, "olivia");
      await use(owner);
      await owner.dispose();
    },
    { scope: "worker" },
  ],

  excused: [undefined, { option: true }],

  script: async ({ javaScriptEnabled }, use) => use(javaScriptEnabled !== false),

  unique: async ({ script }, use) => use(`${script ? "live" : "plain"}${++counter}-${Date.now().toString(36).slice(-4)}`),

  // A page that complains in its console is broken, whatever it shows.
  page: async ({ page, script, excused }, use) => {
    const trouble: string[] = [];
    page.on("pageerror", (error) => trouble.push(`thrown: ${error.message}`));
    page.on("console", (message) => {
      // Without a script the browser warns that it was loaded in vain.
      if ((message.type() === "error" || (script && message.type() === "warning")) && !isRefusal(message.text(), message.location().url) && !excused?.test(message.text())) {
        trouble.push(`${message.type()}: ${message.text()}`);
      }
    });
    if (script) await page.addInitScript(noticeHydration);
    await use(page);
    expect(trouble, "what the browser's console said").toEqual([]);
  },

  as: async ({ page }, use) =>
    use((person) => signIn(page.request, person)),

  open: async ({ page, script }, use) =>
    use(async (address) => {
      await page.goto(address);
      if (script) await alive(page);
    }),
});

async function signIn(request: APIRequestContext, person: Person): Promise<void> {
  await post(request, "session/sign-in", { username: person, token: token(person) });
}

/** The access token of somebody in the sandbox. */
export function token(person: Person): string {
  return `dckr_pat_${person}_demo`;
}

/** Waits until the page's script has taken over; only where there is one. */
export async function alive(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.dataset.alive === "true", undefined, { timeout: 15_000 });
}

/** Posts a form as a browser without script does, and gives the address it leads to. */
export async function post(request: APIRequestContext, endpoint: string, form: Record<string, string>): Promise<string> {
  const answer = await request.post(`/api/${endpoint}`, { form, headers: { accept: "text/html" }, maxRedirects: 0 });
  const where = answer.headers()["location"];
  if (answer.status() !== 302 || !where) throw new Error(`${endpoint} answered ${answer.status()}: ${await answer.text()}`);
  return where;
}

/** Tells the sandbox to do something. */
export async function sandbox(request: APIRequestContext, handle: string, data: object = {}): Promise<void> {
  const answer = await request.post(`${CONTROL}/${handle}`, { data });
  if (!answer.ok()) throw new Error(`${handle} answered ${answer.status()}: ${await answer.text()}`);
}

/** A destination, and a rule that forwards the mirror dhi-nginx to it. */
export async function written(owner: APIRequestContext, name: string, password = REGISTRY.password): Promise<Written> {
  const organization = "acme";
  await post(owner, "destinations/save", {
    organization,
    "form[name]": `Registry ${name}`,
    "form[host]": REGISTRY.host,
    "form[prefix]": name,
    "form[username]": REGISTRY.username,
    "form[secret]": password,
    "form[plain_http]": "true",
    intent: "save",
  });
  const destinations = await (await owner.get(`/api/destinations/list?organization=${organization}`)).json();
  const { id } = destinations.find((one: { name: string }) => one.name === `Registry ${name}`);
  const rule = await post(owner, "rules/save", {
    organization,
    "form[name]": `Rule ${name}`,
    "form[mirrors][]": "acme/dhi-nginx",
    "form[destination]": id,
    "form[include]": "1*",
    "form[exclude]": "*-dev",
    "form[template]": "{mirror}",
    "form[attestations]": "true",
    "form[enabled]": "true",
    intent: "save",
  });
  return { destination: `/orgs/acme/destinations/${id}`, rule };
}

/** Runs a rule; the address of the run. */
export async function started(owner: APIRequestContext, rule: string): Promise<string> {
  return post(owner, "rules/run", { organization: "acme", id: last(rule) });
}

/** Waits until a run is over; its state. */
export async function over(owner: APIRequestContext, run: string): Promise<string> {
  let state = "";
  const ask = async () => {
    state = (await (await owner.get(`/api/runs/get?organization=acme&id=${last(run)}`)).json()).run.state;
    return ["succeeded", "unchanged", "failed", "held", "cancelled"].includes(state);
  };
  await expect.poll(ask, { timeout: 40_000 }).toBe(true);
  return state;
}

/** The last part of an address: the id of what it leads to. */
export function last(address: string): string {
  return address.slice(address.lastIndexOf("/") + 1);
}

/**
 * What axe finds that keeps people out, as lines one can read. It is a script itself: a page that may run none is
 * looked at in the other project, where the same markup has come alive.
 */
export async function barriers(page: Page, script: boolean, rules?: string[]): Promise<string[]> {
  if (!script) return [];
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return grave.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}

/** How many pixels the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  const measured = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  // A window that was just made smaller takes a moment to be laid out anew.
  let pixels = await measured();
  for (let look = 0; look < 20 && pixels !== 0; look++) {
    await page.waitForTimeout(100);
    pixels = await measured();
  }
  return pixels;
}

/** The row of a table that these words name. */
export function row(inside: Page | Locator, words: string | RegExp): Locator {
  const page = "page" in inside ? inside.page() : inside;
  return inside.getByRole("row").filter({ has: page.getByRole("rowheader", { name: words }) });
}

/** The control that opens a question, such as that before deleting; its question is the next thing. */
export function asks(page: Page, label: string): Locator {
  return page.locator("summary", { hasText: new RegExp(`^${label}$`) });
}

// A status that says no is part of many a story; an asset that is missing is not.
function isRefusal(text: string, url: string): boolean {
  return text.startsWith("Failed to load resource: the server responded with a status of 4") && !/\.\w+$/.test(new URL(url).pathname);
}

// The router listens for `popstate` when the page's script takes over; what waits for data follows a moment later.
function noticeHydration(): void {
  const listen = window.addEventListener.bind(window) as typeof window.addEventListener;
  window.addEventListener = ((type: string, ...rest: [EventListener, AddEventListenerOptions?]) => {
    if (type === "popstate") {
      requestAnimationFrame(() => requestAnimationFrame(() => (document.documentElement.dataset.alive = "true")));
    }
    listen(type, ...rest);
  }) as typeof window.addEventListener;
}
