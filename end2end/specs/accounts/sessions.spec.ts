import { chromium } from "@playwright/test";
import { expect, signIn, test, watch } from "../../support/fixtures";
import { OWNER, PASSWORD } from "../../support/server";

test("a phone that is signed out from another browser is refused at its next request", async ({ page, server }) => {
    // A Chromium of its own, as a phone would be.
    const other = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
    const agent = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Mobile Safari/537.36";
    const context = await other.newContext({ locale: "fr-FR", userAgent: agent, viewport: { width: 390, height: 844 } });
    const faults = watch(context);
    const phone = await context.newPage();
    await signIn(phone, server);
    await phone.goto(`${server.url}/o/${server.org}/hours`);
    await expect(phone.getByRole("heading", { level: 1 })).toBeVisible();

    await signIn(page, server);
    await page.goto(`${server.url}/me/devices`);
    const lines = page.getByRole("listitem").filter({ hasText: "Chrome sur Android" });
    await expect(lines).toHaveCount(1);
    await expect(page.getByRole("listitem").filter({ hasText: "Cette session" })).toHaveCount(1);
    await lines.getByText("Nommer").click();
    await lines.getByLabel("Nom de l’appareil").fill("Pixel de Claire");
    await lines.getByRole("button", { name: "Enregistrer" }).click();
    const named = page.getByRole("listitem").filter({ hasText: "Pixel de Claire" });
    await named.getByRole("button", { name: /Déconnecter/ }).click();
    await expect(page.getByRole("status")).toContainText("Session fermée");
    await expect(named).toHaveCount(0);

    await phone.reload();
    await expect(phone).toHaveURL(/\/sign-in\?next=/);
    await expect(phone.getByRole("heading", { name: "Se connecter" })).toBeVisible();

    // A program with a token that is good for long: refused just so.
    const login = await page.request.post(`${server.url}/api/v1/auth/login`, { data: { email: OWNER, password: PASSWORD } });
    const { access_token: token } = await login.json();
    const me = () => page.request.get(`${server.url}/api/v1/auth/me`, { headers: { authorization: `Bearer ${token}` } });
    expect((await me()).status()).toBe(200);
    await page.reload();
    await page.getByRole("button", { name: "Déconnecter l’autre session" }).click();
    await expect(page.getByRole("status")).toContainText("Les autres sessions sont fermées");
    expect((await me()).status()).toBe(401);
    await expect(page.getByRole("heading", { name: "Mes appareils" })).toBeVisible();
    await other.close();
    expect(faults).toEqual([]);
});
