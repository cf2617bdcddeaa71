import { defineConfig } from "@playwright/test";

// The pages as people meet them, in Debian's Chromium: every spec runs with JavaScript and without, except those named
// *.hydrate.spec.ts, which are about what only JavaScript can do.

const port = process.env.FERRY_TEST_PORT ?? "3117";
const baseURL = `http://127.0.0.1:${port}`;

export default defineConfig({
  testDir: "tests",
  outputDir: "results/specs", // beside it lie the pictures of screenshots.mjs
  reporter: "list",
  forbidOnly: !!process.env.CI,
  retries: 0,
  // A machine that builds beside it is slow; a page that hangs is found all the same.
  timeout: 45_000,
  expect: { timeout: 12_000 },
  // One server with one world behind it: two specs at once would see each other's changes.
  workers: 1,
  use: {
    baseURL,
    actionTimeout: 12_000,
    screenshot: "only-on-failure",
    // A trace of every test costs more than the test; the picture of a failure, and its words, are there all the same.
    trace: process.env.CI ? "off" : "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox", // there is none for root, and the only site it opens is ours
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "with-javascript" },
    { name: "without-javascript", testIgnore: /\.hydrate\.spec\.ts$/, use: { javaScriptEnabled: false } },
  ],
  // The demo that was built last, with ports and a database of its own, so that `make demo` may run beside it. The
  // database server is that of .tools/postgres or DATABASE_URL.
  webServer: {
    command: "../.tools/demo --built",
    env: { FERRY_ADDRESS: `127.0.0.1:${port}`, FERRY_DEMO_DATABASE: "ferry_end2end", FERRY_SANDBOX_PORTS: "4880", FERRY_SANDBOX_PACE: "150" },
    url: `${baseURL}/healthz`,
    timeout: 60_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
    stdout: "ignore",
    stderr: "pipe",
  },
});
