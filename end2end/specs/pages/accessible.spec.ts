import AxeBuilder from "@axe-core/playwright";
import { expect, signIn, test } from "../../support/fixtures";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

for (const scheme of ["light", "dark"] as const) {
    test(`axe finds nothing in ${scheme}`, async ({ page, server }) => {
        test.setTimeout(180_000);
        await page.emulateMedia({ colorScheme: scheme });
        const check = async (path: string) => {
            for (const width of [390, 1440]) {
                await page.setViewportSize({ width, height: 900 });
                await page.goto(server.url + path);
                const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
                const found = violations.map((v) => `${path} ${width}: ${v.id} ${v.nodes.map((n) => n.html).slice(0, 3).join(" ")}`);
                expect.soft(found).toEqual([]);
            }
        };
        for (const path of ["/sign-in", "/sign-up", "/recover", "/kiosk", "/docs", "/nowhere", "/dev/components"]) await check(path);
        await signIn(page, server);
        const org = `/o/${server.org}`;
        for (const path of ["/me", "/me/devices", "/me/security", "/me/tokens", `${org}/members`, `${org}/members/1`, `${org}/members/roles`, `${org}/members/import`, `${org}/settings`, `${org}/menu`, `${org}/badge`, `${org}/devices`, `${org}/hours`, `${org}/punches`, `${org}/crew`, `${org}/crew/new`, `${org}/crew/import`, `${org}/kiosks`]) await check(path);
    });
}
