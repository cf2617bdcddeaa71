// What only a script can do, and what it says when it cannot.

import { asks, expect, REGISTRY, row, started, test, written } from "./fixtures";

test("the catalog follows what is typed, and the address with it", async ({ page, as, open }) => {
  await as("mia");
  await open("/orgs/acme/catalog");
  const loads: string[] = [];
  page.on("request", (request) => request.isNavigationRequest() && loads.push(request.url()));
  const entries = page.getByRole("list", { name: "Repositories" }).getByRole("listitem");
  const search = page.getByLabel("Search the catalog");
  await search.pressSequentially("redis", { delay: 30 });
  await expect(page).toHaveURL("/orgs/acme/catalog?q=redis");
  await expect(entries).toHaveCount(2);
  await expect(search).toBeFocused();
  await expect(search).toHaveValue("redis");
  const charts = page.getByRole("group", { name: "Type" }).getByRole("checkbox", { name: /^Helm chart/ });
  await charts.check();
  await expect(page).toHaveURL("/orgs/acme/catalog?q=redis&kind=helm-chart");
  await expect(entries).toHaveCount(1);
  await expect(charts).toBeFocused();
  await page.goBack();
  await expect(entries).toHaveCount(2);
  await expect(charts).not.toBeChecked();
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(search).toHaveValue("");
  expect(loads, "pages loaded anew").toEqual([]);
});

test("the catalog is gone through by keyboard", async ({ page, as, open }) => {
  await as("mia");
  await open("/orgs/acme/catalog?sort=name");
  const links = page.getByRole("list", { name: "Repositories" }).getByRole("listitem").getByRole("link");
  const search = page.getByLabel("Search the catalog");
  await page.keyboard.press("/");
  await expect(search).toBeFocused();
  await expect(search).toHaveValue("");
  await page.keyboard.press("ArrowDown");
  await expect(links.nth(0)).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(links.nth(1)).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowDown");
  const [first, focused] = [await links.nth(0).boundingBox(), await page.locator(":focus").boundingBox()];
  expect(focused!.y, "the next row").toBeGreaterThan(first!.y);
  expect(focused!.x).toBe(first!.x);
  await page.keyboard.press("ArrowUp");
  await expect(links.nth(0)).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(search).toBeFocused();
  await search.pressSequentially("a/b");
  await expect(search, "a sign is typed where one types").toHaveValue("a/b");
  await search.fill("vault");
  await expect(links).toHaveCount(1);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Vault" })).toBeVisible();
});

test("a mirror's name is checked while it is typed", async ({ page, as, open }) => {
  await as("olivia");
  await open("/orgs/acme/catalog/kubectl");
  await asks(page, "Mirror to repository").click();
  const name = page.getByLabel("Repository on Docker Hub");
  await name.fill("kubectl");
  await expect(name).toHaveAccessibleDescription(/put dhi- in front/);
  await name.fill("dhi-Kube");
  await expect(name).toHaveAccessibleDescription(/lower-case letters and digits/);
  await name.fill("dhi-kube");
  await expect(name).not.toHaveAttribute("aria-invalid");
});

test("the names at the destination follow the rule as it is written", async ({ page, as, open, owner, unique }) => {
  await written(owner, unique);
  await as("adam");
  await open("/orgs/acme/rules/new");
  await expect(page.getByText("Choose mirrors to see how they will be called.")).toBeVisible();
  await page.getByRole("checkbox", { name: "acme/dhi-nginx" }).check();
  await page.getByRole("combobox", { name: "Destination" }).selectOption({ label: `Registry ${unique} (${REGISTRY.host}/${unique})` });
  const names = page.getByRole("list", { name: "Names at the destination" });
  await expect(names).toContainText(`${REGISTRY.host}/${unique}/dhi-nginx`);
  await page.getByLabel("Repository name").fill("hardened/{name}");
  await expect(names).toContainText(`${REGISTRY.host}/${unique}/hardened/nginx`);
  await page.getByLabel("Repository name").fill("{");
  await expect(names).toContainText("The name is not complete yet.");
});

test("a run is followed to its end without loading the page again", async ({ page, as, open, owner, unique }) => {
  test.setTimeout(60_000);
  const { rule } = await written(owner, unique);
  await as("adam");
  await open(rule);
  await page.getByRole("button", { name: "Run now" }).click();
  await expect(page).toHaveURL(/\/runs\//);
  await page.evaluate(() => (document.body.dataset.same = "page"));
  await expect(page.getByText("Proven at the destination")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("status").filter({ hasText: "The run succeeded: 9 succeeded." })).toHaveCount(1);
  await expect(page.getByRole("navigation", { name: "Tags by state" }).getByRole("link", { name: "9 Succeeded" })).toBeVisible();
  await expect(page.getByText("Live updates are interrupted")).toHaveCount(0);
  await expect(page.locator("body")).toHaveAttribute("data-same", "page");
});

test.describe("without news", () => {
  test.use({ excused: /net::ERR_FAILED/ });

  test("a run says when its news have stopped", async ({ page, as, open, owner, unique }) => {
    const { rule } = await written(owner, unique);
    await page.route("**/events", (route) => route.abort());
    await as("mia");
    await open(await started(owner, rule));
    await expect(page.getByText("Live updates are interrupted")).toBeVisible();
    await expect(page.getByText("The run itself goes on. Ferry tries to connect again.")).toBeVisible();
    await page.unroute("**/events");
    await expect(page.getByText("Live updates are interrupted")).toHaveCount(0, { timeout: 15_000 });
  });
});

test.describe("copying", () => {
  test.use({ permissions: ["clipboard-read", "clipboard-write"] });

  test("a name goes to the clipboard, and the button says so", async ({ page, as, open, owner, unique }) => {
    const { rule } = await written(owner, unique);
    await as("mia");
    await open(`${rule}?preview=true`);
    const goes = page.getByText("Goes to");
    await goes.getByRole("button", { name: "Copy" }).click();
    await expect(goes.getByRole("button", { name: "Copied" })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${REGISTRY.host}/${unique}/dhi-nginx`);
  });
});

test("a menu closes by Escape and by a press elsewhere", async ({ page, as, open }) => {
  await as("mia");
  await open("/orgs/acme/rules");
  const out = page.getByRole("button", { name: "Sign out" });
  for (const close of [() => page.keyboard.press("Escape"), () => page.getByRole("heading", { level: 1 }).click()]) {
    await page.locator("summary", { hasText: "mia" }).click();
    await expect(out).toBeVisible();
    await close();
    await expect(out).toBeHidden();
  }
});

test("a mirror fills before one's eyes", async ({ page, as, open, unique }) => {
  await as("olivia");
  await open("/orgs/acme/catalog/vault");
  await page.locator("summary", { hasText: /^Mirror to/ }).click();
  await page.getByLabel("Repository on Docker Hub").fill(`dhi-${unique}`);
  await page.getByRole("button", { name: "Start mirroring" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `dhi-${unique}` })).toBeVisible();
  await page.evaluate(() => (document.body.dataset.same = "page"));
  await expect(page.getByText("Up to date", { exact: true })).toBeVisible({ timeout: 15_000 });
  await expect(row(page, /^1/).first()).toBeVisible();
  await expect(page.locator("body")).toHaveAttribute("data-same", "page");
});
