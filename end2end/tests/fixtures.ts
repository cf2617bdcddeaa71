// What every spec starts from: a page that notices trouble, people who sign in, and a world of their own.

import AxeBuilder from "@axe-core/playwright";
import { expect, test as base, type APIRequestContext, type Locator, type Page } from "@playwright/test";

export { expect };

/** The sandbox's own handles; Playwright's config starts it at these ports. */
const CONTROL = "http://127.0.0.1:4884";

/** The registry of the sandbox that rules forward to. */
export const REGISTRY = { host: "127.0.0.1:4883", username: "robot", password: "robot-demo-password" };

export type Person = "olivia" | "adam" | "mia" | "gus";

/** Where a run and what it needs can be found. */
export interface Forwarded {
  destination: string;
  rule: string;
  run: string;
}

interface Fixtures {
  /** Whether pages have their script. */
  script: boolean;
  /** A word that no other test uses in a name, and that reads like one. */
  unique: string;
  /** Signs somebody in without the form. */
  as: (person: Person) => Promise<void>;
  /** Opens an address and waits until the page is alive. */
  open: (address: string) => Promise<void>;
}

let counter = 0;

export const test = base.extend<Fixtures>({
  script: async ({ javaScriptEnabled }, use) => use(javaScriptEnabled !== false),

  unique: async ({ script }, use) => use(`${script ? "live" : "plain"}${++counter}-${Date.now().toString(36).slice(-4)}`),

  // A page that complains in its console is broken, whatever it shows.
  page: async ({ page, script }, use) => {
    const trouble: string[] = [];
    page.on("pageerror", (error) => trouble.push(`thrown: ${error.message}`));
    page.on("console", (message) => {
      // Without a script the browser warns that it was loaded in vain.
      if ((message.type() === "error" || (script && message.type() === "warning")) && !isRefusal(message.text(), message.location().url)) {
        trouble.push(`${message.type()}: ${message.text()}`);
      }
    });
    if (script) await page.addInitScript(noticeHydration);
    await use(page);
    expect(trouble, "what the browser's console said").toEqual([]);
  },

  as: async ({ page }, use) =>
    use(async (person) => {
      await post(page.request, "session/sign-in", { username: person, token: token(person) });
    }),

  open: async ({ page, script }, use) =>
    use(async (address) => {
      await page.goto(address);
      if (script) await alive(page);
    }),
});

/** The access token of somebody in the sandbox. */
export function token(person: Person): string {
  return `dckr_pat_${person}_demo`;
}

/** Waits until the page's script has taken over; only where there is one. */
export async function alive(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.dataset.alive === "true");
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

/** A destination, a rule for the mirror dhi-nginx and one run of it; somebody who may do so must be signed in. */
export async function forwarded(request: APIRequestContext, name: string, host = REGISTRY.host): Promise<Forwarded> {
  const organization = "acme";
  const destination = await post(request, "destinations/save", {
    organization,
    "form[name]": `Registry ${name}`,
    "form[host]": host,
    "form[prefix]": name,
    "form[username]": REGISTRY.username,
    "form[secret]": REGISTRY.password,
    "form[plain_http]": "true",
    intent: "save",
  });
  const destinations = await (await request.get(`/api/destinations/list?organization=${organization}`)).json();
  const id = destinations.find((one: { name: string }) => one.name === `Registry ${name}`).id;
  const rule = await post(request, "rules/save", {
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
  const run = await post(request, "rules/run", { organization, id: rule.split("/").pop()! });
  expect(destination).toContain("/destinations");
  return { destination: `/orgs/acme/destinations/${id}`, rule, run };
}

/** What axe finds that keeps people out, as lines one can read. */
export async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return grave.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}

/** How many pixels the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
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
