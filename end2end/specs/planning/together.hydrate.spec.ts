// Several things at once, and many steps back.
import type { Page } from "@playwright/test";
import { expect, signIn, test } from "../../support/fixtures";
import { addMission, addPerson, addProject, cellOf, day, missionOn, openPlanner, path, said } from "../../support/planning";
import type { Server } from "../../support/server";

const PROJECT = "Le Soulier de satin";

test.beforeEach(async ({ page, server }) => {
    await signIn(page, server);
    for (const name of ["Awa Diallo", "Sami Benali"]) await addPerson(page, server, name, `${name.slice(0, 3).toLowerCase()}@exemple.fr`);
    await addProject(page, server, PROJECT, "Théâtre");
});

/** A mission from 9 to 18 on each of the first days. */
async function missions(page: Page, server: Server, titles: string[]): Promise<void> {
    for (const [n, title] of titles.entries()) {
        await addMission(page, server, { title, starts: `${day(n)}T09:00`, ends: `${day(n)}T18:00`, needs: "2 Son", project: PROJECT });
    }
}

test("what is chosen is moved, staffed, copied and deleted together", async ({ page, server }) => {
    await missions(page, server, ["Montage", "Réglages", "Répétition"]);
    await openPlanner(page, server);
    const picked = page.locator("[data-part=picked]");
    await expect(picked).toBeHidden();
    // Two by the arrows, one of them chosen anew by the space bar.
    await missionOn(page, 0, "Montage").focus();
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    await expect(picked).toContainText("Sélection : 3");
    await expect(page.locator("td[aria-selected=true]")).toHaveCount(3);
    await page.keyboard.press("Space");
    await expect(picked).toContainText("Sélection : 2");
    await expect(missionOn(page, 2, "Répétition")).not.toHaveClass(/chosen/);
    await page.keyboard.press("Space");

    await page.keyboard.press("Alt+ArrowDown");
    await expect(said(page)).toContainText("3 missions déplacées");
    for (const [n, title] of ["Montage", "Réglages", "Répétition"].entries()) await expect(missionOn(page, n, title)).toContainText("09:30");

    // By the panel: somebody on all of them, then an hour and two days later.
    await page.keyboard.press("a");
    const panel = page.getByRole("complementary", { name: "Modifier ensemble" });
    await expect(panel.getByRole("combobox", { name: "Affecter quelqu’un" })).toBeFocused();
    await expect(panel.getByRole("checkbox", { checked: true })).toHaveCount(3);
    await page.keyboard.press("A");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    for (const n of [0, 1, 2]) await expect(cellOf(page, "Awa Diallo", n).locator("[data-key^=a]")).toBeVisible();
    await panel.getByLabel("Jours plus tard").fill("2");
    await panel.getByLabel("Minutes plus tard").fill("60");
    await panel.getByRole("button", { name: "Décaler" }).click();
    for (const [n, title] of ["Montage", "Réglages", "Répétition"].entries()) await expect(missionOn(page, n + 2, title)).toContainText("10:30");
    await expect(panel.getByRole("checkbox", { checked: true })).toHaveCount(3);

    // One of them is left out by its box.
    await panel.getByRole("checkbox", { name: /Répétition/ }).uncheck();
    await panel.getByRole("button", { name: "Supprimer ou retirer" }).click();
    await expect(page.locator("[data-key^=m]")).toHaveCount(1);
    await expect(picked).toContainText("Sélection : 1");
    await page.keyboard.press("Escape");
    await expect(panel).toHaveCount(0);

    // Three steps back, after a reload.
    await page.reload();
    await expect(page.locator("table[role=grid]")).toBeVisible();
    await page.locator("td[data-day]").first().focus();
    for (const step of ["2 missions", "3 missions", "Affectation", "3 missions"]) {
        await page.keyboard.press("Control+z");
        await expect(said(page)).toContainText("Annulé");
        await expect(said(page), step).toContainText(step);
    }
    for (const [n, title] of ["Montage", "Réglages", "Répétition"].entries()) await expect(missionOn(page, n, title)).toContainText("09:00");
    await expect(page.locator("tr[data-row^=c] [data-key]")).toHaveCount(0);
});

test("by mouse, things are chosen one by one and dragged together", async ({ page, server }) => {
    await missions(page, server, ["Montage", "Réglages"]);
    await openPlanner(page, server);
    await missionOn(page, 0, "Montage").click({ modifiers: ["Control"] });
    await missionOn(page, 1, "Réglages").click({ modifiers: ["Control"] });
    const picked = page.locator("[data-part=picked]");
    await expect(picked).toContainText("Sélection : 2");
    await missionOn(page, 0, "Montage").dragTo(page.locator(`tr[data-row^=p] td[data-day="${day(3)}"]`));
    await expect(missionOn(page, 3, "Montage")).toBeVisible();
    await expect(missionOn(page, 4, "Réglages")).toBeVisible();
    await picked.getByRole("button", { name: "Modifier ensemble" }).click();
    const panel = page.getByRole("complementary", { name: "Modifier ensemble" });
    await panel.getByRole("button", { name: "Dupliquer" }).click();
    await expect(missionOn(page, 4, "Montage")).toBeVisible();
    await expect(missionOn(page, 5, "Réglages")).toBeVisible();
    await picked.getByRole("button", { name: "Ne rien sélectionner" }).click();
    await expect(picked).toBeHidden();
    await page.getByRole("button", { name: "Annuler la dernière modification" }).click();
    await expect(page.locator("[data-key^=m]")).toHaveCount(2);
});

test("a hundred steps are undone and done again, also after a reload", async ({ page, server }) => {
    test.setTimeout(120_000);
    await missions(page, server, ["Montage"]);
    await openPlanner(page, server);
    // A quarter of an hour, a hundred and two times, as the island would send it.
    await page.evaluate(
        async ([date, edit]) => {
            const slot = document.querySelector("[data-key^=m]")!;
            const [key, version] = [slot.getAttribute("data-key"), Number(slot.getAttribute("data-v"))];
            for (let n = 0; n < 102; n++) {
                const keys = `${key}:${version + n}`;
                const answer = await fetch(edit!, { method: "POST", body: new URLSearchParams({ do: "move", keys, minutes: "5", date: date!, part: "board" }) });
                if (!answer.ok) throw new Error(`step ${n}: ${answer.status}`);
            }
        },
        [day(0), path(server, "/plan/edit")],
    );
    await page.reload();
    await expect(missionOn(page, 0, "Montage")).toContainText("17:30");
    await missionOn(page, 0, "Montage").focus();
    const step = async (key: string, name: string) => {
        const answer = page.waitForResponse((response) => response.url().endsWith(`/plan/${name}`));
        await page.keyboard.press(key);
        return (await answer).status();
    };
    for (let n = 0; n < 100; n++) expect(await step("Control+z", "undo")).toBe(200);
    // Two were too long ago.
    await expect(missionOn(page, 0, "Montage")).toContainText("09:10");
    expect(await step("Control+z", "undo")).toBe(409);
    await page.keyboard.press("Escape");
    await page.reload();
    await missionOn(page, 0, "Montage").focus();
    for (let n = 0; n < 100; n++) expect(await step("Control+y", "redo")).toBe(200);
    await expect(missionOn(page, 0, "Montage")).toContainText("17:30");
    await expect(page.getByRole("button", { name: "Rétablir" })).toBeDisabled();
});
