import { expect, signIn, test } from "../../support/fixtures";
import { addMission, addPerson, day, path } from "../../support/planning";

for (const javaScriptEnabled of [false, true]) {
    test.describe(javaScriptEnabled ? "with scripts" : "with forms alone", () => {
        test.use({ javaScriptEnabled });

        test("who can do it is ranked, and what breaks a rule waits for a written reason", async ({ page, server }) => {
            await signIn(page, server);
            await addPerson(page, server, "Sami Benali", "sami@exemple.fr");
            await addPerson(page, server, "Jeanne Roux", "jeanne@exemple.fr");
            // A skill that Jeanne has and Sami has not.
            await page.goto(path(server, "/crew"));
            await page.getByRole("link", { name: "Jeanne Roux" }).click();
            await page.goto(`${page.url()}/profile`);
            await page.getByLabel("Compétence").first().fill("son");
            await page.getByRole("button", { name: "Enregistrer" }).click();
            const mission = await addMission(page, server, {
                title: "Balances",
                starts: `${day(1)}T10:00`,
                ends: `${day(1)}T15:00`,
                needs: "2 Son (son 1)",
            });

            await page.getByRole("link", { name: "Qui peut le faire" }).click();
            const rows = page.getByRole("table").getByRole("row");
            await expect(rows.nth(1)).toContainText("Jeanne Roux");
            await expect(rows.nth(1)).toContainText("Convient");
            const sami = rows.filter({ hasText: "Sami Benali" });
            await expect(sami).toContainText("Compétence manquante");
            await expect(sami).toContainText("Raison à écrire");
            await rows.nth(1).getByRole("button", { name: "Affecter Jeanne Roux" }).click();
            await expect(page.getByRole("listitem").filter({ hasText: "Jeanne Roux" })).toContainText("Brouillon");
            await page.getByRole("link", { name: "Qui peut le faire" }).click();
            await page.getByRole("button", { name: "Affecter Sami Benali" }).click();
            const line = page.getByRole("listitem").filter({ hasText: "Sami Benali" });
            await expect(line).toContainText("Compétence manquante");

            // Jeanne is told, Sami is not.
            const publish = path(server, `/plan/publish?week=${day(0)}`);
            await page.goto(publish);
            const held = page.getByRole("region", { name: "Retenu par les règles" });
            await expect(held).toContainText("Sami Benali");
            await page.getByRole("button", { name: "Publier et prévenir" }).click();
            await page.goto(mission);
            await expect(page.getByRole("listitem").filter({ hasText: "Jeanne Roux" })).toContainText("Invitation envoyée");
            await expect(line).toContainText("Brouillon");

            // With a reason, he is, and the reason stays beside him.
            await page.goto(publish);
            await held.getByText("Déroger", { exact: true }).click();
            await held.getByLabel("Raison de la dérogation").fill("Il double Jeanne pour apprendre");
            await held.getByRole("button", { name: "Enregistrer la dérogation" }).click();
            await expect(page.getByRole("status")).toContainText("Dérogation enregistrée");
            await expect(held).toHaveCount(0);
            await page.getByRole("button", { name: "Publier et prévenir" }).click();
            await page.goto(mission);
            await expect(line).toContainText("Invitation envoyée");
            await expect(line).toContainText("Il double Jeanne pour apprendre");
        });
    });
}
