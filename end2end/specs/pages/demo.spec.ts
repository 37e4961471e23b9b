import { expect, signIn, test as base } from "../../support/fixtures";
import { day, path } from "../../support/planning";
import { startServer } from "../../support/server";

const test = base.extend({
    server: async ({}, use, info) => {
        const server = await startServer(info.project.name, {}, "demo");
        await use(server);
        await server.stop();
    },
});

/** Where pictures of the product are put, when they are wanted. */
const PICTURES = process.env.PICTURES;

test("the demonstration has weeks that are believable, with conflicts to solve", async ({ page, server }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await signIn(page, server, "ines.moreau@demo.example", server.passwords.get("ines.moreau@demo.example"));
    let conflicts = 0;
    for (const week of [-21, -14, -7, 0]) {
        await page.goto(path(server, `/plan?date=${day(week)}`));
        const missions = page.locator("[data-key^=m]");
        expect(await missions.count(), day(week)).toBeGreaterThan(5);
        expect(await page.locator("tr[data-row^=c] [data-key^=a]").count()).toBeGreaterThan(10);
        conflicts += await page.locator(".slot:is(.clash, .watch)[data-key]").count();
    }
    expect(conflicts).toBeGreaterThan(0);
    // The week that comes has everything: who is asked, what is open, what is against a rule.
    await page.goto(path(server, `/plan?date=${day(-7)}`));
    await expect(page.locator("table[role=grid]")).toBeVisible();
    for (const state of [".asked", ".open", ".absent", ":is(.clash, .watch)"]) await expect(page.locator(`.week .slot${state}`).first()).toBeAttached();
    // A rule speaks up where the choice is made.
    await page.locator("tr[data-row^=c] .slot:is(.clash, .watch)").first().click();
    await expect(page.getByRole("complementary")).toContainText(/Bloquant|Alerte/);
    await expect(page.locator(".slot[aria-current]").first()).toBeVisible();
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/planner.png`, animations: "disabled" });
});

test("the demonstration's crew has missions to answer and to come", async ({ page, server }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await signIn(page, server, "karim.benali@demo.example", server.passwords.get("karim.benali@demo.example"));
    await page.goto(path(server, "/missions"));
    await expect(page.getByText("À répondre").first()).toBeVisible();
    await expect(page.locator(".cues > li").first()).toBeVisible();
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/my-missions.png`, animations: "disabled" });
});
