// What a kiosk shows from its first moment on.
import { expect, signIn, test } from "../../support/fixtures";
import { path } from "../../support/planning";
import { addKiosk } from "../../support/timeclock";

test("a camera that is refused before the page is awake is told of", async ({ page, server }) => {
    await signIn(page, server);
    const pairing = await addKiosk(page, server);
    await page.addInitScript(() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    });
    let wake = () => {};
    const awake = new Promise<void>((begin) => (wake = begin));
    await page.route("**/*.wasm", async (route) => {
        await awake;
        await route.continue();
    });
    await page.goto(`${server.url}/kiosk`);
    await page.getByLabel("Code de jumelage").fill(pairing);
    await page.getByRole("button", { name: "Jumeler" }).click();
    await expect(page.locator("kiosk-camera")).toHaveAttribute("state", "refused");
    const camera = page.locator("[data-camera]");
    await expect(camera).toHaveText("La caméra démarre");
    wake();
    await expect(camera).toHaveText("Caméra refusée : autorisez-la dans le navigateur");
    await expect(camera).toHaveAttribute("data-camera", "refused");
});

for (const [language, first, second] of [["fr", "mardi 1er décembre", "mercredi 2 décembre"], ["en", "Tuesday 1 December", "Wednesday 2 December"]] as const) {
    test(`the kiosk writes dates as the server does in ${language}`, async ({ page, server }) => {
        await signIn(page, server);
        const pairing = await addKiosk(page, server);
        await page.goto(path(server, "/settings"));
        await page.getByLabel("Langue des documents et des bornes").selectOption(language);
        await page.getByRole("button", { name: "Enregistrer", exact: true }).click();
        await expect(page.getByRole("status")).toBeVisible();

        // It asks for the time twice a second.
        await page.addInitScript("{ const every = window.setInterval; window.setInterval = (tick, ms) => every(tick, Math.min(ms, 500)); }");
        let day = 1;
        await page.route("**/kiosk/pulse", (route) => route.fulfill({ json: { server_ms: Date.UTC(2026, 11, day, 7, 5), is_active: true } }));
        await page.goto(`${server.url}/kiosk`);
        await page.getByLabel("Code de jumelage").fill(pairing);
        await page.getByRole("button", { name: "Jumeler" }).click();
        await expect(page.locator(".date")).toHaveText(first);
        await expect(page.locator(".clock")).toHaveText(/^08:05\s*\d\d$/);
        day = 2;
        await expect(page.locator(".date")).toHaveText(second);
    });
}
