import { expect, mailedLink, signIn, test } from "../../support/fixtures";
import { OWNER } from "../../support/server";

test.use({ javaScriptEnabled: false });
const SECRET = "une phrase que personne ne devine";

test("somebody is invited, joins, is promoted, suspended and removed, with forms alone", async ({ page, server, browser }) => {
    await signIn(page, server);
    const members = `${server.url}/o/${server.org}/members`;
    await page.goto(members);
    await page.getByLabel("Adresse e-mail").fill("lou.perrin@exemple.fr");
    await page.getByRole("radio", { name: /Manager/ }).check();
    await page.getByLabel("Message (facultatif)").fill("Bienvenue à bord.");
    await page.getByRole("button", { name: "Envoyer l’invitation" }).click();
    await expect(page.getByRole("status")).toContainText("Invitation envoyée");
    await expect(page.getByRole("listitem").filter({ hasText: "lou.perrin@exemple.fr" })).toContainText("Manager");
    const link = await mailedLink(page, server, "lou.perrin@exemple.fr", /Théâtre du Mail/);

    // Looking is not accepting: neither a scanner's HEAD, nor its GET.
    for (const method of ["HEAD", "GET", "GET"]) expect((await page.request.fetch(server.url + link, { method })).status()).toBe(200);
    const context = await browser.newContext({ locale: "fr-FR", javaScriptEnabled: false });
    const lou = await context.newPage();
    await lou.goto(server.url + link);
    await expect(lou.getByText("Claire Vasseur vous invite avec le rôle : Manager.")).toBeVisible();
    await expect(lou.getByText("Bienvenue à bord.")).toBeVisible();
    await lou.getByLabel("Nom", { exact: true }).fill("Lou Perrin");
    await lou.getByLabel("Nouveau mot de passe").fill("trop court");
    await lou.getByRole("button", { name: "Rejoindre" }).click();
    await expect(lou.getByText("15 caractères au moins.").first()).toBeVisible();
    await expect(lou.getByLabel("Nom", { exact: true })).toHaveValue("Lou Perrin");
    await lou.getByLabel("Nouveau mot de passe").fill(SECRET);
    await lou.getByRole("button", { name: "Rejoindre" }).click();
    await expect(lou).toHaveURL(/\/plan/);
    await lou.goto(`${server.url}/o/${server.org}/settings`);
    await expect(lou.getByRole("heading", { level: 1 })).toContainText("Accès refusé");

    await page.goto(members);
    await page.getByRole("link", { name: "Lou Perrin" }).click();
    await page.getByRole("combobox", { name: "Rôle" }).selectOption({ label: "Admin" });
    await page.getByRole("button", { name: "Changer le rôle" }).click();
    await expect(page.getByRole("status")).toContainText("Cela vaut dès maintenant");
    await lou.reload();
    await expect(lou.getByRole("heading", { level: 1, name: "Réglages" })).toBeVisible();

    await page.getByRole("button", { name: "Suspendre" }).click();
    await expect(page.getByText("Suspendu", { exact: true })).toBeVisible();
    await lou.reload();
    await expect(lou.getByRole("heading", { level: 1 })).toContainText("Introuvable");
    await page.getByRole("button", { name: "Rétablir" }).click();
    await lou.reload();
    await expect(lou.getByRole("heading", { level: 1, name: "Réglages" })).toBeVisible();
    await page.getByRole("button", { name: "Retirer" }).click();
    await expect(page.getByRole("status")).toContainText("Membre retiré");
    await expect(page.getByRole("link", { name: "Lou Perrin" })).toHaveCount(0);
    await context.close();
});

test("a forgotten password is replaced with a link that works once", async ({ page, server }) => {
    await page.goto(`${server.url}/sign-in`);
    await page.getByRole("link", { name: "Mot de passe oublié ?" }).click();
    await page.getByLabel("Adresse e-mail").fill(OWNER);
    await page.getByRole("button", { name: "Recevoir le lien" }).click();
    await expect(page.getByRole("heading", { name: "Regardez vos e-mails" })).toBeVisible();
    const link = await mailedLink(page, server, OWNER, /mot de passe/i);
    await page.goto(server.url + link);
    await page.getByLabel("Nouveau mot de passe").fill(SECRET);
    await page.getByRole("button", { name: "Enregistrer le mot de passe" }).click();
    await expect(page.getByRole("status")).toContainText("Mot de passe enregistré");
    await signIn(page, server, OWNER, SECRET);
    await expect(page).toHaveURL(/\/o\//);
    await page.goto(server.url + link);
    await expect(page.getByText("Ce lien a déjà servi")).toBeVisible();
});
