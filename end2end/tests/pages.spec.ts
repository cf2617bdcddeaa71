// Every page in its states: one heading, a title, nobody kept out, nothing wider than a phone.

import type { APIRequestContext } from "@playwright/test";
import { barriers, expect, over, overflow, post, started, test, written, type Person } from "./fixtures";

const NOWHERE = "01931f6e-7b0a-7000-8000-000000000001";

interface Made {
  destination: string;
  rule: string;
  run: string;
  /** A run with a password that the registry refuses. */
  failed: string;
  selection: string;
}

interface Seen {
  /** What the page is called in this list. */
  name: string;
  person?: Person;
  address: string | ((made: Made) => string);
  heading: string | RegExp;
  /** Part of the title, where it is not the heading. */
  title?: string;
  status?: number;
  /** A sentence of this state. */
  words: string | RegExp;
}

const acme = (rest: string) => `/orgs/acme/${rest}`;
const globex = (rest: string) => `/orgs/globex/${rest}`;

const full: Seen[] = [
  { name: "sign in", address: "/sign-in", heading: "Sign in to Ferry", title: "Sign in", words: "With your Docker Hub account." },
  { name: "overview", person: "mia", address: acme("overview"), heading: "Overview", words: "In the last seven days, by reason." },
  { name: "catalog", person: "olivia", address: acme("catalog"), heading: "Catalog", words: /^\d+ of \d+ repositories$/ },
  { name: "catalog as a table", person: "mia", address: acme("catalog?kind=image&view=table"), heading: "Catalog", words: /^\d+ of \d+ repositories$/ },
  { name: "repository", person: "olivia", address: acme("catalog/postgres"), heading: "PostgreSQL", words: "Docker copies it into acme" },
  { name: "repository's overview", person: "olivia", address: acme("catalog/nginx?tab=overview"), heading: "Nginx", words: "View in repository" },
  { name: "repository's guides", person: "adam", address: acme("catalog/nginx?tab=guides"), heading: "Nginx", words: "Mirror to another repository" },
  { name: "repository, filtered", person: "mia", address: acme("catalog/golang?compliance=fips&tool=skopeo&sort=vulnerabilities"), heading: "Go", words: "1 of 3 variants" },
  { name: "chart", person: "olivia", address: acme("catalog/redis-chart"), heading: /Redis/, words: "Helm chart" },
  { name: "tag of the catalog", person: "mia", address: acme("catalog/nginx/tags/1.29"), heading: "nginx:1.29", words: "Digest of this platform" },
  { name: "vulnerabilities of a tag", person: "mia", address: acme("catalog/golang/tags/1.25-dev?tab=vulnerabilities"), heading: "golang:1.25-dev", words: "Suppressed" },
  { name: "attestations of a tag", person: "mia", address: acme("catalog/nginx/tags/1.29?tab=attestations"), heading: "nginx:1.29", words: "Bill of materials (SPDX)" },
  { name: "configuration of a tag", person: "mia", address: acme("catalog/golang/tags/1.25-dev?tab=configuration"), heading: "golang:1.25-dev", words: "As Docker describes it; nobody has signed this." },
  { name: "mirrors", person: "olivia", address: acme("mirrors"), heading: "Mirrors", words: /^Everybody can pull what is in it\./ },
  { name: "new mirrors", person: "olivia", address: acme("mirrors/new?source=vault&source=redis-chart"), heading: "New mirrors", words: "Back to the catalog" },
  { name: "new mirrors, for a custom role", person: "carl", address: acme("mirrors/new?source=vault&source=traefik"), heading: "New mirrors", words: "Request them instead" },
  { name: "new mirrors, for members", person: "mia", address: acme("mirrors/new?source=vault&source=traefik"), heading: "New mirrors", words: "You may request them, and an owner decides." },
  { name: "request mirrors", person: "mia", address: acme("requests/new?source=vault&source=redis-chart&source=keycloak"), heading: "Request mirrors", words: /^Requested already: .*dhi-open-/ },
  { name: "mirrors to stop", person: "olivia", address: acme("mirrors/stop?name=dhi-nginx"), heading: "Stop mirroring", words: "Rules that forward them" },
  { name: "mirror", person: "olivia", address: acme("mirrors/dhi-nginx"), heading: "dhi-nginx", words: "What Docker pushed into this repository, newest first." },
  { name: "public mirror", person: "mia", address: acme("mirrors/dhi-redis"), heading: "dhi-redis", words: "acme/dhi-redis is public" },
  { name: "repository, for members", person: "mia", address: acme("catalog/keycloak"), heading: "Keycloak", words: "Request a mirror" },
  { name: "repository, for a custom role", person: "carl", address: acme("catalog/keycloak"), heading: "Keycloak", words: "Try to mirror" },
  { name: "requests", person: "olivia", address: acme("requests"), heading: "Requests", words: "Asked for to be looked at." },
  { name: "requests, for members", person: "mia", address: acme("requests"), heading: "Requests", words: "Asked for to be looked at." },
  { name: "requests that are decided", person: "mia", address: acme("requests?state=decided"), heading: "Requests", words: "Declined to be looked at." },
  { name: "selections", person: "adam", address: acme("requests/selections"), heading: "Selections", words: "with “nothing like it”" },
  { name: "new selection", person: "adam", address: acme("requests/selections/new"), heading: "New selection", words: "Only repositories with" },
  { name: "new selection, for members", person: "mia", address: acme("requests/selections/new"), heading: "New selection", words: "Admins write selections" },
  { name: "selection", person: "adam", address: (made) => made.selection, heading: /^Selection /, words: "Only repositories with" },
  { name: "destinations", person: "adam", address: acme("destinations"), heading: "Destinations", words: "Plain HTTP" },
  { name: "new destination", person: "adam", address: acme("destinations/new"), heading: "New destination", words: "What to enter" },
  { name: "destination", person: "adam", address: (made) => made.destination, heading: /^Registry /, words: "A password or token is kept." },
  { name: "destination, for members", person: "mia", address: (made) => made.destination, heading: /^Registry /, words: "Kept, sealed" },
  { name: "rules", person: "adam", address: acme("rules"), heading: "Rules", words: "Tags 1* except *-dev" },
  { name: "new rule", person: "adam", address: acme("rules/new"), heading: "New rule", words: "Forward attestations" },
  { name: "rule", person: "adam", address: (made) => made.rule, heading: /^Rule /, words: "Last runs" },
  { name: "rule with its preview", person: "mia", address: (made) => `${made.rule}?preview=true`, heading: /^Rule /, words: "Goes along" },
  { name: "change of a rule", person: "adam", address: (made) => `${made.rule}/edit`, heading: /^Edit Rule /, words: "Forward attestations" },
  { name: "mirror without a webhook, for members", person: "mia", address: acme("mirrors/dhi-redis"), heading: "dhi-redis", words: "This mirror has no webhook." },
  { name: "keys", person: "adam", address: acme("keys"), heading: "Keys", words: "Docker, compiled into Ferry" },
  { name: "keys, for members", person: "mia", address: acme("keys"), heading: "Keys", words: "Admins and owners of the organization add and remove keys." },
  { name: "runs", person: "mia", address: acme("runs"), heading: "Runs", words: "Export as CSV" },
  { name: "audit log", person: "mia", address: acme("audit"), heading: "Audit log", words: /Lines are only added: nobody can change or remove one\.$/ },
  { name: "audit log, filtered", person: "mia", address: acme("audit?action=rule.create&from=2020-01-01"), heading: "Audit log", words: "What: Wrote a rule" },
  { name: "runs, filtered", person: "mia", address: acme("runs?q=1.29&state=succeeded&from=2020-01-01"), heading: "Runs", words: "Search: 1.29" },
  { name: "runs, badly filtered", person: "mia", address: acme("runs?state=lost&until=soon"), heading: "Runs", words: "This filter means nothing" },
  { name: "where it is", person: "mia", address: acme("where?q=1.29"), heading: "Where is it?", title: "Where is it\\?", words: "This is what Ferry last saw, with its age." },
  { name: "tag", person: "mia", address: acme("mirrors/dhi-nginx/tags/1.29"), heading: "dhi-nginx:1.29", words: "The tag was moved" },
  { name: "run", person: "mia", address: (made) => made.run, heading: /^Rule /, title: "Run of Rule ", words: "Proven at the destination" },
  { name: "failed run", person: "mia", address: (made) => made.failed, heading: /^Rule .*-failed$/, title: "Run of Rule ", words: /^Technical detail$/ },
];

const empty: Seen[] = [
  { name: "catalog where nothing matches", person: "olivia", address: acme("catalog?q=nothing+like+it"), heading: "Catalog", words: "No repository matches" },
  { name: "repository without tags", person: "olivia", address: acme("catalog/hostile-guide"), heading: "Hostile guide", words: "Docker lists no tags for it yet" },
  { name: "repository where no variant matches", person: "mia", address: acme("catalog/golang?find=nothing"), heading: "Go", words: "No variant matches" },
  { name: "packages of a tag where nothing matches", person: "mia", address: acme("catalog/nginx/tags/1.29?q=nothing-like-it"), heading: "nginx:1.29", words: "No package matches" },
  { name: "image that was not analysed", person: "mia", address: acme("catalog/rabbitmq/tags/4?platform=linux%2Farm64&tab=vulnerabilities"), heading: "rabbitmq:4", words: "Not analysed" },
  { name: "repository without entitlement", person: "gus", address: globex("catalog/postgres"), heading: "PostgreSQL", words: /does not include Docker Hardened Images/ },
  { name: "overview", person: "gus", address: globex("overview"), heading: "Overview", words: "Three steps to the first run" },
  { name: "where it is", person: "gus", address: globex("where"), heading: "Where is it?", title: "Where is it\\?", words: "Paste a tag, a digest or a reference" },
  { name: "where nothing is", person: "gus", address: globex("where?q=none"), heading: "Where is it?", title: "Where is it\\?", words: "Ferry has not seen it" },
  { name: "runs where nothing fits", person: "mia", address: acme("runs?q=nothing-like-it"), heading: "Runs", words: "No run here" },
  { name: "mirrors", person: "gus", address: globex("mirrors"), heading: "Mirrors", words: "globex has no mirrors yet" },
  { name: "requests", person: "gus", address: globex("requests"), heading: "Requests", words: "No request is open" },
  { name: "requests that are decided", person: "gus", address: globex("requests?state=decided"), heading: "Requests", words: "Nothing was decided yet" },
  { name: "selections", person: "gus", address: globex("requests/selections"), heading: "Selections", words: "No selection yet" },
  { name: "new mirrors", person: "gus", address: globex("mirrors/new"), heading: "New mirrors", words: "Nothing is chosen yet" },
  { name: "request mirrors", person: "gus", address: globex("requests/new"), heading: "Request mirrors", words: "Nothing is chosen yet" },
  { name: "mirrors where nothing fits", person: "mia", address: acme("mirrors?q=nothing-like-it"), heading: "Mirrors", words: "No mirror here" },
  { name: "destinations", person: "gus", address: globex("destinations"), heading: "Destinations", words: "No destination yet" },
  { name: "rules", person: "gus", address: globex("rules"), heading: "Rules", words: "No rule yet" },
  { name: "new rule", person: "gus", address: globex("rules/new"), heading: "New rule", words: "A rule needs a destination" },
  { name: "runs", person: "gus", address: globex("runs"), heading: "Runs", words: "No run yet" },
  { name: "audit log", person: "gus", address: globex("audit"), heading: "Audit log", words: "Nothing was done yet" },
  { name: "audit log where nothing fits", person: "mia", address: acme("audit?q=nothing-like-it"), heading: "Audit log", words: "No line here" },
  { name: "audit log, badly filtered", person: "mia", address: acme("audit?until=soon"), heading: "Audit log", words: "This filter means nothing" },
  { name: "deliveries", person: "gus", address: globex("deliveries"), heading: "Deliveries", words: "No delivery yet" },
  { name: "deliveries where nothing fits", person: "mia", address: acme("deliveries?mirror=dhi-redis&outcome=refused"), heading: "Deliveries", words: "No delivery here" },
];

const missing = "There is no such thing here";
const absent: Seen[] = [
  { name: "address", address: "/nowhere", heading: "There is no page here", title: "Page not found", status: 404, words: "Go to your organization" },
  { name: "organization", person: "olivia", address: globex("catalog"), heading: "There is no page here", title: "Page not found", status: 404, words: "Go to your organization" },
  { name: "section", person: "olivia", address: acme("nothing"), heading: "There is no page here", title: "Page not found", status: 404, words: "Go to your organization" },
  { name: "repository", person: "olivia", address: acme("catalog/nothing"), heading: "nothing", title: "Repository", status: 404, words: missing },
  { name: "tag that the catalog lacks", person: "olivia", address: acme("catalog/nginx/tags/nothing"), heading: "nginx:nothing", status: 404, words: missing },
  { name: "tag of no mirror", person: "olivia", address: acme("mirrors/dhi-nothing/tags/1"), heading: "dhi-nothing:1", status: 404, words: missing },
  { name: "mirror", person: "olivia", address: acme("mirrors/dhi-nothing"), heading: "dhi-nothing", title: "Mirror", status: 404, words: missing },
  { name: "selection", person: "olivia", address: acme(`requests/selections/${NOWHERE}`), heading: "Selection", status: 404, words: missing },
  { name: "destination", person: "olivia", address: acme(`destinations/${NOWHERE}`), heading: "Destination", status: 404, words: missing },
  { name: "rule", person: "olivia", address: acme(`rules/${NOWHERE}`), heading: "Rule", status: 404, words: missing },
  { name: "change of a rule", person: "olivia", address: acme(`rules/${NOWHERE}/edit`), heading: "Edit rule", status: 404, words: missing },
  { name: "run", person: "olivia", address: acme(`runs/${NOWHERE}`), heading: "Run", status: 404, words: missing },
  { name: "run of no id", person: "olivia", address: acme("runs/abc"), heading: "Run", status: 404, words: missing },
];

let made: Made;

/** A request that is open, one that is declined, and a selection that takes nothing; the address of that. */
async function asked(owner: APIRequestContext, name: string): Promise<string> {
  const organization = "acme";
  for (const wish of ["declined", "open"]) {
    await post(owner, "requests/ask", { organization, "form[source]": "keycloak", "form[name]": `dhi-${wish}-${name}`, "form[note]": "Asked for to be looked at." });
    if (wish === "open") break;
    const { rows } = await (await owner.get(`/api/requests/list?organization=${organization}`)).json();
    await post(owner, "requests/decide", { organization, "form[ids][]": rows[0].id, "form[reason]": "Declined to be looked at.", intent: "decline" });
  }
  await post(owner, "selections/save", { organization, "form[name]": `Selection ${name}`, "form[words]": "nothing like it", "form[cap]": "20", intent: "save" });
  const selections = await (await owner.get(`/api/selections/list?organization=${organization}`)).json();
  return acme(`requests/selections/${selections.find((one: { name: string }) => one.name === `Selection ${name}`).id}`);
}

test.beforeAll(async ({ owner }, info) => {
  test.setTimeout(60_000);
  const name = `${info.project.name.split("-")[0]}-${Date.now().toString(36).slice(-4)}`;
  const good = await written(owner, name);
  const bad = await written(owner, `${name}-failed`, "a password that is none");
  const selection = await asked(owner, name);
  made = { ...good, selection, run: await started(owner, good.rule), failed: await started(owner, bad.rule) };
  expect(await over(owner, made.run)).toBe("succeeded");
  expect(await over(owner, made.failed)).toBe("failed");
});

for (const [state, pages] of Object.entries({ full, empty, absent })) {
  test.describe(state, () => {
    for (const seen of pages) {
      test(seen.name, async ({ page, as, open, script }) => {
        if (seen.person) await as(seen.person);
        const address = typeof seen.address === "string" ? seen.address : seen.address(made);
        const answered = page.waitForResponse((answer) => answer.url().endsWith(address) && answer.request().resourceType() === "document");
        await open(address);
        expect((await answered).status()).toBe(seen.status ?? 200);

        const headings = page.getByRole("heading", { level: 1 });
        await expect(headings).toHaveCount(1);
        await expect(headings).toHaveText(seen.heading);
        const title = seen.title ?? (await headings.innerText());
        await expect(page).toHaveTitle(new RegExp(`^${title.replaceAll(".", "\\.")}.* · Ferry$`));
        await expect(page.getByText(seen.words).first()).toBeVisible();

        expect(await barriers(page, script), "in light colours").toEqual([]);
        await page.emulateMedia({ colorScheme: "dark" });
        expect(await barriers(page, script, ["color-contrast"]), "in dark colours").toEqual([]);
        await page.setViewportSize({ width: 390, height: 844 });
        expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
      });
    }
  });
}

test("the navigation", async ({ page, as, open }) => {
  await as("olivia");
  await open(acme("rules"));
  await expect(page.getByRole("banner")).toMatchAriaSnapshot(`
    - banner:
      - link "Ferry":
        - /url: /
      - group: Organization acme
      - navigation "Sections":
        - list:
          - listitem:
            - link "Overview":
              - /url: /orgs/acme/overview
          - listitem:
            - link "Catalog":
              - /url: /orgs/acme/catalog
          - listitem:
            - link "Mirrors":
              - /url: /orgs/acme/mirrors
          - listitem:
            - link /^Requests/:
              - /url: /orgs/acme/requests
          - listitem:
            - link "Destinations":
              - /url: /orgs/acme/destinations
          - listitem:
            - link "Rules":
              - /url: /orgs/acme/rules
          - listitem:
            - link "Runs":
              - /url: /orgs/acme/runs
          - listitem:
            - link "Where is it?":
              - /url: /orgs/acme/where
          - listitem:
            - link "Deliveries":
              - /url: /orgs/acme/deliveries
          - listitem:
            - link "Keys":
              - /url: /orgs/acme/keys
          - listitem:
            - link "Connection":
              - /url: /orgs/acme/connection
          - listitem:
            - link "Audit log":
              - /url: /orgs/acme/audit
      - group: olivia Owner
  `);
  await expect(page.getByRole("link", { name: "Rules", exact: true })).toHaveAttribute("aria-current", "page");
});

test("the keyboard skips to the page", async ({ page, as, open }) => {
  await as("olivia");
  await open(acme("mirrors"));
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the page" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});
