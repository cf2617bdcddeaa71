// Private stays private, and the audit log: what is public is named on every page, who may sets it right, and all of it
// can be looked up.

import { barriers, expect, last, over, overflow, post, sandbox, started, test, written } from "./fixtures";

test("a public mirror is named on every page, and made private there", async ({ page, as, open, owner, script, unique }) => {
  const name = `dhi-vault-${unique}`;
  const privacy = (value: boolean) => sandbox(page.request, "privacy", { namespace: "acme", name, private: value });
  await sandbox(page.request, "mirror", { namespace: "acme", source: "vault", name });
  await sandbox(page.request, "settle");
  await privacy(false);
  try {
    await as("mia");
    // This page reads Docker Hub, and what it reads is remembered.
    await open(`/orgs/acme/mirrors/${name}`);
    await expect(page.getByRole("link", { name: `Settings of acme/${name} on Docker Hub` })).toHaveCount(1);
    await open("/orgs/acme/rules");
    const notice = page.getByRole("alert").filter({ hasText: name });
    await expect(notice).toContainText(/(is|are) public/);
    await expect(notice.getByText(/^seen public/).first()).toBeVisible();
    await expect(page.getByRole("button", { name: /Make .* private/ })).toHaveCount(0);

    await as("adam");
    await open("/orgs/acme/keys");
    await expect(notice).toBeVisible();
    expect(await barriers(page, script)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await overflow(page), "pixels beyond a phone's width").toBe(0);
    await page.setViewportSize({ width: 1280, height: 720 });
    await notice.getByRole("button", { name: `Make acme/${name} private` }).click();
    await expect(page).toHaveURL(`/orgs/acme/mirrors/${name}`);
    await expect(page.getByText("Private", { exact: true })).toBeVisible();
    await expect(notice).toHaveCount(0);
  } finally {
    await privacy(true);
    await post(owner, "mirrors/stop", { organization: "acme", name });
  }
});

test("a destination from which everybody can pull waits for a decision", async ({ page, as, open, owner, script, unique }) => {
  test.setTimeout(60_000);
  const { destination, rule } = await written(owner, unique);
  await sandbox(owner, "expose", { repository: `${unique}/dhi-nginx`, public: true });
  expect(await over(owner, await started(owner, rule))).toBe("succeeded");
  await as("adam");
  await expect.poll(async () => {
    await open("/orgs/acme/catalog");
    return page.getByRole("alert").filter({ hasText: `Registry ${unique}` }).count();
  }).toBe(1);
  await page.getByRole("link", { name: `Decide about Registry ${unique}` }).click();
  await expect(page).toHaveURL(destination);
  await page.getByRole("button", { name: "I made it private: look again" }).click();
  await expect(page.getByText(`Everybody can still pull ${unique}/dhi-nginx.`)).toBeVisible();
  expect(await barriers(page, script)).toEqual([]);
  await page.getByRole("button", { name: "It is meant to be public: go on" }).click();
  await expect(page.getByText("This destination is meant to be public")).toBeVisible();
  await expect(page.getByRole("alert").filter({ hasText: `Everybody can pull from Registry ${unique}` })).toHaveCount(0);
});

test("the audit log is filtered, and leads to what was done", async ({ page, as, open, owner, unique, script }) => {
  const { rule } = await written(owner, unique);
  await as("mia");
  await open("/orgs/acme/audit");
  await page.getByRole("searchbox").fill(`rule ${unique}`);
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/q=rule/);
  await page.getByRole("combobox", { name: "What" }).selectOption({ label: "Wrote a rule" });
  if (!script) await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/action=rule\.create/);
  const table = page.getByRole("table", { name: "Audit log" });
  await expect(table.getByRole("rowheader")).toHaveCount(1);
  await expect(table).toContainText("olivia");
  const file = await page.getByRole("link", { name: "Export as JSON" }).getAttribute("href");
  const { items } = await (await page.request.get(file!)).json();
  expect(items).toMatchObject([{ person: "olivia", what: "Wrote a rule", subject: `Rule ${unique}` }]);
  await table.getByRole("link", { name: `Rule ${unique}` }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Rule ${unique}`);
  expect(page.url()).toContain(last(rule));
});
