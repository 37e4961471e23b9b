import { expect, signIn, test } from "../../support/fixtures";
import { addMission, day, path } from "../../support/planning";

for (const javaScriptEnabled of [false, true]) {
    test.describe(javaScriptEnabled ? "with scripts" : "with forms alone", () => {
        test.use({ javaScriptEnabled });

        test("a day is kept as a template, pasted on another and taken back in one step", async ({ page, server }) => {
            await signIn(page, server);
            await addMission(page, server, { title: "Déchargement", starts: `${day(0)}T08:00`, ends: `${day(0)}T12:00`, needs: "3 Plateau" });
            await addMission(page, server, { title: "Accroche", starts: `${day(0)}T13:00`, ends: `${day(0)}T18:00`, needs: "2 Lumière" });
            await page.goto(path(server, `/plan?date=${day(0)}`));
            await page.getByRole("link", { name: "Enregistrer comme modèle" }).click();
            await page.getByRole("button", { name: "Aperçu" }).click();
            await expect(page.getByText("Accroche")).toBeVisible();
            await page.getByLabel("Nom", { exact: true }).fill("Montage J-1");
            await page.getByRole("button", { name: /Enregistrer/ }).click();
            await expect(page.getByRole("heading", { level: 1, name: "Montage J-1" })).toBeVisible();

            // The week after: a count first, then drafts at the same times.
            await page.getByLabel("Premier jour").fill(day(7));
            await page.getByRole("button", { name: "Aperçu" }).click();
            await page.getByRole("button", { name: /Coller .*2 missions/ }).click();
            await expect(page.getByRole("status")).toContainText("Modèle collé");
            await page.goto(path(server, `/plan?date=${day(7)}`));
            const pasted = page.locator(`td[data-day="${day(7)}"] [data-key^=m]`);
            await expect(pasted).toHaveCount(2);
            await expect(pasted.filter({ hasText: "Accroche" })).toContainText("13:00");
            await page.getByRole("button", { name: "Annuler la dernière modification" }).click();
            await expect(pasted).toHaveCount(0);
        });
    });
}
