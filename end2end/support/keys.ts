// A hand that has no mouse.
import type { Locator, Page } from "@playwright/test";
import { expect } from "./fixtures";

/** The focus is where one can see it, with a line around it. */
export async function seesFocus(page: Page): Promise<void> {
    const focus = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        // A browser draws the line around the calendar's button, which is inside of a date, itself.
        const calendar = element.matches(":is([type=date], [type=datetime-local]):not(:focus-visible)");
        const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
        const { top, left, bottom, right } = element.getBoundingClientRect();
        const line = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && outlineColor !== "rgba(0, 0, 0, 0)";
        const inside = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight && right - left > 1 && bottom - top > 1;
        return { what: element.outerHTML.slice(0, 120), line: calendar || line, inside };
    });
    expect(focus).toEqual({ what: focus.what, line: true, inside: true });
}

const hasFocus = (target: Locator) => target.evaluateAll((found) => found.some((element) => element === document.activeElement));

/** Presses a key until `target` has the focus, and looks at each stop. */
export async function goTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    await expect(target).toBeVisible();
    for (let presses = 0; !(await hasFocus(target)); presses++) {
        expect(presses, `${target} is reached`).toBeLessThan(60);
        await page.keyboard.press(key);
        if (await page.evaluate(() => document.activeElement !== document.body)) await seesFocus(page);
    }
}

export async function fill(page: Page, label: string, text: string): Promise<void> {
    await goTo(page, page.getByLabel(label, { exact: true }));
    await page.keyboard.type(text);
}

export async function press(page: Page, target: Locator, key: "Enter" | "Space" = "Enter"): Promise<void> {
    await goTo(page, target);
    await page.keyboard.press(key);
}

/** Every stop of a page once, in one direction, until the focus leaves the page or begins anew. */
export async function round(page: Page, key: "Tab" | "Shift+Tab"): Promise<string[]> {
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
