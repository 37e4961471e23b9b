import { expect, signIn, test } from "../../support/fixtures";
import { fill, goTo, press, round, seesFocus } from "../../support/keys";
import { addPerson, path } from "../../support/planning";
import { OWNER, PASSWORD } from "../../support/server";
import { addKiosk, badgeCodes, kioskLine, punch } from "../../support/timeclock";

test("a manager works with the keyboard alone", async ({ page, server }) => {
    const org = `/o/${server.org}`;
    await page.goto(`${server.url}/sign-in`);
    await fill(page, "Adresse e-mail", OWNER);
    await fill(page, "Mot de passe", PASSWORD);
    await press(page, page.getByRole("button", { name: "Se connecter" }));
    await expect(page).toHaveURL(new RegExp(`${org}/plan`));

    // The first stop leads past the navigation; the next one is in the content.
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Aller au contenu" });
    await expect(skip).toBeFocused();
    await seesFocus(page);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await seesFocus(page);
    expect(await page.evaluate(() => document.querySelector("main")!.contains(document.activeElement))).toBe(true);

    // Back over what was skipped.
    const side = page.getByRole("navigation", { name: "Navigation principale" });
    await goTo(page, side.getByRole("link", { name: "Équipe" }), "Shift+Tab");
    await page.keyboard.press("Enter");
    await press(page, page.getByRole("link", { name: "Ajouter une personne" }));
    await fill(page, "Nom", "Awa Diallo");
    await fill(page, "Adresse e-mail (facultative)", "awa@exemple.fr");
    await fill(page, "Métier", "Lumière");
    await press(page, page.getByRole("button", { name: "Ajouter une personne" }), "Space");
    await expect(page.getByRole("status")).toContainText("Équipe mise à jour");
    await expect(page.getByRole("link", { name: "Awa Diallo" })).toBeVisible();

    await press(page, side.getByRole("link", { name: "Bornes" }));
    await fill(page, "Nom", "Borne entrée");
    await fill(page, "Lieu", "Entrée des artistes");
    // Enter in a field sends its form.
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Jumeler Borne entrée" })).toBeVisible();
    await press(page, page.getByRole("main").getByRole("link", { name: "Bornes" }));

    await press(page, page.locator("summary"), "Space");
    await goTo(page, page.getByRole("button", { name: "Supprimer" }));

    await press(page, page.getByRole("button", { name: "English" }), "Space");
    await expect(page.getByRole("heading", { name: "Kiosks" })).toBeVisible();
    await press(page, page.getByRole("link", { name: /Claire Vasseur/ }));
    await press(page, page.getByRole("button", { name: "Sign out" }));
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("a kiosk is changed, a lost phone revoked and the punches filtered with the keyboard alone", async ({ page, server }) => {
    // One of the crew who has a phone and has come in, and one who has not.
    await signIn(page, server);
    const pairing = await addKiosk(page, server);
    const issue = await badgeCodes(server);
    await punch(server, pairing, await issue());
    await addPerson(page, server, "Awa Diallo", "awa@exemple.fr");
    const claire = await page.getByRole("main").getByRole("link", { name: "Claire Vasseur", exact: true }).getAttribute("href");

    await page.goto(path(server, "/kiosks"));
    const entrance = kioskLine(page, "Borne entrée");
    await press(page, entrance.locator("summary"), "Space");
    for (const [label, text] of [["Nom", "Borne du foyer"], ["Lieu", "Foyer des artistes"]] as const) {
        await goTo(page, entrance.getByLabel(label, { exact: true }));
        await page.keyboard.press("Control+a");
        await page.keyboard.type(text);
    }
    await press(page, entrance.getByRole("button", { name: "Enregistrer" }), "Space");
    await expect(page.getByRole("status")).toContainText("Enregistré.");
    const foyer = kioskLine(page, "Borne du foyer");
    await expect(foyer).toContainText("Foyer des artistes");
    await press(page, foyer.locator("summary"));
    await press(page, foyer.getByRole("button", { name: "Arrêter" }));
    await expect(foyer).toContainText("Arrêtée");

    await page.goto(server.url + claire);
    const phones = page.getByRole("region", { name: "Téléphones avec badge" });
    await press(page, phones.locator("summary"), "Space");
    await press(page, phones.getByRole("button", { name: "Retirer ce téléphone" }));
    await expect(page.getByRole("status")).toContainText("Téléphone retiré.");
    await expect(phones.getByRole("listitem")).toContainText("Retiré");
    await expect(phones.locator("summary")).toHaveCount(0);

    await page.goto(path(server, "/punches"));
    const person = page.getByLabel("Personne", { exact: true });
    const punched = page.getByRole("cell", { name: "Claire Vasseur" });
    await expect(punched).toBeVisible();
    for (const [name, count] of [["Awa Diallo", 0], ["Claire Vasseur", 1]] as const) {
        await goTo(page, person);
        await page.keyboard.press("ArrowDown");
        await expect(person.locator("option:checked")).toHaveText(name);
        await press(page, page.getByRole("button", { name: "Filtrer" }));
        await expect(punched).toHaveCount(count);
        await expect(person.locator("option:checked")).toHaveText(name);
    }
});

test("nothing holds the focus, forwards or backwards", async ({ page, server }) => {
    await page.goto(`${server.url}/sign-in`);
    expect(await round(page, "Tab")).toEqual((await round(page, "Shift+Tab")).reverse());
    await fill(page, "Adresse e-mail", OWNER);
    await fill(page, "Mot de passe", PASSWORD);
    await press(page, page.getByRole("button", { name: "Se connecter" }));
    await page.waitForURL(/\/o\//);
    const org = `/o/${server.org}`;
    for (const path of ["/me", `${org}/badge`, `${org}/devices`, `${org}/hours`, `${org}/punches`, `${org}/crew`, `${org}/crew/new`, `${org}/crew/import`, `${org}/kiosks`, `${org}/plan`, `${org}/plan/publish`, `${org}/missions/new`, `${org}/projects`, `${org}/projects/new`, `${org}/missions`, `${org}/availability`, `${org}/time-off`]) {
        for (const width of [390, 1440]) {
            await page.setViewportSize({ width, height: 900 });
            await page.goto(server.url + path);
            const stops = await round(page, "Tab");
            expect(stops.length, path).toBeGreaterThan(5);
            expect(await round(page, "Shift+Tab"), path).toEqual(stops.reverse());
        }
    }
});
