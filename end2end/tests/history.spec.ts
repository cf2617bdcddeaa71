// The history, looked through: filters in the address, files, where an image is, a tag's timeline, the overview.

import { barriers, expect, last, over, overflow, row, started, test, written } from "./fixtures";

test("runs are filtered, and the address keeps the filter", async ({ page, as, open, owner, script, unique }) => {
  test.setTimeout(60_000);
  const { rule } = await written(owner, unique);
  const run = await started(owner, rule);
  expect(await over(owner, run)).toBe("succeeded");
  await as("mia");
  await open("/orgs/acme/runs");
  await page.getByRole("combobox", { name: "Rule" }).selectOption({ label: `Rule ${unique}` });
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(new RegExp(`rule=${last(rule)}`));
  await expect(page.getByRole("table", { name: "Runs" }).getByRole("rowheader")).toHaveCount(1);

  await page.getByRole("searchbox").fill("1.29");
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/q=1\.29/);
  await expect(row(page, `Rule ${unique}`)).toContainText("dhi-nginx:1.29");
  const chips = page.getByRole("list", { name: "What is filtered" });
  await expect(chips.getByRole("listitem")).toHaveCount(2);
  expect(await barriers(page, script)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
  await page.setViewportSize({ width: 1280, height: 720 });

  const file = await page.getByRole("link", { name: "Export as JSON" }).getAttribute("href");
  const { items, is_cut } = await (await page.request.get(file!)).json();
  expect(is_cut).toBe(false);
  expect(items.length).toBeGreaterThan(0);
  expect(items.every((item: { run: string; tag: string }) => item.run === last(run) && item.tag.startsWith("1.29"))).toBe(true);

  await chips.getByRole("link", { name: "Remove the filter Search: 1.29" }).click();
  await expect(page).not.toHaveURL(/q=/);
  await expect(chips.getByRole("listitem")).toHaveCount(1);
  await page.getByText("More filters").click();
  await page.getByRole("combobox", { name: "Started by" }).selectOption("webhook");
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("No run here")).toBeVisible();
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(page).toHaveURL("/orgs/acme/runs");
});

test("a pasted digest is found where it is, and leads to the tag's timeline", async ({ page, as, open, owner, script, unique }) => {
  test.setTimeout(60_000);
  const { rule } = await written(owner, unique);
  const run = await started(owner, rule);
  expect(await over(owner, run)).toBe("succeeded");
  const { items } = await (await owner.get(`/api/runs/get?organization=acme&id=${last(run)}`)).json();
  const item = items.find((one: { tag: string }) => one.tag === "1.29");
  await as("mia");
  await open("/orgs/acme/where");
  await page.getByRole("searchbox").fill(`${unique}/dhi-nginx@${item.digest}`);
  await page.getByRole("button", { name: "Apply" }).click();
  const here = page.getByRole("row").filter({ hasText: `${unique}/dhi-nginx` }).filter({ has: page.getByText("1.29", { exact: true }) });
  await expect(here).toHaveCount(1);
  await expect(here).toContainText(`Registry ${unique}`);
  await expect(here).toContainText(/amd64\d+\/\d+/);
  expect(await barriers(page, script)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
  await page.setViewportSize({ width: 1280, height: 720 });

  await page.getByRole("searchbox").fill("docker.io/acme/dhi-nginx:1.29");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("link", { name: "1.29", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("dhi-nginx:1.29");
  const steps = page.getByRole("list", { name: `Digest ${item.digest.slice(7, 19)}` }).getByRole("listitem");
  await expect(steps.filter({ hasText: "The tag was moved" }).filter({ hasText: `${unique}/dhi-nginx` })).toHaveCount(1);
  expect(await barriers(page, script)).toEqual([]);
});

test("the overview says what failed, and an organization without runs gets three steps", async ({ page, as, open, owner, script, unique }) => {
  test.setTimeout(60_000);
  const { rule } = await written(owner, unique, "a password that is none");
  expect(await over(owner, await started(owner, rule))).toBe("failed");
  await as("mia");
  await open("/orgs/acme");
  await expect(page).toHaveURL("/orgs/acme/overview");
  await expect(page.getByRole("region", { name: "Failed" }).getByRole("listitem").first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Stale rules" })).toBeVisible();
  expect(await barriers(page, script)).toEqual([]);
  await page.getByRole("link", { name: "Failed runs" }).click();
  await expect(page).toHaveURL("/orgs/acme/runs?state=failed");
  await expect(row(page, `Rule ${unique}`)).toBeVisible();

  await as("gus");
  await open("/orgs/globex/overview");
  await expect(page.getByRole("region", { name: "Three steps to the first run" }).getByRole("listitem")).toHaveCount(3);
});
