// What people decide where a proof is not in order, whose keys count, and copies that are looked at again.

import { generateKeyPairSync } from "node:crypto";
import { asks, barriers, expect, last, over, overflow, sandbox, started, test, written } from "./fixtures";

test("a tag whose proof is missing waits until an admin releases it", async ({ page, as, open, owner, script, unique }) => {
  test.setTimeout(60_000);
  const mirror = `dhi-vault-${unique}`;
  await sandbox(owner, "mirror", { namespace: "acme", source: "vault", name: mirror });
  await sandbox(owner, "settle");
  const { destination } = await written(owner, unique);
  const tags = (await (await owner.get(`/api/mirrors/get?organization=acme&name=${mirror}`)).json()).tags as { tag: string }[];
  const [{ tag }] = tags;
  await sandbox(owner, "unsign", { repository: `acme/${mirror}`, tag });

  await as("adam");
  await open("/orgs/acme/rules/new");
  await page.getByLabel("Name", { exact: true }).fill(`Held ${unique}`);
  await page.getByRole("checkbox", { name: `acme/${mirror}` }).check();
  await page.getByRole("combobox", { name: "Destination" }).selectOption(last(destination));
  await page.getByLabel("Include").fill(tag);
  const policy = page.getByRole("group", { name: "When a proof is missing or invalid" });
  await expect(policy.getByRole("radio", { name: "Hold" })).toBeChecked();
  await policy.getByRole("radio", { name: "Refuse" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Refuse. Proofs are verified at Docker first.")).toBeVisible();
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await expect(policy.getByRole("radio", { name: "Refuse" })).toBeChecked();
  await policy.getByRole("radio", { name: "Hold" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Hold. Everything is copied, but the tag does not move")).toBeVisible();

  const rule = new URL(page.url()).pathname;
  const run = await started(owner, rule);
  expect(await over(owner, run)).toBe("held");
  await open(run);
  await expect(page.getByText("1 tag waits for a decision")).toBeVisible();
  await expect(page.getByText(/Held, since its proof is not in order: .*no signature/)).toBeVisible();
  await asks(page, "Release all").click();
  await expect(page.getByText("Move 1 tag all the same?")).toBeVisible();
  expect(await barriers(page, script)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
  await page.getByRole("button", { name: "Release 1 tag" }).click();
  await expect(page.getByText(/Released by adam\./)).toBeVisible();
  await expect(page.getByText("1 tag waits for a decision")).toHaveCount(0);

  const again = await started(owner, rule);
  expect(await over(owner, again)).toMatch(/held|unchanged/);
});

test("copies are looked at again", async ({ page, as, open, owner, unique }) => {
  const made = await written(owner, unique);
  const run = await started(owner, made.rule);
  expect(await over(owner, run)).toBe("succeeded");
  await as("adam");
  await open(run);
  await page.getByRole("button", { name: "Check again" }).click();
  await expect(page.getByText(/everything is still there\./)).toBeVisible({ timeout: 20_000 });
  await page.getByText("Check it without Ferry", { exact: true }).first().click();
  await expect(page.getByRole("region", { name: "Commands that verify the signatures" }).first()).toContainText("cosign verify --key");
  await page.getByText("Attestations", { exact: true }).locator("visible=true").last().click();
  await expect(page.getByRole("list", { name: "What was proven" }).first()).toContainText("Each is signed with a trusted key");
});

test("a key counts once an admin has chosen it", async ({ page, as, open, script, unique }) => {
  const pem = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "pem" }) as string;
  await as("adam");
  await open("/orgs/acme/keys");
  const name = page.getByLabel("Name", { exact: true });
  const text = page.getByLabel("Public key (PEM)");
  await name.fill(`Key ${unique}`);
  await text.fill("ssh-rsa AAAA");
  await page.getByRole("button", { name: "Trust this key" }).click();
  await expect(text).toHaveAccessibleDescription(/This is not a P-256 public key in PEM/);
  await expect(name).toHaveValue(`Key ${unique}`);
  await expect(text).toHaveValue("ssh-rsa AAAA");
  expect(await barriers(page, script)).toEqual([]);

  await text.fill(pem);
  await page.getByRole("button", { name: "Trust this key" }).click();
  const key = page.getByRole("region", { name: `Key ${unique}` });
  await expect(key).toContainText("adam");
  await key.locator("summary").click();
  await expect(key.getByText(`Trust “Key ${unique}” no more?`)).toBeVisible();
  await key.getByRole("button", { name: "Remove key" }).click();
  await expect(key).toHaveCount(0);
});
