// Webhooks of mirrors: set up by Ferry or by hand, what they deliver, another address.

import type { APIRequestContext, Page } from "@playwright/test";
import { asks, barriers, expect, overflow, post, sandbox, test } from "./fixtures";

/** A mirror of vault for one test, with its address and one of its tags. */
async function mirrored(owner: APIRequestContext, unique: string): Promise<{ name: string; address: string; tag: string }> {
  const name = `dhi-vault-${unique}`;
  await sandbox(owner, "mirror", { namespace: "acme", source: "vault", name });
  await sandbox(owner, "settle");
  const { tags } = await (await owner.get(`/api/mirrors/get?organization=acme&name=${name}`)).json();
  return { name, address: `/orgs/acme/mirrors/${name}`, tag: tags[0].tag };
}

function shown(page: Page): Promise<string> {
  return page.locator("dd").filter({ hasText: "/hooks/" }).innerText();
}

test("a webhook is set up, delivers, gets another address and is removed", async ({ page, as, open, owner, script, unique }) => {
  test.setTimeout(60_000);
  const mirror = await mirrored(owner, unique);
  await as("adam");
  await open(mirror.address);
  await page.getByRole("button", { name: "Set up the webhook" }).click();
  const webhook = page.getByRole("region", { name: "Webhook", exact: true });
  await expect(webhook).toContainText("Made at Docker Hub by Ferry");
  await expect(webhook.getByText("None yet")).toBeVisible();
  const before = await shown(page);
  expect(before.trim()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/hooks\/[\w-]{43}$/);
  if (script) await expect(webhook.getByRole("button", { name: "Copy" })).toBeVisible();
  expect(await barriers(page, script)).toEqual([]);

  await sandbox(owner, "push", { repository: "vault", tag: mirror.tag });
  await sandbox(owner, "settle");
  await open(`/orgs/acme/deliveries?mirror=${mirror.name}`);
  const tagged = page.getByRole("row").filter({ has: page.getByText(mirror.tag, { exact: true }) });
  await expect(tagged.filter({ hasText: "Accepted" })).toHaveCount(1);
  await expect(tagged.filter({ hasText: "Repeated" }).first()).toBeVisible();
  await expect(tagged.first()).toContainText(/fixes 1 high/);
  // The page looks again by itself while the deliveries settle.
  await expect(tagged.filter({ hasText: "Accepted" })).toContainText("No rule takes this tag", { timeout: 20_000 });
  expect(await barriers(page, script)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.getByRole("combobox", { name: "Outcome" }).selectOption("refused");
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("No delivery here")).toBeVisible();
  expect(new URL(page.url()).searchParams.get("outcome")).toBe("refused");

  await open(mirror.address);
  await expect(webhook.getByRole("table", { name: "Deliveries" })).toBeVisible();
  await asks(page, "Rotate").click();
  await page.getByRole("button", { name: "Make another address" }).click();
  await expect(webhook.getByText(/The address before this one is still heard/)).toBeVisible();
  expect(await shown(page)).not.toBe(before);
  await asks(page, "Remove").click();
  await page.getByRole("button", { name: "Remove webhook" }).click();
  await expect(page.getByRole("button", { name: "Set up the webhook" })).toBeVisible();
});

test("where the token may not, three steps say how to make it by hand", async ({ page, open, owner, script, unique }) => {
  const mirror = await mirrored(owner, unique);
  await post(page.request, "session/sign-in", { username: "olivia", token: "dckr_pat_olivia_write" });
  await open(mirror.address);
  await page.getByRole("button", { name: "Set up the webhook" }).click();
  const webhook = page.getByRole("region", { name: "Webhook", exact: true });
  await expect(webhook).toContainText("To be made at Docker Hub by hand");
  const steps = webhook.getByRole("list", { name: "Steps at Docker Hub" }).getByRole("listitem");
  await expect(steps).toHaveCount(3);
  await expect(steps.nth(0)).toContainText(`https://hub.docker.com/repository/docker/acme/${mirror.name}/webhooks`);
  await expect(steps.nth(1)).toContainText("Ferry");
  await expect(steps.nth(2)).toContainText((await shown(page)).trim());
  if (script) await expect(steps.getByRole("button", { name: "Copy" })).toHaveCount(3);
  expect(await barriers(page, script)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
});

test("members see that there is a webhook, and not its address", async ({ page, as, open, owner, unique }) => {
  const mirror = await mirrored(owner, unique);
  await post(owner, "hooks/create", { organization: "acme", mirror: mirror.name });
  await as("mia");
  await open(mirror.address);
  const webhook = page.getByRole("region", { name: "Webhook", exact: true });
  await expect(webhook).toContainText("Owners and editors see it.");
  await expect(webhook).not.toContainText("/hooks/");
  await expect(webhook.getByRole("button")).toHaveCount(0);
  await expect(asks(page, "Rotate")).toHaveCount(0);
});
