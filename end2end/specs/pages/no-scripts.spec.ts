import { OWNER, PASSWORD } from "../../support/server";
import { expect, signIn, test } from "../../support/fixtures";

test.use({ javaScriptEnabled: false });

test("signing in keeps what was typed and says what is wrong", async ({ page, server }) => {
    await page.goto(`${server.url}/sign-in`);
    await page.getByLabel("Adresse e-mail").fill(OWNER);
    await page.getByLabel("Mot de passe").fill("ce n'est pas le bon");
    await page.getByRole("button", { name: "Se connecter" }).click();
    await expect(page.getByRole("alert")).toContainText("E-mail ou mot de passe incorrect");
    await expect(page.getByLabel("Adresse e-mail")).toHaveValue(OWNER);
    await page.getByLabel("Mot de passe").fill(PASSWORD);
    await page.getByRole("button", { name: "Se connecter" }).click();
    await expect(page).toHaveURL(/\/o\/theatre-du-mail\/plan/);
});

test("the crew is kept with forms alone", async ({ page, server }) => {
    await signIn(page, server);
    const crew = `${server.url}/o/${server.org}/crew`;
    await page.goto(`${crew}/new`);
    await page.getByLabel("Nom", { exact: true }).fill("Awa Diallo");
    await page.getByLabel("Téléphone (facultatif)").fill("12");
    await page.getByLabel("Métier").fill("Lumière");
    await page.getByRole("button", { name: "Ajouter une personne" }).click();
    await expect(page.getByText("Écrivez un numéro de 6 à 15 chiffres.")).toBeVisible();
    await expect(page.getByLabel("Métier")).toHaveValue("Lumière");
    await page.getByLabel("Téléphone (facultatif)").fill("06 12 34 56 78");
    await page.getByRole("button", { name: "Ajouter une personne" }).click();
    await expect(page.getByRole("status")).toContainText("Équipe mise à jour");
    await expect(page.getByRole("link", { name: "Awa Diallo" })).toBeVisible();

    await page.goto(`${crew}/import`);
    await page.getByLabel("Liste").fill("Nom;E-mail\nPaul Delmas;paul@exemple.fr\nSans adresse;nulle part");
    await page.getByRole("button", { name: "Vérifier" }).click();
    await expect(page.getByText("Une ligne ne sera pas ajoutée")).toBeVisible();
    await page.getByRole("button", { name: "Ajouter une personne" }).click();
    await expect(page.getByRole("link", { name: "Paul Delmas" })).toBeVisible();

    await page.goto(`${server.url}/me`);
    await page.getByRole("button", { name: "English" }).click();
    await expect(page.locator("#main").getByRole("heading", { name: "My organisations" })).toBeVisible();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});
