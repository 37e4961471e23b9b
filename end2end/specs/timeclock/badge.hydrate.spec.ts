import type { Page } from "@playwright/test";
import { expect, signIn, test } from "../../support/fixtures";
import type { Server } from "../../support/server";

test.use({ settings: { EPHEMERAL_TOKEN_EXPIRE_SECONDS: "20" } });

/** Opens the badge with a clock that can be turned. */
async function openBadge(page: Page, server: Server) {
    await page.clock.install();
    await signIn(page, server);
    await page.goto(`${server.url}/o/${server.org}/badge`);
    await page.getByRole("button", { name: "Enregistrer ce téléphone" }).click();
    const [badge, ink] = [page.locator(".badge"), page.locator(".badge .ink")];
    // Alive when it counts.
    await expect(badge.locator(".renew strong")).toHaveText(/^1\d s$/);
    return { badge, ink, qr: badge.locator(".qr"), first: (await ink.getAttribute("d"))! };
}

test("a badge that cannot be renewed says so, hides its code when that has ended, and goes on", async ({ page, server }) => {
    const { badge, ink, qr, first } = await openBadge(page, server);
    const alert = badge.getByRole("alert");
    let asked = 0;
    await page.route("**/badge/code", async (route) => {
        asked++;
        if (asked === 1) return route.abort();
        // A gate of the house's network answers what it likes.
        if (asked === 2) return route.fulfill({ status: 200, contentType: "text/html", body: "<p>Wi-Fi</p>" });
        if (asked === 3) return route.fulfill({ status: 200, json: [1, "two"] });
        const answer = await route.fetch();
        await route.fulfill({ response: answer, json: { ...(await answer.json()), next: "out", since: "depuis 08:02" } });
    });
    // The answer to the fourth is cut off on its way.
    await page.evaluate(() => {
        const text = Response.prototype.text;
        let answers = 0;
        Response.prototype.text = function () {
            return ++answers === 3 ? Promise.reject(new TypeError("network error")) : text.call(this);
        };
    });
    await expect(alert).toBeHidden();
    await expect(badge.getByRole("status")).toHaveText("Entrée");

    await page.clock.fastForward(14_500);
    await expect(alert).toContainText("code");
    expect(asked).toBe(1);
    await expect(ink).toHaveAttribute("d", first);
    for (const times of [2, 3, 4]) {
        await page.clock.fastForward(2_500);
        await expect.poll(() => asked).toBe(times);
        await expect(alert).toBeVisible();
    }
    await expect(qr).toHaveClass("qr veiled");
    await expect(badge.locator(".code")).toHaveCSS("visibility", "hidden");
    await expect(badge.locator(".renew strong")).toHaveText("0 s");

    await page.clock.fastForward(2_500);
    await expect(alert).toBeHidden();
    await expect(ink).not.toHaveAttribute("d", first);
    await expect(qr).toHaveClass("qr");
    await expect(badge.getByRole("status")).toHaveText("Sortie");
    await expect(badge.locator("use")).toHaveAttribute("href", "/icons.svg#i-exit");
    await expect(badge).toContainText("depuis 08:02");
    await expect(badge.locator(".renew strong")).toHaveText(/^(1\d|20) s$/);
});

test("nobody's badge is shown, and none is asked for", async ({ page, server }) => {
    const { badge, ink, qr, first } = await openBadge(page, server);
    let asked = 0;
    page.on("request", (request) => void (asked += Number(request.url().endsWith("/badge/code"))));
    const look = (state: string) =>
        page.evaluate((state) => {
            Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }, state);
    await look("hidden");
    await expect(qr).toHaveClass("qr veiled");
    await page.clock.fastForward(30_000);
    await expect(badge.locator(".renew strong")).toHaveText("0 s");
    expect(asked).toBe(0);
    await look("visible");
    await expect(qr).toHaveClass("qr");
    await expect(ink).not.toHaveAttribute("d", first);
    expect(asked).toBe(1);
});
