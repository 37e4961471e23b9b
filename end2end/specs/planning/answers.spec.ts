import { expect, mailedLink, signIn, test } from "../../support/fixtures";
import { addMission, addPerson, assign, day, join, path } from "../../support/planning";

const SAMI = "sami.benali@exemple.fr";
const mission = { title: "Montage", starts: `${day(0)}T09:00`, ends: `${day(0)}T18:00` };
test.use({ javaScriptEnabled: false });

test("Enter in the reason declines", async ({ page, server }) => {
    await signIn(page, server);
    await addPerson(page, server, "Sami Benali", SAMI);
    const montage = await addMission(page, server, mission);
    await assign(page, montage, "Sami Benali");
    await page.goto(path(server, `/plan/publish?week=${day(0)}`));
    await page.getByRole("button", { name: "Publier et prévenir" }).click();
    const link = await mailedLink(page, server, SAMI, /Vos missions/);
    await page.goto(server.url + link);
    await page.locator("section.reply summary").click();
    await page.getByLabel("Raison (facultative)").fill("Je suis en tournée.");
    await page.getByLabel("Raison (facultative)").press("Enter");
    await expect(page.getByRole("status")).toContainText("C’est noté : vous n’y serez pas.");
    await page.goto(montage);
    await expect(page.getByRole("listitem").filter({ hasText: "Sami Benali" })).toContainText(/Refusée.*Je suis en tournée\./);
});

test("a link shows what was declined and what was called off", async ({ page, server }) => {
    await signIn(page, server);
    await addPerson(page, server, "Sami Benali", SAMI);
    const montage = await addMission(page, server, mission);
    await assign(page, montage, "Sami Benali");
    await page.goto(path(server, `/plan/publish?week=${day(0)}`));
    await page.getByRole("button", { name: "Publier et prévenir" }).click();
    const link = await mailedLink(page, server, SAMI, /Vos missions/);
    await page.goto(server.url + link);
    await page.locator("section.reply summary").click();
    await page.getByRole("button", { name: "Refuser" }).click();
    const line = page.locator(".cues > li").filter({ hasText: "Montage" });
    await expect(line).toContainText("Refusée");
    await line.locator("summary").click();
    await line.getByRole("button", { name: "Accepter" }).click();
    await expect(line).not.toContainText("Refusée");
    await page.goto(montage);
    await page.getByRole("button", { name: "Supprimer la mission" }).click();
    await page.goto(server.url + link);
    await expect(line).toContainText("Annulée");
});

test("a draft that was taken back was never there for its person", async ({ page, server, browser }) => {
    await signIn(page, server);
    const context = await browser.newContext({ locale: "fr-FR", javaScriptEnabled: false });
    const lou = await join(page, server, context, "lou.perrin@exemple.fr", "Lou Perrin");
    await lou.goto(path(server, "/missions"));
    const montage = await addMission(page, server, mission);
    await assign(page, montage, "Lou Perrin");
    const on = page.getByRole("listitem").filter({ hasText: "Lou Perrin" });
    await on.locator("summary").click();
    await on.getByRole("button", { name: "Retirer de la mission" }).click();
    await expect(page.getByRole("status")).toBeVisible();
    await lou.reload();
    await expect(lou.getByText("Rien de prévu")).toBeVisible();
    await context.close();
});

test("who declined and was put on the mission again is asked once", async ({ page, server, browser }) => {
    await signIn(page, server);
    const context = await browser.newContext({ locale: "fr-FR", javaScriptEnabled: false });
    const lou = await join(page, server, context, "lou.perrin@exemple.fr", "Lou Perrin");
    await lou.goto(path(server, "/missions"));
    const montage = await addMission(page, server, mission);
    await assign(page, montage, "Lou Perrin");
    const publish = async () => {
        await page.goto(path(server, `/plan/publish?week=${day(0)}`));
        await page.getByRole("button", { name: "Publier et prévenir" }).click();
    };
    await publish();
    await lou.reload();
    await lou.locator("section.reply summary").click();
    await lou.getByRole("button", { name: "Refuser" }).click();
    await page.goto(montage);
    await page.getByLabel("Ajouter une personne").selectOption({ label: "Lou Perrin" });
    await page.getByRole("button", { name: "Affecter" }).click();
    await publish();
    await lou.reload();
    await expect(lou.locator("section.reply")).toHaveCount(1);
    // The old refusal is a line below. Saying yes there says that there is a question to answer.
    const again = lou.locator(".cues > li").filter({ hasText: "Refusée" });
    await expect(again).toHaveCount(1);
    await again.locator("summary").click();
    await again.getByRole("button", { name: "Accepter" }).click();
    await expect(lou.getByRole("alert")).toContainText("Cette personne est déjà sur la mission.");
    await expect(lou.locator("section.reply")).toHaveCount(1);
    await context.close();
});
