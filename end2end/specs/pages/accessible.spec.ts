import AxeBuilder from "@axe-core/playwright";
import { expect, mailedLink, signIn, test } from "../../support/fixtures";
import { addMission, addPerson, addProject, assign, day } from "../../support/planning";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

for (const scheme of ["light", "dark"] as const) {
    test(`axe finds nothing in ${scheme}`, async ({ page, server }) => {
        test.setTimeout(180_000);
        await page.emulateMedia({ colorScheme: scheme });
        const check = async (path: string) => {
            for (const width of [390, 1440]) {
                await page.setViewportSize({ width, height: 900 });
                await page.goto(server.url + path);
                const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
                const found = violations.map((v) => `${path} ${width}: ${v.id} ${v.nodes.map((n) => n.html).slice(0, 3).join(" ")}`);
                expect.soft(found).toEqual([]);
            }
        };
        for (const path of ["/sign-in", "/sign-up", "/recover", "/kiosk", "/docs", "/nowhere", "/dev/components"]) await check(path);
        await signIn(page, server);
        const org = `/o/${server.org}`;
        for (const path of ["/me", "/me/devices", "/me/security", "/me/tokens", `${org}/members`, `${org}/members/1`, `${org}/members/roles`, `${org}/members/import`, `${org}/settings`, `${org}/menu`, `${org}/badge`, `${org}/devices`, `${org}/hours`, `${org}/punches`, `${org}/crew`, `${org}/crew/new`, `${org}/crew/import`, `${org}/kiosks`]) await check(path);
    });

    test(`axe finds nothing on a week with missions in ${scheme}`, async ({ page, server }) => {
        test.setTimeout(240_000);
        await page.emulateMedia({ colorScheme: scheme });
        await signIn(page, server);
        const org = `/o/${server.org}`;
        const look = async (what: string) => {
            const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
            expect.soft(violations.map((v) => `${what}: ${v.id} ${v.nodes.map((n) => n.html).slice(0, 3).join(" ")}`)).toEqual([]);
        };
        const check = async (path: string) => {
            for (const width of [390, 1440]) {
                await page.setViewportSize({ width, height: 900 });
                await page.goto(server.url + path);
                await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
                await look(`${path} ${width}`);
            }
        };
        for (const path of ["/plan", "/plan/publish", "/projects", "/missions", "/availability", "/time-off", "/figures", "/crew?soon=true"]) await check(org + path);
        await addPerson(page, server, "Sami Benali", "sami@exemple.fr");
        await addPerson(page, server, "Jeanne Roux", "jeanne@exemple.fr");
        const project = "Le Malade imaginaire";
        await addProject(page, server, project, "Comédie du Nord");
        const drawn = (title: string, n: number, from: string, to: string) => addMission(page, server, { title, project, starts: `${day(n)}T${from}`, ends: `${day(n)}T${to}`, needs: "2 Son" });
        const [told, clash] = [await drawn("Montage", 0, "09:00", "18:00"), await drawn("Réglages", 0, "14:00", "20:00")];
        for (const mission of [told, clash]) await assign(page, mission, "Sami Benali", "Son");
        await assign(page, told, "Jeanne Roux", "Son");
        await check(`${org}/plan/publish?week=${day(0)}`);
        await page.goto(`${server.url}${org}/plan/publish?week=${day(0)}`);
        await page.getByRole("button", { name: "Publier et prévenir" }).click();
        // One who is on two missions at once, one who was asked, one draft, one absence, one who asks for time off.
        await assign(page, await drawn("Démontage", 3, "09:00", "18:00"), "Jeanne Roux", "Son");
        for (const [kind, n] of [["Indisponible", 1], ["Congé", 2]] as const) {
            await page.goto(`${server.url}${org}/availability`);
            await page.getByRole("radio", { name: kind }).check();
            await page.getByLabel("Début", { exact: true }).fill(`${day(n)}T08:00`);
            await page.getByLabel("Fin", { exact: true }).fill(`${day(n)}T18:00`);
            await page.getByRole("button", { name: "Enregistrer" }).click();
        }
        // A permit that has ended and a rate.
        await page.goto(`${server.url}${org}/crew?q=Sami`);
        await page.getByRole("link", { name: "Sami Benali" }).click();
        const sami = new URL(page.url()).pathname;
        await page.goto(`${server.url}${sami}/profile`);
        await page.getByLabel("Compétence").first().fill("CACES");
        await page.getByLabel("Dernier jour de validité").first().fill("2020-01-31");
        await page.getByRole("button", { name: "Enregistrer" }).click();
        await expect(page.getByText("expirée, valable jusqu’au 31 janvier 2020")).toBeVisible();
        await page.goto(`${server.url}${sami}/rates`);
        await page.getByLabel("Montant en euros").fill("22,50");
        await page.getByRole("button", { name: "Enregistrer le tarif" }).click();
        const answer = await mailedLink(page, server, "sami@exemple.fr", /Vos missions/);
        const week = `${org}/plan?date=${day(0)}`;
        const on = new URL(told).pathname.split("/").pop();
        for (const more of ["", "&span=day", "&span=month", "&by=mission", "&by=person", "&span=day&by=person", "&span=month&by=mission", `&on=${on}`, `&day=${day(5)}`, "&choose=all"]) await check(week + more);
        // What scripts add: something chosen, the help, a refusal.
        await page.goto(server.url + week);
        await expect(page.locator("table[role=grid]")).toBeVisible();
        await page.locator("[data-key^=m]").first().focus();
        await page.keyboard.press("Space");
        await expect(page.locator("[data-part=picked]")).toBeVisible();
        await look(`${week} chosen`);
        await page.keyboard.press("?");
        await expect(page.getByRole("dialog")).toBeVisible();
        await look(`${week} help`);
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+Shift+z");
        await expect(page.getByRole("dialog")).toContainText("Rien n’a été changé");
        await look(`${week} refusal`);
        for (const path of [`${org}/missions/new`, new URL(told).pathname, `${org}/projects`, `${org}/projects/new`, `${org}/projects/1`, `${org}/availability`, `${org}/time-off`, `${org}/audit`, `${org}/figures`, `${org}/crew`, sami, `${sami}/profile`, `${sami}/rates`, answer]) await check(path);
    });
}
