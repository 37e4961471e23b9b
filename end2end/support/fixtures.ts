import { test as base, expect, type BrowserContext, type Page } from "@playwright/test";
import { OWNER, PASSWORD, startServer, type Address, type Server } from "./server";

/** A server for each test, one that nobody has set up yet, and a browser in which whatever goes wrong fails the test. */
export const test = base.extend<{ server: Server; empty: Server; settings: Record<string, string>; watched: void }>({
    settings: [{}, { option: true }],
    server: async ({ settings }, use, info) => {
        const server = await startServer(info.project.name, settings);
        await use(server);
        await server.stop();
    },
    empty: async ({}, use, info) => {
        const server = await startServer(info.project.name, {}, "nothing");
        await use(server);
        await server.stop();
    },
    watched: [
        async ({ browser }, use) => {
            const faults: string[] = [];
            // The browser is the next test's, too.
            const hear = (context: BrowserContext) => void watch(context, faults);
            browser.on("context", hear);
            await use();
            browser.off("context", hear);
            expect(faults).toEqual([]);
        },
        { auto: true },
    ],
});

/** Files of the site, by their ends: their names hold a hash that nobody knows here. */
const FILE = /\.(css|js|svg|wasm)$/;

/**
 * What goes wrong in all pages of a context from now on: errors of scripts and of the console, answers of 500 and above, and files of
 * the site that are not there. Other answers of 4xx to forms are wanted; the browser calls them errors all the same.
 */
export function watch(context: BrowserContext, faults: string[] = []): string[] {
    context.on("weberror", (error) => faults.push(String(error.error())));
    context.on("console", (message) => {
        if (message.type() === "error" && !message.text().includes("Failed to load resource")) faults.push(message.text());
    });
    context.on("response", (response) => {
        const [status, { pathname }] = [response.status(), new URL(response.url())];
        // With this one the service worker says itself that there is no network.
        const isOffline = status === 503 && response.fromServiceWorker();
        if ((status >= 500 && !isOffline) || (status >= 400 && FILE.test(pathname))) faults.push(`${status} ${pathname}`);
    });
    return faults;
}

/** Opens a page that is there: what looks at pages must not look at those that say that there is none. */
export async function visit(page: Page, url: string, status = 200): Promise<void> {
    const answer = await page.goto(url);
    expect(answer?.status(), url).toBe(status);
}

export async function signIn(page: Page, server: Address, email = OWNER, password = PASSWORD): Promise<void> {
    await page.goto(`${server.url}/sign-in`);
    await page.getByLabel("Adresse e-mail").fill(email);
    await page.getByLabel("Mot de passe").fill(password);
    await page.getByRole("button", { name: "Se connecter" }).click();
    await page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** The path of the link in the newest mail to somebody whose subject has these words, as the development spool shows it. */
export async function mailedLink(page: Page, server: Server, recipient: string, subject: RegExp): Promise<string> {
    const reader = await page.context().newPage();
    const mail = reader.getByRole("listitem").filter({ hasText: recipient }).getByRole("link", { name: subject }).first();
    await expect(async () => {
        await reader.goto(`${server.url}/dev/mail`);
        await expect(mail).toBeVisible({ timeout: 200 });
    }).toPass();
    await mail.click();
    const href = await reader.locator("a.btn[href*='/']").last().getAttribute("href");
    await reader.close();
    return new URL(href!).pathname;
}

export { expect };
