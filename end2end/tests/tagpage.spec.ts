// The page of one tag of the catalog: packages, vulnerabilities, attestations, configuration, another tag beside it.

import { barriers, expect, overflow, row, test } from "./fixtures";

const tag = (rest: string) => `/orgs/acme/catalog/${rest}`;

test("thousands of packages are searched and paged, and the address keeps it", async ({ page, as, open, script }) => {
  await as("mia");
  await open(tag("grafana/tags/12.2"));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("grafana:12.2");
  const rows = page.getByRole("table", { name: "Packages" }).getByRole("rowheader");
  await expect(rows).toHaveCount(100);
  await expect(page.getByText("1 to 100 of 5\u202f000")).toBeVisible();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/page=2/);
  await expect(page.getByText("101 to 200 of 5\u202f000")).toBeVisible();

  await page.getByRole("searchbox").fill("react router");
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/q=react(\+|%20)router/);
  await expect(page).not.toHaveURL(/page=/);
  await expect(rows.first()).toHaveText(/^react-router-/);
  await page.getByRole("navigation", { name: "Types of packages" }).getByRole("link", { name: /deb/ }).click();
  await expect(page).toHaveURL(/q=react.*type=deb/);
  await expect(page.getByText("No package matches")).toBeVisible();
  await page.getByRole("link", { name: "Show all packages" }).click();
  await expect(rows).toHaveCount(100);
});

test("suppressed vulnerabilities stand apart, and what was not analysed is said so", async ({ page, as, open, script }) => {
  await as("mia");
  await open(tag("node/tags/22-dev?tab=vulnerabilities"));
  const counted = page.getByRole("table", { name: "Vulnerabilities", exact: true });
  const suppressed = page.getByRole("table", { name: "Suppressed vulnerabilities" });
  await expect(row(suppressed, "CVE-2025-0395")).toContainText("The vulnerable code is not in the image.");
  await expect(row(counted, "CVE-2025-0395")).toHaveCount(0);
  await expect(counted).toContainText("No score");
  await page.getByRole("navigation", { name: "By severity" }).getByRole("link", { name: /Low/ }).click();
  await expect(page).toHaveURL(/severity=low/);
  await expect(counted.getByText("Medium", { exact: true })).toHaveCount(0);
  await page.getByRole("searchbox").fill("CVE-2025-0395");
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("No vulnerability matches")).toBeVisible();

  await open(tag("rabbitmq/tags/4?tab=vulnerabilities"));
  await expect(counted).toBeVisible();
  await page.getByRole("navigation", { name: "Platforms" }).getByRole("link", { name: "linux/arm64" }).click();
  await expect(page.getByText("Not analysed")).toBeVisible();
  await expect(page.getByText("Docker is still looking into this image.")).toBeVisible();
  await expect(counted).toHaveCount(0);
  expect(await barriers(page, script)).toEqual([]);
});

test("another tag is compared", async ({ page, as, open, script }) => {
  await as("mia");
  await open(tag("node/tags/22?tab=compare"));
  await page.getByRole("combobox", { name: "Compare with" }).selectOption("22-dev");
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/compare=22-dev/);
  await expect(row(page.getByRole("table", { name: "Added" }), "bash")).toContainText("Not there");
  await expect(page.getByRole("heading", { name: /^Only in 22-dev: \d+$/ })).toBeVisible();
  expect(await barriers(page, script)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.getByRole("combobox", { name: "Compare with" }).selectOption("22.21");
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("22 and 22.21 point at the same digest")).toBeVisible();
});

test("a statement is read on the page and taken along as a file", async ({ page, as, open, script }) => {
  await as("mia");
  await open(tag("nginx/tags/1.29?tab=attestations"));
  const spdx = row(page.getByRole("table", { name: "Attestations" }), /Bill of materials \(SPDX\)/);
  await expect(spdx).toContainText(/Verifies with|Not signed/);
  const file = await spdx.getByRole("link", { name: "Download" }).getAttribute("href");
  const answer = await page.request.get(file!);
  expect(answer.headers()["content-type"]).toBe("application/json");
  expect(answer.headers()["content-disposition"]).toMatch(/^attachment; filename="nginx-[0-9a-f]{12}\.json"$/);
  expect((await answer.json()).predicateType).toBe("https://spdx.dev/Document");

  await spdx.getByRole("link", { name: "View" }).click();
  await expect(page.getByRole("region", { name: "Statement" }).getByText('"predicateType": "https://spdx.dev/Document"')).toBeVisible();
  expect(await barriers(page, script)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
  await page.getByRole("link", { name: "All attestations" }).click();
  await expect(spdx).toBeVisible();
});
