// The page of a catalog repository: its variants and their filters, the command that pulls, where a tag is, hostile texts.

import { alive, expect, over, overflow, REGISTRY, row, started, test, written } from "./fixtures";

test("variants are filtered, sorted and folded, and the address says how", async ({ page, as, open, script }) => {
  await as("mia");
  await open("/orgs/acme/catalog/golang?tool=podman");
  const filters = page.getByRole("search", { name: "Variants" });
  const table = page.getByRole("table", { name: "Variants by digest" });
  const apply = async () => {
    await filters.getByRole("button", { name: "Apply" }).click();
    if (script) await alive(page);
  };
  await expect(table.getByRole("rowheader")).toHaveCount(3);
  await filters.getByLabel("Compliance").selectOption({ label: "FIPS" });
  if (!script) await apply();
  await expect(page).toHaveURL(/compliance=fips/);
  await expect(page).toHaveURL(/tool=podman/);
  await expect(table.getByRole("rowheader")).toHaveCount(1);
  await expect(page.getByText("1 of 3 variants")).toBeVisible();
  await expect(row(table, "1.25.4-fips")).toContainText("STIG");

  await filters.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL("/orgs/acme/catalog/golang?tool=podman");
  await expect(filters.getByLabel("Compliance")).toHaveValue("");
  await filters.getByLabel("Search the tags").fill("alpine");
  await apply();
  await expect(page).toHaveURL(/find=alpine/);
  await expect(table.getByRole("rowheader")).toHaveCount(1);
  await expect(table.getByRole("link", { name: "1.25-alpine-dev" })).toHaveAttribute("href", "/orgs/acme/catalog/golang/tags/1.25-alpine-dev");
  const policies = table.getByRole("list", { name: "Policies" }).first();
  await expect(policies).toBeHidden();
  await table.locator("summary", { hasText: "Score B" }).first().click();
  await expect(policies).toContainText("Default non-root user");

  await filters.getByLabel("Search the tags").fill("no such tag");
  await apply();
  await expect(page.getByText("No variant matches")).toBeVisible();
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(table.getByRole("rowheader")).toHaveCount(3);
});

test("the command follows the tool and the tag", async ({ page, as, open, script }) => {
  await as("mia");
  await open("/orgs/acme/catalog/keycloak?tag=26.4");
  const tools = page.getByRole("navigation", { name: "Pull with" });
  await expect(page.getByText("docker pull dhi.io/keycloak:26.4", { exact: true })).toBeVisible();
  await tools.getByRole("link", { name: "Kubernetes" }).click();
  await expect(page).toHaveURL("/orgs/acme/catalog/keycloak?tag=26.4&tool=kubernetes");
  await expect(page.getByText("image: dhi.io/keycloak:26.4", { exact: true })).toBeVisible();
  await expect(tools.getByRole("link", { name: "Kubernetes" })).toHaveAttribute("aria-current", "page");
  const choice = page.getByRole("search", { name: "Tag to pull" });
  await choice.getByLabel("Tag").selectOption("26-fips");
  if (!script) await choice.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("This variant needs a mirror")).toBeVisible();
  await expect(page).toHaveURL(/tool=kubernetes/);

  await open("/orgs/acme/catalog/redis-chart");
  await expect(page.getByText(/^helm pull oci:\/\/dhi\.io\/redis-chart --version 23\./)).toBeVisible();
  await expect(page.getByRole("table", { name: "Variants by digest" })).toContainText("Not analysed");
});

test("what was forwarded is seen beside the catalog's digest", async ({ page, as, open, owner, unique }) => {
  test.setTimeout(60_000);
  const { rule } = await written(owner, unique);
  expect(await over(owner, await started(owner, rule))).toBe("succeeded");
  await as("mia");
  await open("/orgs/acme/catalog/nginx?tag=1.29.3");
  const places = page.getByRole("list", { name: "acme/dhi-nginx:1.29.3" });
  const place = places.getByRole("listitem").filter({ hasText: `Registry ${unique}` });
  await expect(places.getByRole("listitem").filter({ hasText: "Docker Hub" })).toContainText("Same digest");
  await expect(place).toContainText("Same digest");
  await expect(place.getByTitle(/^amd64: (\d+) of \1 attestations held$/)).toBeVisible();
  // It may stand in the fold, where other specs have forwarded it, too.
  await expect(page.getByText(`docker pull ${REGISTRY.host}/${unique}/dhi-nginx:1.29.3`, { exact: true })).toHaveCount(1);
});

test("a hostile text does nothing", async ({ page, as, open, script }) => {
  await as("mia");
  for (const tab of ["overview", "guides"]) {
    await open(`/orgs/acme/catalog/hostile-guide?tab=${tab}`);
    await expect(page.getByRole("heading", { name: "A friendly guide" })).toBeVisible();
    await page.getByText("Press me", { exact: true }).click();
    await page.getByText("or me", { exact: true }).click();
    await page.getByText("Go on", { exact: true }).click();
    await expect(page).toHaveURL(`/orgs/acme/catalog/hostile-guide?tab=${tab}`);
    await expect(page.getByRole("main")).toHaveCount(1);
    await expect(page.locator("form[action*='sign-out'] input[name='theme']")).toHaveCount(0);
    await expect(page.getByRole("link", { name: "An honest link" })).toHaveAttribute("rel", /noopener/);
    // The browser that runs no script of the page still answers ours.
    expect(await page.evaluate(() => (window as { __hostile?: string }).__hostile)).toBeUndefined();
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
  }
  if (script) {
    await page.getByRole("navigation", { name: "On this page" }).getByRole("link", { name: "Names" }).click();
    await expect(page).toHaveURL(/#text-names$/);
  }
});
