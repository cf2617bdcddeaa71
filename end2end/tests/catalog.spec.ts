// The catalog: searched, narrowed, shown in two ways; what was asked for stands in the address.

import type { Page } from "@playwright/test";
import { barriers, expect, row, test } from "./fixtures";

const found = (page: Page) => page.getByRole("status").filter({ hasText: /^\d+ of \d+ repositories$/ });
const cards = (page: Page) => page.getByRole("list", { name: "Repositories" }).getByRole("listitem");
const box = (page: Page, group: string, name: RegExp) => page.getByRole("group", { name: group }).getByRole("checkbox", { name });

/** The address asks for this; a form without a script sends its empty fields as well. */
const asksFor = (query: string) => ({ pathname, searchParams }: URL) =>
  pathname === "/orgs/acme/catalog" && [...searchParams].filter(([, value]) => value).map((field) => field.join("=")).join("&") === query;

test("facets say what they would leave, and the address holds what was chosen", async ({ page, as, open, script }) => {
  const choose = async (group: string, name: RegExp, on: boolean) => {
    await box(page, group, name).setChecked(on);
    if (!script) await page.getByRole("button", { name: "Show results" }).click();
  };
  await as("mia");
  await open("/orgs/acme/catalog");
  await choose("Type", /^Helm chart 2$/, true);
  await expect(page).toHaveURL(asksFor("kind=helm-chart"));
  await expect(found(page)).toHaveText(/^2 of/);
  await expect(cards(page)).toHaveCount(2);
  await expect(box(page, "Type", /^Image [1-9]\d*$/), "its own facet counts on").toBeVisible();
  await expect(box(page, "Category", /^Security 0$/)).toBeVisible();

  await choose("Category", /^Security/, true);
  await expect(page.getByText("No repository matches")).toBeVisible();
  await choose("Category", /^Databases and Storage/, true);
  await expect(page).toHaveURL(asksFor("kind=helm-chart&category=databases-and-storage&category=security"));
  await expect(found(page)).toHaveText(/^1 of/);

  const chosen = page.getByRole("list", { name: "What is chosen" });
  await expect(chosen.getByRole("listitem")).toHaveText(["Type: Helm chart", "Category: Databases and Storage", "Category: Security"]);
  await chosen.getByRole("link", { name: "Remove the filter Category: Databases and Storage" }).click();
  await expect(page).toHaveURL("/orgs/acme/catalog?kind=helm-chart&category=security");
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page).toHaveURL("/orgs/acme/catalog");
  await expect(box(page, "Type", /^Helm chart/)).not.toBeChecked();
});

test("a word with a mistake finds what comes close", async ({ page, as, open }) => {
  await as("mia");
  await open("/orgs/acme/catalog");
  await page.getByLabel("Search the catalog").fill("reids");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(asksFor("q=reids"));
  await expect(page.getByText("Nothing is called “reids”. These come close.")).toBeVisible();
  await expect(cards(page).first().getByRole("link")).toHaveText("Redis");
  await page.getByLabel("Search the catalog").fill("redis");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText(/^Nothing is called/)).toHaveCount(0);
  await expect(cards(page)).toHaveCount(2);
});

test("a table holds the same, and what is selected goes on together", async ({ page, as, open, script }) => {
  await as("olivia");
  await open("/orgs/acme/catalog?category=developer-tools&category=security&sort=name");
  await expect(page.getByText(/^Docker's catalog as of/)).toBeVisible();
  const count = await cards(page).count();
  await page.getByRole("link", { name: "Table", exact: true }).click();
  await expect(page).toHaveURL(/sort=name&view=table$/);
  await expect(page.getByRole("rowheader")).toHaveCount(count);
  await expect(row(page, /kubectl/)).toContainText("Image");
  expect(await barriers(page, script)).toEqual([]);

  await page.getByRole("checkbox", { name: "Select kubectl" }).check();
  if (script) {
    await expect(page.getByText("1 selected")).toBeVisible();
    await page.getByLabel("Search the catalog").fill("keycloak");
    await expect(page.getByRole("rowheader")).toHaveCount(1);
  }
  await page.getByRole("checkbox", { name: "Select keycloak" }).check();
  if (script) await expect(page.getByText("2 selected")).toBeVisible();
  await page.getByRole("button", { name: "Mirror selected" }).click();
  await expect(page).toHaveURL("/orgs/acme/mirrors/new?source=keycloak&source=kubectl");
});
