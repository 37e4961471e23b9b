import { expect, signIn, test } from "../../support/fixtures";
import type { Page } from "@playwright/test";
import type { Server } from "../../support/server";

/** The paths of what the worker keeps. */
const kept = (page: Page) =>
    page.evaluate(async () => {
        const caught = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
        return caught.flat().map((request) => new URL(request.url).pathname);
    });

/** Opens a page with an island, and waits until the worker is there. */
async function openPlan(page: Page, server: Server): Promise<void> {
    await signIn(page, server);
    await page.goto(`${server.url}/o/${server.org}/plan`);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await expect.poll(() => kept(page)).toHaveLength(3);
}

test("without network a page of ours says so, and the wanted one comes when it is back", async ({ page, context, server }) => {
    await openPlan(page, server);
    await context.setOffline(true);
    await server.down();
    await page.goto(`${server.url}/o/${server.org}/hours?week=2026-11-16`);
    await expect(page.getByRole("heading", { name: "Hors ligne" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Offline" })).toBeVisible();
    // It looks like one of ours: its style sheet was kept, too.
    await expect(page.getByRole("link", { name: "Réessayer" })).toHaveCSS("display", "inline-flex");

    // Still without.
    await page.getByRole("link", { name: "Réessayer" }).click();
    await expect(page.getByRole("heading", { name: "Hors ligne" })).toBeVisible();

    await server.up();
    await context.setOffline(false);
    await page.getByRole("link", { name: "Réessayer" }).click();
    await expect(page.getByRole("heading", { name: "Hors ligne" })).toHaveCount(0);
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(`/o/${server.org}/hours?week=2026-11-16`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("a kiosk comes back by itself", async ({ page, server }) => {
    await openPlan(page, server);
    await server.down();
    await page.goto(`${server.url}/kiosk`);
    await expect(page.getByRole("heading", { name: "Hors ligne" })).toBeVisible();
    await server.up();
    await expect(page.getByLabel("Code de jumelage")).toBeVisible({ timeout: 20_000 });
});

test("what belongs to somebody is not kept", async ({ page, context, server }) => {
    await openPlan(page, server);
    for (const path of ["/me", `/o/${server.org}/crew`, `/o/${server.org}/plan`, "/openapi.json"]) await page.goto(server.url + path);
    expect((await kept(page)).sort()).toEqual(["/icons.svg", "/offline", "/style.css"]);
    await context.setOffline(true);
    await server.down();
    // What was seen before is not shown to whoever has the device now.
    await page.goto(`${server.url}/me`);
    await expect(page.getByRole("heading", { name: "Hors ligne" })).toBeVisible();
    await expect(page.getByText("Claire Vasseur")).toHaveCount(0);
    await server.up();
});

test("caches of other versions are removed", async ({ page, server }) => {
    await page.goto(`${server.url}/sign-in`);
    await page.evaluate(() => caches.open("regie-offline-older"));
    await openPlan(page, server);
    await expect.poll(() => page.evaluate(() => caches.keys())).toEqual([expect.stringMatching(/^regie-offline-[0-9a-f]{12}$/)]);
});

test("a browser that sees no islands has no worker", async ({ page, server }) => {
    for (const path of ["/sign-in", "/recover", "/kiosk"]) {
        await page.goto(server.url + path);
        expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
    }
});
