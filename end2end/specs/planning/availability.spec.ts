import { expect, signIn, test } from "../../support/fixtures";
import { addMission, assign, day, join, path, rowOf } from "../../support/planning";

for (const javaScriptEnabled of [false, true]) {
    test.describe(javaScriptEnabled ? "with scripts" : "with forms alone", () => {
        test.use({ javaScriptEnabled });

        test("what somebody declares and what is agreed to is on the plan", async ({ page, server, browser }) => {
            test.setTimeout(90_000);
            await signIn(page, server);
            const context = await browser.newContext({ locale: "fr-FR", javaScriptEnabled, viewport: { width: 390, height: 844 } });
            const lou = await join(page, server, context, "lou.perrin@exemple.fr", "Lou Perrin");
            const declare = async (kind: string, starts: string, ends: string, more: { note?: string; weeks?: string; until?: string } = {}) => {
                await lou.goto(path(server, "/availability"));
                await lou.getByRole("radio", { name: kind }).check();
                await lou.getByLabel("Début", { exact: true }).fill(starts);
                await lou.getByLabel("Fin", { exact: true }).fill(ends);
                await lou.getByLabel("Note (facultative)").fill(more.note ?? "");
                if (more.weeks) {
                    await lou.getByText("Se répète").click();
                    await lou.getByLabel("Toutes les … semaines (0 : une fois)").fill(more.weeks);
                    await lou.getByLabel("Jusqu’au (facultatif)").fill(more.until ?? "");
                }
                await lou.getByRole("button", { name: "Enregistrer" }).click();
            };
            const own = lou.getByRole("main").getByRole("listitem");

            // What is wrong is said, and what was typed stays.
            await declare("Indisponible", `${day(1)}T18:00`, `${day(1)}T08:00`, { note: "Cours du soir" });
            await expect(lou.getByText("La fin doit venir après le début.")).toBeVisible();
            await expect(lou.getByLabel("Note (facultative)")).toHaveValue("Cours du soir");
            await declare("Indisponible", `${day(1)}T08:00`, `${day(1)}T18:00`, { note: "Cours", weeks: "1", until: day(13) });
            await expect(lou.getByRole("status")).toBeVisible();
            await expect(own.filter({ hasText: "Cours" })).toContainText(/Indisponible.*08:00.*18:00 · toutes les semaines/);
            await declare("Congé", `${day(3)}T00:00`, `${day(5)}T00:00`, { note: "Mariage" });
            await expect(own.filter({ hasText: "Mariage" })).toContainText("En attente");
            await declare("Congé", `${day(4)}T00:00`, `${day(6)}T00:00`, { note: "Voyage" });
            await declare("Congé", `${day(9)}T00:00`, `${day(10)}T00:00`, { note: "Déménagement" });
            await expect(own).toHaveCount(4);

            // What is declared stands; what is asked for does not, before somebody has agreed.
            const plan = (n: number) => path(server, `/plan?week=${day(n)}`);
            const cell = (n: number) => rowOf(page, "Lou Perrin").locator("td").nth(n);
            for (const week of [0, 7]) {
                await page.goto(plan(week));
                await expect(cell(1)).toContainText("Indisponible");
                await expect(rowOf(page, "Lou Perrin").locator(".absent")).toHaveCount(1);
            }
            await page.goto(plan(14));
            await expect(rowOf(page, "Lou Perrin").locator(".absent")).toHaveCount(0);

            await page.getByRole("link", { name: "Congés" }).click();
            const request = (note: string) => page.getByRole("main").getByRole("listitem").filter({ hasText: note });
            await expect(request("Mariage")).toContainText("Lou Perrin");
            await expect(page.getByText("Cours")).toHaveCount(0);
            await request("Mariage").getByRole("button", { name: "Accorder" }).click();
            await expect(page.getByRole("status")).toBeVisible();
            // What is agreed to is listed below, as long as it is ahead.
            const granted = page.getByRole("region", { name: "Accordés, à venir" }).getByRole("listitem");
            await expect(granted).toHaveText([/Lou Perrin.*Mariage.*Accordé le/s]);
            await expect(request("Mariage")).toHaveCount(1);
            await request("Voyage").getByRole("button", { name: "Accorder" }).click();
            await expect(page.getByText("Ce congé chevauche un congé déjà accordé.")).toBeVisible();
            await page.goto(path(server, "/time-off"));
            await expect(request("Voyage")).toBeVisible();
            await request("Déménagement").getByRole("button", { name: "Refuser" }).click();
            await expect(request("Déménagement")).toHaveCount(0);

            await page.goto(plan(0));
            await expect(rowOf(page, "Lou Perrin").locator(".absent")).toHaveCount(3);
            for (const n of [3, 4]) await expect(cell(n)).toContainText("Congé");
            await expect(cell(5)).not.toContainText("Congé");
            await expect(cell(2)).toBeEmpty();

            // The person sees what was decided. What was agreed to is no longer theirs to take back.
            await lou.goto(path(server, "/availability"));
            await expect(own.filter({ hasText: "Mariage" })).toContainText("Accordé");
            await expect(own.filter({ hasText: "Mariage" }).getByRole("button")).toHaveCount(0);
            await expect(own.filter({ hasText: "Voyage" })).toContainText("En attente");
            await expect(own.filter({ hasText: "Déménagement" })).toContainText("Refusé");
            await own.filter({ hasText: "Cours" }).getByRole("button", { name: "Retirer" }).click();
            await expect(own.filter({ hasText: "Cours" })).toHaveCount(0);
            await page.reload();
            await expect(cell(1)).not.toContainText("Indisponible");

            // An absence and a mission share a day; neither hides the other.
            const mission = await addMission(page, server, { title: "Montage", starts: `${day(3)}T09:00`, ends: `${day(3)}T18:00` });
            await assign(page, mission, "Lou Perrin");
            await page.goto(plan(0));
            await expect(cell(3)).toContainText(/Congé.*Montage/);

            // A manager takes back what was agreed to; the person sees it, and so does the plan.
            await page.goto(path(server, "/time-off"));
            await granted.getByRole("button", { name: "Retirer ce congé" }).click();
            await expect(page.getByRole("status")).toBeVisible();
            await expect(granted).toHaveCount(0);
            await lou.goto(path(server, "/availability"));
            await expect(own.filter({ hasText: "Mariage" })).toContainText("Refusé");
            await page.goto(plan(0));
            await expect(cell(3)).not.toContainText("Congé");
            await context.close();
        });
    });
}
