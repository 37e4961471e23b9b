import type { Locator } from "@playwright/test";
import { expect, signIn, test } from "../../support/fixtures";
import { addMission, addPerson, addProject, cellOf as place, day, missionOn as mission, openPlanner as open, said } from "../../support/planning";

test.describe("the planner", () => {
    test.beforeEach(async ({ page, server }) => {
        await signIn(page, server);
        for (const name of ["Awa Diallo", "Sami Benali"]) await addPerson(page, server, name, `${name.slice(0, 3).toLowerCase()}@exemple.fr`);
        await addProject(page, server, "Le Soulier de satin", "Théâtre");
        await addMission(page, server, { title: "Montage", starts: `${day(0)}T09:00`, ends: `${day(0)}T18:00`, needs: "2 Son", project: "Le Soulier de satin" });
    });

    test("is gone through, changed and undone by keys alone, also after a reload", async ({ page, server }) => {
        await open(page, server);
        await mission(page, 0, "Montage").focus();
        // A day later, and half an hour.
        await page.keyboard.press("Alt+ArrowRight");
        await expect(mission(page, 1, "Montage")).toBeFocused();
        await expect(said(page)).toContainText("« Montage » déplacée");
        await page.keyboard.press("Alt+ArrowDown");
        await expect(mission(page, 1, "Montage")).toContainText("09:30");
        await page.keyboard.press("Alt+Shift+ArrowDown");
        await expect(said(page)).toContainText("Horaires de « Montage » changés");
        // A copy of it two days on.
        await page.keyboard.press("c");
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("v");
        await expect(mission(page, 3, "Montage")).toBeFocused();
        // Both are chosen and deleted, and come back.
        await page.keyboard.press("Space");
        await mission(page, 1, "Montage").focus();
        await page.keyboard.press("Space");
        await page.keyboard.press("Delete");
        await expect(page.locator("[data-key^=m]")).toHaveCount(0);
        await page.reload();
        await expect(page.locator("table[role=grid]")).toBeVisible();
        await page.locator("td[data-day]").first().focus();
        await page.keyboard.press("Control+z");
        await expect(page.locator("[data-key^=m]")).toHaveCount(2);
        for (const [step, text] of [["copy", "copiée"], ["stretch", "Horaires"], ["minutes", "déplacée"], ["day", "déplacée"]] as const) {
            await page.keyboard.press("Control+z");
            await expect(said(page), step).toContainText("Annulé");
            await expect(said(page), step).toContainText(text);
        }
        await expect(mission(page, 0, "Montage")).toContainText("09:00");
        await page.keyboard.press("Control+z");
        await expect(page.getByRole("dialog")).toContainText("Il n’y a rien à annuler");
        await page.getByRole("dialog").getByRole("link", { name: "Fermer" }).click();
        await mission(page, 0, "Montage").focus();
        await page.keyboard.press("Control+Shift+z");
        await expect(mission(page, 1, "Montage")).toContainText("09:00");
    });

    test("people are put on missions, passed on and taken off by keys", async ({ page, server }) => {
        await open(page, server);
        await mission(page, 0, "Montage").focus();
        await page.keyboard.press("a");
        const choice = page.getByRole("combobox", { name: "Ajouter : Son" });
        await expect(choice).toBeFocused();
        await choice.selectOption({ label: "Awa Diallo" });
        await page.keyboard.press("Tab");
        await page.keyboard.press("Enter");
        await expect(place(page, "Awa Diallo", 0).locator("[data-key^=a]")).toContainText("09:00–18:00");
        // Cut in one row, pasted in another.
        await place(page, "Awa Diallo", 0).locator("[data-key]").focus();
        await page.keyboard.press("x");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("v");
        await expect(place(page, "Sami Benali", 0).locator("[data-key^=a]")).toBeFocused();
        await expect(place(page, "Awa Diallo", 0).locator("[data-key]")).toHaveCount(0);
        await page.keyboard.press("Delete");
        await expect(page.locator("tr[data-row^=c] [data-key]")).toHaveCount(0);
        await page.keyboard.press("Control+z");
        await expect(place(page, "Sami Benali", 0).locator("[data-key^=a]")).toBeVisible();
    });

    test("who types faster than the network loses no key", async ({ page, server }) => {
        await page.route("**/plan/edit", async (route) => {
            await new Promise((later) => setTimeout(later, 150));
            await route.continue();
        });
        await open(page, server);
        await mission(page, 0, "Montage").focus();
        for (const key of ["Alt+ArrowDown", "Alt+ArrowDown", "Alt+ArrowDown", "Alt+ArrowRight", "c", "ArrowRight", "v"]) await page.keyboard.press(key);
        await expect(mission(page, 1, "Montage")).toContainText("10:30");
        await expect(mission(page, 2, "Montage")).toContainText("10:30");
        await expect(page.getByRole("dialog")).toHaveCount(0);
    });

    test("a mission is made in a cell, split, and opened by Enter", async ({ page, server }) => {
        await open(page, server);
        const cell = page.locator(`tr[data-row^=p] td[data-day="${day(2)}"]`);
        await cell.focus();
        await page.keyboard.press("Enter");
        await expect(page.getByLabel("Titre")).toBeFocused();
        await expect(page.getByLabel("Projet")).toHaveValue(/\d+/);
        await page.keyboard.type("Balances");
        await page.keyboard.press("Enter");
        await expect(mission(page, 2, "Balances")).toContainText("09:00");
        await mission(page, 2, "Balances").focus();
        await page.keyboard.press("s");
        await expect(page.getByLabel("Scinder à")).toBeFocused();
        await page.getByLabel("Scinder à").fill(`${day(2)}T12:00`);
        await page.keyboard.press("Enter");
        await expect(mission(page, 2, "Balances")).toHaveCount(2);
        await page.keyboard.press("Escape");
        await expect(page.getByRole("complementary")).toHaveCount(0);
        await page.keyboard.press("?");
        await expect(page.getByRole("dialog", { name: "Le planning au clavier" })).toBeVisible();
    });

    test("a mission that is being typed stays while something else is moved and undone", async ({ page, server }) => {
        await open(page, server);
        await page.locator(`tr[data-row^=p] td[data-day="${day(2)}"]`).focus();
        await page.keyboard.press("Enter");
        await page.getByLabel("Titre").fill("Balances");
        await mission(page, 0, "Montage").dragTo(page.locator(`tr[data-row^=p] td[data-day="${day(3)}"]`));
        await expect(mission(page, 3, "Montage")).toBeVisible();
        await expect(page.getByLabel("Titre")).toHaveValue("Balances");
        await page.getByRole("button", { name: "Annuler la dernière modification" }).click();
        await expect(mission(page, 0, "Montage")).toBeVisible();
        await expect(page.getByLabel("Titre")).toHaveValue("Balances");
        await page.getByRole("button", { name: "Créer la mission" }).click();
        await expect(mission(page, 2, "Balances")).toBeVisible();
        await expect(page.getByRole("complementary")).toHaveCount(0);
    });

    test("a rule is overruled and restored in the panel", async ({ page, server }) => {
        await addMission(page, server, { title: "Balances", starts: `${day(1)}T10:00`, ends: `${day(1)}T15:00`, needs: "1 Son (son 1)" });
        await open(page, server);
        await mission(page, 1, "Balances").click();
        const panel = page.getByRole("complementary");
        await panel.getByRole("combobox").selectOption({ label: "Awa Diallo" });
        await panel.getByRole("button", { name: "Affecter" }).click();
        await expect(panel).toContainText("Compétence manquante");
        await panel.getByText("Déroger", { exact: true }).click();
        await panel.getByLabel("Raison de la dérogation").fill("Elle apprend avec nous");
        await panel.getByRole("button", { name: "Enregistrer la dérogation" }).click();
        await expect(page.getByRole("status").filter({ hasText: "Dérogation enregistrée" })).toBeVisible();
        // One sheet, one head, and the panel of the same mission.
        await expect(page.getByRole("navigation", { name: "Navigation principale" })).toHaveCount(1);
        await expect(page.locator("table[role=grid]")).toHaveCount(1);
        await expect(panel.getByRole("heading", { name: "Balances" })).toBeVisible();
        await expect(panel).toContainText("Elle apprend avec nous");
        await panel.getByRole("button", { name: "Lever la dérogation" }).click();
        await expect(panel.getByText("Déroger", { exact: true })).toBeVisible();
        await expect(panel.getByRole("heading", { name: "Balances" })).toBeVisible();
    });

    test("things are dragged to other days and people, and copied", async ({ page, server }) => {
        await open(page, server);
        await mission(page, 0, "Montage").dragTo(page.locator(`tr[data-row^=p] td[data-day="${day(2)}"]`));
        await expect(mission(page, 2, "Montage")).toBeVisible();
        await page.locator(`tr[data-row=open] [data-key^=o]`).dragTo(place(page, "Awa Diallo", 2));
        await expect(place(page, "Awa Diallo", 2).locator("[data-key^=a]")).toBeVisible();
        await place(page, "Awa Diallo", 2).locator("[data-key]").dragTo(place(page, "Sami Benali", 2));
        await expect(place(page, "Sami Benali", 2).locator("[data-key^=a]")).toBeVisible();
        await expect(place(page, "Awa Diallo", 2).locator("[data-key]")).toHaveCount(0);
    });

    test("edges are dragged where hours are shown", async ({ page, server }) => {
        await open(page, server, "&span=day");
        const slot = page.locator("tr[data-row^=p] [data-key^=m]");
        await expect(slot).toContainText("09:00–18:00");
        const box = (await slot.boundingBox())!;
        const hour = box.width / 9;
        await page.mouse.move(box.x + box.width - 3, box.y + box.height / 2);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width - 3 + hour, box.y + box.height / 2, { steps: 5 });
        await page.mouse.up();
        await expect(slot).toContainText("09:00–19:00");
    });

    test("two managers see each other's changes, and overwrite nothing", async ({ page, context, server }) => {
        await open(page, server);
        const other = await context.newPage();
        await open(other, server);
        await mission(page, 0, "Montage").focus();
        await page.keyboard.press("Alt+ArrowRight");
        // Within two seconds, without a reload.
        await expect(mission(other, 1, "Montage")).toBeVisible({ timeout: 2000 });
        // A panel that was open before somebody else changed the mission.
        await mission(other, 1, "Montage").click();
        await expect(other.getByLabel("Fin")).toBeVisible();
        await mission(page, 1, "Montage").focus();
        await page.keyboard.press("Alt+ArrowDown");
        await expect(mission(other, 1, "Montage")).toContainText("09:30");
        await other.getByLabel("Fin").fill(`${day(1)}T20:00`);
        await other.getByRole("button", { name: "Enregistrer les horaires" }).click();
        const dialog = other.getByRole("dialog");
        await expect(dialog).toContainText("Maintenant");
        await expect(dialog).toContainText("09:30");
        await expect(dialog).toContainText("20:00");
        await dialog.getByRole("button", { name: "Appliquer quand même" }).click();
        await expect(dialog).toHaveCount(0);
        await expect(mission(page, 1, "Montage")).toContainText("09:00", { timeout: 2000 });
    });

    test("who has not seen a change yet overwrites nothing, neither by keys nor by mouse", async ({ page, context, server }) => {
        await open(page, server);
        // As on a train: this one hears of nothing.
        const other = await context.newPage();
        await other.route("**/plan/events", (route) => route.abort());
        await open(other, server);
        const cell = (n: number): Locator => other.locator(`tr[data-row^=p] td[data-day="${day(n)}"]`);
        const dialog = other.getByRole("dialog");

        await mission(page, 0, "Montage").focus();
        await page.keyboard.press("Alt+ArrowDown");
        await expect(mission(page, 0, "Montage")).toContainText("09:30");
        await mission(other, 0, "Montage").focus();
        await other.keyboard.press("Alt+ArrowRight");
        await expect(dialog).toContainText("Rien n’a été changé");
        // Both are shown: what is, and what was asked.
        await expect(dialog).toContainText(/Maintenant.*09:30.*Votre changement.*1 jour/s);
        await other.keyboard.press("Escape");
        await expect(dialog).toHaveCount(0);
        await expect(mission(page, 0, "Montage")).toContainText("09:30");

        await mission(other, 0, "Montage").dragTo(cell(3));
        await expect(dialog).toContainText(/Maintenant.*09:30.*Votre changement/s);
        await dialog.getByRole("link", { name: "Garder ce qui est" }).click();
        await expect(dialog).toHaveCount(0);
        await expect(mission(page, 0, "Montage")).toContainText("09:30");

        // Who wants it all the same has seen how it is now.
        await mission(other, 0, "Montage").dragTo(cell(3));
        await dialog.getByRole("button", { name: "Appliquer quand même" }).click();
        await expect(mission(other, 3, "Montage")).toContainText("09:30");
        await expect(mission(page, 3, "Montage")).toContainText("09:30", { timeout: 2000 });
        await other.close();
    });
});
