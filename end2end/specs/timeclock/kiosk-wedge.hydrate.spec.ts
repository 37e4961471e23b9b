import type { Page } from "@playwright/test";
import type { Server } from "../../support/server";
import { expect, test, typeScan } from "../../support/tablet";
import { badgeCodes } from "../../support/timeclock";

type Keyboard = "us" | "french";

/** What a key writes on each keyboard, plain and with Shift. */
const KEYS = new Map<string, Record<Keyboard, string>>();
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MOVED: Record<string, string> = { A: "qQ", M: ",?", Q: "aA", W: "zZ", Z: "wW" };
for (const letter of LETTERS) {
    const us = letter.toLowerCase() + letter;
    KEYS.set(`Key${letter}`, { us, french: MOVED[letter] ?? us });
}
for (const [index, french] of ["à0", "&1", "é2", '"3', "'4", "(5", "-6", "è7", "_8", "ç9"].entries()) {
    KEYS.set(`Digit${index}`, { us: index + ")!@#$%^&*("[index]!, french });
}
for (const [code, us, french] of [
    ["Minus", "-_", ")°"],
    ["Equal", "=+", "=+"],
    ["BracketRight", "]}", "$£"],
    ["Semicolon", ";:", "mM"],
    ["Quote", "'\"", "ù%"],
    ["Backslash", "\\|", "*µ"],
    ["Comma", ",<", ";."],
    ["Period", ".>", ":/"],
    ["Slash", "/?", "!§"],
] as const) {
    KEYS.set(code, { us, french });
}

/** What a scanner types that is set to one keyboard, as a tablet that is set to another tells it; gives the code that is sent. */
async function scan(kiosk: Page, text: string, scanner: Keyboard, tablet: Keyboard): Promise<string> {
    const presses = [...text].map((character) => {
        const [code, faces] = [...KEYS].find(([, faces]) => faces[scanner].includes(character))!;
        const face = faces[scanner].indexOf(character);
        return { code, key: faces[tablet][face]!, shiftKey: face === 1 };
    });
    const sent = kiosk.waitForRequest("**/kiosk/scan");
    await kiosk.evaluate((presses) => {
        for (const press of [...presses, { code: "Enter", key: "Enter", shiftKey: false }]) {
            document.body.dispatchEvent(new KeyboardEvent("keydown", { ...press, bubbles: true }));
        }
    }, presses);
    return new URLSearchParams((await sent).postData()!).get("code")!;
}

/** Badge codes of the owner's that can be read one way only. */
async function plainCodes(server: Server): Promise<() => Promise<string>> {
    const issue = await badgeCodes(server);
    return async () => {
        for (;;) {
            const code = await issue();
            if (/[012379]/.test(code)) return code;
        }
    };
}

test("a scanner is read whatever keyboard it is set to, and the tablet", async ({ server, tablet }) => {
    const { page: kiosk, result } = tablet;
    const issue = await plainCodes(server);
    const first = await issue();
    expect(await scan(kiosk, first, "us", "french")).toBe(first);
    await expect(result).toHaveAttribute("data-outcome", "ok");
    await expect(kiosk.getByRole("status")).toContainText("Bonjour Claire");

    // She is known again, and has just come in.
    for (const [scanner, keyboard] of [["french", "french"], ["us", "us"], ["us", "french"]] as const) {
        const code = await issue();
        expect(await scan(kiosk, code, scanner, keyboard)).toBe(code);
        await expect(result).toHaveAttribute("data-kind", "punch.too_soon");
        await expect(result).toBeHidden();
    }
});

test("what can be a code both ways is read as the one before, and what is none as the tablet writes it", async ({ tablet }) => {
    const { page: kiosk } = tablet;
    const [plain, both] = ["0123456789ABCDEFGHIJKL-/", "AQWZ".repeat(6)];
    for (const scanner of ["us", "french", "us"] as const) {
        expect(await scan(kiosk, plain, scanner, "french")).toBe(plain);
        expect(await scan(kiosk, both, scanner, "french")).toBe(both);
    }
    const address = "HTTPS://REGIE.EXAMPLE/KIOSK";
    expect(await scan(kiosk, address, "us", "us")).toBe(address);
});

test("what a scanner types does nothing else in the page, and what a hand presses does", async ({ tablet }) => {
    const { page: kiosk, result } = tablet;
    // What is left to the browser: Firefox would search for what follows a slash.
    await kiosk.evaluate(() => {
        const left: string[] = [];
        addEventListener("keydown", (event) => void (event.defaultPrevented || left.push(event.key)));
        Object.assign(window, { left });
    });
    const left = () => kiosk.evaluate(() => (window as unknown as { left: string[] }).left);
    const full = () => kiosk.evaluate(() => document.fullscreenElement?.localName);
    await kiosk.getByRole("button", { name: "Plein écran" }).focus();
    await typeScan(kiosk, "NOT/A/BADGE-OF-ANYBODY-1");
    await expect(result).toHaveAttribute("data-kind", /punch\.(unknown|malformed)/);
    expect(await left()).toEqual([]);
    expect(await full()).toBeUndefined();

    await kiosk.keyboard.press("Enter");
    await expect.poll(full).toBe("html");
    await kiosk.keyboard.press("Space");
    await kiosk.keyboard.press("Control+b");
    expect((await left()).filter((key) => key !== "Control")).toEqual(["Enter", " ", "b"]);

    // The page has no field yet.
    await kiosk.evaluate(() => void document.body.append(document.createElement("input")));
    await kiosk.locator("body > input").pressSequentially("A/1");
    await expect(kiosk.locator("body > input")).toHaveValue("A/1");
});
