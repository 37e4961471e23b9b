import { expect, mailedLink, signIn, test } from "../../support/fixtures";
import { addPerson, join, path } from "../../support/planning";
import { OWNER, PASSWORD } from "../../support/server";
import { addKiosk, badgeCodes, kioskLine, newKiosk, punch } from "../../support/timeclock";

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

test("an account is made and its address confirmed with forms alone", async ({ page, server }) => {
    await page.goto(`${server.url}/sign-in`);
    await page.getByRole("link", { name: "Créer un compte" }).click();
    const [name, email, password] = [page.getByLabel("Nom", { exact: true }), page.getByLabel("Adresse e-mail"), page.getByLabel("Nouveau mot de passe")];
    await name.fill("Karim Benali");
    await email.fill("karim@exemple.fr");
    await password.fill("trop court");
    await page.getByRole("button", { name: "Créer un compte" }).click();
    await expect(page.getByRole("alert")).toContainText("Corrigez les champs signalés.");
    await expect(page.locator("#password-error")).toContainText("15 caractères au moins.");
    await expect(name).toHaveValue("Karim Benali");
    await expect(email).toHaveValue("karim@exemple.fr");
    await password.fill(PASSWORD);
    await page.getByRole("button", { name: "Créer un compte" }).click();
    await expect(page).toHaveURL(/\/me$/);
    await expect(page.getByRole("heading", { level: 1, name: "Karim Benali" })).toBeVisible();
    await expect(page.getByText("À confirmer", { exact: true })).toBeVisible();

    await page.goto(server.url + (await mailedLink(page, server, "karim@exemple.fr", /Confirmez votre adresse/)));
    await page.getByRole("button", { name: "Confirmer mon adresse" }).click();
    await expect(page.getByRole("status")).toContainText("Adresse confirmée.");
    await expect(page.getByText("Confirmée", { exact: true })).toBeVisible();
});

test("an installation is set up once, with a form alone", async ({ page, empty }) => {
    const link = empty.url + (await empty.setUp());
    await page.goto(link);
    const [org, zone] = [page.getByLabel("Nom de l’organisation"), page.getByLabel("Fuseau horaire")];
    await expect(zone).toHaveValue("Europe/Paris");
    await org.fill("Théâtre du Mail");
    await zone.fill("Europe/Paname");
    await page.getByLabel("Nom", { exact: true }).fill("Claire Vasseur");
    await page.getByLabel("Adresse e-mail").fill(OWNER);
    await page.getByLabel("Nouveau mot de passe").fill(PASSWORD);
    await page.getByRole("button", { name: "Créer l’organisation" }).click();
    await expect(page.locator("#time_zone-error")).toContainText("Fuseau inconnu.");
    await expect(org).toHaveValue("Théâtre du Mail");
    await expect(zone).toHaveValue("Europe/Paname");
    await expect(page.getByLabel("Adresse e-mail")).toHaveValue(OWNER);

    // Nothing was made yet: the link still works.
    await zone.fill("Europe/Paris");
    await page.getByLabel("Nouveau mot de passe").fill(PASSWORD);
    await page.getByRole("button", { name: "Créer l’organisation" }).click();
    await expect(page).toHaveURL(path(empty, "/crew"));
    await expect(page.getByRole("status")).toContainText("Bienvenue.");
    await page.goto(link);
    await expect(page.getByText("L’installation est déjà faite. Connectez-vous.")).toBeVisible();
});

test("a crew member joins by a mailed link with a form alone", async ({ page, server, browser }) => {
    await signIn(page, server);
    await addPerson(page, server, "Awa Diallo", "awa@exemple.fr");
    const account = page.getByRole("row").filter({ hasText: "Awa Diallo" });
    await expect(account).toContainText("Sans compte");
    await page.getByRole("link", { name: "Awa Diallo" }).click();
    await page.getByRole("button", { name: "Envoyer le lien" }).click();
    await expect(page.getByRole("status")).toContainText("Lien envoyé.");
    const link = await mailedLink(page, server, "awa@exemple.fr", /Théâtre du Mail vous attend/);

    const context = await browser.newContext({ locale: "fr-FR", javaScriptEnabled: false });
    const awa = await context.newPage();
    await awa.goto(server.url + link);
    await expect(awa.getByText("Ce lien relie votre compte à la fiche de Awa Diallo.")).toBeVisible();
    await expect(awa.getByText("Votre compte aura l’adresse awa@exemple.fr.")).toBeVisible();
    const name = awa.getByLabel("Nom", { exact: true });
    await expect(name).toHaveValue("Awa Diallo");
    await name.fill("Awa Mariam Diallo");
    await awa.getByLabel("Nouveau mot de passe").fill("trop court");
    await awa.getByRole("button", { name: "Rejoindre" }).click();
    await expect(awa.locator("#password-error")).toContainText("15 caractères au moins.");
    await expect(name).toHaveValue("Awa Mariam Diallo");
    await awa.getByLabel("Nouveau mot de passe").fill(PASSWORD);
    await awa.getByRole("button", { name: "Rejoindre" }).click();
    await expect(awa).toHaveURL(path(server, "/badge"));
    await expect(awa.getByRole("status")).toContainText("Bienvenue.");
    await expect(awa.getByRole("heading", { name: "Utiliser ce téléphone" })).toBeVisible();
    await awa.goto(server.url + link);
    await expect(awa.getByText("Ce lien a déjà servi")).toBeVisible();
    await context.close();

    await page.goto(path(server, "/crew"));
    await expect(account).toContainText("Relié");
});

test.describe("with badges that live for ten seconds", () => {
    test.use({ settings: { EPHEMERAL_TOKEN_EXPIRE_SECONDS: "10" } });

    test("a phone is registered, shows one badge after the other, and is revoked, with forms alone", async ({ page, server }) => {
        const [register, phones] = [page.getByRole("button", { name: "Enregistrer ce téléphone" }), page.getByRole("main").getByRole("listitem")];
        await signIn(page, server);
        await page.goto(path(server, "/badge"));
        await expect(page.getByLabel("Nom de l’appareil")).toHaveValue("Téléphone de Claire");
        await page.getByLabel("Nom de l’appareil").fill("Téléphone du plateau");
        await register.click();
        await expect(page.getByText("Téléphone enregistré.")).toBeVisible();
        await expect(page.locator(".badge .qr .code")).toBeVisible();
        await expect(page.getByText("Entrée", { exact: true })).toBeVisible();

        // Where no script asks for the next code, the page is loaded again before the one that it shows has ended.
        await expect(page.locator("noscript meta[http-equiv=refresh]")).toHaveAttribute("content", "7");
        const ink = page.locator(".badge .ink");
        const first = await ink.getAttribute("d");
        await expect(ink).not.toHaveAttribute("d", first!, { timeout: 20_000 });
        await expect(page.getByText("Téléphone enregistré.")).toHaveCount(0);
        await expect(page).toHaveURL(path(server, "/badge"));

        await page.goto(path(server, "/devices"));
        await expect(phones).toContainText(/Téléphone du plateau.*Cet appareil/);
        await expect(register).toHaveCount(0);
        await phones.getByRole("button", { name: "Retirer" }).click();
        await expect(page.getByRole("status")).toContainText("Téléphone retiré.");
        await expect(phones).toContainText("Retiré");
        await expect(phones.getByRole("button")).toHaveCount(0);
        await page.goto(path(server, "/badge"));
        await expect(page.getByRole("heading", { name: "Utiliser ce téléphone" })).toBeVisible();
        await expect(page.locator(".badge")).toHaveCount(0);

        // Registered again it is no second phone.
        await page.goto(path(server, "/devices"));
        await register.click();
        await expect(page.getByRole("status")).toContainText("Téléphone enregistré.");
        await expect(phones).toHaveCount(1);
        await expect(phones).toContainText(/Téléphone de Claire.*Cet appareil/);
    });
});

test("kiosks are added, changed, paired, switched off and removed with forms alone", async ({ page, server }) => {
    await signIn(page, server);
    const pairing = await addKiosk(page, server);
    expect(pairing).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/);
    await expect(page.getByRole("heading", { name: "Jumeler Borne entrée" })).toBeVisible();

    // A name that is taken: what was typed stays.
    await page.getByRole("main").getByRole("link", { name: "Bornes" }).click();
    await newKiosk(page).getByLabel("Nom", { exact: true }).fill("Borne entrée");
    await newKiosk(page).getByLabel("Lieu", { exact: true }).fill("Quai de déchargement");
    await newKiosk(page).getByRole("button").click();
    await expect(newKiosk(page).getByRole("alert")).toContainText("Une autre borne a ce nom.");
    await expect(newKiosk(page).getByLabel("Lieu", { exact: true })).toHaveValue("Quai de déchargement");
    await newKiosk(page).getByLabel("Nom", { exact: true }).fill("Borne quai");
    await newKiosk(page).getByRole("button").click();
    await expect(page.getByRole("heading", { name: "Jumeler Borne quai" })).toBeVisible();
    const quayPairing = await page.locator(".pairing-code code").innerText();
    await page.getByRole("main").getByRole("link", { name: "Bornes" }).click();
    await kioskLine(page, "Borne quai").getByRole("button", { name: "Jumeler une tablette" }).click();
    await expect(page.getByRole("heading", { name: "Jumeler Borne quai" })).toBeVisible();
    await expect(page.locator(".pairing-code code")).not.toHaveText(quayPairing);

    // The same at a kiosk that is there: its form is the one that says so.
    await page.getByRole("main").getByRole("link", { name: "Bornes" }).click();
    await kioskLine(page, "Borne entrée").locator("summary").click();
    const change = page.getByRole("form", { name: "Borne entrée" });
    await change.getByLabel("Nom", { exact: true }).fill("Borne quai");
    await change.getByLabel("Lieu", { exact: true }).fill("Foyer des artistes");
    await change.getByRole("button", { name: "Enregistrer" }).click();
    await expect(page.getByRole("alert")).toHaveCount(1);
    await expect(change.getByRole("alert")).toContainText("Une autre borne a ce nom.");
    await expect(change.getByLabel("Lieu", { exact: true })).toHaveValue("Foyer des artistes");
    await change.getByLabel("Nom", { exact: true }).fill("Borne foyer");
    await change.getByRole("button", { name: "Enregistrer" }).click();
    await expect(page.getByRole("status")).toContainText("Enregistré.");
    const foyer = kioskLine(page, "Borne foyer");
    await expect(foyer).toContainText("Foyer des artistes");
    await expect(kioskLine(page, "Borne entrée")).toHaveCount(0);

    const press = async (button: string) => {
        await foyer.locator("summary").click();
        await foyer.getByRole("button", { name: button }).click();
    };
    await press("Arrêter");
    await expect(foyer).toContainText(/Foyer des artistes.*Arrêtée/);
    await press("Remettre en service");
    await expect(foyer).toContainText(/Foyer des artistes.*À jumeler/);
    await press("Créer une clé d’API");
    await expect(page.getByRole("main").locator("code")).toHaveText(/^rk_\S{43}$/);
    await page.getByRole("main").getByRole("link", { name: "Bornes" }).click();
    await expect(foyer).toContainText("Hors ligne");

    // A tablet is paired; without scripts it cannot read, and says so.
    const code = page.getByLabel("Code de jumelage");
    await page.goto(`${server.url}/kiosk`);
    await code.fill("AAAA-AAAA");
    await page.getByRole("button", { name: "Jumeler" }).click();
    await expect(page.getByRole("alert")).toContainText("Code inconnu, déjà utilisé ou trop ancien.");
    await expect(code).toHaveValue("AAAA-AAAA");
    await code.fill(pairing);
    await page.getByRole("button", { name: "Jumeler" }).click();
    // By its element: texts inside of <noscript> are not looked for.
    const note = page.locator("noscript p");
    await expect(note).toBeVisible();
    await expect(note).toHaveText("La borne a besoin de JavaScript pour lire la caméra.");
    await page.goto(path(server, "/kiosks"));
    await expect(foyer).toContainText("En ligne");

    await press("Supprimer");
    await expect(page.getByRole("status")).toContainText("Borne supprimée.");
    await expect(foyer).toHaveCount(0);
    await expect(kioskLine(page, "Borne quai")).toBeVisible();
    await page.goto(`${server.url}/kiosk`);
    await expect(code).toBeVisible();
});

test("punches are filtered by person, kiosk and day with a form alone", async ({ page, server, browser }) => {
    await signIn(page, server);
    const context = await browser.newContext({ locale: "fr-FR", javaScriptEnabled: false });
    await join(page, server, context, "lou.perrin@exemple.fr", "Lou Perrin");
    await context.close();
    for (const [kiosk, email] of [["Borne entrée", OWNER], ["Borne quai", "lou.perrin@exemple.fr"]] as const) {
        const pairing = await addKiosk(page, server, kiosk);
        const issue = await badgeCodes(server, email);
        await punch(server, pairing, await issue());
    }
    await page.goto(path(server, "/punches"));
    const choice = (label: string) => page.getByLabel(label, { exact: true });
    const [day, person, kiosk] = [choice("Jour"), choice("Personne"), choice("Borne")];
    const punchOf = (name: string) => page.getByRole("row").filter({ has: page.getByRole("cell", { name }) });
    const [claire, lou] = [punchOf("Claire Vasseur"), punchOf("Lou Perrin")];
    const filter = page.getByRole("button", { name: "Filtrer" });
    const none = page.getByText("Aucun pointage ce jour");
    await expect(claire).toContainText(/Claire Vasseur.*Entrée.*Borne entrée/);
    await expect(lou).toContainText(/Lou Perrin.*Entrée.*Borne quai/);

    await person.selectOption({ label: "Lou Perrin" });
    await filter.click();
    await expect(claire).toHaveCount(0);
    await expect(lou).toBeVisible();
    await expect(person.locator("option:checked")).toHaveText("Lou Perrin");

    // Each filter narrows down what the others leave.
    await kiosk.selectOption({ label: "Borne entrée" });
    await filter.click();
    await expect(none).toBeVisible();
    await expect(person.locator("option:checked")).toHaveText("Lou Perrin");
    await person.selectOption({ label: "Toute l’équipe" });
    await filter.click();
    await expect(claire).toBeVisible();
    await expect(lou).toHaveCount(0);
    await expect(kiosk.locator("option:checked")).toHaveText("Borne entrée");

    await day.fill("2025-01-06");
    await filter.click();
    await expect(none).toBeVisible();
    await expect(day).toHaveValue("2025-01-06");
    await expect(kiosk.locator("option:checked")).toHaveText("Borne entrée");
    await page.getByRole("main").getByRole("link", { name: "Aujourd’hui" }).click();
    await expect(claire).toBeVisible();
    await expect(lou).toHaveCount(0);
    await expect(kiosk.locator("option:checked")).toHaveText("Borne entrée");
});
