import { expect, signIn, test } from "../../support/fixtures";
import { fill, goTo, press, seesFocus } from "../../support/keys";
import { addPerson, addProject, day, path, rowOf } from "../../support/planning";

// Where scripts are on, keys do more: see thirty.hydrate.spec.ts.
test.use({ javaScriptEnabled: false });

test("a mission is made, staffed and published with the keyboard alone", async ({ page, server }) => {
    await signIn(page, server);
    await addPerson(page, server, "Awa Diallo", "awa@exemple.fr");
    await addPerson(page, server, "Sami Benali", "sami@exemple.fr");
    await addProject(page, server, "Le Malade imaginaire", "Comédie du Nord");
    await page.goto(path(server, `/plan?week=${day(0)}`));

    // The sheet scrolls with the arrows, too.
    await page.setViewportSize({ width: 800, height: 600 });
    const sheet = page.getByRole("region", { name: "Planning" });
    await goTo(page, sheet);
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => sheet.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
    await page.setViewportSize({ width: 1440, height: 900 });

    await goTo(page, page.getByRole("main").getByRole("link", { name: "Mission", exact: true }), "Shift+Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: "Mission" })).toBeVisible();
    await fill(page, "Titre", "Montage");
    const project = page.getByLabel("Projet", { exact: true });
    await goTo(page, project);
    await page.keyboard.press("ArrowDown");
    await expect(project.locator("option:checked")).toHaveText("Le Malade imaginaire");
    // Day, month, year, then the hour, in whatever order the browser has the first three.
    const ends = page.getByLabel("Fin", { exact: true });
    await goTo(page, ends);
    for (let part = 0; part < 3; part++) await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowUp");
    await expect(ends).toHaveValue(`${day(0)}T19:00`);
    await goTo(page, page.getByLabel("Postes", { exact: true }));
    await page.keyboard.type("1 Son");
    await page.keyboard.press("Enter");
    await page.keyboard.type("1 Lumière");
    await fill(page, "Lieu", "Grande salle");
    await press(page, page.getByRole("button", { name: "Créer la mission" }), "Space");
    await expect(page.getByRole("heading", { level: 1, name: "Montage" })).toBeVisible();
    await expect(page.getByText(/09:00 – 19:00/)).toBeVisible();

    // A person for each place: the arrow opens nothing that holds the focus.
    for (const [role, presses, name] of [["Son", 1, "Awa Diallo"], ["Lumière", 1, "Sami Benali"]] as const) {
        const people = page.getByLabel(`Ajouter : ${role}`);
        await goTo(page, people);
        await expect(people.locator("option").nth(presses)).toHaveText(name);
        for (let n = 0; n < presses; n++) await page.keyboard.press("ArrowDown");
        await expect(people.locator("option:checked")).toHaveText(name);
        await page.keyboard.press("Tab");
        await seesFocus(page);
        await page.keyboard.press("Enter");
        await expect(page.getByRole("listitem").filter({ hasText: name })).toContainText("Brouillon");
    }

    // Somebody is taken off again, behind a summary.
    const awa = page.getByRole("listitem").filter({ hasText: "Awa Diallo" });
    await press(page, awa.locator("summary"), "Space");
    await press(page, awa.getByRole("button", { name: "Retirer de la mission" }));
    await expect(awa).toContainText("Annulée");

    await press(page, page.getByRole("main").getByRole("link", { name: "Planning" }));
    await expect(rowOf(page, "Sami Benali").getByRole("link", { name: /09:00–19:00 MIM · Montage Brouillon/ })).toBeVisible();
    await goTo(page, rowOf(page, "Sami Benali").getByRole("link", { name: /Montage/ }));
    await goTo(page, page.getByRole("link", { name: "Publier un changement" }), "Shift+Tab");
    await page.keyboard.press("Enter");
    await press(page, page.getByRole("button", { name: "Publier et prévenir" }));
    await expect(page.getByRole("status")).toContainText("Planning publié");
});
