// Runs under a person's control: stopped as a whole or tag by tag, and a destination that is asked more slowly.

import { asks, barriers, expect, over, overflow, REGISTRY, sandbox, started, test, written } from "./fixtures";

test("a run is stopped after a question, and stays stopped", async ({ page, as, open, owner, script, unique }) => {
  test.setTimeout(60_000);
  const { rule } = await written(owner, unique);
  // Another test's run may meet it as well: it only takes longer.
  await sandbox(owner, "faults", { facade: "destination", path: `/${unique}/`, times: 100_000, trouble: { kind: "delay", millis: 4_000 } });
  const run = await started(owner, rule);
  await as("mia");
  await open(run);
  await expect(page.getByText(/tags? done|looks up its tags/).first()).toBeAttached();
  await expect(asks(page, "Cancel run")).toHaveCount(0);

  await as("adam");
  await open(run);
  await asks(page, "Cancel run").click();
  await expect(page.getByText("Cancel this run?")).toBeVisible();
  expect(await barriers(page, script)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await expect(page.getByText("Cancelled by", { exact: true })).toBeVisible();
  await expect(page.getByText("Cancelled by adam. The tag was not moved.").first()).toBeVisible();
  expect(await over(owner, run)).toBe("cancelled");
  await expect(asks(page, "Cancel run")).toHaveCount(0);
});

test("one tag is stopped while the others arrive", async ({ page, as, open, owner, unique }) => {
  test.setTimeout(60_000);
  const { rule } = await written(owner, unique);
  await sandbox(owner, "faults", { facade: "destination", path: `/${unique}/`, times: 3, trouble: { kind: "delay", millis: 5_000 } });
  const run = await started(owner, rule);
  await as("adam");
  await expect.poll(async () => {
    await open(run);
    return page.getByRole("button", { name: /^Cancel 1/ }).count();
  }).toBeGreaterThan(1);
  const button = page.getByRole("button", { name: /^Cancel 1/ }).first();
  const tag = (await button.getAttribute("aria-label"))?.replace("Cancel ", "") ?? "";
  await button.click();
  await expect(page.getByText("Cancelled by adam. The tag was not moved.")).toHaveCount(1);
  expect(await over(owner, run)).toBe("cancelled");
  await open(run);
  await expect(page.getByRole("row", { name: new RegExp(`^${tag.replaceAll(".", "\\.")} `) }).getByText("Cancelled", { exact: true })).toBeVisible();
  await expect(page.getByText("Succeeded", { exact: true }).first()).toBeVisible();
});

test("a pause that a registry asks for is shown with its end", async ({ page, as, open, owner, unique }) => {
  test.setTimeout(60_000);
  const { rule } = await written(owner, unique);
  const pause = { kind: "status", code: 429, retry_after: 600, body: null };
  await sandbox(owner, "faults", { facade: "destination", method: "PUT", path: `/${unique}/dhi-nginx/manifests/`, times: 100_000, trouble: pause });
  const run = await started(owner, rule);
  await as("adam");
  await open(run);
  await expect(page.getByText(/^Waits: The destination asks for a pause while writing a manifest/).first()).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(/Goes on\s+in (9|10) min/).first()).toBeVisible();
  await asks(page, "Cancel run").click();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  expect(await over(owner, run)).toBe("cancelled");
});

test("a destination's limits are checked, kept and shown", async ({ page, as, open, unique }) => {
  await as("adam");
  await open("/orgs/acme/destinations/new");
  await page.getByLabel("Name", { exact: true }).fill(`Slow ${unique}`);
  await page.getByLabel("Host", { exact: true }).fill(REGISTRY.host);
  await page.getByLabel("Plain HTTP").check();
  const requests = page.getByLabel("Requests a second");
  await requests.fill("many");
  await page.getByLabel("Megabytes a second").fill("50");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(requests).toHaveAccessibleDescription(/a whole number from 1 to 10000/);
  await expect(requests).toHaveValue("many");
  await expect(page.getByLabel("Megabytes a second")).toHaveValue("50");
  await requests.fill("20");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: `Slow ${unique}` }).click();
  await expect(page.getByLabel("Requests a second")).toHaveValue("20");
  const here = page.url();
  await as("mia");
  await open(here);
  await expect(page.getByText("20 requests/s, 50 MB/s")).toBeVisible();
});
