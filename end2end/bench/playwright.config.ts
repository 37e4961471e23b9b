// What `cargo xtask bench` measures in a browser: no tests, so they are not among the specs.
import base from "../playwright.config";

export default { ...base, testDir: ".", testMatch: "*.bench.ts", outputDir: "../test-results", timeout: 30 * 60_000, projects: [{ name: "bench" }] };
