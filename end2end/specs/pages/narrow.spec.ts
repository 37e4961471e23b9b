import type { Page } from "@playwright/test";
import { expect, mailedLink, signIn, test, visit } from "../../support/fixtures";
import { addMission, addPerson, addProject, assign, day } from "../../support/planning";
import { typeScan } from "../../support/tablet";
import { addKiosk, pairKiosk, registerPhone } from "../../support/timeclock";

const WIDTH = 320;
test.use({ viewport: { width: WIDTH, height: 640 } });

/** How wide a page is with all its details open, and what sticks out of it to the right. The week scrolls in its own region. */
function measure(page: Page): Promise<{ width: number; out: string[] }> {
    return page.evaluate((limit) => {
        for (const details of document.querySelectorAll("details")) details.open = true;
        const out = [...document.body.querySelectorAll<HTMLElement>("*:not(svg *, .plan-scroll *)")].filter((element) => element.getBoundingClientRect().right > limit + 0.5);
        return { width: document.scrollingElement!.scrollWidth, out: out.map((element) => element.outerHTML.slice(0, 100)) };
    }, WIDTH);
}

for (const [language, button] of [["fr", undefined], ["en", "English"]] as const) {
    test(`no page scrolls sideways on a small phone in ${language}`, async ({ page, server }) => {
        test.setTimeout(120_000);
        const check = async (path: string, status = 200) => {
            await visit(page, server.url + path, status);
            expect.soft(await measure(page), path).toEqual({ width: WIDTH, out: [] });
        };
        const org = `/o/${server.org}`;
        const crew = `${org}/crew`;
        await signIn(page, server);

        // Somebody with long words, a kiosk with a long name, and a phone.
        await page.goto(`${server.url}${crew}/new`);
        await page.getByLabel("Nom", { exact: true }).fill("Maximilienne-Alexandrine de Montmorency-Luxembourg");
        await page.getByLabel("Adresse e-mail (facultative)").fill("maximilienne-alexandrine.de.montmorency-luxembourg@theatre-du-mail.example");
        await page.getByLabel("Métier").fill("Électromécanicienne-machiniste");
        await page.getByLabel("Compétences").fill("pyrotechnie, accrochage, vidéoprojection");
        await page.getByRole("button", { name: "Ajouter une personne" }).click();
        const person = new URL(await page.getByRole("link", { name: /Maximilienne/ }).evaluate((link: HTMLAnchorElement) => link.href)).pathname;
        const pairing = await addKiosk(page, server, "Borne du foyer des machinistes", "Entrée des artistes, deuxième sous-sol");
        expect.soft(await measure(page), "pairing").toEqual({ width: WIDTH, out: [] });
        await registerPhone(page, server);

        await page.goto(`${server.url}/me`);
        if (button) await page.getByRole("button", { name: button }).click();
        await expect(page.locator("html")).toHaveAttribute("lang", language);
        for (const path of ["/me", "/me/devices", "/me/security", "/me/tokens", `${org}/members`, `${org}/members/1`, `${org}/members/roles`, `${org}/members/import`, `${org}/settings`, `${org}/menu`, `${org}/badge`, `${org}/devices`, `${org}/hours`, `${org}/punches`, crew, `${crew}/new`, `${crew}/import`, person, `${person}/hours`, `${org}/kiosks`, `${org}/audit`]) await check(path);
        for (const path of ["/kiosk", "/docs", "/dev/components"]) await check(path);
        await check("/nowhere", 404);
        await pairKiosk(page, server, pairing, language);
        expect.soft(await measure(page), "kiosk").toEqual({ width: WIDTH, out: [] });
        await typeScan(page, "NOT-A-BADGE-OF-ANYBODY-1");
        await expect(page.getByRole("alert")).toContainText("Code inconnu");
        expect.soft(await measure(page), "answer").toEqual({ width: WIDTH, out: [] });
        if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/answer-narrow.png`, animations: "disabled" });
        await page.goto(`${server.url}/me`);
        await page.getByRole("button", { name: language === "en" ? "Sign out" : "Se déconnecter" }).click();
        await expect(page).toHaveURL(/sign-in/);
        for (const path of ["/sign-in", "/sign-up", "/recover"]) await check(path);
    });
}

for (const [language, button] of [["fr", undefined], ["en", "English"]] as const) {
    test(`no page of the plan scrolls sideways on a small phone in ${language}`, async ({ page, server }) => {
        test.setTimeout(120_000);
        const org = `/o/${server.org}`;
        const check = async (path: string) => {
            await visit(page, server.url + path);
            expect.soft(await measure(page), path).toEqual({ width: WIDTH, out: [] });
        };
        await signIn(page, server);
        const [name, email] = ["Maximilienne-Alexandrine de Montmorency-Luxembourg", "maximilienne-alexandrine.de.montmorency-luxembourg@theatre-du-mail.example"];
        await addPerson(page, server, name, email);
        const project = "Anticonstitutionnellement, électroencéphalographie";
        await addProject(page, server, project, "Direction-interdépartementale-des-spectacles");
        const mission = await addMission(page, server, { title: "Électromécanique-et-machinerie-des-dessous", project, starts: `${day(0)}T19:00`, ends: `${day(1)}T03:00`, needs: "3 Électromécanicien-machiniste", place: "Amphithéâtre-de-plein-air-des-Trois-Fontaines" });
        await assign(page, mission, name, "Électromécanicien-machiniste");
        await check(`${org}/plan/publish?week=${day(0)}`);
        await page.goto(`${server.url}${org}/plan/publish?week=${day(0)}`);
        await page.getByRole("button", { name: "Publier et prévenir" }).click();
        await expect(page.getByRole("status")).toBeVisible();
        expect.soft(await measure(page), "published").toEqual({ width: WIDTH, out: [] });
        const answer = await mailedLink(page, server, email, /Vos missions/);
        for (const [kind, weeks] of [["Indisponible", "2"], ["Congé", "0"]] as const) {
            await page.goto(`${server.url}${org}/availability`);
            await page.getByRole("radio", { name: kind }).check();
            await page.getByLabel("Début", { exact: true }).fill(`${day(2)}T08:00`);
            await page.getByLabel("Fin", { exact: true }).fill(`${day(2)}T18:00`);
            await page.getByLabel("Note (facultative)").fill("Rendez-vous-administratif-interdépartemental");
            await page.getByText("Se répète").click();
            await page.getByLabel("Toutes les … semaines (0 : une fois)").fill(weeks);
            await page.getByRole("button", { name: "Enregistrer" }).click();
        }
        if (button) {
            await page.goto(`${server.url}/me`);
            await page.getByRole("button", { name: button }).click();
        }
        await expect(page.locator("html")).toHaveAttribute("lang", language);
        const on = new URL(mission).pathname.split("/").pop();
        for (const more of ["&span=day", "&span=month", "&by=mission", "&by=person", `&on=${on}`, `&day=${day(5)}`, "&choose=all"]) await check(`${org}/plan?date=${day(0)}${more}`);
        for (const path of ["/plan", `/plan?week=${day(0)}`, "/plan/publish", "/missions/new", new URL(mission).pathname.slice(org.length), "/projects", "/projects/new", "/projects/1", "/missions", "/availability", "/time-off", "/audit"]) await check(org + path);
        await check(answer);

        // What scripts add: how many things are chosen, over the sheet and inside of the screen.
        await page.goto(`${server.url}${org}/plan?date=${day(0)}&by=person`);
        await expect(page.locator("table[role=grid]")).toBeVisible();
        await page.locator("td [data-key^=a]").first().focus();
        await page.keyboard.press("Space");
        const picked = page.locator("[data-part=picked]");
        await expect(picked).toBeVisible();
        expect.soft(await measure(page), "chosen").toEqual({ width: WIDTH, out: [] });
        expect.soft(await picked.evaluate((toast) => [toast.getBoundingClientRect().left >= 8, toast.scrollWidth <= toast.clientWidth]), "chosen").toEqual([true, true]);
    });
}
