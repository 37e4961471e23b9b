import type { Page } from "@playwright/test";
import { expect, signIn, test } from "../../support/fixtures";
import { typeScan } from "../../support/tablet";

const WIDTH = 320;
test.use({ viewport: { width: WIDTH, height: 640 } });

/** How wide a page is with all its details open, and what sticks out of it to the right. */
function measure(page: Page): Promise<{ width: number; out: string[] }> {
    return page.evaluate((limit) => {
        for (const details of document.querySelectorAll("details")) details.open = true;
        const out = [...document.body.querySelectorAll<HTMLElement>("*:not(svg *)")].filter((element) => element.getBoundingClientRect().right > limit + 0.5);
        return { width: document.scrollingElement!.scrollWidth, out: out.map((element) => element.outerHTML.slice(0, 100)) };
    }, WIDTH);
}

for (const [language, button] of [["fr", undefined], ["en", "English"]] as const) {
    test(`no page scrolls sideways on a small phone in ${language}`, async ({ page, server }) => {
        test.setTimeout(120_000);
        const check = async (path: string) => {
            await page.goto(server.url + path);
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
        await page.goto(`${server.url}${org}/kiosks`);
        await page.getByLabel("Nom").fill("Borne du foyer des machinistes");
        await page.getByLabel("Lieu").fill("Entrée des artistes, deuxième sous-sol");
        await page.getByRole("button", { name: "Ajouter une borne" }).click();
        const pairing = await page.locator(".pairing-code code").innerText();
        expect.soft(await measure(page), "pairing").toEqual({ width: WIDTH, out: [] });
        await page.goto(`${server.url}${org}/badge`);
        await page.getByRole("button", { name: "Enregistrer ce téléphone" }).click();

        await page.goto(`${server.url}/me`);
        if (button) await page.getByRole("button", { name: button }).click();
        await expect(page.locator("html")).toHaveAttribute("lang", language);
        for (const path of ["/me", "/me/devices", "/me/security", "/me/tokens", `${org}/members`, `${org}/members/1`, `${org}/members/roles`, `${org}/members/import`, `${org}/settings`, `${org}/menu`, `${org}/badge`, `${org}/devices`, `${org}/hours`, `${org}/punches`, crew, `${crew}/new`, `${crew}/import`, person, `${person}/hours`, `${org}/kiosks`, `${org}/audit`]) await check(path);
        for (const path of ["/kiosk", "/docs", "/nowhere", "/dev/components"]) await check(path);
        await page.goto(`${server.url}/kiosk`);
        await page.getByLabel(language === "en" ? "Pairing code" : "Code de jumelage").fill(pairing);
        await page.getByRole("button", { name: language === "en" ? "Pair" : "Jumeler" }).click();
        // The kiosk itself speaks the language of its organisation.
        await expect(page.getByRole("heading", { name: "Présentez votre QR" })).toBeVisible();
        await expect(page.locator(".clock")).toContainText(":");
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
