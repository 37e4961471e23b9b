// What the specs of the time clock have in common: kiosks, phones, scans.
import { request, type Locator, type Page } from "@playwright/test";
import { expect } from "./fixtures";
import { path } from "./planning";
import { OWNER, PASSWORD, type Address, type Server } from "./server";

/** The form that adds a kiosk: each kiosk of the list has one with the same fields. */
export function newKiosk(page: Page): Locator {
    return page.locator("form").filter({ has: page.getByRole("heading", { name: "Ajouter une borne" }) });
}

/** A kiosk's line on the page of the kiosks. */
export function kioskLine(page: Page, name: string): Locator {
    return page.getByRole("main").getByRole("listitem").filter({ hasText: name });
}

/** Adds a kiosk, and gives its pairing code; the page with the code is left open. */
export async function addKiosk(page: Page, server: Server, name = "Borne entrée", place = "Entrée des artistes"): Promise<string> {
    await page.goto(path(server, "/kiosks"));
    await newKiosk(page).getByLabel("Nom", { exact: true }).fill(name);
    await newKiosk(page).getByLabel("Lieu", { exact: true }).fill(place);
    await newKiosk(page).getByRole("button").click();
    return page.locator(".pairing-code code").innerText();
}

/** Makes the browser a kiosk, which is awake then; `language` is the browser's. */
export async function pairKiosk(page: Page, server: Address, pairing: string, language = "fr"): Promise<void> {
    await page.goto(`${server.url}/kiosk`);
    await page.getByLabel(language === "en" ? "Pairing code" : "Code de jumelage").fill(pairing);
    await page.getByRole("button", { name: language === "en" ? "Pair" : "Jumeler" }).click();
    // The kiosk itself speaks the language of its organisation.
    await expect(page.getByRole("heading", { name: "Présentez votre QR" })).toBeVisible();
    await expect(page.locator(".clock")).toContainText(":");
}

/** Makes the browser a phone of who is signed in; the page with the badge is left open. */
export async function registerPhone(page: Page, server: Address): Promise<void> {
    await page.goto(path(server, "/badge"));
    await page.getByRole("button", { name: "Enregistrer ce téléphone" }).click();
    await expect(page.locator(".badge .qr .code")).toBeVisible();
}

/** Somebody's phone, as a program: gives badge codes. */
export async function badgeCodes(server: Server, email = OWNER, name = "Téléphone"): Promise<() => Promise<string>> {
    const post = async (path: string, body: object, token = "") => {
        const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
        const answer = await fetch(`${server.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
        expect(answer.ok, `${path}: ${answer.status}`).toBe(true);
        return answer.json();
    };
    const { access_token: token } = await post("/auth/login", { email, password: PASSWORD });
    const { id } = await post("/devices/register", { device_fingerprint: "phone-1", device_name: name, attestation_data: "opaque" }, token);
    return async () => (await post("/punch/request-token", { device_id: id }, token)).qr_token;
}

/** Scans a code at the kiosk of a pairing code, as its tablet does: it is recorded. */
export async function punch(server: Server, pairing: string, code: string): Promise<void> {
    const tablet = await request.newContext({ extraHTTPHeaders: { origin: server.url } });
    const post = async (path: string, form: Record<string, string>) => {
        const answer = await tablet.post(server.url + path, { form });
        expect(answer.ok(), `${path}: ${answer.status()}`).toBe(true);
        return answer;
    };
    await post("/kiosk/pair", { code: pairing });
    const answer = await post("/kiosk/scan", { code });
    expect(await answer.json()).toMatchObject({ outcome: "ok" });
    await tablet.dispose();
}
