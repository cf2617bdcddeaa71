// The whole job, as an owner does it the first time: from the catalog to a proven copy in another registry.

import { alive, asks, expect, REGISTRY, row, test, token } from "./fixtures";

test("an owner mirrors a repository and forwards it with its attestations", async ({ page, script, open, unique }) => {
  test.setTimeout(90_000);
  // Each project takes a repository that nobody has mirrored yet.
  const [title, name, search, version] = script ? ["Node.js", "node", "javascript runtime", "22"] : ["Python", "python", "language scripts", "3.13"];
  const rule = `Hardened ${unique}`;
  const registry = `Registry ${unique}`;

  await test.step("sign in", async () => {
    await open("/");
    await expect(page.getByRole("heading", { level: 1, name: "Sign in to Ferry" })).toBeVisible();
    await page.getByLabel("Docker Hub username").fill("olivia");
    await page.getByLabel("Personal access token").fill(token("olivia"));
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
    await expect(page).toHaveURL("/orgs/acme/overview");
    await page.getByRole("link", { name: "Catalog", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Catalog" })).toBeVisible();
  });

  const repositories = page.getByRole("list", { name: "Repositories" });

  await test.step("find the repository in the catalog", async () => {
    await expect(repositories).toBeVisible();
    const all = await repositories.getByRole("listitem").count();
    expect(all).toBeGreaterThan(10);
    await page.getByLabel("Search the catalog").fill(search);
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(repositories.getByRole("listitem")).toHaveCount(1);
    await expect(page.getByRole("status").filter({ hasText: /^1 of \d+ repositories$/ })).toBeVisible();
    await page.getByRole("link", { name: "Clear" }).click();
    await expect(repositories.getByRole("listitem")).toHaveCount(all);
    await page.getByRole("group", { name: "Category" }).getByRole("checkbox", { name: /^Languages and Frameworks/ }).check();
    if (!script) await page.getByRole("button", { name: "Show results" }).click();
    await expect(page).toHaveURL(/category=/);
    await expect(repositories.getByRole("link", { name: "Redis", exact: true })).toHaveCount(0);
    await repositories.getByRole("link", { name: title, exact: true }).click();
  });

  await test.step("mirror it", async () => {
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await expect(page.getByRole("table", { name: "Variants by digest" })).toContainText(version);
    await asks(page, "Mirror to repository").click();
    await expect(page.getByLabel("Repository on Docker Hub")).toHaveValue(`dhi-${name}`);
    await page.getByRole("button", { name: "Start mirroring" }).click();
    await expect(page.getByRole("heading", { level: 1, name: `dhi-${name}` })).toBeVisible();
  });

  await test.step("see it fill; the page follows by itself, with a script or without", async () => {
    await expect(page.getByText("Up to date", { exact: true })).toBeVisible({ timeout: 30_000 });
    const tags = page.getByRole("table", { name: "Tags of this mirror" });
    await expect(row(tags, new RegExp(`^${version}-fips$`))).toContainText("linux/amd64, linux/arm64");
    await expect(page.getByRole("list", { name: "Mirroring log" })).toContainText(`${version}: arrived`);
    await expect(page.getByText("Private", { exact: true })).toBeVisible();
  });

  await test.step("add a destination, tested first", async () => {
    await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Destinations" }).click();
    await page.getByRole("link", { name: "New destination" }).first().click();
    await expect(page.getByRole("heading", { level: 1, name: "New destination" })).toBeVisible();
    await page.getByLabel("Name", { exact: true }).fill(registry);
    await page.getByLabel("Host", { exact: true }).fill(REGISTRY.host);
    await page.getByLabel("Prefix").fill(unique);
    await page.getByLabel("Username").fill(REGISTRY.username);
    await page.getByLabel("Password or token").fill(REGISTRY.password);
    await page.getByLabel("Plain HTTP").check();
    await page.getByRole("button", { name: "Test connection" }).click();
    await expect(page.getByText("The connection works: Ferry can read and write here.")).toBeVisible();
    const checks = page.getByRole("list", { name: "What was checked" });
    expect(await checks.getByRole("listitem").count()).toBeGreaterThan(2);
    await expect(checks).toContainText("Passed");
    await expect(checks).not.toContainText("Failed");
    await expect(page.getByLabel("Host", { exact: true })).toHaveValue(REGISTRY.host);
    // Without a script the page comes back, and a secret is never sent back with it.
    if (!script) await page.getByLabel("Password or token").fill(REGISTRY.password);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Destinations" })).toBeVisible();
    await expect(row(page, registry)).toContainText(`${REGISTRY.host}/${unique}`);
  });

  await test.step("write a rule, previewed first", async () => {
    await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Rules" }).click();
    await page.getByRole("link", { name: "New rule" }).first().click();
    await page.getByLabel("Name", { exact: true }).fill(rule);
    await page.getByRole("checkbox", { name: `acme/dhi-${name}` }).check();
    await page.getByRole("combobox", { name: "Destination" }).selectOption({ label: `${registry} (${REGISTRY.host}/${unique})` });
    await page.getByLabel("Exclude").fill("*-dev\n*-fips");
    await page.getByRole("button", { name: "Preview" }).click();
    const preview = page.getByRole("table", { name: `Tags of acme/dhi-${name}` });
    await expect(row(preview, new RegExp(`^${version}$`))).toContainText("Goes along");
    await expect(row(preview, new RegExp(`^${version}$`))).toContainText("the rule takes every tag");
    await expect(row(preview, new RegExp(`^${version}-dev$`))).toContainText("Stays");
    await expect(row(preview, new RegExp(`^${version}-fips$`))).toContainText("exclude *-fips matches");
    await expect(page.getByText(`${REGISTRY.host}/${unique}/dhi-${name}`).first()).toBeVisible();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1, name: rule })).toBeVisible();
    await expect(page.getByText("Every tag except *-dev, *-fips")).toBeVisible();
    await expect(page.getByText("It has not run yet")).toBeVisible();
  });

  const ruleAddress = page.url();

  await test.step("run it and see what arrived", async () => {
    await page.getByRole("button", { name: "Run now" }).click();
    await expect(page).toHaveURL(/\/runs\/[0-9a-f-]+$/);
    await expect(page.getByText("Proven at the destination")).toBeVisible({ timeout: 40_000 });
    await expect(page.getByRole("main").getByRole("heading", { level: 1 }).locator("..")).toContainText("Succeeded");
    const tags = page.getByRole("table", { name: "Tags of this run" });
    const one = row(tags, new RegExp(`^${version} `));
    await expect(one).toContainText("Succeeded");
    await expect(one.getByTitle(/^amd64: (\d+) of \1 attestations held$/)).toBeVisible();
    await expect(one.getByTitle(/^arm64: (\d+) of \1 attestations held$/)).toBeVisible();
    await expect(page.getByText(/^All \d+ attestations of .* arrived and every signature verifies\.$/)).toBeVisible();
    await expect(tags).not.toContainText("-fips");
    await tags.getByText("Attestations", { exact: true }).last().click();
    await expect(tags.getByText("Signature verifies").last()).toBeVisible();
  });

  await test.step("filter its tags by state", async () => {
    const states = page.getByRole("navigation", { name: "Tags by state" });
    await states.getByRole("link", { name: /Failed/ }).click();
    await expect(page.getByText("No tag in this state")).toBeVisible();
    await page.getByRole("link", { name: "All tags" }).click();
    await expect(page.getByRole("table", { name: "Tags of this run" })).toBeVisible();
  });

  await test.step("run it again: nothing has changed", async () => {
    await open(ruleAddress);
    await expect(page.getByRole("table", { name: "Runs" })).toContainText("olivia");
    await page.getByRole("button", { name: "Run now" }).click();
    await expect(page).toHaveURL(/\/runs\/[0-9a-f-]+$/);
    await expect(page.getByRole("main").getByRole("heading", { level: 1 }).locator("..")).toContainText("Unchanged", { timeout: 20_000 });
    await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Runs" }).click();
    // Docker's mirroring log, followed every few minutes, may have begun one more by itself.
    const hers = row(page, rule).filter({ hasText: "olivia" });
    await expect(hers).toHaveCount(2);
    await expect(hers.first()).toContainText("Unchanged");
    await expect(hers.last()).toContainText("Succeeded");
  });

  await test.step("sign out", async () => {
    if (script) await alive(page);
    await page.locator("summary", { hasText: "olivia" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Sign in to Ferry" })).toBeVisible();
    await page.goto("/orgs/acme/runs");
    await expect(page).toHaveURL(/\/sign-in\?next=/);
  });
});
