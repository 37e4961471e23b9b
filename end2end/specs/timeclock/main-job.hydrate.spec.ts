import { chromium } from "@playwright/test";
import { Camera } from "../../support/camera";
import { expect, signIn, test, watch } from "../../support/fixtures";
import { addKiosk } from "../../support/timeclock";

const KIOSK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

test.use({ settings: { EPHEMERAL_TOKEN_EXPIRE_SECONDS: "20" } });

test("a phone's badge is read by the kiosk's camera and becomes hours", async ({ page, server }) => {
    await signIn(page, server);
    const org = `${server.url}/o/${server.org}`;

    const pairing = await addKiosk(page, server);

    const camera = new Camera();
    const launch = { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", ...camera.flags] };
    const tablet = await chromium.launch(launch);
    try {
        const context = await tablet.newContext({ viewport: KIOSK, locale: "fr-FR" });
        const faults = watch(context);
        const kiosk = await context.newPage();
        await kiosk.goto(`${server.url}/kiosk`);
        await kiosk.getByLabel("Code de jumelage").fill(pairing.toLowerCase());
        await kiosk.getByRole("button", { name: "Jumeler" }).click();
        await expect(kiosk.getByRole("heading", { name: "Présentez votre QR" })).toBeVisible();
        await expect(kiosk.locator("[data-camera=live]")).toBeVisible({ timeout: 15_000 });

        await page.setViewportSize(PHONE);
        await page.goto(`${org}/badge`);
        await page.getByRole("button", { name: "Enregistrer ce téléphone" }).click();
        await expect(page.getByText("Entrée", { exact: true })).toBeVisible();
        const code = page.locator(".badge .qr .code");
        await expect(code).toBeVisible();
        if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/badge-phone.png` });
        const picture = await code.screenshot();
        camera.show(picture);

        const result = kiosk.locator(".kiosk.result");
        await expect(result).toHaveAttribute("data-outcome", "ok", { timeout: 20_000 });
        await expect(kiosk.getByRole("status")).toContainText("Bonjour Claire");
        if (process.env.PICTURES) await kiosk.screenshot({ path: `${process.env.PICTURES}/kiosk.png`, animations: "disabled" });

        // The same picture a moment later is a replay. (A code that stays in view is one scan.)
        camera.show();
        await expect(result).toBeHidden();
        camera.show(picture);
        await expect(result).toHaveAttribute("data-kind", /punch\.(already_used|expired)/, { timeout: 20_000 });
        await expect(kiosk.getByRole("alert")).toContainText(/Code (déjà utilisé|expiré)/);
        camera.show();

        // The address of the kiosk opens nothing elsewhere.
        const elsewhere = await tablet.newContext({ locale: "fr-FR" });
        watch(elsewhere, faults);
        const stranger = await elsewhere.newPage();
        await stranger.goto(`${server.url}/kiosk`);
        await expect(stranger.getByRole("heading", { name: "Jumeler cette tablette" })).toBeVisible();

        // A wedge scanner types; what it typed is no badge.
        await kiosk.keyboard.type("NOT-A-BADGE-OF-ANYBODY-1", { delay: 1 });
        await kiosk.keyboard.press("Enter");
        await expect(result).toHaveAttribute("data-kind", "punch.malformed");
        await expect(result).toBeHidden();
        await kiosk.getByRole("button", { name: "Plein écran" }).click();
        await expect.poll(() => kiosk.evaluate(() => document.fullscreenElement?.localName)).toBe("html");
        expect(faults).toEqual([]);
    } finally {
        await tablet.close();
    }

    await page.goto(`${org}/hours`);
    await expect(page.locator(".pill.now")).toBeVisible();
    await page.goto(`${org}/punches`);
    await expect(page.getByText("Une personne est là")).toBeVisible();
    await expect(page.getByRole("cell", { name: "Borne entrée" })).toBeVisible();
});

test("the badge renews itself before it ends", async ({ page, server }) => {
    await signIn(page, server);
    await page.setViewportSize(PHONE);
    await page.goto(`${server.url}/o/${server.org}/badge`);
    await page.getByRole("button", { name: "Enregistrer ce téléphone" }).click();
    const ink = page.locator(".badge .ink");
    const first = await ink.getAttribute("d");
    await expect(ink).not.toHaveAttribute("d", first!, { timeout: 25_000 });
    await expect(page.locator(".badge .qr")).not.toHaveClass(/veiled/);
});
