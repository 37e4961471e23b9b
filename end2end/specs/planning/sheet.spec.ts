import { expect, signIn, test } from "../../support/fixtures";
import { addMission, addPerson, assign, day, path } from "../../support/planning";

test("what a page says pushes the week down, and covers nothing of it", async ({ page, server }) => {
    await page.setViewportSize({ width: 1440, height: 520 });
    await signIn(page, server);
    for (const name of ["Awa Diallo", "Jeanne Roux", "Sami Benali"]) await addPerson(page, server, name, `${name.slice(0, 2)}@exemple.fr`);
    const mission = await addMission(page, server, { title: "Montage", starts: `${day(0)}T09:00`, ends: `${day(0)}T18:00`, needs: "2 Son\n2 Lumière" });
    await assign(page, mission, "Awa Diallo", "Son");
    await page.goto(path(server, `/plan/publish?week=${day(0)}`));
    await page.getByRole("button", { name: "Publier et prévenir" }).click();
    await expect(page.getByRole("status")).toBeVisible();
    const box = async (selector: string) => (await page.locator(selector).boundingBox())!;
    const [note, head, week, foot] = await Promise.all([".sheet > .note", ".board-head", ".plan-scroll", ".board-foot"].map(box));
    expect(head!.y).toBeGreaterThanOrEqual(note!.y + note!.height);
    expect(head!.height).toBeGreaterThan(40);
    expect(week!.y).toBeGreaterThanOrEqual(head!.y + head!.height - 1);
    expect(foot!.y).toBeGreaterThanOrEqual(week!.y + week!.height - 1);
    expect(foot!.y + foot!.height).toBeLessThanOrEqual(520);
    await page.getByRole("link", { name: "Semaine suivante" }).click();
    await expect(page.getByRole("status")).toHaveCount(0);
    // Who is below the edge is reached by scrolling the week alone.
    await page.getByRole("rowheader", { name: "Sami Benali" }).scrollIntoViewIfNeeded();
    await expect(page.getByRole("rowheader", { name: "Sami Benali" })).toBeInViewport();
    expect(await page.evaluate(() => scrollY)).toBe(0);
});
