// Mirrors, managed: several begun at once, the list filtered, several stopped after a question, one started again.

import { asks, barriers, expect, last, overflow, post, row, sandbox, test, written } from "./fixtures";

test("several are begun at once; a name that is taken is refused, stays, and is mended", async ({ page, as, open, script, unique }) => {
  await as("olivia");
  await open("/orgs/acme/mirrors/new?source=vault&source=traefik&source=no-such-thing");
  await expect(page.getByText(/The catalog has nothing of this name.*no-such-thing/)).toBeVisible();
  const vault = page.getByLabel("Name of the mirror of Vault");
  const traefik = page.getByLabel("Name of the mirror of Traefik");
  await vault.fill(`dhi-vault-${unique}`);
  await traefik.fill("dhi-nginx");
  // Others may have mirrored them meanwhile.
  for (const name of ["Vault", "Traefik"]) await page.getByRole("checkbox", { name: `Mirror ${name}` }).check();
  await page.getByRole("button", { name: "Start mirroring" }).click();
  await expect(page.getByText("1 of 2 started")).toBeVisible();
  await expect(row(page, /^Vault/)).toContainText("Started");
  await expect(row(page, /^Traefik/)).toContainText("Refused");
  await expect(traefik).toHaveAccessibleDescription(/is the mirror of nginx already/);
  await expect(traefik).toHaveValue("dhi-nginx");
  await expect(vault).toHaveValue(`dhi-vault-${unique}`);
  expect(await barriers(page, script)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
  await page.setViewportSize({ width: 1280, height: 720 });

  await traefik.fill(`dhi-traefik-${unique}`);
  await page.getByRole("button", { name: "Start mirroring" }).click();
  await expect(page.getByText("All 2 started")).toBeVisible();
  await row(page, /^Traefik/).getByRole("link", { name: `dhi-traefik-${unique}` }).click();
  await expect(page.getByRole("heading", { level: 1, name: `dhi-traefik-${unique}` })).toBeVisible();
});

test("the list is filtered, several are stopped after a question that names their rules, and one is started again", async ({ page, as, open, owner, script, unique }) => {
  test.setTimeout(60_000);
  const [first, second] = [`dhi-vault-${unique}-a`, `dhi-vault-${unique}-b`];
  for (const name of [first, second]) await sandbox(owner, "mirror", { namespace: "acme", source: "vault", name });
  await sandbox(owner, "settle");
  const made = await written(owner, unique);
  await post(owner, "rules/save", {
    organization: "acme",
    "form[name]": `Silent ${unique}`,
    "form[mirrors][]": `acme/${first}`,
    "form[destination]": last(made.destination),
    "form[template]": "{mirror}",
    "form[enabled]": "true",
    intent: "save",
  });

  await as("olivia");
  const list = `/orgs/acme/mirrors?q=${unique}`;
  await open(list);
  await expect(row(page, first)).toContainText(`Silent ${unique}`);
  await expect(row(page, first)).toContainText("8 tags");
  await page.getByRole("combobox", { name: "Rules" }).selectOption("no");
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(row(page, first)).toHaveCount(0);
  await expect(row(page, second)).toBeVisible();
  expect(new URL(page.url()).searchParams.get("rule")).toBe("no");

  const rulesOf = async (name: string) => {
    await open(list);
    await row(page, name).locator("summary").click();
    await row(page, name).getByRole("link", { name: "Rules", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Rules" })).toBeVisible();
    expect(new URL(page.url()).searchParams.get("mirror")).toBe(`acme/${name}`);
  };
  await rulesOf(first);
  await expect(row(page, `Silent ${unique}`)).toBeVisible();
  await expect(row(page, `Rule ${unique}`)).toHaveCount(0);
  expect(await barriers(page, script)).toEqual([]);
  await page.getByRole("link", { name: `Remove the filter Mirror: acme/${first}` }).click();
  await expect(row(page, `Rule ${unique}`)).toBeVisible();
  await rulesOf(second);
  await expect(page.getByText(`No rule forwards acme/${second}`)).toBeVisible();
  await page.getByRole("link", { name: "New rule for it" }).click();
  await expect(page.getByRole("checkbox", { name: `acme/${second}` })).toBeChecked();

  await open(list);
  for (const name of [first, second]) await page.getByRole("checkbox", { name: `Choose ${name}` }).check();
  await page.getByRole("button", { name: "Stop the chosen" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Stop mirroring" })).toBeVisible();
  await expect(page.getByRole("list", { name: "Rules that fall silent" })).toHaveText(`Silent ${unique}`);
  expect(await barriers(page, script)).toEqual([]);
  await page.getByRole("button", { name: "Stop 2 mirrors" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Mirrors" })).toBeVisible();

  await open(`${list}&state=stopped`);
  for (const name of [first, second]) await expect(row(page, name)).toContainText("by olivia");
  await row(page, first).locator("summary").click();
  await row(page, first).getByRole("link", { name: "Open, to start it again" }).click();
  await expect(page.getByText("Stopped by olivia")).toBeVisible();
  await expect(page.getByRole("table", { name: "Tags of this mirror" })).toContainText("1.21.1");
  expect(await barriers(page, script)).toEqual([]);
  await page.getByRole("button", { name: "Start again" }).click();
  await expect(page.getByText("Stopped by olivia")).toHaveCount(0);
  await expect(asks(page, "Stop mirroring")).toBeVisible();
});
