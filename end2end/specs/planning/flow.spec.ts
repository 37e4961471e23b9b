import type { Page } from "@playwright/test";
import { expect, mailedLink, signIn, test } from "../../support/fixtures";
import { addMission, addPerson, addProject, assign, day, join, path, rowOf } from "../../support/planning";
import { type Server } from "../../support/server";

const SAMI = "sami.benali@exemple.fr";
const JEANNE = "jeanne.roux@exemple.fr";

/** A card that asks, by the title of its mission. */
const asked = (page: Page, title: string) => page.locator("section.reply").filter({ has: page.getByRole("heading", { name: title }) });
/** A line of somebody's plan. */
const planned = (page: Page, title: string) => page.locator(".cues > li").filter({ hasText: title });

/** A week with Sami on three missions, two of which overlap, and Jeanne on one. */
async function prepare(page: Page, server: Server) {
    await signIn(page, server);
    await addPerson(page, server, "Sami Benali", SAMI);
    await addPerson(page, server, "Jeanne Roux", JEANNE);
    await addProject(page, server, "Le Malade imaginaire", "Comédie du Nord");
    const project = "Le Malade imaginaire";
    const rigging = await addMission(page, server, { title: "Montage", project, starts: `${day(0)}T09:00`, ends: `${day(0)}T18:00`, needs: "2 Son", place: "Grande salle" });
    const lights = await addMission(page, server, { title: "Réglages", project, starts: `${day(0)}T14:00`, ends: `${day(0)}T20:00`, needs: "1 Lumière" });
    const show = await addMission(page, server, { title: "Représentation", project, starts: `${day(2)}T19:00`, ends: `${day(2)}T23:00`, needs: "1 Son" });
    await assign(page, rigging, "Sami Benali", "Son");
    await assign(page, rigging, "Jeanne Roux", "Son");
    await assign(page, lights, "Sami Benali", "Lumière");
    await assign(page, show, "Sami Benali", "Son");
    return { rigging, lights, show };
}

for (const javaScriptEnabled of [false, true]) {
    test.describe(javaScriptEnabled ? "with scripts" : "with forms alone", () => {
        test.use({ javaScriptEnabled });

        test("a week is planned, published, answered, moved, copied and called off", async ({ page, server, browser }) => {
            test.setTimeout(120_000);
            const { rigging, lights, show } = await prepare(page, server);
            const week = path(server, `/plan?week=${day(3)}`);

            // The sheet shows drafts, and that two of them cannot both be.
            await page.goto(week);
            const project = rowOf(page, "Le Malade imaginaire");
            await expect(project.getByRole("link", { name: /Montage.*09:00.*2\/2/ })).toHaveClass(/draft/);
            const sami = rowOf(page, "Sami Benali");
            await expect(sami.getByRole("link")).toHaveCount(3);
            await expect(sami.getByRole("link", { name: /19:00–23:00 MIM · Représentation Brouillon/ })).toHaveClass(/draft/);
            await expect(sami.getByRole("link", { name: /Bloquant/ })).toHaveCount(2);
            await expect(rowOf(page, "Jeanne Roux").getByRole("link", { name: /Montage/ })).toHaveClass(/draft/);

            // The list of conflicts says who, what and the way out.
            await page.getByRole("link", { name: /conflit/ }).first().click();
            await expect(page.getByRole("heading", { level: 1, name: "Conflits" })).toBeVisible();
            const trouble = page.getByRole("main").locator("li, tr, section").filter({ hasText: "Sami Benali" });
            await expect(trouble.first()).toContainText("Bloquant");
            await expect(trouble.first()).toContainText("Réglages");
            await page.goto(week);

            // Who is told of what, before anybody is.
            await page.getByRole("link", { name: "Publier 4 changements" }).click();
            await expect(page.getByRole("heading", { name: "Publier la semaine" })).toBeVisible();
            const line = (name: string) => page.getByRole("main").getByRole("listitem").filter({ hasText: name });
            await expect(line("Sami Benali")).toContainText("Nouveau : Montage, Réglages, Représentation");
            await expect(line("Jeanne Roux")).toContainText(/Nouveau\s: Montage$/);
            await page.getByRole("button", { name: "Publier et prévenir" }).click();
            await expect(page.getByRole("status")).toContainText("Planning publié. Les e-mails partent.");
            await expect(page).toHaveURL(path(server, `/plan?date=${day(0)}`));
            await expect(page.getByRole("link", { name: "Publier", exact: true })).toBeVisible();
            await expect(sami.getByRole("link", { name: /Représentation Invitation envoyée/ })).toHaveClass(/asked/);

            // Looking is not answering: neither a scanner's HEAD, nor its GET.
            const link = await mailedLink(page, server, SAMI, /Vos missions\s: Théâtre du Mail/);
            expect(link).toMatch(/^\/answer\//);
            for (const method of ["HEAD", "GET", "HEAD", "GET"]) expect((await page.request.fetch(server.url + link, { method })).status()).toBe(200);
            await page.goto(rigging);
            const on = (name: string) => page.getByRole("main").getByRole("listitem").filter({ hasText: name });
            await expect(on("Sami Benali")).toContainText("Invitation envoyée");

            // Without an account: yes, a yes that cannot be, a no with its reason, yes.
            const context = await browser.newContext({ locale: "fr-FR", javaScriptEnabled, viewport: { width: 390, height: 844 } });
            const phone = await context.newPage();
            await phone.goto(server.url + link);
            await expect(phone.getByText("Bonjour Sami Benali. Cette page ne répond que pour vous.")).toBeVisible();
            await expect(phone.getByText("À répondre")).toHaveCount(3);
            await expect(asked(phone, "Montage")).toContainText(/09:00 – 18:00 · Son.*Grande salle/);
            await asked(phone, "Montage").getByRole("button", { name: "Accepter" }).click();
            await expect(phone.getByRole("status")).toContainText("Merci, c’est noté : vous y serez.");
            await expect(planned(phone, "Montage")).toContainText("09:00");
            await asked(phone, "Réglages").getByRole("button", { name: "Accepter" }).click();
            await expect(phone.getByRole("alert")).toContainText("Cette mission chevauche une mission déjà acceptée.");
            await asked(phone, "Réglages").locator("summary").click();
            await asked(phone, "Réglages").getByLabel("Raison (facultative)").fill("Je suis au montage.");
            await asked(phone, "Réglages").getByRole("button", { name: "Refuser" }).click();
            await expect(phone.getByRole("status")).toContainText("C’est noté : vous n’y serez pas.");
            await expect(asked(phone, "Réglages")).toHaveCount(0);
            await asked(phone, "Représentation").getByRole("button", { name: "Accepter" }).click();
            await expect(phone.getByText("À répondre")).toHaveCount(0);

            // The manager sees the answers.
            await page.reload();
            await expect(on("Sami Benali")).toContainText("Confirmée");
            await expect(on("Jeanne Roux")).toContainText("Invitation envoyée");
            await page.goto(lights);
            await expect(on("Sami Benali")).toContainText("Refusée");
            await expect(on("Sami Benali")).toContainText("Je suis au montage.");
            await expect(page.getByText("0/1", { exact: true })).toBeVisible();
            await page.goto(week);
            await expect(sami.getByRole("link")).toHaveCount(2);
            await expect(sami.getByRole("link", { name: /Montage Confirmée/ })).toBeVisible();
            await expect(rowOf(page, "À pourvoir").getByRole("link", { name: /1 × Lumière/ })).toBeVisible();

            // Two hours later than agreed: the person is asked again, once that is published.
            await page.goto(rigging);
            await page.getByText("Modifier la mission").click();
            await page.getByLabel("Début", { exact: true }).fill(`${day(0)}T11:00`);
            await page.getByLabel("Fin", { exact: true }).fill(`${day(0)}T20:00`);
            await page.getByRole("button", { name: "Enregistrer" }).click();
            await expect(on("Sami Benali")).toContainText(/Confirmée.*Modifiée depuis l’envoi/);
            await phone.reload();
            await expect(phone.getByText("À répondre")).toHaveCount(0);
            await page.goto(week);
            await expect(sami.getByRole("link", { name: /11:00–20:00 MIM · Montage Confirmée, Modifiée depuis l’envoi/ })).toHaveClass(/changed/);
            await page.getByRole("link", { name: "Publier 2 changements" }).click();
            await expect(line("Sami Benali")).toContainText(/Changé\s: Montage\s: .*09:00–18:00 → 11:00–20:00/);
            await expect(line("Jeanne Roux")).toContainText(/Changé\s: Montage\s: .*09:00–18:00 → 11:00–20:00/);
            await page.getByRole("button", { name: "Publier et prévenir" }).click();
            await page.goto(rigging);
            await expect(on("Sami Benali")).toContainText("Invitation envoyée");
            await expect(page.getByText("Modifiée depuis l’envoi")).toHaveCount(0);
            await phone.goto(server.url + link);
            await expect(asked(phone, "Montage")).toContainText("11:00 – 20:00");

            // A reminder brings another link; the first one is dead.
            await on("Sami Benali").getByText("Plus").click();
            await on("Sami Benali").getByRole("button", { name: "Relancer" }).click();
            await expect(page.getByRole("status")).toContainText("Relance envoyée, avec un nouveau lien.");
            const again = await mailedLink(page, server, SAMI, /Rappel, votre réponse est attendue/);
            expect(again).not.toBe(link);
            expect((await page.request.get(server.url + link)).status()).toBe(410);
            await phone.goto(server.url + again);
            await asked(phone, "Montage").getByRole("button", { name: "Accepter" }).click();
            await expect(planned(phone, "Montage")).toContainText("11:00");

            // The next week is the same, as drafts.
            await page.goto(week);
            await page.getByRole("button", { name: "Copier vers la semaine suivante" }).click();
            await expect(page.getByRole("status")).toContainText("Copie faite, en brouillon.");
            await expect(page).toHaveURL(path(server, `/plan?date=${day(7)}`));
            await expect(sami.getByRole("link", { name: /Brouillon/ })).toHaveCount(2);
            await expect(sami.getByRole("link", { name: /11:00–20:00 MIM · Montage Brouillon/ })).toBeVisible();
            await expect(project.getByRole("link")).toHaveCount(3);
            await expect(page.getByRole("link", { name: "Publier 3 changements" })).toBeVisible();
            await phone.reload();
            await expect(phone.getByText("À répondre")).toHaveCount(0);
            await expect(planned(phone, "Montage")).toHaveCount(1);

            // Who has been told of a mission sees that it is called off.
            await page.goto(show);
            await page.getByRole("button", { name: "Supprimer la mission" }).click();
            await expect(page.getByRole("status")).toContainText("Mission supprimée.");
            await page.goto(week);
            await expect(project.getByRole("link")).toHaveCount(2);
            await page.goto(show);
            await expect(page.getByText("Mission annulée. Les personnes prévenues la voient encore.")).toBeVisible();
            await phone.reload();
            await expect(planned(phone, "Montage")).toBeVisible();
            await planned(phone, "Montage").locator("summary").click();
            await expect(planned(phone, "Montage").getByRole("button", { name: "Je ne peux plus" })).toBeVisible();
            await expect(planned(phone, "Représentation").getByRole("button", { includeHidden: true })).toHaveCount(0);
            await context.close();
        });

        test("who has an account answers there, changes their mind, and sees what is called off", async ({ page, server, browser }) => {
            test.setTimeout(90_000);
            await signIn(page, server);
            const context = await browser.newContext({ locale: "fr-FR", javaScriptEnabled, viewport: { width: 390, height: 844 } });
            const lou = await join(page, server, context, "lou.perrin@exemple.fr", "Lou Perrin");
            await lou.goto(path(server, "/missions"));
            await expect(lou.getByText("Vos missions apparaissent ici dès qu’elles sont publiées.")).toBeVisible();
            const mission = await addMission(page, server, { title: "Montage", starts: `${day(0)}T09:00`, ends: `${day(0)}T18:00` });
            await assign(page, mission, "Lou Perrin");
            await lou.reload();
            await expect(lou.getByText("Montage")).toHaveCount(0);
            await page.goto(path(server, `/plan/publish?week=${day(0)}`));
            await page.getByRole("button", { name: "Publier et prévenir" }).click();

            await lou.reload();
            await asked(lou, "Montage").locator("summary").click();
            await asked(lou, "Montage").getByRole("button", { name: "Refuser" }).click();
            await expect(planned(lou, "Montage")).toContainText("Refusée");
            await planned(lou, "Montage").locator("summary").click();
            await planned(lou, "Montage").getByRole("button", { name: "Accepter" }).click();
            await expect(lou.getByRole("status")).toContainText("Merci, c’est noté");
            await expect(planned(lou, "Montage")).not.toContainText("Refusée");

            await page.goto(mission);
            await page.getByRole("button", { name: "Supprimer la mission" }).click();
            await lou.reload();
            await expect(planned(lou, "Montage")).toContainText("Annulée");
            await expect(planned(lou, "Montage").getByRole("button", { includeHidden: true })).toHaveCount(0);
            // The plan is not for them.
            for (const place of ["/plan", "/plan/publish", "/missions/new", mission.slice(mission.indexOf("/missions/")), "/time-off"]) {
                expect((await lou.request.get(path(server, place))).status(), place).toBe(403);
            }
            await context.close();
        });

        test("two managers change a mission, and nothing that was typed is lost", async ({ page, server, browser }) => {
            await signIn(page, server);
            const mission = await addMission(page, server, { title: "Montage", starts: `${day(0)}T09:00`, ends: `${day(0)}T18:00`, needs: "2 Son" });
            const context = await browser.newContext({ locale: "fr-FR", javaScriptEnabled });
            const other = await context.newPage();
            await signIn(other, server);
            await other.goto(mission);
            await other.getByText("Modifier la mission").click();
            await other.getByLabel("Lieu", { exact: true }).fill("Foyer");
            await other.getByLabel("Notes pour l’équipe").fill("Entrée par la cour.");

            await page.getByText("Modifier la mission").click();
            await page.getByLabel("Lieu", { exact: true }).fill("Petite salle");
            await page.getByRole("button", { name: "Enregistrer" }).click();
            await expect(page.getByRole("status")).toBeVisible();

            await other.getByRole("button", { name: "Enregistrer" }).click();
            await expect(other.getByRole("alert")).toContainText("Quelqu’un a modifié cette fiche entre-temps");
            await expect(other.getByLabel("Lieu", { exact: true })).toHaveValue("Foyer");
            await expect(other.getByLabel("Notes pour l’équipe")).toHaveValue("Entrée par la cour.");
            await expect(other.getByLabel("Notes pour l’équipe")).toBeVisible();
            await page.reload();
            await expect(page.getByLabel("Lieu", { exact: true })).toHaveValue("Petite salle");
            // Who has looked may save.
            await other.getByRole("button", { name: "Enregistrer" }).click();
            await expect(other.getByRole("status")).toBeVisible();
            await page.reload();
            await expect(page.getByLabel("Lieu", { exact: true })).toHaveValue("Foyer");
            await context.close();
        });
    });
}
