import type { Page } from "@playwright/test";
import { expect, signIn, test } from "../../support/fixtures";
import { path } from "../../support/planning";
import { OWNER, PASSWORD, type Server } from "../../support/server";

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
        if (asked === 2) return route.fulfill({ status: 429, contentType: "text/html", body: "<p>Plus tard</p>" });
        const answer = await route.fetch();
        await route.fulfill({ response: answer, json: { ...(await answer.json()), next: "out", since: "depuis 08:02" } });
    });
    // The answer to the third is cut off on its way.
    await page.evaluate(() => {
        const text = Response.prototype.text;
        let answers = 0;
        Response.prototype.text = function () {
            return ++answers === 2 ? Promise.reject(new TypeError("network error")) : text.call(this);
        };
    });
    await expect(alert).toBeHidden();
    await expect(badge.getByRole("status")).toHaveText("Entrée");

    await page.clock.fastForward(14_500);
    await expect(alert).toContainText("code");
    expect(asked).toBe(1);
    await expect(ink).toHaveAttribute("d", first);
    for (const times of [2, 3]) {
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

/** Makes it time for a new code. */
const runDown = (page: Page) => page.clock.fastForward(16_500);

test("a phone that was removed elsewhere is offered to be registered again", async ({ page, server }) => {
    const { badge } = await openBadge(page, server);
    const elsewhere = await page.context().newPage();
    await elsewhere.goto(path(server, "/devices"));
    await elsewhere.getByRole("button", { name: "Retirer" }).click();
    await expect(elsewhere.getByRole("status")).toContainText("Téléphone retiré");
    await elsewhere.close();

    await runDown(page);
    await page.getByRole("button", { name: "Enregistrer ce téléphone" }).click();
    await expect(badge.locator(".qr .code")).toBeVisible();
});

test("who has signed out elsewhere is asked to sign in, and has the badge again", async ({ page, server }) => {
    const { badge } = await openBadge(page, server);
    const elsewhere = await page.context().newPage();
    await elsewhere.goto(`${server.url}/me`);
    await elsewhere.getByRole("button", { name: "Se déconnecter" }).click();
    await expect(elsewhere).toHaveURL(/sign-in/);
    await elsewhere.close();

    await runDown(page);
    await expect(page).toHaveURL(/sign-in\?next=/);
    await page.getByLabel("Adresse e-mail").fill(OWNER);
    await page.getByLabel("Mot de passe").fill(PASSWORD);
    await page.getByRole("button", { name: "Se connecter" }).click();
    await expect(badge.locator(".qr .code")).toBeVisible();
});

test.describe("where the house's network answers what it likes", () => {
    // What a worker of ours lets pass is not always seen from here.
    test.use({ serviceWorkers: "block" });

    test("the badge is loaded again, but not over and over", async ({ page, server }) => {
        const { badge, ink, first } = await openBadge(page, server);
        const [alert, marked] = [badge.getByRole("alert"), page.locator("html[data-mark]")];
        const mark = () => page.evaluate(() => void (document.documentElement.dataset.mark = "here"));
        let asked = 0;
        await page.route("**/badge/code", (route) => {
            asked++;
            return route.fulfill({ contentType: "text/html", body: "<p>Wi-Fi</p>" });
        });
        await mark();
        await runDown(page);
        await expect(marked).toHaveCount(0);
        await expect(ink).not.toHaveAttribute("d", first);
        await expect(badge.locator(".renew strong")).toHaveText(/^1\d s$/);
        expect(asked).toBe(1);

        await mark();
        await runDown(page);
        await expect(alert).toContainText("code");
        await page.clock.fastForward(2_500);
        await expect.poll(() => asked).toBeGreaterThan(2);
        await expect(marked).toHaveCount(1);
        await page.unroute("**/badge/code");
        await page.clock.fastForward(2_500);
        await expect(alert).toBeHidden();
        await expect(marked).toHaveCount(1);
    });
});
