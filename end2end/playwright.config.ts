import { defineConfig } from "@playwright/test";

// One browser at a time: the machine is small, and the camera wants its share.
export default defineConfig({
    testDir: "specs",
    // What passed leaves nothing: neither a server's data nor a camera's film.
    preserveOutput: "failures-only",
    // One test alone is asked for by its name: `cargo xtask test --only e2e -- NAME`.
    forbidOnly: true,
    workers: 1,
    retries: 0,
    timeout: 60_000,
    expect: { timeout: 10_000 },
    reporter: [["list"]],
    use: {
        locale: "fr-FR",
        timezoneId: "Europe/Paris",
        launchOptions: {
            executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
            args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        },
    },
    projects: [
        { name: "sqlite" },
        ...(process.env.REGIE_TEST_POSTGRES ? [{ name: "postgres", testMatch: /main-job|accounts\/sessions|planning\/(planner|thirty)/ }] : []),
    ],
});
