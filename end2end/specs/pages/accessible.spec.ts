import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, mailedLink, signIn, test, visit } from "../../support/fixtures";
import { addMission, addPerson, addProject, assign, day } from "../../support/planning";
import { OWNER, PASSWORD } from "../../support/server";
import { FAST_CLOCK, typeScan } from "../../support/tablet";
import { addKiosk, badgeCodes, kioskLine, pairKiosk, registerPhone } from "../../support/timeclock";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** What else dark can break: it is the same page in other colours. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** What axe finds on a page as it is now. */
async function violations(page: Page, rules: "all" | "colours" = "all"): Promise<string[]> {
    // No page of ours has frames: without them axe needs no second page to put its findings together.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    const found = await (rules === "all" ? axe.withTags(RULES) : axe.withRules(COLOURS)).analyze();
    return found.violations.map((v) => `${v.id} ${v.nodes.map((n) => n.html).slice(0, 3).join(" ")}`);
}

/** Looks at a page as it is now, on a phone and on a desk, in light and in dark. */
async function lookAround(page: Page, what: string): Promise<void> {
    for (const width of [390, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        for (const scheme of ["light", "dark"] as const) {
            // Without motion no colour is on its way to another one.
            await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
            expect.soft(await violations(page, scheme === "light" ? "all" : "colours"), `${what} ${width} ${scheme}`).toEqual([]);
        }
    }
}

test("axe finds nothing on pages where nothing has happened yet", async ({ page, server }) => {
    test.setTimeout(180_000);
    const check = async (path: string, status = 200) => {
        await visit(page, server.url + path, status);
        await lookAround(page, path);
    };
    for (const path of ["/sign-in", "/sign-up", "/recover", "/kiosk", "/offline", "/docs", "/dev/components"]) await check(path);
    await check("/nowhere", 404);
    await signIn(page, server);
    const org = `/o/${server.org}`;
    for (const path of ["/me", "/me/devices", "/me/security", "/me/tokens", `${org}/members`, `${org}/members/1`, `${org}/members/roles`, `${org}/members/import`, `${org}/settings`, `${org}/menu`, `${org}/badge`, `${org}/devices`, `${org}/hours`, `${org}/punches`, `${org}/crew`, `${org}/crew/new`, `${org}/crew/import`, `${org}/kiosks`]) await check(path);
});

/** A script for a tablet on which an answer stays until the next one: axe is slower than those who walk past. */
const SLOW_ANSWERS = "{ const after = window.setTimeout; window.setTimeout = (then, ms, ...more) => after(then, ms === 3500 ? 600_000 : ms, ...more); }";

test("axe finds nothing on badges, kiosks, hours and links in use, nor on the installation's pages", async ({ page, browser, server, empty }) => {
    test.setTimeout(300_000);
    const org = `/o/${server.org}`;
    /** Opens a page that has this heading, with all its details. */
    const check = async (on: Page, path: string, heading: string) => {
        await on.goto(new URL(path, server.url).href);
        await expect(on.getByRole("heading", { level: 1, name: heading })).toBeVisible();
        await on.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
        await lookAround(on, path);
    };
    server.command("admin", "promote", "--email", OWNER);

    // Where nobody is signed in. The cookies of two servers at one address would be in each other's way.
    const stranger = await (await browser.newContext({ locale: "fr-FR" })).newPage();
    await check(stranger, empty.url + (await empty.setUp()), "Mise en route");

    // A kiosk that is switched off, and one with a tablet: at rest, with each kind of answer, with a wrong clock.
    await signIn(page, server);
    await addKiosk(page, server, "Borne quai", "Quai de déchargement");
    await page.goto(`${server.url}${org}/kiosks`);
    const quay = kioskLine(page, "Borne quai");
    await quay.locator("summary").click();
    await quay.getByRole("button", { name: "Arrêter" }).click();
    await expect(quay).toContainText("Arrêtée");
    const pairing = await addKiosk(page, server);
    await expect(page.getByRole("heading", { level: 1, name: "Jumeler Borne entrée" })).toBeVisible();
    await lookAround(page, "pairing code");
    await stranger.addInitScript(SLOW_ANSWERS);
    await pairKiosk(stranger, server, pairing);
    await lookAround(stranger, "kiosk");
    const issue = await badgeCodes(server, OWNER, "Téléphone de rechange");
    const result = stranger.locator(".kiosk.result");
    for (const [outcome, code] of [["no", async () => "NOT-A-BADGE-OF-ANYBODY-1"], ["ok", issue], ["warn", issue]] as const) {
        await typeScan(stranger, await code());
        await expect(result).toHaveAttribute("data-outcome", outcome);
        await lookAround(stranger, `kiosk ${outcome}`);
        await expect(result).toHaveAttribute("data-outcome", outcome);
        await expect(result).toBeVisible();
    }
    const fast = await stranger.context().newPage();
    await fast.addInitScript(FAST_CLOCK);
    await fast.goto(`${server.url}/kiosk`);
    await expect(fast.locator(".strip")).toContainText("avance de plus de deux minutes");
    await lookAround(fast, "kiosk with a wrong clock");
    await expect(fast.locator(".strip")).toBeVisible();
    await fast.close();

    // The owner's phones: this one, and one that was revoked.
    await registerPhone(page, server);
    await check(page, `${org}/badge`, "Votre badge");
    await expect(page.locator(".badge .qr .code")).toBeVisible();
    await page.goto(`${server.url}${org}/devices`);
    const spare = page.getByRole("main").getByRole("listitem").filter({ hasText: "Téléphone de rechange" });
    await spare.getByRole("button", { name: "Retirer" }).click();
    await expect(spare).toContainText("Retiré");
    await check(page, `${org}/devices`, "Mes appareils");
    await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(2);
    await check(page, "/me/devices", "Mes appareils");
    await expect(page.getByRole("heading", { name: "Téléphones avec badge" })).toBeVisible();
    await check(page, `${org}/hours`, "Mes heures");
    await expect(page.locator(".pill.now")).toBeVisible();
    await check(page, `${org}/punches`, "Pointages");
    await expect(page.getByRole("cell", { name: "Borne entrée" })).toBeVisible();
    await check(page, `${org}/kiosks`, "Bornes");
    await expect(kioskLine(page, "Borne entrée")).toContainText("En ligne");

    // One of the crew who has phones and hours, and one who is mailed a link.
    await addPerson(page, server, "Awa Diallo", "awa@exemple.fr");
    const pathOf = async (name: string) => (await page.getByRole("main").getByRole("link", { name, exact: true }).getAttribute("href"))!;
    const [claire, awa] = [await pathOf("Claire Vasseur"), await pathOf("Awa Diallo")];
    await check(page, claire, "Claire Vasseur");
    await expect(page.getByRole("button", { name: "Retirer ce téléphone" })).toBeVisible();
    await check(page, `${claire}/hours`, "Claire Vasseur");
    await expect(page.locator(".pill.now")).toBeVisible();
    await check(page, awa, "Awa Diallo");
    await page.getByRole("button", { name: "Envoyer le lien" }).click();
    await expect(page.getByRole("status")).toContainText("Lien envoyé");
    const link = await mailedLink(page, server, "awa@exemple.fr", /vous attend/);
    await check(page, "/dev/mail", "Mail");
    const mail = await page.getByRole("link", { name: /vous attend/ }).first().getAttribute("href");
    await check(page, mail!, "Théâtre du Mail vous attend sur Régie");
    await check(page, `${org}/crew/999999`, "Introuvable");
    await check(stranger, link, "Théâtre du Mail vous attend");
    await stranger.getByLabel("Nouveau mot de passe").fill(PASSWORD);
    await stranger.getByRole("button", { name: "Rejoindre" }).click();
    await expect(stranger.getByRole("heading", { name: "Utiliser ce téléphone" })).toBeVisible();
    await check(stranger, `${org}/punches`, "Accès refusé");
    await stranger.context().close();

    for (const [path, heading] of [["orgs", "Organisations"], ["accounts", "Comptes"], ["jobs", "Tâches"], ["health", "État"], ["audit", "Journal"]] as const) {
        await check(page, `/admin/${path}`, heading);
    }
});

for (const scheme of ["light", "dark"] as const) {
    test(`axe finds nothing on a week with missions in ${scheme}`, async ({ page, server }) => {
        test.setTimeout(240_000);
        await page.emulateMedia({ colorScheme: scheme });
        await signIn(page, server);
        const org = `/o/${server.org}`;
        const look = async (what: string) => expect.soft(await violations(page), what).toEqual([]);
        const check = async (path: string) => {
            for (const width of [390, 1440]) {
                await page.setViewportSize({ width, height: 900 });
                await visit(page, server.url + path);
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
