import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../../support/fixtures";
import { OWNER, PASSWORD } from "../../support/server";

/** The focus is where one can see it, with a line around it. */
async function seesFocus(page: Page): Promise<void> {
    const focus = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        // A browser draws the line around the calendar's button, which is inside of a date, itself.
        const calendar = element.matches("[type=date]:not(:focus-visible)");
        const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
        const { top, left, bottom, right } = element.getBoundingClientRect();
        const line = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && outlineColor !== "rgba(0, 0, 0, 0)";
        const inside = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight && right - left > 1 && bottom - top > 1;
        return { what: element.outerHTML.slice(0, 120), line: calendar || line, inside };
    });
    expect(focus).toEqual({ what: focus.what, line: true, inside: true });
}

const hasFocus = (target: Locator) => target.evaluateAll((found) => found.includes(document.activeElement!));

/** Presses a key until `target` has the focus, and looks at each stop. */
async function goTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    await expect(target).toBeVisible();
    for (let presses = 0; !(await hasFocus(target)); presses++) {
        expect(presses, `${target} is reached`).toBeLessThan(60);
        await page.keyboard.press(key);
        if (await page.evaluate(() => document.activeElement !== document.body)) await seesFocus(page);
    }
}

async function fill(page: Page, label: string, text: string): Promise<void> {
    await goTo(page, page.getByLabel(label, { exact: true }));
    await page.keyboard.type(text);
}

async function press(page: Page, target: Locator, key: "Enter" | "Space" = "Enter"): Promise<void> {
    await goTo(page, target);
    await page.keyboard.press(key);
}

/** Every stop of a page once, in one direction, until the focus leaves the page or begins anew. */
async function round(page: Page, key: "Tab" | "Shift+Tab"): Promise<string[]> {
    const stops: string[] = [];
    for (;;) {
        await page.keyboard.press(key);
        const stop = await page.evaluate(() => (document.activeElement === document.body ? "" : document.activeElement!.outerHTML));
        if (!stop || stop === stops[0]) return stops;
        await seesFocus(page);
        stops.push(stop);
        expect(stops.length, stop).toBeLessThan(80);
    }
}

test("a manager works with the keyboard alone", async ({ page, server }) => {
    const org = `/o/${server.org}`;
    await page.goto(`${server.url}/sign-in`);
    await fill(page, "Adresse e-mail", OWNER);
    await fill(page, "Mot de passe", PASSWORD);
    await press(page, page.getByRole("button", { name: "Se connecter" }));
    await expect(page).toHaveURL(new RegExp(`${org}/punches`));

    // The first stop leads past the navigation; the next one is in the content.
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Aller au contenu" });
    await expect(skip).toBeFocused();
    await seesFocus(page);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await seesFocus(page);
    expect(await page.evaluate(() => document.querySelector("main")!.contains(document.activeElement))).toBe(true);

    // Back over what was skipped.
    const side = page.getByRole("navigation", { name: "Navigation principale" });
    await goTo(page, side.getByRole("link", { name: "Équipe" }), "Shift+Tab");
    await page.keyboard.press("Enter");
    await press(page, page.getByRole("link", { name: "Ajouter une personne" }));
    await fill(page, "Nom", "Awa Diallo");
    await fill(page, "Adresse e-mail (facultative)", "awa@exemple.fr");
    await fill(page, "Métier", "Lumière");
    await press(page, page.getByRole("button", { name: "Ajouter une personne" }), "Space");
    await expect(page.getByRole("status")).toContainText("Équipe mise à jour");
    await expect(page.getByRole("link", { name: "Awa Diallo" })).toBeVisible();

    await press(page, side.getByRole("link", { name: "Bornes" }));
    await fill(page, "Nom", "Borne entrée");
    await fill(page, "Lieu", "Entrée des artistes");
    // Enter in a field sends its form.
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Jumeler Borne entrée" })).toBeVisible();
    await press(page, page.getByRole("main").getByRole("link", { name: "Bornes" }));

    await press(page, page.locator("summary"), "Space");
    await goTo(page, page.getByRole("button", { name: "Supprimer" }));

    await press(page, page.getByRole("button", { name: "English" }), "Space");
    await expect(page.getByRole("heading", { name: "Kiosks" })).toBeVisible();
    await press(page, page.getByRole("link", { name: /Claire Vasseur/ }));
    await press(page, page.getByRole("button", { name: "Sign out" }));
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("nothing holds the focus, forwards or backwards", async ({ page, server }) => {
    await page.goto(`${server.url}/sign-in`);
    expect(await round(page, "Tab")).toEqual((await round(page, "Shift+Tab")).reverse());
    await fill(page, "Adresse e-mail", OWNER);
    await fill(page, "Mot de passe", PASSWORD);
    await press(page, page.getByRole("button", { name: "Se connecter" }));
    await page.waitForURL(/\/o\//);
    const org = `/o/${server.org}`;
    for (const path of ["/me", `${org}/badge`, `${org}/devices`, `${org}/hours`, `${org}/punches`, `${org}/crew`, `${org}/crew/new`, `${org}/crew/import`, `${org}/kiosks`]) {
        for (const width of [390, 1440]) {
            await page.setViewportSize({ width, height: 900 });
            await page.goto(server.url + path);
            const stops = await round(page, "Tab");
            expect(stops.length, path).toBeGreaterThan(5);
            expect(await round(page, "Shift+Tab"), path).toEqual(stops.reverse());
        }
    }
});
