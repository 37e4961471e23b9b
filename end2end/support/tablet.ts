// A paired kiosk in a browser of its own, with a camera; and the phone that is shown to it.
import { chromium, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { Camera } from "./camera";
import { expect, signIn, test as base, watch } from "./fixtures";
import type { Address } from "./server";
import { addKiosk, pairKiosk, registerPhone } from "./timeclock";

export interface Tablet {
    camera: Camera;
    context: BrowserContext;
    page: Page;
    /** What fills the screen after a scan. */
    result: Locator;
}

/** Pairs a browser of its own as a kiosk, and waits until it sees; `script` runs first in its page. `close` says what went wrong in it. */
export async function openTablet(server: Address, pairing: string, camera = new Camera(), script: string | (() => void) = ""): Promise<{ tablet: Tablet; close: () => Promise<void> }> {
    const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--autoplay-policy=document-user-activation-required", ...camera.flags];
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "fr-FR" });
    if (script) await context.addInitScript(script);
    const faults = watch(context);
    const page = await context.newPage();
    await pairKiosk(page, server, pairing);
    await expect(page.getByText("Caméra prête")).toBeVisible({ timeout: 15_000 });
    // A page that was loaded again is told by its missing mark.
    await page.evaluate(() => void (document.documentElement.dataset.mark = "first"));
    const close = async () => {
        await expect(page.locator("html")).toHaveAttribute("data-mark", "first");
        await browser.close();
        expect(faults).toEqual([]);
    };
    return { tablet: { camera, context, page, result: page.locator(".kiosk.result") }, close };
}

/** A kiosk that reads, and the owner's phone with its badge; `script` runs first in the kiosk's page. */
export const test = base.extend<{ script: string; tablet: Tablet; badge: Buffer }>({
    settings: { EPHEMERAL_TOKEN_EXPIRE_SECONDS: "300" },
    script: ["", { option: true }],
    tablet: async ({ page, script, server }, use) => {
        await signIn(page, server);
        const pairing = await addKiosk(page, server);
        const { tablet, close } = await openTablet(server, pairing, new Camera(), script);
        await use(tablet);
        await close();
    },
    badge: async ({ page, server, tablet: _ }, use) => {
        await page.setViewportSize({ width: 390, height: 844 });
        await registerPhone(page, server);
        await use(await page.locator(".badge .qr .code").screenshot());
    },
});

/** A script for a tablet whose clock is ten minutes fast, until `setAhead` is called. */
export const FAST_CLOCK = `{
    const Right = Date;
    let ahead = 10 * 60_000;
    Date = class extends Right {
        constructor(...given) { given.length ? super(...given) : super(Right.now() + ahead); }
        static now() { return Right.now() + ahead; }
    };
    Object.assign(window, { setAhead: (ms) => void (ahead = ms) });
}`;

/** What a scanner with a keyboard's plug types. */
export async function typeScan(kiosk: Page, code: string): Promise<void> {
    await kiosk.keyboard.type(code);
    await kiosk.keyboard.press("Enter");
}

export { expect };
