import type { Page } from "@playwright/test";
import type { Server } from "../../support/server";
import { expect, test, typeScan } from "../../support/tablet";
import { addKiosk } from "../../support/timeclock";

const NOBODY = "NOT-A-BADGE-OF-ANYBODY-1";

/** Does something to the kiosk of the tablet, as its owner. */
async function atKiosks(page: Page, server: Server, button: string): Promise<void> {
    await page.goto(`${server.url}/o/${server.org}/kiosks`);
    const line = page.getByRole("listitem").filter({ hasText: "Borne entrée" });
    const wanted = line.getByRole("button", { name: button });
    if (!(await wanted.isVisible())) await line.locator("summary").click();
    await wanted.click();
}

/** The tablet has left its page, and was meant to: the fixture looks for this mark. */
const leaveAlone = (kiosk: Page) => kiosk.evaluate(() => void (document.documentElement.dataset.mark = "first"));

test("a tablet whose kiosk was removed says so at the next badge, and can be paired again", async ({ page, server, tablet }) => {
    const { page: kiosk, result } = tablet;
    await atKiosks(page, server, "Supprimer");
    await expect(page.getByRole("status")).toContainText("Borne supprimée");

    await typeScan(kiosk, NOBODY);
    await expect(result).toHaveAttribute("data-kind", "kiosk.unpaired");
    await expect(kiosk.getByRole("alert")).toContainText("Tablette non jumelée");
    await expect(result).toContainText("Demandez à un admin un nouveau code de jumelage");
    await expect(kiosk.getByRole("link", { name: "Jumeler cette tablette" })).toHaveAttribute("href", "/kiosk");
    await expect(kiosk.getByText("La borne lit toujours.")).toBeHidden();
    await expect(kiosk.locator("[data-state]")).toHaveText("En ligne");

    // Nobody touches it.
    await expect(kiosk.getByLabel("Code de jumelage")).toBeVisible({ timeout: 15_000 });
    await kiosk.getByLabel("Code de jumelage").fill(await addKiosk(page, server));
    await kiosk.getByRole("button", { name: "Jumeler" }).click();
    await expect(kiosk.getByText("Caméra prête")).toBeVisible({ timeout: 15_000 });
    await typeScan(kiosk, NOBODY);
    await expect(kiosk.getByRole("alert")).toContainText("Code inconnu");
    await leaveAlone(kiosk);
});

test.describe("on a tablet that tells the server twice a second that it is there", () => {
    test.use({ script: "{ const every = window.setInterval; window.setInterval = (tick, ms) => every(tick, Math.min(ms, 500)); }" });

    test("a tablet that another one has replaced says so by itself", async ({ page, server, tablet }) => {
        const { page: kiosk, result } = tablet;
        await atKiosks(page, server, "Jumeler une tablette");
        const pairing = await page.locator(".pairing-code code").innerText();
        await page.goto(`${server.url}/kiosk`);
        await page.getByLabel("Code de jumelage").fill(pairing);
        await page.getByRole("button", { name: "Jumeler" }).click();
        await expect(page.getByRole("heading", { name: "Présentez votre QR" })).toBeVisible();

        await expect(result).toHaveAttribute("data-kind", "kiosk.unpaired");
        await expect(kiosk.getByRole("alert")).toContainText("Tablette non jumelée");
        await expect(kiosk.locator("[data-camera]")).toHaveAttribute("data-camera", "live");
        await kiosk.getByRole("link", { name: "Jumeler cette tablette" }).click();
        await expect(kiosk.getByLabel("Code de jumelage")).toBeVisible();
        await leaveAlone(kiosk);
    });

    test("a kiosk that is switched off says so until it is switched on, and reads again", async ({ page, server, tablet }) => {
        const { page: kiosk, result } = tablet;
        await atKiosks(page, server, "Arrêter");
        const nothing = kiosk.getByText("Rien n’a été enregistré.");
        await expect(result).toHaveAttribute("data-kind", "kiosk.inactive");
        await expect(kiosk.getByRole("alert")).toContainText("Borne arrêtée");
        await expect(result).toContainText("Prévenez votre régie.");
        await expect(nothing).toBeHidden();

        // Who shows a badge nevertheless is answered, and the notice stays.
        await typeScan(kiosk, NOBODY);
        await expect(nothing).toBeVisible();
        await expect(kiosk.getByText("La borne lit toujours.")).toBeHidden();
        await expect(nothing).toBeHidden();
        await expect(kiosk.getByRole("alert")).toContainText("Borne arrêtée");

        await atKiosks(page, server, "Remettre en service");
        await expect(result).toBeHidden();
        await typeScan(kiosk, NOBODY);
        await expect(kiosk.getByRole("alert")).toContainText("Code inconnu");
    });
});
