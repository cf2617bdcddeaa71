// Runs that start by themselves, and what people do about runs: connection, schedule, parts, pauses, another try.

import { asks, barriers, expect, last, over, overflow, sandbox, started, test, written } from "./fixtures";

test("an organization's token is checked before it is kept, and never shown", async ({ page, as, open, script }) => {
  await as("adam");
  await open("/orgs/acme/connection");
  const [username, token] = [page.getByLabel("Username"), page.getByLabel("Access token")];
  await username.fill("acme");
  await token.fill("dckr_oat_wrong");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(token).toHaveAccessibleDescription(/Docker Hub does not accept this username and token/);
  await expect(username).toHaveValue("acme");
  expect(await barriers(page, script)).toEqual([]);
  await token.fill("dckr_oat_acme_pull");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Connected to Docker Hub" })).toBeVisible();
  await expect(page.getByText(/by adam/)).toBeVisible();
  expect(await page.content()).not.toContain("dckr_oat");
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
  await as("mia");
  await open("/orgs/acme/connection");
  await expect(page.getByText("Admins and owners of the organization change the connection.")).toBeVisible();
  await expect(page.getByLabel("Access token")).toHaveCount(0);
});

test("a schedule is read, refused where it makes no sense, and shown with its next starts", async ({ page, as, open, owner, script, unique }) => {
  const { rule } = await written(owner, unique);
  await as("adam");
  await open(`${rule}/edit`);
  const cron = page.getByLabel("Schedule", { exact: false }).first();
  await cron.fill("every night");
  await page.getByLabel("Time zone").fill("Europe/Berlin");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(cron).toHaveAccessibleDescription(/write five fields/);
  await expect(cron).toHaveValue("every night");
  await cron.fill("30 3 * * 1-5");
  await page.getByLabel("Only from").fill("03:00");
  await page.getByRole("textbox", { name: /^Until/ }).fill("05:00");
  expect(await barriers(page, script)).toEqual([]);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Every hour")).toBeVisible();
  await expect(page.getByText(/03:30.*\(30 3 \* \* 1-5, Europe\/Berlin\)/)).toBeVisible();
  await expect(page.getByRole("list", { name: "Next starts" }).getByRole("listitem")).toHaveCount(3);
  await expect(page.getByText("03:00 and 05:00, Europe/Berlin")).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
});

test("a part of a rule is run", async ({ page, as, open, owner, unique }) => {
  const { rule } = await written(owner, unique);
  await as("adam");
  await open(rule);
  await asks(page, "Run a part").click();
  await page.getByLabel("Tag", { exact: false }).last().fill("1.29");
  await page.getByRole("button", { name: "Run this part" }).click();
  await expect(page.getByText("acme/dhi-nginx:1.29", { exact: true })).toBeVisible();
  expect(await over(owner, page.url())).toBe("succeeded");
});

test("exactly what a preview showed is run", async ({ page, as, open, owner, unique }) => {
  const { rule } = await written(owner, unique);
  await as("adam");
  await open(`${rule}?preview=true`);
  await page.getByRole("button", { name: "Run exactly this" }).click();
  await expect(page).toHaveURL(/\/runs\//);
  expect(await over(owner, page.url())).toBe("succeeded");
});

test("forwarding to a destination is paused and resumed", async ({ page, as, open, owner, script, unique }) => {
  test.setTimeout(60_000);
  const { rule, destination } = await written(owner, unique);
  await as("adam");
  await open(destination);
  await asks(page, "Pause").click();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByText("Forwarding to this destination is paused")).toBeVisible();
  expect(await barriers(page, script)).toEqual([]);
  const run = await started(owner, rule);
  await open(run);
  await expect(page.getByText(/was paused by adam\. It goes on when somebody resumes it\./).first()).toBeVisible({ timeout: 20_000 });
  await open(destination);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByText("Forwarding to this destination is paused")).toHaveCount(0);
  expect(await over(owner, run)).toBe("succeeded");
});

test("what failed is tried again, with its kind and where it is mended", async ({ page, as, open, owner, script, unique }) => {
  test.setTimeout(60_000);
  const { rule } = await written(owner, unique);
  const full = { kind: "status", code: 507, retry_after: null, body: null };
  await sandbox(owner, "faults", { facade: "destination", method: "PUT", path: `/${unique}/dhi-nginx/manifests/1`, times: 1, trouble: full });
  const run = await started(owner, rule);
  expect(await over(owner, run)).toBe("failed");
  await as("adam");
  await open(run);
  await expect(page.getByText("Quota", { exact: true }).first()).toBeVisible();
  expect(await barriers(page, script)).toEqual([]);
  await page.getByRole("button", { name: "Retry failed" }).click();
  await expect(page.getByRole("button", { name: "Retry failed" })).toHaveCount(0, { timeout: 20_000 });
  expect(await over(owner, run)).toBe("succeeded");

  const refused = await written(owner, `${unique}x`, "wrong");
  const other = await started(owner, refused.rule);
  expect(await over(owner, other)).toBe("failed");
  await open(other);
  await expect(page.getByText("Sign-in", { exact: true }).first()).toBeVisible();
  await page.getByRole("link", { name: "Open the destination" }).first().click();
  await expect(page).toHaveURL(new RegExp(last(refused.destination)));
});
