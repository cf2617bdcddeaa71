// What every form says when it cannot do what was asked: the sentence stands beside the field, and what was typed stays.

import type { Page } from "@playwright/test";
import { alive, asks, barriers, expect, last, over, REGISTRY, row, sandbox, started, test, token, written } from "./fixtures";

test.describe("sign-in", () => {
  test("a wrong token is refused, and the username stays", async ({ page, open, script }) => {
    await open("/sign-in?next=/orgs/acme/rules");
    await page.getByLabel("Docker Hub username").fill("olivia");
    await page.getByLabel("Personal access token").fill("dckr_pat_wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText(/Docker Hub .*(token|username)/).first()).toBeVisible();
    await expect(page.getByLabel("Docker Hub username")).toHaveValue("olivia");
    await expect(page).toHaveURL("/sign-in?next=/orgs/acme/rules");
    expect(await barriers(page, script)).toEqual([]);

    await page.getByLabel("Personal access token").fill(token("olivia"));
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL("/orgs/acme/rules");
  });

  test("it never leads to another site", async ({ page, open }) => {
    await open("/sign-in?next=//example.com/");
    await page.getByLabel("Docker Hub username").fill("mia");
    await page.getByLabel("Personal access token").fill(token("mia"));
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL("/orgs/acme/overview");
  });
});

test.describe("mirrors", () => {
  test("a name without dhi- is refused, and stays to be mended", async ({ page, as, open, script, unique }) => {
    await as("olivia");
    await open("/orgs/acme/catalog/vault");
    await asks(page, "Mirror to( another)? repository").click();
    const name = page.getByLabel("Repository on Docker Hub");
    await name.fill(unique);
    await page.getByRole("button", { name: "Start mirroring" }).click();
    await expect(page.getByText("Docker asks that a mirror's name begins with dhi-: put dhi- in front.")).toBeVisible();
    await expect(name).toHaveValue(unique);
    await expect(name).toHaveAttribute("aria-invalid", "true");
    await expect(name).toHaveAccessibleDescription(/begins with dhi-/);
    expect(await barriers(page, script)).toEqual([]);
  });

  test("one is stopped only after a question", async ({ page, as, open, script, unique }) => {
    const name = `dhi-vault-${unique}`;
    await as("olivia");
    await sandbox(page.request, "mirror", { namespace: "acme", source: "vault", name });
    await sandbox(page.request, "settle");
    await open(`/orgs/acme/mirrors/${name}`);
    const answer = page.getByRole("button", { name: "Stop mirroring" });
    await expect(answer).toBeHidden();
    await asks(page, "Stop mirroring").click();
    await expect(page.getByText(`Stop mirroring to acme/${name}?`)).toBeVisible();
    await expect(page.getByText("No rule forwards it.")).toBeVisible();
    if (script) {
      await page.keyboard.press("Escape");
      await expect(answer).toBeHidden();
      await asks(page, "Stop mirroring").click();
    }
    await answer.click();
    await expect(page.getByRole("heading", { level: 1, name: "Mirrors" })).toBeVisible();
    await expect(row(page, name)).toContainText("Stopped");
  });
});

test.describe("destinations", () => {
  const typed = { Name: "Harbor of the team", Prefix: "team/images", Username: "robot$ferry" };

  async function fill(page: Page, fields: Record<string, string>) {
    for (const [label, value] of Object.entries({ ...typed, ...fields })) await page.getByLabel(label, { exact: label === "Host" || label === "Name" }).fill(value);
  }
  async function stays(page: Page, fields: Record<string, string>) {
    for (const [label, value] of Object.entries({ ...typed, ...fields })) await expect(page.getByLabel(label, { exact: label === "Host" || label === "Name" })).toHaveValue(value);
  }

  test.beforeEach(async ({ as, open }) => {
    await as("adam");
    await open("/orgs/acme/destinations/new");
  });

  test("a host that is an address is refused", async ({ page, script }) => {
    await fill(page, { Host: "https://harbor.example.com/", "Password or token": "secret" });
    await page.getByRole("button", { name: "Save" }).click();
    const host = page.getByLabel("Host", { exact: true });
    await expect(host).toHaveAttribute("aria-invalid", "true");
    await expect(host).toHaveAccessibleDescription(/without https:\/\//);
    await stays(page, { Host: "https://harbor.example.com/" });
    expect(await barriers(page, script)).toEqual([]);
  });

  test("plain HTTP is refused for any other machine", async ({ page }) => {
    await fill(page, { Host: "harbor.example.com", "Password or token": "secret" });
    await page.getByLabel("Plain HTTP").check();
    await page.getByRole("button", { name: "Test connection" }).click();
    await expect(page.getByText("Plain HTTP would show the password to the network")).toBeVisible();
    await expect(page.getByLabel("Plain HTTP")).toBeChecked();
    await stays(page, { Host: "harbor.example.com" });
  });

  test("a username needs its secret", async ({ page }) => {
    await fill(page, { Host: "harbor.example.com" });
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByLabel("Password or token")).toHaveAccessibleDescription(/Add the password or token that goes with the username/);
    await stays(page, { Host: "harbor.example.com" });
  });

  test("a test of the connection says which step failed and what to do", async ({ page, script }) => {
    await fill(page, { Host: REGISTRY.host, Username: REGISTRY.username, "Password or token": "wrong" });
    await page.getByLabel("Plain HTTP").check();
    await page.getByRole("button", { name: "Test connection" }).click();
    await expect(page.getByText("The connection does not work yet.")).toBeVisible();
    const checks = page.getByRole("list", { name: "What was checked" });
    await expect(checks.getByText("Failed", { exact: true }).first()).toBeVisible();
    await stays(page, { Host: REGISTRY.host, Username: REGISTRY.username });
    expect(await barriers(page, script)).toEqual([]);
  });

  test("a change keeps the secret, and one that is used cannot be deleted", async ({ page, open, owner, unique }) => {
    const made = await written(owner, unique);
    const run = await started(owner, made.rule);
    await open(made.destination);
    await expect(page.getByLabel("Password or token")).toHaveValue("");
    await expect(page.getByLabel("Password or token")).toHaveAccessibleDescription(/Leave this empty to keep it/);
    await page.getByLabel("Name", { exact: true }).fill(`Renamed ${unique}`);
    await page.getByRole("button", { name: "Test connection" }).click();
    await expect(page.getByText("The connection works: Ferry can read and write here.")).toBeVisible();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(row(page, `Renamed ${unique}`)).toContainText(`Rule ${unique}`);

    await row(page, `Renamed ${unique}`).locator("summary").click();
    await expect(page.getByText(`“Renamed ${unique}” is in use`)).toBeVisible();
    await open(made.rule);
    await asks(page, "Delete").click();
    await expect(page.getByText(`Delete “Rule ${unique}”?`)).toBeVisible();
    await page.getByRole("button", { name: "Delete rule" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Rules" })).toBeVisible();
    await expect(row(page, `Rule ${unique}`)).toHaveCount(0);
    await open("/orgs/acme/destinations");
    await row(page, `Renamed ${unique}`).locator("summary").click();
    await page.getByRole("button", { name: "Delete destination" }).locator("visible=true").click();
    await expect(row(page, `Renamed ${unique}`)).toHaveCount(0);
    await expect(page.getByRole("heading", { level: 1, name: "Destinations" })).toBeVisible();
    // What became of it stays readable.
    expect(await over(owner, run)).toBe("succeeded");
    await open(run);
    await expect(page.getByText(`Rule ${unique} (deleted since)`)).toBeVisible();
  });
});

test.describe("rules", () => {
  test("a missing mirror and a broken pattern are named, and the fields stay", async ({ page, as, open, owner, script, unique }) => {
    await written(owner, unique);
    await as("adam");
    await open("/orgs/acme/rules/new");
    const choice = `Registry ${unique} (${REGISTRY.host}/${unique})`;
    const fields = { name: `Broken ${unique}`, include: "1*\n/^1[/", exclude: "</textarea><b>&amp;", template: "hardened/{name}" };
    const destination = page.getByRole("combobox", { name: "Destination" });
    const box = {
      name: page.getByLabel("Name", { exact: true }),
      include: page.getByLabel("Include"),
      exclude: page.getByLabel("Exclude"),
      template: page.getByLabel("Repository name"),
    };
    const names = Object.keys(fields) as (keyof typeof fields)[];
    for (const name of names) await box[name].fill(fields[name]);
    await destination.selectOption({ label: choice });
    const stay = async () => {
      for (const name of names) await expect(box[name]).toHaveValue(fields[name]);
      await expect(destination.locator("option:checked")).toHaveText(choice);
    };

    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Choose at least one mirror.")).toBeVisible();
    await stay();
    expect(await barriers(page, script)).toEqual([]);

    const mirror = page.getByRole("checkbox", { name: "acme/dhi-nginx" });
    await mirror.check();
    await page.getByRole("button", { name: "Preview" }).click();
    await expect(box.include).toHaveAccessibleDescription(/\/\^1\[\/ is no pattern Ferry can read/);
    await expect(mirror).toBeChecked();
    await stay();

    fields.include = "1*";
    fields.template = "{nme}";
    for (const name of names) await box[name].fill(fields[name]);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(box.template).toHaveAccessibleDescription(/Use {organization}, {mirror} and {name}; there are no other placeholders\./);
    await stay();
  });

  test("a rule is switched off and on, and changed", async ({ page, as, open, owner, unique }) => {
    await as("olivia");
    const made = await written(owner, unique);
    await open(made.rule);
    await page.getByRole("button", { name: "Switch off" }).click();
    await expect(page.getByText("This rule is off. Switch it on to run it.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Run now" })).toBeDisabled();
    await page.getByRole("button", { name: "Switch on" }).click();
    await expect(page.getByRole("button", { name: "Run now" })).toBeEnabled();
    await page.getByRole("link", { name: "Edit", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: `Edit Rule ${unique}` })).toBeVisible();
    await expect(page.getByRole("checkbox", { name: "acme/dhi-nginx" })).toBeChecked();
    await expect(page.getByLabel("Exclude")).toHaveValue("*-dev");
    await page.getByLabel("Exclude").fill("*-dev\n*alpine*");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Tags 1* except *-dev, *alpine*")).toBeVisible();
    await page.getByRole("link", { name: "Preview" }).click();
    await expect(row(page, /^1-alpine3\.22$/)).toContainText("exclude *alpine* matches");
    await page.getByRole("link", { name: "Hide" }).click();
    await expect(row(page, /^1-alpine3\.22$/)).toHaveCount(0);
  });
});

test("the chosen colours are there at once and stay", async ({ page, as, open, script }) => {
  await as("mia");
  await open("/orgs/acme/catalog?q=redis");
  const html = page.locator("html");
  const choose = async (theme: string) => {
    await page.locator("summary", { hasText: "mia" }).click();
    await page.getByRole("button", { name: theme, exact: true }).click();
  };
  await expect(html).not.toHaveAttribute("data-theme");
  await choose("Dark");
  await expect(html).toHaveAttribute("data-theme", "dark");
  await expect(page).toHaveURL("/orgs/acme/catalog?q=redis");
  await page.reload();
  if (script) await alive(page);
  await expect(html).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("body")).toHaveCSS("color-scheme", "dark");
  await choose("System");
  await expect(html).not.toHaveAttribute("data-theme");
});

test.describe("a member looks, and reads who may do more", () => {
  const pages: [name: string, address: (made: { destination: string; rule: string }) => string, words: string | RegExp, missing: string[]][] = [
    ["repository", () => "/orgs/acme/catalog/vault", /^Owners and editors of acme may mirror it/, ["Mirror to repository", "Try to mirror"]],
    ["mirror", () => "/orgs/acme/mirrors/dhi-nginx", "Owners and editors of acme may stop it.", ["Stop mirroring"]],
    ["new destination", () => "/orgs/acme/destinations/new", "Admins add destinations", ["Save", "Test connection"]],
    ["destination", (made) => made.destination, "Admins and owners of the organization can change or test this destination.", ["Save", "Delete"]],
    ["new rule", () => "/orgs/acme/rules/new", "Admins write rules", ["Save", "Preview"]],
    ["rule", (made) => made.rule, "Admins and owners of the organization can run or change this rule.", ["Run now", "Edit", "Delete"]],
    ["change of a rule", (made) => `${made.rule}/edit`, "Admins write rules", ["Save"]],
  ];
  test("on every page", async ({ page, as, open, owner, unique }) => {
    test.setTimeout(40_000);
    const made = await written(owner, unique);
    await as("mia");
    for (const [name, address, words, missing] of pages) {
      await test.step(name, async () => {
        await open(address(made));
        await expect(page.getByText(words)).toBeVisible();
        for (const label of missing) {
          await expect(page.getByRole("button", { name: label, exact: true })).toHaveCount(0);
          await expect(asks(page, label)).toHaveCount(0);
        }
      });
    }
    await test.step("and the server refuses", async () => {
      const answer = await page.request.post("/api/rules/run", { form: { organization: "acme", id: last(made.rule) } });
      expect(answer.status()).toBe(403);
      await open(made.rule);
      await expect(page.getByText("It has not run yet")).toBeVisible();
    });
  });
});
