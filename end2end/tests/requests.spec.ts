// Who may not mirror asks: an owner approves or declines, and a selection of the catalog asks by itself.

import type { Page } from "@playwright/test";
import { alive, asks, barriers, expect, overflow, row, test } from "./fixtures";

/** Asks for a mirror of that name on the repository's page. */
async function ask(page: Page, name: string, note: string): Promise<void> {
  await asks(page, "Request a mirror").click();
  await page.getByLabel("Name of the mirror").fill(name);
  await page.getByLabel("Note").fill(note);
  await page.getByRole("button", { name: "Send request" }).click();
}

test("a member asks, and once an owner approves the mirror is there", async ({ page, as, open, script, unique }) => {
  const name = `dhi-prometheus-${unique}`;
  await as("mia");
  await open("/orgs/acme/catalog/prometheus");
  await ask(page, unique, "For the dashboards.");
  await expect(page.getByText("Docker asks that a mirror's name begins with dhi-: put dhi- in front.")).toBeVisible();
  await expect(page.getByLabel("Note")).toHaveValue("For the dashboards.");
  expect(await barriers(page, script)).toEqual([]);
  await page.getByLabel("Name of the mirror").fill(name);
  await page.getByRole("button", { name: "Send request" }).click();
  await expect(page).toHaveURL("/orgs/acme/requests");
  const asked = row(page, "prometheus").filter({ hasText: name });
  await expect(asked).toContainText("For the dashboards.");
  await expect(asked.getByRole("button", { name: "Withdraw" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Approve" })).toHaveCount(0);

  await as("olivia");
  await open("/orgs/acme/overview");
  await expect(page.getByText(/waits? for an owner$/)).toBeVisible();
  await page.getByRole("link", { name: /^Requests \d+ open$/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Requests" })).toBeVisible();
  await page.getByLabel(`Choose ${name}`).check();
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(asked).toHaveCount(0);

  await as("mia");
  await open("/orgs/acme/requests?state=decided");
  await expect(asked).toContainText(/Approved\s*olivia/);
  await asked.getByRole("link", { name }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
});

test("an owner declines with a reason, which whoever asked reads", async ({ page, as, open, script, unique }) => {
  const name = `dhi-grafana-${unique}`;
  await as("mia");
  await open("/orgs/acme/catalog/grafana");
  await ask(page, name, "");
  await expect(page).toHaveURL("/orgs/acme/requests");

  await as("olivia");
  await open("/orgs/acme/requests");
  await page.getByLabel(`Choose ${name}`).check();
  await page.getByRole("button", { name: "Decline" }).click();
  await expect(page.getByText("Say why, so that whoever asked knows what to do.")).toBeVisible();
  await expect(page.getByLabel(`Choose ${name}`)).toBeChecked();
  expect(await barriers(page, script)).toEqual([]);
  await page.getByLabel("Reason").fill(`The platform team has one, ${unique}.`);
  await page.getByRole("button", { name: "Decline" }).click();
  await expect(page.getByLabel(`Choose ${name}`)).toHaveCount(0);

  await as("mia");
  await open("/orgs/acme/catalog/grafana");
  await expect(page.getByText(`The platform team has one, ${unique}.`)).toBeVisible();
});

test("a member selects several in the catalog and asks for them together; a bad name is refused, stays, and is mended", async ({ page, as, open, script, unique }) => {
  await as("mia");
  await open("/orgs/acme/catalog?category=developer-tools&category=security&sort=name");
  for (const name of ["keycloak", "kubectl"]) await page.getByRole("checkbox", { name: `Select ${name}` }).check();
  if (script) await expect(page.getByText("2 selected")).toBeVisible();
  await page.getByRole("button", { name: "Request selected" }).click();
  await expect(page).toHaveURL("/orgs/acme/requests/new?source=keycloak&source=kubectl");
  if (script) await alive(page);
  await expect(page.getByRole("heading", { level: 1, name: "Request mirrors" })).toBeVisible();

  const keycloak = page.getByLabel("Name of the mirror of Keycloak");
  const kubectl = page.getByLabel("Name of the mirror of kubectl");
  await keycloak.fill(`dhi-keycloak-${unique}`);
  await kubectl.fill(unique);
  // Others may have asked for them meanwhile.
  for (const name of ["Keycloak", "kubectl"]) await page.getByRole("checkbox", { name: `Request ${name}` }).check();
  await page.getByLabel("Note").fill(`For the platform, ${unique}.`);
  await page.getByRole("button", { name: "Send requests" }).click();
  await expect(page.getByText("1 of 2 requested")).toBeVisible();
  await expect(row(page, /^Keycloak/).getByText("Requested", { exact: true })).toBeVisible();
  await expect(kubectl).toHaveAccessibleDescription(/put dhi- in front/);
  await expect(kubectl).toHaveValue(unique);
  await expect(keycloak).toHaveValue(`dhi-keycloak-${unique}`);
  await expect(page.getByRole("checkbox", { name: "Request kubectl" })).toBeChecked();
  await expect(page.getByLabel("Note")).toHaveValue(`For the platform, ${unique}.`);
  expect(await barriers(page, script)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
  await page.setViewportSize({ width: 1280, height: 720 });

  // The whole form again: what is open already is not asked for twice.
  await kubectl.fill(`dhi-kubectl-${unique}`);
  await page.getByRole("button", { name: "Send requests" }).click();
  await expect(row(page, /^kubectl/).getByText("Requested", { exact: true })).toBeVisible();
  await expect(keycloak).toHaveAccessibleDescription(/asked for already, by mia on/);
  await page.getByRole("link", { name: "Go to the requests" }).click();
  await expect(page).toHaveURL("/orgs/acme/requests");
  for (const name of ["keycloak", "kubectl"]) {
    const asked = row(page, name).filter({ hasText: `dhi-${name}-${unique}` });
    await expect(asked).toHaveCount(1);
    await expect(asked).toContainText(`For the platform, ${unique}.`);
    await asked.getByRole("button", { name: "Withdraw" }).click();
    await expect(asked).toHaveCount(0);
  }
});

test("a selection is previewed, saved, asks, and is deleted", async ({ page, as, open, unique }) => {
  await as("adam");
  await open("/orgs/acme/requests/selections/new");
  await page.getByLabel("Name", { exact: true }).fill(`Queues ${unique}`);
  await page.getByLabel("Category").selectOption("message-queues");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText("Matches 1 repository: 0 mirrored, 1 would be proposed.")).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue(`Queues ${unique}`);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL("/orgs/acme/requests/selections");
  await expect(row(page, `Queues ${unique}`)).toContainText("1 of 20");

  await open("/orgs/acme/requests");
  await expect(row(page, "rabbitmq").filter({ hasText: `Selection Queues ${unique}` })).toHaveCount(1);
  await page.getByRole("link", { name: `Queues ${unique}` }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Queues ${unique}` })).toBeVisible();
  await asks(page, "Delete").click();
  await page.getByRole("button", { name: "Delete selection" }).click();
  await expect(page).toHaveURL("/orgs/acme/requests/selections");
  await expect(row(page, `Queues ${unique}`)).toHaveCount(0);
});
