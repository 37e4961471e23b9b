// A week of thirty people, with the keyboard alone.
import type { Page } from "@playwright/test";
import { expect, signIn, test } from "../../support/fixtures";
import { goTo, seesFocus } from "../../support/keys";
import { addProject, cellOf, importPeople, missionOn, openPlanner, said } from "../../support/planning";

const PROJECT = "Le Soulier de satin";
/** Their order on the sheet is that of the letters. */
const CREW = Array.from({ length: 30 }, (_, n) => {
    const letter = String.fromCharCode(65 + Math.floor(n / 5));
    return { name: `${letter}${"aeiou"[n % 5]!} Person${n}`, email: `crew${String(n).padStart(2, "0")}@exemple.fr` };
});
/** Five people a day; the last five stay at home. */
const DAYS = ["Déchargement", "Montage", "Réglages", "Répétition", "Générale"];

/** What the sheet says, without what an undo does not bring back: versions. While it is being replaced, it has no lines. */
const sheet = (page: Page) => page.locator(".week tbody").allInnerTexts();

/** Presses a key, and waits for the sheet that answers. */
async function edit(page: Page, key: string, url = "edit"): Promise<void> {
    const answer = page.waitForResponse((response) => response.url().endsWith(`/plan/${url}`));
    await page.keyboard.press(key);
    expect((await answer).status(), `${key} ${url}`).toBe(200);
    await (await answer).finished();
}

test("a week of thirty people is planned, published, changed and undone", async ({ page, server }) => {
    test.setTimeout(90_000);
    await signIn(page, server);
    await addProject(page, server, PROJECT, "Théâtre");
    await importPeople(page, server, CREW);
    await openPlanner(page, server);
    await page.setViewportSize({ width: 1440, height: 900 });

    // From here on there is no mouse. The sheet is one stop of the tab key; from there on, arrows.
    await goTo(page, cellOf(page, CREW[0]!.name, 0));
    for (const [n, title] of DAYS.entries()) {
        const team = CREW.slice(n * 5, n * 5 + 5);
        await expect(cellOf(page, team[0]!.name, n)).toBeFocused();
        // The first of the team gets the mission that is made in their cell.
        await page.keyboard.press("n");
        await expect(page.getByLabel("Titre")).toBeFocused();
        await expect(page.getByRole("complementary")).toContainText(`Pour ${team[0]!.name}`);
        await page.keyboard.type(title);
        await page.keyboard.press("Tab");
        await page.keyboard.type("L");
        for (let part = 0; part < 20 && !(await page.getByLabel("Postes").evaluate((field) => field === document.activeElement)); part++) await page.keyboard.press("Tab");
        await page.keyboard.type("6 Machinerie");
        await page.keyboard.press("Tab");
        await seesFocus(page);
        await edit(page, "Enter");
        await expect(cellOf(page, team[0]!.name, n).locator("[data-key]")).toContainText(title);
        // And is filled down, as in a spreadsheet.
        await page.keyboard.press("c");
        for (const person of team.slice(1)) {
            await page.keyboard.press("ArrowDown");
            await edit(page, "v");
            await expect(cellOf(page, person.name, n).locator("[data-key]")).toBeFocused();
        }
        await expect(missionOn(page, n, title)).toContainText("5/6");
        if (n + 1 < DAYS.length) {
            await page.keyboard.press("ArrowDown");
            await page.keyboard.press("ArrowRight");
        }
    }
    await expect(page.locator("tr[data-row^=c] [data-key^=a]")).toHaveCount(25);
    expect(await page.locator("tr[data-row^=c] .slot:not(.draft)").count()).toBe(0);

    // Published: who is planned hears of it, nobody else does.
    await page.keyboard.press("p");
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("heading", { name: "Publier la semaine" })).toBeVisible();
    await expect(dialog.getByRole("listitem")).toHaveCount(25);
    await goTo(page, page.getByRole("button", { name: "Publier et prévenir" }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("status").first()).toContainText("Planning publié");
    await expect(page.locator("tr[data-row^=c] .slot.asked")).toHaveCount(25);
    const published = await sheet(page);

    // Changed: a team begins later and one of them stays at home, another day is moved, one mission is taken away.
    await goTo(page, page.locator("[tabindex='0'][data-key], td[tabindex='0']"));
    while (!(await missionOn(page, 0, DAYS[0]!).evaluate((slot) => slot === document.activeElement))) await page.keyboard.press("ArrowUp");
    await edit(page, "Alt+ArrowDown");
    await expect(missionOn(page, 0, DAYS[0]!)).toContainText("09:30");
    await page.keyboard.press("ArrowRight");
    await expect(missionOn(page, 1, DAYS[1]!)).toBeFocused();
    await page.keyboard.press("Shift+ArrowRight");
    await expect(page.locator("[data-part=picked]")).toContainText("Sélection : 2");
    await edit(page, "Alt+ArrowRight");
    await expect(said(page)).toContainText("2 missions déplacées");
    await expect(missionOn(page, 2, DAYS[1]!)).toBeVisible();
    await page.keyboard.press("Escape");
    while (!(await cellOf(page, CREW[10]!.name, 3).locator("[data-key]").evaluate((slot) => slot === document.activeElement))) await page.keyboard.press("ArrowDown");
    await edit(page, "Delete");
    await expect(cellOf(page, CREW[10]!.name, 3).locator("[data-key]")).toHaveCount(0);
    expect(await sheet(page)).not.toEqual(published);

    // The difference names those whom it concerns, with what they were told and what is now.
    await page.keyboard.press("p");
    const line = (n: number) => dialog.getByRole("listitem").filter({ hasText: CREW[n]!.name });
    await expect(dialog.getByRole("listitem")).toHaveCount(15);
    await expect(line(0)).toContainText(/Changé\s: Déchargement.*09:00–18:00 → 09:30–18:30/);
    await expect(line(5)).toContainText(/Changé\s: Montage/);
    await expect(line(10)).toContainText("Retiré : Réglages");
    await expect(line(15)).toHaveCount(0);
    await page.keyboard.press("Escape");

    // Undone, in another page than it was done in.
    await page.reload();
    await expect(page.getByRole("link", { name: /Publier 15 changements/ })).toBeVisible();
    await goTo(page, page.locator("[tabindex='0'][data-key], td[tabindex='0']"));
    for (let step = 0; step < 3; step++) await edit(page, "Control+z", "undo");
    await expect(page.getByRole("link", { name: "Publier", exact: true })).toBeVisible();
    await expect.poll(() => sheet(page)).toEqual(published);

    // One mail to each who is planned, with that person's mission; none to the others.
    await expect(async () => {
        await page.goto(`${server.url}/dev/mail`);
        const told = await page.getByRole("listitem").filter({ hasText: "Vos missions" }).allInnerTexts();
        expect(told.map((text) => text.match(/crew\d+@exemple\.fr/)![0]).sort()).toEqual(CREW.slice(0, 25).map(({ email }) => email));
    }).toPass();
    for (const n of [0, 12, 24]) {
        await page.goto(`${server.url}/dev/mail`);
        await page.getByRole("listitem").filter({ hasText: CREW[n]!.email }).getByRole("link").click();
        await expect(page.locator("pre.mail")).toContainText(DAYS[Math.floor(n / 5)]!);
    }
});
