// What the specs of the plan have in common: days, people, missions.
import type { BrowserContext, Locator, Page } from "@playwright/test";
import { expect, mailedLink } from "./fixtures";
import { PASSWORD, type Address, type Server } from "./server";

/** A day of the week after next, from its Monday: ahead of whatever today is. */
export function day(n: number): string {
    const date = new Date();
    date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7) + 14 + n);
    return date.toISOString().slice(0, 10);
}

export function path(server: Address, rest: string): string {
    return `${server.url}/o/${server.org}${rest}`;
}

export async function addPerson(page: Page, server: Server, name: string, email: string): Promise<void> {
    await page.goto(path(server, "/crew/new"));
    await page.getByLabel("Nom", { exact: true }).fill(name);
    await page.getByLabel("Adresse e-mail (facultative)").fill(email);
    await page.getByRole("button", { name: "Ajouter une personne" }).click();
    await expect(page.getByRole("status")).toContainText("Équipe mise à jour");
}

/** Adds people from a list, as from a spreadsheet. */
export async function importPeople(page: Page, server: Server, people: { name: string; email: string }[]): Promise<void> {
    await page.goto(path(server, "/crew/import"));
    await page.getByLabel("Liste").fill(["Nom;E-mail", ...people.map(({ name, email }) => `${name};${email}`)].join("\n"));
    await page.getByRole("button", { name: "Vérifier" }).click();
    await page.getByRole("button", { name: `Ajouter ${people.length} personnes` }).click();
    await expect(page.getByRole("status")).toContainText("Équipe mise à jour");
}

/** The planner of the week of the specs, awake. */
export async function openPlanner(page: Page, server: Server, query = ""): Promise<void> {
    await page.goto(path(server, `/plan?date=${day(0)}${query}`));
    await expect(page.locator("table[role=grid]")).toBeVisible();
}

/** The slots of a mission on a day, in the upper half. */
export function missionOn(page: Page, n: number, title: string): Locator {
    return page.locator(`td[data-day="${day(n)}"] [data-key^=m]`).filter({ hasText: title });
}

/** Somebody's cell of a day. */
export function cellOf(page: Page, name: string, n: number): Locator {
    return page.locator("tr[data-row^=c]").filter({ has: page.getByRole("rowheader", { name }) }).locator(`td[data-day="${day(n)}"]`);
}

/** What the planner has just said. */
export function said(page: Page): Locator {
    return page.locator("[data-part=said]");
}

/** Invites somebody, who makes an account in a browser of their own and has a crew record from then on. */
export async function join(page: Page, server: Server, context: BrowserContext, email: string, name: string): Promise<Page> {
    await page.goto(path(server, "/members"));
    await page.getByLabel("Adresse e-mail").fill(email);
    await page.getByRole("button", { name: "Envoyer l’invitation" }).click();
    const link = await mailedLink(page, server, email, /vous invite/);
    const own = await context.newPage();
    await own.goto(server.url + link);
    await own.getByLabel("Nom", { exact: true }).fill(name);
    await own.getByLabel("Nouveau mot de passe").fill(PASSWORD);
    await own.getByRole("button", { name: "Rejoindre" }).click();
    await own.waitForURL(/\/o\//);
    return own;
}

export async function addProject(page: Page, server: Server, name: string, client: string): Promise<void> {
    await page.goto(path(server, "/projects/new"));
    await page.getByLabel("Nom", { exact: true }).fill(name);
    await page.getByLabel("Client", { exact: true }).fill(client);
    await page.getByRole("button", { name: "Créer le projet" }).click();
    await expect(page.getByRole("link", { name })).toBeVisible();
}

export interface NewMission {
    title: string;
    starts: string;
    ends: string;
    needs?: string;
    place?: string;
    project?: string;
}

/** Makes a mission, and gives the address of its page. */
export async function addMission(page: Page, server: Server, mission: NewMission): Promise<string> {
    await page.goto(path(server, "/missions/new"));
    await page.getByLabel("Titre", { exact: true }).fill(mission.title);
    if (mission.project) await page.getByLabel("Projet", { exact: true }).selectOption({ label: mission.project });
    await page.getByLabel("Début", { exact: true }).fill(mission.starts);
    await page.getByLabel("Fin", { exact: true }).fill(mission.ends);
    await page.getByLabel("Postes", { exact: true }).fill(mission.needs ?? "");
    await page.getByLabel("Lieu", { exact: true }).fill(mission.place ?? "");
    await page.getByRole("button", { name: "Créer la mission" }).click();
    await expect(page.getByRole("heading", { level: 1, name: mission.title })).toBeVisible();
    return page.url();
}

/** Puts somebody on a mission; without a role when it asks for none. */
export async function assign(page: Page, mission: string, name: string, role?: string): Promise<void> {
    await page.goto(mission);
    const form = page.locator("form[action$='/assign']").filter({ has: page.getByLabel(role ? `Ajouter : ${role}` : "Ajouter une personne") });
    await form.getByRole("combobox").selectOption({ label: name });
    await form.getByRole("button", { name: "Affecter" }).click();
    await expect(page.getByRole("listitem").filter({ hasText: name })).toContainText("Brouillon");
}

/** Somebody's line of the week, or a project's. */
export function rowOf(page: Page, name: string): Locator {
    return page.locator(".week tbody tr").filter({ has: page.getByRole("rowheader", { name }) });
}
