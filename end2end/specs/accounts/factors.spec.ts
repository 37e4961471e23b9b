import { createHmac } from "node:crypto";
import { expect, signIn, test } from "../../support/fixtures";
import { OWNER, PASSWORD } from "../../support/server";

/** The code of an authenticator app (RFC 6238), `steps` of 30 seconds from now. */
function codeOf(secret: string, steps = 0): string {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const bits = [...secret.replace(/\s/g, "")].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
    const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
    const hash = createHmac("sha1", key).update(counter).digest();
    const number = hash.readUInt32BE(hash[19]! & 15) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, "0");
}

test("an authenticator app is added, asked for, and replaced by a recovery code", async ({ page, server }) => {
    await signIn(page, server);
    await page.goto(`${server.url}/me/security`);
    await page.locator("#totp summary").click();
    await page.locator("#totp").getByLabel("Mot de passe actuel").fill(PASSWORD);
    await page.getByRole("button", { name: "Ajouter une application" }).click();
    await expect(page.getByRole("img", { name: "Code QR pour l’application d’authentification" })).toBeVisible();
    const secret = await page.locator("#totp code").innerText();
    await page.getByLabel("Code à 6 chiffres").fill("000000");
    await page.getByRole("button", { name: "Activer" }).click();
    await expect(page.getByText("Code faux ou déjà utilisé").first()).toBeVisible();
    await page.getByLabel("Code à 6 chiffres").fill(codeOf(secret));
    await page.getByRole("button", { name: "Activer" }).click();
    const codes = await page.locator(".codes code").allInnerTexts();
    expect(codes.length).toBe(10);
    await page.getByRole("link", { name: "Je les ai gardés" }).click();
    await expect(page.getByText("Il en reste 10.")).toBeVisible();

    const out = async () => {
        await page.goto(`${server.url}/me`);
        await page.getByRole("button", { name: "Se déconnecter" }).click();
        await expect(page).toHaveURL(/sign-in/);
    };
    await out();
    await signIn(page, server);
    await expect(page).toHaveURL(/sign-in\/second/);
    // The code that confirmed the app is used up; the next one is not.
    await page.getByLabel("Code à 6 chiffres").fill(codeOf(secret, 1));
    await page.getByRole("button", { name: "Se connecter" }).click();
    await expect(page).toHaveURL(/\/o\//);
    await out();
    await signIn(page, server);
    await page.getByLabel("Code à 6 chiffres").fill(codes[0]!.toLowerCase());
    await page.getByRole("button", { name: "Se connecter" }).click();
    await expect(page).toHaveURL(/\/o\//);
    await page.goto(`${server.url}/me/devices`);
    await expect(page.getByText("mot de passe et code de secours")).toBeVisible();
});

test.describe("passkeys", () => {
    // Browsers give no passkey to an address without a name.
    test.use({ settings: { REGIE_PUBLIC_URL: "http://localhost:{port}" } });

    test("a passkey signs in alone", async ({ page, server }) => {
        const devtools = await page.context().newCDPSession(page);
        await devtools.send("WebAuthn.enable");
        const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const;
        await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
        await signIn(page, server);
        await page.goto(`${server.url}/me/security`);
        await page.getByText("Ajouter une clé d’accès").first().click();
        const form = page.locator("passkey-form");
        await form.getByLabel("Nom de la clé").fill("Portable de Claire");
        await form.getByLabel("Mot de passe actuel").fill("ce n'est pas le bon");
        await form.getByRole("button", { name: "Ajouter une clé d’accès" }).click();
        await expect(form.getByRole("alert")).toContainText("Ce n’est pas votre mot de passe actuel");
        await form.getByLabel("Mot de passe actuel").fill(PASSWORD);
        await form.getByRole("button", { name: "Ajouter une clé d’accès" }).click();
        await expect(page.getByRole("status")).toContainText("Clé d’accès ajoutée");
        await expect(page.getByRole("listitem").filter({ hasText: "Portable de Claire" })).toBeVisible();
        await expect(page.getByText("Vous n’avez aucun code de secours")).toBeVisible();

        await page.goto(`${server.url}/me`);
        await page.getByRole("button", { name: "Se déconnecter" }).click();
        await page.getByRole("button", { name: "Utiliser une clé d’accès" }).click();
        await expect(page).toHaveURL(/\/o\//);

        // With the password, the key is the second factor.
        await page.goto(`${server.url}/me`);
        await page.getByRole("button", { name: "Se déconnecter" }).click();
        await page.getByLabel("Adresse e-mail").fill(OWNER);
        await page.getByLabel("Mot de passe").fill(PASSWORD);
        await page.getByRole("button", { name: "Se connecter", exact: true }).click();
        await expect(page).toHaveURL(/sign-in\/second/);
        await page.getByRole("button", { name: "Utiliser une clé d’accès" }).click();
        await expect(page).toHaveURL(/\/o\//);
        await page.goto(`${server.url}/me/devices`);
        await expect(page.getByText("clé d’accès").first()).toBeVisible();
    });
});

test("the meter says what would make a password better", async ({ page, server }) => {
    await page.goto(`${server.url}/sign-up`);
    await page.getByLabel("Nom", { exact: true }).fill("Karim Benali");
    const password = page.getByLabel("Nouveau mot de passe");
    await password.fill("court");
    await expect(page.getByText("Caractères manquants : 10")).toBeVisible();
    await password.fill("Karim.Benali-2026");
    await expect(page.getByText("Votre nom et votre adresse se devinent")).toBeVisible();
    await password.fill("le rideau se lève à huit heures");
    await expect(page.getByText("Bonne longueur.")).toBeVisible();
});
