// The planner without scripts: lists, links and forms do all that keys and a mouse do.
import { expect, mailedLink, signIn, test } from "../../support/fixtures";
import { addMission, addPerson, addProject, day, missionOn, path, rowOf } from "../../support/planning";

test.use({ javaScriptEnabled: false });

const PROJECT = "Le Soulier de satin";

test("a week is made, moved, staffed, split, copied, undone and published with forms alone", async ({ page, server, browser }) => {
    test.setTimeout(90_000);
    await signIn(page, server);
    for (const [name, email] of [["Awa Diallo", "awa@exemple.fr"], ["Sami Benali", "sami@exemple.fr"]] as const) await addPerson(page, server, name, email);
    await addProject(page, server, PROJECT, "Théâtre");
    await addMission(page, server, { title: "Montage", starts: `${day(0)}T09:00`, ends: `${day(0)}T18:00`, needs: "2 Son", project: PROJECT });
    const week = path(server, `/plan?date=${day(0)}`);
    const panel = page.getByRole("complementary");
    const done = page.getByRole("status");

    // Days, weeks and months, by project, by mission and by person, are links.
    await page.goto(week);
    for (const name of ["Mois", "Jour", "Semaine", "Missions", "Personnes", "Projets"]) {
        await page.locator(".board-head").getByRole("link", { name, exact: true }).click();
        await expect(page.locator(".board-head").getByRole("link", { name, exact: true })).toHaveAttribute("aria-current", "true");
        await expect(page.getByRole("rowheader", { name: /Awa Diallo/ })).toBeVisible();
    }
    await page.goto(week);
    await missionOn(page, 0, "Montage").click();
    await expect(panel.getByRole("heading", { name: "Montage" })).toBeVisible();

    // People on and off.
    for (const name of ["Awa Diallo", "Sami Benali"]) {
        await panel.getByLabel("Ajouter : Son").selectOption({ label: name });
        await panel.getByRole("button", { name: "Affecter" }).click();
        await expect(done).toContainText("Planning modifié. Personne n’est prévenu avant la publication.");
        await expect(panel.getByRole("listitem").filter({ hasText: name })).toContainText("Brouillon");
    }
    await panel.getByRole("button", { name: "Retirer Sami Benali" }).click();
    await expect(panel.getByRole("listitem")).toHaveCount(1);
    await expect(rowOf(page, "Awa Diallo").getByRole("link")).toHaveCount(1);

    // Other hours, a cut, a copy.
    await panel.getByLabel("Début").fill(`${day(1)}T10:00`);
    await panel.getByLabel("Fin").fill(`${day(1)}T20:00`);
    await panel.getByRole("button", { name: "Enregistrer les horaires" }).click();
    await expect(missionOn(page, 1, "Montage")).toContainText("10:00");
    await panel.getByLabel("Scinder à").fill(`${day(1)}T15:00`);
    await panel.getByRole("button", { name: "Scinder" }).click();
    await expect(missionOn(page, 1, "Montage")).toHaveCount(2);
    await panel.getByLabel("Jours plus tard").fill("3");
    await panel.getByRole("button", { name: "Dupliquer" }).click();
    await expect(missionOn(page, 4, "Montage")).toBeVisible();
    await panel.getByRole("link", { name: "Fermer le panneau" }).click();
    await expect(panel).toHaveCount(0);

    // Several at once, by boxes.
    await page.getByRole("link", { name: "Modifier plusieurs" }).click();
    const together = page.getByRole("complementary", { name: "Modifier ensemble" });
    await together.getByRole("button", { name: "Décaler" }).click();
    await expect(page.getByText("Rien n’est sélectionné. Cochez au moins une ligne.")).toBeVisible();
    await page.goto(`${week}&choose=all`);
    for (const box of await together.getByRole("checkbox").all()) await box.check();
    await together.getByRole("button", { name: "Décaler" }).click();
    await expect(missionOn(page, 2, "Montage")).toHaveCount(2);
    await expect(missionOn(page, 5, "Montage")).toBeVisible();
    await page.goto(`${week}&choose=all`);
    await together.getByRole("checkbox").last().check();
    await together.getByRole("combobox", { name: "Affecter quelqu’un" }).selectOption({ label: "Sami Benali" });
    await together.getByRole("button", { name: "Affecter" }).click();
    await expect(rowOf(page, "Sami Benali").getByRole("link")).toHaveCount(1);

    // Back and forth.
    const undo = page.getByRole("button", { name: "Annuler la dernière modification" });
    await undo.click();
    await expect(done).toContainText("Dernière modification annulée.");
    await expect(rowOf(page, "Sami Benali").getByRole("link")).toHaveCount(0);
    await undo.click();
    await expect(missionOn(page, 4, "Montage")).toBeVisible();
    await page.getByRole("button", { name: "Rétablir" }).click();
    await expect(done).toContainText("Modification rétablie.");
    await expect(missionOn(page, 5, "Montage")).toBeVisible();

    // Somebody else was faster: both are shown, and nothing is lost.
    const context = await browser.newContext({ locale: "fr-FR", javaScriptEnabled: false });
    const other = await context.newPage();
    await signIn(other, server);
    await other.goto(week);
    await missionOn(other, 5, "Montage").click();
    await missionOn(page, 5, "Montage").click();
    await panel.getByLabel("Fin").fill(`${day(5)}T21:00`);
    await panel.getByRole("button", { name: "Enregistrer les horaires" }).click();
    await expect(done).toBeVisible();
    await other.getByRole("complementary").getByLabel("Fin").fill(`${day(5)}T22:00`);
    await other.getByRole("button", { name: "Enregistrer les horaires" }).click();
    const refused = other.getByRole("main");
    await expect(refused.getByRole("heading", { name: "Rien n’a été changé" })).toBeVisible();
    await expect(refused).toContainText(/Maintenant.*21:00.*Votre changement.*22:00/s);
    await refused.getByRole("button", { name: "Appliquer quand même" }).click();
    await expect(other.getByRole("complementary").getByLabel("Fin")).toHaveValue(`${day(5)}T22:00`);
    await context.close();

    // A mission from an empty day, a mission away, and all of it told. What is typed wrong is typed on.
    await page.goto(`${week}&day=${day(6)}`);
    await panel.getByLabel("Titre").fill("Rangement");
    await panel.getByLabel("Postes").fill("2 Plateau");
    await panel.getByLabel("Fin").fill(`${day(6)}T08:00`);
    await panel.getByRole("button", { name: "Créer la mission" }).click();
    await expect(page.getByText("La fin doit venir après le début.")).toBeVisible();
    const again = page.getByRole("main");
    await expect(again.getByLabel("Titre")).toHaveValue("Rangement");
    await expect(again.getByLabel("Postes")).toHaveValue("2 Plateau");
    await again.getByLabel("Fin").fill(`${day(6)}T18:00`);
    await again.getByRole("button", { name: "Créer la mission" }).click();
    await missionOn(page, 6, "Rangement").click();
    await panel.getByRole("button", { name: "Supprimer la mission" }).click();
    await expect(missionOn(page, 6, "Rangement")).toHaveCount(0);
    await page.getByRole("link", { name: /Publier \d+ changements/ }).click();
    await expect(page.getByRole("main").getByRole("listitem")).toHaveText([/Awa Diallo.*Nouveau\s: Montage/s]);
    await page.getByRole("button", { name: "Publier et prévenir" }).click();
    await expect(done).toContainText("Planning publié");
    expect(await mailedLink(page, server, "awa@exemple.fr", /Vos missions/)).toMatch(/^\/answer\//);
});

test("on a phone the week is a list, and its missions are edited on top of it", async ({ page, server }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await signIn(page, server);
    await addPerson(page, server, "Awa Diallo", "awa@exemple.fr");
    await addMission(page, server, { title: "Montage", starts: `${day(1)}T09:00`, ends: `${day(1)}T18:00`, needs: "2 Son", place: "Grande salle" });
    await page.goto(path(server, `/plan?date=${day(0)}`));
    await expect(page.locator(".plan-scroll")).toBeHidden();
    const list = page.locator(".agenda");
    await expect(list.getByRole("heading", { level: 2 })).toHaveCount(7);
    const line = list.getByRole("link", { name: /09:00.*Montage/s });
    await expect(line).toContainText("0/2");
    await line.click();
    const panel = page.getByRole("complementary");
    await expect(panel.getByRole("heading", { name: "Montage" })).toBeInViewport();
    await panel.getByLabel("Ajouter : Son").selectOption({ label: "Awa Diallo" });
    await panel.getByRole("button", { name: "Affecter" }).click();
    await expect(line).toContainText("1/2");
    await expect(line).toContainText("Awa Diallo");
    await list.getByRole("link", { name: /Nouvelle mission · Mer\./ }).click();
    await expect(panel.getByLabel("Début")).toHaveValue(`${day(2)}T09:00`);
    await page.goto(path(server, `/plan?date=${day(0)}&by=person`));
    await expect(page.locator(".plan-scroll")).toBeVisible();
});
