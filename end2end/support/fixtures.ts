import { test as base, expect, type Page } from "@playwright/test";
import { OWNER, PASSWORD, startServer, type Address, type Server } from "./server";

/** A server for each test, one that nobody has set up yet, and a page in which an error of the console fails the test. */
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
        async ({ page }, use) => {
            const faults = watch(page);
            await use();
            expect(faults).toEqual([]);
        },
        { auto: true },
    ],
});

/** Errors that the page reports. Answers of 4xx to forms are told as errors by the browser, and wanted. */
export function watch(page: Page): string[] {
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
        if (message.type() === "error" && !message.text().includes("Failed to load resource")) faults.push(message.text());
    });
    return faults;
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
