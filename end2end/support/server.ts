// A server of its own for a test: nothing at all, one organisation with its owner, or the demonstration.
import { test } from "@playwright/test";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";

export const PASSWORD = "le rideau se leve a huit heures";
export const OWNER = "claire@theatre.example";

/** Where an organisation's pages are. */
export interface Address {
    url: string;
    org: string;
}

export interface Server extends Address {
    /** The demonstration's passwords, by address. */
    passwords: Map<string, string>;
    /** Runs another command of the program on the same data, and gives what it says. */
    command(...words: string[]): string;
    /** The path of the page of the first start, where nobody has an account. */
    setUp(): Promise<string>;
    /** As when the machine is switched off for a while: the data stay. */
    down(): Promise<void>;
    up(): Promise<void>;
    /** For good. */
    stop(): Promise<void>;
}

function freePort(): Promise<number> {
    return new Promise((resolve) => {
        const probe = createServer().listen(0, "127.0.0.1", () => {
            const { port } = probe.address() as { port: number };
            probe.close(() => resolve(port));
        });
    });
}

/**
 * What of our environment a server is given. Nothing that is a setting: a developer's own database would be migrated, and given an
 * owner whose password is written above; a developer's own mail server would send.
 */
function inherited(engine: string): Record<string, string | undefined> {
    // What tells programs how to reach PostgreSQL does so here.
    const kept = (name: string) => ["PATH", "HOME", "TMPDIR"].includes(name) || (engine === "postgres" && name.startsWith("PG"));
    return Object.fromEntries(Object.entries(process.env).filter(([name]) => kept(name)));
}

/** An empty database on the server for tests, and how it is removed. */
function makeDatabase(): { url: string; drop(): void } {
    const admin = process.env.REGIE_TEST_POSTGRES!;
    const name = `e2e_${randomBytes(6).toString("hex")}`;
    const tell = (sql: string) => void execFileSync("psql", [admin, "-Xqc", sql]);
    tell(`CREATE DATABASE ${name}`);
    const url = new URL(admin);
    url.pathname = name;
    return { url: url.href, drop: () => tell(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** What is there when a server starts. */
type Holds = "nothing" | "owner" | "demo";

export async function startServer(engine: string, extra: Record<string, string> = {}, holds: Holds = "owner"): Promise<Server> {
    const built = (path: string) => join(import.meta.dirname, "../../target", path);
    const binary = resolve(process.env.REGIE_BIN ?? built("debug/regie"));
    const site = resolve(process.env.LEPTOS_SITE_ROOT ?? built("site"));
    // With what the test leaves: a run that is broken off cannot remove it, and the next one does.
    const data = test.info().outputPath(`server-${randomBytes(4).toString("hex")}`);
    mkdirSync(data);
    const port = await freePort();
    const database = engine === "postgres" ? makeDatabase() : undefined;
    const env: Record<string, string | undefined> = { ...inherited(engine), LEPTOS_SITE_ROOT: site, REGIE_DEVELOPMENT: "true", LOG_LEVEL: "warn" };
    if (database) env.DATABASE_URL = database.url;
    for (const [name, value] of Object.entries(extra)) env[name] = value.replace("{port}", String(port));
    // A regie.toml that lies about is not read from there.
    const there = { cwd: data, env };
    const command = (...words: string[]) => execFileSync(binary, [...words, "--data", data], { ...there, input: PASSWORD, encoding: "utf8" });
    const made = {
        nothing: () => "",
        owner: () => command("admin", "create", "--email", OWNER, "--org", "Théâtre du Mail", "--name", "Claire Vasseur", "--password-stdin"),
        demo: () => command("seed", "--demo"),
    };
    let server: ChildProcess | undefined;
    let said = "";
    const up = async () => {
        const starting = spawn(binary, ["serve", "--addr", `127.0.0.1:${port}`, "--data", data], { ...there, stdio: ["ignore", "pipe", "inherit"] });
        server = starting;
        starting.stdout.setEncoding("utf8").on("data", (text: string) => void (said += text));
        for (let tries = 0; ; tries++) {
            const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then((answer) => answer.ok, () => false);
            if (ready) break;
            if (tries > 200 || starting.exitCode !== null || starting.signalCode !== null) throw new Error("the server does not start");
            await new Promise((again) => setTimeout(again, 50));
        }
    };
    const down = async () => {
        if (!server) return;
        const ending = server;
        server = undefined;
        // One that has ended by itself tells nobody any more.
        if (ending.exitCode === null && ending.signalCode === null) {
            const ended = once(ending, "exit");
            ending.kill("SIGTERM");
            await ended;
        }
        if (ending.exitCode !== 0) throw new Error(`the server ended with ${ending.exitCode ?? ending.signalCode}`);
    };
    const stop = async () => {
        try {
            await down();
        } finally {
            rmSync(data, { recursive: true, force: true });
            database?.drop();
        }
    };
    const setUp = async () => {
        for (let tries = 0; tries < 100; tries++) {
            const [, link] = /(\/setup\/\S+)\n/.exec(said) ?? [];
            if (link) return link;
            await new Promise((again) => setTimeout(again, 50));
        }
        throw new Error(`the server names no page of the first start: ${said}`);
    };
    try {
        const told = made[holds]();
        const passwords = new Map(Array.from(told.matchAll(/(\S+@\S+)\s+(\S+)$/gm), ([, email, password]) => [email!, password!]));
        await up();
        const url = env.REGIE_PUBLIC_URL ?? `http://127.0.0.1:${port}`;
        return { url, org: holds === "demo" ? "compagnie-des-lumieres" : "theatre-du-mail", passwords, command, setUp, down, up, stop };
    } catch (error) {
        // Why it did not start is what is wanted to be known.
        await stop().catch(() => {});
        throw error;
    }
}
